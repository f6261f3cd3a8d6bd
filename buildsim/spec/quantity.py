"""The types of quantities in a model: annotate a field with one and it reads what people write.

The plain ones (`Days`, `Mw`, ...) are floats in base units. The uncertain ones are `Uncertain`, read from a scalar (a
known value), `{value: X}`, `{low, mode, high}` (PERT), `{median, p90}` (lognormal), `{low, high}` (uniform),
`{probability: p, value: Y}` (an event) or `{kind: KIND, ...}`, each with `plan`, `source` and `note` if wanted.
"""

import math
from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from buildsim import units
from buildsim.spec import dimension as dimensions
from buildsim.spec.base import refusal
from buildsim.spec.dimension import Dimension
from buildsim.spec.distributions import KINDS, Role
from buildsim.spec.reading import read
from buildsim.spec.uncertain import Uncertain

__all__ = [
    "Count",
    "Date",
    "Days",
    "Mw",
    "Number",
    "Rate",
    "Share",
    "Uncertain",
    "UncertainCount",
    "UncertainDate",
    "UncertainDays",
    "UncertainDuration",
    "UncertainMW",
    "UncertainMeasure",
    "UncertainNumber",
    "UncertainRate",
    "UncertainShare",
    "UncertainUsd",
    "Usd",
]


def _plain(dimension: Dimension, raw: object) -> float:
    """A float in base units; raises a validation error that says what was expected."""
    try:
        value = dimension.parse(raw)
    except ValueError as error:
        raise refusal(str(error)) from None
    if trouble := dimension.trouble(value, value):
        raise refusal(trouble)
    return value


def _plain_schema(dimension: Dimension) -> dict[str, Any]:
    text = {"type": "string", "examples": list(dimension.examples)}
    limits = {"minimum": dimension.low, "maximum": dimension.high}
    number = {"type": "number"} | {key: limit for key, limit in limits.items() if math.isfinite(limit)}
    return {"anyOf": [text, number] if dimension.numeric else [text]}


def _reader(dimension: Dimension) -> Callable[[object], float]:
    return lambda raw: _plain(dimension, raw)


def _date(raw: object) -> date:
    try:
        return units.parse_date(raw)
    except ValueError as error:
        raise refusal(str(error)) from None


def _rate(raw: object) -> float:
    return _plain(dimensions.RATE, raw)


def _uncertain_schema(dimension: Dimension) -> dict[str, Any]:
    """The JSON schema of an uncertain quantity: a scalar, or a mapping with the parameters of any distribution."""
    scalar = _plain_schema(dimension)["anyOf"]
    kinds = [kind for kind in KINDS if dimension.kinds is None or kind in dimension.kinds]
    forms: dict[Role, dict[str, Any]] = {
        Role.LOCATION: {"anyOf": scalar},
        Role.SPREAD: {"anyOf": [{"type": "string"}, {"type": "number"}]},
        Role.SHARE: {"anyOf": [{"type": "string"}, {"type": "number", "minimum": 0, "maximum": 1}]},
        Role.NUMBER: {"type": "number"},
        Role.LOCATIONS: {"type": "array", "items": {"anyOf": scalar}, "minItems": 1},
        Role.NUMBERS: {"type": "array", "items": {"type": "number"}, "minItems": 1},
        Role.NESTED: {"anyOf": [*scalar, {"type": "object"}]},
    }
    properties: dict[str, Any] = {"kind": {"enum": kinds}}
    for kind in kinds:
        properties |= {key: forms[role] for key, role in KINDS[kind].roles.items()}
    properties |= {"value": forms[Role.NESTED], "csv": {"type": "string"}, "column": {"type": "string"}}
    properties |= {"plan": forms[Role.LOCATION], "source": {"type": "string"}, "note": {"type": "string"}}
    properties |= {"unit": {"const": dimension.unit}} if dimension.unit else {}
    properties |= {"workdays": {"type": "boolean"}} if dimension.workdays else {}
    described = {"type": "object", "properties": properties, "additionalProperties": False}
    return {"anyOf": [*scalar, described]}


