"""Strategic: the customer's needs fall for reasons of its own, and it leaves what it may."""

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, log
from typing import Annotated, Literal

from pydantic import Field, model_validator
from simpy.events import Event

from buildsim.domain.contracts.withdrawal.lateness import PRESSURE, Decision, Lateness, RulePlan, Ruling, pressure
from buildsim.domain.contracts.withdrawal.patience import Hazard, wear_out
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Share, UncertainMeasure
from buildsim.spec.uncertain import Uncertain

YEAR = 365.25
"""[days]"""


class Reasons(Declared):
    """Why a customer's needs fall, and how often each befalls one, at a tightness of 1; at least one of them."""

    overbuild: UncertainMeasure | None = None
    """It has promised itself more than it can use [number a year]."""
    in_house: UncertainMeasure | None = None
    """It builds for itself [number a year]."""
    rival: UncertainMeasure | None = None
    """A rival serves it [number a year]."""

    @model_validator(mode="after")
    def _some(self) -> "Reasons":
        if not self.rates:
            raise ValueError("no reason has a rate; expected 'overbuild', 'in_house' or 'rival'")
        return self

    @property
    def rates(self) -> dict[str, Uncertain]:
        """The reasons that have a rate, with it."""
        named = {"overbuild": self.overbuild, "in_house": self.in_house, "rival": self.rival}
        return {reason: rate for reason, rate in named.items() if rate is not None}


class Strategic(Declared):
    """The customer's needs fall at some time; from then on it leaves what it may, and takes no more options.

    The first of the reasons counts. It befalls the customer, so all of its tranches at one moment; a tranche with such
    a rule of its own has needs of its own.
    """

    kind: Literal["strategic"]
    """The rule."""
    reasons: Reasons
    """Why needs fall, and how often."""
    share: Annotated[Share, Field(gt=0, le=1)] = 1.0
    """Share of what it may leave that it leaves."""

    def compile(self, name: str, inputs: Inputs) -> "StrategicPlan":
        """Compile the rule."""
        rates = self.reasons.rates
        return StrategicPlan(
            name.removeprefix("customers.").removesuffix(".withdrawal"),
            tuple(rates),
            tuple(inputs.column(f"{name}.reasons.{reason}", rate) for reason, rate in rates.items()),
            inputs.luck(f"{name}.time"),
            inputs.luck(f"{name}.reason"),
            self.share,
        )


@dataclass(frozen=True, slots=True)
class StrategicPlan(RulePlan):
    """The rule, compiled: columns and a number."""

    whose: str
    """The customer, or the tranche with needs of its own."""
    reasons: tuple[str, ...]
    columns: tuple[int, ...]
    """The column of each reason's rate [per year]."""
    time: int
    """The column of the uniform that decides when needs fall."""
    which: int
    """The column of the uniform that decides why."""
    share: float

    @property
    def fallen(self) -> tuple[str, str]:
        """The fact that needs have fallen."""
        return ("need", self.whose)

    @property
    def tranche(self) -> str:
        """The tranche with needs of its own, as `contract/tranche`; "" where they are the customer's."""
        contract, own, tranche = self.whose.removeprefix("contracts.").partition(".tranches.")
        return f"{contract}/{tranche}" if own else ""

    def rates(self, world: World) -> list[float]:
        """Return the rate of each reason at a tightness of 1 [per day]."""
        return [max(0.0, world.conditions.draw(column)) / YEAR for column in self.columns]

    def begin(self, world: World, customer: str) -> None:
        """Start the process by which needs fall; not in the plan."""
        if world.conditions.risks:
            world.clock.process(self.fall(world, customer))

    def fall(self, world: World, customer: str) -> Generator[Event, object, None]:
        """Let needs fall when the integral of all rates passes a keyed Exp(1)."""
        luck, rate = world.conditions.draw(self.time), sum(self.rates(world))
        patience = -log(1.0 - luck) if luck < 1.0 else inf
        never = world.clock.event()
        yield from wear_out(
            world, patience, lambda: Hazard(world.clock.now, rate * pressure(world)), (PRESSURE,), never
        )
        world.record("needs", customer, self.tranche, world.clock.now, self.reason(world), self.share)
        world.note(self.fallen)

    def reason(self, world: World) -> str:
        """Return the reason that comes first, if any does: each is as likely as its rate is of all of them."""
        rates = self.rates(world)
        left = world.conditions.draw(self.which) * sum(rates)
        for reason, rate in zip(self.reasons, rates, strict=True):
            if left < rate:
                return reason
            left -= rate
        return self.reasons[-1]

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Leave what is late once needs have fallen."""
        yield late.closed | world.reached(self.fallen)
        return None if late.closed.triggered else Decision(self.share, self.reason(world))

    def wants(self, world: World, customer: str) -> bool:
        """Whether the customer would still take an option: while it needs it."""
        return self.fallen not in world.facts
