"""How customers behave when a tranche is late. A new rule is one new file and one line in the union here."""

from typing import Annotated

from pydantic import Field

from buildsim.domain.contracts.confidence import Temper
from buildsim.domain.contracts.withdrawal.binding import Binding
from buildsim.domain.contracts.withdrawal.contractual import Contractual
from buildsim.domain.contracts.withdrawal.lost_confidence import MONTH, LostConfidence
from buildsim.domain.contracts.withdrawal.redate import Redate
from buildsim.domain.contracts.withdrawal.strategic import Strategic
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Number, Share

Withdrawal = Annotated[Binding | Contractual | LostConfidence | Redate | Strategic, Field(discriminator="kind")]


class Customer(Declared):
    """A customer."""

    name: str
    """Who it is."""
    withdrawal: Withdrawal = Binding(kind="binding")
    """What it does when a tranche is late."""
    confidence_loss: Annotated[Share, Field(ge=0, le=1)] = 0.2
    """Share of its trust that each missed milestone costs; trust scales the chance that an option is taken."""
    grievance: Annotated[Number, Field(ge=0)] = 0.0
    """Its grievance at the start, in missed milestones."""
    wear: Annotated[Number, Field(ge=0)] = 0.0
    """By how much each late tranche adds to its grievance [number a month]."""
    recovery: Annotated[Share, Field(ge=0, le=1)] = 0.0
    """Share of its grievance that the delivery of a tranche takes away."""

    @property
    def temper(self) -> Temper:
        """How it takes lateness, by the day."""
        return Temper(self.grievance, self.confidence_loss, self.wear / MONTH, self.recovery)


__all__ = ["Binding", "Contractual", "Customer", "LostConfidence", "Redate", "Strategic", "Withdrawal"]
