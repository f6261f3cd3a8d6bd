"""Delay by cause: weights, means, and the check that causes sum to the elapsed time."""

import numpy as np
import pytest

from buildsim.analysis import delay
from buildsim.analysis.proportions import mean
from tests.analysis.synthetic import portfolio, table

NAN = float("nan")
LIVE = table(
    "go_live",
    [
        {"replication": r, "site": block[0], "block": block, "mw": mw, "live": day, "planned": planned}
        for block, mw, planned, days in (
            ("a/h1", 30.0, 20.0, [30.0, 40.0]),
            ("a/h2", 10.0, 25.0, [25.0, NAN]),
            ("b/h1", 40.0, 10.0, [8.0, 12.0]),
        )
        for r, day in enumerate(days)
    ],
)
HORIZON = 100.0
DAYS = table(
    "delays",
    [
        {"replication": r, "site": block[0], "block": block, "cause": cause, "days": days, "planned_days": planned}
        for r, block, cause, days, planned in (
            (0, "a/h1", "planned work", 20.0, 20.0), (0, "a/h1", "crew wait", 10.0, 0.0),
            (1, "a/h1", "planned work", 20.0, 20.0), (1, "a/h1", "crew wait", 14.0, 0.0),
            (1, "a/h1", "skill", 6.0, 0.0),
            (0, "a/h2", "planned work", 25.0, 25.0),
            (1, "a/h2", "planned work", 25.0, 25.0), (1, "a/h2", "utility", 75.0, 0.0),
            (0, "b/h1", "planned work", 10.0, 10.0), (0, "b/h1", "estimate", -2.0, 0.0),
            (1, "b/h1", "planned work", 10.0, 10.0), (1, "b/h1", "estimate", 2.0, 0.0),
        )
    ],
)  # fmt: skip


def test_a_cause_without_a_row_counts_as_zero_days() -> None:
    found = delay.by_block(DAYS, LIVE).set_index(["block", "cause"])
    skill = found.loc[("a/h1", "skill")]
    assert (skill["days"], skill["excess"], skill["n"]) == (3.0, 3.0, 2)
    assert (skill["excess_low"], skill["excess_high"]) == pytest.approx((mean([0.0, 6.0]).low, mean([0.0, 6.0]).high))
    assert ("a/h2", "crew wait") not in found.index
    assert found.loc[("b/h1", "estimate"), "excess"] == 0.0
    assert found["site"].tolist() == ["a"] * 5 + ["b"] * 2


def test_a_site_weighs_its_blocks_by_mw() -> None:
    found = delay.by_site(DAYS, LIVE).set_index(["site", "cause"])
    assert found.loc[("a", "crew wait"), "days"] == pytest.approx(0.75 * 12.0)
    assert found.loc[("a", "utility"), "excess"] == pytest.approx(0.25 * 37.5)
    work = found.loc[("a", "planned work")]
    assert (work["days"], work["planned_days"], work["excess"]) == pytest.approx((21.25, 21.25, 0.0))


def test_the_portfolio_weighs_all_blocks() -> None:
    found = delay.portfolio(DAYS, LIVE).set_index("cause")
    assert found.loc["crew wait", "excess"] == pytest.approx(30.0 / 80.0 * 12.0)
    assert set(found["site"]) == {"portfolio"}


def test_causes_of_a_group_sum_to_its_weighted_elapsed_time() -> None:
    run = portfolio(50)
    elapsed = run.go_live["live"].fillna(run.horizon)
    weighted = (elapsed * run.go_live["mw"]).sum() / run.go_live["mw"].sum()
    found = delay.portfolio(run.delays, run.go_live)
    assert found["days"].sum() == pytest.approx(weighted, abs=1e-6)
    assert (found["days"] - found["planned_days"]).tolist() == pytest.approx(found["excess"].tolist(), abs=1e-9)


def test_a_block_that_is_not_built_in_a_replication_does_not_count_there() -> None:
    live = LIVE[~((LIVE["block"] == "a/h2") & (LIVE["replication"] == 1))]
    days = DAYS[~((DAYS["block"] == "a/h2") & (DAYS["replication"] == 1))]
    found = delay.by_site(days, live).set_index(["site", "cause"])
    assert found.loc[("a", "crew wait"), "days"] == pytest.approx((0.75 * 10.0 + 14.0) / 2.0)
    one = delay.by_block(days, live).set_index(["block", "cause"]).loc[("a/h2", "planned work")]
    assert (one["days"], one["n"]) == (25.0, 1)
    assert np.isnan(one["excess_low"])


def test_a_right_account_passes_the_check() -> None:
    assert delay.check(DAYS, LIVE, horizon=HORIZON).empty
    run = portfolio(20)
    assert delay.check(run.delays, run.go_live, horizon=run.horizon).empty


def test_the_check_names_block_and_replication() -> None:
    wrong = DAYS.assign(days=DAYS["days"] + np.where((DAYS["cause"] == "utility"), 2e-6, 0.0))
    found = delay.check(wrong, LIVE, horizon=HORIZON)
    assert list(zip(found["replication"], found["block"], strict=True)) == [(1, "a/h2")]
    assert found.loc[0, "elapsed"] == HORIZON
    assert delay.check(wrong, LIVE, horizon=HORIZON, tolerance=1e-5).empty


def test_the_check_looks_at_the_plan_too() -> None:
    wrong = DAYS.assign(planned_days=np.where(DAYS["block"] == "b/h1", 0.0, DAYS["planned_days"]))
    assert set(delay.check(wrong, LIVE, horizon=HORIZON)["block"]) == {"b/h1"}


def test_a_block_without_an_account_is_found() -> None:
    found = delay.check(DAYS[DAYS["block"] != "b/h1"], LIVE, horizon=HORIZON)
    assert found["block"].tolist() == ["b/h1", "b/h1"]


def test_an_account_of_an_unknown_block_is_refused() -> None:
    with pytest.raises(ValueError, match="does not"):
        delay.by_site(DAYS, LIVE[LIVE["block"] != "b/h1"])


def test_blocks_without_mw_weigh_alike() -> None:
    found = delay.portfolio(DAYS, LIVE.assign(mw=0.0)).set_index("cause")
    assert found.loc["crew wait", "excess"] == pytest.approx(12.0 / 3.0)


def test_nothing_to_account_for() -> None:
    found = delay.by_block(table("delays", []), LIVE)
    assert found.empty
    assert list(found.columns) == list(delay.by_block(DAYS, LIVE).columns)
