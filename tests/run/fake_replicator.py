"""A small replicator for the tests of running: deterministic by replication, with traps that kill, interrupt or fail.

As a program it runs `simulate` in a process of its own: FOLDER REPLICATIONS WORKERS HOW AT.
"""

import datetime
import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np

from buildsim.results.columns import Categories, Values
from buildsim.run.executors import Job, Replicating, StartMethod
from buildsim.run.run import Run
from buildsim.run.simulate import Inside, simulate

BLOCKS = ("denton/h01", "denton/h02", "ellendale/h01")
HORIZON = 914.0
CAUSES = ("planned work", "crew wait", "GPU supply")
Columns = dict[str, dict[str, Values]]


class FakeModel:
    """Stands in for a model: a plain mapping."""

    def __init__(self, content: Mapping[str, Any] | None = None) -> None:
        self.content = dict(content or {"name": "fake", "start": "2025-07-01"})
        self.start = datetime.date(2025, 7, 1)
        self.days = HORIZON

    def model_dump(self, mode: str) -> dict[str, Any]:
        """The mapping."""
        assert mode == "json"
        return self.content


class FakeReplicator:
    """Gives a few rows of most tables, drawn from a stream of the replication's own."""

    def __init__(self, job: Job, trap: Callable[[int], None] | None = None, junk: str = "") -> None:
        self.names = [f"sites.{block}.duration" for block in BLOCKS]
        self.categories: Categories = {
            **{(table, "block"): BLOCKS for table in ("go_live", "delays", "activities")},
            **{(table, "site"): ("denton", "ellendale") for table in ("go_live", "delays", "activities")},
            ("go_live", "generation"): ("A100", "GB200"),
            ("delays", "cause"): CAUSES,
            ("activities", "activity"): ("A1",),
            ("activities", "released_by"): ("", "denton/h01/A1"),
            ("activities", "waited_for"): ("", "crew"),
        }
        self.timings: dict[str, float] = {"sampling": 0.0, "simulating": 0.0}
        self.job = job
        self.model = json.loads(job.model)
        self.trap = trap
        self.junk = junk

    @property
    def plan(self) -> Columns:
        """One replication of middling values."""
        return self._tables([0], [np.array([10.0, 20.0, 30.0])])

    def block(self, first: int, count: int) -> Columns:
        """The tables of a span of replications."""
        numbers = range(first, first + count)
        for number in numbers:
            if self.trap is not None:
                self.trap(number)
        self.timings["sampling"] += 0.25 * count
        self.timings["simulating"] += 0.5 * count
        tables = self._tables(list(numbers), [self._draws(number) for number in numbers])
        if self.junk == "column":
            tables["go_live"]["nonsense"] = tables["go_live"]["mw"]
        elif self.junk == "replication":
            tables["go_live"]["replication"] = np.asarray(tables["go_live"]["replication"]) + 1
        elif self.junk == "table":
            tables["nonsense"] = {}
        return tables

    def _draws(self, number: int) -> "np.ndarray[Any, np.dtype[np.float64]]":
        if self.job.draws is not None:
            given: np.ndarray[Any, np.dtype[np.float64]] = self.job.draws[self.names].to_numpy(np.float64)[number]
            return given
        return np.random.Generator(np.random.Philox(key=[self.job.seed, number])).uniform(0, 1000, len(BLOCKS))

    def _tables(self, numbers: list[int], draws: list["np.ndarray[Any, np.dtype[np.float64]]"]) -> Columns:
        matrix = np.array(draws)
        rows = np.repeat(np.array(numbers, dtype=np.int32), len(BLOCKS))
        codes = np.tile(np.arange(len(BLOCKS)), len(numbers))
        live = np.where(matrix < HORIZON, matrix, np.nan).ravel()
        go_live: dict[str, Values] = {
            "replication": rows, "site": codes // 2, "block": codes, "mw": np.full(len(rows), 25.0),
            "gpus": np.full(len(rows), 9_000), "generation": np.minimum(codes, 1), "live": live,
            "planned": np.full(len(rows), 400.0), "target": np.full(len(rows), np.nan),
            "dropped": np.full(len(rows), np.nan),
        }  # fmt: skip
        delays: dict[str, Values] = {
            "replication": rows, "site": codes // 2, "block": codes, "cause": codes,
            "days": np.where(codes == 0, -0.0, matrix.ravel()), "planned_days": np.zeros(len(rows)),
        }  # fmt: skip
        kept = rows < self.job.keep_activities
        activities: dict[str, Values] = {
            "replication": rows[kept], "site": (codes // 2)[kept], "block": codes[kept], "activity": codes[kept] * 0,
            "ready": matrix.ravel()[kept], "start": matrix.ravel()[kept], "finish": live[kept],
            "released_by": np.minimum(codes, 1)[kept], "waited_for": np.minimum(codes, 1)[kept],
        }  # fmt: skip
        late = [number for number, row in zip(numbers, draws, strict=True) if row[0] > 500]
        withdrawals: dict[str, Values] = {
            "replication": late, "contract": ["k03"] * len(late), "customer": ["openai"] * len(late),
            "tranche": [f"k03/t{number % 4}" for number in late], "day": [500.0] * len(late),
            "mw": [65.0] * len(late), "value": [2.975e9] * len(late), "trigger": ["longstop"] * len(late),
            "cause": [CAUSES[number % 3] for number in late], "remarketed": [float("nan")] * len(late),
            "recovered": [0.0] * len(late),
        }  # fmt: skip
        placements: dict[str, Values] = {
            "replication": late, "contract": ["k03"] * len(late), "customer": ["openai"] * len(late),
            "tranche": [f"k03/t{number % 4}" for number in late], "taker": [("lab", "")[number % 2] for number in late],
            "kind": [("prospect", "market")[number % 2] for number in late], "agreed": [510.0] * len(late),
            "service": [700.0] * len(late), "until": [float("nan")] * len(late), "mw": [60.0] * len(late),
            "value": [2.5e9] * len(late),
        }  # fmt: skip
        inputs: dict[str, Values] = {"replication": numbers, **dict(zip(self.names, matrix.T, strict=True))}
        found = {"go_live": go_live, "delays": delays, "activities": activities, "withdrawals": withdrawals}
        found["placements"] = placements
        return {**found, "inputs": inputs}


def build(job: Job, trap: Callable[[int], None] | None = None, junk: str = "") -> Replicating:
    """What `simulate` is given in place of the real replicator."""
    return FakeReplicator(job, trap, junk)


def trap(how: str, at: int, number: int) -> None:
    """Spring at one replication: fail, interrupt or kill this process or the one that started it."""
    if number != at:
        return
    if how == "fail":
        raise ZeroDivisionError("a replication went wrong")
    if how == "interrupt":
        raise KeyboardInterrupt
    target = os.getppid() if how.endswith("parent") else os.getpid()
    os.kill(target, signal.SIGINT if how.startswith("interrupt") else signal.SIGKILL)
    while how.endswith("parent"):
        pass  # until this worker is stopped in turn


def run(
    replications: int = 30,
    seed: int = 1,
    *,
    content: Mapping[str, Any] | None = None,
    block: int | None = 10,
    workers: int = 1,
    method: StartMethod | None = None,
    sprung: Callable[[int], None] | None = None,
    junk: str = "",
    **options: Any,
) -> Run:
    """`simulate` with the fake replicator."""
    inside = Inside(partial(build, trap=sprung, junk=junk), block, method)
    model = cast(Any, FakeModel(content))
    return simulate(model, replications, seed, workers=workers, _inside=inside, **options)


def main(folder: str, replications: str, workers: str, how: str, at: str) -> None:
    """Run with a trap in this process."""
    sprung = partial(trap, how, int(at))
    run(int(replications), workers=int(workers), method="fork", block=5, sprung=sprung, out=Path(folder))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs in the background may have it ignored
    main(*sys.argv[1:])
