"""Which activities the last go-live hangs on: criticality index, days on the path, and two measures of one site."""

from math import isnan
from typing import Any

import pandas as pd

from buildsim.analysis.criticality import criticality, cruciality
from buildsim.analysis.portfolio import site_names
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, per_cent, per_cent_range, wrapped
from buildsim.program.bare import BLOCK
from buildsim.run.run import Run

NAME = 37
"""The width of the column of names."""
MOST = 20
"""How many activities are listed unless all are asked for."""
FOOT = (
    "Index: the share of replications in which the activity is on the driving path, with its 95 % interval; the path "
    "goes on in the job that held what was waited for. Days: on the path, mean over all replications."
)
SITE_FOOT = (
    "Cruciality: rank correlation of the activity's duration with the go-live. Sensitivity: index times the spread of "
    "the duration over that of the go-live. Both over the {} replications whose activities are kept; - where one of "
    "them is not live by the horizon, or the activity has none."
)
CAVEATS = (
    "A high index does not say that the duration is uncertain, nor what shortening it would gain.",
    "Only a run with it changed can tell that (but-for): behind a path that is shortened the next one waits.",
)
"""What the field warns of."""


def found(run: Run, site: str | None, by: str) -> pd.DataFrame:
    """Return criticality, with cruciality and sensitivity for the halls of a site."""
    target = site if run.model.network is None else None
    rows = criticality(run.driving, run.replications, target=target, by=by)
    if site is None or by != "hall" or run.activities.empty:
        return rows
    more = cruciality(run.activities, run.go_live, run.driving, target=site)
    keys = ["block", "activity"]
    rows, more = (
        one.assign(block=one["block"].astype(str), activity=one["activity"].astype(str)) for one in (rows, more)
    )
    return rows.merge(more.drop(columns="criticality"), on=keys, how="left")


def sentence(run: Run, rows: pd.DataFrame, site: str | None, by: str) -> str:
    """The answer in a sentence."""
    where = _where(run, site)
    if rows.empty:
        return f"Nothing is on a path to {where}: it is there at the start."
    top = [
        f"{_name(record, by)} ({per_cent(record['criticality'])} of replications, {record['days']:,.0f} days)"
        for record in rows.sort_values("days", ascending=False, kind="stable").head(3).to_dict("records")
    ]
    return f"On the path to {where} most time is spent in {'; '.join(top)}."


def _where(run: Run, site: str | None) -> str:
    if run.model.network is not None:
        return "the end of the project"
    return "the portfolio's last go-live" if site is None else f"the last go-live of {site_names(run.model)[site]}"


def _name(record: dict[Any, Any], by: str) -> str:
    alone = by == "activity" or str(record["block"]) == BLOCK
    return str(record["activity"]) if alone else f"{record['block']} {record['activity']}"


def print_criticality(run: Run, site: str | None, by: str, *, every: bool) -> None:
    """Print the most critical activities."""
    rows = found(run, site, by)
    line(sentence(run, rows, site, by))
    heading(f"What does {_where(run, site)} hang on?")
    shown = rows if every else rows.head(MOST)
    more = "cruciality" in rows
    names = _titles(run)
    cells = []
    for record in shown.to_dict("records"):
        key = str(record["activity"])
        row = [wrapped(f"{_name(record, by)} {names.get(key, '')}".rstrip(), NAME, 1), per_cent(record["criticality"])]
        row += [per_cent_range(record["low"], record["high"]), f"{record['days']:,.1f}"]
        cells.append([*row, *([_ratio(record["cruciality"]), _ratio(record["sensitivity"])] if more else [])])
    columns = ["", "Index", "95 % interval", "Days", *(["Cruciality", "Sensitivity"] if more else [])]
    table(columns, cells, f"l{'r' * (len(columns) - 1)}")
    if len(shown) < len(rows):
        line(f"... and {len(rows) - len(shown):,} less critical ones (--all)", style="dim")
    line(FOOT, style="dim")
    if more:
        line(SITE_FOOT.format(run.activities["replication"].nunique()), style="dim")
    for caveat in CAVEATS:
        line(caveat, style="dim")


def _ratio(value: float) -> str:
    return NONE if isnan(value) else f"{value:.2f}"


def _titles(run: Run) -> dict[str, str]:
    """The names of the templates' activities by id."""
    return {
        key: activity.name
        for template in run.model.templates.values()
        for key, activity in template.activities.items()
        if activity.name
    }


def data(run: Run, site: str | None, by: str) -> dict[str, Any]:
    """The same for scripts."""
    rows = found(run, site, by)
    facts = {"model": run.model.name, "replications": run.replications, "site": site, "by": by, "confidence": 0.95}
    records = []
    for record in rows.to_dict("records"):
        one: dict[str, Any] = {str(key): str(record[key]) for key in ("block", "activity") if key in record}
        index = {"value": record["criticality"], "low": record["low"], "high": record["high"]}
        more: dict[str, Any] = {key: record[key] for key in ("cruciality", "sensitivity") if key in record}
        records.append({**one, "criticality": index, "days": record["days"], **more})
    return {**facts, "answer": sentence(run, rows, site, by), "activities": records, "caveats": CAVEATS}
