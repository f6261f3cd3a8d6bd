"""Leases and deals over the replications, against sums by hand."""

import numpy as np
import pandas as pd
import pytest

from buildsim.analysis.leases import by_deal, by_lease

NAN = np.nan
STAGES = [
    # replication, lease, stage, mw, promised, handed over, outcome, rent, abated, step in
    (0, "l", "s", 10.0, 100.0, 90.0, "on_time", 6e6, 0.0, 0.0),
    (0, "l", "t", 30.0, 200.0, 240.0, "late", 2e6, 1e6, 0.0),
    (0, "m", "s", 5.0, 900.0, NAN, "pending", 0.0, 0.0, 0.0),
    (1, "l", "s", 10.0, 100.0, 160.0, "stepped_in", 5e6, 5e5, 3e5),
    (1, "l", "t", 30.0, 200.0, NAN, "ended", 0.0, 0.0, 0.0),
    (1, "m", "s", 5.0, 900.0, NAN, "pending", 0.0, 0.0, 0.0),
]
COLUMNS = ["replication", "lease", "stage", "mw", "promised", "handed_over", "outcome", "rent", "abated", "step_in"]
HELD = np.array([0, 1])


def stages() -> pd.DataFrame:
    table = pd.DataFrame(STAGES, columns=COLUMNS).assign(landlord="L", site="a")
    return table.assign(late=table["handed_over"] - table["promised"])


def test_leases_by_hand() -> None:
    found = by_lease(stages(), HELD, 1000.0).set_index("lease")
    own = found.loc["l"]
    assert (own["mw"], own["stages"], own["overdue"]) == (40.0, 2, 0.75)
    assert own["late"] == pytest.approx((0.0 + 40.0 + 60.0) / 3.0)
    assert (own["stepped_in"], own["ended"]) == (0.25, 0.25)
    assert (own["rent"], own["abated"], own["step_in"]) == (6.5e6, 7.5e5, 1.5e5)
    # 8 and 5 million: half a t interval is 12.706 standard deviations over the root of two
    assert own["rent_high"] == pytest.approx(6.5e6 + 12.7062 * 1.5e6 * np.sqrt(2.0) / np.sqrt(2.0), rel=1e-4)
    assert own["rent_low"] == 0.0


@pytest.mark.parametrize(("horizon", "overdue"), [(1000.0, 1.0), (900.0, 0.0), (800.0, 0.0)])
def test_what_is_promised_for_after_the_horizon_is_not_overdue(horizon: float, overdue: float) -> None:
    own = by_lease(stages(), HELD, horizon).set_index("lease").loc["m"]
    assert own["overdue"] == overdue
    assert np.isnan(own["late"])


def test_deals_by_hand() -> None:
    rows = [(r, "d", 40.0 if r < 3 else NAN, 9e9 if r < 3 else 0.0, 2e9 if r < 3 else 0.0) for r in range(4)]
    table = pd.DataFrame(rows, columns=["replication", "deal", "closed", "price", "rent_saved"])
    [own] = by_deal(table.assign(kind="acquisition", partner="P", mw=590.0), np.arange(4)).to_dict("records")
    assert (own["deal"], own["kind"], own["partner"], own["mw"], own["n"]) == ("d", "acquisition", "P", 590.0, 4)
    assert own["closed"] == 0.75
    assert 0.25 < own["closed_low"] < 0.35
    assert (own["p50"], own["price"], own["rent_saved"]) == (40.0, 6.75e9, 1.5e9)
    never = by_deal(table.assign(kind="a", partner="P", mw=1.0, closed=NAN), np.arange(4)).iloc[0]
    assert (never["closed"], never["p50"]) == (0.0, np.inf)


def test_nothing_leased_or_bought_makes_empty_tables() -> None:
    assert by_lease(stages().iloc[:0], HELD, 1000.0).empty
    assert by_deal(pd.DataFrame(columns=["replication", "deal"]), HELD).empty
