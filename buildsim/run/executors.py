"""Where blocks of replications are computed: in this process or in several.

Every process builds its replicator from the same JSON of the model, so that what is computed cannot depend on where.
"""

import json
import multiprocessing
import multiprocessing.connection
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Generator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Literal, Protocol

import numpy as np
import pandas as pd

from buildsim.errors import RunError
from buildsim.results.columns import Categories, Values, to_arrow
from buildsim.results.manifest import Design
from buildsim.results.store import FolderStore, Span
from buildsim.results.tables import TABLES
from buildsim.run.blocks import Cutter

StartMethod = Literal["fork", "spawn"]


class Replicating(Protocol):
    """What computes replications: `buildsim.run.replication.Replicator`, seen from here."""

    @property
    def names(self) -> list[str]:
        """The names of the inputs, in the order of their columns."""

    @property
    def categories(self) -> Categories:
        """For text given as codes: (table, column) -> the texts in declared order, the same in every process."""

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds by stage (sampling, simulating) since it was built."""

    @property
    def plan(self) -> Mapping[str, Mapping[str, Values]]:
        """The tables of the planning replication."""

    def block(self, first: int, count: int) -> Mapping[str, Mapping[str, Values]]:
        """The tables of replications first to first + count - 1, rows in replication order; a table may be left out."""


@dataclass(frozen=True)
class Job:
    """All that a process needs to compute replications of a run."""

    model: str
    """The model as canonical JSON."""
    seed: int
    """The seed of the draws."""
    design: Design
    """The sampling design."""
    replications: int
    """Replications of the whole run."""
    keep_activities: int
    """Of how many replications, from 0, the table `activities` is kept."""
    without: tuple[str, ...] = ()
    """The groups of causes that are taken out."""
    draws: pd.DataFrame | None = None
    """Given draws: row r holds replication r."""
    out: Path | None = None
    """The folder of the run; None to hand the tables back."""
    build: "Callable[[Job], Replicating] | None" = None
    """What builds the replicator; None for the real one."""

    def replicator(self) -> Replicating:
        """A replicator for this job; InputError when the model or the draws cannot be used."""
        return (self.build or _replicator)(self)


def _replicator(job: Job) -> Replicating:
    from buildsim.model import Model
    from buildsim.run.replication import Replicator

    replicator: Replicating = Replicator(
        Model.model_validate(json.loads(job.model)),
        seed=job.seed,
        design=job.design,
        replications=job.replications,
        draws=job.draws,
        keep_activities=job.keep_activities,
        without=job.without,
    )
    return replicator


@dataclass(frozen=True)
class Done:
    """A finished block."""

    span: Span
    """The replications that it holds."""
    seconds: float
    """What it took, writing included."""
    timings: Mapping[str, float]
    """Seconds by stage: what the replicator measured, and `writing`."""
    peak_memory: float
    """The largest resident memory of the process so far [MB]."""
    tables: Mapping[str, Any] | None
    """The stored Arrow tables by name; None when they have been written to the folder of the run."""


class Worker:
    """Computes blocks with one replicator, and writes them where the job has a folder."""

    def __init__(self, job: Job, replicator: Replicating | None = None) -> None:
        self._job = job
        self._replicator = replicator
        self.busy = False
        """Whether a block is being computed: only then is there anything to interrupt."""
        self.stopped = False
        """Whether the run has been stopped, so that no other block is begun."""

    def block(self, span: Span) -> Done:
        """Compute one block; RunError when a replication goes wrong."""
        if self._replicator is None:
            self._replicator = self._job.replicator()
        self.busy = True
        try:
            if self.stopped:
                raise KeyboardInterrupt
            return self._block(self._replicator, span)
        except RunError:
            raise
        except Exception as error:
            what = f"{type(error).__name__}: {error}"
            raise RunError(f"replications {span.first} to {span.end - 1} failed: {what}") from error
        finally:
            self.busy = False

    def _block(self, replicator: Replicating, span: Span) -> Done:
        before = dict(replicator.timings)
        begun = time.perf_counter()
        columns = replicator.block(span.first, span.count)
        computed = time.perf_counter()
        tables = arrow_tables(columns, replicator, span)
        if self._job.out is not None:
            FolderStore(self._job.out).put(span, tables)
        ended = time.perf_counter()
        timings = {stage: seconds - before.get(stage, 0.0) for stage, seconds in replicator.timings.items()}
        timings["writing"] = timings.get("writing", 0.0) + ended - computed
        return Done(span, ended - begun, timings, peak_memory(), tables if self._job.out is None else None)


def arrow_tables(
    columns: Mapping[str, Mapping[str, Values]], replicator: Replicating, span: Span | None
) -> dict[str, Any]:
    """The stored Arrow tables of what a replicator gave; RunError if it is not what the table definitions say."""
    unknown = sorted(set(columns) - set(TABLES))
    if unknown:
        raise RunError(f"unknown tables {unknown}")
    categories, names = replicator.categories, replicator.names
    tables = {name: to_arrow(table, columns.get(name, {}), categories, names) for name, table in TABLES.items()}
    if span is not None:
        for name, table in tables.items():
            numbers = table.column("replication").to_numpy()
            if len(numbers) and not (span.first <= numbers[0] and numbers[-1] < span.end and _ascending(numbers)):
                raise RunError(f"table {name}: replications out of order or outside {span.first} to {span.end - 1}")
    return tables


def _ascending(numbers: "np.ndarray[Any, Any]") -> bool:
    return bool((numbers[1:] >= numbers[:-1]).all())


def peak_memory() -> float:
    """The largest resident memory of this process so far [MB]; 0 where the system does not tell."""
    if sys.platform == "win32":
        return 0.0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1e6 if sys.platform == "darwin" else 1e3)


def in_this_process(job: Job, replicator: Replicating, cutter: Cutter) -> Generator[Done]:
    """Compute the blocks one after another in this process."""
    worker = Worker(job, replicator)
    while (span := cutter.next()) is not None:
        done = worker.block(span)
        cutter.measured(span.count, done.seconds)
        yield done


def start_method() -> StartMethod:
    """How processes are started: forked on Linux as long as this process has one Python thread, else spawned."""
    return "fork" if sys.platform == "linux" and threading.active_count() == 1 else "spawn"


def in_processes(job: Job, cutter: Cutter, workers: int, method: StartMethod | None = None) -> Generator[Done]:
    """Compute the blocks in `workers` processes, yielding each as it is finished; RunError when a process dies.

    When the iterator is closed, by Ctrl-C or an error, the processes drop the blocks at which they are. When this
    process is killed, they end.
    """
    context = multiprocessing.get_context(method or start_method())
    stop, stopper = context.Pipe(duplex=False)
    pool = ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(job, stop, stopper))
    waiting: set[Future[Done]] = set()
    try:
        while True:
            while len(waiting) < 2 * workers and (span := cutter.next()) is not None:
                waiting.add(pool.submit(_compute, span))
            if not waiting:
                return
            finished, waiting = wait(waiting, return_when=FIRST_COMPLETED)
            for future in finished:
                done = future.result()
                cutter.measured(done.span.count, done.seconds)
                yield done
    except BrokenProcessPool as error:
        raise RunError("a worker process died: it was killed from outside or for want of memory") from error
    finally:
        stopper.close()
        pool.shutdown(wait=True, cancel_futures=True)
        stop.close()


_workers: dict[int, Worker] = {}
"""In a worker process, its worker by process id: a pool's functions can find it nowhere else."""


def _begin(job: Job, stop: Connection, stopper: Connection) -> None:
    """Make this process a worker."""
    stopper.close()
    worker = _workers[os.getpid()] = Worker(job)

    def interrupt(_signal: int, _frame: Any) -> None:
        if worker.busy:
            raise KeyboardInterrupt

    signal.signal(signal.SIGINT, interrupt)
    threading.Thread(target=_watch, args=(worker, stop), daemon=True).start()


def _watch(worker: Worker, stop: Connection) -> None:
    """Drop the block under way when the run is stopped; end this process when the one that started it is gone."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    if parent.sentinel not in multiprocessing.connection.wait([stop, parent.sentinel]):
        worker.stopped = True
        signal.raise_signal(signal.SIGINT)
        multiprocessing.connection.wait([parent.sentinel])
    os._exit(1)


def _compute(span: Span) -> Done:
    return _workers[os.getpid()].block(span)
