"""Contract terms as they are declared: tranches of MW with a due date, grace, damages, longstop and value."""

from datetime import date
from typing import Annotated

from pydantic import Field, model_validator

from buildsim.domain.contracts.withdrawal import Withdrawal
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Mw, Share, Usd


class Option(Declared):
    """A customer's option on a tranche: its blocks are built only if it is exercised."""

    exercise_by: date
    """The decision is made at the end of this day."""
    probability: Annotated[Share, Field(ge=0, le=1)]
    """That it is exercised while the customer's confidence is whole; each missed milestone lowers it."""


class Tranche(Declared):
    """A part of a contract that is delivered, and can be withdrawn, on its own."""

    mw: Annotated[Mw, Field(gt=0)]
    """Critical IT load to be delivered [MW]."""
    blocks: tuple[str, ...] = ()
    """The blocks (`site/hall`) or sites whose live MW fill it."""
    due: date | None = None
    """Delivery by the end of this day is on time. None: delivered before the start."""
    grace: Annotated[Days, Field(ge=0)] = 0.0
    """Days after the due date without consequence [days]."""
    longstop: Annotated[Days, Field(ge=0)] | None = None
    """Days after the due date at which the customer may end the tranche [days]; no right by default."""
    damages: Annotated[Usd, Field(ge=0)] = 0.0
    """For each missing MW and day after the grace period [USD per MW and day]."""
    value: Annotated[Usd, Field(ge=0)] = 0.0
    """Contract value over the term [USD]."""
    term: Annotated[Days, Field(gt=0)] | None = None
    """How long the customer pays, from delivery [days]."""
    option: Option | None = None
    """For a tranche that is not firm."""
    withdrawal: Withdrawal | None = None
    """How the customer behaves about this tranche, where it differs from the customer's own rule."""
    delivered: bool = False
    """In service before the start: part of the live MW, at no risk."""

    @model_validator(mode="after")
    def _consistent(self) -> "Tranche":
        if not self.delivered and (self.due is None or not self.blocks):
            raise ValueError("a tranche that is not delivered yet needs 'due' and 'blocks'")
        if self.longstop is not None and self.longstop < self.grace:
            raise ValueError("the longstop date comes before the end of the grace period")
        if self.option is not None and self.due is not None and self.option.exercise_by > self.due:
            raise ValueError("the option would be exercised after the tranche is due")
        if len(set(self.blocks)) < len(self.blocks):
            raise ValueError("a block is named twice")
        return self


class Contract(Declared):
    """A contract with one customer."""

    customer: str
    """Whose it is."""
    tranches: dict[str, Tranche]
    """Its tranches, in declared order."""
