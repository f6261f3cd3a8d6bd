"""Concentration, risk, tails, ladders and flows of contracts, against cases worked by hand and definitions."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.analysis import contracts
from buildsim.errors import InputError
from tests.analysis.contract_frames import YEAR, priced, run


def _serving(mw: float, fee: float, **more: Any) -> dict[str, Any]:
    return {"mw": mw, "delivered": True, "price": priced(fee), **more}


def _coming(mw: float, fee: float = 1000.0, **more: Any) -> dict[str, Any]:
    terms: dict[str, Any] = {"mw": mw, "blocks": ["x"], "due": date(2025, 4, 10), "term": 4 * YEAR}
    return {**terms, **({} if fee == 0.0 else {"price": priced(fee)}), **more}


def three() -> Any:
    """Of three customers one pays 60, one 40 and one nothing at first; the third brings 100 on day 100 and 250."""
    return run(
        {
            "ka": {"customer": "a", "tranches": {"s": _serving(60.0, 1000.0)}},
            "kb": {"customer": "b", "tranches": {"s": _serving(80.0, 500.0)}},
            "kc": {"customer": "c", "tranches": {"t": _coming(100.0), "u": _coming(100.0)}},
        },
        [
            (0, "kc/t", 100.0, "delivered", 100.0, 0.0),
            (0, "kc/u", 250.0, "delivered", 100.0, 0.0),
            (1, "kc/t", 900.0, "delivered", 100.0, 0.0),
        ],
    )


def test_shares_and_the_herfindahl_index() -> None:
    ledger = contracts.Ledger(three())
    found = contracts.shares(ledger, [0.0, 100.0, 300.0]).set_index(["day", "customer"])
    assert found.loc[(0.0, "a"), "mean"] == pytest.approx(0.6)
    assert found.loc[(0.0, "a"), "usd"] == pytest.approx(60e3 * YEAR)
    assert found.loc[(100.0, "c"), "mean"] == pytest.approx((0.5 + 0.0) / 2)
    assert found.loc[(100.0, "c"), ["p10", "p90"]].tolist() == pytest.approx([0.0, 0.5])
    # in replication 0 the third is the largest, in replication 1 still the first
    assert found.loc[(100.0, "largest"), "mean"] == pytest.approx((0.5 + 0.6) / 2)
    assert found.loc[(300.0, "largest"), "p90"] == pytest.approx(200 / 300)
    index = contracts.index(ledger, [0.0, 100.0, 950.0]).set_index("day")
    assert index.loc[0.0, "mean"] == pytest.approx(0.6**2 + 0.4**2)
    assert index.loc[100.0, "p10"] == pytest.approx(0.3**2 + 0.2**2 + 0.5**2)
    assert index.loc[100.0, "mean"] == pytest.approx((0.38 + 0.52) / 2)
    assert index.loc[950.0, "equal"] == pytest.approx(1.0 / ((0.38 + (0.2**2 + (2 / 15) ** 2 + (2 / 3) ** 2)) / 2))
    assert index["largest"].tolist() == ["a", "a", "c"]


@pytest.mark.parametrize("sizes", [[7.0], [5.0, 5.0, 5.0], [1.0, 30.0, 4.0, 4.0, 0.5]])
def test_equal_customers_bound_the_index(sizes: list[float]) -> None:
    """1 / n for n equal ones, 1 for a single one, and in between otherwise (the inequality of Cauchy and Schwarz)."""
    held = {f"k{at}": {"customer": f"c{at}", "tranches": {"s": _serving(mw, 100.0)}} for at, mw in enumerate(sizes)}
    row = contracts.index(contracts.Ledger(run(held, replications=1)), [0.0]).iloc[0]
    assert 1.0 / len(sizes) - 1e-9 <= row["mean"] <= 1.0 + 1e-9
    assert row["mean"] == pytest.approx(sum((one / sum(sizes)) ** 2 for one in sizes))
    assert row["share"] == pytest.approx(max(sizes) / sum(sizes))


def test_when_nobody_pays_there_are_no_shares() -> None:
    ends = _serving(10.0, 100.0, term=50.0)
    ledger = contracts.Ledger(run({"k": {"customer": "a", "tranches": {"s": ends}}}))
    index = contracts.index(ledger, [0.0, 60.0])
    assert index["n"].tolist() == [2, 0]
    assert np.isnan(index["mean"].iloc[1])
    assert contracts.shares(ledger, [60.0])["n"].tolist() == [0, 0]


def test_replications_in_which_nobody_pays_are_left_out() -> None:
    """Two customers come in replication 0 and 2, with half each and with three tenths and seven; in 1 nobody does."""
    held = {name: {"customer": name, "tranches": {"t": _coming(10.0)}} for name in ("a", "b")}
    sizes = [(0, "a", 5.0), (0, "b", 5.0), (2, "a", 3.0), (2, "b", 7.0)]
    rows = [(number, f"{name}/t", 100.0, "delivered", mw, 0.0) for number, name, mw in sizes]
    ledger = contracts.Ledger(run(held, rows, replications=3))
    found = contracts.shares(ledger, [200.0]).set_index("customer")
    assert found["n"].tolist() == [2, 2, 2]
    assert found.loc["a", ["mean", "p10", "p50", "p90"]].tolist() == pytest.approx([0.4, 0.3, 0.3, 0.5])
    assert found.loc["largest", ["mean", "p10", "p90"]].tolist() == pytest.approx([0.6, 0.5, 0.7])
    # the mean of what is paid counts all replications
    assert found.loc["b", "usd"] == pytest.approx(1000.0 * YEAR * (5.0 + 0.0 + 7.0) / 3)
    assert contracts.index(ledger, [200.0])["mean"].iloc[0] == pytest.approx((0.5 + 0.09 + 0.49) / 2)


def test_when_no_customer_is_above_an_aim() -> None:
    found = contracts.below(contracts.Ledger(three()), 0.55).set_index(["customer", "event"])
    # a falls below 55 % with the first lot of c on day 100 (or 900); c passes 55 % on day 250 (2/3) in replication 0
    assert found.loc[("a", "first"), ["p10", "p90"]].tolist() == [100.0, 900.0]
    assert found.loc[("a", "for good"), ["p10", "p90"]].tolist() == [100.0, 900.0]
    assert ("b", "first") not in found.index
    assert found.loc[("c", "for good"), "probability"] == 0.5
    assert found.loc[("c", "for good"), ["p10", "p90"]].tolist() == [0.0, np.inf]
    # nobody is above it from day 100 to 250 in one, from 900 on in the other
    assert found.loc[("largest", "first"), ["p10", "p90", "probability"]].tolist() == [100.0, 900.0, 1.0]
    assert found.loc[("largest", "for good"), ["p10", "p90", "probability"]].tolist() == [900.0, np.inf, 0.5]
    assert found.loc[("largest", "for good"), "later"] == 0.5


def test_what_others_must_pay_is_what_makes_the_share_the_aim() -> None:
    ledger = contracts.Ledger(three())
    now, order = contracts.required(ledger, 0.25).to_dict("records")
    assert (now["customer"], now["basis"], order["basis"]) == ("a", "in service", "on order")
    assert now["share"] == pytest.approx(0.6)
    assert now["pays"] / (now["pays"] + now["required"]) == pytest.approx(0.25)
    # 60 against 180: 140 more than the 40 of now, at 1,000 for a MW and day
    assert now["missing_mw"] == pytest.approx(140.0)
    assert now["others_mw"] == pytest.approx(80.0)
    # with 200 more on order the share is 60 of 300, and nothing is missing
    assert (order["share"], order["missing"], order["missing_mw"]) == pytest.approx((0.2, 0.0, 0.0))
    assert order["others_mw"] == pytest.approx(280.0)
    assert contracts.required(ledger, 0.25, customer="b")["pays"].iloc[0] == pytest.approx(40e3 * YEAR)
    later = contracts.required(ledger, 0.25, day=300.0).iloc[0]
    assert later["customer"] == "c"
    assert later["pays"] == pytest.approx(100e3 * YEAR)
    with pytest.raises(ValueError, match="between 0 and 1"):
        contracts.required(ledger, 1.0)


def test_the_share_of_the_backlog() -> None:
    value = {"value": 3e8, "term": 4 * YEAR}
    found = run(
        {"ka": {"customer": "a", "tranches": {"s": {**_coming(60.0, 0.0), **value}}},
         "kb": {"customer": "b", "tranches": {"s": {**_coming(60.0, 0.0), **value, "value": 1e8}}}},
        [
            (0, "ka/s", 0.0, "signed", 60.0, 3e8), (0, "kb/s", 0.0, "signed", 60.0, 1e8),
            (1, "ka/s", 0.0, "signed", 60.0, 3e8), (1, "kb/s", 0.0, "signed", 60.0, 1e8),
            (1, "ka/s", 50.0, "withdrawn", 60.0, 3e8),
        ],
    )  # fmt: skip
    ledger = contracts.Ledger(found)
    index = contracts.index(ledger, [0.0, 50.0], of="backlog").set_index("day")
    assert index["mean"].tolist() == pytest.approx([0.75**2 + 0.25**2, (0.625 + 1.0) / 2])
    assert index["usd"].tolist() == pytest.approx([4e8, 2.5e8])
    below = contracts.below(ledger, 0.5, of="backlog").set_index(["customer", "event"])
    assert below.loc[("a", "for good"), "p10"] == 50.0
    told = contracts.backlog(ledger, [50.0]).set_index("customer")
    assert told.loc["all", ["p10", "p90"]].tolist() == pytest.approx([1e8, 4e8])
    assert told.loc["a", "probability"] == 0.5


# -- standing and risk ----------------------------------------------------------------------------------------


def late() -> Any:
    """A tranche of 100 MW worth 1,000: missed, re-dated, missed again, half delivered, the rest left or delivered."""
    events = [
        ("signed", 0.0, 100.0), ("missed", 100.0, 100.0), ("redated", 100.0, 100.0), ("missed", 160.0, 100.0),
        ("delivered", 200.0, 40.0), ("noticed", 300.0, 60.0),
    ]  # fmt: skip
    rows = [(number, "k/t", day, event, mw, mw * 10.0) for number in (0, 1) for event, day, mw in events]
    rows += [(0, "k/t", 310.0, "withdrawn", 60.0, 600.0), (1, "k/t", 320.0, "delivered", 60.0, 600.0)]
    rows += [(0, "k/o", 0.0, "option", 10.0, 100.0), (0, "k/o", 50.0, "lapsed", 10.0, 100.0)]
    rows += [(1, "k/o", 0.0, "option", 10.0, 100.0), (1, "k/o", 50.0, "exercised", 10.0, 100.0)]
    option = {"exercise_by": date(2025, 2, 20), "probability": 0.5}
    return run(
        {"k": {"customer": "a", "tranches": {
            "t": _coming(100.0, 0.0, value=1000.0, grace=10.0, longstop=200.0),
            "o": _coming(10.0, 0.0, value=100.0, option=option),
        }}},
        rows,
        milestones=[
            {"replication": 0, "tranche": "k/t", "mw": 100.0, "value": 1000.0, "due": 100.0, "damages": 70.0,
             "outcome": "withdrawn_in_part", "cause": "utility", "extended": 4.0, "noticed": 300.0, "deferred": 5.0},
            {"replication": 1, "tranche": "k/t", "mw": 100.0, "value": 1000.0, "due": 100.0, "damages": 30.0,
             "outcome": "damages", "cause": "skill", "delivered": 320.0, "noticed": 300.0},
            {"replication": 0, "tranche": "k/o", "mw": 10.0, "value": 100.0, "due": 900.0, "outcome": "lapsed"},
            {"replication": 1, "tranche": "k/o", "mw": 10.0, "value": 100.0, "due": 900.0, "outcome": "pending"},
        ],
        placements=[
            (0, "k", "a", "k/t", "d", "prospect", 320.0, 330.0, 700.0, 25.0, 1.0),
            (0, "k", "a", "k/t", "kz/t", "reassigned", 310.0, 310.0, 700.0, 15.0, 1.0),
            (0, "k", "a", "k/t", "d", "prospect", 330.0, np.nan, np.nan, 5.0, 1.0),
        ],
        remarketing={"prospects": {"d": {"arrives": date(2025, 7, 20), "mw": "20 MW", "term": "370 days"}}},
    )  # fmt: skip


def test_promised_is_delivered_pending_withdrawn_and_lapsed_after_every_event() -> None:
    found = contracts.after_events(late().contract_events)
    parts = found[[f"{name}_mw" for name in contracts.PARTS]]
    assert parts.sum(axis=1).tolist() == pytest.approx(found["promised_mw"].tolist())
    assert (parts >= 0.0).all(axis=None)
    one = found[(found["replication"] == 0) & (found["tranche"] == "k/t")]
    assert one["event"].tolist() == ["signed", "missed", "redated", "missed", "delivered", "noticed", "withdrawn"]
    assert one["overdue"].tolist() == [False, True, False, True, True, True, False]
    assert one["pending_mw"].tolist() == [100, 100, 100, 100, 60, 60, 0]
    assert one["withdrawn_usd"].iloc[-1] == 600.0
    other = found[(found["replication"] == 1) & (found["tranche"] == "k/o")]
    assert other["firm"].tolist() == [False, True]
    assert not other["overdue"].any()


def test_revenue_at_risk_is_what_is_missing_of_what_is_overdue() -> None:
    ledger = contracts.Ledger(late())
    days = [99.0, 100.0, 159.0, 160.0, 200.0, 309.0, 310.0, 320.0]
    # re-dated on the day on which it was missed, so it is overdue from day 160 on
    assert ledger.at_risk.level(days).tolist() == [
        [0, 0, 0, 1000, 600, 600, 0, 0],
        [0, 0, 0, 1000, 600, 600, 600, 0],
    ]
    told = contracts.at_risk(ledger, [200.0, 310.0])
    assert told["customer"].tolist() == ["a", "d", "all"] * 2
    everybody = told[told["customer"] == "all"]
    assert everybody["mean"].tolist() == [600.0, 300.0]
    assert everybody["probability"].tolist() == [1.0, 0.5]
    assert everybody["p90"].tolist() == [600.0, 600.0]


def test_how_customers_stand_at_a_day() -> None:
    told = contracts.position(contracts.Ledger(late()), 310.0).set_index("customer")
    names = ["in_service", "pending", "open", "withdrawn", "lapsed"]
    # delivered 40, then withdrawn 60 or still pending; the option lapsed or was taken
    assert told.loc["a", names].tolist() == pytest.approx([40.0, (0 + 70) / 2, 0.0, 30.0, 5.0])
    assert told.loc["all", "at_risk"] == 300.0
    assert told.loc["all", "p_at_risk"] == 0.5


def test_flow_from_cause_to_outcome_to_fate() -> None:
    found = contracts.flow(contracts.Ledger(late()))
    rows = {tuple(row[:3]): tuple(row[3:]) for row in found.itertuples(index=False)}
    assert rows == {
        ("utility", "withdrawn_in_part", "delivered"): (20.0, 0.5),
        ("utility", "withdrawn_in_part", "reassigned"): (7.5, 0.5),
        ("utility", "withdrawn_in_part", "prospect"): (15.0, 0.5),
        ("utility", "withdrawn_in_part", "idle"): (7.5, 0.5),
        ("skill", "damages", "delivered"): (50.0, 0.5),
        ("", "pending", "open"): (5.0, 0.5),
    }
    assert found["mw"].sum() == pytest.approx(105.0)
    assert contracts.flow(contracts.Ledger(late()), customer="nobody").empty


def test_the_ladder_of_a_contract() -> None:
    table = contracts.ladder(late(), contract="k").set_index("tranche")
    t = table.loc["k/t"]
    assert (t["due"], t["grace"], t["longstop"], t["n"]) == (100.0, 110.0, 300.0, 2)
    assert (t["p50"], t["p90"], t["p_withdrawn_in_part"], t["p_noticed"]) == (320.0, np.inf, 0.5, 1.0)
    assert (t["extended"], t["withdrawn"]) == (2.0, 30.0)
    assert table.loc["k/o", ["exercise", "probability", "p_lapsed"]].tolist() == [51.0, 0.5, 0.5]
    with pytest.raises(InputError) as caught:
        contracts.ladder(late(), contract="q", customer="z")
    assert [problem.path for problem in caught.value.problems] == ["customer", "contract"]


# -- tails ----------------------------------------------------------------------------------------------------


def _shortfall(losses: list[float], level: float) -> float:
    """The mean of the worst 1 - level, replication by replication, a fraction of the last one counted as such."""
    left, total = (1.0 - level) * len(losses), 0.0
    for loss in sorted(losses, reverse=True):
        part = min(1.0, left)
        total, left = total + part * loss, left - part
    return total / ((1.0 - level) * len(losses))


@given(st.lists(st.floats(0.0, 1e9), min_size=1, max_size=60), st.sampled_from([0.5, 0.9, 0.95]))
def test_expected_shortfall_by_its_definition(losses: list[float], level: float) -> None:
    found = contracts.tail(losses, level)
    assert found.shortfall.estimate == pytest.approx(_shortfall(losses, level), rel=1e-9, abs=1e-6)
    assert found.shortfall.estimate >= found.at_risk.value - 1e-6
    assert found.mean.estimate == pytest.approx(sum(losses) / len(losses))


def test_the_tail_of_an_exponential_loss() -> None:
    """Value at risk -ln(0.05), expected shortfall one more; the interval holds it (fixed draws)."""
    losses = np.random.default_rng(5).exponential(size=40_000)
    found = contracts.tail(losses)
    true = -np.log(0.05)
    assert found.at_risk.low < true < found.at_risk.high
    assert found.shortfall.low < true + 1.0 < found.shortfall.high
    # the variance of max(X - v, 0) / 0.05 is 2 / 0.05 - 1
    wide = found.shortfall.high - found.shortfall.low
    assert wide == pytest.approx(2 * 1.96 * np.sqrt((2 / 0.05 - 1) / 40_000), rel=0.1)


def test_losses_by_customer() -> None:
    found = contracts.losses(contracts.Ledger(late()), "damages", level=0.5).set_index("customer")
    assert found.loc["a", ["mean", "at_risk", "shortfall", "probability"]].tolist() == [50.0, 30.0, 70.0, 1.0]
    left = contracts.losses(contracts.Ledger(late()), "withdrawn", level=0.5).set_index("customer")
    assert left.loc["all", ["mean", "shortfall", "probability"]].tolist() == [300.0, 600.0, 0.5]
    assert contracts.losses(contracts.Ledger(late()), "deferred")["mean"].tolist() == [2.5, 2.5]


def test_what_is_in_nobodys_service() -> None:
    """Of 100 MW live at the start 85 serve; a block of 30 comes, 20 of them for a tranche, 5 taken over later."""
    found = run(
        {"ka": {"customer": "a", "tranches": {"s": _serving(85.0, 1.0, term=500.0), "t": _coming(40.0, term=80.0)}}},
        [(number, "ka/t", 100.0, "delivered", 20.0, 0.0) for number in (0, 1)],
        placements=[(0, "ka", "a", "ka/t", "", "market", 110.0, 120.0, 200.0, 5.0, 1.0)],
        live=[(0, "x/h1", 30.0, 100.0), (1, "x/h1", 30.0, 100.0)],
        base=100.0,
    )
    told = contracts.uncommitted(contracts.Ledger(found), [0.0, 100.0, 150.0, 250.0, 500.0]).set_index("day")
    assert told.loc[0.0, ["live", "tranches", "placed", "idle", "mean"]].tolist() == [100.0, 85.0, 0.0, 15.0, 0.15]
    assert told["idle"].tolist() == [15.0, 25.0, 22.5, 45.0, 130.0]
    assert told.loc[150.0, ["p10", "p90"]].tolist() == pytest.approx([20 / 130, 25 / 130])


def test_replications_together_stand_as_each_would_alone() -> None:
    rng = np.random.default_rng(1)
    tranches = {f"t{at}": _coming(10.0, 0.0, value=1e6, indexation=0.03) for at in range(10)}
    held = {f"k{at}": {"customer": f"c{at % 3}", "tranches": tranches} for at in range(2)}

    def events(number: int, days: np.ndarray) -> list[Any]:
        rows: list[Any] = []
        for at, day in enumerate(days):
            name = f"k{at // 10}/t{at % 10}"
            rows += [(number, name, 0.0, "signed", 10.0, 1e6), (number, name, 99.0, "missed", 10.0, 1e6)]
            rows += [(number, name, float(day), "delivered" if at % 4 else "withdrawn", 10.0, 1e6)]
        return rows

    draws = rng.uniform(100.0, 900.0, size=(4, 20))
    together = contracts.Ledger(run(held, [row for n in range(4) for row in events(n, draws[n])], replications=4))
    grid = np.linspace(0.0, 1000.0, 41)
    for number in range(4):
        alone = contracts.Ledger(run(held, events(0, draws[number]), replications=1))
        for name in ("revenue", "megawatts", "at_risk"):
            whole = getattr(together, name).level(grid)[number]
            assert whole == pytest.approx(getattr(alone, name).level(grid)[0], abs=1e-6)
        assert together.firm(grid)[number] == pytest.approx(alone.firm(grid)[0], abs=1e-3)
