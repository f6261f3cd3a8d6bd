"""Demand: how tight the market for capacity is, and what that does to customers.

Tightness is 1 in the market that the numbers of the rules come from, 0 in a slack one. It is level between declared
changes; disturbances take from it for a time. The pressure on customers is slack^(1 - tightness).
"""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field
from simpy.events import Event

from buildsim.domain.contracts.withdrawal.lateness import PRESSURE
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Date, Number, UncertainMeasure

TIGHTNESS = "tightness"
"""The level of the declared tightness, before disturbances."""
TAKEN = "tightness/taken"
"""The level of what disturbances take from it; they set it."""


class Change(Declared):
    """A change of the tightness of demand."""

    date: Date
    """From this day on."""
    tightness: UncertainMeasure
    """How hard it is from then on to get capacity elsewhere: 1 as in the sources, 0 in a slack market."""


class Demand(Declared):
    """The demand for capacity: how hard it is to get elsewhere."""

    tightness: UncertainMeasure
    """How hard it is at the start to get capacity elsewhere: 1 as in the sources, 0 in a slack market."""
    changes: dict[str, Change] = {}
    """When that changes, and to what."""
    slack: Annotated[Number, Field(ge=1)] = 3.6
    """How much more readily a late customer leaves in a slack market: the ratio of the hazards (an assumption: 12.5 to
    3.5 % a month, the middles of 10-15 and 2-5 %)."""

    def compile(self, inputs: Inputs) -> "DemandPlan":
        """Compile."""
        changes = sorted(
            (inputs.day(change.date), inputs.column(f"demand.changes.{name}.tightness", change.tightness))
            for name, change in self.changes.items()
        )
        return DemandPlan(inputs.column("demand.tightness", self.tightness), tuple(changes), self.slack)


@dataclass(frozen=True, slots=True)
class DemandPlan:
    """Demand, compiled: columns and a number."""

    tightness: int
    changes: tuple[tuple[float, int], ...]
    """(day, column of the tightness from then on), in order."""
    slack: float

    def start(self, world: World) -> None:
        """Set the pressure, and start the processes that change it."""
        self.turn(world, self.tightness)
        world.clock.process(self.declared(world))
        world.clock.process(self.disturbed(world))

    def declared(self, world: World) -> Generator[Event, object, None]:
        """Change the tightness on its dates."""
        for day, column in self.changes:
            yield world.clock.until(day)
            self.turn(world, column)

    def disturbed(self, world: World) -> Generator[Event, object, None]:
        """Follow what disturbances take from the tightness."""
        while True:
            yield world.levels.changed(world.clock, TAKEN)
            self.press(world)

    def turn(self, world: World, column: int) -> None:
        """Let the tightness be what a column says."""
        world.levels.set(TIGHTNESS, world.conditions.draw(column))
        self.press(world)

    def press(self, world: World) -> None:
        """Let the pressure follow from the tightness, and wake who waits for a change."""
        tightness = max(0.0, world.levels.get(TIGHTNESS) - world.levels.get(TAKEN))
        pressure = self.slack ** (1.0 - tightness)
        if pressure != world.levels.get(PRESSURE):
            world.levels.set(PRESSURE, pressure)
