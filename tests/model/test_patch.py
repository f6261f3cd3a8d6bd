"""Patches: what a path matches, what is refused, and the log of what changed."""

import datetime
import logging
import re
from typing import Any

import pytest

from buildsim.errors import InputError

MODEL = """\
name: Toy
start: 2025-07-01
sites:
  denton:
    power:
      grid: {kind: grid, energised: 20 MW, delay: {low: 1 days, high: 2 days, source: utility}}
      turbines: {kind: bridge, mw: 5 MW}
    halls:
      h01: {mw: 10 MW, duration: 26 weeks}
      h02: {mw: 20 MW, duration: {low: 1 weeks, mode: 2 weeks, high: 3 weeks}, done: {A1: 40%}}
  plano: {name: Plano}
labour:
  source: a survey
  dfw:
    electrical: {workers: 100, experienced: 200 per 1000}
    mechanical: {workers: 50}
scenarios:
  thin:
    set:
      labour.*.*.experienced: 2%
  few:
    set:
      labour.dfw.electrical.workers: 10
      productivity.regime: cap
  clash:
    set: {labour.dfw.electrical.experienced: 1%}
"""


def changes(read: Any, settings: Any = None, scenario: Any = None) -> dict[str, tuple[object, object, str]]:
    """What changed, by path."""
    return {one.path: (one.old, one.new, one.origin) for one in read(MODEL, settings, scenario)[1]}


def refused(read: Any, settings: Any = None, scenario: Any = None) -> list[str]:
    """The problems, as they are told, with the folder of the file left out."""
    with pytest.raises(InputError) as caught:
        read(MODEL, settings, scenario)
    return [re.sub(r"[^\s(]*/home/", "", str(problem)) for problem in caught.value.problems]


def test_without_patches_nothing_changes(read: Any) -> None:
    assert changes(read) == {}


def test_a_setting_replaces_a_value(read: Any) -> None:
    model, (change,) = read(MODEL, {"labour.dfw.electrical.workers": 7})
    assert model.labour["dfw"]["electrical"].workers == 7
    assert (change.path, change.old, change.new) == ("labour.dfw.electrical.workers", 100, 7)
    assert change.origin == "--set labour.dfw.electrical.workers"


def test_settings_are_read_like_the_file(read: Any) -> None:
    model, _ = read(MODEL, ["start=2025-08-01", "sites.denton.halls.h01.mw=12 MW", "sites.plano.name='2025'"])
    assert model.start == datetime.date(2025, 8, 1)
    assert model.sites["denton"].halls["h01"].mw == 12.0
    assert model.sites["plano"].name == "2025"


def test_a_star_matches_one_level_but_no_annotation(read: Any) -> None:
    assert changes(read, None, "thin") == {
        "labour.dfw.electrical.experienced": ("200 per 1000", "2%", "scenario thin"),
        "labour.dfw.mechanical.experienced": (None, "2%", "scenario thin"),
    }


def test_a_star_passes_over_what_has_no_such_field(read: Any) -> None:
    assert set(changes(read, {"sites.*.power.*.mw": 4})) == {"sites.denton.power.turbines.mw"}
    assert set(changes(read, {"sites.*.power.*.energised": 4})) == {"sites.denton.power.grid.energised"}
    assert set(changes(read, {"sites.*.halls.*.done.A1": 0.5})) == {"sites.denton.halls.h02.done.A1"}


def test_fields_that_the_file_leaves_out_can_be_set(read: Any) -> None:
    model, _ = read(MODEL, ["productivity.regime=cap", "sites.plano.halls.h9.mw=5", "sites.plano.halls.h9.duration=3"])
    assert model.productivity.regime == "cap"
    assert model.sites["plano"].halls["h9"].mw == 5.0
    assert set(changes(read, {"sites.denton.halls.h01.activities.A1.teams": {"min": 2}})) == {
        "sites.denton.halls.h01.activities.A1.teams"
    }


