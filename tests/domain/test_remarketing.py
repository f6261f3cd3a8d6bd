"""Released capacity on its own: who takes it, in which order, and what that costs and brings."""

from datetime import timedelta
from math import isnan, nan
from typing import Any

import pytest

from buildsim.domain.contracts.fulfilment import Book
from buildsim.domain.contracts.remarketing import Backstop, Prospect, Remarketing, compile_outlet
from tests.domain.deals import Desk
from tests.domain.lone import START, Columns

LEAVES = {"rule": {"kind": "contractual", "probability": "50%"}, "luck": 0.0, "longstop": 50.0}
"""Due on day 100 unless it says else, such a customer leaves on day 150."""
HALVES = {"rule": {"kind": "lost_confidence", "monthly": "3%", "part": "50%"}, "luck": 0.0}
"""Such a customer leaves half at the end of grace, on day 130."""
LATE = {"due": 120.0, "grace": 900.0}
FEE = 2.0


def on(number: float) -> str:
    """A day of the trace as a date."""
    return str(START + timedelta(number))


def prospect(arrives: float, mw: float = 10.0, **more: Any) -> dict[str, Any]:
    """A prospect who comes on a day and pays for 100 days."""
    return {"arrives": on(arrives), "mw": f"{mw} MW", "term": "100 days"} | more


def backstop(begin: float, end: float) -> dict[str, Any]:
    """A backstop that pays 365.25 / 12 USD for a MW and month, or 1 for a day, up to the beginning of a day."""
    price = {"per": "mw_month", "usd": 365.25 / 12.0}
    return {"buyer": "maker", "price": price, "from": on(begin), "until": on(end - 1.0)}


class Outlets(Desk):
    """A desk with an outlet for what is released."""

    def release(self, name: str = "k/t", *blocks: str, **terms: Any) -> None:
        """Add a tranche that is left on day 150, of a fee of 2 USD a MW and day and a term of 500 days."""
        mw = terms.setdefault("mw", 10.0)
        self.tranche(
            name, *(blocks or ("a/h1",)), **{"fee": FEE, "term": 500.0, "value": mw * FEE * 500.0} | LEAVES | terms
        )

    def late(self, name: str = "j/u", *blocks: str, **terms: Any) -> None:
        """Add a tranche that is overdue from day 120 on and stays."""
        self.tranche(name, *(blocks or ("a/h2",)), **{"value": 500.0, "term": 300.0} | LATE | terms)

    def settle(self, live: dict[float, list[str]], megawatts: dict[str, float] | None = None, **declared: Any) -> Book:
        """Declare who takes what is released, and run."""
        options = {key: declared.pop(key) for key in ("ranks", "hops", "horizon", "risks") if key in declared}
        names = [plan.name for plan in self.plans]
        self.outlet = compile_outlet(Remarketing.model_validate(declared), names, self.columns)
        book = self.sign(live, megawatts, **options)
        check(book)
        return book


def check(book: Book) -> None:
    """Every lot is placed or idle, and no block has given more than it has."""
    for lot in book.outlet.lots:
        assert sum(one.mw for one in lot.held) + lot.idle == pytest.approx(lot.mw, abs=0.01)
        assert lot.idle >= -1e-9
    taken = sum(one.mw - one.missing for lot in book.outlet.lots for one in lot.placements if one.kind != "reassigned")
    filled = sum(one.plan.mw - one.missing - one.withdrawn for one in book.standing.values())
    assert taken + filled == pytest.approx(sum(book.megawatts[b] - mw for b, mw in book.spare.items()), abs=0.02)
    assert all(mw >= -1e-9 for mw in book.spare.values())


Placed = tuple[str, str, float, float, float, float, float]


def placed(book: Book, *tranches: str) -> list[Placed]:
    """(taker, kind, agreed, service, until, MW, value) of what was placed; NaN is -1, so that it equals itself."""
    rows = [row[2:] for row in book.world.records["placements"] if not tranches or row[2] in tranches]
    return [tuple(-1.0 if cell != cell else cell for cell in row[1:]) for row in rows]


