"""Activities by hand: dependences of all kinds, re-timed finishes, calendars, failing tests, deliveries put off."""

from collections.abc import Generator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from simpy.events import Event

from buildsim.engine.failures import MOST_REPEATS, occurrences
from buildsim.engine.network import Failure, Gate
from buildsim.engine.world import World
from buildsim.worktime import WorkCalendar
from tests.engine.yard import WEEK, Yard

# -- dependences -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tie", "lag", "start", "finish"),
    [
        ("FS", 0.0, 10.0, 14.0),
        ("FS", 2.5, 12.5, 16.5),
        ("SS", 0.0, 3.0, 7.0),
        ("SS", 6.0, 9.0, 13.0),
        ("FF", 0.0, 0.0, 10.0),
        ("FF", 2.0, 0.0, 12.0),
        ("SF", 0.0, 0.0, 4.0),  # its start on day 3 is before the finish on day 4
        ("SF", 5.0, 0.0, 8.0),
    ],
)
def test_dependences_of_each_kind(tie: str, lag: float, start: float, finish: float) -> None:
    made = Yard().add("a", 7.0, earliest=3.0).add("b", 4.0, after=[("a", tie, lag)])
    site = made.run()
    assert (site.start["a"], site.finish["a"]) == (3.0, 10.0)
    assert (site.start["b"], site.finish["b"]) == (start, finish)
    assert site.work_end["b"] in (start + 4.0, pytest.approx(float("nan"), nan_ok=True))


def test_the_latest_of_several_dependences_counts() -> None:
    made = Yard().add("a", 5.0).add("b", 9.0).add("c", 2.0)
    made.add("d", 1.0, after=["a", ("b", "SS", 6.0), ("c", "FS", 4.5), ("a", "FF", 3.0), ("b", "FF")])
    site = made.run()
    assert (site.ready["d"], site.work_end["d"], site.finish["d"]) == (6.5, 7.5, 9.0)


def test_two_dependences_on_one_predecessor_are_two() -> None:
    made = Yard().add("a", 10.0).add("b", 20.0, after=[("a", "SS", 3.0), ("a", "FF", 15.0)])
    site = made.run()
    assert (site.start["b"], site.finish["b"]) == (3.0, 25.0)


def test_what_follows_a_finish_to_finish_dependence_waits_for_the_finish_not_for_the_work() -> None:
    made = Yard().add("a", 10.0).add("b", 2.0, after=[("a", "FF", 1.0)]).add("c", 1.0, after=["b"])
    site = made.run()
    assert (site.work_end["b"], site.finish["b"], site.start["c"]) == (2.0, 11.0, 11.0)


def test_a_lag_in_working_days_passes_over_the_weekend_and_an_elapsed_one_does_not() -> None:
    made = Yard(calendars=[WEEK]).add("a", 4.0, calendar=0)
    made.add("working", 1.0, after=[("a", "FS", 3.0, 0)], calendar=0)
    made.add("elapsed", 1.0, after=[("a", "FS", 3.0)], calendar=0)
    site = made.run()
    assert (site.ready["working"], site.finish["working"]) == (9.0, 10.0)  # Friday, Monday, Tuesday; on Wednesday
    assert (site.ready["elapsed"], site.start["elapsed"], site.finish["elapsed"]) == (7.0, 7.0, 8.0)


def test_a_start_dependence_lets_go_within_the_same_instant() -> None:
    """Links to a start act when it starts, in the next round of the same instant; a chain of them takes no time."""
    made = Yard()
    made.resource("crew", 2)
    made.add("a", 5.0, uses={"crew": 1}).add("b", 5.0, uses={"crew": 1}, after=[("a", "SS")])
    made.add("c", 5.0, uses={"crew": 1}, after=[("b", "SS")], key=-1.0)
    site = made.run()
    assert site.start == {"a": 0.0, "b": 0.0, "c": 5.0}