def test_a_part_of_a_quantity_can_be_set(read: Any) -> None:
    model, _ = read(MODEL, ["sites.denton.halls.h02.duration.high=4 weeks", "sites.denton.power.grid.delay.plan=1"])
    assert model.sites["denton"].halls["h02"].duration.dist.high == 28.0
    assert model.sites["denton"].power["grid"].delay.plan == 1.0


def test_a_quantity_that_replaces_one_with_a_source_has_the_patch_as_its_source(read: Any) -> None:
    path = "sites.denton.power.grid.delay"
    model, _ = read(MODEL, {path: "3 days"})
    assert model.sites["denton"].power["grid"].delay.source == f"--set {path}"
    model, _ = read(MODEL, {path: {"median": "3 days", "p90": "4 days"}})
    assert model.sites["denton"].power["grid"].delay.source == f"--set {path}"
    model, _ = read(MODEL, {path: {"value": "3 days", "source": "a letter"}})
    assert model.sites["denton"].power["grid"].delay.source == "a letter"


def test_several_scenarios_and_settings_apply_together(read: Any) -> None:
    found = changes(read, {"sites.denton.halls.*.mw": "1 GW"}, ["thin", "few"])
    assert {path: origin for path, (_, _, origin) in found.items()} == {
        "labour.dfw.electrical.experienced": "scenario thin",
        "labour.dfw.mechanical.experienced": "scenario thin",
        "labour.dfw.electrical.workers": "scenario few",
        "productivity.regime": "scenario few",
        "sites.denton.halls.h01.mw": "--set sites.denton.halls.*.mw",
        "sites.denton.halls.h02.mw": "--set sites.denton.halls.*.mw",
    }


def test_values_from_python_may_be_numpy_numbers_tuples_and_mappings(read: Any) -> None:
    import numpy as np

    model, _ = read(MODEL, {"labour.dfw.electrical.workers": np.int64(9), "sites.denton.halls.h01.after": ("a", "b")})
    assert model.labour["dfw"]["electrical"].workers == 9
    assert model.sites["denton"].halls["h01"].after == ("a", "b")


def test_changes_are_logged(read: Any, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "buildsim.model"):
        read(MODEL, {"sites.plano.name": "New"}, "thin")
    assert caplog.messages == [
        "labour.dfw.electrical.experienced: 200 per 1000 -> 2% (scenario thin)",
        "labour.dfw.mechanical.experienced: nothing -> 2% (scenario thin)",
        "sites.plano.name: Plano -> New (--set sites.plano.name)",
    ]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (["labour.dfv.electrical.workers=1"], "nothing is called 'dfv' in 'labour'; did you mean 'dfw'?"),
        (["labour.*.electricl.workers=1"], "nothing is called 'electricl' in 'labour.dfw'; did you mean 'electrical'?"),
        (["labour.dfw.electrical.experiencd=1"], "nothing is called 'experiencd' in 'labour.dfw.electrical'"),
        (["productivty.regime=cap"], "nothing is called 'productivty' in the model; did you mean 'productivity'?"),
        (["productivity.regim=cap"], "nothing is called 'regim' in 'productivity'; did you mean 'regime'?"),
        (["sites.denton.halls.h03={mw: 1, duration: 2}"], "nothing is called 'h03' in 'sites.denton.halls'"),
        (["sites.denton.power.grid.mw=1"], "nothing is called 'mw' in 'sites.denton.power.grid'"),
        (["sites.denton.halls.h01.duration.low=1"], "'sites.denton.halls.h01.duration' is a single value"),
        (["sites.plano.halls.*.mw=1"], "'sites.plano.halls' has nothing that '*' could match"),
        (["sites.plano.*.x.mw=1"], "'sites.plano.name' is a single value"),
        (["name.x=1"], "'name' is a single value and is set as a whole"),
        (["a..b=1"], "'a..b' is not a path"),
        (["=1"], "'' is not a path"),
        (["name"], "an assignment needs '='"),
        (["name=[1"], "not YAML"),
        (["include=x.yaml"], "'include' cannot be patched"),
        (["scenarios.thin.description=x"], "'scenarios' cannot be patched"),
        ({"name": object()}, "a value of type object cannot stand in a model"),
        ({"sites.plano": {1: 2}}, "the key 1 is not text"),
        (["name=x", "name=y"], "'name' is also set by another --set name"),
        (["sites.*.name=x", "sites.plano.name=y"], "'sites.plano.name' is also set by --set sites.*.name"),
        (
            ["sites.plano.name=y", "sites.plano={}"],
            "'sites.plano.name' lies below what is also set by --set sites.plano",
        ),
    ],
)
def test_settings_that_are_refused(read: Any, settings: Any, told: str) -> None:
    (problem,) = refused(read, settings)
    assert problem.startswith("--set: ")
    assert told in problem


