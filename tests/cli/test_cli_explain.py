"""`buildsim explain`: one replication as a story whose days sum to the elapsed time."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

import buildsim
from tests.cli.conftest import NETWORK, SMALL, Cli


def test_the_legs_follow_one_another_and_sum_to_the_elapsed_time(cli: Cli, two_sites_run: Path) -> None:
    story = cli("explain", two_sites_run, "--json").json
    assert story["legs"][0]["begin"] == 0.0
    for earlier, later in pairwise(story["legs"]):
        assert earlier["end"] == pytest.approx(later["begin"], abs=1e-9)
    assert story["legs"][-1]["end"] == story["live"]["day"] == story["elapsed"]
    assert sum(row["days"] for row in story["causes"]) == pytest.approx(story["elapsed"], abs=1e-6)
    assert all(sum(leg["parts"].values()) == pytest.approx(leg["days"], abs=1e-6) for leg in story["legs"])


def test_it_tells_what_the_run_says(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    story = cli("explain", two_sites_run, "--replication", 3, "--block", "mill/h01", "--json").json
    own = run.go_live[(run.go_live["replication"] == 3) & (run.go_live["block"] == "mill/h01")].iloc[0]
    assert story["live"]["day"] == own["live"]
    assert story["planned"]["day"] == own["planned"]
    delays = run.delays[(run.delays["replication"] == 3) & (run.delays["block"] == "mill/h01")]
    kept = {str(row["cause"]): row["days"] for row in delays.to_dict("records")}
    assert {row["cause"]: row["days"] for row in story["causes"]} == pytest.approx(kept)


def test_the_default_is_the_replication_of_the_p50(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    told = cli("show", two_sites_run, "--json").json["go_live"]
    p50 = next(row for row in told if (row["site"], row["event"]) == ("portfolio", "complete"))["p50"]["day"]
    story = cli("explain", two_sites_run, "--json").json
    assert story["live"]["day"] == p50
    live = run.go_live[run.go_live["block"] == "ridge/h02"]["live"].sort_values()
    block = cli("explain", two_sites_run, "--block", "ridge/h02", "--json").json
    assert block["live"]["day"] == live.iloc[14]
    assert "is at its P50" in cli("explain", two_sites_run, "--block", "ridge").out


def test_it_prints_dates_activities_and_who_held_what(cli: Cli, two_sites_run: Path) -> None:
    result = cli("explain", two_sites_run, "--replication", 0, "--block", "ridge/h02")
    assert (result.code, result.err) == (0, "")
    assert all(len(line) <= 100 for line in result.out.splitlines())
    assert "In replication 0 ridge/h02 goes live on " in result.out
    assert "Customer acceptance test" in result.out
    assert "The days sum to the time from the start to the go-live, " in result.out


def test_a_block_that_is_not_live_by_the_horizon(cli: Cli) -> None:
    late = ("--set", "horizon=2026-06-30", "--set", "sites.ridge.halls.h01.target=2026-05-01")
    assert cli("run", "one-hall", "-n", 3, "--workers", 1, "--out", "late", "--quiet", *late).code == 0
    result = cli("explain", "late")
    assert "ridge/h01 is not finished by the horizon; the plan says > horizon." in result.out
    assert "start to the horizon, 365.0 days" in result.out
    chosen = " ".join(result.out.split("Chosen: ")[1].split("\n\n")[0].split())
    assert chosen.startswith(
        "the P50 of the portfolio is later than the horizon, and this is the first replication later"
    )
    assert "at its P50" not in result.out
    assert cli("explain", "late", "--json").json["live"] == {"day": None, "date": "> horizon"}


def test_a_block_whose_option_lapses(cli: Cli) -> None:
    never = ("--set", "contracts.k1.tranches.x1.option.probability=0%")
    assert cli("run", SMALL, "-n", 2, "--workers", 1, "--out", "run", "--quiet", *never).code == 0
    day = float(buildsim.open("run").withdrawals["day"].iloc[0])
    for more in ([], ["--path"], ["--near", 9]):
        told = cli("explain", "run", "--block", "denton/h02", "--replication", 1, *more)
        assert told.code == 0
        lines = told.out.strip().splitlines()
        assert lines[-1] == "In replication 1 denton/h02 is not built: its option lapsed on 2025-09-15."
        assert lines[-2] == "", "nothing else is told"
        assert not any("not-before" in line for line in lines)
    data = cli("explain", "run", "--block", "denton/h02", "--replication", 1, "--json").json
    assert data["dropped"] == {"day": day, "date": "2025-09-15", "reason": "its option lapsed"}
    assert set(data) == {"replication", "block", "chosen", "dropped"}
    built = cli("explain", "run", "--json").json
    assert (built["block"], built["dropped"]) == ("denton/h01", None)
    nowhere = cli("explain", "run", "--block", "denton/h02")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "is built in no replication: its option always lapses" in nowhere.err


@pytest.mark.parametrize(("at", "level"), [("P80", 0.8), ("p10", 0.1), ("90", 0.9), ("P97.5", 0.975)])
def test_the_replication_at_a_percentile(cli: Cli, two_sites_run: Path, at: str, level: float) -> None:
    run = buildsim.open(two_sites_run)
    last = run.go_live.groupby("replication")["live"].max().fillna(np.inf).sort_values()
    story = cli("explain", two_sites_run, "--at", at, "--json").json
    found = last.iloc[int(np.ceil(30 * level)) - 1]
    assert last[story["replication"]] == found
    assert story["live"]["day"] == (found if np.isfinite(found) else None)
    assert f"is at its P{at.upper().removeprefix('P')}" in story["chosen"]


def test_the_path_is_the_driving_path_of_the_run(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    story = cli("explain", two_sites_run, "--replication", 3, "--block", "ridge", "--path", "--json").json
    kept = run.driving[(run.driving["replication"] == 3) & (run.driving["target"] == "ridge")]
    columns = ["block", "activity", "begin", "end", "cause"]
    rows = [[str(value) if isinstance(value, str) else value for value in row] for row in kept[columns].values.tolist()]
    assert [[leg[name] for name in columns] for leg in story["path"]] == rows
    assert len({leg["block"] for leg in story["path"]}) > 1, "it goes on in the jobs that held the crews"
    activities = run.activities[run.activities["replication"] == 3].set_index(["block", "activity"])
    handed = [(before, leg) for before, leg in pairwise(story["path"]) if leg["handover"]]
    assert handed
    for before, leg in handed:
        row = activities.loc[(leg["block"], leg["activity"])]
        assert (leg["holder"], leg["waited_for"]) == (row["released_by"], row["waited_for"])
        assert leg["holder"] == f"{before['block']}/{before['activity']}"
        assert leg["handover"] == pytest.approx(row["start"] - row["ready"])
    assert story["path"][-1]["float"] == 0.0
    assert all(leg["float"] >= 0.0 for leg in story["path"])


def test_the_plan_stands_beside_the_path(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    story = cli("explain", two_sites_run, "--replication", 3, "--block", "ridge", "--path", "--json").json
    steps = story["plan_path"]
    assert steps[0]["begin"] == 0.0
    assert all(one["end"] == pytest.approx(two["begin"]) for one, two in pairwise(steps))
    assert steps[-1]["end"] == story["planned"]["day"]
    keys = ["block", "activity"]
    built = run.activities[run.activities["replication"] == 3].set_index(keys)
    plan = run.plan.activities.set_index(keys)
    for step in steps:
        key = (step["block"], step["activity"])
        assert step["built"]["start"] == built.loc[key, "start"]
        assert step["built"]["later"] == pytest.approx(built.loc[key, "finish"] - plan.loc[key, "finish"])


def test_near_critical_chains_come_with_the_path_or_a_tolerance(cli: Cli, two_sites_run: Path) -> None:
    assert "near_critical" not in cli("explain", two_sites_run, "--json").json
    near = cli("explain", two_sites_run, "--near", 60, "--json").json["near_critical"]
    assert near["near"] == 60.0
    floats = [chain["float"] for chain in near["chains"]]
    assert floats == sorted(floats)
    assert floats[-1] > 5.0
    for chain in near["chains"]:
        own = [link["float"] for link in chain["activities"]]
        assert own == sorted(own, reverse=True)
        assert (min(own), chain["begin"]) == (chain["float"], chain["activities"][0]["begin"])
        assert max(own) <= 60.0
    path = cli("explain", two_sites_run, "--path", "--json").json
    assert path["near_critical"]["near"] == 5.0
    few = [chain["float"] for chain in path["near_critical"]["chains"]]
    assert few == [one for one in floats if one <= 5.0]


def test_the_path_in_the_terminal(cli: Cli, two_sites_run: Path) -> None:
    result = cli("explain", two_sites_run, "--path", "--replication", 3, "--block", "ridge", "--near", 60)
    assert (result.code, result.err) == (0, "")
    assert all(len(line) <= 100 for line in result.out.splitlines())
    said = " ".join(result.out.split())
    assert "The driving path, in order" in said
    assert "after it had waited" in said
    assert "The plan's own path, and when its activities were built" in said
    assert "Near-critical chains: a float of at most 60 days" in said
    assert "The account by cause: waits are charged, not followed" in said
    assert "What the time went to, in order" not in said


def test_a_project_has_a_path_too(cli: Cli, network_run: Path) -> None:
    story = cli("explain", network_run, "--path", "--near", 100, "--json").json
    named = {leg["activity"] for leg in story["path"]}
    named |= {link["activity"] for chain in story["near_critical"]["chains"] for link in chain["activities"]}
    assert named == {"a1", "a2", "a3"}, "what takes no time has no step"
    assert cli("explain", network_run, "--path").code == 0


def test_what_is_not_live_by_the_horizon_has_a_path_and_no_float(cli: Cli) -> None:
    late = ("--set", "horizon=2026-06-30", "--set", "sites.ridge.halls.h01.target=2026-05-01")
    assert cli("run", "one-hall", "-n", 3, "--workers", 1, "--out", "late", "--quiet", *late).code == 0
    assert "None: a go-live later than the horizon has no float." in cli("explain", "late", "--path").out
    story = cli("explain", "late", "--path", "--json").json
    assert story["path"][-1]["end"] == 365.0
    assert {leg["float"] for leg in story["path"]} == {None}


def test_a_network_with_given_draws(cli: Cli) -> None:
    Path("network.yaml").write_text(NETWORK)
    np.save("draws.npy", np.array([[0.0, 4.0, 3.0, 5.0], [0.0, 6.0, 2.0, 5.0]]))
    assert cli("run", "network.yaml", "--draws", "draws.npy", "--workers", 1, "--out", "run", "--quiet").code == 0
    story = cli("explain", "run", "--replication", 1, "--json").json
    assert [(leg["activity"], leg["cause"], leg["begin"], leg["end"]) for leg in story["legs"]] == [
        ("a1", "planned work", 0.0, 6.0),
        ("a3", "crew wait", 6.0, 8.0),
        ("a3", "planned work", 8.0, 13.0),
    ]
    assert story["legs"][0]["parts"] == {"planned work": 4.0, "estimate": 2.0}
    assert (story["legs"][1]["waited_for"], story["legs"][1]["holder"]) == ("r2", "network/project/a2")
    assert "the project ends on 2025-01-13" in cli("explain", "run", "--replication", 1).out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--replication", "99"], "--replication: the run has no replication 99; expected a number from 0 to 29"),
        (["--replication", "-1"], "the run has no replication -1"),
        (["--block", "mill/h1"], "the run has no block 'mill/h1'; did you mean 'mill/h01'?"),
        (["--at", "P100"], "--at: 'P100' is no percentile; expected one such as P80"),
        (["--at", "P0"], "'P0' is no percentile"),
        (["--at", "soon"], "'soon' is no percentile"),
        (["--at", "P80", "--replication", "2"], "at: it does not go with a replication; expected one of the two"),
        (["--near", "-1"], "near: -1 days is no tolerance; expected a number of days from 0 on"),
    ],
)
def test_what_the_run_does_not_have(cli: Cli, two_sites_run: Path, options: list[str], told: str) -> None:
    result = cli("explain", two_sites_run, *options)
    assert (result.code, result.out) == (2, "")
    assert told.removeprefix("--") in result.err


def test_all_that_is_wrong_is_told_at_once(cli: Cli, two_sites_run: Path) -> None:
    result = cli("explain", two_sites_run, "--replication", 99, "--at", "P80", "--block", "mil")
    assert result.code == 2
    assert "the run has no replication 99" in result.err
    assert "it does not go with a replication" in result.err
    assert "did you mean 'mill'?" in result.err
