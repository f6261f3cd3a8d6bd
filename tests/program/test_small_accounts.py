"""The account of a hall, cause by cause: a small hall with one trouble, by hand. Without any it is live on day 87."""

from typing import Any

import pytest

from tests.program.small import GENERATION, START, account, simulated, small, times

HALL, SECOND = "sites/s/halls/h", "sites/s/halls/k"
GRID = "sites/s/power/grid"
ACTIVITIES = "templates/small/activities"
CALM = {"not-before": 30.0, "planned work": 40.0, "equipment": 10.0, "acceptance": 7.0}
PERMIT, AGENTS, FAILURE = "permit or opposition", "agents", "commissioning failure"


def changed(**days: float) -> dict[str, float]:
    """The account of the calm hall with some causes changed."""
    result = CALM | {name.replace("_", " "): value for name, value in days.items()}
    return {cause: value for cause, value in result.items() if value}


def check(at: dict[str, Any], want: dict[str, float], draws: dict[str, Any] | None = None, hall: str = "s/h") -> None:
    run = simulated(small(at=at), draws=draws)
    found = account(run, hall)
    live = times(run, hall)["live"][1]
    assert found == pytest.approx(want, abs=1e-9)
    assert sum(found.values()) == pytest.approx(live if live == live else run.horizon, abs=1e-6)


def test_calm() -> None:
    check({}, CALM)


def test_equipment() -> None:
    check({f"{ACTIVITIES}/P1/duration": "55 days"}, changed(equipment=25.0))
    check({f"{ACTIVITIES}/P1/duration": "25 days"}, changed(equipment=0.0))


def test_estimate() -> None:
    hours = {"low": 80, "mode": 240, "high": 800}
    check({f"{ACTIVITIES}/E1/hours_per_mw": hours}, changed(estimate=5.0), {"sites.s.halls.h.E1.hours_per_mw": 360.0})
    check(
        {f"{ACTIVITIES}/E1/hours_per_mw": hours}, changed(planned_work=35.0), {"sites.s.halls.h.E1.hours_per_mw": 120.0}
    )


def test_crew_wait() -> None:
    """The second hall needs the electricians whom the first has from day 50 to 60; racks again need them together."""
    at = {
        SECOND: {"mw": "10 MW", "template": "small", "start": "2025-02-05"},
        f"{ACTIVITIES}/E1/teams": {"min": 3, "planned": 3, "max": 3},
        "labour/here": {"civil": {"workers": 100}, "electrical": {"workers": 30}},
        "policy/rank": "declared",
    }
    check(at, changed(crew_wait=10.0), hall="s/k")
    run = simulated(small(at=at))
    rows = run.activities.set_index(["block", "activity"])
    assert rows.loc[("s/k", "E1"), "released_by"] == "s/h/E1"
    assert rows.loc[("s/k", "E1"), "waited_for"] == "here electrical"


def test_thin_team() -> None:
    check({"labour/here/electrical/workers": 20}, changed(thin_team=5.0))


def test_crowding() -> None:
    at = {f"{ACTIVITIES}/E1/teams": {"min": 1, "planned": 3, "max": 5}, "productivity/crowding": "25%"}
    # five teams at 75 %: 8 days of the planned 10; without crowding it would be 6
    check(at, changed(thin_team=8.0 * (1 - 5 / 3), crowding=8.0 * 5 / 3 * 0.25))


def test_skill_and_rework() -> None:
    """Nobody is mentored: 40 % of an experienced hand's output, 14 % rework; normal is 68 % and 5 %."""
    at = {"labour/here/electrical/experienced": "0%"}
    skill, rework = 0.4 / (0.2 + 0.8 * 0.6), 0.86 / 0.95
    slow = 10.0 / (skill * rework)  # for each of E1 and R1
    want = changed(skill=2 * slow * (1 - skill), rework=2 * slow * skill * (1 - rework))
    check(at, want)


def test_weather() -> None:
    """Every working day of outdoor work is lost for certain until the month changes to a dry one."""
    at = {
        f"{ACTIVITIES}/A1/exposure": "outdoor",
        f"{ACTIVITIES}/P1/duration": "20 days",
        "weather/wet": {"lost_days": 0, "seasons": [{"months": [2], "lost_days": 31}]},
        "sites/s/weather": "wet",
    }
    # A1 is to begin on 5 February, day 30; March begins on day 54: 24 days lost, the order has come by then
    check(at, changed(weather=24.0, equipment=0.0))


