"""`buildsim sensitivity`: what moves an outcome of a run, how much, and what it would be worth to know beforehand."""

from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from buildsim.cli.console import line, print_json
from buildsim.cli.guard import gathered
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished
from buildsim.errors import InputError, Problem
from buildsim.units import parse_date

if TYPE_CHECKING:
    import pandas as pd

    from buildsim.cli.report.sensitivity import Asked
    from buildsim.run.run import Run

FEWEST = 50
"""The fewest replications of which anything is said."""


class By(StrEnum):
    """How inputs are put together."""

    CAUSE = "cause"
    INPUT = "input"
    SITE = "site"
    ACTIVITY = "activity"


def sensitivity(
    run: RunFolder,
    what: Annotated[
        str,
        typer.Option(
            "--what",
            metavar="W",
            help="go_live, mean_go_live, live_mw, missed, damages, withdrawn_mw or withdrawn_value.",
        ),
    ] = "go_live",
    of: Annotated[
        str | None,
        typer.Option("--of", metavar="NAME", help="A site or block; for money and milestones a customer or contract."),
    ] = None,
    when: Annotated[str | None, typer.Option("--when", metavar="DATE", help="The date of live_mw.")] = None,
    by: Annotated[By, typer.Option("--by", help="How the uncertain quantities are put together.")] = By.CAUSE,
    against: Annotated[
        Path | None,
        typer.Option(
            "--against", metavar="RUN", help="Another run, the alternative: what is it worth to know before deciding?"
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say what moves an outcome: shares of its variance, rank correlations, and the value of information."""
    from buildsim.cli.report import sensitivity as report

    day, opened = gathered(lambda: _date(when), lambda: finished(run))
    other = finished(against) if against is not None else None
    asked = _asked(opened, other, (what, of, day, by.value))
    if as_json:
        print_json(report.data(asked))
        return
    for text in about(opened, run):
        line(text)
    line()
    report.print_sensitivity(asked)


def _date(text: str | None) -> date | None:
    try:
        return None if text is None else parse_date(text)
    except ValueError as error:
        raise InputError(Problem("--when", str(error))) from error


def _asked(run: "Run", other: "Run | None", what: tuple[str, str | None, date | None, str]) -> "Asked":
    """What is asked for; InputError with every reason why it cannot be said."""
    from buildsim.analysis import sensitivity as analysis
    from buildsim.cli.report.sensitivity import Asked

    name, of, day, by = what
    problems = []
    if run.replications < FEWEST:
        message = f"{run.replications} replications are too few to say what moves an outcome"
        problems.append(Problem("RUN", message, expected=f"at least {FEWEST}"))
    try:
        outcome = analysis.outcome(run, name, of, when=day)
        alternatives = None if other is None else _alternatives(run, other, what)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    return Asked(run, outcome, by, alternatives)


def _alternatives(run: "Run", other: "Run", what: tuple[str, str | None, date | None, str]) -> "pd.DataFrame":
    from buildsim.analysis import sensitivity as analysis

    name, of, day, _ = what
    paths = [str(one.path) for one in (run, other)]
    if paths[0] == paths[1]:
        raise InputError(Problem("--against", "it is the run itself", expected="another run"))
    return analysis.paired_outcomes(dict(zip(paths, (run, other), strict=True)), name, of, when=day)
