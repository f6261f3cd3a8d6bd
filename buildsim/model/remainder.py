"""What is left of a model when the parts are taken out whose form is wrong, so that the rest can be checked."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cache
from typing import Any, TypeVar

from pydantic import BaseModel, TypeAdapter, ValidationError
from pydantic.fields import FieldInfo

from buildsim.errors import Problem
from buildsim.model.gaps import Gaps, Rule
from buildsim.model.node import Node, Steps, steps_of
from buildsim.model.shape import Shape, whole
from buildsim.model.sources import ANNOTATIONS
from buildsim.model.translate import MAX_PROBLEMS, place
from buildsim.spec.base import nearest

M = TypeVar("M", bound=BaseModel)

ROUNDS = 5
"""How often parts are taken out: what is left may not fit together either."""

_STAND_INS: tuple[Any, ...] = (1, "-", "2000-01-01", [], ["-"], {})


@dataclass(frozen=True, slots=True)
class Independence:
    """What is to be known of a check so that a part of a model can be checked."""

    rules: tuple[Rule, ...] = ()
    """What its problems stand on; a problem without a rule is not told as long as there are form errors."""
    stand_ins: Mapping[str, Any] = field(default_factory=dict)
    """What stands at the head of a model, where nothing can be left out, for a value that is wrong or missing."""


def rest_problems(
    error: ValidationError,
    root: Node,
    schema: type[M],
    check: Callable[[M], Sequence[Problem]],
    known: Independence,
    before: Iterable[Problem] = (),
) -> list[Problem]:
    """The problems that `check` finds in the rest of a model and that do not depend on what has the wrong form.

    `error` is what validation found in `root`, `before` what was wrong while it was read. Never raises: where the rest
    cannot be checked, nothing is found in it.
    """
    if not known.rules:
        return []
    try:
        rest = Remainder(root, Shape.of(schema), known.stand_ins)
        for problem in before:
            rest.gaps.misses(steps_of(problem.path))
        model = rest.model(error, schema)
        problems = check(model) if model is not None else []
        return [problem for problem in problems if rest.gaps.spare(problem, known.rules, root)]
    except Exception:  # whatever trips over what is left must not hide the errors that are certain
        return []


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model around an error that may go, or have something put in its place."""

    path: tuple[str, ...]
    shape: Shape
    """That of the mapping that holds it."""
    model: type[BaseModel] | None
    """The declared class whose field it is; None for an entry of a mapping of ids and for an unknown key."""

    @property
    def key(self) -> str:
        """Its key."""
        return self.path[-1]

    @property
    def needed(self) -> bool:
        """Whether its mapping cannot do without it."""
        return self.model is not None and _fields(self.model)[self.key].is_required()

    @property
    def unknown(self) -> bool:
        """Whether its mapping does not know it."""
        return self.model is None and not self.shape.keyed


