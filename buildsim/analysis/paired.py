"""Paired differences: two samples of the same replications, taken with the same draws, other minus base.

With common random numbers both runs see the same luck, so the difference within a replication varies less than the two
results do. The variance reduction factor says by how much: (var base + var other) / var difference, that is how many
times more replications two independent runs would need for the same interval (Law, "Simulation Modeling and Analysis",
section 11.2).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import mean

RESAMPLES = 1000
"""How many resamples a bootstrap takes."""

BOOTSTRAP_SEED = 20250812
"""The seed of the bootstrap's own generator: the same sample gives the same interval."""


@dataclass(frozen=True, slots=True)
class Difference:
    """A paired difference of means with its t interval, in the unit of the values."""

    base: float
    other: float
    difference: float
    """Mean of other minus base."""
    low: float
    high: float
    pairs: int
    capped: int
    """Pairs in which one value or both were later than the cap and counted as the cap."""
    above: float
    """Share of pairs in which other is larger (later)."""
    below: float
    """Share of pairs in which other is smaller (earlier)."""
    correlation: float
    """Pearson's, between base and other; NaN when one of them is constant."""
    variance_reduction: float
    """`inf` when the differences do not vary though the values do; NaN when nothing varies."""


@dataclass(frozen=True, slots=True)
class Shift:
    """The difference of two quantiles with its paired bootstrap interval, in the unit of the values."""

    level: float
    base: float
    other: float
    shift: float
    """Other minus base; plus or minus `inf` when only one of them is within the horizon, NaN when neither is."""
    low: float
    """Minus infinity, as `high` is infinity, where there are too few pairs for an interval (`bounded`)."""
    high: float
    pairs: int


def difference(base: ArrayLike, other: ArrayLike, *, cap: float | None = None, confidence: float = 0.95) -> Difference:
    """The mean of other minus base, pair by pair, with its t interval.

    With `cap`, values that are NaN (not by the horizon) or above it count as the cap: where only one value of a pair is
    beyond it, the real difference is larger than what is counted. `capped` says how many pairs are touched.

    Errors: ValueError when the samples differ in length.
    """
    one, two = _pair(base, other)
    beyond = np.zeros(len(one), bool)
    if cap is not None:
        beyond = (quantiles.later(one) > cap) | (quantiles.later(two) > cap)
        one, two = (np.minimum(quantiles.later(values), cap) for values in (one, two))
    gaps = two - one
    found = mean(gaps, confidence)
    return Difference(
        base=mean(one).estimate,
        other=mean(two).estimate,
        difference=found.estimate,
        low=found.low,
        high=found.high,
        pairs=len(gaps),
        capped=int(beyond.sum()),
        above=float((gaps > _TIE).mean()) if len(gaps) else np.nan,
        below=float((gaps < -_TIE).mean()) if len(gaps) else np.nan,
        correlation=_correlation(one, two),
        variance_reduction=_reduction(one, two),
    )


def shifts(
    base: ArrayLike,
    other: ArrayLike,
    levels: Sequence[float],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> tuple[Shift, ...]:
    """How far quantiles move from base to other, with percentile intervals of a bootstrap that resamples pairs.

    NaN counts as later than the horizon. A resample in which both quantiles are beyond it says nothing about the shift:
    it counts as the worst for either end, so that the interval stays on the safe side. With too few pairs (`bounded`)
    the interval is not bounded: a bootstrap sees no more of the tail than the sample holds.
    """
    one, two = (quantiles.later(values) for values in _pair(base, other))
    if not len(one):
        return tuple(Shift(level, np.nan, np.nan, np.nan, -np.inf, np.inf, 0) for level in levels)
    many_one, many_two = bootstrap(one, two, levels, resamples=resamples, seed=seed)
    ranks = [quantiles.rank(len(one), level) - 1 for level in levels]
    sorted_one, sorted_two = np.sort(one), np.sort(two)
    tail = (1.0 - confidence) / 2.0
    found = []
    for index, level in enumerate(levels):
        gaps = gap(many_one[:, index], many_two[:, index])
        low = np.sort(np.where(np.isnan(gaps), -np.inf, gaps))[quantiles.rank(resamples, tail) - 1]
        high = np.sort(np.where(np.isnan(gaps), np.inf, gaps))[quantiles.rank(resamples, 1.0 - tail) - 1]
        before, after = sorted_one[ranks[index]], sorted_two[ranks[index]]
        shift = float(gap(np.array([before]), np.array([after]))[0])
        ends = (float(low), float(high)) if bounded(len(one), level, confidence) else (-np.inf, np.inf)
        found.append(Shift(level, float(before), float(after), shift, *ends, len(one)))
    return tuple(found)


def bounded(pairs: int, level: float, confidence: float = 0.95) -> bool:
    """Whether a sample of so many pairs bounds a quantile on both sides: 17 for a P80 at 95 %, 368 for a P99.

    Order statistics bound it by `quantiles.interval_ranks`. With fewer pairs a resample hardly ever reaches beyond the
    quantile, and the interval of a bootstrap holds much less often than it says.
    """
    low, high = quantiles.interval_ranks(pairs, level, confidence)
    return low >= 1 and high <= pairs


def bootstrap(
    one: Floats, two: Floats, levels: Sequence[float], *, resamples: int = RESAMPLES, seed: int = BOOTSTRAP_SEED
) -> tuple[Floats, Floats]:
    """The quantiles of resampled pairs, of the one and of the other sample: each of shape (resamples, levels).

    The samples are equally long, not empty, and hold no NaN (`quantiles.later`). The resamples are taken in parts that
    bound the memory; the parts do not show in what is drawn.
    """
    generator = np.random.default_rng(seed)
    ranks = [quantiles.rank(len(one), level) - 1 for level in levels]
    part = max(1, _ELEMENTS // len(one))
    many_one, many_two = np.empty((resamples, len(levels))), np.empty((resamples, len(levels)))
    for first in range(0, resamples, part):
        picks = generator.integers(0, len(one), size=(min(part, resamples - first), len(one)))
        rows = slice(first, first + len(picks))
        many_one[rows], many_two[rows] = (np.partition(v[picks], ranks, axis=1)[:, ranks] for v in (one, two))
    return many_one, many_two


_ELEMENTS = 2_000_000
"""How many numbers a part of a bootstrap draws."""

_TIE = 1e-9
"""Differences smaller than this are ties [unit of the values]."""


def gap(before: Floats, after: Floats) -> Floats:
    """After minus before, NaN where both are beyond the horizon."""
    both = np.isinf(before) & np.isinf(after)
    return np.where(both, np.nan, np.where(both, 0.0, after) - np.where(both, 0.0, before))


def _pair(base: ArrayLike, other: ArrayLike) -> tuple[Floats, Floats]:
    one, two = np.asarray(base, np.float64), np.asarray(other, np.float64)
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError(f"paired samples must be equally long, not {one.shape} and {two.shape}")
    return one, two


def _correlation(one: Floats, two: Floats) -> float:
    if len(one) < 2 or not _varies(one) or not _varies(two):
        return np.nan
    return float(np.corrcoef(one, two)[0, 1])


def _reduction(one: Floats, two: Floats) -> float:
    known = len(one) >= 2 and bool(np.isfinite(one).all() and np.isfinite(two).all())
    if not known or not (_varies(one) or _varies(two)):
        return np.nan
    if not _varies(two - one):
        return np.inf
    return float((one.var(ddof=1) + two.var(ddof=1)) / (two - one).var(ddof=1))


def _varies(values: Floats) -> bool:
    return bool(np.isfinite(values).all()) and bool(np.ptp(values) > _TIE)
