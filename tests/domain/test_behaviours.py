"""How customers behave: when they leave against closed forms, why, and in which direction the market moves them.

The expected laws are worked out from docs/contracts.md by quadrature. Seeds are fixed, so no test here is flaky. Each
rejects its law at the level 1e-3.
"""

from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from math import exp, inf, isinf, log
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from buildsim.domain.contracts.confidence import Temper
from buildsim.domain.contracts.withdrawal.patience import Hazard
from buildsim.engine.world import World
from tests.domain.crowd import (
    MONTH,
    RULES,
    Left,
    crowd,
    days_of,
    delivered,
    integral,
    kaplan_meier,
    lucks,
    missed,
    one_fewer,
    one_more,
    pressed,
)
from tests.domain.lone import Columns, lone_world

LEVEL = 1e-3
MANY = 1800
CONFIDENCE = {"kind": "lost_confidence", "monthly": "8%", "growth": 2.0}
CONTRACTUAL = {"kind": "contractual", "probability": "30%"}
REDATE = {"kind": "redate", "probability": "70%", "days": "90 days"}
STRATEGIC = {"kind": "strategic", "reasons": {"overbuild": "20%", "in_house": 0.1, "rival": "5%"}, "share": "60%"}
YEAR = 365.25


def likely(hits: int, trials: int, chance: float) -> bool:
    """Whether a number of hits is within the two-sided binomial bounds."""
    return bool(stats.binomtest(hits, trials, chance).pvalue > LEVEL)


# -- binding -------------------------------------------------------------------------------------


def test_binding_stays_whatever_happens() -> None:
    events = {5.0: [missed, missed, pressed(50.0)]}
    world, found = crowd({"kind": "binding"}, [0.0, 0.999], events=events, longstop=10.0)
    assert days_of(found).tolist() == [inf, inf]
    plan = RULES.validate_python({"kind": "binding"}).compile("customers.k.withdrawal", Columns())
    assert (plan.moves, plan.redated(world, 0.0, 0), plan.wants(world, "k")) == (0, 0.0, True)


# -- lost confidence: the law of leaving ---------------------------------------------------------

ACTS: dict[str, Callable[[World], None]] = {
    "missed": missed,
    "late": one_more,
    "not late": one_fewer,
    "delivered": delivered,
    "slack": pressed(3.6),
    "tight": pressed(1.0),
    "tighter": pressed(0.5),
}
PRESSURES = {"slack": 3.6, "tight": 1.0, "tighter": 0.5}
History = Sequence[tuple[float, str]]
"""(day, what happens), in order."""


class Course:
    """What a customer's grievance and the pressure are at any time, replayed from a history by the book."""

    def __init__(self, history: History, temper: Temper) -> None:
        self.history, self.temper = list(history), temper

    def at(self, day: float) -> tuple[float, float]:
        """(grievance, pressure) just after a day."""
        grievance, late, pressure, now = self.temper.start, 0, 1.0, 0.0
        for moment, act in self.history:
            if moment > day:
                break
            grievance += self.temper.wear * late * (moment - now)
            now = moment
            if act == "missed":
                grievance += 1.0
            elif act == "late":
                late += 1
            elif act == "not late":
                late -= 1
            elif act == "delivered":
                grievance *= 1.0 - self.temper.recovery
            else:
                pressure = PRESSURES[act]
        return grievance + self.temper.wear * late * (day - now), pressure

    def hazard(self, monthly: float, growth: float, day: float) -> float:
        """The hazard of a customer on a day [per day]."""
        grievance, pressure = self.at(day)
        return float(monthly / MONTH * growth ** (grievance - 1.0) * pressure)

    def worn(self, monthly: float, growth: float, begin: float, end: float) -> float:
        """The integral of the hazard, by quadrature."""
        breaks = [day for day, _ in self.history]
        return integral(lambda day: self.hazard(monthly, growth, day), begin, end, breaks)


