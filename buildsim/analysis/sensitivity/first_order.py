"""First-order Sobol indices from a plain sample: how much of the outcome's variance one input explains by itself."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import f as f_distribution
from scipy.stats import norm

from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.paired import BOOTSTRAP_SEED
from buildsim.analysis.sensitivity.multiplicity import Method, adjusted
from buildsim.analysis.sensitivity.sample import ranks, sample

SMALLEST = 10
"""A bin with fewer replications makes the F test unreliable."""


def first_order(
    inputs: pd.DataFrame,
    values: ArrayLike,
    *,
    bins: int | None = None,
    method: Method = "holm",
    level: float = 0.05,
    confidence: float = 0.95,
    most: int = 50,
    resamples: int = 200,
    seed: int = BOOTSTRAP_SEED,
) -> pd.DataFrame:
    """First-order index of each input from given data, Var(E[y | x]) / Var(y), one row an input, the largest first.

    The replications are sorted by the input into K bins of equal size (ties in one bin; K = cube root of n by default,
    4 to 30), and the variance of the bin means is compared with that within (Pearson's correlation ratio; Plischke,
    Borgonovo and Smith, European Journal of Operational Research 226, 2013). Noise alone makes the plain ratio (K - 1)
    / (n - 1), which over thousands of inputs is more than all signal, so it is taken off (Kelley, PNAS 21, 1935):

        index = (SSB - (K - 1) MSW) / SST,   SSB, MSW, SST: sum of squares between, mean square within, sum in total

    It is about unbiased, and below zero where there is nothing; nothing is clipped. p is the F test of equal bin means.
    Curved effects count, unlike in `rank_correlation`; what varies within a bin is lost (about 1 / K^2 of the index).

    The interval is index +- z times the standard error of a bootstrap of the replications (bins kept), for the first
    `most` rows; NaN below. It holds for a single input; for the largest of thousands it does not (winner's curse).

    Columns: input, n, bins (that are filled), index [share of the variance], low, high, p, p_adjusted, significant.

    NaN rule: as `rank_correlation`; p is NaN and the input not tested where a filled bin holds fewer than 10.

    Errors: as `sample`; ValueError for fewer than 2 bins or more than a tenth of the replications.
    """
    held = sample(inputs, values)
    count = int(np.clip(round(held.n ** (1.0 / 3.0)), 4, 30)) if bins is None else bins
    if count < 2 or count > max(2, held.n // SMALLEST):
        raise ValueError(f"{count} bins for {held.n} replications: 2 to {held.n // SMALLEST} are possible")
    place = _bins(held.inputs, count)
    y = held.values - held.values.mean()
    index, p, filled = _ratios(place, y, count)
    table = pd.DataFrame({"input": held.names, "n": held.n, "bins": filled, "index": index})
    order = np.argsort(-index, kind="stable")
    error = np.full(len(index), np.nan)
    error[order[:most]] = _errors(place[:, order[:most]], y, count, resamples, seed)
    half = norm.ppf(0.5 + confidence / 2.0) * error
    table = table.assign(low=index - half, high=index + half, p=p, p_adjusted=adjusted(p, method))
    table["significant"] = table["p_adjusted"] <= level
    return table.iloc[order].reset_index(drop=True)


def _bins(inputs: Floats, count: int) -> Ints:
    """The bin of each value, from 0: equal numbers down each column, ties together."""
    n = len(inputs)
    return np.minimum(((ranks(inputs) - 0.5) / n * count).astype(np.int64), count - 1)


def _ratios(place: Ints, y: Floats, count: int) -> tuple[Floats, Floats, Ints]:
    """Index, p-value and number of filled bins of each column of `place`."""
    n, width = place.shape
    cell = place + np.arange(width) * count
    size = np.bincount(cell.ravel(), minlength=width * count).reshape(width, count)
    total = np.bincount(cell.ravel(), np.repeat(y, width), width * count).reshape(width, count)
    between = (total**2 / np.maximum(size, 1)).sum(axis=1) - n * y.mean() ** 2
    filled = (size > 0).sum(axis=1)
    whole = float(((y - y.mean()) ** 2).sum())
    within = np.maximum(whole - between, 0.0) / np.maximum(n - filled, 1)
    index = (between - (filled - 1) * within) / whole
    tested = (filled > 1) & (np.where(size > 0, size, n).min(axis=1) >= SMALLEST)
    ratio = between / np.maximum(filled - 1, 1) / np.maximum(within, 1e-300)
    p = np.where(tested, f_distribution.sf(ratio, np.maximum(filled - 1, 1), n - filled), np.nan)
    return index, p, filled.astype(np.int64)


def _errors(place: Ints, y: Floats, count: int, resamples: int, seed: int) -> Floats:
    """Bootstrap standard errors of the indices of the columns of `place`."""
    generator = np.random.default_rng(seed)
    found = np.empty((resamples, place.shape[1]))
    for row in range(resamples):
        pick = generator.integers(0, len(y), len(y))
        found[row] = _ratios(place[pick], y[pick], count)[0]
    errors: Floats = found.std(axis=0, ddof=1)
    return errors
