"""One hash of what the replications of a run produced.

Each column is hashed as one stream in replication order, so neither the blocks nor the workers nor the time of writing
show in it. Numbers are hashed by their bits, with one zero and one NaN; text by what it says, not by its code.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from buildsim.results.columns import VALUES
from buildsim.results.tables import FORMAT, Table


def canonical_floats(values: "np.ndarray[Any, Any]") -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The values as little-endian doubles with one zero and one NaN."""
    doubles = np.asarray(values, dtype="<f8") + 0.0
    doubles[np.isnan(doubles)] = np.nan
    return doubles


def _bytes(chunk: Any) -> bytes:
    """The bytes that are hashed for one contiguous piece of a column."""
    if pa.types.is_dictionary(chunk.type):
        texts = [hashlib.blake2b(text.encode(), digest_size=16).digest() for text in chunk.dictionary.to_pylist()]
        marks: np.ndarray[Any, Any] = np.frombuffer(b"".join(texts), dtype="V16")
        codes: np.ndarray[Any, Any] = chunk.indices.to_numpy()
        return np.take(marks, codes).tobytes()
    numbers = (chunk.flatten() if pa.types.is_fixed_size_list(chunk.type) else chunk).to_numpy()
    if numbers.dtype.kind == "i":
        return np.asarray(numbers, dtype="<i4").tobytes()
    return canonical_floats(numbers).tobytes()


def _table_digest(table: Table, chunks: Iterable[Any], names: Sequence[str]) -> str:
    kinds = {column.name: str(column.dtype) for column in table}
    if table.per_input is not None:
        kinds[VALUES] = "\n".join(names)
    hashes = {name: hashlib.sha256() for name in kinds}
    rows = 0
    for stored in chunks:
        rows += stored.num_rows
        for name, running in hashes.items():
            for piece in stored.column(name).chunks:
                if len(piece):
                    running.update(_bytes(piece))
    lines = [
        f"{table.name} {rows}",
        *(f"{name} {kinds[name]} {running.hexdigest()}" for name, running in hashes.items()),
    ]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def tables_digest(tables: Iterable[Table], chunks: Mapping[str, Iterable[Any]], names: Sequence[str]) -> str:
    """SHA-256 in hex of all tables, given for each the stored Arrow tables of its blocks in replication order."""
    lines = [f"buildsim tables {FORMAT}", *(_table_digest(table, chunks[table.name], names) for table in tables)]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def frame_digest(frame: pd.DataFrame) -> str:
    """SHA-256 in hex of a frame of numbers, whatever the order of its columns; ValueError if one is not a number."""
    running = hashlib.sha256()
    for name in sorted(str(column) for column in frame.columns):
        running.update(name.encode() + b"\0")
        running.update(canonical_floats(frame[name].to_numpy()).tobytes())
    return running.hexdigest()
