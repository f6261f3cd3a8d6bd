"""`buildsim sweep`: a model run over values at its paths, each cell with the same draws."""

import shlex
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.comparing import check_confidence
from buildsim.cli.console import line, print_json
from buildsim.cli.guard import INTERRUPTED, gathered, say
from buildsim.cli.options import CONFIDENCE, AsJson, Confidence, ModelName, Scenarios, Settings, scenario_names
from buildsim.cli.placing import placed
from buildsim.cli.running import RUNS, Design, run_name
from buildsim.cli.varying import OPTION, SETTING, assigned, varied
from buildsim.cli.words import count
from buildsim.cli.writing import folder_problems
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    import pandas as pd

    from buildsim.run.run import Run
    from buildsim.run.sweep import Cell

TABLE = "sweep.csv"
"""The file that holds the table of a sweep."""
REPLICATIONS = 1000
"""Replications of each cell unless told otherwise."""
NAMED = {"vary": OPTION, "figures": "--figure", "out": "--out", "replications": "-n"}
"""The options by the paths of problems that no file or setting has."""


def sweep(
    ctx: typer.Context,
    model: ModelName,
    vary: Annotated[
        list[str] | None,
        typer.Option("--vary", metavar="PATH=V1,V2", help="The values of a path; scenario=,A,B varies the scenario."),
    ] = None,
    listwise: Annotated[
        bool, typer.Option("--list", help="The first values of all paths together, then the second: no grid.")
    ] = False,
    set: Settings = None,
    scenario: Scenarios = None,
    replications: Annotated[
        int, typer.Option("-n", "--replications", min=2, help="How many in each cell.")
    ] = REPLICATIONS,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the draws, the same in each cell.")] = 1,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; all cores by default. They change no result.")
    ] = None,
    design: Annotated[Design, typer.Option("--design", help="How draws are spread.")] = Design.MONTE_CARLO,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="The folder of the cells; runs/MODEL-SEED-sweep by default."),
    ] = None,
    figure: Annotated[
        list[str] | None,
        typer.Option(
            "--figure", metavar="F", help="A figure such as go-live:SITE@p80 or live-mw:DATE, instead of all."
        ),
    ] = None,
    confidence: Confidence = CONFIDENCE,
    keep_activities: Annotated[
        int,
        typer.Option("--keep-activities", metavar="N", min=0, help="Keep the activities of the first N replications."),
    ] = 0,
    as_json: AsJson = False,
) -> None:
    """Run a model with other values at some of its paths, and say what each cell differs by from the first.

    Finished cells are kept in the folder: the same command goes on, and a wider one runs only what is new.
    """
    from buildsim.analysis.figure_names import parse
    from buildsim.analysis.sweep import sweep as swept
    from buildsim.results.store import write_text
    from buildsim.run.run import open_run
    from buildsim.run.sweep import combinations

    folder = out if out is not None else RUNS / f"{run_name(model)}-{seed}-sweep"
    values, settings, figures, _ = gathered(
        lambda: varied(vary or ()),
        lambda: assigned(set),
        lambda: parse(figure or (), path="--figure"),
        lambda: _usable(folder, confidence),
    )
    names = scenario_names(scenario)
    with _as_typed(values):
        rows = combinations(values, listwise)
    if figure:
        _fit(figure, model, {**settings, **rows[0]}, names)
    progress = Progress(len(rows), replications, folder)
    try:
        with placed(model, set, names), _as_typed(values):
            table = swept(
                model, values, replications=replications, seed=seed, workers=workers, design=design.value,
                listwise=listwise, set=settings or None, scenario=names or None, out=folder, figures=figures or None,
                confidence=confidence, progress=True, keep_activities=keep_activities, told=progress.told,
            )  # fmt: skip
    except KeyboardInterrupt as error:
        progress.interrupted(sweep_command(ctx, folder))
        raise typer.Exit(INTERRUPTED) from error
    write_text(folder / TABLE, table.to_csv(index=False).rstrip("\n"))
    progress.ended()
    first = open_run(table["folder"].iloc[0])
    if as_json:
        print_json(_data(table, list(values), folder, first, confidence))
    else:
        _print(table, list(values), first, confidence, chosen=bool(figures))
        if short := _cut(table):
            line(short)
        line(
            f"The table with all figures: {folder / TABLE}; each cell is a run: buildsim show {first.path}", style="dim"
        )


class Progress:
    """Which cells were simulated, and what is told of it on stderr."""

    def __init__(self, cells: int, replications: int, folder: Path) -> None:
        """Take how many cells there are and of how many replications, and the folder that they are kept in."""
        self.cells, self.replications, self.folder = cells, replications, folder
        self.begun: list[int] = []

    def told(self, cell: "Cell") -> None:
        """Say which cell runs next."""
        if not self.begun:
            size = count(self.replications, "replication")
            say(f"{cell.model.name}: {count(self.cells, 'cell')} of {size} into {self.folder}")
        self.begun.append(cell.number)
        say(f"cell {cell.number + 1} of {self.cells}: {cell}")

    def ended(self) -> None:
        """Say how many cells were there already."""
        kept = self.cells - len(self.begun)
        if kept:
            say(f"{count(len(self.begun), 'cell')} simulated, {kept} of {self.cells} were there already")

    def interrupted(self, command: str) -> None:
        """Say what is kept, and how to go on."""
        if not self.begun:
            say("interrupted before anything was simulated")
            return
        done = self.begun[-1]
        say(f"interrupted in cell {done + 1} of {self.cells}: what is finished is kept in {self.folder}")
        say(f"to go on: {command}")


