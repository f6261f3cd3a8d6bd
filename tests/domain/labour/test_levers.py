"""Levers: what each does, by hand; and that it does nothing until it is used."""

from datetime import date
from typing import Any, get_args

import numpy as np
import pytest
from pydantic import ValidationError

from buildsim.domain.labour import Lever, Productivity
from tests.domain.labour.people import COSTS, DECLARED, LEVERS, lever, workforce
from tests.domain.lone import START


def kinds() -> set[str]:
    return {get_args(one.model_fields["kind"].annotation)[0] for one in get_args(get_args(Lever)[0])}


def test_every_kind_is_tested() -> None:
    assert set(DECLARED) == set(COSTS) == kinds()
    assert all(any(name.startswith(f"test_{kind}") for name in globals()) for kind in kinds())


def test_training_that_takes_with_a_few() -> None:
    whole = lever("training").rate_by_week(START, 30)
    np.testing.assert_allclose(lever("training", takes="30%").rate_by_week(START, 30), 0.3 * whole)


def test_rolling_shifts_get_more_done_in_a_day() -> None:
    assert lever("rolling_shifts").longer(8.0) == 1.25
    assert lever("rolling_shifts", loss="20%", hours=12).longer(8.0) == 1.5  # what is lost is another matter


# -- declaring -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", DECLARED)
def test_a_lever_waits_to_be_used(kind: str) -> None:
    assert LEVERS.validate_python({"kind": kind, **DECLARED[kind]}).use is False


@pytest.mark.parametrize(("kind", "cost"), [(kind, cost) for kind, costs in COSTS.items() for cost in costs])
def test_a_lever_without_its_cost_is_refused(kind: str, cost: str) -> None:
    without = {key: value for key, value in DECLARED[kind].items() if key != cost}
    with pytest.raises(ValidationError, match="Field required") as caught:
        LEVERS.validate_python({"kind": kind, **without})
    assert [error["loc"][-1] for error in caught.value.errors()] == [cost]


@pytest.mark.parametrize(
    ("kind", "wrong", "told"),
    [
        ("overtime", {"hours": 39}, "greater than or equal to 40"),
        ("overtime", {"hours": 85}, "less than or equal to 84"),
        ("overtime", {"premium": -0.5}, "greater than or equal to 0"),
        ("overtime", {"weeks": 0}, "greater than or equal to 1"),
        ("travellers", {"experienced": 1.1}, "above 1"),
        ("travellers", {"workers": 0}, "greater than 0"),
        ("travellers", {"per_diem": -5}, "greater than or equal to 0"),
        ("training", {"length": 0}, "greater than 0"),
        ("second_shift", {"loss": "100%"}, "less than 1"),
        ("prefabrication", {"share": 1}, "less than 1"),
        ("transfer", {"to": "town"}, "to itself"),
        ("dispatch", {"rank": "tallest"}, "least_slack"),
        ("stagger", {"days": 0}, "greater than 0"),
        ("premium", {"sites": ["a"]}, "Extra inputs"),
    ],
)
def test_levers_that_cannot_be(kind: str, wrong: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        lever(kind, **wrong)


@pytest.mark.parametrize("kind", DECLARED)
def test_a_lever_that_is_not_used_changes_no_pool(kind: str) -> None:
    pools: dict[str, Any] = {"town": {"turnover": 0.5, "ramp": "1 per week"}, "port": {}}
    market = {"rival_premium": 0.1, "poaching": 1, "attraction": 1}
    plain = workforce(pools, market=market)
    idle = workforce(pools, (lever(kind, use=False),), market=market)
    assert (idle.hours == 40.0).all()
    assert not idle.premium.any()
    for name in ("workers", "experienced", "licensed"):
        assert getattr(idle.path(), name).tolist() == getattr(plain.path(), name).tolist()
    for name in ("left", "hired", "arrived"):
        assert getattr(idle.path().flows, name).tolist() == getattr(plain.path().flows, name).tolist()


@pytest.mark.parametrize(
    ("declared", "market", "trade", "acts"),
    [
        ({}, "town", "fitting", True),
        ({"markets": ["town"]}, "town", "fitting", True),
        ({"markets": ["port"]}, "town", "fitting", False),
        ({"trades": ["welding"]}, "town", "fitting", False),
        ({"markets": ["town"], "trades": ["welding", "fitting"]}, "town", "fitting", True),
    ],
)
def test_a_lever_acts_on_whom_it_names(declared: dict[str, Any], market: str, trade: str, acts: bool) -> None:
    assert lever("overtime", **declared).acts_on(market, trade) is acts


def test_levers_meet_where_their_selections_do() -> None:
    town, port, all_of_them = (
        lever("second_shift", markets=["town"]),
        lever("second_shift", markets=["port"]),
        lever("second_shift"),
    )
    assert not town.shares_pool(port)
    assert town.shares_pool(all_of_them)
    assert all_of_them.shares_pool(port)
    assert not lever("stagger", sites=["a"]).shares_site(lever("stagger", sites=["b"]))
    assert lever("stagger", sites=["a"]).shares_site(lever("stagger"))


# -- each kind -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "weeks"),
    [
        ({}, range(8)),
        ({"weeks": 3}, range(3)),
        ({"date": "2025-07-15", "weeks": 2}, (2, 3)),  # day 14, a week begins
        ({"date": "2025-07-16", "weeks": 2}, (3, 4)),
        ({"date": "2025-06-24", "weeks": 3}, (0, 1)),  # a week before the start
        ({"date": "2025-01-01", "weeks": 3}, ()),
        ({"date": "2026-01-01"}, ()),
    ],
)
def test_overtime_is_worked_in_the_weeks_that_begin_in_its_time(declared: dict[str, Any], weeks: Any) -> None:
    hours = lever("overtime", **declared).hours_by_week(START, 7)
    assert hours.tolist() == [50.0 if week in weeks else 40.0 for week in range(8)]


