"""Overtime: more hours a week, at a premium, and with fatigue."""

from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.labour.levers.base import OnPools, Premium, Windowed
from buildsim.domain.labour.overtime import LONGEST_HOURS, NORMAL_HOURS
from buildsim.domain.labour.weeks import Array
from buildsim.spec.quantity import Date


class OvertimeWeeks(Windowed, OnPools):
    """Overtime for crew pools."""

    kind: Literal["overtime"]
    """The kind of lever."""
    hours: Annotated[float, Field(ge=NORMAL_HOURS, le=LONGEST_HOURS)]
    """Hours a week; 40 is none."""
    premium: Premium
    """What the hours over 40 cost beyond the wage, as a share of it."""

    def hours_by_week(self, start: Date, last: int) -> Array:
        """Return the hours of each of the weeks 0 to `last` of a model that begins at `start`."""
        return self.by_week(start, last, self.hours, NORMAL_HOURS)
