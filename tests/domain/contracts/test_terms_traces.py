"""Exact traces of one contract for every term, and for each tie."""

from math import inf, nan

import pytest

from buildsim.domain.contracts.majeure import Excuse, extension
from buildsim.domain.contracts.prepayment import PrepaymentPlan
from tests.domain.deals import Desk, alone, delivered, left, only, told

LEAVES = {"kind": "contractual", "probability": "100%"}
HOLDS = Excuse(frozenset({"permit_hold"}), frozenset({"a"}), frozenset({"a"}))
STORMS = Excuse(frozenset({"storm"}), frozenset({"a"}), frozenset({"a"}))


# -- credits, cap, retroactive -------------------------------------------------------------------


@pytest.mark.parametrize(("live", "days"), [(130.0, 0.0), (140.0, 10.0), (160.0, 30.0), (200.0, 30.0 + 2 * 40.0)])
def test_a_day_for_a_day_and_two_after_sixty(live: float, days: float) -> None:
    book = alone(live, credits=[(0.0, 1.0), (60.0, 2.0)], fee=5.0, damages=0.0)
    assert only(book).damages == pytest.approx(10.0 * 5.0 * days)


@pytest.mark.parametrize(("live", "days"), [(130.0, 0.0), (131.0, 31.0), (200.0, 100.0)])
def test_retroactive_damages_count_from_the_due_date_once_grace_is_over(live: float, days: float) -> None:
    assert only(alone(live, retroactive=True)).damages == pytest.approx(10.0 * days)


def test_a_cap_ends_them() -> None:
    assert only(alone(200.0, cap=300.0)).damages == 300.0
    assert only(alone(150.0, cap=300.0)).damages == 200.0


def test_credits_and_damages_are_owed_together_on_what_is_missing() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", "a/h2", credits=[(0.0, 1.0)], fee=3.0, damages=1.0, retroactive=True)
    book = desk.sign({110.0: ["a/h1"], 160.0: ["a/h2"]}, {"a/h1": 4.0, "a/h2": 6.0})
    assert only(book).damages == pytest.approx((10.0 * 10.0 + 6.0 * 50.0) * (1.0 + 3.0))


# -- rights: longstop, outside, cure -------------------------------------------------------------


@pytest.mark.parametrize(
    ("live", "outcome", "day"),
    [(190.0, "damages", None), (190.5, "withdrawn", 190.0), (None, "withdrawn", 190.0)],
)
def test_the_outside_date_counts_from_the_first_due_date(live: float | None, outcome: str, day: float | None) -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LEAVES, longstop=80.0, outside=90.0, excuse=HOLDS)
    book = desk.sign({live: ["a/h1"]} if live else {}, struck=[(50.0, 40.0)])  # due on 140, longstop on 220
    assert only(book).outcome == outcome
    assert [moment for _, moment, _, _ in left(book.world)] == ([day] if day else [])


def test_the_outside_date_comes_before_the_end_of_a_long_extension() -> None:
    for luck, left_on in ((0.0, 160.0), (0.99, None)):
        desk = Desk()
        half = {"kind": "contractual", "probability": "50%"}
        desk.tranche("k/t", "a/h1", rule=half, luck=luck, longstop=50.0, outside=60.0, excuse=HOLDS)
        book = desk.sign({300.0: ["a/h1"]}, struck=[(50.0, 300.0)])  # due on 400
        assert [(day, why) for _, day, _, why in left(book.world)] == ([(left_on, "outside")] if left_on else [])
        assert only(book).outcome == ("withdrawn" if left_on else "on_time")
        assert only(book).damages == 0.0


def test_nothing_of_it_is_filled_or_ended_before_it_is_signed() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LEAVES, longstop=50.0, ends="all", customer="c")
    desk.tranche("j/u", "a/h2", due=500.0, customer="c", signed=200.0)
    desk.tranche("j/x", "a/h3", due=500.0, customer="c", signed=200.0, option=(250.0, 1.0, 0.0))
    book = desk.sign({20.0: ["a/h2", "a/h3"]})
    assert delivered(book) == {"j/u": 200.0, "j/x": 250.0}
    assert [row[:2] for row in told(book, "withdrawn", "signed", "option", "exercised")][1:] == [
        (150.0, "withdrawn"),
        (200.0, "signed"),
        (200.0, "option"),
        (250.0, "exercised"),
    ]