def _usable(folder: Path, confidence: float) -> None:
    """InputError when the folder holds a run of its own, or the confidence is none."""
    from buildsim.results.manifest import MANIFEST

    problems = [*check_confidence(confidence), *folder_problems(folder)]
    if (folder / MANIFEST).exists():
        expected = "a new folder, or that of a sweep"
        problems.append(Problem("--out", "the folder holds a run", file=str(folder), expected=expected))
    if problems:
        raise InputError(problems)


@contextmanager
def _as_typed(values: Mapping[str, Any]) -> Iterator[None]:
    """Tell problems with varied values under --vary, where they were given."""
    try:
        yield
    except InputError as error:
        told = [
            replace(problem, path=NAMED[problem.path])
            if problem.path in NAMED
            else replace(problem, file=OPTION)
            if problem.file is not None
            and (
                problem.file.removeprefix(f"{SETTING} ") in values
                or (problem.file == SETTING and problem.path in values)
            )
            else problem
            for problem in error.problems
        ]
        raise InputError(told) from error


def _fit(figures: Sequence[str], model: str, settings: Mapping[str, Any], scenarios: Sequence[str]) -> None:
    """InputError for figures that the first cell does not have; what is wrong with its model is told by the sweep."""
    from buildsim.analysis.figure_names import parse
    from buildsim.model import load
    from buildsim.run.sweep import SCENARIO

    values = {path: value for path, value in settings.items() if path != SCENARIO}
    varied_to = str(settings.get(SCENARIO) or "")
    try:
        first = load(model, values, varied_to.split("+") if varied_to else scenarios)
    except InputError:
        return
    parse(figures, [first], path="--figure")


def sweep_command(ctx: typer.Context, folder: Path) -> str:
    """The command line that goes on with a sweep: its own, with the folder."""
    told = ctx.params
    words = ["buildsim", "sweep", told["model"]]
    for option in ("vary", "set", "scenario", "figure"):
        for value in told[option] or ():
            words += [f"--{option}", value]
    words += ["--list"] if told["listwise"] else []
    words += ["-n", str(told["replications"]), "--seed", str(told["seed"])]
    if told["workers"] is not None:
        words += ["--workers", str(told["workers"])]
    if told["design"] != Design.MONTE_CARLO:
        words += ["--design", str(told["design"].value)]
    if told["confidence"] != CONFIDENCE:
        words += ["--confidence", str(told["confidence"])]
    if told["keep_activities"]:
        words += ["--keep-activities", str(told["keep_activities"])]
    words += ["--json"] if told["as_json"] else []
    return shlex.join([*words, "--out", str(folder)])


def _print(table: "pd.DataFrame", paths: Sequence[str], first: "Run", confidence: float, *, chosen: bool) -> None:
    from buildsim.analysis.randomised import caution
    from buildsim.cli.report.cells import Days
    from buildsim.cli.report.quantities import called
    from buildsim.cli.report.swept import print_swept

    network = first.model.network is not None
    told = first.manifest
    line(
        f"{first.model.name}: {count(first.replications, 'replication')} a cell, seed {told['seed']}, {told['design']}"
    )
    if caution(first):
        line(caution(first))
    print_swept(called(table, network=network), paths, Days(first.start), confidence, chosen=chosen)


def _cut(table: "pd.DataFrame") -> str:
    """To which horizon cells are cut that end at different ones; nothing where all end together."""
    from buildsim.run.run import open_run

    ends = [(run.horizon, run.date(run.horizon)) for run in (open_run(folder) for folder in table["folder"].unique())]
    if len(set(ends)) == 1:
        return ""
    return (
        f"The cells end at different horizons: dates and MW of all are cut to the earliest, {min(ends)[1]}, and what "
        f"contracts come to is left out, for it counts up to the end of each."
    )


def _data(table: "pd.DataFrame", paths: Sequence[str], folder: Path, first: "Run", confidence: float) -> dict[str, Any]:
    from buildsim.analysis.randomised import caution

    cells = []
    for number, rows in table.groupby("cell", sort=False):
        of = rows.iloc[0]
        figures = rows.drop(columns=["cell", *paths, "folder", "replications"]).to_dict("records")
        settings = {path: of[path] for path in paths}
        cells.append({"cell": number, "settings": settings, "run": of["folder"], "figures": figures})
    facts: dict[str, Any] = {"model": first.model.name, "folder": str(folder), "table": str(folder / TABLE)}
    facts |= {
        "cut": _cut(table),
        "replications": first.replications,
        "seed": first.manifest["seed"],
        "design": first.manifest["design"],
    }
    return {**facts, "confidence": confidence, "caution": caution(first), "cells": cells}
