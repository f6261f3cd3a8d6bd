"""A value read from a model file, with the place it came from: what includes, patches and error messages work on."""

import datetime
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeAlias

from buildsim.errors import Problem

Scalar: TypeAlias = str | int | float | bool | datetime.date | None
Steps: TypeAlias = tuple[str | int, ...]

MAX_DEPTH = 60
"""How deeply mappings and lists may be nested."""

_STEP = re.compile(r'"([^"]*)"|\[(\d+)\]|([^."\[\]]+)')


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file that holds part of a model."""

    path: Path
    """Where it is, symbolic links resolved."""
    shown: str
    """Its name in messages."""
    folder: Path
    """The folder that its includes and CSV files are relative to."""


@dataclass(frozen=True, slots=True)
class Node:
    """One value of a model with its place. Nodes are never changed: an edit makes new ones along the path."""

    value: "Scalar | dict[str, Node] | list[Node]"
    file: SourceFile | None = None
    line: int | None = None
    """Line in the file, from 1: that of the key for a value in a mapping."""
    column: int | None = None
    """Column in the file, from 1."""
    origin: str | None = None
    """What set the value when that was a patch: `--set PATH` or `scenario NAME`."""

    @property
    def mapping(self) -> "dict[str, Node] | None":
        """The entries when this is a mapping, else None."""
        return self.value if isinstance(self.value, dict) else None

    def text(self, key: str) -> str | None:
        """The entry `key` of a mapping when it is text, else None."""
        entry = self.value.get(key) if isinstance(self.value, dict) else None
        return entry.value if entry is not None and isinstance(entry.value, str) else None

    @property
    def kind(self) -> str | None:
        """The `kind` of a mapping that has one."""
        return self.text("kind")

    @property
    def place(self) -> str:
        """`FILE:LINE`, as far as it is known."""
        return ":".join(str(part) for part in (self.file.shown if self.file else None, self.line) if part is not None)

    def plain(self) -> Any:
        """The value as plain dicts, lists and scalars."""
        if isinstance(self.value, dict):
            return {key: entry.plain() for key, entry in self.value.items()}
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        return self.value

    def find(self, steps: Steps) -> "tuple[Node, bool]":
        """The node at `steps` and True, or its nearest existing ancestor and False."""
        node = self
        for step in steps:
            below = node._below(step)
            if below is None:
                return node, False
            node = below
        return node, True

    def _below(self, step: str | int) -> "Node | None":
        if isinstance(self.value, dict):
            return self.value.get(str(step))
        if isinstance(self.value, list) and isinstance(step, int) and 0 <= step < len(self.value):
            return self.value[step]
        return None

    def indexed(self, steps: Steps) -> Steps:
        """`steps` with those into a list as numbers: `after.0` means `after[0]`."""
        node: Node | None = self
        found: list[str | int] = []
        for step in steps:
            if node is not None and isinstance(node.value, list) and isinstance(step, str) and step.isdecimal():
                step = int(step)
            found.append(step)
            node = node._below(step) if node is not None else None
        return tuple(found)

    def put(self, steps: Steps, node: "Node") -> "Node":
        """A copy of this mapping with `node` at `steps`; mappings that are missing on the way are made."""
        if not steps:
            return node
        entries = dict(self.mapping or {})
        step = str(steps[0])
        below = entries.get(step)
        if below is None:
            below = replace(node, value={})
        entries[step] = below.put(steps[1:], node)
        return replace(self, value=entries)

    def marked(self, origin: str) -> "Node":
        """This node and all below it, as set by `origin`."""
        value = self.value
        if isinstance(value, dict):
            value = {key: entry.marked(origin) for key, entry in value.items()}
        elif isinstance(value, list):
            value = [item.marked(origin) for item in value]
        return replace(self, value=value, origin=origin)

    def leaves(self) -> "Iterator[Node]":
        """Every node below this one (itself included) that is not a mapping with entries."""
        if isinstance(self.value, dict) and self.value:
            for entry in self.value.values():
                yield from entry.leaves()
        else:
            yield self

    def problem(
        self, steps: Steps, message: str, *, expected: str | None = None, nearest: str | None = None
    ) -> Problem:
        """A problem at this node's place; `steps` is its path."""
        shown = self.file.shown if self.file else self.origin
        if self.file is not None and self.origin is not None:
            message = f"{message} (set by {self.origin})"
        return Problem(dotted(steps), message, file=shown, line=self.line, expected=expected, nearest=nearest)


def dotted(steps: Steps) -> str:
    """The path as people write it: `sites.denton.power`, `after[0]`, `set."labour.*.*.experienced"`."""
    text = ""
    for step in steps:
        if isinstance(step, int):
            text += f"[{step}]"
        else:
            text += ("." if text else "") + (f'"{step}"' if re.search(r"[.\[\]]", step) and '"' not in step else step)
    return text


def steps_of(path: str) -> Steps:
    """The steps of a dotted path, the inverse of `dotted`; what is malformed is read as far as possible."""
    return tuple(int(index) if index else (quoted or plain) for quoted, index, plain in _STEP.findall(path))


def node_of(value: Any, depth: int = 0) -> Node:
    """Plain Python data as a node.

    Raises ValueError for what a model file could not hold: other types, other keys than text, deeper than `MAX_DEPTH`.
    """
    if depth > MAX_DEPTH:
        raise ValueError(f"nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        wrong = next((key for key in value if not isinstance(key, str)), None)
        if wrong is not None:
            raise ValueError(f"the key {wrong!r} is not text")
        return Node({key: node_of(entry, depth + 1) for key, entry in value.items()})
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return Node([node_of(item, depth + 1) for item in value])
    if hasattr(value, "item") and getattr(value, "shape", None) == ():
        value = value.item()
    if isinstance(value, datetime.datetime):
        value = value.date()
    if value is None or isinstance(value, str | bool | int | float | datetime.date):
        return Node(value)
    raise ValueError(f"a value of type {type(value).__name__} cannot stand in a model")


def short(value: Any, limit: int = 80) -> str:
    """A value in one line for messages and logs, cut at `limit` characters."""
    if isinstance(value, Mapping):
        text = "{" + ", ".join(f"{key}: {short(entry, limit)}" for key, entry in value.items()) + "}"
    elif isinstance(value, list | tuple):
        text = "[" + ", ".join(short(item, limit) for item in value[:20]) + (", ...]" if len(value) > 20 else "]")
    elif value is None:
        text = "nothing"
    elif isinstance(value, bool):
        text = str(value).lower()
    else:
        text = str(value)[: limit + 1]
        text = text if text.isprintable() else repr(text)
    return text if len(text) <= limit else text[: limit - 3] + "..."
