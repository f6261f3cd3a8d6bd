"""`buildsim run`: many replications of a model, kept in a folder."""

import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import line, print_json, raw, some
from buildsim.cli.draws import read_draws
from buildsim.cli.guard import INTERRUPTED, gathered, say
from buildsim.cli.options import AsJson, ModelName, Scenarios, Settings, scenario_names
from buildsim.cli.placing import placed
from buildsim.cli.until import Target, as_options, combined, data, sole, target, tell_stages
from buildsim.cli.words import count, without_told
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    from buildsim.model import Model
    from buildsim.model.change import Change
    from buildsim.run.run import Run
    from buildsim.run.sequential import Sequential

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
        typer.Option("-n", "--replications", min=1, help="How many; 1,000 by default, or as --draws has rows."),
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
    without: Annotated[
        list[str] | None,
        typer.Option("--without", metavar="GROUP", help="But for: take a group of causes out, such as weather."),
    ] = None,
    until: Annotated[
        list[str] | None,
        typer.Option("--until", metavar="FIGURE=H", help="Go on until a figure is known to H: go-live@p80=5 days."),
    ] = None,
    at_most: Annotated[
        int | None,
        typer.Option(
            "--at-most", metavar="N", min=1, help="With --until: the most replications; 20,000. Unsure is no failure."
        ),
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
    from buildsim.run.sequential import simulate_until
    from buildsim.run.simulate import simulate

    if resume and out is None:
        raise InputError(Problem("--resume", "which run is to be resumed?", expected="--out and the folder of the run"))
    names, goal = scenario_names(scenario), until[0] if until else None
    _, _, groups, _, (declared, changes) = gathered(
        lambda: sole(until),
        lambda: combined(goal, at_most, design.value, draws, replications),
        lambda: taken_out(without),
        lambda: target(goal, (), replications, at_most),
        lambda: load_with_changes(model, set, names),
    )
    asked = target(goal, [declared], replications, at_most)
    given = read_draws(draws, declared) if draws is not None else None
    number = replications if replications is not None else REPLICATIONS if given is None else max(1, len(given))
    number = number if asked is None else asked.first
    folder = out if out is not None else new_folder(model, seed)
    if resume and not _begun(folder):
        say(f"nothing to resume in {folder}: starting anew")
    if not quiet:
        _announce(declared, changes, groups, number, folder, asked)
    how: dict[str, Any] = {"seed": seed, "workers": workers, "design": design.value, "out": folder, "resume": resume}
    how |= {"progress": not quiet, "keep_activities": keep_activities, "without": groups, "changes": changes}
    staged: Sequential | None = None
    try:
        with placed(model, set, names), as_options():
            if asked is None:
                done = simulate(declared, number, draws=given, **how)
            else:
                staged = simulate_until(
                    declared, asked.figure, asked.half_width, first=asked.first, at_most=asked.at_most, **how
                )
                done = staged.run
    except KeyboardInterrupt as error:
        _interrupted(ctx, folder, number)
        raise typer.Exit(INTERRUPTED) from error
    if asked is not None and staged is not None and not quiet:
        tell_stages(staged, asked)
    more = {"until": data(staged, asked)} if asked is not None and staged is not None else {}
    _report(done, folder, quiet=quiet, as_json=as_json, more=more)


def taken_out(without: Sequence[str] | None) -> tuple[str, ...]:
    """The groups of causes that are taken out. InputError for what is no group."""
    from buildsim.program.groups import checked

    try:
        return checked(without or ())
    except InputError as error:
        raise InputError([replace(problem, path="--without") for problem in error.problems]) from error


def _begun(folder: Path) -> bool:
    """Whether there is something in a folder."""
    return folder.exists() and (not folder.is_dir() or any(folder.iterdir()))


def new_folder(model: str, seed: int) -> Path:
    """A folder that does not exist yet: `runs/MODEL-SEED`, then `runs/MODEL-SEED-2` and so on."""
    name = run_name(model)
    folder, again = RUNS / f"{name}-{seed}", 1
    while folder.exists():
        again += 1
        folder = RUNS / f"{name}-{seed}-{again}"
    return folder


def run_name(model: str) -> str:
    """What the runs of a model are called: the last parts of its name that say something."""
    path = Path(model)
    named = path.with_suffix("") if path.suffix in (".yaml", ".yml") else path
    parts = named.parts[-1:] if named.is_absolute() else [part for part in named.parts[-2:] if part not in PLAIN]
    return re.sub(r"[^A-Za-z0-9_.-]+", "-", "-".join(parts)).strip("-.") or "model"


def _announce(
    model: "Model",
    changes: Sequence["Change"],
    groups: Sequence[str],
    replications: int,
    folder: Path,
    asked: Target | None,
) -> None:
    for text in some([f"{change} ({change.origin})" for change in changes]):
        say(text)
    for text in without_told(groups):
        say(text)
    size = count(replications, "replication")
    if asked is not None:
        size = f"{size} and more, at most {asked.at_most:,}, until {asked.text},"
    say(f"{model.name}: {size} into {folder}")


def _interrupted(ctx: typer.Context, folder: Path, replications: int) -> None:
    """Say what is kept, and how to go on."""
    from buildsim.run.run import open_run

    try:
        kept = open_run(folder).replications
    except InputError:
        say("interrupted before anything was finished")
        return
    of = "" if ctx.params["until"] else f" of {replications:,}"
    say(f"interrupted: {kept:,}{of} replications in a row are kept in {folder}")
    say(f"to go on: {resume_command(ctx, folder, replications)}")


def resume_command(ctx: typer.Context, folder: Path, replications: int) -> str:
    """The command line that goes on with the run in a folder."""
    told = ctx.params
    words = ["buildsim", "run", told["model"], "-n", str(replications), "--seed", str(told["seed"])]
    for option in ("set", "scenario", "without", "until"):
        for value in told[option] or ():
            words += [f"--{option}", value]
    if told["workers"] is not None:
        words += ["--workers", str(told["workers"])]
    if told["design"] != Design.MONTE_CARLO:
        words += ["--design", str(told["design"].value)]
    for option in ("draws", "at_most"):
        if told[option] is not None:
            words += [f"--{option.replace('_', '-')}", str(told[option])]
    if told["keep_activities"] != 100:
        words += ["--keep-activities", str(told["keep_activities"])]
    return shlex.join([*words, "--out", str(folder), "--resume"])


def _report(done: "Run", folder: Path, *, quiet: bool, as_json: bool, more: Mapping[str, Any]) -> None:
    from buildsim.cli.report.headline import headline

    seconds = float(done.manifest["timings"]["elapsed"])
    if as_json:
        facts = {"run": str(folder), "replications": done.replications, "seed": done.manifest["seed"]}
        print_json({**facts, "digest": done.digest(), "seconds": seconds, "answer": headline(done), **more})
    elif quiet:
        raw(str(folder))
    else:
        for text in headline(done):
            line(text)
        line()
        line(f"{count(done.replications, 'replication')} in {seconds:.1f} s, kept in {folder}", style="dim")
        line(f"More: buildsim show {shlex.quote(str(folder))}", style="dim")
