"""What labour costs more in one run than in another, and what a day costs that it wins, in a sentence."""

from collections.abc import Mapping, Sequence
from typing import Any

from buildsim.analysis import labour
from buildsim.cli.report.quantities import change, interval
from buildsim.cli.words import count
from buildsim.errors import InputError
from buildsim.run.run import Run
from buildsim.units import format_usd

Price = Mapping[str, Any]
"""What `labour.price` says, and `without`: what the trades are called that work without a wage in either run."""


def prices(base: Run, others: Mapping[str, Run], confidence: float) -> dict[str, Price]:
    """What each run costs more than the base.

    Left out are runs to another horizon, up to which costs count, runs that do not keep the labour of two replications
    in common with the base, and those in which nobody has a wage.
    """
    found: dict[str, Price] = {}
    for name, other in others.items():
        paid = base.costs["usd"].any() or other.costs["usd"].any()
        if not paid or base.horizon != other.horizon:
            continue
        try:
            facts = labour.price(base, other, confidence=confidence)
        except InputError:
            continue
        names = labour.trade_names(base) | labour.trade_names(other)
        without = dict.fromkeys(trade for run in (base, other) for trade in labour.without_wage(run))
        found[name] = {**facts, "without": [names[trade] for trade in without]}
    return found


def priced(price: Price, pairs: int) -> str:
    """The cost and the price of a day in a sentence; `pairs` are all that there are, whose labour is kept or not."""
    kept = "" if price["pairs"] == pairs else f", over the {count(price['pairs'], 'pair')} whose labour both runs keep"
    told = f"{_cost(price)}{_per_day(price)}: {_days(price)}{kept}."
    missing: Sequence[str] = price["without"]
    return f"{told} No wage is declared for {', '.join(missing)}." if missing else told


def _cost(price: Price) -> str:
    cost, low, high = (price[key] for key in ("cost", "cost_low", "cost_high"))
    if low == high == 0.0:
        return "Labour costs the same in every pair"
    if low <= 0.0 <= high:
        sign = "+" if cost > 0.0 else ""
        return f"Whether labour costs more or less cannot be told ({sign}{_usd(cost)}, {_usd(low)} to {_usd(high)})"
    least, most = sorted((abs(low), abs(high)))
    return f"Labour costs {_usd(abs(cost))} {'more' if cost > 0.0 else 'less'} ({_usd(least)} to {_usd(most)})"


def _per_day(price: Price) -> str:
    """What a day won costs, where labour surely costs more and days surely are won."""
    if not price["bounded"] or price["cost_low"] <= 0.0:
        return ""
    return f", {_usd(price['per_day'])} a day won ({_usd(price['per_day_low'])} to {_usd(price['per_day_high'])})"


def _days(price: Price) -> str:
    what, (days, low, high) = "the mean go-live, weighted by MW,", (price[key] for key in ("days", "low", "high"))
    if low == high == 0.0:
        return f"{what} is the same in every pair"
    if low <= 0.0 <= high:
        later = change(-days, "days")
        return f"whether {what} is earlier or later cannot be told ({later} days, {interval(-high, -low, 'days')})"
    least, most = sorted((abs(low), abs(high)))
    way = "earlier" if days > 0.0 else "later"
    lost = "" if days > 0.0 else ", days lost"
    gap, least, most = (change(abs(size), "days", sign=False) for size in (days, least, most))
    return f"{what} is {gap} days {way} ({least} to {most}){lost}"


def _usd(value: float) -> str:
    """Money to three digits."""
    return format_usd(float(f"{value:.3g}"))
