"""Withdrawals, by hand."""

import numpy as np
import pytest

from buildsim.analysis import withdrawals as w
from buildsim.analysis.proportions import wilson
from tests.analysis.synthetic import table

ROWS = [
    (0, "kay", "k/t1", 50.0, 10.0, 1e9, "lost_confidence", 90.0),
    (0, "kay", "k/t2", 70.0, 5.0, 0.5e9, "lost_confidence", np.nan),
    (2, "kay", "k/t1", 60.0, 10.0, 1e9, "longstop", 80.0),
    (1, "queue", "q/x1", 80.0, 40.0, 4e9, "option_lapsed", np.nan),
]
NAMES = ("replication", "customer", "tranche", "day", "mw", "value", "trigger", "remarketed")
TABLE = table("withdrawals", [dict(zip(NAMES, row, strict=True)) for row in ROWS])
HELD = np.arange(4)


def test_expected_withdrawals_by_customer() -> None:
    found = w.expected(TABLE, HELD, names=["kay", "queue"]).set_index("customer")
    kay = found.loc["kay"]
    assert (kay["probability"], kay["probability_low"]) == (0.5, wilson(2, 4).low)
    assert (kay["mw"], kay["value"]) == (25.0 / 4.0, 2.5e9 / 4.0)
    assert kay["remarketed"] == pytest.approx(20.0 / 25.0)
    assert kay["p50"] == 60.0, "in the other two replications the first one is later than the horizon"
    queue = found.loc["queue"]
    assert (queue["probability"], queue["mw"], queue["p50"]) == (0.0, 0.0, np.inf)
    assert np.isnan(queue["remarketed"])
    assert found.loc["all", "mw"] == kay["mw"]


def test_lapsed_options_stand_apart() -> None:
    found = w.expected(TABLE, HELD, lapses=True).set_index("customer")
    assert found.index.tolist() == ["queue", "all"]
    assert (found.loc["all", "probability"], found.loc["all", "mw"]) == (0.25, 10.0)


def test_by_trigger() -> None:
    found = w.expected(TABLE, HELD, by="trigger").set_index("trigger")
    assert found["probability"].to_dict() == {"lost_confidence": 0.25, "longstop": 0.25, "all": 0.5}


def test_totals_by_replication() -> None:
    found = w.totals(TABLE, HELD)
    assert found["withdrawals"].tolist() == [2.0, 0.0, 1.0, 0.0]
    assert found["withdrawn_mw"].tolist() == [15.0, 0.0, 10.0, 0.0]
    assert found["withdrawn_value"].tolist() == [1.5e9, 0.0, 1e9, 0.0]


def test_nobody_walks() -> None:
    found = w.expected(table("withdrawals", []), HELD)
    assert found["customer"].tolist() == ["all"]
    assert found.loc[0, "probability"] == 0.0
    assert found.loc[0, "probability_high"] == pytest.approx(wilson(0, 4).high)
