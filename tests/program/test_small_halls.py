"""Halls compiled and run, by hand: dates, what is done at the start, orders under way, gates, rank, scale."""

from datetime import date
from typing import Any

import numpy as np
import pytest

from buildsim.program.compile import compile_model
from tests.program.small import GENERATION, TEMPLATE, account, simulated, small, times

HALL = "sites/s/halls/h"
GRID = "sites/s/power/grid"
ACTIVITIES = "templates/small/activities"


def test_a_hall_alone_takes_its_programme() -> None:
    assert times(simulated(small())) == {
        "P1": (10.0, 50.0),
        "A1": (30.0, 40.0),
        "E1": (50.0, 60.0),
        "L1": (60.0, 64.0),
        "PW": (64.0, 65.0),
        "L4": (65.0, 70.0),
        "G1": (0.0, 0.0),
        "R1": (70.0, 80.0),
        "R5": (80.0, 87.0),
        "live": (87.0, 87.0),
    }


def test_the_plan_is_the_same_engine_at_planning_values() -> None:
    model = small(at={f"{ACTIVITIES}/A1/hours_per_mw": {"low": 80, "mode": 160, "high": 800}})
    run = simulated(model, 3)
    plan = run.plan.activities.set_index("activity")["finish"]
    assert (plan["A1"], plan["live"]) == (40.0, 87.0)
    assert run.go_live["planned"].tolist() == [87.0] * 3
    assert len(set(run.activities[run.activities.activity == "A1"]["finish"])) == 3


def test_crew_sizes_follow_the_hall_and_durations_do_not() -> None:
    for mw, crews in ((10.0, 10_000), (4.0, 4_000), (2.5, 2_500)):
        model = small(at={f"{HALL}/mw": f"{mw} MW"})
        network = compile_model(model).network
        [a1] = [crew for name, crew in zip(network.names, network.crews, strict=True) if name == "s/h/A1"]
        assert a1 is not None
        assert [amount for _, amount in a1.team] == [crews]  # thousandths of workers
        assert times(simulated(model))["A1"] == (30.0, 40.0)


def test_teams_up_to_the_maximum_or_to_the_planned_number() -> None:
    teams = {f"{ACTIVITIES}/A1/teams": {"min": 1, "planned": 2, "max": 5}}
    assert times(simulated(small(at=teams)))["A1"] == (30.0, 34.0)
    assert times(simulated(small(at={**teams, "productivity": {"teams_up_to": "planned"}})))["A1"] == (30.0, 40.0)
    crowded = simulated(small(at={**teams, "productivity": {"crowding": "20%"}}))
    assert times(crowded)["A1"] == (30.0, 35.0)  # five teams at 80 %


def test_people_beyond_the_pool_do_not_work() -> None:
    run = simulated(small(at={"labour/here/electrical": {"workers": 25}}))  # two crews and a half
    assert times(run)["E1"] == (50.0, 65.0)
    assert account(run)["thin team"] == pytest.approx(5.0)


def test_the_workforce_and_the_licensed_scale_every_pool() -> None:
    pools = {"labour/here": {"civil": {"workers": 20}, "electrical": {"workers": 40}}}
    half = small(at={**pools, "productivity": {"workforce": "50%"}})
    assert times(simulated(half))["A1"] == (30.0, 50.0)
    cap = {"regime": "cap", "licensed": "250 per 1000", "apprentices_per_journeyman": 1}
    assert times(simulated(small(at={**pools, "productivity": cap})))["A1"] == (30.0, 50.0)


# -- what is done at the start ---------------------------------------------------------------------

UNDER_WAY = {f"{HALL}/start": "2024-12-27"}  # day -10


def test_what_is_done_leaves_the_rest_of_the_draw() -> None:
    hours = {f"{ACTIVITIES}/A1/hours_per_mw": {"low": 80, "mode": 160, "high": 800}}
    model = small(at={**UNDER_WAY, **hours, f"{HALL}/done": {"A1": "40%", "P1": "100%"}})
    for drawn in (100.0, 320.0):
        run = simulated(model, draws={"sites.s.halls.h.A1.hours_per_mw": drawn})
        team_days = 0.6 * drawn * 10 / 80
        assert times(run)["A1"] == (0.0, pytest.approx(team_days / 2))
        assert times(run)["E1"][0] == pytest.approx(team_days / 2)


