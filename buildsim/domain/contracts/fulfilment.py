"""Fulfilment: live MW fill tranches, and each tranche runs from its option to delivery or withdrawal."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field
from math import inf, isnan

from simpy.events import Event

from buildsim.domain.contracts import confidence
from buildsim.domain.contracts.confidence import Temper
from buildsim.domain.contracts.majeure import extension
from buildsim.domain.contracts.remarketing import Lot, Outlet, OutletPlan
from buildsim.domain.contracts.standing import FULL, OWN, SUBSTITUTE, TAKER, Claim, Standing, TranchePlan
from buildsim.domain.contracts.withdrawal.lateness import Decision, Lateness, pressure, staying
from buildsim.engine.clock import DEADLINE
from buildsim.engine.world import Fact, World

LAPSED = "option_lapsed"
"""What sets off a lapse, whether the option was not taken or ended with another tranche."""
SOON = 1e-9
"""A date that force majeure moves by less stays [days]."""
Wait = Generator[Event, object, bool]


@dataclass(frozen=True, slots=True)
class Signed:
    """All that is signed, compiled."""

    tranches: tuple[TranchePlan, ...] = ()
    """In declared order."""
    tempers: Mapping[str, Temper] = field(default_factory=dict)
    """How each customer takes lateness."""
    outlet: OutletPlan = field(default_factory=OutletPlan)
    """Who takes what is released."""
    needs: Mapping[str, tuple[Fact, ...]] = field(default_factory=dict)
    """What each block hangs on that no taker can bring about, by block: hand-overs and deals."""


class Book:
    """All tranches of one replication."""

    def __init__(self, world: World, signed: Signed, megawatts: Mapping[str, float]) -> None:
        """Take what is signed, and each block's MW."""
        self.world = world
        self.megawatts = megawatts
        self.standing = {
            plan.name: Standing(plan.name, plan.mw, plan.due, bound=plan.firm and plan.signed <= 0.0, plan=plan)
            for plan in signed.tranches
        }
        self.spare: dict[str, float] = {}
        """Live MW of each block that no tranche has taken."""
        self.claims: dict[str, list[tuple[int, Claim]]] = {}
        """Who may take the MW of each block, with their order of service."""
        self.outlet = Outlet(world, self, signed.outlet)
        self.tempers = signed.tempers
        self.needs = signed.needs
        for standing in self.standing.values():
            self.claim(standing, standing.plan.blocks, OWN)
            self.claim(standing, standing.plan.substitutes, SUBSTITUTE)

    def claim(self, claim: Claim, blocks: tuple[str, ...], order: int) -> None:
        """Let a claim have what blocks bring, from now on."""
        for block in blocks:
            self.claims.setdefault(block, []).append((order, claim))

    def start(self) -> None:
        """Start the customers, and a process for each block that fills tranches and for each tranche."""
        plans = [standing.plan for standing in self.standing.values()]
        for customer in dict.fromkeys(plan.customer for plan in plans):
            confidence.start(self.world, customer, self.tempers.get(customer, Temper()))
        for rule, customer in dict.fromkeys((plan.rule, plan.customer) for plan in plans):
            rule.begin(self.world, customer)
        for block in self.claims:
            self.world.clock.process(self.fill(block))
        for standing in self.standing.values():
            self.world.clock.process(self.run(standing))
        self.outlet.start()

    def fill(self, block: str) -> Generator[Event, object, None]:
        """Let a block's MW fill its tranches when it is live."""
        yield self.world.reached(("live", block))
        self.spare[block] = self.megawatts[block]
        self.share_out(block)

    def share_out(self, block: str) -> None:
        """Let a live block's spare MW fill the claims on it: by order of service, due date, declared order."""
        for order, claim in sorted(self.claims[block], key=lambda one: (one[0], one[1].due)):
            spare = self.spare.get(block, 0.0) - (self.optional(block) if order == TAKER else 0.0)
            given = min(spare, claim.missing) if claim.bound else 0.0
            if given > 0.0:
                self.spare[block] -= given
                claim.fill(self.world, block, given)
                if isinstance(claim, Standing) and claim.missing == 0.0:
                    self.filled(claim)
        self.outlet.live(block)

    def optional(self, block: str) -> float:
        """Return the MW that options on a block may still ask for: nobody takes these over before that is decided."""
        return sum(claim.missing for _, claim in self.claims[block] if claim.open and not claim.bound)

    def filled(self, standing: Standing) -> None:
        """Tell that nothing of a tranche is missing any more; it is delivered if its customer has left none of it."""
        if standing.withdrawn == 0.0:
            confidence.delivered(self.world, standing.plan.customer)
            self.world.note(("delivered", standing.name))
        self.world.note(("closed", standing.name))

    def buildable(self, block: str) -> bool:
        """Return whether a block is live or may still be built."""
        return block in self.spare or not any(fact in self.world.forgone for fact in self.needs.get(block, ()))

    def close(self) -> None:
        """Bring what is still open up to the horizon."""
        horizon = self.world.horizon
        for standing in self.standing.values():
            standing.accrue(horizon)
            standing.waive(horizon)
            standing.prepay(self.world, horizon)
            if standing.plan.prepayment is not None and standing.served <= horizon:
                purse = standing.purse
                purse.credited = standing.plan.prepayment.credited(purse.held, horizon - standing.served)
        self.outlet.close()

    # -- a tranche's life -------------------------------------------------------------------------

    def run(self, standing: Standing) -> Generator[Event, object, None]:
        """Run a tranche: signing, option, due date, grace, then the customer's rule."""
        plan, world = standing.plan, self.world
        if plan.signed > 0.0:
            yield world.clock.until(plan.signed)
        self.sign(standing)
        if not plan.firm and not (yield from self.decide(standing)):
            return
        closed = world.reached(("closed", plan.name))
        moves = 0
        while not (yield from self.by_due(standing, closed)):
            self.miss(standing)
            moved = self.redated(standing, moves)
            if moved <= 0.0:
                break
            moves += 1
            self.move(standing, moved)
        else:
            self.done(standing)
            return
        if plan.damages.retroactive:
            standing.accrued_to = standing.due
        confidence.late(world, plan.customer, 1)
        if not (yield from self.in_time(closed, min(standing.due + plan.grace, standing.outside))):
            standing.accrued_to = min(standing.accrued_to, standing.due + plan.grace)
            standing.outcome = "pending"
            yield from self.late(standing, closed)
        self.done(standing)
        confidence.late(world, plan.customer, -1)

    def sign(self, standing: Standing) -> None:
        """Sign it: from now on live MW are its, unless it is an option."""
        plan = standing.plan
        standing.log(self.world, "signed" if plan.firm else "option", plan.mw, plan.value)
        if not plan.firm:
            return
        if plan.prepayment is not None:
            standing.pays = plan.prepayment.paid_on(self.world.clock.now, plan.due)
        if not standing.bound:
            self.bind(standing)

    def bind(self, standing: Standing) -> None:
        """Let live MW be its from now on."""
        standing.bound = True
        for block in (*standing.plan.blocks, *standing.plan.substitutes):
            self.share_out(block)

    def redated(self, standing: Standing, moves: int) -> float:
        """Return by how long the customer moves a date that has been missed [days]; 0: it does not."""
        plan, world = standing.plan, self.world
        if not world.conditions.risks or moves >= len(plan.moves) or world.clock.now >= standing.outside:
            return 0.0
        return plan.rule.redated(world, world.conditions.draw(plan.moves[moves]), moves)

    def move(self, standing: Standing, days: float) -> None:
        """Move a date that the customer has agreed to move."""
        standing.moved += days
        standing.due += days
        standing.outcome = "redated"
        standing.log(self.world, "redated", standing.missing, standing.worth(standing.missing))
        self.rank(standing)

    def by_due(self, standing: Standing, closed: Event) -> Wait:
        """Wait for the due date, as force majeure moves it, or for the outside date if that is earlier.

        Say whether nothing was missing by then.
        """
        while not (yield from self.in_time(closed, min(standing.due, standing.outside))):
            if standing.deferred_to == inf:
                standing.deferred_to = standing.plan.due
            agreed = standing.plan.due + standing.moved
            due = agreed + extension(standing.plan.excuse.events(self.world), agreed)
            if due <= standing.due + SOON or self.world.clock.now >= standing.outside:
                return False
            standing.due, standing.extended = due, due - agreed
            standing.log(self.world, "extended", standing.missing)
            self.rank(standing)
        return True

    def late(self, standing: Standing, closed: Event) -> Generator[Event, object, None]:
        """See a tranche through that is late beyond its grace period."""
        plan, world = standing.plan, self.world
        luck = world.conditions.draw(plan.luck)
        right = "outside" if standing.outside < standing.due + plan.longstop else "longstop"
        lateness = Lateness(plan.name, plan.customer, standing.due, standing.right, closed, luck, right)
        decision = (yield from plan.rule.rule(world, lateness)) if world.conditions.risks else None
        if decision is not None and not (yield from self.cured(standing, closed)):
            self.end(standing, decision)
        if not closed.triggered:
            yield closed

    def cured(self, standing: Standing, closed: Event) -> Wait:
        """Take a customer's notice; say whether delivery within the time to cure averts the end."""
        plan, world = standing.plan, self.world
        standing.noticed = world.clock.now
        standing.log(world, "noticed", standing.missing, standing.worth(standing.missing))
        if plan.cure <= 0.0:
            return False
        cured = yield from self.in_time(closed, world.clock.now + plan.cure)
        if cured and not isnan(standing.delivered):
            standing.log(world, "cured")
        return cured

    def decide(self, standing: Standing) -> Wait:
        """Decide an option; say whether it was exercised."""
        plan, world = standing.plan, self.world
        yield world.clock.until(plan.exercise, DEADLINE)
        if standing.outcome == "lapsed":
            return False
        if not self.taken(plan):
            self.lapse(standing)
            return False
        standing.log(world, "exercised", plan.mw, plan.value)
        if plan.prepayment is not None:
            standing.pays = plan.prepayment.paid_on(world.clock.now, plan.due)
        world.note(("option", plan.name))
        self.bind(standing)
        return True

    def taken(self, plan: TranchePlan) -> bool:
        """Return whether the customer takes its option."""
        world = self.world
        if not world.conditions.risks:
            return True
        likely = staying(plan.probability * confidence.trust(world, plan.customer), pressure(world))
        return plan.rule.wants(world, plan.customer) and world.conditions.draw(plan.option_luck) < likely

    def in_time(self, closed: Event, deadline: float) -> Wait:
        """Wait until nothing is missing, or for a deadline; say which came. What completes at it is in time."""
        if not closed.triggered:
            yield closed | self.world.clock.until(deadline, DEADLINE)
        return closed.triggered

    def done(self, standing: Standing) -> None:
        """Write down what became of a tranche that is delivered, by when it was."""
        plan, delivered = standing.plan, standing.delivered
        if isnan(delivered):
            return
        if delivered > standing.due + plan.grace:
            standing.outcome = "damages"
            return
        standing.owed = 0.0
        prompt = "on_time" if delivered <= standing.due else "late"
        standing.outcome = "redated" if standing.moved > 0.0 else prompt

    def miss(self, standing: Standing) -> None:
        """Count a missed milestone against the customer's confidence."""
        standing.log(self.world, "missed", standing.missing, standing.worth(standing.missing))
        confidence.missed(self.world, standing.plan.customer)

    # -- the end of a tranche ---------------------------------------------------------------------

    def end(self, standing: Standing, decision: Decision) -> None:
        """End a tranche, and whatever else the right to end it ends."""
        self.withdraw(standing, decision)
        if standing.open:
            return
        for other in self.scope(standing.plan):
            if other.open and other.bound:
                self.withdraw(other, Decision(1.0, decision.trigger))
            elif other.open and other.plan.signed <= self.world.clock.now:
                self.lapse(other)

    def scope(self, plan: TranchePlan) -> Iterator[Standing]:
        """Yield the other tranches that end with one."""
        for other in self.standing.values():
            same_paper = plan.master == other.plan.master if plan.master else plan.customer == other.plan.customer
            wide = plan.ends == "all" and same_paper
            if other.plan is not plan and (wide or (plan.ends == "rest" and plan.contract == other.plan.contract)):
                yield other

    def withdraw(self, standing: Standing, decision: Decision) -> None:
        """Take undelivered MW out of a tranche; what is delivered stays."""
        now, world = self.world.clock.now, self.world
        standing.accrue(now)
        standing.waive(now)
        gone = standing.missing * decision.share
        standing.settle(world, gone)
        standing.missing -= gone
        standing.withdrawn += gone
        whole = standing.missing <= FULL
        standing.outcome = "withdrawn" if whole and gone >= standing.plan.mw - FULL else "withdrawn_in_part"
        standing.log(world, "withdrawn", gone, standing.worth(gone))
        if whole:
            standing.missing, standing.bound, standing.last_block = 0.0, False, ""
            standing.served = now if standing.outcome == "withdrawn_in_part" else standing.served
            world.note(("withdrawn", standing.name))
            world.note(("closed", standing.name))
        self.outlet.offer(Lot(standing, gone, now, decision.trigger))
        if whole:
            self.rank(standing)

    def lapse(self, standing: Standing) -> None:
        """Let an option lapse."""
        standing.outcome = "lapsed"
        standing.log(self.world, "lapsed", standing.missing, standing.worth(standing.missing))
        self.world.forgo(("option", standing.name))
        self.outlet.offer(Lot(standing, standing.missing, self.world.clock.now, LAPSED, lapsed=True))

    def rank(self, standing: Standing) -> None:
        """Let the work on a tranche's blocks follow the dates of those that they still have to fill.

        Work goes on after everything else where there is none, and is put off where the first date is a later one.
        """
        for block in standing.plan.blocks:
            claims = [claim for order, claim in self.claims[block] if order != SUBSTITUTE]
            open_dates = [claim.due for claim in claims if claim.open]
            first = min(claim.plan.due for claim in claims if isinstance(claim, Standing))
            later = min(open_dates, default=inf) - first
            if not open_dates:
                self.world.demote([block])
            elif later > 0.0:
                self.world.defer([block], later)
