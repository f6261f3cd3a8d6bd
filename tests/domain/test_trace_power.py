"""Power, each source alone: what is energised and given back on which day."""

from datetime import date

import pytest
from pydantic import ValidationError

from buildsim.domain.power import Bridge, Grid
from buildsim.domain.power.supply import Socket
from buildsim.domain.power.temporary import TemporaryPlan
from buildsim.engine import causes
from buildsim.engine.world import World
from tests.domain.lone import START, Columns, facts, lone_world, power

GRID = Socket("a", "grid", 0)
PLANT = Socket("a", "plant", 0)


def grid(**declared: object) -> Grid:
    return Grid.model_validate({"kind": "grid", **declared})


def bridge(**declared: object) -> Bridge:
    return Bridge.model_validate({"kind": "bridge", **declared})


def run(sources: dict[str, Grid | Bridge], draws: dict[str, float] | None = None, free: int = 0) -> World:
    columns = Columns(draws)
    plans = [source.compile(Socket("a", key, 0), dict(sources), columns) for key, source in sources.items()]
    world = lone_world(columns, capacity=[free])
    for plan in plans:
        plan.start(world)
    world.run()
    return world


def test_a_dated_grid_steps_up_at_the_beginning_of_its_dates() -> None:
    source = grid(
        energised="20 MW", steps={"s1": {"mw": "30 MW", "date": "2025-07-11"}, "s2": {"mw": 5, "date": "2026-07-01"}}
    )
    world = run({"grid": source})
    assert power(world) == [("grid", 10.0, "energised", 30.0), ("grid", 365.0, "energised", 5.0)]
    assert world.foreman.free == [35_000]  # thousandths; what is energised at the start is not its business
    assert (source.energised, source.total) == (20.0, 55.0)


def test_an_uncertain_date_is_drawn_as_an_ordinal() -> None:
    step = {"mw": "30 MW", "date": {"low": "2025-12-31", "mode": "2026-06-30", "high": "2026-12-31"}}
    late = {"sites.a.power.grid.s1.date": START.toordinal() + 100.25}
    assert power(run({"grid": grid(steps={"s1": step})}, late)) == [("grid", 100.25, "energised", 30.0)]
    [(_, planned, _, _)] = power(run({"grid": grid(steps={"s1": step})}))
    assert planned == (date(2026, 6, 30) - START).days


def test_stages_follow_one_another_and_steps_hang_on_them() -> None:
    source = grid(
        stages={"studies": "100 days", "agreement": "50 days", "substation": "200 days"},
        steps={
            "s1": {"mw": "10 MW", "after": "agreement"},
            "s2": {"mw": "40 MW", "after": "substation", "delay": "30 days"},
            "s3": {"mw": "20 MW", "after": "substation"},
        },
    )
    world = run({"grid": source})
    assert facts(world) == [
        ("stage a/grid/studies", 100.0),
        ("stage a/grid/agreement", 150.0),
        ("stage a/grid/substation", 350.0),
    ]
    assert power(world) == [
        ("grid", 150.0, "energised", 10.0),
        ("grid", 350.0, "energised", 20.0),
        ("grid", 380.0, "energised", 40.0),
    ]
    assert [(span.begin, span.end, span.cause) for span in world.history[("energised", "a")]] == [
        (0.0, 150.0, causes.UTILITY),
        (0.0, 350.0, causes.UTILITY),
        (0.0, 380.0, causes.UTILITY),
    ]


def test_a_chain_begun_before_the_start_has_the_rest_of_its_first_stage_left() -> None:
    columns = Columns({"sites.a.power.grid.studies": 120.0, "sites.a.power.grid.substation": 60.0})
    source = grid(
        begun="2025-05-12",  # 50 days before
        stages={"studies": {"low": "80 days", "high": "160 days"}, "substation": {"low": "40 days", "high": "80 days"}},
        steps={"s1": {"mw": "10 MW", "after": "substation"}},
    )
    plan = source.compile(GRID, {}, columns)
    world = lone_world(columns, capacity=[0])
    plan.start(world)
    world.run()
    assert facts(world) == [("stage a/grid/studies", 70.0), ("stage a/grid/substation", 130.0)]
    assert power(world) == [("grid", 130.0, "energised", 10.0)]
    # The first stage is known to have lasted 50 days; nothing is known of the second.
    assert (columns.above["sites.a.power.grid.studies"], columns.above["sites.a.power.grid.substation"]) == (50.0, None)


def test_what_is_said_to_be_open_is_open_on_the_information_date() -> None:
    days = {"low": "10 days", "high": "60 days"}
    for begun, known in (("2025-06-01", 72.0), ("2025-07-11", 32.0), ("2025-08-12", None), ("2025-09-01", None)):
        columns = Columns(known=42.0)  # 2025-08-12
        grid(begun=begun, stages={"works": days}, steps={}).compile(GRID, {}, columns)
        bridge(mw=1, lead=days, ordered=begun).compile(PLANT, {}, columns)
        assert columns.above == {"sites.a.power.grid.works": known, "sites.a.power.plant.lead": known}


