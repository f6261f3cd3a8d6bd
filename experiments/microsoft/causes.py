"""What the late Microsoft tranches are charged to: how late the plan is by itself, and the excess over it by cause."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import Patch

import buildsim as bs
from buildsim.analysis import delay
from buildsim.analysis.proportions import mean
from buildsim.engine.causes import CALENDAR, LAG, NOT_BEFORE, PLANNED
from buildsim.plots import style
from experiments.labour.study import Batch, Part, Study, batch, days, near, per_cent
from experiments.microsoft import case

SHARE = 1.0
WHERE = {"Denton": "", "elsewhere": "microsoft-elsewhere"}
"""Where the ordered MW are taken to stand, each with its scenario; the customer is bound, so that all is delivered."""
PROMISE = "the date itself"
"""What the plan needs beyond the due date: no cause of the account, for the account is of days over plan."""
SHOWN = 5
"""Causes with so many days or more are shown by name [days]."""
STRUCTURAL = (PLANNED, CALENDAR, LAG, NOT_BEFORE)
REST, PATH = "other causes", "another path than planned"
"""What the small causes are put together as, and those of the programme itself: they differ where the path does."""


def plan(study: Study) -> list[Batch]:
    """Return the cells: both places, with the customer bound."""

    def source(settings: Mapping[str, Any]) -> bs.Model:
        names = [name for name in (WHERE[settings["where"]], "microsoft-binding") if name]
        return bs.load(study.model, scenario=names)

    return [batch(study, "causes", source, {"where": list(WHERE)}, SHARE)]


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("What the lateness is charged to")
    runs = {cell.settings["where"]: run for cell, run in batches[0].run(study)}
    table = pd.concat([charged(run).assign(where=where) for where, run in runs.items()], ignore_index=True)
    part.tables |= {"causes": table, "lateness": pd.concat([lateness(run, where) for where, run in runs.items()])}
    for where in runs:
        for sentence in told(table[table["where"] == where], where, part.tables["lateness"]):
            part.say(sentence)
    base = next(iter(runs.values()))
    text = caption(table, base.replications)
    part.draw("causes", bars(base, table), text)
    return part


def charged(run: bs.Run) -> pd.DataFrame:
    """Return days late by tranche and cause: what the plan is late by itself, then the excess over plan."""
    mine = case.milestones(run, case.ORDERED)
    found = delay.by_tranche(run.delays, run.go_live, mine)
    rows = []
    for tranche, own in found.groupby("tranche", sort=False):
        due = float(mine.loc[mine["tranche"].astype(str) == tranche, "due"].min())
        promise = float(own["planned_days"].sum()) - due
        rows.append({"tranche": tranche, "cause": PROMISE, "days": promise, "low": promise, "high": promise})
        rows += [
            {"tranche": tranche, "cause": row["cause"], "days": row["excess"]}
            | {"low": row["excess_low"], "high": row["excess_high"]}
            for _, row in own.iterrows()
        ]
    return pd.DataFrame(rows)


def lateness(run: bs.Run, where: str) -> pd.DataFrame:
    """Return how late each tranche is delivered: mean and spread [days], and how often it is on time."""
    rows = []
    for tranche, own in case.milestones(run, case.ORDERED).groupby("tranche", observed=True, sort=False):
        late = own["delivered"].fillna(run.horizon).to_numpy(np.float64) - own["due"].to_numpy(np.float64)
        found = mean(late)
        prompt = float((own["outcome"].astype(str) == "on_time").mean())
        row: dict[str, object] = {"where": where, "tranche": str(tranche), "late": found.estimate, "low": found.low}
        row |= {"high": found.high, "p10": np.quantile(late, 0.1), "p90": np.quantile(late, 0.9), "on_time": prompt}
        rows.append(row)
    return pd.DataFrame(rows)


def told(table: pd.DataFrame, where: str, late: pd.DataFrame) -> list[str]:
    """Say what each tranche is late by, and why."""
    text = []
    for tranche, rows in table.groupby("tranche", sort=False):
        own = late[(late["tranche"] == tranche) & (late["where"] == where)].iloc[0]
        promise = rows[rows["cause"] == PROMISE].iloc[0]["days"]
        named = rows[~rows["cause"].isin([PROMISE, *STRUCTURAL])].sort_values("days", ascending=False).head(3)
        top = ", ".join(f"{row['cause']} {row['days']:+.0f}" for _, row in named.iterrows())
        text.append(
            f"{where}, {tranche}: {days(own['late'], own['low'], own['high'])} late on average (one in ten less than "
            f"{near(own['p10'])}, one in ten more than {near(own['p90'])}), on time in {per_cent(own['on_time'])}. "
            f"{near(promise)} of these days are in the plan: with everything at its planning value it is that late. "
            f"Over plan, causes of the programme itself left out: {top}."
        )
    return text


def bars(run: bs.Run, table: pd.DataFrame) -> Axes:
    """Draw a stacked bar for each tranche and place: what the plan is late by itself, then causes over plan."""
    cause = table["cause"].where(~table["cause"].isin(STRUCTURAL), PATH)
    wide = table.assign(cause=cause).pivot_table(
        index=["where", "tranche"], columns="cause", values="days", aggfunc="sum", sort=False, fill_value=0.0
    )
    named = [name for name in wide if name != PROMISE and wide[name].abs().max() >= SHOWN]
    named.sort(key=lambda name: -float(wide[name].mean()))
    shown = wide[[PROMISE, *named]].assign(**{REST: wide.drop(columns=[PROMISE, *named]).sum(axis=1)})
    axes = style.axes(None, 1.9 + 0.4 * len(shown))
    places = np.arange(len(shown))[::-1]
    right, left, handles = np.zeros(len(shown)), np.zeros(len(shown)), []
    colours = [style.MUTED, *style.PALETTE[: len(named)], style.PALE]
    for name, colour in zip(shown, colours, strict=True):
        length = shown[name].to_numpy(np.float64)
        axes.barh(places, length, left=np.where(length >= 0.0, right, left), height=0.62, color=colour)
        right, left = right + np.maximum(length, 0.0), left + np.minimum(length, 0.0)
        handles.append(Patch(color=colour, label=name))
    for place, end, total in zip(places, right, right + left, strict=True):
        axes.text(end, place, f" {total:.0f}", va="center", fontsize=style.TICK, color=style.INK)
    axes.set_yticks(places, [f"{tranche}, {where}" for where, tranche in shown.index])
    axes.axvline(0.0, color=style.INK, linewidth=0.8)
    axes.set_xlim(right=1.08 * float(right.max()))
    style.dress(axes, grid="x")
    style.axis_labels(axes, x="Days after the due date, mean", y="")
    style.heading(axes, "What the late Microsoft tranches are charged to", handles, columns=4)
    style.small_print(axes, run, note="The customer is bound, so that all is delivered. The number is the sum")
    return axes


def caption(table: pd.DataFrame, replications: int) -> str:
    """Say what the figure shows."""
    parts = []
    for (where, tranche), rows in table.groupby(["where", "tranche"], sort=False):
        promise = float(rows.loc[rows["cause"] == PROMISE, "days"].iloc[0])
        parts.append(f"{tranche} ({where}) {rows['days'].sum():.0f} days, {promise:.0f} of them in the plan")
    return f"Mean lateness of what Microsoft has ordered, by cause ({replications} replications): {'; '.join(parts)}."
