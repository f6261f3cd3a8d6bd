"""The tables of labour, read off a replication: people, craft-hours and cost by market, trade and week."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any

import numpy as np

from buildsim.domain.labour import MILLI, Dispatch, Lever, OvertimeWeeks, Stagger, Training, Travellers, Workforce
from buildsim.domain.labour.overtime import NORMAL_HOURS
from buildsim.program.program import Program
from buildsim.run.outcome import Outcome
from buildsim.run.stints import Array, Asked, Stints, stints, travelling, waiting
from buildsim.units import DAYS_PER_WEEK

WORKDAYS = 5.0
"""Days of a week for which people are paid who are paid whether or not there is work."""
LOSSES = ("lost_weather", "lost_absence", "lost_skill", "lost_fatigue", "lost_rework", "lost_crowding")
"""Where craft-hours go that are not earned, in the order in which they are lost."""


@dataclass(frozen=True, slots=True)
class Hours:
    """Craft-hours of each stint: spent, and what became of them; spent = earned + mended + the losses."""

    spent: Array
    overtime: Array
    """Of those spent, the ones over 40 a week."""
    earned: Array
    """At normal productivity."""
    mended: Array
    """Spent well, but on repairs."""
    lost: dict[str, Array]


@dataclass(frozen=True)
class Labour:
    """The labour of a replication."""

    program: Program
    outcome: Outcome
    done: Stints
    hours: Hours

    @classmethod
    def of(cls, program: Program, outcome: Outcome) -> "Labour":
        """Read it off a replication that has run."""
        done = stints(program, outcome)
        return cls(program, outcome, done, hours_of(outcome, done))

    @property
    def shape(self) -> tuple[int, int]:
        """(weeks, pools)."""
        weeks, pools = self.outcome.people.path.workers.shape
        return weeks, pools

    @property
    def levers(self) -> tuple[Lever, ...]:
        """The levers that act."""
        return () if self.outcome.people.normal else self.program.levers

    def total(self, values: Array, of: Stints | Asked | None = None) -> Array:
        """Return the sum of what each stint has, (weeks, pools)."""
        at, (weeks, pools) = of or self.done, self.shape
        return np.bincount(at.week * pools + at.pool, values, weeks * pools)[: weeks * pools].reshape(self.shape)

    @cached_property
    def worked(self) -> Array:
        """Whether a pool has work to do in a week or later, (weeks, pools)."""
        weeks, pools = self.shape
        last = np.full(pools, -1)
        np.maximum.at(last, self.done.pool, self.done.week)
        found: Array = np.arange(weeks)[:, np.newaxis] <= last
        return found

    @cached_property
    def items(self) -> dict[str, Array]:
        """What labour costs by item, each (weeks, pools) [USD]."""
        return items_of(self)

    @cached_property
    def span(self) -> Array:
        """The share of each week that lies before the horizon, (weeks, 1)."""
        begins = DAYS_PER_WEEK * np.arange(self.shape[0])
        found: Array = np.clip((self.program.days - begins) / DAYS_PER_WEEK, 0.0, 1.0)[:, np.newaxis]
        return found


def labour_rows(labour: Labour) -> list[tuple[Any, ...]]:
    """Return the rows of the table `labour`: each pool in each week up to its last work."""
    program, outcome, done, hours = labour.program, labour.outcome, labour.done, labour.hours
    if not program.pools:
        return []
    asked, moving, path = waiting(program, outcome), travelling(program, outcome), outcome.people.path
    days = np.maximum(labour.span * DAYS_PER_WEEK, 1e-9)
    columns = [
        outcome.people.workforce.levels(path) / MILLI,
        path.workers,
        path.workers * path.experienced,
        path.workers * path.licensed,
        path.flows.hired + path.flows.arrived,
        path.flows.left + path.flows.retired + path.flows.departed,
        labour.total(done.people * done.days) / days,
        labour.total(moving.people * moving.days, moving) / days,
        labour.total(asked.people * asked.days, asked) / days,
        *_factors(outcome, program.actual.entries),
        *(labour.total(one) for one in (hours.spent, hours.overtime, hours.earned, hours.mended)),
        *(labour.total(hours.lost[name]) for name in LOSSES),
        np.sum(list(labour.items.values()), axis=0),
    ]
    table, shown = np.stack(columns, axis=-1).tolist(), labour.worked & (labour.span > 0.0)
    return [
        (outcome.replication, of.market, of.trade, DAYS_PER_WEEK * week, *table[week][pool])
        for pool, of in enumerate(program.pools)
        for week in np.flatnonzero(shown[:, pool]).tolist()
    ]


def hours_of(outcome: Outcome, done: Stints) -> Hours:
    """Return what became of the craft-hours of each stint: a factor f takes 1 - f of what those before it have left."""
    absence, skill, overtime, rework = (one[done.week, done.entry] for one in outcome.people.factors)
    longer = outcome.people.workforce.hours[done.week, done.pool] / NORMAL_HOURS
    spent = done.hours * done.dry * longer
    weather = np.divide(done.wet, done.dry, out=np.ones_like(done.dry), where=done.dry > 0.0)
    left, lost = spent, {}
    chain = zip(
        LOSSES, (weather, absence, skill * done.learning, overtime / longer, rework, done.crowding), strict=True
    )
    for name, factor in chain:
        lost[name] = left * (1.0 - factor)
        left = left * factor
    return Hours(spent, spent * (1.0 - 1.0 / longer), left * (1.0 - done.repair), left * done.repair, lost)


def _factors(outcome: Outcome, entries: Sequence[int]) -> list[Array]:
    """The factors on output of each pool, each (weeks, pools); 1 where nobody of a pool works."""
    found = [np.ones_like(outcome.people.path.workers) for _ in range(4)]
    for stage, values in enumerate(outcome.people.factors):
        for entry, pool in enumerate(entries):
            found[stage][:, pool] = values[:, entry]
    return found


# -- cost -----------------------------------------------------------------------------------------


def cost_rows(labour: Labour) -> list[tuple[Any, ...]]:
    """Return the rows of the table `costs`: what labour and levers cost, by market, trade and item."""
    program, replication = labour.program, labour.outcome.replication
    items = labour.items if program.pools else {}
    rows = [
        (replication, pool.market, pool.trade, item, float(usd))
        for item, table in items.items()
        for pool, usd in zip(program.pools, table.sum(axis=0), strict=True)
        if usd and not isnan(usd)
    ]
    fixed = [(lever.kind, lever.cost) for lever in labour.levers if isinstance(lever, Dispatch | Stagger)]
    rows += [(replication, "", "", kind, cost) for kind, cost in fixed if cost]
    return rows + _transfers(labour)


def _transfers(labour: Labour) -> list[tuple[Any, ...]]:
    """What the transfers cost, whether or not those who are moved find work."""
    people, rows = labour.outcome.people, []
    for move, workers in zip(people.workforce.pulled.moves, people.path.moved, strict=True):
        pool = labour.program.pools[move.target]
        if workers and move.per_head:
            cost = workers * move.per_head
            rows.append((labour.outcome.replication, pool.market, pool.trade, "transfer", cost))
    return rows


def items_of(labour: Labour) -> dict[str, Array]:
    """Return what labour costs by item, each (weeks, pools) [USD].

    Travellers and people transferred are paid for the planned week; of the others those at work, in proportion. Nothing
    is paid for a pool beyond its last work.
    """
    done, hours, force, path = labour.done, labour.hours, labour.outcome.people.workforce, labour.outcome.people.path
    wage = np.array([pool.wage for pool in labour.program.pools])
    shift = np.array([pool.shift for pool in labour.program.pools])
    kept = path.travellers + path.flows.transferred
    there = np.divide(kept, path.workers, out=np.zeros(labour.shape), where=path.workers > 0.0).clip(0.0, 1.0)
    longer = force.hours / NORMAL_HOURS
    week = shift * WORKDAYS * longer * labour.span * labour.worked
    paid = labour.total(hours.spent) * (1.0 - there) + kept * week
    over = labour.total(hours.overtime) * (1.0 - there) + kept * week * (1.0 - 1.0 / longer)
    items = {
        "wages": paid * wage,
        "overtime premium": over * wage * _overtime_premium(labour),
        "shift differential": labour.total(hours.spent * done.late) * wage,
        "wage premium": paid * wage * force.premium,
        "prefabrication": labour.total(hours.earned / done.hours * done.shop),
    }
    return items | {name: usd * labour.worked for name, usd in _of_levers(labour, week * wage).items()}


def _overtime_premium(labour: Labour) -> Array:
    """The premium of the lever whose hours count, (weeks, pools)."""
    force, premium = labour.outcome.people.workforce, np.zeros(labour.shape)
    longest = np.full(labour.shape, NORMAL_HOURS)
    for lever in labour.levers:
        if isinstance(lever, OvertimeWeeks):
            hours = lever.hours_by_week(force.start, force.last)
            for pool, name in enumerate(force.names):
                if lever.acts_on(*name):
                    premium[:, pool] = np.where(hours > longest[:, pool], lever.premium, premium[:, pool])
                    longest[:, pool] = np.maximum(hours, longest[:, pool])
    return premium


def _of_levers(labour: Labour, week_pay: Array) -> dict[str, Array]:
    """What travellers and courses cost besides, each (weeks, pools); `week_pay` is a worker's week [USD]."""
    people, stay = labour.outcome.people, labour.span[:, 0]
    force, path = people.workforce, people.path
    names = ("travellers' premium", "per diem", "mobilisation", "training")
    found = {name: np.zeros(labour.shape) for name in names}
    for lever in labour.levers:
        for pool, name in enumerate(force.names):
            if isinstance(lever, Travellers) and lever.acts_on(*name):
                there = lever.on_hand(force.start, force.last)
                found["travellers' premium"][:, pool] += there * week_pay[:, pool] * lever.premium
                found["per diem"][:, pool] += there * lever.per_diem * DAYS_PER_WEEK * stay
                found["mobilisation"][:, pool] += np.maximum(np.diff(there, prepend=0.0), 0.0) * lever.per_head
            elif isinstance(lever, Training) and lever.acts_on(*name):
                trained = _classes(lever, force)[:, pool] * path.flows.trained[:, pool]
                found["training"][:, pool] += trained * lever.per_head / lever.takes
    return found


def _classes(lever: Training, force: Workforce) -> Array:
    """The part of those who end a course in each week that a lever has sent, (weeks, pools)."""
    asked, planned = lever.rate_by_week(force.start, force.last)[:, np.newaxis], force.pulled.trained
    if planned is None:
        return np.zeros_like(force.hours)
    return np.divide(asked, planned, out=np.zeros_like(planned), where=planned > 0.0)
