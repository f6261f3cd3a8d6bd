"""The labour table of a replication: people and craft-hours by market, trade and month, read off the works."""

from bisect import bisect_right
from collections import defaultdict
from typing import Any

from buildsim.domain.labour import MILLI, MONTH
from buildsim.program.program import Program
from buildsim.run.outcome import Outcome


def labour_rows(program: Program, outcome: Outcome) -> list[tuple[Any, ...]]:
    """Return (replication, market, trade, month, workers, worked, capacity) for each month with people in a pool.

    Months are twelfths of 365.25 days from the start. Capacity counts the working days of the first declared calendar.
    """
    worked = _worked(program, outcome)
    arrivals: dict[int, list[tuple[float, int]]] = defaultdict(list)
    for day, resource, amount in outcome.world.records["capacity"]:
        arrivals[resource].append((day, amount))
    rows: list[tuple[Any, ...]] = []
    calendar = program.dry[0] if program.dry else None
    for pool in program.pools:
        hours = worked.get(pool.resource, {})
        for month in range(max(hours, default=-1) + 1):
            begin, end = month * MONTH, min(program.days, (month + 1) * MONTH)
            people = _mean(program.actual.capacity[pool.resource], arrivals[pool.resource], begin, end) / MILLI
            days = calendar.worked(end) - calendar.worked(begin) if calendar else end - begin
            capacity = people * pool.shift * days
            rows.append((outcome.replication, pool.market, pool.trade, begin, people, hours.get(month, 0.0), capacity))
    return rows


def _worked(program: Program, outcome: Outcome) -> dict[int, dict[int, float]]:
    """Return the craft-hours worked, by resource and month; retests and idle teams are not counted."""
    works, network = outcome.world.works, program.network
    shift = {pool.resource: pool.shift for pool in program.pools}
    hours: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for activity, spans in works.spans.items():
        crews = network.crews[activity]
        if crews is None:
            continue
        calendar = outcome.world.conditions.calendars[network.calendar[activity]]
        setbacks = works.setbacks.get(activity)
        end = setbacks[0][0] if setbacks else works.work_end[activity]
        stop = end if end <= program.days else program.days
        for place, (begin, teams) in enumerate(spans):
            until = spans[place + 1][0] if place + 1 < len(spans) else stop
            for month in range(int(begin / MONTH), int(until / MONTH) + 1):
                since, till = max(begin, month * MONTH), min(until, (month + 1) * MONTH)
                if till > since:
                    days = calendar.worked(till) - calendar.worked(since)
                    for resource, amount in crews.team:
                        hours[resource][month] += days * teams * amount / MILLI * shift[resource]
    return hours


def _mean(level: int, arrivals: list[tuple[float, int]], begin: float, end: float) -> float:
    """Return the mean of a level that grows by (day, amount) over [begin, end]."""
    times = [day for day, _ in arrivals]
    there = level + sum(amount for _, amount in arrivals[: bisect_right(times, begin)])
    total, since = 0.0, begin
    for day, amount in arrivals[bisect_right(times, begin) : bisect_right(times, end)]:
        total += there * (day - since)
        there, since = there + amount, day
    return (total + there * (end - since)) / (end - begin)
