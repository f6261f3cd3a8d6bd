"""Keyed uniform numbers."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from buildsim.sampling.streams import series, stream_key, uniform, uniform_rows, uniforms

names = st.text(max_size=20)
seeds = st.integers(0, 2**80)


def test_the_numbers_stay_what_they_are() -> None:
    """A regression: a change here changes every result of every seed, and belongs in the changelog."""
    assert stream_key(1, "sites.denton.power") == 111_139_224_107_281_894_372_261_914_888_815_313_532
    assert uniforms(1, "sites.denton.power", 0, 3).tolist() == [
        0.9182510633770556,
        0.801895763100409,
        0.8121388380345046,
    ]
    assert series(1, 2, "weather", 2).tolist() == [0.062354545082753066, 0.26962303391293563]


@given(seeds, names, st.integers(0, 2**40), st.integers(1, 40), st.integers(0, 2**40))
def test_a_block_holds_what_each_draw_is_alone(seed: int, name: str, first: int, count: int, occurrence: int) -> None:
    block = uniforms(seed, name, first, count, occurrence)
    assert block.tolist() == [uniform(seed, first + row, name, occurrence) for row in range(count)]


@given(st.lists(st.integers(1, 30), min_size=1, max_size=8))
def test_any_split_gives_the_same(parts: list[int]) -> None:
    whole = uniforms(7, "a", 3, sum(parts))
    starts = np.cumsum([3, *parts[:-1]])
    split = [uniforms(7, "a", int(first), count) for first, count in zip(starts, parts, strict=True)]
    assert np.array_equal(np.concatenate(split), whole)


def test_rows_are_the_streams_of_their_keys() -> None:
    keys = [stream_key(3, name) for name in "abc"]
    rows = uniform_rows(keys, 5, 9, occurrence=2)
    for row, name in zip(rows, "abc", strict=True):
        assert np.array_equal(row, uniforms(3, name, 5, 9, occurrence=2))
    assert uniform_rows([], 0, 4).shape == (0, 4)
    assert uniforms(3, "a", 5, 0).shape == (0,)


def test_seed_name_replication_and_occurrence_all_count() -> None:
    draws = [
        uniform(1, 0, "a"),
        uniform(2, 0, "a"),
        uniform(1, 1, "a"),
        uniform(1, 0, "b"),
        uniform(1, 0, "a", 1),
        uniform(11, 0, ":a"),
        series(1, 0, "a", 1)[0],
        series(1, 1, "a", 1)[0],
    ]
    assert len(set(draws)) == len(draws)


def test_a_longer_series_begins_with_the_shorter() -> None:
    assert np.array_equal(series(1, 4, "weather.texas", 1000)[:10], series(1, 4, "weather.texas", 10))
    assert not np.array_equal(series(1, 5, "weather.texas", 10), series(1, 4, "weather.texas", 10))


def test_open_interval() -> None:
    """The grid is (k + 1/2) 2^-52: its ends are 2^-53 and 1 - 2^-53, both exact, and 1 - u is exact too."""
    draws = uniforms(1, "open", 0, 100_000)
    assert draws.min() > 0.0
    assert draws.max() < 1.0
    assert np.array_equal(draws * 2.0**53 % 2.0, np.ones_like(draws))
    assert (2**52 - 1 + 0.5) * 2.0**-52 == 1.0 - 2.0**-53 < 1.0


def test_uniform_and_independent() -> None:
    """Kolmogorov-Smirnov at 1 in 10,000 (1.95 / sqrt(n) is 1 in 1,000), correlations within 5 / sqrt(n)."""
    count = 20_000
    columns = [uniforms(1, f"n{index}", 0, count) for index in range(4)] + [uniforms(1, "n0", 0, count, 1)]
    for column in columns:
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    correlations = np.corrcoef(columns) - np.eye(len(columns))
    assert np.abs(correlations).max() < 5.0 / np.sqrt(count)
    assert abs(np.corrcoef(columns[0][1:], columns[0][:-1])[0, 1]) < 5.0 / np.sqrt(count)


def test_refused() -> None:
    with pytest.raises(ValueError, match="seed must not be negative"):
        stream_key(-1, "a")
    with pytest.raises(ValueError, match="must not be negative"):
        uniforms(1, "a", -1, 4)
    with pytest.raises(ValueError, match="must not be negative"):
        uniform(1, -1, "a")
    with pytest.raises(ValueError, match="must not be negative"):
        series(1, -1, "a", 3)
