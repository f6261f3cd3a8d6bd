"""Contract terms as they are declared: master agreements, contracts, and tranches of MW with their dates and rights."""

from datetime import date
from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from buildsim.domain.contracts.damages import Credit
from buildsim.domain.contracts.prepayment import Prepayment
from buildsim.domain.contracts.price import Price
from buildsim.domain.contracts.withdrawal import Withdrawal
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Count, Days, Mw, Number, Share, Usd

Scope = Literal["tranche", "rest", "all"]


class Option(Declared):
    """A customer's option on a tranche."""

    exercise_by: date
    """The decision is made at the end of this day."""
    probability: Annotated[Share, Field(ge=0, le=1)]
    """That it is exercised while the customer's trust is whole; each missed milestone lowers it."""
    builds: bool = False
    """Whether its blocks are built whatever becomes of the option; by default they are begun when it is exercised."""


class Terms(Declared):
    """Terms of late delivery and payment. What a tranche leaves out its contract says, then the master agreement."""

    grace: Annotated[Days, Field(ge=0)] | None = None
    """Days after the due date without consequence [days]; 0 by default."""
    damages: Annotated[Usd, Field(ge=0)] | None = None
    """For each missing MW and day beyond grace [USD per MW and day]; 0 by default."""
    credits: tuple[Credit, ...] | None = None
    """Day-for-day credits: days of fee for each day of lateness, by how late it is."""
    retroactive: bool | None = None
    """Whether damages and credits count from the due date once grace is over; not by default."""
    cap: Annotated[Share, Field(gt=0)] | None = None
    """The most that damages and credits may reach [share of the tranche's value]; no cap by default."""
    longstop: Annotated[Days, Field(ge=0)] | None = None
    """Days after the due date, as force majeure extends it, at which the customer may end [days]; no right by
    default."""
    outside: Annotated[Days, Field(ge=0)] | None = None
    """Days after the first due date at which the customer may end, force majeure or not [days]; no right by default."""
    cure: Annotated[Days, Field(ge=0)] | None = None
    """Days after the customer's notice in which delivery averts the end [days]; 0 by default."""
    ends: Scope | None = None
    """What the right to end ends: the `tranche` (default), the `rest` of the contract, or `all` under the master."""
    force_majeure: tuple[str, ...] | None = None
    """Kinds (`storm`, `permit_hold`, `supplier_accident`, `landlord`) or ids of disturbances and leases that extend
    the dates; none by default."""
    prepayment: Prepayment | None = None
    """What is paid ahead of delivery."""
    term: Annotated[Days, Field(gt=0)] | None = None
    """How long the customer pays, from delivery [days]."""
    price: Price | None = None
    """What a unit of capacity costs, instead of the value of a tranche."""
    indexation: Annotated[Number, Field(ge=0, lt=1)] | None = None
    """By how much the fee rises with each full year of service [share]; 0 by default."""
    take_or_pay: Annotated[Share, Field(ge=0)] | None = None
    """Share of the fee that is owed for delivered capacity that the customer no longer needs; 100 % by default."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        grace = self.grace or 0.0
        if self.longstop is not None and self.longstop < grace:
            raise ValueError("the longstop date comes before the end of the grace period")
        if self.outside is not None and self.outside < (self.longstop if self.longstop is not None else grace):
            raise ValueError("the outside date comes before the longstop date or the end of the grace period")
        steps = [step.after for step in self.credits or ()]
        if len(set(steps)) < len(steps):
            raise ValueError("two steps of the credits begin on the same day")
        return self


class Tranche(Terms):
    """A part of a contract that is delivered, and can be ended, on its own."""

    mw: Annotated[Mw, Field(gt=0)] | None = None
    """Critical IT load to be delivered [MW]."""
    gpus: Annotated[Count, Field(gt=0)] | None = None
    """GPUs to be delivered, instead of MW; they need a `generation`."""
    generation: str | None = None
    """The generation that its blocks must be of."""
    blocks: tuple[str, ...] = ()
    """The blocks (`site/hall`) or sites whose live MW fill it."""
    substitutes: tuple[str, ...] = ()
    """Blocks or sites whose spare MW may fill it too."""
    due: date | None = None
    """Delivery by the end of this day is on time. None: delivered before the start."""
    value: Annotated[Usd, Field(ge=0)] | None = None
    """Contract value over the term [USD]."""
    option: Option | None = None
    """For a tranche that is not firm."""
    withdrawal: Withdrawal | None = None
    """How the customer behaves about this tranche, where it differs from the customer's own rule."""
    delivered: bool = False
    """In service before the start: part of the live MW, at no risk."""
    since: date | None = None
    """When a delivered tranche came into service; the start by default."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if (self.mw is None) == (self.gpus is None):
            raise ValueError("a tranche is sized by either 'mw' or 'gpus'")
        if self.gpus is not None and self.generation is None:
            raise ValueError("a tranche in GPUs needs a 'generation'")
        if not self.delivered and (self.due is None or not self.blocks):
            raise ValueError("a tranche that is not delivered yet needs 'due' and 'blocks'")
        if self.value is not None and self.price is not None:
            raise ValueError("a tranche has either a 'value' or a 'price'")
        if self.since is not None and not self.delivered:
            raise ValueError("only a tranche that is delivered has been in service 'since' a date")
        if self.option is not None and self.due is not None and self.option.exercise_by > self.due:
            raise ValueError("the option would be exercised after the tranche is due")
        if self.option is not None and self.delivered:
            raise ValueError("a delivered tranche cannot be an option any more")
        named = (*self.blocks, *self.substitutes)
        if len(set(named)) < len(named):
            raise ValueError("a block is named twice")
        return self


class Contract(Declared):
    """A contract with one customer: an order under a master agreement, or on its own."""

    customer: str
    """Whose it is."""
    master: str | None = None
    """The master agreement that it is an order under."""
    signed: date | None = None
    """When it was or will be signed; before the start by default."""
    terms: Terms = Terms()
    """Terms of its tranches, where they do not say otherwise."""
    tranches: dict[str, Tranche]
    """Its tranches, in declared order."""


class Master(Declared):
    """A master agreement."""

    customer: str
    """Whose it is."""
    terms: Terms = Terms()
    """Terms of the orders under it, where they do not say otherwise."""


DEFAULTS: dict[str, Any] = {
    "grace": 0.0, "damages": 0.0, "credits": (), "retroactive": False, "cure": 0.0, "ends": "tranche",
    "force_majeure": (), "indexation": 0.0, "take_or_pay": 1.0,
}  # fmt: skip
"""What holds where nobody says otherwise; for the other terms, nothing."""


def settled(tranche: Tranche, contract: Contract, master: Master | None) -> Terms:
    """Return the terms that hold for a tranche: its own before its contract's, the master's and the defaults."""
    papers = (tranche, contract.terms, *((master.terms,) if master else ()))
    found = dict(DEFAULTS)
    for paper in reversed(papers):
        found |= {
            name: getattr(paper, name)
            for name in Terms.model_fields
            if name not in ("source", "note") and getattr(paper, name) is not None
        }
    if tranche.value is not None and tranche.price is None:
        found.pop("price", None)
    return Terms.model_construct(**found)
