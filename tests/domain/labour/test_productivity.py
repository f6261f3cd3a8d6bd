"""What a crew gets done in a week: each factor by hand, and off is exactly nothing."""

from math import inf, log
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from buildsim.domain.labour import Productivity, WeeklyFactors, experience

FORTY = np.full(3, 40.0)
SHARES = np.array([0.2, 0.1, 0.02])


def declared(**fields: Any) -> Productivity:
    return Productivity.model_validate(fields)


def test_week_by_week_it_is_what_one_share_gives() -> None:
    usual = Productivity()
    week = usual.weekly(SHARES, FORTY)
    for place, share in enumerate(SHARES):
        assert (week.skill[place], week.rework[place]) == usual.factors(float(share))
        assert week.failing[place] == usual.failing(float(share))
    # By hand: output 0.68, 0.54, 0.428; rework 0.05, 0.095, 0.131.
    assert week.skill == pytest.approx([1.0, 0.54 / 0.68, 0.428 / 0.68])
    assert week.spoiled == pytest.approx([0.05, 0.095, 0.131])
    assert week.rework == pytest.approx([1.0, 0.905 / 0.95, 0.869 / 0.95])
    assert week.rate == pytest.approx(week.skill * week.rework)


def test_by_weeks_and_pools_it_is_the_same_as_pool_by_pool() -> None:
    busy = declared(rework_haste="20%", latent="40%", absence="5%")
    shares = np.array([[0.2, 0.1], [0.15, 0.1], [0.1, 0.3]])
    hours = np.array([[40.0, 50.0], [50.0, 50.0], [60.0, 40.0]])
    together = busy.weekly(shares, hours)
    for pool in range(2):
        alone = busy.weekly(shares[:, pool], hours[:, pool])
        for name in ("absence", "skill", "overtime", "rework", "spoiled"):
            assert getattr(together, name)[:, pool].tolist() == getattr(alone, name).tolist()


def ones(week: WeeklyFactors) -> bool:
    return all((one == 1.0).all() for one in (week.absence, week.skill, week.overtime, week.rework, week.failing))


@pytest.mark.parametrize(
    "off",
    [
        {"regime": "none"},
        {"regime": "cap"},
        {"regime": "none", "latent": "70%", "rework_haste": "30%"},
        {"mentored_output": 0.5, "unmentored_output": 0.4, "mentoring_time": 0.1, "rework_unmentored": "5%"},
    ],
)
def test_every_factor_that_is_off_is_exactly_one(off: dict[str, Any]) -> None:
    at_normal = declared(**off).weekly(np.full(3, 0.2), FORTY)
    assert ones(at_normal)
    if "regime" in off:
        assert ones(declared(**off).weekly(SHARES, FORTY))


def test_absence_costs_twice_its_hours() -> None:
    assert declared(absence="20%").weekly(SHARES, FORTY).absence == pytest.approx([0.6] * 3)
    with pytest.raises(ValidationError, match=r"less than 0\.5"):
        declared(absence="50%")


def test_overtime_is_hours_times_efficiency() -> None:
    # 50 h in weeks 1 and 2: 1.25 x 0.95 and 1.25 x (0.95 - 0.23 / 9).
    week = Productivity().weekly(SHARES, np.array([50.0, 50.0, 40.0]))
    assert week.overtime == pytest.approx([1.1875, 1.25 * (0.95 - 0.23 / 9), 1.0])
    assert declared(fatigue="none").weekly(SHARES, np.full(3, 60.0)).overtime == pytest.approx([1.5] * 3)
    roundtable = declared(fatigue="roundtable").weekly(SHARES, np.full(3, 60.0)).overtime
    assert roundtable[0] == pytest.approx(1.5 * 0.88)


def test_haste_spoils_what_fatigue_takes() -> None:
    # 60 h in the tenth week, digest: 39 % of an hour is lost; 5 % + 20 % x 0.39 = 12.8 %.
    hours = np.full(12, 60.0)
    week = declared(rework_haste="20%").weekly(np.full(12, 0.2), hours)
    assert week.spoiled[[0, 9, 11]] == pytest.approx([0.05 + 0.2 * 0.09, 0.128, 0.128])
    assert week.rework[9] == pytest.approx((1 - 0.128) / 0.95)
    assert week.failing[9] == pytest.approx(0.128 / 0.05)
    assert declared(rework_haste="20%", regime="cap").weekly(np.full(12, 0.02), hours).spoiled[9] == pytest.approx(
        0.128
    )


def test_what_is_latent_slows_nothing_now() -> None:
    week = declared(latent="40%").weekly(SHARES, FORTY)
    assert week.spoiled == pytest.approx([0.05, 0.095, 0.131])
    assert week.rework == pytest.approx([1.0, (1 - 0.6 * 0.095) / 0.97, (1 - 0.6 * 0.131) / 0.97])
    assert (declared(latent="100%").weekly(SHARES, FORTY).rework == 1.0).all()


def test_normal_crews_that_spoil_nothing_leave_failures_alone() -> None:
    week = declared(rework_normal=0.0).weekly(SHARES, FORTY)
    assert week.normal == 0.0
    assert week.failing.tolist() == [1.0, 1.0, 1.0]


@pytest.mark.parametrize("wrong", [{"rework_haste": "90%"}, {"rework_unmentored": "60%", "rework_haste": "40%"}])
def test_crews_cannot_spoil_everything(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match="spoil all"):
        declared(**wrong)


# -- learning --------------------------------------------------------------------------------------


def test_each_doubling_of_halls_takes_five_percent_off() -> None:
    learning = declared(learning="95%")
    assert learning.learning_rate(1.0) == 1.0
    assert learning.learning_rate(2.0) == pytest.approx(1 / 0.95)
    assert learning.learning_rate(8.0) == pytest.approx(1 / 0.95**3)
    assert declared().learning_rate(8.0) == 1.0


def test_who_stays_remembers_every_hall_and_who_left_none() -> None:
    starts = (0.0, 100.0, 100.0, 400.0)
    assert experience(starts, 0.0) == (1.0, 2.0, 3.0, 4.0)
    assert experience(starts, inf) == (1.0, 1.0, 2.0, 1.0)  # halls that start together are built by the same hands
    half = log(2.0)  # in a year half are gone
    assert experience((0.0, 365.25, 730.5), half) == pytest.approx((1.0, 1.5, 1.75))
    assert experience((), 0.5) == ()


# -- supervision ------------------------------------------------------------------------------------


def test_the_licensed_supervise_under_a_cap_only() -> None:
    assert declared(regime="cap", apprentices_per_journeyman=1.5).supervised(0.2) == pytest.approx(0.5)
    assert declared(regime="cap").supervised(0.7) == 1.0
    assert declared().supervised(0.2) == 1.0


@pytest.mark.parametrize("wrong", ["stacking", "latent", "found", "learning", "rework_haste"])
def test_shares_stay_within_their_limits(wrong: str) -> None:
    for value in (-0.1, 1.1):
        with pytest.raises(ValidationError):
            declared(**{wrong: value})