def leaves(history: History, temper: Temper, draws: Sequence[float], **given: Any) -> list[Left]:
    """When late tranches are left, the watch beginning on day 30."""
    events: dict[float, list[Callable[[World], None]]] = {}
    for day, act in history:
        events.setdefault(day, []).append(ACTS[act])
    rule = {"kind": "lost_confidence", "monthly": "8%", "growth": 2.0} | given.pop("rule", {})
    return crowd(rule, draws, events=events, begin=30.0, temper=temper, **given)[1]


LAWS: dict[str, tuple[History, Temper]] = {
    "constant": ([(0.0, "missed")], Temper()),
    "a second miss": ([(0.0, "missed"), (200.0, "missed")], Temper()),
    "Gompertz": ([(0.0, "missed"), (0.0, "late")], Temper(wear=0.5 / MONTH)),
    "two late tranches, then one": (
        [(0.0, "missed"), (0.0, "late"), (90.0, "missed"), (90.0, "late"), (150.0, "not late")],
        Temper(wear=0.3 / MONTH),
    ),
    "steps of the pressure": ([(0.0, "missed"), (100.0, "slack"), (180.0, "tighter"), (400.0, "tight")], Temper()),
    "Gompertz with steps of the pressure": (
        [(0.0, "missed"), (0.0, "late"), (60.0, "slack"), (120.0, "tight")],
        Temper(wear=0.4 / MONTH),
    ),
    "recovery": (
        [(0.0, "missed"), (10.0, "missed"), (10.0, "late"), (120.0, "delivered"), (300.0, "delivered")],
        Temper(start=0.5, wear=0.2 / MONTH, recovery=0.6),
    ),
}


@pytest.mark.parametrize("law", LAWS)
def test_the_days_of_leaving_follow_the_survival_function(law: str) -> None:
    history, temper = LAWS[law]
    course, draws = Course(history, temper), lucks(MANY, law)
    days = days_of(leaves(history, temper, draws, horizon=800.0))

    grid = np.linspace(30.0, 800.0, 78)
    steps = [course.worn(0.08, 2.0, low, high) for low, high in pairwise(grid)]
    worn = np.concatenate([[0.0], np.cumsum(steps)])
    # The days after the horizon are not seen: the law of those before it, and how many there are.
    seen = days[days <= 800.0]
    assert likely(len(seen), MANY, 1.0 - exp(-worn[-1]))
    assert days.min() >= 30.0
    shares = (1.0 - np.exp(-np.interp(seen, grid, worn))) / (1.0 - exp(-worn[-1]))
    # Between points of the grid the integral is taken as straight: off by less than 0.001 of the law.
    assert stats.kstest(shares, stats.uniform.cdf).pvalue > LEVEL


@pytest.mark.parametrize("law", LAWS)
def test_with_deliveries_the_product_limit_estimate_covers_the_survival_function(law: str) -> None:
    history, temper = LAWS[law]
    course = Course(history, temper)
    closed = [30.0 + 900.0 * luck for luck in lucks(MANY, "delivery")]
    days = days_of(leaves(history, temper, lucks(MANY, law), closed=closed))
    gone = np.isfinite(days)
    assert (days[gone] < np.array(closed)[gone]).all()
    at = [60.0, 100.0, 150.0, 200.0, 300.0, 500.0]
    estimate, error = kaplan_meier(np.where(gone, days, closed), gone, at)
    worn = np.array([course.worn(0.08, 2.0, 30.0, day) for day in at])
    sigmas = stats.norm.isf(LEVEL / 2 / len(at))  # at all of the days together
    assert (np.abs(estimate - np.exp(-worn)) <= sigmas * np.maximum(error, 1e-3)).all()
    assert 0.1 < gone.mean() < 0.95


acts = st.lists(st.tuples(st.integers(0, 400).map(float), st.sampled_from(list(ACTS))), max_size=8)


