"""Bridging power: a plant that is rented until the grid comes."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from simpy.events import Event

from buildsim.domain.power.supply import MILLI, Socket, energise, note_power
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
    """The grid source with whose megawatts it is given back, MW for MW, as far as they are free; never by default."""

    @property
    def total(self) -> float:
        """What it adds for good: nothing if it is given back [MW]."""
        return 0.0 if self.retire_with else self.mw

    def compile(self, socket: Socket, sources: "dict[str, object]", inputs: Inputs) -> "BridgePlan":
        """Compile the plant; `sources` are the site's other sources by id."""
        ordered = inputs.day(self.ordered) if self.ordered else 0.0
        known = -ordered if ordered < 0.0 else None
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
    """Feed in after the lead time, and be given back as the grid's megawatts come."""
    yield world.clock.until(plan.ordered + world.conditions.draw(plan.lead))
    energise(world, plan.socket, plan.mw)
    left = round(plan.mw * MILLI)
    while plan.retire_with and left > 0:
        yield world.levels.changed(world.clock, f"grid/{plan.socket.site}/{plan.retire_with}")
        given = min(left, world.foreman.free[plan.socket.resource])
        if given > 0:
            left -= given
            world.grow(plan.socket.resource, -given)
            note_power(world, plan.socket, "retired", given / MILLI)
