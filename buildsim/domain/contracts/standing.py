"""How tranches stand: what is promised, what is missing, what lateness has cost so far."""

from dataclasses import dataclass, field
from math import inf, isnan, nan

from buildsim.domain.contracts.damages import Damages
from buildsim.domain.contracts.majeure import Excuse
from buildsim.domain.contracts.prepayment import PrepaymentPlan, Purse
from buildsim.domain.contracts.withdrawal.lateness import RulePlan
from buildsim.engine.world import World

FULL = 0.01
"""Missing MW that count as none: by so much the check of a model lets a tranche exceed its blocks."""
NOTHING, NONE = Damages(), Excuse()
"""No damages, and no force majeure."""
OWN, SUBSTITUTE, TAKER = 0, 1, 2
"""In this order claims on a block are served: who named it, who takes it instead of its own, who took it over."""


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
    rule: RulePlan
    luck: int
    """The column of the uniform that decides about withdrawal."""
    moves: tuple[int, ...] = ()
    """The columns of the uniforms that decide about each re-dating, in their order."""
    master: str = ""
    """The master agreement; "" for a contract that stands alone."""
    signed: float = 0.0
    """When it was signed, at the earliest the start [days]."""
    substitutes: tuple[str, ...] = ()
    grace: float = 0.0
    longstop: float = inf
    """Days after the due date, force majeure included [days]."""
    outside: float = inf
    """Days after the first due date, force majeure or not [days]."""
    cure: float = 0.0
    ends: str = "tranche"
    """What the right to end ends: `tranche`, `rest` or `all`."""
    damages: Damages = NOTHING
    excuse: Excuse = NONE
    value: float = 0.0
    fee: float = 0.0
    """What the customer pays for a MW and day in the first year of service [USD]; 0 where no term is declared."""
    term: float = nan
    prepayment: PrepaymentPlan | None = None
    exercise: float = nan
    """The end of the day of the option's decision [days]; NaN: a firm tranche."""
    probability: float = 1.0
    option_luck: int = -1
    builds: bool = False
    """Whether its blocks are built whatever becomes of the option."""
    generation: str = ""
    """The generation of its blocks; "" where they have none or several."""

    @property
    def firm(self) -> bool:
        """Whether it is no option."""
        return isnan(self.exercise)


@dataclass(slots=True)
class Claim:
    """A claim on live MW of some blocks."""

    name: str
    missing: float
    """MW that it still wants."""
    due: float
    """The date that orders it among the claims on a block [days]."""
    bound: bool = True
    """Whether live MW are its: not before an option is exercised, nor after the customer has left."""
    last_block: str = ""
    """The block that filled it; none if the customer left it."""

    def fill(self, world: World, block: str, given: float) -> None:
        """Take MW of a block that is live."""
        self.missing -= given
        self.last_block = block
        if self.missing <= FULL:
            self.missing = 0.0

    @property
    def open(self) -> bool:
        """Whether work on its blocks is for somebody."""
        return self.missing > 0.0


@dataclass(slots=True)
class Standing(Claim):
    """How a tranche stands in one replication."""

    plan: TranchePlan = field(kw_only=True)
    outcome: str = "pending"
    delivered: float = nan
    withdrawn: float = 0.0
    extended: float = 0.0
    """By how much force majeure has moved its date [days]."""
    moved: float = 0.0
    """By how much its customer has [days]."""
    noticed: float = nan
    """When its customer gave notice [days]."""
    served: float = nan
    """From when on nothing was missing of what the customer kept [days]."""
    owed: float = 0.0
    """Damages and credits so far, before the cap [USD]."""
    deferred: float = 0.0
    """Revenue that late delivery has put off [USD]."""
    deferred_to: float = inf
    """Deferred revenue is reckoned up to here [days]; infinite before the due date is missed."""
    accrued_to: float = inf
    """Damages are accrued up to here [days]; infinite before they run."""
    purse: Purse = field(default_factory=Purse)
    pays: float = inf
    """When its prepayment is due [days]; infinite: none, or paid."""

    @property
    def open(self) -> bool:
        """Whether work on its blocks is for somebody."""
        return self.missing > 0.0 and self.outcome != "lapsed"

    @property
    def damages(self) -> float:
        """Damages and credits that fell due so far [USD]."""
        return min(self.owed, self.plan.damages.cap)

    @property
    def outside(self) -> float:
        """Its outside date [days]; infinite: none."""
        return self.plan.due + self.plan.outside

    @property
    def right(self) -> float:
        """When the customer may end it [days]; infinite: never."""
        return min(self.due + self.plan.longstop, self.outside)

    def accrue(self, now: float) -> None:
        """Bring damages and deferred revenue up to a moment, at the MW that are missing now."""
        plan = self.plan
        if now > self.accrued_to:
            self.owed += plan.damages.owed(self.missing, self.accrued_to - self.due, now - self.due)
            self.accrued_to = now
        if now > self.deferred_to:
            self.deferred += self.missing * plan.fee * (now - self.deferred_to)
            self.deferred_to = now

    def waive(self, now: float) -> None:
        """Owe nothing where it ends while its grace is not over."""
        if now < self.due + self.plan.grace:
            self.owed = 0.0

    def fill(self, world: World, block: str, given: float) -> None:
        """Take MW of a block that is live; the tranche is delivered when it is full."""
        self.accrue(world.clock.now)
        self.log(world, "delivered", given, self.worth(given), block)
        Claim.fill(self, world, block, given)
        if self.missing == 0.0:
            self.served = world.clock.now
            self.delivered = nan if self.withdrawn > 0.0 else self.served

    def worth(self, mw: float) -> float:
        """Return the value of some of its MW [USD]."""
        return self.plan.value * mw / self.plan.mw

    def log(
        self, world: World, event: str, mw: float = 0.0, usd: float = 0.0, block: str = "", day: float | None = None
    ) -> None:
        """Write down what has happened to it, now unless a day is given."""
        moment = world.clock.now if day is None else day
        world.record("contract_events", self.plan.name, block, moment, event, mw, usd)

    def prepay(self, world: World, now: float) -> None:
        """Let the prepayment come in that was due by a moment; what was withdrawn before is not paid for."""
        if self.pays <= now and self.plan.prepayment is not None:
            self.purse.paid = self.plan.prepayment.amount * (1.0 - self.withdrawn / self.plan.mw)
            if self.purse.paid > 0.0:
                self.log(world, "prepaid", usd=self.purse.paid, day=self.pays)
            self.pays = inf

    def settle(self, world: World, gone: float) -> None:
        """Refund or keep what was prepaid for MW that are withdrawn now."""
        if self.plan.prepayment is None:
            return
        self.prepay(world, world.clock.now)
        share = gone / (self.plan.mw - self.withdrawn)
        back, kept = self.purse.give_back(self.purse.held * share, self.plan.prepayment.refund)
        for event, usd in (("refunded", back), ("kept", kept)):
            if usd > 0.0:
                self.log(world, event, usd=usd)
