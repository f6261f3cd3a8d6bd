"""The weeks of a model: week k is the days from 7k to 7k + 7, and week 0 begins at the start."""

from math import ceil, floor

import numpy as np
import numpy.typing as npt

from buildsim.units import DAYS_PER_WEEK, DAYS_PER_YEAR

Array = npt.NDArray[np.float64]

WEEK_OF_YEAR = DAYS_PER_WEEK / DAYS_PER_YEAR
"""The length of a week [years]."""
_GRAIN = 1e-9
"""Days nearer than this are the same day [days]."""


def last_week(days: float) -> int:
    """Return the last week that begins by a day."""
    return floor(days / DAYS_PER_WEEK + _GRAIN)


def next_week(day: float) -> int:
    """Return the first week that begins on a day or after it; negative before the start."""
    return ceil(day / DAYS_PER_WEEK - _GRAIN)


def week_days(count: int) -> Array:
    """Return the first day of weeks 0 to `count` [days]."""
    return np.arange(0.0, count + 1.0) * DAYS_PER_WEEK
