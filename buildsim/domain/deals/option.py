"""An option on a partner's capacity: decided on a date, paid for in any case."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.deals.closing import DealPlan, Partnered, likely, paid
from buildsim.engine.inputs import Inputs
from buildsim.spec.quantity import UncertainShare, Usd


class OptionDeal(Partnered):
    """The right to take a partner's capacity."""

    kind: Literal["option"]
    """The kind of deal."""
    exercise_by: date
    """It is decided at the end of this day; taken, it closes at once."""
    probability: UncertainShare
    """That it is taken."""
    fee: Annotated[Usd, Field(ge=0)] = 0.0
    """What the right costs, taken or not [USD]."""

    def compile(self, name: str, mw: float, inputs: Inputs) -> DealPlan:
        """Compile; `mw` is what it brings."""
        luck, probability = likely(name, self.probability, inputs)
        return DealPlan(
            name,
            self.kind,
            self.partner,
            mw,
            luck,
            probability,
            inputs.origin,
            decided=inputs.day(self.exercise_by) + 1.0,
            price=paid(name, self.price, inputs),
            fee=self.fee,
        )
