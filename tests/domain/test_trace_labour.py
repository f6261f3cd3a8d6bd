"""Labour: how a pool fills, and what the skill mix does, against figures worked out by hand."""

from datetime import date
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from buildsim.domain.labour import Arrivals, CrewPool, Market, Productivity, compile_workforce
from tests.domain.lone import START, Columns, lone_world
from tests.domain.tiny import hall, once, replicator, site, times, tiny


def pool(**declared: Any) -> CrewPool:
    return CrewPool.model_validate({"workers": 100, **declared})


# -- arrivals ------------------------------------------------------------------------------------


def arrivals(declared: CrewPool, share: float = 1.0) -> tuple[int, tuple[tuple[float, int], ...]]:
    """What of a pool is there at day 0, and what comes later, in thousandths."""
    productivity = Productivity(workforce=share)
    workforce = compile_workforce(
        {"town": {"fitting": declared}}, {("town", "fitting"): 0}, Columns(), 1000.0, Market(), productivity
    )
    return workforce.steps(workforce.path(), 0)


def test_a_pool_without_a_ramp_is_there_at_the_start() -> None:
    assert arrivals(pool()) == (100_000, ())
    assert arrivals(pool(), 0.8) == (80_000, ())


def test_a_ramp_comes_in_weekly_steps_and_ends_at_the_peak() -> None:
    # 6 a day are 42 a week: 10, 52, 94, 100.
    level, steps = arrivals(pool(present=10, ramp="6 per day"))
    assert level == 10_000
    assert steps == ((7.0, 42_000), (14.0, 42_000), (21.0, 6_000))


def test_heads_are_whole_until_the_pool_is_full() -> None:
    # 10.5 a week: 20.5, 31, 41.5, then the 42.75 that there are in all.
    level, steps = arrivals(pool(workers=42.75, present=10, ramp="1.5 per day"))
    assert level == 10_000
    assert steps == ((7.0, 10_000), (14.0, 11_000), (21.0, 10_000), (28.0, 1_750))


def test_nobody_is_hired_before_the_ramp_begins() -> None:
    # 2025-07-11 is day 10: the first step is on day 14. A ramp that begins on a step has that step.
    for day, first in (("2025-07-11", 14.0), ("2025-07-15", 14.0), ("2025-07-16", 21.0)):
        _, steps = arrivals(pool(present=58, ramp="6 per day", ramp_from=day))
        assert steps == ((first, 42_000),)


def test_a_smaller_workforce_scales_the_ramp_too() -> None:
    level, steps = arrivals(pool(present=10, ramp="6 per day"), 0.5)
    assert (level, [people for _, people in steps]) == (5_000, [21_000, 21_000, 3_000])


def test_a_ramp_that_began_before_the_start_goes_on_from_those_who_are_there() -> None:
    # Whoever came before the start is among the `present`.
    level, steps = arrivals(pool(present=60, ramp="4 per day", ramp_from="2025-05-22"))
    assert level == 60_000
    assert steps == ((7.0, 28_000), (14.0, 12_000))


def test_people_come_and_go_in_the_world() -> None:
    world = lone_world(capacity=[10_000, 20_000])
    Arrivals(((7.0, ((0, 5_000), (1, -3_000))), (28.0, ((0, -1_000),)))).start(world)
    world.run()
    assert world.records["capacity"] == [(7.0, 0, 5_000), (7.0, 1, -3_000), (28.0, 0, -1_000)]
    assert world.foreman.free == world.foreman.capacity == [14_000, 17_000]


def test_work_starts_when_enough_hands_have_arrived() -> None:
    work = {"kind": "work", "trade": "fitting", "hours_per_mw": 160, "teams": {"min": 2, "planned": 2, "max": 2}}
    model = tiny(
        templates={"shell": {"name": "Shell", "per": "10 MW", "cooling": "liquid", "activities": {"A1": work}}},
        labour={"town": {"fitting": {"workers": 25, "present": 5, "ramp": "1 per day", "ramp_from": "2025-07-11"}}},
        sites={"a": site({"h1": hall()})},
    )
    # 5 hands, 12 on day 14, 19 on day 21, 25 on day 28; two crews of ten are needed.
    assert times(once(model))["a/h1/A1"] == pytest.approx((28.0, 38.0))
    assert (date(2025, 7, 11) - START).days == 10


