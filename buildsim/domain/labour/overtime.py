"""Overtime: hours a week, and what is left of an hour's output after so many weeks of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Literal

import numpy as np

from buildsim.domain.labour.weeks import Array

NORMAL_HOURS = 40.0
"""Hours a week without overtime."""
LONGEST_HOURS = 84.0
"""The most hours a week that may be declared: seven days of twelve."""
TENTH = 10
"""The efficiency falls until this week of overtime and is level from there on."""

Curve = Literal["digest", "roundtable", "none"]

CURVES: Mapping[Curve, tuple[tuple[float, float], tuple[float, float]]] = MappingProxyType(
    {
        "digest": ((0.95, 0.72), (0.91, 0.61)),
        "roundtable": ((0.926, 0.75), (0.88, 0.61)),
        "none": ((1.0, 1.0), (1.0, 1.0)),
    }
)
"""Efficiency at 50 and at 60 hours, in the first and in the tenth week. Sources: a public digest of overtime studies;
Business Roundtable, Scheduled Overtime Effect on Construction Projects, 1980 (60 hours: an assumption)."""


def consecutive(hours: Array) -> Array:
    """Return which week of overtime each one is, by hours a week with weeks along the first axis; 0 without overtime.

    What came before the first week is taken to have been without overtime.
    """
    places = np.arange(1.0, len(hours) + 1.0).reshape(-1, *(1,) * (hours.ndim - 1))
    without = np.where(hours > NORMAL_HOURS, 0.0, places)
    return places - np.maximum.accumulate(without, axis=0)


def efficiency(hours: Array, weeks: Array, curve: Curve = "digest") -> Array:
    """Return output per hour, relative to a week of 40 hours, in so many hours a week for the so-manieth week on end.

    Straight lines in the hours through 40, 50 and 60; above 60 the last one goes on, which nobody has measured.
    """
    (first_50, tenth_50), (first_60, tenth_60) = CURVES[curve]
    first, tenth = _line(hours, first_50, first_60), _line(hours, tenth_50, tenth_60)
    through = np.minimum(1.0, (weeks - 1.0) / (TENTH - 1.0))
    return np.maximum(0.0, first + (tenth - first) * through)


def _line(hours: Array, at_50: float, at_60: float) -> Array:
    """Return the lines through 1 at 40 hours and the values at 50 and 60, the last one drawn on."""
    lower = 1.0 + (at_50 - 1.0) * (hours - NORMAL_HOURS) / 10.0
    upper = at_50 + (at_60 - at_50) * (hours - 50.0) / 10.0
    return np.where(hours <= 50.0, lower, upper)
