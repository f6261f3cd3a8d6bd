"""Bridging power: a plant that is rented until the grid comes."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from simpy.events import Event

from buildsim.domain.power.supply import MILLI, Socket, energise, note_power, stepped_up
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Mw, UncertainDays


class Bridge(Declared):
    """Rented power on site: turbines, engines, fuel cells."""

    kind: Literal["bridge"]
    """The kind of source."""
    mw: Annotated[Mw, Field(gt=0)]
    """What it feeds [MW of critical IT load]."""
    lead: UncertainDays
    """From order to first power [days]."""
    ordered: date | None = None
    """When it is ordered; the model's start by default."""
    retire_with: str | None = None
    """The grid source with whose energisation steps it is given back, MW for MW; never by default."""

    @property
    def total(self) -> float:
        """What it adds for good: nothing if it is given back [MW]."""
        return 0.0 if self.retire_with else self.mw

    def compile(self, socket: Socket, sources: "dict[str, object]", inputs: Inputs) -> "BridgePlan":
        """Compile the plant; `sources` are the site's other sources by id."""
        ordered = inputs.day(self.ordered) if self.ordered else 0.0
        known = inputs.spent(ordered)
        column = inputs.column(f"sites.{socket.site}.power.{socket.source}.lead", self.lead, known)
        return BridgePlan(socket, self.mw, ordered, column, self.retire_with or "")


@dataclass(frozen=True, slots=True)
class BridgePlan:
    """A bridging plant, compiled."""

    socket: Socket
    mw: float
    ordered: float
    lead: int
    retire_with: str

    def start(self, world: World) -> None:
        """Start the plant's process."""
        world.clock.process(bridge(world, self))


def bridge(world: World, plan: BridgePlan) -> Generator[Event, object, None]:
    """Feed in after the lead time what the grid has not brought by then, and be given back as its megawatts come.

    A step of the grid replaces the plant before anything else: halls that wait get what is left of it.
    """
    yield world.clock.until(plan.ordered + world.conditions.draw(plan.lead))
    brought = stepped_up(plan.socket.site, plan.retire_with)
    needed = round((plan.mw - world.levels.get(brought)) * MILLI)
    feeding = max(0, needed)
    if feeding:
        energise(world, plan.socket, feeding / MILLI)
    while plan.retire_with and feeding > 0:
        yield world.levels.changed(world.clock, brought)
        needed = round((plan.mw - world.levels.get(brought)) * MILLI)
        given = min(feeding - max(0, needed), world.foreman.free[plan.socket.resource])
        if given > 0:
            feeding -= given
            world.grow(plan.socket.resource, -given)
            note_power(world, plan.socket, "retired", given / MILLI)
