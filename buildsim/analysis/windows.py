"""Windows: the accounts of a run and of its plan, cut at dates.

The segments of an account follow one another without a gap, so cutting them at dates is exact: in each window the
causes sum to the part of it that lies before the finish, and the windows add up to the account. Where a window ends
within a stretch of work that several causes share, such as work slowed by weather, its causes are spread evenly over
the stretch.

The plan is cut at the same dates, so a window shows what the plan had in it and what there was instead. This looks
back with one baseline. It is not a contemporaneous period analysis: nothing is forecast anew from where a window ends.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from itertools import pairwise

import numpy as np
import pandas as pd

from buildsim.analysis.dates import day_of, quarter_ends
from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import moment_bounds
from buildsim.analysis.rerun import agree, replicator
from buildsim.analysis.scope import Scope
from buildsim.engine.account import Segment
from buildsim.engine.causes import CAUSES
from buildsim.errors import InputError, Problem
from buildsim.run.replication import Replicator
from buildsim.run.run import Run, calendar_date

MOST = 100
"""The most replications that are run again for a mean."""
EVERY = ("quarter", "month")
"""What windows may be, besides dates of one's own."""
ZERO = 1e-9
"""Days that count as none [days]."""
_PLACE = {cause: place for place, cause in enumerate(CAUSES)}


