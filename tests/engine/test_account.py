"""The delay account, cause by cause, worked by hand; and that it adds up whatever happens."""

from collections.abc import Generator
from typing import Any

import numpy as np
import pytest
from simpy.events import Event

from buildsim.engine import causes
from buildsim.engine.network import Failure, Gate
from buildsim.engine.world import Fact, World
from buildsim.worktime import WorkCalendar
from tests.engine.yard import WEEK, Site, Yard

RACKS, ALL_RACKS, PERMIT = ("racks", "hall"), ("all racks", "hall"), ("permit", "hall")


def happen(world: World, fact: Fact, *stretches: tuple[float, str]) -> None:
    """A chain of (days, cause) after which a fact is noted; an empty cause leaves no trace in its history."""

    def chain() -> Generator[Event, object, None]:
        for days, cause in stretches:
            begin = world.clock.now
            yield world.clock.until(begin + days)
            if cause:
                world.span(fact, begin, cause)
        world.note(fact)

    world.clock.process(chain())


def growing(world: World, *steps: tuple[float, int]) -> None:
    def grow() -> Generator[Event, object, None]:
        for day, amount in steps:
            yield world.clock.until(day)
            world.grow(0, amount)

    world.clock.process(grow())


def assert_contiguous(site: Site, name: str) -> None:
    """From day 0 to the finish or the horizon, without gap or overlap, each segment as long as its parts."""
    finish, segments = site.finish[name], site.raw(name)
    now = 0.0
    for segment in segments:
        assert segment.begin == pytest.approx(now, abs=1e-9)
        assert sum(segment.parts.values()) == pytest.approx(segment.end - segment.begin, abs=1e-9)
        now = segment.end
    assert now == pytest.approx(finish if finish == finish else site.world.horizon, abs=1e-9)


def told(site: Site, name: str) -> list[tuple[float, float, str, str]]:
    assert_contiguous(site, name)
    return site.segments(name)


# -- work ------------------------------------------------------------------------------------------


def test_work_as_planned_and_what_a_draw_adds_to_it() -> None:
    site = Yard().add("a", 10.0, planned=8.0).add("b", 5.0, planned=6.0, after=["a"]).run()
    assert told(site, "b") == [(0.0, 10.0, "planned work", "a"), (10.0, 15.0, "planned work", "b")]
    assert site.days("b") == pytest.approx({"planned work": 8.0 + 5.0, "estimate": 2.0})


def test_the_walk_follows_the_last_predecessor() -> None:
    site = Yard().add("a", 3.0).add("b", 4.0).add("c", 1.0, after=["a", "b"]).run()
    assert told(site, "c") == [(0.0, 4.0, "planned work", "b"), (4.0, 5.0, "planned work", "c")]


def test_a_tie_goes_to_the_first_declared() -> None:
    made = Yard().add("late", 4.0, earliest=1.0).add("a", 5.0).add("b", 5.0)
    site = made.add("c", 1.0, after=["b", "late", "a"]).run()
    assert told(site, "c")[0] == (0.0, 5.0, "planned work", "b")


def test_a_tie_with_a_date_goes_to_the_dependence() -> None:
    site = Yard().add("a", 5.0).add("b", 1.0, after=["a"], earliest=5.0).run()
    assert told(site, "b")[0] == (0.0, 5.0, "planned work", "a")


def test_a_day_before_which_nothing_may_start() -> None:
    site = Yard().add("a", 5.0).add("b", 1.0, after=["a"], earliest=7.0).run()
    assert told(site, "b") == [(0.0, 7.0, "not-before", "b"), (7.0, 8.0, "planned work", "b")]


def test_a_lag_from_the_beginning_of_the_block_is_planned() -> None:
    site = Yard().add("a", 5.0, earliest=12.0, begins=4.0).run()
    assert told(site, "a")[:2] == [(0.0, 4.0, "not-before", "a"), (4.0, 12.0, "planned work", "a")]


def test_acceptance_is_a_cause_of_its_own() -> None:
    site = Yard().add("a", 2.0).add("b", 7.0, after=["a"], kind="acceptance", planned=6.0).run()
    assert told(site, "b")[1] == (2.0, 9.0, "acceptance", "b")


