"""The stocks of crew pools against closed forms, and against sums that cannot be otherwise."""

from dataclasses import fields
from math import exp, log
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from buildsim.domain.labour import Path, Productivity, planned_workforce
from tests.domain.labour.people import lever, pool, workforce
from tests.domain.lone import Columns

DT = 7 / 365.25
"""A week [years]."""
BUSY: dict[str, Any] = {
    "present": 40,
    "ramp": "2 per day",
    "experienced": 0.3,
    "licensed": 0.6,
    "turnover": "60%",
    "retirement": "4%",
    "apprenticeship": "4 years",
    "seasoning": "1 year",
    "hired_experienced": 0.1,
}


def path_of(declared: dict[str, Any], levers: tuple[Any, ...] = (), **more: Any) -> Path:
    return workforce({"town": declared}, levers, **more).path()


# -- steady states and closed forms ----------------------------------------------------------------


def test_nothing_moves_in_a_pool_that_declares_nothing() -> None:
    path = path_of({"experienced": 0.07})
    assert path.workers == pytest.approx(100.0)
    assert (path.experienced == 0.07).all()
    assert (path.licensed == 0.5).all()
    assert not any(
        flow.any()
        for flow in (path.flows.hired, path.flows.left, path.flows.retired, path.flows.graduated, path.flows.seasoned)
    )


@pytest.mark.parametrize("pull", [1.0, 1.4])
def test_hires_that_bind_hold_as_many_as_leave(pull: float) -> None:
    # W = W exp(-x) + h: seven a week against a turnover of 6 a year, or 8.4 where rivals pay 20 % more.
    declared = {"workers": 500, "present": 100, "ramp": "1 per day", "turnover": 6.0}
    market = {"rival_premium": 0.2, "poaching": (pull - 1.0) / 0.2}
    path = path_of(declared, market=market, days=7 * 200)
    assert path.workers[-1, 0] == pytest.approx(7.0 / (1.0 - exp(-6.0 * pull * DT)))
    assert path.flows.hired[1:] == pytest.approx(7.0)


def test_without_hires_a_pool_dwindles_exponentially() -> None:
    path = path_of({"turnover": "50%"}, days=7 * 104)
    weeks = np.arange(105)
    assert path.workers[:, 0] == pytest.approx(100.0 * np.exp(-0.5 * DT * weeks))
    assert (path.experienced == 0.2).all()


def test_the_experienced_share_goes_to_that_of_the_hired_with_the_half_life_of_turnover() -> None:
    # A full pool of which all who leave are replaced: s(k) = hired + (begin - hired) exp(-turnover k dt).
    path = path_of({"ramp": "50 per day", "turnover": 1.0, "experienced": 0.4, "hired_experienced": 0.1}, days=3660.0)
    weeks = np.arange(len(path.workers))
    assert path.experienced[:, 0] == pytest.approx(0.1 + 0.3 * np.exp(-DT * weeks))
    half = log(2.0) / DT  # in weeks: 36.2
    assert 0.25 > path.experienced[37, 0] > 0.1
    assert path.experienced[36, 0] > 0.25
    assert half == pytest.approx(36.17, abs=0.01)


def test_hands_become_experienced_after_a_mean_time_and_some_stay_new() -> None:
    # The new fall by exp(-7 / 100) a week; the mean of the week in which they change is 1 / (1 - exp(-7 / 100)).
    path = path_of({"experienced": 0.2, "seasoning": 100}, days=7 * 300)
    weeks = np.arange(301)
    assert 1.0 - path.experienced[:, 0] == pytest.approx(0.8 * np.exp(-0.07 * weeks))
    mean = (path.flows.seasoned[:, 0] * weeks).sum() / path.flows.seasoned[:, 0].sum()
    assert mean == pytest.approx(1.0 / (1.0 - exp(-0.07)), rel=1e-6)
    assert 7.0 * mean == pytest.approx(100.0, abs=4.0)  # the stated mean, but for the grain of a week
    assert path.flows.seasoned.sum() == pytest.approx(80.0)


def test_apprentices_are_licensed_after_four_years_on_average() -> None:
    path = path_of({"licensed": 0.25, "apprenticeship": "4 years"}, days=7 * 208)
    years = DT * np.arange(209)
    assert 1.0 - path.licensed[:, 0] == pytest.approx(0.75 * np.exp(-years / 4.0))
    assert (path.experienced == 0.2).all()  # those who graduate are as experienced as the others


