"""The distributions of uncertain quantities, one a file: frozen, with limits, moments, cdf and its inverse."""

from collections.abc import Mapping
from types import MappingProxyType

from buildsim.spec.distributions.base import Array, Elementary, Family, ParameterError, Role
from buildsim.spec.distributions.choice import Choice
from buildsim.spec.distributions.empirical import Empirical
from buildsim.spec.distributions.event import Event, Value
from buildsim.spec.distributions.exponential import Exponential
from buildsim.spec.distributions.fixed import Fixed
from buildsim.spec.distributions.lognormal import Lognormal
from buildsim.spec.distributions.normal import Normal
from buildsim.spec.distributions.pert import Pert
from buildsim.spec.distributions.triangular import Triangular
from buildsim.spec.distributions.uniform import Uniform
from buildsim.spec.distributions.weibull import Weibull

Distribution = Value | Event
"""Any distribution; `kind` tells them apart."""

_ALL: tuple[type[Distribution], ...] = (
    Fixed,
    Uniform,
    Triangular,
    Pert,
    Lognormal,
    Normal,
    Exponential,
    Weibull,
    Event,
    Choice,
    Empirical,
)

KINDS: Mapping[str, type[Distribution]] = MappingProxyType({family.kind: family for family in _ALL})
"""The distribution of each kind that a model file may name."""

__all__ = [
    "KINDS",
    "Array",
    "Choice",
    "Distribution",
    "Elementary",
    "Empirical",
    "Event",
    "Exponential",
    "Family",
    "Fixed",
    "Lognormal",
    "Normal",
    "ParameterError",
    "Pert",
    "Role",
    "Triangular",
    "Uniform",
    "Value",
    "Weibull",
]
