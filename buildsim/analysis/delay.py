"""Delay by cause: days, plan and the excess over it, for blocks, sites, the portfolio, tranches and customers.

The account of a block says to which cause every day from the start to its go-live belongs (to the horizon when it does
not go live by then), so its causes sum to the elapsed time. `planned_days` are those of the planning replication; delay
is the excess over them: as-planned against as-built, by cause. Sites and the portfolio are means over blocks, weighted
by MW. A tranche has the account of its last block; contracts and customers are means over tranches, weighted by MW. A
row that is not in the table means zero days.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.ledger import Ledger
from buildsim.analysis.proportions import moment_bounds

TOLERANCE = 1e-6
"""How far the causes of a block may be from its elapsed time [days]."""
LEVELS: tuple[float, ...] = (0.5, 0.8)
"""The levels at which the excess of a cause is reported."""


def by_block(delays: pd.DataFrame, go_live: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause for each block: mean over the replications in which the block is there.

    Columns: site, block, cause, days, planned_days, excess, excess_low, excess_high [days], n.
    """
    found = means(Ledger(delays, go_live, "block"), "block", confidence)
    site = go_live.drop_duplicates("block").astype({"site": str, "block": str}).set_index("block")["site"]
    found.insert(0, "site", found["block"].map(site).to_numpy())
    return found


