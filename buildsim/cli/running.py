"""`buildsim run`: many replications of a model, kept in a folder."""

import re
import shlex
from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from buildsim.cli.console import line, print_json, raw, some
from buildsim.cli.draws import read_draws
from buildsim.cli.guard import INTERRUPTED, say
from buildsim.cli.options import AsJson, ModelName, Scenarios, Settings, scenario_names
from buildsim.cli.placing import placed
from buildsim.cli.words import count
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    from buildsim.model import Model
    from buildsim.model.change import Change
    from buildsim.run.run import Run

REPLICATIONS = 1000
"""How many replications are run unless told otherwise."""
PLAIN = (".", "..", "models", "examples")
"""Folders of models that say nothing in the name of a run."""
RUNS = Path("runs")
"""Where runs are kept unless told otherwise."""


class Design(StrEnum):
    """The sampling designs."""

    MONTE_CARLO = "monte-carlo"
    LATIN_HYPERCUBE = "latin-hypercube"
    SOBOL = "sobol"


def run(
    ctx: typer.Context,
    model: ModelName,
    replications: Annotated[
        int | None,
        typer.Option("-n", "--replications", min=1, help="How many; 1,000 by default, or as many as --draws has rows."),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the draws.")] = 1,
    set: Settings = None,
    scenario: Scenarios = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; all cores by default. They change no result.")
    ] = None,
    design: Annotated[Design, typer.Option("--design", help="How draws are spread.")] = Design.MONTE_CARLO,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="DIR", help="The folder of the run; a new one in runs/ by default.")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out where it was broken off.")
    ] = False,
    draws: Annotated[
        Path | None, typer.Option("--draws", metavar="FILE", help="Given draws: .csv, .parquet, or .npy for a network.")
    ] = None,
    keep_activities: Annotated[
        int,
        typer.Option("--keep-activities", metavar="N", min=0, help="Keep the activities of the first N replications."),
    ] = 100,
    quiet: Annotated[bool, typer.Option("--quiet", help="Print the folder of the run and nothing else.")] = False,
    as_json: AsJson = False,
) -> None:
    """Simulate a model and keep the tables in a folder."""
    from buildsim.model import load_with_changes
    from buildsim.run.simulate import simulate

    if resume and out is None:
        raise InputError(Problem("--resume", "which run is to be resumed?", expected="--out and the folder of the run"))
    names = scenario_names(scenario)
    declared, changes = load_with_changes(model, set, names)
    given = read_draws(draws, declared) if draws is not None else None
    number = replications if replications is not None else REPLICATIONS if given is None else max(1, len(given))
    folder = out if out is not None else _new_folder(model, seed)
    if not quiet:
        _announce(declared, changes, number, folder)
    try:
        with placed(model, set, names):
            done = simulate(
                declared,
                number,
                seed,
                workers=workers,
                design=design.value,
                out=folder,
                draws=given,
                resume=resume,
                progress=not quiet,
                keep_activities=keep_activities,
                changes=changes,
            )
    except KeyboardInterrupt as error:
        _interrupted(ctx, folder, number)
        raise typer.Exit(INTERRUPTED) from error
    _report(done, folder, quiet=quiet, as_json=as_json)


def _new_folder(model: str, seed: int) -> Path:
    """A folder that does not exist yet: `runs/MODEL-SEED`, then `runs/MODEL-SEED-2` and so on."""
    path = Path(model)
    named = path.with_suffix("") if path.suffix in (".yaml", ".yml") else path
    parts = named.parts[-1:] if named.is_absolute() else [part for part in named.parts[-2:] if part not in PLAIN]
    name = re.sub(r"[^A-Za-z0-9_.-]+", "-", "-".join(parts)).strip("-.") or "model"
    folder, again = RUNS / f"{name}-{seed}", 1
    while folder.exists():
        again += 1
        folder = RUNS / f"{name}-{seed}-{again}"
    return folder


def _announce(model: "Model", changes: Sequence["Change"], replications: int, folder: Path) -> None:
    for text in some([f"{change} ({change.origin})" for change in changes]):
        say(text)
    say(f"{model.name}: {count(replications, 'replication')} into {folder}")


def _interrupted(ctx: typer.Context, folder: Path, replications: int) -> None:
    """Say what is kept, and how to go on."""
    from buildsim.run.run import open_run

    try:
        kept = open_run(folder).replications
    except InputError:
        say("interrupted before anything was finished")
        return
    say(f"interrupted: {kept:,} of {replications:,} replications in a row are kept in {folder}")
    say(f"to go on: {resume_command(ctx, folder, replications)}")


def resume_command(ctx: typer.Context, folder: Path, replications: int) -> str:
    """The command line that goes on with the run in a folder."""
    told = ctx.params
    words = ["buildsim", "run", told["model"], "-n", str(replications), "--seed", str(told["seed"])]
    for option in ("set", "scenario"):
        for value in told[option] or ():
            words += [f"--{option}", value]
    if told["workers"] is not None:
        words += ["--workers", str(told["workers"])]
    if told["design"] != Design.MONTE_CARLO:
        words += ["--design", str(told["design"].value)]
    if told["draws"] is not None:
        words += ["--draws", str(told["draws"])]
    if told["keep_activities"] != 100:
        words += ["--keep-activities", str(told["keep_activities"])]
    return shlex.join([*words, "--out", str(folder), "--resume"])


def _report(done: "Run", folder: Path, *, quiet: bool, as_json: bool) -> None:
    from buildsim.cli.report.headline import headline

    seconds = float(done.manifest["timings"]["elapsed"])
    if as_json:
        facts = {"run": str(folder), "replications": done.replications, "seed": done.manifest["seed"]}
        print_json({**facts, "digest": done.digest(), "seconds": seconds, "answer": headline(done)})
    elif quiet:
        raw(str(folder))
    else:
        for text in headline(done):
            line(text)
        line()
        line(f"{count(done.replications, 'replication')} in {seconds:.1f} s, kept in {folder}", style="dim")
        line(f"More: buildsim show {shlex.quote(str(folder))}", style="dim")
