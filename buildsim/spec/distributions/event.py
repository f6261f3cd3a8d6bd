"""Something that may happen, and what it brings when it does."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import numpy.typing as npt

from buildsim.spec.distributions.base import Array, Family, ParameterError, Role, check_finite
from buildsim.spec.distributions.choice import Choice
from buildsim.spec.distributions.empirical import Empirical
from buildsim.spec.distributions.exponential import Exponential
from buildsim.spec.distributions.fixed import Fixed
from buildsim.spec.distributions.lognormal import Lognormal
from buildsim.spec.distributions.normal import Normal
from buildsim.spec.distributions.pert import Pert
from buildsim.spec.distributions.triangular import Triangular
from buildsim.spec.distributions.uniform import Uniform
from buildsim.spec.distributions.weibull import Weibull

_LEAST = 2.0**-53
"""The least probability that is drawn [-]."""

Value = Fixed | Uniform | Triangular | Pert | Lognormal | Normal | Exponential | Weibull | Choice | Empirical
"""What an event may bring: any distribution but another event."""


@dataclass(frozen=True, slots=True)
class Event(Family):
    """With `probability` a draw of `value`, else `otherwise`."""

    kind: ClassVar[str] = "event"
    roles: ClassVar[Mapping[str, Role]] = {
        "probability": Role.SHARE,
        "value": Role.NESTED,
        "otherwise": Role.LOCATION,
    }
    required: ClassVar[frozenset[str]] = frozenset({"probability", "value"})

    probability: float
    """How likely it is to happen [-], from 0 to 1."""
    value: Value
    """What it brings when it happens."""
    otherwise: float | None = None
    """The value [unit of the quantity] when it does not happen: 0 by default, 1 in a driver that multiplies."""

    def __post_init__(self) -> None:
        if not 0.0 <= self.probability <= 1.0:
            raise ParameterError("probability", f"probability must lie between 0 and 1, not {self.probability:g}")
        if not isinstance(self.value, Value):
            raise ParameterError("value", "an event cannot hold another event: multiply the probabilities")
        if self.otherwise is not None:
            check_finite(otherwise=self.otherwise)

    @property
    def default(self) -> float:
        """The value when it does not happen [unit of the quantity]."""
        return 0.0 if self.otherwise is None else self.otherwise

    @property
    def low(self) -> float:
        """The least of the value when it does not happen and what it may bring [unit of the quantity]."""
        return self._limit(min, self.value.low)

    @property
    def high(self) -> float:
        """The greatest of the value when it does not happen and what it may bring [unit of the quantity]."""
        return self._limit(max, self.value.high)

    def _limit(self, choose: Callable[[float, float], float], limit: float) -> float:
        if self.probability == 0.0:
            return self.default
        return limit if self.probability == 1.0 else choose(self.default, limit)

    def ppf(self, u: npt.ArrayLike) -> Array:
        """The values [unit of the quantity] at the probabilities `u` [-].

        It is the inverse of the mixture's cdf, so it rises with u: draws of `value` below `default` come first, then
        `default` with probability 1 - p, then draws of `value` above it.
        """
        probabilities = np.asarray(u, dtype=np.float64)
        values = np.full(probabilities.shape, self.default)
        if self.probability == 0.0:
            return values
        below = self.probability * float(self.value.cdf(self.default))
        above = below + (1.0 - self.probability)
        for chosen, shift in ((probabilities < below, 0.0), (probabilities > above, 1.0 - self.probability)):
            within = (probabilities[chosen] - shift) / self.probability
            values[chosen] = self.value.ppf(np.clip(within, _LEAST, 1.0 - _LEAST))
        return values

    def cdf(self, x: npt.ArrayLike) -> Array:
        """As p F(x), and 1 - p more from `default` on; F is the cdf of `value`."""
        at = np.asarray(x, dtype=np.float64)
        return self.probability * self.value.cdf(at) + np.where(at >= self.default, 1.0 - self.probability, 0.0)

    def mean(self) -> float:
        """The mean of `value` times p plus 1 - p times `default`."""
        return self.probability * self.value.mean() + (1.0 - self.probability) * self.default

    def variance(self) -> float:
        """The variance of `value` times p plus p (1 - p) times its mean's squared distance from `default`."""
        p, distance = self.probability, self.value.mean() - self.default
        return p * self.value.variance() + p * (1.0 - p) * distance**2

    def planning(self) -> float:
        """`default`: a plan leaves risks out."""
        return self.default
