"""An uncertain quantity: what is known about a number before it is drawn."""

from typing import Annotated

from pydantic import GetPydanticSchema, model_serializer
from pydantic_core import core_schema

from buildsim.spec.base import Declared
from buildsim.spec.distributions import Distribution, Family

_Held = Annotated[Distribution, GetPydanticSchema(lambda _source, _handler: core_schema.is_instance_schema(Family))]


class Uncertain(Declared):
    """A quantity with a distribution, in base units; a known number is one with a fixed value."""

    dist: _Held
    """How its values are spread [`unit`]."""
    workdays: bool = False
    """Whether a duration counts working days of the calendar that applies rather than elapsed days."""
    unit: str = ""
    """The base unit: days, MW, USD, share, per day, date (proleptic ordinal) or, for a plain number, nothing."""
    plan: float | None = None
    """The value that the plan takes [`unit`]; by default the distribution's own planning value."""

    def planning(self) -> float:
        """The value that the plan takes [`unit`]: `plan`, else the mode where one is declared, else the median.

        An event does not happen in a plan, so it takes its value for not happening, 0 by default.
        """
        return self.dist.planning() if self.plan is None else self.plan

    @model_serializer(mode="plain")
    def canonical(self) -> dict[str, object]:
        """The mapping, in base units, that a field of the same dimension reads back, bit for bit."""
        options = {"plan": self.plan, "source": self.source, "note": self.note}
        mapping = _described(self.dist) | {key: value for key, value in options.items() if value is not None}
        if self.unit:
            mapping["unit"] = self.unit
        if self.workdays:
            mapping["workdays"] = True
        return mapping


def _described(dist: Distribution) -> dict[str, object]:
    described: dict[str, object] = {"kind": dist.kind}
    for name, value in dist.parameters().items():
        if isinstance(value, Family):
            described[name] = _described(value)  # type: ignore[arg-type]
        else:
            described[name] = list(value) if isinstance(value, tuple) else value
    return described
