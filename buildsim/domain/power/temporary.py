"""Temporary power: what the works need of power before the hall is energised."""

from collections.abc import Generator
from dataclasses import dataclass

from simpy.events import Event

from buildsim.engine.world import Fact, World


@dataclass(frozen=True, slots=True)
class TemporaryPlan:
    """Temporary power at a site from a day on."""

    site: str
    day: float

    @property
    def fact(self) -> Fact:
        """What the works wait for."""
        return ("temporary power", self.site)

    def start(self, world: World) -> None:
        """Start the wait for the day."""
        world.clock.process(connect(world, self))


def connect(world: World, plan: TemporaryPlan) -> Generator[Event, object, None]:
    """Connect the site's temporary power on its day."""
    yield world.clock.until(plan.day)
    world.note(plan.fact)