def test_a_pool_must_be_able_to_fill() -> None:
    for declared in ({"present": 120}, {"present": 50}):
        with pytest.raises(ValidationError):
            pool(**declared)


# -- productivity --------------------------------------------------------------------------------
# By hand, with the defaults: an experienced hand carries 4 new ones, each of whom costs it 10 % of its time and gives
# 70 % of its output; whom nobody carries gives 40 %.
#   s     unmentored       mentored   output                          skill          rework             rework factor
#   0.20  1 - 0.2 x 5 = 0  0.80       0.20 + 0.80 x 0.6        = 0.68  1              0.05               1
#   0.10  0.50             0.40       0.10 + 0.24 + 0.50 x 0.4 = 0.54  0.54 / 0.68    0.05 + 0.045       0.905 / 0.95
#   0.05  0.75             0.20       0.05 + 0.12 + 0.75 x 0.4 = 0.47  0.47 / 0.68    0.05 + 0.0675      0.8825 / 0.95
#   0.02  0.90             0.08       0.02 + 0.048 + 0.36     = 0.428  0.428 / 0.68   0.05 + 0.081       0.869 / 0.95
#   0.50  0                0.50       0.50 + 0.30             = 0.80   0.80 / 0.68    0.05               1
BY_HAND = {
    0.2: (0.68, 0.05),
    0.1: (0.54, 0.095),
    0.05: (0.47, 0.1175),
    0.02: (0.428, 0.131),
    0.5: (0.80, 0.05),
    0.0: (0.4, 0.14),
    1.0: (1.0, 0.05),
}


@pytest.mark.parametrize("share", BY_HAND)
def test_diluted_crews_against_figures_worked_out_by_hand(share: float) -> None:
    output, rework = BY_HAND[share]
    usual = Productivity()
    assert usual.output(share) == pytest.approx(output)
    assert usual.rework(share) == pytest.approx(rework)
    assert usual.factors(share) == pytest.approx((output / 0.68, (1 - rework) / 0.95))
    assert usual.failing(share) == pytest.approx(rework / 0.05)
    assert usual.present() == 1.0


def test_known_values_at_the_anchors() -> None:
    skill, rework = Productivity().factors(0.02)
    assert (round(skill, 4), round(rework, 4), round(Productivity().failing(0.02), 2)) == (0.6294, 0.9147, 2.62)
    assert Productivity().factors(0.2) == (1.0, 1.0)


@pytest.mark.parametrize("regime", ["cap", "none"])
def test_other_regimes_leave_the_rate_alone(regime: str) -> None:
    other = Productivity.model_validate({"regime": regime})
    assert (other.factors(0.02), other.failing(0.02)) == ((1.0, 1.0), 1.0)


@pytest.mark.parametrize(
    ("licensed", "apprentices", "workforce", "present"),
    [
        (0.5, 1, 1.0, 1.0),
        (0.4, 1, 1.0, 0.8),
        (0.25, 2, 1.0, 0.75),
        (0.4, 1, 0.5, 0.4),
        (0.9, 1, 1.0, 1.0),
        (0.9, 1, 1.2, 1.2),
    ],
)
def test_the_cap_keeps_away_whom_the_licensed_cannot_supervise(
    licensed: float, apprentices: float, workforce: float, present: float
) -> None:
    declared = {"licensed": licensed, "apprentices_per_journeyman": apprentices, "workforce": workforce}
    assert Productivity.model_validate({"regime": "cap", **declared}).present() == pytest.approx(present)
    assert Productivity.model_validate({"regime": "dilute", **declared}).present() == workforce


def test_crowding_grows_from_the_planned_to_the_most_teams() -> None:
    crowded = Productivity(crowding=0.2)
    assert crowded.crowding_factors(4, 8) == pytest.approx((1, 1, 1, 1, 1, 0.95, 0.9, 0.85, 0.8))
    assert crowded.crowding_factors(4, 4) == (1.0,) * 5
    assert Productivity().crowding_factors(4, 8) == (1.0,) * 9


def test_without_rework_failures_stay_as_they_are() -> None:
    assert Productivity(rework_normal=0.0).failing(0.02) == 1.0


