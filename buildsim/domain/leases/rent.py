"""Rent: what is due for a stage after its hand-over, what lateness abates, and what buying the landlord saves."""

from dataclasses import dataclass
from math import inf
from typing import NamedTuple, Self

YEAR = 365.25
"""[days]"""


class Rent(NamedTuple):
    """The rent of a stage from the start to the horizon [USD]."""

    owed: float
    abated: float
    """Not owed for lateness."""
    saved: float
    """Not owed since the landlord was bought."""


@dataclass(frozen=True, slots=True)
class RentPlan:
    """What is due, compiled."""

    daily: float
    """In the first year [USD per day]."""
    term: float = inf
    """How long rent runs, from hand-over [days]."""
    free: float = 0.0
    """How long after hand-over no rent is due in any case [days]."""
    indexation: float = 0.0
    """By how much rent rises with each full year since hand-over."""
    ladder: tuple[tuple[float, float], ...] = ()
    """The abatement as (after, rate), in order."""

    @classmethod
    def of(
        cls,
        monthly: float,
        mw: float,
        term: float | None,
        free: float,
        indexation: float,
        ladder: tuple[tuple[float, float], ...],
    ) -> Self:
        """Compile: rent for a MW and month [USD], MW, term [days; None: without end], free days, step, ladder."""
        return cls(monthly * mw * 12.0 / YEAR, inf if term is None else term, free, indexation, ladder)

    def abatement(self, late: float) -> float:
        """Return the rent-free days that so many days of lateness bring [days]: the integral of the ladder's rate."""
        total = 0.0
        for place, (after, rate) in enumerate(self.ladder):
            until = self.ladder[place + 1][0] if place + 1 < len(self.ladder) else inf
            total += rate * max(0.0, min(late, until) - after)
        return total

    def due(self, handed: float, begin: float, end: float) -> float:
        """Return the rent from one moment to another of what was handed over on a day [USD]."""
        return self.daily * (self._years(end - handed) - self._years(begin - handed)) if end > begin else 0.0

    def _years(self, days: float) -> float:
        """Return how many days of first-year rent so many days since hand-over bring [days]."""
        if not self.indexation:
            return days
        whole = int(days // YEAR)
        growth = (1.0 + self.indexation) ** whole
        return YEAR * (growth - 1.0) / self.indexation + growth * (days - whole * YEAR)

    def rent(self, handed: float, late: float, bought: float, horizon: float) -> Rent:
        """Return the rent from the start to the horizon [USD].

        `handed`: the day of hand-over; `late`: days after the promised one; `bought`: when the landlord was [days].
        """
        begin = max(0.0, handed + self.free)
        paid = max(0.0, handed + self.free + self.abatement(late))
        end = min(handed + self.term, horizon)
        owing = min(end, bought)
        return Rent(
            owed=self.due(handed, paid, owing),
            abated=self.due(handed, begin, min(paid, owing)),
            saved=self.due(handed, max(paid, bought), end),
        )