def _uncertain_reader(dimension: Dimension) -> Callable[[object], Uncertain]:
    return lambda raw: read(raw, dimension)


_DATE_SCHEMA = {"type": "string", "format": "date"}
_RATE_SCHEMA = _plain_schema(dimensions.RATE)

Days = Annotated[float, BeforeValidator(_reader(dimensions.DAYS)), WithJsonSchema(_plain_schema(dimensions.DAYS))]
"""A known length of elapsed time [days], not negative."""

Mw = Annotated[float, BeforeValidator(_reader(dimensions.MW)), WithJsonSchema(_plain_schema(dimensions.MW))]
"""A known power [MW], not negative."""

Usd = Annotated[float, BeforeValidator(_reader(dimensions.USD)), WithJsonSchema(_plain_schema(dimensions.USD))]
"""A known amount of money [USD]."""

Share = Annotated[float, BeforeValidator(_reader(dimensions.SHARE)), WithJsonSchema(_plain_schema(dimensions.SHARE))]
"""A known share [-], from 0 to 1."""

Count = Annotated[float, BeforeValidator(_reader(dimensions.COUNT)), WithJsonSchema(_plain_schema(dimensions.COUNT))]
"""A known count [-], not negative; a fraction of a worker is one too."""

Number = Annotated[float, BeforeValidator(_reader(dimensions.NUMBER)), WithJsonSchema(_plain_schema(dimensions.NUMBER))]
"""A known number [-]; "110%" is one too."""

Rate = Annotated[
    float,
    BeforeValidator(_rate),
    PlainSerializer(lambda rate: f"{rate!r} per day", return_type=str, when_used="json"),
    WithJsonSchema(_RATE_SCHEMA),
]
"""A known rate [1/day, or MW/day], not negative, written with its period."""

Date = Annotated[date, BeforeValidator(_date), WithJsonSchema(_DATE_SCHEMA)]
"""A known date."""

UncertainNumber = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.NUMBER)),
    WithJsonSchema(_uncertain_schema(dimensions.NUMBER)),
]
"""An uncertain number [-]."""

UncertainMeasure = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.MEASURE)),
    WithJsonSchema(_uncertain_schema(dimensions.MEASURE)),
]
"""An uncertain number [-], not negative."""

UncertainCount = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.COUNT)),
    WithJsonSchema(_uncertain_schema(dimensions.COUNT)),
]
"""An uncertain count [-], not negative."""

UncertainShare = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.SHARE)),
    WithJsonSchema(_uncertain_schema(dimensions.SHARE)),
]
"""An uncertain share [-], never outside 0 to 1."""

UncertainDays = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.DAYS)),
    WithJsonSchema(_uncertain_schema(dimensions.DAYS)),
]
"""An uncertain length of elapsed time [days], not negative."""

UncertainDuration = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.DURATION)),
    WithJsonSchema(_uncertain_schema(dimensions.DURATION)),
]
"""An uncertain length of time [days or workdays], not negative."""

UncertainMW = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.MW)),
    WithJsonSchema(_uncertain_schema(dimensions.MW)),
]
"""An uncertain power [MW], not negative."""

UncertainUsd = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.USD)),
    WithJsonSchema(_uncertain_schema(dimensions.USD)),
]
"""An uncertain amount of money [USD]."""

UncertainRate = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.RATE)),
    WithJsonSchema(_uncertain_schema(dimensions.RATE)),
]
"""An uncertain rate [1/day, or MW/day], not negative, written with its period."""

UncertainDate = Annotated[
    Uncertain,
    BeforeValidator(_uncertain_reader(dimensions.DATE)),
    WithJsonSchema(_uncertain_schema(dimensions.DATE)),
]
"""An uncertain date [proleptic ordinal, days]."""
