"""People who leave, travel, stack up, tire and come back to mend: by hand, with the account of each."""

from itertools import pairwise

import numpy as np
import pytest

from buildsim.engine import causes
from buildsim.engine.conditions import paces
from buildsim.engine.network import REPAIR, Failure, Gate
from buildsim.engine.world import World
from buildsim.worktime import WorkCalendar
from tests.engine.yard import Site, Yard

EVERY_DAY = WorkCalendar([1.0] * 400)
NEVER = Gate(("never", "x"), causes.NOT_BEFORE)
"""What a repair waits for until a test sends for it."""


def at(day: float, *changes: tuple[int, int]) -> object:
    """Let (resource, amount) of people come or, below 0, leave on a day."""

    def prepare(world: World) -> None:
        def change(_event: object) -> None:
            for resource, amount in changes:
                world.grow(resource, amount) if amount > 0 else world.shrink(resource, -amount)

        world.clock.appoint(day, [change])

    return prepare


def adds_up(site: Site, name: str) -> None:
    segments = site.raw(name)
    assert segments[0].begin == 0.0
    for before, after in pairwise(segments):
        assert before.end == after.begin
    for one in segments:
        assert sum(one.parts.values()) == pytest.approx(one.end - one.begin, abs=1e-9)
    assert segments[-1].end == site.finish[name]


# -- leaving -------------------------------------------------------------------------------------


def test_who_is_free_leaves_first() -> None:
    made = Yard()
    made.resource("crew", 5)
    made.add("a", 12.0, teams=("crew", 1, 1, 3, 3))
    site = made.run(at(2.0, (0, -2)))
    assert site.finish["a"] == 4.0
    assert site.world.foreman.capacity == site.world.foreman.free == [3]


def test_then_teams_leave_running_work_lowest_rank_first_and_down_to_the_minimum() -> None:
    made = Yard()
    made.resource("crew", 8)
    made.add("first", 40.0, teams=("crew", 1, 2, 4, 4)).add("second", 40.0, teams=("crew", 1, 2, 4, 4))
    site = made.run(at(5.0, (0, -3)))
    # 20 of each are done on day 5; the second goes on with 2, the first loses one: 3. On day 5 + 20/3 the first is
    # done and the second tops up to its most: 2 x 20/3 of its 20 are done.
    assert site.spans("second") == [(0.0, 4), (5.0, 2), (pytest.approx(5 + 20 / 3), 4)]
    assert site.spans("first") == [(0.0, 4), (5.0, 3)]
    assert site.finish["first"] == pytest.approx(5 + 20 / 3)
    assert site.finish["second"] == pytest.approx(5 + 20 / 3 + (20 - 40 / 3) / 4)
    assert site.world.foreman.free == [5]
    adds_up(site, "second")


def test_what_is_still_missing_stays_to_the_end_and_is_not_dealt_out_again() -> None:
    made = Yard()
    made.resource("crew", 3)
    made.add("a", 9.0, teams=("crew", 1, 3, 3, 3)).add("b", 2.0, teams=("crew", 1, 1, 1, 1))
    site = made.run(at(1.0, (0, -3)), at(10.0, (0, 1)))
    assert site.finish == {"a": 3.0, "b": 12.0}
    assert site.days("b") == {causes.CREW_WAIT: 10.0, causes.PLANNED: 2.0}


def test_a_team_of_four_leaves_whole_and_the_rest_serves_others() -> None:
    made = Yard()
    made.resource("crew", 8)
    made.add("a", 16.0, teams=("crew", 4, 1, 2, 2)).add("b", 6.0, teams=("crew", 3, 1, 1, 1), earliest=1.0)
    site = made.run(at(2.0, (0, -1)))
    assert site.spans("a") == [(0.0, 2), (2.0, 1)]
    assert (site.start["b"], site.finish["b"], site.finish["a"]) == (2.0, 8.0, 14.0)  # seven are left: four and three


# -- travel --------------------------------------------------------------------------------------


