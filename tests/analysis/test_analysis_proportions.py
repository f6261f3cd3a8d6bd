"""Wilson and t intervals against published and hand-computed values."""

import numpy as np
import pytest

from buildsim.analysis import proportions as p


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998(successes: int, n: int, low: float, high: float) -> None:
    """Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17, table I."""
    found = p.wilson(successes, n)
    assert found.estimate == successes / n
    assert (found.low, found.high) == pytest.approx((low, high), abs=5e-5)


def test_wilson_is_symmetric_and_exact_at_the_ends() -> None:
    assert p.wilson(0, 7).low == 0.0
    assert p.wilson(7, 7).high == 1.0
    assert p.wilson(7, 7).low == pytest.approx(1.0 - p.wilson(0, 7).high)


def test_wilson_coverage_stays_near_95_per_cent_for_rare_events() -> None:
    """Mean coverage over p from 1 % to 99 % with 200 trials, by the exact binomial sum: 95 % within half a point."""
    from scipy.stats import binom

    counts = np.arange(201)
    low, high = p.wilson_bounds(counts, 200)
    coverage = [
        binom.pmf(counts[(low <= truth) & (truth <= high)], 200, truth).sum() for truth in np.linspace(0.01, 0.99, 197)
    ]
    assert np.mean(coverage) == pytest.approx(0.95, abs=0.005)


def test_without_trials_anything_is_possible() -> None:
    found = p.wilson(0, 0)
    assert np.isnan(found.estimate)
    assert (found.low, found.high) == (0.0, 1.0)


@pytest.mark.parametrize(("successes", "n"), [(-1, 5), (6, 5)])
def test_impossible_counts_are_refused(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="between 0 and the number"):
        p.wilson(successes, n)


def test_confidence_is_a_probability() -> None:
    with pytest.raises(ValueError, match="confidence"):
        p.wilson(1, 2, confidence=95.0)


def test_the_mean_of_1_to_5_is_3_plus_or_minus_1_963() -> None:
    """t(0.975, 4) = 2.776445, sd = sqrt(2.5)."""
    found = p.mean([1.0, 2.0, 3.0, 4.0, 5.0])
    assert (found.estimate, found.n, found.capped) == (3.0, 5, 0)
    assert found.high - 3.0 == pytest.approx(2.776445 * np.sqrt(2.5 / 5.0), abs=1e-5)
    assert 3.0 - found.low == pytest.approx(found.high - 3.0)


def test_a_mean_with_a_cap_says_what_it_capped() -> None:
    found = p.mean([1.0, np.nan, 12.0, 3.0], cap=10.0)
    assert (found.estimate, found.capped) == (6.0, 2)


def test_what_cannot_be_negative_has_no_negative_end() -> None:
    assert p.mean([0.0, 0.0, 1.0]).low < 0.0
    assert p.mean([0.0, 0.0, 1.0], floor=0.0).low == 0.0


def test_without_a_cap_a_value_beyond_the_horizon_leaves_no_mean() -> None:
    assert np.isnan(p.mean([1.0, np.nan]).estimate)


def test_too_few_values_for_an_interval() -> None:
    assert np.isnan(p.mean([]).estimate)
    one = p.mean([4.0])
    assert one.estimate == 4.0
    assert np.isnan(one.low)


def test_moments_of_a_sparse_table_give_the_same_interval() -> None:
    values = np.array([0.0, 0.0, 3.0, 5.0, 0.0])
    low, high = p.moment_bounds(values.sum(), (values**2).sum(), 5)
    whole = p.mean(values)
    assert (float(low), float(high)) == pytest.approx((whole.low, whole.high))
    assert np.isnan(p.moment_bounds([1.0], [1.0], 1)).all()