def test_a_chain_may_begin_after_the_start() -> None:
    source = grid(begun="2025-08-20", stages={"works": "10 days"}, steps={"s1": {"mw": 1, "after": "works"}})
    assert power(run({"grid": source})) == [("grid", 60.0, "energised", 1.0)]


def test_steps_need_a_date_or_a_stage_that_there_is() -> None:
    for step in (
        {"mw": 1},
        {"mw": 1, "date": "2026-01-01", "after": "works"},
        {"mw": 1, "date": "2026-01-01", "delay": 3},
    ):
        with pytest.raises(ValidationError):
            grid(stages={"works": 3}, steps={"s1": step})
    with pytest.raises(ValidationError, match="no stage"):
        grid(steps={"s1": {"mw": 1, "after": "works"}})


# -- bridging ------------------------------------------------------------------------------------


def stepping(*steps: tuple[float, str]) -> Grid:
    return grid(steps={f"s{n}": {"mw": mw, "date": day} for n, (mw, day) in enumerate(steps, 1)})


def test_a_plant_without_a_grid_to_replace_it_stays() -> None:
    world = run({"plant": bridge(mw="20 MW", lead="40 days", ordered="2025-07-11")})
    assert power(world) == [("plant", 50.0, "energised", 20.0)]
    assert world.foreman.free == [20_000]


def test_a_plant_is_given_back_with_the_grids_steps_mw_for_mw() -> None:
    world = run(
        {
            "grid": stepping((5, "2025-10-09"), (25, "2025-11-28")),
            "plant": bridge(mw="20 MW", lead="40 days", retire_with="grid"),
        }
    )
    assert power(world) == [
        ("plant", 40.0, "energised", 20.0),
        ("grid", 100.0, "energised", 5.0),
        ("plant", 100.0, "retired", 5.0),  # not more, though all of it is free
        ("grid", 150.0, "energised", 25.0),
        ("plant", 150.0, "retired", 15.0),
    ]
    assert world.foreman.free == [30_000]


def test_two_steps_at_one_instant_are_one_for_the_plant() -> None:
    world = run(
        {
            "grid": stepping((5, "2025-10-09"), (25, "2025-10-09")),
            "plant": bridge(mw="20 MW", lead="40 days", retire_with="grid"),
        }
    )
    assert power(world)[1:] == [
        ("grid", 100.0, "energised", 5.0),
        ("grid", 100.0, "energised", 25.0),
        ("plant", 100.0, "retired", 20.0),
    ]


def test_a_plant_that_comes_after_the_grid_feeds_in_only_what_is_not_there_yet() -> None:
    plant = bridge(mw="20 MW", lead="200 days", retire_with="grid")
    grids = {"part": stepping((8, "2025-10-09"), (12, "2026-04-27")), "all": stepping((30, "2025-10-09"))}
    assert power(run({"grid": grids["part"], "plant": plant})) == [
        ("grid", 100.0, "energised", 8.0),
        ("plant", 200.0, "energised", 12.0),
        ("grid", 300.0, "energised", 12.0),
        ("plant", 300.0, "retired", 12.0),
    ]
    assert power(run({"grid": grids["all"], "plant": plant})) == [("grid", 100.0, "energised", 30.0)]


def test_the_grids_step_replaces_the_plant_before_a_hall_that_waits_gets_it() -> None:
    columns = Columns()
    sources: dict[str, Grid | Bridge] = {
        "grid": stepping((20, "2025-10-09"), (20, "2025-11-28")),
        "plant": bridge(mw="20 MW", lead="40 days", retire_with="grid"),
    }
    plans = [source.compile(Socket("a", key, 0), dict(sources), columns) for key, source in sources.items()]
    world = lone_world(columns, capacity=[0])
    for plan in plans:
        plan.start(world)

    def hall() -> object:
        yield world.clock.until(50.0)
        world.foreman.free[0] -= 20_000  # a hall takes all that the plant feeds in

    world.clock.process(hall())
    world.run()
    assert [row for row in power(world) if row[2] == "retired"] == [("plant", 100.0, "retired", 20.0)]
    assert world.foreman.free == [20_000]
    assert world.foreman.capacity == [40_000]


def test_a_plant_on_order_is_known_not_to_have_come_yet() -> None:
    columns = Columns({"sites.a.power.plant.lead": 45.5})
    plan = bridge(mw="20 MW", lead={"low": "10 days", "high": "60 days"}, ordered="2025-06-01").compile(
        PLANT, {}, columns
    )
    assert columns.above == {"sites.a.power.plant.lead": 30.0}
    world = lone_world(columns, capacity=[0])
    plan.start(world)
    world.run()
    assert power(world) == [("plant", 15.5, "energised", 20.0)]


def test_a_plant_to_be_given_back_adds_nothing_for_good() -> None:
    assert bridge(mw="20 MW", lead=1).total == 20.0
    assert bridge(mw="20 MW", lead=1, retire_with="grid").total == 0.0


# -- temporary power -----------------------------------------------------------------------------


def test_temporary_power_is_there_on_its_day() -> None:
    world = lone_world()
    TemporaryPlan("a", 45.0).start(world)
    world.run()
    assert facts(world) == [("temporary power a", 45.0)]
