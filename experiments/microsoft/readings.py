"""What each reading says: how likely Microsoft leaves by a date, whether the option lapses, and who takes the rest."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.analysis import quantiles
from buildsim.analysis.dates import date_text
from buildsim.analysis.proportions import mean, wilson
from buildsim.plots import style
from buildsim.plots.response import caption, response
from experiments.labour.study import Batch, Part, Study, batch, per_cent
from experiments.microsoft import case

SHARE = 1.0
END = pd.Timestamp("2026-12-31")
"""The figure ends here."""
REASSIGNED, OPENAI, MARKET = "reassigned", "openai", "market"
NAMES = {OPENAI: "OpenAI", "another": "another prospect"}
LEVELS = (0.1, 0.5, 0.9)
LATER = case.DATES[3:7]
"""The dates that sentences are about, beside March."""


def plan(study: Study) -> list[Batch]:
    """Return the cells: a reading each."""

    def source(settings: Mapping[str, Any]) -> bs.Model:
        return bs.load(study.model, scenario=case.READINGS[settings["reading"]])

    return [batch(study, "readings", source, {"reading": list(case.READINGS)}, SHARE)]


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("What each reading says")
    runs = {cell.settings["reading"]: run for cell, run in batches[0].run(study)}
    base = next(iter(runs.values()))
    table, takers, curves = tabulate(runs), taken(runs), over_time(runs)
    part.tables |= {"readings": table, "takers": takers, "over_time": curves}
    for sentence in (march(base, table), *later(table), lapses(table), *taking(table, takers)):
        part.say(sentence)
    look: dict[str, Any] = {
        "x": "day", "y": "probability", "low": "low", "high": "high", "by": "reading", "dates": True, "unit": "share",
        "x_label": "By the end of", "y_label": "Something has been withdrawn",
        "title": "When Microsoft withdraws some of what it has ordered, by reading",
        "note": f"Not shown: readings in which nothing is. Dotted: {case.REPORTED}, when it was reported. Bands: 95 %",
    }  # fmt: skip
    shown = curves[curves.groupby("reading")["probability"].transform("max") > 0.0]
    if len(shown):
        axes = response(base, shown, **look)
        axes.axvline(style.number(base.start, case.day(base, case.REPORTED)), color=style.MUTED, linestyle=":")
        part.draw("readings", axes, caption(base, shown, **look))
    return part


def tabulate(runs: Mapping[str, bs.Run]) -> pd.DataFrame:
    """Return for each reading and date how likely a withdrawal, a notice, a lapse and OpenAI are; and MW withdrawn."""
    rows = []
    for reading, run in runs.items():
        events = {"withdrawn": case.withdrawn(run), "noticed": case.noticed(run), "lapsed": case.lapsed(run)}
        placed = placements(run)
        events[OPENAI] = case.first(run, placed[placed["taker"].astype(str) == OPENAI], "agreed")
        gone = case.left(run)
        for when in case.DATES:
            row: dict[str, object] = {"reading": reading, "by": when.isoformat()}
            for name, days in events.items():
                found = case.by(run, days, when)
                row |= {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}
            mw = gone[gone["day"] <= case.day(run, when)].groupby("replication")["mw"].sum()
            found = mean(mw.reindex(range(run.replications), fill_value=0.0), floor=0.0)
            row |= {"mw": found.estimate, "mw_low": found.low, "mw_high": found.high, "replications": run.replications}
            rows.append(row)
    return pd.DataFrame(rows)


def over_time(runs: Mapping[str, bs.Run]) -> pd.DataFrame:
    """Return for each reading the probability of a withdrawal by the end of each month."""
    rows = []
    for reading, run in runs.items():
        days = case.withdrawn(run)
        for month in pd.date_range(run.start, END, freq="ME"):
            found = case.by(run, days, month.date())
            rows.append(
                {"reading": reading, "day": case.day(run, month.date()), "probability": found.estimate}
                | {"low": found.low, "high": found.high}
            )
    return pd.DataFrame(rows)


def placements(run: bs.Run) -> pd.DataFrame:
    """Return who took over what Microsoft let go of."""
    return run.placements[run.placements["customer"].astype(str) == case.CUSTOMER]


def taken(runs: Mapping[str, bs.Run]) -> pd.DataFrame:
    """Return who takes what Microsoft lets go of: how likely, how many MW, and when it is agreed and served."""
    rows = []
    for reading, run in runs.items():
        mine = placements(run)
        kind, taker = mine["kind"].astype(str), mine["taker"].astype(str)
        who = np.where(kind == REASSIGNED, "late tranches of others", np.where(kind == MARKET, "the market", taker))
        for name, own in mine.assign(who=who).groupby("who"):
            there = np.unique(own["replication"])
            often = wilson(len(there), run.replications)
            row: dict[str, object] = {"reading": reading, "taker": name, "probability": often.estimate}
            row |= {"low": often.low, "high": often.high, "mw": float(own["mw"].sum() / len(there))}
            for moment in ("agreed", "service"):
                days = case.first(run, own, moment)[there]
                for level in LEVELS:
                    at = quantiles.wide(days, (level,))[quantiles.column(level)]
                    row[f"{moment}_{quantiles.column(level)}"] = date_text(float(at), run.start)
            rows.append(row)
    return pd.DataFrame(rows)


def march(base: bs.Run, table: pd.DataFrame) -> str:
    """Say how likely it is that something has been withdrawn when it was reported, and at the end of that month."""
    rows = table[table["by"] == case.MARCH.isoformat()].set_index("reading")
    some, n = rows[rows["noticed"] > 0.0], int(rows["replications"].min())
    if some.empty:
        tranches = base.model.contracts[case.ORDERED].tranches.values()
        due = min(one.due for one in tranches if one.due is not None and not one.delivered)
        return (
            f"By {case.REPORTED}, when a withdrawal was reported, and by {case.MARCH} Microsoft has withdrawn nothing, "
            f"nor given notice, in any of {n} replications of any reading (with 95 % confidence at most "
            f"{per_cent(float(rows['noticed_high'].max()))}). It could not: what it has ordered is first due on {due}, "
            "and nobody may leave what is not late. So if the report is right, it was about dates before those of this "
            "model, about orders that are not in it, or about something that did not bind."
        )
    return f"By {case.MARCH} Microsoft has given notice of leaving something: {told(some.reset_index(), 'noticed')}."


def later(table: pd.DataFrame) -> list[str]:
    """Say how likely it is later on."""
    text = []
    for when in LATER:
        rows = table[(table["by"] == when.isoformat()) & (table["withdrawn"] > 0.0)]
        text.append(f"By {when} something is withdrawn: {told(rows, 'withdrawn') or 'in no reading'}.")
    return text


def lapses(table: pd.DataFrame) -> str:
    """Say how likely the option lapses."""
    rows = table[table["by"] == case.MARCH.isoformat()]
    return (
        f"The option worth USD 12bn lapses by {case.MARCH}: {told(rows, 'lapsed')}. That follows from what is assumed: "
        "how likely it is exercised, what trust is left, and how often needs fall. No date falls before the decision, "
        "so nothing that happens in the build-out can change it."
    )


def taking(table: pd.DataFrame, takers: pd.DataFrame) -> list[str]:
    """Say who takes what is let go of."""
    dates = []
    for when in (case.MARCH, LATER[1]):
        rows = table[(table["by"] == when.isoformat()) & (table[OPENAI] > 0.0)]
        dates.append(f"by {when} in {told(rows, OPENAI) or 'no reading'}")
    text = f"OpenAI, whose coming is assumed, has agreed to take some of what is let go of: {'; '.join(dates)}."
    parts = []
    for taker, rows in takers.groupby("taker", sort=False):
        often = f"{per_cent(rows['probability'].min())} to {per_cent(rows['probability'].max())} of replications"
        parts.append(
            f"{NAMES.get(taker, taker)} in {often}, with {rows['mw'].min():.0f} to {rows['mw'].max():.0f} MW, agreed "
            f"{rows['agreed_p10'].min()} to {rows['agreed_p90'].max()}, in service {rows['service_p10'].min()} to "
            f"{rows['service_p90'].max()}"
        )
    whole = f"By the end, over readings in which it happens (dates: P10 to P90 within a reading): {'; '.join(parts)}."
    return [text, whole] if parts else [text]


def told(rows: pd.DataFrame, what: str) -> str:
    """Return a probability for each reading, with its interval."""
    return ", ".join(
        f"{row['reading']} {per_cent(row[what])} ({per_cent(row[f'{what}_low'])} to {per_cent(row[f'{what}_high'])})"
        for _, row in rows.iterrows()
    )
