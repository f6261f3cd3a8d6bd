"""But-for runs and Shapley parts: known games, causes that do not occur, and additivity on a shipped model.

The small networks have parts that can be said from their draws: a chain adds its overruns, and of two parallel
activities the later one counts.
"""

from itertools import combinations, permutations

import numpy as np
import pytest

import buildsim as bs
from buildsim.analysis.but_for import but_for, mean_days, mw_days
from buildsim.analysis.shapley import ButFor, random_orders
from buildsim.errors import InputError
from buildsim.program.groups import GROUPS


def game(cost, groups):
    """A cost function of the groups that are still in, as what was measured with each subset taken out."""
    everything = frozenset(groups)
    subsets = [frozenset(one) for size in range(len(groups) + 1) for one in combinations(groups, size)]
    return ButFor(tuple(groups), "days", {out: np.array([cost(everything - out)]) for out in subsets})


def test_an_additive_game_is_split_into_its_known_parts():
    parts = {"power": 10.0, "gpus": 4.0, "labour": -2.0}
    found = game(lambda left: sum(parts[name] for name in left), list(parts))
    for name, part in parts.items():
        assert found.shapley(name) == pytest.approx(part)
        assert found.first(name) == pytest.approx(part)
        assert found.last(name) == pytest.approx(part)
        assert found.interaction(name) == pytest.approx(0.0)


def test_two_causes_that_hide_each_other_share_what_they_cost_together():
    """The later of two concurrent delays of 6 and 10 days counts: alone, power gains 0 and GPUs 4."""
    late = {"power": 6.0, "gpus": 10.0}
    found = game(lambda left: max((late[name] for name in left), default=0.0), list(late))
    assert (found.first("power")[0], found.first("gpus")[0]) == (0.0, 4.0)
    assert (found.last("power")[0], found.last("gpus")[0]) == (6.0, 10.0)
    assert (found.shapley("power")[0], found.shapley("gpus")[0]) == (3.0, 7.0)


def test_the_glove_game():
    """Shapley's own example: one left glove and two right ones; a pair is worth 1."""
    found = game(lambda left: float("left" in left and bool(left & {"right", "other"})), ["left", "right", "other"])
    assert found.shapley("left")[0] == pytest.approx(2 / 3)
    assert found.shapley("right")[0] == pytest.approx(1 / 6)


@pytest.fixture(scope="module")
def split():
    """Three groups on two sites."""
    model = bs.load("examples/two-sites")
    return but_for(model, ["equipment", "power", "labour"], replications=6, workers=1, measures=["days", "dollars"])


def test_shapley_parts_sum_to_the_whole_in_every_replication(split):
    for found in split.values():
        parts = sum(found.shapley(group) for group in found.groups)
        np.testing.assert_allclose(parts, found.total, rtol=1e-9, atol=1e-6)


def test_a_cause_that_occurs_nowhere_costs_nothing(split):
    """The crews of two sites are normal: taking the labour group out changes no draw and no date."""
    assert (split["days"].shapley("labour") == 0.0).all()


def test_without_any_cause_the_run_is_the_plan():
    model = bs.load("examples/two-sites")
    run = bs.simulate(model, 2, 1, workers=1, without=list(GROUPS))
    for _, one in run.go_live.groupby("replication"):
        assert one["live"].tolist() == run.plan.go_live["live"].tolist()


def test_taking_a_group_out_leaves_all_other_draws_alone():
    model = bs.load("examples/two-sites")
    base = bs.simulate(model, 3, 1, workers=1)
    other = bs.simulate(model, 3, 1, workers=1, without=["power"])
    changed = {name for name in base.inputs if not base.inputs[name].equals(other.inputs[name])}
    assert changed
    assert all(".power." in name for name in changed)


def test_the_mean_go_live_is_weighted_by_mw_over_halls_that_hang_on_no_option():
    """The second hall of the mill is an option: where it lapses nothing is late."""
    run = bs.simulate(bs.load("examples/two-sites"), 2, 1, workers=1)
    one = run.go_live[(run.go_live["replication"] == 1) & (run.go_live["block"] != "mill/h02")]
    expected = (one["live"].fillna(run.horizon) * one["mw"]).sum() / one["mw"].sum()
    assert mean_days(run)[1] == pytest.approx(expected)
    assert mw_days(run)[1] == pytest.approx(expected * one["mw"].sum())