def test_only_the_licensed_retire() -> None:
    path = path_of({"licensed": 0.5, "retirement": "10%"}, days=7 * 104)
    years = DT * np.arange(105)
    assert path.workers[:, 0] == pytest.approx(50.0 + 50.0 * np.exp(-0.1 * years))
    assert path.licensed[-1, 0] == pytest.approx(50.0 * exp(-0.1 * years[-1]) / path.workers[-1, 0])


def test_one_step_by_hand_in_the_order_of_the_flows() -> None:
    # Times chosen so that in a week 10 % leave, 30 % of the apprentices graduate and 40 % of the new are seasoned.
    def mean(share: float) -> float:
        return -7.0 / log(1.0 - share)

    declared = {
        "workers": 1000,
        "present": 100,
        "ramp": "2 per day",
        "experienced": 0.5,
        "licensed": 0.5,
        "turnover": -log(0.9) / DT,
        "apprenticeship": mean(0.3),
        "seasoning": mean(0.4),
        "hired_experienced": 0.25,
    }
    # 25 each; after leavers 22.5; graduation moves 6.75 from each stock of apprentices: 29.25, 29.25, 15.75, 15.75;
    # seasoning 11.7 and 6.3: 40.95, 17.55, 22.05, 9.45; 14 hires, half licensed, a quarter experienced.
    path = path_of(declared, days=7.0)
    assert path.flows.left[1, 0] == pytest.approx(10.0)
    assert path.flows.graduated[1, 0] == pytest.approx(13.5)
    assert path.flows.seasoned[1, 0] == pytest.approx(18.0)
    assert path.flows.hired[1, 0] == 14.0
    assert path.workers[1, 0] == pytest.approx(104.0)
    assert path.experienced[1, 0] == pytest.approx((40.95 + 22.05 + 3.5) / 104.0)
    assert path.licensed[1, 0] == pytest.approx((40.95 + 17.55 + 7.0) / 104.0)


# -- conservation ----------------------------------------------------------------------------------


def all_on() -> Path:
    levers = (
        lever("travellers", markets=["town"], date="2025-08-01", mobilisation=10),
        lever("premium", date="2025-10-01", weeks=20),
        lever("training"),
        lever("transfer", date="2025-09-15", travel=20),
        lever("transfer", market="port", to="town", workers=7.5, date="2025-11-15"),
    )
    market = {"poaching": 2, "attraction": 1, "rival_premium": 0.1, "path": {"2025-07-01": 1000, "2026-07-01": 3000}}
    pools = {"town": BUSY, "port": {**BUSY, "present": 90, "ramp": "1 per day"}}
    return workforce(pools, levers, market=market).path()


def test_who_is_there_was_there_or_came_and_did_not_go() -> None:
    path = all_on()
    come = path.flows.hired + path.flows.arrived
    gone = path.flows.left + path.flows.retired + path.flows.departed
    assert path.workers[1:] == pytest.approx(path.workers[:-1] + (come - gone)[1:], abs=1e-9)
    for flow in (
        path.flows.hired,
        path.flows.left,
        path.flows.retired,
        path.flows.graduated,
        path.flows.seasoned,
        path.flows.trained,
        path.flows.arrived,
    ):
        assert flow.any()
        assert (flow >= 0.0).all()
        assert not flow[0].any()


def test_the_experienced_and_the_licensed_add_up_too() -> None:
    levers = (lever("training"),)
    path = path_of(BUSY, levers)
    experienced, licensed = path.workers * path.experienced, path.workers * path.licensed
    taken = path.flows.left[1:] / path.workers[:-1]
    retired = path.flows.retired[1:] / (licensed[:-1] * (1.0 - taken))
    assert retired == pytest.approx(1.0 - exp(-0.04 * DT))
    graduated = path.flows.graduated[1:] + 0.6 * path.flows.hired[1:]
    assert licensed[1:] == pytest.approx(licensed[:-1] * (1.0 - taken) - path.flows.retired[1:] + graduated, abs=1e-9)
    new = path.workers - experienced
    # How many of the retired were experienced the shares alone do not tell: between none and all.
    without = (
        experienced[:-1] * (1.0 - taken) + path.flows.seasoned[1:] + path.flows.trained[1:] + 0.1 * path.flows.hired[1:]
    )
    assert (experienced[1:] <= without + 1e-9).all()
    assert (experienced[1:] >= without - path.flows.retired[1:] - 1e-9).all()
    assert (new >= -1e-9).all()


