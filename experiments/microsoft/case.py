"""The case: the readings of what happened, the days that are asked about, and what is read off a run."""

from datetime import date

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import Interval, wilson
from buildsim.analysis.withdrawals import LAPSE

MODEL = "coreweave/2024"
CUSTOMER = "microsoft"
ORDERED, OPTION = "k01", "k02"
"""The contract of what is ordered and not delivered, and that of the option."""
REPORTED = date(2025, 3, 6)
"""The day on which a newspaper wrote that some of it had been withdrawn; nothing in the model knows of it."""
MARCH = date(2025, 3, 31)
DATES = (
    REPORTED,
    MARCH,
    date(2025, 6, 30),
    date(2025, 9, 30),
    date(2025, 12, 31),
    date(2026, 6, 30),
    date(2026, 12, 31),
    date(2028, 12, 31),
)
READINGS = {
    "A: lost confidence": "microsoft-lost-confidence",
    "A: by the letter": "microsoft-contractual",
    "B: option let lapse": "microsoft-option",
    "C: nothing that binds": "microsoft-binding",
    "C: new dates": "microsoft-redated",
    "own reasons": "microsoft-overbuild",
}
"""The readings, each with its scenario: late delivery lets it leave (A), it only lets an option lapse (B), it leaves
nothing (C), or its needs fall for reasons of its own."""


def left(run: bs.Run) -> pd.DataFrame:
    """Return what the customer withdrew, options that lapsed left out."""
    mine = run.withdrawals[run.withdrawals["customer"].astype(str) == CUSTOMER]
    return mine[mine["trigger"].astype(str) != LAPSE]


def withdrawn(run: bs.Run) -> Floats:
    """Return the day of the first withdrawal by replication, infinite without one [days]."""
    return first(run, left(run), "day")


def noticed(run: bs.Run) -> Floats:
    """Return the day of the first notice of leaving by replication, infinite without one [days]."""
    return first(run, milestones(run), "noticed")


def lapsed(run: bs.Run) -> Floats:
    """Return the day on which the option lapsed by replication, infinite if it did not [days]."""
    rows = run.withdrawals[run.withdrawals["customer"].astype(str) == CUSTOMER]
    return first(run, rows[rows["trigger"].astype(str) == LAPSE], "day")


def milestones(run: bs.Run, contract: str | None = None) -> pd.DataFrame:
    """Return the customer's milestones, or those of one contract."""
    rows = run.milestones[run.milestones["customer"].astype(str) == CUSTOMER]
    return rows if contract is None else rows[rows["contract"].astype(str) == contract]


def first(run: bs.Run, rows: pd.DataFrame, column: str) -> Floats:
    """Return the smallest value of a column by replication, infinite where there is none."""
    found = np.full(run.replications, np.inf)
    values = rows[column].to_numpy(np.float64)
    np.fmin.at(found, rows["replication"].to_numpy(np.int64), values)
    return found


def day(run: bs.Run, when: date) -> float:
    """Return the end of a date [days since start]."""
    return (when - run.start).days + 1.0


def by(run: bs.Run, days: Floats, when: date) -> Interval:
    """Return the probability that something has happened by the end of a date, with its Wilson interval."""
    return wilson(int((days <= day(run, when)).sum()), run.replications)


def late(run: bs.Run) -> Floats:
    """Return how late the ordered tranches' last halls go live, mean weighted by MW, by replication [days].

    It is the go-live that counts, whatever the customer has done by then; what is not live counts at the horizon.
    """
    live = run.go_live.assign(block=run.go_live["block"].astype(str)).pivot(
        index="replication", columns="block", values="live"
    )
    total, weight = np.zeros(run.replications), 0.0
    for tranche in run.model.contracts[ORDERED].tranches.values():
        if tranche.delivered or tranche.due is None:
            continue
        mw = run.model.megawatts(tranche)
        last = live[list(tranche.blocks)].fillna(run.horizon).max(axis=1).to_numpy(np.float64)
        total, weight = total + mw * (last - day(run, tranche.due)), weight + mw
    return total / weight
