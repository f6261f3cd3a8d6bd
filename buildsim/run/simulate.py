"""`simulate`: many replications of a model, in a folder or in memory, resumed where a run was broken off."""

import os
import sys
import time
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pandas as pd

from buildsim.errors import InputError, Problem
from buildsim.program.groups import checked
from buildsim.results.digest import frame_digest
from buildsim.results.manifest import MODEL, Design, Manifest, Status, canonical_json, model_hash
from buildsim.results.store import FolderStore, MemoryStore, Store, gaps, write_text
from buildsim.run.blocks import Cutter
from buildsim.run.executors import (
    Done,
    Job,
    Replicating,
    StartMethod,
    arrow_tables,
    in_processes,
    in_this_process,
    peak_memory,
)
from buildsim.run.folder import opened
from buildsim.run.progress import Advance, progress_bar
from buildsim.run.run import Run

if TYPE_CHECKING:
    from buildsim.model import Model
    from buildsim.model.change import Change

SCENARIO = "scenario "
"""How the origin of a change begins that a scenario made."""


@dataclass(frozen=True)
class Inside:
    """What tests reach into; none of it may change what is computed."""

    build: Callable[[Job], Replicating] | None = None
    """Builds the replicator in place of the real one."""
    block: int | None = None
    """A fixed number of replications to a block."""
    method: StartMethod | None = None
    """How processes are started."""


def simulate(
    model: "Model",
    replications: int = 1000,
    seed: int = 1,
    *,
    workers: int | None = None,
    design: Design = "monte-carlo",
    out: str | os.PathLike[str] | None = None,
    draws: pd.DataFrame | None = None,
    resume: bool = False,
    progress: bool = False,
    keep_activities: int = 100,
    without: Collection[str] = (),
    changes: Sequence["Change"] = (),
    _inside: Inside | None = None,
) -> Run:
    """Simulate a model and return its tables.

    Replication r of a model and a seed is the same, bit for bit, for any number of workers and any cut into blocks.

    Args:
        model: What `load` gave.
        replications: How many, at least 1.
        seed: Of the draws.
        workers: Processes, at least 1; all cores unless told otherwise.
        design: `monte-carlo`, `latin-hypercube` or `sobol`.
        out: The folder to keep the run in, new or empty unless it is resumed; without it the tables stay in memory.
        draws: Given values of uncertain quantities, a column for each, row r for replication r.
        resume: Go on with the run in `out`, if there is one. Model, seed, design, draws, `keep_activities` and the
            version of buildsim must be that run's; only with `monte-carlo` may the number of replications differ.
        progress: Show replications done, rate and time left on stderr, if that is a terminal.
        keep_activities: Of how many replications, from 0, the table `activities` is kept.
        without: Groups of causes that are taken out, `buildsim.program.groups.GROUPS`: their inputs are as planned.
        changes: What `load_with_changes` says was changed in the model file, for the manifest.

    Raises:
        InputError: when the input cannot be used; nothing has been written then.
        RunError: when a replication fails; the folder keeps the blocks that were finished.
        KeyboardInterrupt: on Ctrl-C; the folder keeps the blocks that were finished.
    """
    inside = _inside or Inside()
    workers = cores() if workers is None else workers
    _check(replications, workers, design, keep_activities)
    if resume and out is None:
        message = "there is no folder to resume from"
        raise InputError(Problem("resume", message, expected="`out`, the folder of a run"))
    begun = time.perf_counter()
    text = canonical_json(model.model_dump(mode="json"))
    folder = None if out is None else Path(out)
    job = Job(
        text, int(seed), design, int(replications), int(keep_activities), checked(without), draws, folder, inside.build
    )
    replicator = job.replicator()
    manifest = Manifest(
        model_hash=model_hash(text),
        scenario=_scenarios(changes),
        changes=tuple(f"{change} ({change.origin})" for change in changes),
        start=model.start,
        horizon=model.days,
        seed=job.seed,
        design=design,
        replications=job.replications,
        keep_activities=job.keep_activities,
        without=job.without,
        draws=None if draws is None else frame_digest(draws),
        workers=min(workers, job.replications),
    )
    with _store(folder, manifest, resume) as (store, begun_with):
        if folder is not None:
            begun_with.write(folder)
            write_text(folder / MODEL, text)
        if not (isinstance(store, FolderStore) and store.has_plan()):
            store.put_plan(arrow_tables(replicator.plan, replicator, None), replicator.names)
        cutter = Cutter(gaps(store.spans(), job.replications), manifest.workers, inside.block)
        blocks = _blocks(job, replicator, cutter, manifest.workers, inside.method)
        with progress_bar(job.replications, job.replications - cutter.left, progress) as advance:
            manifest = _keep(blocks, store, begun_with, begun, advance)
    return Run(store, manifest, folder, model)


def _scenarios(changes: Sequence["Change"]) -> tuple[str, ...]:
    """The scenarios that changed something, in the order in which they did."""
    origins = dict.fromkeys(change.origin for change in changes)
    return tuple(origin.removeprefix(SCENARIO) for origin in origins if origin.startswith(SCENARIO))


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


def _check(replications: int, workers: int, design: str, keep_activities: int) -> None:
    problems = []
    if replications < 1:
        problems.append(Problem("replications", f"{replications} replications", expected="at least 1"))
    if workers < 1:
        problems.append(Problem("workers", f"{workers} workers", expected="at least 1"))
    if design not in get_args(Design):
        problems.append(Problem("design", f"unknown design '{design}'", expected=" or ".join(get_args(Design))))
    if keep_activities < 0:
        problems.append(Problem("keep_activities", f"{keep_activities} replications", expected="at least 0"))
    if problems:
        raise InputError(problems)


@contextmanager
def _store(folder: Path | None, manifest: Manifest, resume: bool) -> Iterator[tuple[Store, Manifest]]:
    if folder is None:
        yield MemoryStore(), manifest
    else:
        with opened(folder, manifest, resume) as (store, continued):
            yield store, continued


def _blocks(
    job: Job, replicator: Replicating, cutter: Cutter, workers: int, method: StartMethod | None
) -> Generator[Done]:
    if workers == 1 or not cutter.left:
        return in_this_process(job, replicator, cutter)
    return in_processes(job, cutter, workers, method)


def _keep(blocks: Generator[Done], store: Store, manifest: Manifest, begun: float, advance: Advance) -> Manifest:
    """Keep each block as it is finished, and return the manifest with what became of the run."""
    status: Status = "failed"
    try:
        with closing(blocks):
            for done in blocks:
                if done.tables is not None:
                    store.put(done.span, done.tables)
                manifest = manifest.after(done.timings, done.peak_memory)
                advance(done.span.count)
        status = "complete"
    except KeyboardInterrupt:
        status = "interrupted"
        raise
    finally:
        manifest = manifest.after({"elapsed": time.perf_counter() - begun}, peak_memory())
        manifest = manifest.model_copy(update={"status": status})
        if isinstance(store, FolderStore):
            store.clean()
            manifest.write(store.path)
    return manifest