@pytest.mark.parametrize(
    ("live", "outcome", "events"),
    [
        (180.0, "damages", []),
        (200.0, "damages", [(180.0, "noticed"), (200.0, "cured")]),
        (200.5, "withdrawn", [(180.0, "noticed"), (200.0, "withdrawn")]),
    ],
)
def test_delivery_by_the_end_of_the_cure_averts_the_end(live: float, outcome: str, events: list[object]) -> None:
    book = alone(live, rule=LEAVES, longstop=80.0, cure=20.0)
    assert only(book).outcome == outcome
    assert [row[:2] for row in told(book, "noticed", "cured", "withdrawn")] == events
    assert only(book).noticed == pytest.approx(events[0][0] if events else nan, nan_ok=True)  # type: ignore[index]


def test_an_averted_end_does_not_come_again() -> None:
    book = alone(195.0, rule=LEAVES, longstop=80.0, cure=20.0, horizon=2000.0)
    assert left(book.world) == []
    assert only(book).outcome == "damages"


# -- force majeure -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("events", "moved"),
    [
        ([], 0.0),
        ([(10.0, 5.0)], 5.0),
        ([(10.0, 5.0), (12.0, 5.0)], 7.0),
        ([(10.0, 5.0), (10.0, 5.0)], 5.0),
        ([(99.0, 20.0)], 20.0),
        ([(100.0, 20.0)], 0.0),
        ([(90.0, 5.0), (104.0, 3.0)], 8.0),
        ([(90.0, 5.0), (105.0, 3.0)], 5.0),
        ([(10.0, 30.0), (15.0, 5.0)], 30.0),
    ],
)
def test_what_runs_at_the_same_time_extends_a_date_once(events: list[tuple[float, float]], moved: float) -> None:
    assert extension(events, 100.0) == pytest.approx(moved)


@pytest.mark.parametrize(
    ("live", "outcome"), [(112.0, "on_time"), (112.5, "late"), (142.0, "late"), (143.0, "damages")]
)
def test_a_hold_moves_every_date(live: float, outcome: str) -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", excuse=HOLDS)
    book = desk.sign({live: ["a/h1"]}, struck=[(40.0, 12.0)])
    assert (only(book).outcome, only(book).extended) == (outcome, 12.0)
    assert only(book).damages == pytest.approx(10.0 * max(0.0, live - 142.0))


def test_who_counts_nothing_or_delivers_in_time_is_not_extended() -> None:
    for live, excuse in ((105.0, Excuse()), (100.0, HOLDS)):
        desk = Desk()
        desk.tranche("k/t", "a/h1", excuse=excuse)
        assert only(desk.sign({live: ["a/h1"]}, struck=[(40.0, 12.0)])).extended == 0.0


def test_a_hold_within_the_extension_extends_it_again() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", excuse=HOLDS)
    book = desk.sign({125.0: ["a/h1"]}, struck=[(90.0, 20.0), (115.0, 10.0)])
    assert (only(book).extended, only(book).outcome) == (30.0, "on_time")
    assert [row[0] for row in told(book, "extended")] == [100.0, 120.0]


def test_storms_count_for_the_sites_that_they_strike() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", excuse=STORMS)
    book = desk.sign({110.0: ["a/h1"]}, storms={"a": [(50.0, 4.0), (101.0, 9.0)], "b": [(10.0, 50.0)]})
    assert (only(book).extended, only(book).outcome) == (13.0, "on_time")


def test_elsewhere_and_of_another_kind_does_not_count() -> None:
    desk = Desk()
    desk.tranche("k/t", "b/h1", excuse=Excuse(frozenset({"permit_hold"}), frozenset({"b"}), frozenset({"b"})))
    assert only(desk.sign({105.0: ["b/h1"]}, struck=[(40.0, 12.0)])).extended == 0.0