def who(book: Book) -> list[tuple[str, float, float, float]]:
    """(taker or kind, agreed, service, MW) of what was placed."""
    return [(taker or kind, agreed, service, mw) for taker, kind, agreed, service, _, mw, _ in placed(book)]


# -- the market ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("live", "service", "until"), [(200.0, 240.0, 740.0), (300.0, 300.0, 800.0), (600.0, 600.0, -1.0)]
)
def test_the_market_takes_what_is_left_after_the_lag(live: float, service: float, until: float) -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({live: ["a/h1"]}, lag="90 days", price="90%")
    assert placed(book) == [("", "market", 240.0, service, until, 10.0, 9000.0)]
    [row] = book.world.records["withdrawals"]
    assert row[7:] == (240.0, 9000.0)


@pytest.mark.parametrize(("horizon", "sold"), [(240.0, True), (239.0, False)])
def test_the_market_may_be_too_late(horizon: float, sold: bool) -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({}, lag="90 days", horizon=horizon)
    assert placed(book) == ([("", "market", 240.0, -1.0, -1.0, 10.0, 10000.0)] if sold else [])
    assert book.outlet.lots[0].idle == (0.0 if sold else 10.0)


def test_nobody_takes_anything_where_nothing_is_declared() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({200.0: ["a/h1"]})
    assert placed(book) == []
    assert (book.spare, book.outlet.lots[0].idle) == ({"a/h1": 10.0}, 10.0)
    [row] = book.world.records["withdrawals"]
    assert isnan(row[7])  # type: ignore[arg-type]
    assert row[8] == 0.0


def test_who_names_the_block_comes_before_who_took_over() -> None:
    # Both tranches name both blocks: the one that stays gets the first of them, the market the other one.
    desk = Outlets()
    desk.release("k/t", "a/h1", "a/h2")
    desk.late("j/u", "a/h1", "a/h2")
    book = desk.settle({300.0: ["a/h1"], 400.0: ["a/h2"]}, lag="90 days")
    assert book.standing["j/u"].delivered == 300.0
    assert who(book) == [("market", 240.0, 400.0, 10.0)]


def test_a_lot_of_which_some_is_left_has_not_been_taken_over() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({}, prospects={"p": prospect(200.0, 4.0), "q": prospect(300.0, 5.0)})
    [row] = book.world.records["withdrawals"]
    assert isnan(row[7])  # type: ignore[arg-type]
    assert row[8] == 9.0 * FEE * 100.0


def test_crumbs_are_not_left_but_a_lot_as_small_as_a_crumb_is_sold() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({}, prospects={"p": prospect(0.0, 9.995)})
    assert who(book) == [("p", 150.0, -1.0, 9.995)]
    assert book.world.records["withdrawals"][0][7] == 150.0
    tiny = Outlets()
    tiny.tranche("k/t", "a/h1", mw=0.016, **HALVES)
    assert who(tiny.settle({}, lag="90 days")) == [("market", 220.0, -1.0, 0.008)]


def test_those_who_took_over_are_served_in_the_order_in_which_they_did() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", "a/h2", mw=20.0)
    book = desk.settle({600.0: ["a/h2"], 700.0: ["a/h1"]}, lag="90 days", prospects={"p": prospect(200.0)})
    assert who(book) == [("p", 200.0, 600.0, 10.0), ("market", 240.0, 700.0, 10.0)]


# -- late tranches -------------------------------------------------------------------------------


def test_what_is_released_fills_a_late_tranche() -> None:
    desk = Outlets()
    desk.release()
    desk.late()
    live = {200.0: ["a/h1"], 300.0: ["a/h2"]}
    book = desk.settle(live, reassign="late_first")
    assert placed(book) == [("j/u", "reassigned", 150.0, 200.0, 500.0, 10.0, 500.0)]
    late = book.standing["j/u"]
    assert (late.delivered, late.last_block, late.outcome) == (200.0, "a/h1", "late")
    assert book.spare == {"a/h1": 0.0, "a/h2": 10.0}
    [row] = book.world.records["withdrawals"]
    assert row[7:] == (150.0, 0.0)  # taken over at once, but no new contract
    assert [(row[1], row[2]) for row in book.world.records["contract_events"] if row[3] == "delivered"] == [
        ("a/h1", 200.0)
    ]


