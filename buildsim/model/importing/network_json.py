"""Reading a project network from JSON: `succ`, `dur` [days], `req` and `cap` [crews of each kind]."""

import json
from typing import Any

from buildsim.errors import InputError, Problem
from buildsim.model.importing.project import Fault, Project, faults
from buildsim.model.node import Node, SourceFile
from buildsim.model.yamlfile import read_yaml
from buildsim.spec.base import nearest

FIELDS = ("succ", "dur", "req", "cap")
"""What a file must hold: successors, durations and crews held by activity, and crews there are by kind."""
COUNT = "n"
"""What it may hold besides: the number of activities."""


def read_network_json(text: str, file: SourceFile) -> Project:
    """Return the network of a JSON file.

    Raises:
        InputError: with every problem that was found, each with its line.
    """
    data = _parsed(text, file)
    found = _form(data) or faults(*(data[name] for name in FIELDS))
    if COUNT in data and not found and data[COUNT] != len(data["succ"]):
        found = [Fault((COUNT,), f"{data[COUNT]!r} is not the number of activities", f"{len(data['succ'])}")]
    if found:
        raise InputError(_located(found, file, data))
    return Project(
        file.path.stem,
        file.path.name,
        tuple(tuple(after) for after in data["succ"]),
        tuple(float(days) for days in data["dur"]),
        tuple(tuple(row) for row in data["req"]),
        tuple(data["cap"]),
    )


def _parsed(text: str, file: SourceFile) -> dict[str, Any]:
    repeated: list[str] = []

    def mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        repeated.extend(key for key in dict.fromkeys(keys) if keys.count(key) > 1)
        return dict(pairs)

    try:
        data = json.loads(text, object_pairs_hook=mapping)
    except json.JSONDecodeError as error:
        message = f"this is not JSON: {error.msg} (column {error.colno})"
        raise InputError(Problem("", message, file=file.shown, line=error.lineno)) from error
    except (ValueError, RecursionError) as error:
        message = "nested too deep" if isinstance(error, RecursionError) else "a number is too long"
        raise InputError(Problem("", f"this is not JSON that buildsim reads: {message}", file=file.shown)) from error
    if not isinstance(data, dict):
        expected = f"a mapping with {', '.join(FIELDS)}"
        raise InputError(Problem("", "the file does not hold a mapping", file=file.shown, line=1, expected=expected))
    if repeated:
        raise InputError([Problem(key, f"the key '{key}' is here twice", file=file.shown) for key in repeated])
    return data


def _form(data: dict[str, Any]) -> list[Fault]:
    found = []
    for name in FIELDS:
        if name not in data:
            found.append(Fault((), f"the key '{name}' is missing", f"{', '.join(FIELDS)}"))
        elif not isinstance(data[name], list):
            found.append(Fault((name,), f"'{name}' is not a list", "a list"))
    for name in data:
        if name not in (*FIELDS, COUNT):
            near = nearest(name, FIELDS)
            found.append(
                Fault((name,), f"the key '{name}' is not known here", f"'{near}'" if near else ", ".join(FIELDS))
            )
    return found


def _located(found: list[Fault], file: SourceFile, data: dict[str, Any]) -> list[Problem]:
    """The faults with their lines: JSON is YAML, whose reader knows the line of every value."""
    try:
        root = read_yaml(file)[0]
    except InputError:
        root = Node({name: Node(None) for name in data})
    problems = []
    for fault in found:
        path = "".join(f"[{step}]" if isinstance(step, int) else step for step in fault.steps)
        problems.append(Problem(path, fault.message, file.shown, root.find(fault.steps)[0].line, fault.expected))
    return problems
