"""How much of the outcome's variance a group of inputs explains, when each of them alone is too weak to be seen."""

import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import norm

from buildsim.analysis.sensitivity.decomposition import HIGHEST, decompose
from buildsim.analysis.sensitivity.groups import Groups
from buildsim.analysis.sensitivity.sample import sample

ALL = "all"
"""The label of all inputs together."""


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
      the group (Ezekiel 1930). Its squared error is the noise of the fit, 2 columns (1 - R^2)^2 / (n (n - columns)),
      and 4 R^2 (1 - R^2)^2 / n (Olkin and Finn, Psychological Bulletin 118, 1995), or what the influence of each
      replication on R^2 says where that is more (long tails). D is 4, or as high as leaves 10 replications for each
      column.
    - `moments`, with fewer: sum over j, k of r_jk^2 - (1 - r_jk^2) / (n - 2) with r_jk = corr(phi_jk, y) and D =
      `degree`. It needs no fit, and inputs may outnumber replications: the moment estimator of what many small effects
      explain (Dicker, Biometrika 101, 2014). Its error is that of a U-statistic: the delete-one jackknife, less what
      that counts twice. y is here what the clearest groups of the first kind leave of the outcome, which lessens the
      noise.

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
    found = decompose(held, groups, degree)
    sizes = {label: len(group) for label, group in found.members.items()} | {ALL: len(held.names)}
    z = float(norm.ppf(0.5 + confidence / 2.0))
    rows = [
        {"group": label, "inputs": sizes[label], "n": held.n, "share": part.share}
        | {"low": part.share - z * part.error, "high": part.share + z * part.error}
        | {"method": part.method, "degree": part.degree, "error": part.error}
        for label, part in {**found.parts, ALL: found.whole()}.items()
    ]
    return pd.DataFrame(rows)
