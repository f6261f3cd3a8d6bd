"""What all sources share: a site's pool of megawatts, and the rows of the power table."""

from dataclasses import dataclass

from buildsim.engine.world import World

MILLI = 1000
"""Megawatts are dealt out in thousandths."""


@dataclass(frozen=True, slots=True)
class Socket:
    """Where a source feeds in."""

    site: str
    source: str
    resource: int
    """The site's pool of critical IT megawatts."""


def stepped_up(site: str, source: str) -> str:
    """Return the name of the level that sums up the MW which a source has energised in steps."""
    return f"grid/{site}/{source}"


def energise(world: World, socket: Socket, mw: float) -> None:
    """Give a site more megawatts."""
    world.grow(socket.resource, round(mw * MILLI))
    note_power(world, socket, "energised", mw)


def note_power(world: World, socket: Socket, event: str, mw: float) -> None:
    """Write down a change at a site [MW]."""
    world.record("power", socket.site, socket.source, world.clock.now, event, "", mw)
