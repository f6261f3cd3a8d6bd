"""The efficient frontier: what beats what, worked by hand, and how sure a place on it is."""

from itertools import pairwise
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import norm

from buildsim.analysis import frontier


@pytest.mark.parametrize(
    ("cost", "days", "free"),
    [
        ([1.0, 2.0, 3.0], [5.0, 8.0, 7.0], [True, True, False]),  # the third costs more and saves less
        ([1.0, 1.0], [5.0, 6.0], [False, True]),  # the same price
        ([1.0, 2.0], [5.0, 5.0], [True, False]),  # the same gain
        ([1.0, 1.0, 2.0], [5.0, 5.0, 4.0], [True, True, False]),  # equals beat neither
        ([0.0, -2.0], [0.0, 3.0], [False, True]),  # what saves money too
        ([1.0, nan, 0.5], [5.0, 9.0, nan], [True, False, False]),  # the unknown is on no frontier and beats none
        ([1.0, inf, 2.0], [5.0, inf, -inf], [True, True, False]),
        ([inf, inf], [3.0, 3.0], [True, True]),
        ([], [], []),
    ],
)
def test_what_is_beaten_is_off_the_frontier(cost: list[float], days: list[float], free: list[bool]) -> None:
    assert frontier.undominated(cost, days).tolist() == free


points = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=12)


@given(points)
def test_along_the_frontier_more_money_saves_more_days(chosen: list[tuple[int, int]]) -> None:
    cost, days = (np.array(values, float) for values in zip(*chosen, strict=True))
    free = frontier.undominated(cost, days)
    assert free.any()
    front = sorted({(c, d) for c, d, on in zip(cost, days, free, strict=True) if on})
    assert all(one[0] < two[0] and one[1] < two[1] for one, two in pairwise(front))
    for c, d, on in zip(cost, days, free, strict=True):  # whatever is off it, something on it beats
        assert on == (not any(a <= c and b >= d and (a, b) != (c, d) for a, b in front))


def test_the_matrix_says_who_beats_whom() -> None:
    assert frontier.dominates([1.0, 2.0], [5.0, 4.0]).tolist() == [[False, True], [False, False]]
    with pytest.raises(ValueError, match="shape"):
        frontier.dominates([1.0], [1.0, 2.0])


def test_intervals_that_do_not_touch_make_it_sure() -> None:
    table = pd.DataFrame(
        [
            ("cheap and good", 1.0, 2.0, 8.0, 9.0),
            ("dear and worse", 3.0, 4.0, 5.0, 6.0),
            ("dear, perhaps better", 3.0, 4.0, 7.0, 10.0),
            ("dear and surely best", 6.0, 7.0, 20.0, 22.0),
            ("unknown", nan, nan, 1.0, 2.0),
        ],
        columns=["name", "cost_low", "cost_high", "low", "high"],
    )
    without = table.drop(index=4)
    assert frontier.standing(without) == ["efficient", "dominated", "open", "efficient"]
    assert frontier.standing(table)[4] == "open"


def test_equal_points_without_a_width_stay_open() -> None:
    table = pd.DataFrame([(1.0, 1.0, 5.0, 5.0)] * 2, columns=["cost_low", "cost_high", "low", "high"])
    assert frontier.standing(table) == ["open", "open"]


def test_the_probability_is_that_of_the_better_mean() -> None:
    rng = np.random.default_rng(3)
    noise, n = rng.normal(0.0, 10.0, 400), 400
    gap = rng.normal(0.3, 4.0, n)  # b saves 0.3 days more at the same price, give or take 4 within a pair
    days = {"a": 20.0 + noise, "b": 20.0 + noise + gap}
    cost = {"a": np.full(n, 5.0), "b": np.full(n, 5.0)}
    found = frontier.probability_undominated(cost, days, resamples=4000)
    z = gap.mean() / (gap.std() / np.sqrt(n))
    assert found["b"] == pytest.approx(norm.cdf(z), abs=0.02)  # normal theory; 4000 resamples: 0.008
    assert found["a"] + found["b"] == pytest.approx(1.0)  # in one price group one beats the other
    assert frontier.probability_undominated(cost, days) == frontier.probability_undominated(cost, days)


def test_what_is_always_beaten_has_probability_zero() -> None:
    found = frontier.probability_undominated({"a": [1.0, 2.0], "b": [2.0, 3.0]}, {"a": [9.0, 9.0], "b": [3.0, 4.0]})
    assert found == {"a": 1.0, "b": 0.0}


def test_options_must_pair() -> None:
    for cost, days in (
        ({"a": [1.0]}, {"b": [1.0]}),
        ({"a": [1.0, 2.0]}, {"a": [1.0]}),
        ({"a": [1.0], "b": [1.0, 2.0]}, {"a": [1.0], "b": [1.0, 2.0]}),
        ({}, {}),
    ):
        with pytest.raises(ValueError, match=r"options|replications"):
            frontier.probability_undominated(cost, days)
