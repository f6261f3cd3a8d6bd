"""What people are worth: days of go-live for a hundred workers of a trade more or fewer, and where that flattens."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.analysis import answers, delay, labour
from buildsim.engine import causes
from buildsim.plots.response import caption, response
from experiments.labour.study import Batch, Part, Study, batch, days, near

STEPS = (-20, -10, 10, 20)
"""Change of a trade's pools [%]."""
SHARE = 0.5
PER_MONTH = 30.4375
"""Days of a month."""
SLOW = (causes.SKILL, causes.FATIGUE, causes.CROWDING, causes.REWORK)
"""Causes by which an hour yields less."""
FEW = (causes.CREW_WAIT, causes.THIN_TEAM, causes.TRAVEL)
"""Causes by which hands are not there."""
MEAN = "mean go-live"
PER = 100.0
"""Workers that their worth is stated for."""


def plan(study: Study) -> list[Batch]:
    """Return the cells: the base, and each trade's pools larger and smaller by each step."""
    model = bs.load(study.model, scenario=study.baseline)

    def source(settings: Mapping[str, Any]) -> bs.Model:
        return bs.load(study.model, scaled(model, settings["trade"], settings["change"]), study.baseline)

    cells = [("", 0), *((trade, step) for trade in trades_of(model) for step in STEPS)]
    vary = {"trade": [trade for trade, _ in cells], "change": [step for _, step in cells]}
    return [batch(study, "people", source, vary, SHARE, listwise=True)]


def trades_of(model: bs.Model) -> list[str]:
    """Return the trades that have a pool."""
    return list(dict.fromkeys(trade for pools in model.labour.values() for trade in pools))


def scaled(model: bs.Model, trade: str, percent: int) -> dict[str, Any]:
    """Return what to set so that all pools of a trade are larger by a share: who is there, who comes, how fast."""
    found: dict[str, Any] = {}
    for market, pools in model.labour.items():
        pool = pools.get(trade)
        if pool is None or not percent:
            continue
        path, factor = f"labour.{market}.{trade}", 1.0 + percent / 100.0
        found[f"{path}.workers"] = round(float(pool.workers) * factor, 3)
        if pool.present is not None:
            found[f"{path}.present"] = round(float(pool.present) * factor, 3)
        if pool.ramp is not None:
            found[f"{path}.ramp"] = f"{float(pool.ramp) * factor * PER_MONTH:.4f} per month"
    return found


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("What a hundred workers of a trade are worth")
    runs = {(cell.settings["trade"], cell.settings["change"]): run for cell, run in batches[0].run(study)}
    base = runs.pop(("", 0))
    names = labour.trade_names(base)
    rows = []
    for (trade, step), run in runs.items():
        change = labour.heads(base, run, trade=trade)
        found = labour.marginal(base, run, change, per=PER).assign(
            trade=trade, name=names.get(trade, trade), percent=step
        )
        rows.append(found)
    table = pd.concat(rows, ignore_index=True)
    part.tables |= {"worth_of_people": table, "labour_causes": labour_causes(base)}
    mean = table[table["statistic"] == MEAN]
    part.say(*ranking(mean, study))
    part.say(*flattening(mean))
    part.say(*why(part.tables["labour_causes"]))
    part.say(
        "The plan is made anew for the changed pools, so what is ordered by its dates moves along; experienced shares "
        "stay, so more people means more of the same mix."
    )
    shown = curve(mean)
    look: dict[str, Any] = {
        "x": "percent", "y": "earlier", "low": "low", "high": "high", "by": "name", "unit": "days",
        "x_label": "Change of the trade's pools [%]", "y_label": "Mean go-live, earlier by [days]",
        "title": f"More and fewer people of each trade: {study.baseline or 'as it is'}",
        "bars": True,
        "note": f"Scenario {study.baseline}. Bars: 95 % confidence, paired draws; above zero is earlier",
    }  # fmt: skip
    part.draw("worth_of_people", response(base, shown, **look), caption(base, shown, **look))
    return part


