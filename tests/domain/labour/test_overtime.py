"""Overtime: the curves against figures worked out by hand, and against what was published."""

from math import sqrt

import numpy as np
import pytest

from buildsim.domain.labour.overtime import CURVES, Curve, consecutive, efficiency

WEEKS = np.arange(1.0, 61.0)


def yields(hours: float, curve: Curve = "digest") -> np.ndarray:
    """Output of the first, second, ... week of overtime, of a week of 40 hours."""
    output: np.ndarray = hours / 40.0 * efficiency(np.full(60, hours), WEEKS, curve)
    return output


def test_the_table_is_what_the_curves_give() -> None:
    for curve, (at_50, at_60) in CURVES.items():
        for hours, (first, tenth) in ((50.0, at_50), (60.0, at_60)):
            for week, value in ((1, first), (10, tenth), (30, tenth), (5.5, (first + tenth) / 2)):
                found = efficiency(np.array([hours]), np.array([float(week)]), curve)
                assert found == pytest.approx(value)


def test_between_and_above_the_tabulated_hours_lines_are_straight() -> None:
    # digest, first week: 1, 0.975, 0.9525, 0.93, 0.91 - 0.04 x 2.4; tenth: 1, 0.86, 0.734, 0.665, 0.61 - 0.11 x 2.4.
    hours = np.array([40.0, 45.0, 49.5, 55.0, 84.0])
    assert efficiency(hours, np.full(5, 1.0)) == pytest.approx([1.0, 0.975, 0.9525, 0.93, 0.814])
    assert efficiency(hours, np.full(5, 12.0)) == pytest.approx([1.0, 0.86, 0.734, 0.665, 0.346])


@pytest.mark.parametrize(
    ("hours", "curve", "week"),
    [
        # h / 40 x (first - (first - tenth) (w - 1) / 9) = 1
        (50.0, "digest", 1 + 9 * (0.95 - 0.8) / 0.23),  # 6.87
        (60.0, "digest", 1 + 9 * (0.91 - 2 / 3) / 0.30),  # 8.30
        (50.0, "roundtable", 1 + 9 * (0.926 - 0.8) / 0.176),  # 7.44
        (60.0, "roundtable", 1 + 9 * (0.88 - 2 / 3) / 0.27),  # 8.11
    ],
)
def test_a_week_yields_less_than_forty_hours_from_the_week_by_hand(hours: float, curve: Curve, week: float) -> None:
    below = np.flatnonzero(yields(hours, curve) < 1.0)
    assert below[0] + 1 == int(np.ceil(week))
    published = {50.0: 7, 60.0: 9}[hours]  # Business Roundtable 1980
    assert week == pytest.approx(published, abs=1.0)  # within the week that a curve of two-week steps leaves open


def test_the_roundtable_curve_stays_near_its_published_steps() -> None:
    steps = {2: 0.926, 4: 0.90, 6: 0.87, 8: 0.80, 10: 0.752, 12: 0.750}  # weeks 0-2, 2-4, ...
    for until, value in steps.items():
        found = efficiency(np.full(2, 50.0), np.array([until - 1.0, float(until)]), "roundtable")
        assert found.mean() == pytest.approx(value, abs=0.035)


@pytest.mark.parametrize("hours", [50.0, 60.0])
def test_the_gains_are_lost_again_in_the_week_by_hand(hours: float) -> None:
    # The surplus of week w is a - b (w - 1), after n <= 10 weeks n a - b n (n - 1) / 2: a quadratic. Then it is level.
    first, tenth = {50.0: (0.95, 0.72), 60.0: (0.91, 0.61)}[hours]
    a, b = hours / 40 * first - 1.0, hours / 40 * (first - tenth) / 9.0
    # n a - b n (n - 1) / 2 = 0 besides n = 0, by the formula for b/2 n^2 - (a + b/2) n = 0
    root = ((a + b / 2) + sqrt((a + b / 2) ** 2)) / b
    after_ten = 10 * a - 45 * b
    crossing = root if root <= 10 else 10 + after_ten / (1.0 - hours / 40 * tenth)
    assert crossing == pytest.approx({50.0: 14.375, 60.0: 26.47}[hours], abs=0.01)
    total = np.cumsum(yields(hours) - 1.0)
    assert np.flatnonzero(total < 0.0)[0] + 1 == int(np.ceil(crossing))


def test_without_fatigue_more_hours_are_more_output() -> None:
    assert yields(60.0, "none") == pytest.approx(1.5)


def test_a_week_without_overtime_begins_the_count_anew() -> None:
    hours = np.array([40.0, 50, 60, 50, 40, 40, 45, 41])
    assert consecutive(hours).tolist() == [0, 1, 2, 3, 0, 0, 1, 2]
    both = np.stack((hours, np.full(8, 50.0)), axis=1)
    assert consecutive(both).T.tolist() == [[0, 1, 2, 3, 0, 0, 1, 2], [1, 2, 3, 4, 5, 6, 7, 8]]
    assert efficiency(np.array([40.0]), np.array([0.0])).tolist() == [1.0]
