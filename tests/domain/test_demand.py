"""The market's tightness: its course by declared changes and shocks, and the pressure that follows from it."""

from collections.abc import Callable, Mapping
from itertools import pairwise
from math import exp
from typing import Any

import numpy as np
import pytest
from scipy import stats

from buildsim.domain.contracts.demand import Demand
from buildsim.domain.contracts.withdrawal.lateness import leaving, pressure, staying
from buildsim.domain.disruptions import DemandShock
from buildsim.engine.world import World
from buildsim.model.check import check
from buildsim.model.root import Model
from buildsim.program.compile import compile_model
from buildsim.run.replication import Replicator
from tests.domain.lone import Columns, lone_world
from tests.domain.tiny import column, given, hall, replicator, site, tiny

LEVEL = 1e-3
YEAR = 365.25
SHOCK = {"kind": "demand_shock", "per_year": 1.0, "tightness": "30%", "days": "60 days"}


def course(world: World) -> list[tuple[float, float]]:
    """Fills, while the world runs, with (day, pressure) from the start and from each change on."""
    seen = [(0.0, pressure(world))]

    def watch() -> Any:
        while True:
            yield world.levels.changed(world.clock, "pressure")
            seen.append((world.clock.now, pressure(world)))

    world.clock.process(watch())
    return seen


def market(
    demand: Mapping[str, Any] | None = None,
    shocks: Mapping[str, Mapping[str, Any]] | None = None,
    draws: Mapping[str, float] | None = None,
    *,
    further: Mapping[tuple[str, int], float] | None = None,
    horizon: float = 1000.0,
    risks: bool = True,
    known: float = 0.0,
) -> tuple[list[tuple[float, float]], World]:
    """The course of the pressure, and the world. Shocks come once where `further` does not say more."""
    columns = Columns(draws, known)
    plans: list[Any] = [
        DemandShock.model_validate(shock).compile(name, {}, {}, columns) for name, shock in (shocks or {}).items()
    ]
    if demand is not None:
        plans.insert(len(plans) // 2, Demand.model_validate(demand).compile(columns))
    once = {(f"disruptions.{name}.time", 1): 1.0 for name in shocks or {}}
    world = lone_world(columns, horizon=horizon, risks=risks, further=once | dict(further or {}))
    for plan in plans:
        plan.start(world)
    seen = course(world)
    world.run()
    return seen, world


def about(*points: tuple[float, float]) -> list[Any]:
    """Points of a course, to rounding."""
    return [(pytest.approx(day), pytest.approx(value)) for day, value in points]


def when(day: float, per_year: float = 1.0) -> float:
    """The luck with which the first shock comes on a day."""
    return 1.0 - exp(-day * per_year / YEAR)


# -- pressure ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tightness", "slack", "expected"),
    [(1, 3.6, 1.0), (0, 3.6, 3.6), (0.5, 4, 2.0), ("75%", 16, 2.0), (1.5, 4, 0.5), (0.2, 1, 1.0)],
)
def test_pressure_is_slack_to_the_power_of_what_tightness_lacks(tightness: Any, slack: float, expected: float) -> None:
    assert market({"tightness": tightness, "slack": slack})[0] == about((0.0, expected))


def test_without_demand_the_pressure_is_one() -> None:
    world = lone_world()
    assert pressure(world) == 1.0


def test_by_default_a_slack_market_is_as_slack_as_the_hazards_of_the_sources_say() -> None:
    assert Demand.model_validate({"tightness": 0}).slack == pytest.approx(12.5 / 3.5, abs=0.03)


@pytest.mark.parametrize(("chance", "pressed"), [(0.3, 2.0), (0.3, 0.5), (0.0, 3.6), (1.0, 3.6)])
def test_leaving_and_staying_are_one_rule(chance: float, pressed: float) -> None:
    assert leaving(chance, pressed) == pytest.approx(1.0 - staying(1.0 - chance, pressed))
    assert 0.0 <= leaving(chance, pressed) <= 1.0


