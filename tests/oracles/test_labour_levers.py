"""Factors and levers of whole models: off is as if never declared, on moves the go-live as the formula says."""

from copy import deepcopy
from functools import cache
from math import exp
from pathlib import Path
from typing import Any

import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.program.groups import GROUPS
from buildsim.run.run import Run
from buildsim.run.simulate import Inside
from tests.domain.labour.people import DECLARED
from tests.domain.tiny import hall, once, replicator, site, times, tiny
from tests.oracles.building import EVERYTHING, LEVERS, everything, template, work

TABLES = ("go_live", "delays", "driving", "activities", "labour", "costs", "unfinished", "inputs")


@cache
def run_of(text: str, **how: Any) -> Run:
    return bs.simulate(Model.model_validate_json(text), replications=4, seed=5, workers=1, **how)


def run(model: Model, **how: Any) -> Run:
    return run_of(model.model_dump_json(exclude_none=True), **how)


def same(one: Run, other: Run, tables: tuple[str, ...] = TABLES) -> None:
    for name in tables:
        mine, theirs = getattr(one, name), getattr(other, name)
        assert mine.equals(theirs), name


# -- off is as if never declared -------------------------------------------------------------------

OFF = {
    "absence": 0,
    "learning": 1,
    "stacking": 0,
    "crowding": 0,
    "travel": "0 days",
    "latent": 0,
    "rework_haste": 0,
    "workforce": 1,
    "fatigue": "digest",
}


def productivity(**changes: Any) -> Model:
    declared = {**EVERYTHING["productivity"], **changes}
    return everything(productivity={key: value for key, value in declared.items() if value is not None})


@pytest.mark.parametrize("factor", OFF)
def test_a_factor_that_is_off_is_as_if_never_declared(factor: str) -> None:
    same(run(productivity(**{factor: OFF[factor]})), run(productivity(**{factor: None})))


@pytest.mark.parametrize("factor", ["absence", "learning", "stacking", "crowding", "travel", "latent", "rework_haste"])
def test_a_factor_that_is_on_is_not(factor: str) -> None:
    on, off = run(everything()), run(productivity(**{factor: None}))
    assert not on.go_live.equals(off.go_live)
    same(on, off, ("inputs",))  # and draws nothing


@pytest.mark.parametrize("flow", ["turnover", "retirement"])
def test_a_flow_of_nobody_is_as_if_never_declared(flow: str) -> None:
    without, nobody = deepcopy(EVERYTHING["labour"]), deepcopy(EVERYTHING["labour"])
    for market, trades in without.items():
        for trade, pool in trades.items():
            pool.pop(flow, None)
            nobody[market][trade][flow] = 0
    same(run(everything(labour=without)), run(everything(labour=nobody)))


def test_what_is_drawn_about_people_leaves_the_other_draws_alone() -> None:
    drawn = run(everything()).inputs
    plain = run(everything(market={}, labour={
        market: {trade: {"workers": 40} for trade in trades} for market, trades in EVERYTHING["labour"].items()
    })).inputs  # fmt: skip
    people = {"market.factor", "market.rival_premium", "labour.town.fitting.turnover"}
    assert set(drawn) - set(plain) == people
    assert drawn.drop(columns=list(people)).equals(plain)


def levers(*used: str) -> dict[str, Any]:
    return {name: {**lever, "use": name in used} for name, lever in LEVERS.items()}


def test_levers_that_are_not_used_are_as_if_never_declared() -> None:
    same(run(everything(levers=levers())), run(everything(levers={})))
    assert {lever["kind"] for lever in LEVERS.values()} == set(DECLARED)


@pytest.mark.parametrize("name", LEVERS)
def test_a_lever_draws_nothing_and_leaves_the_plan_alone(name: str) -> None:
    pulled, left = run(everything(levers=levers(name))), run(everything(levers=levers()))
    same(pulled, left, ("inputs",))
    assert not pulled.go_live["live"].equals(left.go_live["live"])
    if LEVERS[name]["kind"] not in (
        "dispatch",
        "prefabrication",
        "rolling_shifts",
        "stagger",
    ):  # these make another programme
        same(pulled.plan, left.plan, ("go_live", "delays", "activities", "labour"))


# -- each lever by its formula ---------------------------------------------------------------------