def curve(mean: pd.DataFrame) -> pd.DataFrame:
    """Return days earlier by step for each trade, with nothing at no change."""
    factor = mean["change"] / PER
    told = mean.assign(earlier=mean["days"] * factor)
    ends = np.sort(np.column_stack([mean["low"] * factor, mean["high"] * factor]), axis=1)
    told = told.assign(low=ends[:, 0], high=ends[:, 1])
    none = told.drop_duplicates("trade").assign(percent=0, earlier=0.0, low=0.0, high=0.0)
    order = {trade: number for number, trade in enumerate(told["trade"].unique())}
    return pd.concat([told, none]).sort_values(
        ["trade", "percent"], key=lambda one: one.map(order) if one.name == "trade" else one
    )


def labour_causes(run: bs.Run) -> pd.DataFrame:
    """Return the days over plan by the causes that belong to labour."""
    found = delay.portfolio(answers.built(run, run.delays), answers.built(run, run.go_live))
    return found[found["cause"].isin(labour.BINDING_GROUPS["labour"])].sort_values("excess", ascending=False)


def ranking(mean: pd.DataFrame, study: Study) -> list[str]:
    """Say what a hundred more and a hundred fewer of each trade are worth, most valuable first."""
    more, fewer = (mean[mean["percent"] == step].sort_values("days", ascending=False) for step in (STEPS[2], STEPS[1]))
    pairs = int(mean["pairs"].min())

    def told(rows: pd.DataFrame) -> str:
        sure = rows[rows["low"] > 0.0]
        if sure.empty:
            return "none that can be told from nothing"
        return "; ".join(f"{row['name']} {days(row['days'], row['low'], row['high'])}" for _, row in sure.iterrows())

    return [
        f"In `{study.baseline}` ({pairs} pairs), days of mean go-live won by a hundred workers more, as a tenth is "
        f"added to all pools of a trade: {told(more)}.",
        f"Days lost by a hundred fewer, as a tenth is taken away: {told(fewer)}.",
    ]


def flattening(mean: pd.DataFrame) -> list[str]:
    """Say where more people bring nothing more."""
    wide = mean.assign(earlier=mean["days"] * mean["change"] / PER).pivot_table(
        index="name", columns="percent", values="earlier", sort=False
    )
    low = mean.pivot_table(index="name", columns="percent", values="low", sort=False)
    flat = [name for name in wide.index if not low.loc[name, STEPS[2]] > 0.0]
    still = [name for name in wide.index if wide.loc[name, STEPS[3]] > 1.2 * max(wide.loc[name, STEPS[2]], 0.05)]
    parts = [
        f"{name} {near(-wide.loc[name, STEPS[0]])} days later with a fifth fewer and "
        f"{near(wide.loc[name, STEPS[3]])} earlier with a fifth more"
        for name in wide.index
    ]
    lost, won = -float(wide[STEPS[0]].sum()), float(wide[STEPS[3]].sum())
    text = [f"Curves: {'; '.join(parts)}. Over all trades, {near(lost)} days lost against {near(won)} won."]
    if flat:
        text.append(f"Flat from the declared size on (a tenth more wins nothing that can be told): {', '.join(flat)}.")
    if still:
        text.append(f"Still rising from a tenth to a fifth more: {', '.join(still)}.")
    return text


def why(table: pd.DataFrame) -> list[str]:
    """Say which causes of labour the days come from."""
    rows = table[table["excess"].abs() >= 0.5]
    named = ", ".join(
        f"{row['cause']} {row['excess']:+.0f} ({row['excess_low']:+.0f} to {row['excess_high']:+.0f})"
        for _, row in rows.iterrows()
    )
    days_of = table.set_index("cause")["excess"]
    slow, few = (float(days_of.reindex(names).sum()) for names in (SLOW, FEW))
    return [
        f"Days over plan by cause of labour: {named or 'none of half a day'}.",
        f"So {near(slow)} days come from what an hour yields and {near(few)} from too few hands; "
        f"crews that are slower stay longer, so the second follows from the first in part.",
    ]