def test_overtime_of_two_levers_is_the_longer() -> None:
    levers = (lever("overtime", weeks=2), lever("overtime", hours=60, markets=["town"], weeks=1))
    hours = workforce({"town": {}, "port": {}}, levers, days=20.0).hours
    assert hours.tolist() == [[60, 50], [50, 50], [40, 40]]


def test_second_shift_has_room_for_as_many_again() -> None:
    shift = lever("second_shift", loss="20%")
    assert shift.most(4) == 8
    # Planned 2, most 4 at 10 % crowding: 1, 1, 1, 0.95, 0.9 on one shift. With the fifth to the eighth on the second:
    # (3.6 + 0.8) / 5, (3.6 + 1.6) / 6, (3.6 + 0.8 x 3 x 0.95) / 7, (3.6 + 0.8 x 3.6) / 8
    crowded = Productivity(crowding=0.1).crowding_factors(2, 4)
    expected = [1, 1, 1, 0.95, 0.9, 4.4 / 5, 5.2 / 6, 5.88 / 7, 6.48 / 8]
    assert shift.crowding_factors(crowded) == pytest.approx(expected)
    assert lever("second_shift", loss=0).crowding_factors((1.0, 1.0, 1.0)) == (1.0,) * 5


def test_travellers_come_beside_the_pool_and_go() -> None:
    # 2025-07-15 is day 14, ten days later is day 24: on hand from day 28, for two weeks.
    levers = (lever("travellers", markets=["town"], date="2025-07-15", mobilisation=10, weeks=2),)
    force = workforce({"town": {"ramp": "1 per day"}, "port": {}}, levers, days=70.0)
    path = force.path()
    assert path.workers[:, 0].tolist() == pytest.approx([100] * 4 + [120] * 2 + [100] * 5)
    assert path.travellers[:, 0].tolist() == [0] * 4 + [20] * 2 + [0] * 5
    assert path.experienced[4, 0] == pytest.approx((20 + 16) / 120)
    assert path.licensed[4, 0] == pytest.approx(0.5)
    assert path.experienced[6, 0] == 0.2
    assert (path.flows.arrived[4, 0], path.flows.departed[6, 0]) == (20.0, 20.0)
    assert not path.flows.hired.any()
    assert not path.travellers[:, 1].any()
    assert force.steps(path, 0) == (100_000, ((28.0, 20_000), (42.0, -20_000)))


def test_travellers_who_came_before_the_start_are_there_at_once() -> None:
    levers = (lever("travellers", date="2025-06-24", weeks=3, licensed=1),)
    path = workforce({"town": {}}, levers, days=35.0).path()
    assert path.travellers[:, 0].tolist() == [20, 20, 0, 0, 0, 0]
    assert path.licensed[0, 0] == pytest.approx(70 / 120)


def test_premiums_add_up_in_their_weeks() -> None:
    levers = (lever("premium", weeks=2), lever("premium", premium="5%", date="2025-07-08"))
    assert workforce({"town": {}}, levers, days=28.0).premium[:, 0] == pytest.approx([0.1, 0.15, 0.05, 0.05, 0.05])


def test_premium_acts_on_who_left_in_its_week() -> None:
    pools: dict[str, Any] = {"town": {"turnover": 1.0}}
    market = {"rival_premium": 0.1, "poaching": 5}
    bare = workforce(pools, market=market, days=28.0).path()
    paid = workforce(pools, (lever("premium", weeks=2),), market=market, days=28.0).path()
    calm = workforce(pools, days=28.0).path()
    assert paid.flows.left[1:3, 0].tolist() == calm.flows.left[1:3, 0].tolist()
    assert paid.flows.left[3, 0] / paid.workers[2, 0] == pytest.approx(bare.flows.left[3, 0] / bare.workers[2, 0])
    assert (bare.flows.left[1:] > calm.flows.left[1:]).all()


