"""The weeks of labour as arrays: (replications, weeks, pools), over the replications whose labour a run keeps.

A pool is a trade of a market. Its rows end with its last work in a replication. After that it needs nobody: flows and
need count as zero, and its people are as many as they were in the last week that is told.
"""

from collections.abc import Sequence
from typing import Literal, Protocol

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints, numbers, rows
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest
from buildsim.units import DAYS_PER_WEEK

By = Literal["trade", "market", "all"]
ALL = "all"
"""The name under which all trades, or markets, stand together."""
LEVELS: tuple[float, ...] = (0.1, 0.5, 0.9)
"""The levels at which weekly figures are told."""
WORKDAYS = 5.0
"""Days of a week for which waiting work would have paid people."""


class LabourRun(RunLike, Protocol):
    """A run that keeps labour."""

    @property
    def labour(self) -> pd.DataFrame:
        """A row a pool in a week."""
        ...

    @property
    def costs(self) -> pd.DataFrame:
        """A row an item of cost of a pool."""
        ...


def kept(run: RunLike) -> Ints:
    """The replications whose labour and costs a run keeps, ascending: those whose activities it keeps."""
    return numbers(run.activities)


def problems(run: LabourRun, market: str | None = None, trade: str | None = None) -> list[Problem]:
    """Return what keeps the labour of a run from being told: none is kept, nobody of that name, or without work."""
    found = unknown(run, market, trade)
    if not found and idle(run, market, trade):
        path = "market" if market is not None else "trade"
        found.append(Problem(path, nobody(market, trade), expected="crews that have work in the model"))
    return found


def unknown(run: LabourRun, market: str | None = None, trade: str | None = None) -> list[Problem]:
    """Return the problems of the run itself, and of names that its model does not have."""
    if run.model.network is not None:
        return [Problem("labour", "a bare network has no crews of trades", expected="a run of a model with sites")]
    found = []
    if not len(kept(run)):
        message = "the run keeps no labour"
        found.append(Problem("labour", message, expected="a run with --keep-activities, 100 by default"))
    elif run.labour.empty:
        found.append(Problem("labour", "no crew pool of the model has any work"))
    markets = [str(name) for name in run.model.labour]
    trades = list(dict.fromkeys(str(name) for pools in run.model.labour.values() for name in pools))
    for path, name, names in (("market", market, markets), ("trade", trade, trades)):
        if name is not None and name not in names:
            text = f"the run has no {path} '{name}'"
            found.append(Problem(path, text, expected=" or ".join(names), nearest=nearest(name, names)))
    known = market in markets and trade in trades
    if known and market is not None and trade not in run.model.labour[market]:
        expected = " or ".join(str(name) for name in run.model.labour[market])
        found.append(Problem("trade", f"the market '{market}' has no {trade}", expected=expected))
    return found


def idle(run: LabourRun, market: str | None = None, trade: str | None = None) -> bool:
    """Whether nobody of a market or trade that the model has has any work."""
    return chosen(run.labour, market, trade).empty


def nobody(market: str | None, trade: str | None) -> str:
    """That a market or trade has no work, in words."""
    whose = f"the market '{market}'" if market is not None else "any market"
    return f"no {trade if trade is not None else 'crew'} of {whose} has any work"


def chosen(frame: pd.DataFrame, market: str | None, trade: str | None) -> pd.DataFrame:
    """The rows of a market and trade, where they are named."""
    for column, name in (("market", market), ("trade", trade)):
        if name is not None:
            frame = frame[frame[column] == name]
    return frame


class Weeks:
    """The table `labour` of a run as arrays."""

    def __init__(self, frame: pd.DataFrame, replications: Ints, horizon: float) -> None:
        """Take a table, the replications that there are, and the end of what is simulated [days since start].

        Errors: ValueError when the table holds other replications.
        """
        self.replications = replications
        market, trade = (frame[name].astype(str).to_numpy(dtype=object) for name in ("market", "trade"))
        code, pools = pd.factorize(pd.Index(list(zip(market, trade, strict=True)), tupleize_cols=False))
        self.pools: list[tuple[str, str]] = list(pools)
        """(market, trade) of each pool, in order of appearance."""
        week = np.rint(frame["week"].to_numpy(np.float64) / DAYS_PER_WEEK).astype(np.int64)
        self.shape = (len(replications), int(week.max(initial=-1)) + 1, len(self.pools))
        self.begins: Floats = DAYS_PER_WEEK * np.arange(self.shape[1], dtype=np.float64)
        """The first day of each week [days since start]."""
        self.span: Floats = np.clip((horizon - self.begins) / DAYS_PER_WEEK, 0.0, 1.0)
        """The share of each week that lies before the horizon."""
        self._at = (rows(frame, replications), week, code)
        self._frame = frame
        self.there: NDArray[np.bool_] = np.zeros(self.shape, bool)
        """Whether a pool has work in that week or later."""
        self.there[self._at] = True

    def flow(self, column: str) -> Floats:
        """A column, zero where a pool has no work any more."""
        found = np.zeros(self.shape)
        found[self._at] = np.nan_to_num(self._frame[column].to_numpy(np.float64))
        return found

    def stock(self, column: str) -> Floats:
        """A column that counts people, carried on after the last week that is told.

        In a replication in which a pool has no work at all it has as many as in the others on average.
        """
        found = self.flow(column)
        last = self.there.sum(axis=1) - 1
        place = np.minimum(np.arange(self.shape[1])[None, :, None], last[:, None, :])
        found = np.take_along_axis(found, np.maximum(place, 0), axis=1)
        idle = last < 0
        if idle.any():
            some = np.maximum((~idle).sum(axis=0), 1)
            usual = np.where(idle[:, None, :], 0.0, found).sum(axis=0) / some
            found = np.where(idle[:, None, :], usual[None], found)
        return found

    def groups(self, by: By) -> tuple[list[str], Floats]:
        """The groups of pools, and which pool belongs to which: 0 or 1, (pools, groups)."""
        names = [{"trade": trade, "market": market, "all": ALL}[by] for market, trade in self.pools]
        order = list(dict.fromkeys(names))
        member = np.array([[float(name == group) for group in order] for name in names])
        return order, member.reshape(len(names), len(order))


def weeks_of(run: LabourRun, market: str | None = None, trade: str | None = None) -> Weeks:
    """The labour of a run, of one market or trade where named.

    Errors: InputError with every problem: no labour is kept, an unknown market or trade, one without any work.
    """
    if found := problems(run, market, trade):
        raise InputError(found)
    return Weeks(chosen(run.labour, market, trade), kept(run), run.horizon)


def trade_names(run: RunLike) -> dict[str, str]:
    """What each trade is called, by its id."""
    return {str(key): str(getattr(trade, "name", "") or key) for key, trade in run.model.trades.items()}


def shifts(run: RunLike) -> dict[str, float]:
    """Craft-hours of a worker in a working day, by trade."""
    return {str(key): float(trade.shift) for key, trade in run.model.trades.items()}


def spread(values: Floats, levels: Sequence[float] = LEVELS) -> dict[str, Floats]:
    """Mean and quantiles over replications of (replications, ...): `mean`, `p10`, `p50`, `p90`."""
    flat = values.reshape(len(values), -1)
    bands = quantiles.bands(flat, levels)
    shape = values.shape[1:]
    found = {quantiles.column(level): band.reshape(shape) for level, band in zip(levels, bands, strict=True)}
    return {"mean": values.mean(axis=0), **found}
