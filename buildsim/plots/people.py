"""What the figures of labour have in common: who is meant, how far the weeks go, and the colours of trades."""

import numpy as np
import pandas as pd

from buildsim.analysis import labour
from buildsim.analysis.dates import date_text
from buildsim.analysis.frames import Floats
from buildsim.analysis.labour import LabourRun
from buildsim.plots import style, wording
from buildsim.units import DAYS_PER_WEEK

SEEN = 0.5
"""Fewer workers than this are none [workers]."""
TAIL = 0.01
"""The axis ends with the last week in which one replication in ten needs at least this share of the most needed."""


def who(run: LabourRun, market: str | None, trade: str | None) -> str:
    """The trade and market that are meant, in words."""
    names = labour.trade_names(run)
    if trade is None:
        return "All trades" if market is None else f"All trades, {market}"
    return names.get(trade, trade) if market is None else f"{names.get(trade, trade)}, {market}"


def kept_note(run: LabourRun) -> str:
    """How many replications the labour is told of, in words."""
    n = len(labour.kept(run))
    return f"{n:,} of {run.replications:,} replications, whose labour is kept" if n < run.replications else ""


def noted(run: LabourRun, note: str) -> str:
    """The small print: a note of the figure's own, and how many replications it is of where not of all."""
    return "\n".join(part for part in (note, kept_note(run)) if part)


def told(run: LabourRun) -> str:
    """How many replications a caption is about."""
    n = len(labour.kept(run))
    if n == run.replications:
        return wording.replications(run)
    return f"{n:,} kept of {wording.replications(run)}" if wording.unfinished(run) else wording.counted(n)


def last_week(profile: pd.DataFrame) -> float:
    """The last week of a profile that is drawn [days since start]."""
    needed = profile[profile["quantity"] == "needed"].groupby("week")["p90"].sum()
    much = needed[needed >= max(SEEN, TAIL * float(needed.max()))]
    return float(much.index.max()) if len(much) else float(needed.index.max())


def table(frame: pd.DataFrame, names: str, value: str, last: float) -> pd.DataFrame:
    """A column of a table by week, as far as the axis goes: rows are weeks, columns names in order of appearance."""
    order = list(dict.fromkeys(frame[names]))
    return frame[frame["week"] <= last].pivot(index="week", columns=names, values=value)[order]


def edges(run: LabourRun, weeks: Floats) -> Floats:
    """The ends of weeks as matplotlib's date numbers: one more than there are weeks."""
    found: Floats = style.number(run.start, np.append(weeks, weeks[-1] + DAYS_PER_WEEK))
    return found


def week(run: LabourRun, day: float) -> str:
    """A week by the date of its first day."""
    return date_text(day + 1.0, run.start)


def colours(run: LabourRun) -> dict[str, str]:
    """The colour of each trade, the same in every figure."""
    return {str(trade): style.PALETTE[number % len(style.PALETTE)] for number, trade in enumerate(run.model.trades)}
