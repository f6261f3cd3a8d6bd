"""Curves: what two scenarios differ by over time, pair by pair, and how sure a finish date is.

The intervals are pointwise: each holds at its own day with its confidence, not the whole curve at once. Who picks the
day with the widest gap has picked a maximum, which is larger than what a fresh run would show there.
"""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis import answers, capacity, figures, quantiles
from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.proportions import moment_bounds, wilson_bounds

EDGES = (0.1, 0.9)
"""The levels between which a band of pairs lies."""


def mw_difference(
    base: RunLike,
    other: RunLike,
    days: ArrayLike | None = None,
    *,
    held: Ints | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Live MW of `other` minus that of `base`, by replication, over time: one row a day.

    Columns: day [days since start], mean with its t interval low, high, then p10, p90 of the pairs [MW]. `days` run
    from the start to the earlier horizon unless given. Only replications that both runs hold are taken: all of
    them, or those in `held`.

    Errors: InputError when the runs do not pair (`figures.pairs`).
    """
    common = figures.pairs({"the other run": other}, base)
    held = common if held is None else np.intersect1d(common, held)
    grid = np.asarray(capacity.grid(min(base.horizon, other.horizon)) if days is None else days, np.float64)
    one, two = (
        capacity.live_mw(
            run.go_live[run.go_live["replication"].isin(held)], grid, base=answers.base(run), replications=held
        )
        for run in (base, other)
    )
    gaps = two - one
    low, high = moment_bounds(gaps.sum(axis=0), (gaps**2).sum(axis=0), len(gaps), confidence)
    p10, p90 = quantiles.bands(gaps, EDGES)
    return pd.DataFrame({"day": grid, "mean": gaps.mean(axis=0), "low": low, "high": high, "p10": p10, "p90": p90})


def confidence_curve(finish: ArrayLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """How likely it is to be finished by a day: the share of a sample, one row a day on which one of it is finished.

    Columns: day [days since start], probability, and low, high (Wilson's interval, pointwise). NaN and `inf` are later
    than the horizon: they are in the denominator, so that the curve ends below 1. `-inf` is left out: there is nothing
    to finish.
    """
    sample = quantiles.later(finish)
    sample = np.sort(sample[~np.isneginf(sample)])
    days, first = np.unique(sample[np.isfinite(sample)], return_index=True)
    done = np.append(first[1:], np.isfinite(sample).sum()) if len(days) else np.empty(0)
    low, high = wilson_bounds(done, np.full(len(done), len(sample)), confidence)
    return pd.DataFrame({"day": days, "probability": done / max(len(sample), 1), "low": low, "high": high})


def probability_by(finish: ArrayLike, day: float) -> tuple[int, int]:
    """How many of a sample are finished by a day, and how many there are (`-inf` left out) [days since start]."""
    sample: Floats = quantiles.later(finish)
    sample = sample[~np.isneginf(sample)]
    return int((sample <= day).sum()), len(sample)
