"""`buildsim show`: the answers of a run in the terminal."""

from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import heading, line, print_json, some, table
from buildsim.cli.guard import gathered
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.words import count, without_told
from buildsim.errors import InputError, Problem
from buildsim.units import parse_date

if TYPE_CHECKING:
    from buildsim.analysis.figures import Figure
    from buildsim.run.run import Run


def show(
    run: RunFolder,
    by: Annotated[
        str | None, typer.Option("--by", metavar="DATE", help="The probability of so many MW live by a date.")
    ] = None,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="The halls of one site, and its causes.")
    ] = None,
    precision: Annotated[
        list[str] | None,
        typer.Option(
            "--precision", metavar="FIGURE=H", help="How many replications a figure needs: go-live@p80=5 days."
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="List every milestone, not only those most at risk.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say when sites go live, what is at risk, who walks away, and what holds us back."""
    from buildsim.cli.report import capacity, causes, contracts, golive, leases
    from buildsim.cli.report.headline import headline
    from buildsim.cli.report.precision import print_precision

    when = _date(by) if by is not None else None
    opened = finished(run)
    _, wanted = gathered(lambda: _fit(opened, when, site), lambda: _wanted(opened, precision, by or site))
    if as_json:
        print_json({**_about(opened, run), **_data(opened, when, site, wanted)})
        return
    for text in about(opened, run):
        line(text)
    if wanted:
        print_precision(opened, wanted)
        return
    if when is not None:
        capacity.print_by(opened, when)
    elif site is not None:
        golive.print_halls(opened, site)
        causes.print_causes(opened, site)
    elif opened.model.network is not None:
        _print_project(opened)
        causes.print_causes(opened)
    else:
        line()
        for text in headline(opened):
            line(text)
        golive.print_sites(opened)
        capacity.print_quarters(opened)
        contracts.print_milestones(opened, every=every)
        contracts.print_withdrawals(opened)
        leases.print_leases(opened)
        causes.print_causes(opened)


def _fit(opened: "Run", when: date | None, site: str | None) -> None:
    """Raise InputError where what is asked for does not fit the run."""
    from buildsim.cli.report import capacity, golive

    if when is not None and opened.model.network is not None:
        raise InputError(Problem("--by", "a bare network has no MW", expected="a run of a model with sites"))
    if when is not None and site is not None:
        expected = "one of the two: MW by a date are those of all sites"
        raise InputError(Problem("--site", "it does not go with --by", expected=expected))
    if when is not None:
        capacity.within(opened, when)
    if site is not None and opened.model.network is None:
        golive.halls(opened, site)


def finished(folder: Path) -> "Run":
    """The run in a folder; InputError when no replication of it is finished."""
    from buildsim.run.run import open_run

    opened = open_run(folder)
    if not opened.replications:
        message, expected = (
            "no replication of the run is finished",
            "a run that has got further: buildsim run ... --resume",
        )
        raise InputError(Problem("", message, file=str(folder), expected=expected))
    return opened


def about(run: "Run", folder: Path) -> list[str]:
    """What was run, in a few lines."""
    told = run.manifest
    asked = "" if run.complete else f" of {told['replications']:,} (the run is not complete)"
    scenario = f", scenario {' + '.join(told['scenario'])}" if told["scenario"] else ""
    draws = ", draws given" if told["draws"] is not None else ""
    how = f"{count(run.replications, 'replication')}{asked}, seed {told['seed']}, {told['design']}{draws}"
    lines = [
        f"{run.model.name}{scenario}: {how}",
        f"{folder}: day 0 is {run.start}, simulated to {run.date(run.horizon)}; what is later is > horizon",
    ]
    changes = some([f"changed: {change}" for change in told["changes"]])
    return [*lines, *changes, *without_told(told["without"])]


def _wanted(run: "Run", texts: Sequence[str] | None, other: str | None) -> "list[tuple[Figure, float]]":
    """The figures of --precision with their half-widths; InputError with every problem of all of them."""
    from buildsim.analysis.figure_names import parse_target

    if texts and other is not None:
        raise InputError(Problem("--precision", "it does not go with --by or --site", expected="one of them"))
    return gathered(*(partial(parse_target, text, [run.model], path="--precision") for text in texts or ()))


def _about(run: "Run", folder: Path) -> dict[str, Any]:
    """What was run, for scripts."""
    keys = ("seed", "design", "scenario", "changes", "without")
    facts = {"run": str(folder), "model": run.model.name, "replications": run.replications}
    facts |= {"complete": run.complete, **{key: run.manifest[key] for key in keys}, "start": run.start}
    return facts | {"horizon": run.date(run.horizon), "confidence": 0.95}


def _data(run: "Run", when: date | None, site: str | None, wanted: "Sequence[tuple[Figure, float]]") -> dict[str, Any]:
    from buildsim.cli.report import capacity, causes, contracts, golive, leases
    from buildsim.cli.report.headline import headline
    from buildsim.cli.report.precision import precision

    if wanted:
        return {"precision": precision(run, wanted)}
    if when is not None:
        return {"by": capacity.by(run, when)}
    if run.model.network is not None:
        return {"answer": headline(run), "makespan": _project(run), "causes": causes.causes(run)}
    if site is not None:
        return {"halls": golive.data(run, site), "causes": causes.causes(run, site)}
    return {
        "answer": headline(run),
        "go_live": golive.data(run),
        "capacity": capacity.quarters(run),
        "milestones": contracts.milestones(run),
        "withdrawals": contracts.withdrawals(run),
        "lapsed_options": contracts.withdrawals(run, lapses=True),
        "leases": leases.leases(run),
        "deals": leases.deals(run),
        "causes": causes.causes(run),
    }


def _project(run: "Run") -> dict[str, Any]:
    from buildsim.analysis.quantiles import LEVELS, column
    from buildsim.cli.report.cells import Days
    from buildsim.cli.report.headline import portfolio

    record, days = portfolio(run), Days(run.start)
    mean = run.go_live["live"].mean() if not record["later"] else None
    return {
        "planned": record["planned"],
        "mean": mean,
        "later": record["later"],
        **{column(level): days.data(record, level) for level in LEVELS},
    }


def _print_project(run: "Run") -> None:
    from buildsim.analysis.quantiles import LEVELS, column
    from buildsim.cli.report.cells import Days, number_quantile
    from buildsim.cli.report.headline import headline, portfolio

    line()
    for text in headline(run):
        line(text)
    record, days = portfolio(run), Days(run.start)
    heading("How long does the project take?")
    names = ["Plan", *(column(level).upper() for level in LEVELS)]
    spans = [f"{record['planned']:,.1f}", *(number_quantile(record, level) for level in LEVELS)]
    ends = [days.text(record["planned"]), *(days.quantile(record, level) for level in LEVELS)]
    table(["", *names], [["Days", *spans], ["Finished", *ends]], gap=2)


def _date(text: str) -> date:
    try:
        return parse_date(text)
    except ValueError as error:
        raise InputError(Problem("--by", str(error))) from error
