"""`buildsim criticality`: which activities the last go-live hangs on, how often and for how long."""

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from buildsim.cli.console import line, print_json
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest

if TYPE_CHECKING:
    from buildsim.run.run import Run


class By(StrEnum):
    """What a row is."""

    HALL = "hall"
    ACTIVITY = "activity"


def criticality(
    run: RunFolder,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="The path to the last go-live of one site.")
    ] = None,
    by: Annotated[By, typer.Option("--by", help="Activities of each hall, or of the templates.")] = By.HALL,
    every: Annotated[bool, typer.Option("--all", help="List every activity, not only the most critical.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say how often, and for how long, activities are on the driving path to the last go-live."""
    from buildsim.cli.report import criticality as report

    opened = finished(run)
    _fit(opened, site)
    if as_json:
        print_json(report.data(opened, site, by.value))
        return
    for text in about(opened, run):
        line(text)
    line()
    report.print_criticality(opened, site, by.value, every=every)


def _fit(run: "Run", site: str | None) -> None:
    """Raise InputError for a site that the run does not have."""
    sites = list(dict.fromkeys(run.go_live["site"].astype(str)))
    if site is None or site in sites:
        return
    if run.model.network is not None:
        raise InputError(Problem("--site", "a bare network has no sites"))
    raise InputError(
        Problem("--site", f"the run has no site '{site}'", expected=", ".join(sites), nearest=nearest(site, sites))
    )
