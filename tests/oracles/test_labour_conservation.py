"""What must add up about labour, with everything switched on: people, craft-hours, crews, days and money."""

from collections import defaultdict
from functools import cache

import numpy as np
import pytest

import buildsim as bs
from buildsim.analysis.delay import check
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from buildsim.run.run import Run
from tests.domain.tiny import hall, site, tiny
from tests.oracles.building import FAILS, everything, made, template, work

REPLICATIONS = 8
LOSSES = ["lost_weather", "lost_absence", "lost_skill", "lost_fatigue", "lost_rework", "lost_crowding"]
EARLY = {"horizon": "2025-09-12"}
"""A horizon in the middle of the work, of repairs and of stays."""


@cache
def run(early: bool = False) -> Run:
    return bs.simulate(everything(**(EARLY if early else {})), replications=REPLICATIONS, seed=3, workers=1)


@cache
def outcome(number: int, early: bool = False) -> Outcome:
    model = everything(**(EARLY if early else {}))
    return Replicator(model, seed=3, replications=REPLICATIONS).replicate(number)


CASES = [(number, early) for number in range(REPLICATIONS) for early in (False, True)]


def test_everything_is_really_on() -> None:
    labour, works = run().labour, [outcome(number).world.works for number in range(REPLICATIONS)]
    for column in ("came", "went", "travelling", "waiting", "overtime_hours", "mended", *LOSSES):
        assert labour[column].abs().sum() > 0.0, column
    assert len(run().costs["item"].unique()) == 12  # wages, three premiums, and what the levers cost besides
    assert any(len(one.mending.log) > 0 for one in works)
    crews = outcome(0).world.network.crews
    late = [
        max(teams for _, teams in spans) - shift
        for activity, spans in works[0].spans.items()
        if (shift := getattr(crews[activity], "first_shift", 0))
    ]
    assert max(late) > 0  # somebody works at night


# -- people ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("number", "early"), CASES)
def test_who_is_there_has_come_and_has_not_gone(number: int, early: bool) -> None:
    people = outcome(number, early).people
    path = people.path
    came, went = path.flows.hired + path.flows.arrived, path.flows.left + path.flows.retired + path.flows.departed
    assert np.diff(path.workers, axis=0) == pytest.approx((came - went)[1:], abs=1e-9)
    levels = people.workforce.levels(path) / 1000
    assert (levels <= path.workers + 1e-9).all()
    assert (path.workers - levels < 1.0).all()  # whole workers
    for share in (path.experienced, path.licensed):
        assert ((share >= 0.0) & (share <= 1.0 + 1e-12)).all()


@pytest.mark.parametrize("early", [False, True])
def test_the_table_of_labour_shows_the_stocks(early: bool) -> None:
    for key, rows in run(early).labour.groupby(["replication", "market", "trade"], observed=True):
        assert rows["week"].tolist() == [7.0 * week for week in range(len(rows))], key
        path = outcome(int(key[0]), early).people.path
        pool = outcome(int(key[0]), early).people.workforce.place(*map(str, key[1:]))
        stock = path.workers[: len(rows), pool]
        moved = (rows["came"] - rows["went"]).to_numpy()
        assert np.diff(stock) == pytest.approx(moved[1:], abs=1e-9)
        assert (rows["workers"].to_numpy() <= stock + 1e-9).all()
        assert (rows["experienced"].to_numpy() <= stock + 1e-9).all()


def at_work(done: Outcome) -> dict[int, dict[float, int]]:
    """By crew resource, how many more or fewer are at work or on the way: activities till a retest, and repairs."""
    works, network, horizon = done.world.works, done.world.network, done.world.horizon
    changes: dict[int, dict[float, int]] = defaultdict(lambda: defaultdict(int))
    stretches = [(log.activity, log.spans, log.done) for log in works.mending.log]
    for activity, spans in works.spans.items():
        setbacks, end = works.setbacks.get(activity), works.work_end[activity]
        stretches.append((activity, spans, setbacks[0][0] if setbacks else end if end == end else np.inf))
    for activity, spans, end in stretches:
        crews = network.crews[activity]
        assert crews is not None
        resource, amount = crews.team[0]
        bounds = [since for since, _ in spans[1:]] + [min(end, horizon)]
        for (since, teams), till in zip(spans, bounds, strict=True):
            changes[resource][since] += teams * amount
            changes[resource][till] -= teams * amount
    return changes


