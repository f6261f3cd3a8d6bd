"""Who takes over released capacity, worked out a second time, on top of the plain loop over moments.

It keeps one list of promises in the order in which they were made, and books every MW by the day on which it came. At
the end of each moment it looks at everything that is idle, whether anything has changed or not.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

from tests.domain.contract_oracle import Fate, Oracle, Terms


@dataclass
class Comer:
    """A prospect."""

    name: str
    arrives: float
    mw: float
    least: float
    patience: float


@dataclass
class Released:
    """MW that were let go of."""

    name: str
    blocks: tuple[str, ...]
    mw: float
    day: float
    lapsed: bool
    idle: float
    offered: bool = True
    new: float = 0.0
    """MW that late tranches have not been offered yet."""
    paid: float = 0.0
    """MW-days that the backstop paid for up to the horizon."""
    level: float = 0.0


@dataclass
class Promise:
    """MW that were promised to somebody."""

    kind: str
    who: str
    source: Released
    agreed: float
    blocks: tuple[str, ...]
    got: list[tuple[float, float]] = field(default_factory=list)
    open: float = 0.0

    @property
    def mw(self) -> float:
        return self.open + sum(mw for _, mw in self.got)

    @property
    def full(self) -> float:
        return nan if self.open > 0.0 else max(day for day, _ in self.got)


@dataclass
class Declared:
    """Who takes released capacity."""

    comers: Sequence[Comer] = ()
    lag: float = inf
    late_first: bool = False
    lapsed: bool = False
    backstop: tuple[float, float] = (inf, inf)


class Takers(Oracle):
    """Works out who takes over what."""

    def __init__(
        self,
        terms: Sequence[Terms],
        live: Mapping[float, Sequence[str]],
        megawatts: Mapping[str, float],
        horizon: float,
        declared: Declared,
    ) -> None:
        super().__init__(terms, live, megawatts, horizon)
        self.declared = declared
        self.lots: list[Released] = []
        self.promises: list[Promise] = []
        self.built: dict[str, float] = {}
        self.known: dict[str, int] = {}
        self.wants = {comer.name: comer.mw for comer in declared.comers}
        self.place = {one.name: at for at, one in enumerate(terms)}

    def run(self) -> dict[str, Fate]:
        now = -1.0
        while True:
            moments = [day for day in self.live if day > now] + [self.next_moment(one, now) for one in self.terms]
            moments += [day for day in self.further() if day > now]
            then = min(moments, default=inf)
            self.pass_time(max(now, 0.0), min(then, self.horizon))
            for lot in self.lots:
                lot.paid += lot.level * (min(then, self.horizon) - now)
            if then > self.horizon:
                return self.fates
            now = then
            for block in self.live.pop(now, ()):
                if block in self.spare:
                    self.spare[block] = self.megawatts[block]
                    self.share_out(block, now)
            for one in self.terms:
                while self.next_moment(one, now) <= now:
                    self.fall_due(one, now)
                    self.notice(one, now)
            while self.deal(now):
                pass
            self.support(now)

    def further(self) -> list[float]:
        days = [max(0.0, comer.arrives) for comer in self.declared.comers] + list(self.declared.backstop)
        return days + [lot.day + self.declared.lag for lot in self.lots if lot.offered]

    def notice(self, one: Terms, now: float) -> None:
        fate = self.fates[one.name]
        for _, mw, why in fate.gone[self.known.get(one.name, 0) :]:
            lapsed = why == "option_lapsed"
            offered = self.declared.lapsed or not lapsed
            self.lots.append(Released(one.name, one.blocks, mw, now, lapsed, mw, offered, mw))
            self.lots.sort(key=lambda lot: (lot.day, self.place[lot.name]))
        self.known[one.name] = len(fate.gone)
        self.trim()

    # -- filling -----------------------------------------------------------------------------------

    def share_out(self, block: str, now: float) -> None:
        super().share_out(block, now)
        for promise in [one for one in self.promises if block in one.blocks]:
            kept = sum(self.fates[x.name].missing for x in self.terms if block in x.blocks and self.undecided(x))
            given = min(self.spare[block] - kept, promise.open)
            if given > 0.0:
                self.spare[block] -= given
                promise.open -= given
                promise.got.append((now, given))
                if promise.kind == "reassigned":
                    self.pass_on(promise.who, given, now)
        self.trim()

    def undecided(self, one: Terms) -> bool:
        return self.fates[one.name].phase == "option"

    def pass_on(self, name: str, given: float, now: float) -> None:
        fate = self.fates[name]
        fate.missing -= given
        fate.filled.append((now, given))
        if fate.missing <= 0.0:
            fate.delivered = now
            self.settle(fate)

    def trim(self) -> None:
        for one in self.terms:
            mine = [promise for promise in self.promises if promise.kind == "reassigned" and promise.who == one.name]
            excess = sum(promise.open for promise in mine) - self.fates[one.name].missing
            for promise in reversed(mine):
                back = min(excess, promise.open)
                if back > 0.0:
                    excess -= back
                    promise.open -= back
                    promise.source.idle += back
                    promise.source.new += back

    # -- offering ----------------------------------------------------------------------------------

    def deal(self, now: float) -> bool:
        """Offer what is idle; say whether anybody took any."""
        before = len(self.promises)
        lots = [lot for lot in self.lots if lot.offered]
        for lot in lots if self.declared.late_first else ():
            if lot.new > 0.0:
                self.to_late(lot, now)
        for lot in lots:
            lot.new = 0.0
        self.to_comers(lots, now)
        for lot in lots:
            if lot.idle > 0.0 and now >= lot.day + self.declared.lag:
                self.promise("market", "", lot, lot.idle, now, lot.blocks)
        for lot in self.lots:
            for block in lot.blocks:
                self.share_out(block, now)
        return len(self.promises) > before or any(lot.new > 0.0 for lot in lots)

    def to_comers(self, lots: list[Released], now: float) -> None:
        for comer in sorted(self.declared.comers, key=lambda one: one.arrives):
            for lot in lots:
                mw = min(self.wants[comer.name], lot.idle)
                if comer.arrives <= now <= comer.arrives + comer.patience and mw > 0.0 and mw >= comer.least:
                    self.wants[comer.name] -= mw
                    self.promise("prospect", comer.name, lot, mw, now, lot.blocks)

    def to_late(self, lot: Released, now: float) -> None:
        late = [
            one
            for one in self.terms
            if one.name != lot.name
            and self.fates[one.name].due <= now
            and self.fates[one.name].phase not in ("option", "lapsed")
            and set(lot.blocks) - set(one.blocks)
        ]
        for one in sorted(late, key=lambda x: self.fates[x.name].due):
            coming = sum(p.open for p in self.promises if p.kind == "reassigned" and p.who == one.name)
            mw = min(lot.idle, self.fates[one.name].missing - coming)
            if mw > 0.0:
                self.promise("reassigned", one.name, lot, mw, now, tuple(b for b in lot.blocks if b not in one.blocks))

    def promise(self, kind: str, who: str, lot: Released, mw: float, now: float, blocks: tuple[str, ...]) -> None:
        lot.idle -= mw
        self.promises.append(Promise(kind, who, lot, now, blocks, open=mw))
        if lot.lapsed:
            self.built.setdefault(lot.name, now)

    def support(self, now: float) -> None:
        begin, end = self.declared.backstop
        free = dict(self.spare)
        for lot in sorted((lot for lot in self.lots if lot.offered), key=lambda lot: len(lot.blocks)):
            lot.level = 0.0
            for block in lot.blocks if begin <= now < end else ():
                bought = min(free[block], lot.idle - lot.level)
                free[block] -= bought
                lot.level += bought


def declared_model(one: Declared, on: Any) -> dict[str, Any]:
    """Return the same as a model declares it; `on` writes a day as a date."""
    comers = {
        comer.name: {
            "arrives": on(comer.arrives),
            "mw": comer.mw,
            "least": comer.least,
            "term": 100.0,
            "patience": None if comer.patience == inf else comer.patience,
        }
        for comer in one.comers
    }
    begin, end = one.backstop
    price = {"per": "mw_month", "usd": 365.25 / 12.0}
    buyer = {"buyer": "maker", "price": price, "from": on(begin), "until": on(end - 1.0)} if end < inf else None
    return {
        "prospects": comers,
        "lag": None if one.lag == inf else f"{one.lag} days",
        "reassign": "late_first" if one.late_first else "none",
        "lapsed": one.lapsed,
        "backstop": buyer,
    }
