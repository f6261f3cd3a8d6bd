"""What landlords hand over and what rent is owed; which deals close."""

from typing import Any

from buildsim.analysis import leases as analysis
from buildsim.analysis.frames import numbers
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, Days, money, per_cent, probability, triple, wrapped
from buildsim.run.run import Run

_NAME = 20
"""The width of the column of names."""


def print_leases(run: Run) -> None:
    """Print what becomes of leases and deals, where there are any."""
    held = numbers(run.go_live)
    if len(run.leases):
        heading("What do landlords hand over, and for what rent?")
        found = analysis.by_lease(run.leases, held, run.horizon).to_dict("records")
        acts = any(record["stepped_in"] or record["ended"] for record in found)
        table(
            ["", "MW", "Stages", "Late", "Days\nlate", *(["Stepped in,\nended"] if acts else []), "Rent", "Abated"],
            [_lease(record, acts=acts) for record in found],
            "lrrrr" + "r" * acts + "rr",
            gap=2,
        )
        line(
            "Late: stages not handed over by the promised date; days late: mean over those handed over, early is 0. "
            "Rent: owed from the start to the horizon, mean over replications; abated: not owed for lateness.",
            style="dim",
        )
    if len(run.deals):
        heading("Which deals close?")
        days, deals = Days(run.start), analysis.by_deal(run.deals, held).to_dict("records")
        columns = ["", "MW", "Closed", "Closing, P50", "Price (mean)", "Rent saved (mean)"]
        table(columns, [_deal(record, days) for record in deals])


def _lease(record: Any, *, acts: bool) -> list[str]:
    name = f"{wrapped(record['lease'], _NAME)}\n{wrapped(record['landlord'], _NAME)}"
    late = f"{record['late']:,.0f}" if record["late"] == record["late"] else NONE
    acted = [f"{per_cent(record['stepped_in'])}\n{per_cent(record['ended'])}"] if acts else []
    facts = [f"{record['mw']:,.0f}", f"{record['stages']}", per_cent(record["overdue"]), late]
    return [name, *facts, *acted, money(record, "rent"), money(record, "abated")]


def _deal(record: Any, days: Days) -> list[str]:
    name = f"{wrapped(record['deal'], _NAME)}\n{record['kind']}"
    figures = [probability(record, "closed"), days.quantile(record, 0.5)]
    return [name, f"{record['mw']:,.0f}", *figures, money(record, "price"), money(record, "rent_saved")]


def leases(run: Run) -> list[dict[str, Any]]:
    """The leases for scripts."""
    keys = ("lease", "landlord", "site", "mw", "stages", "overdue", "late", "stepped_in", "ended")
    found = analysis.by_lease(run.leases, numbers(run.go_live), run.horizon).to_dict("records")
    return [{**{key: one[key] for key in keys}, **{name: triple(one, name) for name in analysis.USD}} for one in found]


def deals(run: Run) -> list[dict[str, Any]]:
    """The deals for scripts."""
    days = Days(run.start)
    rows = []
    for record in analysis.by_deal(run.deals, numbers(run.go_live)).to_dict("records"):
        facts = {key: record[key] for key in ("deal", "kind", "partner", "mw")}
        means = {name: triple(record, name) for name in ("closed", "price", "rent_saved")}
        rows.append({**facts, **means, "closing_p50": days.data(record, 0.5)})
    return rows
