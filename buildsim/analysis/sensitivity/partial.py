"""Partial rank correlation: what an input does to the outcome when the other inputs that matter are held."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.sensitivity.correlation import bounds, p_values
from buildsim.analysis.sensitivity.multiplicity import Method, adjusted
from buildsim.analysis.sensitivity.sample import Sample, ranks, sample

PER_INPUT = 5
"""Replications that are tested on for each input that is held: with fewer, the inverse is mostly noise."""


def partial_rank_correlation(
    inputs: pd.DataFrame,
    values: ArrayLike,
    *,
    names: Sequence[str] | None = None,
    most: int = 20,
    method: Method = "holm",
    level: float = 0.05,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Partial rank correlation (PRCC) within a short list of inputs, one row an input, the strongest first.

    With R the correlation matrix of the ranks of the k inputs and the outcome, and P its inverse, the PRCC of input j
    is -P_jy / sqrt(P_jj P_yy): the correlation of what is left of both when the ranks of the k - 1 others are
    regressed out (Iman and Conover, Technometrics 21, 1979; Marino et al., Journal of Theoretical Biology 254, 2008).
    p is two-sided, t with df = n - 2 - (k - 1); the interval as in `rank_correlation`.

    Thousands of inputs cannot all be held with a few hundred replications, so the list is short:

    - `names`: a list declared beforehand. All replications are used.
    - otherwise it is screened: the `most` inputs with the largest |rho| in the even rows (at most one for 5 rows), and
      the PRCC is computed in the odd rows only. Those did not choose, so p-values and intervals hold for the chosen
      list; with the same rows for both they would not. It costs half of the replications, and what the screen misses is
      not held.

    Columns: input, n (replications tested on), held (other inputs held), screened (rho in the rows of the screen, NaN
    for a declared list), prcc [-], low, high, p, p_adjusted (over the list), significant (p_adjusted <= level).

    NaN rule: as `rank_correlation`; a perfect linear dependence of the ranks in the list makes every PRCC NaN.

    Errors: as `sample`; InputError for unknown names; ValueError when the list is too long for the replications.
    """
    held = sample(inputs, values)
    if names is not None:
        chosen, rows = held.columns(names), np.arange(held.n)
        first: Floats = np.full(len(chosen), np.nan)
    else:
        chosen, first = _screen(held, most)
        rows = np.arange(1, held.n, 2)
    if not len(chosen) or len(rows) < PER_INPUT * len(chosen):
        raise ValueError(f"{len(rows)} replications cannot hold {len(chosen)} inputs: {PER_INPUT} are needed for each")
    prcc = _partial(ranks(held.inputs[np.ix_(rows, chosen)]), ranks(held.values[rows]))
    df = len(rows) - 1 - len(chosen)
    p = p_values(prcc, df)
    low, high = bounds(prcc, df, confidence)
    table = pd.DataFrame({"input": [held.names[index] for index in chosen], "n": len(rows), "held": len(chosen) - 1})
    table = table.assign(screened=first, prcc=prcc, low=low, high=high, p=p, p_adjusted=adjusted(p, method))
    table["significant"] = table["p_adjusted"] <= level
    return table.sort_values("prcc", key=np.abs, ascending=False, kind="stable", ignore_index=True)


def _screen(held: Sample, most: int) -> tuple[Ints, Floats]:
    """The columns with the largest |rho| in the even rows, and that rho."""
    even = slice(0, None, 2)
    x, y = ranks(held.inputs[even]), ranks(held.values[even])
    x, y = x - x.mean(axis=0), y - y.mean()
    size = np.sqrt((x * x).sum(axis=0) * (y @ y))
    varies = (np.ptp(x, axis=0) > 0.0) & (np.ptp(held.inputs[1::2], axis=0) > 0.0)
    rho = np.where(varies, y @ x, 0.0) / np.where(size > 0.0, size, 1.0)
    count = min(most, held.n // 2 // PER_INPUT, len(held.names))
    chosen = np.argsort(-np.abs(rho), kind="stable")[:count]
    return chosen[np.abs(rho[chosen]) > 0.0].astype(np.int64), rho[chosen[np.abs(rho[chosen]) > 0.0]]


def _partial(x: Floats, y: Floats) -> Floats:
    """Partial correlations of each column with y, the other columns held; NaN when the columns depend on each other."""
    matrix = np.corrcoef(np.column_stack((x, y)), rowvar=False)
    if not np.isfinite(matrix).all() or np.linalg.cond(matrix) > 1e12:
        return np.full(x.shape[1], np.nan)
    inverse = np.linalg.inv(matrix)
    found: Floats = -inverse[:-1, -1] / np.sqrt(np.diag(inverse)[:-1] * inverse[-1, -1])
    return found
