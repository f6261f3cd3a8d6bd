"""Ranks: who is served first, fixed at planning values and changed only when a due date changes."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence

LAST = 1e7
"""Added to the rank of work whose customer has withdrawn: it goes on, after everything else."""
NUDGE = 1e-8
"""Keeps the ranks of moved activities apart, in the order that they had among themselves."""


class Priorities:
    """The order of all activities by their rank key; equals in declared order."""

    def __init__(self, keys: Sequence[float], blocks: Mapping[str, tuple[int, ...]], *, dated: bool = True) -> None:
        """Take the rank key of each activity, lowest first, and the activities of each block.

        `dated`: the keys are days to the due date, so they move with it.
        """
        self.keys = list(keys)
        self.blocks = blocks
        order = sorted(range(len(keys)), key=lambda activity: (keys[activity], activity))
        self._dated = dated
        self._sorted = [keys[activity] for activity in order]
        self.ranks = [0.0] * len(keys)
        for place, activity in enumerate(order):
            self.ranks[activity] = float(place)

    def deferred(self, activity: int, days: float) -> float:
        """Return the rank of an activity whose due date has moved by `days`; unchanged where dates do not rank."""
        if not self._dated:
            return self.ranks[activity]
        return bisect_right(self._sorted, self.keys[activity] + days) - 0.5 + self.ranks[activity] * NUDGE

    def demoted(self, activity: int) -> float:
        """Return the rank of an activity that comes after all the others."""
        return LAST + self.ranks[activity]
