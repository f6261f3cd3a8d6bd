"""Errors of form do not hide what else is wrong, and nothing is told that only follows from them."""

import copy
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from buildsim.errors import InputError, Problem
from buildsim.model.check_reads import INDEPENDENCE, RULES
from buildsim.model.gaps import Rule
from buildsim.model.hall_changes import check_hall_changes
from buildsim.model.load import check, load
from buildsim.model.node import Node, node_of, steps_of
from buildsim.model.reading import assemble, read_model
from buildsim.model.remainder import Independence, Remainder, rest_problems
from buildsim.model.root import Model
from buildsim.model.shape import Shape
from tests.model.test_load_bad_input import FORM, MEANING, MODEL

NETWORK = """\
name: A network
start: 2025-07-01
horizon: 2027-12-31
logistics:
  truck: {per_shipment: 1%, days: 30 days, on: [gpus]}
network:
  resources: {crane: 1}
  activities:
    a: {duration: 3 days, uses: {crane: 1}}
    b: {duration: 2 days, after: [a]}
"""
A, B = NETWORK.splitlines()[-2:]
GRID, TURBINES = (
    next(line for line in MODEL.splitlines() if f"  {key}: {{kind" in line) for key in ("grid", "turbines")
)

OTHERS = {
    "start out of range": {"start: 2025-07-01": "start: 1800-07-01"},
    "horizon out of range": {"horizon: 2027": "horizon: 2627"},
    "horizon far off": {"horizon: 2027": "horizon: 2227"},
    "information": {"horizon: 2027-12-31": "horizon: 2027-12-31\ninformation: 2028-01-31"},
    "too few agents": {"agents: 2": "agents: 0.5"},
    "bare template": {"templates:\n": "templates:\n  bare: {name: Bare, cooling: air, activities: {}}\n"},
    "two deliveries": {"G1: {kind: delivery}": "G1: {kind: delivery}\n      G2: {kind: delivery}"},
    "no market": {"    market: dfw\n": ""},
    "no calendar": {"    calendar: us\n": ""},
    "change of nothing": {"h01: {mw: 10 MW,": "h01: {mw: 10 MW, activities: {A9: {hours_per_mw: 5}},"},
    "hall after the horizon": {"start: 2025-09-01": "start: 2028-09-01"},
    "load banks": {"needs: [agents]": "needs: [agents, load_banks]", "load_banks: 50 MW": "load_banks: 15 MW"},
    "step before the start": {"date: {low: 2026-01-31, mode: 2026-03-31, high: 2026-09-30}": "date: 2025-01-31"},
    "no power": {f"    power:\n{GRID}\n{TURBINES}\n": ""},
    "energised hall without power": {"h01: {mw: 10 MW,": "h01: {mw: 10 MW, done: {PW: 100%},"},
    "live load without power": {"    power:\n": "    live: 5 MW\n    power:\n"},
    "item": {
        "disruptions:\n": "disruptions:\n  fire: {kind: supplier_accident, item: crane, per_year: 1, days: 9 days}\n"
    },
    "option": {"due: 2026-10-31,": "due: 2026-10-31, option: {exercise_by: 2025-01-31, probability: 50%},"},
    "sold twice": {"    tranches:\n": "    tranches:\n      t0: {mw: 5 MW, blocks: [denton/h01], due: 2026-09-30}\n"},
    "trade without a pool": {
        "crew: 10}\n": "crew: 10}\n  pipes: {name: Pipes, crew: 10}\n",
        "trade: electrical\n        hours_per_mw: 400": "trade: pipes\n        hours_per_mw: 400",
    },
}
NETWORKS = {
    "both": {"network:\n": "sites: {mill: {}}\nnetwork:\n"},
    "empty": {f"\n{A}\n{B}": " {}"},
    "predecessor": {"after: [a]": "after: [c]"},
    "circle": {"after: [a]": "after: [b]"},
    "resource": {"uses: {crane": "uses: {crne"},
    "too many": {"uses: {crane: 1": "uses: {crane: 2"},
}


def changed(text: str, edits: dict[str, str]) -> str:
    """A text with each of these parts replaced once."""
    for good, bad in edits.items():
        assert good in text
        text = text.replace(good, bad, 1)
    return text


MEANT_WRONG = {f"{case.id}": changed(MODEL, {str(case.values[0]): str(case.values[1])}) for case in MEANING}
MEANT_WRONG |= {name: changed(MODEL, edits) for name, edits in OTHERS.items()}
MEANT_WRONG |= {f"network: {name}": changed(NETWORK, edits) for name, edits in NETWORKS.items()}


def problems(path: Path, text: str, check: Callable[[Model], list[Problem]] | None = None) -> list[Problem]:
    """What is told about a model file; with another check, only what that finds in a model of the right form."""
    path.write_text(text)
    try:
        load(path) if check is None else read_model(path, Model, check)
    except InputError as error:
        return list(error.problems)
    return []