def test_it_is_not_offered_to_them_by_default() -> None:
    desk = Outlets()
    desk.release()
    desk.late()
    assert desk.settle({200.0: ["a/h1"], 300.0: ["a/h2"]}).standing["j/u"].delivered == 300.0


def test_the_longest_overdue_comes_first_and_equals_in_declared_order() -> None:
    desk = Outlets()
    for name, block, mw, due in (
        ("u", 2, 4.0, 120.0),
        ("v", 3, 4.0, 110.0),
        ("w", 4, 4.0, 110.0),
        ("x", 5, 4.0, 140.0),
    ):
        desk.late(f"j/{name}", f"a/h{block}", mw=mw, due=due)
    desk.release(mw=10.0)
    book = desk.settle({200.0: ["a/h1"]}, reassign="late_first")
    assert who(book) == [("j/v", 150.0, 200.0, 4.0), ("j/w", 150.0, 200.0, 4.0), ("j/u", 150.0, 200.0, 2.0)]
    assert [book.standing[f"j/{name}"].missing for name in "uvwx"] == [2.0, 0.0, 0.0, 4.0]


@pytest.mark.parametrize(("due", "taken"), [(149.0, True), (150.0, True), (150.5, False)])
def test_overdue_is_who_is_not_full_at_the_end_of_its_due_day(due: float, taken: bool) -> None:
    for first in (True, False):  # in whatever order they are declared
        desk = Outlets()
        if first:
            desk.late(due=due)
        desk.release()
        if not first:
            desk.late(due=due)
        assert bool(placed(desk.settle({}, reassign="late_first"))) == taken


def test_a_date_that_has_been_moved_is_not_overdue_before_its_new_end() -> None:
    desk = Outlets()
    desk.release()
    desk.late(rule={"kind": "redate", "probability": "70%", "days": "90 days"}, luck=0.0)
    assert placed(desk.settle({}, reassign="late_first")) == []


def test_another_generation_is_of_no_use_to_a_late_tranche() -> None:
    desk = Outlets()
    desk.release(generation="GB200")
    desk.late(generation="H100")
    desk.late("j/v", "a/h3", generation="GB200")
    assert [row[0] for row in who(desk.settle({}, reassign="late_first"))] == ["j/v"]


def test_who_may_have_the_block_anyway_is_not_offered_it() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", mw=4.0)
    desk.late("j/u", "a/h1", "a/h2", mw=10.0)
    desk.late("j/v", "a/h3", substitutes=("a/h1",))
    assert placed(desk.settle({}, reassign="late_first")) == []


def test_a_late_tranche_gets_the_blocks_of_a_lot_that_it_has_not() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", "a/h2", mw=20.0)
    desk.late("j/u", "a/h2", "a/h3", mw=10.0)
    book = desk.settle({300.0: ["a/h1"]}, reassign="late_first")
    assert who(book) == [("j/u", 150.0, 300.0, 10.0)]
    assert book.standing["j/u"].delivered == 300.0


def test_who_left_a_part_does_not_get_it_back() -> None:
    desk = Outlets()
    desk.tranche("k/t", "a/h1", mw=10.0, **HALVES)
    book = desk.settle({}, reassign="late_first")
    assert [row[4] for row in book.world.records["withdrawals"]] == [5.0]
    assert placed(book) == []


def test_what_a_late_tranche_does_not_need_any_more_goes_to_the_next() -> None:
    # Its own block is first: the prospect who waits has the lot from then on.
    desk = Outlets()
    desk.release()
    desk.late()
    book = desk.settle(
        {200.0: ["a/h2"], 300.0: ["a/h1"]}, reassign="late_first", prospects={"p": prospect(10.0)}, lag="80 days"
    )
    assert book.standing["j/u"].last_block == "a/h2"
    assert who(book) == [("p", 200.0, 300.0, 10.0)]


