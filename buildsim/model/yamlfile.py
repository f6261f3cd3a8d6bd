"""Reading a YAML file safely into nodes that know their line.

Scalars follow the core schema of YAML 1.2: only `true`, `false`, `null`, numbers and dates are special, so `no`, `on`,
`1:30` and `12-24` stay text. Nothing is made but mappings, lists and scalars; size, depth and aliases are bounded.
"""

import datetime
import math
import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import yaml

from buildsim.errors import InputError, Problem
from buildsim.model.node import MAX_DEPTH, Node, Scalar, SourceFile, Steps, dotted, short

MAX_BYTES = 20_000_000
"""How large a file may be [bytes]."""
MAX_NODES = 1_000_000
"""How many values all files of a model may hold together, aliases written out."""
MAX_ALIASED = 200_000
"""How many values aliases (`*name`) may stand for together."""
MAX_DIGITS = 100
"""How long a number may be [characters]."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_TEXT_TAGS = ("!", "tag:yaml.org,2002:str")
_MAPPING_TAGS = (None, "tag:yaml.org,2002:map")
_LIST_TAGS = (None, "tag:yaml.org,2002:seq")
_WORDS: dict[str, Scalar] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")


@dataclass(slots=True)
class Budget:
    """What the files of one model may still hold."""

    nodes: int = MAX_NODES
    aliased: int = MAX_ALIASED


def resolve_scalar(text: str) -> Scalar:
    """What an unquoted scalar means: null, a truth value, a number, a date (`2025-10-31`) or else the text itself.

    What looks like a date but is none, and a number that is not finite, stays text: its field says what it expects.
    """
    if text in _WORDS:
        return _WORDS[text]
    if len(text) > MAX_DIGITS:
        return text
    if _INT.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text):
        number = float(text)
        return number if math.isfinite(number) else text
    if date := _DATE.fullmatch(text):
        try:
            return datetime.date(*(int(part) for part in date.groups()))
        except ValueError:
            return text
    return text


def read_text(file: SourceFile, limit: int = MAX_BYTES) -> str:
    """The text of a file.

    Raises InputError when it is not a regular file, larger than `limit` [bytes], not UTF-8, or cannot be read.
    """
    path = file.path
    try:
        if path.is_dir():
            raise InputError(Problem("", "this is a directory, not a file", file=file.shown))
        if not path.exists():
            raise InputError(Problem("", "there is no such file", file=file.shown))
        if not path.is_file():
            raise InputError(Problem("", "this is not a regular file", file=file.shown))
        with path.open("rb") as stream:
            data = stream.read(limit + 1)
    except (OSError, ValueError) as error:
        raise InputError(Problem("", f"the file cannot be read: {_reason(error)}", file=file.shown)) from error
    if len(data) > limit:
        raise InputError(Problem("", f"the file is larger than {limit // 1_000_000} MB", file=file.shown))
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InputError(Problem("", "the file is in UTF-16", file=file.shown, expected="UTF-8 text"))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise InputError(
            Problem("", "the file is not text in UTF-8", file=file.shown, line=line, expected="a YAML file")
        ) from error


def _reason(error: Exception) -> str:
    return (error.strerror or str(error)) if isinstance(error, OSError) else str(error)


def read_yaml(file: SourceFile, budget: Budget | None = None) -> tuple[Node, list[Problem]]:
    """The top-level mapping of a YAML file, and the problems that do not stop its reading, such as duplicate keys.

    Raises InputError for what does stop it: not readable, not YAML, empty, no mapping, too large, too deep.
    """
    text = read_text(file)
    composer = _Composer(file, budget or Budget())
    try:
        node = composer.document(text)
    except InputError as error:
        raise InputError([*composer.problems, *error.problems]) from error
    if node is None or node.value is None:
        raise InputError(Problem("", "the file is empty", file=file.shown, expected="a model: 'key: value' lines"))
    if node.mapping is None:
        raise InputError(
            Problem(
                "", "the file does not hold a mapping", file=file.shown, line=node.line, expected="'key: value' lines"
            )
        )
    return node, composer.problems


def read_value(text: str, file: SourceFile | None = None) -> Node:
    """The value of an assignment on the command line: a YAML scalar, or a list or mapping in brackets.

    Raises InputError when the text is not YAML.
    """
    composer = _Composer(file or SourceFile(Path(), "", Path()), Budget())
    node = composer.document(text) or Node(None)
    if composer.problems:
        raise InputError(composer.problems)
    return node


@dataclass
class _Composer:
    """Builds nodes from the events of the YAML parser."""

    file: SourceFile
    budget: Budget
    problems: list[Problem] = field(default_factory=list)
    anchors: dict[str, tuple[Node, int, int]] = field(default_factory=dict)
    """Anchored nodes by name, with how many values they hold and how deep they go."""
    open: set[str] = field(default_factory=set)
    """Anchors whose node is not complete yet."""
    events: Iterator[Any] = field(init=False)

    def document(self, text: str) -> Node | None:
        """The only document in `text`; None when there is none."""
        self.events = yaml.parse(text, Loader=_LOADER)
        try:
            next(self.events)
            if isinstance(next(self.events), yaml.StreamEndEvent):
                return None
            node, _, _ = self.node(next(self.events), ())
            next(self.events)
            if not isinstance(event := next(self.events), yaml.StreamEndEvent):
                raise self.stop(event, (), "a second document starts here; a model file holds one")
        except yaml.reader.ReaderError as error:
            line = text.count("\n", 0, error.position) + 1
            message = f"the character U+{_code(error.character):04X} cannot stand in a text file"
            raise InputError(Problem("", message, file=self.shown, line=line, expected="a YAML file")) from error
        except yaml.MarkedYAMLError as error:
            raise InputError(self.syntax(error)) from error
        return node

    @property
    def shown(self) -> str | None:
        return self.file.shown or None

    def syntax(self, error: yaml.MarkedYAMLError) -> Problem:
        """What the YAML parser stumbled over, with its line."""
        mark, begun = error.problem_mark or error.context_mark, error.context_mark
        message = f"this is not YAML: {error.problem or error.context}"
        if error.context and begun is not None and mark is not None and begun.line != mark.line:
            message += f" ({error.context} that begins in line {begun.line + 1})"
        hint = None
        if "mapping values" in message:
            hint = "one 'key: value' a line; text that holds ': ' stands in quotes"
        elif "cannot start any token" in message:
            hint = "spaces, not tabs, before a key; text that starts with a special character stands in quotes"
        return Problem("", message, file=self.shown, line=mark.line + 1 if mark else None, expected=hint)

    def stop(self, event: Any, path: Steps, message: str) -> InputError:
        """An error that ends the reading."""
        return InputError(Problem(dotted(path), message, file=self.shown, line=event.start_mark.line + 1))

    def report(self, event: Any, path: Steps, message: str, expected: str | None = None) -> None:
        """Keep a problem and read on."""
        line = event.start_mark.line + 1
        self.problems.append(Problem(dotted(path), message, file=self.shown, line=line, expected=expected))

    def node(self, event: Any, path: Steps, depth: int = 0) -> tuple[Node, int, int]:
        """The node that begins with `event`, how many values it holds and how many levels it has."""
        if isinstance(event, yaml.AliasEvent):
            return self.alias(event, path, depth)
        if depth > MAX_DEPTH:
            raise self.stop(event, path[:3], f"nested more than {MAX_DEPTH} deep")
        self.spend(event, path, 1)
        if event.anchor:
            self.open.add(event.anchor)
        if isinstance(event, yaml.MappingStartEvent):
            self.tag(event, path, _MAPPING_TAGS)
            found = self.mapping(event, path, depth)
        elif isinstance(event, yaml.SequenceStartEvent):
            self.tag(event, path, _LIST_TAGS)
            found = self.sequence(event, path, depth)
        else:
            found = self.at(event, self.scalar(event, path)), 1, 1
        if event.anchor:
            self.open.discard(event.anchor)
            self.anchors[event.anchor] = found
        return found

    def at(self, event: Any, value: Any) -> Node:
        return Node(value, self.file, event.start_mark.line + 1, event.start_mark.column + 1)

    def spend(self, event: Any, path: Steps, nodes: int) -> None:
        self.budget.nodes -= nodes
        if self.budget.nodes < 0:
            raise self.stop(event, path, f"the model holds more than {MAX_NODES:,} values")

    def alias(self, event: Any, path: Steps, depth: int) -> tuple[Node, int, int]:
        """The node that an alias stands for."""
        if event.anchor in self.open:
            raise self.stop(event, path, f"the alias '*{event.anchor}' stands inside what it names")
        if event.anchor not in self.anchors:
            raise self.stop(event, path, f"the alias '*{event.anchor}' names no anchor above it")
        node, size, levels = self.anchors[event.anchor]
        if depth + levels - 1 > MAX_DEPTH:
            raise self.stop(event, path[:3], f"nested more than {MAX_DEPTH} deep")
        self.budget.aliased -= size
        if self.budget.aliased < 0:
            raise self.stop(event, path[:3], f"aliases stand for more than {MAX_ALIASED:,} values together")
        self.spend(event, path, size)
        return self.at(event, node.value), size, levels

    def tag(self, event: Any, path: Steps, known: tuple[str | None, ...]) -> None:
        if event.tag not in known:
            self.report(event, path, f"the tag '{event.tag}' is not read", "plain YAML without tags")

    def scalar(self, event: Any, path: Steps) -> Scalar:
        if event.tag is None:
            return resolve_scalar(event.value) if event.implicit[0] else str(event.value)
        self.tag(event, path, _TEXT_TAGS)
        return str(event.value)

    def sequence(self, event: Any, path: Steps, depth: int) -> tuple[Node, int, int]:
        items: list[Node] = []
        size, levels = 1, 0
        while not isinstance(item := next(self.events), yaml.SequenceEndEvent):
            node, inner, below = self.node(item, (*path, len(items)), depth + 1)
            items.append(node)
            size, levels = size + inner, max(levels, below)
        return self.at(event, items), size, levels + 1

    def mapping(self, event: Any, path: Steps, depth: int) -> tuple[Node, int, int]:
        entries: dict[str, Node] = {}
        size, levels = 1, 0
        while not isinstance(start := next(self.events), yaml.MappingEndEvent):
            key = self.key(start, path, braces=bool(event.flow_style))
            node, inner, below = self.node(next(self.events), path if key is None else (*path, key), depth + 1)
            size, levels = size + inner, max(levels, below)
            if key is None:
                continue
            if key in entries:
                first = entries[key].line
                self.report(start, (*path, key), f"the key '{short(key)}' is here twice, first in line {first}")
            else:
                entries[key] = replace(node, line=start.start_mark.line + 1, column=start.start_mark.column + 1)
        return self.at(event, entries), size, levels + 1

    def key(self, event: Any, path: Steps, *, braces: bool) -> str | None:
        """A key; None (and a problem) when it is not text. `braces`: whether it stands in a mapping in braces."""
        if not isinstance(event, yaml.ScalarEvent):
            raise self.stop(event, path, "a key must be text, not a list, a mapping or an alias")
        value = self.scalar(event, path)
        if value == "<<" and event.implicit[0]:
            self.report(
                event, path, "merge keys ('<<') are not read", "an include, a template or the entries themselves"
            )
            return None
        if isinstance(value, str):
            return value
        if isinstance(value, datetime.date):
            what = "a date"
        else:
            what = "a truth value or null" if value is None or isinstance(value, bool) else "a number"
        hint = f'text: "{event.value}"'
        if what == "a number" and braces:
            hint += "; in braces, a number with a thousands comma stands in quotes"
        self.report(event, path, f"the key '{event.value}' is not text but {what}", hint)
        return None


def _code(character: Any) -> int:
    return character if isinstance(character, int) else ord(str(character)[0])