def single(days: float = 100.0, teams: tuple[int, int, int] = (1, 1, 1), **changes: Any) -> float:
    """When one activity is done that takes one crew so many days."""
    model = tiny(
        **{
            "templates": template(A1=work(hours=8 * days, teams=teams)),
            "trades": {"fitting": {"name": "F", "crew": 10, "wage": 50}},
            "labour": {"town": {"fitting": {"workers": 10}}},
            **changes,
        }
    )
    return times(once(model))["a/h1/A1"][1]


def pulled(kind: str, **declared: Any) -> dict[str, Any]:
    return {"lever": {"kind": kind, "use": True, **DECLARED[kind], **declared}}


FIRST_TENTH = {50.0: (0.95, 0.72), 60.0: (0.91, 0.61)}


def overtime_weeks(work_weeks: float, hours: float) -> float:
    """Weeks that work of so many plain weeks takes in overtime for ever, from the table of efficiencies."""
    first, tenth = FIRST_TENTH[hours]
    done, week = 0.0, 0
    while True:
        rate = hours / 40.0 * (first + (tenth - first) * min(1.0, week / 9.0))
        if done + rate >= work_weeks:
            return week + (work_weeks - done) / rate
        done, week = done + rate, week + 1


@pytest.mark.parametrize("hours", [50.0, 60.0])
@pytest.mark.parametrize("weeks", [2.0, 8.5, 14.0, 26.0, 40.0, 80.0])
def test_overtime_for_ever_takes_what_the_table_says(hours: float, weeks: float) -> None:
    done = single(7.0 * weeks, levers=pulled("overtime", hours=hours))
    assert done == pytest.approx(7.0 * overtime_weeks(weeks, hours))


@pytest.mark.parametrize(("hours", "crossing"), [(50.0, 14.375), (60.0, 26.47)])
def test_overtime_for_ever_ends_later_than_forty_hours_beyond_the_crossing(hours: float, crossing: float) -> None:
    """The crossing is that of the sum of surpluses in tests/domain/labour/test_overtime.py."""
    before, after = 7.0 * (crossing - 1.0), 7.0 * (crossing + 1.0)
    assert single(before, levers=pulled("overtime", hours=hours)) < before
    assert single(after, levers=pulled("overtime", hours=hours)) > after
    assert single(8.0 * 7.0, levers=pulled("overtime", hours=hours)) < 8.0 * 7.0 - 3.0  # a burst of some weeks pays


def test_second_shift_where_room_binds() -> None:
    """Room for two of four crews: two at work, and with nights two more at 80 %."""
    pool = {"labour": {"town": {"fitting": {"workers": 40}}}, "teams": (1, 2, 2)}
    assert single(**pool) == pytest.approx(50.0)
    assert single(**pool, levers=pulled("second_shift", loss="20%")) == pytest.approx(100.0 / 3.6)


def test_rolling_shifts_work_every_day_with_twice_the_people() -> None:
    """Eighty crew-days of eight hours: sixteen weeks of five days, or sixty-four days of ten hours, weekends too."""

    def days(workers: int, **levers: Any) -> float:
        model = tiny(
            calendars={"always": {"kind": "weekly"}},
            templates=template(A1=work(hours=640)),
            labour={"town": {"fitting": {"workers": workers}}},
            sites={"a": site({"h1": hall()}, access=10)},
            trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
            **levers,
        )
        return times(once(model))["a/h1/A1"][1]

    rolling = pulled("rolling_shifts")
    assert days(20) == 112.0  # from a Tuesday to a Monday, sixteen weeks later
    assert days(20, levers=rolling) == pytest.approx(64.0)
    assert days(20, levers=pulled("rolling_shifts", loss="20%")) == pytest.approx(80.0)
    model = tiny(
        templates=template(A1=work(hours=640)),
        trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
        levers=rolling,
    )
    assert run(model).labour["on_site"].max() == pytest.approx(10.0)  # one of the two gangs
    with pytest.raises(AssertionError):  # one gang alone cannot start: the check tells
        days(10, levers=rolling)


def test_rolling_shifts_cost_their_differential_on_every_hour() -> None:
    def costs(**levers: Any) -> dict[str, float]:
        model = tiny(
            templates=template(A1=work(hours=640)),
            trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
            **levers,
        )
        return run(model).costs.query("replication == 0").set_index("item")["usd"].to_dict()

    assert costs() == pytest.approx({"wages": 320_000.0})
    losing = costs(levers=pulled("rolling_shifts", differential="5%", loss="20%"))
    assert losing == pytest.approx({"wages": 400_000.0, "shift differential": 20_000.0})  # what is lost is paid as well
    found = costs(levers=pulled("rolling_shifts", differential="5%"))
    assert found == pytest.approx({"wages": 320_000.0, "shift differential": 16_000.0})


