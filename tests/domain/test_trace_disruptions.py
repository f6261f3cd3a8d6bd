"""Disruptions: what a permit hold holds up, whose orders a supplier's accident puts off."""

from dataclasses import dataclass
from math import exp

import pytest

from buildsim.domain.disruptions import PermitHold, SupplierAccident
from buildsim.engine import causes
from buildsim.engine.conditions import Conditions
from buildsim.engine.network import Bond, Tie
from buildsim.engine.priorities import Priorities
from buildsim.engine.world import World
from buildsim.program.builder import ELAPSED, Builder, Node
from tests.domain.lone import START, Columns, facts, lone_world

# -- permit hold ---------------------------------------------------------------------------------


def hold(sites: list[str], begins: dict[str, float], draws: dict[str, float], risks: bool = True) -> World:
    declared = PermitHold.model_validate(
        {"kind": "permit_hold", "sites": sites, "probability": "20%", "days": {"low": "30 days", "high": "90 days"}}
    )
    columns = Columns(draws)
    plan = declared.compile("permit", begins, {}, columns)
    world = lone_world(columns, risks=risks)
    plan.start(world)
    world.run()
    return world


def test_a_site_that_is_not_held_goes_on_at_once() -> None:
    world = hold(["a"], {"a": 40.0}, {"disruptions.permit.a.happens": 0.2})
    assert facts(world) == [("permit permit/a", 0.0)]
    assert not world.records["disruptions"]
    assert not world.history


def test_a_hold_runs_from_the_first_start_of_work() -> None:
    world = hold(["a"], {"a": 40.0}, {"disruptions.permit.a.happens": 0.19, "disruptions.permit.a.days": 75.0})
    assert facts(world) == [("permit permit/a", 115.0)]
    assert world.records["disruptions"] == [("permit_hold", "permit", "a", 40.0, 75.0)]
    [span] = world.history[("permit", "permit/a")]
    assert (span.begin, span.end, span.cause) == (40.0, 115.0, causes.PERMIT)


def test_sites_are_held_each_on_its_own_and_those_under_way_not_at_all() -> None:
    draws = {
        "disruptions.permit.a.happens": 0.0,
        "disruptions.permit.a.days": 50.0,
        "disruptions.permit.c.happens": 0.9,
    }
    world = hold(["a", "b", "c"], {"a": 0.0, "c": 10.0, "d": 0.0}, draws)  # nothing of b is still to begin
    assert facts(world) == [("permit permit/c", 0.0), ("permit permit/a", 50.0)]


def test_the_plan_knows_of_no_hold() -> None:
    assert facts(hold(["a"], {"a": 40.0}, {"disruptions.permit.a.happens": 0.0}, risks=False)) == [
        ("permit permit/a", 0.0)
    ]


def test_only_the_named_sites_wait_for_it() -> None:
    declared = PermitHold.model_validate({"kind": "permit_hold", "sites": ["a"], "probability": 1, "days": 1})
    assert declared.gate("permit", "a") == ("permit", "permit/a")
    assert declared.gate("permit", "b") is None


# -- supplier accident ---------------------------------------------------------------------------


@dataclass
class Orders:
    """Orders of equipment (begin, length), and the test that each lets begin."""

    world: World

    def delivered(self) -> list[float]:
        return [self.world.works.finish[number] for number in range(self.world.network.count // 2)]

    def followed(self) -> list[float]:
        half = self.world.network.count // 2
        return [self.world.works.start[number] for number in range(half, 2 * half)]


def strike(
    orders: list[tuple[float, float]],
    moment: float,
    days: float = 60.0,
    *,
    per_year: float = 365.25,
    risks: bool = True,
    horizon: float = 1000.0,
    known: float = 0.0,
) -> Orders:
    builder = Builder(START, START, [])
    for number, (begin, _) in enumerate(orders):
        builder.add(Node(f"order {number}", kind="procurement", earliest=begin))
    for number in range(len(orders)):
        after = Node(f"after {number}", kind="test", suppliers=[number])
        after.bonds = [Bond(number, Tie.FS, 0.0, ELAPSED, 0.0)]
        builder.add(after)
    declared = SupplierAccident.model_validate(
        {"kind": "supplier_accident", "item": "generators", "per_year": per_year, "days": {"low": 30, "high": 90}}
    )
    luck = 1.0 - exp(-moment * per_year / 365.25)
    columns = Columns({"disruptions.maker.time": luck, "disruptions.maker.days": days}, known)
    plan = declared.compile("maker", {}, {"generators": tuple(range(len(orders))), "cdus": (99,)}, columns)
    columns.settle()
    network = builder.network()
    amounts = [length for _, length in orders] + [1.0] * len(orders)
    conditions = Conditions(amounts, [], [], [], [], columns.row.__getitem__, lambda name, n: 0.0, risks)
    world = World(network, Priorities(network.rank_key, {}), [], conditions, {}, horizon)
    plan.start(world)
    world.run()
    return Orders(world)


def test_an_accident_puts_off_the_orders_under_way_and_no_others() -> None:
    orders = strike([(0.0, 19.0), (0.0, 50.0), (15.0, 100.0), (30.0, 40.0)], moment=20.0)
    assert orders.delivered() == [19.0, 110.0, 175.0, 70.0]
    assert orders.followed() == orders.delivered()
    [(kind, name, item, day, days)] = orders.world.records["disruptions"]
    assert (kind, name, item, days) == ("supplier_accident", "maker", "generators", 60.0)
    assert day == pytest.approx(20.0)


def test_what_is_put_off_is_charged_at_the_end_of_the_order() -> None:
    orders = strike([(0.0, 50.0)], moment=20.0)
    assert orders.world.works.setbacks == {0: [(50.0, 110.0, causes.EQUIPMENT)]}


def test_after_the_horizon_and_in_the_plan_nothing_happens() -> None:
    for orders in (strike([(0.0, 50.0)], 20.0, risks=False), strike([(0.0, 50.0)], 400.0, horizon=300.0)):
        assert orders.delivered() == [50.0]
        assert not orders.world.records["disruptions"]


def test_there_was_no_accident_up_to_the_information_date() -> None:
    orders = strike([(0.0, 30.0), (0.0, 50.0)], moment=5.0, known=42.0)
    assert orders.delivered() == [30.0, 110.0]
    assert orders.world.records["disruptions"][0][3] == pytest.approx(47.0)


def test_no_rate_means_no_accident() -> None:
    assert strike([(0.0, 50.0)], 20.0, per_year=0.0).delivered() == [50.0]


def test_nothing_waits_for_an_accident() -> None:
    declared = SupplierAccident.model_validate({"kind": "supplier_accident", "item": "x", "per_year": 1, "days": 1})
    assert declared.gate("maker", "a") is None
