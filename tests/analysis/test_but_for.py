"""But-for runs and Shapley parts: known games, causes that do not occur, and additivity on a shipped model."""

from itertools import combinations

import numpy as np
import pytest

import buildsim as bs
from buildsim.analysis.but_for import ButFor, but_for, mean_days
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


def test_the_mean_go_live_is_weighted_by_mw():
    run = bs.simulate(bs.load("examples/two-sites"), 2, 1, workers=1)
    one = run.go_live[run.go_live["replication"] == 1]
    expected = (one["live"].fillna(run.horizon) * one["mw"]).sum() / one["mw"].sum()
    assert mean_days(run)[1] == pytest.approx(expected)


def test_wrong_groups_are_refused_with_the_nearest_name():
    model = bs.load("examples/two-sites")
    with pytest.raises(InputError, match="did you mean 'equipment'"):
        bs.simulate(model, 1, without=["equipmnt"])
    with pytest.raises(InputError, match="1 to 6"):
        but_for(model, list(GROUPS))
    with pytest.raises(InputError, match="measure"):
        but_for(model, ["power"], measures=["hours"])
