"""`run --until`, `run --without`, `show --precision`, and what a resumed run says."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import t

import buildsim
from buildsim.analysis import figures
from buildsim.analysis.stopping import needed
from buildsim.run.sequential import simulate_until
from tests.cli.conftest import NETWORK, SMALL, Cli

QUICK = ("--workers", 1)


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.yaml"
    path.write_text(NETWORK)
    return path


def half_width(values: np.ndarray) -> float:
    """Of the t interval of a mean."""
    return float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values)))


def test_it_goes_on_until_the_figure_is_sure(cli: Cli, network: Path) -> None:
    result = cli("run", network, "--until", "go-live@mean=0.3 days", "-n", 30, "--out", "here", *QUICK)
    assert result.code == 0
    values = buildsim.open("here").go_live["live"].to_numpy()
    sizes = [30]
    while half_width(values[: sizes[-1]]) > 0.3:
        sizes.append(int(np.ceil(1.5 * sizes[-1])))
    assert len(sizes) > 3
    assert len(values) == sizes[-1]
    first, title, columns, *stages, last = result.err.splitlines()
    assert first == (
        "A small network: 30 replications and more, at most 20,000, until go-live@mean=0.3 days, into here"
    )
    assert title == "go-live@mean=0.3 days:"
    assert columns.split() == ["replications", "estimate", "95", "%", "interval", "half-width"]
    told = [line.split() for line in stages]
    assert [int(row[0].replace(",", "")) for row in told] == sizes
    assert [row[-2] for row in told] == [f"{half_width(values[:size]):#.2g}" for size in sizes]
    assert last == f"sure enough after {sizes[-1]} replications"
    assert "The project takes" in result.out


def test_it_is_the_python_function(cli: Cli) -> None:
    target = ("--until", "go-live@p50=40 days", "-n", 20, "--at-most", 60)
    result = cli("run", SMALL, *target, "--without", "weather", "--scenario", "thin", "--out", "here", *QUICK, "--json")
    model = buildsim.load(SMALL, scenario="thin")
    known = simulate_until(
        model, figures.go_live(statistic=0.5), 40.0, first=20, at_most=60, workers=1, without=["weather"]
    )
    assert result.json["digest"] == known.run.digest()
    assert result.json["until"]["reached"] == known.reached
    assert result.json["until"]["figure"] == "go-live@p50"
    assert [stage["half_width"] for stage in result.json["until"]["stages"]] == known.stages["half_width"].tolist()
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert (manifest["without"], manifest["scenario"]) == (["weather"], ["thin"])


def test_at_most_ends_it_and_resuming_goes_on(cli: Cli, network: Path) -> None:
    command = ("run", network, "--until", "go-live@mean=0.2 days", "-n", 30, "--out", "here", *QUICK)
    short = cli(*command, "--at-most", 50)
    assert short.code == 0
    assert buildsim.open("here").replications == 50
    assert short.err.splitlines()[-1] == (
        "not sure enough after 50 replications, the most that --at-most allows; how many it needs: "
        "buildsim show here --precision 'go-live@mean=0.2 days'"
    )
    assert cli("show", "here", "--precision", "go-live@mean=0.2 days").code == 0
    longer = cli(*command, "--at-most", 400, "--resume")
    assert "sure enough after" in longer.err
    count = buildsim.open("here").replications
    assert half_width(buildsim.open("here").go_live["live"].to_numpy()) <= 0.2
    assert cli("run", network, "-n", count, "--out", "whole", *QUICK, "--quiet").code == 0
    assert cli("digest", "here").out == cli("digest", "whole").out
    refused = cli(*command, "--at-most", 40, "--resume")
    assert (refused.code, refused.out) == (2, "")
    assert f"--at-most: {count} replications are done already" in refused.err


def test_options_that_make_no_sense_together_are_told_at_once(cli: Cli, network: Path) -> None:
    result = cli(
        "run", network, "--until", "goliv=5 days", "-n", 5, "--at-most", 3, "--draws", "no.csv", "--design", "sobol",
        "--without", "wether", "--set", "name",
    )  # fmt: skip
    assert (result.code, result.out) == (2, "")
    for told in (
        "--draws: given draws are as many as they are",
        "--design: a run of design 'sobol' cannot be extended; expected monte-carlo",
        "-n: with --until it is the first stage, and 5 are too few; expected at least 20",
        "--at-most: 3 are fewer than the first stage",
        "--until: 'goliv': there is no figure 'goliv'",
        "did you mean 'weather'?",
        "an assignment needs '='",
    ):
        assert told in result.err
    assert "--at-most: it bounds a run with --until" in cli("run", network, "--at-most", 50).err
    assert "a bare network has neither" in cli("run", network, "--until", "missed=1").err
    assert "there is no site 'dentn'" in cli("run", SMALL, "--until", "go-live:dentn=5 days").err
    assert not Path("runs").exists()


def test_ctrl_c_says_how_to_go_on(cli: Cli, network: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from buildsim.run.sequential import simulate as real

    sizes: list[int] = []

    def interrupted(*arguments: Any, **options: Any) -> Any:
        sizes.append(arguments[1])
        if len(sizes) == 2:
            raise KeyboardInterrupt
        return real(*arguments, **options)

    command = ("--until", "go-live@mean=0.3 days", "--at-most", "900", "--without", "weather", "--out", "here")
    with monkeypatch.context() as patched:
        patched.setattr("buildsim.run.sequential.simulate", interrupted)
        result = cli("run", network, "-n", 30, *command, *QUICK)
    assert result.code == 130
    *_, kept, going_on = result.err.splitlines()
    assert kept == "interrupted: 30 replications in a row are kept in here"
    assert going_on == (
        f"to go on: buildsim run {network} -n 30 --seed 1 --without weather "
        "--until 'go-live@mean=0.3 days' --workers 1 --at-most 900 --out here --resume"
    )
    assert "sure enough after" in cli("run", network, "-n", 30, *command, *QUICK, "--resume").err


def test_a_group_that_is_taken_out_is_told_and_kept(cli: Cli) -> None:
    result = cli("run", SMALL, "-n", 3, "--without", "weather", "--without", "gpus", "--out", "here", *QUICK)
    told = ["without gpus: GPUs on the promised date: no slips, planned lead times, no mishaps"]
    told += ["without weather: no weather and no storms"]
    assert result.err.splitlines()[:2] == told
    assert buildsim.open("here").manifest["without"] == ["gpus", "weather"]
    known = buildsim.simulate(buildsim.load(SMALL), 3, workers=1, without=["weather", "gpus"])
    assert cli("digest", "here").out.strip() == known.digest()
    for text in told:
        assert text in cli("show", "here").out
    assert cli("show", "here", "--json").json["without"] == ["gpus", "weather"]


def test_precision_by_hand(cli: Cli, network_run: Path, two_sites_run: Path) -> None:
    values = buildsim.open(network_run).go_live["live"].to_numpy()
    least = 2
    while t.ppf(0.975, least - 1) * values.std(ddof=1) / np.sqrt(least) > 0.25:
        least += 1
    asked = ("--precision", "go-live@mean=0.25 days", "--precision", "go-live@p50=6 hours")
    told = cli("show", network_run, *asked, "--json").json["precision"]
    assert told[0]["needed"] == least
    assert told[0]["half_width"] == pytest.approx(half_width(values))
    assert told[1]["needed"] == needed(buildsim.open(network_run), figures.go_live(statistic=0.5), 0.25).replications
    out = cli("show", network_run, *asked).out
    assert f"{half_width(values):#.2g} days" in out
    assert f"{least:,}" in out
    shown = cli("show", two_sites_run, "--precision", "withdrawal=5%", "--precision", "missed=0.1")
    assert all(len(line) <= 100 for line in shown.out.splitlines())
    assert "withdrawal@probability" in shown.out


def test_precision_that_cannot_be(cli: Cli, two_sites_run: Path) -> None:
    asked = ("--precision", "go-live:mil=5 days", "--precision", "damages=5 days", "--precision", "missed")
    result = cli("show", two_sites_run, *asked)
    assert (result.code, result.out) == (2, "")
    assert "did you mean 'go-live:mill@p80'?" in result.err
    assert "expected an amount of money" in result.err
    assert "'missed' has no half-width" in result.err
    assert result.err.endswith("3 problems\n")
    both = cli("show", two_sites_run, "--by", "2026-12-31", "--precision", "missed=1")
    assert (both.code, both.err) == (2, "--precision: it does not go with --by or --site; expected one of them\n")


def test_nothing_to_resume_is_said(cli: Cli) -> None:
    Path("empty").mkdir()
    for folder in ("missing", "empty"):
        result = cli("run", SMALL, "-n", 2, "--out", folder, "--resume", *QUICK, "--quiet")
        assert (result.code, result.err) == (0, f"nothing to resume in {folder}: starting anew\n")
        again = cli("run", SMALL, "-n", 3, "--out", folder, "--resume", *QUICK, "--quiet")
        assert (again.code, again.err) == (0, "")


def test_what_keeps_a_run_from_being_resumed_is_said_in_words(cli: Cli, tmp_path: Path) -> None:
    model = tmp_path / "small.yaml"
    model.write_text(SMALL.read_text())
    assert cli("run", model, "-n", 2, "--scenario", "thin", "--out", "here", *QUICK, "--quiet").code == 0
    command = ("run", model, "-n", 2, "--out", "here", "--resume", *QUICK)
    other = cli(*command, "--set", "policy.rank=declared", "--seed", 3, "--without", "weather")
    assert other.code == 2
    assert (
        "the run has 'labour.dfw.electrical.experienced: 200 per 1000 -> 20 per 1000 (scenario thin)', which is not so "
        "now; now there is 'policy.rank: least_slack -> declared (--set policy.rank)', which the run does not have"
    ) in other.err
    assert "seed: the run in the folder has 1, it cannot be resumed with 3" in other.err
    assert "without: the run in the folder takes out nothing, now it is weather" in other.err
    model.write_text(SMALL.read_text().replace("count: 5000", "count: 5001"))
    edited = cli(*command, "--scenario", "thin")
    assert edited.code == 2
    assert "the file has changed, or is another one" in edited.err
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert manifest["model_hash"] not in other.err + edited.err


def test_one_figure_at_a_time(cli: Cli, network: Path) -> None:
    two = ("--until", "go-live@mean=1 days", "--until", "go-live@p80=1 days")
    result = cli("run", network, *two, "--out", "here", *QUICK)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("--until: it is given 2 times")
    assert not Path("here").exists()


def test_a_run_that_ends_unsure_is_no_failure_and_says_so(cli: Cli, network: Path) -> None:
    target = ("--until", "go-live@mean=0.001 days", "-n", 20, "--at-most", 30)
    result = cli("run", network, *target, "--out", "here", "--json", *QUICK)
    assert result.code == 0
    assert result.json["until"]["reached"] is False
