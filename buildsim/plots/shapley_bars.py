"""What each group of causes costs: Shapley's parts, and the gain from taking a group out first or last."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style, wording


def shapley_bars(run: RunLike, table: pd.DataFrame, *, title: str, note: str = "", ax: Axes | None = None) -> Axes:
    """Draw the table of a but-for analysis: a bar a group, largest first, with its confidence interval.

    Markers show what taking the group out first (alone) and last (after all the others) gains. The small print names
    `run`, the base of the analysis. Raises KeyError for a table that lacks a column.
    """
    rows = table[table["group"] != "all"].sort_values("shapley", ignore_index=True)
    unit = str(table["unit"].iloc[0])
    ax = style.axes(ax, 1.9 + 0.36 * len(rows))
    places = np.arange(len(rows))
    ax.barh(places, rows["shapley"], height=0.6, color=style.BLUE)
    spread = np.abs(rows[["low", "high"]].to_numpy(dtype=float).T - rows["shapley"].to_numpy(dtype=float))
    ax.errorbar(rows["shapley"], places, xerr=spread, fmt="none", ecolor=style.INK, elinewidth=1.0, capsize=3.0)
    ax.plot(rows["first"], places, marker="o", linestyle="none", markersize=5.0, color=style.ORANGE)
    ax.plot(rows["last"], places, marker="D", linestyle="none", markersize=4.5, color=style.VERMILLION)
    ax.axvline(0.0, color=style.INK, linewidth=0.8)
    ax.set_yticks(places, [str(name) for name in rows["group"]])
    style.dress(ax, grid="x")
    style.axis_labels(ax, x=f"What the group of causes costs, mean [{unit}]", y="")
    handles: list[Artist] = [
        Patch(color=style.BLUE, label="Shapley part, 95 % interval"),
        Line2D([], [], marker="o", linestyle="none", color=style.ORANGE, label="taken out first"),
        Line2D([], [], marker="D", linestyle="none", color=style.VERMILLION, label="taken out last"),
    ]
    style.heading(ax, title, handles, columns=3)
    style.small_print(ax, run, note=note)
    return ax


def caption(run: RunLike, table: pd.DataFrame, *, title: str, note: str = "") -> str:
    """The figure in words: what all groups cost together, the largest parts, and how sure both are.

    Options as `shapley_bars`. Raises KeyError for a table that lacks a column.
    """
    unit = str(table["unit"].iloc[0])

    def told(row: pd.Series) -> str:
        sure = wording.interval(row["low"], row["high"], lambda value: wording.amount(value, unit))
        return f"{wording.amount(float(row['shapley']), unit)} ({sure})"

    whole = table[table["group"] == "all"].iloc[0]
    parts = table[table["group"] != "all"].sort_values("shapley", ascending=False)
    largest = [f"{row['group']} {told(row)}" for _, row in parts.head(3).iterrows()]
    text = f"{title} ({run.model.name}): all groups together cost {told(whole)} on average."
    text += f" Largest parts: {'; '.join(largest)}."
    return f"{text} {note}." if note else text
