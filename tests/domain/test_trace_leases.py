"""Leases: what a late landlord does to the halls, to the rent and to the account."""

from collections.abc import Mapping
from math import isnan
from typing import Any

import numpy as np
import pandas as pd
import pytest

from buildsim.domain.leases import Lease
from buildsim.engine import causes
from buildsim.model.root import Model
from buildsim.program.groups import named
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from tests.domain.tiny import SHELL, column, given, hall, once, replicator, site, times, tiny

LATE = "leases.l.stages.s.late"
SPREAD = {"low": "0 days", "mode": "20 days", "high": "200 days"}
RENT = 100.0 * 365.25 / 12.0
"""For a MW and month, so that a MW and day is 100 USD and a hall of 10 MW owes 1,000 USD a day."""
LADDER = [{"rate": 1}, {"after": "30 days", "rate": 2}]


def stage(**declared: Any) -> dict[str, Any]:
    """A stage with one hall, promised for the first day of the model: its end is day 1."""
    return {"halls": ["h1"], "promised": "2025-07-01", "late": SPREAD, **declared}


def lease(*, stages: Mapping[str, Any] | None = None, **declared: Any) -> dict[str, Any]:
    return {"landlord": "Acme", "site": "a", "stages": stages or {"s": stage()}, "rent": RENT, **declared}


def leased(declared: Mapping[str, Any] | None = None, halls: Mapping[str, Any] | None = None, **further: Any) -> Model:
    """A hall of ten days' work that may begin on day 1, in a leased building."""
    sites = {"a": site(halls or {"h1": hall(start="2025-07-02")})}
    return tiny(leases={"l": declared or lease()}, sites=sites, **further)


def rows(model: Model, draws: Mapping[str, Any] | None = None, replications: int = 1) -> pd.DataFrame:
    return pd.DataFrame(given(model, draws or {}, replications).block(0, replications)["leases"])


def row(model: Model, draws: Mapping[str, Any] | None = None) -> dict[str, Any]:
    [found] = rows(model, draws).to_dict("records")
    return {str(key): value for key, value in found.items()}


def live(outcome: Outcome, block: str = "a/h1") -> float:
    return times(outcome)[f"{block}/live"][1]


def spent(outcome: Outcome, number: int = 0) -> dict[str, float]:
    """The account of a block, without what comes to nothing."""
    return {cause: days for cause, days in outcome.accounts[number].items() if abs(days) > 1e-9}


# -- the works -------------------------------------------------------------------------------------


@pytest.mark.parametrize("late", [0.0, 0.25, 37.0])
def test_a_late_hand_over_moves_the_go_live_by_as_much(late: float) -> None:
    done = once(leased(), {LATE: late})
    assert live(done) == 11.0 + late
    assert spent(done) == pytest.approx(
        {causes.PLANNED: 10.0, causes.NOT_BEFORE: 1.0} | ({causes.LANDLORD: late} if late else {})
    )


@pytest.mark.parametrize(("late", "moved"), [(0.0, 0.0), (9.0, 0.0), (10.0, 0.0), (12.5, 2.5)])
def test_it_moves_nothing_as_far_as_there_is_float(late: float, moved: float) -> None:
    activities = {
        "T1": {"kind": "test", "duration": "20 days"},
        "T2": {"kind": "test", "duration": "10 days"},
        "T3": {"kind": "test", "duration": "5 days", "after": ["T1", "T2"]},
    }
    templates = {"shell": {**SHELL, "activities": activities}}
    done = once(leased(lease(stages={"s": stage(before=["T2"])}), templates=templates), {LATE: late})
    assert times(done)["a/h1/T1"] == (1.0, 21.0)  # it does not wait
    assert times(done)["a/h1/T2"][0] == 1.0 + late
    assert live(done) == 26.0 + moved
    # T2 binds where it is late: its wait from day 1 on is the landlord's, the rest is work
    assert spent(done).get(causes.LANDLORD, 0.0) == (late if moved else 0.0)
    assert sum(spent(done).values()) == pytest.approx(live(done))


def test_each_stage_holds_its_own_halls() -> None:
    halls = {f"h{number}": hall(start="2025-07-02") for number in (1, 2, 3)}
    stages = {"s": stage(halls=["h1", "h2"]), "t": stage(halls=["h3"], promised="2025-07-31")}
    draws = {LATE: 5.0, "leases.l.stages.t.late": 7.0}
    done = once(leased(lease(stages=stages), halls), draws)
    assert [live(done, f"a/h{number}") for number in (1, 2, 3)] == [16.0, 16.0, 48.0]


