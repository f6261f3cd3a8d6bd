"""Released capacity as it is declared."""

from typing import Annotated, Literal

from pydantic import Field

from buildsim.domain.contracts.remarketing.backstop import Backstop
from buildsim.domain.contracts.remarketing.prospects import Prospect
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Number, UncertainDays


class Remarketing(Declared):
    """Where released capacity goes: to late tranches, prospects, the market and the backstop, in this order."""

    reassign: Literal["none", "late_first"] = "none"
    """Whether it is first offered to overdue tranches of the same generation, the longest overdue first."""
    lapsed: bool = False
    """Whether what a lapsed option leaves is offered too."""
    prospects: dict[str, Prospect] = {}
    """Customers who may take it."""
    lag: UncertainDays | None = None
    """From the release to the sale of what is left to a customer without a name [days]; there is none by default."""
    price: Annotated[Number, Field(ge=0)] = 1.0
    """The price of that sale relative to the old one."""
    backstop: Backstop | None = None
    """Who pays for what is live and unsold."""