@pytest.mark.parametrize("chance", [0.1, 0.3, 0.35, 0.7])
def test_at_a_pressure_of_one_probabilities_are_as_declared_to_the_last_bit(chance: float) -> None:
    assert (leaving(chance, 1.0), staying(chance, 1.0)) == (chance, chance)


# -- changes -------------------------------------------------------------------------------------

CHANGES = {
    "later": {"date": "2026-07-01", "tightness": 1},  # day 365
    "bust": {"date": "2025-10-09", "tightness": {"low": 0, "high": 0.4}},  # day 100
    "beyond": {"date": "2035-01-01", "tightness": 0},
}


def test_tightness_is_level_between_its_changes() -> None:
    demand = {"tightness": 0.5, "slack": 4.0, "changes": CHANGES}
    drawn = {"demand.changes.bust.tightness": 0.25}
    assert market(demand, draws=drawn)[0] == about((0.0, 2.0), (100.0, 4.0**0.75), (365.0, 1.0))


def test_a_change_that_changes_nothing_wakes_nobody() -> None:
    demand = {"tightness": 0.5, "changes": {"same": {"date": "2025-10-09", "tightness": 0.5}}}
    assert len(market(demand)[0]) == 1


def test_quantities_of_demand_are_inputs_of_the_group_of_contracts() -> None:
    model = tiny(demand={"tightness": {"low": 0.2, "high": 1}, "changes": CHANGES}, disruptions={"slump": SHOCK})
    program = compile_model(model)
    groups = {one.name: group for one, group in zip(program.inputs, program.groups, strict=True)}
    names = [
        "demand.tightness",
        *(f"demand.changes.{key}.tightness" for key in CHANGES),
        *(f"disruptions.slump.{key}" for key in ("time", "per_year", "tightness", "days")),
    ]
    assert {groups[name] for name in names} == {"contracts"}


# -- shocks --------------------------------------------------------------------------------------


def test_a_shock_takes_from_tightness_for_its_time() -> None:
    seen, world = market(
        {"tightness": 1, "slack": 4}, {"slump": SHOCK | {"tightness": "50%"}}, {"disruptions.slump.time": when(100.0)}
    )
    assert seen[:3] == about((0.0, 1.0), (100.0, 2.0), (160.0, 1.0))
    [first, *_] = world.records["disruptions"]
    assert first == ("demand_shock", "slump", "demand", pytest.approx(100.0), 60.0)


def test_shocks_that_overlap_add_up_and_tightness_does_not_fall_below_nothing() -> None:
    # 0.9 less 0.3 from day 100 to 160, less 0.5 from 130 to 230, less 0.4 from 140 to 150: at the worst 0.9 - 1.2.
    shocks = {
        "one": SHOCK,
        "two": SHOCK | {"tightness": "50%", "days": "100 days"},
        "three": SHOCK | {"tightness": "40%", "days": "10 days"},
    }
    times = {"one": 100.0, "two": 130.0, "three": 140.0}
    draws = {f"disruptions.{name}.time": when(day) for name, day in times.items()}
    seen, _ = market({"tightness": 0.9, "slack": 10}, shocks, draws)
    assert seen == about(
        (0.0, 10**0.1), (100.0, 10**0.4), (130.0, 10**0.9), (140.0, 10.0), (150.0, 10**0.9), (160.0, 10**0.6),
        (230.0, 10**0.1),
    )  # fmt: skip


def test_a_declared_change_in_a_shock_is_taken_from_too() -> None:
    demand = {"tightness": 1, "slack": 4, "changes": {"bust": {"date": "2025-10-29", "tightness": 0.5}}}  # day 120
    seen, _ = market(demand, {"slump": SHOCK | {"tightness": 0.25}}, {"disruptions.slump.time": when(100)})
    assert seen == about((0.0, 1.0), (100.0, 4**0.25), (120.0, 4**0.75), (160.0, 2.0))


