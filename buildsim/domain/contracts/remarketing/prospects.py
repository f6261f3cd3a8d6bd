"""Prospects: customers who come for capacity, wait for it for a while, and take what others have let go of."""

from dataclasses import dataclass, field
from math import inf
from typing import Annotated, ClassVar

from pydantic import Field, model_validator

from buildsim.domain.contracts.remarketing.lots import Lot, Placement
from buildsim.domain.contracts.standing import FULL
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Mw, Number, UncertainDate, UncertainDays, UncertainMW

SLIGHT = 1e-9
"""By so many MW a lot may be smaller than the least that a prospect takes."""


class Prospect(Declared):
    """A customer who would take released capacity."""

    customer: str | None = None
    """Which customer it is, if it is one of the model's."""
    arrives: UncertainDate
    """When it comes."""
    mw: UncertainMW
    """The most that it takes [MW]."""
    price: Annotated[Number, Field(ge=0)] = 1.0
    """What it pays relative to the fee of the one who left."""
    generation: str | None = None
    """The generation of GPUs that it wants; any by default."""
    fit_out: UncertainDays | None = None
    """From capacity that is live and agreed to its service [days]; none by default."""
    least: Annotated[Mw, Field(ge=0)] = 0.0
    """No lot smaller than this is of use to it [MW]."""
    patience: Annotated[Days, Field(ge=0)] | None = None
    """How long it waits for what it still wants [days]; without end by default."""
    term: Annotated[Days, Field(gt=0)]
    """How long it pays, from its service [days]."""

    @model_validator(mode="after")
    def _takes_something(self) -> "Prospect":
        if self.least > self.mw.dist.high:
            raise ValueError("'least' is more than the most that it takes")
        return self

    def compile(self, key: str, inputs: Inputs) -> "ProspectPlan":
        """Compile the prospect; `key` is its id."""
        base = f"remarketing.prospects.{key}"
        return ProspectPlan(
            name=key,
            arrives=inputs.date_column(f"{base}.arrives", self.arrives),
            origin=inputs.origin,
            mw=inputs.column(f"{base}.mw", self.mw),
            fit_out=inputs.column(f"{base}.fit_out", self.fit_out) if self.fit_out else -1,
            price=self.price,
            generation=self.generation,
            least=self.least,
            patience=inf if self.patience is None else self.patience,
            term=self.term,
        )


@dataclass(frozen=True, slots=True)
class ProspectPlan:
    """A prospect, compiled: columns and numbers."""

    name: str
    arrives: int
    """The column of the date on which it comes."""
    origin: int
    """The model's start, from which dates count [day ordinal]."""
    mw: int
    fit_out: int
    """The column of its time for fit-out; -1: none."""
    price: float = 1.0
    generation: str | None = None
    least: float = 0.0
    patience: float = inf
    term: float = inf


class Seeker:
    """A prospect in one replication."""

    def __init__(self, world: World, plan: ProspectPlan) -> None:
        """Draw when it comes, what it wants, and how long its fit-out takes."""
        draw = world.conditions.draw
        self.plan = plan
        self.arrives = draw(plan.arrives) - plan.origin
        self.wanted = draw(plan.mw)
        """MW that it still wants."""
        self.fit_out = draw(plan.fit_out) if plan.fit_out >= 0 else 0.0

    def waits(self, now: float) -> bool:
        """Whether it is there and still wants something."""
        return self.wanted > FULL and self.arrives <= now <= self.arrives + self.plan.patience

    def take(self, lot: Lot, now: float) -> "Tenancy | None":
        """Agree to take what it can use of a lot; None if it can use nothing."""
        plan, mw = self.plan, min(lot.left, self.wanted)
        suits = plan.generation in (None, lot.standing.plan.generation)
        if not suits or mw <= 0.0 or mw < plan.least - SLIGHT:
            return None
        self.wanted -= mw
        return Tenancy(plan.name, mw, now, lot=lot, seeker=self)


@dataclass(slots=True)
class Tenancy(Placement):
    """MW of a lot that a prospect has agreed to take."""

    kind: ClassVar[str] = "prospect"
    seeker: Seeker = field(kw_only=True)

    @property
    def fit_out(self) -> float:
        """From live capacity to service [days]."""
        return self.seeker.fit_out

    @property
    def term(self) -> float:
        """How long the prospect pays [days]."""
        return self.seeker.plan.term

    @property
    def value(self) -> float:
        """What the prospect pays over its term [USD]."""
        return self.mw * self.lot.standing.plan.fee * self.seeker.plan.price * self.seeker.plan.term
