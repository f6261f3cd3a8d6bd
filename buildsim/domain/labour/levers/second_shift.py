"""A second shift: room for as many teams again, who get less done."""

from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.labour.levers.base import OnPools, OnSites, Premium
from buildsim.spec.quantity import Share


class SecondShift(OnPools, OnSites):
    """A second shift. Teams work on it for whom the first has no room."""

    kind: Literal["second_shift"]
    """The kind of lever."""
    loss: Annotated[Share, Field(ge=0, lt=1)] = 0.1
    """How much less a team gets done on it; an electrical contractors' table says -5 to 17 %, 10 % in between."""
    differential: Premium
    """What its hours cost beyond the wage, as a share of it."""

    def most(self, most: int) -> int:
        """Return how many teams find room where `most` do on one shift."""
        return 2 * most

    def crowding_factors(self, first: tuple[float, ...]) -> tuple[float, ...]:
        """Return the factor on a team's rate by number of teams, on average over both shifts, from that of one shift.

        `first` is by number of teams from 0 to the most. Each shift is crowded by its own teams.
        """
        most = len(first) - 1
        both = (
            (most * first[most] + (1.0 - self.loss) * late * first[late]) / (most + late) for late in range(1, most + 1)
        )
        return (*first, *both)