def test_shocks_come_again_each_with_a_gap_a_length_and_a_depth_of_its_own() -> None:
    name = "disruptions.slump"
    uncertain = SHOCK | {"tightness": {"low": "10%", "high": "90%"}, "days": {"low": "10 days", "high": "90 days"}}
    draws = {f"{name}.time": when(100.0), f"{name}.tightness": 0.5, f"{name}.days": 20.0}
    further = {
        (f"{name}.time", 1): when(200.0),
        (f"{name}.tightness", 1): 0.25,
        (f"{name}.days", 1): 50.0,
        (f"{name}.time", 2): 1.0,
    }
    seen, world = market({"tightness": 1, "slack": 16}, {"slump": uncertain}, draws, further=further)
    assert seen == about((0.0, 1.0), (100.0, 4.0), (120.0, 1.0), (300.0, 2.0), (350.0, 1.0))
    assert [row[3:] for row in world.records["disruptions"]] == about((100.0, 20.0), (300.0, 50.0))


def test_a_shock_that_comes_while_the_last_one_lasts_adds_to_it() -> None:
    further = {
        ("disruptions.slump.time", 1): when(20.0),
        ("disruptions.slump.tightness", 1): 0.25,
        ("disruptions.slump.days", 1): 100.0,
        ("disruptions.slump.time", 2): 1.0,
    }
    shocks = {"slump": SHOCK | {"tightness": "50%"}}
    seen, _ = market({"tightness": 1, "slack": 16}, shocks, {"disruptions.slump.time": when(100.0)}, further=further)
    assert seen == about((0.0, 1.0), (100.0, 4.0), (120.0, 8.0), (160.0, 2.0), (220.0, 1.0))


@pytest.mark.parametrize(
    "given",
    [
        {"risks": False, "draws": {"disruptions.slump.time": when(100.0)}},
        {"horizon": 99.0, "draws": {"disruptions.slump.time": when(100.0)}},
        {"draws": {"disruptions.slump.time": when(100.0), "disruptions.slump.per_year": 0.0}},
        {},  # the luck of the plan
    ],
)
def test_no_shock(given: dict[str, Any]) -> None:
    seen, world = market({"tightness": 1}, {"slump": SHOCK}, **given)
    assert seen == [(0.0, 1.0)]
    assert not world.records["disruptions"]


def test_there_was_no_shock_up_to_the_information_date() -> None:
    seen, _ = market({"tightness": 1}, {"slump": SHOCK}, {"disruptions.slump.time": when(5.0)}, known=42.0)
    assert seen[1][0] == pytest.approx(47.0)


def test_nothing_waits_for_a_shock() -> None:
    assert DemandShock.model_validate(SHOCK).gate("slump", "a") is None


def test_shocks_are_a_poisson_process_with_draws_of_their_own() -> None:
    uncertain = {
        "kind": "demand_shock",
        "per_year": 1.2,
        "tightness": {"low": "10%", "high": "30%"},
        "days": {"low": "20 days", "high": "80 days"},
    }
    made = replicator(tiny(demand={"tightness": 1}, disruptions={"slump": uncertain}), 1000)
    rows = [made.replicate(number).world.records["disruptions"] for number in range(1000)]
    counts = np.array([len(one) for one in rows])
    law = stats.poisson(1.2 * 1000.0 / YEAR)
    most = 8
    seen = np.bincount(np.minimum(counts, most), minlength=most + 1)
    chances = np.append(law.pmf(np.arange(most)), law.sf(most - 1))
    assert stats.chisquare(seen, 1000 * chances).pvalue > LEVEL
    days = np.array([row[3] for one in rows for row in one])  # given how many, they are uniform over the run
    assert stats.kstest(days, stats.uniform(0, 1000).cdf).pvalue > LEVEL
    for place in (0, 1):
        lengths = [one[place][4] for one in rows if len(one) > place]
        assert stats.kstest(lengths, stats.uniform(20, 60).cdf).pvalue > LEVEL
    pairs = np.array([(one[0][4], one[1][4]) for one in rows if len(one) > 1])
    assert stats.spearmanr(pairs[:, 0], pairs[:, 1]).pvalue > LEVEL