def test_a_disturbance_can_be_counted_by_its_id() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", excuse=Excuse(frozenset({"hold"}), frozenset({"a"}), frozenset({"a"})))
    assert only(desk.sign({105.0: ["a/h1"]}, struck=[(40.0, 12.0)])).extended == 12.0


# -- what the right ends -------------------------------------------------------------------------


def papers(ends: str, *, master: str = "") -> dict[str, str]:
    """What became of tranches after the first of them was left on day 200: its own contract's, another's, a rival's."""
    desk = Desk()
    late = {"rule": LEAVES, "longstop": 100.0, "customer": "c", "ends": ends, "master": master}
    desk.tranche("k/t", "a/h1", **late)  # type: ignore[arg-type]
    desk.tranche("k/u", "a/h2", due=500.0, customer="c", master=master)
    desk.tranche("k/x", "a/h3", due=500.0, customer="c", master=master, option=(400.0, 1.0, 0.0))
    desk.tranche("j/v", "a/h4", due=500.0, customer="c", master=master)
    desk.tranche("i/w", "a/h5", due=500.0, customer="c", master="other")
    desk.tranche("r/z", "a/h6", due=500.0, customer="d", master=master)
    desk.tranche("k/d", "a/h7", due=150.0, customer="c", master=master)
    book = desk.sign({140.0: ["a/h7"], 450.0: ["a/h4", "a/h5", "a/h6"]})
    assert [day for _, day, _, _ in left(book.world)] == [200.0] * len(left(book.world))
    return {name: one.outcome for name, one in book.standing.items()}


def test_the_right_ends_the_tranche_alone() -> None:
    found = papers("tranche")
    assert (found["k/t"], found["k/u"], found["k/x"]) == ("withdrawn", "pending", "pending")
    assert {found[name] for name in ("j/v", "i/w", "r/z", "k/d")} == {"on_time"}


def test_the_right_ends_the_rest_of_the_contract_and_its_options() -> None:
    found = papers("rest")
    assert (found["k/t"], found["k/u"], found["k/x"]) == ("withdrawn", "withdrawn", "lapsed")
    assert {found[name] for name in ("j/v", "i/w", "r/z", "k/d")} == {"on_time"}


def test_the_right_ends_all_under_the_master_agreement() -> None:
    found = papers("all", master="msa")
    assert (found["k/u"], found["k/x"], found["j/v"]) == ("withdrawn", "lapsed", "withdrawn")
    assert (found["i/w"], found["k/d"]) == ("on_time", "on_time")


def test_without_a_master_agreement_it_ends_all_of_the_customer() -> None:
    found = papers("all")
    assert (found["k/u"], found["j/v"], found["i/w"]) == ("withdrawn", "withdrawn", "withdrawn")
    assert (found["r/z"], found["k/d"]) == ("on_time", "on_time")


def test_a_partial_withdrawal_ends_nothing_else() -> None:
    desk = Desk()
    rule = {"kind": "lost_confidence", "monthly": "100%", "part": "50%"}
    desk.tranche("k/t", "a/h1", rule=rule, luck=0.1, ends="rest")
    desk.tranche("k/u", "a/h2", due=500.0)
    book = desk.sign({450.0: ["a/h2"]})
    assert [one.outcome for one in book.standing.values()] == ["withdrawn_in_part", "on_time"]


# -- who fills it --------------------------------------------------------------------------------


def test_a_substitute_fills_with_what_its_own_tranches_leave() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", mw=10.0, substitutes=("b/h1",))
    desk.tranche("j/own", "b/h1", mw=6.0, due=900.0)
    book = desk.sign({90.0: ["b/h1"], 120.0: ["a/h1"]})
    assert delivered(book) == {"j/own": 90.0, "k/t": 120.0}
    assert book.spare == {"b/h1": 0.0, "a/h1": 4.0}


