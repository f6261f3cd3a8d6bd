"""Tranches on their own, term by term and tie by tie. A block goes live on a given day; nothing else is drawn."""

from math import exp, inf, isnan, nextafter
from typing import Any

import pytest

from buildsim.domain.contracts import Contract, Customer, Tranche
from buildsim.domain.contracts.withdrawal.lost_confidence import MONTH
from tests.domain.deals import BINDING, Desk, alone, delivered, left, only

LONGSTOP = {"kind": "contractual", "probability": "50%"}
CONFIDENCE = {"kind": "lost_confidence", "monthly": "3%", "growth": 2.0}
REDATE = {"kind": "redate", "probability": "70%", "days": "90 days"}
DAILY = 0.03 / MONTH
"""The hazard of `CONFIDENCE` with the first missed milestone [per day]."""


def after(day: float) -> float:
    """The next moment that a clock of doubles knows."""
    return nextafter(day, inf)


# -- due date, grace, damages --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("live", "outcome", "damages"),
    [
        (0.0, "on_time", 0.0),
        (99.0, "on_time", 0.0),
        (100.0, "on_time", 0.0),  # the end of the due day is in time
        (after(100.0), "late", 0.0),
        (130.0, "late", 0.0),  # so is the end of the last day of grace
        (130.5, "damages", 10 * 7 * 0.5),
        (150.0, "damages", 10 * 7 * 20.0),
        (1000.0, "damages", 10 * 7 * 870.0),  # the horizon belongs to the run
        (None, "pending", 10 * 7 * 870.0),
    ],
)
def test_a_bound_customer(live: float | None, outcome: str, damages: float) -> None:
    standing = only(alone(live, damages=7.0))
    assert (standing.outcome, standing.damages) == (outcome, pytest.approx(damages))
    assert isnan(standing.delivered) if live is None else standing.delivered == live
    assert standing.missing == (10.0 if live is None else 0.0)


def test_the_moment_after_grace_costs_next_to_nothing_but_counts_as_damages() -> None:
    standing = only(alone(after(130.0), damages=7.0))
    assert standing.outcome == "damages"
    assert 0.0 < standing.damages < 1e-10


def test_without_grace_damages_run_from_the_due_date() -> None:
    assert only(alone(101.0, grace=0.0)).damages == pytest.approx(10.0)
    assert only(alone(100.0, grace=0.0)).outcome == "on_time"


def test_damages_are_for_what_is_missing_and_stop_at_delivery() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", "a/h2", "a/h3", mw=26.0)
    book = desk.sign({50.0: ["a/h1"], 140.0: ["a/h2"], 160.0: ["a/h3"]})
    standing = only(book)
    assert standing.damages == pytest.approx(16.0 * 10 + 6.0 * 20)
    assert (standing.delivered, standing.last_block, book.spare) == (160.0, "a/h3", {"a/h1": 0, "a/h2": 0, "a/h3": 4.0})


def test_damages_run_to_the_horizon_on_what_is_still_missing() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", "a/h2", mw=20.0)
    standing = only(desk.sign({140.0: ["a/h1"]}, horizon=200.0))
    assert (standing.outcome, standing.missing, standing.damages) == ("pending", 10.0, pytest.approx(200.0 + 600.0))


def test_a_tranche_that_falls_due_after_the_horizon_is_pending() -> None:
    standing = only(alone(None, due=300.0, horizon=200.0))
    assert (standing.outcome, standing.damages) == ("pending", 0.0)


def test_nothing_less_than_a_hundredth_of_a_mw_is_missing() -> None:
    # The check of a model lets a tranche exceed its blocks by as much.
    assert only(alone(80.0, mw=10.01)).outcome == "on_time"
    assert only(alone(80.0, mw=10.02)).outcome == "pending"


# -- filling -------------------------------------------------------------------------------------


