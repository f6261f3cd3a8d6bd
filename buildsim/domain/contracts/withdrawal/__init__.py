"""How customers behave when a tranche is late. A new rule is one new file and one line in the union here."""

from typing import Annotated

from pydantic import Field

from buildsim.domain.contracts.withdrawal.binding import Binding
from buildsim.domain.contracts.withdrawal.longstop import Longstop
from buildsim.domain.contracts.withdrawal.lost_confidence import LostConfidence
from buildsim.domain.contracts.withdrawal.redate import Redate
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Share

Withdrawal = Annotated[Binding | Longstop | LostConfidence | Redate, Field(discriminator="kind")]


class Customer(Declared):
    """A customer."""

    name: str
    """Who it is."""
    withdrawal: Withdrawal = Binding(kind="binding")
    """What it does when a tranche is late."""
    confidence_loss: Annotated[Share, Field(ge=0, le=1)] = 0.2
    """Share of its confidence that each missed milestone costs; it scales the chance that an option is taken."""


__all__ = ["Binding", "Customer", "Longstop", "LostConfidence", "Redate", "Withdrawal"]
