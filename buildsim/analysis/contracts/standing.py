"""How tranches stand after each of their events: what is missing, what that is worth, and whether it is overdue.

At every moment, for each tranche, in MW and in value,

    promised = delivered + pending + withdrawn + lapsed

A tranche that was in service before the start has no events, and is not in it.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.contracts.steps import Steps, steps
from buildsim.analysis.frames import Floats, Ints, codes

PARTS: tuple[str, ...] = ("delivered", "pending", "withdrawn", "lapsed")
"""What promised MW are, at every moment."""
FULL = 0.01
"""Missing MW that count as none [MW]."""
_COLUMNS = ("replication", "contract", "customer", "tranche", "day", "event", "mw", "usd")
_KINDS = ("signed", "option", "exercised", "delivered", "withdrawn", "lapsed", "missed", "redated")
Bools = NDArray[np.bool_]


def after_events(events: pd.DataFrame) -> pd.DataFrame:
    """How each tranche stands after each of its events: one row an event, tranche by tranche, in the order of time.

    Columns: replication, contract, customer, tranche, day [days since start], event; promised_mw, delivered_mw,
    pending_mw, withdrawn_mw, lapsed_mw [MW] and the same in `_usd` [USD of value], so far; firm (signed, not an option,
    or exercised) and overdue (past its date as extended and re-dated, something missing) [true or false].
    """
    found, first = _by_tranche(events)
    kind = {name: (found["event"] == name).to_numpy(bool) for name in _KINDS}
    for unit in ("mw", "usd"):
        amount = found.pop(unit).to_numpy(np.float64)
        promised = _so_far(np.where(kind["signed"] | kind["option"], amount, 0.0), first)
        gone = {name: _so_far(np.where(kind[name], amount, 0.0), first) for name in PARTS if name != "pending"}
        columns = {"promised": promised, **gone, "pending": promised - sum(gone.values())}
        for name in ("promised", *PARTS):
            found[f"{name}_{unit}"] = columns[name]
    found["firm"] = _latest(kind["signed"] | kind["exercised"], kind["option"], first)
    late = _latest(kind["missed"], kind["redated"], first)
    found["overdue"] = late & (found["pending_mw"].to_numpy(np.float64) > FULL)
    return found


def _by_tranche(events: pd.DataFrame) -> tuple[pd.DataFrame, Bools]:
    """The events of tranches, one after another in the order of time, and whether each is the first of its tranche."""
    own = events.loc[(events["tranche"] != "").to_numpy(bool), list(_COLUMNS)]
    replication, tranche = own["replication"].to_numpy(np.int64), codes(own, "tranche")[0]
    order = np.lexsort((own["day"].to_numpy(np.float64), tranche, replication))
    group = (replication * (tranche.max(initial=0) + 1) + tranche)[order]
    first = np.append(np.ones(min(len(group), 1), bool), group[1:] != group[:-1])
    return own.iloc[order].reset_index(drop=True), first


def moved(
    events: pd.DataFrame, signs: Mapping[str, float], replications: Ints, customers: Sequence[str], unit: str = "usd"
) -> Steps:
    """An amount that events of some kinds move up (1) or down (-1), by customer: value [USD] or with "mw" size [MW]."""
    sign = np.zeros(len(events))
    for name, one in signs.items():
        sign += one * (events["event"] == name).to_numpy(bool)
    some = events[sign != 0.0]
    return steps(some, replications, customers, some["day"], some[unit].to_numpy(np.float64) * sign[sign != 0.0])


def at_risk(events: pd.DataFrame, replications: Ints, customers: Sequence[str]) -> Steps:
    """The value of what is missing of tranches that are overdue [USD], by customer."""
    found, first = after_events(events), _by_tranche(events)[1]
    level = np.where(found["overdue"], found["pending_usd"].to_numpy(np.float64), 0.0)
    before = np.where(first, 0.0, np.append(0.0, level)[:-1])
    return steps(found, replications, customers, found["day"], level - before)


def _so_far(amount: Floats, first: Bools) -> Floats:
    """Sums from the first row of each group to each row."""
    total = np.cumsum(amount)
    begins = np.flatnonzero(first)
    before = np.append(0.0, total[:-1])[begins]
    found: Floats = total - np.repeat(before, np.diff(np.append(begins, len(amount))))
    return found


def _latest(yes: Bools, no: Bools, first: Bools) -> Bools:
    """Whether the last of two kinds of rows in each group, so far, is of the first kind; not before there is any."""
    place = np.arange(len(yes))
    begins = np.maximum.accumulate(np.where(first, place, 0)) if len(yes) else place
    last = np.maximum.accumulate(np.where(yes | no, place, -1)) if len(yes) else place
    found: Bools = (last >= begins) & yes[np.maximum(last, 0)]
    return found
