"""What must add up in the shipped models, in every replication: crews, megawatts, GPUs, days."""

from functools import cache

import pytest

import buildsim as bs
from buildsim.analysis.delay import check
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from buildsim.run.run import Run
from tests.oracles.usage import levels

EXAMPLES = ("examples/one-hall", "examples/two-sites")
REFERENCE = "coreweave/2025"
MODELS = (*EXAMPLES, REFERENCE)
SHORT = {"labour.*.*.experienced": "60 per 1000", "productivity.workforce": "80%"}
"""A shortage, so that there is a lot of waiting."""


@cache
def replicator(name: str, short: bool = False) -> Replicator:
    return Replicator(bs.load(name, set=SHORT if short else None), seed=7, replications=100)


@cache
def outcome(name: str, number: int, short: bool = False) -> Outcome:
    return replicator(name, short).replicate(number)


@cache
def run(name: str) -> Run:
    replications = 100 if name in EXAMPLES else 10
    return bs.simulate(bs.load(name), replications=replications, seed=3, workers=1, keep_activities=10)


def capacity(name: str, number: int, short: bool = False) -> list[int]:
    """What there was of each resource on day 0: what there is at the end less what came."""
    world = outcome(name, number, short).world
    there = list(world.foreman.capacity)
    for _, resource, amount in world.records["capacity"]:
        there[int(resource)] -= int(amount)  # type: ignore[call-overload]
    return there


SOME = [(name, number, short) for name in EXAMPLES for number in range(8) for short in (False, True)]
SOME += [(REFERENCE, 0, True), (REFERENCE, 1, True)]


@pytest.mark.parametrize(("name", "number", "short"), SOME)
def test_crews_megawatts_agents_and_load_banks_never_exceed_what_there_is(name: str, number: int, short: bool) -> None:
    done = outcome(name, number, short)
    last: dict[int, int] = {}
    for moment, held, there in levels(done, capacity(name, number, short)):
        for resource, amount in held.items():
            assert 0 <= amount <= there[resource], (done.world.network.resources[resource], moment)
        if moment <= done.world.horizon:
            last = dict(held)
    for resource, free in enumerate(done.world.foreman.free):
        assert free == done.world.foreman.capacity[resource] - last.get(resource, 0)


@pytest.mark.parametrize(("name", "number", "short"), SOME[:-2])
def test_nobody_who_fits_is_left_waiting(name: str, number: int, short: bool) -> None:
    done = outcome(name, number, short)
    works, network, horizon = done.world.works, done.world.network, done.world.horizon
    start = [begin if begin == begin else horizon for begin in works.start]
    waited = [activity for activity in range(network.count) if start[activity] > works.ready[activity]]
    assert waited
    for moment, held, there in levels(done, capacity(name, number, short)):
        for activity in waited:
            if works.ready[activity] <= moment < start[activity]:
                need = network.need[activity]
                assert any(there[resource] - held.get(resource, 0) < amount for resource, amount in need)


@pytest.mark.parametrize("name", MODELS)
def test_the_account_adds_up_in_every_replication(name: str) -> None:
    found = run(name)
    assert check(found.delays, found.go_live, horizon=found.horizon).empty
    assert check(found.plan.delays, found.plan.go_live, horizon=found.horizon).empty


def test_the_account_adds_up_under_a_shortage() -> None:
    for name in EXAMPLES:
        found = bs.simulate(bs.load(name, set=SHORT | {"horizon": "2027-03-31"}), replications=40, seed=4, workers=1)
        assert found.go_live["live"].isna().any()  # some are not live by then
        assert check(found.delays, found.go_live, horizon=found.horizon).empty


@pytest.mark.parametrize("name", MODELS)
def test_megawatts_energised_are_allocated_or_free(name: str) -> None:
    rows = run(name).power
    assert (rows["energised"] - rows["allocated"]).min() > -1e-6
    sign = rows["event"].astype(str).map({"energised": 1.0, "retired": -1.0, "allocated": 0.0})
    steps = rows.assign(change=sign * rows["mw"]).groupby(["replication", "site"], observed=True)
    first = steps["energised"].transform("first") - steps["change"].transform("first")  # on day 0
    assert (first + steps["change"].cumsum() - rows["energised"]).abs().max() < 1e-6