def test_a_substitute_that_comes_first_delivers() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", substitutes=("b/h1",))
    assert delivered(desk.sign({90.0: ["b/h1"]})) == {"k/t": 90.0}


def test_an_option_takes_live_substitutes_when_it_is_exercised() -> None:
    desk = Desk()
    desk.tranche("k/x", "a/h1", substitutes=("b/h1",), option=(50.0, 1.0, 0.0))
    assert delivered(desk.sign({30.0: ["b/h1"]})) == {"k/x": 50.0}


# -- prepayments ---------------------------------------------------------------------------------


def test_it_is_paid_ahead_of_the_due_date_and_credited_from_a_while_after_delivery() -> None:
    plan = PrepaymentPlan(200.0, ahead=60.0, credit_from=30.0, credit_over=100.0, refund=1.0)
    book = alone(100.0, prepayment=plan, horizon=180.0)
    assert told(book, "prepaid") == [(40.0, "prepaid", 0.0, 200.0)]
    assert only(book).purse.credited == pytest.approx(200.0 * 50.0 / 100.0)


def test_what_was_paid_for_withdrawn_mw_is_refunded_in_part() -> None:
    plan = PrepaymentPlan(200.0, ahead=inf, credit_from=0.0, credit_over=1000.0, refund=0.75)
    desk = Desk()
    desk.tranche("k/t", "a/h1", "a/h2", rule=LEAVES, longstop=100.0, prepayment=plan)
    book = desk.sign({90.0: ["a/h1"]}, {"a/h1": 4.0, "a/h2": 6.0}, horizon=300.0)
    assert told(book, "prepaid", "refunded", "kept") == [
        (0.0, "prepaid", 0.0, 200.0),
        (200.0, "refunded", 0.0, pytest.approx(200.0 * 0.6 * 0.75)),
        (200.0, "kept", 0.0, pytest.approx(200.0 * 0.6 * 0.25)),
    ]
    assert only(book).purse.credited == pytest.approx(80.0 * 100.0 / 1000.0)  # from the day on which the rest was left


def test_an_option_is_not_prepaid_before_it_is_exercised_and_a_lapsed_one_never() -> None:
    plan = PrepaymentPlan(200.0, ahead=inf, credit_from=0.0, credit_over=1000.0, refund=1.0)
    taken = alone(90.0, prepayment=plan, option=(50.0, 1.0, 0.0))
    assert [row[0] for row in told(taken, "prepaid")] == [50.0]
    assert only(alone(90.0, prepayment=plan, option=(50.0, 0.0, 0.5))).purse.paid == 0.0


def test_a_tranche_that_a_wider_right_ended_before_it_was_prepaid_pays_nothing() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LEAVES, longstop=100.0, ends="rest")
    plan = PrepaymentPlan(200.0, ahead=30.0, credit_from=0.0, credit_over=1000.0, refund=1.0)
    desk.tranche("k/u", "a/h2", due=500.0, prepayment=plan)
    book = desk.sign({})
    assert book.standing["k/u"].purse.paid == 0.0
    assert told(book, "prepaid") == []


# -- events --------------------------------------------------------------------------------------


def test_the_events_of_a_tranche_tell_its_story() -> None:
    book = alone(150.0, rule={"kind": "redate", "probability": "100%", "days": "20 days"}, value=1000.0, grace=10.0)
    assert told(book) == [
        (0.0, "signed", 10.0, 1000.0),
        (100.0, "missed", 10.0, 1000.0),
        (100.0, "redated", 10.0, 1000.0),
        (120.0, "missed", 10.0, 1000.0),
        (150.0, "delivered", 10.0, 1000.0),
    ]


def test_a_date_can_be_moved_more_than_once() -> None:
    rule = {"kind": "redate", "probability": "50%", "days": "20 days", "times": 2}
    for lucks, due in (([0.4, 0.4], 140.0), ([0.4, 0.6], 120.0), ([0.6, 0.4], 100.0)):
        book = alone(None, rule=rule, redates=lucks)
        assert only(book).due == due
