"""Dealing out by hand: rank, skipping, topping up, growth, changes of rank; and that nothing is left lying idle."""

import gc
import weakref
from collections.abc import Generator
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from simpy.events import Event

from buildsim.engine.foreman import GROWTH, NOBODY
from buildsim.engine.world import World
from tests.engine.yard import Site, Yard


def yard(crews: int, horizon: float = 1000.0) -> Yard:
    made = Yard(horizon)
    made.resource("crew", crews)
    return made


def growing(world: World, day: float, amount: int, resource: int = 0) -> None:
    def grow() -> Generator[Event, object, None]:
        yield world.clock.until(day)
        world.grow(resource, amount)

    world.clock.process(grow())


# -- waiting ---------------------------------------------------------------------------------------


def test_waiting_work_is_served_by_rank_and_equals_in_declared_order() -> None:
    made = yard(1)
    for name, key in (("d", 2.0), ("b", 1.0), ("c", 1.0), ("a", 0.0)):
        made.add(name, 1.0, uses={"crew": 1}, key=key)
    assert made.run().start == {"a": 0.0, "b": 1.0, "c": 2.0, "d": 3.0}


def test_what_does_not_fit_is_skipped_and_nothing_is_kept_for_it() -> None:
    made = yard(3)
    made.add("running", 4.0, uses={"crew": 2}).add("large", 5.0, uses={"crew": 3})
    made.add("small", 10.0, uses={"crew": 1}).add("other", 1.0, uses={"crew": 2})
    site = made.run()
    assert site.start == {"running": 0.0, "large": 10.0, "small": 0.0, "other": 4.0}


def test_a_large_request_does_not_block_a_small_one_for_another_resource() -> None:
    made = yard(1)
    made.resource("crane", 1)
    made.add("holds", 9.0, uses={"crane": 1}).add("both", 1.0, uses={"crew": 1, "crane": 1})
    made.add("crew only", 2.0, uses={"crew": 1})
    assert made.run().start == {"holds": 0.0, "both": 9.0, "crew only": 0.0}


def test_all_that_ends_at_an_instant_comes_free_before_anything_is_dealt_out() -> None:
    """The first to be ready at that instant must not get what a better rank becomes ready for in the same instant."""
    made = yard(2)
    made.add("x", 3.0, uses={"crew": 1}).add("y", 3.0, uses={"crew": 1})
    made.add("low", 1.0, uses={"crew": 2}, after=["x"], key=9.0)
    made.add("high", 1.0, uses={"crew": 2}, after=["y"], key=5.0)
    assert made.run().start == {"x": 0.0, "y": 0.0, "high": 3.0, "low": 4.0}


def test_what_needs_nothing_starts_when_it_is_ready() -> None:
    made = yard(1).add("a", 3.0, uses={"crew": 1}).add("free", 1.0).add("b", 0.0, uses={"crew": 1})
    assert made.run().start == {"a": 0.0, "free": 0.0, "b": 3.0}


def test_work_without_duration_hands_its_crew_on_within_the_instant() -> None:
    made = yard(1)
    for name in "abc":
        made.add(name, 0.0, uses={"crew": 1})
    made.add("d", 2.0, uses={"crew": 1})
    assert made.run().finish == {"a": 0.0, "b": 0.0, "c": 0.0, "d": 2.0}


def test_new_hands_start_what_waited_and_are_named_for_it() -> None:
    made = yard(1).add("a", 10.0, uses={"crew": 1}).add("b", 1.0, uses={"crew": 2}).add("c", 1.0, uses={"crew": 1})
    site = made.run(lambda world: growing(world, 4.0, 1))
    assert site.start == {"a": 0.0, "b": 10.0, "c": 4.0}
    foreman = site.world.foreman
    assert foreman.released_by == [NOBODY, site.numbers["a"], GROWTH]
    assert foreman.capacity == [2]
    assert site.world.records["capacity"] == [(4.0, 0, 1)]


