"""Working time against a naive walk over the days, by hand, and as a pair of inverses."""

from datetime import date, timedelta
from math import floor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.domain.calendars import UniformCalendar, WeeklyCalendar
from buildsim.worktime import WorkCalendar, public_holidays, uniform_shares, weekly_shares

MONDAY_TO_FRIDAY = range(5)
WEEK = WorkCalendar([1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0] * 20)  # from a Monday on

share = st.sampled_from([0.0, 0.0, 0.25, 0.6, 1.0, 1.0])
some_shares = st.lists(share, min_size=1, max_size=60).filter(any)


def walk(shares: list[float], moment: float) -> float:
    """Working days before a moment, added up day by day."""
    total = 0.0
    for day, here in enumerate(shares):
        total += here * min(1.0, max(0.0, moment - day))
    return total


# -- which days are worked -------------------------------------------------------------------------


def worked_days(start: date, days: int, **options: object) -> set[date]:
    shares = weekly_shares(start, days, MONDAY_TO_FRIDAY, **options)  # type: ignore[arg-type]
    assert set(shares) <= {0.0, 1.0}
    return {start + timedelta(days=number) for number, here in enumerate(shares) if here}


def test_a_week_is_worked_from_monday_to_friday() -> None:
    assert worked_days(date(2025, 7, 4), 10) == {  # from a Friday on
        date(2025, 7, 4), date(2025, 7, 7), date(2025, 7, 8), date(2025, 7, 9), date(2025, 7, 10), date(2025, 7, 11),
    }  # fmt: skip


def test_public_holidays_are_not_worked() -> None:
    worked = worked_days(date(2025, 1, 1), 365, country="US")
    fixed = {date(2025, 7, 4), date(2025, 12, 25), date(2025, 11, 27), date(2025, 9, 1), date(2025, 5, 26)}
    assert not fixed & worked
    assert len(worked) == 250  # 261 Mondays to Fridays of 2025 less 11 federal holidays, all of them on weekdays


def test_a_holiday_on_a_weekend_is_kept_on_the_day_that_stands_for_it() -> None:
    assert date(2026, 7, 3) not in worked_days(date(2026, 6, 29), 14, country="US")  # July 4th, 2026 is a Saturday


def test_holidays_of_a_later_year_are_known_too() -> None:
    worked = worked_days(date(2025, 12, 30), 800, country="US")
    assert date(2026, 1, 1) not in worked
    assert date(2027, 11, 25) not in worked


def test_a_subdivision_has_holidays_of_its_own() -> None:
    family_day = date(2026, 2, 16)  # third Monday of February in Ontario; not in all of Canada
    assert family_day in public_holidays("CA-ON", [2026])
    assert family_day not in worked_days(date(2026, 2, 1), 28, country="CA-ON")


@pytest.mark.parametrize("code", ["XX", "CA-XX", "Texas"])
def test_an_unknown_country_is_refused(code: str) -> None:
    with pytest.raises(ValueError, match=code):
        public_holidays(code, [2026])


def test_a_closure_runs_over_the_turn_of_the_year_with_both_ends() -> None:
    worked = worked_days(date(2025, 12, 1), 62, closures=[((12, 24), (1, 2))])
    closed = {date(2025, 12, 24), date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)}
    assert not closed & worked
    assert {date(2025, 12, 23), date(2026, 1, 5)} <= worked


def test_a_closure_comes_back_every_year() -> None:
    worked = worked_days(date(2025, 1, 1), 3 * 365, closures=[((7, 7), (7, 27))])
    for year in (2025, 2026, 2027):
        assert not {day for day in worked if date(year, 7, 7) <= day <= date(year, 7, 27)}
        assert [day for day in worked if day.year == year and day.month == 7]


def test_a_declared_calendar_is_the_one_it_says() -> None:
    declared = WeeklyCalendar(workdays=("mon", "sat"), holidays="US", closures=("12-24..01-01",))
    shares = declared.calendar(date(2025, 12, 20), 24).shares  # from a Saturday on
    assert [day for day, here in enumerate(shares) if here] == [0, 2, 14, 16, 21, 23]


def test_a_uniform_calendar_spreads_the_year_evenly() -> None:
    calendar = UniformCalendar(kind="uniform", workdays_per_year=251).calendar(date(2025, 7, 1), 800)
    assert calendar.worked(365.0) == pytest.approx(251.0, abs=1e-9)
    assert calendar.worked(701.0) - calendar.worked(700.0) == pytest.approx(251 / 365, abs=1e-9)
    assert calendar.after(100.25, 10.0) == pytest.approx(100.25 + 10.0 * 365 / 251, abs=1e-9)
    assert uniform_shares(3, 365.0) == [1.0, 1.0, 1.0]


