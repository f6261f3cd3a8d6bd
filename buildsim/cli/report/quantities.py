"""Figures in words and numbers: what a row of a comparison is called, its values, and by how much they differ."""

from collections.abc import Mapping
from math import inf, isfinite, isnan
from typing import Any

import pandas as pd

from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.paired import bounded
from buildsim.analysis.quantiles import BEYOND
from buildsim.cli.report.cells import NONE, Days, per_cent
from buildsim.units import format_usd

Row = Mapping[Any, Any]
NAMES = {
    "any_withdrawal": "P(withdrawal)",
    "missed": "Milestones missed",
    "on_time_mw": "MW on time",
    "damages": "Damages",
    "value_at_risk": "Value of what is missed",
    "withdrawals": "Withdrawals",
    "withdrawn_mw": "MW withdrawn",
    "withdrawn_value": "Value withdrawn",
}
"""What the sums over tranches are called."""
INSTANT = 1e-6
"""Less than this is no difference, but what floating point makes of none [days]."""
TOO_FEW, TOO_NEAR = "too few pairs to say", "too near the horizon to say"
"""What stands for the interval of a quantile of which neither end is bounded."""
PROJECT = "project"
"""What stands for the portfolio of a bare network."""


def title(row: Row) -> str:
    """What a row counts, with its statistic: `Go-live portfolio, P80`, `Live MW 2026-12-31`, `Damages`."""
    if row["quantity"] == PROJECT:
        return f"End of the project, {row['statistic']}"
    quantity, of, statistic = (str(row[key]) for key in ("quantity", "of", "statistic"))
    told = "" if statistic in ("mean", "probability") else f", {statistic}"
    if quantity == "go-live":
        return f"Go-live {of}, {statistic}"
    if quantity == "live MW":
        return f"Live MW {of}{told}"
    return f"{NAMES[quantity]}{'' if of == 'all' else f' {of}'}{told}"


def value(row: Row, column: str, days: Days) -> str:
    """A value of a row in its unit: a date, `1,234 MW`, `12 %`, `$3.2m`; what is not by the horizon as `> horizon`."""
    number, unit = float(row[column]), row["unit"]
    if isnan(number):
        return NONE
    if unit == "days":
        return days.text(number)
    if unit == "probability":
        return per_cent(number)
    return _plain(abs(number), unit) if number >= 0.0 else f"-{_plain(-number, unit)}"


def change(number: float, unit: str, *, sign: bool = True) -> str:
    """A difference in its unit, by default with its sign: `+45`, `-1.2`, `+$3.2m`, in points for probabilities."""
    if isnan(number):
        return NONE
    if not isfinite(number):
        return "> horizon" if number > 0 else "< horizon"
    if unit == "days" and abs(number) < INSTANT:
        number = 0.0
    before = ("+" if number > 0.0 else "-" if number < 0.0 else "") if sign else ""
    size = abs(number)
    if unit == "probability":
        return f"{before}{_rounded(100.0 * size)}"
    return f"{before}{_plain(size, unit)}"


def interval(low: float, high: float, unit: str) -> str:
    """The interval of a difference: `+38 to +52`; an end that is not bounded is `?`."""
    return f"{_end(low, unit)} to {_end(high, unit)}"


def ends(row: Row, low: str = "low", high: str = "high") -> str:
    """The interval of a row's difference, or why there is none."""
    if row[low] != -inf or row[high] != inf:
        return interval(float(row[low]), float(row[high]), str(row["unit"]))
    few = not row["capped"] or not bounded(int(row["pairs"]), float(str(row["statistic"])[1:]) / 100.0)
    return TOO_FEW if few else TOO_NEAR


def difference(row: Row, low: str = "low", high: str = "high") -> str:
    """A difference with its interval in brackets: `+45 (+38 to +52)`."""
    number, unit = float(row["difference"]), str(row["unit"])
    if not isfinite(number):
        return NONE if isnan(number) else _beyond(number)
    if number == row[low] == row[high]:
        return change(number, unit)
    return f"{change(number, unit)} ({ends(row, low, high)})"


def units(unit: str) -> str:
    """What a difference is counted in, after a number: `days`, `MW`, `points`; nothing for money, which says so."""
    return {"probability": "points", "USD": ""}.get(unit, unit)


def called(table: pd.DataFrame, *, network: bool) -> pd.DataFrame:
    """A table of figures in which the go-live of a bare network is called what it is: the end of the project."""
    return table.replace({"quantity": {"go-live": PROJECT}, "of": {PORTFOLIO: PROJECT}}) if network else table


def _end(number: float, unit: str) -> str:
    return change(number, unit) if isfinite(number) else "?"


def _beyond(number: float) -> str:
    return f"to {BEYOND}" if number > 0 else f"from {BEYOND}"


def _plain(size: float, unit: str) -> str:
    if unit == "USD":
        return format_usd(float(f"{size:.2e}"))
    return _rounded(size)


def _rounded(size: float) -> str:
    """Whole numbers from ten on, below with a fraction, and no more than are significant."""
    if size == 0.0:
        return "0"
    return f"{size:,.0f}" if size >= 9.95 else f"{size:,.1f}" if size >= 0.095 else f"{size:.2g}"