def shown(found: list[Problem], path: Path) -> list[str]:
    return [str(problem).replace(str(path), path.name) for problem in found]


# -- both at once -----------------------------------------------------------------------------------


def test_errors_of_form_and_of_meaning_are_told_together_in_the_order_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    text = changed(
        MODEL,
        {
            "crew: 10": "crw: 10",
            "after: [A2]": "after: [A3]",
            "h01: {mw: 10 MW, template: hall": "h01: {mw: 10 weeks, template: hal",
            "customer: lab": "customer: lap",
        },
    )
    found = problems(path, text)
    assert [problem.path for problem in found] == [
        "trades.electrical.crew",
        "trades.electrical.crw",
        "templates.hall.activities.PW.after[0]",
        "sites.denton.halls.h01.mw",
        "sites.denton.halls.h01.template",
        "contracts.k1.customer",
    ]
    lines = [problem.line or 0 for problem in found]
    assert lines == sorted(lines)
    assert len(set(found)) == len(found)


@pytest.mark.parametrize("name", MEANT_WRONG)
def test_what_is_meant_wrong_is_told_beside_an_error_of_form_elsewhere(tmp_path: Path, name: str) -> None:
    path, text = tmp_path / "model.yaml", MEANT_WRONG[name]
    alone = shown(problems(path, text), path)
    both = shown(problems(path, changed(text, {"days: 30 days, on": "days: 30 moons, on"})), path)
    assert alone
    assert [told for told in both if "moons" not in told] == alone
    assert len(both) == len(alone) + 1


def test_every_rule_is_met(tmp_path: Path) -> None:
    met: set[Rule] = set()
    for text in MEANT_WRONG.values():
        for problem in problems(tmp_path / "model.yaml", text):
            steps = tuple(str(step) for step in steps_of(problem.path))
            met |= {next(rule for rule in RULES if rule.matches(problem, steps))}
    assert [rule for rule in RULES if rule not in met] == []


# -- no false alarms --------------------------------------------------------------------------------


@pytest.mark.parametrize(("good", "bad", "path", "told"), FORM)
def test_an_error_of_form_has_no_consequences(tmp_path: Path, good: str, bad: str, path: str, told: str) -> None:
    file, text = tmp_path / "model.yaml", changed(MODEL, {good: bad})
    assert problems(file, text) == problems(file, text, lambda model: []) != []


@pytest.mark.parametrize(
    "wrong",
    ["h01: 5", "h01: {mw: 10 MW}", "h01: {mw: [], template: {}, start: 1}", "h01: {mw: x, capacity: 5}", "h01: [a]"],
)
def test_nobody_misses_a_hall_that_is_wrong(tmp_path: Path, wrong: str) -> None:
    hall = next(line for line in MODEL.splitlines() if "  h01: {mw" in line)
    found = problems(tmp_path / "model.yaml", changed(MODEL, {hall: f"      {wrong}"}))
    assert found
    assert all(problem.path.startswith("sites.denton.halls.h01") for problem in found)


@pytest.mark.parametrize("model", ["one-hall", "two-sites"])
@pytest.mark.parametrize(
    "wrong",
    [
        {"sites.ridge.halls.h01.mw": "25 weeks"},
        {"sites.ridge.halls.h01.template": 5},
        {"sites.ridge.power.grid.kind": "gird"},
        {"labour.north-texas.electrical.workers": -5},
        {"labour.north-texas.electrical.workers": 5, "labour.north-texas.electrical.present": 50},
        {"templates.liquid_hall.activities.PW.kind": "energize"},
        {"generations.GB300.available": "soon"},
        {"commissioning.load_banks": "many"},
        {"start": "soon"},
        {"horizon": 5},
        {"name": 5},
        {"sites": 5},
    ],
)
def test_one_error_in_a_shipped_model_is_one_problem(model: str, wrong: dict[str, Any]) -> None:
    with pytest.raises(InputError) as caught:
        load(model, set=wrong)
    assert len(caught.value.problems) == 1, str(caught.value)


Steps = tuple[str | int, ...]


def everything(model: Model) -> list[Problem]:
    return [*check(model), *check_hall_changes(model)]


def read(text: str, folder: Path) -> Any:
    """The plain data of a model file."""
    (folder / "model.yaml").write_text(text)
    return assemble(folder / "model.yaml", Model).root.plain()


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The data of each model that is meant wrong, and under "" of one with nothing wrong."""
    folder = tmp_path_factory.mktemp("models")
    return {name: read(text, folder) for name, text in {"": MODEL, **MEANT_WRONG}.items()}


def places(value: Any, above: Steps = ()) -> list[Steps]:
    """The path of every value."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path for key, entry in entries for path in ((*above, key), *places(entry, (*above, key)))]


def at(value: Any, path: Steps) -> Any:
    for step in path:
        value = value[step]
    return value


