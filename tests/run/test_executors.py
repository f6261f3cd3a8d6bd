"""One answer for any number of workers and any cut into blocks; what goes wrong in a worker is told."""

import signal
import subprocess
import sys
import threading
from functools import partial
from pathlib import Path

import pytest

from buildsim.errors import RunError
from buildsim.results.manifest import read_manifest
from buildsim.results.store import FolderStore, Span
from buildsim.run.executors import StartMethod, peak_memory, start_method
from buildsim.run.run import open_run
from tests.run.fake_replicator import run, trap

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def digest() -> str:
    """The digest of the run to which all others are held."""
    return run(block=30).digest()


@pytest.mark.parametrize("workers", [1, 2, 4])
@pytest.mark.parametrize("block", [None, 1, 7])
def test_workers_and_blocks_do_not_show(digest: str, workers: int, block: int | None) -> None:
    assert run(workers=workers, block=block).digest() == digest


@pytest.mark.parametrize("workers", [1, 2])
def test_folder_and_memory_agree(digest: str, workers: int, tmp_path: Path) -> None:
    kept = run(workers=workers, out=tmp_path / "run")
    assert kept.digest() == digest
    assert open_run(tmp_path / "run").digest() == digest
    assert kept.manifest["workers"] == workers


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_start_methods_agree(digest: str, method: StartMethod) -> None:
    assert run(workers=2, method=method).digest() == digest


def test_another_seed_has_another_digest(digest: str) -> None:
    assert run(seed=2).digest() != digest


def test_frames_do_not_depend_on_workers() -> None:
    one, two = run(workers=1, block=30), run(workers=2, block=3)
    for name in ("go_live", "withdrawals", "delays", "inputs", "milestones"):
        assert getattr(one, name).equals(getattr(two, name)), name
        for column in getattr(one, name).select_dtypes("category"):
            assert list(getattr(one, name)[column].cat.categories) == list(getattr(two, name)[column].cat.categories)


def test_processes_are_forked_only_from_one_thread() -> None:
    alone = start_method()
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    assert start_method() == "spawn"
    done.set()
    thread.join()
    assert start_method() == alone


@pytest.mark.parametrize("workers", [1, 2])
def test_a_failing_replication_is_told_and_the_rest_is_kept(workers: int, tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"replications 20 to 29 failed: ZeroDivisionError: a replication went wrong"):
        run(workers=workers, sprung=partial(trap, "fail", 25), out=tmp_path)
    assert read_manifest(tmp_path).status == "failed"
    assert {Span(0, 10), Span(10, 10)} & set(FolderStore(tmp_path).spans())
    assert open_run(tmp_path).replications in ((20,) if workers == 1 else (0, 10, 20))
    assert run(workers=workers, out=tmp_path, resume=True).digest() == run().digest()


def test_an_error_that_says_enough_is_left_as_it_is() -> None:
    def told(number: int) -> None:
        raise RunError(f"replication {number} with seed 1 failed")

    with pytest.raises(RunError, match=r"^replication 0 with seed 1 failed$"):
        run(sprung=told)


def test_a_killed_worker_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="a worker process died"):
        run(40, block=5, workers=2, method="fork", sprung=partial(trap, "kill", 31), out=tmp_path)
    assert read_manifest(tmp_path).status == "failed"
    assert run(40, out=tmp_path, resume=True).digest() == run(40).digest()


@pytest.mark.parametrize(
    ("junk", "message"),
    [
        ("column", "go_live was given the wrong columns: missing .*, unknown .*nonsense"),
        ("replication", "table go_live: replications out of order or outside 0 to 9"),
        ("table", "unknown tables .*nonsense"),
    ],
)
def test_tables_that_break_their_definition_are_refused(junk: str, message: str) -> None:
    with pytest.raises(RunError, match=message):
        run(junk=junk)


def _elsewhere(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the fake in a process of its own; returns when it and all that it started have let go of its output."""
    command = [sys.executable, "-m", "tests.run.fake_replicator", *(str(argument) for argument in arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, cwd=ROOT)


def test_ctrl_c_in_parallel_keeps_finished_blocks(tmp_path: Path) -> None:
    ended = _elsewhere(tmp_path / "run", 60, 2, "interrupt-parent", 42)
    assert "KeyboardInterrupt" in ended.stderr
    assert ended.stderr.count("Traceback") == 1, ended.stderr
    assert read_manifest(tmp_path / "run").status == "interrupted"
    assert len(FolderStore(tmp_path / "run").spans()) >= 7
    assert not list((tmp_path / "run").rglob("*.tmp"))
    assert run(60, out=tmp_path / "run", resume=True).digest() == run(60).digest()


@pytest.mark.parametrize(("workers", "how"), [(1, "kill"), (2, "kill-parent")])
def test_a_killed_run_is_resumed(workers: int, how: str, tmp_path: Path) -> None:
    ended = _elsewhere(tmp_path / "run", 60, workers, how, 42)
    assert ended.returncode == -signal.SIGKILL
    assert read_manifest(tmp_path / "run").status == "running"
    found = FolderStore(tmp_path / "run").spans()
    assert len(found) >= 7
    assert Span(40, 5) not in found
    resumed = run(60, out=tmp_path / "run", resume=True)
    assert resumed.complete
    assert resumed.manifest["status"] == "complete"
    assert resumed.digest() == run(60).digest()


def test_peak_memory_is_measured() -> None:
    assert peak_memory() > 10
