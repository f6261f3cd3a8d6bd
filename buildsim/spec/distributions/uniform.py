"""A quantity of which only the limits are known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Elementary, Role, check_order


@dataclass(frozen=True, slots=True)
class Uniform(Elementary):
    """Every value between `low` and `high` is as likely as any other."""

    kind: ClassVar[str] = "uniform"
    roles: ClassVar[Mapping[str, Role]] = {"low": Role.LOCATION, "high": Role.LOCATION}
    required: ClassVar[frozenset[str]] = frozenset({"low", "high"})

    low: float
    """The least value [unit of the quantity]."""
    high: float
    """The greatest value [unit of the quantity]."""

    def __post_init__(self) -> None:
        check_order(low=self.low, high=self.high)

    @staticmethod
    def quantile(u: Array, *parameters: Array | float) -> Array:
        """The value low + u (high - low)."""
        low, high = parameters
        return np.minimum(low + u * (high - low), high)

    def arguments(self) -> tuple[float, ...]:
        """The limits."""
        return (self.low, self.high)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """(x - low) / (high - low) within the limits; a step if they coincide."""
        values = np.asarray(x, dtype=np.float64)
        if self.high == self.low:
            return np.where(values >= self.low, 1.0, 0.0)
        return np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)

    def mean(self) -> float:
        """(low + high) / 2."""
        return 0.5 * (self.low + self.high)

    def variance(self) -> float:
        """(high - low)^2 / 12."""
        return (self.high - self.low) ** 2 / 12.0

    def planning(self) -> float:
        """The median, which is the mean."""
        return self.mean()
