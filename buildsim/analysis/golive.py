"""When sites and the portfolio go live: a site is live when its last block is."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints, codes, matrix, numbers

PORTFOLIO = "portfolio"
"""The name under which all sites together stand."""

COMPLETE = "complete"
"""The last block is live."""

FIRST = "first block"
"""The first block is live."""


def block_dates(
    go_live: pd.DataFrame, *, levels: Sequence[float] = quantiles.LEVELS, confidence: float = 0.95
) -> pd.DataFrame:
    """Go-live of each block, one row a block.

    Columns: site, block, mw [MW], n [replications], planned, target [days since start], then by level `p50`, `p50_low`,
    `p50_high` [days since start], later [share beyond the horizon].
    """
    rows = []
    for block, group in go_live.groupby("block", observed=True, sort=False):
        first = group.iloc[0]
        facts = {"site": str(first["site"]), "block": str(block), "mw": float(first["mw"]), "n": len(group)}
        dates = {"planned": float(first["planned"]), "target": float(first["target"])}
        rows.append(facts | dates | quantiles.wide(group["live"].to_numpy(), levels, confidence))
    return pd.DataFrame(rows, columns=["site", "block", "mw", "n", "planned", "target", *_columns(levels)])


def site_days(
    go_live: pd.DataFrame, *, event: str = COMPLETE, firm: Sequence[str] | None = None
) -> tuple[Floats, list[str], Ints]:
    """The day of an event by replication and site [days since start], NaN when it is later than the horizon.

    The last column is the portfolio, over the sites in `firm` (all by default). `-inf` marks a replication in which
    the site has nothing to build. Returns the matrix (replications, sites + 1), the names and the replication numbers.
    """
    held = numbers(go_live)
    live, blocks = matrix(go_live, "block", "live", held)
    there, _ = matrix(go_live.assign(there=1.0), "block", "there", held, fill=0.0)
    owner, sites = _owners(go_live, blocks)
    wanted = np.ones(len(sites), bool) if firm is None else np.isin(np.array(sites), list(firm))
    groups = [owner == index for index in range(len(sites))] + [wanted[owner]]
    days = [_event(live[:, group], there[:, group] > 0, event) for group in groups]
    return np.column_stack(days), [*sites, PORTFOLIO], held


def site_dates(
    go_live: pd.DataFrame,
    *,
    firm: Sequence[str] | None = None,
    levels: Sequence[float] = quantiles.LEVELS,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Go-live of each site and of the portfolio, its first block and its last, one row a site and event.

    Columns: site, event, blocks, mw [MW], n [replications], planned, target [days since start; the latest of its
    blocks, NaN when one has none], then by level `p50`, `p50_low`, `p50_high` [days since start], later [share].
    The portfolio is the sites in `firm` (all by default).
    """
    per_block = go_live.drop_duplicates("block")
    rows = []
    for event in (FIRST, COMPLETE):
        days, names, _ = site_days(go_live, event=event, firm=firm)
        for index, name in enumerate(names):
            kept = days[~np.isneginf(days[:, index]), index]
            mine = per_block["site"].isin(list(firm)) if firm is not None else pd.Series(True, index=per_block.index)
            own = per_block[mine if name == PORTFOLIO else per_block["site"] == name]
            facts: dict[str, object] = {"site": name, "event": event, "blocks": len(own), "mw": float(own["mw"].sum())}
            dates = {key: _of_all(own[key].to_numpy(np.float64), event) for key in ("planned", "target")}
            rows.append(facts | {"n": len(kept)} | dates | quantiles.wide(kept, levels, confidence))
    columns = ["site", "event", "blocks", "mw", "n", "planned", "target", *_columns(levels)]
    return pd.DataFrame(rows, columns=columns)


def _owners(go_live: pd.DataFrame, blocks: Sequence[str]) -> tuple[Ints, list[str]]:
    """The site of each block as an index, and the sites in order of first appearance."""
    per_block = go_live.drop_duplicates("block")
    found, sites = codes(per_block, "site")
    place = {str(block): int(site) for block, site in zip(per_block["block"], found, strict=True)}
    return np.array([place[block] for block in blocks], dtype=np.int64), sites


def _event(live: Floats, there: NDArray[np.bool_], event: str) -> Floats:
    """First or last go-live over the blocks of a replication; NaN counts as later than any day."""
    known = quantiles.later(live)
    if event == FIRST:
        day = np.where(there, known, np.inf).min(axis=1, initial=np.inf)
    else:
        day = np.where(there, known, -np.inf).max(axis=1, initial=-np.inf)
    day = np.where(there.any(axis=1), day, -np.inf)
    return np.where(np.isposinf(day), np.nan, day)


def _of_all(days: Floats, event: str) -> float:
    if not len(days) or (event == COMPLETE and np.isnan(days).any()) or np.isnan(days).all():
        return np.nan
    return float(np.nanmin(days) if event == FIRST else days.max())


def _columns(levels: Sequence[float]) -> list[str]:
    names = [quantiles.column(level) for level in levels]
    return [column for name in names for column in (name, f"{name}_low", f"{name}_high")] + ["later"]
