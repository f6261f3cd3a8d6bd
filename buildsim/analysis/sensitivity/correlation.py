"""Rank correlation of every input with an outcome, and what so many tests at once can tell."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm, t

from buildsim.analysis.frames import Floats
from buildsim.analysis.sensitivity.multiplicity import Method, adjusted
from buildsim.analysis.sensitivity.sample import apart, ranks, sample

OVERLAP = 5.0
"""A test needs so many replications expected with input and outcome both off their commonest value (Cochran)."""


def rank_correlation(
    inputs: pd.DataFrame,
    values: ArrayLike,
    *,
    given: Sequence[str] = (),
    method: Method = "holm",
    level: float = 0.05,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Spearman's rank correlation of each input with an outcome, one row an input, the strongest first.

    rho is Pearson's correlation of the ranks, ties at their mean. With `given`, names of inputs such as the drivers, it
    is the partial one: ranks of inputs and outcome less their regression on the ranks of those, which then have no row.
    p is two-sided, t = rho sqrt(df / (1 - rho^2)) with df = n - 2 - (number given). The interval is Fisher's z with the
    standard error sqrt((1 + rho^2 / 2) / (df - 1)) (Bonett and Wright, Psychometrika 65, 2000).

    Columns: input, n, rho [-], low, high, p, p_adjusted (over all inputs that are tested, see `multiplicity`),
    significant (p_adjusted <= level).

    NaN rule: replications with a NaN outcome and inputs that do not vary are left out. p is NaN, and the input does not
    count as tested, where fewer than 5 replications are expected in which input and outcome are both off their
    commonest value: for a rare event against a rare outcome the t distribution finds far too much.

    Monotone effects only; an input that is correlated with an active one is correlated with the outcome as well: take
    the `own_parts` of the inputs, or give the drivers. The p-values are for independent replications, Monte Carlo or
    Latin hypercube; for a Sobol design they are not known.

    Errors: as `sample`; InputError for unknown names in `given`.
    """
    held = sample(inputs, values)
    x, y = ranks(held.inputs), ranks(held.values)
    controls = held.columns(given)
    expected = apart(held.inputs) * float(apart(held.values)) / held.n
    centred = np.column_stack((x, y)) - (held.n + 1) / 2
    if len(controls):
        frame, _ = np.linalg.qr(centred[:, controls])
        centred -= frame @ (frame.T @ centred)
    kept = np.setdiff1d(np.arange(len(held.names)), controls)
    rho = _against(centred[:, kept], centred[:, -1], np.sqrt((x.var(axis=0)[kept]) * held.n))
    df = held.n - 2 - len(controls)
    p = np.where(expected[kept] >= OVERLAP, p_values(rho, df), np.nan)
    low, high = bounds(rho, df, confidence)
    table = pd.DataFrame({"input": [held.names[index] for index in kept], "n": held.n, "rho": rho})
    table = table.assign(low=low, high=high, p=p, p_adjusted=adjusted(p, method))
    table["significant"] = table["p_adjusted"] <= level
    return table.sort_values("rho", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def detectable(n: int, tests: int, *, level: float = 0.05, power: float = 0.8) -> float:
    """The smallest |rho| [-] that is found with a given power among so many inputs at once, by Bonferroni's bound.

    tanh((z_{1 - level / 2 tests} + z_power) sqrt(1.06 / (n - 3))) (Fieller, Hartley and Pearson, Biometrika 44, 1957).
    rho^2 is about the share of variance that an input must explain by itself: with 4,000 inputs and 300 replications
    9 %, with 1,000 replications 3 %. What is smaller is not absent, it is not seen.

    Errors: ValueError when n < 4, there is no test, or a probability is not between 0 and 1.
    """
    if n < 4 or tests < 1 or not (0.0 < level < 1.0 and 0.0 < power < 1.0):
        raise ValueError("at least 4 replications and one test are needed, and probabilities between 0 and 1")
    z = norm.ppf(1.0 - level / (2.0 * tests)) + norm.ppf(power)
    return float(np.tanh(z * np.sqrt(1.06 / (n - 3))))


def p_values(rho: Floats, df: int) -> Floats:
    """Two-sided p-values of correlations with `df` degrees of freedom; NaN when there are none."""
    if df < 1:
        return np.full(np.shape(rho), np.nan)
    with np.errstate(divide="ignore"):
        size = np.abs(rho) * np.sqrt(df / np.maximum(1.0 - rho * rho, 0.0))
    found: Floats = 2.0 * t.sf(size, df)
    return found


def bounds(rho: Floats, df: int, confidence: float = 0.95) -> tuple[Floats, Floats]:
    """Both ends of the interval of rank correlations, by Fisher's z; NaN with fewer than 2 degrees of freedom."""
    if df < 2:
        return np.full(np.shape(rho), np.nan), np.full(np.shape(rho), np.nan)
    half = norm.ppf(0.5 + confidence / 2.0) * np.sqrt((1.0 + rho * rho / 2.0) / (df - 1))
    z = np.arctanh(np.clip(rho, -1.0 + 1e-12, 1.0 - 1e-12))
    return np.tanh(z - half), np.tanh(z + half)


def _against(x: Floats, y: Floats, size: Floats) -> Floats:
    """Pearson's correlation of each column with y; 0 where next to nothing of a column (of `size`) is left."""
    lengths, length = np.sqrt((x * x).sum(axis=0)), float(np.sqrt(y @ y))
    left = lengths > 1e-9 * size
    found: Floats = np.where(left, y @ x, 0.0) / np.where(left, lengths * max(length, 1e-300), 1.0)
    return np.clip(found, -1.0, 1.0)