def test_mentoring_cannot_take_all_of_a_hands_time() -> None:
    with pytest.raises(ValidationError, match="mentoring"):
        Productivity(mentored_per_experienced=10)


@pytest.mark.parametrize(("rate", "share"), [("1 GW", 0.2), ("2 GW", 0.1), ("10 GW", 0.02), ("500 MW", 0.2)])
def test_a_larger_market_spreads_the_same_experienced_hands(rate: str, share: float) -> None:
    spread = Market.model_validate({"build_rate": rate}).spread(np.zeros(1), START)
    assert 0.2 * spread == pytest.approx(share)


# -- through to the dates ------------------------------------------------------------------------

WORK = {"kind": "work", "trade": "fitting", "hours_per_mw": 80, "teams": {"min": 1, "planned": 1, "max": 1}}
FAILING = {"fails": {"probability": "20%", "retest": "3 days"}}


def working(activity: dict[str, Any] | None = None, experienced: float = 0.2, **declared: Any) -> Any:
    template = {"name": "Shell", "per": "10 MW", "cooling": "liquid", "activities": {"A1": WORK | (activity or {})}}
    labour = {"town": {"fitting": {"workers": 40, "experienced": experienced}}}
    return tiny(templates={"shell": template}, labour=labour, **declared)


@pytest.mark.parametrize("share", [0.2, 0.1, 0.05, 0.02])
def test_ten_days_of_work_take_as_many_more_as_the_factors_say(share: float) -> None:
    output, rework = BY_HAND[share]
    days = 10.0 / (output / 0.68) / ((1 - rework) / 0.95)
    made = replicator(working(experienced=share))
    assert times(made.replicate(0))["a/h1/A1"][1] == pytest.approx(days)
    assert times(made.planned)["a/h1/A1"][1] == pytest.approx(10.0)  # the plan has normal skill


def test_a_market_of_10_gw_is_a_tenth_of_the_experienced_hands() -> None:
    tenfold = times(once(working(market={"build_rate": "10 GW"})))["a/h1/A1"][1]
    assert tenfold == pytest.approx(times(once(working(experienced=0.02)))["a/h1/A1"][1])
    assert tenfold == pytest.approx(10.0 * 0.68 / 0.428 * 0.95 / 0.869)


def test_more_teams_than_planned_get_into_each_others_way() -> None:
    # Two teams at 80 %: 10 team-days at 1.6 a day.
    teams = {"teams": {"min": 1, "planned": 1, "max": 2}}
    assert times(once(working(teams, productivity={"crowding": "20%"})))["a/h1/A1"][1] == pytest.approx(6.25)
    declared = {"crowding": "20%", "teams_up_to": "planned"}
    assert times(once(working(teams, productivity=declared)))["a/h1/A1"][1] == pytest.approx(10.0)


@pytest.mark.parametrize(
    ("share", "luck", "retests"), [(0.2, 0.21, 0), (0.1, 0.21, 1), (0.1, 0.379, 1), (0.1, 0.381, 0)]
)
def test_spoiled_work_fails_tests(share: float, luck: float, retests: int) -> None:
    # 20 % x 0.095 / 0.05 = 38 % at 100 in 1,000.
    outcome = once(working(FAILING, experienced=share), {"sites.a.halls.h1.A1.fails.luck": luck})
    start, finish = times(outcome)["a/h1/A1"]
    assert len(outcome.world.works.setbacks.get(0, [])) == retests
    output, rework = BY_HAND[share]
    assert finish - start == pytest.approx(10.0 / (output / 0.68) / ((1 - rework) / 0.95) + 3.0 * retests)


def test_a_cap_means_fewer_crews_not_slower_ones() -> None:
    # 40 hands, of whom 8 licensed may supervise 8: 16 may work, one crew of ten instead of four.
    teams = {"teams": {"min": 1, "planned": 4, "max": 4}}
    capped = {"regime": "cap", "licensed": "20%"}
    assert times(once(working(teams, productivity=capped)))["a/h1/A1"][1] == pytest.approx(10.0)
    assert times(once(working(teams, productivity={"regime": "cap"})))["a/h1/A1"][1] == pytest.approx(2.5)
