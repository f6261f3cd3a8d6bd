"""Where the tables of a run are kept: block by block, in a folder or in memory.

A block is a span of replications. In a folder it lands whole or not at all: its tables are written to a folder of their
own whose name ends in `.tmp`, which is then renamed. What is read is the longest unbroken run of replications from 0.

    manifest.json                              what was run, see `results.manifest`
    model.json                                 the model as resolved
    inputs.json                                the names of the uncertain quantities, in the order of their values
    plan/TABLE.parquet                         the planning replication
    blocks/000000-000049/TABLE.parquet         replications 0 to 49
    .lock                                      empty; locked by the process that writes to the folder
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.parquet as pq

from buildsim.errors import InputError, Problem
from buildsim.results.columns import concatenate
from buildsim.results.digest import tables_digest
from buildsim.results.tables import TABLES

PLAN = "plan"
BLOCKS = "blocks"
NAMES = "inputs.json"
TEMPORARY = ".tmp"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A span of replications."""

    first: int
    """The first replication of the span, from 0."""
    count: int
    """How many replications it holds."""

    @property
    def end(self) -> int:
        """The replication after the last."""
        return self.first + self.count


class Store(Protocol):
    """Keeps the finished blocks of a run and the planning replication, each as stored Arrow tables by table name."""

    def put_plan(self, tables: Mapping[str, Any], names: Sequence[str]) -> None:
        """Keep the planning replication and the names of the inputs."""

    def put(self, span: Span, tables: Mapping[str, Any]) -> None:
        """Keep one block, whole or not at all."""

    def names(self) -> list[str]:
        """The names of the inputs, in the order of their values."""

    def spans(self) -> list[Span]:
        """The spans of the blocks that are kept, in replication order."""

    def block(self, table: str, span: Span) -> Any:
        """One table of one block."""

    def plan(self, table: str) -> Any:
        """One table of the planning replication."""


class MemoryStore:
    """Keeps the blocks of a run in memory."""

    def __init__(self) -> None:
        self._blocks: dict[Span, Mapping[str, Any]] = {}
        self._plan: Mapping[str, Any] = {}
        self._names: list[str] = []

    def put_plan(self, tables: Mapping[str, Any], names: Sequence[str]) -> None:
        """Keep the planning replication and the names of the inputs."""
        self._plan, self._names = tables, list(names)

    def put(self, span: Span, tables: Mapping[str, Any]) -> None:
        """Keep one block."""
        self._blocks[span] = tables

    def names(self) -> list[str]:
        """The names of the inputs, in the order of their values."""
        return list(self._names)

    def spans(self) -> list[Span]:
        """The spans of the blocks that are kept, in replication order."""
        return sorted(self._blocks)

    def block(self, table: str, span: Span) -> Any:
        """One table of one block."""
        return self._blocks[span][table]

    def plan(self, table: str) -> Any:
        """One table of the planning replication."""
        return self._plan[table]


class FolderStore:
    """Keeps the blocks of a run as Parquet files in a folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._blocks = path / BLOCKS

    def put_plan(self, tables: Mapping[str, Any], names: Sequence[str]) -> None:
        """Keep the planning replication and the names of the inputs."""
        write_text(self.path / NAMES, json.dumps(list(names), indent=0))
        shutil.rmtree(self.path / PLAN, ignore_errors=True)
        _write(self.path / PLAN, tables)

    def put(self, span: Span, tables: Mapping[str, Any]) -> None:
        """Keep one block, whole or not at all; a block that is there already is left as it is."""
        _write(self._blocks / f"{span.first:06d}-{span.end - 1:06d}", tables)

    def names(self) -> list[str]:
        """The names of the inputs, in the order of their values; none before they have been put."""
        file = self.path / NAMES
        return [str(name) for name in json.loads(file.read_text())] if file.exists() else []

    def spans(self) -> list[Span]:
        """The spans of the blocks that are kept, in replication order; InputError when two of them overlap."""
        found = sorted(span for folder in self._folders() if (span := _span(folder.name)) is not None)
        for earlier, later in pairwise(found):
            if later.first < earlier.end:
                raise InputError(Problem("", f"two blocks hold replication {later.first}", file=str(self._blocks)))
        return found

    def block(self, table: str, span: Span) -> Any:
        """One table of one block."""
        return _read(self._blocks / f"{span.first:06d}-{span.end - 1:06d}" / f"{table}.parquet")

    def plan(self, table: str) -> Any:
        """One table of the planning replication."""
        return _read(self.path / PLAN / f"{table}.parquet")

    def has_plan(self) -> bool:
        """Whether the planning replication has been put."""
        return (self.path / NAMES).exists() and _whole(self.path / PLAN)

    def clean(self) -> None:
        """Remove what a killed run left half done: temporary folders, blocks of which a file is missing or cut."""
        for folder in (*self._folders(), *self.path.glob(f"*{TEMPORARY}")):
            if folder.name.endswith(TEMPORARY) or (_span(folder.name) is not None and not _whole(folder)):
                shutil.rmtree(folder) if folder.is_dir() else folder.unlink()

    def _folders(self) -> list[Path]:
        return list(self._blocks.iterdir()) if self._blocks.is_dir() else []


def _span(name: str) -> Span | None:
    """The span that a block's folder name says; None for any other name."""
    first, dash, last = name.partition("-")
    return Span(int(first), int(last) - int(first) + 1) if dash and first.isdigit() and last.isdigit() else None