def test_a_transfer_makes_no_people() -> None:
    path = workforce({"town": {}, "port": {"workers": 50}}, (lever("transfer", date="2025-07-20", travel=10),)).path()
    total = path.workers.sum(axis=1)
    # 2025-07-20 is day 19: they leave on day 21 and, on the way from day 19 to 29, are there on day 35.
    assert total[:3] == pytest.approx(150.0)
    assert total[3:5] == pytest.approx(120.0)
    assert total[5:] == pytest.approx(150.0)
    assert path.workers[-1].tolist() == pytest.approx([70.0, 80.0])
    assert path.places[-1].tolist() == pytest.approx([70.0, 80.0])
    assert path.flows.transferred[-1].tolist() == pytest.approx([0.0, 30.0])


# -- edges -----------------------------------------------------------------------------------------


def test_an_empty_pool_keeps_the_share_of_its_last_week_with_people() -> None:
    # Weeks in which half of the new become experienced: 0.3, 0.65, 0.825; then all leave.
    declared = {"workers": 20, "experienced": 0.3, "seasoning": 7.0 / log(2.0)}
    levers = (lever("transfer", workers=20, date="2025-07-22"),)
    path = workforce({"town": declared, "port": {"workers": 0, "experienced": 0.1}}, levers).path()
    assert path.workers[3:, 0].tolist() == [0.0] * (len(path.workers) - 3)
    assert path.experienced[:, 0].tolist() == pytest.approx([0.3, 0.65, *[0.825] * (len(path.workers) - 2)])
    assert path.experienced[:, 1].tolist() == pytest.approx([0.1] * 3 + [0.9125] * (len(path.workers) - 3))


def test_an_empty_model_has_no_people() -> None:
    nobody = workforce({})
    assert nobody.path().workers.shape == (101, 0)
    assert nobody.changes(nobody.path()) == ()


def test_the_cap_follows_the_licensed_share() -> None:
    # 40 % licensed: 80 of 100 may work. Four years' apprenticeship lifts it to 100 when half are licensed.
    force = workforce({"town": {"licensed": 0.4, "apprenticeship": "4 years"}}, regime="cap", days=7 * 104)
    path = force.path()
    level, steps = force.steps(path, 0)
    assert level == 80_000
    levels = level + np.cumsum([amount for _, amount in steps])
    years = np.array([day for day, _ in steps]) / 365.25
    assert levels == pytest.approx(np.minimum(1e5, 2e5 * (1.0 - 0.6 * np.exp(-years / 4.0))), abs=1.0)
    assert levels[-1] == 100_000
    assert steps[-1][0] == pytest.approx(7.0 * np.ceil(4.0 * log(0.6 / 0.5) / DT))


def test_leavers_take_a_whole_head_off_the_level_at_a_time() -> None:
    force = workforce({"town": {"turnover": "50%"}}, days=70.0)
    path = force.path()
    assert path.workers[1, 0] == pytest.approx(99.046, abs=1e-3)
    level, steps = force.steps(path, 0)
    # 100, 99.05, 98.10, 97.17, 96.24, 95.32, 94.41, 93.51, 92.62, 91.74, 90.86
    assert (level, [amount for _, amount in steps]) == (100_000, [-1000] * 9 + [-1000])
    assert force.changes(path)[0] == (7.0, ((0, -1_000),))
    assert force.capacity(path) == {0: 100_000}


def test_pools_that_change_on_a_day_change_together() -> None:
    ramp = {"present": 86, "ramp": "1 per day"}
    force = workforce({"town": ramp, "port": {**ramp, "present": 93}, "quiet": {}})
    assert force.changes(force.path()) == ((7.0, ((0, 7_000), (1, 7_000))), (14.0, ((0, 7_000),)))


