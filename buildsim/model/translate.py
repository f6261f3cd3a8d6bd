"""What pydantic finds wrong, told as problems: file, line, dotted path, what was expected, the nearest valid name."""

import datetime
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from buildsim.errors import Problem
from buildsim.model.node import Node, Steps, short, steps_of
from buildsim.model.shape import Shape
from buildsim.model.sources import ANNOTATIONS
from buildsim.spec.base import nearest as nearest_name

MAX_PROBLEMS = 1000
"""How many problems with the form of a model are told."""

_REFUSED = re.compile(r"expected (.+), not (.+)", re.DOTALL)
_UNKNOWN = ("extra_forbidden", "unexpected_keyword_argument")
_MISSING = ("missing", "missing_argument", "missing_keyword_only_argument")
_MAPPING = ("model_type", "model_attributes_type", "dict_type", "mapping_type", "dataclass_type")
_LIST = ("list_type", "tuple_type", "set_type", "frozen_set_type", "sequence_type", "iterable_type")
_BOUNDS = {
    "greater_than": ("gt", "above"),
    "greater_than_equal": ("ge", "at least"),
    "less_than": ("lt", "below"),
    "less_than_equal": ("le", "at most"),
}
_EXPECTED = {
    "int_type": "a whole number",
    "int_parsing": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "finite_number": "a finite number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "date_type": "a date such as 2025-10-31",
    "date_parsing": "a date such as 2025-10-31",
    "date_from_datetime_parsing": "a date such as 2025-10-31",
    "date_from_datetime_inexact": "a date such as 2025-10-31",
    "string_type": "text",
}


def problems_of(error: ValidationError, root: Node, model: type[BaseModel]) -> list[Problem]:
    """The problems in a validation error, one for each place."""
    found: dict[tuple[str, str | None, int | None], list[tuple[int, Problem]]] = {}
    told = error.errors(include_url=False)
    for details in told[:MAX_PROBLEMS]:
        steps, shape = place(details, root, Shape.of(model))
        problem = _problem(details, steps, shape, root)
        found.setdefault((problem.path, problem.file, problem.line), []).append((len(details["loc"]), problem))
    problems = [_joined(alternatives) for alternatives in found.values()]
    if len(told) > MAX_PROBLEMS:
        problems.append(root.problem((), f"{len(told) - MAX_PROBLEMS:,} more problems like those above"))
    return problems


def located(problem: Problem, root: Node) -> Problem:
    """A problem that knows only its path, with file and line."""
    if problem.file is not None or problem.line is not None:
        return problem
    steps = root.indexed(steps_of(problem.path))
    placed = root.find(steps)[0].problem(steps, problem.message)
    return replace(placed, expected=problem.expected, nearest=problem.nearest)


def _joined(alternatives: Sequence[tuple[int, Problem]]) -> Problem:
    """One problem for one place: where several types could stand, what each would have expected."""
    problem = alternatives[0][1]
    expected = [one.expected for _, one in alternatives if one.expected]
    if len(alternatives) == 1 or not expected:
        return problem
    return replace(problem, expected=" or ".join(dict.fromkeys(expected)))


def place(details: ErrorDetails, root: Node, shape: Shape | None) -> tuple[Steps, Shape | None]:
    """Where in the file an error lies, and the shape there (of an unknown key: the shape of its mapping).

    The location that pydantic gives names types between the keys; those parts are dropped.
    """
    node = root
    steps: Steps = ()
    missing = details["type"] in _MISSING
    tagged = False
    for position, part in enumerate(details["loc"]):
        last = position == len(details["loc"]) - 1
        if shape is not None and shape.union and not tagged and part in shape.tags:
            tagged = True
            shape = shape.narrowed(str(part))
            continue
        below, found = node.find((part,))
        if found or (last and missing):
            steps = (*steps, part)
        if found:
            shape = shape.narrowed(node.kind) if shape is not None else None
            if last and details["type"] in _UNKNOWN:
                break
            shape = shape.below(part) if shape is not None else None
            node, tagged = below, False
    return steps, shape