def test_a_share_done_leaves_the_rest_of_a_fixed_duration() -> None:
    done = {"P1": "100%", "A1": "100%", "E1": "100%", "L1": "75%"}
    found = times(simulated(small(at={**UNDER_WAY, f"{HALL}/done": done})))
    assert found["L1"] == (0.0, 1.0)
    assert found["PW"] == (1.0, 2.0)
    assert {"P1", "A1", "E1"}.isdisjoint(found)


@pytest.mark.parametrize(("day", "live"), [(5, 47.0), (25, 32.0), (34.5, 22.5), (45, 12.0), (50, 7.0)])
def test_the_day_of_the_programme_says_how_far_each_activity_has_got(day: float, live: float) -> None:
    """Seven days a week are worked, so a hall that is `day` days into a programme of 57 needs the rest.

    The order P1 is the exception: it runs by its own date. It was placed 30 days before day 0 and comes on day 10, when
    37 days are left; once the programme takes it for delivered (from its day 20 on) it is.
    """
    run = simulated(small(at={**UNDER_WAY, f"{HALL}/programme_day": day}))
    assert times(run)["live"][1] == pytest.approx(live)


def test_a_hall_under_way_still_waits_for_its_gpus() -> None:
    order = {"generation": "g", "count": 9000, "ordered": "2024-12-31"}  # 30 days from day -6: day 24
    run = simulated(small(at={**UNDER_WAY, f"{HALL}/programme_day": 33, f"{HALL}/gpus": order}))
    assert times(run)["L4"][1] == pytest.approx(7.0)
    assert times(run)["R1"][0] == 24.0
    assert account(run)["GPU supply"] == pytest.approx(17.0)


def test_a_hall_whose_racks_are_being_placed_has_them() -> None:
    order = {"generation": "g", "count": 9000, "ordered": "2024-12-31"}
    run = simulated(small(at={**UNDER_WAY, f"{HALL}/programme_day": 41, f"{HALL}/gpus": order}))
    assert times(run)["R1"] == (0.0, pytest.approx(9.0))
    assert "GPU supply" not in account(run)


def test_lags_behind_what_is_done_run_on_from_where_they_are() -> None:
    links = {
        f"{ACTIVITIES}/E1/after": ["A1 SS + 12 workdays", "A1 FF + 6 days"],  # E1 12-22 in the programme
        f"{ACTIVITIES}/L1/after": ["A1 + 17 days", "E1"],
    }
    early = times(simulated(small(at={**UNDER_WAY, **links, f"{HALL}/programme_day": 4})))
    assert early["A1"] == (0.0, 6.0)
    assert early["E1"][0] == 8.0
    assert early["L1"][0] == 6.0 + 17.0  # A1 ends on day 6
    later = times(simulated(small(at={**UNDER_WAY, **links, f"{HALL}/programme_day": 14})))
    assert "A1" not in later
    assert later["E1"] == (0.0, pytest.approx(8.0))
    assert later["L1"][0] == pytest.approx(10.0 + 17.0 - 14.0)


def test_a_lag_to_a_finish_behind_what_is_done_runs_on_too() -> None:
    links = {f"{ACTIVITIES}/E1/after": ["A1 SS + 2 workdays", "A1 FF + 6 workdays"]}
    done = {f"{HALL}/programme_day": 14, f"{HALL}/done": {"E1": "90%"}}  # A1 ended on day 10 of the programme
    run = simulated(small(at={**UNDER_WAY, **links, **done}))
    assert times(run)["E1"] == (0.0, 2.0)  # one day of work, two of the lag
    assert account(run)["lag"] == pytest.approx(2.0)


def test_an_elapsed_lag_takes_no_notice_of_the_calendar() -> None:
    week = {"calendars/week": {"kind": "weekly"}, "sites/s/calendar": "week"}
    links = {f"{ACTIVITIES}/E1/after": ["start + 12 days"], f"{ACTIVITIES}/L1/after": ["start + 12 workdays"]}
    found = times(simulated(small(at={**week, **links, f"{HALL}/start": "2025-02-03"})))  # Monday, day 28
    assert found["E1"][0] == 40.0  # a Saturday: it is ready, and works from Monday on
    assert found["E1"][1] == pytest.approx(42.0 + 5 + 7)
    assert found["L1"][0] == pytest.approx(28.0 + 14 + 2)


