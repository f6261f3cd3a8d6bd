"""Contrasts: one figure in two scenarios, pair by pair, with a p-value and with its interval at any confidence.

A contrast of two samples that saw the same draws (common random numbers) is other minus base. What is contrasted
decides the method:

- a mean: Student's t on the differences within pairs (Law, "Simulation Modeling and Analysis", section 10.2.1);
- a probability: from the discordant pairs, those in which the event happens in one scenario only. The interval is that
  of Bonett and Price ("Adjusted Wald confidence interval for a difference of binomial proportions based on paired
  data", Journal of Educational and Behavioral Statistics 37, 2012), which keeps a width where no pair is discordant;
  the p-value is McNemar's, exact;
- a quantile: the percentile interval of a bootstrap that resamples pairs (Efron and Tibshirani, "An Introduction to the
  Bootstrap", chapter 13), or sectioning (Asmussen and Glynn, "Stochastic Simulation", section III.5): the sample is
  cut into sections, and the spread of their shifts about the shift of the whole gives a t interval. Sectioning takes
  one sort where the bootstrap takes thousands, so it is for large samples.

A quantile later than the horizon is infinite: the shift is infinite where one of both is, and NaN where both are.
With so few pairs that order statistics do not bound the quantile in one sample (`paired.bounded`), its shift has
neither a bounded interval nor a p-value.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import binom, norm, t

from buildsim.analysis import paired, quantiles
from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import Interval

QuantileMethod = Literal["auto", "bootstrap", "sections"]
"""How the interval of a quantile's shift is made; `auto` takes sections where a bootstrap would be long."""

SECTIONS = 20
"""Into how many sections a sample is cut: 19 degrees of freedom cost little, and each section stays large."""

MOST_RESAMPLES = 10_000
"""The most resamples that a bootstrap takes, however small the tails are that are asked of it."""

LONG = 50_000_000
"""The product of pairs and resamples from which on `auto` takes sections."""

TESTED = 0.95
"""A quantile that the pairs do not bound at this confidence gets no p-value."""

Ends = Callable[[float], tuple[float, float]]
"""The ends of an interval as a function of its confidence."""

_TIE = 1e-9


@dataclass(frozen=True, slots=True)
class Contrast:
    """Other minus base for one figure, in the unit of the figure."""

    base: float
    other: float
    difference: float
    """For a quantile plus or minus `inf` when only one of both is within the horizon, NaN when neither is."""
    p: float
    """Two-sided p-value of "there is no difference"; NaN where the sample cannot say."""
    pairs: int
    capped: int
    """Pairs of which a value was later than the horizon and, in a mean, counted as the horizon."""
    above: float
    """Share of pairs in which other is larger (later)."""
    below: float
    """Share of pairs in which other is smaller (earlier)."""
    variance_reduction: float
    """How many times the pairing shrinks the variance of the difference; `inf` when it leaves none, NaN if unknown."""
    method: str
    ends: Ends
    """Lower and upper end of the interval with a given confidence; infinite where there are too few pairs for it."""

    def interval(self, confidence: float = 0.95) -> Interval:
        """The difference with its interval at a confidence between 0 and 1."""
        low, high = self.ends(confidence)
        return Interval(self.difference, low, high, self.pairs, self.capped)


def of_means(base: ArrayLike, other: ArrayLike, *, cap: float | None = None) -> Contrast:
    """The difference of two means; with `cap` [unit of the values], what is NaN or later counts as the cap.

    The interval is NaN for fewer than two pairs. Differences that do not vary have an interval without width.

    Errors: ValueError when the samples differ in length.
    """
    found = paired.difference(base, other, cap=cap)
    one, two = (quantiles.later(values) for values in (base, other))
    gaps = two - one if cap is None else np.minimum(two, cap) - np.minimum(one, cap)
    error = float(gaps.std(ddof=1) / np.sqrt(len(gaps))) if len(gaps) > 1 else np.nan
    return Contrast(
        base=found.base,
        other=found.other,
        difference=found.difference,
        p=_t_test(found.difference, error, len(gaps) - 1),
        pairs=found.pairs,
        capped=found.capped,
        above=found.above,
        below=found.below,
        variance_reduction=found.variance_reduction,
        method="paired t",
        ends=_t_ends(found.difference, error, len(gaps) - 1),
    )


