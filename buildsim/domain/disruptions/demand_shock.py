"""A demand shock: for a time the market for capacity is less tight."""

from collections.abc import Generator
from dataclasses import dataclass
from itertools import count
from math import inf
from typing import Literal

from simpy.events import Event

from buildsim.domain.disruptions.weather import gap
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainDays, UncertainMeasure, UncertainShare

YEAR = 365.25
"""[days]"""
TAKEN = "tightness/taken"
"""The level of what disturbances take from the tightness of demand, which follows it."""


class DemandShock(Declared):
    """A fall of demand for a time, which makes capacity easier to get elsewhere."""

    kind: Literal["demand_shock"]
    """The kind of disturbance."""
    per_year: UncertainMeasure
    """Shocks a year: a Poisson process from the information date on. Shocks that overlap add up."""
    tightness: UncertainShare
    """What a shock takes from the tightness of demand, which does not fall below 0; drawn for each."""
    days: UncertainDays
    """How long a shock lasts, drawn for each [days]."""

    def gate(self, name: str, site: str) -> tuple[str, str] | None:
        """Return None: no work waits for it."""
        return None

    def compile(
        self, name: str, begins: dict[str, float], suppliers: dict[str, tuple[int, ...]], inputs: Inputs
    ) -> "ShockPlan":
        """Compile."""
        base = f"disruptions.{name}"
        columns = (
            inputs.luck(f"{base}.time"),
            inputs.column(f"{base}.tightness", self.tightness),
            inputs.column(f"{base}.days", self.days),
        )
        each = tuple((column, inputs.repeated(column)) for column in columns)
        return ShockPlan(name, inputs.column(f"{base}.per_year", self.per_year), each, inputs.spent(0.0) or 0.0)


@dataclass(frozen=True, slots=True)
class ShockPlan:
    """Shocks, compiled: columns."""

    name: str
    per_year: int
    each: tuple[tuple[int, str], ...]
    """What is drawn for each shock: when, how much, how long; the column of the first, and the name of the others."""
    known: float
    """Up to here it is known that there was none: the information date [days]."""

    def start(self, world: World) -> None:
        """Start the process."""
        if world.conditions.risks:
            world.clock.process(strike(world, self))

    def draw(self, world: World, what: int, shock: int) -> float:
        """Return what is drawn for the n-th shock, from 0 on."""
        column, name = self.each[what]
        return world.conditions.further(name, shock) if shock else world.conditions.draw(column)


def strike(world: World, plan: ShockPlan) -> Generator[Event, object, None]:
    """Let shocks begin, each after a gap from the one before."""
    rate, moment = world.conditions.draw(plan.per_year) / YEAR, plan.known
    for shock in count():
        luck = plan.draw(world, 0, shock)
        moment = moment + gap(luck, rate) if rate > 0.0 and luck < 1.0 else inf
        if moment > world.horizon:
            return
        yield world.clock.until(moment)
        days = plan.draw(world, 2, shock)
        world.record("disruptions", "demand_shock", plan.name, "demand", moment, days)
        world.clock.process(last(world, plan.draw(world, 1, shock), days))


def last(world: World, taken: float, days: float) -> Generator[Event, object, None]:
    """Take from the tightness now, and give it back when the shock is over."""
    world.levels.set(TAKEN, world.levels.get(TAKEN) + taken)
    yield world.clock.until(world.clock.now + days)
    world.levels.set(TAKEN, world.levels.get(TAKEN) - taken)
