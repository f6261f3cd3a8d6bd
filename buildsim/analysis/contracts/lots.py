"""Lots: which MW serve whom, from when to when, and what they pay.

A *lot* is a part of a tranche that one block brought, or released capacity that somebody else took. It is in service
from the day on which it was live for him to the end of the term, counted from that day; its fee is the tranche's, and
rises with each full year of its own service. What was delivered before the start is a lot in every replication.

Rates are those of the moment [USD per day].
"""

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.contracts.book import ContractRun, book
from buildsim.analysis.frames import Floats, Ints, codes, numbers
from buildsim.domain.contracts.price import YEAR

TRANCHE, REASSIGNED = "tranche", "reassigned"
"""A lot of a tranche; a placement that fills another tranche, whose lot it then is."""
TAKERS: tuple[str, ...] = ("prospect", "market", "backstop")
"""Who else takes released capacity: the other kinds of lots."""
MARKET = "market"
"""Under which name stand those who have none."""
COLUMNS = (
    "replication", "contract", "customer", "tranche", "kind", "mw", "since", "begin", "end", "fee", "indexation",
    "paid",
)  # fmt: skip


def lots(run: ContractRun) -> pd.DataFrame:
    """Every lot of capacity in service, one row each; those of tranches first.

    Columns: replication, contract, customer (or who took it), tranche (of a taken lot that which was left), kind
    ("tranche", "prospect", "market" or "backstop"), mw [MW], since, begin, end [days since start; infinite: open], fee
    [USD per MW and day in the first year from `since`, NaN where none is known], indexation [share], paid [share of the
    fee that is paid]. Where a customer's need falls a lot goes on as another, of which less may be paid.
    """
    static, held = book(run.model), numbers(run.go_live)
    own = pd.concat([_before(static, held), _delivered(run.contract_events, static)], ignore_index=True)
    own = _unneeded(own, run.contract_events, static, held)
    return pd.concat([own, _taken(run)], ignore_index=True).astype({"replication": np.int64})


def before_start(static: pd.DataFrame, held: Ints) -> pd.DataFrame:
    """The tranches of the book that were in service before the start, in every replication (column `replication`)."""
    own = static[static["delivered"].to_numpy(bool)]
    return own.loc[own.index.repeat(len(held))].assign(replication=np.tile(held, len(own))).reset_index(drop=True)


def _before(static: pd.DataFrame, held: Ints) -> pd.DataFrame:
    """What was in service before the start, in every replication."""
    found = before_start(static, held)
    return _lots(found, *(found[name].to_numpy() for name in ("replication", "mw", "since")))


def _delivered(events: pd.DataFrame, static: pd.DataFrame) -> pd.DataFrame:
    """What blocks brought."""
    own = events[(events["event"] == "delivered").to_numpy(bool)]
    found = static.iloc[positions(own, static)].reset_index(drop=True)
    return _lots(found, *(own[name].to_numpy() for name in ("replication", "mw", "day")))


def positions(frame: pd.DataFrame, static: pd.DataFrame) -> Ints:
    """For each row of a table the row of its tranche in the book."""
    across, names = codes(frame, "tranche")
    place = {name: at for at, name in enumerate(static["tranche"])}
    return np.array([place[name] for name in names], np.int64)[across]


def _lots(found: pd.DataFrame, replication: NDArray[Any], mw: Floats, since: Floats) -> pd.DataFrame:
    facts: dict[str, Any] = {"replication": replication, "kind": TRANCHE, "mw": mw, "since": since, "begin": since}
    facts |= {"end": since + found["term"].to_numpy(np.float64), "paid": 1.0}
    lots: pd.DataFrame = found.assign(**facts)[list(COLUMNS)]
    return lots


def _unneeded(own: pd.DataFrame, events: pd.DataFrame, static: pd.DataFrame, held: Ints) -> pd.DataFrame:
    """The lots, with those cut in two whose customer's need falls and who then owes less than the whole fee.

    An event that names a tranche is about its own need; else it is about all that have no withdrawal rule of their own.
    """
    fell = events[(events["event"] == "need_fell").to_numpy(bool)]
    if fell.empty or (static["unneeded"] == 1.0).all():
        return own
    falls = np.full((len(held), len(static)), np.inf)
    for who, rows in fell.astype({"customer": str, "tranche": str}).groupby(["customer", "tranche"]):
        customer, tranche = (str(name) for name in who)
        shared = (static["customer"] == customer) & ~static["own_rule"].astype(bool)
        meant = (static["tranche"] == tranche) if tranche else shared
        first = np.full(len(held), np.inf)
        np.minimum.at(first, np.searchsorted(held, rows["replication"]), rows["day"].to_numpy(np.float64))
        falls[:, meant] = np.minimum(falls[:, meant], first[:, None])
    at = positions(own, static)
    begin, end = (own[name].to_numpy(np.float64) for name in ("begin", "end"))
    cut = np.maximum(falls[np.searchsorted(held, own["replication"].to_numpy(np.int64)), at], begin)
    share = static["unneeded"].to_numpy(np.float64)[at]
    hit = (cut < end) & (share < 1.0)
    before, after = own.assign(end=np.where(hit, cut, end)), own.assign(begin=cut, paid=share)
    found: pd.DataFrame = pd.concat([before[(~hit) | (begin < cut)], after[hit]], ignore_index=True)
    return found


