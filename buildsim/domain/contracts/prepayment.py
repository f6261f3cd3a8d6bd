"""Prepayments: paid ahead of delivery, credited while the capacity is used, refunded or kept when MW are withdrawn."""

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Share


class Prepayment(Declared):
    """What the customer pays ahead."""

    share: Annotated[Share, Field(gt=0)]
    """Of the tranche's value."""
    ahead: Annotated[Days, Field(ge=0)] | None = None
    """Paid so long before the due date [days]; at signing by default."""
    credit_from: Annotated[Days, Field(ge=0)] = 0.0
    """From so long after delivery it is credited [days]."""
    credit_over: Annotated[Days, Field(gt=0)] | None = None
    """Over which time, evenly [days]; the term by default."""
    refund: Annotated[Share, Field(ge=0)] = 1.0
    """Share of what is held that is refunded when MW are withdrawn; the rest is kept."""


@dataclass(frozen=True, slots=True)
class PrepaymentPlan:
    """A prepayment, compiled."""

    amount: float
    """For the whole tranche [USD]."""
    ahead: float
    """How long before the due date it is paid [days]; infinite: at signing."""
    credit_from: float
    credit_over: float
    refund: float

    def paid_on(self, signed: float, due: float) -> float:
        """Return the day on which it is paid: at signing, or ahead of the due date but not before signing."""
        return max(signed, due - self.ahead)

    def credited(self, held: float, served: float) -> float:
        """Return what of a held amount is credited after so many days of service [USD]."""
        return held * min(1.0, max(0.0, (served - self.credit_from) / self.credit_over))


@dataclass(slots=True)
class Purse:
    """What became of a tranche's prepayment: paid in = credited + refunded + kept + held."""

    paid: float = 0.0
    credited: float = 0.0
    refunded: float = 0.0
    kept: float = 0.0

    @property
    def held(self) -> float:
        """What is neither credited nor given back [USD]."""
        return self.paid - self.credited - self.refunded - self.kept

    def give_back(self, amount: float, refund: float) -> tuple[float, float]:
        """Take an amount out of what is held; return (refunded, kept) [USD]."""
        back = amount * refund
        self.refunded += back
        self.kept += amount - back
        return back, amount - back
