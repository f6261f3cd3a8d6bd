"""How many replications a figure needs: from a run that is there to the half-width that is wanted.

The half-width of an interval is its longer arm, from the estimate to the farther end, so that the estimate is within it
of the truth with the confidence of the interval, however lopsided that is. `needed` looks ahead from the replications
at hand; `run.sequential.simulate_until` simulates in stages until a figure is that sure.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, inf, isfinite, nan

import numpy as np
from scipy.stats import t

from buildsim.analysis.figures import Figure
from buildsim.analysis.paired import bounded
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.proportions import Interval, wilson_bounds
from buildsim.errors import InputError, Problem
from buildsim.run.sequential import arm

MOST = 10**9
"""Figures that need more replications than this are said to need infinitely many."""


@dataclass(frozen=True, slots=True)
class Needed:
    """How many replications would bring a figure to a half-width."""

    replications: float
    """In all, those at hand included; `inf` when no number will do, NaN when the sample cannot say."""
    have: int
    """Replications (or pairs of them) at hand."""
    half_width: float
    """That of the sample at hand [unit of the figure]."""
    interval: Interval
    """The figure of the sample at hand."""
    note: str
    """What to bear in mind; empty when there is nothing."""

    @property
    def reached(self) -> bool:
        """Whether those at hand will do."""
        return self.replications <= self.have


def needed(
    run: RunLike, figure: Figure, half_width: float, confidence: float = 0.95, *, against: RunLike | None = None
) -> Needed:
    """How many replications bring the figure's half-width to `half_width` [unit of the figure].

    With `against` it is the difference between the two runs, pair by pair. The formulas, with what is seen in the n
    replications at hand taken for the truth:

    - mean: the least i with t(i - 1) s / sqrt(i) <= h (Law, "Simulation Modeling and Analysis", section 9.4.1);
    - probability: the least i at which the longer arm of Wilson's interval about the share seen is at most h;
    - quantile, and differences of probabilities and quantiles: n (h(n) / h)^2, for their intervals shrink with sqrt(n).

    NaN rule: NaN when the figure has not varied in the replications at hand, or there are fewer than two; `inf` when it
    lies beyond the horizon. Where only the upper end does, the lower arm stands for both, and `note` says so.

    Errors: InputError for a half-width that is not above 0, a confidence outside 0 to 1, or runs that do not pair.
    """
    check_target(half_width, confidence)
    interval = figure.interval(run, confidence, against=against)
    have = run.replications if against is None else min(run.replications, against.replications)
    now, n = arm(interval), interval.n
    if not isfinite(interval.estimate):
        note = "the figure lies beyond the horizon" if n else "there is nothing in any replication"
        return Needed(inf if n else nan, have, inf, interval, note)
    if n < 2 or now == 0.0 or np.isnan(now):
        return Needed(nan, have, now, interval, "the figure has not varied yet, so its spread is not known")
    notes = []
    least = 2
    if not isinstance(figure.statistic, str):
        least = _bounded(figure.statistic, confidence)
        if not isfinite(now):
            notes.append("an end is not bounded or later than the horizon: judged by the other arm")
            now = min(interval.estimate - interval.low, interval.high - interval.estimate)
    if not isfinite(now):
        return Needed(nan, have, inf, interval, "the interval is not bounded at either end")
    if figure.statistic == "mean":
        count = _of_mean(now, n, half_width, confidence)
    elif figure.statistic == "probability" and against is None:
        count = _of_share(interval.estimate, half_width, confidence)
    else:
        count = n * (now / half_width) ** 2
    if interval.capped and figure.statistic == "mean":
        notes.append(
            f"{interval.capped} are later than the horizon and count as it: this is the mean up to the horizon"
        )
    if n < have:
        notes.append(f"{have - n} of the {have} replications have nothing to count")
    count = max(least, count) * have / n
    return Needed(float(ceil(count - 1e-9)) if count <= MOST else inf, have, arm(interval), interval, "; ".join(notes))


def check_target(half_width: float, confidence: float) -> None:
    """InputError with all that is wrong with a target."""
    problems = []
    if not (isfinite(half_width) and half_width > 0.0):
        problems.append(Problem("half_width", f"the half-width is {half_width}", expected="a number above 0"))
    if not 0.0 < confidence < 1.0:
        problems.append(Problem("confidence", f"the confidence is {confidence}", expected="between 0 and 1"))
    if problems:
        raise InputError(problems)


def _of_mean(now: float, n: int, half_width: float, confidence: float) -> float:
    deviation = now * np.sqrt(n) / float(t.ppf(0.5 + confidence / 2.0, n - 1))

    def half(count: int) -> float:
        return float(t.ppf(0.5 + confidence / 2.0, count - 1) * deviation / np.sqrt(count))

    return _least(half, half_width)


def _of_share(share: float, half_width: float, confidence: float) -> float:
    def half(count: int) -> float:
        low, high = wilson_bounds(share * count, count, confidence)
        return float(max(high - share, share - low))

    return _least(half, half_width)


def _least(half: Callable[[int], float], half_width: float) -> float:
    """The least count, from 2, whose half-width is small enough: it falls with the count."""
    high = 2
    while half(high) > half_width:
        high *= 2
        if high > MOST:
            return inf
    low = high // 2 + 1 if high > 2 else 2
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if half(middle) <= half_width else (middle + 1, high)
    return float(high)


def _bounded(level: float, confidence: float) -> int:
    """How many replications bound both ends of a quantile's interval."""
    count = 2
    while not bounded(count, level, confidence):
        count *= 2
    low = count // 2
    while low + 1 < count:
        middle = (low + count) // 2
        low, count = (low, middle) if bounded(middle, level, confidence) else (middle, count)
    return count
