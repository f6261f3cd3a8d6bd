"""Lost confidence: a hazard of withdrawal while a tranche is late, which grows with each missed milestone."""

from collections.abc import Generator
from dataclasses import dataclass
from math import inf, log
from typing import Annotated, Literal

from pydantic import Field
from simpy.events import Event

from buildsim.domain.contracts.withdrawal.lateness import Decision, Lateness, RulePlan, Ruling, misses
from buildsim.engine.clock import DEADLINE
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Share, UncertainShare

MONTH = 30.4375
"""[days]"""
SPENT = 1e-12
"""Patience that counts as none."""


class LostConfidence(Declared):
    """A hazard of withdrawal while a tranche is late beyond its grace period.

    It is `monthly` a month, times `growth` for each other milestone that the customer has seen missed.
    """

    kind: Literal["lost_confidence"]
    """The rule."""
    monthly: UncertainShare
    """Hazard of withdrawal with the first missed milestone [per month]."""
    growth: Annotated[float, Field(ge=1)] = 1.5
    """Factor on the hazard for each further missed milestone."""
    part: Annotated[Share, Field(gt=0, le=1)] = 1.0
    """Share of the undelivered MW that is withdrawn."""

    def compile(self, name: str, inputs: Inputs) -> "LostConfidencePlan":
        """Compile the rule."""
        return LostConfidencePlan(inputs.column(f"{name}.monthly", self.monthly), self.growth, self.part)


@dataclass(frozen=True, slots=True)
class LostConfidencePlan(RulePlan):
    """The rule, compiled: a column and two numbers."""

    monthly: int
    growth: float
    part: float

    def hazard(self, world: World, customer: str) -> float:
        """Return the present hazard [per day]."""
        seen = max(0.0, world.levels.get(misses(customer)) - 1.0)
        return float(world.conditions.draw(self.monthly) / MONTH * self.growth**seen)

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Withdraw when the integral of the hazard passes the tranche's patience, a keyed Exp(1)."""
        yield from self._wear_out(world, late, -log(1.0 - late.luck) if late.luck < 1.0 else inf)
        return None if late.delivered.triggered else Decision(self.part, "lost_confidence")

    def _wear_out(self, world: World, late: Lateness, patience: float) -> Generator[Event, object, None]:
        while patience > SPENT and not late.delivered.triggered:
            since, rate = world.clock.now, self.hazard(world, late.customer)
            moment = since + patience / rate if rate > 0.0 else inf
            notice = world.levels.changed(world.clock, misses(late.customer))
            waits = late.delivered | notice
            yield waits | world.clock.until(moment, DEADLINE) if moment <= world.horizon else waits
            patience = 0.0 if world.clock.now >= moment else patience - rate * (world.clock.now - since)
