"""Calendars: when a site works."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from buildsim.spec.base import Declared
from buildsim.worktime import WorkCalendar, public_holidays, uniform_shares, weekly_shares

Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


class WeeklyCalendar(Declared):
    """Whole days are worked or not, by weekday, public holiday and yearly closure."""

    kind: Literal["weekly"] = "weekly"
    """The kind of calendar."""
    workdays: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri")
    """The weekdays that are worked."""
    holidays: str | None = None
    """Whose public holidays are kept: a country, or country-subdivision, of the `holidays` library (`US`, `CA-ON`)."""
    closures: tuple[str, ...] = ()
    """Yearly closures as `MM-DD..MM-DD`, both ends included; may run over the turn of the year."""

    @field_validator("workdays")
    @classmethod
    def _works_sometimes(cls, workdays: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if not workdays:
            raise ValueError("a calendar needs at least one working day")
        return workdays

    @field_validator("holidays")
    @classmethod
    def _known(cls, code: str | None) -> str | None:
        if code is not None:
            public_holidays(code, [2025])
        return code

    @field_validator("closures")
    @classmethod
    def _readable(cls, closures: tuple[str, ...]) -> tuple[str, ...]:
        for closure in closures:
            closure_span(closure)
        return closures

    def every_day(self) -> "WeeklyCalendar":
        """Return the calendar with its weekends worked; holidays and closures are kept."""
        return self.model_copy(update={"workdays": WEEKDAYS})

    def calendar(self, start: date, days: int) -> WorkCalendar:
        """Return the calendar's working time from `start` on."""
        numbers = [WEEKDAYS.index(day) for day in self.workdays]
        spans = [closure_span(closure) for closure in self.closures]
        return WorkCalendar(weekly_shares(start, days, numbers, self.holidays, spans))


class UniformCalendar(Declared):
    """Working time is spread evenly over the year: for planning sums and for tests."""

    kind: Literal["uniform"]
    """The kind of calendar."""
    workdays_per_year: Annotated[float, Field(gt=0, le=366)]
    """Working days in 365 days."""

    def every_day(self) -> "UniformCalendar":
        """Return the calendar with its weekends worked: seven days for every five."""
        return self.model_copy(update={"workdays_per_year": min(365.0, self.workdays_per_year * 7.0 / 5.0)})

    def calendar(self, start: date, days: int) -> WorkCalendar:
        """Return the calendar's working time from `start` on."""
        return WorkCalendar(uniform_shares(days, self.workdays_per_year))


Calendar = Annotated[WeeklyCalendar | UniformCalendar, Field(discriminator="kind")]


def closure_span(text: str) -> tuple[tuple[int, int], tuple[int, int]]:
    """Read `MM-DD..MM-DD`. Raises `ValueError` for anything else."""
    try:
        first, last = (date.fromisoformat(f"2024-{end.strip()}") for end in text.split(".."))
    except ValueError as error:
        raise ValueError(f"'{text}' is not a yearly closure such as '12-24..01-01'") from error
    return (first.month, first.day), (last.month, last.day)
