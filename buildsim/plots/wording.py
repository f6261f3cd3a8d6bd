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
TOO_FEW = "no interval: too few replications"
"""What stands for an interval where there is none."""


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
        return TOO_FEW
    first, last = (show(end) for end in (low, high))
    for unit, units in ((" days", (" days", " day")), (" day", (" days", " day")), (" MW", (" MW",))):
        if first.endswith(unit) and last.endswith(units):
            first = first.removesuffix(unit)
    return f"{100 * confidence:.0f} % interval {first} to {last}"


def quantile_interval(found: Quantile, start: date) -> str:
    """The interval of a date: `95 % interval 2027-03-20 to 2027-04-02`, an end open where it is not bounded."""
    if not (found.low_bounded or found.high_bounded):
        return TOO_FEW
    ends = [
        day(end, start) if bounded else "not bounded"
        for end, bounded in ((found.low, found.low_bounded), (found.high, found.high_bounded))
    ]
    return f"{100 * found.confidence:.0f} % interval {ends[0]} to {ends[1]}"


def counted(number: int) -> str:
    """So many replications: `1 replication`, `4,000 replications`."""
    return f"{number:,} replication{'s' if number != 1 else ''}"


def replications(run: RunLike) -> str:
    """How many replications a run has: `60 replications`, `595 of 4,000 replications (the run is not complete)`."""
    asked = int(run.manifest.get("replications", run.replications))
    if run.replications >= asked:
        return counted(run.replications)
    return f"{run.replications:,} of {counted(asked)} (the run is not complete)"


def unfinished(run: RunLike) -> str:
    """A sentence for captions that count replications of their own, with a space before it; empty for a whole run."""
    said = replications(run)
    return "" if said == counted(run.replications) else f" The run: {said}."


def late(run: RunLike, beyond: float) -> str:
    """A sentence for figures of days, with a space before it: the share of go-lives that is later than the horizon."""
    if not beyond:
        return ""
    if beyond == 1.0:
        return f" Nothing is {'over' if bare(run) else 'live'} by the horizon: days count up to it."
    return f" {share(beyond)} of the {goal(run)}s are later than the horizon: days count up to it."


def bare(run: RunLike) -> bool:
    """Whether the model is a bare network, which has an end and activities, and neither go-lives, halls nor MW."""
    return getattr(run.model, "network", None) is not None


def goal(run: RunLike) -> str:
    """What is waited for: `go-live`, or the `end` of a bare network."""
    return "end" if bare(run) else "go-live"


def over_blocks(run: RunLike) -> str:
    """What a mean is taken over besides replications: `MW-weighted mean over blocks`, or `mean`."""
    return "mean" if bare(run) else "MW-weighted mean over blocks"


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
