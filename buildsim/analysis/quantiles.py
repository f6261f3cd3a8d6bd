"""Quantiles of what may lie beyond the horizon: the one function that all of buildsim uses for a percentile.

NaN in a table means "not by the horizon". Such a value is later than every value that was seen, so it is sorted as
plus infinity. A quantile that falls there is `inf` and is printed as `> horizon`.

The estimate is the inverse of the empirical distribution (type 1 of Hyndman and Fan, "Sample quantiles in statistical
packages", The American Statistician 50, 1996): the order statistic of rank ceil(n p). It is a value that occurred, so
it needs no interpolation between a date and "later than the horizon".

The interval is distribution-free (David and Nagaraja, "Order Statistics", 3rd edition, section 7.1): its ends are the
order statistics whose ranks the binomial distribution with n trials and probability p gives, each end missing with a
chance of at most half of what is left over by the confidence. An end for which there are too few replications is not
bounded: minus or plus infinity with its flag unset.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil, isinf

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binom

LEVELS: tuple[float, ...] = (0.1, 0.5, 0.8, 0.9)
"""The levels at which dates are reported."""

BEYOND = "> horizon"
"""How a value later than the horizon is printed."""

UNBOUNDED = "not bounded"
"""How the end of an interval is printed for which there are too few replications."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile with its interval; all values in the unit of the sample."""

    level: float
    """The probability, 0 to 1."""
    value: float
    """The order statistic; `inf` when it is later than the horizon, NaN for an empty sample."""
    low: float
    """Lower end of the interval; `-inf` when it is not bounded, `inf` when it is later than the horizon."""
    high: float
    """Upper end of the interval; `inf` when it is later than the horizon or not bounded."""
    low_bounded: bool
    """Whether the sample is large enough for the lower end."""
    high_bounded: bool
    """Whether the sample is large enough for the upper end."""
    confidence: float
    """The confidence that the interval reaches at least, 0 to 1."""
    n: int
    """Size of the sample."""
    later: int
    """How many of the sample are later than the horizon."""

    @property
    def beyond(self) -> bool:
        """Whether the quantile itself is later than the horizon."""
        return isinf(self.value)

    def texts(self, show: Callable[[float], str] = "{:g}".format) -> tuple[str, str, str]:
        """Value, lower and upper end as text: `show` turns a finite number into one."""
        low = end_text(self.low, self.low_bounded, show)
        high = end_text(self.high, self.high_bounded, show)
        return end_text(self.value, self.n > 0, show), low, high


def end_text(value: float, bounded: bool, show: Callable[[float], str] = "{:g}".format) -> str:
    """A value or the end of an interval as text: `> horizon`, `not bounded`, or what `show` makes of it."""
    if not bounded:
        return UNBOUNDED
    return show(value) if np.isfinite(value) else BEYOND


def later(values: ArrayLike) -> Floats:
    """The values as floats, with NaN (not by the horizon) turned into plus infinity (later than the horizon)."""
    array = np.array(values, dtype=np.float64)
    array[np.isnan(array)] = np.inf
    return array


def rank(n: int, level: float) -> int:
    """Rank, from 1, of the order statistic that estimates the quantile in a sample of n."""
    _check(level, "level")
    return max(1, ceil(n * level - 1e-9))


def interval_ranks(n: int, level: float, confidence: float = 0.95) -> tuple[int, int]:
    """Ranks, from 1, of the ends of the interval; 0 and n + 1 stand for ends that are not bounded.

    The lower rank is the largest l for which at least l values below the quantile are likely enough, the upper rank the
    smallest u for which at least u of them are not: both from the exact binomial distribution.
    """
    _check(level, "level")
    _check(confidence, "confidence")
    tail = (1.0 - confidence) / 2.0
    low = int(binom.ppf(tail, n, level)) if n else 0
    high = int(binom.ppf(1.0 - tail, n, level)) + 1 if n else 1
    return max(low, 0), min(high, n + 1)


def quantile(values: ArrayLike, level: float, confidence: float = 0.95) -> Quantile:
    """The quantile of a sample in which NaN is later than the horizon, with its interval.

    Errors: ValueError when `level` or `confidence` is not between 0 and 1.
    """
    ordered = np.sort(later(values), axis=None)
    return _of_sorted(ordered, level, confidence)


def quantiles(values: ArrayLike, levels: Sequence[float] = LEVELS, confidence: float = 0.95) -> tuple[Quantile, ...]:
    """The quantiles of one sample at several levels."""
    ordered = np.sort(later(values), axis=None)
    return tuple(_of_sorted(ordered, level, confidence) for level in levels)


def bands(matrix: ArrayLike, levels: Sequence[float]) -> Floats:
    """Quantiles down the columns of a matrix (replications, columns), without intervals: shape (levels, columns)."""
    ordered = np.sort(later(matrix), axis=0)
    count, width = ordered.shape
    if count == 0:
        return np.full((len(levels), width), np.nan)
    return ordered[[rank(count, level) - 1 for level in levels], :]


def column(level: float) -> str:
    """Name of the column that holds a quantile: `p10`, `p50`, `p2.5`."""
    return f"p{round(level * 100, 6):g}"


def wide(values: ArrayLike, levels: Sequence[float] = LEVELS, confidence: float = 0.95) -> dict[str, float]:
    """One row of quantiles for a table: `p50`, `p50_low`, `p50_high`, ... and `later`, the share beyond the horizon.

    An end that is not bounded is `-inf` or `inf`, as is one later than the horizon; `quantile` tells them apart.
    """
    found = quantiles(values, levels, confidence)
    row: dict[str, float] = {}
    for one in found:
        name = column(one.level)
        row |= {name: one.value, f"{name}_low": one.low, f"{name}_high": one.high}
    row["later"] = found[0].later / found[0].n if found and found[0].n else np.nan
    return row


def table(
    frame: pd.DataFrame, value: str, by: Sequence[str], levels: Sequence[float] = LEVELS, confidence: float = 0.95
) -> pd.DataFrame:
    """Quantiles of one column by group, one row a group and level.

    Columns: the ones of `by`, then level, value, low, high, low_bounded, high_bounded, confidence, n, later [count].
    """
    rows: list[dict[str, object]] = []
    for key, group in frame.groupby(list(by), observed=True, sort=False):
        names = dict(zip(by, key, strict=True))
        found = quantiles(group[value].to_numpy(), levels, confidence)
        rows.extend(names | {field: getattr(one, field) for field in _FIELDS} for one in found)
    return pd.DataFrame(rows, columns=[*by, *_FIELDS])


_FIELDS = ("level", "value", "low", "high", "low_bounded", "high_bounded", "confidence", "n", "later")


def _of_sorted(ordered: Floats, level: float, confidence: float) -> Quantile:
    count = len(ordered)
    low, high = interval_ranks(count, level, confidence)
    return Quantile(
        level=level,
        value=float(ordered[rank(count, level) - 1]) if count else np.nan,
        low=float(ordered[low - 1]) if low else -np.inf,
        high=float(ordered[high - 1]) if high <= count else np.inf,
        low_bounded=low > 0,
        high_bounded=high <= count,
        confidence=confidence,
        n=count,
        later=int(np.isinf(ordered).sum()),
    )


def _check(probability: float, name: str) -> None:
    if not 0.0 < probability < 1.0:
        raise ValueError(f"{name} must be a probability between 0 and 1, not {probability!r}")
