"""Live MW by day, fans, exceedance and commitments."""

import numpy as np
import pytest

from buildsim.analysis import capacity
from buildsim.analysis.proportions import wilson
from tests.analysis import synthetic
from tests.analysis.synthetic import table

NAN = float("nan")
LIVE = table(
    "go_live",
    [
        {"replication": r, "site": "a", "block": block, "mw": mw, "live": day}
        for block, mw, days in (("a/h1", 20.0, [10.0, 20.0, 30.0]), ("a/h2", 5.0, [15.0, NAN, 25.0]))
        for r, day in enumerate(days)
    ],
)


def test_a_block_counts_from_the_day_it_is_live_on() -> None:
    found = capacity.live_mw(LIVE, [0.0, 10.0, 14.9, 15.0, 100.0], base=7.0)
    np.testing.assert_array_equal(found, [[7, 27, 27, 32, 32], [7, 7, 7, 7, 27], [7, 7, 7, 7, 32]])


def test_what_is_not_live_by_the_horizon_is_never_counted() -> None:
    assert capacity.live_mw(LIVE, [1e9])[1, 0] == 20.0


def test_a_fan_is_ordered_and_starts_at_the_base() -> None:
    run = synthetic.portfolio(60)
    fan = capacity.fan(run.go_live, capacity.grid(run.horizon), base=20.0)
    assert fan.iloc[0].tolist() == [0.0, 20.0, 20.0, 20.0, 20.0]
    assert (fan["p10"] <= fan["p50"]).all()
    assert (fan["p50"] <= fan["p90"]).all()
    assert fan["p50"].is_monotonic_increasing


@pytest.mark.parametrize("horizon", [1.0, 364.0, 914.0, 5000.5])
def test_the_grid_ends_at_the_horizon(horizon: float) -> None:
    grid = capacity.grid(horizon)
    assert grid[0] == 0.0
    assert grid[-1] == horizon
    assert len(grid) <= 502
    assert (np.diff(grid) > 0).all()


def test_the_chance_of_so_many_mw_falls_with_their_number() -> None:
    found = capacity.probability_at_least(LIVE, 20.0, [20.0, 25.0, 25.1])
    assert found["probability"].tolist() == pytest.approx([2 / 3, 1 / 3, 0.0])
    assert found.loc[0, "low"] == pytest.approx(wilson(2, 3).low)
    assert found["n"].tolist() == [3, 3, 3]


MILESTONES = table(
    "milestones",
    [
        {"replication": r, "tranche": tranche, "mw": mw, "due": due, "delivered": delivered}
        for r in (0, 1)
        for tranche, mw, due, delivered in (
            ("k/t1", 20.0, 12.0 + 40.0 * r, 10.0),  # re-dated in replication 1: the first date counts
            ("k/t2", 5.0, 12.0, NAN),
            ("k/t3", 8.0, 30.0, NAN),
            ("k/old", 3.0, -5.0, -5.0),  # delivered at the start: in the base
            ("k/slow", 2.0, -5.0, 20.0),  # due before the start and still open
            ("k/x", 50.0, 30.0, NAN),  # an option
        )
    ],
)


def test_commitments_add_up_by_due_date() -> None:
    found = capacity.commitments(MILESTONES, base=7.0, leave_out=["k/x"])
    assert found["day"].tolist() == [0.0, 0.0, 12.0, 30.0]
    assert found["mw"].tolist() == [7.0, 9.0, 34.0, 42.0]
    assert found["tranches"].tolist() == ["", "k/slow", "k/t1, k/t2", "k/t3"]
    assert [capacity.committed_at(found, day) for day in (0.0, 11.9, 12.0, 99.0)] == [9.0, 9.0, 34.0, 42.0]


def test_no_contracts_commit_to_the_base() -> None:
    found = capacity.commitments(table("milestones", []), base=7.0)
    assert found["mw"].tolist() == [7.0]


def test_capacity_against_commitments_with_intervals() -> None:
    owed = capacity.commitments(MILESTONES, leave_out=["k/x", "k/slow"])
    found = capacity.at_days(LIVE, [15.0, 25.0], commitments=owed, levels=(0.5,))
    first, second = found.to_dict("records")
    assert first["committed"] == second["committed"] == 25.0
    assert (first["mean"], first["p50"]) == (pytest.approx(25 / 3), 0.0)
    assert first["p_met"] == pytest.approx(1 / 3)
    assert first["shortfall"] == pytest.approx((0 + 25 + 25) / 3)
    assert second["mean_low"] < second["mean"] < second["mean_high"]
    assert second["p_met_low"] <= second["p_met"] <= second["p_met_high"]
