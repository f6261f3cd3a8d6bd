"""What is in service, paid and owed over time: cases worked by hand, and sums day by day."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from buildsim.analysis import contracts
from buildsim.analysis.contracts.lots import payable
from buildsim.analysis.contracts.steps import Steps, joined
from buildsim.errors import InputError
from tests.analysis.contract_frames import MILESTONES, START, YEAR, frame, priced, run

TWO_YEARS = 730.5
SINCE = -180
OLD = {
    "mw": 100.0, "delivered": True, "since": START + timedelta(days=SINCE), "term": TWO_YEARS, "indexation": 0.1,
    "price": priced(1000.0),
}  # fmt: skip
NEW = {"mw": 50.0, "blocks": ["x"], "due": date(2025, 3, 1), "value": 50.0 * 2000.0 * TWO_YEARS, "term": TWO_YEARS}
PROSPECT = {"arrives": date(2025, 7, 20), "mw": "20 MW", "term": "400 days"}


def two_customers() -> Any:
    """One in service since half a year, another whose blocks come on days 100 and 120 of replication 0 alone."""
    return run(
        {"ka": {"customer": "a", "tranches": {"s": OLD}}, "kb": {"customer": "b", "tranches": {"t": NEW}}},
        [
            (0, "kb/t", 0.0, "signed", 50.0, NEW["value"]),
            (0, "kb/t", 100.0, "delivered", 20.0, 0.4 * NEW["value"]),
            (0, "kb/t", 120.0, "delivered", 30.0, 0.6 * NEW["value"]),
            (1, "kb/t", 0.0, "signed", 50.0, NEW["value"]),
        ],
    )


def test_revenue_of_each_day_with_indexation_and_the_end_of_the_term() -> None:
    ledger = contracts.Ledger(two_customers())
    # The first full year of service of what is old ends on day 365.25 - 180, its term on day 730.5 - 180.
    days = [0.0, 185.0, 185.25, 550.0, 550.5, 600.0]
    for row in (0, 1):
        assert ledger.revenue.level(days, "a")[row] == pytest.approx([1e5, 1e5, 1.1e5, 1.1e5, 0.0, 0.0], abs=1e-6)
    days = [99.0, 100.0, 119.9, 120.0, 830.0, 830.5, 850.4, 850.5]
    assert ledger.revenue.level(days, "b")[0] == pytest.approx([0.0, 4e4, 4e4, 1e5, 1e5, 6e4, 6e4, 0.0], abs=1e-6)
    assert not ledger.revenue.level(days, "b")[1].any()
    assert ledger.megawatts.level(days, "b")[0] == pytest.approx([0, 20, 20, 50, 50, 30, 30, 0])
    whole = ledger.revenue.level(days)
    assert whole == pytest.approx(ledger.revenue.level(days, "a") + ledger.revenue.level(days, "b"))


def test_what_is_earned_is_the_sum_over_days() -> None:
    """Against a sum over small steps of time, which knows nothing of how steps are kept."""
    ledger = contracts.Ledger(two_customers())
    edges = np.arange(0.0, 1000.0, 0.25)
    rate = ledger.revenue.level(edges + 0.125, "a")
    summed = np.cumsum(rate * 0.25, axis=1)[:, [399, 1999, 3999]]
    earned = ledger.revenue.total([100.0, 500.0, 1000.0], "a") - ledger.revenue.total([0.0], "a")
    assert earned == pytest.approx(summed)


def test_the_value_is_earned_to_the_end_of_the_term() -> None:
    ledger = contracts.Ledger(two_customers())
    assert ledger.revenue.total([900.0], "b")[0, 0] == pytest.approx(NEW["value"])
    # 365.25 days at 1,000 and as many at 1,100 USD per MW and day
    assert ledger.revenue.total([900.0], "a")[0, 0] == pytest.approx(100.0 * YEAR * 2100.0)
    assert ledger.book.set_index("tranche").loc["ka/s", "value"] == pytest.approx(100.0 * YEAR * 2100.0)


def test_backlog_is_what_is_signed_less_what_is_earned() -> None:
    ledger = contracts.Ledger(two_customers())
    days = [0.0, 110.0, 500.0, 900.0]
    old = 100.0 * YEAR * 2100.0
    # 180 days before the start, then to day 185.25 at 100,000 a day, then at 110,000
    spent = [18e6, 29e6, 100.0 * YEAR * 1000.0 + (500.0 - 185.25) * 1.1e5, old]
    assert ledger.firm(days, "a")[1] == pytest.approx([old - one for one in spent], abs=1.0)
    one = NEW["value"]
    assert ledger.firm(days, "b")[0] == pytest.approx([one, one - 4e5, one - 4e4 * 20 - 1e5 * 380, 0.0], abs=1.0)
    assert ledger.firm(days, "b")[1] == pytest.approx([one] * 4)


def test_what_is_withdrawn_lapsed_or_taken_over_moves_the_backlog() -> None:
    option = {"mw": 10.0, "blocks": ["x"], "due": date(2026, 1, 1), "value": 1e8,
              "option": {"exercise_by": date(2025, 6, 1), "probability": 0.25}}  # fmt: skip
    found = run(
        {"k": {"customer": "c", "tranches": {"t": {**NEW, "due": date(2025, 2, 1)}, "o": option}}},
        [
            (0, "k/t", 0.0, "signed", 50.0, NEW["value"]),
            (0, "k/t", 200.0, "withdrawn", 25.0, 0.5 * NEW["value"]),
            (0, "k/o", 0.0, "option", 10.0, 1e8),
            (0, "k/o", 152.0, "exercised", 10.0, 1e8),
            (1, "k/t", 0.0, "signed", 50.0, NEW["value"]),
            (1, "k/o", 0.0, "option", 10.0, 1e8),
            (1, "k/o", 152.0, "lapsed", 10.0, 1e8),
        ],
        placements=[
            (0, "k", "c", "k/t", "d", "prospect", 210.0, 300.0, 700.0, 20.0, 4e6),
            (0, "k", "c", "k/t", "ke/t", "reassigned", 210.0, 250.0, 900.0, 5.0, 9e9),
            (0, "k", "c", "k/t", "", "market", 400.0, np.nan, np.nan, 5.0, 1e6),
        ],
        remarketing={"prospects": {"d": PROSPECT}},
    )
    ledger = contracts.Ledger(found)
    assert ledger.customers == ("c", "d", "market")
    days = [100.0, 152.0, 210.0, 400.0]
    one = NEW["value"]
    assert ledger.firm(days, "c") == pytest.approx(
        np.array([[one, one + 1e8, one / 2 + 1e8, one / 2 + 1e8], [one] * 4])
    )
    assert ledger.optional(days, "c") == pytest.approx(np.array([[1e8, 0.0, 0.0, 0.0]] * 2))
    assert ledger.optional(days, expected=True) == pytest.approx(np.array([[0.25e8, 0.0, 0.0, 0.0]] * 2))
    # the prospect pays 4m over 400 days from day 300 on; what fills another tranche is told by that tranche
    assert ledger.revenue.level([299.0, 300.0, 699.0, 700.0])[0] == pytest.approx([0.0, 1e4, 1e4, 0.0])
    assert ledger.firm([250.0, 400.0, 800.0], "d")[0] == pytest.approx([4e6, 3e6, 0.0])
    assert ledger.firm([399.0, 400.0, 900.0], "market")[0] == pytest.approx([0.0, 1e6, 1e6])
    assert ledger.placed.level([300.0])[0] == pytest.approx([20.0])


def test_who_takes_over_pays_to_the_end_of_the_term_also_beyond_the_horizon() -> None:
    backstop = {"buyer": "last", "from": date(2025, 6, 1), "until": START + timedelta(days=1999), "price": priced(7.0)}
    found = run(
        {"k": {"customer": "c", "tranches": {"t": NEW}}, "kd": {"customer": "d", "tranches": {"t": NEW}}},
        [(0, "k/t", 0.0, "signed", 50.0, 1.0), (0, "k/t", 200.0, "withdrawn", 50.0, 1.0)],
        placements=[
            (0, "k", "c", "k/t", "q", "prospect", 210.0, 700.0, np.nan, 20.0, 20.0 * 11.0 * 400.0),
            (0, "k", "c", "k/t", "", "market", 400.0, 500.0, np.nan, 5.0, 5.0 * 13.0 * TWO_YEARS),
            (0, "k", "c", "k/t", "last", "backstop", 250.0, 250.0, np.nan, 8.0, 8.0 * 7.0 * 1750.0),
            (0, "k", "c", "k/t", "last", "backstop", 250.0, 250.0, 500.0, 2.0, 2.0 * 7.0 * 250.0),
        ],
        remarketing={"prospects": {"q": {**PROSPECT, "customer": "d"}}, "lag": "60 days", "backstop": backstop},
    )
    ledger = contracts.Ledger(found)
    assert ledger.customers == ("c", "d", "market", "last")
    days = [250.0, 499.0, 500.0, 700.0, 1000.0]
    rates = {"d": [0, 0, 0, 220, 220], "market": [0, 0, 65, 65, 65], "last": [70, 70, 56, 56, 56]}
    for taker, paid in rates.items():
        assert ledger.revenue.level(days, taker)[0] == pytest.approx(paid)
    assert ledger.firm([250.0], "last")[0] == pytest.approx([8 * 7 * 1750 + 2 * 7 * 250])
    assert ledger.firm([1000.0], "last")[0] == pytest.approx([8 * 7 * 1000])
    fates = contracts.flow(_missed(ledger)).set_index("fate")["mw"] * 2
    assert fates.to_dict() == {"prospect": 20.0, "market": 5.0, "backstop": 8.0, "idle": 17.0}


def _missed(ledger: contracts.Ledger) -> contracts.Ledger:
    """The same with the milestone that was left."""
    row = {"replication": 0, "contract": "k", "customer": "c", "tranche": "k/t", "mw": 50.0, "outcome": "withdrawn"}
    ledger.run.milestones = frame(list(MILESTONES), [tuple({**MILESTONES, **row, "due": 60.0}.values())])
    return ledger


@pytest.mark.parametrize("own", [False, True], ids=["of the customer", "of the tranche"])
def test_a_fallen_need_pays_what_is_owed(own: bool) -> None:
    """Half of the capacity is no longer needed, and three fifths of the fee are owed for it: four fifths in all."""
    rule = {"kind": "strategic", "share": 0.5, "reasons": {"rival": 0.1}, "source": "made up"}
    mine = {**OLD, "take_or_pay": 0.6}
    found = run(
        {"ka": {"customer": "a", "tranches": {"s": {**mine, "withdrawal": rule} if own else mine}},
         "kb": {"customer": "b", "tranches": {"s": mine}}},
        [(0, "ka/s" if own else "a", 100.0, "need_fell", 0.0, 0.0)],
        customers={} if own else {"a": {"name": "A", "withdrawal": rule}},
    )  # fmt: skip
    ledger = contracts.Ledger(found)
    days = [99.0, 100.0, 185.25, 551.0]
    assert ledger.revenue.level(days, "a") == pytest.approx(
        np.array([[1e5, 8e4, 8.8e4, 0], [1e5, 1e5, 1.1e5, 0]]), abs=1e-6
    )
    assert ledger.revenue.level(days, "b") == pytest.approx(np.array([[1e5, 1e5, 1.1e5, 0]] * 2), abs=1e-6)
    assert ledger.megawatts.level(days, "a") == pytest.approx(np.array([[100, 100, 100, 0]] * 2))
    before, after, end = ledger.firm([99.9999, 100.0, 560.0], "a")[0]
    left = 85.25 * 1e5 + YEAR * 1.1e5
    assert before == pytest.approx(left + 1e5 * 0.0001)
    assert after == pytest.approx(0.8 * left)
    assert end == pytest.approx(0.0, abs=1.0)


def test_a_rule_of_its_own_does_not_follow_the_customer() -> None:
    rule = {"kind": "strategic", "reasons": {"rival": 0.1}, "source": "made up"}
    found = run(
        {"ka": {"customer": "a", "tranches": {
            "s": {**OLD, "take_or_pay": 0.0},
            "t": {**OLD, "take_or_pay": 0.0, "withdrawal": rule},
        }}},
        [(0, "a", 100.0, "need_fell", 0.0, 0.0)],
        customers={"a": {"name": "A", "withdrawal": rule}},
    )  # fmt: skip
    assert contracts.Ledger(found).revenue.level([99.0, 100.0])[0] == pytest.approx([2e5, 1e5])


def test_what_has_no_fee_serves_and_pays_nothing() -> None:
    found = run(
        {
            "ka": {"customer": "a", "tranches": {"s": {"mw": 30.0, "delivered": True}}},
            "kb": {"customer": "b", "tranches": {"s": {"mw": 20.0, "delivered": True, "price": priced(500.0)}}},
            "kc": {"customer": "c", "tranches": {"s": {"mw": 10.0, "delivered": True, "value": 7e6}}},
        }
    )
    ledger = contracts.Ledger(found)
    assert ledger.megawatts.level([0.0, 1000.0])[0] == pytest.approx([60.0, 60.0])
    assert ledger.paying.level([0.0])[0] == pytest.approx([20.0])
    # an open end: it pays throughout, and nothing of it is backlog; a value without a term is never earned
    assert ledger.revenue.level([0.0, 1000.0])[0] == pytest.approx([1e4, 1e4])
    assert ledger.firm([0.0, 1000.0])[0] == pytest.approx([7e6, 7e6])
    assert contracts.without_fee(ledger)["tranche"].tolist() == ["ka/s", "kc/s"]


def test_terms_come_from_the_contract_and_the_master() -> None:
    found = run(
        {"k": {"customer": "a", "master": "m", "terms": {"indexation": 0.2}, "signed": START + timedelta(days=5),
               "tranches": {"t": {"mw": 10.0, "blocks": ["x"], "due": date(2025, 1, 31), "grace": 3.0},
                            "u": {"mw": 4.0, "blocks": ["x"], "due": date(2025, 1, 31), "value": 4e6}}}},
        masters={"m": {"customer": "a", "terms": {"term": TWO_YEARS, "longstop": 50.0, "grace": 9.0,
                                                  "price": priced(1000.0)}}},
    )  # fmt: skip
    t, u = contracts.book(found.model).to_dict("records")
    # the end of 31 January is day 31
    assert (t["due"], t["grace"], t["longstop"], u["grace"]) == (31.0, 34.0, 81.0, 40.0)
    assert np.isnan(t["outside"])
    assert np.isnan(t["since"])
    assert t["signed"] == 5.0
    assert (t["fee"], t["value"]) == pytest.approx((1000.0, 10.0 * YEAR * 2200.0))
    assert u["fee"] == pytest.approx(4e6 / (4.0 * YEAR * 2.2))


def test_payments_add_up_to_the_value_whatever_the_term() -> None:
    """Sums over days of the fee, raised after each full year, against the closed form."""

    def fees(days: int, step: float) -> Iterator[float]:
        for day in range(days):
            yield 3.0 * (1.0 + step) ** int(day // YEAR)

    for term, step in ((300, 0.05), (1461, 0.0), (1461, 0.03), (731, 0.5)):
        one = {"mw": 1.0, "delivered": True, "term": float(term), "indexation": step, "price": priced(3.0)}
        lots = contracts.Ledger(run({"k": {"customer": "a", "tranches": {"s": one}}}, replications=1)).lots
        # a full year ends within a day, so each of the sum's years is up to a day too long or too short
        assert payable(lots)[0] == pytest.approx(sum(fees(term, step)), abs=4 * 3.0 * step * (1 + step) ** 4 + 1e-6)


def test_steps_are_those_of_each_replication_and_name() -> None:
    steps = Steps(
        np.array([3, 7]), ("a", "b"), np.array([0, 1, 1, 0]), np.array([0, 0, 1, 0]), np.array([1.0, 2.0, 2.0, np.nan]),
        np.array([5.0, 7.0, 1.0, 100.0]),
    )  # fmt: skip
    days = [0.0, 1.0, 2.0, 4.0]
    assert steps.level(days, "a").tolist() == [[0, 5, 5, 5], [0, 0, 7, 7]]
    assert steps.level(days).tolist() == [[0, 5, 5, 5], [0, 0, 8, 8]]
    assert steps.level(days, "c").tolist() == [[0, 0, 0, 0]] * 2
    assert steps.total(days).tolist() == [[0, 0, 5, 15], [0, 0, 0, 16]]
    assert steps.levels([4.0])[:, :, 0].tolist() == [[5, 0], [7, 1]]
    twice = joined(steps, steps)
    assert twice.level(days).tolist() == (2 * steps.level(days)).tolist()
    with pytest.raises(ValueError, match="same replications and names"):
        joined(steps, Steps(np.array([3]), ("a", "b"), *[np.zeros(0, np.int64)] * 2, *[np.zeros(0)] * 2))


def test_a_run_without_contracts_is_refused() -> None:
    with pytest.raises(InputError, match="the run has no contracts"):
        contracts.Ledger(run({}))
