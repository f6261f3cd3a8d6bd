"""From what a model file says of a quantity to an `Uncertain`, or to all that is wrong with it at once."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import InitErrorDetails

from buildsim import units
from buildsim.spec.base import nearest, refusal
from buildsim.spec.dimension import Dimension
from buildsim.spec.distributions import KINDS, Distribution, Family, Fixed, ParameterError, Role
from buildsim.spec.distributions.base import attribute
from buildsim.spec.uncertain import Uncertain

OPTIONS = ("plan", "source", "note", "workdays", "unit")
"""The keys that any quantity may hold beside its distribution."""

Place = tuple[int | str, ...]

_SHORT_FORMS: tuple[tuple[frozenset[str], str], ...] = (
    (frozenset({"probability", "otherwise"}), "event"),
    (frozenset({"mode", "lambda"}), "pert"),
    (frozenset({"median", "p90"}), "lognormal"),
    (frozenset({"weights"}), "choice"),
    (frozenset({"values", "csv", "column"}), "empirical"),
    (frozenset({"low", "high"}), "uniform"),
    (frozenset({"value"}), "fixed"),
)
"""Which kind a mapping without `kind` means: the first of whose keys it holds one."""

_FORMS = "a value, {low, mode, high}, {median, p90}, {low, high}, {probability, value} or a mapping with a kind"


def read(raw: object, dimension: Dimension) -> Uncertain:
    """The quantity that `raw` describes: a scalar, a mapping, a distribution or an `Uncertain`.

    Raises:
        pydantic.ValidationError: every problem, each at its key; the `ctx` holds `expected` and `nearest`.
    """
    reader = Reader(dimension)
    quantity = reader.quantity(raw)
    if quantity is None or reader.problems:
        raise ValidationError.from_exception_data("quantity", reader.problems)
    return quantity


class Reader:
    """Reads one quantity and collects what is wrong with it."""

    def __init__(self, dimension: Dimension) -> None:
        self.dimension = dimension
        self.problems: list[InitErrorDetails] = []
        self._workdays: bool | None = None
        self._in_base_unit = False
        self._written: set[str] = set()

    def refuse(
        self, place: Place, raw: object, message: str, expected: str | None = None, near: str | None = None
    ) -> None:
        """Note a problem at a place within the quantity."""
        self.problems.append(
            InitErrorDetails(type=refusal(message, expected=expected, nearest=near), loc=place, input=raw)
        )

    def quantity(self, raw: object) -> Uncertain | None:
        """The quantity, or None if there are problems."""
        if isinstance(raw, Uncertain):
            return self._given(raw)
        if isinstance(raw, Family):
            return self._given(Uncertain(dist=raw))
        if not isinstance(raw, Mapping):
            value = self._value(Role.LOCATION, raw, ())
            return None if value is None else self._checked(raw, Fixed(value), {})
        options = self._options(raw)
        dist = self._distribution({key: value for key, value in raw.items() if key not in OPTIONS}, ())
        return None if dist is None else self._checked(raw, dist, options)

    def _given(self, quantity: Uncertain) -> Uncertain | None:
        if quantity.unit not in ("", self.dimension.unit):
            self.refuse((), quantity, f"expected {self.dimension.name}, not a quantity in {quantity.unit}")
            return None
        if quantity.workdays and not self.dimension.workdays:
            self.refuse((), quantity, "expected elapsed time, not workdays")
            return None
        return self._checked(quantity, quantity.dist, {}, quantity)

    def _checked(
        self, raw: object, dist: Distribution, options: dict[str, Any], given: Uncertain | None = None
    ) -> Uncertain | None:
        """The quantity, once what belongs together is seen to fit."""
        if trouble := self.dimension.trouble(dist.low, dist.high):
            expected = "limits: add low or high" if dist.kind == "normal" else None
            self.refuse((), raw, trouble, expected=expected)
        plan = options.get("plan") if given is None else given.plan
        if plan is not None and (trouble := self.dimension.trouble(plan, plan)):
            self.refuse(("plan",), plan, trouble)
        if self._mixed():
            self.refuse((), raw, "workdays and elapsed time in one quantity", expected="one of them for every value")
        if self.problems:
            return None
        if given is not None:
            return given.model_copy(update={"unit": self.dimension.unit})
        workdays = bool(self._workdays) or "workdays" in self._written
        return Uncertain(dist=dist, workdays=workdays, unit=self.dimension.unit, **options)

    def _mixed(self) -> bool:
        """Whether some values are in workdays and some are not; a bare number is elapsed unless `workdays: true`."""
        if self._workdays:
            return "elapsed" in self._written
        return "workdays" in self._written and (self._workdays is False or self._written != {"workdays"})

    def _options(self, raw: Mapping[object, object]) -> dict[str, Any]:
        """The plan, source and note; the other options are kept here."""
        options: dict[str, Any] = {}
        if (unit := raw.get("unit")) is not None:
            self._in_base_unit = unit == self.dimension.unit
            if not self._in_base_unit:
                example = self.dimension.examples[0]
                self.refuse(("unit",), unit, "the unit stands with the number", expected=f"for example '{example}'")
        if (workdays := raw.get("workdays")) is not None:
            if not isinstance(workdays, bool):
                self.refuse(("workdays",), workdays, f"expected true or false, not {workdays!r}")
                return options
            self._workdays = workdays
            if workdays and not self.dimension.workdays:
                self.refuse(("workdays",), workdays, f"{self.dimension.name} here is not in workdays")
        for key in ("source", "note"):
            if (text := raw.get(key)) is not None:
                options[key] = text
                if not isinstance(text, str):
                    self.refuse((key,), text, f"expected text, not {text!r}")
        if raw.get("plan") is not None:
            options["plan"] = self._value(Role.LOCATION, raw["plan"], ("plan",))
        return options

    def _distribution(self, raw: Mapping[object, object], place: Place) -> Distribution | None:
        kind = raw.get("kind")
        if kind is None:
            kind = next((short for keys, short in _SHORT_FORMS if keys & raw.keys()), None)
            if kind is None:
                self._refuse_formless(raw, place)
                return None
        if not isinstance(kind, str) or kind not in KINDS:
            near = nearest(str(kind), KINDS)
            self.refuse((*place, "kind"), kind, f"unknown kind '{kind}'", ", ".join(KINDS), near)
            return None
        fitting = self.dimension.kinds
        if fitting is not None and kind not in fitting:
            self.refuse(place, raw, f"{self.dimension.name} cannot be {kind}", ", ".join(sorted(fitting)))
            return None
        return self._of_kind(KINDS[kind], raw, place)

    def _refuse_formless(self, raw: Mapping[object, object], place: Place) -> None:
        if {"mean", "sd"} & raw.keys():
            self.refuse(place, raw, "a mean does not say the distribution", expected="kind: normal or kind: lognormal")
            return
        known = {key for family in KINDS.values() for key in family.roles} | set(OPTIONS)
        for key in raw:
            self.refuse((*place, str(key)), raw[key], f"unknown key '{key}'", _FORMS, nearest(str(key), known))
        if not raw:
            self.refuse(place, raw, "no value", expected=_FORMS)

    def _of_kind(self, family: type[Distribution], raw: Mapping[object, object], place: Place) -> Distribution | None:
        before = len(self.problems)
        self._check_keys(family, raw, place)
        parameters: dict[str, Any] = {}
        for key, role in family.roles.items():
            if raw.get(key) is not None:
                parameters[attribute(key)] = self._parameter(role, raw[key], (*place, key))
        if family.kind == "event" and not self.dimension.numeric and "otherwise" not in raw:
            self.refuse(place, raw, "missing 'otherwise'", f"{self.dimension.name} for when it does not happen")
        if len(self.problems) > before:
            return None
        try:
            dist = family(**parameters)
        except ParameterError as error:
            self.refuse((*place, error.key) if error.key in raw else place, raw.get(error.key, raw), str(error))
            return None
        return Fixed(dist.low) if dist.kind in ("uniform", "triangular", "pert") and dist.low == dist.high else dist

    def _check_keys(self, family: type[Distribution], raw: Mapping[object, object], place: Place) -> None:
        """Unknown and missing keys."""
        allowed = ["kind", *family.roles, *(() if place else OPTIONS)]
        unknown = [key for key in raw if key not in allowed]
        if "csv" in unknown and family.kind == "empirical":
            self.refuse((*place, "csv"), raw["csv"], "a csv file can be named in a model file only", expected="values")
            return
        known = {key for other in KINDS.values() for key in other.roles} | set(allowed)
        for key in unknown:
            near = nearest(str(key), allowed) or nearest(str(key), known - {key})
            self.refuse((*place, str(key)), raw[key], f"unknown key '{key}'", ", ".join(allowed), near)
        for key in family.roles:
            if key in family.required and raw.get(key) is None:
                self.refuse(place, raw, f"missing '{key}' of kind {family.kind}", ", ".join(family.roles))

    def _parameter(self, role: Role, raw: object, place: Place) -> object:
        if role is Role.NESTED:
            return self._nested(raw, place)
        if role in (Role.LOCATIONS, Role.NUMBERS):
            if not isinstance(raw, list | tuple):
                self.refuse(place, raw, f"expected a list, not {raw!r}")
                return None
            one = Role.LOCATION if role is Role.LOCATIONS else Role.NUMBER
            values = [self._value(one, item, (*place, index)) for index, item in enumerate(raw)]
            return tuple(values)
        return self._value(role, raw, place)

    def _nested(self, raw: object, place: Place) -> Distribution | None:
        if isinstance(raw, Mapping):
            return self._distribution(raw, place)
        value = self._value(Role.LOCATION, raw, place)
        return None if value is None else Fixed(value)

    def _value(self, role: Role, raw: object, place: Place) -> float | None:
        try:
            if role is Role.SHARE:
                return units.parse_share(raw)
            if role is Role.NUMBER:
                return units.parse_number(raw)
            return self._measure(role, raw)
        except ValueError as error:
            self.refuse(place, raw, str(error))
            return None

    def _measure(self, role: Role, raw: object) -> float:
        """A value or a difference of values in base units; remembers whether it was in workdays."""
        if self._in_base_unit and isinstance(raw, int | float):
            value = units.parse_number(raw)
            self._written.add("bare")
            return value
        value = (self.dimension.spread if role is Role.SPREAD else self.dimension.parse)(raw)
        if self.dimension.workdays and value != 0.0:
            self._written.add(_basis(raw))
        return value


def _basis(raw: object) -> str:
    """How a duration is written: in "workdays", in "elapsed" time or "bare", without a unit."""
    try:
        units.parse_number(raw)
    except ValueError:
        return "workdays" if units.parse_duration(raw).workdays else "elapsed"
    return "bare"
