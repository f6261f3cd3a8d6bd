"""Labour against what can be worked out by hand: levelling, dilution, a cap, float, half the workforce."""

from functools import cache
from math import ceil
from typing import Any

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from tests.domain.tiny import hall, once, replicator, site, tiny
from tests.oracles.building import template, work

# -- levelling -------------------------------------------------------------------------------------


def halls(count: int) -> dict[str, Any]:
    return {f"h{number}": hall() for number in range(count)}


def finish(done: Outcome) -> float:
    works = done.world.works
    return max(day for name, day in zip(works.network.names, works.finish, strict=True) if name.endswith("/live"))


@pytest.mark.parametrize(("jobs", "crews"), [(1, 3), (6, 3), (7, 3), (8, 3), (9, 2), (5, 1)])
def test_equal_jobs_go_in_rounds(jobs: int, crews: int) -> None:
    """Each takes ten days of one team: k at a time, ceil(n / k) rounds; half a crew more is no crew."""
    for workers in (10 * crews, 10 * crews + 9):
        model = tiny(
            templates=template(A1=work()),
            labour={"town": {"fitting": {"workers": workers}}},
            sites={"a": site(halls(jobs), power={"grid": {"kind": "grid", "energised": "900 MW"}})},
        )
        assert finish(once(model)) == pytest.approx(10.0 * ceil(jobs / crews))


@pytest.mark.parametrize(("jobs", "crews"), [(1, 3), (7, 3), (8, 3), (9, 2)])
def test_jobs_that_teams_may_join_take_all_the_work_by_all_the_crews(jobs: int, crews: int) -> None:
    model = tiny(
        templates=template(A1=work(teams=(1, 1, crews))),
        labour={"town": {"fitting": {"workers": 10 * crews}}},
        sites={"a": site(halls(jobs))},
    )
    assert finish(once(model)) == pytest.approx(10.0 * jobs / crews)


# -- 200 and 20 in 1,000 ---------------------------------------------------------------------------
# Of 1,000 hands 20 are experienced: they carry 80 new ones, 900 are left alone. Output per head
#     0.02 x 1 + 0.08 x (0.7 - 0.1) + 0.90 x 0.4 = 0.428, where 200 give 0.2 + 0.8 x 0.6 = 0.68.
# Rework 5 % + 9 % x 0.9 = 13.1 % of the hours, where 200 in 1,000 have 5 %: 0.869 of an hour counts instead of 0.95.
STRETCH = 0.68 / 0.428 * 0.95 / 0.869  # 1.7369


def labour_bound(experienced: float = 0.2, workers: int = 1000, **productivity: Any) -> Model:
    """Eight halls with two kinds of work by the same trade, joined by all that there are: 100 crews never idle."""
    return tiny(
        templates=template(A1=work(hours=4000, teams=(1, 1, 400)), A2=work(hours=8000, teams=(1, 1, 400))),
        labour={"town": {"fitting": {"workers": workers, "experienced": experienced}}},
        productivity=productivity,
        sites={"a": site(halls(8))},
    )


def test_twenty_in_a_thousand_stretch_the_finish_by_the_factor() -> None:
    usual = finish(once(labour_bound()))
    assert usual == pytest.approx(8 * 120_000 / 8 / 1000)  # 120 days
    assert finish(once(labour_bound(0.02))) == pytest.approx(usual * STRETCH)
    assert finish(replicator(labour_bound(0.02)).planned) == pytest.approx(usual)


def test_twenty_licensed_in_a_thousand_are_a_workforce_of_forty() -> None:
    """Under the cap a journeyman may have one apprentice: 500 in 1,000 keep all at work, 20 only 40, at full output."""
    assert finish(once(labour_bound(regime="cap", licensed=0.5))) == pytest.approx(120.0)
    model = labour_bound(workers=4000, regime="cap", licensed=0.02)  # 160 of 4,000
    assert finish(once(model)) == pytest.approx(120.0 * 1000 / 160)


FAILING = {"probability": {"low": "10%", "mode": "20%", "high": "35%"}, "retest": {"low": "2 days", "high": "9 days"}}


