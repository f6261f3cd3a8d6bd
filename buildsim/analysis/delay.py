"""Delay by cause: days, plan and the excess over it, for blocks, sites and the portfolio.

The account of a block says to which cause every day from the start to its go-live belongs (to the horizon when it does
not go live by then), so its causes sum to the elapsed time. `planned_days` are those of the planning replication; delay
is the excess over them. Sites and the portfolio are means over blocks, weighted by MW. A row that is not in the table
means zero days.
"""

import numpy as np
import pandas as pd

from buildsim.analysis.frames import Floats, Ints, codes, numbers, rows
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.proportions import moment_bounds

TOLERANCE = 1e-6
"""How far the causes of a block may be from its elapsed time [days]."""


def by_block(delays: pd.DataFrame, go_live: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause for each block: mean over the replications in which the block is there.

    Columns: site, block, cause, days, planned_days, excess, excess_low, excess_high [days], n.
    """
    found = _by(delays, go_live, "block", confidence)
    site = go_live.drop_duplicates("block").astype({"site": str, "block": str}).set_index("block")["site"]
    found.insert(0, "site", found["block"].map(site).to_numpy())
    return found


def by_site(delays: pd.DataFrame, go_live: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause for each site: MW-weighted over its blocks, then the mean over replications.

    Columns: site, cause, days, planned_days, excess, excess_low, excess_high [days], n.
    """
    return _by(delays, go_live, "site", confidence)


def portfolio(delays: pd.DataFrame, go_live: pd.DataFrame, *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause for all sites together: MW-weighted over all blocks; columns as `by_site`, site "portfolio"."""
    return by_site(delays, go_live.assign(site=PORTFOLIO), confidence=confidence)


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


def _by(delays: pd.DataFrame, go_live: pd.DataFrame, by: str, confidence: float) -> pd.DataFrame:
    """Days of a group and cause: weighted by MW over the blocks of a replication first, then over replications."""
    held = numbers(go_live)
    block, blocks = codes(go_live, "block")
    mw, group_of = _facts(go_live, block, blocks, by)
    names = list(dict.fromkeys(group_of))
    place = np.array([names.index(group) for group in group_of], dtype=np.int64)
    shape = (len(names), len(held))
    weight = np.bincount(place[block] * len(held) + rows(go_live, held), mw[block], shape[0] * shape[1]).reshape(shape)
    n = (weight > 0).sum(axis=1)
    code_of, named = codes(delays, "block")
    own = pd.Index(blocks, dtype=object).get_indexer(pd.Index(named, dtype=object))[code_of]
    if (own < 0).any():
        raise ValueError("the account holds blocks that the table of go-lives does not")
    cell = place[own] * len(held) + rows(delays, held)
    cause, causes = codes(delays, "cause")
    found = []
    for code, name in enumerate(causes):
        here = cause == code
        values = {
            column: np.bincount(cell[here], delays[column].to_numpy()[here] * mw[own[here]], weight.size).reshape(shape)
            / np.where(weight > 0, weight, 1.0)
            for column in ("days", "planned_days")
        }
        there = np.bincount(place[own[here]], minlength=len(names)) > 0
        found.append(_means(values["days"], values["planned_days"], n, confidence).assign(cause=name, at=code)[there])
    table = pd.concat(found) if found else pd.DataFrame(columns=[*_COLUMNS, "at"])
    table = table.rename_axis("group").reset_index().sort_values(["group", "at"], kind="stable", ignore_index=True)
    table[by] = [names[index] for index in table["group"]]
    return table[[by, *_COLUMNS]]


def _facts(go_live: pd.DataFrame, block: Ints, blocks: list[str], by: str) -> tuple[Floats, list[str]]:
    """The weight of each block (its MW, or 1 when none has any, as in a bare network) and the group it belongs to."""
    first = np.unique(block, return_index=True)[1]
    chosen = go_live.iloc[first]
    mw = chosen["mw"].to_numpy(np.float64)
    return mw if mw.any() else np.ones(len(mw)), [str(name) for name in (blocks if by == "block" else chosen[by])]


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
