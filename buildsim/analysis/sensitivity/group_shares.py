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
"""Replications for each column of a regression; with fewer, the moments are taken."""


def group_shares(
    inputs: pd.DataFrame,
    values: ArrayLike,
    groups: Groups,
    *,
    degree: int = 1,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The share of the variance that each group of inputs explains additively, one row a group, then `all`.

    Take `own_parts` of the inputs: shares add up for inputs that are independent of one another. With phi_jk the
    polynomials of the normal scores of input j up to `degree`, orthonormal over the sample, the share of a group is the
    sum of its first-order Sobol indices by polynomial expansion (Sudret, Reliability Engineering and System Safety 93,
    2008), with the noise taken off, by one of two methods:

    - `regression`, with at least 4 replications for each column: the adjusted R^2 of a least-squares fit on all phi of
      the group (Ezekiel 1930). Its squared error is the noise of the fit, 2 columns (1 - R^2)^2 / (n (n - columns)), and
      4 R^2 (1 - R^2)^2 / n (Olkin and Finn, Psychological Bulletin 118, 1995), or what the influence of each replication
      on R^2 says where that is more (long tails).
    - `moments`, with fewer: sum over j, k of r_jk^2 - (1 - r_jk^2) / (n - 2) with r_jk = corr(phi_jk, y). It needs no
      fit, and inputs may outnumber replications: the moment estimator of what many small effects explain (Dicker,
      Biometrika 101, 2014). Its error is that of a U-statistic: the delete-one jackknife, less what that counts twice.

    The interval is share +- z error. Error is about sqrt(2 columns) / n for a group that does nothing: it says whether
    the sample can see the group at all. Degree 1 sees monotone effects nearly whole (a normal score explains 95 % of the
    variance of a uniform quantity, 99 % of a PERT one); each further degree adds noise.

    Columns: group, inputs, n, share [of the variance], low, high, method, error.

    The shares of groups add up to about that of `all`. What is missing to 1 is interaction, curvature beyond the degree,
    and luck that is not in the table of inputs (the weather of single days, second tries). Nothing is clipped: shares
    below zero are noise.

    NaN rule: as `rank_correlation`. Errors: as `sample` and `assigned`; ValueError for a degree outside 1 to 4.
    """
    if not 1 <= degree <= 4:
        raise ValueError(f"degree {degree} is not within 1 to 4")
    held = sample(inputs, values)
    members = assigned(held.names, groups, held.constant)
    columns = basis(held.inputs, degree)
    y = (held.values - held.values.mean()) / held.values.std()
    found: list[dict[str, object]] = []
    for label, group in [*members.items(), (ALL, list(range(len(held.names))))]:
        phi = columns[:, :, group].transpose(1, 0, 2).reshape(held.n, -1)
        phi = phi[:, (phi != 0.0).any(axis=0)]
        fits = phi.shape[1] * PER_COLUMN <= held.n
        part = regressed(phi, y) if fits else explained(phi, y)
        found.append({"group": label, "inputs": len(group), "n": held.n, "share": part.share, "error": part.error})
        found[-1]["method"] = "regression" if fits else "moments"
    table = pd.DataFrame(found)
    half = norm.ppf(0.5 + confidence / 2.0) * table["error"]
    table = table.assign(low=table["share"] - half, high=table["share"] + half)
    return table[["group", "inputs", "n", "share", "low", "high", "method", "error"]]


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the variance with its standard error."""

    share: float
    error: float


def explained(phi: Floats, y: Floats) -> Part:
    """The variance share of standardised columns by moments, see `group_shares`; y is standardised too."""
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


def regressed(phi: Floats, y: Floats) -> Part:
    """The variance share of columns by least squares, see `group_shares`; y is standardised."""
    n = len(y)
    fit, _, rank, _ = np.linalg.lstsq(phi, y, rcond=None)
    left = (y - phi @ fit) ** 2 * (n - 1) / (n - rank - 1)
    share = 1.0 - float(left.mean())
    influence = (1.0 - share) * (y * y - 1.0) - (left - left.mean())
    random = 2.0 * rank * (1.0 - share) ** 2 / (n * (n - rank))
    normal = 4.0 * max(share, 0.0) * (1.0 - share) ** 2 / n
    seen = float((influence**2).mean()) / n - 2.0 * random  # it counts the noise of the fit twice
    return Part(share, float(np.sqrt(max(normal, seen) + random)))
