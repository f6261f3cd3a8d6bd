"""From a model file to a validated model: includes merged, patches applied, every problem told at once."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from buildsim.errors import InputError, Problem
from buildsim.model.change import Change
from buildsim.model.empirical import CsvColumns
from buildsim.model.folders import Folders
from buildsim.model.merge import Merger
from buildsim.model.node import Node
from buildsim.model.patch import aim, apply, chosen_patches, scenario_names, scenario_patches, set_patches
from buildsim.model.remainder import Independence, rest_problems
from buildsim.model.shape import Shape
from buildsim.model.shipped import find_model
from buildsim.model.sources import handed_down
from buildsim.model.translate import located, problems_of

M = TypeVar("M", bound=BaseModel)
Settings = Mapping[str, Any] | Sequence[str] | str | None


@dataclass(frozen=True, slots=True)
class Reading:
    """A model file as it was read, before validation."""

    root: Node
    """The data, every value with its place."""
    changes: tuple[Change, ...]
    """What replaced what."""
    problems: tuple[Problem, ...]
    """What is wrong so far."""
    incomplete: tuple[str, ...]
    """Paths at which something is left out because of one of these problems."""

    def follows(self, problem: Problem) -> bool:
        """Whether a later problem only follows from what is incomplete."""
        return any(problem.path == path or problem.path.startswith(f"{path}.") for path in self.incomplete)


def read_model(
    path: str | os.PathLike[str],
    schema: type[M],
    check: Callable[[M], Sequence[Problem]],
    settings: Settings = None,
    scenario: str | Sequence[str] | None = None,
    independence: Independence | None = None,
) -> tuple[M, list[Change]]:
    """The model that a file declares, and what scenarios, settings and including files changed.

    `schema` is the class of the model and `check` finds what is wrong in a model of the right form. In one with errors
    of form it finds what is wrong with the rest, as far as `independence` says what its problems stand on. Changes are
    told to the logger `buildsim.model`.

    Raises InputError with every problem that was found.
    """
    reading = assemble(path, schema, settings, scenario)
    problems = list(reading.problems)
    model: M | None = None
    try:
        model = schema.model_validate(reading.root.plain())
        problems += [located(problem, reading.root) for problem in check(model)]
    except ValidationError as error:
        found = problems_of(error, reading.root, schema)
        problems += [problem for problem in found if not reading.follows(problem)]
        known = independence or Independence()
        rest = rest_problems(error, reading.root, schema, check, known, reading.problems)
        problems += [located(problem, reading.root) for problem in rest]
    except InputError as error:
        problems += [located(problem, reading.root) for problem in error.problems]
    if problems or model is None:
        raise InputError(in_order(problems))
    for change in reading.changes:
        change.log()
    return model, list(reading.changes)


def assemble(
    path: str | os.PathLike[str],
    schema: type[BaseModel],
    settings: Settings = None,
    scenario: str | Sequence[str] | None = None,
) -> Reading:
    """What a model file, its included files, scenarios and settings say together.

    Raises InputError when a file cannot be read at all.
    """
    top = find_model(Path(path))
    folders, shape = Folders.of(top), Shape.of(schema)
    merger = Merger(folders, shape)
    root = merger.read(top)
    names = [scenario] if isinstance(scenario, str) else list(scenario or ())
    chosen, unknown = chosen_patches(root, names)
    settled, malformed = set_patches(settings)
    targets, clashes = aim(root, shape, [*chosen, *settled])
    problems = [*merger.problems, *unknown, *malformed, *clashes]
    for name in scenario_names(root):
        if name not in names:
            problems += aim(root, shape, scenario_patches(root, name))[1]
    root, changes = apply(root, shape, targets)
    columns = CsvColumns(folders, top)
    root = handed_down(columns.fill(root), shape)
    return Reading(root, (*merger.changes, *changes), (*problems, *columns.problems), tuple(columns.unread))


def in_order(problems: Sequence[Problem]) -> list[Problem]:
    """Problems by file and line, each once."""
    once = dict.fromkeys(problems)
    return sorted(once, key=lambda problem: (problem.file or "", problem.line or 0))
