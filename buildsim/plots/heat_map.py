"""A two-way sweep as a heat map: one value for each pair of settings, or the difference that each makes."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style, wording


def heat_map(
    run: RunLike,
    table: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    value: str,
    row_label: str,
    column_label: str,
    title: str,
    note: str = "",
    percent: bool = True,
    diverging: bool = False,
    low: str | None = None,
    high: str | None = None,
    ax: Axes | None = None,
) -> Axes:
    """Draw `value` by `rows` and `columns` of a tidy table, with the number in each cell.

    Values are shares (shown in per cent) or, with `percent=False`, plain numbers. `diverging` is for differences: white
    is none, purple less and orange more, equally strong for equal sizes, and numbers have their sign. `low` and `high`
    name the columns of an interval, which then stands below the number. A cell without a value (NaN) is grey, one that
    is infinite has the strongest colour. The small print names `run`, the base of the sweep, and adds `note`.
    Raises KeyError for a column that the table does not have.
    """
    grid = table.pivot(index=rows, columns=columns, values=value).sort_index(ascending=False)
    ends = [
        table.pivot(index=rows, columns=columns, values=end).reindex_like(grid).to_numpy(dtype=float)
        for end in (low, high)
        if end is not None
    ]
    ax = style.axes(ax, 1.6 + (0.56 if len(ends) == 2 else 0.42) * len(grid))
    cells = grid.to_numpy(dtype=float)
    known = cells[np.isfinite(cells)]
    top = max(float(np.abs(known).max(initial=0.0)) if diverging else float(known.max(initial=0.0)), 1e-9)
    look: dict[str, Any] = {"cmap": "PuOr_r", "vmin": -top} if diverging else {"cmap": "cividis", "vmin": 0.0}
    ax.set_facecolor(style.RULE)
    shown = np.where(np.isnan(cells), np.nan, np.clip(cells, -top, top))
    ax.imshow(shown, vmax=top, aspect="auto", **look)
    for (row, column), cell in np.ndenumerate(cells):
        text = _text(cell, percent, diverging)
        if len(ends) == 2 and not np.isnan(cell):
            text += f"\n{' to '.join(_text(float(end[row, column]), percent, diverging) for end in ends)}"
        size = style.TICK if len(ends) == 2 else style.LABEL
        ink = _ink(float(cell), top, diverging)
        ax.text(column, row, text, ha="center", va="center", fontsize=size, color=ink, linespacing=1.15)
    ax.set_xticks(range(len(grid.columns)), [str(name) for name in grid.columns])
    ax.set_yticks(range(len(grid.index)), [str(name) for name in grid.index])
    ax.tick_params(labelsize=style.TICK, length=0)
    for edges, line in ((len(grid.columns), ax.axvline), (len(grid.index), ax.axhline)):
        for edge in range(1, edges):
            line(edge - 0.5, color="#ffffff", linewidth=1.0)
    ax.spines[:].set_visible(False)
    style.axis_labels(ax, x=column_label, y=row_label)
    style.heading(ax, title, (), 1)
    if len(ends) == 2:
        note = f"{note}\nBelow each number: its 95 % interval." if note else "Below each number: its 95 % interval."
    style.small_print(ax, run, note=note)
    return ax


def caption(
    run: RunLike,
    table: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    value: str,
    row_label: str,
    column_label: str,
    title: str,
    note: str = "",
    percent: bool = True,
    diverging: bool = False,
    low: str | None = None,
    high: str | None = None,
) -> str:
    """The figure in words: its lowest and its highest cell, with intervals where there are some.

    Options as `heat_map`. Raises KeyError for a column that the table does not have.
    """
    known = table[table[value].notna()]
    cells = known[value].to_numpy(np.float64)
    if not len(cells):
        return f"{title}: no cell has a value."
    ends = [known.iloc[int(cells.argmin())], known.iloc[int(cells.argmax())]]

    def shown(number: float) -> str:
        return _text(number, percent, diverging)

    def told(row: "pd.Series[Any]") -> str:
        sure = f" ({wording.interval(row[low], row[high], shown)})" if low is not None and high is not None else ""
        return (
            f"{shown(row[value])}{sure} at {column_label} {_setting(row[columns])}, {row_label} {_setting(row[rows])}"
        )

    text = f"{title}: from {told(ends[0])}, to {told(ends[1])}; {wording.replications(run)} a cell."
    return f"{text} {note}." if note else text


def _setting(value: Any) -> str:
    """A setting as it stands on its axis; a whole number without a fraction."""
    return f"{value:g}" if isinstance(value, float) else str(value)


def _text(cell: float, percent: bool, signed: bool) -> str:
    if np.isnan(cell):
        return "-"
    if np.isinf(cell):
        return "> horizon" if cell > 0 else "< horizon"
    value = 100 * cell if percent else cell
    text = f"{value:{'+' if signed else ''},.0f}"
    return f"{'0' if text in ('-0', '+0') else text}{' %' if percent else ''}"


def _ink(cell: float, top: float, diverging: bool) -> str:
    """Black or white, whichever is read on the colour of the cell."""
    if np.isnan(cell):
        return "black"
    if diverging:
        return "white" if abs(cell) > 0.6 * top else "black"
    return "white" if cell < 0.55 * top else "black"
