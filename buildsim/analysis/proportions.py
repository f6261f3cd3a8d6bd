"""Intervals for probabilities (Wilson) and for means (Student's t).

A probability estimated from n replications gets the score interval of Wilson ("Probable inference, the law of
succession, and statistical inference", JASA 22, 1927): it stays within 0 and 1 and keeps its coverage near them, where
most risks of a build-out lie. A mean gets the t interval; with hundreds of replications it holds for skewed
quantities too.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import norm, t

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Interval:
    """An estimate with a two-sided confidence interval, all in the unit of what was estimated."""

    estimate: float
    low: float
    high: float
    n: int
    """Replications behind it."""
    capped: int = 0
    """How many values were later than the cap and counted as the cap."""


def wilson_bounds(successes: ArrayLike, n: ArrayLike, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Both ends of the Wilson interval, element by element; 0 and 1 where n is 0.

    centre = (p + z^2 / 2n) / (1 + z^2 / n), half width = z sqrt(p (1 - p) / n + z^2 / 4n^2) / (1 + z^2 / n).

    Errors: ValueError when a count is negative, exceeds n, or the confidence is not between 0 and 1.
    """
    if not 0.0 < confidence < 1.0:
        raise ValueError(f"confidence must be between 0 and 1, not {confidence!r}")
    hits, trials = np.broadcast_arrays(np.asarray(successes, np.float64), np.asarray(n, np.float64))
    if np.any(hits < 0) or np.any(hits > trials):
        raise ValueError("successes must lie between 0 and the number of trials")
    z = float(norm.ppf(0.5 + confidence / 2.0))
    some = np.maximum(trials, 1.0)
    share = hits / some
    scale = 1.0 + z * z / some
    centre = (share + z * z / (2.0 * some)) / scale
    half = z * np.sqrt(share * (1.0 - share) / some + z * z / (4.0 * some * some)) / scale
    low = np.where(hits == 0, 0.0, np.clip(centre - half, 0.0, 1.0))
    high = np.where(hits == trials, 1.0, np.clip(centre + half, 0.0, 1.0))
    return low, np.where(trials == 0, 1.0, high)


def wilson(successes: int, n: int, confidence: float = 0.95) -> Interval:
    """A probability with its Wilson interval; NaN between 0 and 1 when there are no trials."""
    low, high = wilson_bounds(successes, n, confidence)
    return Interval(successes / n if n else np.nan, float(low), float(high), n)


def moment_bounds(total: ArrayLike, squares: ArrayLike, n: int, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Both ends of the t interval of means, from sums and sums of squares over n replications, element by element.

    For sparse tables, in which a replication without a row counts as zero. NaN when n < 2.
    """
    sums, powers = np.asarray(total, np.float64), np.asarray(squares, np.float64)
    if n < 2:
        return np.full(sums.shape, np.nan), np.full(sums.shape, np.nan)
    mean = sums / n
    variance = np.maximum(powers - sums * mean, 0.0) / (n - 1)
    half = float(t.ppf(0.5 + confidence / 2.0, n - 1)) * np.sqrt(variance / n)
    return mean - half, mean + half


def mean(values: ArrayLike, confidence: float = 0.95, *, cap: float | None = None, floor: float = -np.inf) -> Interval:
    """The mean with its t interval.

    With `cap` [unit of the values], values that are NaN (not by the horizon) or above it count as the cap, and
    `capped` says how many they were. Without it a NaN makes the mean NaN. The lower end is not put below `floor`, for
    what cannot be less, such as damages. The ends are NaN for fewer than two values.
    """
    array = np.asarray(values, np.float64).ravel()
    capped = 0
    if cap is not None:
        beyond = np.isnan(array) | (array > cap)
        capped = int(beyond.sum())
        array = np.where(beyond, cap, array)
    n = len(array)
    if n == 0:
        return Interval(np.nan, np.nan, np.nan, 0, 0)
    estimate = float(array.mean())
    if n < 2:
        return Interval(estimate, np.nan, np.nan, n, capped)
    half = float(t.ppf(0.5 + confidence / 2.0, n - 1)) * float(array.std(ddof=1)) / float(np.sqrt(n))
    return Interval(estimate, max(estimate - half, floor), estimate + half, n, capped)
