"""Empirical quantities: the columns of CSV files that a model names, read into it as values."""

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from buildsim.errors import InputError, Problem
from buildsim.model.folders import FileNotAllowedError, Folders
from buildsim.model.node import Node, SourceFile, Steps, dotted
from buildsim.model.yamlfile import read_text, resolve_scalar
from buildsim.spec.base import nearest as nearest_name

SHORT = {"csv", "column", "plan", "source", "note"}
"""The keys of an empirical quantity that does not say `kind`."""
MAX_VALUES = 200_000
"""How many values one quantity may have."""


@dataclass
class CsvColumns:
    """Puts `{kind: empirical, values: [...]}` where a model says `{kind: empirical, csv: FILE, column: NAME}`."""

    folders: Folders
    top: SourceFile
    problems: list[Problem] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)
    """The paths of the quantities that have no values because of a problem."""
    tables: dict[Path, list[tuple[int, list[str]]]] = field(default_factory=dict)
    """The rows of each file with their lines."""

    def fill(self, node: Node, steps: Steps = ()) -> Node:
        """`node` with the columns read; scenarios that are not chosen keep their file names."""
        if isinstance(node.value, list):
            return replace(node, value=[self.fill(item, (*steps, index)) for index, item in enumerate(node.value)])
        if node.mapping is None or steps == ("scenarios",):
            return node
        if "csv" in node.mapping and (node.kind == "empirical" or _short(node.mapping)):
            return self.quantity(node, steps)
        return replace(node, value={key: self.fill(entry, (*steps, key)) for key, entry in node.mapping.items()})

    def quantity(self, node: Node, steps: Steps) -> Node:
        """An empirical quantity with its values; unchanged, and a problem, when they cannot be read."""
        entries = dict(node.mapping or {})
        named, column = entries.pop("csv"), entries.pop("column", None)
        if "values" in entries:
            self.problems.append(named.problem((*steps, "csv"), "a quantity has either 'csv' or 'values'"))
        elif not isinstance(named.value, str):
            self.problems.append(named.problem((*steps, "csv"), "this does not name a file", expected="a CSV file"))
        elif column is not None and not isinstance(column.value, str):
            message = "this does not name a column"
            self.problems.append(column.problem((*steps, "column"), message, expected="the column's heading in quotes"))
        else:
            self.read(entries, named, column, steps)
        if "values" not in entries:
            self.unread.append(dotted(steps))
        return replace(node, value=entries)

    def read(self, entries: dict[str, Node], named: Node, column: Node | None, steps: Steps) -> None:
        """Put the values of a column into `entries`."""
        try:
            file = self.folders.find(str(named.value), named.file or self.top, (".csv",))
            rows = self.rows(file)
        except FileNotAllowedError as error:
            self.problems.append(named.problem((*steps, "csv"), str(error), nearest=error.nearest))
            return
        except InputError as error:
            self.problems += [replace(problem, path=dotted((*steps, "csv"))) for problem in error.problems]
            return
        index = self.index([cell.strip() for cell in rows[0][1]], file, named, column, steps)
        if index is not None:
            entries["values"] = self.values(file, rows[1:], index, named, steps)

    def index(self, heading: list[str], file: SourceFile, named: Node, column: Node | None, steps: Steps) -> int | None:
        """Which column is meant; None, and a problem, when that is not clear."""
        if column is None and len(heading) == 1:
            return 0
        wanted = str(column.value) if column is not None else ""
        if heading.count(wanted) == 1:
            return heading.index(wanted)
        message = f"'{file.shown}' has {'several columns' if wanted in heading else 'no column'} '{wanted}'"
        if column is None:
            message = f"'{file.shown}' has several columns and 'column' does not say which"
        expected, near = (
            f"one of {', '.join(heading[:12])}",
            nearest_name(wanted, heading) if wanted not in heading else None,
        )
        place = (column or named).problem((*steps, "column"), message, expected=expected, nearest=near)
        self.problems.append(place)
        return None

    def rows(self, file: SourceFile) -> list[tuple[int, list[str]]]:
        """The rows of a CSV file that are not blank, with their lines. Raises InputError."""
        if file.path not in self.tables:
            reader = csv.reader(io.StringIO(read_text(file)), strict=True)
            rows: list[tuple[int, list[str]]] = []
            try:
                for row in reader:
                    if any(cell.strip() for cell in row):
                        rows.append((reader.line_num, row))
                    if len(rows) > MAX_VALUES + 1:
                        raise InputError(Problem("", f"the file has more than {MAX_VALUES:,} rows", file=file.shown))
            except csv.Error as error:
                raise InputError(
                    Problem("", f"this is not CSV: {error}", file=file.shown, line=reader.line_num)
                ) from error
            if len(rows) < 2:
                expected = "a heading and at least one row below it"
                raise InputError(Problem("", "the file holds no values", file=file.shown, expected=expected))
            self.tables[file.path] = rows
        return self.tables[file.path]

    def values(
        self, file: SourceFile, rows: list[tuple[int, list[str]]], index: int, named: Node, steps: Steps
    ) -> Node:
        """The cells of a column, read like YAML scalars."""
        values = []
        for line, row in rows:
            cell = row[index].strip() if index < len(row) else ""
            if not cell:
                path, message = dotted((*steps, "csv")), "this row has no value in the column"
                self.problems.append(Problem(path, message, file=file.shown, line=line))
            values.append(Node(resolve_scalar(cell) if cell else 0, file, line))
        return replace(named, value=values)


def _short(entries: Mapping[str, Node]) -> bool:
    """Whether a mapping without `kind` is an empirical quantity, not a place where something is called `csv`."""
    return set(entries) <= SHORT and isinstance(entries["csv"].value, str)
