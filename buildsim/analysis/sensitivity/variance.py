"""The share of an outcome's variance that many columns explain, with its error: by moments and by least squares.

Columns are standardised, and orthogonal in the population; the outcome is standardised.
"""

from dataclasses import dataclass

import numpy as np

from buildsim.analysis.frames import Floats

BLOCK = 1000
"""Rows of the products between replications that are in memory at a time."""


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the variance with its standard error, and how it was found."""

    share: float
    error: float
    method: str = ""
    degree: int = 1


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
    return float(np.sqrt(max(jackknife - random, random)))


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
