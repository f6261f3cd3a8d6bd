"""A permit or opposition hold: halls of a site that have not started wait until it is lifted."""

from collections.abc import Generator
from dataclasses import dataclass
from typing import Literal

from simpy.events import Event

from buildsim.engine import causes
from buildsim.engine.failures import occurrences
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainDays, UncertainShare


class PermitHold(Declared):
    """A permit that comes late, or opposition that stops a site."""

    kind: Literal["permit_hold"]
    """The kind of disturbance."""
    sites: tuple[str, ...]
    """The sites that it may befall, each on its own."""
    probability: UncertainShare
    """That it befalls a site."""
    days: UncertainDays
    """How long it holds the first start of work at the site [days]."""

    def gate(self, name: str, site: str) -> tuple[str, str] | None:
        """Return the fact that a site's first work waits for; None: it does not concern the site."""
        return ("permit", f"{name}/{site}") if site in self.sites else None

    def compile(
        self, name: str, begins: dict[str, float], suppliers: dict[str, tuple[int, ...]], inputs: Inputs
    ) -> "HoldPlan":
        """Compile; `begins` are the first starts of halls not yet begun, by site [days]."""
        base = f"disruptions.{name}"
        holds = tuple(
            Hold(
                site,
                begins[site],
                inputs.luck(f"{base}.{site}.happens"),
                inputs.column(f"{base}.{site}.probability", self.probability),
                inputs.column(f"{base}.{site}.days", self.days),
                inputs.spent(begins[site]) is not None,
            )
            for site in self.sites
            if site in begins
        )
        return HoldPlan(name, holds)


@dataclass(frozen=True, slots=True)
class Hold:
    """A hold at one site: columns."""

    site: str
    begin: float
    luck: int
    probability: int
    days: int
    begun: bool = False
    """The site's first start lies before the information date: it was not held."""


@dataclass(frozen=True, slots=True)
class HoldPlan:
    """A hold, compiled."""

    name: str
    holds: tuple[Hold, ...]

    def start(self, world: World) -> None:
        """Start a process for each site."""
        for hold in self.holds:
            world.clock.process(hold_up(world, self.name, hold))


def hold_up(world: World, name: str, hold: Hold) -> Generator[Event, object, None]:
    """Hold a site from its first start of work, or let it go on at once."""
    draw, fact = world.conditions.draw, ("permit", f"{name}/{hold.site}")
    possible = world.conditions.risks and not hold.begun
    if possible and occurrences(draw(hold.luck), draw(hold.probability), repeats=False):
        begin, days = max(0.0, hold.begin), draw(hold.days)
        yield world.clock.until(begin)
        world.record("disruptions", "permit_hold", name, hold.site, world.clock.now, days)
        yield world.clock.until(begin + days)
        world.span(fact, begin, causes.PERMIT)
    world.note(fact)
