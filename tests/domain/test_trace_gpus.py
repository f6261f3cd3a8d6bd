"""GPU orders, each alone: when lots ship and arrive, what slips them, what befalls them, and where they end up."""

from dataclasses import replace
from typing import Any

import pytest

from buildsim.domain.gpus import Generation, GpuOrder, OrderPlan, Slip, compile_generation, lot_size
from buildsim.engine import causes
from buildsim.engine.world import World
from tests.domain.lone import Columns, deliveries, facts, happen, lone_world

Mishaps = tuple[tuple[int, int, int], ...]


def generation(**declared: Any) -> Generation:
    usual = {"available": "2025-09-09", "lead": "100 days", "kw_per_gpu": 2, "gpus_per_rack": 72, "cooling": "liquid"}
    return Generation.model_validate({**usual, **declared})


def order(
    columns: Columns,
    ordered: float,
    lots: int = 1,
    gpus: int = 1000,
    dead: bool = False,
    mishaps: dict[int, Mishaps] | None = None,
    **declared: Any,
) -> OrderPlan:
    made = generation(**declared)
    supply = compile_generation("GX", made, columns)
    lead = columns.column("sites.a.halls.h.gpus.lead", made.lead)
    share = columns.column("dead", made.dead_on_arrival) if dead and made.dead_on_arrival else -1
    befalls = tuple((mishaps or {}).get(number, ()) for number in range(lots))
    return OrderPlan("a", "a/h", "GX", supply, gpus, ordered, lead, share, 14.0, befalls)


def run(
    plan: OrderPlan, columns: Columns, live: float | None = None, horizon: float = 1000.0, risks: bool = True
) -> World:
    world = lone_world(columns, horizon=horizon, risks=risks)
    plan.start(world)
    if live is not None:
        happen(world, {live: [("live", "a/h")]})
    world.run()
    return world


def test_an_order_ships_when_its_lead_is_over() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 120.0})
    world = run(order(columns, ordered=30.0), columns, live=200.0)
    assert deliveries(world) == [
        (0, 30.0, "ordered", 1000),
        (1, 150.0, "shipped", 1000),
        (1, 150.0, "delivered", 1000),
        (0, 200.0, "lost", 0),
        (0, 200.0, "live", 1000),
    ]
    assert facts(world) == [("lot a/h/1", 150.0), ("racks a/h", 150.0), ("all racks a/h", 150.0), ("live a/h", 200.0)]


def test_nothing_ships_before_the_generation_is_out() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 20.0, "generations.GX.available": Columns().origin + 70.5})
    world = run(order(columns, ordered=10.0), columns)
    assert [row for row in deliveries(world) if row[2] == "shipped"] == [(1, 70.5, "shipped", 1000)]


def test_an_order_of_the_past_stands_in_the_account_from_the_start() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 120.0})
    world = run(order(columns, ordered=-90.0, available="2025-01-01"), columns)
    assert deliveries(world) == [(0, 0.0, "ordered", 1000), (1, 30.0, "shipped", 1000), (1, 30.0, "delivered", 1000)]


def test_an_order_beyond_the_horizon_is_not_written_down() -> None:
    columns = Columns()
    assert deliveries(run(order(columns, ordered=400.0), columns, horizon=300.0)) == []


@pytest.mark.parametrize(("taken", "ordered"), [(40.0, 40.0), (10.0, 30.0)])
def test_an_optional_hall_orders_once_its_option_is_taken(taken: float, ordered: float) -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 120.0})
    plan = replace(order(columns, ordered=30.0, lots=2), needs=(("option", "k/x"),))
    world = lone_world(columns)
    plan.start(world)
    happen(world, {taken: [("option", "k/x")]})
    world.run()
    assert deliveries(world) == [
        (0, ordered, "ordered", 1000),
        (1, ordered + 120.0, "shipped", 500),
        (1, ordered + 120.0, "delivered", 500),
        (2, ordered + 134.0, "shipped", 500),
        (2, ordered + 134.0, "delivered", 500),
    ]