def _problem(details: ErrorDetails, steps: Steps, shape: Shape | None, root: Node) -> Problem:
    """One error in plain words."""
    kind, context, given = details["type"], details.get("ctx", {}), details["input"]
    node = root.find(steps)[0]
    if kind in _UNKNOWN:
        return _unknown(steps, root, shape)
    if kind in _MISSING:
        return node.problem(steps, f"the key '{steps[-1]}' is missing")
    if kind in ("union_tag_not_found", "union_tag_invalid"):
        kinds = _quoted(context.get("expected_tags")) or list(shape.kinds if shape else ())
        steps = (*steps, "kind")
        if kind == "union_tag_not_found":
            return node.problem(steps, "the key 'kind' is missing", expected=_listed(kinds))
        tag = str(context.get("tag"))
        message = f"there is no kind '{short(tag)}'"
        return root.find(steps)[0].problem(steps, message, expected=_listed(kinds), nearest=nearest_name(tag, kinds))
    if kind in ("literal_error", "enum"):
        choices = _quoted(context.get("expected"))
        expected, nearest = _listed(choices), nearest_name(str(given), choices)
        return node.problem(steps, f"{_shown(given)} cannot stand here", expected=expected, nearest=nearest)
    message, told, nearest = _value(kind, context, given, details["msg"])
    return node.problem(steps, message, expected=told, nearest=nearest)


def _unknown(steps: Steps, root: Node, shape: Shape | None) -> Problem:
    """A key that its mapping does not know; `shape` is that of the mapping."""
    node, above = root.find(steps)[0], root.find(steps[:-1])[0]
    fields = shape.fields if shape else ()
    names = [name for name in fields if name not in (above.mapping or {})]
    nearest = nearest_name(str(steps[-1]), names) or nearest_name(str(steps[-1]), fields)
    expected = _listed([name for name in names if name not in ANNOTATIONS]) if nearest is None else None
    return node.problem(steps, f"the key '{steps[-1]}' is not known here", expected=expected, nearest=nearest)


def _value(kind: str, context: Mapping[str, Any], given: Any, told: str) -> tuple[str, str | None, str | None]:
    """What is wrong with a value, what was expected, and the nearest valid name."""
    shown = f"{_shown(given)} cannot stand here" if given is not None else "no value stands here"
    if kind == "value_error" or "message" in context:
        told = str(context.get("message") or context.get("error") or told)
        refused = _REFUSED.fullmatch(told)
        if refused and context.get("expected") is None:
            return f"{refused[2]} cannot stand here", refused[1], context.get("nearest")
        return told, context.get("expected"), context.get("nearest")
    if kind in _BOUNDS:
        key, word = _BOUNDS[kind]
        return f"{_shown(given)} is out of bounds", f"{word} {context.get(key)}", None
    if kind == "string_type" and isinstance(given, int | float | datetime.date):
        return f"{shown}: it is not text", f'text; in quotes, "{short(given)}", it is', None
    if kind in _MAPPING:
        return shown, "a mapping: 'key: value' lines below the key", None
    if kind in _LIST:
        return shown, "a list: [one, two] or '- one' lines below the key", None
    return shown, _EXPECTED.get(kind, told[:1].lower() + told[1:]), None


def _shown(given: Any) -> str:
    """A value as a message shows it."""
    if isinstance(given, Mapping):
        return "a mapping"
    return f"'{short(given, 60)}'" if not isinstance(given, list | tuple) else "a list"


def _quoted(choices: object) -> list[str]:
    """The words in a list of pydantic's, `'a', 'b' or 'c'`."""
    return re.findall(r"'([^']*)'", str(choices or ""))


def _listed(names: Sequence[str]) -> str | None:
    """At most a dozen names to choose from."""
    if not names:
        return None
    return f"one of {', '.join(names[:12])}" + (", ..." if len(names) > 12 else "")
