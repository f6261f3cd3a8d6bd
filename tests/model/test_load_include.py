"""Included files: what overrides what, what clashes, and that no way leads out of the folder tree."""

import logging
from pathlib import Path
from typing import Any

import pytest

from buildsim.errors import InputError, Problem
from buildsim.model import folders, shipped

HEAD = "name: Toy\nstart: 2025-07-01\n"
HALL = """\
sites:
  a:
    halls:
      h: {mw: 1 MW, duration: {low: 1 weeks, mode: 2 weeks, high: 3 weeks}}
    power:
      g: {kind: grid, energised: 5 MW}
"""


def refused(read: Any, files: dict[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(InputError) as caught:
        read(files)
    return caught.value.problems


def test_an_included_file_lies_beneath(read: Any) -> None:
    model, changes = read(
        {"model.yaml": f"{HEAD}include: [parts/a.yaml]\nsites: {{b: {{name: B}}}}\n", "parts/a.yaml": HALL}
    )
    assert list(model.sites) == ["a", "b"]
    assert changes == []


def test_one_name_is_a_list_of_one(read: Any) -> None:
    assert list(read({"model.yaml": f"{HEAD}include: a.yaml\n", "a.yaml": HALL})[0].sites) == ["a"]


def test_what_the_including_file_says_overrides_and_is_logged(read: Any, caplog: pytest.LogCaptureFixture) -> None:
    above = "include: [a.yaml]\nsites: {a: {halls: {h: {mw: 2 MW}}}}\n"
    with caplog.at_level(logging.INFO, "buildsim.model"):
        model, (change,) = read({"model.yaml": HEAD + above, "a.yaml": HALL})
    assert model.sites["a"].halls["h"].mw == 2.0
    assert model.sites["a"].halls["h"].duration.dist.mode == 14.0
    assert (change.path, change.old, change.new) == ("sites.a.halls.h.mw", "1 MW", "2 MW")
    assert change.origin.endswith("model.yaml:4")
    assert caplog.messages[0].startswith("sites.a.halls.h.mw: 1 MW -> 2 MW (")


def test_quantities_and_other_kinds_are_replaced_as_a_whole(read: Any) -> None:
    above = """\
include: [a.yaml]
sites: {a: {halls: {h: {duration: {median: 3 weeks, p90: 5 weeks}}}, power: {g: {kind: bridge, mw: 3 MW}}}}
"""
    model, changes = read({"model.yaml": HEAD + above, "a.yaml": HALL})
    assert model.sites["a"].halls["h"].duration.dist.kind == "lognormal"
    assert model.sites["a"].power["g"].mw == 3.0
    assert [change.path for change in changes] == ["sites.a.halls.h.duration", "sites.a.power.g"]


def test_the_head_of_an_included_file_describes_that_file(read: Any) -> None:
    model, changes = read(
        {"model.yaml": f"{HEAD}include: [a.yaml]\n", "a.yaml": f"name: Part\nsource: a letter\n{HALL}"}
    )
    assert (model.name, model.source) == ("Toy", None)
    assert model.sites["a"].source == "a letter"
    assert changes == []


def test_a_file_included_twice_is_merged_once(read: Any) -> None:
    files = {
        "model.yaml": f"{HEAD}include: [a.yaml, b.yaml]\n",
        "a.yaml": f"include: [c.yaml]\n{HALL}productivity: {{crowding: 10%}}\n",
        "b.yaml": "include: [sub/../c.yaml]\nsites: {b: {}}\n",
        "c.yaml": "productivity: {crowding: 5%, regime: cap}\n",
        "sub/x.yaml": "",
    }
    model, changes = read(files)
    assert (model.productivity.crowding, model.productivity.regime) == (0.1, "cap")
    assert [change.path for change in changes] == ["productivity.crowding"]


def test_two_included_files_that_set_one_key_are_refused_with_both_places(read: Any) -> None:
    files = {
        "model.yaml": f"{HEAD}include: [a.yaml, b.yaml]\n",
        "a.yaml": HALL,
        "b.yaml": "sites:\n  a: {halls: {h: {mw: 1 MW}}}\n  c: {}\n",
    }
    (problem,) = refused(read, files)
    assert problem.path == "sites.a.halls.h.mw"
    assert (Path(problem.file or "").name, problem.line) == ("b.yaml", 2)
    assert "a.yaml:4" in problem.message


def test_files_that_include_each_other_are_refused(read: Any) -> None:
    files = {
        "model.yaml": f"{HEAD}include: [a.yaml]\n",
        "a.yaml": "include: [b.yaml]\n",
        "b.yaml": "include: [a.yaml, model.yaml, b.yaml]\n",
    }
    problems = refused(read, files)
    assert [problem.path for problem in problems] == ["include[0]", "include[1]", "include[2]"]
    assert all("the files include each other" in problem.message for problem in problems)
    assert problems[1].message.count("->") == 3


def test_a_chain_of_files_is_bounded(read: Any) -> None:
    files = {"model.yaml": f"{HEAD}include: [p0.yaml]\n"}
    files |= {f"p{n}.yaml": f"include: [p{n + 1}.yaml]\n" for n in range(600)}
    (problem,) = refused(read, files)
    assert "more than 500 files" in problem.message


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../outside.yaml", "leads out of the folder"),
        ("sub/../../outside.yaml", "leads out of the folder"),
        ("../../../../../../../../etc/passwd", "leads out of the folder"),
        ("/etc/passwd", "is an absolute path"),
        ("'C:\\x.yaml'", "is an absolute path"),
        ("'\\\\server\\x.yaml'", "is an absolute path"),
        ("link.yaml", "leads out of the folder"),
        ("linked/outside.yaml", "leads out of the folder"),
        ("loop.yaml", "there is no file"),
        ("sub", "is a folder"),
        (".", "is a folder"),
        ("'~/x.yaml'", "there is no file"),
        ("$HOME/x.yaml", "there is no file"),
        ("http://example.com/x.yaml", "there is no file"),
        ('"a\\0b"', "there is no file"),
        ("'" + "x" * 5000 + "'", "there is no file"),
        ("''", "there is no file"),
        ("5", "does not name a file"),
        ("{a: b}", "does not name a file"),
        ("sub/insid.yaml", "there is no file"),
    ],
)
def test_no_way_leads_out_of_the_folder_tree(read: Any, tmp_path: Path, name: str, told: str) -> None:
    (tmp_path / "outside.yaml").write_text(HALL)
    home = tmp_path / "home"
    (home / "sub").mkdir(parents=True)
    (home / "link.yaml").symlink_to(tmp_path / "outside.yaml")
    (home / "linked").symlink_to(tmp_path)
    (home / "loop.yaml").symlink_to(home / "loop.yaml")
    (problem,) = refused(read, {"model.yaml": f"{HEAD}include:\n- {name}\n", "sub/inside.yaml": HALL})
    assert told in problem.message
    assert (problem.path, problem.line) == ("include[0]", 4)