def test_what_came_before_the_opening_is_met_once() -> None:
    """A fact noted before day 0 (racks on hand) makes ready once; what follows counts one finish, not two."""
    gate = Gate(("racks", "hall"), "GPU supply")
    made = Yard().add("delivered", 0.0, gates=[gate]).add("test", 10.0)
    made.add("racks", 2.0, after=[("delivered", "FF"), ("test", "FF", 3.0)])
    made.add("next", 1.0, after=["delivered", "test"])
    site = made.run(lambda world: world.note(("racks", "hall")))
    assert site.finish == {"delivered": 0.0, "test": 10.0, "racks": 13.0, "next": 11.0}


def test_a_date_holds_a_start_and_nothing_else() -> None:
    made = Yard().add("a", 2.0).add("b", 3.0, after=["a"], earliest=4.5).add("c", 1.0, after=["a"], earliest=1.0)
    assert made.run().start == {"a": 0.0, "b": 4.5, "c": 2.0}


# -- what is held, and until when ------------------------------------------------------------------


@pytest.mark.parametrize("manned", ["uses", "holds", "teams"])
def test_all_is_given_back_at_the_end_of_work_though_the_finish_comes_later(manned: str) -> None:
    made = Yard()
    made.resource("crew", 3)
    how: dict[str, Any] = {"teams": ("crew", 3, 1, 1, 1)} if manned == "teams" else {manned: {"crew": 3}}
    made.add("a", 10.0).add("b", 2.0, after=[("a", "FF")], **how).add("c", 1.0, uses={"crew": 2})
    site = made.run()
    assert (site.work_end["b"], site.finish["b"], site.start["c"]) == (2.0, 10.0, 2.0)
    assert site.world.foreman.free == [3]


def test_what_is_kept_is_not_given_back() -> None:
    made = Yard(horizon=50.0)
    made.resource("MW", 30)
    made.add("first", 1.0, holds={"MW": 20}, keeps=True).add("second", 1.0, holds={"MW": 20}, keeps=True)
    made.add("third", 1.0, holds={"MW": 10}, keeps=True)
    site = made.run()
    assert site.start["third"] == 0.0
    assert site.start["second"] != site.start["second"]
    assert site.world.foreman.free == [0]


# -- re-timed finishes -----------------------------------------------------------------------------


def test_a_finish_is_re_timed_when_teams_join() -> None:
    made = Yard()
    made.resource("crew", 5)
    made.add("a", 40.0, teams=("crew", 1, 2, 3, 5), key=1.0)
    made.add("b", 4.0, uses={"crew": 2}, key=0.0).add("c", 9.0, uses={"crew": 1}, key=0.5)
    site = made.run()
    # 2 teams to day 4: 8; 4 to day 9: 20, 28 in all; 12 left at 5 teams: 2.4 days
    assert site.spans("a") == [(0.0, 2), (4.0, 4), (9.0, 5)]
    assert site.finish["a"] == pytest.approx(11.4, abs=1e-12)


def test_a_team_that_joins_on_a_weekend_counts_from_monday() -> None:
    made = Yard(calendars=[WEEK])
    made.resource("crew", 3)
    made.add("a", 12.0, teams=("crew", 1, 1, 2, 3), calendar=0, key=1.0)
    made.add("b", 5.5, uses={"crew": 2}, key=0.0)
    site = made.run()
    # five working days of one team, 7 team-days left for three teams from Monday on
    assert site.spans("a") == [(0.0, 1), (5.5, 3)]
    assert site.finish["a"] == pytest.approx(7.0 + 7.0 / 3.0, abs=1e-12)


def test_teams_crowd_each_other_and_their_output_has_factors() -> None:
    made = Yard(output=[(0.8, 0.5)])
    made.resource("crew", 4)
    made.add("a", 12.0, teams=("crew", 1, 2, 2, 4), crowding=(1.0, 1.0, 1.0, 0.9, 0.75), pool=0, key=1.0)
    made.add("b", 6.0, uses={"crew": 2}, key=0.0)
    site = made.run()
    # 2 x 0.4 a day to day 6: 4.8; then 4 x 0.75 x 0.4 = 1.2 a day
    assert site.finish["a"] == pytest.approx(6.0 + 7.2 / 1.2, abs=1e-12)