def test_a_hall_that_has_begun_needs_no_hand_over() -> None:
    halls = {
        "h1": hall(start="2025-06-20", done={"T1": "40%"}),
        "h2": hall(start="2025-07-02"),
    }
    done = once(leased(lease(stages={"s": stage(halls=["h1", "h2"])}), halls), {LATE: 50.0})
    assert (live(done), live(done, "a/h2")) == (6.0, 61.0)


def test_a_hall_that_starts_before_the_promised_date_waits_in_the_plan_too() -> None:
    model = leased(lease(stages={"s": stage(promised="2025-07-20")}))
    planned = replicator(model).planned
    assert live(planned) == 30.0
    assert spent(planned)[causes.LANDLORD] == 19.0
    tables = given(model, {LATE: 6.0}).block(0, 1)
    which = column(tables, "delays", "days"), column(tables, "delays", "planned_days")
    assert (25.0, 19.0) in list(zip(*which, strict=True))


def test_orders_do_not_wait_for_the_landlord() -> None:
    order = {"kind": "procurement", "duration": "30 days", "ordered_ahead": "0 days", "item": "gear"}
    activities = {"P1": order, "T1": {"kind": "test", "duration": "10 days", "after": ["P1"]}}
    templates = {"shell": {**SHELL, "activities": activities}}
    for late, begins in ((10.0, 31.0), (45.0, 46.0)):
        done = once(leased(templates=templates), {LATE: late})
        assert times(done)["a/h1/P1"] == (1.0, 31.0)
        assert times(done)["a/h1/T1"][0] == begins


# -- dates -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "outcome", "handed"), [(0.0, "on_time", 1.0), (1e-6, "late", 1.000001), (999.0, "late", 1000.0)]
)
def test_by_the_end_of_the_promised_day_is_on_time(late: float, outcome: str, handed: float) -> None:
    found = row(leased(lease(stages={"s": stage(late={"low": "0 days", "high": "2000 days"})})), {LATE: late})
    assert (found["outcome"], found["promised"]) == (outcome, 1.0)
    assert (found["handed_over"], found["late"]) == (pytest.approx(handed), pytest.approx(late))


def test_what_is_handed_over_after_the_horizon_is_pending() -> None:
    model = leased(lease(stages={"s": stage(late={"low": "0 days", "high": "2000 days"})}))
    found = row(model, {LATE: 999.5})
    assert found["outcome"] == "pending"
    assert isnan(found["handed_over"])
    assert isnan(found["late"])
    assert (found["rent"], found["abated"]) == (0.0, 0.0)
    assert spent(once(model, {LATE: 999.5})) == {causes.LANDLORD: 999.0, causes.NOT_BEFORE: 1.0}


@pytest.mark.parametrize(
    ("handover", "late", "outcome"), [("2025-06-30", -1.0, "on_time"), ("2025-07-01", 0.0, "on_time"),
                                      ("2025-07-11", 10.0, "late")]
)  # fmt: skip
def test_a_hand_over_has_a_date_of_its_own_and_happens_by_its_end(handover: str, late: float, outcome: str) -> None:
    model = leased(lease(stages={"s": stage(late=None, handover=handover)}))
    found = row(model)
    assert (found["late"], found["outcome"]) == (late, outcome)
    assert live(once(model)) == 11.0 + max(0.0, late)
    assert live(replicator(model).planned) == 11.0  # the plan takes the promised date


def test_what_was_handed_over_before_the_information_date_is_known() -> None:
    declared = lease(stages={"s": stage(promised="2025-05-31", handed_over="2025-06-20")}, abatement=[{"rate": 1}])
    model = leased(declared)
    found = row(model)
    assert (found["promised"], found["handed_over"], found["late"]) == (-30.0, -10.0, 20.0)
    assert found["outcome"] == "late"
    assert found["rent"] == pytest.approx(990_000.0)  # free to day 10
    assert found["abated"] == pytest.approx(10_000.0)  # of the 20 days those since the start
    assert live(once(model)) == 11.0
    assert LATE not in replicator(model).names


