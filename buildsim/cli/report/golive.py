"""When sites and halls go live: question 1."""

from math import isnan
from typing import Any

import pandas as pd

from buildsim.analysis import answers, golive, unbuilt
from buildsim.analysis.portfolio import site_names
from buildsim.analysis.quantiles import LEVELS, column
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import Days, per_cent, wrapped
from buildsim.errors import InputError, Problem
from buildsim.run.run import Run
from buildsim.spec.base import nearest

FOOT = (
    "Below the plan: the declared target. Below each percentile: by how many days it may be earlier or later (95 % "
    "confidence; late: later than the horizon, ?: too few replications to say). P80: by then in 80 % of replications."
)


def print_sites(run: Run) -> None:
    """Print when each site and the portfolio are live."""
    found = answers.sites(run)
    found = found[found["event"] == golive.COMPLETE]
    names = site_names(run.model) | {golive.PORTFOLIO: portfolio_name(run)}
    rows = [_row(run, names[record["site"]], record) for record in found.to_dict("records")]
    heading("When is each site live, with its last hall?")
    if len(rows) == 2:
        rows.pop()
    table(_COLUMNS, rows, "l" + "r" * 7, bold=[len(rows) - 1], gap=2)
    line(FOOT, style="dim")
    optional(run)


def print_halls(run: Run, site: str) -> None:
    """Print when each hall of a site is live."""
    found = halls(run, site)
    rows = [_row(run, record["block"].split("/", 1)[1], record) for record in found.to_dict("records")]
    heading(f"When is each hall of {site_names(run.model)[site]} live?")
    table(_COLUMNS, rows, "l" + "r" * 7, gap=2)
    line(FOOT, style="dim")
    optional(run)


def optional(run: Run) -> None:
    """Print what the dates of halls hang on that may not be built."""
    shares = unbuilt.built_share(run)
    if shares:
        built = ", ".join(f"{name} in {per_cent(share)}" for name, share in shares.items())
        line(
            f"Optional halls count only in the replications in which they are built (those of {built}): dates that "
            f"they are part of are given that. MW by a date (--by) count all replications.",
            style="dim",
        )


def data(run: Run, site: str | None = None) -> list[dict[str, Any]]:
    """The same for scripts."""
    days = Days(run.start)
    found = answers.sites(run) if site is None else halls(run, site)
    keys = ("site", "event", "blocks", "block", "mw", "later")
    rows = []
    for record in found.to_dict("records"):
        facts = {key: record[key] for key in keys if key in record}
        dates = {key: _optional(days, record[key]) for key in ("planned", "target")}
        rows.append({**facts, **dates, **{column(level): days.data(record, level) for level in LEVELS}})
    return rows


def portfolio_name(run: Run) -> str:
    """What the sites of the portfolio are called."""
    firm = answers.firm(run)
    built = {key for key, site in run.model.sites.items() if site.halls}
    return "All sites" if firm is None or built <= set(firm) else "All firm sites"


_COLUMNS = ["", "MW", "Plan", *(column(level).upper() for level in LEVELS), "> horizon"]


def _row(run: Run, name: str, record: dict[Any, Any]) -> list[str]:
    days = Days(run.start)
    quantiles = [days.quantile(record, level) for level in LEVELS]
    later = per_cent(record["later"]) if record["later"] else ""
    target = "" if isnan(record["target"]) else f"\n{days.known(record['target'])}"
    return [wrapped(name, 20), f"{record['mw']:,.0f}", f"{days.text(record['planned'])}{target}", *quantiles, later]


def halls(run: Run, site: str) -> pd.DataFrame:
    """When each hall of a site goes live; InputError when the run has no such site."""
    found = answers.blocks(run)
    mine = found[found["site"] == site]
    if mine.empty:
        sites = list(dict.fromkeys(found["site"]))
        raise InputError(
            Problem("--site", f"the run has no site '{site}'", expected=", ".join(sites), nearest=nearest(site, sites))
        )
    return mine


def _optional(days: Days, day: float) -> str | None:
    return None if day != day else days.text(day)
