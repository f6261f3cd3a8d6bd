"""Sources: one value for each replication, taken from the tables of a run; a figure is a statistic of one.

A day that is not by the horizon is `inf`; `-inf` marks a replication in which there is nothing, such as a site whose
options lapsed.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Protocol

import numpy as np

from buildsim.analysis import answers, capacity, golive, milestones, quantiles, withdrawals
from buildsim.analysis.compare import UNITS
from buildsim.analysis.dates import day_of
from buildsim.analysis.frames import Floats, counts, numbers
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest


class Source(Protocol):
    """Gives one value for each replication."""

    @property
    def quantity(self) -> str:
        """What is counted, such as `go-live`."""
        ...

    @property
    def of(self) -> str:
        """Of what or when, such as a site or a date."""
        ...

    @property
    def unit(self) -> str:
        """The unit of the values; `days` are days since the start and may be later than the horizon."""
        ...

    def problems(self, model: Any) -> list[Problem]:
        """What keeps it from being asked of a model."""
        ...

    def values(self, run: RunLike, horizon: float) -> Floats:
        """By replication, in the order of their numbers; `inf` is later, `-inf` is not there in that replication.

        `horizon` [days since start] is that of the run, or an earlier one that several runs share.
        """
        ...


@dataclass(frozen=True, slots=True)
class GoLive:
    """The day on which a site, or the portfolio of firm sites, is complete [days since start]."""

    site: str = golive.PORTFOLIO
    quantity = "go-live"
    unit = "days"

    @property
    def of(self) -> str:
        """The site."""
        return self.site

    def problems(self, model: Any) -> list[Problem]:
        """A site that the model does not have."""
        if self.site == golive.PORTFOLIO or getattr(model, "network", None) is not None:
            return []
        return _unknown("site", self.site, [*model.sites, golive.PORTFOLIO])

    def values(self, run: RunLike, horizon: float) -> Floats:
        """By replication; options that lapsed in a replication are not built there."""
        days, names, have = golive.site_days(answers.built(run, run.go_live), firm=answers.firm(run))
        held = numbers(run.go_live)
        out = np.full(len(held), -np.inf)
        if self.site not in names:
            if problems := _unknown("site", self.site, [*run.go_live["site"].unique(), golive.PORTFOLIO]):
                raise InputError(problems)
            return out
        out[np.searchsorted(held, have)] = quantiles.later(days[:, names.index(self.site)])
        return np.where(out > horizon, np.inf, out)


@dataclass(frozen=True, slots=True)
class LiveMw:
    """MW live at the end of a date, what was live at the start included [MW]."""

    when: date
    quantity = "live MW"
    unit = "MW"

    @property
    def of(self) -> str:
        """The date."""
        return self.when.isoformat()

    def problems(self, model: Any) -> list[Problem]:
        """Nothing: any date will do."""
        del model
        return []

    def values(self, run: RunLike, horizon: float) -> Floats:
        """By replication."""
        del horizon
        day = day_of(self.when, run.start)
        return capacity.live_mw(run.go_live, [day], base=answers.base(run))[:, 0]


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """Whether a customer, or any (`all`), walks away from a tranche [0 or 1]; an option that lapses is none of that."""

    customer: str = "all"
    quantity = "any_withdrawal"
    unit = "probability"

    @property
    def of(self) -> str:
        """The customer."""
        return self.customer

    def problems(self, model: Any) -> list[Problem]:
        """A customer that the model does not have."""
        return _unknown("customer", self.customer, [*model.customers, "all"])

    def values(self, run: RunLike, horizon: float) -> Floats:
        """By replication; InputError for a customer that the model does not have."""
        del horizon
        if problems := self.problems(run.model):
            raise InputError(problems)
        real = run.withdrawals[run.withdrawals["trigger"].astype(str) != withdrawals.LAPSE]
        mine = real if self.customer == "all" else real[real["customer"].astype(str) == self.customer]
        return (counts(mine, numbers(run.go_live)) > 0).astype(np.float64)


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over all tranches, `UNITS`: missed [tranches], damages [USD], withdrawn_mw [MW] and others."""

    quantity: str
    of = "all"

    def __post_init__(self) -> None:
        if problems := _unknown("total", self.quantity, list(UNITS)):
            raise InputError(problems)

    @property
    def unit(self) -> str:
        """The unit of the sum."""
        return UNITS[self.quantity]

    def problems(self, model: Any) -> list[Problem]:
        """Nothing: a sum that there is not is refused when it is made."""
        del model
        return []

    def values(self, run: RunLike, horizon: float) -> Floats:
        """By replication."""
        if self.quantity == "any_withdrawal":
            return Withdrawn().values(run, horizon)
        held = numbers(run.go_live)
        sums = milestones.totals(run.milestones, held, horizon=horizon) | withdrawals.totals(run.withdrawals, held)
        return sums[self.quantity]


def _unknown(kind: str, name: str, names: Sequence[str]) -> list[Problem]:
    if name in names:
        return []
    return [Problem(kind, f"there is no {kind} '{name}'", expected=", ".join(names[:12]), nearest=nearest(name, names))]
