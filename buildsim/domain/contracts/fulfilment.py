"""Fulfilment: live MW fill tranches, and each tranche runs from its option to delivery or withdrawal."""

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, isnan

from simpy.events import Event

from buildsim.domain.contracts.withdrawal.lateness import Decision, Lateness, RulePlan, misses
from buildsim.engine.clock import DEADLINE
from buildsim.engine.world import World

FULL = 0.01
"""Missing MW that count as none: by so much the check of a model lets a tranche exceed its blocks."""


@dataclass(frozen=True, slots=True)
class TranchePlan:
    """A tranche, compiled."""

    name: str
    """`contract/tranche`"""
    contract: str
    customer: str
    mw: float
    blocks: tuple[str, ...]
    due: float
    """The end of the due day [days]."""
    grace: float
    longstop: float
    damages: float
    value: float
    exercise: float
    """The end of the day of the option's decision [days]; NaN: a firm tranche."""
    probability: float
    confidence_loss: float
    luck: int
    """The column of the uniform that decides about withdrawal or re-dating."""
    option_luck: int
    rule: RulePlan
    lag: int
    """The column of the re-marketing lag; -1: released capacity stays idle."""
    revenue: float = 0.0
    """What the customer pays for a MW and day in service [USD]; 0 where no term is declared."""
    price: float = 1.0
    """The next customer's price relative to this one's."""


@dataclass(slots=True)
class Standing:
    """How a tranche stands in one replication."""

    plan: TranchePlan
    missing: float
    due: float
    outcome: str = "pending"
    delivered: float = float("nan")
    withdrawn: float = 0.0
    damages: float = 0.0
    deferred: float = 0.0
    """Revenue that late delivery has put off [USD]."""
    deferred_to: float = inf
    """Deferred revenue is reckoned up to here [days]; infinite before the due date is missed."""
    accrued_to: float = inf
    """Damages are accrued up to here [days]; infinite before the end of the grace period."""
    last_block: str = ""
    """The block that filled it; none if the customer left it."""
    bound: bool = True
    """Whether live MW are its: not before its option is exercised, nor after the customer has left it."""