def test_an_option_that_lapses_orders_nothing() -> None:
    columns = Columns()
    assert deliveries(run(replace(order(columns, ordered=30.0), needs=(("option", "k/x"),)), columns)) == []


def test_racks_on_hand_are_there_at_the_start() -> None:
    for plan in (
        OrderPlan("a", "a/h", "", None, 0, 0.0, -1, -1, 0.0, ((),)),
        OrderPlan(
            "a", "a/h", "GX", compile_generation("GX", generation(), Columns()), 9, -400.0, -1, -1, 14.0, ((), ())
        ),
    ):
        world = run(plan, Columns())
        lots = [(f"lot a/h/{number + 1}", 0.0) for number in range(len(plan.lots))]
        assert facts(world) == [*lots, ("racks a/h", 0.0), ("all racks a/h", 0.0)]
        assert deliveries(world) == []


def test_lots_follow_at_intervals_and_the_racks_are_there_with_the_first() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 100.0})
    world = run(order(columns, ordered=0.0, lots=3), columns, live=150.0)
    assert deliveries(world) == [
        (0, 0.0, "ordered", 1000),
        (1, 100.0, "shipped", 334),
        (1, 100.0, "delivered", 334),
        (2, 114.0, "shipped", 333),
        (2, 114.0, "delivered", 333),
        (3, 128.0, "shipped", 333),
        (3, 128.0, "delivered", 333),
        (0, 150.0, "lost", 0),
        (0, 150.0, "live", 1000),
    ]
    assert world.facts[("racks", "a/h")] == 100.0
    assert world.facts[("all racks", "a/h")] == 128.0


def test_the_interval_counts_from_the_generation_too() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 10.0})
    world = run(order(columns, ordered=0.0, lots=2), columns)  # out on day 70
    assert [day for _, day, event, _ in deliveries(world) if event == "shipped"] == [70.0, 84.0]


@pytest.mark.parametrize(("luck", "risks", "shipped"), [(0.24, True, 160.0), (0.25, True, 100.0), (0.24, False, 100.0)])
def test_a_slip_puts_the_generation_off_when_it_happens(luck: float, risks: bool, shipped: float) -> None:
    slip = {"name": "mask fix", "probability": "25%", "days": "90 days"}
    columns = Columns({"generations.GX.slips.mask-fix.happens": luck, "sites.a.halls.h.gpus.lead": 100.0})
    world = run(order(columns, ordered=0.0, slips=[slip]), columns, risks=risks)  # out on day 70, or 160
    assert [day for _, day, event, _ in deliveries(world) if event == "shipped"] == [shipped]


def test_slips_add_up() -> None:
    slips = [{"name": name, "probability": "100%", "days": days} for name, days in (("one", 30), ("two", 45))]
    columns = Columns({"generations.GX.slips.one.happens": 0.5, "generations.GX.slips.two.happens": 0.5})
    plan = compile_generation("GX", generation(slips=slips), columns)
    assert plan.day(lone_world(columns)) == 70.0 + 30.0 + 45.0
    assert Slip.model_validate(slips[0]).days.planning() == 30.0


def mishap(columns: Columns, name: str, luck: float, days: float) -> tuple[int, int, int]:
    made = generation(dead_on_arrival="10%")
    assert made.dead_on_arrival is not None
    columns.draws |= {f"{name}.luck": luck, f"{name}.days": days}
    return (
        columns.luck(f"{name}.luck"),
        columns.column(f"{name}.probability", made.dead_on_arrival),
        columns.column(f"{name}.days", made.lead),
    )


