"""The curves of productivity are those of the formulas, by hand."""

from typing import get_args

import numpy as np
import pytest
from matplotlib.axes import Axes

from buildsim.domain.labour import Productivity
from buildsim.errors import InputError
from buildsim.plots.factor_curve import Factor, caption, factor_curve


def lines(ax: Axes) -> list[tuple[np.ndarray, np.ndarray]]:
    return [
        (np.asarray(line.get_xdata()), np.asarray(line.get_ydata())) for line in ax.lines if len(line.get_xdata()) > 2
    ]


def at(line: tuple[np.ndarray, np.ndarray], x: float) -> float:
    return float(np.interp(x, *line))


def test_skill_by_hand() -> None:
    skill, rework, both = lines(factor_curve(Productivity(), "skill"))
    assert at(skill, 200) == pytest.approx(1.0)
    assert at(skill, 100) == pytest.approx(0.54 / 0.68)
    assert at(rework, 100) == pytest.approx(0.905 / 0.95)
    assert at(both, 20) == pytest.approx(0.428 / 0.68 * 0.869 / 0.95)


def test_overtime_by_hand() -> None:
    fifty, sixty = lines(factor_curve(Productivity(), "overtime"))
    assert (at(fifty, 1), at(fifty, 10), at(fifty, 26)) == pytest.approx((1.25 * 0.95, 1.25 * 0.72, 1.25 * 0.72))
    assert at(sixty, 10) == pytest.approx(1.5 * 0.61)
    tireless = lines(factor_curve(Productivity(fatigue="none"), "overtime"))
    assert at(tireless[1], 20) == 1.5


def test_learning_crowding_and_absence_by_hand() -> None:
    kept = lines(factor_curve(Productivity(learning=0.9), "learning"))[0]
    assert (at(kept, 1), at(kept, 2), at(kept, 8)) == pytest.approx((1.0, 1 / 0.9, 1 / 0.9**3))
    teams, trades = lines(factor_curve(Productivity(crowding=0.2, stacking=0.3), "crowding"))
    assert (at(teams, 50), at(trades, 100)) == pytest.approx((0.9, 0.7))
    assert at(lines(factor_curve(Productivity(), "absence"))[0], 20) == pytest.approx(0.6)


def test_a_caption_says_where_overtime_stops_paying() -> None:
    said = caption(Productivity(), "overtime")
    assert "50 hours goes from 1.19 at 1 to 0.90 at 26, and is 1 near 6" in said  # week 6.87 by hand
    assert "60 hours goes from 1.36 at 1 to 0.92 at 26, and is 1 near 8" in said  # week 8.3


@pytest.mark.parametrize("factor", get_args(Factor))
def test_every_factor_has_a_title_and_labels(factor: Factor) -> None:
    ax = factor_curve(Productivity(), factor)
    assert ax.get_title(loc="left")
    assert ax.get_xlabel()
    assert "[-]" in ax.get_ylabel()
    assert caption(Productivity(), factor)


def test_another_factor_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError, match="did you mean 'skill'"):
        factor_curve(Productivity(), "skil")  # type: ignore[arg-type]  # what is tested
