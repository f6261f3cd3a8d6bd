"""A quantity with a symmetric spread, cut off at limits where it has them."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from buildsim.spec.distributions.base import (
    Array,
    Elementary,
    ParameterError,
    Role,
    check_finite,
    check_order,
    check_positive,
    derive,
)

_LEAST_MASS = 1e-6


def _density(z: float) -> float:
    return math.exp(-0.5 * z * z) / math.sqrt(2.0 * math.pi)


@dataclass(frozen=True, slots=True)
class Normal(Elementary):
    """A normal distribution, truncated to [`low`, `high`] where they are given (its mean and spread then differ).

    Source of the truncated moments: Johnson, Kotz and Balakrishnan (1994), Continuous Univariate Distributions, vol. 1.
    """

    kind: ClassVar[str] = "normal"
    roles: ClassVar[Mapping[str, Role]] = {
        "mean": Role.LOCATION,
        "sd": Role.SPREAD,
        "low": Role.LOCATION,
        "high": Role.LOCATION,
    }
    required: ClassVar[frozenset[str]] = frozenset({"mean", "sd"})

    mean_: float
    """The mean before truncation [unit of the quantity]; `mean` in a model file."""
    sd: float
    """The standard deviation before truncation [unit of the quantity], above 0."""
    low: float = -math.inf
    """The least value [unit of the quantity]; no limit by default."""
    high: float = math.inf
    """The greatest value [unit of the quantity]; no limit by default."""
    below: float = field(init=False, repr=False, compare=False, default=0.0)
    """The probability that truncation takes away at the lower end [-]."""
    above: float = field(init=False, repr=False, compare=False, default=0.0)
    """The probability that truncation takes away at the upper end [-]."""
    mass: float = field(init=False, repr=False, compare=False, default=1.0)
    """The probability that truncation leaves [-]."""

    def __post_init__(self) -> None:
        check_finite(mean=self.mean_)
        check_positive(sd=self.sd)
        for name, limit in (("low", self.low), ("high", self.high)):
            if math.isnan(limit):
                raise ParameterError(name, f"{name} must be a number, not {limit}")
        if math.isfinite(self.low) and math.isfinite(self.high):
            check_order(low=self.low, high=self.high)
        alpha, beta = self._standardised()
        below, above = float(ndtr(alpha)), float(ndtr(-beta))
        derive(self, below=below, above=above, mass=1.0 - below - above)
        if self.mass < _LEAST_MASS:
            raise ParameterError(
                "low" if below > above else "high",
                f"less than {_LEAST_MASS:g} of a normal quantity with mean {self.mean_:g} and sd {self.sd:g} lies "
                f"between {self.low:g} and {self.high:g}",
            )

    def _standardised(self) -> tuple[float, float]:
        """The limits in standard deviations from the mean."""
        return (self.low - self.mean_) / self.sd, (self.high - self.mean_) / self.sd

    def parameters(self) -> dict[str, object]:
        """The parameters as declared; a limit that is not there is left out."""
        return {
            name: value
            for name, value in super(Normal, self).parameters().items()
            if isinstance(value, float) and math.isfinite(value)
        }

    @staticmethod
    def quantile(u: Array, *parameters: Array | float) -> Array:
        """The value mean + sd Phi^-1(below + u mass), within the limits; from the upper end in the upper half."""
        mean, sd, low, high, below, above, mass = parameters
        lower, upper = below + u * mass, above + (1.0 - u) * mass
        score = ndtri(np.minimum(lower, upper))
        values: Array = np.clip(mean + sd * np.where(lower <= upper, score, -score), low, high)
        return values

    def arguments(self) -> tuple[float, ...]:
        """The declared mean and sd, the limits, and the probabilities below, above and between them."""
        return (self.mean_, self.sd, self.low, self.high, self.below, self.above, self.mass)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """(Phi((x - mean) / sd) - below) / mass, within the limits."""
        inside = np.clip(np.asarray(x, dtype=np.float64), self.low, self.high)
        probabilities: Array = np.clip((ndtr((inside - self.mean_) / self.sd) - self.below) / self.mass, 0.0, 1.0)
        return probabilities

    def mean(self) -> float:
        """The declared mean + sd (phi(alpha) - phi(beta)) / mass, alpha and beta being the standardised limits."""
        alpha, beta = self._standardised()
        return self.mean_ + self.sd * (_density(alpha) - _density(beta)) / self.mass

    def variance(self) -> float:
        """sd^2 (1 + (alpha phi(alpha) - beta phi(beta)) / mass - ((phi(alpha) - phi(beta)) / mass)^2)."""
        alpha, beta = self._standardised()
        shift = (_density(alpha) - _density(beta)) / self.mass
        first, second = (z * _density(z) if math.isfinite(z) else 0.0 for z in (alpha, beta))
        return self.sd**2 * (1.0 + (first - second) / self.mass - shift**2)

    def planning(self) -> float:
        """The median."""
        return float(self.ppf(0.5))
