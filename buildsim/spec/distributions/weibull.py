"""A waiting time or life whose rate rises or falls with age."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Elementary, ParameterError, Role, check_positive

_LEAST_SHAPE = 0.1


@dataclass(frozen=True, slots=True)
class Weibull(Elementary):
    """The probability of more than x is exp(-(x / scale)^shape); shape 1 is exponential."""

    kind: ClassVar[str] = "weibull"
    roles: ClassVar[Mapping[str, Role]] = {"shape": Role.NUMBER, "scale": Role.LOCATION}
    required: ClassVar[frozenset[str]] = frozenset({"shape", "scale"})

    shape: float
    """How the rate goes with age [-], at least 0.1: falling below 1, rising above it."""
    scale: float
    """The 63.2nd percentile [unit of the quantity], above 0."""

    def __post_init__(self) -> None:
        check_positive(shape=self.shape, scale=self.scale)
        if self.shape < _LEAST_SHAPE:
            raise ParameterError("shape", f"shape must be at least {_LEAST_SHAPE:g}, not {self.shape:g}")

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
        """The value scale (-ln(1 - u))^(1 / shape)."""
        shape, scale = parameters
        values: Array = np.exp(np.log(-np.log1p(-u)) / shape) * scale
        return values

    def arguments(self) -> tuple[float, ...]:
        """The shape and the scale."""
        return (self.shape, self.scale)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """1 - exp(-(x / scale)^shape), 0 for x < 0."""
        ratio = np.maximum(np.asarray(x, dtype=np.float64), 0.0) / self.scale
        probabilities: Array = -np.expm1(-(ratio**self.shape))
        return probabilities

    def mean(self) -> float:
        """The gamma function: scale Gamma(1 + 1 / shape)."""
        return self.scale * math.gamma(1.0 + 1.0 / self.shape)

    def variance(self) -> float:
        """The gamma function: scale^2 (Gamma(1 + 2 / shape) - Gamma(1 + 1 / shape)^2)."""
        return self.scale**2 * (math.gamma(1.0 + 2.0 / self.shape) - math.gamma(1.0 + 1.0 / self.shape) ** 2)

    def planning(self) -> float:
        """The median, scale (ln 2)^(1 / shape)."""
        return self.scale * math.pow(math.log(2.0), 1.0 / self.shape)
