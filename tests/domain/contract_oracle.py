"""What becomes of tranches, worked out a second time: a plain loop over moments, without processes or events.

Within a moment blocks fill tranches first, then deadlines fall. Written from the semantics, not from the code.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, isnan, log, nan
from typing import Any

MONTH = 30.4375


@dataclass
class Terms:
    """A tranche as a test gives it: rule is binding, contractual, redate or lost_confidence."""

    name: str
    blocks: tuple[str, ...]
    mw: float
    due: float
    grace: float
    longstop: float
    damages: float
    customer: str
    rule: str
    luck: float
    probability: float = 0.5
    moved: float = 45.0
    monthly: float = 0.3
    growth: float = 2.0
    part: float = 1.0
    option: tuple[float, float, float] | None = None
    """(day of the decision, probability, luck)"""


@dataclass
class Fate:
    """What became of a tranche."""

    missing: float
    due: float
    outcome: str = "pending"
    delivered: float = nan
    damages: float = 0.0
    gone: list[tuple[float, float, str]] = field(default_factory=list)
    filled: list[tuple[float, float]] = field(default_factory=list)
    phase: str = "before"
    deadline: float = inf
    patience: float = inf


class Oracle:
    """Works out the fates of tranches from the days on which blocks go live."""

    def __init__(
        self,
        terms: Sequence[Terms],
        live: Mapping[float, Sequence[str]],
        megawatts: Mapping[str, float],
        horizon: float,
    ) -> None:
        self.terms, self.live, self.horizon = list(terms), dict(live), horizon
        self.fates = {one.name: Fate(one.mw, one.due) for one in terms}
        self.spare = {block: 0.0 for one in terms for block in one.blocks}
        self.megawatts = megawatts
        self.misses: dict[str, int] = {}
        for one in terms:
            fate = self.fates[one.name]
            fate.phase, fate.deadline = ("option", one.option[0]) if one.option else ("before", one.due)

    def run(self) -> dict[str, Fate]:
        now = 0.0
        while True:
            moments = [day for day in self.live if day > now or (now == 0.0 and day == 0.0)]
            moments += [self.next_moment(one, now) for one in self.terms]
            then = min(moments, default=inf)
            self.pass_time(now, min(then, self.horizon))
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

    def hazard(self, one: Terms) -> float:
        seen = max(0, self.misses.get(one.customer, 0) - 1)
        return one.monthly / MONTH * one.growth**seen

    def next_moment(self, one: Terms, now: float) -> float:
        fate = self.fates[one.name]
        if fate.missing <= 0.0 and fate.phase != "option":
            return inf
        if fate.phase == "waiting":
            return now + fate.patience / self.hazard(one) if fate.patience > 1e-12 else now
        return fate.deadline

    def pass_time(self, now: float, then: float) -> None:
        for one in self.terms:
            fate = self.fates[one.name]
            if fate.phase in ("late", "waiting", "over"):
                fate.damages += fate.missing * one.damages * (then - now)
            if fate.phase == "waiting":
                fate.patience -= self.hazard(one) * (then - now)

    def share_out(self, block: str, now: float) -> None:
        claims = [
            one for one in self.terms if block in one.blocks and self.fates[one.name].phase not in ("option", "lapsed")
        ]
        for one in sorted(claims, key=lambda claim: self.fates[claim.name].due):
            fate = self.fates[one.name]
            given = min(self.spare[block], fate.missing)
            self.spare[block] -= given
            fate.missing -= given
            if given > 0.0:
                fate.filled.append((now, given))
            if given > 0.0 and fate.missing <= 0.0:
                fate.delivered = nan if fate.gone else now
                self.settle(fate)

    @staticmethod
    def settle(fate: Fate) -> None:
        if fate.gone:
            fate.outcome = "withdrawn_in_part"
        elif fate.phase in ("late", "waiting"):
            fate.outcome = "damages"
        elif fate.phase == "before":
            fate.outcome = "on_time"
        elif fate.phase == "grace" and fate.outcome != "redated":
            fate.outcome = "late"

    def fall_due(self, one: Terms, now: float) -> None:
        fate = self.fates[one.name]
        getattr(self, f"at_{fate.phase}")(one, fate, now)

    def at_option(self, one: Terms, fate: Fate, now: float) -> None:
        assert one.option is not None
        confidence = 0.8 ** self.misses.get(one.customer, 0)
        if one.option[2] >= one.option[1] * confidence:
            fate.phase, fate.outcome, fate.deadline = "lapsed", "lapsed", inf
            fate.gone.append((now, fate.missing, "option_lapsed"))
            return
        fate.phase, fate.deadline = "before", one.due
        for block in one.blocks:
            self.share_out(block, now)

    def at_before(self, one: Terms, fate: Fate, now: float) -> None:
        self.misses[one.customer] = self.misses.get(one.customer, 0) + 1
        if one.rule == "redate" and one.luck < one.probability:
            fate.due, fate.outcome = fate.due + one.moved, "redated"
            fate.phase, fate.deadline = "again", fate.due
        else:
            fate.phase, fate.deadline = "grace", fate.due + one.grace

    def at_again(self, one: Terms, fate: Fate, now: float) -> None:
        self.misses[one.customer] += 1
        fate.phase, fate.deadline = "grace", fate.due + one.grace

    def at_grace(self, one: Terms, fate: Fate, now: float) -> None:
        fate.phase, fate.deadline, fate.outcome = "late", inf, "pending"
        if one.rule == "contractual" and one.luck < one.probability:
            fate.deadline = fate.due + one.longstop
        if one.rule == "lost_confidence":
            fate.phase, fate.patience = "waiting", -log(1.0 - one.luck)

    def at_late(self, one: Terms, fate: Fate, now: float) -> None:
        self.leave(one, fate, now, 1.0)

    def at_waiting(self, one: Terms, fate: Fate, now: float) -> None:
        self.leave(one, fate, now, one.part)

    @staticmethod
    def leave(one: Terms, fate: Fate, now: float, share: float) -> None:
        gone = fate.missing * share
        fate.gone.append((now, gone, "longstop" if one.rule == "contractual" else one.rule))
        fate.missing -= gone
        fate.phase, fate.deadline = "late", inf
        fate.outcome = "withdrawn" if gone == one.mw else "withdrawn_in_part"


def same(left: float, right: float) -> bool:
    """Whether two figures agree, NaN with NaN."""
    return (isnan(left) and isnan(right)) or abs(left - right) <= 1e-6 * max(1.0, abs(left))


def missing_mw_days(mw: float, since: float, history: Sequence[tuple[float, float]], horizon: float) -> float:
    """Return the MW-days that were missing from `since` on, from a history of (day, MW no longer missing) alone."""
    total, missing = 0.0, mw
    for day, settled in [*sorted(history), (horizon, 0.0)]:
        if day > since:
            total += missing * (day - since)
            since = day
        missing -= settled
    return total


def as_terms(declared: Mapping[str, Any]) -> dict[str, Any]:
    """Return what `Desk.tranche` takes for the same tranche."""
    one = Terms(**declared)
    rules: dict[str, dict[str, Any]] = {
        "binding": {},
        "contractual": {"probability": one.probability},
        "redate": {"probability": one.probability, "days": one.moved},
        "lost_confidence": {"monthly": one.monthly, "growth": one.growth, "part": one.part},
    }
    return {
        "mw": one.mw,
        "due": one.due,
        "grace": one.grace,
        "longstop": one.longstop,
        "damages": one.damages,
        "customer": one.customer,
        "rule": {"kind": one.rule} | rules[one.rule],
        "luck": one.luck,
        "option": one.option,
    }
