"""How much of the outcome's variance a group of inputs explains, when each of them alone is too weak to be seen."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from buildsim.analysis.frames import Floats
from buildsim.analysis.sensitivity.groups import Groups, assigned
from buildsim.analysis.sensitivity.sample import Sample, basis, sample

ALL = "all"
"""The label of all inputs together."""

BLOCK = 1000
"""Rows of the products between replications that are in memory at a time."""

PER_COLUMN = 4
"""Replications for each column of a regression; with fewer, the moments are taken."""

HIGHEST = 4
"""The highest degree of the polynomials."""

PER_HIGHER = 10
"""Replications for each column of a regression with polynomials above the degree asked for."""


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
    polynomials of the normal scores of input j up to degree D, orthonormal over the sample, the share of a group is the
    sum of its first-order Sobol indices by polynomial expansion (Sudret, Reliability Engineering and System Safety 93,
    2008), with the noise taken off, by one of two methods:

    - `regression`, with at least 4 replications for each column: the adjusted R^2 of a least-squares fit on all phi of
      the group (Ezekiel 1930). Its squared error is the noise of the fit, 2 columns (1 - R^2)^2 / (n (n - columns)), and
      4 R^2 (1 - R^2)^2 / n (Olkin and Finn, Psychological Bulletin 118, 1995), or what the influence of each replication
      on R^2 says where that is more (long tails). D is 4, or as high as leaves 10 replications for each column.
    - `moments`, with fewer: sum over j, k of r_jk^2 - (1 - r_jk^2) / (n - 2) with r_jk = corr(phi_jk, y) and D = `degree`.
      It needs no fit, and inputs may outnumber replications: the moment estimator of what many small effects explain
      (Dicker, Biometrika 101, 2014). Its error is that of a U-statistic: the delete-one jackknife, less what that counts
      twice. y is here what the clearest groups of the first kind leave of the outcome, which lessens the noise.

    The interval is share +- z error. For a group that does nothing the error is about sqrt(2 columns) / n: it says
    whether the sample can see the group at all. Degree 1 sees monotone effects (a normal score explains 95 % of the
    variance of a uniform quantity, 99 % of a PERT one, a third of a threshold at 10 %); each further degree adds noise.

    Columns: group, inputs, n, share [of the variance], low, high, method, degree, error.

    `all` is what everything explains in this way. What is missing to 1 is interaction, curvature beyond the degree, and
    luck that is not in the table of inputs (the weather of single days, second tries). Nothing is clipped: shares below
    zero are noise.

    NaN rule: as `rank_correlation`. Errors: as `sample` and `assigned`; ValueError for a degree outside 1 to 4.
    """
    if not 1 <= degree <= HIGHEST:
        raise ValueError(f"degree {degree} is not within 1 to {HIGHEST}")
    held = sample(inputs, values)
    members = assigned(held.names, groups, held.constant)
    y = (held.values - held.values.mean()) / held.values.std()
    fits = {label: found for label, group in members.items() if (found := _fit(held, group, y, degree)) is not None}
    cleared, left = _cleared(fits, y)
    scale = float(left.var())
    rest = left / np.sqrt(scale)
    columns = {label: _columns(held, group, degree) for label, group in members.items() if label not in cleared}
    parts = {
        label: fits[label].part if label in fits else _scaled(explained(columns[label], rest), scale, degree)
        for label in members
    }
    others = np.hstack(list(columns.values())) if columns else np.empty((held.n, 0))
    whole = _scaled(explained(others, rest), scale, degree)
    known = regressed(np.hstack([fits[label].phi for label in cleared]), y) if cleared else Part(0.0, 0.0)
    method = "moments" if columns else "regression"
    parts[ALL] = Part(known.share + whole.share, float(np.hypot(known.error, whole.error)), method, degree)
    return _table(parts, {**members, ALL: range(len(held.names))}, held.n, confidence)


@dataclass(frozen=True, slots=True)
class Part:
    """A share of the variance with its standard error, and how it was found."""

    share: float
    error: float
    method: str = ""
    degree: int = 1


@dataclass(frozen=True, slots=True)
class Fit:
    """A group that a regression holds."""

    phi: Floats
    part: Part


def _columns(held: Sample, group: Sequence[int], degree: int) -> Floats:
    """The polynomials of a group of inputs, shape (replications, columns)."""
    found = basis(held.inputs[:, list(group)], degree).transpose(1, 0, 2).reshape(held.n, -1)
    return found[:, (found != 0.0).any(axis=0)]


def _fit(held: Sample, group: Sequence[int], y: Floats, least: int) -> Fit | None:
    """The regression on a group at the highest degree that there is room for, or None."""
    if PER_COLUMN * least * len(group) > held.n:
        return None
    degree = min(max(held.n // (PER_HIGHER * len(group)), least), HIGHEST)
    phi = _columns(held, group, degree)
    found = regressed(phi, y)
    return Fit(phi, Part(found.share, found.error, "regression", degree))


def _scaled(part: Part, scale: float, degree: int) -> Part:
    """A share of what is left, as a share of the whole."""
    return Part(scale * part.share, scale * part.error, "moments", degree)


def _cleared(fits: Mapping[str, Fit], y: Floats) -> tuple[list[str], Floats]:
    """The groups whose regressions are taken off the outcome, the clearest first, and what is left of it."""
    order = sorted(fits, key=lambda label: -fits[label].part.share / max(fits[label].part.error, 1e-12))
    room, chosen = len(y) // PER_COLUMN, []
    for label in order:
        part, width = fits[label].part, fits[label].phi.shape[1]
        if part.share > 2.0 * part.error and width <= room:
            chosen.append(label)
            room -= width
    if not chosen:
        return [], y
    phi = np.hstack([fits[label].phi for label in chosen])
    fit, _, rank, _ = np.linalg.lstsq(phi, y, rcond=None)
    left: Floats = (y - phi @ fit) * np.sqrt((len(y) - 1) / (len(y) - rank - 1))
    return chosen, left


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


def _table(parts: Mapping[str, Part], members: Mapping[str, Sequence[int]], n: int, confidence: float) -> pd.DataFrame:
    z = float(norm.ppf(0.5 + confidence / 2.0))
    rows = [
        {"group": label, "inputs": len(members[label]), "n": n, "share": part.share}
        | {"low": part.share - z * part.error, "high": part.share + z * part.error}
        | {"method": part.method, "degree": part.degree, "error": part.error}
        for label, part in parts.items()
    ]
    return pd.DataFrame(rows)