def test_the_fewer_are_experienced_the_later_on_average() -> None:
    """With drawn hours and tests that fail; the same draws for each share."""
    means = []
    for experienced in (0.2, 0.15, 0.1, 0.05, 0.02):
        model = tiny(
            templates=template(
                A1=work(hours={"low": 60, "mode": 80, "high": 140}, teams=(1, 2, 3)),
                A2=work("wiring", {"low": 40, "mode": 60, "high": 90}, (1, 2, 2), after=["A1 SS + 3 days"]),
                T1={"kind": "test", "duration": "4 days", "after": ["A1", "A2"], "fails": FAILING},
            ),
            trades={"fitting": {"name": "F", "crew": 10}, "wiring": {"name": "W", "crew": 10}},
            labour={"town": {trade: {"workers": 30, "experienced": experienced} for trade in ("fitting", "wiring")}},
            sites={"a": site(halls(3))},
        )
        run = bs.simulate(model, replications=40, seed=4, workers=1, keep_activities=0)
        means.append(run.go_live["live"].mean())
    assert (np.diff(means) > 0.0).all()
    assert means[-1] > 1.3 * means[0]


@pytest.mark.parametrize("power", [0, 90, 110, 150, 300])
def test_where_power_binds_only_what_float_does_not_take_is_lost(power: int) -> None:
    """A hundred days of labour, then power from day U on: live at max(100 f, U) and five days."""
    date = str((pd.Timestamp("2025-07-01") + pd.Timedelta(days=power)).date())
    grid = {"kind": "grid", "steps": {"s1": {"mw": "10 MW", "date": date}}}
    lives = []
    for experienced, factor in ((0.2, 1.0), (0.02, STRETCH)):
        model = tiny(
            templates=template(A1=work(hours=800), PW={"kind": "energise", "duration": "5 days", "after": ["A1"]}),
            labour={"town": {"fitting": {"workers": 10, "experienced": experienced}}},
            sites={"a": site({"h1": hall()}, power={"grid": grid})},
        )
        lives.append(finish(once(model)))
        assert lives[-1] == pytest.approx(max(100.0 * factor, power) + 5.0)
    float_there = max(0.0, power - 100.0)
    assert lives[1] - lives[0] == pytest.approx(max(0.0, 100.0 * (STRETCH - 1.0) - float_there))


# -- half the workforce ----------------------------------------------------------------------------

PLENTY = {"civil_structural": 9000, "mechanical_pipe": 9000, "low_voltage_controls": 9000}
PLENTY |= {"commissioning": 9000, "rack_network": 9000}
ELECTRICIANS = 200
YEAR = 365.0 / 251.0
"""Days of a working day in the calendar `even`."""


def hundred(electricians: float, **more: Any) -> Model:
    """Four liquid-cooled halls of 25 MW on one site, where only electricians are scarce."""
    one = bs.load("examples/one-hall").model_dump(mode="json", exclude_none=True)
    grid = {"grid": {"kind": "grid", "energised": "120 MW"}}
    here = {"mw": "25 MW", "template": "liquid_hall", "start": "2026-03-10"}
    place = {"market": "town", "calendar": "even", "power": grid, "halls": {f"h{n}": here for n in range(1, 5)}}
    pools = {trade: {"workers": workers} for trade, workers in (PLENTY | {"electrical": electricians}).items()}
    keep = {key: one[key] for key in ("calendars", "trades", "templates", "productivity")}
    return Model.model_validate(
        {
            **keep,
            "name": "A hundred MW",
            "start": "2025-07-01",
            "horizon": "2038-12-31",
            "labour": {"town": pools},
            "commissioning": {"agents": 99, "load_banks": "999 MW"},
            "sites": {"field": place},
            **more,
        }
    )


@cache
def took(electricians: float) -> float:
    """Days from the start of the halls to the last go-live, at planning values."""
    return finish(Replicator(hundred(electricians), seed=1, replications=1).planned) - 252.0


