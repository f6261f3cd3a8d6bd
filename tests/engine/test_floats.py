"""As-built float: worked by hand, by running again with a longer or later activity, and along the driving path."""

from collections.abc import Generator
from math import inf, isnan

import numpy as np
import pytest
from simpy.events import Event

import buildsim as bs
from buildsim.engine.account import Segment
from buildsim.engine.causes import LAG
from buildsim.engine.floats import Floats, end_of_work, floats
from buildsim.engine.network import Failure, Gate
from buildsim.engine.world import World
from buildsim.run.replication import Replicator
from tests.engine.yard import WEEK, Site, Yard

PERMIT = ("permit", "hall")


def found(site: Site, *targets: str) -> Floats:
    return floats(site.world, [site.numbers[target] for target in targets])


def starts(site: Site, *targets: str) -> dict[str, float]:
    days = found(site, *targets).start
    return {name: days[number] for name, number in site.numbers.items()}


def later(world: World, day: float) -> None:
    """A permit that comes on a day."""

    def come() -> Generator[Event, object, None]:
        yield world.clock.until(day)
        world.note(PERMIT)

    world.clock.process(come())


def growing(world: World, day: float, amount: int) -> None:
    def grow() -> Generator[Event, object, None]:
        yield world.clock.until(day)
        world.grow(0, amount)

    world.clock.process(grow())


# -- dependences -----------------------------------------------------------------------------------


def test_the_shorter_of_two_chains_has_the_difference() -> None:
    made = Yard().add("a", 4.0).add("b", 6.0, after=["a"]).add("c", 3.0).add("d", 4.0, after=["c"])
    site = made.add("live", after=["b", "d"]).run()
    assert starts(site, "live") == {"a": 0.0, "b": 0.0, "c": 3.0, "d": 3.0, "live": 0.0}


def test_lags_and_all_four_ties() -> None:
    made = Yard().add("a", 10.0).add("ss", 2.0, after=[("a", "SS", 4.0)]).add("fs", 1.0, after=[("a", "FS", 2.0)])
    made.add("ff", 1.0, after=[("a", "FF", 5.0)]).add("sf", 1.0, after=[("a", "SF", 9.0)])
    site = made.add("live", after=["ss", "fs", "ff", "sf"]).run()
    assert site.finish == {"a": 10.0, "ss": 6.0, "fs": 13.0, "ff": 15.0, "sf": 9.0, "live": 15.0}
    days = found(site, "live")
    assert days.finish == [0.0, 9.0, 2.0, 0.0, 6.0, 0.0]
    assert days.end == [0.0, 9.0, 2.0, 14.0, 14.0, 0.0]
    assert days.start == [0.0, 9.0, 2.0, 14.0, 14.0, 0.0]


def test_a_start_link_binds_the_start_alone() -> None:
    made = Yard().add("a", 10.0).add("b", 20.0, after=[("a", "SS", 4.0)])
    site = made.add("live", after=["a", "b"]).run()
    days = found(site, "live")
    assert (days.start[0], days.end[0], days.finish[0]) == (0.0, 14.0, 14.0)


def test_a_lag_in_working_days_has_the_gap_as_it_happened() -> None:
    """From Thursday evening two working days reach to Monday evening (day 8), elapsed: the other one ends on day 9."""
    made = Yard(calendars=[WEEK]).add("a", 4.0, calendar=0).add("b", 9.0)
    site = made.add("live", after=[("a", "FS", 2.0, 0), "b"]).run()
    assert starts(site, "live") == {"a": 1.0, "b": 0.0, "live": 0.0}


def test_a_wait_for_the_next_shift_is_no_float() -> None:
    site = Yard(calendars=[WEEK]).add("a", 5.5).add("b", 1.0, after=["a"], calendar=0).run()
    assert site.finish["b"] == 8.0
    assert starts(site, "b") == {"a": 0.0, "b": 0.0}


