"""What binds where: a two-way sweep, coloured by the group of causes that costs most."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch, Rectangle

from buildsim.analysis.labour import BINDING_GROUPS
from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style, wording

COLOURS: dict[str, str] = {
    "labour": style.BLUE,
    "power": style.VERMILLION,
    "equipment": style.ORANGE,
    "GPUs": style.GREEN,
    "commissioning": style.PURPLE,
    "permits and sites": style.YELLOW,
    "estimate": style.MUTED,
    "funding": style.SKY,
    "none": style.RULE,
}
"""The colour of each group, near to those of its causes in the figures of delay."""
_DARK = {style.BLUE, style.VERMILLION, style.MUTED, style.GREEN}


def regime_map(
    run: RunLike,
    table: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    row_label: str,
    column_label: str,
    title: str = "What holds the build-out back most",
    note: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the grid of a sweep: in each cell the group of causes with the largest excess over plan, and its days.

    `table` is that of `labour.regime_map`: `rows`, `columns`, group, days, second, margin, sure. Where the margin over
    the second group is not sure (its interval holds zero) the cell is hatched and names the second too. Rows and
    columns stand in the order in which the table has them, the first row at the bottom. The small print names `run`,
    the base of the sweep, and adds `note`. Nothing is written. Raises KeyError for a column that the table does not
    have.
    """
    down, across = (list(dict.fromkeys(table[name])) for name in (rows, columns))
    ax = style.axes(ax, 1.7 + 0.62 * len(down))
    for record in table.to_dict("records"):
        x, y = across.index(record[columns]), down.index(record[rows])
        colour, sure = COLOURS.get(record["group"], "#ffffff"), bool(record["sure"])
        look: dict[str, Any] = {} if sure or record["group"] == "none" else {"hatch": "////", "alpha": 0.45}
        ax.add_patch(Rectangle((x - 0.5, y - 0.5), 1.0, 1.0, facecolor=colour, edgecolor="#ffffff", lw=1.5, **look))
        dark = colour in _DARK and not look
        ax.text(
            x, y, _text(record), ha="center", va="center", fontsize=style.TICK, linespacing=1.2,
            color="#ffffff" if dark else style.BLACK,
            bbox=None if not look else {"facecolor": "#ffffff", "edgecolor": "none", "alpha": 0.8, "pad": 1.0},
        )  # fmt: skip
    ax.set_xlim(-0.5, len(across) - 0.5)
    ax.set_ylim(-0.5, len(down) - 0.5)
    ax.set_xticks(range(len(across)), [str(value) for value in across])
    ax.set_yticks(range(len(down)), [str(value) for value in down])
    ax.tick_params(labelsize=style.TICK, length=0)
    ax.spines[:].set_visible(False)
    style.axis_labels(ax, x=column_label, y=row_label)
    there = [group for group in COLOURS if (table["group"] == group).any()]
    handles: list[Artist] = [Patch(facecolor=COLOURS[group], label=group) for group in there]
    if not table["sure"].all():
        handles.append(Patch(facecolor="#ffffff", edgecolor=style.MUTED, hatch="////", label="not surely the largest"))
    style.heading(ax, title, handles, columns=4)
    lines = [note, "Days over plan of the largest group: mean over blocks, weighted by MW; not what removing it wins."]
    style.small_print(ax, run, note="\n".join(line for line in lines if line))
    return ax


def caption(
    run: RunLike,
    table: pd.DataFrame,
    *,
    rows: str,
    columns: str,
    row_label: str,
    column_label: str,
    title: str = "What holds the build-out back most",
    note: str = "",
) -> str:
    """The figure in words: which groups bind in how many cells, and where the largest costs most.

    Options as `regime_map`. Raises KeyError for a column that the table does not have.
    """
    counts = table["group"].value_counts(sort=False)
    order = [group for group in [*BINDING_GROUPS, "none"] if group in counts.index]
    order.sort(key=lambda group: -int(counts[group]))
    parts = [f"{group} in {int(counts[group])}" for group in order]
    open_cells = int((~table["sure"] & (table["group"] != "none")).sum())
    worst = table.iloc[int(np.nanargmax(table["days"].to_numpy(float)))]
    text = (
        f"{title}: of {len(table)} cells {wording.listed(parts)}. Largest: {worst['group']} with "
        f"{wording.days(float(worst['days']))} over plan at {column_label} {worst[columns]}, {row_label} {worst[rows]} "
        f"({worst['second']} {wording.days(float(worst['margin']))} less, "
        f"{wording.interval(worst['margin_low'], worst['margin_high'], wording.days)}); "
        f"{wording.replications(run)} a cell."
    )
    if open_cells:
        text += f" In {open_cells} the interval of the margin over the second group holds zero."
    return f"{text} {note}." if note else text


def _text(record: dict[Any, Any]) -> str:
    if record["group"] == "none":
        return "none"
    text = f"{record['group']}\n{record['days']:,.0f} days"
    return text if record["sure"] else f"{text}\nor {record['second']}"
