"""The time to something that happens at a constant rate."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Elementary, Role, check_positive


@dataclass(frozen=True, slots=True)
class Exponential(Elementary):
    """Without memory: the probability of more than x is exp(-x / mean)."""

    kind: ClassVar[str] = "exponential"
    roles: ClassVar[Mapping[str, Role]] = {"mean": Role.LOCATION}
    required: ClassVar[frozenset[str]] = frozenset({"mean"})

    mean_: float
    """The mean [unit of the quantity], above 0; `mean` in a model file."""

    def __post_init__(self) -> None:
        check_positive(mean=self.mean_)

    @property
    def low(self) -> float:
        """Zero."""
        return 0.0

    @property
    def high(self) -> float:
        """No limit."""
        return math.inf

    @staticmethod
    def quantile(u: Array, *parameters: Array | float) -> Array:
        """-mean ln(1 - u)."""
        values: Array = -np.log1p(-u) * parameters[0]
        return values

    def arguments(self) -> tuple[float, ...]:
        """The mean."""
        return (self.mean_,)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """1 - exp(-x / mean), 0 for x < 0."""
        probabilities: Array = -np.expm1(-np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.mean_)
        return probabilities

    def mean(self) -> float:
        """The mean."""
        return self.mean_

    def variance(self) -> float:
        """mean^2."""
        return self.mean_**2

    def planning(self) -> float:
        """The median, mean ln 2."""
        return self.mean_ * math.log(2.0)
