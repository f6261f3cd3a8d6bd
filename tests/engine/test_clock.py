"""The order of what happens within one instant: completions, then dealing out, then deadlines; equals as declared."""

from collections.abc import Generator

import pytest
import simpy
from simpy.events import Event

from buildsim.engine.clock import COMPLETION, DEADLINE, DEALING, Clock, cancel
from buildsim.engine.world import World
from tests.engine.yard import Yard

Log = list[tuple[str, float]]


def noting(log: Log, clock: Clock, name: str, moment: float, priority: int) -> None:
    clock.appoint(moment, [lambda _: log.append((name, clock.now))], priority=priority)


def test_within_an_instant_completions_come_before_dealing_before_deadlines() -> None:
    clock, log = Clock(), []
    for name, priority in (("deadline", DEADLINE), ("dealing", DEALING), ("completion", COMPLETION)):
        noting(log, clock, name, 5.0, priority)
    noting(log, clock, "earlier deadline", 4.0, DEADLINE)
    clock.run_to(10.0)
    assert log == [("earlier deadline", 4.0), ("completion", 5.0), ("dealing", 5.0), ("deadline", 5.0)]


def test_equals_go_in_the_order_in_which_they_were_scheduled() -> None:
    clock, log = Clock(), []
    for number in (3, 1, 2):
        noting(log, clock, str(number), 2.0, COMPLETION)
    clock.run_to(10.0)
    assert log == [("3", 2.0), ("1", 2.0), ("2", 2.0)]


def test_what_completes_because_of_dealing_still_comes_before_the_deadline() -> None:
    clock, log = Clock(), []

    def deal(_: Event) -> None:
        log.append(("dealing", clock.now))
        if len(log) < 4:  # whoever is served finishes at once, and there is another round
            noting(log, clock, "completion", clock.now, COMPLETION)
            clock.appoint(clock.now, [deal], priority=DEALING)

    noting(log, clock, "deadline", 1.0, DEADLINE)
    clock.appoint(1.0, [deal], priority=DEALING)
    clock.run_to(1.0)
    assert [name for name, _ in log] == ["dealing", "completion", "dealing", "completion", "dealing", "deadline"]


def test_what_falls_on_the_horizon_still_happens_and_nothing_after_it() -> None:
    clock, log = Clock(), []
    for moment in (10.0, 10.000001, 9.0):
        noting(log, clock, "deadline", moment, DEADLINE)
    clock.run_to(10.0)
    assert log == [("deadline", 9.0), ("deadline", 10.0)]


def test_a_cancelled_appointment_does_nothing_and_leaves_others_alone() -> None:
    clock, log = Clock(), []
    callbacks = [lambda _: log.append(("shared", clock.now))]
    first = clock.appoint(1.0, callbacks)
    clock.appoint(2.0, callbacks)
    cancel(first)
    clock.run_to(10.0)
    assert log == [("shared", 2.0)]


def test_a_process_that_fails_is_not_silent() -> None:
    clock = Clock()

    def broken() -> Generator[Event, object, None]:
        yield clock.until(1.0)
        raise ValueError("a broken crane")

    clock.process(broken())
    with pytest.raises(ValueError, match="a broken crane"):
        clock.run_to(10.0)


def test_a_wait_for_the_past_is_over_at_once() -> None:
    clock, log = Clock(), []

    def late() -> Generator[Event, object, None]:
        yield clock.until(3.0)
        yield clock.until(1.0)
        log.append(("late", clock.now))

    clock.process(late())
    clock.run_to(10.0)
    assert log == [("late", 3.0)]


def test_it_is_a_simpy_environment() -> None:
    clock, log = Clock(), []

    def timer() -> Generator[Event, object, None]:
        yield clock.timeout(1.5)
        long, short = clock.timeout(5.0), clock.until(4.0)
        yield long | short
        log.append((f"{long.processed} {short.processed}", clock.now))

    clock.process(timer())
    clock.run_to(10.0)
    assert isinstance(clock, simpy.Environment)
    assert log == [("False True", 4.0)]


# -- facts -----------------------------------------------------------------------------------------


def milestones(world: World, length: int, log: Log) -> None:
    """Milestone n waits for milestone n - 1 and is noted at once."""

    def link(number: int) -> Generator[Event, object, None]:
        yield world.reached(("milestone", str(number - 1)))
        world.note(("milestone", str(number)))
        log.append((str(number), world.clock.now))

    for number in reversed(range(1, length + 1)):  # declared against the order in which they follow one another
        world.clock.process(link(number))


