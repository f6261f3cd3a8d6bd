"""`buildsim run`: folders, draws, resuming, and what is printed where."""

import json
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import buildsim
from tests.cli.conftest import NETWORK, SMALL, Cli

QUICK = ("--workers", "1")


def test_runs_get_folders_of_their_own(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "small.yaml").write_text(SMALL.read_text())
    arguments = ("run", "models/small.yaml", "-n", 2, "--seed", 7, *QUICK, "--quiet")
    assert cli(*arguments).out == "runs/small-7\n"
    assert cli(*arguments).out == "runs/small-7-2\n"
    assert cli("digest", "runs/small-7").out == cli("digest", "runs/small-7-2").out


def test_a_shipped_model_names_its_run(cli: Cli) -> None:
    assert cli("run", "examples/one-hall", "-n", 1, *QUICK, "--quiet").out == "runs/one-hall-1\n"


def test_a_run_ends_with_the_answer_and_its_folder(cli: Cli) -> None:
    result = cli("run", SMALL, "-n", 6, "--out", "here", *QUICK, "--scenario", "thin")
    assert result.code == 0
    assert result.err.splitlines() == [
        "labour.dfw.electrical.experienced: 200 per 1000 -> 20 per 1000 (scenario thin)",
        "Two small halls: 6 replications into here",
    ]
    assert result.out.startswith("All sites (up to 30 MW, options only where they are exercised) are all live by 2026-")
    assert "6 replications in " in result.out
    assert result.out.endswith("kept in here\nMore: buildsim show here\n")
    manifest = json.loads(Path("here/manifest.json").read_text())
    assert manifest["scenario"] == ["thin"]
    assert manifest["status"] == "complete"


def test_json_for_scripts(cli: Cli) -> None:
    result = cli("run", SMALL, "-n", 3, "--out", "here", *QUICK, "--json")
    assert result.json["run"] == "here"
    assert result.json["replications"] == 3
    assert result.json["digest"] == cli("digest", "here").out.strip()
    assert cli("digest", "here", "--json").json == {"run": "here", "digest": result.json["digest"], "replications": 3}


def test_a_run_is_not_written_over_but_can_be_resumed(cli: Cli) -> None:
    assert cli("run", SMALL, "-n", 3, "--out", "here", *QUICK, "--quiet").code == 0
    again = cli("run", SMALL, "-n", 5, "--out", "here", *QUICK, "--quiet")
    assert (again.code, again.out) == (2, "")
    assert "the folder holds a run already" in again.err
    assert cli("run", SMALL, "-n", 5, "--out", "here", "--resume", *QUICK, "--quiet").code == 0
    assert cli("run", SMALL, "-n", 5, "--out", "whole", *QUICK, "--quiet").code == 0
    assert cli("digest", "here").out == cli("digest", "whole").out
    other = cli("run", SMALL, "-n", 5, "--seed", 2, "--out", "here", "--resume", *QUICK)
    assert other.code == 2
    assert "cannot be resumed with 2" in other.err


def test_resuming_needs_to_know_which_run(cli: Cli) -> None:
    result = cli("run", SMALL, "--resume")
    assert (result.code, result.out) == (2, "")
    assert "--resume: which run is to be resumed?; expected --out" in result.err