def test_what_is_uncertain_is_drawn_under_its_path_and_the_rest_is_fixed() -> None:
    columns = Columns({"labour.town.fitting.turnover": 2.0, "market.factor": 3.0, "market.rival_premium": 0.5})
    declared = {"turnover": {"low": 0.1, "mode": 0.4, "high": 4.0}, "ramp": "1 per week"}
    market = {
        "build_rate": 2000,
        "factor": {"low": 0, "mode": 1, "high": 4},
        "rival_premium": {"low": 0, "high": 1},
        "poaching": 1,
    }
    force = workforce({"town": declared, "port": {"turnover": 0.3}}, market=market, columns=columns)
    columns.settle()
    assert force.uncertain
    drawn, usual = force.path(np.array(columns.row)), force.path()
    assert drawn.flows.left[1, 0] == pytest.approx(100.0 * (1.0 - exp(-2.0 * 1.5 * DT)))
    assert usual.flows.left[1, 0] == pytest.approx(100.0 * (1.0 - exp(-0.4 * 1.5 * DT)))
    assert drawn.flows.left[1, 1] == pytest.approx(100.0 * (1.0 - exp(-0.3 * 1.5 * DT)))
    assert drawn.experienced[0, 0] == pytest.approx(0.2 / 4.0)  # 1 GW and three times the other
    assert usual.experienced[0, 0] == pytest.approx(0.2 / 2.0)
    fixed = workforce({"town": {"turnover": 0.4}})
    assert not fixed.uncertain
    assert fixed.path(np.array([])) is fixed.path()


def test_the_plan_has_the_declared_workers_come_as_declared() -> None:
    body = pool(**{**BUSY, "turnover": {"low": 0.2, "high": 0.9}})
    columns = Columns()
    plan = planned_workforce({"town": {"fitting": body}}, {("town", "fitting"): 4}, columns, 100.0, Productivity())
    level, steps = plan.steps(plan.path(), 0)
    assert (level, steps) == (40_000, tuple((7.0 * k, 14_000 if k < 5 else 4_000) for k in range(1, 6)))
    assert plan.capacity(plan.path()) == {4: 40_000}
    assert columns.names == []


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"workers": -1}, "negative"),
        ({"present": -1}, "negative"),
        ({"present": 120}, "more than"),
        ({"present": 50}, "'ramp' is needed"),
        ({"present": 50, "turnover": 0.5}, "'ramp' is needed"),
        ({"experienced": 1.2}, "above 1"),
        ({"hired_experienced": "120%"}, "above 1"),
        ({"licensed": 1.2}, "above 1"),
        ({"turnover": -0.1}, "turnover cannot be negative"),
        ({"turnover": {"low": -0.1, "high": 0.5}}, "turnover cannot be negative"),
        ({"retirement": -0.1}, "negative"),
        ({"apprenticeship": 0}, "greater than 0"),
        ({"seasoning": "-1 year"}, "negative"),
        ({"turn_over": 0.5}, "Extra inputs"),
    ],
)
def test_pools_that_cannot_be(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        pool(**declared)


def test_turnover_reads_percent_and_may_exceed_one() -> None:
    for written, read in (("50%", 0.5), (1.5, 1.5), ("150%", 1.5)):
        turnover = pool(turnover=written).turnover
        assert turnover is not None
        assert turnover.planning() == pytest.approx(read)


LEVERS = (
    lever("travellers", markets=["town"], date="2025-08-01"),
    lever("training", markets=["town"]),
    lever("premium", date="2025-09-01"),
    lever("transfer", date="2025-10-01", travel=10),
)


@pytest.mark.parametrize(
    "pools", [{"town": BUSY}, {"town": BUSY, "port": {"workers": 50, "turnover": 0.8}, "idle": {}}]
)
def test_replications_side_by_side_are_the_same_to_the_last_bit(pools: dict[str, Any]) -> None:
    levers = LEVERS if len(pools) > 1 else LEVERS[:3]
    market = {"rival_premium": {"low": 0, "high": 1}, "poaching": 1, "attraction": 0.5}
    columns = Columns()
    force = workforce(pools, levers, market=market, columns=columns)
    rows = [np.array([premium]) for premium in (0.0, 0.07, 0.3, 0.9)]
    for row, path in zip(rows, force.paths(rows), strict=True):
        alone = force.path(row)
        assert path.moved == alone.moved
        for name in ("workers", "experienced", "licensed", "places", "travellers"):
            assert np.array_equal(getattr(path, name), getattr(alone, name)), name
        for one in fields(alone.flows):
            assert np.array_equal(getattr(path.flows, one.name), getattr(alone.flows, one.name)), one.name
        assert force.changes(path) == force.changes(alone)
    assert not np.array_equal(force.path(rows[0]).workers, force.path(rows[3]).workers)