class Remainder:
    """The data of a model, from which parts are taken out."""

    def __init__(self, root: Node, shape: Shape, stand_ins: Mapping[str, Any]) -> None:
        self.root, self.shape, self.stand_ins = root, shape, stand_ins
        self.data = root.plain()
        self.gaps = Gaps()
        self.mended: set[tuple[str, ...]] = set()
        """The parts that were taken out or replaced."""
        self.gone: set[tuple[str, ...]] = set()
        """Those that were taken out."""

    def model(self, error: ValidationError, schema: type[M]) -> M | None:
        """What is left, validated; None when that cannot be had within `ROUNDS`."""
        for _ in range(ROUNDS):
            if not self.without(error):
                return None
            try:
                return schema.model_validate(self.data)
            except ValidationError as further:
                error = further
        return None

    def without(self, error: ValidationError) -> bool:
        """Take out, or replace, the parts that an error is about; False when that cannot be done."""
        found = error.errors(include_url=False)
        if len(found) > MAX_PROBLEMS:
            return False
        fresh: set[tuple[str, ...]] = set()
        for details in found:
            steps = place(details, self.root, self.shape)[0]
            parts = list(self.parts(steps))
            if any(part.path in self.gone or part.path in fresh for part in parts):
                continue
            mended = self.mend(parts)
            if mended is None:
                return False
            fresh.add(mended.path)
            if details["type"] == "union_tag_not_found" or self.misplaced(parts[-1], steps):
                self.gaps.strays |= self.names(parts, steps)
        return True

    def parts(self, steps: Steps) -> Iterator[Part]:
        """The parts around the place of an error, the largest first; a quantity and a list are not taken apart."""
        shape, node = self.shape, self.root
        for length, step in enumerate(steps, 1):
            shape = shape.narrowed(node.kind)
            if not isinstance(step, str) or shape.anything or whole(shape):
                return
            model = next((model for model in shape.models if step in _fields(model)), None)
            yield Part(tuple(str(one) for one in steps[:length]), shape, model)
            below = shape.below(step)
            node, there = node.find((step,))
            if below is None or not there:
                return
            shape = below

    def mend(self, parts: Sequence[Part]) -> Part | None:
        """Take out the smallest of the parts that can go, or put something of the right form in its place."""
        for part in reversed(parts):
            holder = self.holder(part) if part.path not in self.mended else None
            if holder is None:
                continue
            if part.needed:
                stand_in = self.stand_in(part)
                if stand_in is None:
                    continue
                holder[part.key] = deepcopy(stand_in)
            else:
                holder.pop(part.key, None)
                self.gone.add(part.path)
            self.mended.add(part.path)
            self.gaps.add(part.path)
            return part
        return None

    def holder(self, part: Part) -> dict[str, Any] | None:
        """The mapping that holds a part, as far as it is left."""
        holder = self.data
        for step in part.path[:-1]:
            holder = holder.get(step) if isinstance(holder, dict) else None
        return holder if isinstance(holder, dict) else None

    def stand_in(self, part: Part) -> Any:
        """Something of the right form for a field that is needed; None when nothing is found."""
        if len(part.path) == 1 and part.key in self.stand_ins:
            return self.stand_ins[part.key]
        return _stand_in(part.model, part.key) if part.model is not None else None

    def misplaced(self, part: Part, steps: Steps) -> bool:
        """Whether what is wrong at `steps`, in a part, may belong elsewhere; notes which fields it may be meant for."""
        node, there = self.root.find(steps)
        if part.unknown:
            present = self.root.find(part.path[:-1])[0].mapping or {}
            absent = [name for name in part.shape.fields if name not in present and name not in ANNOTATIONS]
            meant = nearest(part.key, absent) or nearest(part.key, part.shape.fields)
            for name in (*absent, meant):
                if name is not None:
                    self.gaps.add((*part.path[:-1], name))
            return node.mapping is not None or meant is None
        shape = part.shape.below(part.key)
        if not there or node.value is None or shape is None or shape.anything:
            return False
        if len(steps) > len(part.path):
            return whole(shape) and node.mapping is not None
        return not whole(shape) and (node.mapping is not None) != (shape.keyed or bool(shape.models))

    def names(self, parts: Sequence[Part], steps: Steps) -> set[str]:
        """The names around what is at the wrong place: its own and its keys, and those of what it is in."""
        named = {part.key for part in parts if part.model is None or part in parts[-2:]}
        return named | {str(step) for step in steps[len(parts) :]} | set(self.root.find(steps)[0].mapping or {})


@cache
def _fields(model: type[BaseModel]) -> Mapping[str, FieldInfo]:
    """The fields of a declared class by the names that files use."""
    return {info.alias or name: info for name, info in model.model_fields.items()}


@cache
def _stand_in(model: type[BaseModel], name: str) -> Any:
    """Something of the right form for a field; None when nothing is found."""
    info = _fields(model)[name]
    accepts: TypeAdapter[Any] = TypeAdapter(info.rebuild_annotation())
    for candidate in _candidates(Shape.of(info.annotation)):
        try:
            accepts.validate_python(candidate)
        except ValidationError:
            continue
        return candidate
    return None


def _candidates(shape: Shape) -> Iterator[Any]:
    """What may be of a form, the likeliest first."""
    yield from shape.choices[:1]
    yield from _STAND_INS
    if not whole(shape):
        for part in shape.models:
            yield {name: _stand_in(part, name) for name, info in _fields(part).items() if info.is_required()}
