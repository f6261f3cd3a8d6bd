"""The numbers in a YAML file, each with its path and with the mappings around it that name a source."""

import datetime
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import yaml

TEXTS = ("name", "description", "source", "note", "include")
"""Keys whose values are for readers, or names of files."""
QUANTITY = re.compile(r"^(?:[-+~]?\s*(?:USD|EUR|CAD|[$€£])?\s*\d)|\+\s*\d")
"""`26 weeks`, `$1.2bn`, `12-24..01-01`; and the lag in `A1 SS + 15 workdays`."""


class Number(NamedTuple):
    """A number in a file."""

    path: tuple[str, ...]
    value: Any
    sourced: int
    """How many keys lead to the nearest mapping around it with a `source`; -1: none has one."""


def tree(file: Path) -> Any:
    """What a YAML file holds, without buildsim's own reader."""
    return yaml.safe_load(file.read_text(encoding="utf-8"))


def is_number(value: Any) -> bool:
    """Whether a value is one that somebody must have taken from somewhere."""
    if isinstance(value, str):
        return bool(QUANTITY.search(value))
    return isinstance(value, int | float | datetime.date) and not isinstance(value, bool)


def numbers(node: Any, path: tuple[str, ...] = (), sourced: int = -1) -> Iterator[Number]:
    """Every number at or below a node."""
    if isinstance(node, dict):
        if isinstance(node.get("source"), str):
            sourced = len(path)
        for key, value in node.items():
            if key not in TEXTS:
                yield from numbers(value, (*path, str(key)), sourced)
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from numbers(value, (*path, str(place)), sourced)
    elif is_number(node):
        yield Number(path, node, sourced)


def sources(node: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    """Every source at or below a node, with its path."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key == "source" and isinstance(value, str):
                yield path, value
            else:
                yield from sources(value, (*path, str(key)))
    elif isinstance(node, list):
        for place, value in enumerate(node):
            yield from sources(value, (*path, str(place)))
