"""A run that was broken off goes on where it stopped, and only as what it was."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from buildsim.errors import InputError
from buildsim.results.manifest import read_manifest
from buildsim.results.store import FolderStore, Span
from buildsim.run.run import open_run
from tests.run.fake_replicator import BLOCKS, run, trap


@pytest.fixture
def interrupted(tmp_path: Path) -> Path:
    """The folder of a run of 30 replications that Ctrl-C broke off in the third block of ten."""
    with pytest.raises(KeyboardInterrupt):
        run(out=tmp_path / "run", sprung=partial(trap, "interrupt", 25))
    return tmp_path / "run"


def test_ctrl_c_keeps_finished_blocks(interrupted: Path) -> None:
    assert read_manifest(interrupted).status == "interrupted"
    broken = open_run(interrupted)
    assert broken.replications == 20
    assert not broken.complete
    assert broken.go_live["replication"].max() == 19
    assert broken.digest() == run(20).digest()
    assert not list(interrupted.rglob("*.tmp"))


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_goes_on(interrupted: Path, workers: int) -> None:
    before = {file: file.stat().st_mtime_ns for file in (interrupted / "blocks").rglob("*.parquet")}
    resumed = run(out=interrupted, resume=True, workers=workers)
    assert resumed.complete
    assert resumed.manifest["status"] == "complete"
    assert resumed.digest() == run().digest()
    assert {file: file.stat().st_mtime_ns for file in before} == before


def test_timings_of_both_goes_are_summed(interrupted: Path) -> None:
    before = read_manifest(interrupted)
    after = run(out=interrupted, resume=True).manifest["timings"]
    assert after["simulating"] == 15.0
    assert after["elapsed"] > before.timings["elapsed"]
    assert read_manifest(interrupted).created == before.created


def test_ctrl_c_in_memory_is_passed_on() -> None:
    with pytest.raises(KeyboardInterrupt):
        run(sprung=partial(trap, "interrupt", 25))


def test_what_a_kill_left_half_done_is_done_again(tmp_path: Path) -> None:
    whole = run(out=tmp_path)
    blocks = tmp_path / "blocks"
    (blocks / "000010-000019").rename(blocks / "000010-000019.4711.tmp")
    (blocks / "000020-000029" / "delays.parquet").write_bytes(b"PAR1")
    shutil.rmtree(tmp_path / "plan")
    (tmp_path / "model.json").unlink()
    resumed = run(out=tmp_path, resume=True, block=3)
    assert resumed.digest() == whole.digest()
    assert Span(10, 3) in FolderStore(tmp_path).spans()
    assert (tmp_path / "model.json").exists()
    assert open_run(tmp_path).plan.go_live["live"].tolist() == [10.0, 20.0, 30.0]
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_run_killed_before_its_manifest_begins_again(tmp_path: Path) -> None:
    (tmp_path / ".lock").touch()
    (tmp_path / "manifest.json.tmp").write_text("{")
    assert run(out=tmp_path).complete
    assert not list(tmp_path.rglob("*.tmp"))


def test_a_complete_run_is_left_as_it_is(tmp_path: Path) -> None:
    first = run(out=tmp_path)
    again = run(out=tmp_path, resume=True)
    assert again.digest() == first.digest()
    assert again.manifest["timings"]["simulating"] == 15.0


def test_more_replications_extend_a_monte_carlo_run(tmp_path: Path) -> None:
    run(30, out=tmp_path)
    longer = run(50, out=tmp_path, resume=True, workers=2)
    assert longer.replications == 50
    assert longer.manifest["replications"] == 50
    assert longer.digest() == run(50).digest()


def test_fewer_replications_will_do_for_what_is_not_done(interrupted: Path) -> None:
    assert run(24, out=interrupted, resume=True).digest() == run(24).digest()
    with pytest.raises(InputError, match="24 replications are done already, more than the 10 asked for"):
        run(10, out=interrupted, resume=True)


@pytest.mark.parametrize("design", ["latin-hypercube", "sobol"])
def test_other_designs_are_resumed_but_not_extended(design: str, tmp_path: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        run(design=design, out=tmp_path, sprung=partial(trap, "interrupt", 15))
    with pytest.raises(InputError, match="the run in the folder has 30, it cannot be resumed with 40") as refused:
        run(40, design=design, out=tmp_path, resume=True)
    assert [problem.path for problem in refused.value.problems] == ["replications"]
    assert run(design=design, out=tmp_path, resume=True).complete


DRAWS = pd.DataFrame({f"sites.{block}.duration": range(50) for block in BLOCKS}, dtype=float)


@pytest.mark.parametrize(
    ("options", "paths"),
    [
        ({"content": {"name": "another"}}, ["model_hash"]),
        ({"seed": 2}, ["seed"]),
        ({"design": "sobol"}, ["design"]),
        ({"keep_activities": 7}, ["keep_activities"]),
        ({"draws": DRAWS}, ["draws"]),
        ({"seed": 2, "content": {"name": "another"}, "design": "sobol"}, ["model_hash", "seed", "design"]),
    ],
)
def test_another_run_is_not_resumed(options: dict[str, Any], paths: list[str], interrupted: Path) -> None:
    before = {file: file.read_bytes() for file in interrupted.rglob("*") if file.is_file()}
    with pytest.raises(InputError) as refused:
        run(out=interrupted, resume=True, **options)
    assert [problem.path for problem in refused.value.problems] == paths
    assert all(problem.file == str(interrupted) for problem in refused.value.problems)
    assert {file: file.read_bytes() for file in interrupted.rglob("*") if file.is_file()} == before


def test_another_version_is_not_resumed(interrupted: Path) -> None:
    content = json.loads((interrupted / "manifest.json").read_text())
    content["versions"]["buildsim"] = "0.0.1"
    (interrupted / "manifest.json").write_text(json.dumps(content))
    with pytest.raises(InputError, match=r"the run in the folder has 0\.0\.1, it cannot be resumed with"):
        run(out=interrupted, resume=True)


def test_another_format_is_neither_resumed_nor_opened(interrupted: Path) -> None:
    content = json.loads((interrupted / "manifest.json").read_text())
    (interrupted / "manifest.json").write_text(json.dumps(content | {"format": 99}))
    with pytest.raises(InputError, match="table format 99"):
        run(out=interrupted, resume=True)
    with pytest.raises(InputError, match="table format 99"):
        open_run(interrupted)


HOLD = """
import fcntl, sys
with open(sys.argv[1], "w") as file:
    fcntl.lockf(file, fcntl.LOCK_EX)
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture
def held(interrupted: Path) -> Iterator[Path]:
    """A folder to which another process writes."""
    command = [sys.executable, "-c", HOLD, str(interrupted / ".lock")]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as other:
        assert other.stdin is not None
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        yield interrupted
        other.stdin.close()


@pytest.mark.skipif(sys.platform == "win32", reason="there is no lock on Windows")
def test_only_one_process_writes_to_a_folder(held: Path) -> None:
    with pytest.raises(InputError, match="another process is writing to the folder"):
        run(out=held, resume=True)