def test_ctrl_c_says_what_is_kept_and_how_to_go_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = (
        "run",
        SMALL,
        "-n",
        4,
        "--out",
        "my run",
        *QUICK,
        "--scenario",
        "thin",
        "--set",
        "policy.rank=declared",
    )
    assert cli(*arguments, "--quiet").code == 0

    def interrupted(*_: Any, **__: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("buildsim.run.simulate.simulate", interrupted)
    result = cli(*arguments, "--keep-activities", 5, "--design", "latin-hypercube")
    assert result.code == 130
    *_, kept, going_on = result.err.splitlines()
    assert kept == "interrupted: 4 of 4 replications in a row are kept in my run"
    assert going_on == (
        f"to go on: buildsim run {SMALL} -n 4 --seed 1 --set policy.rank=declared --scenario thin --workers 1 "
        "--design latin-hypercube --keep-activities 5 --out 'my run' --resume"
    )
    nothing = cli("run", SMALL, "--out", "elsewhere")
    assert (nothing.code, nothing.err.splitlines()[-1]) == (130, "interrupted before anything was finished")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.yaml"
    path.write_text(NETWORK)
    return path


def test_a_matrix_gives_the_durations_of_a_network(cli: Cli, network: Path) -> None:
    matrix = np.array([[0.0, 4.0, 3.0, 5.0], [0.1, 3.5, 8.25, 5.0], [0.0, 6.0, 2.0, 5.0]])
    np.save("draws.npy", matrix)
    result = cli("run", network, "--draws", "draws.npy", "--out", "here", *QUICK, "--quiet")
    assert (result.code, result.out) == (0, "here\n")
    # a1 takes both r1; once it has them no more, a2 and a3 want the one r2, and a2 is declared first.
    made = buildsim.open("here")
    assert made.go_live["live"].tolist() == [12.0, 0.1 + 3.5 + 8.25 + 5.0, 13.0]
    assert made.replications == 3
    frame = pd.DataFrame(matrix, columns=[f"network.a{number}.duration" for number in range(4)])
    frame.to_csv("draws.csv", index=False)
    frame.to_parquet("draws.parquet")
    for name in ("draws.csv", "draws.parquet"):
        assert cli("run", network, "--draws", name, "--out", name.replace(".", "-"), *QUICK, "--quiet").code == 0
        assert cli("digest", name.replace(".", "-")).out == cli("digest", "here").out


def test_draws_of_single_quantities(cli: Cli) -> None:
    name = "sites.denton.halls.h01.A1.hours_per_mw"
    pd.DataFrame({name: [700.0, 0.1 + 0.2]}).to_csv("draws.csv", index=False)
    assert cli("run", SMALL, "--draws", "draws.csv", "--out", "here", *QUICK, "--quiet").code == 0
    assert buildsim.open("here").inputs[name].tolist() == [700.0, 0.1 + 0.2]


BAD_DRAWS = [
    ("draws.npy", "the matrix is 3 x 2; expected replications x 4 activities"),
    ("objects.npy", "the file cannot be read"),
    ("cut.npy", "the file cannot be read"),
    ("empty.csv", "the file cannot be read"),
    ("unknown.csv", "did you mean 'network.a1.duration'"),
    ("text.csv", "not numbers"),
    ("draws.parquet", "the file cannot be read"),
    ("missing.csv", "no such file"),
    ("draws.xlsx", "is no file of draws; expected a .csv or .parquet file"),
]


@pytest.mark.parametrize(("name", "told"), BAD_DRAWS)
def test_draws_that_cannot_be_used(cli: Cli, network: Path, name: str, told: str) -> None:
    np.save("draws.npy", np.zeros((3, 2)))
    np.save("objects.npy", np.array([{"a": 1}], dtype=object), allow_pickle=True)
    Path("cut.npy").write_bytes(Path("draws.npy").read_bytes()[:20])
    Path("empty.csv").write_text("")
    Path("unknown.csv").write_text("network.a1.duraton\n1\n")
    Path("text.csv").write_text("network.a1.duration\none\n")
    Path("draws.parquet").write_text("no parquet")
    result = cli("run", network, "--draws", name, "--out", "here", *QUICK, "--quiet")
    assert (result.code, result.out) == (2, "")
    assert told in result.err.lower() or told in result.err
    assert not Path("here").exists()


def test_a_matrix_does_not_fit_a_model_with_sites(cli: Cli) -> None:
    np.save("draws.npy", np.zeros((3, 2)))
    result = cli("run", SMALL, "--draws", "draws.npy")
    assert result.code == 2
    assert "a bare network, but the model has sites" in result.err


@pytest.mark.parametrize(
    "option", [("-n", "0"), ("--workers", "0"), ("--design", "best"), ("--seed", "-1"), ("--what",)]
)
def test_options_that_cannot_be(cli: Cli, option: tuple[str, ...]) -> None:
    result = cli("run", SMALL, *option)
    assert result.code == 2
    assert not Path("runs").exists()