def test_blocks_fill_tranches_by_due_date_and_are_split() -> None:
    desk = Desk()
    desk.tranche("k/late", "a/h1", "a/h2", mw=12.0, due=120.0)
    desk.tranche("k/soon", "a/h1", "a/h2", mw=5.0, due=90.0)
    book = desk.sign({60.0: ["a/h1"], 70.0: ["a/h2"]})
    assert delivered(book) == {"k/soon": 60.0, "k/late": 70.0}
    assert book.spare == {"a/h1": 0.0, "a/h2": 3.0}
    assert [one.last_block for one in book.standing.values()] == ["a/h2", "a/h1"]


def test_equal_due_dates_go_in_declared_order() -> None:
    desk = Desk()
    desk.tranche("k/first", "a/h1", mw=6.0)
    desk.tranche("k/second", "a/h1", mw=6.0)
    book = desk.sign({60.0: ["a/h1"]})
    assert delivered(book) == {"k/first": 60.0}
    assert book.standing["k/second"].missing == pytest.approx(2.0)


def test_two_tranches_are_delivered_on_one_day_by_two_blocks_of_that_day() -> None:
    desk = Desk()
    desk.tranche("k/late", "a/h1", "a/h2", mw=12.0, due=120.0)
    desk.tranche("j/soon", "a/h1", "a/h2", mw=8.0, due=90.0)
    book = desk.sign({90.0: ["a/h2", "a/h1"]})  # the due day of one of them: on time
    assert delivered(book) == {"k/late": 90.0, "j/soon": 90.0}
    assert [one.outcome for one in book.standing.values()] == ["on_time", "on_time"]
    assert list(book.world.facts) == [
        ("live", "a/h2"),
        ("live", "a/h1"),
        ("delivered", "j/soon"),
        ("closed", "j/soon"),
        ("delivered", "k/late"),
        ("closed", "k/late"),
    ]


def test_a_block_that_no_tranche_names_fills_none() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1")
    assert delivered(desk.sign({50.0: ["a/h2"]}, {"a/h2": 10.0})) == {}


def test_a_redated_tranche_goes_behind_the_others() -> None:
    desk = Desk()
    desk.tranche("k/moved", "a/h1", due=100.0, rule=REDATE, luck=0.0)
    desk.tranche("j/kept", "a/h1", due=150.0)
    assert delivered(desk.sign({110.0: ["a/h1"]})) == {"j/kept": 110.0}


# -- longstop ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("live", "luck", "outcome", "gone"),
    [
        (280.0, 0.49, "damages", []),  # delivered at the longstop date itself
        (after(280.0), 0.49, "withdrawn", [("k/t", 280.0, 10.0, "longstop")]),
        (None, 0.49, "withdrawn", [("k/t", 280.0, 10.0, "longstop")]),
        (None, 0.5, "pending", []),  # the right is not exercised
        (130.0, 0.0, "late", []),
    ],
)
def test_a_longstop_right(live: float | None, luck: float, outcome: str, gone: list[Any]) -> None:
    book = alone(live, rule=LONGSTOP, longstop=180.0, luck=luck)
    assert (only(book).outcome, left(book.world)) == (outcome, gone)


def test_damages_stop_at_the_withdrawal() -> None:
    standing = only(alone(500.0, rule=LONGSTOP, longstop=180.0, luck=0.0))
    assert standing.damages == pytest.approx(10.0 * 150.0)
    assert (standing.missing, standing.withdrawn) == (0.0, 10.0)
    assert isnan(standing.delivered)  # the block goes live, but not for this customer
    assert standing.last_block == ""


def test_without_a_longstop_date_there_is_no_right() -> None:
    assert only(alone(None, rule=LONGSTOP, luck=0.0)).outcome == "pending"


def test_a_longstop_at_the_end_of_grace() -> None:
    book = alone(None, rule=LONGSTOP, longstop=30.0, luck=0.0)
    assert left(book.world) == [("k/t", 130.0, 10.0, "longstop")]
    assert only(book).damages == 0.0
    assert only(alone(130.0, rule=LONGSTOP, longstop=30.0, luck=0.0)).outcome == "late"