def _whole(folder: Path) -> bool:
    """Whether every table of a block is there to its last byte, by the mark that ends a Parquet file."""
    for name in TABLES:
        file = folder / f"{name}.parquet"
        if not file.is_file() or file.stat().st_size < 12:
            return False
        with file.open("rb") as stream:
            stream.seek(-4, os.SEEK_END)
            if stream.read() != b"PAR1":
                return False
    return True


def _write(folder: Path, tables: Mapping[str, Any]) -> None:
    """Write the tables as a folder that appears whole or not at all."""
    temporary = folder.with_name(f"{folder.name}.{os.getpid()}{TEMPORARY}")
    shutil.rmtree(temporary, ignore_errors=True)
    temporary.mkdir(parents=True)
    try:
        for name, definition in TABLES.items():
            texts = [column.name for column in definition if column.dtype == "text"]
            pq.write_table(
                tables[name],
                temporary / f"{name}.parquet",
                compression="zstd",
                use_dictionary=texts or False,
                write_statistics=False,
            )
        if not folder.exists():
            temporary.rename(folder)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def _read(file: Path) -> Any:
    try:
        with pq.ParquetFile(file) as parquet:
            return parquet.read(use_threads=False)
    except (OSError, pa.ArrowException) as error:
        raise InputError(Problem("", f"the table cannot be read: {error}", file=str(file))) from error


def write_text(file: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    temporary = file.with_name(f"{file.name}{TEMPORARY}")
    temporary.write_text(text + "\n", encoding="utf-8")
    temporary.replace(file)


def unbroken(spans: Sequence[Span]) -> list[Span]:
    """Of spans in order, those that follow one another from replication 0 without a gap."""
    kept: list[Span] = []
    for span in spans:
        if span.first != (kept[-1].end if kept else 0):
            break
        kept.append(span)
    return kept


def gaps(spans: Sequence[Span], replications: int) -> list[Span]:
    """The spans of 0..replications that `spans`, in order, do not hold."""
    missing: list[Span] = []
    reached = 0
    for span in (*spans, Span(replications, 0)):
        if reached < min(span.first, replications):
            missing.append(Span(reached, min(span.first, replications) - reached))
        reached = max(reached, span.end)
    return missing


def replications_in(store: Store) -> int:
    """How many replications, unbroken from 0, the store holds."""
    kept = unbroken(store.spans())
    return kept[-1].end if kept else 0


def _blocks_of(store: Store, table: str) -> Iterator[Any]:
    return (store.block(table, span) for span in unbroken(store.spans()))


def read_table(store: Store, table: str) -> Any:
    """One stored table over all replications, unbroken from 0, in replication order."""
    return concatenate(TABLES[table], list(_blocks_of(store, table)), store.names())


def store_digest(store: Store) -> str:
    """SHA-256 in hex of the tables of all replications, unbroken from 0; the planning replication is left out."""
    return tables_digest(TABLES.values(), {name: _blocks_of(store, name) for name in TABLES}, store.names())
