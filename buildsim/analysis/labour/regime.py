"""What holds a build-out back most: the group of causes with the largest excess over plan, and by how much."""

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis import answers
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.ledger import Ledger
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.proportions import mean
from buildsim.engine import causes

BINDING_GROUPS: Mapping[str, tuple[str, ...]] = {
    "labour": (
        causes.CREW_WAIT, causes.THIN_TEAM, causes.SKILL, causes.FATIGUE, causes.CROWDING, causes.REWORK, causes.TRAVEL,
    ),
    "power": (causes.UTILITY, causes.ALLOCATION),
    "equipment": (causes.EQUIPMENT,),
    "GPUs": (causes.GPU_SUPPLY, causes.LOGISTICS),
    "commissioning": (causes.COMMISSIONING, causes.AGENTS, causes.ACCEPTANCE),
    "permits and sites": (causes.PERMIT, causes.LANDLORD, causes.WEATHER),
    "estimate": (causes.ESTIMATE,),
    "funding": (causes.FUNDING,),
}  # fmt: skip
"""The causes of each group; the plan's own steps (work, calendar, lags, dates) are in none."""
NONE = "none"
"""What binds where no group costs half a day."""
LEAST = 0.5
"""Less than this does not bind [days]."""


def regime(run: RunLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """Excess over plan by group of causes: go-live of firm sites, mean over blocks weighted by MW.

    Columns: group, the largest first; excess, low, high [days] with the t interval; share of what all groups above zero
    cost; n [replications].
    """
    found = _excess(run)
    told = {group: mean(values, confidence) for group, values in found.items()}
    whole = sum(max(one.estimate, 0.0) for one in told.values())
    rows = [
        {"group": group, "excess": one.estimate, "low": one.low, "high": one.high}
        | {"share": max(one.estimate, 0.0) / whole if whole > 0.0 else np.nan, "n": one.n}
        for group, one in told.items()
    ]
    return pd.DataFrame(rows).sort_values("excess", ascending=False, kind="stable", ignore_index=True)


def binding(run: RunLike, *, confidence: float = 0.95) -> dict[str, Any]:
    """The group that holds a run back most.

    group (`NONE` where none costs `LEAST` days), days, share of what all groups cost, second, margin over it with
    margin_low and margin_high [days, paired within replications], sure: whether the margin's interval lies above zero.
    """
    found, table = _excess(run), regime(run, confidence=confidence)
    first, second = table.iloc[0], table.iloc[1]
    margin = mean(found[str(first["group"])] - found[str(second["group"])], confidence)
    binds = bool(first["excess"] >= LEAST)
    return {
        "group": str(first["group"]) if binds else NONE,
        "days": float(first["excess"]),
        "share": float(first["share"]),
        "second": str(second["group"]),
        "margin": margin.estimate,
        "margin_low": margin.low,
        "margin_high": margin.high,
        "sure": bool(binds and margin.low > 0.0),
        "replications": run.replications,
    }


def regime_map(cells: Iterable[tuple[Mapping[str, Any], RunLike]], *, confidence: float = 0.95) -> pd.DataFrame:
    """What binds in each cell of a sweep: its settings, and what `binding` says; a row a cell.

    Runs are taken one after another, so a generator need not hold them all.
    """
    return pd.DataFrame([{**settings, **binding(run, confidence=confidence)} for settings, run in cells])


def _excess(run: RunLike) -> dict[str, np.ndarray]:
    """Excess by group and replication [days]."""
    frames = [answers.built(run, frame) for frame in (run.delays, run.go_live)]
    firm = answers.firm(run)
    if firm is not None:
        frames = [frame[frame["site"].isin(firm)] for frame in frames]
    account, live = (frame.assign(portfolio=PORTFOLIO) for frame in frames)
    ledger = Ledger(account, live, PORTFOLIO)
    group_of = {cause: group for group, names in BINDING_GROUPS.items() for cause in names}
    found = {group: np.zeros(len(ledger.replications)) for group in BINDING_GROUPS}
    for entry in ledger:
        if entry.cause in group_of:
            found[group_of[entry.cause]] += entry.excess[0]
    return {group: values[ledger.there[0]] for group, values in found.items()}