def test_what_is_delivered_stays_when_the_rest_is_withdrawn() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", "a/h2", mw=20.0, value=4000.0, rule=LONGSTOP, longstop=180.0, luck=0.0)
    book = desk.sign({90.0: ["a/h1"], 300.0: ["a/h2"]})
    standing = only(book)
    assert left(book.world) == [("k/t", 280.0, 10.0, "longstop")]
    assert book.world.records["withdrawals"][0][5] == 2000.0  # the value of what is given up
    assert (standing.outcome, standing.withdrawn, standing.missing) == ("withdrawn_in_part", 10.0, 0.0)
    assert isnan(standing.delivered)


# -- lost confidence -----------------------------------------------------------------------------


def luck_for(patience: float) -> float:
    """The uniform behind a patience: that much integrated hazard is borne."""
    return 1.0 - exp(-patience)


def test_patience_wears_out_at_the_hazard() -> None:
    book = alone(None, rule=CONFIDENCE, luck=luck_for(0.04))
    [(tranche, day, mw, trigger)] = left(book.world)
    assert (tranche, mw, trigger) == ("k/t", 10.0, "lost_confidence")
    assert day == pytest.approx(130.0 + 0.04 / DAILY)


def test_delivery_ends_it() -> None:
    book = alone(160.0, rule=CONFIDENCE, luck=luck_for(0.04))  # patience would end on day 170.6
    assert (only(book).outcome, left(book.world)) == ("damages", [])


def test_delivered_at_the_moment_when_patience_ends_is_delivered() -> None:
    worn = alone(None, rule=CONFIDENCE, luck=0.04)
    [(_, day, _, _)] = left(worn.world)
    assert left(alone(day, rule=CONFIDENCE, luck=0.04).world) == []
    assert len(left(alone(after(day), rule=CONFIDENCE, luck=0.04).world)) == 1


def test_each_other_missed_milestone_multiplies_the_hazard_from_then_on() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.1))
    desk.tranche("k/u", "a/h2", due=150.0, grace=500.0)  # missed on day 150, without further consequence
    desk.tranche("k/v", "a/h3", due=160.0, grace=500.0)  # delivered on time
    desk.tranche("k/w", "a/h4", due=170.0, grace=500.0)  # missed
    book = desk.sign({155.0: ["a/h3"]})
    [(tranche, day, _, _)] = left(book.world)
    used = 20.0 * DAILY + 20.0 * 2 * DAILY
    assert tranche == "k/t"
    assert day == pytest.approx(170.0 + (0.1 - used) / (4 * DAILY))


def test_milestones_missed_before_count_from_the_first_day() -> None:
    desk = Desk()
    desk.tranche("k/early", "a/h2", due=20.0, grace=500.0)
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.04))
    [(_, day, _, _)] = left(desk.sign({}).world)
    assert day == pytest.approx(130.0 + 0.04 / (2 * DAILY))


def test_another_customers_milestones_do_not_count() -> None:
    desk = Desk()
    desk.tranche("j/early", "a/h2", due=20.0, grace=500.0)
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.04))
    assert left(desk.sign({}).world)[0][1] == pytest.approx(130.0 + 0.04 / DAILY)
    shared = Desk()
    shared.tranche("j/early", "a/h2", due=20.0, grace=500.0, customer="one")
    shared.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.04), customer="one")
    assert left(shared.sign({}).world)[0][1] == pytest.approx(130.0 + 0.04 / (2 * DAILY))


def test_a_milestone_missed_and_then_delivered_in_grace_still_counts() -> None:
    desk = Desk()
    desk.tranche("k/early", "a/h2", due=20.0)
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.04))
    book = desk.sign({21.0: ["a/h2"]})
    assert book.standing["k/early"].outcome == "late"
    assert left(book.world)[0][1] == pytest.approx(130.0 + 0.04 / (2 * DAILY))