def test_a_mishap_befalls_one_lot_and_is_charged_to_logistics() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 100.0})
    truck = mishap(columns, "truck", luck=0.09, days=45.0)
    world = run(order(columns, ordered=0.0, lots=2, mishaps={1: (truck,)}), columns)
    assert deliveries(world)[1:] == [
        (1, 100.0, "shipped", 500),
        (1, 100.0, "delivered", 500),
        (2, 114.0, "shipped", 500),
        (2, 159.0, "delivered", 500),
    ]
    assert facts(world)[1:] == [("racks a/h", 100.0), ("lot a/h/2", 159.0), ("all racks a/h", 159.0)]
    assert ("racks", "a/h") not in world.history
    spans = world.history[("all racks", "a/h")]
    assert [(span.begin, span.end, span.cause) for span in spans] == [(114.0, 159.0, causes.LOGISTICS)]


def test_a_mishap_of_a_lot_that_is_not_the_last_leaves_all_racks_alone() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 100.0})
    truck = mishap(columns, "truck", luck=0.09, days=9.0)
    world = run(order(columns, ordered=0.0, lots=2, mishaps={0: (truck,)}), columns)
    assert facts(world) == [
        ("lot a/h/1", 109.0),
        ("racks a/h", 109.0),
        ("lot a/h/2", 114.0),
        ("all racks a/h", 114.0),
    ]
    assert [(span.begin, span.end) for span in world.history[("racks", "a/h")]] == [(100.0, 109.0)]
    assert ("all racks", "a/h") not in world.history  # it waited for the interval, not for the truck


def test_a_later_lot_may_bring_the_first_racks() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 100.0})
    truck = mishap(columns, "truck", luck=0.0, days=60.0)
    world = run(order(columns, ordered=0.0, lots=2, mishaps={0: (truck,)}), columns)
    assert facts(world) == [
        ("lot a/h/2", 114.0),
        ("racks a/h", 114.0),
        ("lot a/h/1", 160.0),
        ("all racks a/h", 160.0),
    ]
    assert ("racks", "a/h") not in world.history
    assert [(span.begin, span.end) for span in world.history[("all racks", "a/h")]] == [(100.0, 160.0)]


def test_mishaps_of_one_shipment_follow_one_another_and_bad_luck_is_below_the_probability() -> None:
    columns = Columns({"sites.a.halls.h.gpus.lead": 100.0})
    truck, customs = mishap(columns, "truck", 0.0999, 45.0), mishap(columns, "customs", 0.05, 12.0)
    flood = mishap(columns, "flood", 0.1, 99.0)  # 10 %: just not
    world = run(order(columns, ordered=0.0, mishaps={0: (truck, flood, customs)}), columns)
    assert world.facts[("all racks", "a/h")] == 157.0
    columns = Columns({"sites.a.halls.h.gpus.lead": 100.0})
    truck = mishap(columns, "truck", 0.0, 45.0)
    world = run(order(columns, ordered=0.0, mishaps={0: (truck,)}), columns, risks=False)
    assert world.facts[("all racks", "a/h")] == 100.0


def test_what_is_dead_on_arrival_is_lost_at_the_go_live() -> None:
    for risks, lost in ((True, 25), (False, 0)):
        columns = Columns({"sites.a.halls.h.gpus.lead": 100.0, "dead": 0.0254})
        plan = order(columns, ordered=0.0, gpus=1001, lots=2, dead=True, dead_on_arrival={"low": "1%", "high": "6%"})
        world = run(plan, columns, live=300.0, risks=risks)
        assert deliveries(world)[-2:] == [(0, 300.0, "lost", lost), (0, 300.0, "live", 1001 - lost)]


@pytest.mark.parametrize(("gpus", "lots"), [(10, 3), (72, 1), (5, 8), (10512, 7)])
def test_lots_are_as_even_as_whole_gpus_allow(gpus: int, lots: int) -> None:
    sizes = [lot_size(gpus, lots, number) for number in range(lots)]
    assert sum(sizes) == gpus
    assert sizes == sorted(sizes, reverse=True)
    assert max(sizes) - min(sizes) <= 1


def test_an_order_is_read_as_it_is_written() -> None:
    read = GpuOrder.model_validate({"generation": "GB200", "count": "10,512", "lots": 2})
    assert (read.count, read.lots, read.lot_interval, read.on_hand, read.ordered) == (10512, 2, 14.0, False, None)
