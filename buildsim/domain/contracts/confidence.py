"""Grievance and trust: what lateness does to a customer's mind.

A customer's grievance grows by 1 with each missed milestone and by its wear while tranches are late; a delivery takes
a share of it away. Between events it moves in a straight line. Its trust is (1 - loss)^grievance.
"""

from dataclasses import dataclass

from buildsim.engine.world import World


@dataclass(frozen=True, slots=True)
class Temper:
    """How a customer takes lateness."""

    start: float = 0.0
    """Its grievance at the start."""
    loss: float = 0.0
    """The share of its trust that each unit of grievance costs."""
    wear: float = 0.0
    """Grievance that each late tranche adds [per day]."""
    recovery: float = 0.0
    """The share of its grievance that a delivery takes away."""


def start(world: World, customer: str, temper: Temper) -> None:
    """Set up a customer."""
    for name in ("loss", "wear", "recovery"):
        world.levels.set(f"{name}/{customer}", getattr(temper, name))
    _move(world, customer, temper.start)


def missed(world: World, customer: str) -> None:
    """Count a missed milestone."""
    _move(world, customer, grievance(world, customer)[0] + 1.0)


def late(world: World, customer: str, change: int) -> None:
    """Count one more (`change` 1) or one fewer (-1) of its tranches that are late."""
    now = grievance(world, customer)[0]
    count = f"late/{customer}"
    world.levels.set(count, world.levels.get(count) + change)
    if world.levels.get(f"wear/{customer}") > 0.0:
        _move(world, customer, now)


def delivered(world: World, customer: str) -> None:
    """Let a delivery take away some of its grievance."""
    kept = 1.0 - world.levels.get(f"recovery/{customer}")
    if kept < 1.0:
        _move(world, customer, grievance(world, customer)[0] * kept)


def grievance(world: World, customer: str) -> tuple[float, float]:
    """Return a customer's present grievance, and by how much it grows a day until the next event."""
    levels = world.levels
    slope = levels.get(f"wear/{customer}") * levels.get(f"late/{customer}")
    return levels.get(level(customer)) + slope * (world.clock.now - levels.get(f"since/{customer}")), slope


def trust(world: World, customer: str) -> float:
    """Return a customer's present trust: 1 is whole, 0 none."""
    whole: float = (1.0 - world.levels.get(f"loss/{customer}")) ** grievance(world, customer)[0]
    return whole


def level(customer: str) -> str:
    """Return the name of the level of a customer's grievance, which changes with each event that bends its course."""
    return f"grievance/{customer}"


def _move(world: World, customer: str, value: float) -> None:
    """Let the grievance go on from a value now, and wake who waits for a change."""
    world.levels.set(f"since/{customer}", world.clock.now)
    world.levels.set(level(customer), value)
