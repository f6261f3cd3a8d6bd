"""A sweep: a model run again and again with other values at some of its paths, each cell with the same draws.

All cells are loaded and compiled before the first one runs, so that everything that is wrong is told at once. With a
folder each cell is a run of its own in it, found again by a hash of what it holds (the model as resolved, seed, design,
version of buildsim), whatever the sweep that it was made for: finished cells are kept, and a wider sweep runs only what
is new. `cells.csv` says which folder holds which cell.
"""

import hashlib
import json
import os
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from buildsim import __version__
from buildsim.errors import InputError, Problem
from buildsim.results.manifest import MANIFEST, Design, canonical_json, model_hash, read_manifest
from buildsim.results.store import FolderStore, replications_in, write_text
from buildsim.run.executors import Job
from buildsim.run.run import Run
from buildsim.run.simulate import simulate

if TYPE_CHECKING:
    from buildsim.model import Model
    from buildsim.model.change import Change

CELLS = "cells.csv"
"""The file that lists the cells of a sweep."""

SCENARIO = "scenario"
"""In place of a path it varies the scenario: `A+B` is both, an empty name the model as it is."""

Loader = Callable[[Mapping[str, Any]], "Model"]
"""Makes the model of a cell from the values at the paths that are varied."""

Source = str | os.PathLike[str] | Loader
"""A model file, the name of a shipped model, or what makes the model of a cell."""


@dataclass(frozen=True)
class Cell:
    """One cell of a sweep, ready to run."""

    number: int
    """From 0, in the order of the sweep; cell 0 is the one that the others are held against."""
    settings: Mapping[str, Any]
    """The values at the paths that are varied."""
    model: "Model"
    changes: tuple["Change", ...]
    """What the settings changed in the model file."""
    folder: Path | None
    """The folder of its run; None in memory."""

    def __str__(self) -> str:
        return ", ".join(f"{path}={shown(value)}" for path, value in self.settings.items())


@dataclass(frozen=True)
class Plan:
    """A sweep that has been checked: what is run, and how."""

    cells: tuple[Cell, ...]
    replications: int
    seed: int
    design: Design
    keep_activities: int

    @property
    def paths(self) -> tuple[str, ...]:
        """The paths that are varied."""
        return tuple(self.cells[0].settings)


def combinations(vary: Mapping[str, Sequence[Any]], listwise: bool = False) -> list[dict[str, Any]]:
    """The settings of each cell: every combination, the last path fastest.

    With `listwise` the first values of all paths make the first cell, the second values the second, and so on.

    Raises:
        InputError: with every problem: nothing to vary, a path without values, a value or (with `listwise`) a cell that
            is given twice, lists that are not equally long.
    """
    problems = [] if vary else [Problem("vary", "nothing is varied", expected="at least one path with its values")]
    for path, values in vary.items():
        if isinstance(values, str) or not isinstance(values, Sequence):
            problems.append(Problem(path, f"{values!r} is not a list of values", expected="a list"))
        elif not len(values):
            problems.append(Problem(path, "there are no values to vary it over", expected="at least one"))
        elif not listwise:
            problems += [
                Problem(path, f"the value {one} is given twice", expected="each once") for one in _twice(values)
            ]
    if problems:
        raise InputError(problems)
    lengths = {path: len(values) for path, values in vary.items()}
    if listwise and len(set(lengths.values())) > 1:
        told = ", ".join(f"{path} has {length}" for path, length in lengths.items())
        raise InputError(Problem("vary", f"value by value, all lists must be equally long, but {told}"))
    rows = list(zip(*vary.values(), strict=True) if listwise else product(*vary.values()))
    found = [dict(zip(vary, row, strict=True)) for row in rows]
    if listwise and _twice(found):
        raise InputError(
            [Problem("vary", f"the cell {one} is given twice", expected="each once") for one in _twice(found)]
        )
    return found


def _twice(values: Sequence[Any]) -> list[str]:
    """What is given more than once, as it is shown."""
    told = [_told(value) if isinstance(value, dict) else str(shown(value)) for value in values]
    return [one for one in dict.fromkeys(told) if told.count(one) > 1]


def _told(settings: Mapping[str, Any]) -> str:
    return ", ".join(f"{path}={shown(value)}" for path, value in settings.items())