def test_what_it_does_not_need_any_more_is_sold_at_once_when_the_lag_is_over() -> None:
    desk = Outlets()
    desk.release()
    desk.late()
    book = desk.settle({300.0: ["a/h2"], 400.0: ["a/h1"]}, reassign="late_first", lag="80 days")
    assert who(book) == [("market", 300.0, 400.0, 10.0)]


def test_a_part_of_what_it_does_not_need_comes_back() -> None:
    desk = Outlets()
    desk.release()
    desk.late("j/u", "a/h2", mw=10.0)
    book = desk.settle({200.0: ["a/h2"]}, {"a/h2": 7.0}, reassign="late_first")
    assert who(book) == [("j/u", 150.0, -1.0, 3.0)]
    assert (book.outlet.lots[0].idle, book.standing["j/u"].missing) == (7.0, 3.0)


def test_who_leaves_in_turn_gives_back_what_was_reassigned() -> None:
    desk = Outlets()
    desk.release()
    desk.release("j/u", "a/h2", due=120.0)  # leaves on day 170
    book = desk.settle({}, reassign="late_first", prospects={"p": prospect(0.0, 15.0)})
    assert who(book) == [("p", 170.0, -1.0, 10.0), ("p", 170.0, -1.0, 5.0)]
    assert [lot.idle for lot in book.outlet.lots] == [0.0, 5.0]


def test_the_block_of_a_late_tranche_that_both_may_have_is_not_given_twice() -> None:
    desk = Outlets()
    desk.release()
    desk.late()
    book = desk.settle({200.0: ["a/h2", "a/h1"]}, reassign="late_first")
    assert book.standing["j/u"].missing == 0.0
    assert book.spare == {"a/h1": 10.0, "a/h2": 0.0}
    assert (placed(book), book.outlet.lots[0].idle) == ([], 10.0)


def test_two_lots_fill_one_late_tranche() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", mw=4.0)
    desk.release("k/s", "a/h3", mw=4.0, due=200.0)
    desk.late(mw=6.0)
    book = desk.settle({300.0: ["a/h3"], 400.0: ["a/h1"]}, reassign="late_first")
    assert who(book) == [("j/u", 150.0, 400.0, 4.0), ("j/u", 250.0, 300.0, 2.0)]
    assert book.standing["j/u"].delivered == 400.0


def test_tranches_that_end_together_do_not_get_what_the_others_leave() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", ends="all", customer="one")
    desk.late("j/u", "a/h2", customer="one", fee=FEE)
    book = desk.settle({}, reassign="late_first", prospects={"p": prospect(0.0, 20.0)})
    assert book.standing["j/u"].outcome == "withdrawn"
    assert who(book) == [("p", 150.0, -1.0, 10.0), ("p", 150.0, -1.0, 10.0)]


def test_tranches_that_end_at_one_moment_are_offered_together_in_declared_order() -> None:
    # Both end on day 150; the end of grace of the first one falls on it too, so its deadline is known last.
    desk = Outlets()
    desk.release("k/t", "a/h1", due=140.0, grace=10.0, longstop=10.0)
    desk.release("j/u", "a/h2", due=100.0)
    book = desk.settle({200.0: ["a/h1"]}, prospects={"p": prospect(0.0)})
    assert [row[2:6] for row in book.world.records["placements"]] == [("k/t", "p", "prospect", 150.0)]


# -- prospects -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("arrives", "agreed"), [(20.0, 150.0), (150.0, 150.0), (200.0, 200.0), (-30.0, 150.0)])
@pytest.mark.parametrize(("live", "begun"), [(180.0, True), (300.0, False)])
def test_a_prospect_takes_a_lot_over(arrives: float, agreed: float, live: float, begun: bool) -> None:
    desk = Outlets()
    desk.release()
    given = prospect(arrives, 25.0, price="80%", fit_out="40 days")
    book = desk.settle({live: ["a/h1"]}, prospects={"p": given})
    service = max(live, agreed) + 40.0
    assert placed(book) == [("p", "prospect", agreed, service, service + 100.0, 10.0, 10.0 * FEE * 0.8 * 100.0)]
    [row] = book.world.records["withdrawals"]
    assert row[7:] == (agreed, 1600.0)


