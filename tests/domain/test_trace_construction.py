"""Activities of each kind in a tiny hall, and the programme at planning values, against dates worked out by hand."""

from typing import Any

import pytest
from pydantic import ValidationError

from buildsim.domain.construction.activities import Template, Work, parse_dependence
from buildsim.domain.construction.programme import programme
from buildsim.engine.network import Tie
from tests.domain.tiny import hall, once, replicator, site, times, tiny

Trace = dict[str, tuple[float, float]]


def fixed(days: float, **declared: Any) -> dict[str, Any]:
    """A test of so many days."""
    return {"kind": "test", "duration": f"{days} days", **declared}


def template(**activities: Any) -> dict[str, Any]:
    return {"name": "Shell", "per": "10 MW", "cooling": "liquid", "activities": activities}


def build(halls: dict[str, Any] | None = None, activities: dict[str, Any] | None = None, **declared: Any) -> Trace:
    """Run one replication; (start, finish) by `hall/activity`."""
    sites = {"a": site(halls or {"h": hall()}, **declared.pop("site", {}))}
    model = tiny(templates={"shell": template(**(activities or {}))}, sites=sites, **declared)
    return {name.removeprefix("a/"): span for name, span in times(once(model)).items()}


# -- dependences ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("A1", ("A1", Tie.FS, 0.0, False)),
        ("A1 SS + 15 workdays", ("A1", Tie.SS, 15.0, True)),
        ("A1 FF+3 days", ("A1", Tie.FF, 3.0, False)),
        ("A1 SF + 2 weeks", ("A1", Tie.SF, 14.0, False)),
        ("start + 60 workdays", ("start", Tie.FS, 60.0, True)),
        ("  fit-out  FS ", ("fit-out", Tie.FS, 0.0, False)),
    ],
)
def test_a_dependence_is_read_as_it_is_written(text: str, read: tuple[str, Tie, float, bool]) -> None:
    found = parse_dependence(text)
    assert (found.predecessor, found.tie, found.lag, found.workdays) == read


@pytest.mark.parametrize("text", ["", "A1 XX", "A1 SS - 3 days", "A1 SS + 3 lightyears", "A1 A2", "A1 SS + -3 days"])
def test_what_is_no_dependence_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"dependence|negative|duration|unit|length of time"):
        parse_dependence(text)


@pytest.mark.parametrize(
    ("after", "span"),
    [
        ([], (0.0, 4.0)),
        (["T1"], (10.0, 14.0)),
        (["T1 + 3 days"], (13.0, 17.0)),
        (["T1 SS + 2 days"], (2.0, 6.0)),
        (["T1 FF"], (0.0, 10.0)),
        (["T1 FF + 5 days"], (0.0, 15.0)),
        (["T1 SF + 7 days"], (0.0, 7.0)),
        (["T1 SF + 2 days"], (0.0, 4.0)),
        (["start + 6 days"], (6.0, 10.0)),
        (["T1 SS + 8 days", "T1 FF + 1 days"], (8.0, 12.0)),
    ],
)
def test_dependences_of_all_types_with_lags(after: list[str], span: tuple[float, float]) -> None:
    found = build(activities={"T1": fixed(10), "T2": fixed(4, after=after)})
    assert (found["h/T1"], found["h/T2"]) == ((0.0, 10.0), span)
    assert found["h/live"][1] == max(10.0, span[1])


# -- kinds of activity ---------------------------------------------------------------------------


def work(days: float, **declared: Any) -> dict[str, Any]:
    """Work of so many days for one crew of ten on a hall of 10 MW."""
    teams = {"min": 1, "planned": 1, "max": 1}
    return {"kind": "work", "trade": "fitting", "hours_per_mw": days * 80 / 10, "teams": teams, **declared}


def test_work_takes_its_hours_over_its_teams() -> None:
    assert build(activities={"A1": work(12)})["h/A1"] == (0.0, 12.0)
    teams = {"min": 2, "planned": 2, "max": 4}
    assert build(activities={"A1": work(12, teams=teams)})["h/A1"] == (0.0, 3.0)
    half = build({"h": hall(mw="5 MW")}, activities={"A1": work(12)})  # half the work, and crews half as large
    assert half["h/A1"] == (0.0, 12.0)


def test_a_test_and_an_acceptance_take_their_time() -> None:
    acceptance = {"kind": "acceptance", "duration": "7 days", "after": ["T1"]}
    found = build(activities={"T1": fixed(10), "R5": acceptance})
    assert found == {"h/T1": (0.0, 10.0), "h/R5": (10.0, 17.0), "h/live": (17.0, 17.0)}


