"""How much of the outcome's variance a group of inputs explains, when each of them alone is too weak to be seen."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from buildsim.analysis.frames import Floats
from buildsim.analysis.sensitivity.groups import Groups, assigned
from buildsim.analysis.sensitivity.sample import basis, sample

ALL = "all"
"""The label of all inputs together."""

BLOCK = 1000
"""Rows of the products between replications that are in memory at a time."""

PER_COLUMN = 4
"""Replications for each column of a regression that is given as a check."""


def group_shares(
    inputs: pd.DataFrame,
    values: ArrayLike,
    groups: Groups,
    *,
    degree: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The share of the variance that each group of inputs explains additively, one row a group, then `all`.

    Take `own_parts` of the inputs: the sum is right for inputs that are independent of one another. With phi_jk the
    polynomials of the normal scores of input j up to `degree`, orthonormal over the sample,

        share of g = sum over j in g, k <= degree of  r_jk^2 - (1 - r_jk^2) / (n - 2),   r_jk = corr(phi_jk, y)

    that is first-order Sobol indices by a polynomial expansion (Sudret, Reliability Engineering and System Safety 93,
    2008), each with its noise taken off as in an adjusted R^2 (Ezekiel 1930), then added up. It needs no fit and no
    fewer inputs than replications: it is the moment estimator of the variance explained by many small effects (Dicker,
    Biometrika 101, 2014). Degree 1 sees monotone effects, nearly whole; each further degree adds noise.

    The interval is share +- z times a standard error from the U-statistic that the share is (delete-one jackknife of
    replications, less what it counts twice of the purely random part). It grows with the square root of the number of
    inputs: about sqrt(2 inputs) / n for a group without effect.

    Columns: group, inputs, n, share [of the variance], low, high, r2 (adjusted R^2 of a least-squares fit on the same
    polynomials, a check that needs no independence; NaN with fewer than 4 replications for each column), error
    (standard error of share).

    The shares of groups add up to that of `all`. What is missing to 1 is interaction, curvature beyond the degree, and
    luck that is not in the table of inputs (the weather of single days, second tries). Shares below zero are noise.

    NaN rule: as `rank_correlation`. Errors: as `sample` and `assigned`; ValueError for a degree outside 1 to 4.
    """
    if not 1 <= degree <= 4:
        raise ValueError(f"degree {degree} is not within 1 to 4")
    held = sample(inputs, values)
    members = assigned(held.names, groups, held.constant)
    columns = basis(held.inputs, degree)
    y = (held.values - held.values.mean()) / held.values.std()
    whole = np.arange(len(held.names))
    found = []
    for label, group in [*members.items(), (ALL, whole)]:
        phi = columns[:, :, group].transpose(1, 0, 2).reshape(held.n, -1)
        phi = phi[:, (phi != 0.0).any(axis=0)]
        part = explained(phi, y)
        found.append({"group": label, "inputs": len(group), "n": held.n, "share": part.share, "error": part.error})
        found[-1] |= {"r2": _adjusted_r2(phi, y) if phi.shape[1] * PER_COLUMN <= held.n else np.nan}
    table = pd.DataFrame(found)
    half = norm.ppf(0.5 + confidence / 2.0) * table["error"]
    table = table.assign(low=table["share"] - half, high=table["share"] + half)
    return table[["group", "inputs", "n", "share", "low", "high", "r2", "error"]]


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the variance with its standard error."""

    share: float
    error: float


def explained(phi: Floats, y: Floats) -> Part:
    """The variance share of standardised columns, see `group_shares`; y is standardised too."""
    n = len(y)
    r = phi.T @ y / n
    share = float((r * r - (1.0 - r * r) / (n - 2)).sum())
    sums, squares = np.empty(n), 0.0
    for first in range(0, n, BLOCK):
        rows = slice(first, min(first + BLOCK, n))
        product = (phi[rows] @ phi.T) * y[rows, None] * y
        product[np.arange(len(product)), np.arange(rows.start, rows.stop)] = 0.0
        sums[rows] = product.sum(axis=1)
        squares += float((product * product).sum())
    return Part(share, _error(sums, squares, y))


def _error(sums: Floats, squares: float, y: Floats) -> float:
    """The standard error of the mean of h_ij over pairs, from its row sums and its sum of squares.

    The jackknife counts the variance of the degenerate part of a U-statistic of degree two twice (Efron and Stein,
    Annals of Statistics 9, 1981), so its estimate 2 (mean h^2 - (mean h)^2) / (n (n - 1)) is taken off once.
    """
    n = len(sums)
    total = sums.sum()
    variance = n * (1.0 - y * y / n) / (n - 1)
    without = (total - 2.0 * sums) / ((n - 1) * (n - 2)) / variance
    jackknife = (n - 1) / n * float(((without - without.mean()) ** 2).sum())
    pairs = n * (n - 1)
    random = 2.0 * max(squares / pairs - (total / pairs) ** 2, 0.0) / pairs
    return float(np.sqrt(max(jackknife - random, random / 2.0)))


def _adjusted_r2(phi: Floats, y: Floats) -> float:
    fit, _, rank, _ = np.linalg.lstsq(phi, y, rcond=None)
    left = float(((y - phi @ fit) ** 2).sum())
    return 1.0 - left / (len(y) - rank - 1) / (float(y @ y) / (len(y) - 1))
