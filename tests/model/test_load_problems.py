"""How problems are put: their order, their number, and locations in which pydantic names types."""

from pathlib import Path
from typing import Any, Literal

import pytest

from buildsim.errors import InputError, Problem
from buildsim.model.node import dotted, node_of, steps_of
from buildsim.model.reading import read_model
from buildsim.spec.base import Declared


class Circle(Declared):
    kind: Literal["circle"]
    radius: float


class Square(Declared):
    kind: Literal["square"]
    side: float


class Drawing(Declared):
    shape: Circle | Square | None = None
    size: int | Literal["small", "large"] = 1
    tags: dict[str, int | list[int]] = {}
    parts: list[Square] = []


def told(path: Path, text: str) -> list[tuple[str, int | None, str]]:
    """Path, line and text of each problem."""
    path.write_text(text)
    with pytest.raises(InputError) as caught:
        read_model(path, Drawing, lambda _: [])
    return [(problem.path, problem.line, str(problem)) for problem in caught.value.problems]


def test_locations_do_not_name_types(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    found = told(path, "shape: {kind: circle, radios: 1}\n")
    assert ("shape.radios", 1) in [one[:2] for one in found]
    assert all("Circle" not in one[0] for one in found)
    ((place, line, text),) = told(path, "tags:\n  a: 1\n  b: {c: 1}\n")
    assert (place, line) == ("tags.b", 3)
    assert "a whole number or a list" in text
    ((place, line, text),) = told(path, "size: medium\n")
    assert (place, line) == ("size", 1)
    assert "a whole number or one of small, large" in text
    ((place, line, _),) = told(path, "parts:\n- kind: square\n  side: 1\n- kind: square\n  side: one\n")
    assert (place, line) == ("parts[1].side", 5)
    ((place, line, text),) = told(path, "parts:\n- kind: square\n")
    assert (place, line) == ("parts[0].side", 2)
    assert "is missing" in text


def test_problems_stand_in_the_order_of_the_file_and_their_number_is_bounded(tmp_path: Path) -> None:
    text = "size: x\n" + "".join(f"key{n}: 1\n" for n in range(2000)) + "tags: 5\n"
    found = told(tmp_path / "m.yaml", text)
    lines = [line or 0 for _, line, _ in found]
    assert lines == sorted(lines)
    assert 1000 <= len(found) <= 1001
    assert any("1,003 more problems" in one[2] for one in found)


def test_problems_of_the_check_get_their_place(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text("size: 1\nparts:\n- kind: square\n  side: 1\n")

    def check(_: Any) -> list[Problem]:
        return [
            Problem("parts.0.side", "too small", expected="2", nearest="2"),
            Problem("parts.0.colour.hue", "no colour"),
            Problem("shape", "no shape"),
            Problem("size", "elsewhere", file="other", line=7),
        ]

    with pytest.raises(InputError) as caught:
        read_model(path, Drawing, check, ["size=2"])
    assert [str(problem).replace(str(path), "m.yaml") for problem in caught.value.problems] == [
        "m.yaml:1: shape: no shape",
        "m.yaml:3: parts[0].colour.hue: no colour",
        "m.yaml:4: parts[0].side: too small; expected 2; did you mean '2'?",
        "other:7: size: elsewhere",
    ]


@pytest.mark.parametrize(
    ("steps", "text"),
    [
        (("a", "b-1", "c"), "a.b-1.c"),
        (("a", 0, "b", 12), "a[0].b[12]"),
        (("scenarios", "x", "set", "labour.*.*.workers"), 'scenarios.x.set."labour.*.*.workers"'),
        ((), ""),
    ],
)
def test_paths_are_written_and_read_back(steps: tuple[str | int, ...], text: str) -> None:
    assert dotted(steps) == text
    assert steps_of(text) == steps


def test_nodes_are_not_changed_by_an_edit() -> None:
    node = node_of({"a": {"b": 1}, "c": [1, 2]})
    edited = node.put(("a", "d", "e"), node_of(5))
    assert node.plain() == {"a": {"b": 1}, "c": [1, 2]}
    assert edited.plain() == {"a": {"b": 1, "d": {"e": 5}}, "c": [1, 2]}
