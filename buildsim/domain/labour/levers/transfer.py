"""A transfer: people of one labour market go to another."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from buildsim.domain.labour.levers.base import Switched
from buildsim.domain.labour.weeks import next_week
from buildsim.spec.quantity import Count, Date, Days, Usd


class Transfer(Switched):
    """People who go for good: `workers` of the pool that they leave shrinks by as many as that of the other grows."""

    kind: Literal["transfer"]
    """The kind of lever."""
    market: str
    """The labour market that they leave."""
    to: str
    """The labour market that they go to."""
    trades: tuple[str, ...] = ()
    """The trades of which people go; all that both markets have by default."""
    workers: Annotated[Count, Field(gt=0)]
    """How many of each trade; whole people, and no more than there are."""
    date: Date | None = None
    """When they leave, with the next week that begins; the model's start by default."""
    travel: Days = 0.0
    """How long they are on the way."""
    per_head: Annotated[Usd, Field(ge=0)]
    """What it costs for each [USD]."""

    @model_validator(mode="after")
    def _elsewhere(self) -> "Transfer":
        if self.market == self.to:
            raise ValueError(f"people cannot be transferred from '{self.market}' to itself: 'to' is another market")
        return self

    def acts_on(self, market: str, trade: str) -> bool:
        """Return whether people of a trade leave a market or come to it."""
        return market in (self.market, self.to) and (not self.trades or trade in self.trades)

    def moves(self, start: Date) -> tuple[int, int]:
        """Return the weeks with whose beginning they leave and arrive, in a model that begins at `start`."""
        day = float((self.date - start).days) if self.date else 0.0
        return max(0, next_week(day)), max(0, next_week(day + self.travel))
