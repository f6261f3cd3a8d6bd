"""What holds the portfolio back, in days by cause: question 3."""

from typing import Any

import pandas as pd

from buildsim.analysis import answers, delay
from buildsim.analysis.frames import Ints
from buildsim.analysis.portfolio import site_names
from buildsim.analysis.quantiles import column
from buildsim.analysis.scope import Scope
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import days_mean, number_data, per_cent, signed, signed_quantile, triple, wrapped
from buildsim.cli.words import count
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


def print_account(run: Run, scope: Scope, *, mw_days: bool = False) -> None:
    """Print the account of a scope: mean and quantiles of the excess of each cause over the plan."""
    found, whole = account(scope, mw_days=mw_days)
    line(answer(scope, found, whole, mw_days=mw_days))
    unit = "MW-days" if mw_days else "Days"
    heading(f"{unit} by cause, from the start to {end(scope)}")
    seen = found[(found[["days", "planned_days", "excess"]].abs() >= SHOWN).any(axis=1)]
    rows = []
    for record in seen.to_dict("records"):
        quantiles = [signed_quantile(record, level) for level in delay.LEVELS]
        rows.append(
            [record["cause"], *(amount(record[key]) for key in ("days", "planned_days")), _mean(record), *quantiles]
        )
    rows.append(
        ["sum", *(amount(whole[key]) for key in ("days", "planned_days")), _mean(whole), *("" for _ in delay.LEVELS)]
    )
    names = [f"Excess\n{column(level).upper()}" for level in delay.LEVELS]
    table(["", unit, "Plan", "Excess\nmean", *names], rows, bold=[len(rows) - 1])
    line(
        f"Excess: over the plan, as-planned against as-built; below it a 95 % interval. {_over(scope, mw_days)}The "
        "means sum. The quantiles do not: each cause has its P50 and P80 in other replications. What is not live by "
        "the horizon counts up to it.",
        style="dim",
    )
    if mw_days:
        _print_mw_days(run, scope)


def account(scope: Scope, *, mw_days: bool = False) -> tuple[pd.DataFrame, dict[str, Any]]:
    """The account of a scope with the quantiles of each cause's excess, and all causes together."""
    ledger = scope.ledger(total=mw_days)
    quantiles = delay.spread(ledger, "of").drop(columns=["of", "n"])
    found = _ordered(delay.means(ledger, "of").merge(quantiles, on="cause"))
    whole = {str(key): value for key, value in delay.total(ledger, "of").iloc[0].items()}
    return found, whole


def account_data(scope: Scope, *, mw_days: bool = False) -> dict[str, Any]:
    """The same for scripts."""
    found, whole = account(scope, mw_days=mw_days)
    keys = ("cause", "days", "planned_days")
    rows = [
        {
            **{key: record[key] for key in keys},
            "excess": triple(record, "excess"),
            **{column(level): number_data(record, level) for level in delay.LEVELS},
        }
        for record in found.to_dict("records")
    ]
    total = {**{key: whole[key] for key in keys[1:]}, "excess": triple(whole, "excess"), "n": whole["n"]}
    said = answer(scope, found, whole, mw_days=mw_days)
    return {"answer": said, "unit": "MW-days" if mw_days else "days", **facts(scope), "sum": total, "causes": rows}


def facts(scope: Scope, replications: Ints | None = None) -> dict[str, Any]:
    """For scripts: what is later than the horizon [share], and in how many replications options are built."""
    here, plan = scope.beyond(replications)
    built = {name: len(there) for name, there in scope.options.items()}
    return {"later": here, "planned_later": plan, "options": built}


def answer(scope: Scope, found: pd.DataFrame, whole: dict[str, Any], *, mw_days: bool = False) -> str:
    """The account in a sentence."""
    unit = "MW-days" if mw_days else "days"
    top = [f"{cause} {signed(days)}" for cause, days in weightiest(found)]
    most = f"; above all {', '.join(top)}" if top else ""
    excess = whole["excess"]
    more = f", {amount(abs(excess))} {unit} {'more' if excess >= 0.0 else 'less'} than planned"
    if whole["n"] > 1:
        more += f" (95 % interval {signed(whole['excess_low'])} to {signed(whole['excess_high'])})"
    here, plan = scope.beyond()
    to = "the horizon" if here == 1.0 else end(scope)
    told = f"{who(scope)}: on average {amount(whole['days'])} {unit} to {to}"
    told += "." if here == plan == 1.0 else f"{more}{most}."
    return " ".join(part for part in (told, late(scope), options(scope)) if part)