def test_a_retest_is_part_of_the_work() -> None:
    made = Yard()
    failure = Failure("commissioning failure", made.value(0.5), made.value(0.3), made.value(4.0), "again", -1, True)
    made.add("a", 3.0, failures=[failure]).add("b", 9.0)
    assert starts(made.add("live", after=["a", "b"]).run(), "live") == {"a": 2.0, "b": 0.0, "live": 0.0}


def test_facts_and_dates_stand_where_they_stood() -> None:
    made = Yard().add("a", 4.0).add("b", 1.0, after=["a"], gates=[Gate(PERMIT, "permit or opposition")])
    made.facts = [(PERMIT, 1)]
    site = made.add("c", 2.0, after=["b"], earliest=20.0).run(lambda world: later(world, 9.0))
    assert site.start == {"a": 0.0, "b": 9.0, "c": 20.0}
    assert starts(site, "c") == {"a": 15.0, "b": 10.0, "c": 0.0}


def test_a_delivery_that_came_last_binds_and_the_others_have_the_wait() -> None:
    made = Yard().add("order", 30.0, kind="procurement").add("a", 12.0)
    site = made.add("b", 5.0, after=["a", "order"], suppliers=["order"]).run()
    assert starts(site, "b") == {"order": 0.0, "a": 18.0, "b": 0.0}


# -- handovers -------------------------------------------------------------------------------------


def test_two_that_share_a_crew_bind_one_another_and_the_wait_is_float_of_what_came_before() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.add("holder", 9.0, uses={"crew": 1}).add("before", 4.0).add("a", 2.0, uses={"crew": 1}, after=["before"])
    assert starts(made.run(), "a") == {"holder": 0.0, "before": 5.0, "a": 0.0}


def test_who_waited_for_two_things_is_bound_by_both_holders() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.resource("agents", 1, "agents")
    made.add("one", 5.0, uses={"crew": 1}).add("two", 8.0, uses={"agents": 1})
    site = made.add("a", 1.0, uses={"crew": 1, "agents": 1}).run()
    assert starts(site, "a") == {"one": 3.0, "two": 0.0, "a": 0.0}


def test_crews_are_given_back_at_the_end_of_work_and_a_finish_link_holds_nobody() -> None:
    made = Yard()
    made.resource("crew", 2)
    made.add("long", 20.0).add("a", 6.0, teams=("crew", 1, 2, 2, 2), after=[("long", "FF")])
    site = made.add("b", 10.0, teams=("crew", 1, 2, 2, 2)).add("live", after=["a", "b"]).run()
    assert (site.work_end["a"], site.finish["a"], site.start["b"], site.finish["live"]) == (3.0, 20.0, 3.0, 20.0)
    days = found(site, "live")
    assert (days.start[1], days.end[1], days.finish[1]) == (12.0, 12.0, 0.0), "b could start 12 days later"
    alone = found(site, "b")
    assert (alone.end[1], alone.finish[1]) == (0.0, inf)


def test_capacity_that_grew_binds_nobody() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.add("before", 2.0).add("a", 3.0, uses={"crew": 2}, after=["before"])
    assert starts(made.run(lambda world: growing(world, 7.0, 1)), "a") == {"before": 5.0, "a": 0.0}


# -- targets ---------------------------------------------------------------------------------------


def test_of_several_targets_the_last_counts() -> None:
    site = Yard().add("a", 4.0).add("b", 9.0, after=["a"]).add("c", 3.0).add("d", 3.0, after=["c"]).run()
    assert found(site, "b", "d").last == 13.0
    assert starts(site, "b", "d") == {"a": 0.0, "b": 0.0, "c": 7.0, "d": 7.0}
    assert starts(site, "d") == {"a": inf, "b": inf, "c": 0.0, "d": 0.0}


def test_a_tie_leaves_no_float_to_either() -> None:
    site = Yard().add("a", 5.0).add("b", 5.0).add("c", 1.0, after=["a", "b"]).run()
    assert starts(site, "c") == {"a": 0.0, "b": 0.0, "c": 0.0}


