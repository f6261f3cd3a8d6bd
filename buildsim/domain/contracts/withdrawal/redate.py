"""Re-dating: the customer accepts a later date instead, once for each tranche."""

from dataclasses import dataclass
from typing import Literal

from buildsim.domain.contracts.withdrawal.lateness import RulePlan
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainDays, UncertainShare


class Redate(Declared):
    """A missed date is moved, with a probability; who does not move it stays and takes damages."""

    kind: Literal["redate"]
    """The rule."""
    probability: UncertainShare
    """That a missed date is moved."""
    days: UncertainDays
    """By how long [days]."""

    def compile(self, name: str, inputs: Inputs) -> "RedatePlan":
        """Compile the rule."""
        return RedatePlan(
            inputs.column(f"{name}.probability", self.probability), inputs.column(f"{name}.days", self.days)
        )


@dataclass(frozen=True, slots=True)
class RedatePlan(RulePlan):
    """The rule, compiled: columns."""

    probability: int
    days: int

    def redated(self, world: World, luck: float) -> float:
        """Return by how long a missed date is moved [days]."""
        draw = world.conditions.draw
        return draw(self.days) if luck < draw(self.probability) else 0.0
