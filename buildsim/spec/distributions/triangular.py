"""A quantity given by three estimates, with straight flanks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Elementary, Role, check_order


@dataclass(frozen=True, slots=True)
class Triangular(Elementary):
    """Density rising in a straight line from `low` to `mode` and falling in one to `high`."""

    kind: ClassVar[str] = "triangular"
    roles: ClassVar[Mapping[str, Role]] = {"low": Role.LOCATION, "mode": Role.LOCATION, "high": Role.LOCATION}
    required: ClassVar[frozenset[str]] = frozenset({"low", "mode", "high"})

    low: float
    """The least value [unit of the quantity]."""
    mode: float
    """The most likely value [unit of the quantity]."""
    high: float
    """The greatest value [unit of the quantity]."""

    def __post_init__(self) -> None:
        check_order(low=self.low, mode=self.mode, high=self.high)

    @staticmethod
    def quantile(u: Array, *parameters: Array | float) -> Array:
        """The value low + sqrt(u w a) on the rising flank, high - sqrt((1 - u) w b) on the falling one.

        w is the width, a = mode - low and b = high - mode.
        """
        low, mode, high = parameters
        width, rise, fall = high - low, mode - low, high - mode
        rising = u * width < rise
        root = np.sqrt(np.where(rising, u * (width * rise), (1.0 - u) * (width * fall)))
        values: Array = np.where(rising, low + root, high - root)
        return np.clip(values, low, high)

    def arguments(self) -> tuple[float, ...]:
        """The limits and the mode between them."""
        return (self.low, self.mode, self.high)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """(x - low)^2 / (w a) up to the mode, 1 - (high - x)^2 / (w b) above it; a step if the limits coincide."""
        values = np.asarray(x, dtype=np.float64)
        width = self.high - self.low
        if width == 0.0:
            return np.where(values >= self.low, 1.0, 0.0)
        inside = np.clip(values, self.low, self.high)
        rising = ((inside - self.low) / width) * ((inside - self.low) / (self.mode - self.low or 1.0))
        falling = 1.0 - ((self.high - inside) / width) * ((self.high - inside) / (self.high - self.mode or 1.0))
        return np.where(inside < self.mode, rising, falling)

    def mean(self) -> float:
        """(low + mode + high) / 3."""
        return (self.low + self.mode + self.high) / 3.0

    def variance(self) -> float:
        """(w^2 - a b) / 18 with a = mode - low, b = high - mode and w = a + b."""
        rise, fall = self.mode - self.low, self.high - self.mode
        return ((rise + fall) ** 2 - rise * fall) / 18.0

    def planning(self) -> float:
        """The mode."""
        return self.mode
