"""A run: its tables as frames, the planning replication beside them, the model and the manifest."""

import datetime
import json
import math
import os
from abc import ABC, abstractmethod
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from buildsim.errors import InputError, Problem
from buildsim.results.columns import frame, widen
from buildsim.results.manifest import MODEL, Manifest, model_hash, read_manifest
from buildsim.results.store import FolderStore, Store, read_table, replications_in, store_digest
from buildsim.results.tables import TABLES

if TYPE_CHECKING:
    from buildsim.model import Model


class Frames(ABC):
    """The tables as pandas frames, each read when it is first asked for and then kept."""

    def __init__(self, store: Store) -> None:
        self._store = store

    @abstractmethod
    def _stored(self, name: str) -> Any:
        """A stored table."""

    def table(self, name: str) -> Any:
        """A table as a pyarrow Table, with the unit and meaning of each column in its metadata; KeyError if unknown."""
        return widen(TABLES[name], self._stored(name), self._store.names())

    def _frame(self, name: str) -> pd.DataFrame:
        return frame(TABLES[name], self._stored(name), self._store.names())

    @cached_property
    def go_live(self) -> pd.DataFrame:
        """When each block went live; a row is a block in a replication."""
        return self._frame("go_live")

    @cached_property
    def milestones(self) -> pd.DataFrame:
        """What became of each tranche; a row is a tranche in a replication."""
        return self._frame("milestones")

    @cached_property
    def withdrawals(self) -> pd.DataFrame:
        """Who walked away; a row is a withdrawal or a lapsed option in a replication."""
        return self._frame("withdrawals")

    @cached_property
    def contract_events(self) -> pd.DataFrame:
        """What happened to tranches, in order of time for each: signed, missed, delivered, withdrawn and so on."""
        return self._frame("contract_events")

    @cached_property
    def placements(self) -> pd.DataFrame:
        """Who took over released capacity; a row is a taker of some of a release in a replication."""
        return self._frame("placements")

    @cached_property
    def leases(self) -> pd.DataFrame:
        """What landlords handed over, and the rent; a row is a stage of a lease in a replication."""
        return self._frame("leases")

    @cached_property
    def deals(self) -> pd.DataFrame:
        """Which deals closed; a row is a deal in a replication."""
        return self._frame("deals")

    @cached_property
    def delays(self) -> pd.DataFrame:
        """Days by cause; a row is a block and a cause in a replication."""
        return self._frame("delays")

    @cached_property
    def activities(self) -> pd.DataFrame:
        """When activities were ready, started and finished, in the first `keep_activities` replications."""
        return self._frame("activities")

    @cached_property
    def driving(self) -> pd.DataFrame:
        """The driving path to the last go-live of each site; a row is a stretch of it in a replication."""
        return self._frame("driving")

    @cached_property
    def power(self) -> pd.DataFrame:
        """MW energised, allocated and retired; a row is a change at a site in a replication."""
        return self._frame("power")

    @cached_property
    def deliveries(self) -> pd.DataFrame:
        """What happened to the GPUs; a row is an event of a lot in a replication."""
        return self._frame("deliveries")

    @cached_property
    def labour(self) -> pd.DataFrame:
        """Workers and craft-hours; a row is a trade of a market in a week of a replication."""
        return self._frame("labour")

    @cached_property
    def costs(self) -> pd.DataFrame:
        """What labour and levers cost; a row is an item of a trade and market in a replication."""
        return self._frame("costs")

    @cached_property
    def disruptions(self) -> pd.DataFrame:
        """What struck from outside; a row is a disruption in a replication."""
        return self._frame("disruptions")

    @cached_property
    def unfinished(self) -> pd.DataFrame:
        """What still waited at the horizon; a row is an activity in a replication."""
        return self._frame("unfinished")

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """What was drawn; a row is a replication, with one column per uncertain quantity."""
        return self._frame("inputs")


class Plan(Frames):
    """The tables of the planning replication: the same engine at planning values."""

    def _stored(self, name: str) -> Any:
        return self._store.plan(name)


class Run(Frames):
    """The replications of a model: the frames hold replications 0 to `replications` - 1, and nothing of later ones."""

    def __init__(self, store: Store, manifest: Manifest, path: Path | None, model: "Model | None" = None) -> None:
        super().__init__(store)
        self._manifest = manifest
        self.path = path
        """The folder that holds the run; None while it is in memory only."""
        self.replications = replications_in(store)
        """How many replications the frames hold; fewer than the manifest asks for when the run was broken off."""
        self.plan = Plan(store)
        """The tables of the planning replication."""
        self._model = model

    def _stored(self, name: str) -> Any:
        return read_table(self._store, name)

    @property
    def complete(self) -> bool:
        """Whether every replication asked for is there."""
        return self.replications == self._manifest.replications

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """What was run, with what, and how it went: the fields of `results.manifest.Manifest` as JSON has them."""
        return self._manifest.model_dump(mode="json")

    @property
    def start(self) -> datetime.date:
        """The model's start: day 0."""
        return self._manifest.start

    @property
    def horizon(self) -> float:
        """The end of the last day simulated [days since start]."""
        return self._manifest.horizon

    @property
    def model(self) -> "Model":
        """The model as resolved; InputError when the folder's copy of it is missing or has been changed."""
        if self._model is None:
            self._model = self._read_model()
        return self._model

    def _read_model(self) -> "Model":
        from buildsim.model import Model

        file = (self.path or Path()) / MODEL
        text = file.read_text(encoding="utf-8").strip() if file.is_file() else ""
        if model_hash(text) != self._manifest.model_hash:
            raise InputError(Problem("", "this is not the model that the manifest names", file=str(file)))
        return Model.model_validate(json.loads(text))

    def date(self, day: float) -> datetime.date:
        """The date of an instant [days since start], see `calendar_date`; ValueError when it is NaN or infinite."""
        return calendar_date(self.start, day)

    def digest(self) -> str:
        """SHA-256 in hex of what the replications produced: the same for any workers, blocks and time of writing."""
        return store_digest(self._store)

    def __repr__(self) -> str:
        place = "in memory" if self.path is None else str(self.path)
        asked = self._manifest.replications
        return f"<Run of {self.replications} of {asked} replications, seed {self._manifest.seed}, {place}>"


def calendar_date(start: datetime.date, day: float) -> datetime.date:
    """The date of an instant [days since start].

    Midnight belongs to the day that it ends, for then is due what is due on that day; day 0.0 is the start itself.
    ValueError when the day is NaN or infinite.
    """
    if not math.isfinite(day):
        raise ValueError(f"day {day} has no date: it is not by the horizon")
    return start + datetime.timedelta(days=math.ceil(day - 1e-9) - 1) if day != 0.0 else start


def open_run(path: str | os.PathLike[str]) -> Run:
    """The run in a folder; InputError when there is none, or one of another format version."""
    folder = Path(path)
    return Run(FolderStore(folder), read_manifest(folder), folder)
