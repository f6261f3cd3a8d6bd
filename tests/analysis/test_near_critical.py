"""Near-critical chains and how often an activity is near-critical, worked by hand."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis import answers
from buildsim.analysis.criticality import criticality
from buildsim.analysis.near_critical import Chain, chains, near_critical
from buildsim.analysis.proportions import wilson
from buildsim.engine.floats import floats
from buildsim.errors import InputError
from buildsim.run.replication import Replicator
from tests.engine.yard import Site, Yard


def told(site: Site, target: str, tolerance: float) -> list[tuple[list[str], float, float, str, str]]:
    """(activities, float, days, leaves, joins) of each chain beside the driving path."""
    names = {number: name for name, number in site.numbers.items()} | {-1: ""}
    last = site.numbers[target]
    path = {segment.activity for segment in site.account.driving(last)}
    found: list[Chain] = chains(site.world, floats(site.world, [last]), path, tolerance)
    return [
        ([names[one] for one in chain.activities], chain.slack, chain.days, names[chain.leaves], names[chain.joins])
        for chain in found
    ]


def network(tmp_path: Path, text: str) -> bs.Model:
    path = tmp_path / "network.yaml"
    head = "name: By hand\nstart: 2025-01-01\nhorizon: 2026-01-01\npolicy: {rank: declared}\nnetwork:\n"
    path.write_text(head + text, encoding="utf-8")
    return bs.load(path)


# -- chains ----------------------------------------------------------------------------------------


def two_chains() -> Yard:
    made = Yard().add("first", 2.0).add("a", 4.0, after=["first"]).add("b", 6.0, after=["a"])
    made.add("c", 3.0, after=["first"]).add("d", 4.0, after=["c"])
    return made.add("last", 1.0, after=["b", "d"]).add("live", after=["last"], kind="milestone")


def test_of_two_parallel_chains_the_shorter_is_told_within_the_tolerance() -> None:
    site = two_chains().run()
    assert told(site, "live", 5.0) == [(["c", "d"], 3.0, 7.0, "first", "last")]
    assert told(site, "live", 3.0) == told(site, "live", 5.0)
    assert told(site, "live", 2.0) == []


def test_of_two_that_share_a_crew_both_are_on_the_path_and_neither_in_a_chain() -> None:
    made = Yard()
    made.resource("crew", 1)
    made.add("a", 6.0, uses={"crew": 1}).add("b", 4.0, uses={"crew": 1})
    assert told(made.add("live", after=["a", "b"], kind="milestone").run(), "live", 5.0) == []


def test_a_chain_goes_over_a_handover() -> None:
    """The crew goes from a to b, which is ready long before; b ends two days before the path."""
    made = Yard()
    made.resource("crew", 1)
    made.add("a", 6.0, uses={"crew": 1}).add("b", 4.0, uses={"crew": 1}).add("c", 12.0)
    site = made.add("last", 1.0, after=["b", "c"]).run()
    assert told(site, "last", 5.0) == [(["a", "b"], 2.0, 10.0, "", "last")]


def test_start_and_finish_links_bind_too() -> None:
    """b goes on from the start of a; the finish of c waits for that of b, and the path goes over d."""
    made = Yard().add("a", 3.0).add("b", 8.0, after=[("a", "SS", 2.0)]).add("c", 1.0, after=[("b", "FF", 1.0)])
    site = made.add("d", 14.0).add("last", 1.0, after=["c", "d"]).run()
    assert site.finish["c"] == 11.0
    assert told(site, "last", 5.0) == [(["a", "b"], 3.0, 10.0, "", "last")]
    assert told(site, "last", 20.0)[-1] == (["c"], 13.0, 1.0, "", "last"), "its own work has float to its finish"


def test_where_chains_come_together_the_nearest_goes_on() -> None:
    made = Yard().add("a", 4.0).add("b", 5.0).add("c", 2.0, after=["a", "b"]).add("d", 9.0)
    site = made.add("last", 1.0, after=["c", "d"]).run()
    assert told(site, "last", 5.0) == [(["b", "c"], 2.0, 7.0, "", "last"), (["a"], 3.0, 4.0, "", "c")]


def test_what_has_more_float_than_the_tolerance_is_left_out_of_a_chain() -> None:
    made = Yard().add("a", 4.0).add("b", 3.0, after=[("a", "FS", 2.0)]).add("idle", 1.0)
    site = made.add("c", 1.0, after=["b", "idle"]).add("d", 12.0).add("last", 1.0, after=["c", "d"]).run()
    assert told(site, "last", 5.0) == [(["a", "b", "c"], 2.0, 10.0, "", "last")]


def test_an_order_and_the_racks_are_chains_of_their_own() -> None:
    """The path charges the wait for the order to who waited; the order has no float, and the racks came a day early."""
    made = (
        Yard().add("order", 30.0, kind="procurement").add("racks", 0.0, kind="delivery", earliest=29.0).add("a", 12.0)
    )
    site = made.add("b", 5.0, after=["a", "order", "racks"], suppliers=["order", "racks"]).run()
    assert told(site, "b", 5.0) == [(["order"], 0.0, 30.0, "", "b"), (["racks"], 1.0, 0.0, "", "b")]


def test_another_go_live_shortly_before_the_last_is_a_chain() -> None:
    site = Yard().add("a", 9.0).add("live", after=["a"], kind="milestone").add("b", 7.0).run()
    path = {segment.activity for segment in site.account.driving(site.numbers["live"])}
    both = floats(site.world, [site.numbers["live"], site.numbers["b"]])
    [chain] = chains(site.world, both, path, 5.0)
    assert (chain.activities, chain.slack, chain.joins) == ((2,), 2.0, 2)


# -- over replications -----------------------------------------------------------------------------


SHARED = """
  resources: {crew: 1}
  activities:
    a: {duration: 6 days, uses: {crew: 1}}
    b: {duration: 4 days, uses: {crew: 1}}
    c: {duration: 7 days}
    d: {duration: 2 days}