def test_lost_days_stretch_work_and_a_shorter_day_slows_it() -> None:
    calendar = WorkCalendar([1.0, 0.0, 0.6, 1.0, 1.0, 1.0])
    made = Yard(calendars=[calendar])
    made.resource("crew", 2)
    made.add("a", 4.0, teams=("crew", 1, 2, 2, 2), calendar=0).add("b", 1.6, calendar=0)
    site = made.run()
    assert site.finish["a"] == pytest.approx(3.4, abs=1e-12)
    assert site.finish["b"] == pytest.approx(3.0, abs=1e-12)


def test_no_work_takes_no_time_and_no_team_for_long() -> None:
    made = Yard(calendars=[WEEK])
    made.resource("crew", 1)
    made.add("a", 0.0, teams=("crew", 1, 1, 1, 1), calendar=0, earliest=5.5).add(
        "b", 2.0, uses={"crew": 1}, earliest=5.5
    )
    site = made.run()
    assert site.finish == {"a": 5.5, "b": 7.5}
    assert site.start["b"] == 5.5


@given(st.lists(st.tuples(st.floats(0.1, 9.0), st.integers(1, 3)), max_size=6), st.floats(0.5, 60.0))
def test_work_done_is_teams_times_days_however_teams_join(others: list[tuple[float, int]], amount: float) -> None:
    made = Yard()
    made.resource("crew", 1 + sum(crews for _, crews in others))
    made.add("a", amount, teams=("crew", 1, 1, 4, 30), key=99.0)
    for number, (days, crews) in enumerate(others):
        made.add(f"other {number}", days, uses={"crew": crews})
    site = made.run()
    left, now, teams = amount, 0.0, 1
    for days, crews in sorted(others):  # one event after another, by hand
        if left - teams * (days - now) <= 0.0:
            break
        left, now, teams = left - teams * (days - now), days, teams + crews
    assert site.finish["a"] == pytest.approx(now + left / teams, rel=1e-12)


# -- tests that fail -------------------------------------------------------------------------------


def failing(made: Yard, chance: float, luck: float, first: float, **others: Any) -> Failure:
    fields = {"calendar": -1, "repeats": True, "pool": -1} | others
    return Failure("commissioning failure", made.value(chance), made.value(luck), made.value(first), "retest", **fields)


@pytest.mark.parametrize(
    ("luck", "finish"), [(0.6, 5.0), (0.5, 5.0), (0.4, 7.0), (0.2, 7.0 + 10.0), (0.1, 7.0 + 10.0 + 100.0)]
)
def test_a_test_fails_as_often_as_its_luck_says_and_each_retest_has_its_own_draw(luck: float, finish: float) -> None:
    made = Yard()
    made.retests["retest"] = [10.0, 100.0, 1000.0]
    made.add("test", 5.0, failures=[failing(made, 0.5, luck, 2.0)])
    assert made.run().finish["test"] == finish
    assert made.run(risks=False).finish["test"] == 5.0


def test_setbacks_are_written_down_one_after_another() -> None:
    made = Yard()
    made.retests["retest"] = [10.0]
    made.add("test", 5.0, failures=[failing(made, 0.5, 0.2, 2.0)])
    site = made.run()
    cause = "commissioning failure"
    assert site.world.works.setbacks == {0: [(5.0, 7.0, cause), (7.0, 17.0, cause)]}


def test_a_retest_in_working_days_waits_for_monday() -> None:
    made = Yard(calendars=[WEEK])
    made.add("test", 5.0, calendar=0, failures=[failing(made, 0.5, 0.4, 2.0, calendar=0)])
    assert made.run().finish["test"] == 9.0


def test_all_is_held_until_the_retest_is_over() -> None:
    made = Yard()
    made.resource("crew", 2)
    made.resource("agents", 1, "agents")
    failure = failing(made, 0.5, 0.4, 4.0)
    made.add("test", 6.0, teams=("crew", 1, 2, 2, 2), holds={"agents": 1}, failures=[failure])
    made.add("next", 1.0, uses={"crew": 1}).add("other", 1.0, uses={"agents": 1})
    site = made.run()
    assert site.finish["test"] == 7.0
    assert site.start == {"test": 0.0, "next": 7.0, "other": 7.0}


