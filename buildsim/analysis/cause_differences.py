"""What a change does to each cause of delay: days by cause in two runs, replication by replication, other minus base.

The days are those of `delay.portfolio`: from the start to go-live, or to the horizon where there is none by then,
MW-weighted over the firm sites, without lapsed options. The causes of a block sum to its elapsed time, so the
differences sum to that of the mean elapsed time; those of the excess do too, less what the plan itself has moved.
"""

import numpy as np
import pandas as pd

from buildsim.analysis import answers
from buildsim.analysis.figures import pairs
from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.ledger import Ledger
from buildsim.analysis.paired import difference
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem

COLUMNS = [
    "cause", "base", "other", "excess", "excess_low", "excess_high", "planned", "days", "days_low", "days_high",
    "pairs",
]  # fmt: skip
"""The columns of `cause_differences`."""

Account = tuple[Floats, Floats]
"""Days of a cause and those in the plan, by replication [days]."""


def cause_differences(base: RunLike, other: RunLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """How the days of each cause differ between two runs, pair by pair, the largest difference of the excess first.

    Columns, all in days: cause; base, other: mean excess over plan in each; excess, excess_low, excess_high: other
    minus base, with a paired t interval; planned: by how much the plan differs; days, days_low, days_high: excess and
    plan together; pairs: replications in which both runs have something to build. Each interval is for one cause: with
    many of them some miss.

    Errors: InputError when the runs do not pair, or end at different horizons, up to which what is late counts.
    """
    held = pairs({"other": other}, base)
    if base.horizon != other.horizon:
        message = (
            f"the runs end after {base.horizon:g} and {other.horizon:g} days, and what is late counts up to the end"
        )
        raise InputError(Problem("horizon", message, expected="the same horizon"))
    one, two = _ledger(base), _ledger(other)
    built = np.intersect1d(*(ledger.replications[ledger.there[0]] for ledger in (one, two)))
    held = np.intersect1d(held, built)
    before, after = _accounts(one, held), _accounts(two, held)
    none: Account = (np.zeros(len(held)), np.zeros(len(held)))
    rows = []
    for cause in dict.fromkeys([*before, *after]):
        (days_one, planned_one), (days_two, planned_two) = before.get(cause, none), after.get(cause, none)
        excess = difference(days_one - planned_one, days_two - planned_two, confidence=confidence)
        days = difference(days_one, days_two, confidence=confidence)
        row = {"cause": cause, "base": excess.base, "other": excess.other, "pairs": excess.pairs}
        row |= {"excess": excess.difference, "excess_low": excess.low, "excess_high": excess.high}
        row |= {"planned": days.difference - excess.difference}
        rows.append(row | {"days": days.difference, "days_low": days.low, "days_high": days.high})
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = table["excess"].abs().sort_values(ascending=False, kind="stable").index
    return table.loc[order].reset_index(drop=True)


def _ledger(run: RunLike) -> Ledger:
    """The account of the portfolio, as `answers.delays` takes it."""
    account, live = answers.built(run, run.delays), answers.built(run, run.go_live)
    only = answers.firm(run)
    if only is not None:
        account, live = (frame[frame["site"].isin(only)] for frame in (account, live))
    return Ledger(account, live.assign(site=PORTFOLIO), "site")


def _accounts(ledger: Ledger, held: Ints) -> dict[str, Account]:
    place = np.searchsorted(ledger.replications, held)
    return {entry.cause: (entry.days[0, place], entry.planned[0, place]) for entry in ledger}
