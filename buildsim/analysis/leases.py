"""Leases and deals over the replications: how late landlords are, what rent is owed, which deals close."""

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Ints, rows, sums
from buildsim.analysis.proportions import mean, wilson

USD = ("rent", "abated", "step_in")
"""What is summed over the stages of a lease [USD]."""


def by_lease(leases: pd.DataFrame, replications: Ints, horizon: float, *, confidence: float = 0.95) -> pd.DataFrame:
    """What becomes of each lease, in declared order: a row a lease.

    Columns: lease, landlord, site, mw [MW], stages, overdue [share of the stages not handed over by the promised date,
    mean], late [days after it, mean over the stages handed over; early is 0], stepped_in, ended [shares of the stages];
    rent, abated, step_in [USD, sums over the stages, means] with their intervals. A stage that is promised for after
    the `horizon` [days since start] and not handed over is not overdue.
    """
    found = []
    for name, own in leases.groupby("lease", observed=True, sort=False):
        first = own[own["replication"] == own["replication"].iloc[0]]
        outcome = own["outcome"].astype(str)
        handed = own["late"].dropna().clip(lower=0.0)
        overdue = outcome.isin(["late", "stepped_in", "ended"]) | (outcome.eq("pending") & own["promised"].lt(horizon))
        row: dict[str, object] = {
            "lease": str(name),
            "landlord": str(own["landlord"].iloc[0]),
            "site": str(own["site"].iloc[0]),
            "mw": float(first["mw"].sum()),
            "stages": len(first),
            "overdue": float(overdue.mean()),
            "late": float(handed.mean()) if len(handed) else np.nan,
        }
        row |= {what: float(outcome.eq(what).mean()) for what in ("stepped_in", "ended")}
        found.append(row | _means(own, USD, replications, confidence))
    return pd.DataFrame(found)


def by_deal(deals: pd.DataFrame, replications: Ints, *, confidence: float = 0.95) -> pd.DataFrame:
    """What becomes of each deal, in declared order: a row a deal.

    Columns: deal, kind, partner, mw [MW], closed [probability by the horizon, Wilson], p50 [days since start: median
    day of closing in all replications, later than the horizon where it does not close], price, rent_saved [USD, means],
    all with their intervals; n.
    """
    found = []
    for name, own in deals.groupby("deal", observed=True, sort=False):
        closed = wilson(int(own["closed"].notna().sum()), len(replications), confidence)
        days = np.full(len(replications), np.inf)
        days[rows(own, replications)] = quantiles.later(own["closed"].to_numpy(np.float64))
        row: dict[str, object] = {"deal": str(name), "kind": str(own["kind"].iloc[0])}
        row |= {"partner": str(own["partner"].iloc[0]), "mw": float(own["mw"].iloc[0])}
        row |= {"closed": closed.estimate, "closed_low": closed.low, "closed_high": closed.high}
        row |= quantiles.wide(days, (0.5,), confidence) | {"n": len(replications)}
        del row["later"]
        found.append(row | _means(own, ("price", "rent_saved"), replications, confidence))
    return pd.DataFrame(found)


def _means(own: pd.DataFrame, columns: tuple[str, ...], replications: Ints, confidence: float) -> dict[str, object]:
    row: dict[str, object] = {}
    for column in columns:
        found = mean(sums(own, column, replications), confidence, floor=0.0)
        row |= {column: found.estimate, f"{column}_low": found.low, f"{column}_high": found.high}
    return row