def test_a_replication_has_the_same_shocks_whatever_was_run_before() -> None:
    model = tiny(demand={"tightness": 1}, disruptions={"slump": SHOCK | {"per_year": 3}})
    one, other = replicator(model, 5), replicator(model, 5)
    other.replicate(1)
    assert one.replicate(4).world.records["disruptions"] == other.replicate(4).world.records["disruptions"] != []


# -- in a model ----------------------------------------------------------------------------------


def model_of(withdrawal: dict[str, Any], demand: Mapping[str, Any] | None, wear: float = 0.2, **more: Any) -> Model:
    """Seven tranches of one customer and an option of another, in halls that go live between day 50 and 900."""
    activities = {"T1": {"kind": "test", "duration": {"low": 50, "mode": 200, "high": 900}}}
    template = {"name": "Spread", "per": "10 MW", "cooling": "liquid", "activities": activities}
    terms = {"mw": "10 MW", "grace": "30 days", "longstop": "120 days", "value": "$1m"}
    tranches = {f"t{n}": terms | {"blocks": [f"a/h{n}"], "due": f"2025-{8 + n // 2:02}-20"} for n in range(7)}
    option = {"exercise_by": "2025-10-01", "probability": "80%"}
    optional = terms | {"blocks": ["a/h7"], "due": "2025-12-20", "option": option}
    temper = {"wear": wear, "recovery": "30%", "grievance": 0.3}
    return tiny(
        templates={"shell": template},
        sites={"a": site({f"h{n}": hall() for n in range(8)})},
        customers={name: {"name": name, "withdrawal": withdrawal} | temper for name in ("k", "j")},
        contracts={
            "c": {"customer": "k", "tranches": tranches},
            "d": {"customer": "j", "tranches": {"t7": optional}},
        },
        **({"demand": demand} if demand is not None else {}),
        **more,
    )


RULES: dict[str, dict[str, Any]] = {
    "lost_confidence": {"kind": "lost_confidence", "monthly": {"low": "2%", "mode": "4%", "high": "9%"}, "growth": 1.3},
    "contractual": {"kind": "contractual", "probability": "30%"},
    "strategic": {"kind": "strategic", "reasons": {"overbuild": "20%", "rival": {"low": "5%", "high": "30%"}}},
    "redate": {"kind": "redate", "probability": "60%", "days": {"low": "60 days", "high": "200 days"}, "times": 2},
}


def left(made: Replicator, replications: int) -> np.ndarray:
    """The day on which each tranche was left or lapsed, by replication and tranche; infinite where it was not."""
    tables = made.block(0, replications)
    days = np.full((replications, 8), np.inf)
    rows = zip(*(column(tables, "withdrawals", name) for name in ("replication", "tranche", "day")), strict=True)
    for replication, tranche, day in rows:
        days[replication, int(tranche[-1])] = min(day, days[replication, int(tranche[-1])])
    return days


@pytest.mark.parametrize("rule", RULES)
def test_in_a_tighter_market_nobody_leaves_who_does_not_in_a_slacker_one(rule: str) -> None:
    # Paired draws, no shared halls, no competition: tranche by tranche, in each replication. Without wear, since what
    # is left wears its customer down no more, and with options of others, since one that lapses is never missed: so one
    # tranche's leaving may keep another.
    many = 60
    slump = SHOCK | {"per_year": 2, "tightness": {"low": "10%", "high": "60%"}}

    def leaving(tightness: float) -> np.ndarray:
        changes = {"turn": {"date": "2025-12-01", "tightness": tightness / 2}}
        demand = {"tightness": tightness, "changes": changes}
        return left(replicator(model_of(RULES[rule], demand, wear=0.0, disruptions={"slump": slump}), many), many)

    days = [leaving(tightness) for tightness in (1.2, 0.8, 0.0)]
    for tighter, slacker in pairwise(days):
        assert (tighter >= slacker * (1.0 - 1e-12)).all()
    assert np.isfinite(days[0]).sum() < np.isfinite(days[-1]).sum()


