"""Ties and edges of labour in whole models: leavers at an end, nobody left, a horizon in a repair, who holds whom."""

from typing import Any

import pytest

import buildsim as bs
from buildsim.analysis.delay import check
from buildsim.model import Model
from buildsim.model.check import check as problems
from buildsim.run.outcome import Outcome
from tests.domain.tiny import hall, once, replicator, site, times, tiny
from tests.oracles.building import template, work

GO = {"kind": "transfer", "use": True, "market": "town", "to": "port", "workers": 10, "per_head": 0}
"""Ten people go from town to port."""


def in_two_markets(halls: int, **transfer: Any) -> Model:
    """Halls of two weeks for one crew each, in town, where there are two crews."""
    return tiny(
        templates=template(A1=work(hours=112)),
        labour={"town": {"fitting": {"workers": 20}}, "port": {"fitting": {"workers": 10}}},
        sites={"a": site({f"h{number}": hall() for number in range(halls)})},
        levers={"go": {**GO, **transfer}},
    )


def starts(done: Outcome) -> list[float]:
    return [start for name, (start, _) in times(done).items() if name.endswith("A1")]


def test_who_leaves_on_the_day_of_an_end_is_gone_before_anybody_is_dealt_out() -> None:
    """Two crews end on day 14; on the same day ten people leave: one crew goes on, not two."""
    done = once(in_two_markets(4, date="2025-07-15"))
    assert starts(done) == [0.0, 0.0, 14.0, 28.0]
    assert done.world.foreman.free[0] == 10_000
    later = once(in_two_markets(4, date="2025-07-16"))  # a week later: both begin, and one ends the job for the gone
    assert starts(later) == [0.0, 0.0, 14.0, 14.0]
    assert later.world.foreman.free[0] == 10_000


def test_no_more_go_than_there_are() -> None:
    """All twenty go though thirty are asked for; the crews at work end their job, the other halls wait for ever."""
    done = once(in_two_markets(3, workers=30, date="2025-07-08"))
    assert starts(done)[:2] == [0.0, 0.0]
    assert times(done)["a/h0/A1"][1] == times(done)["a/h1/A1"][1] == pytest.approx(14.0)
    path = done.people.path
    assert path.workers[1].tolist() == pytest.approx([0.0, 30.0])
    waiting = {done.world.network.names[activity]: reason for activity, reason in done.world.unfinished()}
    assert waiting == {"a/h2/A1": "town fitting", "a/h2/live": "a/h2/A1"}


def test_a_pool_that_dwindles_leaves_work_with_its_name() -> None:
    """Half of ten people a month: after a week there is no crew of ten any more."""
    model = tiny(
        templates=template(A1=work(), T1={"kind": "test", "duration": "2 days", "after": ["A1"]}),
        labour={"town": {"fitting": {"workers": 10, "turnover": 8}}},
        sites={"a": site({"h1": hall(), "h2": hall()})},
    )
    run = bs.simulate(model, replications=1, seed=1, workers=1)
    rows = run.unfinished.set_index(["block", "activity"])["waits_for"].to_dict()
    assert rows == {
        ("a/h2", "A1"): "town fitting",
        ("a/h2", "T1"): "a/h2/A1",
        ("a/h2", "live"): "a/h2/T1",
    }
    assert check(run.delays, run.go_live, horizon=run.horizon).empty
    lost = run.delays[run.delays["block"] == "a/h2"].set_index("cause")["days"]
    assert lost["crew wait"] == pytest.approx(run.horizon)
    assert run.plan.go_live["live"].tolist() == [12.0, 22.0]  # in the plan nobody leaves


# -- repairs ---------------------------------------------------------------------------------------

SPOILING = {"rework_normal": "10%", "rework_unmentored": "10%", "latent": "40%", "found": "50%"}
FAILS = {"probability": "20%", "retest": "3 days"}