# -- dependences -----------------------------------------------------------------------------------


def test_a_lag_after_a_finish() -> None:
    site = Yard().add("a", 5.0).add("b", 2.0, after=[("a", "FS", 3.0)]).run()
    assert told(site, "b") == [
        (0.0, 5.0, "planned work", "a"),
        (5.0, 8.0, "lag", "b"),
        (8.0, 10.0, "planned work", "b"),
    ]


def test_a_lag_in_working_days_takes_the_weekend_along() -> None:
    made = Yard(calendars=[WEEK]).add("a", 4.0, calendar=0).add("b", 1.0, after=[("a", "FS", 2.0, 0)], calendar=0)
    assert told(made.run(), "b")[1] == (4.0, 8.0, "lag", "b")


def test_a_dependence_on_a_start_leads_to_what_held_that_start() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.add("holder", 6.0, uses={"crew": 1}).add("a", 20.0, uses={"crew": 1}).add("b", 10.0, after=[("a", "SS", 4.0)])
    site = made.run()
    assert told(site, "b") == [
        (0.0, 6.0, "crew wait", "a"),
        (6.0, 10.0, "planned work", "a"),
        (10.0, 20.0, "planned work", "b"),
    ]


def test_a_finish_to_finish_dependence_leads_to_the_finish_of_its_predecessor() -> None:
    site = Yard().add("a", 10.0).add("b", 3.0, after=[("a", "FF", 2.0)]).add("c", 1.0, after=["b"]).run()
    assert told(site, "c") == [
        (0.0, 10.0, "planned work", "a"),
        (10.0, 12.0, "lag", "b"),
        (12.0, 13.0, "planned work", "c"),
    ]


def test_a_finish_to_finish_dependence_that_does_not_bind_is_passed_by() -> None:
    site = Yard().add("a", 2.0).add("b", 9.0, after=[("a", "FF", 2.0)]).run()
    assert told(site, "b") == [(0.0, 9.0, "planned work", "b")]


def test_a_start_to_finish_dependence_leads_to_the_start_of_its_predecessor() -> None:
    site = Yard().add("a", 50.0, earliest=4.0).add("b", 1.0, after=[("a", "SF", 6.0)]).run()
    assert site.finish["b"] == 10.0
    assert told(site, "b")[0] == (0.0, 4.0, "not-before", "a")
    assert site.days("b")["not-before"] == 4.0


# -- waits for what is scarce ----------------------------------------------------------------------


def test_a_wait_for_a_crew_names_who_held_it_and_goes_on_at_the_readiness_of_who_waited() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.add("holder", 9.0, uses={"crew": 1}).add("before", 4.0).add("a", 2.0, uses={"crew": 1}, after=["before"])
    site = made.run()
    assert told(site, "a") == [
        (0.0, 4.0, "planned work", "before"),
        (4.0, 9.0, "crew wait", "a"),
        (9.0, 11.0, "planned work", "a"),
    ]
    assert site.holder("a", 4.0) == "holder"


@pytest.mark.parametrize(
    ("kind", "cause"), [("agents", "agents"), ("load banks", "agents"), ("crew", "crew wait"), ("MW", "utility")]
)
def test_each_kind_of_resource_has_its_cause(kind: str, cause: str) -> None:
    made = Yard()
    made.resource("scarce", 1, kind)
    made.add("holder", 3.0, holds={"scarce": 1}).add("a", 1.0, holds={"scarce": 1})
    assert told(made.run(), "a")[0] == (0.0, 3.0, cause, "a")


def test_waits_for_one_thing_after_another_are_charged_one_after_another() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.resource("agents", 1, "agents")
    made.add("on crew", 4.0, uses={"crew": 1}).add("on agents", 7.0, holds={"agents": 1})
    made.add("a", 2.0, uses={"crew": 1, "agents": 1})
    site = made.run()
    assert told(site, "a")[:2] == [(0.0, 4.0, "crew wait", "a"), (4.0, 7.0, "agents", "a")]
    assert (site.holder("a", 0.0), site.holder("a", 4.0)) == ("on crew", "on agents")


