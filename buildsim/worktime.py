"""Working time: which share of each day is worked, and the arithmetic of adding working days to a moment.

A calendar is two arrays over the days of the simulation: how much of a working day each day holds, and the sum so far.
Work accrues evenly over a working day, from 00:00 to 24:00. Nothing ticks: both directions are a look-up.

Moments are days since the model's start; working time is working days since the same moment.

The numbers are looked up one at a time, and a replication makes hundreds of thousands of them. So they are kept as bare
doubles (`array`): made by copying bytes, nearly as quick to look up as in a list, and nothing for the garbage collector
to visit.
"""

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Sequence
from datetime import date, timedelta

import holidays
import numpy as np

WEEK = 7
"""[days]"""
ROUNDING = 1e-9
"""Working time that counts as none [working days]: what is done on a Friday does not slip to Monday by it."""


class WorkCalendar:
    """The working time of one place, from day 0 to a last day, and evenly beyond it.

    Beyond the last day time goes on at the calendar's mean pace, so that a look-up past the horizon stays finite.
    """

    __slots__ = ("_days", "_lengths", "_pace", "_total", "_weeks", "cumulative", "shares")

    def __init__(self, shares: Sequence[float] | np.ndarray) -> None:
        """Take the share of a working day in each day from day 0 [working days per day]."""
        values = np.asarray(shares, dtype=np.float64)
        self.shares = _doubles(values)
        self.cumulative = _doubles(_sums(values))
        """Working days before each day."""
        self._days = len(self.shares)
        self._total = self.cumulative[-1]
        self._pace = self._total / self._days if self._total > 0 else 1.0
        self._weeks, self._lengths = array("d"), np.empty(0)

    def worked(self, moment: float) -> float:
        """Return the working days between day 0 and `moment` [working days]; none before day 0."""
        if moment <= 0.0:
            return 0.0
        day = int(moment)
        if day >= self._days:
            return self._total + (moment - self._days) * self._pace
        return self.cumulative[day] + (moment - day) * self.shares[day]

    def weeks(self, count: int) -> "array[float]":
        """Return the working days before each of so many weeks from day 0 on [working days]."""
        if len(self._weeks) != count:
            self._weeks = self.cumulative[: WEEK * count : WEEK]
            self._weeks.extend([self.worked(WEEK * week) for week in range(len(self._weeks), count)])
            self._lengths = np.diff(np.frombuffer(self._weeks)) if count else np.empty(0)
        return self._weeks

    def lengths(self, count: int) -> np.ndarray:
        """Return the working days of each of so many weeks but the last [working days]."""
        self.weeks(count)
        return self._lengths

    def moment(self, worked: float) -> float:
        """Return the first moment by which `worked` working days have passed, but for rounding [days]."""
        if worked <= ROUNDING:
            return 0.0
        if worked > self._total + ROUNDING:
            return self._days + (worked - self._total) / self._pace
        day = bisect_left(self.cumulative, worked - ROUNDING) - 1
        return day + (worked - self.cumulative[day]) / self.shares[day]

    def after(self, moment: float, working_days: float) -> float:
        """Return the moment at which `working_days` have passed since `moment` [days]; at least `moment`."""
        return moment if working_days <= 0.0 else self.reached(self.worked(moment) + working_days, moment)

    def reached(self, worked: float, moment: float) -> float:
        """Return the first moment from `moment` on by which `worked` working days have passed since day 0 [days]."""
        return max(moment, self.moment(worked))

    def opening(self, moment: float) -> float:
        """Return the first moment from `moment` on at which work goes on [days]."""
        day = int(moment)
        if day >= self._days or self.shares[day] > 0.0:
            return moment
        while day < self._days and self.shares[day] <= 0.0:
            day += 1
        return float(day)


class Tempo:
    """Working time at a pace that changes from week to week: a calendar times one factor a week.

    Week k runs from day 7k to day 7k + 7; the last factor holds for all later weeks.
    """

    __slots__ = ("_base", "_begins", "_cumulative", "_days", "_done", "_factors", "_last", "_shares")

    def __init__(self, base: WorkCalendar, factors: Sequence[float] | np.ndarray) -> None:
        """Take the calendar and the factors by week, all above 0."""
        values = np.asarray(factors, dtype=np.float64)
        self._set(base, _doubles(values), _doubles(_sums(values[:-1] * base.lengths(len(values)))))

    @classmethod
    def several(cls, bases: Sequence[WorkCalendar], factors: np.ndarray) -> "list[Tempo]":
        """Return calendars at a pace each, (paces, weeks); they are summed and copied all at once."""
        weeks = factors.shape[1]
        lengths = np.array([base.lengths(weeks) for base in bases])
        values, done, found = _doubles(factors), _doubles(_sums(factors[:, :-1] * lengths)), []
        for place, base in enumerate(bases):
            tempo = cls.__new__(cls)
            here = slice(place * weeks, (place + 1) * weeks)
            tempo._set(base, values[here], done[here])
            found.append(tempo)
        return found

    def _set(self, base: WorkCalendar, factors: "array[float]", done: "array[float]") -> None:
        self._base, self._last, self._factors = base, len(factors) - 1, factors
        self._cumulative, self._shares, self._days = base.cumulative, base.shares, base._days
        self._begins = base.weeks(len(factors))
        """Working days of the calendar before each week."""
        self._done = done
        """Working days at the pace before each week."""

    def worked(self, moment: float) -> float:
        """Return the working days at the pace between day 0 and `moment` [working days]; none before day 0."""
        if moment <= 0.0:
            return 0.0
        day = int(moment)
        week = day // WEEK
        if week > self._last:
            week = self._last
        if day < self._days:
            here = self._cumulative[day] + (moment - day) * self._shares[day]
        else:
            here = self._base.worked(moment)
        return self._done[week] + self._factors[week] * (here - self._begins[week])

    def after(self, moment: float, working_days: float) -> float:
        """Return the moment at which `working_days` at the pace have passed since `moment` [days]; at least that."""
        return moment if working_days <= 0.0 else self.reached(self.worked(moment) + working_days, moment)

    def reached(self, worked: float, moment: float) -> float:
        """Return the first moment from `moment` on by which `worked` at the pace has passed since day 0 [days]."""
        week = bisect_left(self._done, worked - ROUNDING) - 1
        if week < 0:
            week = 0
        end = self._base.moment(self._begins[week] + (worked - self._done[week]) / self._factors[week])
        return end if end > moment else moment


