"""A quantity known by observations."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Family, ParameterError, Role, check_finite, derive


@dataclass(frozen=True, slots=True)
class Empirical(Family):
    """One of the observed values, each as likely as any other; nothing between or beyond them is drawn."""

    kind: ClassVar[str] = "empirical"
    roles: ClassVar[Mapping[str, Role]] = {"values": Role.LOCATIONS}
    required: ClassVar[frozenset[str]] = frozenset({"values"})

    values: tuple[float, ...]
    """The observations [unit of the quantity], in any order."""
    ordered: Array = field(init=False, repr=False, compare=False, default_factory=lambda: np.empty(0))
    """The observations, rising."""

    def __post_init__(self) -> None:
        if not self.values:
            raise ParameterError("values", "values must hold at least one observation")
        for value in self.values:
            check_finite(values=value)
        derive(self, ordered=np.sort(np.array(self.values)))

    @property
    def low(self) -> float:
        """The least observation [unit of the quantity]."""
        return float(self.ordered[0])

    @property
    def high(self) -> float:
        """The greatest observation [unit of the quantity]."""
        return float(self.ordered[-1])

    def ppf(self, u: npt.ArrayLike) -> Array:
        """The observations at the probabilities `u` [-]: the least whose share of observations up to it reaches u."""
        count = len(self.ordered)
        rank = np.ceil(np.asarray(u, dtype=np.float64) * count).astype(np.intp) - 1
        return self.ordered[np.clip(rank, 0, count - 1)]

    def cdf(self, x: npt.ArrayLike) -> Array:
        """The share of observations up to x."""
        count = np.searchsorted(self.ordered, np.asarray(x, dtype=np.float64), side="right")
        return np.asarray(count / len(self.ordered), dtype=np.float64)

    def mean(self) -> float:
        """The mean of the observations."""
        return float(np.mean(self.ordered))

    def variance(self) -> float:
        """The mean squared distance of the observations from their mean."""
        return float(np.var(self.ordered))

    def planning(self) -> float:
        """The median: the middle observation, the lower one of two."""
        return float(self.ppf(0.5))
