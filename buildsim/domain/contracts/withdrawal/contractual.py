"""Contractual: the right to end a tranche at its longstop or outside date, exercised with a probability."""

from dataclasses import dataclass
from math import isinf
from typing import Literal

from buildsim.domain.contracts.withdrawal.lateness import Decision, Lateness, RulePlan, Ruling, leaving, pressure
from buildsim.engine.clock import DEADLINE
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainShare


class Contractual(Declared):
    """The customer may end what is undelivered at the longstop or outside date, and does so with a probability."""

    kind: Literal["contractual"]
    """The rule."""
    probability: UncertainShare
    """That the right is exercised, at a tightness of 1."""

    def compile(self, name: str, inputs: Inputs) -> "ContractualPlan":
        """Compile the rule."""
        return ContractualPlan(inputs.column(f"{name}.probability", self.probability))


@dataclass(frozen=True, slots=True)
class ContractualPlan(RulePlan):
    """The rule, compiled: a column."""

    probability: int

    def rule(self, world: World, late: Lateness) -> Ruling:
        """Decide at the longstop or outside date, once."""
        if isinf(late.longstop):
            yield late.closed
            return None
        yield late.closed | world.clock.until(late.longstop, DEADLINE)
        likely = leaving(world.conditions.draw(self.probability), pressure(world))
        return None if late.closed.triggered or late.luck >= likely else Decision(1.0, late.right)
