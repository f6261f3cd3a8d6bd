"""What holds the portfolio back, in days by cause: question 3."""

from typing import Any

import pandas as pd

from buildsim.analysis import answers
from buildsim.analysis.portfolio import site_names
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import days_mean, triple, wrapped
from buildsim.run.rows import STRUCTURE
from buildsim.run.run import Run

SHOWN = 0.05
"""Causes with fewer days than this are left out of the printed table [days]."""
NAMED = 3
"""How many causes are named for each site."""
FOOT = (
    "Means over replications{halls}; what is not live by the horizon counts up to it. What is planned for is no delay, "
    "so read the excess; below 0, less went there than in the plan. The last rows are steps of the plan itself (work, "
    "lags, dates), which change when the path to go-live takes another way."
)


def print_causes(run: Run, site: str | None = None) -> None:
    """Print days by cause for the portfolio or a site, and what weighs most at each site."""
    found = by_cause(run, site)
    seen = found[(found["days"].abs() >= SHOWN) | (found["planned_days"].abs() >= SHOWN)]
    rows = [
        [record["cause"], f"{record['days']:,.1f}", f"{record['planned_days']:,.1f}", days_mean(record, "excess")]
        for record in seen.to_dict("records")
    ]
    total = found[["days", "planned_days", "excess"]].sum()
    rows.append(["sum", f"{total['days']:,.1f}", f"{total['planned_days']:,.1f}", f"{total['excess']:+,.1f}"])
    where = f" at {site_names(run.model)[site]}" if site else ""
    heading(
        f"What holds us back{where}? Days by cause, from the start to the {'end' if run.model.network else 'go-live'}"
    )
    table(["", "Days", "Plan", "Excess over plan (95 % interval)"], rows, bold=[len(rows) - 1])
    halls = " and, weighted by MW, over halls" if run.model.network is None else ""
    line(FOOT.format(halls=halls), style="dim")
    if site is None and run.model.network is None and run.go_live["site"].nunique() > 1:
        _print_sites(run)


def by_cause(run: Run, site: str | None = None) -> pd.DataFrame:
    """Days by cause, the largest excess first, then what belongs to the plan's own steps."""
    found = answers.delays(run) if site is None else answers.delays(run, "site")
    if site is not None:
        found = found[found["site"] == site]
    found = found.assign(own=found["cause"].isin(STRUCTURE))
    return found.sort_values(["own", "excess"], ascending=[True, False], kind="stable", ignore_index=True)


def weightiest(found: pd.DataFrame, most: int = NAMED) -> list[tuple[str, float]]:
    """The causes with the largest excess over plan [days], without the plan's own steps."""
    own = found[~found["cause"].isin(STRUCTURE) & (found["excess"] >= 0.5)]
    top = own.sort_values("excess", ascending=False, kind="stable").head(most)
    return [(str(cause), float(days)) for cause, days in zip(top["cause"], top["excess"], strict=True)]


def causes(run: Run, site: str | None = None) -> list[dict[str, Any]]:
    """Days by cause for scripts."""
    keys = ("cause", "days", "planned_days")
    records = by_cause(run, site).to_dict("records")
    return [{**{key: record[key] for key in keys}, "excess": triple(record, "excess")} for record in records]


def _print_sites(run: Run) -> None:
    table_of = answers.delays(run, "site")
    names = site_names(run.model)
    rows = []
    for site in dict.fromkeys(table_of["site"]):
        own = table_of[table_of["site"] == site]
        top = ", ".join(f"{cause} {days:+,.0f}" for cause, days in weightiest(own))
        rows.append((float(own["excess"].sum()), [wrapped(names[site], 30), f"{own['excess'].sum():+,.0f}", top]))
    rows.sort(key=lambda row: -row[0])
    line()
    table(["", "Days over plan", "Most of it"], [[name, days, top] for _, (name, days, top) in rows], "lrL")