def test_half_the_workforce_costs_what_the_work_is_of_the_time() -> None:
    """Bounds from the template alone, for n electricians and all their work W [working days of one of them].

    Electricians start 15 working days after the halls at the earliest, and after the last of their work come at least
    power (5), L4 with its most teams, L5 (15), R3 (5), R4 (10 days) and R5 (7 days): T >= 15 + W / n + tail.
    At any time either all electricians work or all teams that are planned do (Graham, 1966), so that T <= W / n + the
    programme of 293 working days.
    """
    work_days = 4 * 25 * (1500 + 2700 + 2900 + 3700 + 1800) / 8.0
    functional = 250 * 25 / (12 * 6 * 8.0)
    tail = (functional + 15 + 5) * YEAR + 10 + 7
    programme = 293 * YEAR
    low, high = {}, {}
    for electricians in (ELECTRICIANS, ELECTRICIANS // 2):
        busy = work_days / electricians * YEAR
        low[electricians], high[electricians] = 15 * YEAR + busy + tail, busy + programme
        assert low[electricians] <= took(electricians) <= high[electricians]
    at_least = low[ELECTRICIANS // 2] / high[ELECTRICIANS] - 1.0
    assert at_least > 0.35  # the bounds say so before anything is run
    fixed = (15 + 5 + 15 + 5) * YEAR + 10 + 7  # passes on every path, whoever is there
    whole, half = took(ELECTRICIANS), took(ELECTRICIANS // 2)
    assert at_least < half / whole - 1.0 < 1.0 - fixed / whole


def test_half_the_workforce_is_half_the_declared_workers() -> None:
    """By `productivity.workforce` in a replication with planning values: what the plan of half the pool takes."""
    data = hundred(ELECTRICIANS).model_dump(mode="json", exclude_none=True)
    data["productivity"]["workforce"] = 0.5
    made = Replicator(Model.model_validate(data), seed=1, replications=1)
    drawn = pd.DataFrame([made.sampler.plan()], columns=list(made.sampler.names))
    done = Replicator(Model.model_validate(data), seed=1, replications=1, draws=drawn).replicate(0)
    assert not done.world.works.setbacks  # no test fails at planning values
    assert finish(done) - 252.0 == pytest.approx(took(ELECTRICIANS // 2))


# -- a hundred MW with fifteen hundred people ------------------------------------------------------

FIFTEEN_HUNDRED = {
    "civil_structural": 280,
    "electrical": 620,
    "mechanical_pipe": 350,
    "low_voltage_controls": 140,
    "commissioning": 50,
    "rack_network": 60,
}
"""1,500 people, by trade about as the craft-hours of the template."""


def with_people(times_as_many: float = 1.0, hours: float = 1.0) -> float:
    """Days to the last go-live of 100 MW at planning values, for pools and craft-hours so many times as large."""
    pools = {trade: {"workers": workers * times_as_many} for trade, workers in FIFTEEN_HUNDRED.items()}
    data = hundred(1).model_dump(mode="json", exclude_none=True) | {"labour": {"town": pools}}
    for activity in data["templates"]["liquid_hall"]["activities"].values():
        if activity["kind"] == "work":
            activity["hours_per_mw"] = hours * activity["hours_per_mw"]["mode"]
    return finish(Replicator(Model.model_validate(data), seed=1, replications=1).planned) - 252.0


def test_a_hundred_mw_lie_between_what_the_work_and_the_people_allow() -> None:
    """At least what the busiest trade needs; at most the programme and, one after another, every trade's work."""
    template_hours = {
        "civil_structural": 800 + 1500 + 1700 + 900,
        "electrical": 1500 + 2700 + 2900 + 3700 + 1800,
        "mechanical_pipe": 3700 + 2000 + 500,
        "low_voltage_controls": 1500 + 1000,
        "commissioning": 350 + 250,
        "rack_network": 350 + 450,
    }
    for many, hours in ((1.0, 1.0), (2.0, 1.0), (1.0, 0.75)):
        busy = {
            trade: 100 * per_mw * hours / 8.0 / (many * FIFTEEN_HUNDRED[trade]) * YEAR
            for trade, per_mw in template_hours.items()
        }
        assert max(busy.values()) < with_people(many, hours) < sum(busy.values()) + 293 * YEAR


def test_a_hundred_mw_take_less_with_more_people_or_less_work() -> None:
    usual = with_people()
    assert usual / 2 < with_people(2.0) < usual  # twice the people halve no fixed duration
    assert 0.75 * usual < with_people(1.0, 0.75) < usual
    assert usual < with_people(0.5) < 2 * usual
