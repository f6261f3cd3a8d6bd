"""Runs of one model that differ in the causes taken out only: one compilation and one pool of workers for all.

Every (subset of groups, replication) that is asked for has a number, subset by subset; workers get spans of these
numbers as they get replications of a plain run. A run is handed out when it is whole and kept no longer, so memory does
not grow with their number. What is computed is, bit for bit, what `simulate` gives with these groups taken out.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from functools import partial
from itertools import accumulate
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from buildsim.model.root import Model
from buildsim.program.groups import Group
from buildsim.results.columns import Categories
from buildsim.results.manifest import Manifest, canonical_json, model_hash
from buildsim.results.store import MemoryStore, Span
from buildsim.run.blocks import Cutter
from buildsim.run.executors import Job, arrow_tables, in_processes, in_this_process
from buildsim.run.progress import progress_bar
from buildsim.run.replication import Replicator
from buildsim.run.run import Run
from buildsim.run.simulate import cores

DRAWN = 100
"""Replications whose draws are made together."""
KEPT = 10
"""How many such blocks of draws a worker keeps."""


@dataclass(frozen=True, slots=True)
class Subset:
    """Groups that are taken out together, and the replications in which they are."""

    groups: tuple[Group, ...]
    replications: tuple[int, ...]
    """Numbers of replications, ascending."""


class SubsetReplicator:
    """Computes replications by their numbers over all subsets."""

    def __init__(self, job: Job, subsets: Sequence[Subset]) -> None:
        self._subsets = subsets
        self._firsts = [0, *accumulate(len(one.replications) for one in subsets)]
        self._total = job.replications
        self._base = Replicator(
            Model.model_validate(json.loads(job.model)),
            seed=job.seed,
            design=job.design,
            replications=job.replications,
            keep_activities=0,
        )
        self._drawn: dict[int, np.ndarray] = {}

    @property
    def names(self) -> list[str]:
        """The names of the inputs, in the order of their columns."""
        return self._base.names

    @property
    def categories(self) -> Categories:
        """The texts of the columns that are given as codes."""
        return self._base.categories

    @property
    def timings(self) -> Mapping[str, float]:
        """Seconds by stage since it was built."""
        return self._base.timings

    @property
    def plan(self) -> Mapping[str, Mapping[str, Any]]:
        """The tables of the planning replication."""
        return self._base.plan

    def block(self, first: int, count: int) -> Mapping[str, Mapping[str, Any]]:
        """Return the tables of some numbers, which belong to one subset."""
        place = int(np.searchsorted(self._firsts, first, side="right")) - 1
        subset, offset = self._subsets[place], first - self._firsts[place]
        replications = subset.replications[offset : offset + count]
        draws = np.stack([self._draws(replication) for replication in replications])
        return self._base.taking_out(subset.groups).chosen(replications, draws, first)

    def _draws(self, replication: int) -> np.ndarray:
        """Return the inputs of a replication; they are drawn many at a time, for one takes as long."""
        block, row = divmod(replication, DRAWN)
        if block not in self._drawn:
            if len(self._drawn) == KEPT:
                self._drawn.pop(next(iter(self._drawn)))
            first = block * DRAWN
            self._drawn[block] = self._base.sampler.block(first, min(DRAWN, self._total - first))
        drawn: np.ndarray = self._drawn[block][row]
        return drawn


def simulate_each(
    model: Model,
    subsets: Sequence[Subset],
    replications: int,
    seed: int,
    *,
    workers: int | None = None,
    progress: bool = False,
) -> Iterator[tuple[Subset, Run]]:
    """Yield a run for each subset, as they become whole; its replication k is the k-th of the subset's replications.

    `replications` is how many there are in all, of which every subset has some or all.

    Raises:
        RunError: when a replication fails.
    """
    text = canonical_json(model.model_dump(mode="json"))
    build = partial(SubsetReplicator, subsets=tuple(subsets))
    job = Job(text, seed, "monte-carlo", replications, 0, build=build)
    replicator = build(job)
    plan = arrow_tables(replicator.plan, replicator, None)
    spans = [Span(first, len(one.replications)) for first, one in zip(replicator._firsts, subsets, strict=False)]
    workers = min(cores() if workers is None else workers, sum(span.count for span in spans))
    cutter = Cutter(spans, workers)
    blocks = in_this_process(job, replicator, cutter) if workers == 1 else in_processes(job, cutter, workers)
    place_of = {number: place for place, span in enumerate(spans) for number in range(span.first, span.end)}
    stores: dict[int, MemoryStore] = {}
    manifest = Manifest(
        model_hash=model_hash(text), start=model.start, horizon=model.days, seed=seed, design=job.design,
        replications=replications, keep_activities=0, workers=workers,
    )  # fmt: skip
    with progress_bar(cutter.left, 0, progress) as advance, closing(blocks):
        for done in blocks:
            advance(done.span.count)
            place = place_of[done.span.first]
            subset, begin = subsets[place], spans[place].first
            store = stores.setdefault(place, MemoryStore())
            store.put(Span(done.span.first - begin, done.span.count), _renumbered(done.tables or {}, begin))
            if sum(span.count for span in store.spans()) == len(subset.replications):
                store = stores.pop(place)
                store.put_plan(plan, replicator.names)
                told = {"without": tuple(group.name for group in subset.groups)}
                count = {"replications": len(subset.replications), "status": "complete"}
                yield subset, Run(store, manifest.model_copy(update=told | count), None, model)


def _renumbered(tables: Mapping[str, Any], begin: int) -> dict[str, Any]:
    """Return tables whose replications count from the first one of their subset."""
    found = {}
    for name, table in tables.items():
        place = table.schema.get_field_index("replication")
        field = table.schema.field(place)
        numbers = pc.subtract(table.column(place), pa.scalar(begin, field.type))
        found[name] = table.set_column(place, field, numbers)
    return found
