"""A tranche on a spreadsheet: a row for each day, worked out from the terms alone.

Everything happens at whole days. What completes on a day's end counts for that day; a deadline falls after it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import inf, nan


@dataclass
class Terms:
    """The terms of a tranche, in whole days."""

    mw: float
    due: int
    grace: int
    daily: float
    fee: float
    steps: Sequence[tuple[int, float]]
    retroactive: bool
    cap: float
    longstop: float
    outside: float
    cure: int
    leaves: bool
    value: float
    struck: Sequence[tuple[int, int]] = ()
    signed: int = 0
    share: float = 0.0
    ahead: float = inf
    credit_from: int = 0
    credit_over: float = 100.0
    refund: float = 1.0


@dataclass
class Sheet:
    """What the days add up to."""

    outcome: str = "pending"
    damages: float = 0.0
    delivered: float = nan
    withdrawn: float = 0.0
    extended: int = 0
    noticed: float = nan
    paid: float = 0.0
    credited: float = 0.0
    refunded: float = 0.0
    kept: float = 0.0
    missing: dict[int, float] = field(default_factory=dict)
    """MW missing at the end of each day."""


def work_out(terms: Terms, live: Mapping[int, float], horizon: int) -> Sheet:
    """Return the sheet; `live` are the MW that come on each day."""
    sheet = Sheet()
    left, there = terms.mw, 0.0
    for day in range(horizon + 1):
        there += live.get(day, 0.0)
        if day >= terms.signed:  # nothing is filled before it is signed
            left, there = max(0.0, left - there), 0.0
        sheet.missing[day] = left
    full = next((day for day, missing in sheet.missing.items() if missing <= 0.01), None)
    due = _due(terms, full)
    sheet.extended = due - terms.due
    _outcome(sheet, terms, full, due, horizon)
    gone = _gone(sheet, terms, full, due, horizon)
    _damages(sheet, terms, full, due, gone, horizon)
    _prepayment(sheet, terms, full, gone, horizon)
    return sheet


def _due(terms: Terms, full: int | None) -> int:
    """The due date with force majeure, reckoned each time that it passes: days struck count once each."""
    due, outside = terms.due, terms.due + terms.outside
    while full is None or full > min(due, outside):
        if due >= outside:  # from the outside date on it is moved no more
            break
        known = [(begin, length) for begin, length in terms.struck if begin <= due]
        moved = due
        while True:
            days = {day for begin, length in known if begin < moved for day in range(begin, begin + length)}
            if terms.due + len(days) == moved:
                break
            moved = terms.due + len(days)
        if moved == due:
            break
        due = moved
    return due


def _outcome(sheet: Sheet, terms: Terms, full: int | None, due: int, horizon: int) -> None:
    if full is not None:
        sheet.delivered = float(full)
        sheet.outcome = "on_time" if full <= due else "late" if full <= due + terms.grace else "damages"
    elif horizon >= due + terms.grace and not terms.leaves:
        sheet.outcome = "pending"


def _gone(sheet: Sheet, terms: Terms, full: int | None, due: int, horizon: int) -> int | None:
    """The day on which the customer leaves, if it does."""
    right = min(due + terms.longstop, terms.due + terms.outside)
    if not terms.leaves or right == inf:
        return None
    notice = int(max(right, min(due + terms.grace, terms.due + terms.outside)))
    if notice > horizon or (full is not None and full <= notice):
        return None
    sheet.noticed = float(notice)
    end = notice + terms.cure
    if end > horizon or (full is not None and full <= end):
        return None
    sheet.withdrawn = sheet.missing[end]
    sheet.outcome = "withdrawn" if sheet.withdrawn >= terms.mw - 0.01 else "withdrawn_in_part"
    sheet.delivered = nan
    return end


def _damages(sheet: Sheet, terms: Terms, full: int | None, due: int, gone: int | None, horizon: int) -> None:
    """Add up the days of lateness, row by row."""
    if sheet.outcome in ("on_time", "late"):
        return
    last = min(day for day in (full, gone, horizon) if day is not None)
    if last < due + terms.grace:
        return
    first = due if terms.retroactive else due + terms.grace
    total = 0.0
    for day in range(first, last):
        rate = 0.0
        for after, step in sorted(terms.steps):
            if day - due >= after:
                rate = step
        total += sheet.missing[day] * (terms.daily + rate * terms.fee)
    sheet.damages = min(total, terms.cap)


def _prepayment(sheet: Sheet, terms: Terms, full: int | None, gone: int | None, horizon: int) -> None:
    paid_on = max(terms.signed, terms.due - terms.ahead)
    if terms.share == 0.0 or paid_on > horizon:
        return
    sheet.paid = terms.share * terms.value
    serving = full
    if gone is not None:
        lost = sheet.paid * sheet.withdrawn / terms.mw
        sheet.refunded, sheet.kept = lost * terms.refund, lost * (1.0 - terms.refund)
        serving = gone if sheet.outcome == "withdrawn_in_part" else None
    if serving is None:
        return
    held = sheet.paid - sheet.refunded - sheet.kept
    days = sum(1 for day in range(serving, horizon) if day - serving >= terms.credit_from)
    sheet.credited = held * min(1.0, days / terms.credit_over)