def test_a_lot_without_a_fee_brings_nothing() -> None:
    desk = Outlets()
    desk.release(fee=0.0, term=nan)
    assert placed(desk.settle({}, prospects={"p": prospect(0.0)}))[0][-1] == 0.0


@pytest.mark.parametrize(("patience", "taken"), [("139 days", False), ("140 days", True), (None, True)])
def test_patience_ends(patience: str | None, taken: bool) -> None:
    desk = Outlets()
    desk.release()
    assert bool(placed(desk.settle({}, prospects={"p": prospect(10.0, patience=patience)}))) == taken


def test_prospects_go_in_the_order_of_their_arrival_and_equals_in_declared_order() -> None:
    desk = Outlets()
    desk.release()
    comers = {"p": prospect(30.0, 4.0), "q": prospect(20.0, 3.0), "r": prospect(20.0, 2.0), "s": prospect(200.0, 4.0)}
    book = desk.settle({}, prospects=comers)
    assert [(name, mw) for name, _, _, mw in who(book)] == [("q", 3.0), ("r", 2.0), ("p", 4.0), ("s", 1.0)]


def test_those_who_came_before_the_start_came_in_their_order_too() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({}, prospects={"p": prospect(-20.0, 9.0), "q": prospect(-30.0, 9.0)})
    assert [(name, mw) for name, _, _, mw in who(book)] == [("q", 9.0), ("p", 1.0)]


@pytest.mark.parametrize(("least", "taken"), [(5.0, [10.0, 6.0]), (6.0, [10.0, 6.0]), (7.0, [10.0]), (11.0, [])])
def test_no_lot_smaller_than_the_least_is_taken(least: float, taken: list[float]) -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", mw=10.0)
    desk.release("k/s", "a/h2", mw=6.0)
    book = desk.settle({}, prospects={"p": prospect(0.0, 20.0, least=f"{least} MW")})
    assert [row[3] for row in who(book)] == taken


def test_a_prospect_goes_on_waiting_for_what_it_still_wants() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", mw=10.0)
    desk.release("k/s", "a/h2", mw=6.0, due=110.0)
    book = desk.settle({}, prospects={"p": prospect(0.0, 12.0)})
    assert who(book) == [("p", 150.0, -1.0, 10.0), ("p", 160.0, -1.0, 2.0)]


def test_a_prospect_wants_its_generation() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", generation="H100")
    desk.release("k/s", "a/h2", generation="GB200", due=110.0)
    book = desk.settle({}, prospects={"p": prospect(0.0, generation="GB200"), "q": prospect(0.0)})
    assert who(book) == [("q", 150.0, -1.0, 10.0), ("p", 160.0, -1.0, 10.0)]


@pytest.mark.parametrize("hops", [0, 3])
def test_late_tranches_come_before_prospects_and_these_before_the_market(hops: int) -> None:
    desk = Outlets()
    desk.release(mw=9.0)
    desk.late(mw=3.0)
    book = desk.settle(
        {150.0: ["a/h1"]},
        {"a/h1": 9.0},
        reassign="late_first",
        prospects={"p": prospect(150.0, 3.0)},
        lag="0 days",
        hops=hops,
    )
    # What completes on the day on which the customer would leave is in time: nothing is released.
    assert book.world.records["withdrawals"] == []
    again = Outlets()
    again.release(mw=9.0)
    again.late(mw=3.0)
    comers = {"p": prospect(150.0, 3.0)}
    book = again.settle({151.0: ["a/h1"]}, reassign="late_first", prospects=comers, lag="0 days", hops=hops)
    assert who(book) == [("j/u", 150.0, 151.0, 3.0), ("p", 150.0, 151.0, 3.0), ("market", 150.0, 151.0, 3.0)]