def test_megawatts_that_are_not_there_are_the_utilitys() -> None:
    made = Yard()
    made.resource("MW", 0, "MW")
    made.add("hall", 2.0, holds={"MW": 20}, keeps=True)
    site = made.run(lambda world: growing(world, (10.0, 5), (30.0, 15)))
    assert told(site, "hall") == [(0.0, 30.0, "utility", "hall"), (30.0, 32.0, "planned work", "hall")]


def test_megawatts_that_came_and_went_to_another_are_a_matter_of_allocation() -> None:
    made = Yard()
    made.resource("MW", 0, "MW")
    made.add("first", 2.0, holds={"MW": 20}, keeps=True).add("second", 2.0, holds={"MW": 20}, keeps=True)
    site = made.run(lambda world: growing(world, (10.0, 20), (45.0, 20)))
    assert told(site, "first")[0] == (0.0, 10.0, "utility", "first")
    assert told(site, "second")[:2] == [(0.0, 10.0, "utility", "second"), (10.0, 45.0, "allocation", "second")]


def test_megawatts_that_came_bit_by_bit_and_went_to_smaller_halls_are_allocation_too() -> None:
    made = Yard()
    made.resource("MW", 0, "MW")
    made.add("small", 2.0, holds={"MW": 10}, keeps=True).add("large", 2.0, holds={"MW": 20}, keeps=True)
    site = made.run(lambda world: growing(world, (10.0, 10), (25.0, 10), (60.0, 10)))
    assert told(site, "small")[0] == (0.0, 10.0, "utility", "small")
    assert told(site, "large")[:2] == [(0.0, 25.0, "utility", "large"), (25.0, 60.0, "allocation", "large")]


# -- waits for deliveries and facts ----------------------------------------------------------------


def test_a_permit() -> None:
    made = Yard().add("a", 5.0, earliest=10.0, gates=[Gate(PERMIT, "permit or opposition")])
    site = made.run(lambda world: happen(world, PERMIT, (30.0, "permit or opposition")))
    assert told(site, "a")[:2] == [(0.0, 10.0, "not-before", "a"), (10.0, 30.0, "permit or opposition", "a")]


def test_equipment_that_comes_after_everything_else() -> None:
    made = Yard().add("order", 20.0, kind="procurement").add("before", 8.0)
    made.add("a", 2.0, after=["before", "order"], suppliers=["order"])
    site = made.run()
    assert told(site, "a") == [
        (0.0, 8.0, "planned work", "before"),
        (8.0, 20.0, "equipment", "a"),
        (20.0, 22.0, "planned work", "a"),
    ]


def test_equipment_that_is_there_in_time_is_nobodys_fault() -> None:
    made = Yard().add("order", 5.0, kind="procurement").add("before", 8.0)
    site = made.add("a", 2.0, after=["before", "order"], suppliers=["order"]).run()
    assert "equipment" not in site.days("a")


def test_the_last_of_several_deliveries_counts_and_its_mishap() -> None:
    made = Yard()
    mishap = Failure("logistics", made.value(0.5), made.value(0.1), made.value(6.0), "mishap", -1, False)
    made.add("early", 12.0, kind="procurement").add("late", 14.0, kind="procurement", failures=[mishap])
    made.add("a", 2.0, after=["early", "late"], suppliers=["early", "late"])
    site = made.run()
    assert told(site, "a")[:2] == [(0.0, 14.0, "equipment", "a"), (14.0, 20.0, "logistics", "a")]


def test_an_accident_at_the_supplier_is_equipment() -> None:
    def strike(world: World) -> None:
        def accident() -> Generator[Event, object, None]:
            yield world.clock.until(5.0)
            world.works.extend(0, 10.0, causes.EQUIPMENT)

        world.clock.process(accident())

    made = Yard().add("order", 12.0, kind="procurement").add("a", 1.0, after=["order"], suppliers=["order"])
    assert made.run(strike).days("a") == {"equipment": 22.0, "planned work": 1.0}


