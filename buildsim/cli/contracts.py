"""`buildsim contracts`: who pays and how much hangs on one, what is at risk, and what becomes of what is late."""

from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from buildsim.cli.console import line, print_json
from buildsim.cli.guard import gathered
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished
from buildsim.errors import InputError, Problem
from buildsim.units import parse_date

if TYPE_CHECKING:
    from datetime import date

    from buildsim.run.run import Run


def contracts(
    run: RunFolder,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="C", help="One customer, by its id: its milestones.")
    ] = None,
    by: Annotated[str | None, typer.Option("--by", metavar="DATE", help="How customers stand on a date.")] = None,
    as_json: AsJson = False,
) -> None:
    """Say who pays, how much hangs on one customer, what revenue is at risk, and what becomes of what is late."""
    from buildsim.cli.report import exposure as report
    from buildsim.cli.report.exposure_told import Told

    opened = finished(run)
    _, when = gathered(partial(_known, opened, customer), partial(_date, opened, by))
    told = Told(opened, customer)
    if as_json:
        print_json(report.data(told, when))
        return
    for text in about(opened, run):
        line(text)
    if when is not None:
        report.print_position(told, when)
        return
    line()
    if customer is not None:
        report.print_customer(told)
    else:
        report.print_exposure(told)


def _known(opened: "Run", customer: str | None) -> None:
    """Raise InputError where the run has no contracts, or no such customer."""
    from buildsim.analysis.contracts import known

    try:
        known(opened, customer=customer)
    except InputError as error:
        raise InputError(
            [
                Problem(f"--{one.path}" if one.path == "customer" else one.path, one.message, expected=one.expected,
                        nearest=one.nearest)
                for one in error.problems
            ]
        ) from error  # fmt: skip


def _date(opened: "Run", text: str | None) -> "date | None":
    """The date of --by; InputError where it is none, or was not simulated."""
    from buildsim.cli.report.capacity import within

    if text is None:
        return None
    try:
        when = parse_date(text)
    except ValueError as error:
        raise InputError(Problem("--by", str(error))) from error
    within(opened, when)
    return when
