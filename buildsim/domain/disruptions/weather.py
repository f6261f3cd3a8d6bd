"""Weather: working days lost to it, and storms that shut a site, worked into the calendars of a replication."""

from dataclasses import dataclass
from math import log
from typing import Annotated

import numpy as np
from pydantic import Field

from buildsim.spec.base import Declared
from buildsim.spec.distributions import Distribution
from buildsim.spec.quantity import UncertainDays, UncertainNumber

EXPOSURES: dict[str, float] = {"outdoor": 1.0, "yard": 0.4, "indoor": 0.0}
"""Share of a lost day that work loses, by exposure. Yard work 40 %: an assumption."""
WORKDAYS_A_MONTH = 251 / 12
"""Working days in a mean month, over which the lost days of a month are spread."""
Month = Annotated[int, Field(ge=1, le=12)]


class Season(Declared):
    """Months with weather of their own."""

    months: tuple[Month, ...]
    """Which months, 1 to 12."""
    lost_days: UncertainNumber
    """Working days of outdoor work lost in each of them."""


class Storms(Declared):
    """Storms that shut a whole site, indoor work too."""

    per_year: UncertainNumber
    """Storms per site and year: a Poisson process."""
    days: UncertainDays
    """How long a site is shut [days]."""


class Weather(Declared):
    """The weather of a region."""

    lost_days: UncertainNumber
    """Working days of outdoor work lost in a month."""
    seasons: tuple[Season, ...] = ()
    """Months that differ."""
    storms: Storms | None = None
    """Storms that shut a site."""


@dataclass(frozen=True, slots=True)
class WeatherPlan:
    """A region's weather, compiled: columns, and the season of each day."""

    region: str
    columns: tuple[int, ...]
    """The column of the lost days, the year's first, then each season's."""
    season: np.ndarray
    """Which of them holds on each day."""

    def lost(self, row: np.ndarray, uniforms: np.ndarray) -> np.ndarray:
        """Return for each day whether outdoor work is lost (1) or not (0)."""
        chances = np.minimum(1.0, row[list(self.columns)] / WORKDAYS_A_MONTH)
        return np.where(uniforms < chances[self.season], 1.0, 0.0)


@dataclass(frozen=True, slots=True)
class StormPlan:
    """A site's storms, compiled: columns."""

    site: str
    per_year: int
    days: Distribution
    """The lengths of the storms [days]; drawn by occurrence."""


def storm_days(times: list[tuple[float, float]], days: int) -> np.ndarray:
    """Return for each day the share of it that is open, given (begin, length) of the storms in order [days]."""
    open_share, calm = np.ones(days), 0.0
    for since, length in times:
        begin, end = max(since, calm), since + length
        calm = max(calm, end)
        for day in range(int(begin), min(days, int(end) + 1)):
            shut = min(day + 1.0, end) - max(float(day), begin)
            open_share[day] = max(0.0, open_share[day] - max(0.0, shut))
    return open_share


def gap(uniform: float, per_day: float) -> float:
    """Return the time to the next event of a Poisson process by inverse transform [days]."""
    return -log(1.0 - uniform) / per_day
