"""Rolling shifts: two gangs take turns, so that a site works every day."""

from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.labour.levers.base import OnPools, OnSites, Premium
from buildsim.spec.quantity import Share

GANGS = 2
"""Gangs that a team consists of: one is at work, the other is off."""


class RollingShifts(OnPools, OnSites):
    """Rolling four-tens: four days of ten hours on, four days off. It changes the programme itself, and so the plan.

    A team needs twice the people and works every day but for the closures and public holidays of the site's calendar.
    """

    kind: Literal["rolling_shifts"]
    """The kind of lever."""
    hours: Annotated[float, Field(gt=0, le=12)] = 10.0
    """Hours of a day."""
    loss: Annotated[Share, Field(ge=0, lt=1)] = 0.0
    """How much less is done in an hour for the handing over between gangs; none by default (an assumption)."""
    differential: Premium
    """What the hours cost beyond the wage, as a share of it."""

    def longer(self, shift: float) -> float:
        """Return how many times as long as `shift` hours a gang works in a day."""
        return self.hours / shift