def test_two_milestones_missed_at_one_instant_both_count() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.1))
    desk.tranche("k/u", "a/h2", due=150.0, grace=500.0)
    desk.tranche("k/v", "a/h3", due=150.0, grace=500.0)
    assert left(desk.sign({}).world)[0][1] == pytest.approx(150.0 + (0.1 - 20.0 * DAILY) / (4 * DAILY))


def test_two_late_tranches_of_one_customer_have_a_patience_each() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE, luck=luck_for(0.2))
    desk.tranche("k/u", "a/h2", due=140.0, rule=CONFIDENCE, luck=luck_for(0.05))
    gone = {tranche: day for tranche, day, _, _ in left(desk.sign({}).world)}
    assert gone["k/u"] == pytest.approx(170.0 + 0.05 / (2 * DAILY))
    assert gone["k/t"] == pytest.approx(140.0 + (0.2 - 10.0 * DAILY) / (2 * DAILY))  # a withdrawal changes nothing


@pytest.mark.parametrize(("monthly", "luck"), [("0%", 0.9999), ("3%", 1.0), ("3%", 0.9999)])
def test_who_never_loses_patience_stays(monthly: str, luck: float) -> None:
    book = alone(500.0, rule={"kind": "lost_confidence", "monthly": monthly}, luck=luck)
    assert (only(book).outcome, left(book.world)) == ("damages", [])


def test_part_of_what_is_missing_is_withdrawn_once() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", "a/h2", mw=20.0, rule=CONFIDENCE | {"part": "40%"}, luck=0.0)
    book = desk.sign({50.0: ["a/h1"], 230.0: ["a/h2"]})
    standing = only(book)
    assert left(book.world) == [("k/t", 130.0, pytest.approx(4.0), "lost_confidence")]
    assert (standing.outcome, standing.served) == ("withdrawn_in_part", 230.0)
    assert standing.delivered != standing.delivered  # never: not all of its MW were
    assert (standing.withdrawn, standing.missing) == (pytest.approx(4.0), 0.0)
    assert standing.damages == pytest.approx(6.0 * 100.0)  # on what is left, until it is delivered
    assert book.spare["a/h2"] == pytest.approx(4.0)


# -- deadlines come last within an instant -------------------------------------------------------


@pytest.mark.parametrize("hops", [0, 1, 5])
@pytest.mark.parametrize(
    ("live", "terms", "outcome"),
    [
        (100.0, {}, "on_time"),
        (130.0, {}, "late"),
        (190.0, {"rule": REDATE, "luck": 0.0}, "redated"),
        (220.0, {"rule": REDATE, "luck": 0.0}, "redated"),
        (280.0, {"rule": LONGSTOP, "longstop": 180.0, "luck": 0.0}, "damages"),
        (130.0, {"rule": LONGSTOP, "longstop": 30.0, "luck": 0.0}, "late"),
        (130.0, {"rule": CONFIDENCE, "luck": 0.0}, "late"),
    ],
)
def test_what_completes_at_a_deadline_is_in_time_whatever_chain_leads_to_it(
    live: float, terms: dict[str, Any], outcome: str, hops: int
) -> None:
    book = alone(live, hops=hops, **terms)
    assert (only(book).outcome, only(book).delivered, left(book.world)) == (outcome, live, [])


@pytest.mark.parametrize("hops", [0, 1, 5])
def test_so_is_what_completes_when_patience_ends(hops: int) -> None:
    [(_, day, _, _)] = left(alone(None, rule=CONFIDENCE, luck=0.04).world)
    assert left(alone(day, rule=CONFIDENCE, luck=0.04, hops=hops).world) == []