def late(scope: Scope, replications: Ints | None = None) -> str:
    """What is not live by the horizon in the replications that are told of, in a sentence; empty when all is."""
    here, plan = scope.beyond(replications)
    live = "over" if scope.title == "the project" else "live"
    of = "go-lives" if scope.unit in ("block", "tranche") and scope.kind not in ("block", "tranche") else "replications"
    least = "the excess is the least that it will be"
    if here == plan == 1.0:
        return f"Nothing is {live} by the horizon, in the plan neither: days count up to it, and no delay can be told."
    if here == 1.0:
        return f"Nothing is {live} by the horizon: days count up to it, and {least}."
    if plan:
        planned = "nothing is" if plan == 1.0 else f"{per_cent(1.0 - plan)} is"
        said = f"In the plan {planned} {live} by the horizon"
        said += f", in the replications {per_cent(1.0 - here)}" if here else ""
        return f"{said}: days count up to it in both, so the excess is not the whole delay."
    return f"{per_cent(here)} of the {of} are later than the horizon: days count up to it, and {least}." if here else ""


def options(scope: Scope) -> str:
    """What is not built in every replication, in a sentence; empty when all is."""
    total = len(scope.replications)
    found = [f"{name} in {len(there):,}" for name, there in scope.options.items()]
    if not found:
        return ""
    if scope.kind in ("block", "tranche"):
        return f"The figures are of the {count(len(scope.there), 'replication')} of {total:,} in which it is built."
    more = f" and {len(found) - NAMED:,} more" if len(found) > NAMED else ""
    named = f"{', '.join(found[:NAMED])}{more} of {count(total, 'replication')}"
    return f"What is optional counts where it is built: {named}."


def by_cause(run: Run, site: str | None = None) -> pd.DataFrame:
    """Days by cause, the largest excess first, then what belongs to the plan's own steps."""
    found = answers.delays(run) if site is None else answers.delays(run, "site")
    if site is not None:
        found = found[found["site"] == site]
    return _ordered(found)


def _ordered(found: pd.DataFrame) -> pd.DataFrame:
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


def who(scope: Scope) -> str:
    """Whose account it is, as a sentence begins."""
    named = scope.kind in ("site", "block", "customer")
    return scope.title if named else scope.title[:1].upper() + scope.title[1:]


def end(scope: Scope) -> str:
    """What the account leads to."""
    if scope.title == "the project":
        return "the end"
    if scope.unit == "block":
        return "go-live"
    return "the go-live of the last hall"


def amount(value: float) -> str:
    """Days or MW-days: `545`, one decimal below 10,000."""
    return f"{value:,.1f}" if abs(value) < 9_999.5 else f"{value:,.0f}"


def _over(scope: Scope, mw_days: bool) -> str:
    """What a replication's days are taken over."""
    units = {"block": "halls", "tranche": "tranches"}.get(scope.unit)
    if units is None or scope.kind in ("block", "tranche") or scope.title == "the project":
        return ""
    return f"Summed over {units}. " if mw_days else f"Mean over {units}, weighted by MW. "


def _mean(record: dict[Any, Any]) -> str:
    ends = f"\n{signed(record['excess_low'])} to {signed(record['excess_high'])}" if record["n"] > 1 else ""
    return f"{signed(record['excess'])}{ends}"


def _print_mw_days(run: Run, scope: Scope) -> None:
    """Print the MW-days of the sites, or of the halls of a site: they add up."""
    if scope.unit != "block" or scope.kind == "block":
        return
    by = "site" if scope.kind == "portfolio" else "block"
    found = delay.mw_days(scope.delays, scope.units, by, replications=scope.replications)
    names = site_names(run.model)
    rows = []
    for name, own in found.groupby(by, sort=False):
        top = ", ".join(f"{cause} {signed(days)}" for cause, days in weightiest(own))
        rows.append((float(own["excess"].sum()), [wrapped(names.get(str(name), str(name)), 30), top]))
    rows.sort(key=lambda row: -row[0])
    line()
    table(["", "MW-days over plan", "Most of it"], [[name, signed(days), top] for days, (name, top) in rows], "lrL")


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
