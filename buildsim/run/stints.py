"""Stints: the crews of a replication at work, on the way and waiting, cut at the ends of weeks."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from buildsim.domain.labour import MILLI
from buildsim.engine.network import REPAIR
from buildsim.engine.works import Works
from buildsim.program.program import Program
from buildsim.run.outcome import Outcome
from buildsim.units import DAYS_PER_WEEK
from buildsim.worktime import WorkCalendar

Array = np.ndarray
Span = tuple[float, float, int, float]
"""(from, to, teams, stacking factor)."""


@dataclass(frozen=True, slots=True)
class Stints:
    """Crews at work: a row for each stretch of an activity within a week."""

    pool: Array
    """The pool, by its number in the workforce."""
    entry: Array
    """The productivity entry."""
    week: Array
    days: Array
    """Elapsed days."""
    dry: Array
    """Working days without weather."""
    wet: Array
    """Working days with the weather of the replication."""
    people: Array
    """Workers."""
    hours: Array
    """Craft-hours of all of them in a working day, at 40 hours a week."""
    crowding: Array
    """The factor for crowding and stacking."""
    learning: Array
    late: Array
    """What a second shift or rolling shifts cost beyond the wage, as a share of it."""
    shop: Array
    """What work done off site costs for a normal working day of theirs [USD]."""
    repair: Array
    """1 for mending, else 0."""


@dataclass(frozen=True, slots=True)
class Asked:
    """People who are on the way, or asked for by waiting work: a row for each stretch within a week."""

    pool: Array
    week: Array
    days: Array
    people: Array


def stints(program: Program, outcome: Outcome) -> Stints:
    """Return who worked on what in which week."""
    works, network = outcome.world.works, program.network
    pools = {pool.resource: number for number, pool in enumerate(program.pools)}
    rows: list[tuple[float, ...]] = []
    for activity, spans in _spans(works, program.days):
        crews, number = network.crews[activity], network.calendar[activity]
        if crews is None:
            continue
        resource, amount = crews.team[0]
        repair = float(network.kind[activity] == REPAIR)
        for begin, end, teams, density in spans:
            second = max(0, teams - crews.first_shift) / teams if crews.first_shift else 1.0
            late = crews.differential * second
            fit = crews.crowding[teams] * density
            rows.append(
                (begin, end, pools[resource], crews.pool, number, teams * amount / MILLI / crews.gangs,
                 teams * crews.hours, fit, crews.learning, late, teams * crews.shop, repair)
            )  # fmt: skip
    table = np.array(rows, dtype=np.float64).reshape(-1, 12)
    begins, ends, weeks, row = cut(table[:, 0], table[:, 1])
    pool, entry, calendar, people, hours, fit, learning, late, shop, repairs = table[row, 2:].T
    conditions = outcome.world.conditions
    return Stints(
        pool=pool.astype(np.intp),
        entry=entry.astype(np.intp),
        week=weeks,
        days=ends - begins,
        dry=_worked(conditions.dry, calendar, begins, ends),
        wet=_worked(conditions.calendars, calendar, begins, ends),
        people=people,
        hours=hours,
        crowding=fit,
        learning=learning,
        late=late,
        shop=shop,
        repair=repairs,
    )


def travelling(program: Program, outcome: Outcome) -> Asked:
    """Return the crews on the way from one site to another."""
    works = outcome.world.works
    return _asked(
        program,
        (
            (start, min(arrived, program.days), crews.team[0][0], crews.least * crews.team[0][1])
            for activity, start, arrived in _journeys(works)
            if (crews := program.network.crews[activity]) is not None
        ),
    )


def _journeys(works: Works) -> Iterator[tuple[int, float, float]]:
    """(activity, from, to) of each journey of a crew, those to repairs that are done too."""
    for activity, arrived in works.arrived.items():
        yield activity, works.start[activity], arrived
    for repair in works.mending.log:
        if repair.arrived > repair.begun:
            yield repair.activity, repair.begun, repair.arrived


def waiting(program: Program, outcome: Outcome) -> Asked:
    """Return the people that waiting work asked for: the least that it needs, as long as it lacks them."""
    return _asked(program, _lacks(program, outcome))


def _lacks(program: Program, outcome: Outcome) -> Iterator[tuple[float, float, int, float]]:
    works, foreman, network = outcome.world.works, outcome.world.foreman, program.network
    crews = {pool.resource for pool in program.pools}
    for activity, resource in enumerate(foreman.waits_for):
        ready, start = works.ready[activity], works.start[activity]
        end = start if start == start else program.days
        if resource < 0 or not end > ready:
            continue
        begin, need = ready, dict(network.need[activity])
        for till, before, _ in foreman.lacked.get(activity, ()):
            if before in crews:
                yield begin, till, before, need[before]
            begin = till
        if resource in crews:
            yield begin, end, resource, need[resource]


def _asked(program: Program, rows: Iterator[tuple[float, float, int, float]]) -> Asked:
    pools = {pool.resource: number for number, pool in enumerate(program.pools)}
    table = np.array([(begin, end, pools[resource], amount / MILLI) for begin, end, resource, amount in rows])
    table = table.reshape(-1, 4)
    begins, ends, weeks, row = cut(table[:, 0], table[:, 1])
    return Asked(table[row, 2].astype(np.intp), weeks, ends - begins, table[row, 3])


def cut(begins: Array, ends: Array) -> tuple[Array, Array, Array, Array]:
    """Cut stretches of time at the ends of weeks: begins, ends, weeks, and the row that each comes from."""
    first = np.floor(begins / DAYS_PER_WEEK).astype(np.intp)
    last = np.maximum(np.ceil(ends / DAYS_PER_WEEK).astype(np.intp) - 1, first)
    count = last - first + 1
    row = np.repeat(np.arange(len(begins)), count)
    weeks = first[row] + np.arange(len(row)) - np.repeat(np.cumsum(count) - count, count)
    since = np.maximum(begins[row], weeks * DAYS_PER_WEEK)
    till = np.minimum(ends[row], (weeks + 1) * DAYS_PER_WEEK)
    return since, till, weeks, row


def _spans(works: Works, horizon: float) -> Iterator[tuple[int, list[Span]]]:
    """The stretches of each activity at a number of teams, without travel and retests, and those of repairs done."""
    for activity, spans in works.spans.items():
        setbacks = works.setbacks.get(activity)
        end = setbacks[0][0] if setbacks else works.work_end[activity]
        end = end if end <= horizon else horizon
        densities = works.densities.get(activity) or [1.0] * len(spans)
        arrived = works.arrived.get(activity, 0.0)
        yield activity, _bounded(spans, densities, arrived, end)
    for repair in works.mending.log:
        yield repair.activity, _bounded(repair.spans, repair.densities, repair.arrived, min(repair.done, horizon))


def _bounded(spans: list[tuple[float, int]], densities: list[float], arrived: float, end: float) -> list[Span]:
    bounds = [since for since, _ in spans[1:]] + [end]
    return [
        (max(since, arrived), min(till, end), teams, density)
        for (since, teams), till, density in zip(spans, bounds, densities, strict=True)
        if min(till, end) > max(since, arrived)
    ]


def _worked(calendars: Sequence[WorkCalendar], numbers: Array, begins: Array, ends: Array) -> Array:
    """Return the working days in each stretch by the calendar of its row; -1: elapsed days."""
    days: Array = ends - begins
    for number in np.unique(numbers).astype(int):
        if number >= 0:
            here, total = numbers == number, np.array(calendars[number].cumulative)
            at = np.arange(len(total))
            days[here] = np.interp(ends[here], at, total) - np.interp(begins[here], at, total)
    return days