def test_what_is_taken_away_cannot_be_dealt_out() -> None:
    made = yard(4).add("a", 10.0, uses={"crew": 1}).add("b", 1.0, uses={"crew": 2}, earliest=5.0)
    site = made.run(lambda world: growing(world, 4.0, -2))
    assert site.start == {"a": 0.0, "b": 10.0}
    assert site.world.foreman.free == site.world.foreman.capacity == [2]


def test_the_holder_is_the_one_whose_release_let_it_start() -> None:
    made = yard(2).add("a", 5.0, uses={"crew": 1}).add("b", 3.0, uses={"crew": 1}).add("c", 1.0, uses={"crew": 2})
    site = made.run()
    assert site.start["c"] == 5.0
    assert site.world.foreman.released_by[site.numbers["c"]] == site.numbers["a"]


def test_who_lacks_one_thing_after_another_waits_for_both() -> None:
    made = yard(1)
    made.resource("crane", 1)
    made.add("a", 5.0, uses={"crew": 1}).add("b", 3.0, uses={"crane": 1})
    made.add("first crane", 1.0, uses={"crane": 1, "crew": 1}).add("first crew", 1.0, uses={"crew": 1, "crane": 1})
    site = made.run()
    assert site.start == {"a": 0.0, "b": 0.0, "first crane": 5.0, "first crew": 6.0}


# -- teams -----------------------------------------------------------------------------------------


def test_teams_start_with_the_least_and_the_rest_tops_up_by_rank() -> None:
    made = yard(7)
    made.add("second", 100.0, teams=("crew", 1, 2, 3, 4), key=2.0)
    made.add("first", 100.0, teams=("crew", 1, 1, 2, 4), key=1.0)
    site = made.run(lambda world: growing(world, 3.0, 5))
    # 1 and 2 to start with, 4 left: 3 for the first, which is then full, 1 for the second; one more of the five
    assert site.spans("first") == [(0.0, 4)]
    assert site.spans("second") == [(0.0, 3), (3.0, 4)]
    assert site.world.foreman.free == [12]


def test_who_waits_gets_its_least_before_anybody_is_topped_up() -> None:
    made = yard(4)
    made.add("running", 12.0, teams=("crew", 1, 1, 4, 4), key=0.0)
    made.add("other", 3.0, uses={"crew": 3}, key=1.0)
    made.add("waiting", 2.0, uses={"crew": 2}, key=2.0)
    site = made.run()
    # day 3: of the 3 crews that come free 2 go to who waits, one joins; day 5: all 4 work; 12 = 3 + 2 x 2 + 4 t
    assert site.start["waiting"] == 3.0
    assert site.spans("running") == [(0.0, 1), (3.0, 2), (5.0, 4)]
    assert site.finish["running"] == 6.25


def test_a_team_is_granted_whole() -> None:
    made = yard(10).add("a", 30.0, teams=("crew", 4, 1, 2, 3)).add("b", 5.0, teams=("crew", 3, 1, 1, 1))
    site = made.run()
    assert site.spans("a") == [(0.0, 1), (5.0, 2)]  # 4 + 3 taken, 3 left: no second team of 4 before day 5
    assert site.start["b"] == 0.0


def test_a_smaller_team_of_lower_rank_may_use_what_is_too_little_for_a_larger_one() -> None:
    made = yard(9)
    made.add("large", 100.0, teams=("crew", 4, 1, 2, 2), key=0.0)
    made.add("small", 100.0, teams=("crew", 1, 1, 2, 9), key=1.0)
    site = made.run()
    assert site.spans("large") == [(0.0, 2)]
    assert site.spans("small")[0] == (0.0, 1)
    made = yard(7)
    made.add("large", 100.0, teams=("crew", 4, 1, 2, 2), key=0.0)
    made.add("small", 100.0, teams=("crew", 1, 1, 2, 9), key=1.0)
    assert made.run().spans("small") == [(0.0, 3)]


def test_top_up_takes_only_the_crews_and_not_what_is_held_besides() -> None:
    made = yard(6)
    made.resource("agents", 1, "agents")
    made.add("test", 12.0, teams=("crew", 1, 2, 4, 6), holds={"agents": 1})
    made.add("next", 1.0, holds={"agents": 1})
    site = made.run()
    assert site.finish == {"test": 2.0, "next": 3.0}


