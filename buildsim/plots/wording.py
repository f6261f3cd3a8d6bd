"""Numbers in captions: dates, days, MW, money, shares and their intervals, worded the same under every figure.

A caption is one to three plain sentences made from the numbers of a figure: what it shows, what to read in it, how
sure that is and of how many replications. It is what a memo prints below the figure.
"""

from collections.abc import Callable, Sequence
from datetime import date
from math import isfinite, isnan

from buildsim.analysis.dates import date_text
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.portfolio import RunLike, firm_sites, site_names
from buildsim.analysis.quantiles import Quantile
from buildsim.units import format_usd

BEYOND = "later than the horizon"
"""How a caption says that something has not happened by the end of what is simulated."""


def day(value: float, start: date) -> str:
    """A day as an ISO date, or `later than the horizon` [days since start]."""
    return date_text(value, start) if isfinite(value) else BEYOND


def days(value: float) -> str:
    """A length of time: `0.4 days`, `1 day`, `212 days`; whole days from ten on."""
    text = _rounded(value, "")
    return f"{text} day" if text in ("1", "-1") else f"{text} days"


def signed_days(value: float) -> str:
    """A difference in days with its sign: `+12 days`, `-0.4 days`, `0 days`."""
    text = _rounded(value, "+")
    return f"{text} day" if text in ("+1", "-1") else f"{text} days"


def later(value: float) -> str:
    """A difference in days in words: `12 days later`, `0.4 days earlier`, `no later`."""
    if not float(_rounded(value, "").replace(",", "")):
        return "no later"
    return f"{days(abs(value))} {'later' if value > 0 else 'earlier'}"


def mw(value: float) -> str:
    """Power in whole MW, below ten with a fraction: `1,730 MW`, `4.5 MW`."""
    return f"{_rounded(value, '')} MW"


def signed_mw(value: float) -> str:
    """A difference in power with its sign: `+120 MW`, `-4.5 MW`, `0 MW`."""
    return f"{_rounded(value, '+')} MW"


def share(value: float) -> str:
    """A share: `83 %`, `2.5 %`, `less than 0.1 %`; `0 %` and `100 %` are exact."""
    percent = 100.0 * value
    if 0.0 < percent < 0.1:
        return "less than 0.1 %"
    if 99.9 < percent < 100.0:
        return "more than 99.9 %"
    fraction = 0.0 < percent < 9.95 or 99.0 < percent < 100.0
    return f"{percent:.1f} %" if fraction else f"{percent:.0f} %"


def usd(value: float) -> str:
    """Money to three digits: `$11.9bn`, `$350m`, `$26,000`."""
    return format_usd(float(f"{value:.2e}"))


def amount(value: float, unit: str, *, signed: bool = False) -> str:
    """A number in a unit of a table: days, MW, USD, or any other as it stands."""
    if unit == "USD":
        return f"{'+' if signed and value > 0 else ''}{usd(value)}"
    if unit == "days":
        return signed_days(value) if signed else days(value)
    return f"{_rounded(value, '+' if signed else '')} {unit}".rstrip()


def interval(low: float, high: float, show: Callable[[float], str], *, confidence: float = 0.95) -> str:
    """An interval in brackets' words: `95 % interval 12 days to 15 days`; says so where there is none."""
    if isnan(low) or isnan(high):
        return "no interval: too few replications"
    first, last = (show(end) for end in (low, high))
    for unit, units in ((" days", (" days", " day")), (" day", (" days", " day")), (" MW", (" MW",))):
        if first.endswith(unit) and last.endswith(units):
            first = first.removesuffix(unit)
    return f"{100 * confidence:.0f} % interval {first} to {last}"


def quantile_interval(found: Quantile, start: date) -> str:
    """The interval of a date: `95 % interval 2027-03-20 to 2027-04-02`, each end open where it is not bounded."""
    ends = [
        day(end, start) if bounded else "not bounded"
        for end, bounded in ((found.low, found.low_bounded), (found.high, found.high_bounded))
    ]
    return f"{100 * found.confidence:.0f} % interval {ends[0]} to {ends[1]}"


def replications(run: RunLike) -> str:
    """How many replications a run has, in words."""
    return f"{run.replications:,} replication{'s' if run.replications != 1 else ''}"


def listed(parts: Sequence[str]) -> str:
    """Things one after another: `a, b and c`."""
    if len(parts) < 2:
        return "".join(parts)
    return f"{', '.join(parts[:-1])} and {parts[-1]}"


def place(run: RunLike, site: str | None) -> str:
    """The name of a site, or what all sites together are called (None or `portfolio`)."""
    names = site_names(run.model)
    if site is not None and site != PORTFOLIO:
        return names.get(site, site)
    if not names:
        return "the network"
    return "all firm sites" if 0 < len(firm_sites(run.model)) < len(names) else "all sites"


def _rounded(value: float, sign: str) -> str:
    text = f"{value:{sign},.0f}" if abs(value) >= 9.95 else f"{value:{sign}.1f}".removesuffix(".0")
    return "0" if text in ("-0", "+0") else text