def test_travellers_do_their_days_and_go() -> None:
    """A second crew from day 14 for three weeks: 21 crew-days of the hundred."""
    come = pulled("travellers", workers=10, experienced="20%", date="2025-07-08", mobilisation="7 days", weeks=3)
    assert single(teams=(1, 1, 4), levers=come) == pytest.approx(79.0)


def test_travellers_who_go_while_they_are_needed_finish_their_job() -> None:
    """Two halls of 50 days with a crew each; from day 14 there is only one, so that the third hall waits for both."""
    model = tiny(
        templates=template(A1=work(hours=400)),
        labour={"town": {"fitting": {"workers": 10}}},
        sites={"a": site({f"h{number}": hall() for number in (1, 2, 3)})},
        trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
        levers=pulled("travellers", workers=10, experienced="20%", weeks=2),
    )
    done = once(model)
    spans = [times(done)[f"a/h{number}/A1"] for number in (1, 2, 3)]
    assert spans == [pytest.approx(span) for span in ((0.0, 50.0), (0.0, 50.0), (50.0, 100.0))]
    resource = done.world.network.resources.index("town fitting")
    assert done.world.foreman.free[resource] == 10_000


def test_premium_that_matches_the_rivals_is_a_market_without_them() -> None:
    pool = {"labour": {"town": {"fitting": {"workers": 60, "turnover": 0.5, "ramp": "1 per week", "present": 40}}}}
    rivals = {"rival_premium": "10%", "poaching": 5, "attraction": 3}
    calm, poached = single(900.0, (1, 6, 6), **pool), single(900.0, (1, 6, 6), **pool, market=rivals)
    paid = single(900.0, (1, 6, 6), **pool, market=rivals, levers=pulled("premium", premium="10%"))
    assert paid == calm < poached


def test_training_of_all_new_hands() -> None:
    """Eight of ten are new; after a week all are experienced: output 1 instead of 0.68, rework 5 % as before."""
    done = single(levers=pulled("training", per_week=8, length="1 week"))
    assert done == pytest.approx(7.0 + 93.0 * 0.68)


def test_prefabrication_takes_its_share_off_the_site() -> None:
    assert single(levers=pulled("prefabrication", share="30%")) == pytest.approx(70.0)


def test_dispatch_serves_another_hall_first() -> None:
    """One crew for ten days' work in each of two halls, the small one due first."""
    halls = {"small": hall(mw="4 MW", target="2025-08-31"), "large": hall(mw="10 MW", target="2026-08-31")}
    started = []
    for chosen in ({}, pulled("dispatch", rank="largest_mw")):
        model = tiny(
            templates=template(A1=work()),
            labour={"town": {"fitting": {"workers": 10}}},
            sites={"a": site(halls)},
            levers=chosen,
        )
        done = times(once(model))
        started.append((done["a/small/A1"][0], done["a/large/A1"][0]))
    assert started == [(0.0, 10.0), (10.0, 0.0)]


def test_stagger_lets_the_second_hall_begin_later() -> None:
    model = tiny(
        templates=template(A1=work()),
        sites={"a": site({"h1": hall(), "h2": hall()})},
        levers=pulled("stagger", days=45),
    )
    done = replicator(model)
    for outcome in (done.replicate(0), done.planned):
        assert times(outcome)["a/h1/A1"] == pytest.approx((0.0, 10.0))
        assert times(outcome)["a/h2/A1"] == pytest.approx((45.0, 55.0))


def test_transfer_gives_to_one_market_what_it_takes_from_the_other() -> None:
    """Two crews in each place; one of port's leaves with the second week and is in town with the third."""
    model = tiny(
        templates=template(A1=work(hours=1600, teams=(1, 2, 4))),  # 200 crew-days
        labour={market: {"fitting": {"workers": 20}} for market in ("town", "port")},
        sites={"a": site({"h1": hall()}), "b": site({"h1": hall()}, market="port")},
        levers=pulled("transfer", market="port", to="town", workers=10, date="2025-07-08", travel="7 days"),
    )
    done = times(once(model))
    assert done["a/h1/A1"][1] == pytest.approx(14.0 + (200.0 - 28.0) / 3.0)
    assert done["b/h1/A1"][1] == pytest.approx(7.0 + (200.0 - 14.0) / 1.0)