# -- changes of rank -------------------------------------------------------------------------------


def moved(world: World, day: float, act: str, days: float = 0.0) -> None:
    def move() -> Generator[Event, object, None]:
        yield world.clock.until(day)
        if act == "demote":
            world.demote(["hall"])
        else:
            world.defer(["hall"], days)

    world.clock.process(move())


def test_demoted_work_goes_on_after_everything_else() -> None:
    made = yard(1).add("now", 5.0, uses={"crew": 1}, key=0.0).add("hall", 1.0, uses={"crew": 1}, key=1.0)
    made.add("b", 1.0, uses={"crew": 1}, key=2.0).add("c", 1.0, uses={"crew": 1}, key=3.0)
    made.blocks = {"hall": (1,)}
    assert made.run().start == {"now": 0.0, "hall": 5.0, "b": 6.0, "c": 7.0}
    assert made.run(lambda world: moved(world, 2.0, "demote")).start == {"now": 0.0, "b": 5.0, "c": 6.0, "hall": 7.0}


def test_deferred_work_falls_back_by_the_days_of_its_new_due_date() -> None:
    made = yard(1).add("now", 5.0, uses={"crew": 1}, key=0.0).add("hall", 1.0, uses={"crew": 1}, key=1.0)
    made.add("b", 1.0, uses={"crew": 1}, key=11.0).add("c", 1.0, uses={"crew": 1}, key=31.0)
    made.blocks = {"hall": (1,)}
    site = made.run(lambda world: moved(world, 2.0, "defer", 20.0))
    assert site.start == {"now": 0.0, "b": 5.0, "hall": 6.0, "c": 7.0}


def test_a_deferred_hall_keeps_the_order_of_its_own_work() -> None:
    """Declared against their rank: among themselves the keys still count, however far all of them move."""
    made = yard(1).add("now", 5.0, uses={"crew": 1}, key=0.0)
    for name, key in (("fourth", 4.0), ("second", 2.0), ("third", 3.0)):
        made.add(name, 1.0, uses={"crew": 1}, key=key)
    made.blocks = {"hall": (1, 2, 3)}
    site = made.run(lambda world: moved(world, 2.0, "defer", 500.0))
    assert site.start == {"now": 0.0, "second": 5.0, "third": 6.0, "fourth": 7.0}


def test_a_change_of_rank_reaches_who_waits_to_be_topped_up() -> None:
    made = yard(5).add("hall", 60.0, teams=("crew", 1, 1, 1, 9), key=0.0)
    made.add("b", 60.0, teams=("crew", 1, 1, 1, 9), key=1.0).add("c", 6.0, uses={"crew": 3}, key=-1.0)
    made.blocks = {"hall": (0,)}
    assert made.run().spans("hall")[1] == (6.0, 4)
    site = made.run(lambda world: moved(world, 2.0, "demote"))
    assert site.spans("b")[1] == (6.0, 4)
    assert site.spans("hall")[1][0] > 6.0


def test_work_of_several_mixes_is_topped_up_by_rank_and_a_mix_that_is_short_is_passed_over() -> None:
    made = yard(4)
    made.resource("room", 2)
    made.add("inside", 60.0, teams=("crew", 1, 1, 1, 9), key=0.0).add("out", 60.0, teams=("crew", 1, 1, 1, 9), key=1.0)
    inside = made.builder.nodes[0]
    assert inside.crews is not None
    inside.crews = replace(inside.crews, team=((0, 1), (1, 1)))
    site = made.run(
        lambda world: growing(world, 3.0, 2),
        lambda world: growing(world, 5.0, 1, 1),
        lambda world: growing(world, 6.0, 1),
    )
    assert site.spans("inside")[:2] == [(0.0, 2), (6.0, 3)]  # there is room from day 5 on, and hands from day 6 on
    assert site.spans("out")[:2] == [(0.0, 2), (3.0, 4)]


# -- nothing idle ----------------------------------------------------------------------------------


