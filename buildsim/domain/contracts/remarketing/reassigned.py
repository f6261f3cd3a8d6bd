"""Re-assigned: released capacity that fills another customer's late tranche."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from buildsim.domain.contracts.remarketing.lots import Lot, Placement
from buildsim.domain.contracts.standing import FULL, TAKER, Standing
from buildsim.engine.world import World

if TYPE_CHECKING:
    from buildsim.domain.contracts.fulfilment import Book

SLIGHT = 1e-9
"""MW that are no excess."""


@dataclass(slots=True)
class Reassigned(Placement):
    """MW of a lot that fill a late tranche, as far as its own blocks do not fill it first."""

    kind: ClassVar[str] = "reassigned"
    to: Standing = field(kw_only=True)
    book: "Book" = field(kw_only=True)

    def fill(self, world: World, block: str, given: float) -> None:
        """Take MW of a block that is live, for the tranche."""
        Placement.fill(self, world, block, given)
        self.to.fill(world, block, given)
        if self.to.missing == 0.0:
            self.book.filled(self.to)

    def give_back(self, mw: float) -> None:
        """Let the lot have MW again that the tranche does not need any more."""
        self.mw -= mw
        self.missing -= mw
        self.lot.idle += mw

    @property
    def term(self) -> float:
        """How long the tranche's customer pays [days]."""
        return self.to.plan.term

    @property
    def value(self) -> float:
        """What these MW are worth in the tranche [USD]."""
        return self.to.worth(self.mw)


class LateFirst:
    """Offers lots to late tranches, the longest overdue first."""

    def __init__(self, book: "Book") -> None:
        """Take the book of all tranches."""
        self.book = book
        self.waiting: list[Reassigned] = []
        """What has been re-assigned and has not come yet."""

    def offer(self, lot: Lot, now: float) -> bool:
        """Offer what is left of a lot; say whether any of it was taken."""
        found = False
        for standing in sorted(self.late(lot, now), key=lambda one: one.due):
            mw = min(lot.left, standing.missing - self.promised(standing))
            if mw > FULL:
                claim = Reassigned(standing.name, mw, now, lot=lot, to=standing, book=self.book)
                self.book.claim(claim, self.further(lot, standing), TAKER)
                self.waiting.append(claim)
                found = True
        return found

    def late(self, lot: Lot, now: float) -> Iterator[Standing]:
        """Yield the overdue tranches that a lot would bring further blocks of their generation, in declared order."""
        for standing in self.book.standing.values():
            alike = standing.plan.generation == lot.standing.plan.generation
            overdue = standing.bound and standing.missing > 0.0 and standing.due <= now
            if alike and overdue and self.further(lot, standing):
                yield standing

    @staticmethod
    def further(lot: Lot, standing: Standing) -> tuple[str, ...]:
        """Return the blocks of a lot that may not fill a tranche anyway."""
        own = (*standing.plan.blocks, *standing.plan.substitutes)
        return tuple(block for block in lot.blocks if block not in own)

    def promised(self, standing: Standing) -> float:
        """Return what has been re-assigned to a tranche and has not come yet [MW]."""
        return sum(one.missing for one in self.waiting if one.to is standing)

    def trim(self) -> list[Lot]:
        """Take back what tranches do not need any more, the latest first; return the lots that it comes from."""
        found = []
        for claim in reversed(self.waiting):
            excess = min(claim.missing, self.promised(claim.to) - claim.to.missing)
            if excess > SLIGHT:
                claim.give_back(excess)
                found.append(claim.lot)
        self.waiting = [claim for claim in self.waiting if claim.missing > SLIGHT]
        return found
