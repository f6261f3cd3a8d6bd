"""What a withdrawal rule is told of a late tranche, and what it decides."""

from collections.abc import Generator
from dataclasses import dataclass

from simpy.events import Event

from buildsim.engine.world import World

PRESSURE = "pressure"
"""The level of how hard the market presses customers to stay or lets them go; 1 where it is never set."""


@dataclass(frozen=True, slots=True)
class Lateness:
    """A tranche that is not delivered at the end of its grace period."""

    tranche: str
    customer: str
    due: float
    """The deadline [days]."""
    longstop: float
    """When the customer may end it: the earlier of the longstop and the outside date [days]; infinite: never."""
    closed: Event
    """Fires when nothing of the tranche is outstanding any more: delivered, or ended through a wider right."""
    luck: float
    """A uniform on (0, 1), keyed to the tranche."""
    right: str = "longstop"
    """Which of the two dates comes first: `longstop` or `outside`."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A customer walks away from part or all of what is undelivered."""

    share: float
    """Of the undelivered MW."""
    trigger: str
    """The rule's name, or its reason."""


Ruling = Generator[Event, object, Decision | None]
"""A process that returns a decision, or None once the tranche is closed or nothing can happen any more."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A withdrawal rule, compiled. This base never withdraws and never moves a date."""

    @property
    def moves(self) -> int:
        """How many times a missed date may be moved at most."""
        return 0

    def begin(self, world: World, customer: str) -> None:
        """Start what a customer does whether its tranches are late or not; called once for each customer and rule."""

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Watch a late tranche, from the end of its grace period."""
        yield late.closed
        return None

    def redated(self, world: World, luck: float, time: int) -> float:
        """Return by how long a missed date is moved instead [days]; 0: it is not.

        `time` is 0 for the first re-dating of a tranche; `luck` is a uniform of this tranche and time.
        """
        return 0.0

    def wants(self, world: World, customer: str) -> bool:
        """Whether the customer would still take an option."""
        return True


def pressure(world: World) -> float:
    """Return the market's present pressure: 1 in the market of the sources, more in a slacker one.

    It multiplies hazards and rates. A probability of leaving p becomes 1 - (1 - p)^pressure, one of staying p^pressure.
    """
    return world.levels.get(PRESSURE, 1.0)


def leaving(chance: float, pressed: float) -> float:
    """Return a probability of leaving under a pressure."""
    return chance if pressed == 1.0 else 1.0 - (1.0 - chance) ** pressed


def staying(chance: float, pressed: float) -> float:
    """Return a probability of staying under a pressure."""
    return chance if pressed == 1.0 else chance**pressed