def broken(value: Any, path: Steps, how: Any) -> Any:
    """A copy of the data with one value taken out, its key misspelt, a key beside it, or garbage in its place."""
    value = copy.deepcopy(value)
    holder, key = at(value, path[:-1]), path[-1]
    if how == "taken out":
        del holder[key]
    elif how == "beside it" and isinstance(holder, dict):
        holder["colour"] = "red"
    elif how == "misspelt" and isinstance(holder, dict):
        entries = [(f"{name[:-1]}q" if name == key else name, entry) for name, entry in holder.items()]
        holder.clear()
        holder.update(entries)
    else:
        holder[key] = copy.deepcopy(how)
    return value


def moved(value: Any, path: Steps, up: int) -> Any:
    """A copy of the data with one entry of a mapping `up` levels higher; with 0, in the mapping before it."""
    value = copy.deepcopy(value)
    holder, key = at(value, path[:-1]), path[-1]
    before = next((one for one, other in pairwise(holder) if other == key), None)
    entry = holder.pop(key)
    target = holder.get(before) if not up else at(value, path[: max(0, len(path) - 1 - up)])
    if isinstance(target, dict):
        target.setdefault(key, entry)
    return value


def rest(value: Any) -> list[str]:
    """What is told besides the errors of form; nothing when the form is right."""
    root = node_of(value)
    try:
        Model.model_validate(root.plain())
        return []
    except ValidationError as caught:
        error = caught
    left = Remainder(root, Shape.of(Model), INDEPENDENCE.stand_ins)
    assert left.model(error, Model) is not None
    return [str(problem) for problem in rest_problems(error, root, Model, everything, INDEPENDENCE)]


HOW = st.sampled_from(["taken out", "misspelt", "beside it", "?!", None, -1e9, True, [["x"]], []])


@given(st.data())
def test_whatever_is_broken_in_a_good_model_nothing_follows(data: dict[str, Any], draw: st.DataObject) -> None:
    path = draw.draw(st.sampled_from(places(data[""])))
    assert rest(broken(data[""], path, draw.draw(HOW))) == []


@given(st.data())
def test_whatever_stands_at_the_wrong_level_nothing_follows(data: dict[str, Any], draw: st.DataObject) -> None:
    paths = [path for path in places(data[""]) if all(isinstance(step, str) for step in path)]
    path = draw.draw(st.sampled_from(paths))
    assert rest(moved(data[""], path, draw.draw(st.integers(0, len(path) - 1)))) == []


@given(st.data())
def test_whatever_is_broken_besides_only_what_was_wrong_is_told(data: dict[str, Any], draw: st.DataObject) -> None:
    # Where the span of a model is wrong nothing else is checked, so that mending it may bring up more.
    names = [name for name in data if not re.match("horizon|start", name)]
    model = data[draw.draw(st.sampled_from(names))]
    path = draw.draw(st.sampled_from(places(model)))
    alone = {str(problem) for problem in everything(Model.model_validate(copy.deepcopy(model)))}
    assert set(rest(broken(model, path, draw.draw(HOW)))) <= alone


# -- bounds -----------------------------------------------------------------------------------------


def error_of(value: Any) -> tuple[ValidationError, Node]:
    root = node_of(value)
    with pytest.raises(ValidationError) as caught:
        Model.model_validate(root.plain())
    return caught.value, root


def test_a_check_that_trips_over_the_rest_hides_nothing(data: dict[str, Any]) -> None:
    def trips(model: Model) -> list[Problem]:
        raise ZeroDivisionError

    error, root = error_of(data[""] | {"name": 5})
    assert rest_problems(error, root, Model, trips, INDEPENDENCE) == []


def test_without_rules_nothing_is_checked(data: dict[str, Any]) -> None:
    error, root = error_of(data["customer"] | {"name": 5})
    assert rest_problems(error, root, Model, everything, INDEPENDENCE) != []
    assert rest_problems(error, root, Model, everything, Independence()) == []


def test_a_problem_without_a_rule_is_left_out(data: dict[str, Any]) -> None:
    def new(model: Model) -> list[Problem]:
        return [Problem("contracts.k1.customer", "a new kind of problem"), Problem("x.y", "'y' cannot be an id")]

    error, root = error_of(data[""] | {"name": 5})
    assert [problem.path for problem in rest_problems(error, root, Model, new, INDEPENDENCE)] == ["x.y"]


def test_what_was_wrong_when_the_file_was_read_is_a_gap_too(tmp_path: Path) -> None:
    path = tmp_path / "model.yaml"
    wrong = {"name: One small hall": "name: 5", "trades:\n": "trades: {}\ntrades:\n"}
    assert [problem.path for problem in problems(path, changed(MODEL, wrong))] == ["name", "trades"]


def test_with_too_many_errors_of_form_the_rest_is_not_checked(data: dict[str, Any]) -> None:
    error, root = error_of(data["customer"] | {f"key{number}": 1 for number in range(2000)})
    assert rest_problems(error, root, Model, everything, INDEPENDENCE) == []
