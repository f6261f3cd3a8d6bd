"""First-order and total Sobol indices from a designed sample, with bootstrap intervals."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis.frames import Floats
from buildsim.analysis.paired import BOOTSTRAP_SEED, RESAMPLES
from buildsim.errors import InputError, Problem

LEAST = 20
"""Fewer replications give no interval worth the name."""


def sobol_indices(
    a: ArrayLike,
    b: ArrayLike,
    mixtures: Mapping[str, ArrayLike],
    *,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> pd.DataFrame:
    """First-order and total index of each quantity or group from the outcomes of a designed sample, see `pick_freeze`.

    `a` and `b` are the outcomes of the two independent samples, `mixtures[g]` those of A with the quantities of g from
    B, all of shape (replications,). With y centred at the mean of a and b and V the variance of both together,

        first = mean(b (mixture - a)) / V                 (Saltelli et al., Computer Physics Communications 181, 2010)
        total = mean((a - mixture)^2) / (2 V)             (Jansen, Computer Physics Communications 117, 1999)

    first is the share of the variance that g explains by itself, total the share that is left when everything else is
    known: with it, its interactions. total - first is what g does together with others.

    Intervals: percentiles of a bootstrap of the replications (rows of a, b and mixtures together; Archer, Saltelli and
    Sobol', Journal of Statistical Computation and Simulation 58, 1997). The error is about 1 / sqrt(n) for first, less
    for total where total is small; first may come out below zero, and nothing is clipped.

    Columns: quantity, n, first, first_low, first_high, total, total_low, total_high [share of the variance],
    interaction (total - first), interaction_low, interaction_high.

    NaN rule: a replication with NaN in any sample is left out of all. Cap days later than the horizon.

    Errors: ValueError for samples of different length; InputError when fewer than 20 replications are left or the
    outcome does not vary.
    """
    names = list(mixtures)
    columns = [np.asarray(values, np.float64) for values in (a, b, *(mixtures[name] for name in names))]
    if any(column.shape != columns[0].shape or column.ndim != 1 for column in columns):
        raise ValueError("the samples must be equally long")
    y = np.column_stack(columns)
    y = y[~np.isnan(y).any(axis=1)]
    if len(y) < LEAST or np.ptp(y[:, :2]) == 0.0:
        message = f"{len(y)} replications with an outcome, that varies by {np.ptp(y[:, :2]) if len(y) else 0:g}"
        raise InputError(Problem("outcome", message, expected=f"at least {LEAST}, and one that varies"))
    found = _indices(y, np.full((1, len(y)), 1.0 / len(y)))[:, 0]
    generator = np.random.default_rng(seed)
    counts = generator.multinomial(len(y), np.full(len(y), 1.0 / len(y)), size=resamples)
    many = _indices(y, counts / len(y))
    tail = (1.0 - confidence) / 2.0
    ends = np.nanquantile(many, [tail, 1.0 - tail], axis=1, method="inverted_cdf")
    table = pd.DataFrame({"quantity": names, "n": len(y)})
    for place, label in enumerate(("first", "total", "interaction")):
        table[label] = found[place]
        table[f"{label}_low"], table[f"{label}_high"] = ends[0, place], ends[1, place]
    return table


def _indices(y: Floats, weights: Floats) -> Floats:
    """First, total and their difference, shape (3, resamples, quantities), for rows weighted by `weights`."""
    a, b, mixed = y[:, 0], y[:, 1], y[:, 2:]
    shift = float((a.mean() + b.mean()) / 2.0)  # against cancellation only; the mean of each resample is taken below
    a, b, mixed = a - shift, b - shift, mixed - shift
    mean = (weights @ (a + b)) / 2.0
    variance = (weights @ (a * a + b * b)) / 2.0 - mean**2
    cross = weights @ (b[:, None] * (mixed - a[:, None])) - mean[:, None] * (weights @ (mixed - a[:, None]))
    gap = weights @ ((a[:, None] - mixed) ** 2) / 2.0
    size = np.where(variance > 0.0, variance, np.nan)[:, None]
    return np.stack((cross / size, gap / size, (gap - cross) / size))