def by_site(delays: pd.DataFrame, go_live: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause for each site: MW-weighted over its blocks, then the mean over replications.

    Columns: site, cause, days, planned_days, excess, excess_low, excess_high [days], n.
    """
    return means(Ledger(delays, go_live, "site"), "site", confidence)


def portfolio(delays: pd.DataFrame, go_live: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause for all sites together: MW-weighted over all blocks; columns as `by_site`, site "portfolio"."""
    return by_site(delays, go_live.assign(site=PORTFOLIO), confidence=confidence)


def by_tranche(
    delays: pd.DataFrame,
    go_live: pd.DataFrame,
    milestones: pd.DataFrame,
    *,
    by: str = "tranche",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Days by cause for each tranche, contract or customer (`by`), from the start to the go-live of the last block.

    The last block is the one that filled the tranche; where it is pending or its customer has left, the last of its
    blocks to go live. Lapsed options are left out. Contracts and customers are means over their tranches, weighted by
    MW. Columns: `by`, cause, days, planned_days, excess, excess_low, excess_high [days], n [replications].
    """
    account, units = of_tranches(delays, go_live, milestones)
    return means(Ledger(account, units, by, unit="tranche"), by, confidence)


def mw_days(
    delays: pd.DataFrame,
    go_live: pd.DataFrame,
    by: str = "site",
    *,
    replications: Ints | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """MW-days by cause: days x MW, summed over the blocks of each site (or "block", or "portfolio").

    What is not built in a replication has none there, so means over `replications` (by default those of `go_live`) add
    up: blocks to sites, sites to the portfolio. Columns: `by`, cause, days, planned_days, excess, excess_low,
    excess_high [MW-days], n.
    """
    units = go_live.assign(portfolio=PORTFOLIO) if by == PORTFOLIO else go_live
    return means(Ledger(delays, units, by, total=True, replications=replications), by, confidence)


def total(ledger: Ledger, by: str, confidence: float = 0.95) -> pd.DataFrame:
    """All causes together, one row a group: columns as `means`, cause "sum"."""
    days, planned = (np.zeros(ledger.there.shape) for _ in range(2))
    for entry in ledger:
        days += entry.days
        planned += entry.planned
    found = _means(days, planned, ledger.n, confidence).assign(cause="sum")
    found[by] = ledger.names
    return found[[by, *_COLUMNS]]


def spread(ledger: Ledger, by: str, *, levels: Sequence[float] = LEVELS, confidence: float = 0.95) -> pd.DataFrame:
    """Quantiles of each cause's excess over plan, with order-statistic intervals, one row a group and cause.

    Quantiles of causes do not sum to that of the whole: each is taken in a replication of its own. Go-lives later than
    the horizon count up to it, so their days are the least that they will be. Columns: `by`, cause, then by level
    `p50`, `p50_low`, `p50_high` [the ledger's unit; infinite where not bounded], n.
    """
    found = []
    for entry in ledger:
        for group in np.flatnonzero(entry.charged):
            values = entry.excess[group, ledger.there[group]]
            row = quantiles.wide(values, levels, confidence)
            del row["later"]
            found.append({by: ledger.names[group], "cause": entry.cause, "group": group} | row | {"n": len(values)})
    names = [f"{quantiles.column(level)}{end}" for level in levels for end in ("", "_low", "_high")]
    table = pd.DataFrame(found, columns=[by, "cause", "group", *names, "n"])
    return table.sort_values("group", kind="stable", ignore_index=True).drop(columns="group")


def of_tranches(
    delays: pd.DataFrame, go_live: pd.DataFrame, milestones: pd.DataFrame
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The account of each tranche, which is that of its last block, and the tranches as units of a ledger.

    Returns (replication, tranche, cause, days, planned_days) and (replication, contract, customer, tranche, block, mw,
    live, planned); lapsed options are in neither.
    """
    kept = milestones[milestones["outcome"].astype(str) != "lapsed"]
    units = pd.DataFrame({"replication": kept["replication"].to_numpy(np.int64)})
    for column in ("contract", "customer", "tranche"):
        units[column] = kept[column].astype(str).to_numpy()
    units["block"] = kept["last_block"].astype(str).to_numpy()
    units["mw"] = kept["mw"].to_numpy(np.float64)
    units = units.merge(_plain(go_live)[["replication", "block", "live", "planned"]], how="left")
    return _accounts(units, "tranche", delays), units


def of_last(delays: pd.DataFrame, units: pd.DataFrame, name: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The account of the last of some units to go live, by replication, as one unit of that name without weight.

    Equals go to the first. Returns (replication, last, cause, days, planned_days) and (replication, last, block, mw,
    live, planned): `last` is `name`, `block` the block that it is in that replication.
    """
    plain = _plain(units).assign(order=quantiles.later(units["live"].to_numpy()))
    plain = plain.sort_values(["replication", "order"], ascending=[True, False], kind="stable")
    last = plain.drop_duplicates("replication").assign(last=name, mw=1.0)
    last = last[["replication", "last", "block", "mw", "live", "planned"]].reset_index(drop=True)
    return _accounts(last, "last", delays), last


def check(delays: pd.DataFrame, go_live: pd.DataFrame, *, horizon: float, tolerance: float = TOLERANCE) -> pd.DataFrame:
    """The blocks whose causes do not sum to the elapsed time; empty when the account is right.

    Elapsed time runs from the start to go-live, or to `horizon` [days since start] without one; likewise for the plan.
    Columns: replication, block, days, elapsed, planned_days, planned [days].
    """
    key = ["replication", "block"]
    text = delays.assign(block=delays["block"].astype(str))
    total = text.groupby(key)[["days", "planned_days"]].sum()
    want = pd.DataFrame(
        {
            "replication": go_live["replication"],
            "block": go_live["block"].astype(str),
            "elapsed": go_live["live"].fillna(horizon).clip(lower=0.0),
            "planned": go_live["planned"].fillna(horizon).clip(lower=0.0),
        }
    )
    both = want.merge(total.reset_index(), on=key, how="outer").fillna(
        {"days": 0.0, "planned_days": 0.0, "elapsed": 0.0, "planned": 0.0}
    )
    wrong = (both["days"] - both["elapsed"]).abs().gt(tolerance) | (both["planned_days"] - both["planned"]).abs().gt(
        tolerance
    )
    return both.loc[wrong, [*key, "days", "elapsed", "planned_days", "planned"]].reset_index(drop=True)


def means(ledger: Ledger, by: str, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause and group: means over the replications in which the group is there.

    Columns: `by`, cause, days, planned_days, excess, excess_low, excess_high [the ledger's unit], n.
    """
    found = [
        _means(entry.days, entry.planned, ledger.n, confidence).assign(cause=entry.cause, at=at)[entry.charged]
        for at, entry in enumerate(ledger)
    ]
    table = pd.concat(found) if found else pd.DataFrame(columns=[*_COLUMNS, "at"])
    table = table.rename_axis("group").reset_index().sort_values(["group", "at"], kind="stable", ignore_index=True)
    table[by] = [ledger.names[index] for index in table["group"]]
    return table[[by, *_COLUMNS]]


def _plain(frame: pd.DataFrame) -> pd.DataFrame:
    """A frame whose replications and blocks can be matched with those of another."""
    return frame.assign(replication=frame["replication"].to_numpy(np.int64), block=frame["block"].astype(str))


def _accounts(units: pd.DataFrame, unit: str, delays: pd.DataFrame) -> pd.DataFrame:
    """The account of the block that stands for each unit."""
    account = _plain(delays)[["replication", "block", "cause", "days", "planned_days"]]
    found = units[["replication", unit, "block"]].merge(account, on=["replication", "block"])
    return found[["replication", unit, "cause", "days", "planned_days"]]


def _means(days: Floats, planned: Floats, n: Ints, confidence: float) -> pd.DataFrame:
    """Means over the replications of each group (rows), with the interval of the excess."""
    excess = days - planned
    low, high = np.full(len(n), np.nan), np.full(len(n), np.nan)
    total, squares = excess.sum(axis=1), (excess**2).sum(axis=1)
    for count in np.unique(n):
        here = n == count
        low[here], high[here] = moment_bounds(total[here], squares[here], int(count), confidence)
    means = {"days": days.sum(axis=1) / n, "planned_days": planned.sum(axis=1) / n, "excess": total / n}
    return pd.DataFrame(means | {"excess_low": low, "excess_high": high, "n": n})


_COLUMNS = ["cause", "days", "planned_days", "excess", "excess_low", "excess_high", "n"]
