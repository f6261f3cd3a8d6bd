"""The outlet: where the capacity goes that customers let go of."""

from collections.abc import Iterator
from math import inf, nan
from typing import TYPE_CHECKING

from simpy.events import Event

from buildsim.domain.contracts.remarketing.backstop import Purchases
from buildsim.domain.contracts.remarketing.lots import Lot
from buildsim.domain.contracts.remarketing.market import Sale
from buildsim.domain.contracts.remarketing.plan import OutletPlan
from buildsim.domain.contracts.remarketing.prospects import Seeker
from buildsim.domain.contracts.remarketing.reassigned import LateFirst, Reassigned
from buildsim.domain.contracts.standing import TAKER
from buildsim.engine.clock import DEADLINE
from buildsim.engine.world import World

if TYPE_CHECKING:
    from buildsim.domain.contracts.fulfilment import Book

SETTLING = DEADLINE + 1
"""The priority of settling what was released: after all deadlines of a moment."""
Row = tuple[str, str, float, float, float, float, float]


class Outlet:
    """Offers what customers of one replication let go of.

    What is released, comes free or is asked for at one moment is settled together at its end: so the order in which
    things happen within a moment does not matter.
    """

    def __init__(self, world: World, book: "Book", plan: OutletPlan) -> None:
        """Take the book of all tranches, and who takes what."""
        self.world = world
        self.book = book
        self.plan = plan
        self.order = {name: place for place, name in enumerate(book.standing)}
        self.lots: list[Lot] = []
        """In the order of their release."""
        self.fresh: list[Lot] = []
        """Those of which something has been released that late tranches have not been offered yet."""
        self.late_first = LateFirst(book)
        self.seekers: list[Seeker] = []
        """In the order of their arrival."""
        self.purchases = Purchases(plan.backstop) if plan.backstop else None
        self._settling = nan
        """The moment at whose end things are settled [days]; NaN: nothing is to be settled."""

    # -- what is told to it ----------------------------------------------------------------------

    def start(self) -> None:
        """Let prospects come, and the backstop begin and end."""
        self.seekers = sorted((Seeker(self.world, plan) for plan in self.plan.prospects), key=lambda one: one.arrives)
        moments = [seeker.arrives for seeker in self.seekers]
        if self.plan.backstop is not None:
            moments += [self.plan.backstop.begin, self.plan.backstop.end]
        for moment in moments:
            self.world.clock.appoint(max(0.0, moment), [self._look])

    def offer(self, lot: Lot) -> None:
        """Offer what a customer has let go of, at the end of this moment."""
        self.lots.append(lot)
        self.fresh += [*self.late_first.trim(), lot]
        if lot.day < self.market_day(lot) < inf:
            self.world.clock.appoint(self.market_day(lot), [self._look])
        self.wake()

    def live(self, block: str) -> None:
        """Take notice that a live block has been shared out."""
        self.fresh += self.late_first.trim()
        self.wake()

    def wake(self) -> None:
        """Settle at the end of this moment, if there is anything to settle."""
        now = self.world.clock.now
        if self.lots and self._settling != now:
            self._settling = now
            self.world.clock.appoint(now, [self._settle], priority=SETTLING)

    def _look(self, _: Event) -> None:
        self.wake()

    def _settle(self, _: Event) -> None:
        self._settling = nan
        self.settle()

    # -- what it does ----------------------------------------------------------------------------

    def settle(self) -> None:
        """Place what is idle: with late tranches, prospects, the market; let the backstop have what is left."""
        now = self.world.clock.now
        fresh, self.fresh = dict.fromkeys(self.fresh), []
        lots = sorted(self.lots, key=lambda lot: (lot.day, self.order[lot.standing.name]))
        offers = [lot for lot in lots if (self.plan.lapsed or not lot.lapsed) and self.worth_offering(lot)]
        followed = [lot for lot in fresh if lot.placements]
        if self.plan.late_first:
            followed += [lot for lot in offers if lot in fresh and self.late_first.offer(lot, now)]
        for seeker in self.seekers:
            followed += [lot for lot in offers if self.let(lot, seeker, now)]
        sold = [lot for lot in offers if self.sell(lot, now)]
        if fresh or followed or sold:
            for lot in lots:
                self.hand_over(lot)
        for lot in dict.fromkeys(followed):
            self.book.rank(lot.standing)
        if self.purchases is not None:
            self.purchases.settle(now, offers, self.book.spare)

    def worth_offering(self, lot: Lot) -> bool:
        """Return whether any of a lot's blocks is live or may still be built."""
        return any(self.book.buildable(block) for block in lot.blocks)

    def let(self, lot: Lot, seeker: Seeker, now: float) -> bool:
        """Let a prospect take what it can use of a lot; say whether it took any."""
        claim = seeker.take(lot, now) if seeker.waits(now) else None
        if claim is not None:
            self.book.claim(claim, lot.blocks, TAKER)
        return claim is not None

    def sell(self, lot: Lot, now: float) -> bool:
        """Sell what is left of a lot on the market, if the time for that has come; say whether there was any."""
        due = lot.left > 0.0 and now >= self.market_day(lot)
        if due:
            self.book.claim(Sale("", lot.left, now, lot=lot, price=self.plan.price), lot.blocks, TAKER)
        return due

    def market_day(self, lot: Lot) -> float:
        """Return when the market has found somebody for a lot [days]; infinite: it is not offered there."""
        column = self.plan.lags.get(lot.standing.name, -1)
        offered = self.plan.lapsed or not lot.lapsed
        return lot.day + self.world.conditions.draw(column) if offered and column >= 0 else inf

    def hand_over(self, lot: Lot) -> None:
        """Let live MW of a lot's blocks go to those who took it over; have the blocks of a lapsed option built."""
        if lot.lapsed and lot.held:
            self.world.note(("option", lot.standing.name))
        for block in lot.blocks:
            if block in self.book.spare:
                self.book.share_out(block)

    # -- what is written down --------------------------------------------------------------------

    def close(self) -> None:
        """Write down what was released and who took it, in the order of release and of agreement."""
        for lot in self.lots:
            plan = lot.standing.plan
            who = (plan.contract, plan.customer, plan.name)
            worth, rows = lot.standing.worth(lot.mw), sorted(self.rows(lot), key=lambda row: row[2])
            recovered = sum((row[-1] for row in rows if row[1] != Reassigned.kind), 0.0)
            self.world.record("withdrawals", *who, lot.day, lot.mw, worth, lot.trigger, lot.taken, recovered)
            for row in rows:
                self.world.record("placements", *who, *row)

    def rows(self, lot: Lot) -> Iterator[Row]:
        """Yield who took what of a lot: taker, kind, agreed, service, until, MW, value."""
        for one in lot.held:
            yield one.name, one.kind, one.due, self.seen(one.service), self.seen(one.until), one.mw, one.value
        if self.purchases is not None:
            for begin, end, mw, usd in self.purchases.of(lot):
                yield self.purchases.plan.buyer, "backstop", begin, begin, self.seen(end), mw, usd

    def seen(self, moment: float) -> float:
        """Return a moment if it is by the horizon, else NaN [days]."""
        return moment if moment <= self.world.horizon else nan
