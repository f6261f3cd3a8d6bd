"""Damages, credits, rights and prepayments against a spreadsheet with a row for each day."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from buildsim.domain.contracts.majeure import Excuse
from buildsim.domain.contracts.prepayment import PrepaymentPlan
from buildsim.domain.contracts.standing import Standing
from tests.domain.contracts.sheet import Sheet, Terms, work_out
from tests.domain.deals import Desk, only

HORIZON = 400
HOLDS = Excuse(frozenset({"permit_hold"}), frozenset({"a"}), frozenset({"a"}))
DAYS = st.integers(0, 60)


@st.composite
def terms(draw: st.DrawFn) -> Terms:
    """Any terms that a tranche may have."""
    grace = draw(st.sampled_from([0, 0, 10, 30]))
    longstop = draw(st.one_of(st.just(inf), st.integers(grace, 120)))
    outside = draw(st.one_of(st.just(inf), st.integers(grace if longstop == inf else int(longstop), 200)))
    value = draw(st.sampled_from([1000.0, 5000.0]))
    return Terms(
        mw=draw(st.sampled_from([10.0, 20.0, 25.0])),
        due=draw(st.integers(20, 150)),
        grace=grace,
        daily=draw(st.sampled_from([0.0, 1.0, 2.5])),
        fee=draw(st.sampled_from([0.0, 1.0, 3.0])),
        steps=draw(
            st.lists(st.tuples(DAYS, st.sampled_from([0.5, 1.0, 2.0])), max_size=3, unique_by=lambda one: one[0])
        ),
        retroactive=draw(st.booleans()),
        cap=draw(st.sampled_from([inf, 50.0, 400.0])),
        longstop=float(longstop),
        outside=float(outside),
        cure=draw(st.sampled_from([0, 0, 7, 45])),
        leaves=draw(st.booleans()),
        value=value,
        struck=draw(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 40)), max_size=4)),
        signed=draw(st.sampled_from([0, 15])),
        share=draw(st.sampled_from([0.0, 0.2])),
        ahead=draw(st.sampled_from([inf, 10, 90])),
        credit_from=draw(st.sampled_from([0, 30])),
        credit_over=draw(st.sampled_from([60.0, 300.0])),
        refund=draw(st.sampled_from([0.0, 0.5, 1.0])),
    )


@st.composite
def cases(draw: st.DrawFn) -> tuple[Terms, dict[int, float]]:
    """Terms, and the MW of three blocks that go live, many of them on the day of a deadline."""
    chosen = draw(terms())
    dates = [chosen.due, chosen.due + chosen.grace, chosen.due + chosen.grace + chosen.cure]
    dates += [int(chosen.due + days) for days in (chosen.longstop, chosen.longstop + chosen.cure) if days < inf]
    day = st.one_of(st.sampled_from(dates), st.integers(0, 380), st.none())
    live: dict[int, float] = {}
    for mw in (5.0, 8.0, 12.0):
        moment = draw(day)
        if moment is not None and moment <= HORIZON:
            live[moment] = live.get(moment, 0.0) + mw
    return chosen, live


def sign(chosen: Terms, live: dict[int, float]) -> Standing:
    """The same tranche in a book."""
    desk = Desk()
    prepayment = PrepaymentPlan(
        chosen.share * chosen.value, chosen.ahead, chosen.credit_from, chosen.credit_over, chosen.refund
    )
    rule: dict[str, Any] = {"kind": "contractual", "probability": "50%"}
    blocks = {f"a/h{day}": mw for day, mw in live.items()}
    desk.tranche(
        "k/t",
        *(blocks or {"a/h": 1.0}),
        mw=chosen.mw,
        due=float(chosen.due),
        grace=float(chosen.grace),
        longstop=chosen.longstop,
        damages=chosen.daily,
        fee=chosen.fee,
        credits=sorted(chosen.steps),
        retroactive=chosen.retroactive,
        cap=chosen.cap,
        value=chosen.value,
        rule=rule,
        luck=0.2 if chosen.leaves else 0.8,
        outside=chosen.outside,
        cure=float(chosen.cure),
        excuse=HOLDS,
        signed=float(chosen.signed),
        prepayment=prepayment if chosen.share else None,
    )
    days = {float(day): [f"a/h{day}"] for day in sorted(live)}
    return only(desk.sign(days, blocks, horizon=float(HORIZON), struck=chosen.struck))


def same(standing: Standing, sheet: Sheet, mw: float) -> None:
    """Nothing differs."""
    assert standing.outcome == sheet.outcome
    assert standing.damages == pytest.approx(sheet.damages)
    assert standing.delivered == pytest.approx(sheet.delivered, nan_ok=True)
    assert standing.withdrawn == pytest.approx(sheet.withdrawn)
    assert standing.extended == pytest.approx(sheet.extended)
    assert standing.noticed == pytest.approx(sheet.noticed, nan_ok=True)
    purse = standing.purse
    assert purse.paid == pytest.approx(sheet.paid)
    assert (purse.credited, purse.refunded, purse.kept) == pytest.approx((sheet.credited, sheet.refunded, sheet.kept))
    assert purse.paid == pytest.approx(purse.credited + purse.refunded + purse.kept + purse.held)
    assert 0.0 <= standing.missing + standing.withdrawn <= mw + 1e-9


@settings(max_examples=2000, deadline=None)
@given(case=cases())
def test_a_contract_is_worth_what_its_spreadsheet_says(case: tuple[Terms, dict[int, float]]) -> None:
    chosen, live = case
    same(sign(chosen, live), work_out(chosen, live, HORIZON), chosen.mw)


@settings(max_examples=300, deadline=None)
@given(case=cases(), more=st.integers(1, 60))
def test_a_longer_grace_never_makes_a_customer_leave_nor_costs_more(
    case: tuple[Terms, dict[int, float]], more: int
) -> None:
    chosen, live = case
    longer = replace(chosen, grace=chosen.grace + more, longstop=chosen.longstop + more, outside=chosen.outside + more)
    here, there = sign(chosen, live), sign(longer, live)
    assert there.withdrawn <= here.withdrawn + 1e-9
    if here.withdrawn == there.withdrawn == 0.0:
        assert there.damages <= here.damages + 1e-9
