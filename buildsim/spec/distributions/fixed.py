"""A quantity that is known."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Elementary, Role, check_finite


@dataclass(frozen=True, slots=True)
class Fixed(Elementary):
    """One value, always."""

    kind: ClassVar[str] = "fixed"
    roles: ClassVar[Mapping[str, Role]] = {"value": Role.LOCATION}
    required: ClassVar[frozenset[str]] = frozenset({"value"})

    value: float
    """The value [unit of the quantity]."""

    def __post_init__(self) -> None:
        check_finite(value=self.value)

    @property
    def low(self) -> float:
        """The value [unit of the quantity]."""
        return self.value

    @property
    def high(self) -> float:
        """The value [unit of the quantity]."""
        return self.value

    @staticmethod
    def quantile(u: Array, *parameters: Array | float) -> Array:
        """The value, in the shape of `u`."""
        return np.zeros_like(u) + parameters[0]

    def arguments(self) -> tuple[float, ...]:
        """The value."""
        return (self.value,)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """A step from 0 to 1 at the value."""
        return np.where(np.asarray(x, dtype=np.float64) >= self.value, 1.0, 0.0)

    def mean(self) -> float:
        """The value."""
        return self.value

    def variance(self) -> float:
        """Zero."""
        return 0.0

    def planning(self) -> float:
        """The value."""
        return self.value
