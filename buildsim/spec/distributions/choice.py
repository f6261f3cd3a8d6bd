"""A quantity that takes one of a few values."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Family, ParameterError, Role, check_finite, check_positive, derive


@dataclass(frozen=True, slots=True)
class Choice(Family):
    """One of `values`, with probabilities in proportion to `weights`."""

    kind: ClassVar[str] = "choice"
    roles: ClassVar[Mapping[str, Role]] = {"values": Role.LOCATIONS, "weights": Role.NUMBERS}
    required: ClassVar[frozenset[str]] = frozenset({"values"})

    values: tuple[float, ...]
    """The values [unit of the quantity], in any order."""
    weights: tuple[float, ...] | None = None
    """How likely each value is, in proportion [-], above 0; all alike by default."""
    ordered: Array = field(init=False, repr=False, compare=False, default_factory=lambda: np.empty(0))
    """The values, rising."""
    upto: Array = field(init=False, repr=False, compare=False, default_factory=lambda: np.empty(0))
    """The probability of each of `ordered` and all below it [-]."""

    def __post_init__(self) -> None:
        if not self.values:
            raise ParameterError("values", "values must hold at least one value")
        weights = self._weights()
        if len(weights) != len(self.values):
            message = f"there must be as many weights ({len(weights)}) as values ({len(self.values)})"
            raise ParameterError("weights", message)
        for value, weight in zip(self.values, weights, strict=True):
            check_finite(values=value)
            check_positive(weights=weight)
        order = np.argsort(self.values, kind="stable")
        upto = np.cumsum(np.array(weights)[order]) / math.fsum(weights)
        upto[-1] = 1.0
        derive(self, ordered=np.array(self.values)[order], upto=np.minimum(upto, 1.0))

    def _weights(self) -> tuple[float, ...]:
        return (1.0,) * len(self.values) if self.weights is None else self.weights

    @property
    def low(self) -> float:
        """The least of the values [unit of the quantity]."""
        return min(self.values)

    @property
    def high(self) -> float:
        """The greatest of the values [unit of the quantity]."""
        return max(self.values)

    def ppf(self, u: npt.ArrayLike) -> Array:
        """The values [unit of the quantity] at the probabilities `u` [-]: the least value whose cdf reaches u."""
        return self.ordered[np.searchsorted(self.upto, np.asarray(u, dtype=np.float64), side="left")]

    def cdf(self, x: npt.ArrayLike) -> Array:
        """The sum of the probabilities of the values up to x."""
        count = np.searchsorted(self.ordered, np.asarray(x, dtype=np.float64), side="right")
        return np.concatenate(([0.0], self.upto))[count]

    def _probabilities(self) -> Array:
        return np.diff(self.upto, prepend=0.0)

    def mean(self) -> float:
        """The sum of value times probability."""
        return float(np.sum(self._probabilities() * self.ordered))

    def variance(self) -> float:
        """The sum of squared distance from the mean times probability."""
        return float(np.sum(self._probabilities() * (self.ordered - self.mean()) ** 2))

    def planning(self) -> float:
        """The most likely value; the first declared of equals."""
        weights = self._weights()
        return self.values[weights.index(max(weights))]