class Book:
    """All tranches of one replication."""

    def __init__(self, world: World, plans: tuple[TranchePlan, ...], megawatts: dict[str, float]) -> None:
        """Take the tranches in declared order, and each block's MW."""
        self.world = world
        self.megawatts = megawatts
        self.standing = {plan.name: Standing(plan, plan.mw, plan.due, bound=isnan(plan.exercise)) for plan in plans}
        self.spare: dict[str, float] = {}
        """Live MW of each block that no tranche has taken."""
        self.claims: dict[str, list[Standing]] = {}
        """The tranches that each block may fill."""
        for standing in self.standing.values():
            for block in standing.plan.blocks:
                self.claims.setdefault(block, []).append(standing)

    def start(self) -> None:
        """Start a process for each block that fills tranches, and for each tranche."""
        for block in self.claims:
            self.world.clock.process(self.fill(block))
        for standing in self.standing.values():
            self.world.clock.process(self.run(standing))

    def fill(self, block: str) -> Generator[Event, object, None]:
        """Let a block's MW fill its tranches when it is live."""
        yield self.world.reached(("live", block))
        self.spare[block] = self.megawatts[block]
        self.share_out(block)

    def share_out(self, block: str) -> None:
        """Let a block's spare MW fill its tranches by due date, ties in declared order."""
        for standing in sorted(self.claims[block], key=lambda claim: claim.due):
            given = min(self.spare[block], standing.missing) if standing.bound else 0.0
            if given > 0.0:
                self.accrue(standing, self.world.clock.now)
                standing.missing -= given
                standing.last_block = block
                self.spare[block] -= given
                if standing.missing <= FULL:
                    standing.missing, standing.delivered = 0.0, self.world.clock.now
                    self.world.note(("delivered", standing.plan.name))

    def close(self) -> None:
        """Bring what is still late up to the horizon."""
        for standing in self.standing.values():
            self.accrue(standing, self.world.horizon)

    def accrue(self, standing: Standing, now: float) -> None:
        """Bring a late tranche's damages and deferred revenue up to a moment, at the MW that are missing now."""
        plan = standing.plan
        if now > standing.accrued_to:
            standing.damages += standing.missing * plan.damages * (now - standing.accrued_to)
            standing.accrued_to = now
        if now > standing.deferred_to:
            standing.deferred += standing.missing * plan.revenue * (now - standing.deferred_to)
            standing.deferred_to = now

    def run(self, standing: Standing) -> Generator[Event, object, None]:
        """Run a tranche: option, due date, grace, then the customer's rule."""
        plan, world = standing.plan, self.world
        if not standing.bound and not (yield from self.decide(standing)):
            return
        delivered = world.reached(("delivered", plan.name))
        if (yield from self.in_time(delivered, standing.due)):
            standing.outcome = "on_time"
            return
        self.miss(standing)
        standing.deferred_to = plan.due
        moved = plan.rule.redated(world, world.conditions.draw(plan.luck)) if world.conditions.risks else 0.0
        if moved > 0.0:
            standing.due += moved
            standing.outcome = "redated"
            self.rank(standing)
            if (yield from self.in_time(delivered, standing.due)):
                return
            self.miss(standing)
        if (yield from self.in_time(delivered, standing.due + plan.grace)):
            standing.outcome = "redated" if moved > 0.0 else "late"
            return
        standing.accrued_to = standing.due + plan.grace
        yield from self.late(standing, delivered)

    def late(self, standing: Standing, delivered: Event) -> Generator[Event, object, None]:
        """See a tranche through that is late beyond its grace period."""
        plan, world = standing.plan, self.world
        lateness = Lateness(
            plan.name,
            plan.customer,
            standing.due,
            standing.due + plan.longstop,
            delivered,
            world.conditions.draw(plan.luck),
        )
        decision = (yield from plan.rule.rule(world, lateness)) if world.conditions.risks else None
        if decision is not None:
            self.withdraw(standing, decision)
        if standing.missing > 0.0:
            yield delivered
        if standing.outcome not in ("withdrawn", "withdrawn_in_part"):
            standing.outcome = "damages"

    def decide(self, standing: Standing) -> Generator[Event, object, bool]:
        """Decide an option; say whether it was exercised."""
        plan, world = standing.plan, self.world
        yield world.clock.until(plan.exercise, DEADLINE)
        confidence = (1.0 - plan.confidence_loss) ** world.levels.get(misses(plan.customer))
        if world.conditions.risks and world.conditions.draw(plan.option_luck) >= plan.probability * confidence:
            standing.outcome = "lapsed"
            self.release(standing, standing.missing, "option_lapsed")
            return False
        standing.bound = True
        world.note(("option", plan.name))
        for block in plan.blocks:
            if block in self.spare:
                self.share_out(block)
        return True

    def in_time(self, delivered: Event, deadline: float) -> Generator[Event, object, bool]:
        """Wait for delivery or a deadline; say which came. What is delivered at the deadline is in time."""
        if not delivered.triggered:
            yield delivered | self.world.clock.until(deadline, DEADLINE)
        return delivered.triggered

    def miss(self, standing: Standing) -> None:
        """Count a missed milestone against the customer's confidence."""
        name = misses(standing.plan.customer)
        self.world.levels.set(name, self.world.levels.get(name) + 1.0)

    def withdraw(self, standing: Standing, decision: Decision) -> None:
        """Take undelivered MW out of a tranche; what is delivered stays."""
        self.accrue(standing, self.world.clock.now)
        gone = standing.missing * decision.share
        standing.missing -= gone
        standing.withdrawn += gone
        whole = standing.missing <= FULL
        standing.outcome = "withdrawn" if whole and gone >= standing.plan.mw - FULL else "withdrawn_in_part"
        self.release(standing, gone, decision.trigger)
        if whole:
            standing.missing, standing.bound, standing.last_block = 0.0, False, ""
            self.rank(standing)

    def rank(self, standing: Standing) -> None:
        """Let the work on a tranche's blocks follow the dates of the tranches that they still have to fill.

        Work goes on after everything else where there is none, and is put off where the first date is a later one.
        """
        for block in standing.plan.blocks:
            claims = self.claims[block]
            open_dates = [claim.due for claim in claims if claim.outcome != "lapsed" and claim.missing > 0.0]
            later = min(open_dates, default=inf) - min(claim.plan.due for claim in claims)
            if not open_dates:
                self.world.demote([block])
            elif later > 0.0:
                self.world.defer([block], later)

    def release(self, standing: Standing, mw: float, trigger: str) -> None:
        """Write down what a customer let go of, and offer it to others."""
        plan, world, day = standing.plan, self.world, self.world.clock.now
        row = (plan.contract, plan.customer, plan.name, day, mw, plan.value * mw / plan.mw, trigger)
        lag = world.conditions.draw(plan.lag) if plan.lag >= 0 and trigger != "option_lapsed" else inf
        found = day + lag <= world.horizon
        recovered = plan.value * mw / plan.mw * plan.price if found else 0.0
        world.record("withdrawals", *row, day + lag if found else float("nan"), recovered)
