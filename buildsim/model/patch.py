"""Patches: values set on top of a model file by a scenario, by `--set` or from Python."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from buildsim.errors import InputError, Problem
from buildsim.model.change import Change
from buildsim.model.node import Node, Steps, dotted, node_of, steps_of
from buildsim.model.shape import Shape, whole
from buildsim.model.sources import ANNOTATIONS
from buildsim.model.yamlfile import read_value
from buildsim.spec.base import nearest as nearest_name

SETTING = "--set"
"""What stands for the file of a setting."""
FIXED = ("include", "scenarios")
"""Top-level keys that are used up before patches apply."""


@dataclass(frozen=True, slots=True)
class Patch:
    """A value to be set at every place that a path matches."""

    path: str
    """Dotted; `*` matches one level."""
    value: Node
    origin: str
    """`--set PATH` or `scenario NAME`."""
    stated: Steps
    """Where the patch itself stands: in `scenarios`, or just its path."""

    def problem(self, message: str, nearest: str | None = None, expected: str | None = None) -> Problem:
        """A problem with the patch, at its own place."""
        plain = replace(self.value, origin=None if self.value.file else SETTING)
        return plain.problem(self.stated, message, nearest=nearest, expected=expected)


@dataclass(frozen=True, slots=True)
class Miss:
    """Where a path stops to match."""

    at: Steps
    message: str
    step: str
    names: tuple[str, ...] = ()


def set_patches(given: Mapping[str, Any] | Sequence[str] | str | None) -> tuple[list[Patch], list[Problem]]:
    """The patches of a mapping `{path: value}`, or of assignments `PATH=VALUE` with values as in a model file."""
    patches: list[Patch] = []
    problems: list[Problem] = []
    if isinstance(given, str):
        given = [given]
    pairs: Iterable[tuple[str, Any]] = given.items() if isinstance(given, Mapping) else map(_split, given or ())
    for path, value in pairs:
        origin = f"{SETTING} {path}"
        try:
            node = _assigned(value) if isinstance(given, Sequence) else node_of(value)
        except ValueError as error:
            problems.append(Problem(path, str(error), file=SETTING))
        except InputError as error:
            problems += [replace(problem, path=path, file=SETTING, line=None) for problem in error.problems]
        else:
            patches.append(Patch(path, node.marked(origin), origin, steps_of(path)))
    return patches, problems


def _split(assignment: str) -> tuple[str, str | None]:
    path, equals, value = assignment.partition("=")
    return path.strip(), value if equals else None


def _assigned(value: str | None) -> Node:
    """The value of an assignment, without the place in it."""
    if value is None:
        raise ValueError("an assignment needs '=': PATH=VALUE")
    return node_of(read_value(value).plain())


def scenario_names(root: Node) -> tuple[str, ...]:
    """The scenarios that a model declares."""
    scenarios = (root.mapping or {}).get("scenarios")
    entries = (scenarios.mapping if scenarios else None) or {}
    return tuple(name for name, entry in entries.items() if entry.mapping is not None)


def scenario_patches(root: Node, name: str) -> list[Patch]:
    """The patches of a declared scenario."""
    node, found = root.find(("scenarios", name, "set"))
    patches = (node.mapping if found else None) or {}
    origin = f"scenario {name}"
    return [
        Patch(path, value.marked(origin), origin, ("scenarios", name, "set", path)) for path, value in patches.items()
    ]


def chosen_patches(root: Node, names: Sequence[str]) -> tuple[list[Patch], list[Problem]]:
    """The patches of the scenarios called `names`, and a problem for each name that is unknown or given twice."""
    patches: list[Patch] = []
    problems: list[Problem] = []
    known, at = scenario_names(root), root.find(("scenarios",))[0]
    for position, name in enumerate(names):
        if name not in known:
            message = f"there is no scenario '{name}'" + ("" if known else ": the model declares none")
            expected = f"one of {', '.join(known)}" if known else None
            problems.append(at.problem(("scenarios",), message, expected=expected, nearest=nearest_name(name, known)))
        elif name in names[:position]:
            problems.append(at.problem(("scenarios",), f"the scenario '{name}' is asked for twice"))
        else:
            patches += scenario_patches(root, name)
    return patches, problems


def aim(root: Node, shape: Shape, patches: Sequence[Patch]) -> tuple[dict[Steps, Patch], list[Problem]]:
    """Which patch sets what, paths written out; a problem for each that matches nothing or clashes with another."""
    targets: dict[Steps, Patch] = {}
    problems: list[Problem] = []
    clashes: set[tuple[str, str]] = set()
    for patch in patches:
        found = _matches(root, shape, patch)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        for steps in found:
            other = targets.setdefault(steps, patch)
            if other is not patch and (other.origin + other.path, patch.origin + patch.path) not in clashes:
                clashes.add((other.origin + other.path, patch.origin + patch.path))
                problems.append(patch.problem(f"'{dotted(steps)}' is also set by {_other(other, patch)}"))
    for steps, patch in targets.items():
        for upper in (targets.get(steps[:length]) for length in range(1, len(steps))):
            if upper is not None and (upper.path, patch.path) not in clashes:
                clashes.add((upper.path, patch.path))
                message = f"'{dotted(steps)}' lies below what is also set by {_other(upper, patch)}"
                problems.append(patch.problem(message))
    return targets, problems


def _other(other: Patch, patch: Patch) -> str:
    """How a problem with one patch names another."""
    if other.value.file is None:
        return f"{'another ' if other.path == patch.path else ''}{other.origin}"
    name = f"'{other.path}' of the same scenario" if other.origin == patch.origin else other.origin
    return f"{name} ({other.value.place})"


def _matches(root: Node, shape: Shape, patch: Patch) -> list[Steps] | Problem:
    """The places that a patch sets, or why there are none."""
    steps = tuple(patch.path.split("."))
    if not all(steps):
        return patch.problem(f"'{patch.path}' is not a path", expected="names with single dots between them")
    if steps[0] in FIXED:
        return patch.problem(f"'{steps[0]}' cannot be patched")
    reached = list(_reach(root, shape, steps, (), wild=False))
    found = [one for one in reached if not isinstance(one, Miss)]
    if found:
        return found
    misses = [one for one in reached if isinstance(one, Miss)]
    deepest = max(misses, key=lambda miss: len(miss.at))
    names = [name for miss in misses if len(miss.at) == len(deepest.at) for name in miss.names]
    return patch.problem(deepest.message, nearest=nearest_name(deepest.step, names))


def _reach(
    node: Node | None, shape: Shape | None, steps: tuple[str, ...], at: Steps, *, wild: bool
) -> Iterator[Steps | Miss]:
    """The places below `node` that `steps` match, and the misses on the way."""
    step, rest = steps[0], steps[1:]
    here = f"'{dotted(at)}'" if at else "the model"
    if node is not None and node.value is not None and node.mapping is None:
        kind = "a list" if isinstance(node.value, list) else "a single value"
        yield Miss(at, f"{here} is {kind} and is set as a whole", step)
        return
    entries = (node.mapping if node else None) or {}
    shape = shape.narrowed(node.kind if node else None) if shape else None
    if step == "*":
        keys = [key for key in entries if key not in ANNOTATIONS]
        if not keys:
            yield Miss(at, f"{here} has nothing that '*' could match", step)
    elif step in entries or (shape is not None and _may_add(shape, step, entries, leaf=not rest, wild=wild)):
        keys = [step]
    elif shape is not None and step in shape.fields:
        yield Miss(at, f"{here} has no '{step}' that could be changed", step)
        return
    else:
        yield Miss(at, f"nothing is called '{step}' in {here}", step, (*entries, *(shape.fields if shape else ())))
        return
    for key in keys:
        if rest:
            below = shape.below(key) if shape else None
            yield from _reach(entries.get(key), below, rest, (*at, key), wild=wild or step == "*")
        else:
            yield (*at, key)


def _may_add(shape: Shape, step: str, entries: Mapping[str, Node], *, leaf: bool, wild: bool) -> bool:
    """Whether a patch may set what the file leaves out: a declared field, or an entry where there is none to mistake.

    Below a `*` only the last step may be new: a path does not make what some of the places that it matches do not have.
    """
    if wild and not leaf:
        return False
    return step in shape.fields or shape.anything or (shape.keyed and not entries and not wild)


def apply(root: Node, shape: Shape, targets: Mapping[Steps, Patch]) -> tuple[Node, list[Change]]:
    """The model with every target set, and what changed."""
    changes = []
    for steps, patch in targets.items():
        old, found = root.find(steps)
        changes.append(Change(dotted(steps), old.plain() if found else None, patch.value.plain(), patch.origin))
        value = patch.value
        if found and old.text("source") and _is_quantity(root, shape, steps):
            value = _sourced(value, patch.origin)
        root = root.put(steps, value)
    return root, changes


def _is_quantity(root: Node, shape: Shape | None, steps: Steps) -> bool:
    """Whether an uncertain quantity stands at `steps`."""
    node = root
    for step in steps:
        if shape is None:
            return False
        shape = shape.narrowed(node.kind).below(step)
        node = node.find((step,))[0]
    return shape is not None and whole(shape)


def _sourced(value: Node, origin: str) -> Node:
    """A quantity that replaces one with a source of its own: the patch is its source unless it names one."""
    source = replace(value, value=origin)
    if value.mapping is None:
        return replace(value, value={"value": value, "source": source})
    return value if "source" in value.mapping else replace(value, value={**value.mapping, "source": source})
