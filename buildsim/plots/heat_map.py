"""A two-way sweep as a heat map: one value for each pair of settings."""

import numpy as np
import pandas as pd
from matplotlib.axes import Axes

from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style


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
    ax: Axes | None = None,
) -> Axes:
    """Draw `value` by `rows` and `columns` of a tidy table, with the number in each cell.

    Values are shares (shown in per cent) or, with `percent=False`, plain numbers. The small print names `run`, the base
    of the sweep, and adds `note`.
    Raises KeyError for a column that the table does not have.
    """
    grid = table.pivot(index=rows, columns=columns, values=value).sort_index(ascending=False)
    ax = style.axes(ax, 1.6 + 0.42 * len(grid))
    cells = grid.to_numpy(dtype=float)
    top = max(float(np.nanmax(cells)), 1e-9)
    ax.imshow(cells, cmap="cividis", vmin=0.0, vmax=top, aspect="auto")
    for (row, column), cell in np.ndenumerate(cells):
        ink = "white" if cell < 0.55 * top else "black"
        text = f"{100 * cell:.0f} %" if percent else f"{cell:,.0f}"
        ax.text(column, row, text, ha="center", va="center", fontsize=style.LABEL, color=ink)
    ax.set_xticks(range(len(grid.columns)), [str(name) for name in grid.columns])
    ax.set_yticks(range(len(grid.index)), [str(name) for name in grid.index])
    ax.tick_params(labelsize=style.TICK, length=0)
    ax.spines[:].set_visible(False)
    style.axis_labels(ax, x=column_label, y=row_label)
    style.heading(ax, title, (), 1)
    style.small_print(ax, run, note=note)
    return ax