# -- orders and chains under way -------------------------------------------------------------------


@pytest.mark.parametrize(("information", "later"), [("2025-01-06", 0.0), ("2025-01-26", 20.0)])
def test_a_lead_time_under_way_is_never_shorter_than_what_has_passed(information: str, later: float) -> None:
    """What was under way on the information date had lasted till then; on day 0, or 20 days after it."""
    lead = {"low": "10 days", "mode": "30 days", "high": "120 days"}
    model = small(
        at={
            **UNDER_WAY,  # P1 was ordered 30 days before day 0
            "information": information,
            f"{HALL}/programme_day": 5,
            f"{ACTIVITIES}/P1/duration": lead,
            "generations/g": {**GENERATION, "lead": lead},
            f"{HALL}/gpus": {"generation": "g", "count": 9000, "ordered": "2024-11-07"},  # 60 days
            GRID: {
                "kind": "grid",
                "energised": "0 MW",
                "stages": {"agreement": lead, "works": lead},
                "begun": "2024-12-17",  # 20 days
                "steps": {"s1": {"mw": "10 MW", "after": "works"}},
            },
            "sites/s/power/turbines": {
                "kind": "bridge",
                "mw": "1 MW",
                "ordered": "2024-11-27",
                "lead": lead,
            },  # 40 days
        }
    )
    run = simulated(model, 400)
    draws = run.inputs
    for name, passed in (
        ("sites.s.halls.h.P1.duration", 30.0),
        ("sites.s.halls.h.gpus.lead", 60.0),
        ("sites.s.power.grid.agreement", 20.0),
        ("sites.s.power.turbines.lead", 40.0),
    ):
        assert draws[name].min() > passed + later
        assert draws[name].max() < 120.0
        assert draws[name].min() < passed + later + 3.0  # nothing else is cut off
    assert draws["sites.s.power.grid.works"].min() < 20.0  # begins when the agreement is there
    arrived = run.activities[run.activities.activity == "P1"]["finish"].to_numpy()
    assert np.abs(arrived - (draws["sites.s.halls.h.P1.duration"].to_numpy() - 30.0)).max() < 1e-9
    assert arrived.min() > later
    delivered = run.deliveries[run.deliveries.event == "delivered"]["day"].to_numpy()
    assert np.abs(delivered - (draws["sites.s.halls.h.gpus.lead"].to_numpy() - 60.0)).max() < 1e-9


def test_a_date_that_was_open_on_the_information_date_lies_after_it() -> None:
    step = {"mw": "10 MW", "date": {"low": "2025-01-01", "mode": "2025-03-01", "high": "2025-06-30"}}
    grid = {"kind": "grid", "energised": "0 MW", "steps": {"s1": step}}
    run = simulated(small(at={GRID: grid, "information": "2025-02-20"}), 300)
    drawn = run.inputs["sites.s.power.grid.s1.date"]
    assert drawn.min() > date(2025, 2, 20).toordinal()
    powered = run.power[run.power.event == "energised"]["day"]
    assert powered.min() > 45.0


def test_planning_values_that_time_has_overtaken_give_way_to_what_may_still_come() -> None:
    lead = {"low": "10 days", "mode": "25 days", "high": "120 days"}
    at = {**UNDER_WAY, f"{HALL}/programme_day": 2, f"{ACTIVITIES}/P1/duration": lead}  # mode 25, 30 have passed
    run = simulated(small(at=at))
    assert run.plan.activities.set_index("activity")["finish"]["P1"] > 0.0


# -- gates -----------------------------------------------------------------------------------------


def test_a_hall_begins_on_its_day_though_its_equipment_came_before() -> None:
    """Work that follows an order alone is first work of the hall all the same."""
    links = {f"{ACTIVITIES}/P1/ordered_ahead": "30 days", f"{ACTIVITIES}/E1/after": ["P1"]}
    quick = {f"{ACTIVITIES}/P1/duration": "5 days"}
    assert times(simulated(small(at={**links, **quick})))["E1"][0] == 30.0
    hold = {"kind": "permit_hold", "sites": ["s"], "probability": "100%", "days": "15 days"}
    held = times(simulated(small(at={**links, **quick, "disruptions/hold": hold})))
    assert (held["A1"][0], held["E1"][0]) == (45.0, 45.0)


