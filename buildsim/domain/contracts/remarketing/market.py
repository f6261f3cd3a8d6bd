"""The market: a customer without a name, found after a while."""

from dataclasses import dataclass, field
from typing import ClassVar

from buildsim.domain.contracts.remarketing.lots import Placement


@dataclass(slots=True)
class Sale(Placement):
    """MW of a lot that are sold on the market. Work on its blocks does not follow it."""

    kind: ClassVar[str] = "market"
    price: float = field(kw_only=True)
    """Relative to the old one."""

    @property
    def open(self) -> bool:
        """Whether work on its blocks is for somebody: nobody in particular."""
        return False

    @property
    def value(self) -> float:
        """What the customer pays over the term of the one who left [USD]."""
        return self.lot.standing.worth(self.mw) * self.price
