"""Days and dates at the edges of quarters, days and the horizon."""

from datetime import date

import pytest

from buildsim.analysis import dates

START = date(2025, 7, 1)


def test_a_date_as_a_deadline_is_the_end_of_its_day() -> None:
    assert dates.day_of(START, START) == 1.0
    assert dates.day_of(date(2025, 10, 31), START) == 123.0


@pytest.mark.parametrize(
    ("day", "text"),
    [(0.0, "2025-07-01"), (0.5, "2025-07-01"), (1.0, "2025-07-01"), (1.0 + 1e-12, "2025-07-01"), (1.25, "2025-07-02"),
     (123.0, "2025-10-31"), (-30.0, "2025-05-31")],
)  # fmt: skip
def test_what_completes_at_the_end_of_a_day_is_of_that_day(day: float, text: str) -> None:
    assert dates.date_text(day, START) == text


def test_a_date_and_its_day_round_trip() -> None:
    for when in (date(2025, 6, 1), START, date(2028, 2, 29)):
        assert dates.date_text(dates.day_of(when, START), START) == when.isoformat()


def test_beyond_the_horizon_and_not_bounded_read_as_such() -> None:
    assert dates.date_text(float("inf"), START) == "> horizon"
    assert dates.date_text(float("nan"), START) == "> horizon"
    assert dates.date_text(float("-inf"), START, bounded=False) == "not bounded"


def test_quarter_ends_up_to_the_horizon() -> None:
    ends = dates.quarter_ends(START, 365.0)
    assert ends == [date(2025, 9, 30), date(2025, 12, 31), date(2026, 3, 31), date(2026, 6, 30)]
    assert dates.quarter_ends(START, 364.9) == ends[:-1]
    assert dates.quarter_ends(date(2025, 12, 31), 1.0) == [date(2025, 12, 31)]