def test_energising_waits_for_the_halls_mw_and_keeps_them() -> None:
    power = {
        "grid": {
            "kind": "grid",
            "steps": {"s1": {"mw": 10, "date": "2025-07-31"}, "s2": {"mw": 15, "date": "2025-09-09"}},
        }
    }
    energise = {"kind": "energise", "duration": "5 days"}
    found = build({"h": hall(), "i": hall()}, activities={"PW": energise}, site={"power": power})
    assert found["h/PW"] == (30.0, 35.0)
    assert found["i/PW"] == (70.0, 75.0)


def test_a_small_hall_is_not_blocked_by_a_large_one() -> None:
    power = {
        "grid": {
            "kind": "grid",
            "steps": {"s1": {"mw": 10, "date": "2025-07-31"}, "s2": {"mw": 15, "date": "2025-09-09"}},
        }
    }
    energise = {"kind": "energise", "duration": "5 days"}
    halls = {"big": hall(mw="20 MW"), "small": hall(mw="5 MW")}
    found = build(halls, activities={"PW": energise}, site={"power": power})
    assert (found["small/PW"], found["big/PW"]) == ((30.0, 35.0), (70.0, 75.0))


def test_equipment_is_ordered_ahead_of_the_halls_start() -> None:
    order = {"kind": "procurement", "duration": "50 days", "ordered_ahead": "20 days"}
    activities = {"P1": order, "T1": fixed(10, after=["P1"])}
    found = build({"h": hall(start="2025-08-10")}, activities=activities)  # day 40
    assert (found["h/P1"], found["h/T1"]) == ((20.0, 70.0), (70.0, 80.0))
    found = build({"h": hall()}, activities=activities)  # ordered 20 days before the start
    assert (found["h/P1"], found["h/T1"]) == ((0.0, 30.0), (30.0, 40.0))


def test_racks_begin_with_the_first_lot_and_are_not_finished_before_the_last() -> None:
    made = {"available": "2025-01-01", "lead": "100 days", "kw_per_gpu": 1, "gpus_per_rack": 72, "cooling": "liquid"}
    gpus = {"generation": "GX", "count": 100, "ordered": "2025-07-01", "lots": 3}
    found = build(
        {"h": hall(gpus=gpus)},
        activities={"G1": {"kind": "delivery"}, "A1": work(5, after=["G1"]), "T1": fixed(3, after=["A1"])},
        generations={"GX": made},
    )
    assert (found["h/G1"], found["h/A1"], found["h/T1"]) == ((128.0, 128.0), (100.0, 128.0), (128.0, 131.0))


@pytest.mark.parametrize("gpus", [None, {"generation": "GX", "count": 100, "on_hand": True, "lots": 2}])
def test_racks_on_hand_hold_nothing_up(gpus: dict[str, Any] | None) -> None:
    made = {"available": "2026-01-01", "lead": "100 days", "kw_per_gpu": 1, "gpus_per_rack": 72, "cooling": "liquid"}
    activities = {"G1": {"kind": "delivery"}, "A1": work(5, after=["G1"]), "T1": fixed(3, after=["A1"])}
    found = build({"h": hall(gpus=gpus)}, activities=activities, generations={"GX": made})
    assert (found["h/A1"], found["h/live"]) == ((0.0, 5.0), (8.0, 8.0))


def test_what_a_test_needs_is_held_to_its_end() -> None:
    activities = {"T1": fixed(10, needs=["agents"]), "T2": fixed(4, needs=["load_banks"], after=["T1"])}
    found = build(
        {"h": hall(), "i": hall(), "j": hall()},
        activities=activities,
        commissioning={"agents": 2.9, "load_banks": "19 MW"},  # two agents; load banks for one hall at a time
    )
    assert [found[f"{key}/T1"] for key in "hij"] == [(0.0, 10.0), (0.0, 10.0), (10.0, 20.0)]
    assert [found[f"{key}/T2"] for key in "hij"] == [(10.0, 14.0), (14.0, 18.0), (20.0, 24.0)]


# -- work under way at the start -----------------------------------------------------------------


def test_a_share_that_is_done_leaves_the_rest() -> None:
    activities = {"A1": work(20), "T1": fixed(10, after=["A1"])}
    under_way = hall(start="2025-06-01", done={"A1": "40%"})
    assert build({"h": under_way}, activities=activities)["h/A1"] == (0.0, 12.0)
    done = hall(start="2025-06-01", done={"A1": "100%", "T1": "30%"})
    found = build({"h": done}, activities=activities)
    assert (found.get("h/A1"), found["h/T1"]) == (None, (0.0, 7.0))


