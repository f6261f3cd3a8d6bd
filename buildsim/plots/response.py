"""How a figure answers to a setting: a line with its band for each family of settings, against a number or a date."""

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.analysis.frames import Floats
from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style, wording
from buildsim.plots.shift_lines import MARKERS

MANY = 16
"""Lines of more points than this have no markers."""
APART = 0.006
"""How far the bars of two lines stand apart, of the width of the axis."""


def response(
    run: RunLike,
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    by: str,
    x_label: str,
    y_label: str,
    title: str,
    low: str | None = None,
    high: str | None = None,
    unit: str = "",
    dates: bool = False,
    bars: bool = False,
    note: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw the column `y` against `x`, one line for each value of `by`, with a band from `low` to `high` if named.

    Numbers stand to scale along the x axis, with `dates` as days since start; text stands by rank, in the order of the
    table. What is not finite is not drawn. `unit` is that of y ("share" shows per cent). With `bars` the intervals are
    bars beside each other instead of bands, for many lines or few points. The small print names `run`, the base, and
    adds `note`. Raises KeyError for a column that is missing.
    """
    ax = style.axes(ax, 3.6)
    names = list(dict.fromkeys(table[x])) if not pd.api.types.is_numeric_dtype(table[x]) else []
    handles = []
    families = list(table.groupby(by, sort=False))
    places = np.arange(len(names)) if names else table[x].to_numpy(np.float64)
    step = APART * float(np.ptp(places)) if bars else 0.0
    for number, (name, family) in enumerate(families):
        colour, marker = style.PALETTE[number % len(style.PALETTE)], MARKERS[number % len(MARKERS)]
        across = np.array([names.index(one) for one in family[x]] if names else family[x], np.float64)
        if dates:
            across = style.number(run.start, across)
        across = across + step * (number - (len(families) - 1) / 2.0)
        if low is not None and high is not None:
            _intervals(ax, across, family[[low, high]].to_numpy(np.float64), colour, bars)
        looks: dict[str, Any] = {"color": colour, "linewidth": 1.6, "markersize": 4.0}
        if len(family) <= MANY:
            looks["marker"] = marker
        values = family[y].to_numpy(np.float64)
        ax.plot(across, np.where(np.isfinite(values), values, np.nan), **looks)
        handles.append(Line2D([], [], label=str(name), **looks))
    style.dress(ax, grid="y")
    _across(ax, run, table[x], names, dates)
    if ax.get_ylim()[0] < 0.0 < ax.get_ylim()[1]:
        ax.axhline(0.0, color=style.MUTED, linewidth=0.8)
    if unit == "share":
        style.per_cent(ax, "y")
    style.axis_labels(ax, x=x_label, y=y_label)
    style.heading(ax, title, handles, columns=3 if max(len(str(one.get_label())) for one in handles) > 20 else 4)
    style.small_print(ax, run, note=note)
    return ax


def caption(
    run: RunLike,
    table: pd.DataFrame,
    *,
    x: str,
    y: str,
    by: str,
    x_label: str,
    y_label: str,
    title: str,
    low: str | None = None,
    high: str | None = None,
    unit: str = "",
    dates: bool = False,
    bars: bool = False,
    note: str = "",
) -> str:
    """The figure in words: the highest point of each line, with its interval.

    Options as `response`. Raises KeyError for a column that is missing.
    """
    del bars

    def shown(value: float) -> str:
        return wording.share(value) if unit == "share" else wording.amount(value, unit)

    parts = []
    for name, family in table.groupby(by, sort=False):
        values = family[y].to_numpy(np.float64)
        if not np.isfinite(values).any():
            parts.append(f"{name}, no value")
            continue
        row = family.iloc[int(np.nanargmax(np.where(np.isfinite(values), values, np.nan)))]
        place = wording.day(float(row[x]), run.start) if dates else _place(row[x])
        sure = ""
        if low is not None and high is not None:
            bounded = np.isfinite([row[low], row[high]]).all()
            sure = f" ({wording.interval(row[low], row[high], shown) if bounded else 'interval not bounded'})"
        parts.append(f"{name}, {shown(float(row[y]))} at {place}{sure}")
    text = f"{title}; {y_label}, against {x_label}, {wording.replications(run)}. Highest: {'; '.join(parts)}."
    return f"{text} {note}." if note else text


def _intervals(ax: Axes, across: Floats, ends: Floats, colour: str, bars: bool) -> None:
    """Bars or a band where both ends are finite."""
    known = np.isfinite(ends).all(axis=1)
    if bars:
        ax.vlines(across[known], ends[known, 0], ends[known, 1], color=colour, linewidth=1.1)
    else:
        ax.fill_between(across, ends[:, 0], ends[:, 1], where=known, color=colour, alpha=0.15, linewidth=0.0)


def _across(ax: Axes, run: RunLike, values: "pd.Series[Any]", names: list[Any], dates: bool) -> None:
    """The x axis: dates, numbers to scale, or names by rank."""
    if dates:
        style.date_axis(ax, run.start, float(values.min()), float(values.max()))
    elif names:
        ax.set_xticks(range(len(names)), [str(name) for name in names])
    else:
        ticks = sorted(set(values))
        if len(ticks) <= MANY:
            ax.set_xticks(ticks, [f"{value:g}" for value in ticks])


def _place(value: Any) -> str:
    return str(value) if isinstance(value, str) else f"{value:g}"
