"""What a quantity measures: how its values are written, its base unit and its range."""

import dataclasses
import math
from collections.abc import Callable
from dataclasses import dataclass

from buildsim import units


def number(raw: object) -> float:
    """A plain number [-]; "35%" and "20 per 1000" are numbers too.

    Raises:
        ValueError: for text that is neither, and for other types.
    """
    try:
        return units.parse_share(raw)
    except ValueError:
        return units.parse_number(raw)


def _ordinal(raw: object) -> float:
    return float(units.parse_date(raw).toordinal())


def _duration(raw: object) -> float:
    return units.parse_duration(raw).value


@dataclass(frozen=True, slots=True)
class Dimension:
    """What a quantity measures."""

    name: str
    """With its article, for messages: "a duration"."""
    unit: str
    """The base unit; "" for a plain number."""
    parse: Callable[[object], float]
    """A value as people write it, in base units; raises ValueError."""
    spread: Callable[[object], float]
    """A difference of two values as people write it, in base units; raises ValueError."""
    examples: tuple[str, ...]
    """Values as people write them."""
    low: float = -math.inf
    """The least value that makes sense [base unit]."""
    high: float = math.inf
    """The greatest value that makes sense [base unit]."""
    workdays: bool = False
    """Whether it may be written in workdays."""
    numeric: bool = True
    """Whether a bare number is a value in the base unit; a date and a rate must be written out."""
    kinds: frozenset[str] | None = None
    """The kinds of distribution that make sense; None for all."""

    def unlimited(self) -> "Dimension":
        """The same without its range, for what is added to a quantity."""
        return dataclasses.replace(self, low=-math.inf, high=math.inf)

    def trouble(self, low: float, high: float) -> str | None:
        """What is wrong with values from `low` to `high` [base unit], or None."""
        if low < self.low:
            floor = "negative" if self.low == 0.0 else f"below {self.low:g}"
            return f"{self.name} cannot be {floor}, but this one reaches {low:g}"
        if high > self.high:
            return f"{self.name} cannot be above {self.high:g}, but this one reaches {high:g}"
        return None


NUMBER = Dimension("a number", "", number, number, ("0.8", "35%"))
MEASURE = dataclasses.replace(NUMBER, name="a measure", low=0.0)
COUNT = Dimension("a count", "", units.parse_count, units.parse_count, ("10,512", "525 workers"), low=0.0)
SHARE = Dimension("a share", "share", units.parse_share, units.parse_share, ("35%", "20 per 1000"), low=0.0, high=1.0)
DAYS = Dimension("a duration", "days", units.parse_days, units.parse_days, ("26 weeks", "10 days"), low=0.0)
DURATION = Dimension("a duration", "days", _duration, _duration, ("26 weeks", "10 workdays"), low=0.0, workdays=True)
MW = Dimension("a power", "MW", units.parse_mw, units.parse_mw, ("120 MW", "1.2 GW"), low=0.0)
USD = Dimension("an amount of money", "USD", units.parse_usd, units.parse_usd, ("$11.9bn", "USD 350m"))
RATE = Dimension(
    "a rate", "per day", units.parse_rate, units.parse_rate, ("130 per month", "2 per year"), low=0.0, numeric=False
)
DATE = Dimension(
    "a date",
    "date",
    _ordinal,
    units.parse_days,
    ("2025-10-31",),
    numeric=False,
    kinds=frozenset({"fixed", "uniform", "triangular", "pert", "normal", "choice", "empirical", "event"}),
)


def limits(unit: str) -> tuple[float, float]:
    """The least and the greatest value that make sense in a base unit; infinite for a plain number."""
    for dimension in (DAYS, SHARE, MW, RATE):
        if dimension.unit == unit:
            return dimension.low, dimension.high
    return -math.inf, math.inf