@pytest.mark.parametrize(("number", "early"), CASES)
def test_nobody_is_in_two_places(number: int, early: bool) -> None:
    """There are never more at work than there are, but for those who are gone and finish their job."""
    done = outcome(number, early)
    people, horizon = done.people, done.world.horizon
    labour = run(early).labour
    labour = labour[labour["replication"] == number]
    for pool, resource in enumerate(people.workforce.resources):
        levels = people.workforce.levels(people.path)[:, pool]
        changes, busy, over = at_work(done)[resource], 0, set()
        for moment in sorted({*changes, *(7.0 * week for week in range(len(levels)))}):
            if moment >= horizon:
                break
            week, before = int(moment // 7), busy
            busy += changes.get(moment, 0)
            assert busy <= max(levels[week], before)
            if busy > levels[week]:
                over.add(week)
        market, trade = people.workforce.names[pool]
        rows = labour[(labour["market"] == market) & (labour["trade"] == trade)]
        for week, row in enumerate(rows.itertuples()):
            if week not in over:
                assert row.on_site + row.travelling <= row.workers + 1e-9


# -- craft-hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize("early", [False, True])
def test_craft_hours_spent_are_earned_mended_or_lost(early: bool) -> None:
    rows = run(early).labour
    lost = rows["earned"] + rows["mended"] + rows[LOSSES].sum(axis=1)
    assert rows["spent"].to_numpy() == pytest.approx(lost.to_numpy(), abs=1e-6)
    assert (rows[["spent", "earned", "mended", "overtime_hours"]] >= -1e-9).all(axis=None)


def test_craft_hours_earned_are_those_drawn_whatever_happened() -> None:
    """Less the fifth of the wiring that is done in the shop."""
    found = run()
    assert found.go_live["live"].notna().all()
    megawatts = {(place, f"h{number}"): 10.0 for place in "abc" for number in (1, 2)} | {("a", "h3"): 6.0}
    drawn = {trade: np.zeros(REPLICATIONS) for trade in ("fitting", "wiring", "testing")}
    trade = {"A1": "fitting", "A2": "wiring", "A3": "wiring", "A4": "fitting", "T1": "testing"}
    for (place, name), mw in megawatts.items():
        for activity, by in trade.items():
            hours = found.inputs[f"sites.{place}.halls.{name}.{activity}.hours_per_mw"].to_numpy()
            drawn[by] += hours * mw * (0.8 if by == "wiring" else 1.0)
    for by, hours in drawn.items():
        rows = found.labour[found.labour["trade"] == by]
        assert rows.groupby("replication")["earned"].sum().to_numpy() == pytest.approx(hours, rel=1e-9), by
    shop = found.costs[found.costs["item"] == "prefabrication"].groupby("replication")["usd"].sum()
    assert shop.to_numpy() == pytest.approx(drawn["wiring"] / 0.8 * 0.2 * 110.0)


def test_craft_hours_mended_are_those_that_tests_found() -> None:
    mended = run().labour.groupby("replication")["mended"].sum()
    for number in range(REPLICATIONS):
        log = outcome(number).world.works.mending.log
        assert mended[number] == pytest.approx(sum(repair.hours for repair in log), abs=1e-9)


def test_what_is_spoiled_and_not_seen_is_found_or_stays() -> None:
    """At normal skill, 5 % of the hours of crews are spoiled and 40 % of that is latent."""
    model = tiny(
        templates=template(
            A1=work(hours={"low": 60, "high": 90}, teams=(1, 2, 4)),
            A2=work("wiring", 40, (1, 1, 3), after=["A1"]),
            T1=work("wiring", 10, (1, 1, 1), after=["A2"], fails=FAILS),
            T2={"kind": "test", "duration": "2 days", "after": ["T1"], "fails": FAILS},
        ),
        trades={"fitting": {"name": "F", "crew": 10}, "wiring": {"name": "W", "crew": 4}},
        labour={"town": {"fitting": {"workers": 20}, "wiring": {"workers": 4}}},  # one crew of wiremen: tests hold it
        productivity={"latent": "40%", "found": "50%", "stacking": "30%", "travel": "1 days"},
        sites={"a": site({"h1": hall(), "h2": hall()}), "b": site({"h1": hall()})},
    )
    replicator = Replicator(model, seed=2, replications=12)
    repairs = 0
    for number in range(12):
        done = replicator.replicate(number)
        assert done.world.unfinished() == []
        row = replicator.sampler.block(number, 1)[0]
        names = list(replicator.sampler.names)
        first = sum(row[place] for place, name in enumerate(names) if name.endswith("A1.hours_per_mw")) * 10.0
        hours = first + 3 * 10.0 * (40.0 + 10.0)
        mending = done.world.works.mending
        found = sum(repair.hours for repair in mending.log)
        assert found + sum(sum(here.values()) for here in mending.latent.values()) == pytest.approx(0.4 * 0.05 * hours)
        repairs += len(mending.log)
    assert repairs > 12


# -- days and money --------------------------------------------------------------------------------


@pytest.mark.parametrize("early", [False, True])
def test_causes_add_up_to_the_time(early: bool) -> None:
    found = run(early)
    assert check(found.delays, found.go_live, horizon=found.horizon).empty
    assert check(found.plan.delays, found.plan.go_live, horizon=found.horizon).empty
    assert found.go_live["live"].isna().any() == early


@pytest.mark.parametrize("early", [False, True])
def test_costs_are_those_of_the_weeks_and_what_is_paid_once(early: bool) -> None:
    found = run(early)
    weekly = found.labour.groupby("replication")["cost"].sum()
    items = found.costs.groupby("replication")["usd"].sum()
    moved = found.costs[found.costs["item"] == "transfer"].groupby("replication")["usd"].sum()
    assert set(moved % 1500.0) == {0.0}  # whole people, at what each costs
    once = moved.to_numpy() + 5000.0 + 7000.0
    assert items.to_numpy() == pytest.approx(weekly.to_numpy() + once, rel=1e-12)


def test_wages_by_hand() -> None:
    """Half of 800 hours in the shop, half on site: at 20 in 1,000 those take as much more as the factors say."""
    for experienced, factor in ((0.2, 1.0), (0.02, 0.68 / 0.428 * 0.95 / 0.869)):
        pool = {"workers": 10, "experienced": experienced}
        model = tiny(
            templates=template(A1=work()),
            trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
            labour={"town": {"fitting": pool}},
            levers={"shop": {"kind": "prefabrication", "use": True, "share": "50%", "per_hour": 100}},
        )
        costs = bs.simulate(model, replications=1, seed=1, workers=1).costs.set_index("item")["usd"]
        assert costs["wages"] == pytest.approx(400 * 50 * factor)
        assert costs["prefabrication"] == pytest.approx(400 * 100)  # the shop's hours do not depend on the site's skill


def test_courses_and_journeys_cost_what_they_bring() -> None:
    """Of thirty to be transferred seven are there; eight new hands are all that can be trained, five a week."""
    model = made(
        tiny(
            templates=template(A1=work(hours=400)),  # 50 days
            trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
            labour={"town": {"fitting": {"workers": 10}}, "port": {"fitting": {"workers": 7.5, "experienced": 1}}},
        ).model_dump(mode="json", exclude_none=True)
        | {
            "levers": {
                "go": {"kind": "transfer", "use": True, "market": "port", "to": "town", "workers": 30, "per_head": 1500,
                       "date": "2025-07-08"},
                "school": {"kind": "training", "use": True, "markets": ["town"], "per_week": 5, "length": "1 week",
                           "per_head": 3000},
            }
        }
    )  # fmt: skip
    found = bs.simulate(model, replications=1, seed=1, workers=1)
    costs = found.costs.set_index("item")["usd"]
    assert costs["transfer"] == pytest.approx(7 * 1500)
    assert costs["training"] == pytest.approx(8 * 3000)
    assert found.labour["workers"].tolist()[:3] == [10.0, 17.0, 17.0]


def test_nothing_is_paid_once_the_work_is_done() -> None:
    """Ten days of work: travellers who come in the fifth week and courses then are for nobody; who moves has moved."""
    late = {"use": True, "date": "2025-07-29"}
    model = tiny(
        templates=template(A1=work()),
        trades={"fitting": {"name": "F", "crew": 10, "wage": 50}},
        labour={"town": {"fitting": {"workers": 10}}, "port": {"fitting": {"workers": 10}}},
        levers={
            "school": {"kind": "training", "per_week": 1, "length": "1 day", "per_head": 3000, **late},
            "go": {"kind": "transfer", "market": "port", "to": "town", "workers": 3, "per_head": 1500, **late},
            "boomers": {"kind": "travellers", "workers": 5, "experienced": 1, "weeks": 4, "premium": 0, "per_diem": 100,
                        "per_head": 1000, **late},
        },
    )  # fmt: skip
    costs = bs.simulate(model, replications=1, seed=1, workers=1).costs
    found = dict(zip(costs["item"], costs["usd"], strict=True))
    assert found == pytest.approx({"wages": 800 * 50, "transfer": 3 * 1500})