def test_a_cyclic_value_is_refused(read: Any) -> None:
    value: dict[str, Any] = {}
    value["again"] = value
    (problem,) = refused(read, {"sites.plano": value})
    assert "nested more than 60 deep" in problem


def test_two_patches_of_one_key_are_refused_with_both_places(read: Any) -> None:
    path = "labour.dfw.electrical.experienced"
    (problem,) = refused(read, None, ["thin", "clash"])
    assert problem.startswith(
        f"model.yaml:26: scenarios.clash.set.\"{path}\": '{path}' is also set by scenario thin (model.yaml:20)"
    )
    (problem,) = refused(read, {path: 0.5}, "thin")
    assert problem.startswith(f"--set: {path}: '{path}' is also set by scenario thin (")


def test_a_scenario_that_patches_a_key_twice_is_refused_even_when_it_is_not_asked_for(read: Any) -> None:
    text = MODEL.replace("labour.*.*.experienced: 2%", "{labour.*.*.workers: 5, labour.dfw.*.workers: 6}")
    with pytest.raises(InputError, match=r"also set by 'labour\.\*\.\*\.workers' of the same scenario"):
        read(text)


def test_a_scenario_whose_path_matches_nothing_is_refused_even_when_it_is_not_asked_for(read: Any) -> None:
    with pytest.raises(InputError, match="nothing is called 'dfv' in 'labour'; did you mean 'dfw'"):
        read(MODEL.replace("labour.dfw.electrical.workers: 10", "labour.dfv.electrical.workers: 10"))


def test_unknown_scenarios_are_refused_with_the_nearest_name(read: Any) -> None:
    (problem,) = refused(read, None, ["thni"])
    assert problem == (
        "model.yaml:17: scenarios: there is no scenario 'thni'; expected one of thin, few, clash; did you mean 'thin'?"
    )
    (problem,) = refused(read, None, ["thin", "thin"])
    assert "asked for twice" in problem
    with pytest.raises(InputError, match="the model declares none"):
        read("name: A\nstart: 2025-01-01\n", None, "thin")


def test_a_wrong_value_names_the_patch_that_set_it(read: Any) -> None:
    (problem,) = refused(read, {"labour.dfw.*.workers": -1, "sites.plano.name": "x"})[:1]
    assert problem.startswith("--set labour.dfw.*.workers: labour.dfw.electrical.workers: '-1' is out of bounds")
    with pytest.raises(InputError) as caught:
        read(MODEL.replace("experienced: 2%", "experienced: 2 MW"), None, "thin")
    first = caught.value.problems[0]
    assert (first.path, first.line) == ("labour.dfw.electrical.experienced", 20)
    assert "(set by scenario thin)" in first.message


def test_all_problems_with_patches_and_with_the_file_come_at_once(read: Any) -> None:
    with pytest.raises(InputError) as caught:
        read(MODEL.replace("workers: 50", "wrokers: 50"), ["a=1", "name=", "sites.denton.halls.h01.mw=x"], "thick")
    assert {problem.path for problem in caught.value.problems} == {
        "a",
        "name",
        "sites.denton.halls.h01.mw",
        "scenarios",
        "labour.dfw.mechanical.wrokers",
        "labour.dfw.mechanical.workers",
    }