def test_equipment_that_only_a_finish_needs_does_not_hold_the_start() -> None:
    """A start that waited for a permit is not charged to a later delivery that the finish alone waits for."""
    made = Yard()
    mishap = Failure("logistics", made.value(0.5), made.value(0.1), made.value(5.0), "mishap", -1, False)
    made.add("needed", 10.0, kind="procurement").add("later", 30.0, kind="procurement", failures=[mishap])
    made.add("a", 8.0, after=["needed", ("later", "FF", 2.0)], suppliers=["needed", "later"], gates=[Gate(PERMIT, "x")])
    made.add("b", 1.0, after=[("a", "SS", 3.0)])
    site = made.run(lambda world: happen(world, PERMIT, (20.0, "permit or opposition")))
    assert told(site, "b")[0] == (0.0, 20.0, "permit or opposition", "a")
    assert site.finish["a"] == 37.0
    assert site.days("a") == pytest.approx(
        {"permit or opposition": 20.0, "planned work": 8.0, "equipment": 2.0, "logistics": 5.0, "lag": 2.0}
    )


def racks(made: Yard, amount: float = 6.0) -> Yard:
    """Placement that starts with the first lot of racks and cannot finish before the last."""
    made.add("delivered", 0.0, kind="delivery", gates=[Gate(ALL_RACKS, "GPU supply")])
    gate = Gate(RACKS, "GPU supply")
    return made.add("placed", amount, after=["before", ("delivered", "FF")], suppliers=["delivered"], gates=[gate])


def test_gpus_that_come_late_are_gpu_supply_and_their_mishap_logistics() -> None:
    made = racks(Yard().add("before", 10.0))
    stretches = (25.0, ""), (8.0, "logistics")
    site = made.run(lambda world: [happen(world, fact, *stretches) for fact in (RACKS, ALL_RACKS)])
    assert told(site, "placed") == [
        (0.0, 10.0, "planned work", "before"),
        (10.0, 25.0, "GPU supply", "placed"),
        (25.0, 33.0, "logistics", "placed"),
        (33.0, 39.0, "planned work", "placed"),
    ]


def test_the_last_lot_of_gpus_holds_the_finish() -> None:
    made = racks(Yard().add("before", 10.0))
    site = made.run(lambda world: happen(world, RACKS, (5.0, "")), lambda world: happen(world, ALL_RACKS, (30.0, "")))
    assert site.finish["placed"] == 30.0
    assert told(site, "placed")[1:] == [(10.0, 16.0, "planned work", "placed"), (16.0, 30.0, "GPU supply", "placed")]


def test_gpus_on_hand_leave_no_trace() -> None:
    made = racks(Yard().add("before", 10.0))
    site = made.run(lambda world: [world.note(fact) for fact in (RACKS, ALL_RACKS)])
    assert site.days("placed") == {"planned work": 16.0}


# -- slow hours ------------------------------------------------------------------------------------


def slow(teams: tuple[str, int, int, int, int], amount: float = 12.0, **others: Any) -> Site:
    made = Yard(
        calendars=others.pop("calendars", []), dry=others.pop("dry", None), output=[others.pop("output", (1.0, 1.0))]
    )
    made.resource("crew", others.pop("crews", 100))
    return made.add("a", amount, teams=teams, pool=0, **others).run()


def test_fewer_teams_than_planned() -> None:
    site = slow(("crew", 1, 1, 4, 4), crews=3)
    assert site.finish["a"] == 4.0
    assert site.days("a") == pytest.approx({"thin team": 1.0, "planned work": 3.0})


def test_more_teams_than_planned_gain_days() -> None:
    site = slow(("crew", 1, 1, 4, 6), crews=6)
    assert site.finish["a"] == 2.0
    assert site.days("a") == pytest.approx({"thin team": -1.0, "planned work": 3.0})


def test_teams_that_join_later_are_accounted_stretch_by_stretch() -> None:
    made = Yard()
    made.resource("crew", 4)
    made.add("other", 3.0, uses={"crew": 3}).add("a", 12.0, teams=("crew", 1, 1, 2, 4))
    site = made.run()
    # three days of one team: half of them thin; nine team-days left for four: 2.25 days, which the plan calls 4.5
    assert site.finish["a"] == 5.25
    assert site.days("a") == pytest.approx({"planned work": 6.0, "thin team": 1.5 - 2.25})