def test_training_makes_so_many_new_hands_experienced() -> None:
    levers = (lever("training", weeks=3, per_week=5),)
    path = workforce({"town": {}}, levers, days=70.0).path()
    # The first course ends on day 28, the third on day 42.
    assert path.flows.trained[:, 0].tolist() == pytest.approx([0] * 4 + [5] * 3 + [0] * 4)
    assert path.experienced[-1, 0] == pytest.approx(0.35)
    assert path.licensed[-1, 0] == pytest.approx(0.5)


def test_training_ends_when_there_is_nobody_left_to_train() -> None:
    path = workforce({"town": {}}, (lever("training", per_week=30),), days=70.0).path()
    assert path.flows.trained[:, 0].tolist() == pytest.approx([0] * 4 + [30, 30, 20] + [0] * 4)
    assert path.experienced[-1, 0] == pytest.approx(1.0)


def test_prefabrication_takes_its_share_of_what_it_names() -> None:
    moved = lever("prefabrication", trades=["pipe"], activities=["M1", "M2"], sites=["a"])
    assert moved.moved("pipe", "M1", "a") == 0.3
    for other in (("wire", "M1", "a"), ("pipe", "M3", "a"), ("pipe", "M1", "b")):
        assert moved.moved(*other) == 0.0
    assert lever("prefabrication").moved("wire", "E1", "b") == 0.3


def test_dispatch_names_a_rank() -> None:
    assert lever("dispatch").rank == "largest_mw"


def test_stagger_starts_halls_one_after_another() -> None:
    starts = [date(2025, 9, 1), date(2025, 7, 1), date(2025, 7, 1), date(2025, 8, 1)]
    # In order: the second, the third (a tie), the fourth, the first.
    moved = [date(2025, 7, 1) + (date(2025, 7, 31) - date(2025, 7, 1)) * turn for turn in range(4)]
    assert lever("stagger", days=30).starts(starts) == [moved[3], moved[0], moved[1], moved[2]]
    assert lever("stagger").starts([]) == []


def test_transfer_moves_whole_people_who_are_there() -> None:
    pools = {"town": {"workers": 20.5, "experienced": 0.8}, "port": {"workers": 60}}
    force = workforce(pools, (lever("transfer", date="2025-07-10", travel=14),), days=49.0)
    path = force.path()
    # Day 9: they leave on day 14, are there on day 28; 20 go, and with them 16 experienced.
    assert path.workers[:, 0] == pytest.approx([20.5, 20.5, *[0.5] * 6])
    assert path.workers[:, 1] == pytest.approx([60] * 4 + [80] * 4)
    assert path.experienced[-1, 1] == pytest.approx((12 + 16) / 80)
    assert path.flows.departed[2, 0] == path.flows.arrived[4, 1] == pytest.approx(20.0)
    assert force.steps(path, 1) == (60_000, ((28.0, 20_000),))


def test_transfer_people_leave_as_the_others_do_and_are_replaced_where_they_are() -> None:
    pools: dict[str, Any] = {"town": {}, "port": {"turnover": 1.0, "ramp": "50 per day"}}
    path = workforce(pools, (lever("transfer"),), days=371.0).path()
    stay = np.exp(-7 / 365.25 * np.arange(len(path.workers)))
    assert path.workers[:, 1] == pytest.approx(130.0)
    assert path.flows.transferred[:, 1] == pytest.approx(30.0 * stay)
    assert path.workers[:, 0] == pytest.approx(70.0)


def test_transfer_on_from_where_people_were_transferred_to_takes_some_of_them() -> None:
    # 30 of town's are among port's 60 when 20 of port's go to the mill: 10 of them had come from town.
    levers = (
        lever("transfer", date="2025-07-08"),
        lever("transfer", date="2025-07-15", market="port", to="mill", workers=20),
    )
    path = workforce({"town": {}, "port": {"workers": 30}, "mill": {}}, levers, days=28.0).path()
    assert path.flows.transferred[1:3].tolist() == pytest.approx(np.array([[0, 30, 0], [0, 20, 20]]))
    assert path.workers[-1].tolist() == pytest.approx([70.0, 40.0, 120.0])


def test_transfer_of_a_trade_that_is_not_wanted_leaves_it_where_it_is() -> None:
    force = workforce({"town": {}, "port": {}}, (lever("transfer", trades=["welding"]),))
    assert force.path().workers[-1].tolist() == pytest.approx([100.0, 100.0])