class Weekly:
    """A number that changes from week to week, the last one holding on."""

    __slots__ = ("_last", "_sums", "_values")

    def __init__(self, values: Sequence[float] | np.ndarray) -> None:
        """Take the number of each week, from day 0 on."""
        numbers = np.asarray(values, dtype=np.float64)
        self._set(_doubles(numbers), _doubles(_sums(WEEK * numbers)))

    @classmethod
    def several(cls, values: np.ndarray) -> "list[Weekly]":
        """Return several numbers (numbers, weeks), which are summed and copied all at once."""
        weeks, found = values.shape[1], []
        numbers, sums = _doubles(values), _doubles(_sums(WEEK * values))
        for place in range(len(values)):
            weekly = cls.__new__(cls)
            first = place * (weeks + 1)
            weekly._set(numbers[place * weeks : (place + 1) * weeks], sums[first : first + weeks + 1])
            found.append(weekly)
        return found

    def _set(self, values: "array[float]", sums: "array[float]") -> None:
        self._values, self._last, self._sums = values, len(values) - 1, sums

    def mean(self, begin: float, end: float) -> float:
        """Return the mean over [begin, end]; that of the moment if they are the same."""
        first, last, values, sums = int(begin) // WEEK, int(end) // WEEK, self._values, self._sums
        if first > self._last:
            first = self._last
        if last > self._last:
            last = self._last
        if end <= begin:
            return values[first]
        till = sums[last] + (end - WEEK * last) * values[last]
        return (till - (sums[first] + (begin - WEEK * first) * values[first])) / (end - begin)


def _sums(values: np.ndarray) -> np.ndarray:
    """Return the sums of the first 0, 1, 2, ... values along the last axis."""
    found = np.zeros((*values.shape[:-1], values.shape[-1] + 1))
    np.cumsum(values, axis=-1, out=found[..., 1:])
    return found


def _doubles(values: np.ndarray) -> "array[float]":
    return array("d", values.tobytes())


def uniform_shares(days: int, workdays_per_year: float) -> list[float]:
    """Return a calendar's shares with the working days of a year spread evenly over 365 days."""
    return [workdays_per_year / 365.0] * days


def weekly_shares(
    start: date,
    days: int,
    workdays: Iterable[int],
    country: str | None = None,
    closures: Sequence[tuple[tuple[int, int], tuple[int, int]]] = (),
) -> list[float]:
    """Return 1 for each day that is worked and 0 for each that is not.

    `workdays` are weekday numbers (Monday is 0); `country` is a code of the `holidays` library, with a subdivision
    after a hyphen (`US`, `CA-ON`); `closures` are ((month, day), (month, day)) ranges that are closed each year, both
    ends included, and may run over the turn of the year. Raises `ValueError` for a country that the library does not
    know.
    """
    open_weekdays = set(workdays)
    years = range(start.year, (start + timedelta(days=days)).year + 1)
    public = public_holidays(country, years) if country else set()
    shares = []
    for number in range(days):
        day = start + timedelta(days=number)
        works = (
            day.weekday() in open_weekdays and day not in public and not any(_within(day, span) for span in closures)
        )
        shares.append(1.0 if works else 0.0)
    return shares


def public_holidays(country: str, years: Iterable[int]) -> set[date]:
    """Return the public holidays of a country or subdivision (`US`, `CA-ON`) in the given years.

    Raises `ValueError` where the `holidays` library does not know the code.
    """
    code, _, subdivision = country.partition("-")
    try:
        return set(holidays.country_holidays(code, subdiv=subdivision or None, years=list(years)))
    except (NotImplementedError, AttributeError) as error:
        raise ValueError(f"no holidays are known for '{country}'; expected a code such as US or CA-ON") from error


def _within(day: date, span: tuple[tuple[int, int], tuple[int, int]]) -> bool:
    first, last = span
    here = (day.month, day.day)
    return first <= here <= last if first <= last else here >= first or here <= last
