"""Sweeps: cells that are checked before anything runs, kept when they are finished, and told in one tidy frame."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis import figures
from buildsim.analysis.compare import compare
from buildsim.analysis.sweep import COLUMNS, sweep
from buildsim.errors import InputError
from buildsim.run import sweep as cells
from buildsim.run.run import open_run

WORKFORCE, EXPERIENCED = "productivity.workforce", "labour.*.*.experienced"
GRID = {WORKFORCE: ["100%", "80%"], EXPERIENCED: ["200 per 1000", "50 per 1000"]}
FEW = [figures.go_live(statistic="mean"), figures.go_live(), figures.withdrawal(), figures.total("damages")]


@pytest.fixture(scope="module")
def swept(tmp_path_factory: pytest.TempPathFactory) -> tuple[pd.DataFrame, Path]:
    out = tmp_path_factory.mktemp("sweep")
    return sweep("examples/one-hall", GRID, replications=12, workers=1, out=out), out


def test_a_grid_in_order_the_last_path_fastest() -> None:
    rows = cells.combinations({"a": [1, 2], "b": ["x", "y", "z"]})
    assert [tuple(row.values()) for row in rows] == [(1, "x"), (1, "y"), (1, "z"), (2, "x"), (2, "y"), (2, "z")]


def test_value_by_value() -> None:
    assert cells.combinations({"a": [1, 2], "b": ["x", "y"]}, listwise=True) == [{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]
    with pytest.raises(InputError, match="equally long, but a has 1, b has 2"):
        cells.combinations({"a": [1], "b": ["x", "y"]}, listwise=True)


def test_nothing_to_vary_is_told() -> None:
    with pytest.raises(InputError, match="nothing is varied"):
        cells.combinations({})
    with pytest.raises(InputError) as refused:
        cells.combinations({"a": [], "b": "xyz"})
    assert [problem.path for problem in refused.value.problems] == ["a", "b"]


def test_the_frame_is_tidy(swept: tuple[pd.DataFrame, Path]) -> None:
    frame, _ = swept
    assert list(frame) == ["cell", WORKFORCE, EXPERIENCED, *COLUMNS]
    assert frame.groupby("cell").size().nunique() == 1
    assert not frame.duplicated(["cell", "quantity", "of", "statistic"]).any()
    assert set(frame["quantity"]) >= {"go-live", "live MW", "missed", "any_withdrawal", "damages"}
    first = frame[frame["cell"] == 0]
    assert (first[["difference", "low", "high", "low_all", "high_all"]] == 0.0).all(axis=None)
    assert first[["p", "p_adjusted"]].isna().all(axis=None)
    assert not first["differs"].any()
    assert (frame["value_low"] <= frame["value"]).all()
    assert (frame["replications"] == 12).all()


def test_each_cell_is_a_run_of_its_own(swept: tuple[pd.DataFrame, Path]) -> None:
    frame, out = swept
    mean = frame[(frame["quantity"] == "go-live") & (frame["statistic"] == "mean")].set_index("cell")
    base, last = (open_run(mean.loc[cell, "folder"]) for cell in (0, 3))
    known = bs.load("examples/one-hall", set={WORKFORCE: "80%", EXPERIENCED: "50 per 1000"})
    assert last.digest() == bs.simulate(known, 12, workers=1, keep_activities=0).digest()
    assert "productivity.workforce" in " ".join(last.manifest["changes"])
    apart = compare(base, last).dates.set_index(["of", "statistic"]).loc[("portfolio", "mean")]
    for column in ("difference", "low", "high", "variance_reduction", "pairs"):
        assert mean.loc[3, column] == pytest.approx(apart[column])
    listed = pd.read_csv(out / cells.CELLS)
    assert listed["folder"].tolist() == [Path(folder).name for folder in mean["folder"]]
    assert listed[WORKFORCE].tolist() == ["100%", "100%", "80%", "80%"]


def test_finished_cells_are_kept_and_a_wider_sweep_runs_the_new_ones(swept: tuple[pd.DataFrame, Path]) -> None:
    frame, out = swept
    before = {file: file.stat().st_mtime_ns for file in out.rglob("*.parquet")}
    ran: list[int] = []
    wider = GRID | {WORKFORCE: ["100%", "90%", "80%"]}
    again = sweep(
        "examples/one-hall", wider, replications=12, workers=1, out=out, told=lambda cell: ran.append(cell.number)
    )
    assert ran == [2, 3]
    assert {file: file.stat().st_mtime_ns for file in before} == before
    kept = again[again[WORKFORCE] != "90%"].reset_index(drop=True)
    same = ["quantity", "of", "statistic", "value", "difference", "low", "high", "folder"]
    pd.testing.assert_frame_equal(kept[same], frame[same])


def test_a_broken_off_sweep_goes_on(tmp_path: Path) -> None:
    plan = cells.plan("examples/one-hall", GRID, replications=6, out=tmp_path)
    done = cells.run(plan, workers=1)
    assert [next(done)[0].number for _ in range(2)] == [0, 1]
    done.close()
    ran: list[int] = []
    assert len(list(cells.run(plan, workers=1, told=lambda cell: ran.append(cell.number)))) == 4
    assert ran == [2, 3]


def test_longer_runs_are_extended_and_shorter_ones_stand_apart(tmp_path: Path) -> None:
    one = {WORKFORCE: ["100%"]}

    def folder(replications: int) -> Path:
        plan = cells.plan("examples/one-hall", one, replications=replications, out=tmp_path)
        ((cell, run),) = cells.run(plan, workers=1)
        assert run.replications == replications
        assert cell.folder is not None
        return cell.folder

    short = folder(6)
    assert folder(9) == short
    assert folder(4) == short.with_name(f"{short.name}-n4")
    assert folder(9) == short


def test_in_memory_it_says_the_same(swept: tuple[pd.DataFrame, Path]) -> None:
    frame, _ = swept
    again = sweep("examples/one-hall", GRID, replications=12, workers=1)
    pd.testing.assert_frame_equal(again.drop(columns="folder"), frame.drop(columns="folder"))
    assert (again["folder"] == "").all()


def test_scenarios_are_varied_too() -> None:
    vary = {"scenario": ["", "labour-20"]}
    frame = sweep("examples/two-sites", vary, replications=6, workers=1, figures=FEW, set={"horizon": "2029-12-31"})
    assert frame["scenario"].tolist() == [""] * 4 + ["labour-20"] * 4
    assert frame["difference"].iloc[4] > 0.0
    assert frame["quantity"].tolist() == ["go-live", "go-live", "any_withdrawal", "damages"] * 2


def test_a_function_may_make_the_models() -> None:
    def made(settings: object) -> bs.Model:
        assert isinstance(settings, dict)
        return bs.load("examples/one-hall", set={WORKFORCE: f"{settings['people']}%"})

    frame = sweep(made, {"people": [100, 70]}, replications=6, workers=1, figures=FEW[:1])
    assert frame["people"].tolist() == [100, 70]
    assert frame["difference"].iloc[1] > 0.0


def test_every_problem_of_every_cell_is_told_before_anything_runs(tmp_path: Path) -> None:
    vary = {WORKFORCE: ["100%", "a lot"], EXPERIENCED: ["200 per 1000", "1200 per 1000"]}
    with pytest.raises(InputError) as refused:
        sweep("examples/one-hall", vary, replications=6, out=tmp_path / "out")
    told = str(refused.value)
    assert len(refused.value.problems) >= 2
    assert f"(in the cell {WORKFORCE}=a lot, {EXPERIENCED}=200 per 1000 and 1 more)" in told
    assert "1200 per 1000" in told
    assert not (tmp_path / "out").exists()


def test_a_problem_of_all_cells_is_told_once() -> None:
    with pytest.raises(InputError) as refused:
        sweep("examples/one-hall", {"productivity.workforze": ["100%", "80%"]}, replications=6)
    assert len(refused.value.problems) == 1
    assert "in the cell" not in str(refused.value)


def test_what_does_not_go_together_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("precious")
    vary = {WORKFORCE: ["100%"], "scenario": ["labour-20"]}
    with pytest.raises(InputError) as refused:
        cells.plan(
            "examples/two-sites", vary, replications=1, set={WORKFORCE: "90%"}, scenario="labour-20",
            out=tmp_path / "file",
        )  # fmt: skip
    assert [problem.path for problem in refused.value.problems] == [WORKFORCE, "scenario", "replications", "out"]
    with pytest.raises(InputError, match="takes the varied values only"):
        cells.plan(lambda settings: bs.load("one-hall"), {"a": [1]}, set={"b": 2})
    with pytest.raises(InputError, match="start on different dates"):
        cells.plan("examples/one-hall", {"start": ["2025-07-01", "2025-06-30"]})
    with pytest.raises(InputError, match="there is no site 'nowhere'"):
        sweep("examples/one-hall", {WORKFORCE: ["100%"]}, figures=[figures.go_live("nowhere")])


def test_other_designs_may_be_swept(tmp_path: Path) -> None:
    vary = {WORKFORCE: ["100%", "80%"]}
    frames = [
        sweep("examples/one-hall", vary, replications=n, workers=1, design="latin-hypercube", figures=FEW, out=tmp_path)
        for n in (4, 8)
    ]
    assert [frame["replications"].iloc[0] for frame in frames] == [4, 8]
    assert np.isfinite(frames[1]["difference"]).all()
    assert len(list(tmp_path.glob("workforce-*"))) == 4
