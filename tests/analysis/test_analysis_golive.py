"""Go-live of blocks, sites and the portfolio."""

import numpy as np
import pandas as pd

from buildsim.analysis import golive
from tests.analysis.synthetic import table

NAN = float("nan")
DAYS = {  # block -> go-live in replications 0..3
    "a/h1": [10.0, 20.0, 30.0, 40.0],
    "a/h2": [15.0, 18.0, NAN, 60.0],
    "b/h1": [5.0, 50.0, 35.0, 70.0],
}
LIVE = table(
    "go_live",
    [
        {"replication": r, "site": block[0], "block": block, "mw": 12.0, "live": day, "planned": 9.0, "target": 8.0}
        for block, days in DAYS.items()
        for r, day in enumerate(days)
    ],
)


def test_a_site_is_live_when_its_last_block_is() -> None:
    days, names, held = golive.site_days(LIVE)
    assert names == ["a", "b", "portfolio"]
    assert held.tolist() == [0, 1, 2, 3]
    np.testing.assert_array_equal(days[:, 0], [15.0, 20.0, NAN, 60.0])
    np.testing.assert_array_equal(days[:, 2], [15.0, 50.0, NAN, 70.0])


def test_the_first_block_does_not_wait_for_the_others() -> None:
    days, _, _ = golive.site_days(LIVE, event=golive.FIRST)
    np.testing.assert_array_equal(days[:, 0], [10.0, 18.0, 30.0, 40.0])
    np.testing.assert_array_equal(days[:, 2], [5.0, 18.0, 30.0, 40.0])


def test_the_portfolio_may_be_the_firm_sites_only() -> None:
    days, names, _ = golive.site_days(LIVE, firm=["b"])
    np.testing.assert_array_equal(days[:, names.index("portfolio")], DAYS["b/h1"])


def test_site_dates_hold_quantiles_plan_and_size() -> None:
    found = golive.site_dates(LIVE, levels=(0.5, 0.9)).set_index(["site", "event"])
    whole = found.loc[("a", "complete")]
    assert (whole["blocks"], whole["mw"], whole["n"], whole["planned"], whole["target"]) == (2, 24.0, 4, 9.0, 8.0)
    assert (whole["p50"], whole["p90"], whole["later"]) == (20.0, np.inf, 0.25)
    assert whole["p50_low"] == -np.inf, "four replications do not bound a median"
    assert found.loc[("portfolio", "first block"), "p50"] == 18.0
    assert found.loc[("portfolio", "complete"), "blocks"] == 3


def test_replications_in_which_a_site_builds_nothing_do_not_count() -> None:
    lapsed = LIVE[~((LIVE["replication"] == 2) & (LIVE["site"] == "a"))]
    days, _, _ = golive.site_days(lapsed)
    assert np.isneginf(days[2, 0])
    row = golive.site_dates(lapsed).set_index(["site", "event"]).loc[("a", "complete")]
    assert (row["n"], row["p90"], row["later"]) == (3, 60.0, 0.0)
    assert days[2, 2] == 35.0, "the portfolio is what is built"


def test_a_site_without_a_target_for_every_block_has_none() -> None:
    some = LIVE.assign(target=np.where(LIVE["block"] == "a/h1", 8.0, NAN))
    found = golive.site_dates(some).set_index(["site", "event"])["target"]
    assert np.isnan(found[("a", "complete")])
    assert found[("a", "first block")] == 8.0
    assert np.isnan(found[("b", "first block")])


def test_block_dates() -> None:
    found = golive.block_dates(LIVE, levels=(0.5,)).set_index("block")
    assert found.loc["a/h2", "p50"] == 18.0
    assert found.loc["a/h2", "later"] == 0.25
    assert found["site"].tolist() == ["a", "a", "b"]


def test_an_empty_table_gives_frames_with_all_columns() -> None:
    empty = table("go_live", [])
    assert list(golive.block_dates(empty).columns) == list(golive.block_dates(LIVE).columns)
    assert isinstance(golive.site_dates(empty), pd.DataFrame)
