"""Re-dating: the customer accepts a later date instead, so many times for each tranche."""

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.contracts.withdrawal.lateness import RulePlan, pressure, staying
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainDays, UncertainShare


class Redate(Declared):
    """A missed date is moved, with a probability; who does not move it stays and takes damages."""

    kind: Literal["redate"]
    """The rule."""
    probability: UncertainShare
    """That a missed date is moved, at a tightness of 1."""
    days: UncertainDays
    """By how long [days]."""
    times: Annotated[int, Field(ge=1)] = 1
    """How many times the date of a tranche is moved at most."""

    def compile(self, name: str, inputs: Inputs) -> "RedatePlan":
        """Compile the rule."""
        return RedatePlan(
            inputs.column(f"{name}.probability", self.probability),
            inputs.column(f"{name}.days", self.days),
            self.times,
        )


@dataclass(frozen=True, slots=True)
class RedatePlan(RulePlan):
    """The rule, compiled: columns and a number."""

    probability: int
    days: int
    times: int = 1

    @property
    def moves(self) -> int:
        """How many times a missed date may be moved at most."""
        return self.times

    def redated(self, world: World, luck: float, time: int) -> float:
        """Return by how long a missed date is moved [days]."""
        draw = world.conditions.draw
        likely = staying(draw(self.probability), pressure(world)) if time < self.times else 0.0
        return draw(self.days) if luck < likely else 0.0