def test_what_is_overdue_at_the_information_date_comes_later() -> None:
    """A uniform lateness of 0 to 100 days, 40 of which are over, is uniform from 40 to 100."""
    late = {"low": "0 days", "high": "100 days"}
    declared = lease(stages={"s": stage(promised="2025-06-21", overdue=True, late=late)})
    model = leased(declared, information="2025-08-01")  # day 31; promised by the end of day -9
    found = rows(model, replications=400)["late"].to_numpy()
    assert (found > 40.0).all()
    assert found.max() <= 100.0
    assert found.mean() == pytest.approx(70.0, abs=4.5 * 60.0 / np.sqrt(12.0 * 400))
    assert np.sort(found)[100] == pytest.approx(55.0, abs=6.0)
    assert row(model, {LATE: 50.0})["handed_over"] == 41.0
    # the plan takes the median of what is left, not a hand-over that did not happen
    assert replicator(model).plan["leases"]["late"] == [pytest.approx(70.0)]


def test_in_the_plan_and_without_the_group_hand_over_is_on_time() -> None:
    model = leased()
    engine = given(model, {LATE: 60.0})
    assert live(engine.planned) == 11.0
    assert live(engine.replicate(0)) == 71.0
    engine = Replicator(model, draws=pd.DataFrame({LATE: [60.0]}), without=["landlords"])
    assert live(engine.replicate(0)) == 11.0
    [group] = named(engine.program, ["landlords"])
    assert [engine.names[place] for place in group.columns] == [LATE]


def test_a_planned_lateness_is_in_the_plan() -> None:
    model = leased(lease(stages={"s": stage(late={**SPREAD, "plan": "14 days"})}))
    assert live(replicator(model).planned) == 25.0


# -- what the tenant does --------------------------------------------------------------------------


def acting(then: str, **declared: Any) -> Model:
    """A tenant that acts 60 days after the promised date, on day 61."""
    return leased(lease(outside="60 days", then=then, **declared))


@pytest.mark.parametrize(("late", "handed"), [(59.0, 60.0), (60.0, 61.0), (100.0, 101.0)])
def test_a_tenant_that_stays_waits(late: float, handed: float) -> None:
    found = row(acting("stay"), {LATE: late})
    assert (found["handed_over"], found["outcome"], found["step_in"]) == (handed, "late", 0.0)


@pytest.mark.parametrize(
    ("late", "handed", "outcome"), [(60.0, 61.0, "late"), (100.0, 85.0, "stepped_in"), (160.0, 121.0, "stepped_in")]
)
def test_stepping_in_shortens_what_is_left_of_the_delay(late: float, handed: float, outcome: str) -> None:
    model = acting("step_in", cut="40%", cost="$200,000")
    found, done = row(model, {LATE: late}), once(model, {LATE: late})
    assert found["handed_over"] == pytest.approx(handed)
    assert found["late"] == pytest.approx(handed - 1.0)
    assert found["outcome"] == outcome
    assert found["step_in"] == (2e6 if outcome == "stepped_in" else 0.0)
    assert live(done) == pytest.approx(handed + 10.0)
    assert spent(done)[causes.LANDLORD] == pytest.approx(handed - 1.0)


def test_ending_leaves_the_halls_unbuilt() -> None:
    halls = {"h1": hall(start="2025-07-02"), "h2": hall(start="2025-07-02"), "h3": hall(start="2025-07-02")}
    stages = {"s": stage(halls=["h1", "h2"]), "t": stage(halls=["h3"])}
    model = leased(lease(stages=stages, outside="60 days", then="end"), halls)
    draws = {LATE: 61.0, "leases.l.stages.t.late": 60.0}
    tables = given(model, draws).block(0, 1)
    assert column(tables, "go_live", "live")[2] == 71.0
    assert [isnan(day) for day in column(tables, "go_live", "live")] == [True, True, False]
    assert column(tables, "go_live", "dropped")[:2] == [61.0, 61.0]
    assert isnan(column(tables, "go_live", "dropped")[2])
    assert column(tables, "leases", "outcome") == ["ended", "late"]
    assert column(tables, "leases", "rent")[0] == 0.0
    done = once(model, draws)
    assert spent(done, 0) == {causes.LANDLORD: 999.0, causes.NOT_BEFORE: 1.0}
    assert {segment.activity for segment in done.driving["a"]} == {  # the path ends in what is built
        number for number, name in enumerate(done.world.network.names) if name == "a/h3/T1"
    }


def test_an_end_ends_nothing_that_has_begun_nor_the_plan() -> None:
    halls = {"h1": hall(start="2025-06-20", done={"T1": "40%"})}
    late = {**SPREAD, "plan": "90 days"}
    begun = leased(lease(stages={"s": stage(late=late)}, outside="60 days", then="end"), halls)
    assert live(once(begun, {LATE: 90.0})) == 6.0
    assert isnan(column(given(begun, {LATE: 90.0}).block(0, 1), "go_live", "dropped")[0])
    waiting = leased(lease(stages={"s": stage(late=late)}, outside="60 days", then="end"))
    assert live(replicator(waiting).planned) == 101.0


