"""The command `buildsim`: what there is to type."""

import io
import sys
from collections.abc import Sequence
from typing import Annotated

import typer

from buildsim import __version__
from buildsim.cli import (
    but_for,
    causing,
    checking,
    comparing,
    contracts,
    criticality,
    digesting,
    explaining,
    exporting,
    importing,
    labour,
    listing,
    plotting,
    running,
    sensitivity,
    showing,
    sweeping,
)
from buildsim.cli.guard import Guarded, Reading

app = typer.Typer(
    name="buildsim",
    cls=Reading,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
"""All commands."""

for name, command, what in (
    ("check", checking.check, "tell every problem of a model at once"),
    ("run", running.run, "simulate a model, and keep the tables in a folder"),
    ("show", showing.show, "the answers: dates, MW, milestones, causes"),
    ("compare", comparing.compare, "what a change moves: runs held side by side, pair by pair"),
    ("causes", causing.causes, "the delay account: by customer, tranche, band of the finish, window"),
    ("but-for", but_for.but_for, "what groups of causes cost: runs without them, Shapley's split"),
    ("labour", labour.labour, "who is short, what craft-hours are lost to, what labour costs"),
    ("contracts", contracts.contracts, "who pays, what hangs on one customer, what revenue is at risk"),
    ("sweep", sweeping.sweep, "run a model over values at its paths"),
    ("criticality", criticality.criticality, "what the last go-live hangs on: the driving path"),
    ("sensitivity", sensitivity.sensitivity, "what moves an outcome, and what it is worth to know"),
    ("explain", explaining.explain, "one replication, day by day, cause by cause"),
    ("plot", plotting.plot, "draw a figure: PNG, SVG or PDF"),
    ("export", exporting.export, "write the tables for a spreadsheet"),
    ("digest", digesting.digest, "one hash of what the replications produced"),
    ("import", importing.import_schedule, "make a model of another tool's schedule"),
    ("models", listing.models, "list what is shipped"),
    ("schema", listing.schema, "print the JSON Schema of a model file"),
):
    kind = plotting.Plotting if command is plotting.plot else Guarded
    app.command(name, cls=kind, short_help=what)(command)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"buildsim {__version__}")
        raise typer.Exit


@app.callback()
def common(
    verbose: Annotated[
        bool, typer.Option("--verbose", help="After an unexpected error, show where in the program it came from.")
    ] = False,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and end.")
    ] = False,
) -> None:
    """Say when the megawatts of AI data centres will be live, what makes them late, and what that costs."""


def main(arguments: Sequence[str] | None = None) -> None:
    """Run a command line (that of this process by default), and end with its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    app(args=list(sys.argv[1:] if arguments is None else arguments), prog_name="buildsim")
