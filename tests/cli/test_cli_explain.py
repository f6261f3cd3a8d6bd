"""`buildsim explain`: one replication as a story whose days sum to the elapsed time."""

from pathlib import Path

import numpy as np
import pytest

import buildsim
from tests.cli.conftest import NETWORK, SMALL, Cli


def test_the_legs_follow_one_another_and_sum_to_the_elapsed_time(cli: Cli, two_sites_run: Path) -> None:
    story = cli("explain", two_sites_run, "--json").json
    assert story["legs"][0]["begin"] == 0.0
    for earlier, later in zip(story["legs"], story["legs"][1:], strict=False):
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
    assert cli("explain", "late", "--json").json["live"] == {"day": None, "date": "> horizon"}


def test_a_block_whose_option_lapses(cli: Cli) -> None:
    never = ("--set", "contracts.k1.tranches.x1.option.probability=0%")
    assert cli("run", SMALL, "-n", 2, "--workers", 1, "--out", "run", "--quiet", *never).code == 0
    assert "denton/h02 is not built in it, for its option lapses" in " ".join(
        cli("explain", "run", "--block", "denton/h02", "--replication", 1).out.split()
    )
    assert cli("explain", "run", "--json").json["block"] == "denton/h01"
    nowhere = cli("explain", "run", "--block", "denton/h02")
    assert (nowhere.code, nowhere.out) == (2, "")
    assert "is built in no replication: its option always lapses" in nowhere.err


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
    ],
)
def test_what_the_run_does_not_have(cli: Cli, two_sites_run: Path, options: list[str], told: str) -> None:
    result = cli("explain", two_sites_run, *options)
    assert (result.code, result.out) == (2, "")
    assert told.removeprefix("--") in result.err