def test_skill_and_rework_take_their_shares_one_after_the_other() -> None:
    site = slow(("crew", 1, 4, 4, 4), output=(0.8, 0.75))
    assert site.finish["a"] == pytest.approx(5.0)
    assert site.days("a") == pytest.approx({"skill": 5.0 * 0.2, "rework": 5.0 * 0.8 * 0.25, "planned work": 3.0})


def test_crowding() -> None:
    site = slow(("crew", 1, 1, 4, 5), crews=5, crowding=(1.0, 1.0, 1.0, 1.0, 1.0, 0.8))
    assert site.finish["a"] == pytest.approx(3.0)
    assert site.days("a") == pytest.approx({"thin team": -0.75, "crowding": 3.75 * 0.2, "planned work": 3.0})


def test_an_overrun_is_part_of_the_productive_days_only() -> None:
    site = slow(("crew", 1, 4, 4, 4), output=(0.5, 1.0), planned=9.0)
    assert site.days("a") == pytest.approx({"skill": 3.0, "planned work": 3.0 * 9 / 12, "estimate": 3.0 * 3 / 12})


def test_weather_takes_its_part_and_the_weekend_belongs_to_the_pattern() -> None:
    dry, wet = WEEK, WorkCalendar([1.0, 0.0, 1.0, 1.0, 0.5, 0.0, 0.0] * 60)
    site = slow(("crew", 1, 4, 4, 4), 18.0, calendars=[wet], dry=[dry], calendar=0)
    # 3.5 days of the first week and Monday: to day 8; six of the dry days there were, 4.5 of them worked
    assert site.finish["a"] == pytest.approx(8.0)
    assert site.days("a") == pytest.approx({"weather": 8.0 * 1.5 / 6.0, "planned work": 8.0 * 4.5 / 6.0})


def test_a_day_of_rain_at_the_beginning_is_weather_and_not_the_calendar() -> None:
    dry, wet = WEEK, WorkCalendar([0.0, 0.0, 1.0, 1.0, 1.0, 0.0, 0.0] * 60)
    site = slow(("crew", 1, 4, 4, 4), calendars=[wet], dry=[dry], calendar=0)
    assert site.finish["a"] == 5.0
    assert site.days("a") == pytest.approx({"weather": 2.0, "planned work": 3.0})


def test_a_storm_stops_a_fixed_duration_too() -> None:
    dry, wet = WEEK, WorkCalendar([1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 0.0] * 60)
    site = Yard(calendars=[wet], dry=[dry]).add("a", 2.0, calendar=0).run()
    assert site.days("a") == pytest.approx({"weather": 2.0, "planned work": 2.0})


def test_waiting_for_monday_is_the_calendar() -> None:
    site = Yard(calendars=[WEEK]).add("a", 5.5).add("b", 1.0, after=["a"], calendar=0).run()
    assert told(site, "b")[1:] == [(5.5, 7.0, "calendar", "b"), (7.0, 8.0, "planned work", "b")]


def test_retests_are_commissioning_failures() -> None:
    made = Yard(calendars=[WEEK])
    made.resource("crew", 1)
    made.retests["retest"] = [1.0]
    cause = "commissioning failure"
    failure = Failure(cause, made.value(0.5), made.value(0.2), made.value(2.0), "retest", 0, True)
    made.add("a", 4.0, teams=("crew", 1, 1, 1, 1), calendar=0, failures=[failure])
    site = made.run()
    assert told(site, "a") == [(0.0, 4.0, "planned work", "a"), (4.0, 8.0, cause, "a"), (8.0, 9.0, cause, "a")]


# -- what is not finished by the horizon -----------------------------------------------------------


def test_work_under_way_at_the_horizon() -> None:
    site = Yard(horizon=10.0).add("a", 6.0).add("b", 100.0, after=["a"], planned=50.0).add("c", 1.0, after=["b"]).run()
    assert told(site, "c") == [(0.0, 6.0, "planned work", "a"), (6.0, 10.0, "planned work", "b")]
    assert site.days("c") == {"planned work": 8.0, "estimate": 2.0}


def test_a_retest_under_way_at_the_horizon() -> None:
    made = Yard(horizon=10.0)
    cause = "commissioning failure"
    failure = Failure(cause, made.value(0.5), made.value(0.4), made.value(20.0), "retest", -1, True)
    site = made.add("a", 6.0, failures=[failure]).run()
    assert told(site, "a") == [(0.0, 6.0, "planned work", "a"), (6.0, 10.0, cause, "a")]


