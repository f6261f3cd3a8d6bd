"""Price and value: the fee of a MW and day, its yearly step, and the value of what is sold over a term."""

from math import floor
from typing import Annotated, Literal

from pydantic import Field

from buildsim.spec.base import Declared
from buildsim.spec.quantity import Usd

YEAR = 365.25
"""[days]"""
HOURS = 24.0
"""[hours per day]"""


class Price(Declared):
    """What a unit of capacity costs the customer."""

    per: Literal["mw_month", "gpu_hour"]
    """The unit: a MW of critical IT load for a month, or a GPU for an hour."""
    usd: Annotated[Usd, Field(gt=0)]
    """The price of a unit in the first year of service [USD]."""

    def fee(self, mw: float, gpus: float = 0.0) -> float:
        """Return the fee of a MW and day in the first year [USD per MW and day]; `gpus` in these MW."""
        if self.per == "mw_month":
            return self.usd * 12.0 / YEAR
        return self.usd * HOURS * gpus / mw


def fee_years(term: float, indexation: float) -> float:
    """Return how many first-year fees a term brings [years]: each full year of service raises the fee.

    `term` is in days and may be infinite only without indexation below 0; `indexation` is the yearly step [share].
    """
    years = term / YEAR
    whole = floor(years)
    rest = (years - whole) * (1.0 + indexation) ** whole
    full = float(whole) if indexation == 0.0 else ((1.0 + indexation) ** whole - 1.0) / indexation
    return full + rest


def value_of(fee: float, mw: float, term: float, indexation: float = 0.0) -> float:
    """Return what MW bring over a term of days at a first-year fee [USD]."""
    return mw * fee * term if indexation == 0.0 else mw * fee * YEAR * fee_years(term, indexation)


def fee_of(value: float, mw: float, term: float, indexation: float = 0.0) -> float:
    """Return the first-year fee of a MW and day that brings a value over a term of days [USD per MW and day]."""
    return value / (mw * term) if indexation == 0.0 else value / (mw * YEAR * fee_years(term, indexation))
