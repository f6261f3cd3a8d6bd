"""Days and dates: the clock counts days since the start, 00:00; dates appear only at the edges.

A date as a deadline means the end of that day, so the deadline of the start itself is day 1.0, and what happens at
exactly 1.0 has happened on the day of the start.
"""

from datetime import date, timedelta

from buildsim.analysis.quantiles import end_text
from buildsim.run.run import calendar_date


def day_of(when: date, start: date) -> float:
    """The end of a date as days since the start [days]."""
    return float((when - start).days + 1)


def date_text(day: float, start: date, *, bounded: bool = True) -> str:
    """A day as an ISO date, `> horizon` when it is later than that, `not bounded` for the open end of an interval."""
    return end_text(day, bounded, lambda finite: calendar_date(start, finite).isoformat())


def quarter_ends(start: date, horizon: float) -> list[date]:
    """The last days of the quarters that end after the start and by the horizon [days since the start]."""
    ends: list[date] = []
    year, quarter = start.year, (start.month - 1) // 3
    while True:
        year, quarter = (year, quarter + 1) if quarter < 3 else (year + 1, 0)
        end = date(year, 3 * quarter + 1, 1) - timedelta(days=1)
        if day_of(end, start) > horizon:
            return ends
        ends.append(end)