# -- re-dating -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("live", "outcome", "damages"),
    [
        (100.0, "on_time", 0.0),
        (150.0, "redated", 0.0),
        (190.0, "redated", 0.0),  # on the last of the new due day
        (220.0, "redated", 0.0),  # in the new grace
        (225.0, "damages", 50.0),
        (None, "pending", 7800.0),  # not delivered by the horizon: the new date was missed too
    ],
)
def test_a_date_is_moved(live: float | None, outcome: str, damages: float) -> None:
    standing = only(alone(live, rule=REDATE, luck=0.69))
    assert (standing.outcome, standing.damages) == (outcome, pytest.approx(damages))
    assert standing.due == (100.0 if live == 100.0 else 190.0)


def test_who_does_not_move_it_takes_damages() -> None:
    standing = only(alone(150.0, rule=REDATE, luck=0.7))
    assert (standing.outcome, standing.due, standing.damages) == ("damages", 100.0, pytest.approx(200.0))


@pytest.mark.parametrize(("live", "count"), [(99.0, 0.0), (150.0, 1.0), (195.0, 2.0), (None, 2.0)])
def test_a_date_that_is_missed_again_is_another_missed_milestone(live: float | None, count: float) -> None:
    assert alone(live, rule=REDATE, luck=0.0).world.levels.get("grievance/k") == count


# -- binding -------------------------------------------------------------------------------------


def test_a_bound_customer_never_leaves() -> None:
    book = alone(None, rule=BINDING, longstop=180.0, luck=0.0)
    assert (left(book.world), only(book).outcome) == ([], "pending")


@pytest.mark.parametrize("rule", [LONGSTOP, CONFIDENCE, REDATE])
def test_in_the_plan_nobody_leaves_and_nothing_is_moved(rule: dict[str, Any]) -> None:
    book = alone(500.0, rule=rule, longstop=180.0, luck=0.0, risks=False)
    assert (only(book).outcome, only(book).due, left(book.world)) == ("damages", 100.0, [])


# -- options -------------------------------------------------------------------------------------


@pytest.mark.parametrize(("luck", "taken"), [(0.59, True), (0.6, False)])
def test_an_option_is_taken_or_lapses_at_the_end_of_its_day(luck: float, taken: bool) -> None:
    book = alone(90.0, option=(40.0, 0.6, luck))
    standing = only(book)
    assert book.world.facts.get(("option", "k/t")) == (40.0 if taken else None)
    assert standing.outcome == ("on_time" if taken else "lapsed")
    assert left(book.world) == ([] if taken else [("k/t", 40.0, 10.0, "option_lapsed")])
    assert standing.missing == (0.0 if taken else 10.0)
    assert standing.damages == 0.0


def test_a_lapsed_option_is_never_late_nor_resold() -> None:
    book = alone(None, option=(40.0, 0.6, 0.7), lag=10.0, damages=7.0)
    assert (only(book).outcome, only(book).damages) == ("lapsed", 0.0)
    assert book.world.levels.get("grievance/k") == 0.0
    assert isnan(book.world.records["withdrawals"][0][7])


@pytest.mark.parametrize(("luck", "taken"), [(0.383, True), (0.385, False)])  # 60 % x 0.8 x 0.8 = 38.4 %
def test_missed_milestones_lower_the_chance(luck: float, taken: bool) -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", due=20.0, grace=500.0)
    desk.tranche("k/u", "a/h2", due=40.0, grace=500.0)  # missed at the end of the day of the decision
    desk.tranche("k/x", "a/h3", option=(40.0, 0.6, luck))
    desk.tranche("k/v", "a/h4", due=41.0, grace=500.0)  # later
    assert (("option", "k/x") in desk.sign({}).world.facts) == taken


def test_confidence_can_be_lost_for_good() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", due=20.0, grace=500.0)
    desk.tranche("k/x", "a/h3", option=(40.0, 1.0, 0.0), confidence_loss=1.0)
    assert desk.sign({}).standing["k/x"].outcome == "lapsed"


def test_in_the_plan_every_option_is_taken() -> None:
    assert only(alone(90.0, option=(40.0, 0.0, 0.99), risks=False)).outcome == "on_time"