@settings(max_examples=60)
@given(
    acts=acts,
    start=st.floats(0.0, 3.0),
    wear=st.sampled_from([0.0, 0.001, 0.3, 2.0]),
    recovery=st.sampled_from([0.0, 0.4, 1.0]),
    monthly=st.sampled_from([0.01, 0.08, 0.9]),
    growth=st.sampled_from([1.0, 1.5, 4.0]),
    luck=st.floats(0.001, 0.999),
)
def test_patience_is_worn_out_when_the_integral_of_the_hazard_has_passed_it(
    acts: list[tuple[float, str]],
    start: float,
    wear: float,
    recovery: float,
    monthly: float,
    growth: float,
    luck: float,
) -> None:
    history = sorted(acts, key=lambda act: act[0])
    late = np.cumsum([{"late": 1, "not late": -1}.get(act, 0) for _, act in history])
    if len(late) and late.min() < 0:
        history = [(day, act) for day, act in history if act != "not late"]
    temper = Temper(start=start, wear=wear / MONTH, recovery=recovery)
    rule = {"monthly": monthly, "growth": growth}
    [one] = leaves(history, temper, [luck], horizon=700.0, rule=rule)
    course, patience = Course(history, temper), -log(1.0 - luck)
    if isinf(one.day):
        assert course.worn(monthly, growth, 30.0, 700.0) <= patience * (1.0 + 1e-9)
    else:
        assert course.worn(monthly, growth, 30.0, one.day) == pytest.approx(patience, rel=1e-7, abs=1e-11)


def test_a_gompertz_moment_by_hand() -> None:
    # h = 8 % a month at grievance 1, doubled with each month of lateness: after m months h (2^m - 1) / ln 2 is spent.
    [one] = crowd(
        CONFIDENCE,
        [1.0 - exp(-0.24 / log(2.0))],
        events={0.0: [missed, one_more]},
        temper=Temper(wear=1.0 / MONTH),
    )[1]
    assert one.day == pytest.approx(2.0 * MONTH)  # 0.08 (2^2 - 1) = 0.24


def test_nothing_ticks() -> None:
    # One tranche, one year of waiting: the moments at which the clock stops do not grow with time.
    world, [one] = crowd(CONFIDENCE, [0.5], events={0.0: [missed, one_more]}, temper=Temper(wear=0.1 / MONTH))
    assert world.clock.now >= one.day
    stops = next(world.clock._eid)
    assert stops < 30


@pytest.mark.parametrize("luck", [1.0, 0.9999])
def test_who_has_no_hazard_or_no_end_of_patience_never_leaves(luck: float) -> None:
    never = {"kind": "lost_confidence", "monthly": "0%", "growth": 50.0}
    events = {0.0: [missed, one_more]}
    assert isinf(crowd(never, [luck], events=events, temper=Temper(wear=1.0))[1][0].day)
    if luck == 1.0:
        assert isinf(crowd(CONFIDENCE, [luck], events=events, temper=Temper(wear=1.0), horizon=900.0)[1][0].day)


def test_a_grievance_beyond_all_measure_ends_it_at_once() -> None:
    for temper, events in ((Temper(start=1e6), {}), (Temper(wear=1e4), {0.0: [missed, one_more]})):
        [one] = crowd(CONFIDENCE | {"growth": 1e6}, [0.5], events=events, begin=1.0, temper=temper)[1]
        assert 1.0 <= one.day < 1.01


def test_a_hazard_that_is_nearly_straight_is_the_limit_of_one_that_bends() -> None:
    for bend in (0.0, 1e-15, 1e-9):
        course = Hazard(10.0, 0.02, bend)
        assert course.moment(0.6) == pytest.approx(40.0, rel=1e-6)
        assert course.worn(40.0) == pytest.approx(0.6, rel=1e-6)


def test_part_of_it_is_left_and_the_trigger_is_the_rule() -> None:
    [one] = crowd(CONFIDENCE | {"part": "40%"}, [0.0], begin=30.0)[1]
    assert one.decision is not None
    assert (one.day, one.decision.share, one.decision.trigger) == (30.0, pytest.approx(0.4), "lost_confidence")


def test_what_is_delivered_at_the_moment_of_leaving_is_delivered() -> None:
    [one] = crowd(CONFIDENCE, [0.3], events={0.0: [missed]})[1]
    assert crowd(CONFIDENCE, [0.3], events={0.0: [missed]}, closed=[one.day])[1][0].decision is None