def test_the_nearest_file_is_named(read: Any) -> None:
    (problem,) = refused(read, {"model.yaml": f"{HEAD}include: [hals.yaml]\n", "halls.yaml": HALL})
    assert problem.nearest == "halls.yaml"


def test_links_within_the_tree_are_followed(read: Any, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home" / "link.yaml").symlink_to("real.yaml")
    model, _ = read({"model.yaml": f"{HEAD}include: [link.yaml, real.yaml]\n", "real.yaml": HALL})
    assert list(model.sites) == ["a"]


def test_an_included_file_may_go_up_within_the_tree(read: Any) -> None:
    files = {"model.yaml": f"{HEAD}include: [sub/a.yaml]\n", "sub/a.yaml": "include: [../b.yaml]\n", "b.yaml": HALL}
    assert list(read(files)[0].sites) == ["a"]


def test_shipped_files_can_be_included_from_anywhere(
    read: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    models = tmp_path / "models"
    (models / "templates").mkdir(parents=True)
    (models / "templates" / "hall.yaml").write_text("include: [part.yaml]\n")
    (models / "templates" / "part.yaml").write_text(HALL)
    (models / "leak.yaml").write_text("include: [../outside.yaml]\n")
    (tmp_path / "outside.yaml").write_text(HALL)
    for module in (shipped, folders):
        monkeypatch.setattr(module, "models_folder", lambda: models)
    assert list(read({"model.yaml": f"{HEAD}include: [templates/hall.yaml]\n"})[0].sites) == ["a"]
    (problem,) = refused(read, {"model.yaml": f"{HEAD}include: [leak.yaml]\n"})
    assert "leads out of the folder" in problem.message
    (problem,) = refused(read, {"model.yaml": f"{HEAD}include: [templates/hal.yaml]\n"})
    assert problem.nearest == "templates/hall.yaml"


def test_problems_of_all_files_come_at_once(read: Any) -> None:
    files = {
        "model.yaml": f"{HEAD}include: [a.yaml, b.yaml, c.yaml]\nname: twice\n",
        "a.yaml": "sites: [\n",
        "b.yaml": "- x\n",
        "c.yaml": "",
    }
    assert [Path(problem.file or "").name for problem in refused(read, files)] == [
        "a.yaml",
        "b.yaml",
        "c.yaml",
        "model.yaml",
    ]


def test_problems_name_the_file_as_the_user_does(tmp_path: Path, read: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from buildsim.model.reading import assemble
    from buildsim.spec.base import Declared

    class Empty(Declared):
        """Nothing."""

    (tmp_path / "home" / "sub").mkdir(parents=True)
    (tmp_path / "home" / "sub" / "m.yaml").write_text("include: [x.yaml]\n")
    (tmp_path / "home" / "sub" / "x.yaml").write_text("a: 1\na: 2\n")
    monkeypatch.chdir(tmp_path / "home")
    reading = assemble("sub/m.yaml", Empty)
    assert [str(problem) for problem in reading.problems] == [
        f"{Path('sub', 'x.yaml')}:2: a: the key 'a' is here twice, first in line 1"
    ]
