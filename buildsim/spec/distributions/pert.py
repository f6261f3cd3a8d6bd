"""A quantity given by three estimates, with smooth flanks: the default for durations.

Source: Malcolm, Roseboom, Clark and Fazar (1959), Operations Research 7(5); Vose (2008), Risk Analysis, 3rd edition.
"""

import functools
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

from buildsim.spec.distributions.base import Array, Family, ParameterError, Role, check_order, check_positive

_CELLS_PER_ROOT_LAMBDA = 512
_GREATEST_LAMBDA = 100.0


@functools.lru_cache(maxsize=16)
def _grid(cells: int) -> Array:
    """Values from 0 to 1 [-], spaced as sin^2."""
    x: Array = np.sin(np.linspace(0.0, 0.5 * np.pi, cells + 1)) ** 2
    x.flags.writeable = False
    return x


@functools.lru_cache(maxsize=4096)
def beta_table(a: float, b: float) -> tuple[Array, Array]:
    """Points (u, x) of the inverse of the beta(a, b) distribution, for linear interpolation; a, b >= 1 [-].

    The points are spaced as sin^2 in x, h = (pi/N) sqrt(x (1 - x)), so that the error of a straight line between two
    of them, h^2/8 |f'/f| <= pi^2/(8 N^2) max(a - 1, b - 1), is the same along the whole range, ends included. With
    N = 512 sqrt(a + b - 2) cells (1,024 for the usual lambda of 4) it stays below 5e-6 of the range.
    """
    cells = max(1024, math.ceil(_CELLS_PER_ROOT_LAMBDA * math.sqrt(a + b - 2.0)))
    x = _grid(cells)
    u: Array = betainc(a, b, x)
    u.flags.writeable = False
    return u, x


@dataclass(frozen=True, slots=True)
class Pert(Family):
    """Beta-PERT: a beta distribution over [low, high] whose mean is (low + lambda mode + high) / (lambda + 2)."""

    kind: ClassVar[str] = "pert"
    roles: ClassVar[Mapping[str, Role]] = {
        "low": Role.LOCATION,
        "mode": Role.LOCATION,
        "high": Role.LOCATION,
        "lambda": Role.NUMBER,
    }
    required: ClassVar[frozenset[str]] = frozenset({"low", "mode", "high"})

    low: float
    """The least value [unit of the quantity]."""
    mode: float
    """The most likely value [unit of the quantity]."""
    high: float
    """The greatest value [unit of the quantity]."""
    lambda_: float = 4.0
    """The weight of the mode [-], up to 100; the greater, the narrower."""

    def __post_init__(self) -> None:
        check_order(low=self.low, mode=self.mode, high=self.high)
        check_positive(**{"lambda": self.lambda_})
        if self.lambda_ > _GREATEST_LAMBDA:
            raise ParameterError("lambda", f"lambda must be at most {_GREATEST_LAMBDA:g}, not {self.lambda_:g}")

    def shape(self) -> tuple[float, float]:
        """The shape parameters a and b of the beta distribution [-], each at least 1.

        The place of the mode is rounded to 1e-12 of the range, so that scaled copies of a quantity share one table.
        """
        width = self.high - self.low
        place = round((self.mode - self.low) / width, 12) if width > 0.0 else 0.5
        return 1.0 + self.lambda_ * place, 1.0 + self.lambda_ * (1.0 - place)

    def ppf(self, u: npt.ArrayLike) -> Array:
        """The values [unit of the quantity] at the probabilities `u` [-], by a table right to 5e-6 of the range."""
        points, values = beta_table(*self.shape())
        x = np.interp(np.asarray(u, dtype=np.float64), points, values)
        return np.minimum(self.low + x * (self.high - self.low), self.high)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """The regularised incomplete beta function, exact; a step if the limits coincide."""
        values = np.asarray(x, dtype=np.float64)
        if self.high == self.low:
            return np.where(values >= self.low, 1.0, 0.0)
        inside = np.clip((values - self.low) / (self.high - self.low), 0.0, 1.0)
        probabilities: Array = betainc(*self.shape(), inside)
        return probabilities

    def mean(self) -> float:
        """(low + lambda mode + high) / (lambda + 2)."""
        return (self.low + self.lambda_ * self.mode + self.high) / (self.lambda_ + 2.0)

    def variance(self) -> float:
        """(mean - low) (high - mean) / (lambda + 3)."""
        mean = self.mean()
        return (mean - self.low) * (self.high - mean) / (self.lambda_ + 3.0)

    def planning(self) -> float:
        """The mode."""
        return self.mode
