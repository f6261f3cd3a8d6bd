"""The contracts of a run as the report tells them: what is reckoned once for sentences, tables and scripts."""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis import capacity, contracts
from buildsim.analysis.contracts import ALL, LARGEST, Ledger
from buildsim.analysis.dates import day_of, quarter_ends
from buildsim.analysis.frames import Floats
from buildsim.cli.report.cells import NONE, Days
from buildsim.run.run import Run
from buildsim.units import format_usd

DAYS = 4000
"""Up to so many, the day on which most is at risk is looked for day by day."""


@dataclass(frozen=True)
class Told:
    """The contracts of a run, with one customer where one is asked for, as the report tells them."""

    run: Run
    customer: str | None = None

    @cached_property
    def ledger(self) -> Ledger:
        """What is in service, paid and at risk."""
        return Ledger(self.run)

    @cached_property
    def dates(self) -> list[date]:
        """The start and the ends of quarters."""
        return [self.run.start, *quarter_ends(self.run.start, self.run.horizon)]

    @cached_property
    def days(self) -> list[float]:
        """The same as days since the start: the start is its first moment."""
        return [0.0, *(day_of(when, self.run.start) for when in self.dates[1:])]

    @cached_property
    def over_time(self) -> pd.DataFrame:
        """The revenue at these dates, its concentration, what is at risk, the backlog, and what serves nobody."""
        found = contracts.index(self.ledger, self.days)
        told = contracts.shares(self.ledger, self.days)
        most = told[told["customer"] == LARGEST].set_index("day")[["mean", "p10", "p90"]].add_prefix("largest_")
        found = found.join(most, on="day")
        for name, frame in (
            ("risk", contracts.at_risk(self.ledger, self.days)),
            ("backlog", contracts.backlog(self.ledger, self.days)),
        ):
            own = frame[frame["customer"] == ALL].set_index("day").drop(columns="customer")
            found = found.join(own.add_prefix(f"{name}_"), on="day")
        idle = contracts.uncommitted(self.ledger, self.days).set_index("day")
        return found.join(idle.add_prefix("idle_"), on="day")

    @cached_property
    def losses(self) -> dict[str, pd.DataFrame]:
        """What is lost by customer: damages and what is withdrawn."""
        return {name: contracts.losses(self.ledger, name).set_index("customer") for name in ("damages", "withdrawn")}

    @cached_property
    def below(self) -> dict[Any, Any]:
        """From when on, for good, no customer has too much."""
        found = contracts.below(self.ledger)
        wanted = (found["customer"] == (self.customer or LARGEST)) & (found["event"] == "for good")
        return dict(found[wanted].iloc[0]) if wanted.any() else {}

    @cached_property
    def grid(self) -> Floats:
        """The days on which what is at risk is looked at."""
        return capacity.grid(self.run.horizon, points=DAYS)

    @property
    def paid(self) -> float | None:
        """What is paid at the most of these dates [USD a year]; None where no fee is known."""
        return None if self.ledger.book["fee"].isna().all() else float(self.over_time["usd"].max())

    def day(self, day: float) -> str:
        """A day as a date."""
        return Days(self.run.start).text(day)

    def when(self, day: float) -> str:
        """On which date, in words."""
        return "at the start" if day == 0.0 else f"on {self.day(day)}"

    def name(self, customer: str) -> str:
        """What a customer is called."""
        return {ALL: "All customers", **self.ledger.names}.get(customer, customer)


def usd(value: Any) -> str:
    """Money to three digits; less than a dollar is none."""
    amount = float(value)
    return NONE if np.isnan(amount) else format_usd(float(f"{amount:.3g}") if abs(amount) >= contracts.SEEN else 0.0)
