"""The market grows from 1 GW a year in 2023 to so much in 2026, and shares out the same experienced hands."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

import buildsim as bs
from buildsim.analysis import labour
from buildsim.plots.response import caption, response
from experiments.labour.study import (
    YEAR_ENDS,
    Batch,
    Part,
    Study,
    batch,
    consequences,
    days,
    near,
    on,
    per_cent,
    shift,
    usd,
)

GIGAWATTS = (1, 2, 4, 6, 8, 10, 24)
"""What the market builds a year in mid-2026 [GW/year]; 10 is the first reading of the boom, 24 the highest count."""
FIRST = 10
KEPT = 20
"""Replications whose people are told of."""
SLOW, FAST = "8 years", "18 months"
"""Two readings of how long it takes to become experienced: what keeps a normal market level, and one build."""
BOOM: Mapping[str, Any] = {
    "market.rival_premium": {"low": "0%", "mode": "10%", "high": "25%"},
    "labour.*.*.turnover": "50%",
    "labour.*.*.retirement": "2.5%",
    "labour.*.*.apprenticeship": "4 years",
}
"""The boom beside its path and learning, as in the scenario `market-boom` of the reference model."""
SHARE = 0.5


def plan(study: Study) -> list[Batch]:
    """Return the cells: the market at each level, and the first reading of the boom with fast learning."""

    def source(settings: Mapping[str, Any]) -> bs.Model:
        return bs.load(study.model, boom(settings["gw"], settings["seasoning"]))

    vary = {"gw": [*GIGAWATTS, FIRST], "seasoning": [*(SLOW for _ in GIGAWATTS), FAST]}
    return [batch(study, "market", source, vary, SHARE, listwise=True, keep_activities=KEPT)]


def boom(gw: int, seasoning: str) -> dict[str, Any]:
    """Return what to set for a market that builds so much a year in mid-2026 [GW/year]."""
    path = {"2023-07-01": "1 GW", "2026-07-01": f"{gw} GW"}
    return {**BOOM, "market.path": path, "labour.*.*.seasoning": seasoning}


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("The market grows")
    runs = {(cell.settings["gw"], cell.settings["seasoning"]): run for cell, run in batches[0].run(study)}
    table, people = tabulate(runs), by_quarter(runs)
    part.tables |= {"market": table, "experienced_by_quarter": people}
    part.say(*growth(table))
    part.say(*hands(people))
    base = runs[GIGAWATTS[0], SLOW]
    look: dict[str, Any] = {
        "x": "begin", "y": "experienced_share", "by": "name", "dates": True, "unit": "share", "x_label": "Quarter",
        "y_label": "Experienced share of workers", "title": "How many of the crews know data centres",
        "note": "All pools together; means over the replications whose labour is kept",
    }  # fmt: skip
    part.draw("experienced_share", response(base, people, **look), caption(base, people, **look))
    late: dict[str, Any] = {
        "x": "gw", "y": "shift", "low": "low", "high": "high", "by": "reading", "unit": "days",
        "x_label": "Market in mid-2026 [GW a year]", "y_label": "Go-live, mean shift [days]",
        "title": "Go-live against the growth of the market", "bars": True,
        "note": "The boom's people come and go at every level. Bars: 95 % confidence, paired draws",
    }  # fmt: skip
    part.draw("market_growth", response(base, table, **late), caption(base, table, **late))
    return part


def tabulate(runs: Mapping[tuple[int, str], bs.Run]) -> pd.DataFrame:
    """Return a row for each reading of the market, against the slowest one."""
    base = runs[GIGAWATTS[0], SLOW]
    rows = []
    for (gw, seasoning), run in runs.items():
        found, (own,) = shift(base, run), labour.mean_go_live(run)
        rows.append(
            {"gw": gw, "reading": f"{seasoning} to learn", "shift": found.difference}
            | {"low": found.low, "high": found.high, "mean_go_live": on(run, own.mean())}
            | {"p80_mean_go_live": on(run, float(pd.Series(own).quantile(0.8, interpolation="higher")))}
            | consequences(run)
            | {"labour_excess": _labour_days(run), "replications": run.replications}
        )
    return pd.DataFrame(rows)


def _labour_days(run: bs.Run) -> float:
    """Return the days over plan that labour costs."""
    return float(labour.regime(run).set_index("group").loc["labour", "excess"])


def by_quarter(runs: Mapping[tuple[int, str], bs.Run]) -> pd.DataFrame:
    """Return who is there by quarter, for each reading of the market."""
    parts = [
        labour.population(run).assign(name=f"{gw} GW" if seasoning == SLOW else f"{gw} GW, {FAST}", gw=gw)
        for (gw, seasoning), run in runs.items()
    ]
    return pd.concat(parts, ignore_index=True)


def growth(table: pd.DataFrame) -> list[str]:
    """Say what the growth of the market does to dates and contracts."""
    rows = table[table["reading"] == f"{SLOW} to learn"].set_index("gw")
    first, boom, last = (rows.loc[gw] for gw in (GIGAWATTS[0], FIRST, GIGAWATTS[-1]))
    fast = table[table["reading"] == f"{FAST} to learn"].iloc[0]
    added = "; ".join(f"by {when} {first[f'mw_added_by_{when}']:,.0f}, {boom[f'mw_added_by_{when}']:,.0f} and "
                      f"{last[f'mw_added_by_{when}']:,.0f}" for when in YEAR_ENDS)  # fmt: skip
    half = next((gw for gw in GIGAWATTS if rows.loc[gw, "shift"] >= 0.5 * boom["shift"]), FIRST)
    return [
        f"If the market grows to {FIRST} GW a year by mid-2026 instead of staying at {GIGAWATTS[0]}, a MW goes live "
        f"{days(*boom[['shift', 'low', 'high']])} later (mean go-live {boom['mean_go_live']} instead of "
        f"{first['mean_go_live']}); at {GIGAWATTS[-1]} GW {days(*last[['shift', 'low', 'high']])} later, "
        f"only {near(last['shift'] - boom['shift'])} days more, for the share is small either way. Half of the "
        f"loss at {FIRST} GW is reached with {half} GW already: the share falls as one over the rate.",
        f"MW added at {GIGAWATTS[0]}, {FIRST} and {GIGAWATTS[-1]} GW: {added}. A contracted MW is withdrawn with a "
        f"probability of {per_cent(first['withdrawn_share'])}, {per_cent(boom['withdrawn_share'])} and "
        f"{per_cent(last['withdrawn_share'])} ({usd(first['withdrawn_value_usd'])}, "
        f"{usd(boom['withdrawn_value_usd'])} and {usd(last['withdrawn_value_usd'])}).",
        f"All hangs on how fast people learn: if one build of {FAST} makes a new hand experienced, {FIRST} GW cost "
        f"{days(*fast[['shift', 'low', 'high']])}"
        + (", earlier than a level market in which people learn slowly." if fast["high"] < 0.0 else "."),
    ]


def hands(people: pd.DataFrame) -> list[str]:
    """Say how the experienced share moves."""
    text = []
    for name, family in people.groupby("name", sort=False):
        low = family.loc[family["experienced_share"].idxmin()]
        text.append(
            f"{name}: {per_cent(family['experienced_share'].iloc[0])} at first, "
            f"lowest {per_cent(low['experienced_share'])}, "
            f"{per_cent(family['experienced_share'].iloc[-1])} at last"
        )
    return [f"Experienced share of all pools by quarter: {'; '.join(text)}."]
