"""Random releases: who takes over what against a second working-out, and every MW accounted for at every event."""

from collections import defaultdict
from dataclasses import replace
from math import inf, isnan, nan
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from buildsim.domain.contracts.fulfilment import Book
from buildsim.domain.contracts.remarketing import Outlet
from buildsim.domain.contracts.remarketing.lots import Lot, Placement
from tests.domain.contract_oracle import Terms, as_terms, same
from tests.domain.remarketing_oracle import Comer, Declared, Promise, Takers, declared_model
from tests.domain.test_domain_conservation import BLOCKS, HORIZON, LUCK, MEGAWATTS, tranches
from tests.domain.test_remarketing import Outlets, check, on

DAY = st.integers(0, 39).map(lambda tens: tens * 10.0)
"""A coarse grid, so that much falls on one day."""


@st.composite
def outlets(draw: st.DrawFn) -> Declared:
    """Who takes what is released."""
    comers = [
        Comer(
            f"p{number}",
            draw(st.integers(-3, 39)) * 10.0,
            float(draw(st.integers(1, 20))),
            float(draw(st.integers(0, 4))) if draw(st.booleans()) else 0.0,
            draw(st.sampled_from([0.0, 30.0, 100.0, inf])),
        )
        for number in range(draw(st.integers(0, 4)))
    ]
    begin = draw(DAY)
    bought = (begin, begin + draw(st.integers(1, 30)) * 10.0) if draw(st.booleans()) else (inf, inf)
    return Declared(
        [replace(comer, least=min(comer.least, comer.mw)) for comer in comers],
        draw(st.sampled_from([inf, 0.0, 40.0, 100.0])),
        draw(st.integers(0, 2)) > 0,
        draw(st.booleans()),
        bought,
    )


@st.composite
def leavers(draw: st.DrawFn) -> list[dict[str, Any]]:
    """Tranches of which many are left: most of their customers would use a right."""
    found = draw(tranches())
    for one in found:
        if draw(st.integers(0, 3)):
            one["rule"] = draw(st.sampled_from(["contractual", "contractual", "lost_confidence"]))
            one["luck"] = draw(st.sampled_from([0.0, 0.1]))
            one["longstop"] = one["grace"] + draw(st.integers(0, 4)) * 10.0
            one["due"] = draw(st.integers(1, 15)) * 10.0
            if one["option"] is not None:
                one["option"] = (one["due"] - 0.25, draw(LUCK), draw(LUCK))
    return found


Case = tuple[list[dict[str, Any]], dict[float, list[str]], dict[str, float], Declared]


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """Tranches, blocks that go live on days of the grid, and who takes what is released."""
    live: dict[float, list[str]] = defaultdict(list)
    for block in draw(st.permutations(BLOCKS)):
        day = draw(st.one_of(DAY, DAY, st.none()))
        if day is not None:
            live[day].append(block)
    return draw(leavers()), {day: live[day] for day in sorted(live)}, draw(MEGAWATTS), draw(outlets())


def run(case: Case) -> Book:
    declared, live, megawatts, outlet = case
    desk = Outlets()
    for one in declared:
        desk.tranche(one["name"], *one["blocks"], **as_terms(one))
    return desk.settle(live, megawatts, horizon=HORIZON, **declared_model(outlet, on))


def worked_out(case: Case) -> Takers:
    declared, live, megawatts, outlet = case
    oracle = Takers([Terms(**one) for one in declared], live, megawatts, HORIZON, outlet)
    oracle.run()
    return oracle


def seen(day: float) -> float:
    return day if day <= HORIZON else nan


Row = tuple[str, str, float, float, float]


def promised(oracle: Takers, name: str) -> list[Row]:
    """(kind, taker, agreed, service, MW) of what a tranche left, in an order of its own."""

    def row(one: Promise) -> Row:
        return one.kind, one.who, one.agreed, seen(one.full), one.mw

    return sorted(row(one) for one in oracle.promises if one.source.name == name and one.mw > 0.0)


def as_found(book: Book, name: str) -> list[Row]:
    rows = [row for row in book.world.records["placements"] if row[2] == name and row[4] != "backstop"]
    return sorted((row[4], row[3], row[5], row[6], row[8]) for row in rows)  # type: ignore[misc]


@settings(max_examples=200)
@given(case=cases())
def test_who_takes_over_what(case: Case) -> None:
    book, oracle = run(case), worked_out(case)
    event(f"{min(3, len(oracle.lots))} lots, {min(3, len(oracle.promises))} promises")
    for kind in {one.kind for one in oracle.promises}:
        event(kind)
    for one in case[0]:
        name = one["name"]
        standing, fate = book.standing[name], oracle.fates[name]
        assert standing.outcome == fate.outcome
        assert same(standing.delivered, fate.delivered)
        assert same(standing.missing, fate.missing)
        for left, right in zip(as_found(book, name), promised(oracle, name), strict=True):
            assert left[:2] == right[:2]
            assert all(same(a, b) for a, b in zip(left[2:], right[2:], strict=True))
        built = book.world.facts.get(("option", name))
        taken = one["option"][0] if one["option"] and standing.outcome != "lapsed" and built is not None else None
        assert built == oracle.built.get(name, taken)
    for lot, expected in zip(sorted_lots(book), oracle.lots, strict=True):
        assert same(lot.idle, expected.idle)
        paid = book.world.records["placements"]
        bought = [row for row in paid if row[2] == lot.standing.name and row[4] == "backstop"]
        if len([x for x in book.outlet.lots if x.standing is lot.standing]) == 1:
            days = sum(row[8] * ((HORIZON if isnan(row[7]) else row[7]) - row[5]) for row in bought)  # type: ignore
            assert same(days, expected.paid)
    for block, spare in oracle.spare.items():
        assert same(book.spare.get(block, 0.0), spare)


