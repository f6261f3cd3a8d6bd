"""`buildsim sweep`: the table by hand from the cells' tables, what is kept, and every problem of every cell at once."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

import buildsim
from buildsim.analysis import figures
from buildsim.analysis.sweep import sweep
from buildsim.cli.varying import split
from buildsim.run.sweep import CELLS
from tests.cli.conftest import NETWORK, SMALL, Cli

WORKFORCE = "productivity.workforce"
QUICK = ("-n", 6, "--workers", 1)
GRID = ("--vary", f"{WORKFORCE}=100%,80%", "--vary", "scenario=,thin")


@pytest.fixture
def network(tmp_path: Path) -> Path:
    path = tmp_path / "network.yaml"
    path.write_text(NETWORK)
    return path


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("a", ["a"]),
        ("1, 2 ,3", ["1", "2", "3"]),
        ("{a: 1, b: [1, 2]},[3, 4], null", ["{a: 1, b: [1, 2]}", "[3, 4]", "null"]),
        ('"10,512",x', ['"10,512"', "x"]),
        ("{a: 'x, y', b: \"]\"},z", ["{a: 'x, y', b: \"]\"}", "z"]),
        ("5' wide,6", ["5' wide", "6"]),
        ("a,,b", ["a", "", "b"]),
        ("", [""]),
        ("a],b", ["a]", "b"]),
    ],
)
def test_commas_in_brackets_and_quotes_belong_to_a_value(text: str, values: list[str]) -> None:
    assert split(text) == values


def last(folder: str) -> np.ndarray:
    """The last go-live of each replication by hand: both halls, the second one only where its option is taken."""
    run = buildsim.open(folder)
    lapsed = run.milestones.loc[run.milestones["outcome"] == "lapsed", "replication"]
    kept = run.go_live[~((run.go_live["block"] == "denton/h02") & run.go_live["replication"].isin(lapsed))]
    return kept.groupby("replication")["live"].max().to_numpy()


def test_the_table_by_hand_and_as_from_python(cli: Cli) -> None:
    result = cli("sweep", SMALL, *GRID, *QUICK, "--out", "here", "--figure", "go-live@mean", "--figure", "go-live@p50")
    assert result.code == 0
    found = pd.read_csv("here/sweep.csv", keep_default_na=False).astype({"difference": float})
    assert found[WORKFORCE].tolist() == ["100%"] * 4 + ["80%"] * 4
    assert found["scenario"].tolist() == ["", "", "thin", "thin"] * 2
    means = found[found["statistic"] == "mean"].set_index("cell")
    first = last(means.loc[0, "folder"])
    for cell in (1, 2, 3):
        gaps = last(means.loc[cell, "folder"]) - first
        half = t.ppf(1 - 0.025 / 3, 5) * gaps.std(ddof=1) / np.sqrt(6)
        row = means.loc[cell]
        assert float(row["difference"]) == pytest.approx(gaps.mean())
        assert float(row["value"]) == pytest.approx((first + gaps).mean())
        assert float(row["high_all"]) == pytest.approx(gaps.mean() + half)
    vary = {WORKFORCE: ["100%", "80%"], "scenario": ["", "thin"]}
    asked = [figures.go_live(statistic="mean"), figures.go_live(statistic=0.5)]
    again = sweep(SMALL, vary, replications=6, workers=1, figures=asked)
    assert again["difference"].tolist() == pytest.approx(found["difference"].tolist())


def test_what_is_printed(cli: Cli) -> None:
    result = cli("sweep", SMALL, *GRID, *QUICK, "--out", "here")
    assert result.err.splitlines() == [
        "Two small halls: 4 cells of 6 replications into here",
        f"cell 1 of 4: {WORKFORCE}=100%, scenario=",
        f"cell 2 of 4: {WORKFORCE}=100%, scenario=thin",
        f"cell 3 of 4: {WORKFORCE}=80%, scenario=",
        f"cell 4 of 4: {WORKFORCE}=80%, scenario=thin",
    ]
    assert all(len(line) <= 100 for line in result.out.splitlines())
    said = " ".join(result.out.split())
    assert "Two small halls: 6 replications a cell, seed 1, monte-carlo" in said
    assert "(workforce 100%, scenario as it is) and 20" in said
    assert "The table with all figures: here/sweep.csv" in said
    frame = pd.read_csv("here/sweep.csv", keep_default_na=False)
    p50 = frame[(frame["quantity"] == "go-live") & (frame["statistic"] == "P50")]
    for row in p50.to_dict("records"):
        assert str(buildsim.open(row["folder"]).date(float(row["value"]))) in result.out
    shift = float(p50["difference"].iloc[-1])
    assert f"{shift:+,.0f} " in result.out
    assert "(too few pairs to say)" in result.out
    mean = frame[(frame["quantity"] == "go-live") & (frame["statistic"] == "mean")].iloc[-1]
    ends = [f"{float(mean[name]):+,.0f}" for name in ("difference", "low_all", "high_all")]
    assert ends[0] in result.out
    assert f"({ends[1]} to {ends[2]})" in result.out


def test_every_figure_asked_for_is_printed_in_as_many_tables_as_it_takes(cli: Cli) -> None:
    names = [f"go-live@p{percent}" for percent in (10, 20, 30, 40, 50, 60, 70, 80)]
    asked = [word for name in names for word in ("--figure", name)]
    out = cli("sweep", SMALL, *GRID, *QUICK, "--out", "here", *asked).out
    assert all(len(line) <= 100 for line in out.splitlines())
    assert out.count("What each cell says") > 1
    assert all(f"P{percent}" in out for percent in (10, 20, 30, 40, 50, 60, 70, 80))


def times(folder: str) -> dict[Path, int]:
    return {file: file.stat().st_mtime_ns for file in Path(folder).rglob("*.parquet")}


def test_the_same_command_runs_only_what_is_missing(cli: Cli) -> None:
    command = ("sweep", SMALL, *GRID, *QUICK)
    assert cli(*command).code == 0
    folder = "runs/small-1-sweep"
    table = Path(folder, "sweep.csv").read_bytes()
    listed = pd.read_csv(f"{folder}/{CELLS}")
    gone = Path(folder, listed["folder"][2])
    for file in sorted(gone.rglob("*"), reverse=True):
        file.rmdir() if file.is_dir() else file.unlink()
    gone.rmdir()
    before = times(folder)
    again = cli(*command)
    assert again.err.splitlines()[1:] == [
        f"cell 3 of 4: {WORKFORCE}=80%, scenario=",
        "1 cell simulated, 3 of 4 were there already",
    ]
    assert {file: time for file, time in times(folder).items() if file in before} == before
    assert Path(folder, "sweep.csv").read_bytes() == table
    assert cli(*command).err == "no cells simulated, 4 of 4 were there already\n"


def test_ctrl_c_keeps_what_is_finished_and_says_how_to_go_on(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    from buildsim.run.sweep import simulate as real

    ran: list[Any] = []

    def interrupted(*arguments: Any, **options: Any) -> Any:
        if len(ran) == 2:
            raise KeyboardInterrupt
        ran.append(arguments)
        return real(*arguments, **options)

    command = ("sweep", SMALL, *GRID, "-n", 6, "--workers", "1", "--figure", "go-live@mean", "--out", "my cells")
    with monkeypatch.context() as patched:
        patched.setattr("buildsim.run.sweep.simulate", interrupted)
        result = cli(*command)
    assert (result.code, result.out) == (130, "")
    *_, kept, going_on = result.err.splitlines()
    assert kept == "interrupted in cell 3 of 4: what is finished is kept in my cells"
    assert going_on == (
        f"to go on: buildsim sweep {SMALL} --vary productivity.workforce=100%,80% --vary scenario=,thin "
        "--figure go-live@mean -n 6 --seed 1 --workers 1 --out 'my cells'"
    )
    assert not Path("my cells/sweep.csv").exists()
    again = cli(*command)
    assert again.code == 0
    assert "cell 1 of 4" not in again.err
    assert "2 cells simulated, 2 of 4 were there already" in again.err


def test_value_by_value_with_a_date_and_a_mapping(cli: Cli) -> None:
    rule = "{kind: contractual, probability: 50%}"
    result = cli(
        "sweep", SMALL, "--list", "--vary", "generations.GB200.available=2025-05-01,2026-12-31",
        "--vary", f"customers.lab.withdrawal={{kind: binding}},{rule}", *QUICK, "--out", "here", "--json",
    )  # fmt: skip
    assert [cell["settings"]["generations.GB200.available"] for cell in result.json["cells"]] == [
        "2025-05-01",
        "2026-12-31",
    ]
    last_cell = buildsim.open(result.json["cells"][1]["run"])
    model = buildsim.load(SMALL, set=["generations.GB200.available=2026-12-31", f"customers.lab.withdrawal={rule}"])
    assert last_cell.model == model
    assert last_cell.digest() == buildsim.simulate(model, 6, workers=1, keep_activities=0).digest()
    assert last_cell.manifest["changes"][0].startswith("generations.GB200.available: 2025-05-01 -> 2026-12-31")


def test_both_scenarios_and_settings(cli: Cli) -> None:
    arguments = ("--vary", "scenario=thin,bare", "--set", f"{WORKFORCE}=90%", *QUICK, "--out", "here", "--json")
    told = cli("sweep", SMALL, *arguments).json
    one = buildsim.open(told["cells"][0]["run"])
    assert one.model == buildsim.load(SMALL, set={WORKFORCE: "90%"}, scenario="thin")
    assert one.manifest["scenario"] == ["thin"]
    clash = cli("sweep", SMALL, "--vary", "scenario=thin+bare", *QUICK, "--out", "there")
    assert clash.code == 2
    assert "labour.dfw.electrical.experienced" in clash.err, "both scenarios are laid, and clash"


def test_a_network_has_no_mw(cli: Cli, network: Path) -> None:
    result = cli("sweep", network, "--vary", "network.resources.r1=2,3", *QUICK, "--out", "here")
    assert result.code == 0
    assert "MW" not in result.out
    assert "The P80 of the end of the project lies between" in result.out
    found = pd.read_csv("here/sweep.csv")
    assert set(found["quantity"]) == {"go-live"}
    one, two = (buildsim.open(folder).go_live["live"].to_numpy() for folder in found["folder"].unique())
    assert found.loc[found["cell"] == 1, "difference"].iloc[0] == pytest.approx((two - one).mean())
    wrong = cli("sweep", network, "--vary", "network.resources.r1=2", *QUICK, "--figure", "damages", "--out", "there")
    assert (wrong.code, wrong.out) == (2, "")
    assert "a bare network has neither sites nor MW nor contracts" in wrong.err


def test_a_sobol_sample_is_no_sure_thing(cli: Cli, network: Path) -> None:
    arguments = ("--vary", "network.resources.r1=2,3", "-n", 4, "--workers", 1, "--design", "sobol")
    result = cli("sweep", network, *arguments)
    assert "no interval made from it alone is valid" in " ".join(result.out.split())


def test_every_problem_of_every_cell_at_once(cli: Cli) -> None:
    result = cli("sweep", SMALL, "--vary", "productivity.workfrce=1,2", "--vary", "policy.rank=bad,declared", *QUICK)
    assert (result.code, result.out) == (2, "")
    assert "--vary: productivity.workfrce: nothing is called 'workfrce'" in result.err
    assert "did you mean 'workforce'?" in result.err
    assert (
        "--vary: policy.rank: 'bad' cannot stand here (in the cell productivity.workfrce=1, policy.rank=bad and 1 more)"
        in result.err
    )
    assert result.err.endswith("2 problems\n")
    assert not Path("runs").exists()
    drivers = "drivers={a: {value: 2, on: [nope.*]}},null"
    result = cli("sweep", SMALL, "--vary", drivers, *QUICK)
    assert "small.yaml:" in result.err, "what only compiling finds has its line as well"
    assert "drivers.a.on: no quantity matches 'nope.*'" in result.err


def test_every_wrong_option_at_once(cli: Cli, small_run: Path) -> None:
    result = cli(
        "sweep", SMALL, "--vary", "a", "--vary", f"{WORKFORCE}=1,,2", "--vary", "policy.rank={", "--set", "b",
        "--set", "c=1", "--set", "c=2", "--figure", "goliv", "--confidence", 2, "--out", small_run,
    )  # fmt: skip
    assert (result.code, result.out) == (2, "")
    for told in (
        "--vary: 'a' names no values",
        f"--vary: {WORKFORCE}: a value is empty",
        "--vary: policy.rank: ",
        "--set: b: an assignment needs '='",
        "--set: c: it is set twice",
        "--figure: 'goliv': there is no figure 'goliv'",
        "--confidence: the confidence is 2",
        "--out: the folder holds a run",
    ):
        assert told in result.err
    assert "--vary: nothing is varied" in cli("sweep", SMALL).err
    twice = cli("sweep", SMALL, "--vary", f"{WORKFORCE}=1", "--vary", f"{WORKFORCE}=2")
    assert f"'{WORKFORCE}' is varied twice" in twice.err
    uneven = cli("sweep", SMALL, "--list", "--vary", f"{WORKFORCE}=100%", "--vary", "policy.rank=declared,largest_mw")
    assert "--vary: value by value, all lists must be equally long" in uneven.err


def test_one_cell_has_nothing_below(cli: Cli) -> None:
    result = cli("sweep", SMALL, "--vary", f"{WORKFORCE}=100%", *QUICK, "--out", "here")
    assert result.code == 0
    assert "below" not in result.out


def test_cells_to_different_horizons_leave_contracts_out_and_say_so_once(cli: Cli) -> None:
    vary = ("--vary", "horizon=2027-12-31,2026-09-30")
    result = cli("sweep", SMALL, *vary, *QUICK, "--out", "here")
    said = " ".join(result.out.split())
    assert said.count("dates and MW of all are cut to the earliest, 2026-09-30, and what contracts come to") == 1
    assert set(pd.read_csv("here/sweep.csv")["quantity"]) == {"go-live", "live MW"}
    refused = cli("sweep", SMALL, *vary, *QUICK, "--out", "here", "--figure", "damages")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("--figure: ")
    assert "different horizons" in refused.err
    alike = cli("sweep", SMALL, "--vary", f"{WORKFORCE}=100%,80%", *QUICK, "--out", "alike")
    assert "cut to" not in alike.out
    assert "damages" in set(pd.read_csv("alike/sweep.csv")["quantity"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--vary", f"{WORKFORCE}=100%,80%,100%"), f"{WORKFORCE}: the value 100% is given twice"),
        (("--vary", "scenario=thin,thin"), "scenario: the value thin is given twice"),
        (("--list", "--vary", f"{WORKFORCE}=100%,100%"), f"--vary: the cell {WORKFORCE}=100% is given twice"),
    ],
)
def test_the_same_cell_twice_is_refused(cli: Cli, arguments: tuple[str, ...], told: str) -> None:
    result = cli("sweep", SMALL, *arguments, *QUICK, "--out", "here")
    assert (result.code, result.out) == (2, "")
    assert told in result.err
    assert not Path("here").exists()


def test_a_value_may_come_again_in_a_list_with_others(cli: Cli) -> None:
    vary = ("--list", "--vary", f"{WORKFORCE}=100%,100%", "--vary", "scenario=,thin")
    assert cli("sweep", SMALL, *vary, *QUICK, "--out", "here").code == 0


def test_cells_may_keep_activities(cli: Cli) -> None:
    vary = ("--vary", f"{WORKFORCE}=100%,80%", *QUICK, "--figure", "go-live@mean")
    kept, none = (
        cli("sweep", SMALL, *vary, "--json", "--out", name, *more).json["cells"]
        for name, more in (("kept", ("--keep-activities", 2)), ("none", ()))
    )
    assert [cell["figures"] for cell in kept] == [cell["figures"] for cell in none]
    assert buildsim.open(kept[0]["run"]).activities["replication"].nunique() == 2
    assert buildsim.open(none[0]["run"]).activities.empty


def test_a_file_stands_where_the_folder_should(cli: Cli) -> None:
    Path("here").write_text("")
    result = cli("sweep", SMALL, "--vary", f"{WORKFORCE}=100%", *QUICK, "--out", "here/cells")
    assert (result.code, result.out) == (2, "")
    assert "--out" in result.err
    assert "this is a file" in result.err