def test_who_comes_on_the_day_of_the_sale_comes_before_the_market() -> None:
    desk = Outlets()
    desk.release()
    comers = {"p": prospect(240.0, 4.0), "q": prospect(241.0, 4.0)}
    assert who(desk.settle({}, prospects=comers, lag="90 days")) == [
        ("p", 240.0, -1.0, 4.0),
        ("market", 240.0, -1.0, 6.0),
    ]


def test_the_part_that_was_left_is_taken_over_after_the_customer_has_the_rest() -> None:
    desk = Outlets()
    desk.tranche("k/t", "a/h1", "a/h2", mw=20.0, **HALVES)
    book = desk.settle({300.0: ["a/h2"], 400.0: ["a/h1"]}, prospects={"p": prospect(0.0)})
    assert who(book) == [("p", 130.0, 400.0, 10.0)]
    assert book.standing["k/t"].served == 300.0


# -- options -------------------------------------------------------------------------------------

LAPSES = {"option": (40.0, 0.6, 0.7)}


def test_what_a_lapsed_option_leaves_is_offered_if_that_is_declared() -> None:
    for lapsed in (False, True):
        desk = Outlets()
        desk.release(**LAPSES)
        book = desk.settle({200.0: ["a/h1"]}, prospects={"p": prospect(60.0)}, lag="90 days", lapsed=lapsed)
        assert who(book) == ([("p", 60.0, 200.0, 10.0)] if lapsed else [])
        assert book.world.facts.get(("option", "k/t")) == (
            60.0 if lapsed else None
        )  # its blocks are built from then on
        assert book.standing["k/t"].outcome == "lapsed"


def test_the_blocks_of_a_lapsed_option_that_nobody_takes_are_not_built() -> None:
    desk = Outlets()
    desk.release(**LAPSES)
    book = desk.settle(
        {}, prospects={"p": prospect(0.0, patience="39 days")}, backstop=backstop(0.0, 900.0), lapsed=True
    )
    assert ("option", "k/t") not in book.world.facts
    assert placed(book) == []


@pytest.mark.parametrize("declared", [{"lag": "90 days"}, {"reassign": "late_first"}])
def test_the_market_and_late_tranches_have_them_built_too(declared: dict[str, Any]) -> None:
    desk = Outlets()
    desk.release(**{"due": 200.0} | {"option": (125.0, 0.6, 0.7)})
    desk.late()
    book = desk.settle({}, lapsed=True, **declared)
    assert book.world.facts[("option", "k/t")] == (215.0 if "lag" in declared else 125.0)


@pytest.mark.parametrize("named", ["blocks", "substitutes"])
@pytest.mark.parametrize(("luck", "service", "full"), [(0.7, 240.0, nan), (0.5, 600.0, 240.0)])
def test_nobody_takes_over_what_an_option_may_still_ask_for(
    luck: float, service: float, full: float, named: str
) -> None:
    # 10 MW of the block are live on day 200; the option on 8 of them is decided on day 240.
    desk = Outlets()
    desk.release("k/t", "a/h1", "a/h2")
    others = {"substitutes": ("a/h1",)} if named == "substitutes" else {}
    blocks = ("a/h9",) if others else ("a/h1",)
    desk.tranche("j/x", *blocks, mw=8.0, due=300.0, option=(240.0, 0.6, luck), **others)
    book = desk.settle({200.0: ["a/h1"], 600.0: ["a/h2"]}, prospects={"p": prospect(0.0)})
    assert who(book) == [("p", 150.0, service, 10.0)]
    assert same(book.standing["j/x"].delivered, full)


def same(left: float, right: float) -> bool:
    return left == right or (isnan(left) and isnan(right))