def test_an_option_has_no_claim_before_it_is_taken_and_none_after_it_has_lapsed() -> None:
    for luck, expected in ((0.9, {"k/firm": 30.0}), (0.1, {"k/firm": 30.0, "k/x": 40.0})):
        desk = Desk()
        desk.tranche("k/x", "a/h1", mw=6.0, due=80.0, option=(40.0, 0.6, luck))  # due first
        desk.tranche("k/firm", "a/h1", mw=4.0, due=100.0)
        book = desk.sign({30.0: ["a/h1"]})
        assert delivered(book) == expected
        assert book.spare["a/h1"] == pytest.approx(6.0 if luck > 0.6 else 0.0)


def test_a_lapsed_option_leaves_its_blocks_to_others() -> None:
    desk = Desk()
    desk.tranche("k/x", "a/h1", due=80.0, option=(40.0, 0.6, 0.9))
    desk.tranche("k/firm", "a/h1", due=100.0)
    assert delivered(desk.sign({60.0: ["a/h1"]})) == {"k/firm": 60.0}


# -- re-marketing --------------------------------------------------------------------------------


@pytest.mark.parametrize(("lag", "day"), [(120.0, 400.0), (720.0, 1000.0), (720.5, None), (None, None)])
def test_released_capacity_finds_another_customer_after_the_lag(lag: float | None, day: float | None) -> None:
    book = alone(None, rule=LONGSTOP, longstop=180.0, luck=0.0, lag=lag)
    [row] = book.world.records["withdrawals"]
    assert row[:7] == ("k", "k", "k/t", 280.0, 10.0, 1000.0, "longstop")
    assert isnan(row[7]) if day is None else row[7] == day  # type: ignore[arg-type]


@pytest.mark.parametrize(("lag", "recovered"), [(120.0, 450.0), (720.5, 0.0), (None, 0.0)])
def test_the_next_customer_pays_its_own_price_for_what_was_given_up(lag: float | None, recovered: float) -> None:
    desk = Desk()
    desk.tranche(
        "k/t", "a/h1", "a/h2", mw=20.0, value=1000.0, rule=LONGSTOP, longstop=180.0, luck=0.0, lag=lag, price=0.9
    )
    [row] = desk.sign({90.0: ["a/h1"]}).world.records["withdrawals"]
    assert row[8] == pytest.approx(recovered)  # half of the value, at 90 %


@pytest.mark.parametrize(
    ("live", "terms", "deferred"),
    [
        (100.0, {}, 0.0),
        (120.0, {}, 10 * 5 * 20.0),  # grace spares damages, not the revenue
        (500.0, {"rule": LONGSTOP, "longstop": 180.0, "luck": 0.0}, 10 * 5 * 180.0),  # until the customer leaves
        (150.0, {"rule": REDATE, "luck": 0.0}, 10 * 5 * 50.0),  # a moved date does not bring it back
        (None, {}, 10 * 5 * 900.0),
        (None, {"option": (40.0, 0.6, 0.7)}, 0.0),
    ],
)
def test_revenue_is_put_off_from_the_due_date_to_delivery(
    live: float | None, terms: dict[str, Any], deferred: float
) -> None:
    assert only(alone(live, fee=5.0, **terms)).deferred == pytest.approx(deferred)


# -- rank ----------------------------------------------------------------------------------------

RANKS = {"a/h1": [10.0, 40.0], "a/h2": [20.0, 60.0], "a/h3": [30.0, 120.0]}
"""Rank keys of two activities of each block: in order 1, 1, 2, 2, 3, 3 -> places 0, 3, 1, 4, 2, 5."""


