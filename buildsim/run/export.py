"""The tables of a run for a spreadsheet: CSV files or one XLSX workbook.

Beside every instant (days since start) stands its date, as `COLUMN_date`. What is not by the horizon is left empty.
"""

import datetime
import os
from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import numpy as np
import openpyxl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv

from buildsim.errors import InputError, Problem
from buildsim.results.tables import INSTANT, TABLES
from buildsim.run.run import Run

ROWS = 1_048_575
"""The most rows that a sheet of a workbook holds below its heading."""
COLUMNS = 16_384
"""The most columns that a sheet of a workbook holds."""
WORKBOOK = "run.xlsx"
BEGINNINGS = {("activities", "ready"), ("activities", "start"), ("labour", "week"), ("disruptions", "day")}
"""Instants at which something begins: at midnight their date is the day that follows, not the one that ends."""


def export_csv(
    run: Run,
    folder: str | os.PathLike[str],
    *,
    tables: Sequence[str] | None = None,
    replications: int | None = None,
) -> list[Path]:
    """Write each table as FOLDER/TABLE.csv, and FOLDER/columns.csv with the unit and meaning of every column.

    `tables`: which tables, all unless told; `replications`: only the first so many. Returns the files. InputError for
    an unknown table or when the folder is a file.
    """
    chosen = _chosen(tables)
    target = _folder(Path(folder))
    files = [_write_csv(_dated(run, name, replications), target / f"{name}.csv") for name in chosen]
    return [*files, _write_csv(_dictionary(), target / "columns.csv")]


def export_xlsx(
    run: Run,
    target: str | os.PathLike[str],
    *,
    tables: Sequence[str] | None = None,
    replications: int | None = None,
) -> Path:
    """Write one workbook: what was run, the unit and meaning of every column, and a sheet for each table.

    `target`: the file if it ends in .xlsx, else the folder that gets `run.xlsx`. A table with more rows or columns than
    a sheet holds goes on in `TABLE (2)` and so on. `tables` and `replications` as for `export_csv`. Returns the file.
    """
    chosen = _chosen(tables)
    path = Path(target)
    file = path if path.suffix.lower() == ".xlsx" else path / WORKBOOK
    _folder(file.parent)
    workbook = openpyxl.Workbook(write_only=True)
    _sheet(workbook, "run", _facts(run))
    _sheet(workbook, "columns", _dictionary())
    for name in chosen:
        for number, part in enumerate(_parts(_dated(run, name, replications)), start=1):
            _sheet(workbook, name if number == 1 else f"{name} ({number})", part)
    temporary = file.with_name(f"{file.name}.tmp")
    workbook.save(temporary)
    return temporary.replace(file)


def _chosen(tables: Sequence[str] | None) -> list[str]:
    names = list(TABLES if tables is None else tables)
    problems = [
        Problem("tables", f"there is no table '{name}'", nearest=next(iter(get_close_matches(name, TABLES)), None))
        for name in names
        if name not in TABLES
    ]
    if problems:
        raise InputError(problems)
    return names


def _folder(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise InputError(Problem("folder", "this is a file", file=str(folder), expected="a folder")) from error
    return folder


def _dictionary() -> Any:
    """The unit and meaning of every column, as an Arrow table."""
    rows = [
        {"table": table.name, "column": column.name, "unit": column.unit, "meaning": column.meaning}
        for table in TABLES.values()
        for column in (*table.columns, *([table.per_input] if table.per_input is not None else []))
    ]
    return pa.Table.from_pylist(rows)


def _facts(run: Run) -> Any:
    """The manifest as an Arrow table of two columns."""
    manifest = {**run.manifest, "replications finished": run.replications}
    return pa.table({"fact": list(manifest), "value": [str(value) for value in manifest.values()]})


def _dated(run: Run, name: str, replications: int | None) -> Any:
    """A table of a run with plain text, dates beside instants and nulls in place of NaN."""
    table = run.table(name)
    if replications is not None:
        table = table.filter(pc.less(table.column("replication"), replications))
    instants = {column.name for column in TABLES[name] if column.unit == INSTANT}
    columns: dict[str, Any] = {}
    for column in table.column_names:
        values = table.column(column)
        if pa.types.is_dictionary(values.type):
            columns[column] = values.cast(pa.string())
        elif pa.types.is_floating(values.type):
            columns[column] = pc.if_else(pc.is_nan(values), None, values)
        else:
            columns[column] = values
        if column in instants:
            columns[f"{column}_date"] = _dates(run.start, values.to_numpy(), (name, column) in BEGINNINGS)
    return pa.table(columns)


def _dates(start: datetime.date, days: "np.ndarray[Any, Any]", beginning: bool) -> Any:
    """The dates of instants; midnight belongs to the day that it ends, or that it begins where something begins."""
    whole = np.floor(days + 1e-9) if beginning else np.where(days == 0.0, 0.0, np.ceil(days - 1e-9) - 1)
    finite = np.isfinite(whole)
    ordinals = np.where(finite, whole, 0).astype(np.int32) + (start - datetime.date(1970, 1, 1)).days
    return pa.array(ordinals.astype(np.int32), pa.int32(), mask=~finite).cast(pa.date32())


def _write_csv(table: Any, file: Path) -> Path:
    temporary = file.with_name(f"{file.name}.tmp")
    pyarrow.csv.write_csv(table, temporary, pyarrow.csv.WriteOptions(quoting_style="needed"))
    return temporary.replace(file)


def _parts(table: Any) -> Iterator[Any]:
    """The table cut into pieces that each fit a sheet; pieces of a wide table each begin with the replication."""
    names = table.column_names
    for first in range(1, max(len(names), 2), COLUMNS - 1):
        columns = table.select([names[0], *names[first : first + COLUMNS - 1]])
        for row in range(0, max(table.num_rows, 1), ROWS):
            yield columns.slice(row, ROWS)


def _sheet(workbook: Any, title: str, table: Any) -> None:
    sheet = workbook.create_sheet(title)
    sheet.append(table.column_names)
    for batch in table.to_batches(max_chunksize=10_000):
        for row in zip(*(column.to_pylist() for column in batch.columns), strict=True):
            sheet.append([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    """What a cell takes: text that looks like a formula stays text, an infinite number becomes text."""
    if isinstance(value, str) and value.startswith("="):
        return f"'{value}"
    return str(value) if value in (float("inf"), float("-inf")) else value