def test_wrong_groups_are_refused_with_the_nearest_name():
    model = bs.load("examples/two-sites")
    with pytest.raises(InputError, match="did you mean 'equipment'"):
        bs.simulate(model, 1, without=["equipmnt"])
    with pytest.raises(InputError, match="1 to 6"):
        but_for(model, list(GROUPS))
    with pytest.raises(InputError, match="measure"):
        but_for(model, ["power"], measures=["hours"])


def test_all_that_is_wrong_is_told_at_once():
    model = bs.load("examples/two-sites")
    with pytest.raises(InputError) as caught:
        but_for(model, ["powr", {"a": ["sites.*.pwr.*"], "gpus": ["x"]}], measures=["hours"], permutations=0)
    told = [str(problem) for problem in caught.value.problems]
    assert len(told) == 5
    for part in ("'powr'", "no input matches 'sites.*.pwr.*'", "'hours'", "0 orders", "a group of that name"):
        assert any(part in text for text in told)


@pytest.mark.parametrize(
    ("groups", "told"),
    [
        (["power", {"grid": ["sites.*.power.grid.*"]}], "shares inputs with 'power'"),
        ([{"a": ["sites.ridge.**"], "b": ["sites.*.power.**"]}], "shares inputs with 'a'"),
        ([{"a": []}], "no patterns"),
        ([], "0 groups"),
    ],
)
def test_groups_that_cannot_be_told_apart_are_refused(groups, told):
    with pytest.raises(InputError, match=told):
        but_for(bs.load("examples/two-sites"), groups, replications=2, workers=1)


CHAIN = """\
name: A chain
start: 2025-01-01
horizon: 2026-12-31
source: assumption
network:
  activities:
    a: {duration: {kind: triangular, low: 20 days, mode: 30 days, high: 60 days}}
    b: {duration: {kind: triangular, low: 10 days, mode: 40 days, high: 90 days}, after: [a]}
    c: {duration: {kind: triangular, low: 5 days, mode: 10 days, high: 15 days}, after: [b]}
"""
OWN = [{one: [f"network.{one}.duration"] for one in "abc"}]


@pytest.fixture
def network(tmp_path):
    """Loads a network from text."""

    def load(text):
        path = tmp_path / "network.yaml"
        path.write_text(text)
        return bs.load(path)

    return load


@pytest.mark.parametrize("orders", [None, 1, 2])
def test_in_a_chain_each_activity_costs_its_own_overrun(network, orders):
    model = network(CHAIN)
    drawn = bs.simulate(model, 8, 3, workers=1).inputs
    split = but_for(model, OWN, replications=8, seed=3, workers=1, permutations=orders)["days"]
    for one, planned in (("a", 30.0), ("b", 40.0), ("c", 10.0)):
        part = drawn[f"network.{one}.duration"].to_numpy() - planned
        for found in (split.shapley(one), split.first(one), split.last(one)):
            np.testing.assert_allclose(found, part, atol=1e-9)
        assert split.interaction(one) == pytest.approx(np.zeros(8), abs=1e-9)


def test_of_two_parallel_activities_the_later_one_counts(network):
    """max(A, B) with plans 30 and 40, by hand from the draws: first, last and the mean of both orders."""
    model = network(CHAIN.replace(", after: [a]", "").replace("after: [b]", "after: [a, b]"))
    drawn = bs.simulate(model, 40, 1, workers=1).inputs
    a, b = (drawn[f"network.{one}.duration"].to_numpy() for one in "ab")
    split = but_for(model, [{one: [f"network.{one}.duration"] for one in "ab"}], replications=40, workers=1)["days"]
    first = np.maximum(a, b) - np.maximum(30.0, b)
    last = np.maximum(a, 40.0) - 40.0
    np.testing.assert_allclose(split.first("a"), first, atol=1e-9)
    np.testing.assert_allclose(split.last("a"), last, atol=1e-9)
    np.testing.assert_allclose(split.shapley("a"), (first + last) / 2.0, atol=1e-9)
    np.testing.assert_allclose(split.interaction("a"), last - first, atol=1e-9)
    assert (split.interaction("a") > 1.0).any()
    np.testing.assert_allclose(split.total, np.maximum(a, b) - 40.0, atol=1e-9)
    assert split.table().set_index("group").loc["a", "worse_first"] == (first < -1e-9).mean() > 0.0


