"""Prefabrication: work is done in a shop instead of on site."""

from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.labour.levers.base import OnSites
from buildsim.spec.quantity import Share, Usd


class Prefabrication(OnSites):
    """Craft-hours that are moved off site. It changes the programme itself, and so the plan."""

    kind: Literal["prefabrication"]
    """The kind of lever."""
    trades: tuple[str, ...] = ()
    """The trades whose work is moved; all by default."""
    activities: tuple[str, ...] = ()
    """The activities whose work is moved, by their ids in the templates; all by default."""
    share: Annotated[Share, Field(gt=0, lt=1)]
    """The share of their craft-hours that is done off site."""
    per_hour: Annotated[Usd, Field(ge=0)]
    """What an hour moved costs [USD]."""

    def moved(self, trade: str, activity: str, site: str) -> float:
        """Return the share of craft-hours of an activity at a site that is done elsewhere."""
        named = (not self.trades or trade in self.trades) and (not self.activities or activity in self.activities)
        return self.share if named and self.at(site) else 0.0