# -- the backstop --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("begin", "end", "stretch"),
    [
        (100.0, 900.0, (300.0, 900.0)),
        (400.0, 900.0, (400.0, 900.0)),
        (100.0, 350.0, (300.0, 350.0)),
        (100.0, 2000.0, (300.0, 2000.0)),
        (100.0, 300.0, None),
    ],
)
def test_the_backstop_pays_for_what_is_live_and_unsold(
    begin: float, end: float, stretch: tuple[float, float] | None
) -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({300.0: ["a/h1"]}, backstop=backstop(begin, end))
    if stretch is None:
        assert placed(book) == []
        return
    since, until = stretch
    seen = until if until <= 1000.0 else -1.0
    [row] = placed(book)
    assert row[:6] == ("maker", "backstop", since, since, seen, 10.0)
    assert row[6] == pytest.approx(10.0 * (until - since))
    [left] = book.world.records["withdrawals"]
    assert left[8] == pytest.approx(10.0 * (until - since))
    assert isnan(left[7])  # type: ignore[arg-type]


def test_the_backstop_gives_way_to_who_takes_the_capacity() -> None:
    desk = Outlets()
    desk.release()
    comers = {"p": prospect(400.0, 4.0), "q": prospect(500.0, 1.0)}
    book = desk.settle({300.0: ["a/h1"]}, prospects=comers, lag="400 days", backstop=backstop(0.0, 900.0))
    assert [row[:6] for row in placed(book)] == [
        ("maker", "backstop", 300.0, 300.0, 400.0, 4.0),
        ("maker", "backstop", 300.0, 300.0, 500.0, 1.0),
        ("maker", "backstop", 300.0, 300.0, 550.0, 5.0),
        ("p", "prospect", 400.0, 400.0, 500.0, 4.0),
        ("q", "prospect", 500.0, 500.0, 600.0, 1.0),
        ("", "market", 550.0, 550.0, -1.0, 5.0),
    ]


def test_the_backstop_does_not_pay_for_what_is_taken_at_the_moment_it_goes_live() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({300.0: ["a/h1"]}, prospects={"p": prospect(300.0, 4.0)}, backstop=backstop(0.0, 900.0))
    assert who(book) == [("p", 300.0, 300.0, 4.0), ("maker", 300.0, 300.0, 6.0)]


def test_it_pays_for_no_more_than_is_there() -> None:
    # Two lots of 10 and 6 MW on one block of which 8 MW are spare; the other block brings 10 MW later.
    desk = Outlets()
    desk.release("k/t", "a/h1", "a/h2", mw=10.0)
    desk.release("k/s", "a/h1", mw=6.0, due=110.0)
    book = desk.settle({300.0: ["a/h1"], 400.0: ["a/h2"]}, {"a/h1": 8.0}, backstop=backstop(0.0, 900.0))
    assert who(book) == [("maker", 300.0, 300.0, 2.0), ("maker", 400.0, 400.0, 8.0), ("maker", 300.0, 300.0, 6.0)]


def test_an_option_that_is_taken_takes_the_capacity_from_the_backstop() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1")
    desk.tranche("j/x", "a/h1", mw=8.0, due=450.0, option=(400.0, 0.6, 0.5))
    book = desk.settle({300.0: ["a/h1"]}, backstop=backstop(0.0, 900.0))
    assert [row[2:6] for row in placed(book)] == [(300.0, 300.0, 400.0, 8.0), (300.0, 300.0, 900.0, 2.0)]


def test_what_was_sold_after_the_backstop_has_ended_was_not_paid_for_until_then() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({300.0: ["a/h1"]}, prospects={"p": prospect(400.0)}, backstop=backstop(0.0, 350.0))
    assert [row[1:6] for row in placed(book)] == [
        ("backstop", 300.0, 300.0, 350.0, 10.0),
        ("prospect", 400.0, 400.0, 500.0, 10.0),
    ]


def test_what_it_bought_last_it_gives_up_first() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", "a/h2", mw=10.0)
    live = {300.0: ["a/h1"], 400.0: ["a/h2"]}
    book = desk.settle(live, {"a/h1": 8.0}, prospects={"p": prospect(500.0, 3.0)}, backstop=backstop(0.0, 900.0))
    assert [row[2:6] for row in placed(book)[:3]] == [
        (300.0, 300.0, 500.0, 1.0),
        (300.0, 300.0, 900.0, 7.0),
        (400.0, 400.0, 500.0, 2.0),
    ]