def takings(run: ContractRun) -> pd.DataFrame:
    """Who took over released capacity, but for tranches: the rows of `placements` with what follows from the model.

    `customer` is who took it: the customer that a prospect is, or else its id; the buyer of the backstop; "market" for
    a customer without a name. `until` is told beyond the horizon too, `term` [days], and `fee` [USD per MW and day, NaN
    where none is known].
    """
    found = run.placements[run.placements["kind"].isin(TAKERS).to_numpy(bool)].reset_index(drop=True)
    if found.empty:
        return found.assign(term=np.nan, fee=np.nan)
    declared, static = run.model.remarketing, book(run.model)
    kind, taker = (found[name].astype(str).to_numpy(object) for name in ("kind", "taker"))
    people = {key: prospect.customer or key for key, prospect in declared.prospects.items()}
    terms = {key: float(prospect.term) for key, prospect in declared.prospects.items()}
    own = static["term"].to_numpy(np.float64)[positions(found, static)]
    service, until, mw, value = (found[name].to_numpy(np.float64) for name in ("service", "until", "mw", "value"))
    term = np.where(kind == "prospect", [terms.get(name, np.nan) for name in taker], own)
    if declared.backstop is not None:
        end = run.model.day(declared.backstop.until) + 1.0
        term = np.where(kind == "backstop", np.where(np.isnan(until), end, until) - service, term)
    sold = np.isfinite(term) & (mw * term > 0.0)
    fee = np.divide(value, mw * term, out=np.full(len(found), np.nan), where=sold)
    customer = [people.get(name, name) or MARKET for name in taker]
    return found.assign(customer=customer, term=term, until=service + term, fee=fee)


def _taken(run: ContractRun) -> pd.DataFrame:
    """What was released and taken by somebody who is no tranche of the model, once it serves him."""
    own = takings(run)
    own = own[own["service"].notna()]
    facts: dict[str, Any] = {name: own[name].astype(str) for name in ("contract", "tranche", "kind", "customer")}
    facts |= {"since": own["service"], "begin": own["service"], "end": own["until"].fillna(np.inf)}
    found: pd.DataFrame = own.assign(**facts, indexation=0.0, paid=1.0)[list(COLUMNS)]
    return found


def payable(own: pd.DataFrame) -> Floats:
    """What lots would pay from `begin` to `end` at their whole fee [USD]; NaN where that is open or not known."""
    since, begin, end, step = (own[name].to_numpy(np.float64) for name in ("since", "begin", "end", "indexation"))
    years = _fee_years(end - since, step) - _fee_years(begin - since, step)
    return (own["mw"] * own["fee"]).to_numpy(np.float64) * YEAR * np.where(np.isfinite(end), years, np.nan)


def _fee_years(term: Floats, step: Floats) -> Floats:
    """How many first-year fees terms bring [years]: `domain.contracts.price.fee_years` for many at once."""
    known = np.where(np.isfinite(term), term, 0.0) / YEAR
    whole = np.floor(known)
    grown = (1.0 + step) ** whole
    full = np.divide(grown - 1.0, step, out=whole.copy(), where=step > 0.0)
    return full + (known - whole) * grown


def payments(own: pd.DataFrame, horizon: float) -> tuple[Ints, Floats, Floats]:
    """The moments at which what lots pay changes: the place of the lot, the day, and by how much [USD per day].

    A lot pays from `begin` to `end`, and more from each full year after `since` on.
    """
    since, begin, end, step = (own[name].to_numpy(np.float64) for name in ("since", "begin", "end", "indexation"))
    fee = (own["mw"] * own["fee"] * own["paid"]).to_numpy(np.float64)
    served = np.floor((begin - since) / YEAR)
    last = np.ceil((np.minimum(end, horizon) - since) / YEAR) - 1.0
    rises = np.where(step > 0.0, np.maximum(last - served, 0.0), 0.0).astype(np.int64)
    lot = np.repeat(np.arange(len(own)), rises)
    nth = np.arange(len(lot)) - np.repeat(np.cumsum(rises) - rises, rises) + 1
    year = served[lot] + nth
    growth = fee[lot] * (1.0 + step[lot]) ** (year - 1.0) * step[lot]
    first, ended = (fee * (1.0 + step) ** years for years in (served, served + rises))
    every = np.arange(len(own))
    return (
        np.concatenate([every, lot, every]).astype(np.int64),
        np.concatenate([begin, since[lot] + YEAR * year, end]),
        np.concatenate([first, growth, -ended]),
    )