def test_calendar() -> None:
    """A Monday-to-Friday site. L1 ends on a Friday, so that PW waits for Monday; the racks come on a Saturday."""
    at = {
        "calendars/week": {"kind": "weekly"},
        "sites/s/calendar": "week",
        f"{HALL}/gpus": {"generation": "g", "count": 9000, "ordered": "2025-05-01"},  # 30 days: 31 May 2025
    }
    run = simulated(small(at=at))
    found = times(run)
    assert found["L1"][1] == found["PW"][0] == 68.0  # the end of Friday, 14 March
    assert (found["R1"][0], found["R1"][1]) == (145.0, 147.0 + 12.0)
    assert account(run)["calendar"] == pytest.approx(2.0 + 2.0)


def test_utility_and_allocation() -> None:
    step = {"mw": "10 MW", "date": "2025-04-16"}  # day 100; wanted on day 64
    at = {GRID: {"kind": "grid", "energised": "0 MW", "steps": {"s1": step}}}
    check(at, changed(utility=36.0))
    steps = {"s1": step, "s2": {"mw": "10 MW", "date": "2025-05-06"}}  # day 120
    second = {SECOND: {"mw": "10 MW", "template": "small", "start": "2025-02-05"}, "policy/rank": "declared"}
    both = {GRID: {"kind": "grid", "energised": "0 MW", "steps": steps}, **second}
    check(both, changed(utility=36.0))
    check(both, changed(utility=36.0, allocation=20.0), hall="s/k")


def test_a_large_hall_waits_for_its_megawatts_while_a_small_one_goes_ahead() -> None:
    steps = {"s1": {"mw": "4 MW", "date": "2025-03-17"}, "s2": {"mw": "10 MW", "date": "2025-04-16"}}
    small_hall = {SECOND: {"mw": "4 MW", "template": "small", "start": "2025-02-05"}, "policy/rank": "declared"}
    run = simulated(small(at={GRID: {"kind": "grid", "energised": "0 MW", "steps": steps}, **small_hall}))
    assert times(run, "s/k")["PW"][0] == 70.0
    assert times(run, "s/h")["PW"][0] == 100.0


def test_gpu_supply_and_logistics() -> None:
    order = {"generation": "g", "count": 9000, "ordered": "2025-03-07"}  # day 60 + 30 days; wanted on day 70
    check({f"{HALL}/gpus": order}, changed(GPU_supply=20.0))
    mishap = {"per_shipment": "50%", "days": "12 days", "on": ["gpus"]}
    at = {f"{HALL}/gpus": order, "logistics/bridge": mishap}
    check(at, changed(GPU_supply=20.0, logistics=12.0), {"sites.s.halls.h.gpus.1.bridge.luck": 0.4})
    check(at, changed(GPU_supply=20.0), {"sites.s.halls.h.gpus.1.bridge.luck": 0.6})


def test_a_slip_of_a_generation() -> None:
    slip = {"name": "mask fix", "probability": "50%", "days": "60 days"}
    order = {"generation": "g", "count": 9000, "ordered": START}
    at = {f"{HALL}/gpus": order, "generations/g": {**GENERATION, "available": "2025-03-01", "slips": [slip]}}
    check(at, changed(GPU_supply=54.0 + 60.0 - 70.0), {"generations.g.slips.mask-fix.happens": 0.1})
    check(at, CALM, {"generations.g.slips.mask-fix.happens": 0.9})


def test_the_last_lot_holds_the_end_of_the_racks() -> None:
    order = {"generation": "g", "count": 9000, "ordered": START, "lots": 3, "lot_interval": 40}
    # lots on days 30, 70 and 110; racks are placed from day 70 to 80, and complete on day 110
    check({f"{HALL}/gpus": order}, changed(GPU_supply=30.0))


def test_logistics_of_equipment() -> None:
    at = {"logistics/bridge": {"per_shipment": "50%", "days": "12 days", "on": ["equipment"]}}
    check(at, changed(logistics=12.0), {"sites.s.halls.h.P1.bridge.luck": 0.4})


