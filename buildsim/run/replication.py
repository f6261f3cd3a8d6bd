"""The replicator: compiles a model once and computes its replications, block by block."""

import copy
import gc
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd

from buildsim.engine.account import Account
from buildsim.errors import BuildsimError, RunError
from buildsim.model.root import Model
from buildsim.program.compile import compile_model
from buildsim.program.groups import Group, named
from buildsim.program.people import People
from buildsim.results.manifest import Design
from buildsim.results.tables import TABLES
from buildsim.run.outcome import Outcome, replicate
from buildsim.run.rows import Recorder
from buildsim.sampling.sampler import Sampler

TOGETHER = 8
"""So many replications get their people at once, and the garbage collector, which is off till then, runs after them."""


class Replicator:
    """Computes the replications of a model."""

    def __init__(
        self,
        model: Model,
        *,
        seed: int = 1,
        design: Design = "monte-carlo",
        replications: int = 1,
        draws: pd.DataFrame | None = None,
        keep_activities: int = 100,
        without: Collection[str] = (),
    ) -> None:
        """Compile the model and run its plan.

        `without` names groups of causes (`buildsim.program.groups.GROUPS`) that are taken out: see there.

        Raises:
            InputError: drivers, correlations or given draws that do not fit the model.
        """
        self.seed = seed
        self.program = compile_model(model)
        self.sampler = Sampler(
            self.program.inputs,
            drivers=model.drivers,
            correlations=model.correlations,
            seed=seed,
            design=design,
            replications=replications,
        )
        if draws is not None:
            self.sampler.given(draws)
        self._take_out(named(self.program, without))
        self.timings: dict[str, float] = {"sampling": 0.0, "simulating": 0.0, "recording": 0.0}
        self._keep = keep_activities
        self._planned_row = self.sampler.plan()
        self._planned = self.program.amounts(self._planned_row[np.newaxis])[0].tolist()
        [people] = self.program.planned.people([self._planned_row])
        self.planned = replicate(
            self.program, seed, 0, self._planned_row, self._planned, self._planned, people, risks=False
        )
        self._recorder = self._new_recorder(keep_activities)

    @property
    def names(self) -> list[str]:
        """The names of the inputs, in the order of their columns."""
        return list(self.sampler.names)

    @property
    def categories(self) -> Mapping[tuple[str, str], list[str]]:
        """The texts of the columns that are given as codes."""
        return self._recorder.categories

    @property
    def plan(self) -> dict[str, dict[str, Any]]:
        """The tables of the planning replication, as replication 0."""
        recorder = self._new_recorder(1)
        recorder.record(self.planned)
        return self._tables(recorder, 0, self._planned_row[np.newaxis])

    def block(self, first: int, count: int) -> dict[str, dict[str, Any]]:
        """Return the tables of replications `first` to `first + count - 1`.

        Raises:
            RunError: a replication that failed, with its number and seed.
        """
        began = time.perf_counter()
        drawn = self.sampler.block(first, count)
        self.timings["sampling"] += time.perf_counter() - began
        return self.chosen(range(first, first + count), drawn, first)

    def chosen(self, replications: Sequence[int], draws: np.ndarray, first: int) -> dict[str, dict[str, Any]]:
        """Return the tables of some replications with their draws, numbered from `first` on in the order given.

        In `draws` the groups that are taken out get their planning values. Raises `RunError` as `block`.
        """
        began = time.perf_counter()
        amounts = self.program.amounts(self._as_taken(draws))
        sampled = time.perf_counter()
        self.timings["sampling"] += sampled - began
        recorder = self._new_recorder(self._keep)
        gc.freeze()
        gc.disable()
        try:
            for begin in range(0, len(replications), TOGETHER):
                some = slice(begin, begin + TOGETHER)
                outcomes = self._several(replications[some], draws[some], amounts[some])
                for place, outcome in enumerate(outcomes, start=begin):
                    outcome.replication = first + place
                    self._record(recorder, outcome)
                del outcome
                gc.collect()
        finally:
            gc.enable()
            gc.unfreeze()
        return self._tables(recorder, first, draws)

    def _draws(self, first: int, count: int) -> np.ndarray:
        """Return the inputs of a block, those of the groups taken out at their planning values."""
        return self._as_taken(self.sampler.block(first, count))

    def _as_taken(self, draws: np.ndarray) -> np.ndarray:
        draws[:, self._fixed] = self._planned_row[self._fixed]
        return draws

    def taking_out(self, groups: Sequence[Group]) -> Self:
        """Return a replicator of the same program and draws with these groups of causes taken out, and no others."""
        other = copy.copy(self)
        other._take_out(groups)
        return other

    def _take_out(self, groups: Sequence[Group]) -> None:
        self._fixed = np.array([place for group in groups for place in group.columns], dtype=np.intp)
        self._normal = any(group.normal for group in groups)
        self._calm = any(group.calm for group in groups)

    def replicate(self, replication: int) -> Outcome:
        """Return one replication, with everything that it left behind."""
        draws = self._draws(replication, 1)
        [outcome] = self._several([replication], draws, self.program.amounts(draws))
        return outcome

    def account(self, outcome: Outcome) -> Account:
        """Return the account of a replication: the segments that each block's time consists of."""
        return Account(outcome.world, self._planned)

    def _several(self, replications: Sequence[int], draws: np.ndarray, amounts: np.ndarray) -> Iterator[Outcome]:
        """Run some replications, one after another, whose people are found all at once."""
        began = time.perf_counter()
        people = (self.program.planned if self._normal else self.program.actual).people(list(draws))
        self.timings["simulating"] += time.perf_counter() - began
        for replication, *drawn in zip(replications, draws, amounts, people, strict=True):
            yield self._one(replication, *drawn)

    def _one(self, replication: int, row: np.ndarray, amounts: np.ndarray, people: People) -> Outcome:
        began = time.perf_counter()
        try:
            return replicate(
                self.program, self.seed, replication, row, amounts.tolist(), self._planned, people, calm=self._calm
            )
        except BuildsimError:
            raise
        except Exception as error:
            message = f"replication {replication} with seed {self.seed} failed: {type(error).__name__}: {error}"
            raise RunError(message) from error
        finally:
            self.timings["simulating"] += time.perf_counter() - began

    def _record(self, recorder: Recorder, outcome: Outcome) -> None:
        """Keep the rows of a replication, and nothing else of it."""
        began = time.perf_counter()
        recorder.record(outcome)
        outcome.world.dissolve()
        self.timings["recording"] += time.perf_counter() - began

    def _new_recorder(self, keep: int) -> Recorder:
        recorder = Recorder(self.program, keep)
        recorder.plan(self.planned)
        return recorder

    def _tables(self, recorder: Recorder, first: int, draws: np.ndarray) -> dict[str, dict[str, Any]]:
        tables: dict[str, dict[str, Any]] = {}
        for name, rows in recorder.rows.items():
            if rows:
                columns = zip(*rows, strict=True)
                tables[name] = {column.name: list(values) for column, values in zip(TABLES[name], columns, strict=True)}
        inputs: dict[str, Any] = {name: draws[:, place] for place, name in enumerate(self.sampler.names)}
        tables["inputs"] = {"replication": np.arange(first, first + len(draws)), **inputs}
        return tables