def test_a_crew_that_never_comes() -> None:
    made = Yard(horizon=10.0)
    made.resource("crew", 1)
    site = made.add("holder", 99.0, uses={"crew": 1}).add("a", 1.0, uses={"crew": 1}, earliest=2.0).run()
    assert told(site, "a") == [(0.0, 2.0, "not-before", "a"), (2.0, 10.0, "crew wait", "a")]


def test_megawatts_that_never_come() -> None:
    made = Yard(horizon=40.0)
    made.resource("MW", 0, "MW")
    made.add("first", 2.0, holds={"MW": 20}, keeps=True).add("second", 2.0, holds={"MW": 20}, keeps=True)
    site = made.run(lambda world: growing(world, (10.0, 20)))
    assert told(site, "second") == [(0.0, 10.0, "utility", "second"), (10.0, 40.0, "allocation", "second")]


def test_a_permit_that_never_comes() -> None:
    site = Yard(horizon=10.0).add("a", 1.0, gates=[Gate(PERMIT, "permit or opposition")], earliest=4.0).run()
    assert told(site, "a") == [(0.0, 4.0, "not-before", "a"), (4.0, 10.0, "permit or opposition", "a")]


@pytest.mark.parametrize(("tie", "worked"), [("FS", 0.0), ("FF", 3.0)])
def test_equipment_that_never_comes(tie: str, worked: float) -> None:
    made = Yard(horizon=10.0).add("order", 99.0, kind="procurement").add("before", 2.0)
    made.add("a", 3.0, after=["before", ("order", tie)], suppliers=["order"]).add("b", 1.0, after=["a"])
    assert made.run().days("b") == pytest.approx({"planned work": 2.0 + worked, "equipment": 8.0 - worked})


def test_gpus_that_never_come() -> None:
    made = racks(Yard(horizon=20.0).add("before", 2.0))
    assert made.run().days("placed") == {"planned work": 2.0, "GPU supply": 18.0}
    assert made.run(lambda world: happen(world, RACKS, (5.0, ""))).days("placed") == {
        "planned work": 8.0,
        "GPU supply": 3.0 + 9.0,
    }


def test_a_lag_that_runs_past_the_horizon() -> None:
    site = Yard(horizon=10.0).add("a", 4.0).add("b", 1.0, after=[("a", "FS", 50.0)]).run()
    assert told(site, "b") == [(0.0, 4.0, "planned work", "a"), (4.0, 10.0, "lag", "b")]
    site = Yard(horizon=10.0).add("a", 4.0).add("b", 1.0, after=[("a", "FF", 50.0)]).run()
    assert told(site, "b") == [(0.0, 4.0, "planned work", "a"), (4.0, 10.0, "lag", "b")]


def test_a_date_past_the_horizon() -> None:
    site = Yard(horizon=10.0).add("a", 4.0).add("b", 1.0, after=["a"], earliest=50.0).run()
    assert told(site, "b") == [(0.0, 10.0, "not-before", "b")]


def test_work_that_begins_in_a_closure_which_outlasts_the_horizon() -> None:
    made = Yard(horizon=7.0, calendars=[WEEK])
    made.resource("crew", 1)
    made.add("a", 5.5).add("b", 3.0, after=["a"], teams=("crew", 1, 1, 1, 1), calendar=0, planned=1.0)
    assert told(made.run(), "b") == [(0.0, 5.5, "planned work", "a"), (5.5, 7.0, "calendar", "b")]


# -- it adds up ------------------------------------------------------------------------------------