def random_yard(seed: int) -> Yard:
    """Forty activities on three crews, some with teams, some with lags, some without duration."""
    rng = np.random.default_rng(seed)
    made = Yard()
    for resource in "pqr":
        made.resource(resource, int(rng.integers(4, 9)))
    names = [f"a{number}" for number in range(40)]
    for number, name in enumerate(names):
        before = rng.choice(number, size=min(number, int(rng.integers(0, 3))), replace=False) if number else []
        ties = rng.choice(["FS", "FS", "FS", "SS", "FF"], size=len(before))
        after = [
            (names[one], str(tie), float(rng.choice([0.0, 0.0, 1.5]))) for one, tie in zip(before, ties, strict=True)
        ]
        resource, amount = str(rng.choice(list("pqr"))), float(rng.choice([0.0, *rng.uniform(1.0, 20.0, 7)]))
        key = float(rng.uniform(0.0, 10.0))
        if rng.random() < 0.5:
            least = int(rng.integers(1, 3))
            most = least + int(rng.integers(0, 4))
            made.add(name, amount, after=after, teams=(resource, int(rng.integers(1, 3)), least, most, most), key=key)
        else:
            uses = {
                str(one): int(rng.integers(1, 4)) for one in rng.choice(list("pqr"), int(rng.integers(0, 3)), False)
            }
            made.add(name, amount, after=after, uses=uses, key=key)
    return made


def holdings(site: Site, activity: int, moment: float) -> dict[int, int]:
    """What an activity holds between two events, from what was recorded of it."""
    works, network = site.world.works, site.world.network
    end = works.work_end[activity]
    end = works.finish[activity] if end != end else end
    if not works.start[activity] <= moment < end:
        return {}
    crews = network.crews[activity]
    if crews is None:
        return dict(network.need[activity])
    teams = [number for since, number in works.spans[activity] if since <= moment][-1]
    return {resource: amount * teams for resource, amount in crews.team}


@pytest.mark.parametrize("seed", range(25))
def test_crews_never_exceed_the_pool_and_nobody_who_fits_is_left_waiting(seed: int) -> None:
    made = random_yard(seed)
    capacity = list(made.builder.capacity)
    site = made.run(lambda world: growing(world, 12.0, 2, 1))
    works, network = site.world.works, site.world.network
    assert all(finish == finish for finish in works.finish)
    assert site.world.foreman.free == site.world.foreman.capacity == [capacity[0], capacity[1] + 2, capacity[2]]
    for activity, spans in works.spans.items():  # teams times days are the work
        bounds = [since for since, _ in spans[1:]] + [works.work_end[activity]]
        done = sum(teams * (till - since) for (since, teams), till in zip(spans, bounds, strict=True))
        assert done == pytest.approx(made.amounts[activity], abs=1e-9)
    moments = sorted({12.0, *works.start, *works.finish, *(end for end in works.work_end if end == end)} | {
        since for spans in works.spans.values() for since, _ in spans
    })  # fmt: skip
    for before, after in pairwise(moments):
        moment = (before + after) / 2
        free = [capacity[0], capacity[1] + 2 * (moment >= 12.0), capacity[2]]
        held = [holdings(site, activity, moment) for activity in range(network.count)]
        for one in held:
            for resource, amount in one.items():
                free[resource] -= amount
        assert min(free) >= 0, (seed, moment)
        for activity in range(network.count):
            if works.ready[activity] <= moment < works.start[activity]:
                assert any(free[resource] < amount for resource, amount in network.need[activity]), (seed, moment)
            crews = network.crews[activity]
            if crews is not None and held[activity]:
                [(resource, amount)] = crews.team
                if held[activity][resource] < amount * crews.most:
                    assert free[resource] < amount, (seed, moment)


def test_a_world_that_is_dissolved_is_freed_without_the_garbage_collector() -> None:
    site = random_yard(3).run(lambda world: growing(world, 12.0, 2, 1))
    parts = [weakref.ref(part) for part in (site.world.works, site.world.foreman, site.world.works.mending)]
    gc.disable()
    try:
        site.world.dissolve()
        del site
        assert [part() for part in parts] == [None] * 3
    finally:
        gc.enable()