def test_who_has_not_acted_by_the_information_date_acts_then_at_the_earliest() -> None:
    late = {"low": "0 days", "high": "300 days"}
    stages = {"s": stage(promised="2025-03-31", overdue=True, late=late)}  # the end of day -91; outside: day -61
    model = leased(lease(stages=stages, outside="30 days", then="step_in", cut="50%"), information="2025-07-11")
    assert row(model, {LATE: 121.0})["handed_over"] == pytest.approx(10.0 + 0.5 * (30.0 - 10.0))


# -- disturbances ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("then", "late", "days"),
    [
        ("stay", 0.0, None),
        ("stay", 0.5, 0.5),
        ("stay", 30.0, 30.0),
        ("step_in", 100.0, 80.0),
        ("end", 100.0, 60.0),
        ("end", 60.0, 60.0),
    ],
)
def test_lateness_is_a_disturbance_from_the_promised_date_on(then: str, late: float, days: float | None) -> None:
    model = acting(then, **({"cut": "50%"} if then == "step_in" else {}))
    found = once(model, {LATE: late}).world.records["disruptions"]
    assert found == ([] if days is None else [("landlord", "l", "a", 1.0, days)])


def test_a_customer_may_count_it_as_force_majeure() -> None:
    """Due by the end of day 30 with a hall that is live on day 51: 40 days of the landlord excuse it, or do not."""
    for counted, outcome in ((["landlord"], "on_time"), (["l"], "on_time"), (["storm"], "late"), ([], "late")):
        tranche = {"mw": "10 MW", "blocks": ["a/h1"], "due": "2025-07-30", "grace": "60 days"}
        model = leased(
            customers={"c": {"name": "C", "withdrawal": {"kind": "binding"}}},
            contracts={"k": {"customer": "c", "tranches": {"t": {**tranche, "force_majeure": counted}}}},
        )
        book = once(model, {LATE: 40.0}).book
        assert book.standing["k/t"].outcome == outcome, counted


# -- rent ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("late", "declared", "owed", "abated"),
    [
        (0.0, {}, 999, 0),
        (40.0, {}, 959, 0),
        (40.0, {"abatement": [{"rate": 1}]}, 919, 40),
        (40.0, {"abatement": LADDER}, 909, 50),  # 30 days for a day, 10 for two
        (30.0, {"abatement": LADDER}, 939, 30),
        (40.0, {"abatement": [{"after": "10 days", "rate": 1}]}, 929, 30),
        (40.0, {"abatement": LADDER, "term": "100 days"}, 50, 50),
        (40.0, {"abatement": LADDER, "term": "20 days"}, 0, 20),
        (40.0, {"abatement": LADDER, "rent_free": "60 days"}, 849, 50),
        (0.0, {"rent_free": "2000 days"}, 0, 0),
        (180.0, {"abatement": [{"rate": 10}]}, 0, 819),  # free beyond the horizon
    ],
)
def test_rent_by_hand(late: float, declared: Mapping[str, Any], owed: float, abated: float) -> None:
    found = row(leased(lease(**declared)), {LATE: late})
    assert found["rent"] == pytest.approx(owed * 1000.0)
    assert found["abated"] == pytest.approx(abated * 1000.0)


def test_rent_rises_with_each_full_year_since_hand_over() -> None:
    found = row(leased(lease(indexation="10%", rent_free="100 days")), {LATE: 0.0})
    days = [265.25 * 1.0, 365.25 * 1.1, (999.0 - 2 * 365.25) * 1.21]
    assert found["rent"] == pytest.approx(sum(days) * 1000.0)


def test_rent_is_for_the_mw_of_the_stage() -> None:
    halls = {"h1": hall(start="2025-07-02"), "h2": hall(start="2025-07-02", mw="30 MW")}
    stages = {"s": stage(halls=["h1", "h2"])}
    found = row(leased(lease(stages=stages), halls), {LATE: 0.0})
    assert (found["mw"], found["rent"]) == (40.0, pytest.approx(999 * 4000.0))


def test_the_reference_of_a_month() -> None:
    """120 USD for a kW and month are 1.44m USD for a MW and year."""
    plan = Lease.model_validate(lease(rent="$120,000")).rents(1.0)
    assert plan.due(0.0, 0.0, 365.25) == pytest.approx(1.44e6)