def test_what_it_gives_up_at_once_it_does_not_pay_for() -> None:
    desk = Outlets()
    desk.release()
    book = desk.settle({}, backstop=backstop(0.0, 900.0))
    [lot], purchases = book.outlet.lots, book.outlet.purchases
    assert purchases is not None
    for idle in (10.0, 4.0):
        lot.idle = idle
        purchases.settle(500.0, [lot], {"a/h1": 10.0})
    assert list(purchases.of(lot)) == [(500.0, 900.0, 4.0, 1600.0)]


# -- rank ----------------------------------------------------------------------------------------

RANKS = {"a/h1": [10.0, 40.0], "a/h2": [20.0, 60.0], "a/h3": [30.0, 120.0]}
"""Rank keys of two activities of each block: in order 1, 1, 2, 2, 3, 3 -> places 0, 3, 1, 4, 2, 5."""


def order(book: Book) -> list[int]:
    return sorted(range(6), key=lambda activity: book.world.foreman.rank[activity])


@pytest.mark.parametrize(
    ("declared", "ranked"),
    [
        ({}, [2, 4, 3, 5, 0, 1]),  # last
        ({"lag": "90 days"}, [2, 4, 3, 5, 0, 1]),  # nobody in particular
        ({"prospects": {"p": prospect(0.0)}}, [2, 4, 3, 0, 1, 5]),  # due on day 150 instead of 100: keys 60 and 90
        ({"prospects": {"p": prospect(105.0)}}, [2, 4, 3, 0, 1, 5]),
        ({"reassign": "late_first"}, [2, 4, 3, 0, 1, 5]),
    ],
)
def test_work_on_the_blocks_follows_who_took_them_over(declared: dict[str, Any], ranked: list[int]) -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1")
    desk.late("j/u", "a/h2", due=120.0, grace=0.0)
    assert order(desk.settle({}, ranks=RANKS, **declared)) == ranked


def test_a_sale_on_the_market_does_not_keep_a_block_from_going_last() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1", mw=5.0)
    desk.release("k/s", "a/h1", mw=5.0, due=110.0)  # leaves after the other's MW have been sold
    assert order(desk.settle({}, ranks=RANKS, lag="5 days"))[-2:] == [0, 1]


def test_work_goes_last_again_when_nobody_wants_the_blocks_any_more() -> None:
    desk = Outlets()
    desk.release("k/t", "a/h1")
    desk.late("j/u", "a/h2")
    book = desk.settle({300.0: ["a/h2"]}, ranks=RANKS, reassign="late_first")
    assert order(book)[-2:] == [0, 1]


# -- as declared ---------------------------------------------------------------------------------


def test_what_is_declared_is_written_back() -> None:
    given = {
        "reassign": "late_first",
        "prospects": {"p": prospect(3.0)},
        "backstop": backstop(0.0, 90.0),
        "lag": "9 days",
    }
    declared = Remarketing.model_validate(given)
    assert Remarketing.model_validate(declared.model_dump(mode="json")) == declared


def test_only_what_is_declared_has_columns() -> None:
    columns = Columns()
    assert compile_outlet(None, ["k/t"], columns).lags == {}
    assert columns.names == []
    compile_outlet(Remarketing.model_validate({"lag": "9 days", "prospects": {"p": prospect(3.0)}}), ["k/t"], columns)
    assert columns.names == [
        "contracts.k.tranches.t.remarketing",
        "remarketing.prospects.p.arrives",
        "remarketing.prospects.p.mw",
    ]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"least": "11 MW"}, "more than the most"),
        ({"term": None}, "duration"),
        ({"price": -1.0}, "greater than or equal"),
    ],
)
def test_a_prospect_that_contradicts_itself_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Prospect.model_validate(prospect(0.0) | changes)


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"until": on(-1.0)}, "before it begins"), ({"price": {"per": "gpu_hour", "usd": 3.0}}, "by the MW and month")],
)
def test_a_backstop_that_contradicts_itself_is_refused(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Backstop.model_validate(backstop(0.0, 90.0) | changes)
