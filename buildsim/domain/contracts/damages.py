"""Damages for lateness: USD a MW and day, day-for-day credits by a ladder, and a cap."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Number


class Credit(Declared):
    """A step of a ladder of day-for-day credits."""

    after: Annotated[Days, Field(ge=0)] = 0.0
    """From so many days of lateness on [days]."""
    rate: Annotated[Number, Field(ge=0)]
    """Days of fee that each day of lateness is worth [days per day]."""


@dataclass(frozen=True, slots=True)
class Ladder:
    """A ladder of credits, compiled: (after, rate) in order."""

    steps: tuple[tuple[float, float], ...] = ()

    @classmethod
    def of(cls, credits: Sequence[Credit]) -> "Ladder":
        """Compile declared steps."""
        return cls(tuple(sorted((step.after, step.rate) for step in credits)))

    def days(self, begin: float, end: float) -> float:
        """Return the days of fee that lateness from `begin` to `end` is worth [days]; both count from the due date."""
        total = 0.0
        for place, (after, rate) in enumerate(self.steps):
            until = self.steps[place + 1][0] if place + 1 < len(self.steps) else end
            total += rate * max(0.0, min(end, until) - max(begin, after))
        return total


@dataclass(frozen=True, slots=True)
class Damages:
    """What lateness costs, compiled."""

    daily: float = 0.0
    """For each missing MW and day [USD per MW and day]."""
    fee: float = 0.0
    """What a day of fee is worth [USD per MW and day]."""
    ladder: Ladder = Ladder()
    retroactive: bool = False
    """Whether they count from the due date once grace is over."""
    cap: float = float("inf")
    """The most that they may reach [USD]."""

    def owed(self, missing: float, begin: float, end: float) -> float:
        """Return what lateness from `begin` to `end`, days after the due date, costs with so many MW missing [USD]."""
        owed = missing * self.daily * (end - begin)
        return owed + missing * self.fee * self.ladder.days(begin, end) if self.ladder.steps else owed
