"""Criticality on the driving path: shared crews, contiguity, and networks worked by hand."""

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis import answers
from buildsim.analysis.criticality import criticality, cruciality, path_to_portfolio


def network(tmp_path, text):
    """A bare network from its `network:` part."""
    path = tmp_path / "network.yaml"
    path.write_text(
        f"name: By hand\nstart: 2025-01-01\nhorizon: 2030-01-01\npolicy: {{rank: declared}}\nnetwork:\n{text}",
        encoding="utf-8",
    )
    return bs.load(path)


SHARED = """
  resources: {crew: 1}
  activities:
    a: {duration: 6 days, uses: {crew: 1}}
    b: {duration: 4 days, uses: {crew: 1}}
"""


def test_of_two_tasks_that_share_one_crew_both_are_critical(tmp_path):
    run = bs.simulate(network(tmp_path, SHARED), 3, 1, workers=1)
    assert (run.go_live["live"] == 10.0).all()
    found = criticality(run.driving, run.replications).set_index("activity")["criticality"]
    assert found["a"] == found["b"] == 1.0


def test_the_account_charges_the_wait_and_the_driving_path_follows_it(tmp_path):
    run = bs.simulate(network(tmp_path, SHARED), 1, 1, workers=1)
    account = run.delays.set_index("cause")["days"]
    assert (account["crew wait"], account["planned work"]) == (6.0, 4.0)
    path = run.driving[["activity", "begin", "end", "cause"]].astype({"activity": str, "cause": str})
    assert path.to_numpy().tolist() == [["a", 0.0, 6.0, "planned work"], ["b", 6.0, 10.0, "planned work"]]


def test_criticality_of_two_parallel_tasks_is_the_chance_of_being_the_longer(tmp_path):
    """U(0, 2) against U(0, 4): the first is longer with probability 1/4."""
    text = """
  resources: {}
  activities:
    a: {duration: {kind: uniform, low: 0 days, high: 2 days}}
    b: {duration: {kind: uniform, low: 0 days, high: 4 days}}
"""
    n = 4000
    run = bs.simulate(network(tmp_path, text), n, 1, workers=1, keep_activities=0)
    found = criticality(run.driving, n).set_index("activity")["criticality"]
    error = 4.0 * np.sqrt(0.25 * 0.75 / n)
    assert found["a"] == pytest.approx(0.25, abs=error)
    assert found["a"] + found["b"] == pytest.approx(1.0)


@pytest.mark.parametrize("name", ["examples/one-hall", "examples/two-sites"])
def test_the_driving_path_is_contiguous_and_ends_with_the_go_live(name):
    run = bs.simulate(bs.load(name), 20, 1, workers=1)
    built = answers.built(run, run.go_live)
    built = built.assign(live=built["live"].fillna(run.horizon))
    last = built.groupby(["replication", "site"], observed=True)["live"].max()
    for (replication, target), path in run.driving.groupby(["replication", "target"], observed=True):
        assert path["begin"].iloc[0] == 0.0
        assert path["end"].iloc[-1] == pytest.approx(last[replication, target])
        np.testing.assert_allclose(path["begin"].to_numpy()[1:], path["end"].to_numpy()[:-1], atol=1e-9)


def test_the_portfolio_path_is_that_of_the_site_that_finishes_last():
    driving = pd.DataFrame(
        {"replication": [0, 0, 0], "target": ["x", "y", "y"], "block": "x/h", "activity": list("abc"),
         "begin": [0.0, 0.0, 2.0], "end": [5.0, 2.0, 7.0]}
    )  # fmt: skip
    assert path_to_portfolio(driving)["activity"].tolist() == ["b", "c"]


def test_cruciality_sees_the_uncertain_task_and_not_the_fixed_one(tmp_path):
    text = """
  resources: {}
  activities:
    fixed: {duration: 10 days}
    loose: {duration: {low: 1 days, mode: 5 days, high: 20 days}, after: [fixed]}
"""
    run = bs.simulate(network(tmp_path, text), 50, 1, workers=1)
    found = cruciality(run.activities, run.go_live, run.driving, target="network").set_index("activity")
    assert found.loc["loose", "cruciality"] == pytest.approx(1.0)
    assert found.loc["loose", "sensitivity"] == pytest.approx(1.0)
    assert found.loc["fixed", "cruciality"] == 0.0
    assert found.loc["fixed", "criticality"] == 1.0


def test_by_must_be_known():
    run = bs.simulate(bs.load("examples/one-hall"), 2, 1, workers=1)
    with pytest.raises(ValueError, match="hall"):
        criticality(run.driving, 2, by="site")


def test_the_path_of_a_site_does_not_end_in_a_hall_whose_option_lapsed():
    run = bs.simulate(bs.load("examples/two-sites"), 20, 1, workers=1, keep_activities=0)
    option = run.milestones[run.milestones["tranche"] == "order-1/x1"].set_index("replication")["outcome"]
    lapsed = set(option.index[option == "lapsed"])
    assert 0 < len(lapsed) < 20
    mine = run.driving[run.driving["target"] == "mill"].sort_values(["replication", "end"])
    last = mine.groupby("replication")["block"].last().astype(str)
    assert (last[last.index.isin(lapsed)] == "mill/h01").all()
    assert (last[~last.index.isin(lapsed)] == "mill/h02").any()
