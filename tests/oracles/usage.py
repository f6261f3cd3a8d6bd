"""Who held how much of what, and when: put together from what a replication left behind, apart from the foreman."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

from buildsim.run.outcome import Outcome


@dataclass
class Holding:
    """An activity that held an amount of a resource over [begin, end)."""

    resource: int
    amount: int
    begin: float
    end: float


def holdings(outcome: Outcome) -> list[Holding]:
    """Every holding of a replication; what is held at the horizon is held for ever."""
    works, network = outcome.world.works, outcome.world.network
    found = []
    for activity in range(network.count):
        begin = works.start[activity]
        if begin != begin:
            continue
        end = works.work_end[activity]
        if end != end:  # an activity without teams and links to its finish has no end of work apart from its finish
            end = works.finish[activity]
        if end != end:
            end = float("inf")
        crews = network.crews[activity]
        for resource, amount in network.need[activity] if crews is None else network.hold[activity]:
            found.append(Holding(resource, amount, begin, float("inf") if network.keeps[activity] else end))
        if crews is not None:
            spans = works.spans[activity]
            bounds = [since for since, _ in spans[1:]] + [end]
            for (since, teams), till in zip(spans, bounds, strict=True):
                found += [Holding(resource, amount * teams, since, till) for resource, amount in crews.team]
    return found


def levels(outcome: Outcome, capacity: list[int]) -> Iterator[tuple[float, dict[int, int], dict[int, int]]]:
    """At each instant at which something changes: (moment, held, there is), after all that happens in it."""
    changes: dict[float, list[tuple[int, int, int]]] = defaultdict(list)
    for one in holdings(outcome):
        changes[one.begin].append((one.resource, one.amount, 0))
        changes[one.end].append((one.resource, -one.amount, 0))
    for day, resource, amount in outcome.world.records["capacity"]:
        changes[float(day)].append((int(resource), 0, int(amount)))  # type: ignore[arg-type, call-overload]
    held, there = defaultdict(int), defaultdict(int, enumerate(capacity))
    for moment in sorted(changes):
        for resource, taken, grown in changes[moment]:
            held[resource] += taken
            there[resource] += grown
        yield moment, held, there