def test_turnover_by_its_integral() -> None:
    """A hundred crews of one, a year of e-folding: crew-days by day t are what the weeks' floors add up to."""
    model = {
        "trades": {"fitting": {"name": "F", "crew": 1}},
        "labour": {"town": {"fitting": {"workers": 1000, "turnover": 1.0}}},
    }
    levels = [int(1000 * exp(-7 / 365.25 * week) + 1e-9) for week in range(60)]
    done = float(sum(levels[:40]) * 7 + 3 * levels[40])
    assert single(done / 10.0, teams=(1, 1000, 1000), **model) == pytest.approx(283.0)


# -- the same, however it is run -------------------------------------------------------------------


def test_one_digest_for_any_workers_cuts_and_breaks(tmp_path: Path) -> None:
    model = everything()
    whole = bs.simulate(model, 10, 6, workers=1).digest()
    assert bs.simulate(model, 10, 6, workers=2).digest() == whole
    assert bs.simulate(model, 10, 6, workers=1, _inside=Inside(block=3)).digest() == whole
    bs.simulate(model, 4, 6, workers=1, out=tmp_path / "run")
    assert bs.simulate(model, 10, 6, workers=1, out=tmp_path / "run", resume=True).digest() == whole
    assert bs.simulate(model, 10, 7, workers=1).digest() != whole


# -- without labour --------------------------------------------------------------------------------


def test_without_labour_the_people_are_those_of_the_plan() -> None:
    model = everything()
    without = run(model, without=("labour",))
    columns = ["market", "trade", "week", "workers", "experienced", "licensed", "came", "went"]
    columns += ["absence", "skill", "overtime", "rework"]
    plan = without.plan.labour[columns]
    for number in range(4):
        rows = without.labour[without.labour["replication"] == number][columns]
        both = plan.merge(rows, on=columns[:3], suffixes=("", " now"))
        assert len(both) == min(len(plan), len(both)) > 20
        for column in columns[3:]:
            assert both[column].equals(both[f"{column} now"].rename(column)), column
    paid = set(without.costs["item"].astype(str))  # the shop and the rolling shifts are part of the programme
    assert paid <= {"wages", "prefabrication", "shift differential"}
    assert (without.labour[["lost_absence", "lost_fatigue", "lost_rework"]].abs() < 1e-6).all(axis=None)


def test_what_is_drawn_about_people_is_of_the_group_labour() -> None:
    program = replicator(everything()).program
    groups = {one.name: group for one, group in zip(program.inputs, program.groups, strict=True)}
    people = {name for name in groups if name.startswith(("labour.", "market."))}
    assert len(people) == 3
    assert {groups[name] for name in people} == {"labour"}
    assert {name for name, group in groups.items() if group == "labour"} == people
    assert set(groups.values()) <= set(GROUPS)
    fixed = run(everything(), without=("labour",)).inputs
    assert all(fixed[name].nunique() == 1 for name in people)
    assert fixed.drop(columns=list(people)).equals(run(everything()).inputs.drop(columns=list(people)))


# -- the account -----------------------------------------------------------------------------------


@pytest.mark.parametrize("crew_limit", [1, 2, 3])
def test_what_the_factors_cost_is_all_that_is_beyond_the_planned_work(crew_limit: int) -> None:
    """Ninety days for the two planned teams: whatever else goes on, as much stays as planned work."""
    model = tiny(
        templates=template(A1=work(hours=1440, teams=(1, 2, 3))),
        trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
        labour={
            "town": {"fitting": {"workers": 10 * crew_limit, "experienced": 0.06, "turnover": 0.1, "seasoning": 400}}
        },
        productivity={"absence": 0.05, "crowding": 0.2, "rework_haste": 0.3, "stacking": 0.3},
        levers=pulled("overtime", hours=55, date="2025-08-01", weeks=8),
    )
    done = once(model)
    days = done.accounts[0]
    assert days["planned work"] == pytest.approx(90.0)
    assert sum(days.values()) == pytest.approx(times(done)["a/h1/A1"][1])
    assert {"thin team", "skill", "rework", "fatigue"} <= set(days)
    assert (days.get("crowding", 0.0) > 1.0) == (crew_limit == 3)
