"""A building yard: small worlds put together by hand, without a model file, for exact traces of the engine."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from buildsim.engine.account import Account, Segment
from buildsim.engine.conditions import Conditions, Pace
from buildsim.engine.network import Bond, Crews, Failure, Gate, Network, Tie
from buildsim.engine.priorities import Priorities
from buildsim.engine.world import Fact, World
from buildsim.program.builder import ELAPSED, Builder, Node
from buildsim.worktime import WorkCalendar

MONDAY = date(2024, 1, 1)
WEEK = WorkCalendar([1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0] * 60)
"""Monday to Friday, from a Monday on."""


@dataclass
class Site:
    """What has run."""

    world: World
    numbers: dict[str, int]
    account: Account

    def _times(self, values: Sequence[float]) -> dict[str, float]:
        return {name: values[number] for name, number in self.numbers.items()}

    @property
    def ready(self) -> dict[str, float]:
        return self._times(self.world.works.ready)

    @property
    def start(self) -> dict[str, float]:
        return self._times(self.world.works.start)

    @property
    def work_end(self) -> dict[str, float]:
        return self._times(self.world.works.work_end)

    @property
    def finish(self) -> dict[str, float]:
        return self._times(self.world.works.finish)

    def spans(self, name: str) -> list[tuple[float, int]]:
        return self.world.works.spans[self.numbers[name]]

    def segments(self, name: str) -> list[tuple[float, float, str, str]]:
        """The account of an activity: (begin, end, cause, activity)."""
        names = {number: key for key, number in self.numbers.items()}
        return [(one.begin, one.end, one.cause, names[one.activity]) for one in self.raw(name)]

    def raw(self, name: str) -> list[Segment]:
        return self.account.segments(self.numbers[name])

    def days(self, name: str) -> dict[str, float]:
        return self.account.days(self.numbers[name])

    def holder(self, name: str, begin: float) -> str:
        """Who held what was waited for in the segment of `name`'s account that begins at `begin`."""
        names = {number: key for key, number in self.numbers.items()}
        [holder] = [one.holder for one in self.raw(name) if one.begin == begin]
        return names.get(holder, "")


@dataclass
class Yard:
    """Activities in declared order; ranks in declared order unless an activity has a key of its own."""

    horizon: float = 1000.0
    calendars: list[WorkCalendar] = field(default_factory=list)
    dry: list[WorkCalendar] | None = None
    output: list[tuple[float, float]] = field(default_factory=list)
    """(skill, rework) by productivity entry."""
    failing: list[float] = field(default_factory=list)
    blocks: dict[str, tuple[int, ...]] = field(default_factory=dict)
    paces: dict[int, Pace] = field(default_factory=dict)
    spoiled: list[float] = field(default_factory=list)
    usual: float = 0.0
    settings: dict[str, Any] = field(default_factory=dict)
    """What the network has besides: travel, stacking, places, and so on."""

    def __post_init__(self) -> None:
        self.builder = Builder(MONDAY, MONDAY, self.calendars)
        self.numbers: dict[str, int] = {}
        self.amounts: list[float] = []
        self.planned: list[float] = []
        self.values: list[float] = []
        self.retests: dict[str, list[float]] = {}
        self.facts: list[tuple[Fact, int]] = []

    def resource(self, name: str, amount: int, kind: str = "crew") -> int:
        return self.builder.resource(name, kind, amount)

    def value(self, value: float) -> int:
        """An input column with a value."""
        self.values.append(value)
        return len(self.values) - 1

    def add(
        self,
        name: str,
        amount: float = 0.0,
        *,
        after: Iterable[str | tuple[Any, ...]] = (),
        uses: Mapping[str, int] | None = None,
        holds: Mapping[str, int] | None = None,
        teams: tuple[str, int, int, int, int] | None = None,
        crowding: tuple[float, ...] | None = None,
        pool: int = -1,
        hours: float = 0.0,
        learning: float = 1.0,
        block: int = -1,
        calendar: int = ELAPSED,
        planned: float | None = None,
        earliest: float = 0.0,
        begins: float | None = None,
        key: float | None = None,
        gates: Iterable[Gate] = (),
        failures: Iterable[Failure] = (),
        suppliers: Iterable[str] = (),
        kind: str = "work",
        keeps: bool = False,
        announces: Fact | None = None,
    ) -> "Yard":
        """Add an activity.

        `teams` is (resource, amount of it in a team, least, planned, most); what it comes `after` is a name or
        (name, tie, lag, calendar of the lag).
        """
        numbers = self.builder
        node = Node(name, block, kind, calendar=calendar, earliest=earliest, keeps=keeps)
        node.begins = earliest if begins is None else begins  # a date of its own, unless the block begins before it
        node.rank_key = len(self.numbers) if key is None else key
        node.need = tuple((numbers.resource(one, "crew"), amount_) for one, amount_ in (uses or {}).items())
        node.hold = tuple((numbers.resource(one, "crew"), amount_) for one, amount_ in (holds or {}).items())
        if teams is not None:
            resource, each, least, plan, most = teams
            factors = crowding or (1.0,) * (most + 1)
            team = ((numbers.resource(resource, "crew"), each),)
            node.crews = Crews(team, least, plan, most, factors, pool, hours, learning)
        for one in after:
            node.bonds.append(self._bond(*((one,) if isinstance(one, str) else one)))
        node.gates, node.failures = tuple(gates), tuple(failures)
        node.suppliers = [self.numbers[one] for one in suppliers]
        self.numbers[name] = number = self.builder.add(node)
        self.facts += [(gate.fact, number) for gate in node.gates]
        self.amounts.append(amount)
        self.planned.append(amount if planned is None else planned)
        if announces is not None:
            self.builder.announces[number] = announces
        return self

    def _bond(self, name: str, tie: str = "FS", lag: float = 0.0, calendar: int = ELAPSED) -> Bond:
        return Bond(self.numbers[name], Tie[tie], lag, calendar, 0.0)

    def network(self) -> Network:
        network = self.builder.network()
        for name, value in self.settings.items():
            setattr(network, name, value)
        return network

    def run(self, *prepare: Callable[[World], object], risks: bool = True) -> Site:
        """Run to the horizon; `prepare` are called with the world before it runs."""
        network = self.network()
        waiters: dict[Fact, tuple[int, ...]] = {}
        for fact, number in self.facts:
            waiters[fact] = (*waiters.get(fact, ()), number)
        conditions = Conditions(
            amounts=self.amounts,
            calendars=self.calendars,
            dry=self.dry if self.dry is not None else self.calendars,
            output=[(1.0, skill, 1.0, rework) for skill, rework in self.output],
            failing=self.failing,
            draw=self.values.__getitem__,
            further=lambda name, occurrence: self.retests[name][occurrence - 1],
            risks=risks,
            spoiled=self.spoiled,
            usual=self.usual,
            paces=self.paces,
        )
        world = World(
            network, Priorities(network.rank_key, self.blocks), self.builder.capacity, conditions, waiters, self.horizon
        )
        for one in prepare:
            one(world)
        world.run()
        return Site(world, self.numbers, Account(world, self.planned))