def test_nobody_joins_a_retest_and_it_fails_no_second_time() -> None:
    made = Yard()
    made.resource("crew", 4)
    failure = failing(made, 0.5, 0.4, 6.0)
    made.add("test", 4.0, teams=("crew", 1, 2, 2, 4), failures=[failure])
    made.add("other", 3.0, uses={"crew": 2})  # comes free during the retest
    made.add("after", 1.0, after=["test"])
    site = made.run()
    assert site.spans("test") == [(0.0, 2)]
    assert site.finish == {"test": 8.0, "other": 3.0, "after": 9.0}
    assert site.world.foreman.free == [4]


def test_rework_makes_failures_likelier_but_never_certain() -> None:
    made = Yard(failing=[1.5])
    made.add("test", 5.0, failures=[failing(made, 0.4, 0.5, 2.0, pool=0)])
    assert made.run().finish["test"] == 7.0
    made.failing = [0.5]
    assert made.run().finish["test"] == 5.0
    made.failing = [100.0]  # at most 95 %: 0.95 ** 13 > 0.5 > 0.95 ** 14
    made.retests["retest"] = [1.0] * 30
    assert made.run().finish["test"] == 5.0 + 2.0 + 12 * 1.0


@given(st.floats(1e-6, 1.0, exclude_max=True), st.floats(0.01, 0.99))
def test_the_number_of_failures_is_geometric(luck: float, chance: float) -> None:
    times = occurrences(luck, chance, repeats=True)
    if times < MOST_REPEATS:  # P(n or more failures) = chance ^ n
        assert chance ** (times + 1) <= luck * (1 + 1e-9)
    assert times == 0 or luck * (1 - 1e-9) <= chance**times


def test_what_never_succeeds_ends_all_the_same_and_what_cannot_happen_does_not() -> None:
    assert occurrences(0.5, 1.0, repeats=True) == MOST_REPEATS
    assert occurrences(0.5, 1.0, repeats=False) == 1
    assert occurrences(1e-12, 0.0, repeats=True) == 0
    assert occurrences(0.3, 0.4, repeats=False) == 1
    assert occurrences(0.4, 0.4, repeats=False) == 0


# -- deliveries ------------------------------------------------------------------------------------


def strike(world: World, day: float, order: int, days: float, log: list[bool]) -> None:
    def accident() -> Generator[Event, object, None]:
        yield world.clock.until(day)
        log.append(world.works.extend(order, days, "equipment"))

    world.clock.process(accident())


def test_an_order_under_way_is_put_off() -> None:
    log: list[bool] = []
    made = Yard().add("order", 30.0, kind="procurement").add("work", 5.0, after=["order"])
    site = made.run(lambda world: strike(world, 10.0, 0, 7.0, log), lambda world: strike(world, 36.0, 0, 2.0, log))
    assert site.finish == {"order": 39.0, "work": 44.0}
    assert site.world.works.setbacks == {0: [(30.0, 37.0, "equipment"), (37.0, 39.0, "equipment")]}
    assert log == [True, True]


def test_an_order_that_has_come_or_is_not_yet_placed_is_not_put_off() -> None:
    log: list[bool] = []
    made = Yard().add("come", 5.0, kind="procurement").add("to come", 5.0, kind="procurement", earliest=20.0)
    site = made.run(lambda world: strike(world, 10.0, 0, 7.0, log), lambda world: strike(world, 10.0, 1, 7.0, log))
    assert site.finish == {"come": 5.0, "to come": 25.0}
    assert log == [False, False]


def test_a_mishap_comes_after_the_delivery_that_was_put_off() -> None:
    log: list[bool] = []
    made = Yard()
    mishap = Failure("logistics", made.value(0.5), made.value(0.1), made.value(4.0), "mishap", -1, False)
    made.add("order", 30.0, kind="procurement", failures=[mishap])
    site = made.run(lambda world: strike(world, 10.0, 0, 7.0, log))
    assert site.finish == {"order": 41.0}
    assert site.world.works.setbacks == {0: [(30.0, 37.0, "equipment"), (37.0, 41.0, "logistics")]}