@pytest.mark.parametrize("name", MODELS)
def test_live_megawatts_were_allocated_before(name: str) -> None:
    found = run(name)
    live = found.go_live.dropna(subset="live").set_index(["replication", "block"])["live"]
    given = found.power[found.power["event"] == "allocated"].set_index(["replication", "block"])["day"]
    both = live.to_frame().join(given, how="inner")
    assert len(both) > 0
    assert (both["day"] < both["live"]).all()


@pytest.mark.parametrize("name", MODELS)
def test_gpus_ordered_are_live_or_lost_or_on_their_way(name: str) -> None:
    rows = run(name).deliveries
    of = rows.pivot_table("gpus", ["replication", "block"], "event", "sum", observed=True).fillna(0.0)
    gone = of.get("live", 0.0) + of.get("lost", 0.0)
    assert ((gone == of["ordered"]) | (gone == 0.0)).all()
    assert (of["delivered"] <= of["shipped"]).all()
    assert (of["shipped"] <= of["ordered"]).all()
    assert (gone[gone > 0.0] == of["delivered"][gone > 0.0]).all()  # nothing goes live that has not come


@pytest.mark.parametrize("name", MODELS)
def test_racks_are_placed_when_they_have_come(name: str) -> None:
    """The first lot before the start, the last before the finish; halls under way at the start too."""
    found = run(name)
    placing = found.activities[found.activities["activity"] == "R1"].set_index(["replication", "block"])
    come = found.deliveries[found.deliveries["event"] == "delivered"].groupby(["replication", "block"], observed=True)[
        "day"
    ]
    both = placing.join(come.agg(["min", "max"]), how="inner")
    assert len(both) > 0
    assert not (both["start"] < both["min"]).any()
    assert not (both["finish"] < both["max"]).any()


@pytest.mark.parametrize("name", MODELS)
def test_every_activity_is_ready_before_it_starts_and_starts_before_it_finishes(name: str) -> None:
    rows = run(name).activities
    started = rows.dropna(subset="start")
    assert (started["ready"] <= started["start"]).all()
    assert not (started["finish"] < started["start"]).any()
    assert (rows["finish"].isna() | rows["start"].notna()).all()
    live = rows[rows["activity"] == "live"].set_index(["replication", "block"])["finish"]
    last = rows.groupby(["replication", "block"], observed=True)["finish"].agg(lambda days: days.max(skipna=False))
    assert live.equals(last.reindex(live.index))  # a hall is live when all of it is finished


@pytest.mark.parametrize("name", MODELS)
def test_blocks_that_are_not_live_are_listed_with_what_they_wait_for(name: str) -> None:
    found = run(name)
    waiting = set(
        map(tuple, found.unfinished.loc[found.unfinished["activity"] == "live", ["replication", "block"]].values)
    )
    dark = found.go_live[found.go_live["live"].isna()]
    assert waiting == set(map(tuple, dark[["replication", "block"]].to_numpy()))
    assert (found.unfinished["waits_for"].astype(str) != "").all()


def test_craft_hours_worked_are_those_that_the_work_took() -> None:
    """At normal output the labour table adds up to the hours drawn, however teams joined."""
    model = bs.load("examples/one-hall", set={"productivity.regime": "none", "horizon": "2035-12-31"})
    found = bs.simulate(model, replications=10, seed=3, workers=1)
    worked = found.labour.groupby("replication")["earned"].sum()
    drawn = found.inputs.filter(regex=r"^sites\.ridge\.halls\.h01\..*hours_per_mw$").sum(axis=1) * 25.0
    assert found.go_live["live"].notna().all()
    assert worked.to_numpy() == pytest.approx(drawn.to_numpy(), rel=1e-9)
