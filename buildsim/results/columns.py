"""From the columns of a replicator to Arrow tables and from Arrow tables to frames.

The table `inputs` has thousands of columns, which Parquet stores badly. It is therefore stored as the replication and
one list of values, in the order of the input names; `widen` and `frame` give it one column per quantity.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from buildsim.errors import RunError
from buildsim.results.tables import Column, Table

Values = np.ndarray[Any, Any] | Sequence[Any]
"""One column as a replicator gives it: an array or a list."""
Categories = Mapping[tuple[str, str], Sequence[str]]
"""For text columns given as integer codes: (table, column) -> the texts, in declared order."""

VALUES = "values"
"""The column of the stored `inputs` table that holds the values of all quantities."""

_TEXT = pa.dictionary(pa.int32(), pa.string())
_TYPES = {"int32": pa.int32(), "float64": pa.float64(), "text": _TEXT}


def _field(column: Column) -> Any:
    return pa.field(column.name, _TYPES[column.dtype], False, {"unit": column.unit, "meaning": column.meaning})


def stored_schema(table: Table, names: Sequence[str]) -> Any:
    """The Arrow schema of a table as stored, each column with its unit and meaning; `names` are the inputs' names."""
    fields = [_field(column) for column in table]
    if (repeated := table.per_input) is not None:
        metadata = {"unit": repeated.unit, "meaning": repeated.meaning}
        fields.append(pa.field(VALUES, pa.list_(pa.float64(), _width(names)), False, metadata))
    return pa.schema(fields)


def _width(names: Sequence[str]) -> int:
    """How many values a stored row of inputs holds: Arrow knows no lists of nothing, so one for a model without any."""
    return max(len(names), 1)


def to_arrow(table: Table, columns: Mapping[str, Values], categories: Categories, names: Sequence[str]) -> Any:
    """One block of a table as Arrow.

    `columns` holds every column of the table and no other, all of one length. Text is given as strings or as integer
    codes into `categories[table, column]`. No columns mean no rows. RunError when the columns are not the table's.
    """
    schema = stored_schema(table, names)
    if not columns:
        return schema.empty_table()
    wanted = [column.name for column in table] + (list(names) if table.per_input is not None else [])
    if len(columns) != len(wanted) or any(name not in columns for name in wanted):
        missing, extra = sorted(set(wanted) - set(columns)), sorted(set(columns) - set(wanted))
        raise RunError(f"table {table.name} was given the wrong columns: missing {missing[:5]}, unknown {extra[:5]}")
    rows = len(columns[wanted[0]])
    uneven = [name for name in wanted if len(columns[name]) != rows]
    if uneven:
        raise RunError(f"table {table.name}: columns of unequal length, {rows} rows but not in {uneven[:5]}")
    arrays = [_array(table, column, columns[column.name], categories) for column in table]
    if table.per_input is not None:
        matrix = np.zeros((rows, _width(names)))
        for place, name in enumerate(names):
            matrix[:, place] = columns[name]
        flat = pa.array(matrix.ravel())
        arrays.append(pa.FixedSizeListArray.from_arrays(flat, type=schema.field(VALUES).type))
    return pa.Table.from_arrays(arrays, schema=schema)


def _array(table: Table, column: Column, values: Values, categories: Categories) -> Any:
    try:
        if column.dtype == "float64":
            return pa.array(np.ascontiguousarray(values, dtype=np.float64))
        if column.dtype == "int32":
            return pa.array(np.asarray(values)).cast(pa.int32())
        if not len(values):
            return _dictionary(np.empty(0, dtype=np.int32), pa.array([], pa.string()))
        if isinstance(values[0], int | np.integer):
            return _coded(np.asarray(values), categories.get((table.name, column.name), ()))
        return _spelt(values)
    except (TypeError, ValueError, pa.ArrowException) as error:
        raise RunError(f"table {table.name}, column {column.name}: {error}") from error