def in_time(world: World, fact: tuple[str, str], deadline: float, log: Log) -> None:
    def watch() -> Generator[Event, object, None]:
        done = world.reached(fact)
        yield done | world.clock.until(deadline, DEADLINE)
        log.append(("on time" if done.triggered else "late", world.clock.now))

    world.clock.process(watch())


@pytest.mark.parametrize("length", [1, 2, 25])
def test_a_chain_of_milestones_within_an_instant_is_on_time_on_its_due_date(length: int) -> None:
    log: Log = []
    verdict: Log = []
    yard = Yard().add("work", 30.0, announces=("milestone", "0"))
    yard.run(
        lambda world: in_time(world, ("milestone", str(length)), 30.0, verdict),
        lambda world: milestones(world, length, log),
    )
    assert log == [(str(number), 30.0) for number in range(1, length + 1)]
    assert verdict == [("on time", 30.0)]


def test_what_completes_after_the_deadline_is_late() -> None:
    verdict: Log = []
    yard = Yard().add("work", 30.0 + 1e-9, announces=("milestone", "0"))
    yard.run(lambda world: in_time(world, ("milestone", "0"), 30.0, verdict))
    assert verdict == [("late", 30.0)]


def test_a_crew_that_comes_free_at_the_deadline_can_still_meet_it() -> None:
    """Work without duration that waits for a crew: completion, dealing, completion, then the deadline."""
    verdict: Log = []
    yard = Yard()
    yard.resource("crew", 1)
    yard.add("first", 7.0, uses={"crew": 1}).add("second", 0.0, uses={"crew": 1})
    yard.add("third", 0.0, uses={"crew": 1}, after=["second"], announces=("milestone", "0"))
    site = yard.run(lambda world: in_time(world, ("milestone", "0"), 7.0, verdict))
    assert site.finish == {"first": 7.0, "second": 7.0, "third": 7.0}
    assert verdict == [("on time", 7.0)]


def test_a_fact_happens_once_and_keeps_its_day() -> None:
    log: Log = []

    def twice(world: World) -> Generator[Event, object, None]:
        yield world.clock.until(2.0)
        world.note(("permit", "a"))
        yield world.clock.until(4.0)
        world.note(("permit", "a"))
        yield world.reached(("permit", "a"))
        log.append(("again", world.clock.now))

    site = Yard().add("work", 1.0).run(lambda world: world.clock.process(twice(world)))
    assert site.world.facts[("permit", "a")] == 2.0
    assert log == [("again", 4.0)]


def test_two_who_wait_for_one_fact_are_both_told() -> None:
    log: Log = []

    def wait(world: World, name: str) -> Generator[Event, object, None]:
        yield world.reached(("live", "hall"))
        log.append((name, world.clock.now))

    yard = Yard().add("work", 3.0, announces=("live", "hall"))
    yard.run(lambda world: [world.clock.process(wait(world, name)) for name in ("b", "a")])
    assert log == [("b", 3.0), ("a", 3.0)]


def test_a_level_wakes_whoever_waits_for_its_next_change() -> None:
    log: Log = []

    def watch(world: World) -> Generator[Event, object, None]:
        while True:
            value = yield world.levels.changed(world.clock, "tightness")
            log.append((str(value), world.clock.now))

    def change(world: World) -> Generator[Event, object, None]:
        for day, value in ((1.0, 0.5), (2.0, 0.7), (2.0, 0.9)):
            yield world.clock.until(day)
            world.levels.set("tightness", value)

    site = (
        Yard()
        .add("work", 1.0)
        .run(lambda world: world.clock.process(watch(world)), lambda world: world.clock.process(change(world)))
    )
    assert site.world.levels.get("tightness") == 0.9
    assert site.world.levels.get("unheard of", 3.0) == 3.0
    assert log[0] == ("0.5", 1.0)
    assert log[-1][1] == 2.0


def test_a_run_that_ends_early_says_who_still_waits_for_what() -> None:
    yard = Yard(horizon=20.0)
    yard.resource("crew", 1)
    yard.add("long", 50.0, uses={"crew": 1}).add("crewless", 1.0, uses={"crew": 1})
    yard.add("after", 1.0, after=["crewless"]).add("dated", 1.0, earliest=30.0)
    yard.add("done but for long", 1.0, after=[("long", "FF")]).add("lagging", 1.0, after=[("dated", "SS", 1.0)])
    site = yard.run()
    names = {number: name for name, number in site.numbers.items()}
    assert [(names[number], why) for number, why in site.world.unfinished()] == [
        ("long", "its own end"),
        ("crewless", "crew"),
        ("after", "crewless"),
        ("dated", "its date"),
        ("done but for long", "long"),
        ("lagging", "dated"),
    ]
