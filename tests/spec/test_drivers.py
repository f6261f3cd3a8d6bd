"""Risk drivers as they are declared."""

import json

import pytest
from pydantic import ValidationError

from buildsim.spec.distributions import Event, Fixed, Pert
from buildsim.spec.drivers import Driver, matcher


def driver(**raw: object) -> Driver:
    return Driver.model_validate({"on": ["**"], **raw})


def test_a_factor() -> None:
    read = driver(value={"low": 0.9, "mode": 1, "high": "120%"})
    assert (read.effect, read.value.unit, read.neutral, read.planning()) == ("multiply", "", 1.0, 1.0)
    assert read.distribution() == Pert(0.9, 1.0, 1.2)


@pytest.mark.parametrize(
    ("value", "unit", "workdays"),
    [
        (3, "", False),
        ("3 weeks", "days", False),
        ("3 workdays", "days", True),
        ("3 MW", "MW", False),
        ("$3m", "USD", False),
    ],
)
def test_an_addend_takes_the_unit_that_is_written(value: object, unit: str, workdays: bool) -> None:
    read = driver(effect="add", value=value)
    assert (read.value.unit, read.value.workdays, read.neutral) == (unit, workdays, 0.0)


def test_an_addend_may_be_negative() -> None:
    assert driver(effect="add", value={"low": "-2 weeks", "high": "1 week"}).value.dist.low == -14.0


@pytest.mark.parametrize(("effect", "neutral"), [("multiply", 1.0), ("add", 0.0)])
def test_an_event_that_does_not_happen_changes_nothing(effect: str, neutral: float) -> None:
    read = driver(effect=effect, value={"probability": 0.3, "value": 1.5})
    assert read.distribution() == Event(0.3, Fixed(1.5), neutral)
    told = driver(effect=effect, value={"probability": 0.3, "value": 1.5, "otherwise": 0.5})
    assert told.distribution() == Event(0.3, Fixed(1.5), 0.5)


def test_the_plan_leaves_drivers_out_unless_told() -> None:
    assert driver(value={"low": 1.1, "mode": 1.2, "high": 1.5}).planning() == 1.0
    assert driver(value={"low": 1.1, "mode": 1.2, "high": 1.5, "plan": 1.2}).planning() == 1.2


@pytest.mark.parametrize(
    "raw",
    [
        {"value": {"low": 0.9, "mode": 1, "high": 1.2}},
        {"value": {"probability": "30%", "value": {"low": "1 week", "high": "3 weeks"}}, "effect": "add"},
        {"value": {"low": "10 MW", "high": "20 MW"}, "effect": "add", "source": "assumption"},
    ],
)
def test_there_and_back(raw: dict[str, object]) -> None:
    once = driver(**raw)
    assert Driver.model_validate(json.loads(once.model_dump_json())) == once


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        ({"value": "3 weeks"}, "a driver that multiplies takes a plain number, not one in days"),
        ({"value": {"low": -1, "high": 1}}, "a factor cannot be negative, but this one reaches -1"),
        ({"value": "much"}, "expected a number"),
        ({"value": {"low": "5 weeks", "mode": "3 weeks", "high": "8 weeks"}, "effect": "add"}, "mode .* is below low"),
        ({"value": 1.1, "on": []}, "at least 1"),
        ({"value": 1.1, "effect": "divide"}, "'multiply' or 'add'"),
        ({"value": 1.1, "of": "x"}, "Extra inputs"),
    ],
)
def test_refused(raw: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        driver(**raw)


@pytest.mark.parametrize(
    ("pattern", "name", "matches"),
    [
        ("sites.*.power", "sites.denton.power", True),
        ("sites.*.power", "sites.denton.grid.power", False),
        ("sites.**.power", "sites.denton.grid.power", True),
        ("sites.**", "sites.denton.grid.power", True),
        ("**", "anything.at.all", True),
        ("*", "anything.at.all", False),
        ("*.duration", "a.duration", True),
        ("*.duration", "a.durations", False),
        ("h0?.x", "h03.x", True),
        ("h0?.x", "h0.x", False),
        ("a.b", "aXb", False),
        ("w[1].x", "w[1].x", True),
    ],
)
def test_patterns(pattern: str, name: str, matches: bool) -> None:
    assert bool(matcher(pattern).fullmatch(name)) is matches


def test_json_schema() -> None:
    schema = Driver.model_json_schema()["properties"]
    assert {"value", "effect", "on", "source", "note"} == set(schema)
    assert all("description" in field for field in schema.values())
