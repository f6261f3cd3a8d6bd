"""The efficient frontier of options that cost money and save days: which of them no other beats, and how sure that is.

An option beats another, that is dominates it, when it costs no more and saves no fewer days, and is better in one of
both (Pareto). Two that are equal in both beat neither. What cannot be compared (NaN) beats nothing and is on no
frontier. How sure a place on the frontier is comes from the replications when they are given (a bootstrap of the pairs:
the options saw the same draws, so they are resampled together), and from the intervals otherwise.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from buildsim.analysis.frames import Floats
from buildsim.analysis.paired import BOOTSTRAP_SEED, RESAMPLES

Bools = NDArray[np.bool_]

STANDINGS = ("efficient", "open", "dominated")
"""What the intervals say: beaten by no option, whatever its true values; open; beaten by one, whatever they are."""


def dominates(cost: ArrayLike, days: ArrayLike) -> Bools:
    """Which option beats which: element (i, j) is whether i dominates j.

    `cost` [any unit, less is better] and `days` [saved, more is better] have the shape (..., options); the result has
    the shape (..., options, options). Plus and minus infinity compare as numbers do; NaN beats and is beaten by none.

    Errors: ValueError when the shapes differ.
    """
    price, gain = np.asarray(cost, np.float64), np.asarray(days, np.float64)
    if price.shape != gain.shape:
        raise ValueError(f"costs have the shape {price.shape}, days {gain.shape}")
    cost_i, cost_j = price[..., :, None], price[..., None, :]
    days_i, days_j = gain[..., :, None], gain[..., None, :]
    better: Bools = (cost_i <= cost_j) & (days_i >= days_j) & ((cost_i < cost_j) | (days_i > days_j))
    return better


def undominated(cost: ArrayLike, days: ArrayLike) -> Bools:
    """Which options are on the efficient frontier: known in both and beaten by no other; shape (..., options)."""
    known = ~(np.isnan(np.asarray(cost, np.float64)) | np.isnan(np.asarray(days, np.float64)))
    free: Bools = known & ~dominates(cost, days).any(axis=-2)
    return free


def standing(table: pd.DataFrame) -> list[str]:
    """What the intervals of a table say of each option: one of `STANDINGS`, in the order of the rows.

    Columns: cost_low, cost_high and low, high [days saved]. "efficient" when no other option can be as cheap and as
    good even at the favourable ends of its intervals, "dominated" when another is better even at its unfavourable ends.
    Each interval holds on its own, and the ends need not come together, so "open" says little and the others much.
    An end that is NaN leaves an option open.
    """
    cost_low, cost_high, low, high = (
        table[column].to_numpy(np.float64) for column in ("cost_low", "cost_high", "low", "high")
    )
    others = ~np.eye(len(table), dtype=bool)
    sure = (cost_high[:, None] <= cost_low[None, :]) & (low[:, None] >= high[None, :])
    sure &= (cost_high[:, None] < cost_low[None, :]) | (low[:, None] > high[None, :])
    never = (cost_low[:, None] > cost_high[None, :]) | (high[:, None] < low[None, :])
    known = ~np.isnan(table[["cost_low", "cost_high", "low", "high"]].to_numpy(np.float64)).any(axis=1)
    beaten: Bools = np.any(sure & others, axis=0)
    free: Bools = np.all(never | ~others, axis=0) & known
    return [
        STANDINGS[2] if one else STANDINGS[0] if two else STANDINGS[1] for one, two in zip(beaten, free, strict=True)
    ]


def probability_undominated(
    cost: Mapping[str, ArrayLike],
    days: Mapping[str, ArrayLike],
    *,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> dict[str, float]:
    """How likely each option is on the frontier of means: the share of bootstrap resamples in which it is.

    Each option has an array of replications, the same ones in the same order: cost and days saved against one base.
    A resample draws replications with all options together. A constant cost is an array of equal numbers.

    Errors: ValueError when the options differ in name or number of replications, or when there are none.
    """
    names = list(cost)
    if set(names) != set(days) or not names:
        raise ValueError("costs and days must be given for the same options, and for one at least")
    paid, saved = (_columns(values, names) for values in (cost, days))
    if paid.shape != saved.shape:
        raise ValueError(f"costs have {paid.shape[0]} replications, days {saved.shape[0]}")
    generator = np.random.default_rng(seed)
    times = np.zeros(len(names))
    for _ in range(resamples):
        drawn = generator.integers(0, len(paid), size=len(paid))
        times += undominated(paid[drawn].mean(axis=0), saved[drawn].mean(axis=0))
    return dict(zip(names, (float(share) for share in times / resamples), strict=True))


def _columns(values: Mapping[str, ArrayLike], names: list[str]) -> Floats:
    arrays = [np.asarray(values[name], np.float64).ravel() for name in names]
    if len({len(array) for array in arrays}) != 1 or not len(arrays[0]):
        raise ValueError("all options must have the same replications, and one at least")
    return np.column_stack(arrays)
