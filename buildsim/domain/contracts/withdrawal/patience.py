"""Patience: one draw from Exp(1), which wears out at a hazard that bends and jumps. Nothing ticks.

Between changes a hazard is h e^(b t): constant where b is 0, else Gompertz. Its integral over t days is
h (e^(b t) - 1) / b, so the moment at which a patience is worn out is found in closed form.
"""

from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass
from math import expm1, inf, log1p

from simpy.events import Event

from buildsim.engine.clock import DEADLINE
from buildsim.engine.world import World

SPENT = 1e-12
"""Patience that counts as none."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """A hazard from a moment on, until something changes."""

    since: float
    """[days]"""
    rate: float
    """At that moment [per day]; not negative."""
    bend: float = 0.0
    """By how much its logarithm grows [per day]; not negative."""

    def moment(self, patience: float) -> float:
        """Return when it has worn out a patience [days]; infinite: never."""
        if self.rate <= 0.0:
            return inf
        days = patience / self.rate
        return self.since + (log1p(self.bend * days) / self.bend if self.bend > 0.0 else days)

    def worn(self, now: float) -> float:
        """Return the patience that it has worn out by a moment not after the one at which that was all."""
        days = now - self.since
        if self.bend > 0.0 and self.rate > 0.0:
            return self.rate * expm1(self.bend * days) / self.bend
        return self.rate * days


def wear_out(
    world: World, patience: float, hazard: Callable[[], Hazard], changes: Sequence[str], closed: Event
) -> Generator[Event, object, None]:
    """Wait until a patience is worn out or something is closed, which comes first at one moment: ask whether it has.

    `hazard` tells how things stand now; it is asked again when one of the levels `changes` changes.
    """
    while patience > SPENT and not closed.triggered:
        course = hazard()
        moment = course.moment(patience)
        waits = closed
        for name in changes:
            waits = waits | world.levels.changed(world.clock, name)
        yield waits | world.clock.until(moment, DEADLINE) if moment <= world.horizon else waits
        patience = 0.0 if world.clock.now >= moment else patience - course.worn(world.clock.now)
