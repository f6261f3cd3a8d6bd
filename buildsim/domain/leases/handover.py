"""Hand-over: a landlord hands a stage over, on the promised date or late, and a tenant acts when it is too late."""

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, isnan, nan

from simpy.events import Event

from buildsim.domain.leases.rent import RentPlan
from buildsim.domain.leases.terms import Then
from buildsim.engine import causes
from buildsim.engine.clock import DEADLINE
from buildsim.engine.world import Fact, World

RECORDS = "leases"
"""Where it is written down what became of a stage: (stage, event, day, promised); events: step_in, end, handed_over."""


@dataclass(frozen=True, slots=True)
class StagePlan:
    """A stage of a lease, compiled."""

    lease: str
    stage: str
    landlord: str
    site: str
    mw: float
    promised: float
    """The end of the promised day [days]."""
    rents: RentPlan
    origin: int = 0
    """The model's start [day ordinal]."""
    late: int = -1
    """The column of the time that it is late; -1: there is none."""
    handover: int = -1
    """The column of the date of hand-over; -1: there is none."""
    handed: float = nan
    """When it was handed over, for what was by the information date [days]; NaN: it was not."""
    outside: float = inf
    """Days after the promised date at which the tenant acts [days]."""
    known: float = 0.0
    """The information date, before which the tenant has not acted [days]."""
    then: Then = "stay"
    cut: int = -1
    """The column of the share by which stepping in shortens what is left of the delay."""
    cost: float = 0.0
    """What stepping in costs [USD]."""
    signed: Fact | None = None
    """The deal that brings the lease about; None: it is in force."""
    bought: Fact | None = None
    """The deal from which on no rent is owed; None: there is none."""

    @property
    def name(self) -> str:
        """The stage as `lease/stage`."""
        return f"{self.lease}/{self.stage}"

    @property
    def fact(self) -> Fact:
        """What the works wait for."""
        return handed_over(self.lease, self.stage)

    def start(self, world: World) -> None:
        """Start the hand-over."""
        world.clock.process(hand_over(world, self))

    def offered(self, world: World, promised: float) -> float:
        """Return when the landlord hands it over if nobody acts [days]; `promised`: not before it is signed."""
        draw = world.conditions.draw
        if not isnan(self.handed):
            return self.handed
        if self.handover >= 0:
            day = draw(self.handover) - self.origin + 1.0
            return max(day, promised) if promised > self.promised else day
        return promised + (draw(self.late) if self.late >= 0 else 0.0)


def handed_over(lease: str, stage: str) -> Fact:
    """Return the fact that a stage has been handed over."""
    return ("hand-over", f"{lease}/{stage}")


def hand_over(world: World, plan: StagePlan) -> Generator[Event, object, None]:
    """Hand a stage over; what is late is a disturbance from the promised date on.

    In the plan the tenant stays, however late it is. A lease that a deal brings about is promised for the day of
    closing at the earliest.
    """
    promised = plan.promised
    if plan.signed is not None:
        yield world.reached(plan.signed)
        promised = max(promised, world.clock.now)
        world.span(plan.fact, 0.0, causes.NOT_BEFORE)
    handed, begin = plan.offered(world, promised), max(0.0, promised)
    acts = max(promised + plan.outside, plan.known)
    then = plan.then if handed > acts and isnan(plan.handed) and world.conditions.risks else "stay"
    if then == "end":
        handed = acts
    elif then == "step_in":
        handed = acts + (handed - acts) * (1.0 - world.conditions.draw(plan.cut))
    if handed > begin:
        yield world.clock.until(begin)
        world.record("disruptions", "landlord", plan.lease, plan.site, begin, handed - begin)
    if then != "stay":
        yield world.clock.until(acts, DEADLINE)
        world.record(RECORDS, plan.name, then, acts, promised)
    if then == "end":
        world.forgo(plan.fact)
        return
    yield world.clock.until(handed)
    world.span(plan.fact, begin, causes.LANDLORD)
    world.record(RECORDS, plan.name, "handed_over", handed, promised)
    world.note(plan.fact)