# -- adding working days ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "days", "result"),
    [
        (0.0, 5.0, 5.0),  # Monday morning to Friday night
        (0.0, 5.5, 7.5),  # into the next Monday
        (4.5, 1.0, 7.5),  # Friday noon to Monday noon
        (5.0, 1.0, 8.0),  # on a Saturday nothing is done before Monday
        (6.75, 0.25, 7.25),
        (3.25, 10.0, 17.25),  # two weekends
        (4.5, 0.0, 4.5),
        (5.5, 0.0, 5.5),  # nothing to do takes no time, on a Saturday too
        (4.0, 1.0, 5.0),
    ],
)
def test_working_days_pass_over_weekends(moment: float, days: float, result: float) -> None:
    assert WEEK.after(moment, days) == result


def test_what_ends_on_friday_night_does_not_slip_to_monday_by_rounding() -> None:
    tenth = sum([0.1] * 3) * 10 / 6 * 10  # 5.000000000000001
    assert tenth > 5.0
    assert WEEK.after(0.0, tenth) == pytest.approx(5.0, abs=1e-9)
    assert WEEK.after(7.0, 4.0 + (0.1 + 0.2 - 0.3) + 1.0) == pytest.approx(12.0, abs=1e-9)


def test_a_little_work_on_a_saturday_is_not_done_before_monday() -> None:
    assert WEEK.after(5.5, 1e-6) == pytest.approx(7.000001, abs=1e-12)


def test_the_opening_is_the_next_moment_that_is_worked() -> None:
    assert [WEEK.opening(moment) for moment in (0.0, 4.9, 5.0, 6.3, 7.0)] == [0.0, 4.9, 7.0, 7.0, 7.0]


def test_before_the_start_and_beyond_the_end_a_calendar_stays_finite() -> None:
    calendar = WorkCalendar([1.0, 0.0, 1.0, 0.0])
    assert calendar.worked(-3.0) == 0.0
    assert calendar.moment(-1.0) == 0.0
    assert calendar.worked(10.0) == pytest.approx(2.0 + 6 * 0.5)  # at the mean pace
    assert calendar.moment(5.0) == pytest.approx(10.0)
    assert calendar.opening(7.5) == 7.5


def test_a_calendar_without_working_time_lets_work_go_on_beyond_its_end() -> None:
    calendar = WorkCalendar([0.0, 0.0])
    assert calendar.after(0.5, 3.0) == 5.0


@given(some_shares, st.floats(0.0, 70.0))
def test_worked_is_the_sum_over_the_days(shares: list[float], moment: float) -> None:
    moment = min(moment, float(len(shares)))
    assert WorkCalendar(shares).worked(moment) == pytest.approx(walk(shares, moment), abs=1e-9)


@given(some_shares, st.floats(0.0, 1.0))
def test_moment_is_the_inverse_of_worked(shares: list[float], part: float) -> None:
    calendar = WorkCalendar(shares)
    worked = part * walk(shares, len(shares))
    moment = calendar.moment(worked)
    assert calendar.worked(moment) == pytest.approx(worked, abs=1e-8)
    earlier = moment - 1e-4  # it is the first such moment
    assert worked <= 1e-8 or earlier < 0.0 or calendar.worked(earlier) < worked


@given(some_shares, st.floats(0.0, 80.0), st.floats(0.0, 80.0))
def test_after_lets_exactly_the_working_days_pass(shares: list[float], moment: float, days: float) -> None:
    calendar = WorkCalendar(shares)
    after = calendar.after(moment, days)
    assert after >= moment
    assert calendar.worked(after) - calendar.worked(moment) == pytest.approx(days, abs=1e-8)


@given(some_shares, st.floats(0.0, 50.0), st.floats(0.0, 20.0), st.floats(0.0, 20.0))
def test_more_work_and_a_later_start_never_end_earlier(
    shares: list[float], moment: float, days: float, more: float
) -> None:
    calendar = WorkCalendar(shares)
    assert calendar.after(moment, days + more) >= calendar.after(moment, days) - 1e-9
    assert calendar.after(moment + more, days) >= calendar.after(moment, days) - 1e-9


@given(st.lists(st.sampled_from([0.0, 1.0]), min_size=2, max_size=40), st.integers(0, 200), st.integers(0, 400))
def test_whole_days_against_a_walk_hour_by_hour(shares: list[float], begin: int, hours: int) -> None:
    """Times in sixteenths of a day, which floats hold exactly: the walk and the calendar must agree bit for bit."""
    shares = [*shares, 1.0]
    moment, left = begin / 16, hours
    now = begin
    while left and now // 16 < len(shares):
        left -= bool(shares[now // 16])
        now += 1
    if floor(moment) >= len(shares) or left:
        return  # beyond the calendar
    assert WorkCalendar(shares).after(moment, hours / 16) == now / 16
