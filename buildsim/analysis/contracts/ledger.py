"""The ledger: what is in service, paid, owed and at risk over time, by replication and customer."""

from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis import answers, capacity
from buildsim.analysis.contracts.backlog import agreed, options
from buildsim.analysis.contracts.book import ContractRun, book, known
from buildsim.analysis.contracts.lots import MARKET, TRANCHE, lots, payments, takings
from buildsim.analysis.contracts.standing import at_risk, moved
from buildsim.analysis.contracts.steps import Steps, joined, steps
from buildsim.analysis.frames import Floats, Ints, numbers
from buildsim.analysis.portfolio import customer_names

SEEN = 1.0
"""Less money than this is none: sums of large amounts leave cents behind [USD]."""
MOVED: dict[str, dict[str, float]] = {
    "pending": {"signed": 1.0, "exercised": 1.0, "delivered": -1.0, "withdrawn": -1.0},
    "open": {"option": 1.0, "exercised": -1.0, "lapsed": -1.0},
    "withdrawn": {"withdrawn": 1.0},
    "lapsed": {"lapsed": 1.0},
}
"""What tranches are beside delivered: pending where they are firm, open options, withdrawn, lapsed; by which events."""


class Ledger:
    """The contracts of a run over time: each part is reckoned when it is first asked for, and then kept.

    Days are days since the start, ascending; what is not simulated, after the horizon, is not told.
    """

    def __init__(self, run: ContractRun) -> None:
        """Take a run. Errors: InputError when its model has no contracts."""
        known(run)
        self.run = run
        self.replications: Ints = numbers(run.go_live)
        owners = (one.customer for one in run.model.contracts.values())
        self.customers: tuple[str, ...] = tuple(dict.fromkeys([*owners, *takings(run)["customer"].astype(str)]))
        """Who has contracts, in declared order, then who took released capacity."""

    @cached_property
    def names(self) -> dict[str, str]:
        """What customers are called."""
        return {MARKET: "the market", **customer_names(self.run.model)}

    @cached_property
    def book(self) -> pd.DataFrame:
        """The tranches of the model: `book`."""
        return book(self.run.model)

    @cached_property
    def lots(self) -> pd.DataFrame:
        """What is in service: `lots`."""
        return lots(self.run)

    @cached_property
    def revenue(self) -> Steps:
        """What is paid [USD per day]; lots whose fee is not known are left out."""
        return self._paid(self.lots)

    @cached_property
    def megawatts(self) -> Steps:
        """What is in service [MW]."""
        return self._megawatts(self.lots)

    @cached_property
    def paying(self) -> Steps:
        """What is in service at a fee that is known [MW]."""
        return self._megawatts(self.lots[self.lots["fee"].notna().to_numpy()])

    @cached_property
    def placed(self) -> Steps:
        """What was released and is in the service of who took it [MW], by taker."""
        return self._megawatts(self.lots[(self.lots["kind"] != TRANCHE).to_numpy()])

    @cached_property
    def at_risk(self) -> Steps:
        """What is missing of tranches that are overdue [USD of value]."""
        return at_risk(self.run.contract_events, self.replications, self.customers)

    @cached_property
    def moved(self) -> dict[str, Steps]:
        """What is pending, open, withdrawn and lapsed by now [MW]: the names of `MOVED`."""
        events = self.run.contract_events
        return {name: moved(events, by, self.replications, self.customers, "mw") for name, by in MOVED.items()}

    def live(self, days: ArrayLike) -> Floats:
        """What is live, in service or not [MW]: shape (replications, days)."""
        run = self.run
        return capacity.live_mw(run.go_live, days, base=answers.base(run), replications=self.replications)

    def firm(self, days: ArrayLike, customer: str | None = None) -> Floats:
        """The firm backlog [USD], of one customer or of all: shape (replications, days).

        What has no end or no fee has earned nothing of its value.
        """
        return self._agreed.level(days, customer) - self._earning.total(days, customer)

    def optional(self, days: ArrayLike, customer: str | None = None, *, expected: bool = False) -> Floats:
        """The value of options that are open [USD]; with `expected` times their declared probability."""
        return (self._hoped if expected else self._options).level(days, customer)

    @cached_property
    def _agreed(self) -> Steps:
        return agreed(self.run, self.lots, self.replications, self.customers)

    @cached_property
    def _earning(self) -> Steps:
        """What is earned of a value over a term [USD per day]."""
        return self._paid(self.lots[np.isfinite(self.lots["end"].to_numpy(np.float64))])

    @cached_property
    def _options(self) -> Steps:
        return options(self.run, self.replications, self.customers)

    @cached_property
    def _hoped(self) -> Steps:
        return options(self.run, self.replications, self.customers, expected=True)

    def _paid(self, some: pd.DataFrame) -> Steps:
        own = some[some["fee"].notna().to_numpy()]
        at, day, change = payments(own, self.run.horizon)
        return steps(own, self.replications, self.customers, day, change, at=at)

    def _megawatts(self, own: pd.DataFrame) -> Steps:
        begin, end, mw = (own[name].to_numpy(np.float64) for name in ("begin", "end", "mw"))
        ends = (steps(own, self.replications, self.customers, day, sign * mw) for day, sign in ((begin, 1), (end, -1)))
        return joined(*ends)