def test_work_with_finish_links_alone_begins_with_the_hall() -> None:
    found = times(simulated(small(at={f"{ACTIVITIES}/E1/after": ["A1 FF + 3 workdays"]})))
    assert found["E1"] == (30.0, 43.0)


def test_a_hall_goes_live_with_the_last_of_its_activities() -> None:
    for links, live in ((["L1"], 103.0), (["L4 SS"], 104.0)):
        extra = {"kind": "test", "duration": "39 workdays", "after": links}
        template = {**TEMPLATE["activities"], "X1": extra}
        found = times(simulated(small(at={ACTIVITIES: template})))
        assert found["live"][1] == live


def test_temporary_power_holds_what_needs_it() -> None:
    at = {f"{ACTIVITIES}/E1/needs": ["temporary_power"], "sites/s/temporary_power": "58 days"}
    run = simulated(small(at=at))
    assert times(run)["A1"][0] == 30.0
    assert times(run)["E1"][0] == 58.0
    # ready but for power and equipment on day 40; the equipment came on day 50: the last to come bears the wait
    assert account(run)["utility"] == pytest.approx(18.0)


# -- who is served first ---------------------------------------------------------------------------


def two_halls(**policy: Any) -> Any:
    """Two equal halls, declared h before k, and one civil crew."""
    tranche = {"mw": "10 MW", "value": "$1"}
    return small(
        at={
            "sites/s/halls/k": {"mw": "10 MW", "template": "small", "start": "2025-02-05"},
            "labour/here": {"civil": {"workers": 10}, "electrical": {"workers": 100}},
            "customers/c": {"name": "C"},
            "contracts/o": {
                "customer": "c",
                "tranches": {
                    "t1": {**tranche, "blocks": ["s/k"], "due": "2025-06-01"},
                    "t2": {**tranche, "blocks": ["s/h"], "due": "2025-07-01"},
                },
            },
            **policy,
        }
    )


def first(model: Any) -> str:
    """Which of two halls gets the one civil crew."""
    run = simulated(model)
    a1 = {hall: times(run, f"s/{hall}")["A1"][0] for hall in ("h", "k")}
    assert sorted(a1.values()) == [30.0, 50.0]
    return min(a1, key=lambda hall: a1[hall])


RANKS = {"least_slack": "k", "latest_finish": "k", "declared": "h", "first_come": "h", "largest_mw": "h"}


@pytest.mark.parametrize(("rank", "served"), RANKS.items())
def test_ranks(rank: str, served: str) -> None:
    assert first(two_halls(**{"policy/rank": rank})) == served


def test_the_largest_hall_first() -> None:
    smaller = {"sites/s/halls/h": {"mw": "9 MW", "template": "small", "start": "2025-02-05"}}
    model = two_halls(**smaller, **{"policy/rank": "largest_mw", "contracts": {}, "customers": {}})
    assert first(model) == "k"


def test_the_earliest_planned_start_first() -> None:
    """The later hall's first work is planned later, though both are ready when the permit comes."""
    hold = {"kind": "permit_hold", "sites": ["s"], "probability": "100%", "days": "30 days"}
    later = {"sites/s/halls/h": {"mw": "10 MW", "template": "small", "start": "2025-02-15"}, "disruptions/hold": hold}
    run = simulated(two_halls(**later, **{"policy/rank": "first_come"}))
    assert (times(run, "s/k")["A1"][0], times(run, "s/h")["A1"][0]) == (60.0, 80.0)


def test_an_option_that_lapses_is_not_built() -> None:
    option = {"exercise_by": "2025-02-25", "probability": "50%"}  # decided at the end of day 50
    tranche = {"mw": "10 MW", "value": "$1", "blocks": ["s/h"], "due": "2025-12-01", "option": option}
    model = small(at={"customers/c": {"name": "C"}, "contracts/o": {"customer": "c", "tranches": {"x": tranche}}})
    taken = times(simulated(model, draws={"contracts.o.tranches.x.option": 0.4}))
    assert (taken["A1"][0], taken["P1"]) == (51.0, (51.0, 91.0))
    lapsed = simulated(model, draws={"contracts.o.tranches.x.option": 0.6})
    found = times(lapsed)
    assert all(np.isnan(found[name][0]) for name in ("A1", "P1", "E1", "live"))
    assert np.isnan(lapsed.go_live["live"].iloc[0])
    assert sum(account(lapsed).values()) == pytest.approx(lapsed.horizon)
