"""What levers have in common: a switch, whom they act on, and when."""

from typing import Annotated

import numpy as np
import numpy.typing as npt
from pydantic import Field

from buildsim.domain.labour.weeks import Array, next_week
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Date, Number

Weeks = Annotated[int, Field(ge=1)]
"""A number of weeks."""
Premium = Annotated[Number, Field(ge=0)]
"""What is paid beyond the wage, as a share of it; may be above 1."""


class Switched(Declared):
    """What all levers have."""

    use: bool = False
    """Whether it is pulled; until then it does nothing."""


class OnPools(Switched):
    """A lever that acts on crew pools."""

    markets: tuple[str, ...] = ()
    """The labour markets that it acts on; all by default."""
    trades: tuple[str, ...] = ()
    """The trades that it acts on; all by default."""

    def acts_on(self, market: str, trade: str) -> bool:
        """Return whether it acts on the pool of a trade in a market."""
        return (not self.markets or market in self.markets) and (not self.trades or trade in self.trades)

    def shares_pool(self, other: "OnPools") -> bool:
        """Return whether another one acts on a pool that this one acts on too."""
        return _meet(self.markets, other.markets) and _meet(self.trades, other.trades)


class OnSites(Switched):
    """A lever that acts on sites."""

    sites: tuple[str, ...] = ()
    """The sites that it acts on; all by default."""

    def at(self, site: str) -> bool:
        """Return whether it acts on a site."""
        return not self.sites or site in self.sites

    def shares_site(self, other: "OnSites") -> bool:
        """Return whether another one acts on a site that this one acts on too."""
        return _meet(self.sites, other.sites)


class Windowed(Switched):
    """A lever that acts for a time: in the weeks of the model that begin in it."""

    date: Date | None = None
    """From when on; the model's start by default."""
    weeks: Weeks | None = None
    """For how many weeks; to the end by default."""

    def begins(self, start: Date) -> float:
        """Return the day that it begins on [days since `start`]."""
        return float((self.date - start).days) if self.date else 0.0

    def active(self, start: Date, last: int, delay: float = 0.0) -> npt.NDArray[np.bool_]:
        """Return whether it acts in each of the weeks 0 to `last` of a model, `delay` days after its date."""
        first, numbers = next_week(self.begins(start) + delay), np.arange(last + 1)
        return (numbers >= first) & (numbers < (np.inf if self.weeks is None else first + self.weeks))

    def by_week(self, start: Date, last: int, value: float, otherwise: float = 0.0) -> Array:
        """Return a value in each of the weeks 0 to `last` in which it acts, and another one in the others."""
        return np.where(self.active(start, last), value, otherwise)


def _meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
    """Return whether two selections have something in common; an empty one selects everything."""
    return not some or not others or not set(some).isdisjoint(others)
