"""Files that a model includes: each merged once, beneath the files that include it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from buildsim.errors import InputError, Problem
from buildsim.model.change import Change
from buildsim.model.folders import FileNotAllowedError, Folders
from buildsim.model.node import Node, SourceFile, Steps, dotted
from buildsim.model.shape import Shape, whole
from buildsim.model.shipped import SUFFIXES
from buildsim.model.sources import handed_down
from buildsim.model.yamlfile import Budget, read_yaml

MAX_FILES = 500
"""How many files a model may be made of."""

HEADER = ("name", "description", "source", "note")
"""Top-level keys of an included file that describe that file, not the model."""


@dataclass
class Merger:
    """Reads a model file with all that it includes."""

    folders: Folders
    shape: Shape
    budget: Budget = field(default_factory=Budget)
    problems: list[Problem] = field(default_factory=list)
    changes: list[Change] = field(default_factory=list)
    trees: dict[Path, Node] = field(default_factory=dict)
    """What each file itself says, in the order of merging: what is included before what includes it."""
    beneath: dict[Path, frozenset[Path]] = field(default_factory=dict)
    """The files that each file includes, directly or not."""

    def read(self, top: SourceFile) -> Node:
        """The model as its files say it together.

        Raises InputError when a file cannot be read; what is wrong in a readable file is kept in `problems`.
        """
        fatal = list(self.visit(top, ()))
        if fatal:
            raise InputError([*fatal, *self.problems])
        merged: Node | None = None
        for path, tree in self.trees.items():
            part = tree if path == top.path else self.included(tree)
            merged = part if merged is None else self.overlay(merged, part, path, (), self.shape)
        return replace(merged, file=top, line=1) if merged is not None else Node({}, top, 1)

    def included(self, tree: Node) -> Node:
        """What an included file adds to the model: all but its header, whose source goes to what it declares."""
        header, entries = tree.mapping or {}, {}
        for key, entry in header.items():
            if key not in HEADER:
                entries[key] = handed_down(entry, self.shape.below(key), header.get("source"))
        return replace(tree, value=entries)

    def visit(self, file: SourceFile, above: tuple[SourceFile, ...]) -> Iterator[Problem]:
        """Read a file and what it includes; gives what stops the reading."""
        if file.path in self.trees:
            return
        if len(self.trees) + len(above) >= MAX_FILES:
            yield Problem("include", f"the model is made of more than {MAX_FILES} files", file=file.shown)
            return
        try:
            tree, problems = read_yaml(file, self.budget)
        except InputError as error:
            yield from error.problems
            return
        self.problems += problems
        entries = dict(tree.mapping or {})
        beneath: set[Path] = set()
        for steps, named in _names(entries.pop("include", None)):
            found = self.resolve(steps, named, file, (*above, file))
            if isinstance(found, Problem):
                yield found
                continue
            yield from self.visit(found, (*above, file))
            beneath |= {found.path} | self.beneath.get(found.path, frozenset())
        self.beneath[file.path] = frozenset(beneath)
        self.trees[file.path] = replace(tree, value=entries)

    def resolve(
        self, steps: Steps, named: Node, file: SourceFile, chain: tuple[SourceFile, ...]
    ) -> SourceFile | Problem:
        """The file that an entry of `include` names."""
        if not isinstance(named.value, str):
            return named.problem(steps, "this does not name a file", expected="a list of file names")
        try:
            found = self.folders.find(named.value, file, SUFFIXES)
        except FileNotAllowedError as error:
            return named.problem(steps, str(error), nearest=error.nearest)
        for position, upper in enumerate(chain):
            if upper.path == found.path:
                names = " -> ".join(link.shown for link in (*chain[position:], found))
                return named.problem(steps, f"the files include each other: {names}")
        return found

    def overlay(self, old: Node, new: Node, path: Path, steps: Steps, shape: Shape | None) -> Node:
        """`old`, from files merged so far, with what `new`, from the file `path`, says above it."""
        if self.mergeable(old, new, shape):
            entries = dict(old.mapping or {})
            here = shape.narrowed(new.kind or old.kind) if shape else None
            for key, entry in (new.mapping or {}).items():
                below = here.below(key) if here else None
                entries[key] = (
                    self.overlay(entries[key], entry, path, (*steps, key), below) if key in entries else entry
                )
            return replace(old, value=entries)
        beneath = self.beneath[path]
        rival = next((leaf for leaf in old.leaves() if leaf.file is not None and leaf.file.path not in beneath), None)
        if rival is not None:
            message = f"two included files set this, neither includes the other: here and in {rival.place}"
            self.problems.append(new.problem(steps, message))
            return old
        change = Change(dotted(steps), old.plain(), new.plain(), new.place)
        if change.old != change.new:
            self.changes.append(change)
        return new

    def mergeable(self, old: Node, new: Node, shape: Shape | None) -> bool:
        """Whether two values are merged entry by entry: mappings of one kind, unless they are a quantity or a patch."""
        if old.mapping is None or new.mapping is None:
            return False
        if old.kind and new.kind and old.kind != new.kind:
            return False
        return shape is None or not (whole(shape) or shape.anything)


def _names(include: Node | None) -> Iterator[tuple[Steps, Node]]:
    """The entries of `include`, a list of names or one name."""
    if include is None:
        return
    if isinstance(include.value, list):
        yield from ((("include", index), item) for index, item in enumerate(include.value))
    elif include.value is not None:
        yield ("include",), include
