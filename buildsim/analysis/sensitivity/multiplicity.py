"""Many tests at once: p-values raised so that thousands of inputs do not make findings out of luck."""

from typing import Literal, get_args

import numpy as np
from numpy.typing import ArrayLike

from buildsim.analysis.frames import Floats

Method = Literal["holm", "bh", "by", "none"]
"""How p-values are adjusted."""


def adjusted(p: ArrayLike, method: Method = "holm") -> Floats:
    """P-values adjusted for being many; NaN (not tested) stays NaN and does not count.

    - `holm`: the chance of even one false finding stays below the level, whatever the dependence of the tests.
      Step-down Bonferroni, max over j <= i of (m - j + 1) p_(j) (Holm, Scandinavian Journal of Statistics 6, 1979).
    - `bh`: the expected share of false ones among the findings stays below the level, for independent or positively
      dependent tests. min over j >= i of m p_(j) / j (Benjamini and Hochberg, JRSS B 57, 1995).
    - `by`: the same under any dependence, by a factor 1 + 1/2 + ... + 1/m (Benjamini and Yekutieli, Annals of
      Statistics 29, 2001).
    - `none`: as they are.

    Errors: ValueError for an unknown method, or a p-value outside 0 to 1.
    """
    if method not in get_args(Method):
        raise ValueError(f"'{method}' is not a method: {', '.join(get_args(Method))}")
    values = np.array(p, dtype=np.float64)
    if np.nanmin(values, initial=0.0) < 0.0 or np.nanmax(values, initial=0.0) > 1.0:
        raise ValueError("a p-value lies between 0 and 1")
    tested = np.flatnonzero(~np.isnan(values))
    order = tested[np.argsort(values[tested], kind="stable")]
    m, ordered = len(order), values[order]
    place = np.arange(1, m + 1)
    if method == "holm":
        raised = np.maximum.accumulate((m - place + 1) * ordered)
    elif method == "none":
        raised = ordered
    else:
        factor = 1.0 if method == "bh" else float((1.0 / place).sum())
        raised = np.minimum.accumulate((factor * m * ordered / place)[::-1])[::-1]
    values[order] = np.minimum(raised, 1.0)
    return values
