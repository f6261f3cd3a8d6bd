"""Risk drivers: one thing that acts on many quantities at once, so that they move together."""

import re
from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, Field, ValidationError, WithJsonSchema, model_validator

from buildsim.spec import dimension as dimensions
from buildsim.spec.base import Declared
from buildsim.spec.dimension import Dimension
from buildsim.spec.distributions import Distribution, Event
from buildsim.spec.reading import Reader
from buildsim.spec.uncertain import Uncertain

_ADDABLE: tuple[Dimension, ...] = tuple(
    dimension.unlimited() for dimension in (dimensions.NUMBER, dimensions.DURATION, dimensions.MW, dimensions.USD)
)


def _read_any(raw: object) -> Uncertain:
    """A number, or else a quantity of the first dimension that it fits."""
    readers = [Reader(dimension) for dimension in _ADDABLE]
    quantities = [reader.quantity(raw) for reader in readers]
    for quantity in quantities:
        if quantity is not None:
            return quantity
    closest = min(readers, key=lambda reader: len(reader.problems))
    raise ValidationError.from_exception_data("driver", closest.problems)


_SCHEMA: dict[str, Any] = {"anyOf": [{"type": "string"}, {"type": "number"}, {"type": "object"}]}


class Driver(Declared):
    """A risk that acts on every quantity whose name it matches.

    One draw per replication serves all of them. Those that multiply act first, then those that add. A quantity that its
    own distribution keeps at or above zero stays there, and a share stays at or below one.
    """

    value: Annotated[Uncertain, BeforeValidator(_read_any), WithJsonSchema(_SCHEMA)]
    """The factor [-] if it multiplies, else what it adds [unit of the quantities: days, MW, USD or a plain number]."""
    effect: Literal["multiply", "add"] = "multiply"
    """What it does to the quantities."""
    on: Annotated[tuple[str, ...], Field(min_length=1)]
    """Patterns of quantity names: `*` stands for any text within one level, `**` for any number of levels."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if self.effect == "multiply":
            if self.value.unit:
                raise ValueError(f"a driver that multiplies takes a plain number, not one in {self.value.unit}")
            if self.value.dist.low < 0.0:
                raise ValueError(f"a factor cannot be negative, but this one reaches {self.value.dist.low:g}")
        return self

    @property
    def neutral(self) -> float:
        """The value that changes nothing: 1 [-] if it multiplies, 0 [unit of the quantities] if it adds."""
        return 1.0 if self.effect == "multiply" else 0.0

    def distribution(self) -> Distribution:
        """How its value is spread; an event that does not happen changes nothing unless it says `otherwise`."""
        dist = self.value.dist
        if isinstance(dist, Event) and dist.otherwise is None:
            return Event(dist.probability, dist.value, self.neutral)
        return dist

    def planning(self) -> float:
        """The value that the plan takes: `plan` if it is given, else the one that changes nothing."""
        return self.neutral if self.value.plan is None else self.value.plan


def matcher(pattern: str) -> re.Pattern[str]:
    """The names that a pattern of a driver stands for, as an expression for `fullmatch`."""
    pieces = {"**": ".*", "*": "[^.]*", "?": "[^.]"}
    parts = re.split(r"(\*\*|\*|\?)", pattern)
    return re.compile("".join(pieces.get(part, re.escape(part)) for part in parts))
