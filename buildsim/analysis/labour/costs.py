"""What labour costs: by item, trade or market, for a MW and for a craft-hour; what one run costs more than another."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from buildsim.analysis import answers, paired
from buildsim.analysis.figures import pairs
from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.labour.weeks import ALL, LabourRun, chosen, kept, problems, weeks_of
from buildsim.analysis.proportions import mean
from buildsim.errors import InputError, Problem

CostBy = Literal["item", "trade", "market"]
NOBODY = "portfolio"
"""Where the cost of a lever stands that belongs to no trade and no market."""


def costs(
    run: LabourRun,
    *,
    by: CostBy = "item",
    market: str | None = None,
    trade: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """What labour costs up to the horizon: means over the replications that are kept.

    Columns: `by` (item, trade or market), the last one "all"; usd, low, high [USD] with the t interval; share of all;
    per_mw [USD/MW]: for each MW that is built, of a market for those of its sites; per_hour [USD/h]: for each
    craft-hour spent, by its own trade or market where rows are those; n. A trade without a wage costs nothing here:
    `without_wage`. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    held = weeks.replications
    frame = chosen(run.costs, market, trade)
    sums = {name: _sums(own, held) for name, own in _groups(frame, by)}
    sums[ALL] = _sums(frame, held)
    spent = weeks.flow("spent").sum(axis=1)
    hours = {ALL: spent.sum(axis=1)}
    if by != "item":
        names, member = weeks.groups(by)
        hours |= dict(zip(names, (spent @ member).T, strict=True))
    built = built_mw(run, held, market).mean()
    whole = sums[ALL].mean()
    rows = []
    for name, values in sums.items():
        told = mean(values, confidence)
        spent_here = hours.get(name, hours[ALL] if by == "item" else np.zeros(len(held))).mean()
        facts: dict[str, Any] = {by: name, "usd": told.estimate, "low": told.low, "high": told.high}
        facts |= {"share": told.estimate / whole if whole else np.nan}
        mw = built_mw(run, held, name).mean() if by == "market" and name in run.model.labour else built
        facts |= {"per_mw": told.estimate / mw if mw > 0.0 else np.nan}
        rows.append({**facts, "per_hour": told.estimate / spent_here if spent_here > 0.0 else np.nan, "n": told.n})
    return pd.DataFrame(rows)


def without_wage(run: LabourRun, market: str | None = None, trade: str | None = None) -> list[str]:
    """The trades at work that have no wage, so that what they cost is not known."""
    weeks = weeks_of(run, market, trade)
    trades = list(dict.fromkeys(trade for _, trade in weeks.pools))
    return [name for name in trades if run.model.trades[name].wage is None]


def cost_by_replication(run: LabourRun, replications: Ints | None = None) -> Floats:
    """What labour and levers cost in each replication that is kept, or in those of them that are named [USD].

    Errors: InputError when the run keeps no labour.
    """
    if found := problems(run):
        raise InputError(found)
    held = kept(run)
    values = _sums(run.costs, held)
    return values if replications is None else values[np.isin(held, replications)]


def cost_difference(
    base: LabourRun, other: LabourRun, *, by: CostBy = "item", confidence: float = 0.95
) -> pd.DataFrame:
    """What another run costs more than the base, replication by replication.

    Columns: `by`, the last one "all"; base, other, difference, low, high [USD], pairs. Errors: InputError when the runs
    do not pair, or keep the labour of fewer than two replications in common.
    """
    held = common(base, other)
    one, two = ({name: _sums(own, held) for name, own in _groups(run.costs, by)} for run in (base, other))
    one[ALL], two[ALL] = (_sums(run.costs, held) for run in (base, other))
    rows = []
    for name in [*[name for name in dict.fromkeys([*one, *two]) if name != ALL], ALL]:
        none = np.zeros(len(held))
        gap = paired.difference(one.get(name, none), two.get(name, none), confidence=confidence)
        facts: dict[str, Any] = {by: name, "base": gap.base, "other": gap.other, "difference": gap.difference}
        rows.append({**facts, "low": gap.low, "high": gap.high, "pairs": gap.pairs})
    return pd.DataFrame(rows)


def common(base: LabourRun, *others: LabourRun) -> Ints:
    """The replications whose labour all runs keep.

    Errors: InputError with all that keeps the runs from pairing, or when they keep fewer than two in common.
    """
    found = [problem for run in (base, *others) for problem in problems(run)]
    if found:
        raise InputError(list(dict.fromkeys(found)))
    held = pairs({f"run {number}": run for number, run in enumerate(others, start=1)}, base)
    for run in (base, *others):
        held = np.intersect1d(held, kept(run)).astype(np.int64)
    if len(held) < 2:
        message, expected = f"the runs keep the labour of {len(held)} replications in common", "at least two"
        raise InputError(Problem("keep_activities", message, expected=expected))
    return held


def built_mw(run: LabourRun, replications: Ints, market: str | None = None) -> Floats:
    """MW that are built in each of some replications, live by the horizon or not; lapsed options are not [MW].

    With `market` those of the sites whose crews come from it.
    """
    frame = answers.built(run, run.go_live)
    if market is not None:
        frame = frame[frame["site"].isin([name for name, site in run.model.sites.items() if site.market == market])]
    return _sums(frame, replications, "mw")


def _groups(frame: pd.DataFrame, by: CostBy) -> list[tuple[str, pd.DataFrame]]:
    """The rows by name, in order of appearance; what belongs to no trade or market last."""
    names = [str(name) for name in dict.fromkeys(frame[by].astype(str))]
    return [(name or NOBODY, frame[frame[by] == name]) for name in sorted(names, key=lambda name: not name)]


def _sums(frame: pd.DataFrame, replications: Ints, column: str = "usd") -> Floats:
    """The sum of a column by replication, over those named."""
    number = frame["replication"].to_numpy(np.int64)
    here = np.isin(number, replications)
    at = np.searchsorted(replications, number[here])
    return np.bincount(at, frame[column].to_numpy(np.float64)[here], len(replications)).astype(np.float64)
