"""What a withdrawal rule is told of a late tranche, and what it decides."""

from collections.abc import Generator
from dataclasses import dataclass

from simpy.events import Event

from buildsim.engine.world import World


@dataclass(frozen=True, slots=True)
class Lateness:
    """A tranche that is not delivered at the end of its grace period."""

    tranche: str
    customer: str
    due: float
    """The deadline [days]."""
    longstop: float
    """The longstop moment [days]; infinite if there is no such right."""
    delivered: Event
    """Fires when the tranche is full."""
    luck: float
    """A uniform on (0, 1), keyed to the tranche."""


@dataclass(frozen=True, slots=True)
class Decision:
    """A customer walks away from part or all of what is undelivered."""

    share: float
    """Of the undelivered MW."""
    trigger: str
    """The rule's name."""


Ruling = Generator[Event, object, Decision | None]
"""A process that returns a decision, or None once the tranche is delivered or nothing can happen any more."""


@dataclass(frozen=True, slots=True)
class RulePlan:
    """A withdrawal rule, compiled. This base never withdraws and never moves a date."""

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Watch a late tranche, from the end of its grace period."""
        yield late.delivered
        return None

    def redated(self, world: World, luck: float) -> float:
        """Return by how long a missed date is moved instead [days]; 0: it is not."""
        return 0.0


def misses(customer: str) -> str:
    """Return the name of the level that counts a customer's missed milestones."""
    return f"misses/{customer}"