def sorted_lots(book: Book) -> list[Lot]:
    names = list(book.standing)
    return sorted(book.outlet.lots, key=lambda lot: (lot.day, names.index(lot.standing.name)))


@settings(max_examples=80)
@given(case=cases())
def test_every_mw_is_accounted_for_at_every_event(case: Case) -> None:
    given_by: dict[str, float] = defaultdict(float)
    settle, fill = Outlet.settle, Placement.fill

    def watched(outlet: Outlet) -> None:
        settle(outlet)
        check(outlet.book)
        if outlet.purchases is not None:
            check_backstop(outlet)

    def counted(self: Placement, world: Any, block: str, mw: float) -> None:
        given_by[block] += mw if self.kind != "reassigned" else 0.0  # that is delivered to a tranche
        fill(self, world, block, mw)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Outlet, "settle", watched)
        patch.setattr(Placement, "fill", counted)
        book = run(case)
    for _, block, _, what, mw, _ in book.world.records["contract_events"]:
        given_by[str(block)] += mw if what == "delivered" else 0.0  # type: ignore[operator]
    for block, spare in book.spare.items():
        assert given_by[block] + spare == pytest.approx(book.megawatts[block])
    gone: dict[str, float] = defaultdict(float)
    for row in book.world.records["withdrawals"]:
        gone[str(row[2])] += row[4]  # type: ignore[operator]
    for name, mw in gone.items():
        rows = [row for row in book.world.records["placements"] if row[2] == name]
        kept = sum(row[8] for row in rows if row[4] != "backstop")  # type: ignore[misc]
        idle = sum(lot.idle for lot in book.outlet.lots if lot.standing.name == name)
        assert kept + idle == pytest.approx(mw, abs=0.01)
        bought = sum(row[8] for row in rows if row[4] == "backstop" and isnan(row[7]))  # type: ignore
        assert bought <= idle + 0.02


def check_backstop(outlet: Outlet) -> None:
    """It pays for no more than is idle of each lot, nor than is spare of all their blocks."""
    assert outlet.purchases is not None
    held: dict[int, float] = defaultdict(float)
    for stretch in outlet.purchases.going:
        held[id(stretch.lot)] += stretch.mw
    assert all(held[id(lot)] <= lot.idle + 0.02 for lot in outlet.lots)
    blocks = {block for lot in outlet.lots for block in lot.blocks}
    assert sum(held.values()) <= sum(outlet.book.spare.get(block, 0.0) for block in blocks) + 0.02


# -- directions ----------------------------------------------------------------------------------


def tranches_of(book: Book) -> list[tuple[Any, ...]]:
    return [(one.outcome, str(one.delivered), one.missing, one.owed, one.withdrawn) for one in book.standing.values()]


@settings(max_examples=80)
@given(case=cases())
def test_prospects_the_market_and_the_backstop_change_no_date_of_a_tranche(case: Case) -> None:
    declared, live, megawatts, outlet = case
    alone = run((declared, live, megawatts, Declared()))
    assert tranches_of(run((declared, live, megawatts, replace(outlet, late_first=False)))) == tranches_of(alone)


@settings(max_examples=50)
@given(case=cases())
def test_a_backstop_takes_nothing_from_anybody(case: Case) -> None:
    declared, live, megawatts, outlet = case
    without = run((declared, live, megawatts, replace(outlet, backstop=(inf, inf))))
    with_it = run((declared, live, megawatts, replace(outlet, backstop=(0.0, 350.0))))
    for row, other in zip(*(book.world.records["withdrawals"] for book in (without, with_it)), strict=True):
        assert row[:7] == other[:7]
        assert other[8] >= row[8] - 1e-6  # type: ignore[operator]
    for one in declared:
        assert str(as_found(without, one["name"])) == str(as_found(with_it, one["name"]))


@settings(max_examples=50)
@given(case=cases())
def test_another_prospect_who_comes_last_never_leaves_more_idle(case: Case) -> None:
    declared, live, megawatts, outlet = case
    calm = replace(outlet, late_first=False, lag=inf)
    more = replace(calm, comers=[*calm.comers, Comer("last", 390.0, 5.0, 0.0, inf)])
    fewer, with_it = run((declared, live, megawatts, calm)), run((declared, live, megawatts, more))
    idle = [sum(lot.idle for lot in book.outlet.lots) for book in (fewer, with_it)]
    assert idle[1] <= idle[0] + 1e-9