def of_probabilities(base: ArrayLike, other: ArrayLike) -> Contrast:
    """The difference of two probabilities; the samples hold 1 where the event happens and 0 where it does not.

    With g and l pairs in which only other or only base has it, p' = ((g + 1) - (l + 1)) / (n + 2) and
    s' = ((g + 1) + (l + 1)) / (n + 2), the ends are p' -+ z sqrt((s' - p'^2) / (n + 2)), kept within -1 and 1.

    Errors: ValueError when the samples differ in length.
    """
    found = paired.difference(base, other)
    gaps = np.asarray(other, np.float64) - np.asarray(base, np.float64)
    gained, lost, n = int((gaps > 0.5).sum()), int((gaps < -0.5).sum()), len(gaps)

    def ends(confidence: float) -> tuple[float, float]:
        if not n:
            return -1.0, 1.0
        centre, discordant = (gained - lost) / (n + 2), (gained + lost + 2) / (n + 2)
        half = float(norm.ppf(0.5 + confidence / 2.0)) * np.sqrt((discordant - centre * centre) / (n + 2))
        return max(float(centre - half), -1.0), min(float(centre + half), 1.0)

    return Contrast(
        base=found.base,
        other=found.other,
        difference=found.difference,
        p=_mcnemar(gained, lost) if n else np.nan,
        pairs=n,
        capped=0,
        above=found.above,
        below=found.below,
        variance_reduction=found.variance_reduction,
        method="Bonett and Price",
        ends=ends,
    )


def of_quantiles(
    base: ArrayLike,
    other: ArrayLike,
    level: float,
    *,
    method: QuantileMethod = "auto",
    resamples: int = paired.RESAMPLES,
    seed: int = paired.BOOTSTRAP_SEED,
) -> Contrast:
    """How far a quantile moves; NaN counts as later than the horizon.

    `variance_reduction` is that of the quantile: (var base + var other) / var shift, over resamples or sections; NaN
    when one of them lies beyond the horizon. The p-value of a bootstrap is twice the smaller share of resamples on one
    side of zero, each with one added, so it is at least 2 / (resamples + 1).

    NaN rule: the p-value is NaN and the interval not bounded where there are too few pairs, see `paired.bounded`: for
    the p-value at 95 %, for the interval at its own confidence.

    Errors: ValueError when the samples differ in length or the level is not between 0 and 1.
    """
    one, two = (quantiles.later(values) for values in (base, other))
    if one.shape != two.shape or one.ndim != 1:
        raise ValueError(f"paired samples must be equally long, not {one.shape} and {two.shape}")
    n = len(one)
    if n < 2:
        before, after = (quantiles.quantile(values, level).value for values in (one, two))
        return Contrast(before, after, _gap(before, after), np.nan, n, 0, np.nan, np.nan, np.nan, "none", _unbounded)
    enough = n * min(level, 1.0 - level) >= 5 * SECTIONS
    sectioned = method == "sections" or (method == "auto" and enough and n * resamples > LONG)
    shift = _sectioned(one, two, level) if sectioned else _bootstrapped(one, two, level, resamples, seed)
    moved = np.where(np.isinf(one) & np.isinf(two), 0.0, paired.gap(one, two))
    return Contrast(
        base=shift.base,
        other=shift.other,
        difference=_gap(shift.base, shift.other),
        p=shift.p if paired.bounded(n, level, TESTED) else np.nan,
        pairs=n,
        capped=int((np.isinf(one) | np.isinf(two)).sum()),
        above=float((moved > _TIE).mean()),
        below=float((moved < -_TIE).mean()),
        variance_reduction=shift.variance_reduction,
        method="sections" if sectioned else "paired bootstrap",
        ends=lambda confidence: shift.ends(confidence) if paired.bounded(n, level, confidence) else (-np.inf, np.inf),
    )


def enough_resamples(confidence: float) -> int:
    """How many resamples put ten of them beyond each end of an interval, within 1,000 and 10,000.

    An interval is made from the first so many, so that it does not depend on what else the resamples are taken for.
    """
    return min(MOST_RESAMPLES, max(paired.RESAMPLES, ceil(20.0 / (1.0 - confidence) - 1e-6)))