def mended(teams: int = 1, horizon: str = "2028-03-26", access: int | None = None, tester: str = "testing") -> Outcome:
    """Ten days for fitters, five for testers, who fail once and find 0.4 x 10 % x 0.5 of the fitters' 800 hours: 16."""
    place: dict[str, Any] = {} if access is None else {"access": access}
    model = tiny(
        horizon=horizon,
        templates=template(A1=work(), T1=work(tester, 40, (1, 1, 1), after=["A1"], fails=FAILS)),
        trades={"fitting": {"name": "F", "crew": 10}, "testing": {"name": "T", "crew": 10}},
        labour={"town": {"fitting": {"workers": 10 * teams}, "testing": {"workers": 10}}},
        productivity=SPOILING,
        sites={"a": site({"h1": hall()}, **place)},
    )
    return replicator(model, **{"sites.a.halls.h1.T1.fails.luck": 0.1}).replicate(0)


def test_a_repair_by_another_trade() -> None:
    done = mended()
    assert times(done)["a/h1/T1"] == pytest.approx((10.0, 15.0 + 16.0 / 80.0 + 3.0))


def test_a_test_that_holds_all_the_crews_of_the_trade_that_must_mend_is_not_stuck() -> None:
    """The testers are the fitters: they put right what they have found themselves."""
    done = mended(tester="fitting")
    assert times(done)["a/h1/T1"] == pytest.approx((10.0, 15.0 + 16.0 / 80.0 + 3.0))
    assert done.accounts[0] == pytest.approx({"planned work": 15.0, "rework": 0.2, "commissioning failure": 3.0})
    assert [repair.hours for repair in done.world.works.mending.log] == pytest.approx([16.0])
    assert done.world.foreman.free == done.world.foreman.capacity


def test_a_test_that_holds_all_the_room_is_not_stuck() -> None:
    assert times(mended(access=10))["a/h1/T1"] == pytest.approx((10.0, 18.2))


@pytest.mark.parametrize(("day", "unit"), [(15, "rework"), (16, "commissioning failure"), (12, "planned work")])
def test_a_horizon_within_a_repair_a_retest_or_the_work(day: int, unit: str) -> None:
    """The horizon is the end of a day: the repair takes from 15.0 to 15.2."""
    model_end = f"2025-07-{day + 1:02d}"
    done = mended(horizon=model_end)
    end = done.world.horizon
    assert sum(done.accounts[0].values()) == pytest.approx(end)
    assert done.accounts[0][unit] > 0.0
    names = {done.world.network.names[activity] for activity, _ in done.world.unfinished()}
    assert {"a/h1/T1", "a/h1/live"} <= names


def test_two_tests_that_wait_for_the_same_repair_crew_are_served_in_turn() -> None:
    """Ten people; both tests fail on day 15; 16 hours of the fitters' are found first, then half of what is left: 8."""
    tests = {f"T{number}": {"kind": "test", "duration": "5 days", "after": ["A1"], "fails": FAILS} for number in (1, 2)}
    model = tiny(
        templates=template(A1=work(), **tests),
        labour={"town": {"fitting": {"workers": 10}}},
        productivity=SPOILING,
    )
    given = {f"sites.a.halls.h1.T{number}.fails.luck": 0.1 for number in (1, 2)}
    done = once(model, given)
    ends = sorted(times(done)[f"a/h1/T{number}"][1] for number in (1, 2))
    assert ends == pytest.approx([15.0 + 0.2 + 3.0, 15.0 + 0.2 + 0.1 + 3.0])
    assert sum(done.accounts[0].values()) == pytest.approx(ends[-1])


def test_who_waits_for_a_crew_that_mends_is_led_back_to_the_failed_test() -> None:
    """Day 15.2: the only crew comes back from a repair in h1; the driving path to the last hall goes through it."""
    templates = {
        **template(A1=work(), T1={"kind": "test", "duration": "5 days", "after": ["A1"], "fails": FAILS}),
        "other": {"name": "Other", "per": "10 MW", "cooling": "liquid",
                  "activities": {"B1": work(hours=8, teams=(1, 1, 1), after=["start + 15 days"])}},
    }  # fmt: skip
    model = tiny(
        templates=templates,
        labour={"town": {"fitting": {"workers": 10}}},
        productivity=SPOILING,
        policy={"rank": "declared"},
        sites={"b": site({"h1": hall()}), "a": site({"h2": hall(template="other")})},
    )
    run = bs.simulate(model, replications=30, seed=3, workers=1)
    assert (run.activities["activity"] == "fitting.repair").any()
    paths = run.driving[run.driving["target"] == "a"]
    through = paths[paths["block"] == "b/h1"]
    assert set(through["cause"].astype(str)) >= {"rework", "planned work"}
    for _, path in paths.groupby("replication"):
        ordered = path.sort_values("begin")
        assert ordered["begin"].to_numpy()[1:] == pytest.approx(ordered["end"].to_numpy()[:-1])