"""
DRAWN = """
  resources: {}
  activities:
    a: {duration: {kind: uniform, low: 10 days, high: 30 days}}
    b: {duration: 20 days}
"""


def by_name(table: pd.DataFrame) -> pd.DataFrame:
    return table.set_index("activity")


def test_both_that_share_a_crew_are_always_near_and_critical(tmp_path: Path) -> None:
    run = bs.simulate(network(tmp_path, SHARED), 3, 1, workers=1)
    table = near_critical(run)
    assert list(table["activity"]) == ["a", "b", "c", "d"], "milestones have no row, the nearest come first"
    found = by_name(table)
    assert found["near"].tolist() == [1.0, 1.0, 1.0, 0.0]
    assert found["criticality"].tolist() == [1.0, 1.0, 0.0, 0.0]
    assert found["mean"].tolist() == found["p10"].tolist() == [0.0, 0.0, 3.0, 8.0]
    assert by_name(near_critical(run, tolerance=2.0)).loc["c", "near"] == 0.0


def test_the_index_is_the_share_within_the_tolerance(tmp_path: Path) -> None:
    """a ~ U(10, 30) beside 20 days: its float is 20 - a, at most 4 days with P(a > 16) = 0.7."""
    run = bs.simulate(network(tmp_path, DRAWN), 200, 1, workers=1)
    found = by_name(near_critical(run, tolerance=4.0, replications=200))
    length = run.inputs["network.a.duration"].to_numpy()
    share = float((length >= 16.0).mean())
    assert share == pytest.approx(0.7, abs=4 * np.sqrt(0.7 * 0.3 / 200))
    assert found.loc["a", "near"] == share
    interval = wilson(int((length >= 16.0).sum()), 200)
    assert (found.loc["a", "low"], found.loc["a", "high"]) == (interval.low, interval.high)
    assert found.loc["a", "mean"] == pytest.approx(np.maximum(20.0 - length, 0.0).mean())
    assert found.loc["b", "mean"] == pytest.approx(np.maximum(length - 20.0, 0.0).mean())
    assert found.loc["b", "p10"] == 0.0
    assert found.loc["a", "n"] == 200
    index = criticality(run.driving, run.replications).set_index("activity")["criticality"]
    assert found["criticality"].to_dict() == pytest.approx(index.to_dict())


def test_by_default_those_whose_activities_are_kept(tmp_path: Path) -> None:
    model = network(tmp_path, DRAWN)
    assert set(near_critical(bs.simulate(model, 120, 1, workers=1))["n"]) == {100}
    assert set(near_critical(bs.simulate(model, 120, 1, workers=1, keep_activities=7))["n"]) == {7}


def test_what_is_later_than_the_horizon_does_not_count(tmp_path: Path) -> None:
    text = DRAWN.replace("high: 30 days", "high: 1000 days")
    run = bs.simulate(network(tmp_path, text), 60, 1, workers=1)
    live = int(run.go_live["live"].notna().sum())
    assert 0 < live < 60
    assert set(near_critical(run)["n"]) == {live}
    never = near_critical(bs.simulate(network(tmp_path, SHARED.replace("6 days", "600 days")), 3, 1, workers=1))
    assert never.empty
    assert list(never.columns) == ["block", "activity", "near", "low", "high", "criticality", "mean", "p10", "n"]


def test_a_lapsed_option_is_not_built_and_does_not_count() -> None:
    small = Path(__file__).parents[1] / "cli" / "small.yaml"
    run = bs.simulate(bs.load(small), 30, 1, workers=1)
    lapsed = int((run.milestones["outcome"] == "lapsed").sum())
    assert 0 < lapsed < 30
    assert set(near_critical(run, target="denton/h02")["n"]) == {30 - lapsed}
    assert set(near_critical(run, target="denton/h01")["n"]) == {30}


def _built(run: bs.Run, replication: int) -> list[str]:
    table = answers.built(run, run.go_live)
    return [str(block) for block in table[table["replication"] == replication]["block"]]


def test_a_site_has_the_activities_of_others_that_hold_its_crews() -> None:
    run = bs.simulate(bs.load("two-sites"), 20, 1, workers=1)
    table = near_critical(run, target="mill")
    assert set(table["block"]) == {"mill/h01", "mill/h02", "ridge/h01", "ridge/h02"}
    assert table["near"].is_monotonic_decreasing
    again = Replicator(bs.load("two-sites"), seed=1, replications=20)
    number = again.program.network.names.index("ridge/h01/A2")
    days = []
    for replication in range(20):
        world = again.replicate(replication).world
        built = [
            block.live
            for block in again.program.blocks
            if block.site == "mill" and block.name in _built(run, replication)
        ]
        days.append(floats(world, built).start[number])
    leads = np.isfinite(days)
    assert 0 < leads.sum() < 20, "who held no crew that the site waited for does not lead to its go-live"
    other = table[(table["block"] == "ridge/h01") & (table["activity"] == "A2")].iloc[0]
    assert other["mean"] == pytest.approx(np.array(days)[leads].mean())
    assert other["p10"] == np.sort(days)[1]
    last = table[(table["block"] == "mill/h02") & (table["activity"] == "R5")].iloc[0]
    index = criticality(run.driving, 20, target="mill").set_index(["block", "activity"])["criticality"]
    assert last["criticality"] == index["mill/h02", "R5"]


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"tolerance": -1.0}, "near: -1 days is no tolerance; expected a number of days from 0 on"),
        ({"tolerance": float("nan")}, "nan days is no tolerance"),
        ({"replications": 0}, "replications: the run does not have 0; expected a number from 1 to 3"),
        ({"replications": 4}, "the run does not have 4"),
        ({"target": "nowhere"}, "the run has no block 'nowhere'"),
    ],
)
def test_what_does_not_fit(tmp_path: Path, options: dict[str, object], told: str) -> None:
    run = bs.simulate(network(tmp_path, SHARED), 3, 1, workers=1)
    with pytest.raises(InputError, match=told):
        near_critical(run, **options)  # type: ignore[arg-type]
