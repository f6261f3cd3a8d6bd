"""How many MW are live by a day, with what confidence, and how that stands against what is committed.

Live MW at a day are those of the blocks that went live at or before it, on top of the base that was live at the start
and is not simulated. Days are days since the start; the end of a date d is day index d + 1 (`dates.day_of`).
"""

from collections.abc import Collection, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints, numbers, rows
from buildsim.analysis.proportions import mean, wilson, wilson_bounds

FAN: tuple[float, ...] = (0.1, 0.5, 0.9)
"""The levels of a fan."""


def live_mw(go_live: pd.DataFrame, days: ArrayLike, *, base: float = 0.0, replications: Ints | None = None) -> Floats:
    """Critical IT MW live at each day [MW], shape (replications, days); `days` ascending [days since start]."""
    grid = np.asarray(days, np.float64)
    held = numbers(go_live) if replications is None else replications
    width = len(grid) + 1
    step = np.searchsorted(grid, quantiles.later(go_live["live"].to_numpy()), side="left")
    cell = rows(go_live, held) * width + step
    added = np.bincount(cell, weights=go_live["mw"].to_numpy(np.float64), minlength=len(held) * width)
    total = np.cumsum(added.reshape(len(held), width)[:, :-1], axis=1, dtype=np.float64)
    return total + base


def grid(horizon: float, points: int = 500) -> Floats:
    """Whole days from the start to the horizon [days since start], at most about `points` of them."""
    step = max(1, int(np.ceil(horizon / points)))
    return np.append(np.arange(0.0, horizon, step), horizon)


def fan(go_live: pd.DataFrame, days: ArrayLike, *, base: float = 0.0, levels: Sequence[float] = FAN) -> pd.DataFrame:
    """Quantiles of live MW over time: columns day [days since start], mean and one a level (`p10`, ...) [MW]."""
    total = live_mw(go_live, days, base=base)
    table = pd.DataFrame({"day": np.asarray(days, np.float64), "mean": total.mean(axis=0)})
    for level, band in zip(levels, quantiles.bands(total, levels), strict=True):
        table[quantiles.column(level)] = band
    return table


def at_days(
    go_live: pd.DataFrame,
    days: ArrayLike,
    *,
    base: float = 0.0,
    commitments: pd.DataFrame | None = None,
    levels: Sequence[float] = quantiles.LEVELS,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Live MW at given days, each figure with its interval, one row a day.

    Columns: day [days since start], n, mean, mean_low, mean_high, then by level `p50`, `p50_low`, `p50_high` [MW].
    With `commitments` also committed [MW], shortfall [MW, mean of what is missing], p_met, p_met_low, p_met_high
    [probability that live MW reach the committed].
    """
    grid_days = np.asarray(days, np.float64)
    total = live_mw(go_live, grid_days, base=base)
    found = []
    for index, day in enumerate(grid_days):
        mw = total[:, index]
        average = mean(mw, confidence, floor=0.0)
        row: dict[str, float] = {"day": float(day), "n": len(mw), "mean": average.estimate}
        row |= {"mean_low": average.low, "mean_high": average.high} | quantiles.wide(mw, levels, confidence)
        del row["later"]
        if commitments is not None:
            row |= _against(mw, committed_at(commitments, float(day)), confidence)
        found.append(row)
    return pd.DataFrame(found)


def probability_at_least(
    go_live: pd.DataFrame, day: float, mw: ArrayLike, *, base: float = 0.0, confidence: float = 0.95
) -> pd.DataFrame:
    """P(live MW >= x) at a day, one row an x: columns day, mw [MW], probability, low, high (Wilson), n."""
    wanted = np.asarray(mw, np.float64).ravel()
    total = live_mw(go_live, [day], base=base)[:, 0]
    hits = (total[:, None] >= wanted[None, :] - 1e-9).sum(axis=0)
    low, high = wilson_bounds(hits, len(total), confidence)
    share = hits / len(total) if len(total) else np.full(len(wanted), np.nan)
    return pd.DataFrame({"day": day, "mw": wanted, "probability": share, "low": low, "high": high, "n": len(total)})


def commitments(milestones: pd.DataFrame, *, base: float = 0.0, leave_out: Collection[str] = ()) -> pd.DataFrame:
    """What is committed by contract over time.

    Columns: day [days since start], mw [MW, cumulative, on top of the base], tranches (that fall due then).
    Each tranche counts from its first due date on, re-dated or not. `leave_out` names tranches that nobody is
    committed to, such as options; tranches delivered at the start are part of the base.
    """
    firm = milestones[~milestones["tranche"].isin(list(leave_out))]
    one = firm.groupby("tranche", observed=True, sort=False).agg(
        due=("due", "min"), mw=("mw", "max"), delivered=("delivered", "max")
    )
    owed = one[~(one["delivered"] <= 0.0)].sort_values("due", kind="stable")
    due = np.maximum(owed["due"].to_numpy(np.float64), 0.0)
    mw, names = owed["mw"].to_numpy(np.float64), owed.index.astype(str).to_numpy()
    steps = [(day, mw[due == day].sum(), ", ".join(names[due == day])) for day in np.unique(due)]
    total = base + np.cumsum([0.0, *(step for _, step, _ in steps)])
    days = [0.0, *(float(day) for day, _, _ in steps)]
    return pd.DataFrame({"day": days, "mw": total, "tranches": ["", *(names for _, _, names in steps)]})


def committed_at(commitments: pd.DataFrame, day: float) -> float:
    """MW committed at a day [MW]: everything due at or before it."""
    due = commitments[commitments["day"] <= day]
    return float(due["mw"].iloc[-1]) if len(due) else 0.0


def _against(mw: Floats, committed: float, confidence: float) -> dict[str, float]:
    met = wilson(int((mw >= committed - 1e-9).sum()), len(mw), confidence)
    return {
        "committed": committed,
        "shortfall": float(np.maximum(committed - mw, 0.0).mean()) if len(mw) else np.nan,
        "p_met": met.estimate,
        "p_met_low": met.low,
        "p_met_high": met.high,
    }
