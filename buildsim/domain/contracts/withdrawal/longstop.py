"""Longstop: the right to end a tranche at its longstop date, exercised with a probability."""

from dataclasses import dataclass
from math import isinf
from typing import Literal

from buildsim.domain.contracts.withdrawal.lateness import Decision, Lateness, RulePlan, Ruling
from buildsim.engine.clock import DEADLINE
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainShare


class Longstop(Declared):
    """The customer may end what is undelivered at the longstop date, and does so with a probability."""

    kind: Literal["longstop"]
    """The rule."""
    probability: UncertainShare
    """That the right is exercised."""

    def compile(self, name: str, inputs: Inputs) -> "LongstopPlan":
        """Compile the rule."""
        return LongstopPlan(inputs.column(f"{name}.probability", self.probability))


@dataclass(frozen=True, slots=True)
class LongstopPlan(RulePlan):
    """The rule, compiled: a column."""

    probability: int

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Decide at the longstop date, once."""
        if isinf(late.longstop) or late.luck >= world.conditions.draw(self.probability):
            yield late.delivered
            return None
        yield late.delivered | world.clock.until(late.longstop, DEADLINE)
        return None if late.delivered.triggered else Decision(1.0, "longstop")