def test_an_accident_at_the_supplier() -> None:
    at = {
        "disruptions/fire": {"kind": "supplier_accident", "item": "switchgear", "per_year": 365.25, "days": "25 days"}
    }
    # a rate of one a day: the first at -ln(1 - u) days
    check(at, changed(equipment=35.0), {"disruptions.fire.time": 1.0 - 2.0**-52})  # after 36 days
    check(at, CALM, {"disruptions.fire.time": 0.9})  # after 2.3 days, before the order


def test_agents() -> None:
    """One team of agents: the second hall's test waits for the first hall's."""
    second = {SECOND: {"mw": "10 MW", "template": "small", "start": "2025-02-05"}, "policy/rank": "declared"}
    at = {**second, "commissioning": {"agents": 1, "load_banks": "100 MW"}}
    run = simulated(small(at=at))
    assert times(run, "s/k")["L1"] == (64.0, 68.0)
    # h: L1 60-64, PW 64-65, L4 waits for k's L1 till 68, to 73; k: L4 from 73
    check(at, changed(agents=3.0))
    check(at, changed(agents=8.0), hall="s/k")
    fraction = {**second, "commissioning": {"agents": 1.9, "load_banks": "100 MW"}}
    check(fraction, changed(agents=3.0))


def test_load_banks() -> None:
    second = {SECOND: {"mw": "10 MW", "template": "small", "start": "2025-02-05"}, "policy/rank": "declared"}
    check({**second, "commissioning": {"agents": 9, "load_banks": "15 MW"}}, changed(agents=5.0), hall="s/k")


def test_commissioning_failure() -> None:
    at = {f"{ACTIVITIES}/L4/fails": {"probability": "50%", "retest": "3 workdays"}}
    check(at, CALM, {"sites.s.halls.h.L4.fails.luck": 0.6})
    check(at, changed(commissioning_failure=3.0), {"sites.s.halls.h.L4.fails.luck": 0.4})
    check(at, changed(commissioning_failure=6.0), {"sites.s.halls.h.L4.fails.luck": 0.2})


def test_permit() -> None:
    hold = {"kind": "permit_hold", "sites": ["s"], "probability": "50%", "days": "45 days"}
    at = {"disruptions/hold": hold}
    want = changed(permit_or_opposition=45.0, equipment=0.0)  # the order goes on
    check(at, want, {"disruptions.hold.s.happens": 0.4})
    check(at, CALM, {"disruptions.hold.s.happens": 0.6})


def test_acceptance() -> None:
    check({f"{ACTIVITIES}/R5/duration": "12 days"}, changed(acceptance=12.0))


def test_lag() -> None:
    check({f"{ACTIVITIES}/L1/after": ["E1 + 6 days"]}, changed(lag=6.0))


def test_a_lag_from_a_start_is_the_first_stretch_of_the_work() -> None:
    at = {f"{ACTIVITIES}/L1/after": ["E1 SS + 4 workdays", "E1 FF + 2 days"]}
    # E1 50-60, L1 54-58 with its finish on day 62: E1, two days of lag
    check(at, changed(planned_work=36.0, lag=2.0))


def test_a_lag_from_the_start_of_the_hall_is_planned() -> None:
    at = {f"{ACTIVITIES}/E1/after": ["start + 26 workdays"], f"{ACTIVITIES}/E1/hours_per_mw": 240}
    check(at, changed(planned_work=40.0 - 10.0 + 26.0, equipment=0.0))


def test_not_before() -> None:
    check({f"{HALL}/start": "2025-02-15"}, changed(**{"not-before": 40.0}))  # the order is placed 20 days ahead of it


def test_a_hall_that_is_not_live_by_the_horizon_accounts_to_the_horizon() -> None:
    step = {"mw": "10 MW", "date": "2026-06-01"}
    at = {GRID: {"kind": "grid", "energised": "0 MW", "steps": {"s1": step}}, "horizon": "2025-12-31"}
    want = {"not-before": 30.0, "planned work": 24.0, "equipment": 10.0, "utility": 360.0 - 64.0}
    check(at, want)
    assert simulated(small(at=at)).unfinished["waits_for"].tolist() == ["s MW", "s/h/PW", "s/h/L4", "s/h/R1", "s/h/R5"]
