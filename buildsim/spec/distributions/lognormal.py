"""A positive quantity with a long upper tail, given by its median and P90 or by its mean and standard deviation."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from buildsim.spec.distributions.base import Array, Elementary, ParameterError, Role, check_positive, derive

_Z90 = 1.2815515655446004
"""The 90th percentile of the standard normal distribution."""
_GREATEST_SIGMA = 10.0


@dataclass(frozen=True, slots=True)
class Lognormal(Elementary):
    """The logarithm is normal: exp(mu + sigma Z). Declared by `median` and `p90`, or by `mean_` and `sd`."""

    kind: ClassVar[str] = "lognormal"
    roles: ClassVar[Mapping[str, Role]] = {
        "median": Role.LOCATION,
        "p90": Role.LOCATION,
        "mean": Role.LOCATION,
        "sd": Role.SPREAD,
    }
    required: ClassVar[frozenset[str]] = frozenset()

    median: float | None = None
    """The median [unit of the quantity], above 0."""
    p90: float | None = None
    """The 90th percentile [unit of the quantity], above the median."""
    mean_: float | None = None
    """The mean [unit of the quantity], above 0; `mean` in a model file."""
    sd: float | None = None
    """The standard deviation [unit of the quantity], above 0."""
    mu: float = field(init=False, repr=False, compare=False, default=0.0)
    """The mean of the logarithm [-]."""
    sigma: float = field(init=False, repr=False, compare=False, default=0.0)
    """The standard deviation of the logarithm [-]."""

    def __post_init__(self) -> None:
        if self.median is not None and self.p90 is not None and self.mean_ is None and self.sd is None:
            check_positive(median=self.median, p90=self.p90)
            if self.p90 <= self.median:
                raise ParameterError("p90", f"p90 ({self.p90:g}) must be above the median ({self.median:g})")
            derive(self, mu=math.log(self.median), sigma=math.log(self.p90 / self.median) / _Z90)
        elif self.mean_ is not None and self.sd is not None and self.median is None and self.p90 is None:
            check_positive(mean=self.mean_, sd=self.sd)
            spread = math.log1p((self.sd / self.mean_) ** 2)
            derive(self, mu=math.log(self.mean_) - 0.5 * spread, sigma=math.sqrt(spread))
        else:
            raise ParameterError("", "a lognormal quantity takes either median and p90, or mean and sd")
        if not 0.0 < self.sigma <= _GREATEST_SIGMA:
            key = "sd" if self.p90 is None else "p90"
            raise ParameterError(key, f"the spread of the logarithm must be above 0 and at most 10, not {self.sigma:g}")

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
        """exp(mu + sigma Phi^-1(u))."""
        mu, sigma = parameters
        values: Array = np.exp(mu + sigma * ndtri(u))
        return values

    def arguments(self) -> tuple[float, ...]:
        """The mean and the standard deviation of the logarithm, mu and sigma."""
        return (self.mu, self.sigma)

    def cdf(self, x: npt.ArrayLike) -> Array:
        """Phi((ln x - mu) / sigma), 0 for x <= 0."""
        values = np.asarray(x, dtype=np.float64)
        positive = values > 0.0
        logarithm = np.log(np.where(positive, values, 1.0))
        return np.where(positive, ndtr((logarithm - self.mu) / self.sigma), 0.0)

    def mean(self) -> float:
        """exp(mu + sigma^2 / 2)."""
        return math.exp(self.mu + 0.5 * self.sigma**2)

    def variance(self) -> float:
        """(exp(sigma^2) - 1) exp(2 mu + sigma^2)."""
        return math.expm1(self.sigma**2) * math.exp(2.0 * self.mu + self.sigma**2)

    def planning(self) -> float:
        """The median."""
        return math.exp(self.mu) if self.median is None else self.median
