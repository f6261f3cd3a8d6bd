"""Cells of the reports: dates with their intervals, shares, money and MW."""

import textwrap
from collections.abc import Mapping
from datetime import date
from math import isfinite, isnan
from typing import Any

from buildsim.analysis.dates import date_text
from buildsim.analysis.quantiles import BEYOND, column, interval_ranks
from buildsim.run.run import calendar_date
from buildsim.units import format_usd

Row = Mapping[Any, Any]
NONE = "-"
"""What stands in a cell that has nothing to say."""


class Days:
    """Days since the start of a run as dates; what is NaN or infinite is later than the horizon."""

    def __init__(self, start: date) -> None:
        self.start = start

    def text(self, day: float) -> str:
        """A date, or `> horizon`."""
        return date_text(day, self.start)

    def known(self, day: float) -> str:
        """A date that the model may or may not declare."""
        return NONE if isnan(day) else date_text(day, self.start)

    def quantile(self, row: Row, level: float) -> str:
        """A quantile, and below it how many days earlier or later it may truly lie: `2027-03-24`, `-4/+9`.

        The interval may end later than the horizon (`-4/late`) or nowhere, with too few replications (`-4/?`).
        """
        value, low, high = _ends(row, level)
        if isnan(value):
            return NONE
        if not isfinite(value):
            return f"{BEYOND}\n>={self.text(low)}" if low is not None and isfinite(low) else BEYOND
        here = calendar_date(self.start, value)
        earlier = "?" if low is None else f"-{(here - calendar_date(self.start, low)).days}"
        if high is None:
            later = "?"
        else:
            later = f"+{(calendar_date(self.start, high) - here).days}" if isfinite(high) else "late"
        return f"{here}\n{earlier}/{later}"

    def data(self, row: Row, level: float) -> dict[str, Any]:
        """A quantile for scripts: day, date, and the dates of its interval, null where it is not bounded."""
        value, low, high = _ends(row, level)
        if isnan(value):
            return {"day": None, "date": None, "low": None, "high": None}
        ends = {name: None if end is None else self.text(end) for name, end in (("low", low), ("high", high))}
        return {"day": value, "date": self.text(value), **ends}


def _ends(row: Row, level: float) -> tuple[float, float | None, float | None]:
    """A quantile and its interval; None for an end that the number of replications does not bound."""
    name = column(level)
    value, low, high = (float(row[f"{name}{end}"]) for end in ("", "_low", "_high"))
    least, most = interval_ranks(int(row["n"]), level)
    return value, low if least > 0 else None, high if most <= int(row["n"]) else None


def number_quantile(row: Row, level: float) -> str:
    """A quantile of MW or days with its interval in brackets: `1,234 (1,220-1,250)`."""
    value, low, high = _ends(row, level)
    if not isfinite(value):
        return NONE if isnan(value) else BEYOND
    if low == high == value:
        return f"{value:,.0f}"
    return f"{value:,.0f} ({_end(low)}-{_end(high)})"


def number_data(row: Row, level: float) -> dict[str, Any]:
    """The same for scripts."""
    value, low, high = _ends(row, level)
    return {"value": value, "low": low, "high": high}


def _end(value: float | None) -> str:
    if value is None:
        return "?"
    return f"{value:,.0f}" if isfinite(value) else BEYOND


def signed(value: float) -> str:
    """A difference with its sign: `+212`, `-4.2`, `0`; whole numbers from ten on."""
    text = f"{value:+,.0f}" if abs(value) >= 9.95 else f"{value:+.1f}"
    return "0" if text in ("+0.0", "-0.0") else text


def signed_quantile(row: Row, level: float) -> str:
    """A quantile of differences and, below it, its interval: `+12`, `+8.5 to +16`; `?` where it is not bounded."""
    value, low, high = _ends(row, level)
    if isnan(value):
        return NONE
    return f"{signed(value)}\n{' to '.join('?' if end is None else signed(end) for end in (low, high))}"


def wrapped(name: str, width: int, most: int = 2) -> str:
    """A name in at most so many lines of a width, cut where that is not enough."""
    lines = textwrap.wrap(name, width) or [""]
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1][: width - 3]}..."]
    return "\n".join(lines)


def per_cent(share: float) -> str:
    """A probability: `83 %`, `2.5 %`, `< 0.1 %`; sure things without a fraction."""
    if isnan(share):
        return NONE
    percent = 100.0 * share
    if 0.0 < percent < 0.1:
        return "< 0.1 %"
    near = 0.0 < percent < 9.95 or 99.0 < percent < 100.0
    return f"{percent:.1f} %" if near else f"{percent:.0f} %"


def probability(row: Row, name: str) -> str:
    """A probability and, below it, its interval."""
    return f"{per_cent(row[name])}\n{per_cent_range(row[f'{name}_low'], row[f'{name}_high'])}"


def per_cent_range(low: float, high: float) -> str:
    """The interval of a probability: `80-85 %`, `0.1-2.8 %`."""
    digits = 1 if high < 0.0995 or low > 0.99 else 0
    return f"{100.0 * low:.{digits}f}-{100.0 * high:.{digits}f} %"


def money(row: Row, name: str) -> str:
    """A mean amount of money and, below it, its interval."""
    return _mean(row, name, lambda usd: format_usd(float(f"{usd:.2e}")))


def megawatts(row: Row, name: str) -> str:
    """A mean of MW and, below it, its interval."""
    return _mean(row, name, lambda mw: f"{mw:,.0f}" if abs(mw) >= 9.95 else f"{mw:,.1f}")


def days_mean(row: Row, name: str) -> str:
    """A mean of days with its sign and, in brackets, its interval."""
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    ends = f" ({low:+,.1f} to {high:+,.1f})" if isfinite(low) and isfinite(high) else ""
    return f"{row[name]:+,.1f}{ends}"


def _mean(row: Row, name: str, show: Any) -> str:
    value, low, high = row[name], row[f"{name}_low"], row[f"{name}_high"]
    if not value or not isfinite(low):
        return str(show(value))
    return f"{show(value)}\n{show(max(low, 0.0))}-{show(high)}"


def triple(row: Row, name: str) -> dict[str, Any]:
    """A mean or a probability with its interval, for scripts."""
    return {"value": row[name], "low": row[f"{name}_low"], "high": row[f"{name}_high"]}