def test_a_programme_day_says_how_far_each_activity_has_got() -> None:
    activities = {"A1": work(20), "T1": fixed(10, after=["A1"]), "T2": fixed(10, after=["A1 SS + 12 days"])}
    found = build({"h": hall(start="2025-06-01", programme_day=16)}, activities=activities)
    assert found["h/A1"] == pytest.approx((0.0, 4.0))
    assert found["h/T2"] == pytest.approx((0.0, 6.0))  # four of its ten days are done
    assert found["h/T1"] == pytest.approx((4.0, 14.0))


# -- rank follows the contract -------------------------------------------------------------------


def rivals(withdrawal: dict[str, Any], luck: float) -> tuple[float, float]:
    """Two halls for one crew: h has the earlier date, but comes to the crew's work 150 days after it is due."""
    model = tiny(
        templates={
            "soon": template(T1=fixed(200), A1=work(50, after=["T1"])),
            "late": template(T1=fixed(199), A1=work(30, after=["T1"]), A2=work(20, after=["T1"])),
        },
        labour={"town": {"fitting": {"workers": 10}}},
        sites={"a": site({"h": hall(template="soon"), "i": hall(template="late")})},
        customers={"k": {"name": "K", "withdrawal": withdrawal}, "j": {"name": "J"}},
        contracts={
            "k": {
                "customer": "k",
                "tranches": {"t": {"mw": 10, "blocks": ["a/h"], "due": "2025-08-19", "grace": 10, "longstop": 150}},
            },
            "j": {"customer": "j", "tranches": {"t": {"mw": 10, "blocks": ["a/i"], "due": "2026-03-01"}}},
        },
    )
    found = times(once(model, {"contracts.k.tranches.t.patience": luck}))
    return found["a/h/A1"][0], found["a/i/A2"][0]


def test_halls_without_a_customer_go_on_after_the_others() -> None:
    # On day 229 the crew is free again; h has waited since day 200 and is due long ago, i is due in 2026.
    contractual = {"kind": "contractual", "probability": "50%"}
    assert rivals(contractual, luck=0.6) == (229.0, 279.0)
    assert rivals(contractual, luck=0.4) == (249.0, 229.0)  # withdrawn on day 200


def test_halls_with_a_later_date_wait_for_those_with_an_earlier_one() -> None:
    redate = {"kind": "redate", "probability": "50%", "days": "400 days"}
    assert rivals(redate, luck=0.6) == (229.0, 279.0)
    assert rivals(redate, luck=0.4) == (249.0, 229.0)


# -- as declared ---------------------------------------------------------------------------------


def test_activities_that_make_no_sense_are_refused() -> None:
    for wrong in (
        {"kind": "procurement", "duration": 5, "after": ["T1"]},
        {"kind": "work", "trade": "x", "hours_per_mw": 1, "teams": {"min": 3, "planned": 2, "max": 4}},
        {"kind": "test", "duration": 5, "after": ["T1 QQ"]},
        {"kind": "dance", "duration": 5},
    ):
        with pytest.raises(ValidationError):
            Template.model_validate(template(T1=fixed(1), T2=wrong))


def test_the_programme_at_planning_values() -> None:
    made = Template.model_validate(
        template(
            P1={"kind": "procurement", "duration": "50 days", "ordered_ahead": "30 days"},
            A1=work(10),
            A2=work(6, after=["A1 SS + 4 workdays", "A1 FF + 2 workdays", "P1"]),
            T1=fixed(5, after=["A2"]),
            T2=fixed(1, after=["start + 10 days"]),
            G1={"kind": "delivery"},
        )
    )
    plan = programme(made, {"fitting": 80.0}, 0.5)  # two days to a working day
    assert plan.early_start == {"P1": 0.0, "A1": 0.0, "A2": 10.0, "T1": 16.0, "T2": 5.0, "G1": 0.0}
    assert plan.early_finish == {"P1": 10.0, "A1": 10.0, "A2": 16.0, "T1": 18.5, "T2": 5.5, "G1": 0.0}
    assert plan.tail == {"P1": 18.5, "A1": 14.5, "A2": 8.5, "T1": 2.5, "T2": 0.5, "G1": 0.0}
    assert plan.length == 18.5
    assert [plan.share_done("A2", day) for day in (9.0, 10.0, 13.0, 16.0, 99.0)] == [0.0, 0.0, 0.5, 1.0, 1.0]
    assert [plan.share_done("G1", day) for day in (0.0, 1.0)] == [1.0, 1.0]
    assert isinstance(made.activities["A1"], Work)


def test_the_plan_of_a_hall_is_its_programme() -> None:
    activities = {"A1": work(10), "T1": fixed(5, after=["A1 SS + 4 workdays"])}
    made = replicator(tiny(templates={"shell": template(**activities)}, sites={"a": site({"h": hall()})}))
    assert times(made.planned) == {"a/h/A1": (0.0, 10.0), "a/h/T1": (4.0, 9.0), "a/h/live": (10.0, 10.0)}