def plan(
    source: Source,
    vary: Mapping[str, Sequence[Any]],
    *,
    replications: int = 1000,
    seed: int = 1,
    design: Design = "monte-carlo",
    listwise: bool = False,
    set: Mapping[str, Any] | None = None,
    scenario: str | Sequence[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    keep_activities: int = 0,
) -> Plan:
    """Check a sweep and return its cells, ready to run; nothing is written.

    Args:
        source: A model file, the name of a shipped model, or a function that makes a model from the settings of a cell.
        vary: The values by dotted path (`*` matches one level); `scenario` stands for the scenario.
        replications: Of each cell, at least 2.
        seed: Of the draws, the same for all cells.
        design: As for `simulate`.
        listwise: The first values of all paths make the first cell, the second ones the second, instead of a grid.
        set: Values to set in every cell, as for `load`; not with a function as `source`.
        scenario: The scenario of every cell, as for `load`; not with a function as `source`.
        out: The folder for the cells; without it they are in memory.
        keep_activities: As for `simulate`.

    Raises:
        InputError: with every problem of every cell.
    """
    rows = combinations(vary, listwise)
    _check(source, vary, replications, set, scenario, out)
    found: dict[Problem, list[int]] = {}
    cells = []
    for number, settings in enumerate(rows):
        try:
            model, changes = _load(source, settings, set or {}, scenario)
            job = Job(canonical_json(model.model_dump(mode="json")), seed, design, replications, keep_activities)
            folder = None if out is None else _folder(Path(out), settings, job)
            cell = Cell(number, settings, model, changes, folder)
            if _finished(cell, replications) is None:
                job.replicator()  # compiles the model, which finds what loading cannot
            cells.append(cell)
        except InputError as error:
            for problem in error.problems:
                found.setdefault(problem, []).append(number)
    problems = [_placed(problem, numbers, rows) for problem, numbers in found.items()]
    starts = {cell.model.start for cell in cells}
    if len(starts) > 1:
        problems.append(Problem("start", "the cells start on different dates, so their days cannot be compared"))
    if problems:
        raise InputError(problems)
    return Plan(tuple(cells), replications, seed, design, keep_activities)


def run(
    plan: Plan, *, workers: int | None = None, progress: bool = False, told: Callable[[Cell], None] | None = None
) -> Iterator[tuple[Cell, Run]]:
    """Run the cells one after another, each as it is asked for; those that are finished are taken as they are.

    `told` is called with each cell before it is simulated. Raises what `simulate` raises; the cells that are done stay.
    """
    _list(plan)
    for cell in plan.cells:
        done = _finished(cell, plan.replications)
        if told is not None and done is None:
            told(cell)
        yield cell, done or simulate(
            cell.model, plan.replications, plan.seed, workers=workers, design=plan.design, out=cell.folder,
            resume=cell.folder is not None, progress=progress, keep_activities=plan.keep_activities,
            changes=cell.changes,
        )  # fmt: skip


def shown(value: Any) -> Any:
    """A value of a cell for a table: as it is when it is a number or text, a date in ISO form, else as JSON."""
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int | float) else json.dumps(value, default=str)


def _check(
    source: Source,
    vary: Mapping[str, Sequence[Any]],
    replications: int,
    set: Mapping[str, Any] | None,
    scenario: str | Sequence[str] | None,
    out: str | os.PathLike[str] | None,
) -> None:
    problems = [
        Problem(path, "it is both set and varied", expected="one of them") for path in vary if path in (set or {})
    ]
    if scenario is not None and SCENARIO in vary:
        problems.append(Problem(SCENARIO, "it is both given and varied", expected="one of them"))
    if callable(source) and (set or scenario is not None):
        problems.append(Problem("set", "a function that makes the models takes the varied values only"))
    if replications < 2:
        problems.append(Problem("replications", f"{replications} replications", expected="at least 2, for pairs"))
    if out is not None and Path(out).exists() and not Path(out).is_dir():
        problems.append(Problem("out", "this is a file", file=str(out), expected="a folder"))
    if problems:
        raise InputError(problems)


def _load(
    source: Source, settings: Mapping[str, Any], set: Mapping[str, Any], scenario: str | Sequence[str] | None
) -> tuple["Model", tuple["Change", ...]]:
    if callable(source):
        return source(settings), ()
    from buildsim.model import load_with_changes

    values = {path: value for path, value in settings.items() if path != SCENARIO}
    varied = settings.get(SCENARIO)
    names = varied.split("+") if isinstance(varied, str) and varied else varied
    model, changes = load_with_changes(source, {**set, **values}, names or scenario)
    return model, tuple(changes)


def _folder(out: Path, settings: Mapping[str, Any], job: Job) -> Path:
    """The folder of a cell: its name says what varies, for people, and ends in a hash of what the run depends on.

    A shorter run than the one that is there gets a folder of its own.
    """
    facts = [model_hash(job.model), job.seed, job.design, job.keep_activities, __version__]
    size = [] if job.design == "monte-carlo" else [job.replications]
    key = hashlib.sha256(json.dumps([*facts, *size]).encode()).hexdigest()[:12]
    words = "-".join(f"{path.rsplit('.', 1)[-1]}-{shown(value)}" for path, value in settings.items())
    fresh = out / f"{re.sub('[^A-Za-z0-9.]+', '-', words).strip('-.')[:60]}-{key}"
    folder = next(iter(sorted(out.glob(f"*-{key}"))), fresh)
    if max((span.end for span in FolderStore(folder).spans()), default=0) > job.replications:
        return folder.with_name(f"{folder.name}-n{job.replications}")
    return folder


def _finished(cell: Cell, replications: int) -> Run | None:
    if cell.folder is None or not (cell.folder / MANIFEST).exists():
        return None
    manifest, store = read_manifest(cell.folder), FolderStore(cell.folder)
    whole = manifest.status == "complete" and manifest.replications == replications
    if not (whole and store.has_plan() and replications_in(store) == replications):
        return None
    return Run(store, manifest, cell.folder, cell.model)


def _list(plan: Plan) -> None:
    """Write which folder holds which cell."""
    folder = plan.cells[0].folder
    if folder is None:
        return
    rows = [
        {
            "cell": cell.number,
            **{path: shown(value) for path, value in cell.settings.items()},
            "folder": cell.folder.name,
        }
        for cell in plan.cells
        if cell.folder is not None
    ]
    folder.parent.mkdir(parents=True, exist_ok=True)
    write_text(folder.parent / CELLS, pd.DataFrame(rows).to_csv(index=False).rstrip("\n"))


def _placed(problem: Problem, numbers: Sequence[int], rows: Sequence[Mapping[str, Any]]) -> Problem:
    """The problem, with the cells that have it where not all do."""
    if len(numbers) == len(rows):
        return problem
    first = ", ".join(f"{path}={shown(value)}" for path, value in rows[numbers[0]].items())
    others = f" and {len(numbers) - 1} more" if len(numbers) > 1 else ""
    return replace(problem, message=f"{problem.message} (in the cell {first}{others})")
