"""What every distribution shares: how its parameters are written, and the refusal of impossible ones."""

import dataclasses
import itertools
import math
from collections.abc import Mapping
from enum import Enum
from typing import ClassVar

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]


class Role(Enum):
    """How a parameter is written in a model file."""

    LOCATION = "location"
    """A value of the quantity itself: a duration, a power, a date."""
    SPREAD = "spread"
    """A difference between two values: as LOCATION, but days for a date."""
    SHARE = "share"
    """A probability [-]."""
    NUMBER = "number"
    """A pure number [-]."""
    LOCATIONS = "locations"
    """A list of values."""
    NUMBERS = "numbers"
    """A list of pure numbers [-]."""
    NESTED = "nested"
    """Another distribution of the same quantity."""


class ParameterError(ValueError):
    """Parameters that make no distribution."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key
        """The parameter to look at, as it is written in a model file."""


def attribute(parameter: str) -> str:
    """The attribute that holds a parameter; `lambda` is a keyword and `mean` a method, so these end in `_`."""
    return f"{parameter}_" if parameter in ("lambda", "mean") else parameter


class Family:
    """The base of the distributions.

    They are frozen dataclasses that add

    - the class attributes `kind`, `roles` (parameter as written -> how it is written) and `required`;
    - the limits `low` and `high`, infinite where there is none;
    - `ppf(u)`, the inverse of `cdf(x)`: arrays of any shape in, arrays of that shape out, `u` in the open (0, 1);
    - `mean()`, `variance()` and `planning()`, the value of a plan that leaves uncertainty aside.
    """

    __slots__ = ()

    kind: ClassVar[str]
    roles: ClassVar[Mapping[str, Role]]
    required: ClassVar[frozenset[str]]

    def parameters(self) -> dict[str, object]:
        """The parameters as declared, under the names of a model file; what was left open is left out."""
        values = {name: getattr(self, attribute(name)) for name in self.roles}
        return {name: value for name, value in values.items() if value is not None}


class Elementary(Family):
    """A distribution whose parameters are numbers, so that many of its kind are inverted in one sweep."""

    __slots__ = ()

    @staticmethod
    def quantile(u: Array, *parameters: Array | float) -> Array:
        """The values at the probabilities `u`; `parameters` as `arguments()` gives them, broadcast against `u`."""
        raise NotImplementedError

    def arguments(self) -> tuple[float, ...]:
        """The parameters of `quantile`."""
        raise NotImplementedError

    def ppf(self, u: npt.ArrayLike) -> Array:
        """The values [unit of the quantity] at the probabilities `u` [-], each in the open interval (0, 1)."""
        return self.quantile(np.array(u, dtype=np.float64, order="C"), *self.arguments())


def check_finite(**parameters: float) -> None:
    """Refuse parameters that are not finite numbers.

    Raises:
        ParameterError: naming the first that is not.
    """
    for name, value in parameters.items():
        if not math.isfinite(value):
            raise ParameterError(name, f"{name} must be a finite number, not {value}")


def check_order(**parameters: float) -> None:
    """Refuse parameters that are not finite or decrease in the order given.

    Raises:
        ParameterError: naming the first that is below the one before it.
    """
    check_finite(**parameters)
    for (before, least), (name, value) in itertools.pairwise(parameters.items()):
        if value < least:
            raise ParameterError(name, f"{name} ({value:g}) is below {before} ({least:g})")


def check_positive(**parameters: float) -> None:
    """Refuse parameters that are not finite or not above zero.

    Raises:
        ParameterError: naming the first that is not.
    """
    check_finite(**parameters)
    for name, value in parameters.items():
        if value <= 0.0:
            raise ParameterError(name, f"{name} must be above 0, not {value:g}")


def derive(instance: object, **values: object) -> None:
    """Set derived fields of a frozen dataclass while it is being made."""
    names = {field.name for field in dataclasses.fields(instance) if not field.init}  # type: ignore[arg-type]
    for name, value in values.items():
        assert name in names, name
        object.__setattr__(instance, name, value)
