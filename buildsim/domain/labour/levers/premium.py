"""A premium on the wage, against rivals who pay one."""

from typing import Literal

from buildsim.domain.labour.levers.base import OnPools, Premium, Windowed
from buildsim.domain.labour.weeks import Array
from buildsim.spec.quantity import Date


class WagePremium(Windowed, OnPools):
    """Better pay: fewer leave and more can be hired, as `market.poaching` and `market.attraction` say."""

    kind: Literal["premium"]
    """The kind of lever."""
    premium: Premium
    """What is paid beyond the wage, as a share of it, for all hours of the pools."""

    def premium_by_week(self, start: Date, last: int) -> Array:
        """Return the premium in each of the weeks 0 to `last` of a model that begins at `start`."""
        return self.by_week(start, last, self.premium)