# -- contractual ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pressure", "chance"),
    [(None, 0.3), (1.0, 0.3), (2.0, 1.0 - 0.7 * 0.7), (3.6, 1.0 - exp(3.6 * log(0.7))), (0.5, 1.0 - 0.7**0.5)],
)
def test_a_contractual_right_is_exercised_at_its_date_as_often_as_the_market_lets_it(
    pressure: float | None, chance: float
) -> None:
    events = {} if pressure is None else {250.0: [pressed(pressure)], 301.0: [pressed(99.0)]}
    found = crowd(CONTRACTUAL, lucks(MANY), events=events, begin=30.0, longstop=300.0)[1]
    gone = [one for one in found if one.decision is not None]
    assert {one.day for one in gone} == {300.0}
    assert {(one.decision.share, one.decision.trigger) for one in gone if one.decision} == {(1.0, "longstop")}
    assert likely(len(gone), MANY, chance)


@pytest.mark.parametrize(
    ("luck", "closed", "longstop", "begin", "day"),
    [
        (0.29, inf, 300.0, 30.0, 300.0),
        (0.3, inf, 300.0, 30.0, inf),
        (0.0, 300.0, 300.0, 30.0, inf),  # delivered at the date itself
        (0.0, 299.0, 300.0, 30.0, inf),
        (0.0, inf, inf, 30.0, inf),  # no right
        (0.0, inf, 20.0, 30.0, 30.0),  # an outside date that came before the end of grace
    ],
)
def test_a_contractual_right(luck: float, closed: float, longstop: float, begin: float, day: float) -> None:
    ends = [closed] if closed < inf else None
    assert days_of(crowd(CONTRACTUAL, [luck], closed=ends, longstop=longstop, begin=begin)[1]).tolist() == [day]


# -- re-dating -----------------------------------------------------------------------------------


def moved(luck: float, time: int = 0, pressure: float | None = None, **rule: Any) -> float:
    """By how long a date is moved."""
    columns = Columns()
    plan = RULES.validate_python(REDATE | rule).compile("customers.k.withdrawal", columns)
    world = lone_world(columns)
    if pressure is not None:
        world.levels.set("pressure", pressure)
    days: float = plan.redated(world, luck, time)
    return days


@pytest.mark.parametrize("pressure", [None, 1.0, 2.0, 3.6, 0.5])
def test_a_date_is_moved_as_often_as_the_market_lets_it(pressure: float | None) -> None:
    drawn = [moved(luck, pressure=pressure) for luck in lucks(1000)]
    assert set(drawn) == {0.0, 90.0}
    assert likely(sum(days > 0.0 for days in drawn), 1000, 0.7 ** (pressure or 1.0))


def test_a_date_is_moved_so_many_times_at_most() -> None:
    plan = RULES.validate_python(REDATE | {"times": 3}).compile("customers.k.withdrawal", Columns())
    assert plan.moves == 3
    assert [moved(0.69, time, times=3) for time in range(4)] == [90.0, 90.0, 90.0, 0.0]
    assert [moved(0.69, time) for time in range(2)] == [90.0, 0.0]  # once, where nothing is said
    assert moved(0.7) == 0.0
    with pytest.raises(ValueError, match="greater than or equal to 1"):
        RULES.validate_python(REDATE | {"times": 0})


# -- strategic -----------------------------------------------------------------------------------


def needs(time: float, reason: float = 0.5, **given: Any) -> tuple[World, Left]:
    """The world of a strategic customer with one late tranche, and what becomes of that."""
    world, [one] = crowd(STRATEGIC, [0.5], draws={"time": time, "reason": reason}, **given)
    return world, one


def test_needs_fall_when_the_integral_of_the_rates_has_passed_a_draw() -> None:
    # 35 % a year for 100 days, 3.6 times as much for 100, half as much from then on: 0.35 x (100 + 360 + d / 2) days.
    luck = 1.0 - exp(-0.35 * (100 + 360 + 65) / YEAR)
    world, one = needs(luck, events={100.0: [pressed(3.6)], 200.0: [pressed(0.5)]})
    assert world.facts[("need", "k")] == pytest.approx(330.0)
    assert world.records["needs"] == [("k", "", pytest.approx(330.0), "overbuild", pytest.approx(0.6))]
    assert one.day == world.facts[("need", "k")]
    assert one.decision is not None
    assert (one.decision.share, one.decision.trigger) == (pytest.approx(0.6), "overbuild")


