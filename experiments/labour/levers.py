"""The levers of the model, each alone and the best two together: days saved, what they cost, the cost of a day."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

import buildsim as bs
from buildsim.analysis import answers, delay, labour, paired
from buildsim.analysis.but_for import dollars
from buildsim.plots import wording
from buildsim.plots.frontier import caption, frontier
from experiments.labour.study import Batch, Part, Study, batch, days, usd

SHARE = 1.0
TOGETHER = " and "


def plan(study: Study) -> list[Batch]:
    """Return the cells: the shortage as it is, and with each lever pulled."""
    names = list(bs.load(study.model, scenario=study.baseline).levers)
    return [cells_of(study, ["", *names])]


def cells_of(study: Study, names: list[str]) -> Batch:
    """Return the cells with some levers pulled; two in one are joined by `TOGETHER`."""

    def source(settings: Mapping[str, Any]) -> bs.Model:
        chosen = settings["lever"].split(TOGETHER) if settings["lever"] else []
        return bs.load(study.model, {f"levers.{name}.use": True for name in chosen}, study.baseline)

    kept = study.some(SHARE)
    return batch(study, "levers", source, {"lever": names}, SHARE, keep_activities=kept)


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("What can be done, and what a day costs")
    runs = {cell.settings["lever"]: run for cell, run in batches[0].run(study)}
    base = runs.pop("")
    if runs:
        if pair := best_two(base, runs):
            runs |= {cell.settings["lever"]: run for cell, run in cells_of(study, [pair]).run(study)}
        table = tabulate(base, runs)
        part.tables["levers"] = table
        part.say(*found(table, study))
        part.say(*against(base, runs, table))
        part.say(*pairing(table, pair))
        part.say(*worth(table))
        look: dict[str, Any] = {
            "title": f"Levers: days saved against cost, {study.baseline or 'as it is'}",
            "note": f"Scenario {study.baseline}. Cost of labour and levers, before damages avoided",
            "cost_label": "Extra cost, mean [million USD]",
        }
        part.draw("levers", frontier(base, table, **look), caption(base, table, **look))
    else:
        part.say("The model declares no levers.")
    return part


def best_two(base: bs.Run, runs: Mapping[str, bs.Run]) -> str:
    """Return the two levers of different kinds that surely save most days, joined; empty if there are not two."""
    table = labour.lever_table(base, runs).iloc[1:]
    sure = table[table["low"] > 0.0].sort_values("days", ascending=False)
    chosen: dict[str, str] = {}
    for name in sure["name"]:
        chosen.setdefault(base.model.levers[name].kind, name)
    return TOGETHER.join(list(chosen.values())[:2]) if len(chosen) > 1 else ""


def tabulate(base: bs.Run, runs: Mapping[str, bs.Run]) -> pd.DataFrame:
    """Return the table of levers with what they avoid in damages and withdrawn value [USD], low and high."""
    table = labour.lever_table(base, runs)
    kinds, avoided = {}, {}
    for name, run in runs.items():
        kinds[name] = TOGETHER.join(base.model.levers[one].kind for one in name.split(TOGETHER))
        gap = paired.difference(dollars(run), dollars(base))
        avoided[name] = (gap.difference, gap.low, gap.high)
    zero = (0.0, 0.0, 0.0)
    columns = pd.DataFrame(
        [avoided.get(name, zero) for name in table["name"]], columns=["avoided", "avoided_low", "avoided_high"]
    )
    return pd.concat([table.assign(kind=table["name"].map(kinds).fillna("")), columns], axis=1)


def found(table: pd.DataFrame, study: Study) -> list[str]:
    """Say what each lever saves and costs, ranked by the cost of a day."""
    rows = table.iloc[1:].sort_values("rank")
    sure, rest = rows[rows["bounded"] & (rows["low"] > 0.0)], rows[~(rows["bounded"] & (rows["low"] > 0.0))]
    text = [
        f"Baseline: `{study.baseline or 'as it is'}`, in which people come and go, so that levers have something "
        f"to act on ({int(table['pairs'].min())} pairs)."
    ]
    gain, paid = sure[sure["cost_high"] < 0.0], sure[sure["cost_high"] >= 0.0]
    if len(gain):
        named = "; ".join(
            f"{row['name']} {days(*row[['days', 'low', 'high']])} and {usd(-row['cost'])} "
            f"({usd(-row['cost_high'])} to {usd(-row['cost_low'])})"
            for _, row in gain.sort_values("days", ascending=False).iterrows()
        )
        text.append(
            f"Save days and money: {named}. Crews are paid by the hour that they work, and better hands or work moved "
            f"to a shop need fewer of them; if the effect of the lever is weaker than assumed, so is the saving."
        )
    if len(paid):
        text.append(
            f"Save days for money, from the cheapest day on: {'; '.join(_told(row) for _, row in paid.iterrows())}."
        )
    if len(rest):
        open_ = rest[rest["high"] >= 0.0]
        if len(open_):
            named = "; ".join(
                f"{row['name']} {days(*row[['days', 'low', 'high']])} for {usd(row['cost'])}"
                for _, row in open_.iterrows()
            )
            text.append(f"Not to be told from nothing: {named}.")
    return text


def against(base: bs.Run, runs: Mapping[str, bs.Run], table: pd.DataFrame) -> list[str]:
    """Say which levers make it later, and to which causes the days go."""
    text = []
    before = causes(base)
    for _, row in table[table["high"] < 0.0].iterrows():
        gap = causes(runs[row["name"]]).sub(before, fill_value=0.0).sort_values(ascending=False).head(2)
        text.append(
            f"Against expectation {row['name']} makes it {days(*-row[['days', 'high', 'low']])} later; the largest "
            f"changes by cause are {wording.listed([f'{cause} {gap[cause]:+.0f} days' for cause in gap.index])}."
        )
    return text or ["No lever surely makes it later."]


def causes(run: bs.Run) -> "pd.Series[float]":
    """Return the days to the mean go-live by cause."""
    found = delay.portfolio(answers.built(run, run.delays), answers.built(run, run.go_live))
    return found.set_index("cause")["days"]


def _told(row: pd.Series) -> str:
    price = f"{usd(row['per_day'])} a day ({usd(row['per_day_low'])} to {usd(row['per_day_high'])})"
    return f"{row['name']} {days(*row[['days', 'low', 'high']])} for {usd(row['cost'])}, {price}"


def pairing(table: pd.DataFrame, pair: str) -> list[str]:
    """Say what the best two do together."""
    rows = table.set_index("name")
    if not pair:
        return ["There are not two levers of different kinds that surely save days, so none are pulled together."]
    one, two = (rows.loc[name, "days"] for name in pair.split(TOGETHER))
    both = rows.loc[pair]
    return [
        f"The two of different kinds that save most, together: {pair}, {days(*both[['days', 'low', 'high']])} for "
        f"{usd(both['cost'])}; apart they save {wording.days(one)} and {wording.days(two)}, "
        f"{near_sum(one + two, both['days'])}."
    ]


def near_sum(apart: float, both: float) -> str:
    """Say whether two levers add up."""
    if abs(apart - both) < 0.1 * abs(apart):
        return "so their effects about add up"
    return f"so together they save {wording.days(abs(apart - both))} {'more' if both > apart else 'less'} than the sum"


def worth(table: pd.DataFrame) -> list[str]:
    """Say which levers are paid for by what they avoid."""
    rows = table.iloc[1:]
    text = []
    paid = rows[(rows["cost"] > 0.0) & (rows["avoided_low"] > rows["cost"])]
    if len(paid):
        named = ", ".join(
            f"{row['name']} ({usd(row['avoided'])} against {usd(row['cost'])})" for _, row in paid.iterrows()
        )
        text.append(f"Paid for by damages and withdrawals that are avoided, by the interval too: {named}.")
    if not text:
        text.append("No lever that costs money is surely paid for by damages and withdrawals that are avoided.")
    return text