@dataclass(frozen=True, slots=True)
class _Shift:
    base: float
    other: float
    p: float
    variance_reduction: float
    ends: Ends


def _bootstrapped(one: Floats, two: Floats, level: float, resamples: int, seed: int) -> _Shift:
    many = paired.bootstrap(one, two, [level], resamples=resamples, seed=seed)
    before, after = many[0][:, 0], many[1][:, 0]
    gaps = paired.gap(before, after)
    lowest, highest = (np.where(np.isnan(gaps), worst, gaps) for worst in (-np.inf, np.inf))

    def ends(confidence: float) -> tuple[float, float]:
        tail = (1.0 - confidence) / 2.0
        count = min(resamples, enough_resamples(confidence))
        low = np.sort(lowest[:count])[quantiles.rank(count, tail) - 1]
        return float(low), float(np.sort(highest[:count])[quantiles.rank(count, 1.0 - tail) - 1])

    sides = (int((lowest <= _TIE).sum()), int((highest >= -_TIE).sum()))
    p = np.nan if np.isnan(gaps).all() else min(1.0, 2.0 * (min(sides) + 1) / (resamples + 1))
    return _Shift(_at(one, level), _at(two, level), p, _reduction(before, after, gaps), ends)


def _sectioned(one: Floats, two: Floats, level: float) -> _Shift:
    cuts = np.array_split(np.arange(len(one)), min(SECTIONS, len(one)))
    before, after = (np.array([_at(values[cut], level) for cut in cuts]) for values in (one, two))
    whole_one, whole_two = _at(one, level), _at(two, level)
    shift, gaps = _gap(whole_one, whole_two), paired.gap(before, after)
    if not (np.isfinite(gaps).all() and np.isfinite(shift)):
        return _Shift(whole_one, whole_two, np.nan, np.nan, _unbounded)
    error = float(np.sqrt(((gaps - shift) ** 2).sum() / (len(cuts) * (len(cuts) - 1))))
    p, ends = _t_test(shift, error, len(cuts) - 1), _t_ends(shift, error, len(cuts) - 1)
    return _Shift(whole_one, whole_two, p, _reduction(before, after, gaps), ends)


def _at(values: Floats, level: float) -> float:
    """The quantile of a sample that is not empty and holds no NaN."""
    place = quantiles.rank(len(values), level) - 1
    return float(np.partition(values, place)[place])


def _unbounded(confidence: float) -> tuple[float, float]:  # noqa: ARG001  # the same at any confidence
    return -np.inf, np.inf


def _gap(before: float, after: float) -> float:
    return float(paired.gap(np.array([before]), np.array([after]))[0])


def _t_ends(estimate: float, error: float, freedom: int) -> Ends:
    def ends(confidence: float) -> tuple[float, float]:
        half = float(t.ppf(0.5 + confidence / 2.0, freedom)) * error if freedom > 0 else np.nan
        return float(estimate - half), float(estimate + half)

    return ends


def _t_test(estimate: float, error: float, freedom: int) -> float:
    """Two-sided p-value; differences that do not vary are certain, and none at all is no evidence."""
    if freedom < 1 or not np.isfinite(error):
        return np.nan
    if error <= _TIE * max(1.0, abs(estimate)):
        return 1.0 if abs(estimate) <= _TIE else 0.0
    return float(2.0 * t.sf(abs(estimate) / error, freedom))


def _mcnemar(gained: int, lost: int) -> float:
    """The exact two-sided test that a discordant pair goes either way with the same probability."""
    if not gained + lost:
        return 1.0
    return min(1.0, 2.0 * float(binom.cdf(min(gained, lost), gained + lost, 0.5)))


def _reduction(before: Floats, after: Floats, gaps: Floats) -> float:
    if not (np.isfinite(before).all() and np.isfinite(after).all()):
        return np.nan
    apart, together = before.var(ddof=1) + after.var(ddof=1), gaps.var(ddof=1)
    if together > _TIE:
        return float(apart / together)
    return np.inf if apart > _TIE else np.nan
