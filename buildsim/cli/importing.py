"""`buildsim import`: a schedule from another tool becomes a model file."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from buildsim.cli.console import raw
from buildsim.errors import InputError, Problem


class Rank(StrEnum):
    """The policies that rank the work of a bare network."""

    LATEST_FINISH = "latest_finish"
    LEAST_SLACK = "least_slack"
    FIRST_COME = "first_come"
    DECLARED = "declared"


def import_schedule(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A PSPLIB file (.sm), or JSON with succ, dur, req and cap.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", metavar="MODEL.yaml", help="The model file; the name of FILE by default; - prints it."
        ),
    ] = None,
    spread: Annotated[
        str | None,
        typer.Option(
            "--spread",
            metavar="KIND:FACTORS",
            help="Make durations uncertain: triangular:0.75,1,1.5, pert:0.75,1,1.5, uniform:0.8,1.2 or exponential.",
        ),
    ] = None,
    rank: Annotated[Rank, typer.Option("--rank", help="What is served first.")] = Rank.LATEST_FINISH,
    force: Annotated[bool, typer.Option("--force", help="Replace a model file that is there already.")] = False,
) -> None:
    """Turn a project network of another tool into a model file, and print its name."""
    from buildsim.model.importing import Spread, model_text, read_project
    from buildsim.results.store import write_text

    chosen = Spread.parse(spread) if spread is not None else None
    text = model_text(read_project(file), chosen, rank.value)
    target = out if out is not None else Path(f"{file.stem}.yaml")
    if str(target) == "-":
        raw(text.rstrip("\n"))
        return
    if target.is_dir():
        raise InputError(Problem("--out", "this is a directory, not a file", file=str(target), expected="a model file"))
    if target.exists() and not force:
        expected = "another name, or --force to replace it"
        raise InputError(Problem("--out", "the file is there already", file=str(target), expected=expected))
    target.parent.mkdir(parents=True, exist_ok=True)
    write_text(target, text.rstrip("\n"))
    raw(str(target))