def test_what_never_finishes_binds_nothing_and_without_a_go_live_there_is_no_float() -> None:
    made = Yard(horizon=10.0).add("a", 4.0).add("endless", 50.0, after=["a"]).add("b", 2.0, after=["a"])
    made.add("c", 1.0, after=["endless"]).add("slow", 8.0)
    site = made.add("live", after=["b", "slow"]).run()
    days = starts(site, "live")
    assert days == {"a": 2.0, "endless": inf, "b": 2.0, "c": inf, "slow": 0.0, "live": 0.0}
    for targets in (("c",), ("live", "c")):
        none = found(site, *targets)
        assert isnan(none.last)
        assert all(isnan(day) for day in (*none.start, *none.end, *none.finish))


# -- by running again ------------------------------------------------------------------------------


def random_yard(seed: int, longer: tuple[int, float] = (-1, 0.0), later: tuple[int, float] = (-1, 0.0)) -> Yard:
    """Twenty activities with all kinds of links; one may be made longer, or be held until a day."""
    rng = np.random.default_rng(seed)
    made = Yard()
    for number in range(20):
        links = [
            (f"a{before}", str(rng.choice(["FS", "SS", "FF", "SF"])), float(rng.integers(0, 6)))
            for before in rng.choice(number, size=min(number, int(rng.integers(0, 4))), replace=False)
        ]
        length = float(rng.integers(1, 12)) + (longer[1] if longer[0] == number else 0.0)
        made.add(f"a{number}", length, after=links, earliest=later[1] if later[0] == number else 0.0)
    return made


@pytest.mark.parametrize("seed", range(6))
def test_running_again_with_a_longer_or_later_activity_moves_the_end_by_what_exceeds_the_float(seed: int) -> None:
    """Without anything scarce that is exact: the end moves by days - float, and not at all below it."""
    names = [f"a{number}" for number in range(20)]
    site = random_yard(seed).run()
    days, last = found(site, *names), max(site.finish.values())
    for number, name in enumerate(names):
        for extra in (0.5, 3.0, 11.0):
            longer = random_yard(seed, longer=(number, extra)).run()
            assert max(longer.finish.values()) == pytest.approx(last + max(0.0, extra - days.end[number]))
            held = random_yard(seed, later=(number, site.start[name] + extra)).run()
            assert max(held.finish.values()) == pytest.approx(last + max(0.0, extra - days.start[number]))
    assert len({round(day, 6) for day in days.start}) > 3


# -- the driving path ------------------------------------------------------------------------------


def path_floats(world: World, days: Floats, path: list[Segment]) -> list[tuple[float, float]]:
    """For each segment of a path the float of the moment that it goes over, and the waits charged after it [days].

    A wait is charged, and not followed into a job, where it is for a delivery, a fact, a date or new capacity.
    """
    rows, charged = [], 0.0
    for place in range(len(path) - 1, -1, -1):
        one = path[place]
        end, begin = end_of_work(world, one.activity), world.works.start[one.activity]
        after = one.begin >= end - 1e-9 or (one.cause == LAG and one.end > end + 1e-9)
        before = one.begin < begin - 1e-9 and not after
        rows.append((days.finish[one.activity] if after else days.start[one.activity], charged))
        if before or (after and place and path[place - 1].activity == one.activity):
            charged += one.end - one.begin
    return rows


@pytest.mark.parametrize("model", ["one-hall", "two-sites"])
def test_on_the_driving_path_the_float_is_that_of_the_charged_waits_at_most(model: str) -> None:
    replicator = Replicator(bs.load(model), seed=1, replications=30)
    checked = free = 0
    for replication in range(30):
        outcome = replicator.replicate(replication)
        for site, path in outcome.driving.items():
            targets = [block.live for block in replicator.program.blocks if block.site == site]
            days = floats(outcome.world, targets)
            if isnan(days.last):
                continue
            assert min(days.start) == 0.0
            for slack, charged in path_floats(outcome.world, days, path):
                assert -1e-9 <= slack <= charged + 1e-6
                checked, free = checked + 1, free + (charged == 0.0)
    assert checked > 300
    assert free > checked / 3
