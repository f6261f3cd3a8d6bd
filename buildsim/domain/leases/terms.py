"""Leases as they are declared: stages with their promised dates, rent, and what lateness of the landlord does."""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from buildsim.domain.leases.rent import RentPlan
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Share, UncertainDate, UncertainDays, UncertainShare, Usd

Then = Literal["stay", "step_in", "end"]


class Abatement(Declared):
    """A step of the abatement: rent-free days for each day of lateness from some lateness on."""

    after: Annotated[Days, Field(ge=0)] = 0.0
    """Days past the promised date from which it holds, until the next step [days]."""
    rate: Annotated[float, Field(ge=0)]
    """Rent-free days for each day of lateness [days per day]."""


class Stage(Declared):
    """Halls that the landlord hands over together."""

    halls: tuple[str, ...]
    """The halls, by their ids at the site."""
    promised: date
    """Handed over by the end of this day is on time."""
    late: UncertainDays | None = None
    """How long after that they are handed over [days]; on time by default. The plan takes 0 unless it says `plan`."""
    handover: UncertainDate | None = None
    """The day by whose end they are handed over, instead of `late`. The plan takes `promised` unless it says `plan`."""
    handed_over: date | None = None
    """When they were handed over, for what was by the information date."""
    overdue: bool = False
    """Promised before the start, and not handed over by the information date."""
    before: tuple[str, ...] = ()
    """The activities that wait for the hand-over; by default the first work of each hall."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.halls:
            raise ValueError("a stage needs 'halls'")
        if len(set(self.halls)) < len(self.halls):
            raise ValueError("a hall is named twice")
        if self.late is not None and self.handover is not None:
            raise ValueError("a stage has either a time that it is 'late' or a 'handover' date")
        if self.overdue and self.handed_over is not None:
            raise ValueError("a stage that was 'handed_over' is not 'overdue'")
        return self


class Lease(Declared):
    """A lease of a site's halls."""

    landlord: str
    """Whose the building is."""
    site: str
    """The site that it is about."""
    stages: dict[str, Stage]
    """What is handed over when, in declared order."""
    rent: Annotated[Usd, Field(ge=0)] = 0.0
    """For a MW and month [USD]."""
    term: Annotated[Days, Field(gt=0)] | None = None
    """How long rent runs, from hand-over [days]; beyond the horizon by default."""
    rent_free: Annotated[Days, Field(ge=0)] = 0.0
    """For how long after hand-over no rent is due in any case [days]."""
    indexation: Annotated[Share, Field(ge=0)] = 0.0
    """By how much the rent rises with each full year since hand-over [share]."""
    abatement: tuple[Abatement, ...] = ()
    """Rent-free days for lateness, by how late it is; none by default."""
    outside: Annotated[Days, Field(ge=0)] | None = None
    """Days after the promised date at which the tenant may do as `then` says [days]."""
    then: Then = "stay"
    """What the tenant does if the stage is not handed over at the outside date: it may `stay`, `step_in` or `end`."""
    cut: UncertainShare | None = None
    """By what share stepping in shortens what is left of the delay."""
    cost: Annotated[Usd, Field(ge=0)] = 0.0
    """What stepping in costs for a MW of the stage [USD]."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.stages:
            raise ValueError("a lease needs 'stages'")
        if self.then != "stay" and self.outside is None:
            raise ValueError(f"'then: {self.then}' needs an 'outside' date")
        if (self.cut is None) == (self.then == "step_in"):
            raise ValueError("'then: step_in' and 'cut' go together")
        if self.cost and self.then != "step_in":
            raise ValueError("'cost' goes with 'then: step_in'")
        steps = [step.after for step in self.abatement]
        if len(set(steps)) < len(steps):
            raise ValueError("two steps of the abatement begin on the same day")
        return self

    def rents(self, mw: float) -> RentPlan:
        """Return what is due for so many MW of it."""
        ladder = tuple(sorted((step.after, step.rate) for step in self.abatement))
        return RentPlan.of(self.rent, mw, self.term, self.rent_free, self.indexation, ladder)
