"""Working time at a pace that changes from week to week, against sums over small steps of time."""

import numpy as np
import pytest

from buildsim.worktime import Tempo, Weekly, WorkCalendar

FIVE_DAYS = WorkCalendar([1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 0.0] * 20)


def stepwise(calendar: WorkCalendar, factors: list[float], moment: float, step: float = 1 / 512) -> float:
    """Add up the working time hour by hour: slow, and without any search."""
    middles = np.arange(step / 2, moment, step)
    weeks = np.minimum(middles // 7, len(factors) - 1).astype(int)
    shares = np.array(calendar.shares)[middles.astype(int)]
    return float((shares * np.array(factors)[weeks]).sum() * step)


@pytest.mark.parametrize("moment", [0.0, 0.5, 4.75, 6.0, 7.0, 9.25, 13.5, 20.0, 60.5])
def test_work_adds_up_as_it_does_step_by_step(moment: float) -> None:
    factors = [1.0, 0.5, 2.0, 0.8]
    assert Tempo(FIVE_DAYS, factors).worked(moment) == pytest.approx(stepwise(FIVE_DAYS, factors, moment), abs=1e-9)


def test_by_hand() -> None:
    tempo = Tempo(FIVE_DAYS, [1.0, 0.5])
    assert tempo.worked(14.0) == 7.5  # five days, and five at half pace
    assert tempo.after(3.0, 3.0) == 9.0  # two days this week, then 1.0 of work in two days: Monday and Tuesday
    assert tempo.after(0.0, 5.0) == 5.0  # done on Friday night, not on Monday
    assert tempo.after(1.5, 0.0) == 1.5
    assert tempo.after(0.0, 10.0) == 19.0  # the last factor holds on: 5, 2.5 and 2.5 of work


def test_after_turns_worked_around() -> None:
    rng = np.random.default_rng(4)
    for _ in range(200):
        factors = rng.uniform(0.3, 1.6, 12).tolist()
        tempo, begin, work = Tempo(FIVE_DAYS, factors), float(rng.uniform(0, 60)), float(rng.uniform(0.01, 40))
        end = tempo.after(begin, work)
        assert tempo.worked(end) - tempo.worked(begin) == pytest.approx(work, abs=1e-7)
        assert tempo.worked(end - 1e-5) - tempo.worked(begin) < work  # and not earlier


def test_a_pace_of_one_is_the_calendar() -> None:
    tempo = Tempo(FIVE_DAYS, [1.0] * 5)
    for begin, work in ((0.0, 3.5), (4.9, 0.1), (5.5, 2.0), (33.0, 30.0)):
        assert tempo.after(begin, work) == pytest.approx(FIVE_DAYS.after(begin, work), abs=1e-9)


def test_the_mean_of_what_changes_by_week() -> None:
    weekly = Weekly([1.0, 3.0, 5.0])
    assert weekly.mean(2.0, 5.0) == 1.0
    assert weekly.mean(0.0, 14.0) == 2.0
    assert weekly.mean(3.5, 17.5) == pytest.approx((3.5 * 1 + 7 * 3 + 3.5 * 5) / 14)
    assert weekly.mean(30.0, 90.0) == 5.0
    assert weekly.mean(8.0, 8.0) == 3.0


def test_weeks_beyond_the_last_day_go_on_at_the_mean_pace() -> None:
    assert list(WorkCalendar([1.0] * 10).weeks(4)) == [0.0, 7.0, 14.0, 21.0]
    assert list(WorkCalendar([1.0, 0.0] * 7).weeks(3)) == [0.0, 4.0, 7.0]


def test_several_at_once_are_the_same_to_the_last_bit() -> None:
    rng = np.random.default_rng(8)
    bases = [WorkCalendar(rng.choice([0.0, 0.7, 1.0], 100)) for _ in range(5)]
    factors = rng.uniform(0.3, 1.6, (5, 12))
    moments = rng.uniform(0.0, 130.0, 40).tolist()
    for base, own, tempo in zip(bases, factors, Tempo.several(bases, factors), strict=True):
        alone = Tempo(base, own)
        assert [tempo.worked(moment) for moment in moments] == [alone.worked(moment) for moment in moments]
        assert [tempo.after(moment, 9.0) for moment in moments] == [alone.after(moment, 9.0) for moment in moments]
    for own, weekly in zip(factors, Weekly.several(factors), strict=True):
        assert [weekly.mean(3.3, moment) for moment in moments] == [Weekly(own).mean(3.3, moment) for moment in moments]
