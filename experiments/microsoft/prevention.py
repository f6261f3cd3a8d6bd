"""What would have prevented it: each group of causes taken out, and what could have been done or agreed otherwise."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.analysis import differences
from buildsim.analysis.frames import Floats
from buildsim.plots import wording
from experiments.labour.study import Batch, Part, Study, batch, near, per_cent
from experiments.microsoft import case

SHARE, BUT_FOR_SHARE = 1.0, 0.2
"""Shares of the replications for what could have been done, and for the but-for runs."""
BASES = ("A: lost confidence", "A: by the letter")
"""The readings in which lateness lets it leave; in the others there is nothing to prevent."""
SLIPS, REST_OF_GPUS = "Blackwell slips", "GPU orders"
GROUPS: tuple[Any, ...] = (
    "estimate", "equipment", "power", "labour", "commissioning", "weather",
    {SLIPS: ["generations.GB200.slips.**"], REST_OF_GPUS: ["sites.*.halls.*.gpus.**"]},
)  # fmt: skip
"""The groups of causes; there are no permits to be held up at Denton, and customers are not a cause of lateness."""
ORDERS = 2
NOTHING = "as it is"
WAYS: Mapping[str, Mapping[str, Any]] = {
    NOTHING: {},
    "neither Blackwell slip": {"generations.GB200.slips": []},
    "equipment ordered a quarter earlier": {
        "templates.conversion_liquid.activities.P1.ordered_ahead": "59 weeks",
        "templates.conversion_liquid.activities.P2.ordered_ahead": "63 weeks",
        "templates.conversion_liquid.activities.P3.ordered_ahead": "31 weeks",
    },
    "a fifth more people": {"productivity.workforce": "120%"},
    "work begun two months earlier": {
        "sites.denton.halls.h01.programme_day": 87,
        "sites.denton.halls.h02.programme_day": 71,
        "sites.denton.halls.h03.programme_day": 63,
    },
    "dates that the plan can keep": {
        "contracts.k01.tranches.m1.due": "2025-09-30",
        "contracts.k01.tranches.m2.due": "2025-10-31",
    },
    "grace of 90 days": {"masters.microsoft.terms.grace": "90 days"},
    "longstop of 270 days": {"masters.microsoft.terms.longstop": "270 days"},
    "Microsoft's MW elsewhere": {"scenario": "microsoft-elsewhere"},
}
"""What could have been otherwise, as what is set in the model."""


def plan(study: Study) -> list[Batch]:
    """Return the cells: each reading with each way."""

    def source(settings: Mapping[str, Any]) -> bs.Model:
        changes = dict(WAYS[settings["way"]])
        other = changes.pop("scenario", None)
        names = [case.READINGS[settings["reading"]], *([other] if other else [])]
        return bs.load(study.model, changes, names)

    return [batch(study, "prevention", source, {"reading": list(BASES), "way": list(WAYS)}, SHARE)]


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("What would have prevented it")
    runs = {(cell.settings["reading"], cell.settings["way"]): run for cell, run in batches[0].run(study)}
    ways = tabulate(runs)
    causes = but_for(study)
    part.tables |= {"ways": ways, "but_for": causes}
    for sentence in (*without(causes), *otherwise(ways)):
        part.say(sentence)
    return part


def withdrawn(run: bs.Run) -> Floats:
    """Return whether anything that was ordered is withdrawn by the horizon, by replication: 1 or 0."""
    gone = case.left(run)
    gone = gone[gone["contract"].astype(str) == case.ORDERED]
    return np.isfinite(case.first(run, gone, "day")).astype(np.float64)


def but_for(study: Study) -> pd.DataFrame:
    """Return what each group of causes costs in days late and in the probability of a withdrawal, by reading."""
    parts = []
    for reading in BASES:
        split = bs.but_for(
            bs.load(study.model, scenario=case.READINGS[reading]),
            GROUPS,
            replications=study.some(BUT_FOR_SHARE),
            seed=study.seed,
            workers=study.workers,
            measures={"late": (case.late, "days"), "withdrawn": (withdrawn, "probability")},
            permutations=ORDERS,
            progress=True,
        )
        for measure, found in split.items():
            base = float(found.values[frozenset()].mean())
            none = float(found.values[frozenset(found.groups)].mean())
            table = found.table().assign(reading=reading, measure=measure, base=base, without_all=none)
            parts.append(table.assign(replications=study.some(BUT_FOR_SHARE)))
    return pd.concat(parts, ignore_index=True)


def tabulate(runs: Mapping[tuple[str, str], bs.Run]) -> pd.DataFrame:
    """Return what each way changes, against the same reading as it is, pair by pair."""
    rows = []
    for (reading, way), run in runs.items():
        base = runs[reading, NOTHING]
        chance = differences.of_probabilities(withdrawn(base), withdrawn(run))
        later = differences.of_means(case.late(base), case.late(run))
        told, ends = chance.interval(), later.interval()
        rows.append(
            {"reading": reading, "way": way, "withdrawn": chance.other, "change": chance.difference}
            | {"change_low": told.low, "change_high": told.high, "late": later.other, "days": later.difference}
            | {"days_low": ends.low, "days_high": ends.high, "pairs": chance.pairs}
        )
    return pd.DataFrame(rows)


def without(table: pd.DataFrame) -> list[str]:
    """Say what the groups of causes cost."""
    text = []
    for (reading, measure), rows in table.groupby(["reading", "measure"], sort=False):
        whole = rows[rows["group"] == "all"].iloc[0]
        parts = rows[rows["group"] != "all"].sort_values("shapley", ascending=False)
        if measure == "late" and reading != BASES[0]:
            continue  # how late it is hardly hangs on who may leave
        if measure == "late":
            sure = parts[parts["low"] > 0.0].head(3)
            named = ", ".join(
                f"{row['group']} {near(row['shapley'])} ({near(row['low'])} to {near(row['high'])})"
                for _, row in sure.iterrows()
            )
            text.append(
                f"But for (paired, {int(whole['replications'])} replications): what is ordered goes live "
                f"{near(whole['base'])} days late, and still {near(whole['without_all'])} days late without all groups "
                f"of causes together. Of the days that they cost: {named or 'none that can be told from nothing'}."
            )
            continue
        idle = parts[(parts["first"] == 0.0) & (parts["last"] == 0.0) & (parts["shapley"] == 0.0)]
        named = ", ".join(
            f"{row['group']} {percent_points(row['shapley'], row['low'], row['high'])}"
            for _, row in parts.drop(idle.index).iterrows()
        )
        none = f" No difference: {', '.join(idle['group'])}." if len(idle) else ""
        text.append(
            f"{reading}: some of it is withdrawn in {per_cent(whole['base'])} of replications, and in "
            f"{per_cent(whole['without_all'])} without all of them. Of the difference: {named or 'nothing'}.{none}"
        )
    return text


def otherwise(table: pd.DataFrame) -> list[str]:
    """Say what could have been otherwise, and what it would have changed."""
    text = []
    for reading, rows in table.groupby("reading", sort=False):
        base = rows[rows["way"] == NOTHING].iloc[0]
        others = rows[rows["way"] != NOTHING].sort_values("change")
        named = "; ".join(
            f"{row['way']} {percent_points(row['change'], row['change_low'], row['change_high'])} "
            f"({wording.signed_days(row['days'])})"
            for _, row in others.iterrows()
        )
        text.append(
            f"{reading}: {per_cent(base['withdrawn'])} as it is. Change by what could have been otherwise, with that "
            f"of the lateness, {int(base['pairs'])} pairs each: {named}."
        )
    return text


def percent_points(value: float, low: float, high: float) -> str:
    """Return a difference of probabilities with its interval, in points of per cent."""
    return f"{points(value)} points ({points(low)} to {points(high)})"


def points(value: float) -> str:
    """Return a difference of probabilities in points of per cent, with its sign unless it rounds to none."""
    text = f"{100 * value:+.0f}"
    return "0" if text in ("+0", "-0") else text
