"""What becomes of tranches and customers, by hand."""

import numpy as np
import pytest

from buildsim.analysis import milestones as m
from buildsim.analysis.proportions import wilson
from tests.analysis.synthetic import HORIZON, portfolio, table

NAN = float("nan")
OUTCOMES = {
    "k/t1": ["on_time", "late", "damages", "withdrawn"],
    "k/t2": ["on_time", "on_time", "redated", "withdrawn_in_part"],
    "q/t1": ["pending", "pending", "late", "on_time"],
    "q/x1": ["lapsed", "lapsed", "on_time", "lapsed"],
}
DUE = {"k/t1": 100.0, "k/t2": 200.0, "q/t1": 300.0, "q/x1": 400.0}
DELIVERED = {"on_time": 90.0, "late": 110.0, "damages": 150.0, "redated": 230.0}
TABLE = table(
    "milestones",
    [
        {
            "replication": r, "contract": t[0], "customer": {"k": "kay", "q": "queue"}[t[0]], "tranche": t, "mw": 10.0,
            "value": 1e9, "due": DUE[t], "delivered": DELIVERED.get(outcome, NAN), "outcome": outcome,
            "damages": 4e6 if outcome == "damages" else 0.0, "cause": "" if outcome == "on_time" else "utility",
        }
        for t, outcomes in OUTCOMES.items()
        for r, outcome in enumerate(outcomes)
    ],
)  # fmt: skip
HELD = np.arange(4)


def test_a_pending_tranche_is_missed_when_it_was_due() -> None:
    names = TABLE["tranche"].astype(str) + " " + TABLE["outcome"].astype(str)
    seen = dict(zip(names, m.missed(TABLE, 300.0), strict=True))
    assert seen["q/t1 pending"]
    assert not seen["q/x1 lapsed"]
    assert not seen["k/t1 on_time"]
    later = dict(zip(names, m.missed(TABLE, 299.0), strict=True))
    assert not later["q/t1 pending"]
    assert sum(m.missed(TABLE, HORIZON)) == 8


def test_a_tranche_has_a_probability_for_each_outcome() -> None:
    found = m.by_tranche(TABLE, horizon=HORIZON).set_index("tranche")
    first = found.loc["k/t1"]
    assert [first[f"p_{name}"] for name in m.OUTCOMES] == [0.25, 0.25, 0.25, 0.0, 0.0, 0.25, 0.0, 0.0]
    assert (first["p_missed"], first["p_missed_low"]) == (0.75, wilson(3, 4).low)
    assert (first["p50"], first["p80"], first["later"]) == (110.0, np.inf, 0.25)
    assert (first["damages"], first["value_at_risk"], first["cause"]) == (1e6, 0.75e9, "utility")
    assert found.loc["q/x1", "p_missed"] == 0.0
    assert found.loc["q/x1", "cause"] == ""
    probabilities = found[[f"p_{name}" for name in m.OUTCOMES]].sum(axis=1)
    assert probabilities.tolist() == [1.0] * 4


def test_a_customer_adds_up_its_tranches_replication_by_replication() -> None:
    found = m.by_customer(TABLE, HELD, horizon=HORIZON).set_index("customer")
    kay = found.loc["kay"]
    assert (kay["tranches"], kay["mw"], kay["value"]) == (2, 20.0, 2e9)
    assert (kay["missed"], kay["p_missed"], kay["p_withdrawn"]) == (5 / 4, 0.75, 0.25)
    assert (kay["on_time_mw"], kay["damages"], kay["value_at_risk"]) == (7.5, 1e6, 1.25e9)
    whole = found.loc["all"]
    assert (whole["tranches"], whole["missed"], whole["p_missed"]) == (4, 2.0, 1.0)
    assert whole["damages"] == pytest.approx(found.loc[["kay", "queue"], "damages"].sum())


def test_shares_of_mw_sum_to_one_by_customer() -> None:
    found = m.outcome_shares(TABLE)
    assert found["customer"].tolist() == ["kay", "queue"]
    assert found["mw"].tolist() == [20.0, 20.0]
    np.testing.assert_allclose(found[list(m.OUTCOMES)].sum(axis=1), 1.0)
    assert found["on_time"].tolist() == [0.375, 0.25]
    assert found["lapsed"].tolist() == [0.0, 0.375]


def test_shares_are_weighted_by_mw() -> None:
    heavy = TABLE.assign(mw=np.where(TABLE["tranche"] == "k/t1", 30.0, 10.0))
    assert m.outcome_shares(heavy).loc[0, "withdrawn"] == pytest.approx(30.0 / 160.0)


def test_an_unknown_outcome_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown outcomes: waived"):
        m.outcome_shares(TABLE.assign(outcome="waived"))


def test_totals_by_replication() -> None:
    found = m.totals(TABLE, HELD, horizon=HORIZON)
    assert found["missed"].tolist() == [1.0, 2.0, 3.0, 2.0]
    assert found["on_time_mw"].tolist() == [20.0, 10.0, 10.0, 10.0]
    assert found["damages"].tolist() == [0.0, 0.0, 4e6, 0.0]
    assert found["value_at_risk"].tolist() == [1e9, 2e9, 3e9, 2e9]


def test_customers_and_tranches_agree_on_a_portfolio() -> None:
    run = portfolio(80)
    one = m.by_tranche(run.milestones, horizon=run.horizon)
    two = m.by_customer(run.milestones, np.arange(80), horizon=run.horizon).set_index("customer")
    for column in ("damages", "value_at_risk", "mw", "value"):
        assert one.groupby("customer")[column].sum().sort_index().tolist() == pytest.approx(
            two.drop("all")[column].sort_index().tolist()
        )
