"""Force majeure: by how long disturbances that the parties count move a date."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from buildsim.engine.world import World

STORM = "storm"
"""The kind under which storms are counted."""


@dataclass(frozen=True, slots=True)
class Excuse:
    """What extends the dates of a tranche."""

    counted: frozenset[str] = frozenset()
    """Kinds and ids of disturbances."""
    sites: frozenset[str] = frozenset()
    """The tranche's sites, on which storms fall."""
    struck: frozenset[str] = frozenset()
    """Where a disturbance strikes it: its sites, blocks and classes of equipment."""

    def events(self, world: World) -> Iterator[tuple[float, float]]:
        """Yield (begin, length) of what has struck it so far [days]."""
        for kind, name, where, begin, days in world.records["disruptions"]:
            if (kind in self.counted or name in self.counted) and where in self.struck:
                yield begin, days
        if STORM in self.counted:
            for site in self.sites:
                for begin, days in world.conditions.storms.get(site, ()):
                    if begin <= world.clock.now:
                        yield begin, days


def extension(events: Iterable[tuple[float, float]], due: float) -> float:
    """Return by how many days events (begin, length) move a due date.

    It is the length of the union of those that begin before the date as moved so far, so what runs at the same time
    counts once.
    """
    moved, covered = 0.0, float("-inf")
    for begin, length in sorted(events):
        if begin >= due + moved:
            break
        end = begin + length
        moved += max(0.0, end - max(begin, covered))
        covered = max(covered, end)
    return moved