@pytest.mark.parametrize("pressures", [(1.0, 1.0, 1.0), (1.0, 3.0, 0.5)])
def test_the_day_on_which_needs_fall_follows_the_survival_function(pressures: tuple[float, float, float]) -> None:
    edges = [0.0, 200.0, 500.0, 1500.0]
    events = {day: [pressed(pressure)] for day, pressure in zip(edges, pressures, strict=False)}
    drawn = [needs(luck, events=events, horizon=1500.0)[1].day for luck in lucks(1500, "need")]
    worn = np.concatenate([[0.0], np.cumsum(0.35 / YEAR * np.diff(edges) * pressures)])
    seen = np.array([day for day in drawn if day <= 1500.0])
    gone = 1.0 - exp(-worn[-1])
    assert likely(len(seen), 1500, gone)
    assert stats.kstest((1.0 - np.exp(-np.interp(seen, edges, worn))) / gone, stats.uniform.cdf).pvalue > LEVEL


def test_the_reasons_compete_as_their_rates_and_whenever_needs_fall() -> None:
    times, reasons = lucks(2000, "need"), lucks(2000, "reason")
    rows = [
        needs(time, reason, horizon=1e9)[0].records["needs"][0] for time, reason in zip(times, reasons, strict=True)
    ]
    named = [row[3] for row in rows]
    counts = [named.count(reason) for reason in ("overbuild", "in_house", "rival")]
    assert sum(counts) == 2000
    assert stats.chisquare(counts, 2000 * np.array([20, 10, 5]) / 35).pvalue > LEVEL
    for reason in ("overbuild", "in_house", "rival"):  # competing exponentials: the time does not tell the reason
        days = [row[2] for row in rows if row[3] == reason]
        assert stats.kstest(days, stats.expon(scale=YEAR / 0.35).cdf).pvalue > LEVEL


@pytest.mark.parametrize(
    ("luck", "reason"),
    [(0.0, "overbuild"), (0.57, "overbuild"), (0.58, "in_house"), (0.85, "in_house"), (0.86, "rival"), (1.0, "rival")],
)
def test_each_reason_has_its_part_of_the_draw(luck: float, reason: str) -> None:
    assert needs(0.5, luck)[0].records["needs"][0][3] == reason  # 20, 30 and 35 of 35: 0.571, 0.857


def test_a_reason_without_a_rate_never_is_one() -> None:
    only = {"kind": "strategic", "reasons": {"in_house": "10%", "rival": 0}}
    for luck in (0.0, 0.5, 1.0 - 1e-12):
        world, _ = crowd(only, [], draws={"time": 0.5, "reason": luck})
        assert world.records["needs"][0][3] == "in_house"
    world, _ = crowd({"kind": "strategic", "reasons": {"rival": 0}}, [], draws={"time": 0.999})
    assert "needs" not in world.records


def test_what_falls_late_after_needs_have_fallen_is_left_at_the_end_of_its_grace() -> None:
    luck = 1.0 - exp(-0.35 * 50 / YEAR)  # day 50
    assert needs(luck, begin=80.0)[1].day == 80.0
    assert needs(luck, closed=[49.0])[1].day == inf
    fallen = needs(luck)[1].day
    assert fallen == pytest.approx(50.0)
    assert needs(luck, closed=[fallen])[1].day == inf  # delivered at that moment


def test_a_customer_takes_options_as_long_as_it_needs_them() -> None:
    columns = Columns({"customers.k.withdrawal.time": 1.0 - exp(-0.35 * 50 / YEAR)})
    plan = RULES.validate_python(STRATEGIC).compile("customers.k.withdrawal", columns)
    world, wanted = lone_world(columns), {}
    plan.begin(world, "k")
    for day in (0.0, 49.0, 51.0, 500.0):
        world.clock.appoint(day, [lambda event: wanted.update({world.clock.now: plan.wants(world, "k")})])
    world.run()
    assert wanted == {0.0: True, 49.0: True, 51.0: False, 500.0: False}


