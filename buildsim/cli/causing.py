"""`buildsim causes`: the delay account in full, by site, customer or tranche, by how late the finish is, by window."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import line, print_json
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    from buildsim.analysis.scope import Scope
    from buildsim.run.run import Run


def causes(
    run: RunFolder,
    site: Annotated[
        str | None, typer.Option("--site", metavar="S", help="A site, or one hall of it: SITE/HALL.")
    ] = None,
    customer: Annotated[
        str | None, typer.Option("--customer", metavar="C", help="What a customer was promised, over its tranches.")
    ] = None,
    contract: Annotated[
        str | None, typer.Option("--contract", metavar="K", help="What a contract promises, over its tranches.")
    ] = None,
    tranche: Annotated[
        str | None, typer.Option("--tranche", metavar="T", help="A tranche, CONTRACT/TRANCHE: its last hall.")
    ] = None,
    bands: Annotated[
        bool, typer.Option("--bands", help="What differs between early and late futures: excess by band of the finish.")
    ] = False,
    windows: Annotated[
        str | None, typer.Option("--windows", metavar="EVERY", help="What was lost when: by quarter or month.")
    ] = None,
    replication: Annotated[
        int | None, typer.Option("--replication", metavar="R", help="The windows of one replication, not the mean.")
    ] = None,
    mw_days: Annotated[bool, typer.Option("--mw-days", help="Days times MW, summed over halls.")] = False,
    last: Annotated[
        bool | None,
        typer.Option(
            "--last/--mean", help="The last hall to go live (for --bands by default), or the mean over halls."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Say to which causes the time went, and how much more than planned."""
    from buildsim.analysis.scope import scope
    from buildsim.analysis.windows import windows as in_windows
    from buildsim.cli.report import bands as banded
    from buildsim.cli.report import causes as whole
    from buildsim.cli.report import windows as cut

    _fit(bands, windows, replication, mw_days, last)
    opened = finished(run)
    meant = scope(
        opened,
        site=site,
        customer=customer,
        contract=contract,
        tranche=tranche,
        last=bands if last is None else last,
    )
    if mw_days and opened.model.network is not None:
        raise InputError(Problem("--mw-days", "a bare network has no MW"))
    rows = in_windows(opened, meant, windows, replication=replication) if windows is not None else None
    if as_json:
        if bands:
            found = banded.data(opened, meant)
        elif windows is not None and rows is not None:
            found = cut.data(opened, meant, rows, windows, replication)
        else:
            found = whole.account_data(meant, mw_days=mw_days)
        print_json({**_facts(opened, meant), **found})
        return
    for text in about(opened, run):
        line(text)
    line()
    if bands:
        banded.print_bands(opened, meant)
    elif windows is not None and rows is not None:
        cut.print_windows(opened, meant, rows, windows, replication)
    else:
        whole.print_account(opened, meant, mw_days=mw_days)


def _fit(bands: bool, windows: str | None, replication: int | None, mw_days: bool, last: bool | None) -> None:
    """Raise InputError where options do not go together."""
    problems = []
    asked = [name for name, given in (("--bands", bands), ("--windows", windows), ("--mw-days", mw_days)) if given]
    if len(asked) > 1:
        problems.append(Problem(asked[1], f"it does not go with {asked[0]}", expected="one of them"))
    if replication is not None and windows is None:
        problems.append(Problem("--replication", "only windows are told of one replication", expected="--windows too"))
    if mw_days and last:
        problems.append(Problem("--mw-days", "it does not go with --last: they are sums over halls"))
    if problems:
        raise InputError(problems)


def _facts(run: "Run", meant: "Scope") -> dict[str, Any]:
    whose = {"kind": meant.kind, "id": meant.name, "last": meant.unit == "last"}
    return {"model": run.model.name, "replications": run.replications, "scope": whose, "confidence": 0.95}
