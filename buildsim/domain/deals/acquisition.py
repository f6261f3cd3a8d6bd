"""The acquisition of a partner: its owners vote, and the rent that was owed to it falls away."""

from typing import Literal

from buildsim.domain.deals.closing import DealPlan, Partnered, base, likely, paid
from buildsim.engine.inputs import Inputs
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Date, UncertainDate, UncertainShare


class Vote(Declared):
    """The vote of a partner's owners."""

    probability: UncertainShare
    """That they agree."""
    date: Date | None = None
    """They vote by the end of this day; on the closing date by default, and at the latest."""


class Acquisition(Partnered):
    """A partner is bought."""

    kind: Literal["acquisition"]
    """The kind of deal."""
    closes: UncertainDate
    """It closes at the end of this day, if the owners agree."""
    vote: Vote
    """The vote of the partner's owners."""
    leases: tuple[str, ...] = ()
    """The leases whose landlord it is: from closing on their rent is not owed."""

    @property
    def bought(self) -> tuple[str, ...]:
        """The leases whose landlord it is."""
        return self.leases

    def compile(self, name: str, mw: float, inputs: Inputs) -> DealPlan:
        """Compile; `mw` is what it brings."""
        luck, probability = likely(name, self.vote.probability, inputs)
        decided = {} if self.vote.date is None else {"decided": inputs.day(self.vote.date) + 1.0}
        return DealPlan(
            name,
            self.kind,
            self.partner,
            mw,
            luck,
            probability,
            inputs.origin,
            closes=inputs.date_column(f"{base(name)}.closes", self.closes),
            price=paid(name, self.price, inputs),
            failure="voted_down",
            leases=self.leases,
            **decided,
        )