@pytest.mark.parametrize("rule", RULES)
def test_a_market_of_the_sources_is_none_at_all(rule: str) -> None:
    without = left(replicator(model_of(RULES[rule], None), 40), 40)
    np.testing.assert_array_equal(left(replicator(model_of(RULES[rule], {"tightness": 1}), 40), 40), without)
    slack_of_one = {"tightness": 0.2, "slack": 1}
    np.testing.assert_array_equal(left(replicator(model_of(RULES[rule], slack_of_one), 40), 40), without)


@pytest.mark.parametrize("rule", ["lost_confidence", "contractual", "strategic"])
def test_without_contracts_nobody_leaves_whatever_the_market(rule: str) -> None:
    model = model_of(RULES[rule], {"tightness": 0}, disruptions={"slump": SHOCK | {"per_year": 5}})
    assert np.isfinite(left(Replicator(model, replications=40), 40)).any()
    assert not np.isfinite(left(Replicator(model, replications=40, without=["contracts"]), 40)).any()


def test_needs_that_fall_end_what_is_late_and_let_the_option_lapse() -> None:
    luck = 1.0 - exp(-0.3 * 40 / YEAR)  # 30 % a year: on day 40
    draws = {f"customers.{name}.withdrawal.time": luck for name in ("j", "k")}
    rule = {"kind": "strategic", "reasons": {"overbuild": "30%"}, "share": "50%"}
    outcome = given(model_of(rule, None), draws).replicate(0)
    assert outcome.world.facts[("need", "k")] == outcome.world.facts[("need", "j")] == pytest.approx(40.0)
    standings = outcome.book.standing
    assert standings.pop("d/t7").outcome == "lapsed"
    late = {name for name, one in standings.items() if not one.delivered <= one.plan.due + 30.0}
    assert {one.withdrawn for name, one in standings.items() if name in late} == {5.0}
    assert {one.withdrawn for name, one in standings.items() if name not in late} == {0.0}


# -- as declared ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({}, "tightness"),
        ({"tightness": -0.1}, "cannot be negative"),
        ({"tightness": {"kind": "normal", "mean": 1, "sd": 0.3}}, "cannot be negative"),
        ({"tightness": 1, "slack": 0.9}, "slack"),
        ({"tightness": 1, "changes": {"x": {"tightness": 1}}}, "date"),
    ],
)
def test_a_demand_that_makes_no_sense_is_refused(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Demand.model_validate(declared)


@pytest.mark.parametrize("change", [{"per_year": -1}, {"tightness": 1.2}, {"days": "-3 days"}])
def test_a_shock_that_makes_no_sense_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(change))):
        DemandShock.model_validate(SHOCK | change)


PROBLEMS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "demand.changes.x y": lambda data: data["demand"]["changes"].update({"x y": CHANGES["later"]}),
    "demand.changes.early.date": lambda data: data["demand"]["changes"].update(
        {"early": {"date": "2025-06-30", "tightness": 1}}
    ),
    "demand.changes.twin.date": lambda data: data["demand"]["changes"].update({"twin": CHANGES["bust"]}),
    "disruptions.slump.kind": lambda data: data.update({"demand": None}),
}


@pytest.mark.parametrize("path", PROBLEMS)
def test_what_does_not_fit_is_told(path: str) -> None:
    model = tiny(demand={"tightness": 1, "changes": {"bust": CHANGES["bust"]}}, disruptions={"slump": SHOCK})
    data = model.model_dump(mode="json")
    PROBLEMS[path](data)
    problems = check(Model.model_validate(data))
    assert [problem.path for problem in problems] == [path]
    assert problems[0].expected
