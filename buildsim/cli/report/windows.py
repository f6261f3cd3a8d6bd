"""What was lost when: the account by window."""

from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis import windows
from buildsim.analysis.frames import Ints
from buildsim.analysis.scope import Scope
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.causes import SHOWN, amount, end, facts, late, options, weightiest
from buildsim.cli.report.cells import Days, signed, triple
from buildsim.cli.words import count
from buildsim.run.rows import STRUCTURE
from buildsim.run.run import Run

MOST = 4
"""How many causes are named in a window."""


def print_windows(run: Run, scope: Scope, found: pd.DataFrame, every: str, replication: int | None = None) -> None:
    """Print for each window what was lost in it, to what, and what was caught up."""
    line(answer(run, scope, found, every, replication))
    heading(f"Days in each {every}, before {end(scope)}")
    rows = []
    for _, own in found.groupby("window"):
        first = own.iloc[0]
        if max(first["open"], first["planned_open"]) < SHOWN:
            continue
        lost, steps = _split(own)
        name = windows.name(first["end"], run.start, every)
        here = [f"{first['open']:,.1f}", f"{first['planned_open']:,.1f}", signed(lost), signed(steps)]
        rows.append([name, *here, _named(own)])
    totals = [f"{found[['days', 'planned_days']].sum()[key]:,.1f}" for key in ("days", "planned_days")]
    rows.append(["sum", *totals, *(signed(part) for part in _split(found)), ""])
    table(["", "Days", "Plan", "Lost", "Steps", "Excess over plan"], rows, "lrrrrL", bold=[len(rows) - 1], gap=2)
    line(
        "Days and Plan: the part of the window before the finish, here and in the plan; they differ by what was Lost "
        "to causes, less what causes gained, and by Steps, the plan's own (work, calendar, lags, dates): below 0 where "
        "the plan was ahead. This looks back on one plan: no window is forecast anew from the end of the one before.",
        style="dim",
    )


def answer(run: Run, scope: Scope, found: pd.DataFrame, every: str, replication: int | None) -> str:
    """When most was lost, in a sentence or two; and what is later than the horizon."""
    told = [_worst(run, scope, found, every, replication), late(scope, _of(scope, found, replication))]
    return " ".join(part for part in (*told, options(scope) if replication is None else "") if part)


def _of(scope: Scope, found: pd.DataFrame, replication: int | None) -> Ints:
    """The replications that were run again."""
    chosen = scope.there[: int(found["n"].iloc[0])] if replication is None else [replication]
    return np.array(chosen, dtype=np.int64)


def _worst(run: Run, scope: Scope, found: pd.DataFrame, every: str, replication: int | None) -> str:
    n = int(found["n"].iloc[0])
    how = f"In replication {replication}" if replication is not None else f"On average over {count(n, 'replication')}"
    lost = {number: _split(found[found["window"] == number])[0] for number in found["window"].unique().tolist()}
    total = sum(lost.values())
    worst = max(lost, key=lambda number: lost[number])
    own = found[found["window"] == worst]
    if lost[worst] < 0.5:
        return f"{how} {scope.title} loses less than half a day to causes in any {every}. {_net(found)}"
    name = windows.name(own["end"].iloc[0], run.start, every)
    top = ", ".join(f"{cause} {signed(days)}" for cause, days in weightiest(own))
    most = f" ({top})" if top else ""
    days = f"{amount(lost[worst])} of {amount(total)} days lost"
    return f"{how} {scope.title} loses most in {name}: {days}{most}. {_net(found)}"


def data(run: Run, scope: Scope, found: pd.DataFrame, every: str, replication: int | None = None) -> dict[str, Any]:
    """The windows for scripts."""
    days = Days(run.start)
    rows = []
    for number, own in found.groupby("window"):
        first = own.iloc[0]
        lost, steps = _split(own)
        ends = {key: {"day": first[key], "date": days.text(first[key])} for key in ("begin", "end")}
        parts = [
            {**{key: record[key] for key in ("cause", "days", "planned_days")}, "excess": triple(record, "excess")}
            for record in own.to_dict("records")
        ]
        row = {"window": number, "name": windows.name(first["end"], run.start, every), **ends}
        row |= {"open": first["open"], "planned_open": first["planned_open"], "lost": lost, "steps": steps}
        rows.append({**row, "causes": parts})
    told = answer(run, scope, found, every, replication)
    whose = facts(scope, _of(scope, found, replication))
    lost, steps = _split(found)
    whole = {"lost": lost, "steps": steps, "excess": lost + steps}
    return {
        "answer": told,
        "n": int(found["n"].iloc[0]),
        "replication": replication,
        **whose,
        "sum": whole,
        "windows": rows,
    }


def _net(found: pd.DataFrame) -> str:
    """What is left of the days lost when the plan's own steps are taken with them."""
    lost, steps = _split(found)
    excess = lost + steps
    more = f"{amount(abs(excess))} days {'more' if excess >= 0.0 else 'less'} than planned"
    return f"With the plan's own steps ({signed(steps)}) that is {more}."


def _split(own: pd.DataFrame) -> tuple[float, float]:
    """The excess over plan of causes, and that of the plan's own steps [days]."""
    steps = own["cause"].isin(STRUCTURE)
    return float(own.loc[~steps, "excess"].sum()), float(own.loc[steps, "excess"].sum())


def _named(own: pd.DataFrame) -> str:
    """The weightiest causes of a window, the largest excess first."""
    causes = own[~own["cause"].isin(STRUCTURE) & (own["excess"].abs() >= 0.5)]
    top = causes.reindex(causes["excess"].abs().sort_values(ascending=False, kind="stable").index).head(MOST)
    top = top.sort_values("excess", ascending=False, kind="stable")
    return ", ".join(f"{cause} {signed(days)}" for cause, days in zip(top["cause"], top["excess"], strict=True))