def test_after_a_withdrawal_the_blocks_go_on_last_in_their_own_order() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LONGSTOP, longstop=50.0, luck=0.0)
    desk.tranche("j/u", "a/h2", due=900.0)
    book = desk.sign({}, ranks=RANKS)
    assert left(book.world) == [("k/t", 150.0, 10.0, "longstop")]
    assert sorted(range(6), key=lambda activity: book.world.foreman.rank[activity]) == [2, 4, 3, 5, 0, 1]


def test_a_block_that_another_tranche_waits_for_is_not_put_last_but_follows_the_later_date() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LONGSTOP, longstop=50.0, luck=0.0)
    desk.tranche("j/u", "a/h1", due=125.0)  # 25 days later: keys 35 and 65
    book = desk.sign({}, ranks=RANKS)
    assert sorted(range(6), key=lambda activity: book.world.foreman.rank[activity]) == [2, 4, 0, 3, 1, 5]


def test_a_lapsed_option_does_not_keep_a_block_from_going_last() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LONGSTOP, longstop=50.0, luck=0.0)
    desk.tranche("j/x", "a/h1", due=125.0, option=(40.0, 0.6, 0.7))
    book = desk.sign({}, ranks=RANKS)
    assert sorted(range(6), key=lambda activity: book.world.foreman.rank[activity]) == [2, 4, 3, 5, 0, 1]


def test_a_delivered_tranche_does_not_keep_a_block_from_going_last() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=LONGSTOP, longstop=50.0, luck=0.0)
    desk.tranche("j/u", "a/h1", "a/h2", due=125.0)
    book = desk.sign({90.0: ["a/h2"]}, ranks=RANKS)
    assert sorted(range(6), key=lambda activity: book.world.foreman.rank[activity]) == [2, 4, 3, 5, 0, 1]


def test_a_partial_withdrawal_leaves_the_rank() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=CONFIDENCE | {"part": "50%"}, luck=0.0)
    assert desk.sign({}, ranks=RANKS).world.foreman.rank == [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]


def test_a_moved_date_moves_the_rank_by_as_many_days() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=REDATE, luck=0.0, draws={"days": 45.0})  # keys 55 and 85
    book = desk.sign({}, ranks=RANKS)
    assert sorted(range(6), key=lambda activity: book.world.foreman.rank[activity]) == [2, 4, 0, 3, 1, 5]


def test_a_moved_date_moves_a_shared_block_no_further_than_the_other_tranche_lets_it() -> None:
    desk = Desk()
    desk.tranche("k/t", "a/h1", rule=REDATE, luck=0.0, draws={"days": 500.0})
    desk.tranche("j/u", "a/h1", due=100.0, grace=900.0)  # it was due on the same day
    assert desk.sign({}, ranks=RANKS).world.foreman.rank == [0.0, 3.0, 1.0, 4.0, 2.0, 5.0]


# -- as declared ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"due": None}, "needs 'due' and 'blocks'"),
        ({"blocks": []}, "needs 'due' and 'blocks'"),
        ({"grace": "30 days", "longstop": "29 days"}, "longstop date comes before the end of the grace"),
        ({"option": {"exercise_by": "2025-12-02", "probability": 1}}, "after the tranche is due"),
        ({"blocks": ["a/h1", "a/h1"]}, "named twice"),
    ],
)
def test_terms_that_contradict_each_other_are_refused(changes: dict[str, Any], told: str) -> None:
    terms = {"mw": "10 MW", "blocks": ["a/h1"], "due": "2025-12-01"}
    Tranche.model_validate(terms)
    with pytest.raises(ValueError, match=told):
        Tranche.model_validate(terms | changes)


def test_a_delivered_tranche_needs_neither_date_nor_blocks() -> None:
    terms = {"customer": "k", "tranches": {"s": {"mw": 1, "delivered": True}}}
    assert Contract.model_validate(terms).tranches["s"].delivered


def test_a_customer_is_bound_unless_it_says_otherwise() -> None:
    customer = Customer.model_validate({"name": "K"})
    assert (customer.withdrawal.kind, customer.confidence_loss) == ("binding", 0.2)