def test_a_crew_that_was_waited_for_travels_from_another_site() -> None:
    made = Yard(settings={"travel": 2.0, "places": [0, 1]})
    made.resource("crew", 1)
    made.add("here", 5.0, teams=("crew", 1, 1, 1, 1), block=0)
    made.add("there", 4.0, teams=("crew", 1, 1, 1, 1), block=1)
    made.add("there too", 3.0, teams=("crew", 1, 1, 1, 1), block=1)
    site = made.run()
    assert site.finish == {"here": 5.0, "there": 11.0, "there too": 14.0}
    assert site.days("there") == {causes.CREW_WAIT: 5.0, causes.TRAVEL: 2.0, causes.PLANNED: 4.0}
    adds_up(site, "there")


def test_teams_that_join_before_the_first_crew_has_arrived_do_no_work() -> None:
    made = Yard(settings={"travel": 3.0, "places": [0, 1]})
    made.resource("crew", 1)
    made.add("here", 2.0, teams=("crew", 1, 1, 1, 1), block=0)
    made.add("there", 6.0, teams=("crew", 1, 1, 2, 2), block=1)
    site = made.run(at(3.0, (0, 1)))
    assert site.finish["there"] == 8.0  # from day 5 on, two teams
    adds_up(site, "there")


# -- a pace that changes -------------------------------------------------------------------------


def test_a_pace_by_week_and_its_parts() -> None:
    made = Yard(calendars=[EVERY_DAY], output=[(1.0, 1.0)])
    made.paces = paces(np.array([[[1.0], [1.0]], [[1.0], [0.5]], [[1.0], [1.5]], [[1.0], [0.8]]]), np.zeros((2, 1)))
    made.resource("crew", 1)
    made.add("a", 10.0, teams=("crew", 1, 1, 1, 1), pool=0, calendar=0)
    site = made.run()
    # Seven days of work in the first week; then 0.5 x 1.5 x 0.8 = 0.6 a day, so three more take five days.
    assert site.finish["a"] == pytest.approx(12.0)
    # Of twelve days 7 + 2.5 are left by skill, 7 + 3.75 by overtime, 7 + 3 by rework.
    assert site.days("a") == pytest.approx(
        {causes.PLANNED: 10.0, causes.SKILL: 2.5, causes.FATIGUE: -1.25, causes.REWORK: 0.75}
    )


def test_what_earlier_halls_have_taught_is_a_gain() -> None:
    made = Yard(calendars=[EVERY_DAY], output=[(1.0, 1.0)])
    made.resource("crew", 1)
    made.add("a", 10.0, teams=("crew", 1, 1, 1, 1), pool=0, calendar=0, learning=1.25)
    site = made.run()
    assert site.finish["a"] == 8.0
    assert site.days("a") == pytest.approx({causes.PLANNED: 10.0, causes.SKILL: -2.0})


# -- stacking ------------------------------------------------------------------------------------


def test_trades_that_stack_up_in_a_hall_slow_each_other() -> None:
    made = Yard(calendars=[EVERY_DAY], settings={"stacking": 0.5, "planned_busy": [1]})
    made.resource("crew", 2)
    made.add("a", 4.0, teams=("crew", 1, 1, 1, 1), block=0, calendar=0)
    made.add("b", 4.0, teams=("crew", 1, 1, 1, 1), block=0, calendar=0)
    made.add("c", 4.0, teams=("crew", 1, 1, 1, 1), block=0, calendar=0, after=["b"])
    site = made.run()
    # Two at once where the programme has one: both at half pace, till day 8. Then c is alone.
    assert site.finish == {"a": 8.0, "b": 8.0, "c": 12.0}
    assert site.days("b") == pytest.approx({causes.PLANNED: 4.0, causes.CROWDING: 4.0})


