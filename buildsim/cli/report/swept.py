"""A sweep as a printed table: a row a cell, as many figures as fit."""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any

import pandas as pd
from rich.cells import cell_len

from buildsim.analysis.golive import PORTFOLIO
from buildsim.cli.console import WIDTH, heading, line, table
from buildsim.cli.report.cells import Days, per_cent, wrapped
from buildsim.cli.report.quantities import PROJECT, change, ends, title, value

GAP = 2
LABEL = 26
"""The widest that a varied value is printed [columns]."""
WHOLE = (("go-live", PORTFOLIO), (PROJECT, PROJECT))
"""What the end of everything is called, in a model of sites and in a bare network."""
FOOT = (
    "Above: the figure; below: how far it is from the first row, pair by pair, and in brackets its {confidence} "
    "interval{together}."
)


def print_swept(found: pd.DataFrame, paths: Sequence[str], days: Days, confidence: float, *, chosen: bool) -> None:
    """Print the table of a sweep; of the usual figures those that fit and differ, or all that were `chosen`."""
    labels = [_tail(path, paths) for path in paths]
    cells = [rows.to_dict("records") for _, rows in found.groupby("cell", sort=False)]
    columns = _columns(cells, days, usual=not chosen)
    settings = [[wrapped(_shown(rows[0][path]), LABEL) for path in paths] for rows in cells]
    most = WIDTH - sum(_width([name, *(row[at] for row in settings)]) + GAP for at, name in enumerate(labels))
    if not chosen:
        line(_range(cells, paths, labels, days))
    for names in _fitting(columns, most)[: None if chosen else 1]:
        heading("What each cell says")
        rows = [[*own, *(columns[name][at] for name in names)] for at, own in enumerate(settings)]
        table([*labels, *names], rows, "L" * len(labels) + "r" * len(names), gap=GAP)
    together = f"; the {len(cells) - 1} intervals of a figure hold together (Bonferroni)" if len(cells) > 2 else ""
    if len(cells) > 1:
        line(FOOT.format(confidence=per_cent(confidence), together=together), style="dim")


def _columns(cells: Sequence[Sequence[dict[Any, Any]]], days: Days, *, usual: bool) -> dict[str, list[str]]:
    """The cells of each figure by its heading; of the usual ones those that say most, the most telling first."""
    places = list(range(len(cells[0])))
    if usual:
        ranked = sorted((at for at in places if _rank(cells, at) < len(RANKS)), key=lambda at: _rank(cells, at))
        dates = _dates(cells)
        places = [*ranked[:FIRST], *dates[:1], *ranked[FIRST:], *dates[1:]]
    return {_heading(cells[0][at]): [_cell(rows[at], days) for rows in cells] for at in places}


RANKS = (
    *((*of, statistic) for statistic in ("P50", "P80", "mean") for of in WHOLE),
    ("any_withdrawal", "all", "probability"),
    ("missed", "all", "mean"),
    ("damages", "all", "mean"),
)
"""The usual figures that are printed, in this order."""
FIRST = 4
"""After so many of them stands live MW at the year-end at which the cells differ most."""


def _rank(cells: Sequence[Sequence[dict[Any, Any]]], at: int) -> int:
    row = cells[0][at]
    key = (row["quantity"], row["of"], row["statistic"])
    return RANKS.index(key) if key in RANKS else len(RANKS)


def _dates(cells: Sequence[Sequence[dict[Any, Any]]]) -> list[int]:
    """The year-ends at which the cells' live MW differ, that at which they differ most first."""
    spread = {}
    for at, row in enumerate(cells[0]):
        if row["quantity"] == "live MW" and str(row["of"]).endswith("-12-31"):
            values = [rows[at]["value"] for rows in cells]
            spread[at] = max(values) - min(values)
    return [at for at in sorted(spread, key=lambda at: -spread[at]) if spread[at] > 0.0]


def _heading(row: Mapping[Any, Any]) -> str:
    if (row["quantity"], row["of"]) in WHOLE:
        return f"{'Ends' if row['of'] == PROJECT else 'All live'}\n{row['statistic']}"
    if row["quantity"] == "live MW":
        return title(row).replace("Live MW ", "Live MW\n")
    return title(row).replace("Milestones ", "Milestones\n")


def _cell(row: Mapping[Any, Any], days: Days) -> str:
    own = value(row, "value", days)
    gap, low, high = (float(row[name]) for name in ("difference", "low_all", "high_all"))
    if row["cell"] == 0 or not isfinite(gap):
        return own
    if low == gap == high or not (row["above"] or row["below"]):
        return f"{own}\n{change(gap, row['unit'])}"
    return f"{own}\n{change(gap, row['unit'])}\n({ends(row, 'low_all', 'high_all')})"


def _fitting(columns: Mapping[str, Sequence[str]], most: int) -> list[list[str]]:
    """The headings in groups that fit the width."""
    groups: list[list[str]] = [[]]
    left = most
    for name, cells in columns.items():
        width = _width([name, *cells]) + GAP
        if width > left and groups[-1]:
            groups.append([])
            left = most
        groups[-1].append(name)
        left -= width
    return groups


def _width(cells: Sequence[str]) -> int:
    return max(cell_len(part) for cell in cells for part in cell.split("\n"))


def _range(cells: Sequence[Sequence[dict[Any, Any]]], paths: Sequence[str], labels: Sequence[str], days: Days) -> str:
    """Between which cells the P80 of the end lies."""
    rows = [row for several in cells for row in several if (row["quantity"], row["of"]) in WHOLE]
    p80 = [row for row in rows if row["statistic"] == "P80"]
    what = "end of the project" if p80[0]["of"] == PROJECT else "last go-live"
    first, last = min(p80, key=lambda row: row["value"]), max(p80, key=lambda row: row["value"])
    if first["value"] == last["value"]:
        return f"The P80 of the {what} is {value(first, 'value', days)} in every cell."

    def told(row: Mapping[Any, Any]) -> str:
        with_ = ", ".join(f"{name} {_shown(row[path])}" for name, path in zip(labels, paths, strict=True))
        return f"{value(row, 'value', days)} ({with_})"

    return f"The P80 of the {what} lies between {told(first)} and {told(last)}."


def _shown(setting: Any) -> str:
    """A varied value; an empty one is the model as it is."""
    return "as it is" if setting == "" else str(setting)


def _tail(path: str, paths: Sequence[str]) -> str:
    """The last part of a path, with as many before it as tell it from the others."""
    parts = path.split(".")
    for size in range(1, len(parts)):
        tail = ".".join(parts[-size:])
        if sum(other == tail or other.endswith(f".{tail}") for other in paths) == 1:
            return tail
    return path
