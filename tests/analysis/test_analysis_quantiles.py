"""Quantiles with values beyond the horizon: definition, intervals, and what is not bounded."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from buildsim.analysis import quantiles as q

NAN = float("nan")


@pytest.mark.parametrize(
    ("n", "level", "rank"), [(10, 0.1, 1), (10, 0.5, 5), (11, 0.5, 6), (100, 0.07, 7), (3, 0.9, 3)]
)
def test_the_estimate_is_the_order_statistic_of_rank_n_p_rounded_up(n: int, level: float, rank: int) -> None:
    assert q.rank(n, level) == rank
    assert q.quantile(np.arange(n, 0, -1.0), level).value == rank


def test_it_agrees_with_numpys_inverted_empirical_distribution() -> None:
    sample = np.random.default_rng(3).normal(size=137)
    for level in (0.1, 0.25, 0.5, 0.8, 0.9, 0.99):
        assert q.quantile(sample, level).value == np.quantile(sample, level, method="inverted_cdf")


def test_the_interval_of_a_median_of_20_is_the_one_of_the_sign_test() -> None:
    """The tables of the sign test give the 6th and the 15th of 20 (confidence 95.86 %)."""
    assert q.interval_ranks(20, 0.5) == (6, 15)


@pytest.mark.parametrize("n", [20, 50, 137, 1000])
@pytest.mark.parametrize("level", [0.1, 0.5, 0.8, 0.9])
def test_either_end_misses_with_at_most_half_of_the_rest_and_could_not_be_closer(n: int, level: float) -> None:
    low, high = q.interval_ranks(n, level)
    if low:
        assert binom.cdf(low - 1, n, level) <= 0.025
    assert binom.cdf(low, n, level) > 0.025
    if high <= n:
        assert binom.sf(high - 1, n, level) <= 0.025
    assert binom.sf(high - 2, n, level) > 0.025


@pytest.mark.parametrize("level", [0.1, 0.5, 0.9])
def test_simulated_coverage_is_at_least_95_per_cent(level: float) -> None:
    """2,000 samples of 200: a coverage of exactly 95 % would be seen below 93.5 % (three standard errors) in 0.1 %."""
    samples = np.sort(np.random.default_rng(5).exponential(size=(2000, 200)), axis=1)
    low, high = q.interval_ranks(200, level)
    truth = -np.log(1.0 - level)
    covered = (samples[:, low - 1] <= truth) & (truth <= samples[:, high - 1])
    assert 0.935 <= covered.mean() <= 0.99


def test_nan_is_later_than_everything() -> None:
    sample = [5.0, NAN, 1.0, NAN, 3.0, NAN, 2.0, 4.0, NAN, NAN]
    assert q.quantile(sample, 0.5).value == 5.0
    beyond = q.quantile(sample, 0.6)
    assert beyond.value == np.inf
    assert beyond.beyond
    assert beyond.later == 5
    # Binomial(10, 0.6): P(<= 2) = 0.0123, P(<= 3) = 0.0548; P(>= 10) = 0.0060, P(>= 9) = 0.0464.
    assert beyond.texts() == (q.BEYOND, "3", q.BEYOND)


def test_an_end_beyond_the_horizon_is_told_from_one_that_is_not_bounded() -> None:
    many = np.where(np.arange(1000) < 520, 10.0, NAN)
    found = q.quantile(many, 0.5)
    assert (found.value, found.low, found.high) == (10.0, 10.0, np.inf)
    assert found.high_bounded
    assert found.texts(lambda day: f"day {day:.0f}") == ("day 10", "day 10", q.BEYOND)
    few = q.quantile([1.0, 2.0, 3.0], 0.5)
    assert (few.low, few.high) == (-np.inf, np.inf)
    assert not few.low_bounded
    assert not few.high_bounded
    assert few.texts() == ("2", q.UNBOUNDED, q.UNBOUNDED)


def test_a_p90_needs_36_values_for_an_upper_end_and_a_p10_as_many_for_a_lower() -> None:
    """0.9 ** n <= 0.025 from n = 36 on."""
    assert not q.quantile(np.arange(35.0), 0.9).high_bounded
    assert q.quantile(np.arange(36.0), 0.9).high_bounded
    assert not q.quantile(np.arange(35.0), 0.1).low_bounded
    assert q.quantile(np.arange(36.0), 0.1).low_bounded


def test_nothing_known_of_an_empty_sample() -> None:
    found = q.quantile([], 0.5)
    assert np.isnan(found.value)
    assert found.texts() == (q.UNBOUNDED, q.UNBOUNDED, q.UNBOUNDED)
    assert np.isnan(q.bands(np.empty((0, 3)), [0.5])).all()


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 50.0, NAN])
def test_a_level_is_a_probability(level: float) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        q.quantile([1.0], level)
    with pytest.raises(ValueError, match="between 0 and 1"):
        q.quantile([1.0], 0.5, confidence=level)


SAMPLES = st.lists(st.one_of(st.floats(-1e6, 1e6), st.just(NAN)), min_size=1, max_size=80)


@given(SAMPLES, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_quantiles_rise_with_the_level_and_lie_in_their_interval(sample: list[float], one: float, two: float) -> None:
    low, high = (q.quantile(sample, level) for level in sorted((one, two)))
    assert low.value <= high.value
    assert low.low <= low.value <= low.high


@given(SAMPLES, st.floats(0.01, 0.99))
def test_what_is_beyond_the_horizon_moves_no_quantile_within_it(sample: list[float], level: float) -> None:
    """Whatever the later values really are, quantiles within the horizon stay."""
    found = q.quantile(sample, level).value
    real = np.where(np.isnan(sample), 2e6, sample)
    assert found == (q.quantile(real, level).value if np.isfinite(found) else np.inf)


def test_bands_are_the_same_quantiles_down_the_columns() -> None:
    matrix = np.random.default_rng(1).normal(size=(60, 4))
    matrix[:40, 2] = np.nan
    found = q.bands(matrix, [0.1, 0.9])
    for column in range(4):
        for row, level in enumerate([0.1, 0.9]):
            assert found[row, column] == q.quantile(matrix[:, column], level).value


def test_bands_leave_their_argument_alone() -> None:
    matrix = np.array([[NAN], [1.0]])
    q.bands(matrix, [0.5])
    assert np.isnan(matrix[0, 0])


def test_the_table_has_a_row_a_group_and_level() -> None:
    frame = pd.DataFrame({"site": pd.Categorical(["a", "a", "b"]), "live": [1.0, NAN, 3.0]})
    table = q.table(frame, "live", ["site"], levels=(0.5, 0.9))
    assert table["site"].tolist() == ["a", "a", "b", "b"]
    assert table["value"].tolist() == [1.0, np.inf, 3.0, 3.0]
    assert table["later"].tolist() == [1, 1, 0, 0]


def test_a_wide_row_names_its_levels() -> None:
    row = q.wide([1.0, 2.0, NAN, NAN], levels=(0.025, 0.5))
    assert list(row) == ["p2.5", "p2.5_low", "p2.5_high", "p50", "p50_low", "p50_high", "later"]
    assert row["later"] == 0.5