def test_a_reversed_order_makes_two_groups_exact(network):
    """With two groups an order and its reverse are all orders there are."""
    model = bs.load("examples/two-sites")
    exact = but_for(model, ["power", "gpus"], replications=3, workers=1)["days"]
    paired = but_for(model, ["power", "gpus"], replications=3, workers=1, permutations=2)["days"]
    np.testing.assert_allclose(paired.shapley("power"), exact.shapley("power"), atol=1e-9)


def test_orders_are_reversed_in_pairs_and_cover_all_orders_alike():
    orders = random_orders(3, 4000, 2, seed=5)
    assert (orders[:, 1] == orders[:, 0, ::-1]).all()
    assert (orders == random_orders(3, 4000, 2, seed=5)).all()
    assert (orders[:10] == random_orders(3, 10, 2, seed=5)).all()
    assert (orders[:10] != random_orders(3, 10, 2, seed=6)).any()
    counts = [(orders[:, 0] == np.array(one)).all(axis=1).sum() for one in permutations(range(3))]
    assert sum(counts) == 4000
    assert (np.abs(np.array(counts) - 4000 / 6) < 5 * np.sqrt(4000 / 6)).all()


def test_random_orders_estimate_the_exact_parts():
    """Of a game in which the dearest cause counts: the interval of the error holds zero, and the parts sum."""
    rng = np.random.default_rng(1)
    names = tuple("abcd")
    size = rng.exponential(10.0, (200, 4))

    def cost(left, row):
        return max((size[row, place] for place, name in enumerate(names) if name in left), default=0.0)

    everything = frozenset(names)
    subsets = [frozenset(one) for count in range(5) for one in combinations(names, count)]
    values = {out: np.array([cost(everything - out, row) for row in range(200)]) for out in subsets}
    exact = ButFor(names, "days", values)
    hits = []
    for seed in range(20):
        sampled = ButFor(names, "days", values, random_orders(4, 200, 2, seed))
        parts = sum(sampled.shapley(name) for name in names)
        np.testing.assert_allclose(parts, exact.total, atol=1e-9)
        for name in names:
            gaps = sampled.shapley(name) - exact.shapley(name)
            assert (gaps != 0.0).any()
            hits.append(abs(gaps.mean()) < 1.972 * gaps.std(ddof=1) / np.sqrt(200))
    assert np.mean(hits) > 0.85


def test_the_estimate_agrees_with_the_exact_split_of_a_model():
    model = bs.load("examples/two-sites")
    groups = ["equipment", "power", "gpus", "permits"]
    exact = but_for(model, groups, replications=12, workers=1)["days"]
    sampled = but_for(model, groups, replications=12, workers=1, permutations=2)["days"]
    np.testing.assert_allclose(sum(sampled.shapley(name) for name in groups), exact.total, atol=1e-6)
    for name in groups:
        assert (sampled.first(name) == exact.first(name)).all()
        assert (sampled.last(name) == exact.last(name)).all()
        gaps = sampled.shapley(name) - exact.shapley(name)
        assert abs(gaps.mean()) <= 4.0 * gaps.std(ddof=1) / np.sqrt(12) + 1e-9


def test_all_nine_groups_by_random_orders():
    found = but_for(bs.load("examples/two-sites"), list(GROUPS), replications=4, workers=1, permutations=2)["days"]
    np.testing.assert_allclose(sum(found.shapley(name) for name in GROUPS), found.total, atol=1e-6)
    assert (found.shapley("labour") == 0.0).all()
