"""Curves over time: differences of live MW pair by pair, and how likely a finish is by a day, worked by hand."""

from dataclasses import replace
from math import nan, sqrt

import numpy as np
import pytest
from scipy.stats import t

from buildsim.analysis import curves
from buildsim.errors import InputError
from tests.analysis import synthetic


def small(days: list[list[float]], *, live: float = 0.0, seed: int = 1) -> synthetic.Run:
    """Runs of two halls of 10 and 30 MW: by replication the days on which they are live."""
    rows = [
        {"replication": r, "site": "a", "block": f"a/h{h}", "mw": (10.0, 30.0)[h], "live": day, "planned": 1.0}
        for r, pair in enumerate(days)
        for h, day in enumerate(pair)
    ]
    return synthetic.Run(
        go_live=synthetic.table("go_live", rows),
        model=synthetic.model({"a": ("A", live, True)}, {}, {}),
        horizon=100.0,
        manifest=synthetic.manifest(seed),
    )


BASE = small([[10.0, 20.0], [10.0, 40.0], [30.0, nan]])
OTHER = small([[20.0, 20.0], [10.0, nan], [20.0, 50.0]])


def test_the_difference_is_taken_within_pairs() -> None:
    table = curves.mw_difference(BASE, OTHER, [15.0, 20.0, 25.0, 40.0, 50.0, 100.0])
    gaps = np.array(
        [[-10, 0, 0], [0, 0, 10], [0, 0, 10], [0, -30, 0], [0, -30, 30], [0, -30, 30]], dtype=float
    )  # by day: pairs 0, 1, 2
    assert table["day"].tolist() == [15.0, 20.0, 25.0, 40.0, 50.0, 100.0]
    np.testing.assert_allclose(table["mean"], [-10 / 3, 10 / 3, 10 / 3, -10.0, 0.0, 0.0], atol=1e-12)
    half = t.ppf(0.975, 2) * gaps.std(axis=1, ddof=1) / sqrt(3)
    np.testing.assert_allclose(table["high"] - table["mean"], half)
    np.testing.assert_allclose(table["mean"] - table["low"], half)
    assert table["p10"].tolist() == [-10.0, 0.0, 0.0, -30.0, -30.0, -30.0]
    assert table["p90"].tolist() == [0.0, 10.0, 10.0, 0.0, 30.0, 30.0]


def test_only_what_both_hold_is_paired_up_to_the_earlier_horizon() -> None:
    more = small([[20.0, 20.0], [10.0, nan], [20.0, 50.0], [1.0, 1.0]])
    short = replace(BASE, horizon=60.0)
    table = curves.mw_difference(short, more)
    assert table["day"].iloc[-1] == 60.0
    assert table.set_index("day").loc[15.0, "mean"] == pytest.approx(-10 / 3)


def test_what_is_live_at_the_start_counts() -> None:
    table = curves.mw_difference(BASE, small([[10.0, 20.0], [10.0, 40.0], [30.0, nan]], live=7.0), [0.0, 99.0])
    assert table[["mean", "low", "high", "p10", "p90"]].to_numpy().ravel().tolist() == [7.0] * 10


def test_runs_with_other_draws_do_not_pair() -> None:
    with pytest.raises(InputError, match="do not pair"):
        curves.mw_difference(BASE, small([[1.0, 1.0]] * 3, seed=2))


def test_the_confidence_curve_counts_what_is_finished_and_ends_below_one() -> None:
    table = curves.confidence_curve([30.0, 10.0, nan, 10.0, np.inf, -np.inf])
    assert table["day"].tolist() == [10.0, 30.0]
    assert table["probability"].tolist() == [2 / 5, 3 / 5]
    z = 1.959963984540054
    for (_, row), p in zip(table.iterrows(), (0.4, 0.6), strict=True):
        ends = sorted(np.roots([1 + z * z / 5, -(2 * p + z * z / 5), p * p]).real)  # (p - x)^2 = z^2 x (1 - x) / n
        assert [row["low"], row["high"]] == pytest.approx(ends)


def test_a_curve_of_nothing_is_empty() -> None:
    assert curves.confidence_curve([-np.inf]).empty
    assert curves.confidence_curve([nan, nan]).empty


def test_the_probability_by_a_day_includes_it() -> None:
    assert curves.probability_by([10.0, 20.0, nan, -np.inf], 20.0) == (2, 3)
    assert curves.probability_by([10.0, 20.0, nan, -np.inf], 19.9) == (1, 3)
