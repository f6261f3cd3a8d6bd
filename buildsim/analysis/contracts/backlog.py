"""Backlog: what is signed and neither withdrawn nor lapsed, less what has been earned; open options by themselves."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from buildsim.analysis.contracts.book import ContractRun, book
from buildsim.analysis.contracts.lots import before_start, payable, positions, takings
from buildsim.analysis.contracts.standing import moved
from buildsim.analysis.contracts.steps import Steps, joined, steps
from buildsim.analysis.frames import Ints

_FIRM = {"signed": 1.0, "exercised": 1.0, "withdrawn": -1.0}
_OPEN = {"option": 1.0, "exercised": -1.0, "lapsed": -1.0}
"""How events move what is firm, and what is an open option."""


def agreed(run: ContractRun, lots: pd.DataFrame, replications: Ints, customers: Sequence[str]) -> Steps:
    """What was agreed and not left again [USD], by customer.

    Signed and exercised value less what was withdrawn; what was in service before the start; what others took over;
    less what a customer whose need has fallen does not owe.
    """
    before = before_start(book(run.model), replications)
    taken = takings(run)
    spared = lots[(lots["paid"] < 1.0).to_numpy() & lots["fee"].notna().to_numpy()]
    unowed = np.nan_to_num(payable(spared)) * (spared["paid"].to_numpy(np.float64) - 1.0)
    return joined(
        moved(run.contract_events, _FIRM, replications, customers),
        steps(before, replications, customers, 0.0, before["value"]),
        steps(taken, replications, customers, taken["agreed"], taken["value"]),
        steps(spared, replications, customers, spared["begin"], unowed),
    )


def options(run: ContractRun, replications: Ints, customers: Sequence[str], *, expected: bool = False) -> Steps:
    """The value of options that are open [USD], by customer; with `expected` times their declared probability."""
    events = run.contract_events
    if expected:
        static = book(run.model)
        events = events[events["event"].isin(list(_OPEN)).to_numpy(bool)]
        chance = static["probability"].to_numpy(np.float64)[positions(events, static)]
        events = events.assign(usd=events["usd"].to_numpy(np.float64) * chance)
    return moved(events, _OPEN, replications, customers)