def test_a_tranche_with_such_a_rule_of_its_own_has_needs_of_its_own() -> None:
    columns = Columns(
        {
            "customers.k.withdrawal.time": 1.0 - exp(-0.35 * 50 / YEAR),
            "contracts.c.tranches.t.withdrawal.time": 1.0 - exp(-0.35 * 90 / YEAR),
        }
    )
    rule = RULES.validate_python(STRATEGIC)
    whole, own = (rule.compile(f"{place}.withdrawal", columns) for place in ("customers.k", "contracts.c.tranches.t"))
    world = lone_world(columns)
    whole.begin(world, "k")
    own.begin(world, "k")
    world.run()
    assert world.facts == {
        ("need", "k"): pytest.approx(50.0),
        ("need", "contracts.c.tranches.t"): pytest.approx(90.0),
    }
    assert not whole.wants(world, "k")


def test_in_the_plan_needs_do_not_fall_nor_where_luck_is_as_planned() -> None:
    assert not needs(0.5, risks=False)[0].facts
    assert not crowd(STRATEGIC, [], horizon=1e9)[0].facts  # the luck of the plan


def test_strategic_needs_some_reason() -> None:
    for reasons in ({}, {"source": "assumption"}):
        with pytest.raises(ValueError, match="no reason has a rate"):
            RULES.validate_python({"kind": "strategic", "reasons": reasons})
    for bad in ({"overbuild": -0.1}, {"rival": {"kind": "normal", "mean": 0.1, "sd": 0.1}}):
        with pytest.raises(ValueError, match="cannot be negative"):
            RULES.validate_python({"kind": "strategic", "reasons": bad})


# -- directions: a tighter market never makes anybody leave --------------------------------------

histories = st.lists(
    st.tuples(st.integers(0, 600).map(float), st.floats(0.0, 1.0), st.floats(0.0, 1.0)), min_size=1, max_size=6
)


@settings(max_examples=60)
@given(history=histories, luck=st.floats(0.0, 0.999), which=st.floats(0.0, 0.999))
def test_a_tighter_market_never_makes_anybody_leave_nor_sooner(
    history: list[tuple[float, float, float]], luck: float, which: float
) -> None:
    """On each day the one market is as tight as the other or tighter: draw by draw, the same luck leaves no sooner."""
    slacker: dict[float, Any] = {0.0: [missed, one_more]}
    tighter: dict[float, Any] = {0.0: [missed, one_more]}
    for day, one, other in history:
        slacker.setdefault(day, []).append(pressed(3.6 ** (1.0 - min(one, other))))
        tighter.setdefault(day, []).append(pressed(3.6 ** (1.0 - max(one, other))))
    temper = Temper(wear=0.3 / MONTH, recovery=0.5)
    draws = {"time": luck, "reason": which}
    for run in (
        partial(crowd, CONFIDENCE, [luck], temper=temper),
        partial(crowd, CONTRACTUAL, [luck], longstop=300.0),
        partial(crowd, STRATEGIC, [luck], draws=draws),
    ):
        [sooner], [later] = run(events=slacker)[1], run(events=tighter)[1]
        assert later.day >= sooner.day * (1.0 - 1e-12)
    _, one, other = history[0]
    slack, tight = (3.6 ** (1.0 - bound(one, other)) for bound in (min, max))
    assert moved(luck, pressure=slack) <= moved(luck, pressure=tight)


@pytest.mark.parametrize("rule", [CONFIDENCE, CONTRACTUAL, STRATEGIC], ids=lambda rule: str(rule["kind"]))
def test_a_slacker_market_does_make_some_leave(rule: dict[str, Any]) -> None:
    def gone(pressure: float) -> int:
        events = {0.0: [missed, pressed(pressure)]}
        if rule is STRATEGIC:
            found = [
                crowd(rule, [0.5], events=events, draws={"time": luck}, horizon=400.0)[1][0] for luck in lucks(200)
            ]
        else:
            found = crowd(rule, lucks(200), events=events, longstop=300.0, horizon=400.0)[1]
        return sum(one.decision is not None for one in found)

    counts = [gone(3.6 ** (1.0 - tightness)) for tightness in (1.0, 0.5, 0.0)]
    assert counts[0] < counts[1] < counts[2]
