"""`simulate` as it is called: what it refuses, what it writes down, what it keeps."""

import json
from pathlib import Path
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from buildsim import __version__
from buildsim.errors import InputError, Problem
from buildsim.model.change import Change
from buildsim.results.manifest import model_hash, read_manifest
from buildsim.results.store import FolderStore
from buildsim.run.executors import Job, Replicating
from buildsim.run.run import open_run
from buildsim.run.simulate import Inside, cores, simulate
from tests.run.fake_replicator import FakeModel, run


def test_all_wrong_arguments_are_told_at_once(tmp_path: Path) -> None:
    design = cast(Any, "monte-karlo")
    with pytest.raises(InputError) as refused:
        run(0, workers=0, design=design, keep_activities=-1, out=tmp_path / "run")
    assert [problem.path for problem in refused.value.problems] == [
        "replications",
        "workers",
        "design",
        "keep_activities",
    ]
    assert not (tmp_path / "run").exists()


def test_nothing_is_resumed_without_a_folder() -> None:
    with pytest.raises(InputError, match="no folder to resume from"):
        run(resume=True)


def test_a_model_that_cannot_be_compiled_leaves_nothing(tmp_path: Path) -> None:
    def refuse(job: Job) -> Replicating:
        raise InputError(Problem("sites.denton", "has no power"))

    with pytest.raises(InputError, match="has no power"):
        simulate(cast(Any, FakeModel()), 10, out=tmp_path / "run", _inside=Inside(refuse))
    assert not (tmp_path / "run").exists()


def test_the_folder_describes_itself(tmp_path: Path) -> None:
    changes = [
        Change("labour.dfw.electrical.experienced", 0.2, 0.02, "scenario labour-20"),
        Change("horizon", "2026-12-31", "2027-12-31", "--set horizon"),
        Change("labour.dfw.civil.experienced", 0.2, 0.02, "scenario labour-20"),
    ]
    run(30, seed=7, out=tmp_path, keep_activities=12, changes=changes)
    manifest = read_manifest(tmp_path)
    assert manifest.status == "complete"
    assert (manifest.seed, manifest.design, manifest.replications) == (7, "monte-carlo", 30)
    assert (manifest.workers, manifest.keep_activities, manifest.draws) == (1, 12, None)
    assert (str(manifest.start), manifest.horizon) == ("2025-07-01", 914.0)
    assert manifest.scenario == ("labour-20",)
    assert manifest.changes[0] == "labour.dfw.electrical.experienced: 0.2 -> 0.02 (scenario labour-20)"
    assert len(manifest.changes) == 3
    assert manifest.versions["buildsim"] == __version__
    assert manifest.timings["sampling"] == 30 * 0.25
    assert manifest.timings["simulating"] == 30 * 0.5
    assert manifest.timings["writing"] > 0
    assert manifest.timings["elapsed"] > 0
    assert manifest.peak_memory > 10
    text = (tmp_path / "model.json").read_text().strip()
    assert json.loads(text) == FakeModel().content
    assert model_hash(text) == manifest.model_hash
    assert {entry.name for entry in tmp_path.iterdir()} == {
        ".lock", "blocks", "inputs.json", "manifest.json", "model.json", "plan",
    }  # fmt: skip
    assert [folder.name for folder in sorted((tmp_path / "blocks").iterdir())] == [
        "000000-000009",
        "000010-000019",
        "000020-000029",
    ]


def test_timings_of_all_workers_are_summed() -> None:
    assert run(30, workers=2).manifest["timings"]["simulating"] == 15.0


def test_no_more_workers_than_replications() -> None:
    assert run(1, workers=8).manifest["workers"] == 1


def test_all_cores_unless_told(tmp_path: Path) -> None:
    assert cores() >= 1
    assert run(30, workers=cast(Any, None)).manifest["workers"] == min(cores(), 30)


def test_activities_are_kept_of_the_first_replications() -> None:
    kept = run(30, keep_activities=12)
    assert kept.activities["replication"].max() == 11
    assert run(30, keep_activities=0).activities.empty
    assert kept.digest() == run(30, keep_activities=12, block=7).digest()


def test_given_draws_are_used_and_named(tmp_path: Path) -> None:
    drawn = run(20).inputs
    given = drawn.drop(columns="replication")
    again = run(20, seed=99, draws=given, out=tmp_path)
    pd.testing.assert_frame_equal(again.go_live, run(20).go_live)
    assert again.manifest["draws"] != run(20, draws=given + 1).manifest["draws"]
    assert run(20, seed=99, draws=given, workers=2).digest() == again.digest()


@pytest.mark.parametrize("resume", [False, True])
def test_a_folder_with_other_things_is_refused(resume: bool, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("precious")
    with pytest.raises(InputError, match="holds other things and no run"):
        run(out=tmp_path, resume=resume)
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("precious")
    with pytest.raises(InputError, match="this is a file"):
        run(out=tmp_path / "run")


def test_an_empty_folder_and_missing_parents_will_do(tmp_path: Path) -> None:
    assert run(out=tmp_path, resume=True).complete
    assert run(out=tmp_path / "a" / "b").complete


def test_a_folder_with_a_run_is_refused_unless_resumed(tmp_path: Path) -> None:
    first = run(out=tmp_path)
    with pytest.raises(InputError, match="the folder holds a run already"):
        run(seed=2, out=tmp_path)
    assert open_run(tmp_path).digest() == first.digest()


def test_without_a_folder_nothing_is_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(workers=2).complete
    assert list(tmp_path.iterdir()) == []


def test_the_plan_is_kept_beside_the_replications(tmp_path: Path) -> None:
    for kept in (run(), run(out=tmp_path), open_run(tmp_path)):
        assert kept.plan.go_live["live"].tolist() == [10.0, 20.0, 30.0]
        assert kept.plan.inputs.iloc[0].tolist() == [0.0, 10.0, 20.0, 30.0]
        assert kept.plan.milestones.empty
    assert FolderStore(tmp_path).has_plan()


def test_a_measured_cut_covers_a_longer_run() -> None:
    assert np.array_equal(run(3000, block=None, workers=2).inputs["replication"], np.arange(3000))
