"""The world of one replication: where the domains meet.

It offers facts (noted once each, and waited for), levels (named numbers with notice of change) and services (the
works and the foreman). Noting a fact writes it down and fires it in one step, so the log and the logic cannot disagree.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from simpy.events import Event

from buildsim.engine.clock import Clock
from buildsim.engine.conditions import Conditions
from buildsim.engine.foreman import Foreman
from buildsim.engine.network import REPAIR, Network
from buildsim.engine.priorities import Priorities
from buildsim.engine.works import Works

Fact = tuple[str, str]
"""Kind and key, for example ("live", "denton/h02")."""


@dataclass(slots=True)
class Span:
    """A stretch of a chain outside the works, by cause: what a wait for the chain's end is charged to."""

    begin: float
    end: float
    cause: str


@dataclass(slots=True)
class Levels:
    """Named numbers with notice of change."""

    values: dict[str, float] = field(default_factory=dict)
    _notices: dict[str, Event] = field(default_factory=dict)

    def get(self, name: str, default: float = 0.0) -> float:
        """Return a level's value."""
        return self.values.get(name, default)

    def set(self, name: str, value: float) -> None:
        """Change a level, and wake who waits for a change."""
        self.values[name] = value
        notice = self._notices.pop(name, None)
        if notice is not None:
            notice.succeed(value)

    def changed(self, clock: Clock, name: str) -> Event:
        """Return the event of the level's next change."""
        return self._notices.setdefault(name, clock.event())


class World:
    """One replication's clock, works, facts, levels and records."""

    def __init__(
        self,
        network: Network,
        priorities: Priorities,
        capacity: list[int],
        conditions: Conditions,
        waiters: Mapping[Fact, tuple[int, ...]],
        horizon: float,
    ) -> None:
        self.clock = Clock()
        self.horizon = horizon
        self.network = network
        self.conditions = conditions
        self.priorities = priorities
        self.foreman = Foreman(self.clock, network, list(priorities.ranks), capacity)
        self.works = Works(self.clock, network, self.foreman, conditions, self.note)
        self.levels = Levels()
        self.facts: dict[Fact, float] = {}
        """When each fact was noted [days]."""
        self.forgone: dict[Fact, float] = {}
        """Facts that will not come, and since when that is settled [days]: what needs one of them is not built."""
        self.history: dict[Fact, list[Span]] = defaultdict(list)
        """What the chain that leads to a fact spent its time on, in order."""
        self.records: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        """What happened, by table; the only source of the tables."""
        self._waiters = waiters
        self._events: dict[Fact, Event] = {}

    def note(self, fact: Fact) -> None:
        """Write down that something has happened, and let go on who waits for it. A fact happens once."""
        if fact in self.facts:
            return
        self.facts[fact] = self.clock.now
        self.forgone.pop(fact, None)
        event = self._events.pop(fact, None)
        if event is not None:
            event.succeed()
        for activity in self._waiters.get(fact, ()):
            self.works.meet(activity)

    def forgo(self, fact: Fact) -> None:
        """Write down that something will not happen after all; if it does, it is no more forgone."""
        if fact not in self.facts:
            self.forgone.setdefault(fact, self.clock.now)

    def reached(self, fact: Fact) -> Event:
        """Return an event for a process to wait for a fact; it fires at once if the fact has happened."""
        if fact in self.facts:
            return self.clock.event().succeed()
        return self._events.setdefault(fact, self.clock.event())

    def span(self, fact: Fact, begin: float, cause: str) -> None:
        """Write down that the chain to a fact has spent the time from `begin` till now on something."""
        if self.clock.now > begin:
            self.history[fact].append(Span(begin, self.clock.now, cause))

    def record(self, table: str, *row: object) -> None:
        """Append a row to a table's records."""
        self.records[table].append(row)

    def grow(self, resource: int, amount: int) -> None:
        """Add to what there is of a resource, and write it down."""
        self.record("capacity", self.clock.now, resource, amount)
        self.foreman.grow(resource, amount)

    def shrink(self, resource: int, amount: int) -> None:
        """Take away from what there is of a resource, and write it down."""
        self.record("capacity", self.clock.now, resource, -amount)
        self.foreman.shrink(resource, amount)

    def defer(self, blocks: Iterable[str], days: float) -> None:
        """Move the due date that the rank of the blocks' work follows."""
        for block in blocks:
            for activity in self.priorities.blocks.get(block, ()):
                if self.works.finish[activity] != self.works.finish[activity]:
                    self.foreman.move(activity, self.priorities.deferred(activity, days))

    def demote(self, blocks: Iterable[str]) -> None:
        """Let the blocks' work go on after everything else."""
        for block in blocks:
            for activity in self.priorities.blocks.get(block, ()):
                if self.works.finish[activity] != self.works.finish[activity]:
                    self.foreman.move(activity, self.priorities.demoted(activity))

    def run(self) -> None:
        """Open the works and run to the horizon."""
        self.works.open()
        self.clock.run_to(self.horizon)

    def dissolve(self) -> None:
        """Let go of all that is in the world, which is freed at once; nothing can be read off it afterwards.

        Its parts refer to each other, so otherwise they would wait for the garbage collector, which takes longer over
        them than over anything else: it goes through every object that is there several times to see which are in use.
        """
        for part in (self.works.mending, self.works, self.foreman, self.clock, self):
            vars(part).clear()

    def unfinished(self) -> list[tuple[int, str]]:
        """Return what had not finished at the end, each with what it waits for, in declared order."""
        network, works, waits = self.network, self.works, self.foreman.waits_for
        rows = []
        for activity in np.flatnonzero(np.isnan(works.finish)).tolist():
            if network.kind[activity] == REPAIR and activity not in works.mending.going:
                continue  # there was nothing to mend
            if works.work_end[activity] == works.work_end[activity]:
                reason = self._missing(activity)  # its work is done, its finish waits for another one's
            elif works.start[activity] == works.start[activity]:
                reason = "its own end"
            elif works.ready[activity] == works.ready[activity]:
                reason = network.resources[waits[activity]] if waits[activity] >= 0 else "the foreman"
            else:
                reason = self._missing(activity)
            rows.append((activity, reason))
        return rows

    def _missing(self, activity: int) -> str:
        for gate in self.network.gates[activity]:
            if gate.fact not in self.facts:
                return " ".join(gate.fact)
        for bond in self.network.bonds[activity]:
            if bond.predecessor >= 0 and not self.works.finish[bond.predecessor] >= 0.0:
                return self.network.names[bond.predecessor]
        return "its date"
