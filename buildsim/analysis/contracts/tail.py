"""The tail of what is lost: value at risk and expected shortfall.

With losses X and a level a, the value at risk is the a-quantile, and the expected shortfall the mean of the worst 1 - a
of the probability, with the part of the atom at the quantile that belongs there (Acerbi and Tasche, "On the coherence
of expected shortfall", Journal of Banking & Finance 26, 2002). It is also v + E[max(X - v, 0)] / (1 - a) at v the value
at risk (Rockafellar and Uryasev, "Optimization of conditional value-at-risk", Journal of Risk 2, 2000), from which the
interval is taken: that of a mean, with v as if it were known.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from buildsim.analysis import proportions, quantiles
from buildsim.analysis.proportions import Interval
from buildsim.analysis.quantiles import Quantile

LEVEL = 0.95
"""The level at which tails are told."""


@dataclass(frozen=True, slots=True)
class Tail:
    """Losses over replications: their mean, and their upper tail."""

    mean: Interval
    at_risk: Quantile
    """The value at risk."""
    shortfall: Interval
    """The expected shortfall."""
    level: float


def tail(losses: ArrayLike, level: float = LEVEL, confidence: float = 0.95) -> Tail:
    """The mean, the value at risk and the expected shortfall of losses, one a replication, none of them below 0.

    Errors: ValueError when `level` or `confidence` is not between 0 and 1.
    """
    values = np.asarray(losses, np.float64)
    quantile = quantiles.quantile(values, level, confidence)
    beyond = np.maximum(values - quantile.value, 0.0) / (1.0 - level) if len(values) else values
    over = proportions.mean(beyond, confidence, floor=0.0)
    estimate, low, high = (quantile.value + end for end in (over.estimate, over.low, over.high))
    shortfall = Interval(estimate, low, high, over.n)
    return Tail(proportions.mean(values, confidence, floor=0.0), quantile, shortfall, level)