def _coded(codes: "np.ndarray[Any, Any]", texts: Sequence[str]) -> Any:
    """Text given as codes, with its categories in their own order."""
    low, high = int(codes.min()), int(codes.max())
    if low < 0 or high >= len(texts):
        raise ValueError(f"codes from {low} to {high}, but {len(texts)} categories")
    return _dictionary(np.ascontiguousarray(codes, dtype=np.int32), texts)


def _spelt(values: Values) -> Any:
    """Text given as strings, with sorted categories."""
    texts = pa.array(values, pa.string())
    if texts.null_count:
        raise ValueError("text or integer codes expected, not None")
    encoded = texts.dictionary_encode()
    order = pc.array_sort_indices(encoded.dictionary).to_numpy()
    place = np.empty(len(order), dtype=np.int32)
    place[order] = np.arange(len(order), dtype=np.int32)
    return _dictionary(place[encoded.indices.to_numpy()], encoded.dictionary.take(pa.array(order)))


def _dictionary(codes: "np.ndarray[Any, np.dtype[np.int32]]", texts: Any) -> Any:
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(texts, pa.string()))


def concatenate(table: Table, chunks: Sequence[Any], names: Sequence[str]) -> Any:
    """The chunks of a table as one Arrow table, in which each text column has one dictionary.

    The dictionary keeps the declared order where all chunks agree on it, and is sorted where they do not.
    """
    filled = [chunk for chunk in chunks if chunk.num_rows]
    if not filled:
        return stored_schema(table, names).empty_table()
    whole = pa.concat_tables(filled)
    for place, column in enumerate(table):
        if column.dtype == "text":
            pieces = whole.column(place).chunks
            whole = whole.set_column(place, whole.schema.field(place), _one_dictionary(pieces))
    return whole


def _one_dictionary(pieces: Sequence[Any]) -> Any:
    first = pieces[0].dictionary
    if all(piece.dictionary.equals(first) for piece in pieces[1:]):
        return pa.chunked_array(pieces, _TEXT)
    used = [piece.dictionary.take(piece.indices.unique()).to_pylist() for piece in pieces]
    known = sorted({text for texts in used for text in texts})
    place = {text: code for code, text in enumerate(known)}
    recoded = []
    for piece in pieces:
        codes = np.array([place.get(text, -1) for text in piece.dictionary.to_pylist()], dtype=np.int32)
        recoded.append(_dictionary(codes[piece.indices.to_numpy()], known))
    return pa.chunked_array(recoded, _TEXT)


def values_of(stored: Any, names: Sequence[str]) -> "np.ndarray[Any, np.dtype[np.float64]]":
    """The values of a stored `inputs` table, one row per replication and one column per name."""
    chunks = [chunk.flatten().to_numpy() for chunk in stored.column(VALUES).chunks]
    flat = np.concatenate(chunks) if chunks else np.empty(0)
    return np.asarray(flat, dtype=np.float64).reshape(stored.num_rows, _width(names))[:, : len(names)]


def widen(table: Table, stored: Any, names: Sequence[str]) -> Any:
    """The Arrow table with one column per quantity where the stored one holds a list of values; else the same table."""
    if (repeated := table.per_input) is None:
        return stored
    values = values_of(stored, names).T.copy()
    metadata = {"unit": repeated.unit, "meaning": repeated.meaning}
    fields = [pa.field(name, pa.float64(), False, metadata) for name in names]
    columns = [stored.column(column.name) for column in table]
    schema = pa.schema([*(stored.schema.field(column.name) for column in table), *fields])
    return pa.Table.from_arrays([*columns, *(pa.array(row) for row in values)], schema=schema)


def frame(table: Table, stored: Any, names: Sequence[str]) -> pd.DataFrame:
    """The pandas frame of a stored table: text as categories, one column per quantity in `inputs`."""
    if table.per_input is None:
        return pd.DataFrame(stored.to_pandas())
    wide = pd.DataFrame(values_of(stored, names), columns=pd.Index(list(names), dtype=object))
    for place, column in enumerate(table):
        wide.insert(place, column.name, stored.column(column.name).to_numpy())
    return wide
