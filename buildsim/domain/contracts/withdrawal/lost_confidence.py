"""Lost confidence: a hazard of withdrawal while a tranche is late, which grows with the customer's grievance."""

from dataclasses import dataclass
from math import inf, log
from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.contracts import confidence
from buildsim.domain.contracts.withdrawal.lateness import PRESSURE, Decision, Lateness, RulePlan, Ruling, pressure
from buildsim.domain.contracts.withdrawal.patience import Hazard, wear_out
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Share, UncertainShare

MONTH = 30.4375
"""[days]"""
STEEPEST = 700.0
"""The logarithm of a factor on the hazard above which the customer leaves at once."""


class LostConfidence(Declared):
    """A hazard of withdrawal while a tranche is late beyond its grace period.

    It is `monthly` a month at a grievance of 1, that is with the first missed milestone, and `growth` times as much
    for each further unit of grievance.
    """

    kind: Literal["lost_confidence"]
    """The rule."""
    monthly: UncertainShare
    """Hazard of withdrawal with the first missed milestone, at a tightness of 1 [per month]."""
    growth: Annotated[float, Field(ge=1, allow_inf_nan=False)] = 1.5
    """Factor on the hazard for each further unit of grievance, such as a missed milestone."""
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

    def hazard(self, world: World, customer: str) -> Hazard:
        """Return the present hazard."""
        grievance, slope = confidence.grievance(world, customer)
        return Hazard(
            world.clock.now,
            world.conditions.draw(self.monthly) / MONTH * self._factor(grievance - 1.0) * pressure(world),
            slope * log(self.growth),
        )

    def _factor(self, grievance: float) -> float:
        return self.growth**grievance if grievance * log(self.growth) <= STEEPEST else inf

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Withdraw when the integral of the hazard passes the tranche's patience, a keyed Exp(1)."""
        patience = -log(1.0 - late.luck) if late.luck < 1.0 else inf
        changes = (confidence.level(late.customer), PRESSURE)
        yield from wear_out(world, patience, lambda: self.hazard(world, late.customer), changes, late.closed)
        return None if late.closed.triggered else Decision(self.part, "lost_confidence")
