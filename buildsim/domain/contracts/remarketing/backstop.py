"""The backstop: a buyer who has undertaken to pay for released capacity as long as it is live and unsold."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from pydantic import Field, SerializerFunctionWrapHandler, model_serializer, model_validator

from buildsim.domain.contracts.price import Price
from buildsim.domain.contracts.remarketing.lots import Lot
from buildsim.domain.contracts.standing import FULL
from buildsim.engine.inputs import Inputs
from buildsim.spec.base import Declared


class Backstop(Declared):
    """A buyer of last resort."""

    buyer: str
    """Who it is."""
    price: Price
    """What it pays, by the MW and month."""
    from_: date = Field(alias="from")
    """The first day on which it buys."""
    until: date
    """The last day that it pays for."""

    @model_validator(mode="after")
    def _consistent(self) -> "Backstop":
        if self.until < self.from_:
            raise ValueError("the backstop ends before it begins")
        if self.price.per != "mw_month":
            raise ValueError("a backstop is priced by the MW and month: 'per: mw_month'")
        return self

    @model_serializer(mode="wrap")
    def _as_declared(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        return {"from" if name == "from_" else name: value for name, value in handler(self).items()}

    def compile(self, inputs: Inputs) -> "BackstopPlan":
        """Compile the backstop."""
        return BackstopPlan(self.buyer, self.price.fee(1.0), inputs.day(self.from_), inputs.day(self.until) + 1.0)


@dataclass(frozen=True, slots=True)
class BackstopPlan:
    """A backstop, compiled."""

    buyer: str
    fee: float
    """What it pays [USD per MW and day]."""
    begin: float
    """[days]"""
    end: float
    """The end of its last day [days]."""


@dataclass(slots=True, eq=False)
class Stretch:
    """MW of a lot that the backstop pays for, from a moment until they are sold or the backstop ends."""

    lot: Lot
    mw: float
    service: float
    until: float


class Purchases:
    """What the backstop pays for in one replication: it gives way to whoever agrees to take the capacity."""

    def __init__(self, plan: BackstopPlan) -> None:
        """Take the terms."""
        self.plan = plan
        self.going: list[Stretch] = []
        self.over: list[Stretch] = []

    def settle(self, now: float, lots: Iterable[Lot], spare: Mapping[str, float]) -> None:
        """Buy what is live and unsold of lots now; `spare` are live MW by block.

        Lots with fewer blocks come first, so that those with more have the others; then those released first.
        """
        free = dict(spare)
        active = self.plan.begin <= now < self.plan.end
        for lot in sorted(lots, key=lambda lot: len(lot.blocks)):
            mw = 0.0
            for block in lot.blocks if active else ():
                got = min(free.get(block, 0.0), lot.left - mw)
                if got > 0.0:
                    mw += got
                    free[block] -= got
            self._hold(lot, mw, now)

    def _hold(self, lot: Lot, mw: float, now: float) -> None:
        """Pay for so many MW of a lot from now on."""
        mine = [stretch for stretch in self.going if stretch.lot is lot]
        more = mw - sum(stretch.mw for stretch in mine)
        if more > FULL:
            self.going.append(Stretch(lot, more, now, self.plan.end))
        for stretch in reversed(mine):
            gone = min(stretch.mw, -more)
            if gone > 0.0:
                more += gone
                self._cut(stretch, gone, now)

    def _cut(self, stretch: Stretch, mw: float, now: float) -> None:
        stretch.mw -= mw
        if now > stretch.service:
            self.over.append(Stretch(stretch.lot, mw, stretch.service, now))
        if stretch.mw <= FULL:
            self.going.remove(stretch)

    def of(self, lot: Lot) -> Iterator[tuple[float, float, float, float]]:
        """Yield what it paid for of a lot: begin, end, MW, USD."""
        for one in (*self.over, *self.going):
            if one.lot is lot:
                yield one.service, one.until, one.mw, one.mw * self.plan.fee * (one.until - one.service)