@pytest.mark.parametrize(("working", "factor"), [(1, 1.0), (4, 1.0), (5, 0.95), (6, 0.9), (8, 0.8), (12, 0.8)])
def test_trades_stack_up_to_twice_the_programmes_number(working: int, factor: float) -> None:
    made = Yard(calendars=[EVERY_DAY], settings={"stacking": 0.2, "planned_busy": [4]})
    made.resource("crew", working)
    for number in range(working):
        made.add(f"a{number}", 8.0, teams=("crew", 1, 1, 1, 1), block=0, calendar=0)
    assert made.run().finish == pytest.approx({f"a{number}": 8.0 / factor for number in range(working)})


# -- defects and repairs -------------------------------------------------------------------------


def yard_with_a_test(luck: float, *, latent: float, crews: int = 1) -> Yard:
    """Ten team-days of eight hours each, 20 % spoiled where 10 % are usual; a test that fails with 30 %."""
    made = Yard(output=[(1.0, 1.0)], spoiled=[0.2], usual=0.1, failing=[9.0])
    made.resource("crew", crews)
    made.add("work", 10.0, teams=("crew", 1, 1, 1, 1), pool=0, hours=8.0, block=0)
    failure = Failure(causes.COMMISSIONING, made.value(0.3), made.value(luck), made.value(3.0), "again", -1, True, 0)
    made.add("test", 5.0, after=["work"], failures=[failure], block=0)
    made.retests["again"] = [3.0, 3.0, 3.0]
    if latent:
        made.add("repair", kind=REPAIR, teams=("crew", 1, 1, 1, 1), pool=0, hours=8.0, block=0, gates=[NEVER], key=0.5)
        made.settings = {"latent": latent, "found": 0.5, "repairs": {(0, 0): made.numbers["repair"]}}
    return made


@pytest.mark.parametrize(("luck", "failures"), [(0.61, 0), (0.59, 1), (0.35, 2)])
def test_defects_make_tests_fail(luck: float, failures: int) -> None:
    # Twice the usual defects: the chance is 60 %, that of two failures 36 %. The start's factor of 9 is not used.
    site = yard_with_a_test(luck, latent=0.0).run()
    assert site.finish["test"] == 15.0 + 3.0 * failures


def test_a_failed_test_sends_for_the_trade_and_is_taken_again() -> None:
    made = yard_with_a_test(0.35, latent=0.4)
    made.add("other", 3.0, after=["work"], teams=("crew", 1, 1, 1, 1), key=0.1)
    made.add("third", 4.0, after=["other"], teams=("crew", 1, 1, 1, 1), key=0.2)
    site = made.run()
    # 80 hours leave 0.4 x 0.2 x 80 = 6.4 undiscovered. The first failure, on day 15, finds half: 3.2 hours are 0.4
    # days, but the crew is elsewhere till day 17. Retest till 20.4. The second finds 1.6 hours: 0.2 days, and a retest.
    assert site.finish["test"] == pytest.approx(15 + 2 + 0.4 + 3 + 0.2 + 3)
    assert site.days("test") == pytest.approx(
        {causes.PLANNED: 15.0, causes.CREW_WAIT: 2.0, causes.REWORK: 0.6, causes.COMMISSIONING: 6.0}
    )
    adds_up(site, "test")
    assert [repair.hours for repair in site.world.works.mending.log] == pytest.approx([3.2, 1.6])
    assert site.world.works.mending.latent[0] == pytest.approx({0: 1.6})


def test_a_repair_that_is_not_needed_is_nothing_unfinished() -> None:
    assert yard_with_a_test(0.9, latent=0.4).run().world.unfinished() == []


def test_a_repair_that_waits_at_the_horizon_is_a_crew_wait() -> None:
    made = yard_with_a_test(0.35, latent=0.4)
    made.add("other", 100.0, after=["work"], teams=("crew", 1, 1, 1, 1), key=0.1)
    made.horizon = 40.0
    site = made.run()
    assert site.days("test") == pytest.approx({causes.PLANNED: 15.0, causes.CREW_WAIT: 25.0})
    names = {site.world.network.names[number]: reason for number, reason in site.world.unfinished()}
    assert names == {"test": "its own end", "repair": "crew", "other": "its own end"}
