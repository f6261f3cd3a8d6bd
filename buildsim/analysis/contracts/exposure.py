"""Exposure: what is at risk by date and customer, what lateness and leaving cost, and what is in nobody's service."""

from collections.abc import Callable, Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis import quantiles
from buildsim.analysis.contracts import parts
from buildsim.analysis.contracts.ledger import SEEN, Ledger
from buildsim.analysis.contracts.tail import LEVEL, tail
from buildsim.analysis.frames import Floats, sums
from buildsim.domain.contracts.price import YEAR

Loss = Literal["damages", "withdrawn", "deferred"]
LEVELS: tuple[float, ...] = (0.1, 0.5, 0.9)
"""The levels at which amounts over time are told."""
ALL = "all"
"""The name under which all customers stand together."""


def at_risk(ledger: Ledger, days: ArrayLike, *, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """Revenue at risk: the value of what is undelivered of tranches that are overdue at days, by customer.

    Overdue is what is past its date as force majeure and agreement have moved it. One row a day and customer, "all" the
    last of a day. Columns: day [days since start], customer, mean and by level `p10` ... [USD], probability [that there
    is any].
    """
    return _over_time(days, ledger.customers, ledger.at_risk.level, levels)


def backlog(ledger: Ledger, days: ArrayLike, *, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """The backlog at days, by customer: one row a day and customer, "all" the last of a day.

    Columns: day [days since start], customer, mean and by level `p10` ... of what is firm [USD], probability [of any],
    optional [USD, mean value of options that are open], expected [USD, the same times their probabilities].
    """
    found = _over_time(days, ledger.customers, ledger.firm, levels)
    grid = np.asarray(days, np.float64)
    for name, hoped in (("optional", False), ("expected", True)):
        each = [ledger.optional(grid, customer, expected=hoped).mean(axis=0) for customer in ledger.customers]
        found[name] = np.column_stack([*each, ledger.optional(grid, expected=hoped).mean(axis=0)]).ravel()
    return found


def losses(ledger: Ledger, of: Loss = "damages", *, level: float = LEVEL, confidence: float = 0.95) -> pd.DataFrame:
    """What is lost by the horizon, expected and in the tail: one row a customer of the model, the last one "all".

    `of`: "damages", with credits, as they fell due; "withdrawn", the value of what customers leave; or "deferred",
    revenue that lateness puts off. Columns: customer, mean, mean_low, mean_high, at_risk, at_risk_low, at_risk_high
    (value at risk), shortfall, shortfall_low, shortfall_high (expected shortfall) [USD], probability [that any is], n.

    Errors: ValueError when `level` is not between 0 and 1.
    """
    run, held = ledger.run, ledger.replications
    if of == "withdrawn":
        frame, column = run.contract_events[(run.contract_events["event"] == "withdrawn").to_numpy(bool)], "usd"
    else:
        frame, column = run.milestones, of
    owner = frame["customer"].astype(str).to_numpy()
    rows = []
    for customer in [*dict.fromkeys(ledger.book["customer"]), ALL]:
        values = sums(frame, column, held, (owner == customer) | (customer == ALL))
        found = tail(values, level, confidence)
        row: dict[str, object] = {"customer": customer}
        row |= {"mean": found.mean.estimate, "mean_low": found.mean.low, "mean_high": found.mean.high}
        row |= {"at_risk": found.at_risk.value, "at_risk_low": found.at_risk.low, "at_risk_high": found.at_risk.high}
        short = found.shortfall
        row |= {"shortfall": short.estimate, "shortfall_low": short.low, "shortfall_high": short.high}
        rows.append(row | {"probability": float((values > 0.0).mean()), "n": len(values)})
    return pd.DataFrame(rows)


def uncommitted(ledger: Ledger, days: ArrayLike, *, levels: Sequence[float] = LEVELS) -> pd.DataFrame:
    """What is live and in nobody's service at days, one row a day.

    Columns: day [days since start], live, tranches (in their service), placed (released and in the service of who took
    it), idle [MW, means], mean and by level `p10` ... [share of what is live that is idle, where anything is].
    """
    grid = np.asarray(days, np.float64)
    live, serving, placed = ledger.live(grid), ledger.megawatts.level(grid), ledger.placed.level(grid)
    idle = np.maximum(live - serving, 0.0)
    share = parts.divided(idle, live)
    found = pd.DataFrame({"day": grid, "live": live.mean(axis=0), "tranches": (serving - placed).mean(axis=0)})
    found = found.assign(placed=placed.mean(axis=0), idle=idle.mean(axis=0), mean=parts.mean(share))
    return parts.with_levels(found, share, levels)


def without_fee(ledger: Ledger) -> pd.DataFrame:
    """The tranches whose fee is not known, which are left out of revenue: rows of the book."""
    return ledger.book[ledger.book["fee"].isna()]


def position(ledger: Ledger, day: float) -> pd.DataFrame:
    """How each customer stands at a day: one row a customer, "all" the last. Means over replications.

    Columns: customer; in_service, pending (of firm tranches), open (options), withdrawn, lapsed [MW]; revenue [USD a
    year], share [of all revenue]; backlog [USD, firm], expected [USD, of options], at_risk [USD], p_at_risk.
    """
    grid = [day]
    whole = float(ledger.revenue.level(grid).mean())
    rows = []
    for customer in [*ledger.customers, None]:
        row: dict[str, object] = {"customer": ALL if customer is None else customer}
        row["in_service"] = float(ledger.megawatts.level(grid, customer).mean())
        row |= {name: float(steps.level(grid, customer).mean()) for name, steps in ledger.moved.items()}
        paid = float(ledger.revenue.level(grid, customer).mean())
        row |= {"revenue": paid * YEAR, "share": paid / whole if whole > SEEN else np.nan}
        row["backlog"] = float(ledger.firm(grid, customer).mean())
        row["expected"] = float(ledger.optional(grid, customer, expected=True).mean())
        risk = ledger.at_risk.level(grid, customer)
        rows.append(row | {"at_risk": float(risk.mean()), "p_at_risk": float((risk > SEEN).mean())})
    return pd.DataFrame(rows)


def _over_time(
    days: ArrayLike, customers: Sequence[str], told: Callable[[Floats, str | None], Floats], levels: Sequence[float]
) -> pd.DataFrame:
    """An amount at days by customer and of all together."""
    grid = np.asarray(days, np.float64)
    found = []
    for place, customer in enumerate([*customers, None]):
        values = told(grid, customer)
        own = pd.DataFrame({"day": grid, "customer": ALL if customer is None else customer, "place": place})
        own = _with_bands(own.assign(mean=values.mean(axis=0)), values, levels)
        found.append(own.assign(probability=(values > SEEN).mean(axis=0)))
    table = pd.concat(found).sort_values(["day", "place"], kind="stable")
    return table.drop(columns="place").reset_index(drop=True)


def _with_bands(found: pd.DataFrame, values: Floats, levels: Sequence[float]) -> pd.DataFrame:
    bands = quantiles.bands(values, levels)
    return found.assign(**{quantiles.column(level): band for level, band in zip(levels, bands, strict=True)})