def test_a_crew_that_only_waited_for_an_agent_does_not_travel() -> None:
    """One agent for two markets: who waits for him has had his own crew at hand."""
    model = tiny(
        templates=template(A1=work(needs=["agents"])),
        commissioning={"agents": 1, "load_banks": "99 MW"},
        productivity={"travel": "3 days"},
        labour={market: {"fitting": {"workers": 100}} for market in ("town", "port")},
        sites={"a": site({"h1": hall()}), "b": site({"h1": hall()}, market="port")},
    )
    done = times(once(model))
    assert (done["a/h1/A1"], done["b/h1/A1"]) == (pytest.approx((0.0, 10.0)), pytest.approx((10.0, 20.0)))


def test_a_second_shift_is_not_in_the_plan() -> None:
    model = tiny(
        templates=template(A1=work(teams=(1, 2, 2))),
        trades={"fitting": {"name": "F", "crew": 10, "wage": 1}},
        levers={"nights": {"kind": "second_shift", "use": True, "differential": 0, "loss": 0}},
    )
    made = replicator(model)
    assert times(made.planned)["a/h1/A1"][1] == pytest.approx(5.0)
    assert times(made.replicate(0))["a/h1/A1"][1] == pytest.approx(2.5)


@pytest.mark.parametrize(("own", "general", "fits"), [(0.05, 0.5, False), (0.5, 0.05, True), (None, 0.05, False)])
def test_the_least_crew_is_held_against_whom_the_pool_may_let_work(own: float, general: float, fits: bool) -> None:
    """Forty people and crews of ten: with 5 % licensed four may work."""
    data = tiny().model_dump(mode="json", exclude_none=True)
    data |= {
        "templates": template(A1=work()),
        "labour": {"town": {"fitting": {"workers": 40} | ({} if own is None else {"licensed": own})}},
        "productivity": {"regime": "cap", "licensed": general},
    }
    found = problems(Model.model_validate(data))
    assert [problem.path for problem in found] == ([] if fits else ["sites.a.halls.h1.template"])
    assert fits or "but the pool has 4" in found[0].message


def test_all_that_is_wrong_with_levers_is_told_at_once() -> None:
    data = tiny().model_dump(mode="json", exclude_none=True)
    data["levers"] = {
        "a": {"kind": "overtime", "hours": 50, "premium": 0.5, "markets": ["twon"], "trades": ["fiting"]},
        "b": {"kind": "second_shift", "use": True, "differential": 0.1, "sites": ["aa"]},
        "c": {"kind": "second_shift", "use": True, "differential": 0.1},
        "d": {"kind": "stagger", "use": True, "days": 3, "cost": 0},
        "e": {"kind": "stagger", "use": True, "days": 4, "cost": 0, "sites": ["a"]},
        "f": {"kind": "prefabrication", "share": 0.5, "per_hour": 1, "activities": ["T9"]},
        "g": {"kind": "transfer", "market": "town", "to": "prot", "workers": 1, "per_head": 1},
    }
    found = {problem.path: problem for problem in problems(Model.model_validate(data))}
    assert set(found) == {
        "levers.a.markets.0", "levers.a.trades.0", "levers.b.sites.0", "levers.b.differential", "levers.c.differential",
        "levers.c.use", "levers.e.use", "levers.f.activities.0", "levers.g.to",
    }  # fmt: skip
    assert found["levers.a.markets.0"].nearest == "town"
    assert found["levers.a.trades.0"].nearest == "fitting"
