"""Concentration: whose share of revenue or backlog is how large, and what it takes to bring the largest one down.

The Herfindahl index is the sum of the squared shares; 1 over it is the number of equal customers that would be as
concentrated. Replications in which nobody pays, or nothing is left, at a day have no shares then and are left out.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.contracts import parts
from buildsim.analysis.contracts.ledger import SEEN, Ledger
from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import wilson
from buildsim.domain.contracts.price import YEAR

Of = Literal["revenue", "backlog"]
LEVELS: tuple[float, ...] = (0.1, 0.5, 0.9)
"""The levels at which shares are told."""
AIM = 0.3
"""The share below which no customer should stay."""
LARGEST = "largest"
"""The customer with the largest share, whoever it is."""
Bools = NDArray[np.bool_]


def amounts(ledger: Ledger, days: ArrayLike, of: Of = "revenue") -> Floats:
    """What each customer pays [USD a year] or what is left of its firm backlog [USD].

    Shape (replications, customers, days); what is left is never below 0.
    """
    grid = np.asarray(days, np.float64)
    return np.stack([_amount(ledger, grid, of, customer) for customer in ledger.customers], axis=1)


def shares(ledger: Ledger, days: ArrayLike, *, of: Of = "revenue", levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """The share of each customer at days, and that of the largest, whoever it is: one row a day and customer.

    Columns: day [days since start], customer (or "largest"), usd [USD a year, or USD; mean over all replications],
    mean and by level `p10` ... [share], n [replications in which there is anything to share].
    """
    grid = np.asarray(days, np.float64)
    usd = amounts(ledger, grid, of)
    part = parts.divided(usd, usd.sum(axis=1)[:, None, :], SEEN)
    told = [
        _told(grid, customer, usd[:, place], part[:, place], levels) for place, customer in enumerate(ledger.customers)
    ]
    found = pd.concat([*told, _told(grid, LARGEST, usd.max(axis=1), part.max(axis=1), levels)])
    order = np.tile(np.arange(len(grid)), len(told) + 1)
    return found.iloc[np.argsort(order, kind="stable")].reset_index(drop=True)


def index(ledger: Ledger, days: ArrayLike, *, of: Of = "revenue", levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """The Herfindahl index at days, one row a day.

    Columns: day [days since start], usd [USD a year, or USD; mean of all customers together], largest (whose mean share
    is the largest), share [its mean share], mean, by level `p10` ... [index, 0 to 1], equal [number of equal customers
    at the mean index], n.
    """
    grid = np.asarray(days, np.float64)
    usd = amounts(ledger, grid, of)
    total = usd.sum(axis=1)
    part = parts.divided(usd, total[:, None, :], SEEN)
    told = _told(grid, "", total, (part**2).sum(axis=1), levels)
    means = np.stack([parts.mean(part[:, place]) for place in range(len(ledger.customers))])
    first = np.nan_to_num(means).argmax(axis=0)
    names = np.array(ledger.customers, dtype=object)[first]
    found = told.assign(customer=np.where(told["n"] > 0, names, ""), share=means[first, np.arange(len(grid))])
    return found.assign(equal=1.0 / found["mean"]).rename(columns={"customer": "largest"})


def below(
    ledger: Ledger, aim: float = AIM, *, of: Of = "revenue", levels: Sequence[float] = quantiles.LEVELS
) -> pd.DataFrame:
    """From when on shares are below an aim, one row a customer and event; the last two are about the largest share.

    Told of are the customers that have as much as the aim in some replication at some time. Events: "first" below it,
    and "for good": to the horizon. Where nobody pays nobody has a share, which is not below. Days are looked at at
    their ends, after day 0.

    Columns: customer (or "largest"), event, n [replications], probability, probability_low, probability_high (Wilson)
    of having it by the horizon, then by level `p10`, `p10_low`, `p10_high` ... [days since start], later [share].
    """
    days = np.append(np.arange(0.0, ledger.run.horizon), ledger.run.horizon)
    total = _total(ledger, days, of)
    free = np.ones(total.shape, bool)
    rows = []
    for customer in ledger.customers:
        own = parts.divided(_amount(ledger, days, of, customer), total, SEEN) < aim
        free &= own
        if not (own | (total <= SEEN)).all():
            rows += _since(customer, own, days, levels)
    return pd.DataFrame([*rows, *_since(LARGEST, free, days, levels)])


def required(ledger: Ledger, aim: float = AIM, *, day: float = 0.0, customer: str | None = None) -> pd.DataFrame:
    """What others must pay, and how many MW of theirs must be in service, for a customer's share to be below an aim.

    Its share r / (r + o) is below a when o > r (1 - a) / a: r what it pays, o what the others pay together. Two rows: r
    and o as at `day` (basis "in service"), and as they are when all firm tranches are delivered, at first-year fees
    ("on order"). The customer is the one that pays most at that day (that has most on order, where nobody pays),
    unless one is named.

    Columns: basis, customer, pays, others [USD a year], share, required [USD a year: o at the aim], missing [USD a
    year, not below 0], fee [USD a year for a MW of theirs that is not delivered at the start; of all of theirs where
    that is none], missing_mw [MW at that fee], others_mw [MW of theirs with a fee: in service, or on order].

    Means over replications. Errors: ValueError when the aim is not between 0 and 1.
    """
    if not 0.0 < aim < 1.0:
        raise ValueError(f"a share to aim at must be between 0 and 1, not {aim!r}")
    static = ledger.book
    static = static[static["fee"].notna() & ~static["option"].astype(bool)]
    static = static.assign(usd=static["mw"] * static["fee"] * YEAR)
    paid = {name: float(ledger.revenue.level([day], name).mean()) * YEAR for name in ledger.customers}
    ordered = static.groupby("customer")["usd"].sum()
    chosen = customer or max(paid, key=lambda name: (paid[name], ordered.get(name, 0.0)))
    theirs = static[static["customer"] != chosen]
    to_come = theirs[~theirs["delivered"].astype(bool)]
    priced = to_come if len(to_come) else theirs
    fee = float(priced["usd"].sum() / priced["mw"].sum()) if len(priced) else np.nan
    in_service = float(ledger.paying.level([day]).mean() - ledger.paying.level([day], chosen).mean())
    found = []
    for basis, own, others, mw in (
        ("in service", paid[chosen], sum(paid.values()) - paid[chosen], in_service),
        ("on order", float(static["usd"].sum() - theirs["usd"].sum()), float(theirs["usd"].sum()), theirs["mw"].sum()),
    ):
        required_usd = own * (1.0 - aim) / aim
        missing = max(0.0, required_usd - others)
        row = {"basis": basis, "customer": chosen, "pays": own, "others": others, "fee": fee, "others_mw": float(mw)}
        row |= {"share": own / (own + others) if own + others > SEEN else np.nan, "required": required_usd}
        found.append({**row, "missing": missing, "missing_mw": missing / fee})
    columns = ["basis", "customer", "pays", "others", "share", "required", "missing", "fee", "missing_mw", "others_mw"]
    return pd.DataFrame(found, columns=columns)


def _amount(ledger: Ledger, days: Floats, of: Of, customer: str) -> Floats:
    """What a customer pays [USD a year] or what is left of its firm backlog [USD]: shape (replications, days)."""
    if of == "revenue":
        return ledger.revenue.level(days, customer) * YEAR
    return np.maximum(ledger.firm(days, customer), 0.0)


def _total(ledger: Ledger, days: Floats, of: Of) -> Floats:
    if of == "revenue":
        return ledger.revenue.level(days) * YEAR
    total = np.zeros((len(ledger.replications), len(days)))
    for customer in ledger.customers:
        total += _amount(ledger, days, of, customer)
    return total


def _since(customer: str, own: Bools, days: Floats, levels: Sequence[float]) -> list[dict[str, object]]:
    """When something is so for the first time, and for good: rows over replications."""
    never = ~own.any(axis=1)
    first = np.where(never, np.nan, days[own.argmax(axis=1)])
    broken = ~own[:, ::-1]
    last = np.where(broken.any(axis=1), len(days) - broken.argmax(axis=1), 0)
    lasting = np.where(last < len(days), days[np.minimum(last, len(days) - 1)], np.nan)
    rows: list[dict[str, object]] = []
    for event, day in (("first", first), ("for good", lasting)):
        often = wilson(int(np.isfinite(day).sum()), len(day))
        row: dict[str, object] = {"customer": customer, "event": event, "n": len(day), "probability": often.estimate}
        row |= {"probability_low": often.low, "probability_high": often.high}
        rows.append(row | quantiles.wide(day, levels))
    return rows


def _told(grid: Floats, customer: str, usd: Floats, part: Floats, levels: Sequence[float]) -> pd.DataFrame:
    """Shares at days: their mean and levels over the replications that have any."""
    found = pd.DataFrame({"day": grid, "customer": customer, "usd": usd.mean(axis=0), "mean": parts.mean(part)})
    return parts.with_levels(found, part, levels).assign(n=parts.held(part))
