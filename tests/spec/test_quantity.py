"""Quantities in a model: every form that is read, every one that is refused, and the way there and back."""

import datetime
import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from buildsim.spec.base import Declared
from buildsim.spec.distributions import (
    KINDS,
    Choice,
    Distribution,
    Empirical,
    Event,
    Exponential,
    Fixed,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from buildsim.spec.quantity import (
    Count,
    Date,
    Days,
    Mw,
    Number,
    Rate,
    Share,
    Uncertain,
    UncertainCount,
    UncertainDate,
    UncertainDays,
    UncertainDuration,
    UncertainMW,
    UncertainNumber,
    UncertainRate,
    UncertainShare,
    UncertainUsd,
    Usd,
)


class Things(Declared):
    """A field of every type."""

    count: UncertainCount | None = None
    date: UncertainDate | None = None
    days: UncertainDays | None = None
    duration: UncertainDuration | None = None
    mw: UncertainMW | None = None
    number: UncertainNumber | None = None
    rate: UncertainRate | None = None
    share: UncertainShare | None = None
    usd: UncertainUsd | None = None
    known_count: Count | None = None
    known_date: Date | None = None
    known_days: Days | None = None
    known_mw: Mw | None = None
    known_number: Number | None = None
    known_rate: Rate | None = None
    known_share: Share | None = None
    known_usd: Usd | None = None


def quantity(field: str, raw: object) -> Uncertain:
    value = getattr(Things.model_validate({field: raw}), field)
    assert isinstance(value, Uncertain)
    return value


def day(year: int, month: int, number: int) -> float:
    return float(datetime.date(year, month, number).toordinal())


FORMS: list[tuple[str, object, Distribution]] = [
    ("duration", "26 weeks", Fixed(182.0)),
    ("duration", 5, Fixed(5.0)),
    ("duration", {"value": "26 weeks"}, Fixed(182.0)),
    ("duration", {"low": "60 weeks", "mode": "128 weeks", "high": "208 weeks"}, Pert(420.0, 896.0, 1456.0)),
    ("duration", {"low": 1, "mode": 2, "high": 4, "lambda": 2}, Pert(1.0, 2.0, 4.0, 2.0)),
    ("duration", {"median": "10 days", "p90": "16 days"}, Lognormal(median=10.0, p90=16.0)),
    ("duration", {"low": "1 week", "high": "2 weeks"}, Uniform(7.0, 14.0)),
    ("duration", {"low": "1 week", "high": "7 days"}, Fixed(7.0)),
    ("duration", {"low": 3, "mode": 3, "high": 3}, Fixed(3.0)),
    ("duration", {"kind": "fixed", "value": 3}, Fixed(3.0)),
    ("duration", {"kind": "uniform", "low": 3, "high": 4}, Uniform(3.0, 4.0)),
    ("duration", {"kind": "triangular", "low": 3, "mode": 4, "high": 5}, Triangular(3.0, 4.0, 5.0)),
    ("duration", {"kind": "lognormal", "mean": 3, "sd": 4}, Lognormal(mean_=3.0, sd=4.0)),
    ("duration", {"kind": "normal", "mean": 3, "sd": 4, "low": 0}, Normal(3.0, 4.0, low=0.0)),
    ("duration", {"kind": "exponential", "mean": "1 week"}, Exponential(7.0)),
    ("duration", {"kind": "weibull", "shape": 2, "scale": "1 week"}, Weibull(2.0, 7.0)),
    ("duration", {"probability": "30%", "value": "1 week"}, Event(0.3, Fixed(7.0))),
    ("duration", {"probability": 0.3, "value": {"low": 1, "mode": 2, "high": 4}}, Event(0.3, Pert(1.0, 2.0, 4.0))),
    ("duration", {"probability": 0.3, "value": 9, "otherwise": 4}, Event(0.3, Fixed(9.0), 4.0)),
    ("duration", {"values": ["1 week", 3], "weights": [1, 2]}, Choice((7.0, 3.0), (1.0, 2.0))),
    ("duration", {"kind": "choice", "values": ["1 week", 3]}, Choice((7.0, 3.0))),
    ("duration", {"kind": "empirical", "values": ["1 week", "3", 4]}, Empirical((7.0, 3.0, 4.0))),
    ("days", "3 months", Fixed(91.3125)),
    ("mw", {"low": "500 kW", "high": "1 GW"}, Uniform(0.5, 1000.0)),
    ("usd", {"low": "$1.1bn", "high": "$1.2bn"}, Uniform(1.1e9, 1.2e9)),
    ("usd", -3, Fixed(-3.0)),
    ("share", {"low": "20 per 1000", "mode": "5%", "high": 0.1}, Pert(0.02, 0.05, 0.1)),
    ("number", {"low": -0.5, "high": "110%"}, Uniform(-0.5, 1.1)),
    ("count", {"low": "500 workers", "high": "1,000"}, Uniform(500.0, 1000.0)),
    ("rate", "7 per week", Fixed(1.0)),
    ("date", "2025-10-31", Fixed(day(2025, 10, 31))),
    ("date", datetime.date(2025, 10, 31), Fixed(day(2025, 10, 31))),
    (
        "date",
        {"low": datetime.date(2025, 12, 31), "mode": "2026-06-30", "high": "2026-12-31"},
        Pert(day(2025, 12, 31), day(2026, 6, 30), day(2026, 12, 31)),
    ),
    ("date", {"kind": "normal", "mean": "2025-12-31", "sd": "20 days"}, Normal(day(2025, 12, 31), 20.0)),
    (
        "date",
        {"probability": 0.2, "value": "2026-01-01", "otherwise": "2025-12-01"},
        Event(0.2, Fixed(day(2026, 1, 1)), day(2025, 12, 1)),
    ),
]


@pytest.mark.parametrize(("field", "raw", "dist"), FORMS)
def test_every_form_is_read(field: str, raw: object, dist: Distribution) -> None:
    read = quantity(field, raw)
    assert read.dist == dist
    assert not read.workdays
    assert read.plan is None


def test_every_kind_is_read() -> None:
    assert {dist.kind for _, _, dist in FORMS} == set(KINDS)


@pytest.mark.parametrize(("field", "raw", "dist"), FORMS)
def test_there_and_back_bit_for_bit(field: str, raw: object, dist: Distribution) -> None:
    options = {"source": "assumption", "note": "a remark"}
    once = Things.model_validate({field: {**raw, **options} if isinstance(raw, dict) else raw})
    mapping = once.model_dump(mode="json")
    assert Things.model_validate(json.loads(json.dumps(mapping, allow_nan=False))) == once
    assert Things.model_validate_json(once.model_dump_json()) == once
    assert Things.model_validate(once.model_dump()) == once


@given(st.tuples(*[st.floats(0.0, 1e6)] * 3).map(sorted), st.floats(0.0, 1e6), st.booleans())
def test_any_numbers_come_back_bit_for_bit(three: list[float], plan: float, workdays: bool) -> None:
    raw = {"low": three[0], "mode": three[1], "high": three[2], "plan": plan, "workdays": workdays}
    once = Things.model_validate({"duration": raw})
    assert Things.model_validate_json(once.model_dump_json()) == once


def test_canonical_form() -> None:
    raw = {"low": "10 workdays", "mode": "12wd", "high": "20 workdays", "plan": "11 workdays", "source": "a page"}
    assert quantity("duration", raw).model_dump(mode="json") == {
        "kind": "pert",
        "low": 10.0,
        "mode": 12.0,
        "high": 20.0,
        "lambda": 4.0,
        "plan": 11.0,
        "source": "a page",
        "unit": "days",
        "workdays": True,
    }


@pytest.mark.parametrize(
    ("field", "unit"),
    [("count", ""), ("date", "date"), ("days", "days"), ("duration", "days"), ("mw", "MW"), ("number", ""),
     ("rate", "per day"), ("share", "share"), ("usd", "USD")],
)  # fmt: skip
def test_a_quantity_knows_its_unit(field: str, unit: str) -> None:
    raw = {"date": "2025-10-31", "rate": "1 per day"}.get(field, 1)
    assert quantity(field, raw).unit == unit


def test_the_plan_is_the_declared_one_or_the_mode_or_the_median() -> None:
    assert quantity("duration", {"low": 1, "mode": 2, "high": 9}).planning() == 2.0
    assert quantity("duration", {"low": 1, "mode": 2, "high": 9, "plan": "1 week"}).planning() == 7.0
    assert quantity("duration", {"median": 5, "p90": 9}).planning() == 5.0
    assert quantity("duration", {"probability": 1, "value": 9}).planning() == 0.0
    assert quantity("duration", {"probability": 0.9, "value": 9, "plan": 3}).planning() == 3.0


def test_source_and_note_are_kept() -> None:
    read = quantity("duration", {"value": "26 weeks", "source": "assumption", "note": "a guess"})
    assert (read.source, read.note) == ("assumption", "a guess")


@pytest.mark.parametrize(
    "raw",
    [
        "10 workdays",
        {"low": "10 workdays", "high": "2e1 workdays"},
        {"low": 0, "mode": "10wd", "high": "20wd"},
        {"low": 10, "high": 20, "workdays": True},
        {"low": "10 workdays", "high": 20, "workdays": True},
        {"probability": 0.5, "value": {"low": "10 workdays", "high": "20 workdays"}},
    ],
)
def test_workdays(raw: object) -> None:
    assert quantity("duration", raw).workdays


@pytest.mark.parametrize(
    "raw",
    [
        {"low": "10 workdays", "high": "20 days"},
        {"low": 10, "high": "20 workdays"},
        {"low": "10 days", "high": 20, "workdays": True},
        {"low": "10 workdays", "high": "20 workdays", "workdays": False},
        {"low": "10 workdays", "high": "20 workdays", "plan": "2 weeks"},
        {"probability": 0.5, "value": "10 workdays", "otherwise": "3 days"},
        {"low": "10 workdays", "high": 20.0, "unit": "days"},
    ],
)
def test_workdays_and_elapsed_time_do_not_mix(raw: object) -> None:
    with pytest.raises(ValidationError, match="workdays and elapsed time in one quantity"):
        quantity("duration", raw)


REFUSED: list[tuple[str, object, tuple[int | str, ...], str]] = [
    ("duration", "26 wekes", (), "expected a duration such as '26 weeks' or '10 workdays', not '26 wekes'"),
    ("duration", "120 MW", (), "expected a duration"),
    ("duration", [], (), "expected a duration"),
    ("duration", True, (), "expected a duration"),
    ("duration", -3, (), "a duration cannot be negative, but this one reaches -3"),
    ("duration", {}, (), "no value"),
    ("duration", {"low": "x", "mode": 3, "high": 4}, ("low",), "expected a duration"),
    ("duration", {"low": 5, "mode": 4, "high": 7}, ("mode",), "mode (4) is below low (5)"),
    ("duration", {"low": 5, "mode": 6, "high": 5.5}, ("high",), "high (5.5) is below mode (6)"),
    ("duration", {"low": 5, "high": 4}, ("high",), "high (4) is below low (5)"),
    ("duration", {"low": -5, "high": 4}, (), "cannot be negative"),
    ("duration", {"mode": 5, "high": 7}, (), "missing 'low' of kind pert"),
    ("duration", {"low": 5}, (), "missing 'high' of kind uniform"),
    ("duration", {"low": 5, "mode": 6, "high": 7, "source": 3}, ("source",), "expected text"),
    ("duration", {"low": 5, "high": 7, "plan": "x"}, ("plan",), "expected a duration"),
    ("duration", {"low": 5, "high": 7, "plan": -1}, ("plan",), "cannot be negative"),
    ("duration", {"low": 5, "high": 7, "unit": "weeks"}, ("unit",), "the unit stands with the number"),
    ("duration", {"low": 5, "high": 7, "workdays": "yes"}, ("workdays",), "expected true or false"),
    ("duration", {"mean": 5, "sd": 7}, (), "a mean does not say the distribution"),
    (
        "duration",
        {"kind": "normal", "mean": 5, "sd": 1},
        (),
        "a duration cannot be negative, but this one reaches -inf",
    ),
    ("duration", {"kind": "normal", "mean": 5, "sd": 0}, ("sd",), "sd must be above 0"),
    ("duration", {"kind": "lognormal", "median": 5}, (), "either median and p90, or mean and sd"),
    ("duration", {"median": 5, "p90": 4}, ("p90",), "must be above the median"),
    ("duration", {"kind": "weibull", "shape": "2 days", "scale": 3}, ("shape",), "expected a number"),
    ("duration", {"kind": "choice", "values": 3}, ("values",), "expected a list"),
    ("duration", {"kind": "choice", "values": [1, 2], "weights": [1, -1]}, ("weights",), "above 0"),
    ("duration", {"kind": "choice", "values": [1, "x"]}, ("values", 1), "expected a duration"),
    ("duration", {"kind": "empirical", "values": []}, ("values",), "at least one observation"),
    ("duration", {"kind": "empirical", "csv": "a.csv"}, ("csv",), "a csv file can be named in a model file only"),
    ("duration", {"probability": 1.2, "value": 3}, ("probability",), "between 0 and 1"),
    ("duration", {"probability": "often", "value": 3}, ("probability",), "expected a share"),
    ("duration", {"probability": 0.5}, (), "missing 'value' of kind event"),
    ("duration", {"probability": 0.5, "value": {"probability": 0.5, "value": 3}}, ("value",), "another event"),
    ("duration", {"probability": 0.5, "value": {"low": 3, "high": 2}}, ("value", "high"), "below low"),
    ("duration", {"value": {"low": 3, "high": 4}}, ("value",), "expected a duration"),
    ("days", "10 workdays", (), "expected a duration in elapsed time"),
    ("days", {"low": 10, "high": 20, "workdays": True}, ("workdays",), "not in workdays"),
    ("days", Uncertain(dist=Fixed(3.0), unit="days", workdays=True), (), "expected elapsed time"),
    ("days", Uncertain(dist=Fixed(3.0), unit="MW"), (), "expected a duration, not a quantity in MW"),
    ("share", 1.2, (), "a share cannot be above 1, but this one reaches 1.2"),
    ("share", {"median": 0.1, "p90": 0.3}, (), "cannot be above 1"),
    ("mw", -1, (), "a power cannot be negative"),
    ("usd", "€5m", (), "expected an amount of money"),
    ("rate", 5, (), "expected a rate with its period"),
    ("date", 20251031, (), "expected a date"),
    ("date", {"median": "2025-10-31", "p90": "2025-11-30"}, (), "a date cannot be lognormal"),
    ("date", {"kind": "exponential", "mean": "2025-10-31"}, (), "a date cannot be exponential"),
    ("date", {"probability": 0.5, "value": "2025-10-31"}, (), "missing 'otherwise'"),
    ("known_days", -1, (), "a duration cannot be negative"),
    ("known_mw", "1 MWh", (), "expected a power"),
    ("known_share", "110%", (), "a share cannot be above 1"),
    ("known_count", "5 weeks", (), "expected a count"),
    ("known_date", "31.10.2025", (), "expected a date"),
    ("known_rate", 5, (), "expected a rate with its period"),
    ("known_number", "five", (), "expected a number"),
]


@pytest.mark.parametrize(("field", "raw", "place", "message"), REFUSED)
def test_refused_at_its_place(field: str, raw: object, place: tuple[int | str, ...], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        Things.model_validate({field: raw})
    errors = [error for error in caught.value.errors() if message in error["msg"]]
    assert errors, caught.value
    assert errors[0]["loc"] == (field, *place)


@pytest.mark.parametrize(
    ("raw", "key", "nearest"),
    [
        ({"low": 1, "mod": 2, "high": 3}, "mod", "mode"),
        ({"low": 1, "mode": 2, "hihg": 3}, "hihg", "high"),
        ({"medain": 1, "p90": 2}, "medain", "median"),
        ({"probability": 0.5, "vale": 2}, "vale", "value"),
        ({"low": 1, "high": 3, "sorce": "x"}, "sorce", "source"),
        ({"kind": "trianglar", "low": 1}, "kind", "triangular"),
        ({"vlaue": 1}, "vlaue", "value"),
        ({"something": 1}, "something", None),
    ],
)
def test_a_misspelt_key_brings_the_nearest_name(raw: object, key: str, nearest: str | None) -> None:
    with pytest.raises(ValidationError) as caught:
        quantity("duration", raw)
    error = next(error for error in caught.value.errors() if error["msg"].startswith("unknown"))
    assert error["loc"] == ("duration", key)
    assert error["ctx"]["nearest"] == nearest
    assert error["ctx"]["expected"]


def test_all_problems_of_a_quantity_at_once() -> None:
    with pytest.raises(ValidationError) as caught:
        quantity("duration", {"low": "3 x", "mode": "4 weeks", "hihg": "z", "plan": "soon", "source": 4})
    assert {error["loc"][1:] for error in caught.value.errors()} == {("low",), ("hihg",), ("plan",), ("source",), ()}


def test_a_quantity_made_in_python_is_taken_and_checked() -> None:
    assert quantity("mw", Pert(1.0, 2.0, 4.0)).unit == "MW"
    assert quantity("duration", Uncertain(dist=Fixed(3.0), workdays=True)).workdays
    with pytest.raises(ValidationError, match="cannot be negative"):
        quantity("mw", Uniform(-1.0, 1.0))
    with pytest.raises(ValidationError, match="instance of Family"):
        Uncertain(dist=3.0)


def test_known_values() -> None:
    things = Things.model_validate(
        {"known_count": "525 workers", "known_days": "3 weeks", "known_mw": "1 GW", "known_number": "110%",
         "known_rate": "7 per week", "known_share": "35%", "known_usd": "$3m", "known_date": "2025-10-31"}
    )  # fmt: skip
    known = {key: value for key, value in things if value is not None}
    assert known == {
        "known_count": 525.0,
        "known_days": 21.0,
        "known_mw": 1000.0,
        "known_number": 1.1,
        "known_rate": 1.0,
        "known_share": 0.35,
        "known_usd": 3e6,
        "known_date": datetime.date(2025, 10, 31),
    }
    assert Things.model_validate_json(things.model_dump_json()) == things


@given(st.floats(min_value=0.0, max_value=1e9))
def test_a_rate_comes_back_bit_for_bit(value: float) -> None:
    once = Things.model_validate({"known_rate": f"{value!r} per day"})
    assert once.known_rate == value
    assert Things.model_validate_json(once.model_dump_json()) == once


def test_frozen_and_nothing_unknown() -> None:
    read = quantity("duration", 5)
    with pytest.raises(ValidationError, match="frozen"):
        read.plan = 3.0  # type: ignore[misc]
    with pytest.raises(ValidationError, match="Extra inputs"):
        Things.model_validate({"durations": 5})


def test_json_schema_says_what_may_be_written() -> None:
    schema = Things.model_json_schema()["properties"]
    text, number, mapping, nothing = schema["duration"]["anyOf"]
    assert [form["type"] for form in (text, number, mapping, nothing)] == ["string", "number", "object", "null"]
    assert mapping["additionalProperties"] is False
    assert set(mapping["properties"]["kind"]["enum"]) == set(KINDS)
    roles = {key for family in KINDS.values() for key in family.roles}
    assert roles | {"plan", "source", "note", "workdays", "csv", "column"} <= set(mapping["properties"])
    assert "workdays" not in schema["days"]["anyOf"][2]["properties"]
    assert "lognormal" not in schema["date"]["anyOf"][1]["properties"]["kind"]["enum"]
    limits = schema["known_share"]["anyOf"][1]
    assert (limits["minimum"], limits["maximum"]) == (0.0, 1.0)
    json.dumps(schema, allow_nan=False)


def test_infinite_limits_are_left_out() -> None:
    mapping = quantity("date", {"kind": "normal", "mean": "2025-12-31", "sd": 20, "low": "2025-12-01"}).canonical()
    assert mapping["low"] == day(2025, 12, 1)
    assert "high" not in mapping
    assert quantity("date", mapping).dist.high == math.inf
