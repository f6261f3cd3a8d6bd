"""A lease that is still to be signed: until then nothing of it is handed over."""

from typing import Literal

from buildsim.domain.deals.closing import DealPlan, Partnered, base, likely, paid
from buildsim.engine.inputs import Inputs
from buildsim.spec.quantity import UncertainDate, UncertainShare


class LeaseDeal(Partnered):
    """Capacity that is leased from a partner."""

    kind: Literal["lease"]
    """The kind of deal."""
    closes: UncertainDate
    """It is signed at the end of this day."""
    probability: UncertainShare
    """That it is."""
    leases: tuple[str, ...] = ()
    """The leases that it brings about: nothing is handed over before it closes, and nothing at all if it fails."""

    @property
    def held(self) -> tuple[str, ...]:
        """The leases that it brings about."""
        return self.leases

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
            closes=inputs.date_column(f"{base(name)}.closes", self.closes),
            price=paid(name, self.price, inputs),
        )