def windows(
    run: Run,
    scope: Scope,
    every: str | Sequence[date] = "quarter",
    *,
    replication: int | None = None,
    most: int = MOST,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Days by cause in each window, in replications that are run again; weighted by MW over the units of the scope.

    Args:
        run: The run.
        scope: Whose account is cut.
        every: Where: at the ends of quarters or months, or at the ends of given days.
        replication: One replication alone; by default the mean over the first `most` in which the scope is there.
        most: How many replications at most, 1 to 100.
        confidence: Of the t intervals.

    Returns:
        A row a window and cause with any days in it, up to the last window with any: window [number from 1], begin,
        end [days since start], open, planned_open [days of the window before the finish, here and in the plan], cause,
        days, planned_days, excess, excess_low, excess_high [days], n [replications]. Days sum to `open`.

    Raises:
        InputError: dates that do not ascend within what was simulated, another `every`, or an unknown replication.
        RunError: when a replication comes out differently, because the run was made by another version.
    """
    cuts = edges(run.start, run.horizon, every)
    chosen = _chosen(scope, replication, most)
    units = scope.units[scope.units["replication"].isin(chosen)]
    again = replicator(run)
    place = {block.name: number for number, block in enumerate(again.program.blocks)}
    plan: dict[int, Floats] = {}
    days, planned = (np.zeros((len(chosen), len(cuts) - 1, len(CAUSES))) for _ in range(2))
    for at, number in enumerate(chosen):
        own = units[units["replication"] == number]
        outcome = again.replicate(number)
        account, weight = again.account(outcome), _weights(own["mw"].to_numpy(np.float64))
        for block, kept, share in zip(own["block"].astype(str), own["live"], weight, strict=True):
            last = again.program.blocks[place[block]].live
            live = outcome.world.works.finish[last]
            agree(run, number, block, float(kept), live if live <= run.horizon else float("nan"))
            days[at] += share * cut(account.segments(last), cuts)
            if last not in plan:
                plan[last] = cut(_planned(again, last), cuts)
            planned[at] += share * plan[last]
    return _table(cuts, days, planned, confidence)


def edges(start: date, horizon: float, every: str | Sequence[date] = "quarter") -> list[float]:
    """Where the windows end [days since start]: day 0, the ends of quarters, months or given days, the horizon.

    Raises:
        InputError: dates that do not ascend within what was simulated, or another `every`.
    """
    if isinstance(every, str):
        if every not in EVERY:
            raise InputError(Problem("windows", f"there are no windows '{every}'", expected=" or ".join(EVERY)))
        dates = quarter_ends(start, horizon) if every == "quarter" else _month_ends(start, horizon)
    else:
        dates = list(every)
    cuts = [0.0, *(day_of(one, start) for one in dates)]
    if not all(low < high for low, high in pairwise(cuts)) or cuts[-1] > horizon:
        told = ", ".join(one.isoformat() for one in dates)
        last = start + timedelta(days=int(horizon) - 1)
        raise InputError(Problem("windows", told, expected=f"ascending dates from {start} to {last}"))
    return cuts if cuts[-1] >= horizon - ZERO else [*cuts, horizon]


def cut(segments: Sequence[Segment], cuts: Sequence[float]) -> Floats:
    """The days of an account by window and cause, in the order of `CAUSES` [days]; shape (windows, causes)."""
    found = np.zeros((len(cuts) - 1, len(CAUSES)))
    for segment in segments:
        begin, end = segment.begin, segment.end
        first = int(np.searchsorted(cuts, begin, side="right")) - 1
        for window in range(max(first, 0), len(cuts) - 1):
            if cuts[window] >= end:
                break
            share = (min(end, cuts[window + 1]) - max(begin, cuts[window])) / (end - begin)
            for cause, days in segment.parts.items():
                found[window, _PLACE[cause]] += days * share
    return found


def name(day: float, start: date, every: str | Sequence[date] = "quarter") -> str:
    """What the window that ends on a day is called: `2026 Q1`, `2026-01`, or by the date of its end."""
    end = calendar_date(start, day)
    if every == "quarter":
        return f"{end.year} Q{(end.month + 2) // 3}"
    return f"{end:%Y-%m}" if every == "month" else f"to {end}"


def by_cause(table: pd.DataFrame) -> pd.DataFrame:
    """The windows put together again: cause, days, planned_days, excess [days], which are those of the account."""
    totals: Mapping[str, Floats] = defaultdict(lambda: np.zeros(2))
    for cause, days, planned in zip(table["cause"], table["days"], table["planned_days"], strict=True):
        totals[str(cause)] += np.array([days, planned])
    rows = [(cause, *totals[cause], totals[cause][0] - totals[cause][1]) for cause in CAUSES if cause in totals]
    return pd.DataFrame(rows, columns=["cause", "days", "planned_days", "excess"])


def _planned(again: Replicator, last: int) -> list[Segment]:
    return again.account(again.planned).segments(last)


def _chosen(scope: Scope, replication: int | None, most: int) -> list[int]:
    """The replications that are run again."""
    if not 1 <= most <= MOST:
        raise InputError(Problem("most", f"{most} replications", expected=f"1 to {MOST}"))
    there = [int(number) for number in scope.there]
    if replication is None:
        return there[:most]
    if replication not in scope.replications:
        expected = f"a number from 0 to {scope.replications.max()}"
        raise InputError(Problem("replication", f"the run has no replication {replication}", expected=expected))
    if replication not in there:
        raise InputError(Problem("replication", f"{scope.title} is not built in replication {replication}"))
    return [replication]


def _weights(mw: Floats) -> Floats:
    """The weight of each unit: its MW, or alike where none has any, as in a bare network."""
    share: Floats = mw / mw.sum() if mw.any() else np.full(len(mw), 1.0 / len(mw))
    return share


def _month_ends(start: date, horizon: float) -> list[date]:
    ends: list[date] = []
    count = start.year * 12 + start.month
    while True:
        end = date(count // 12, count % 12 + 1, 1) - timedelta(days=1)
        if day_of(end, start) > horizon:
            return ends
        ends.append(end)
        count += 1


def _table(cuts: Sequence[float], days: Floats, planned: Floats, confidence: float) -> pd.DataFrame:
    """Means over the replications (first axis) of days by window and cause."""
    rows = []
    n, excess = len(days), days - planned
    low, high = moment_bounds(excess.sum(axis=0), (excess**2).sum(axis=0), n, confidence)
    here, there = days.mean(axis=0), planned.mean(axis=0)
    some = (np.abs(days) > ZERO).any(axis=0) | (np.abs(planned) > ZERO).any(axis=0)
    for window, cause in zip(*np.nonzero(some), strict=True):
        rows.append(
            {
                "window": int(window) + 1,
                "begin": cuts[window],
                "end": cuts[window + 1],
                "open": here[window].sum(),
                "planned_open": there[window].sum(),
                "cause": CAUSES[cause],
                "days": here[window, cause],
                "planned_days": there[window, cause],
                "excess": here[window, cause] - there[window, cause],
                "excess_low": low[window, cause],
                "excess_high": high[window, cause],
                "n": n,
            }
        )
    return pd.DataFrame(rows, columns=_COLUMNS)


_COLUMNS = [
    "window", "begin", "end", "open", "planned_open", "cause", "days", "planned_days", "excess", "excess_low",
    "excess_high", "n",
]  # fmt: skip