def random_yard(seed: int) -> Yard:
    """Anything that the engine knows, thrown together."""
    rng = np.random.default_rng(seed)
    dry = [WEEK]
    wet = [WorkCalendar(np.array(WEEK.shares) * rng.choice([0.0, 0.6, 1.0, 1.0], len(WEEK.shares)))]
    made = Yard(float(rng.choice([40.0, 400.0])), calendars=wet, dry=dry, output=[(0.9, 0.95)], failing=[1.2])
    made.retests["retest"] = rng.uniform(1.0, 9.0, 30).tolist()
    for resource, kind in (("p", "crew"), ("q", "crew"), ("MW", "MW"), ("agents", "agents")):
        made.resource(resource, int(rng.integers(2, 5)), kind)
    orders: list[str] = []
    for number in range(30):
        name, amount = f"a{number}", float(rng.choice([0.0, *rng.uniform(0.5, 15.0, 5)]))
        others: dict[str, Any] = {"planned": amount * float(rng.choice([0.5, 1.0, 1.5]))}
        others["earliest"] = float(rng.choice([0.0, 0.0, rng.uniform(0, 30)]))
        if number % 7 == 3:
            made.add(name, amount * 3, kind="procurement", **others)
            orders.append(name)
            continue
        before = rng.choice(number, size=min(number, int(rng.integers(0, 4))), replace=False) if number else []
        ties = rng.choice(["FS", "FS", "SS", "FF", "SF"], size=len(before))
        lags = rng.choice([0.0, 0.0, 2.5], size=len(before))
        others["after"] = [
            (f"a{one}", str(tie), float(lag), int(rng.choice([-1, 0])))
            for one, tie, lag in zip(before, ties, lags, strict=True)
        ]
        others["suppliers"] = [f"a{one}" for one in before if f"a{one}" in orders]
        others["calendar"] = int(rng.choice([-1, 0]))
        others["holds"] = {str(rng.choice(["MW", "agents"])): 1} if rng.random() < 0.3 else {}
        if rng.random() < 0.5:
            least, more = int(rng.integers(1, 3)), int(rng.integers(0, 3))
            others |= {"teams": (str(rng.choice(["p", "q"])), 1, least, least + 1, least + 1 + more), "pool": 0}
            others["calendar"] = 0
        if rng.random() < 0.3:
            columns = [made.value(0.5), made.value(float(rng.random())), made.value(3.0)]
            others["failures"] = [Failure("commissioning failure", *columns, "retest", 0, True, 0)]
        if rng.random() < 0.2:
            others["gates"] = [Gate(("permit", str(rng.integers(3))), "permit or opposition")]
        made.add(name, amount, **others)
    return made


@pytest.mark.parametrize("seed", range(60))
def test_the_account_adds_up_and_is_contiguous_whatever_happens(seed: int) -> None:
    made = random_yard(seed)
    site = made.run(
        lambda world: happen(world, ("permit", "0"), (11.0, "permit or opposition")),
        lambda world: happen(world, ("permit", "1"), (20.0, ""), (30.0, "permit or opposition")),
        lambda world: growing(world, (5.0, 1), (25.0, 1)),
    )
    for name in site.numbers:
        assert_contiguous(site, name)
        assert set(site.days(name)) <= set(causes.CAUSES)


# -- the driving path ------------------------------------------------------------------------------


def test_the_driving_path_jumps_into_the_job_that_held_the_crew() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.add("early", 3.0).add("holder", 9.0, uses={"crew": 1}, after=["early"], key=0.0)
    made.add("before", 4.0).add("a", 2.0, uses={"crew": 1}, after=["before"], key=1.0)
    made.add("first", 5.0, uses={"crew": 1}, key=-1.0)
    site = made.run()
    names = {number: name for name, number in site.numbers.items()}
    path = [(one.begin, one.end, names[one.activity]) for one in site.account.driving(site.numbers["a"])]
    assert path == [(0.0, 5.0, "first"), (5.0, 14.0, "holder"), (14.0, 16.0, "a")]
    assert site.days("a") == {"planned work": 4.0 + 2.0, "crew wait": 10.0}  # the account is as it was


@pytest.mark.parametrize("seed", range(20))
def test_the_driving_path_is_contiguous_and_waits_for_no_crew(seed: int) -> None:
    site = random_yard(seed).run(lambda world: happen(world, ("permit", "0"), (11.0, "permit or opposition")))
    for name, finish in site.finish.items():
        path, now = site.account.driving(site.numbers[name]), 0.0
        for segment in path:
            assert segment.begin == pytest.approx(now, abs=1e-9)
            now = segment.end
        assert now == pytest.approx(finish if finish == finish else site.world.horizon, abs=1e-9)
