"""How a date shifts along a sweep: a line with its confidence band for each family of settings."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style, wording

MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")


def shift_lines(
    run: RunLike,
    table: pd.DataFrame,
    *,
    x: str,
    by: str,
    x_label: str,
    y_label: str,
    title: str,
    note: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw `shift` [days] against `x`, one line for each value of `by`, with the band from `low` to `high`.

    The x axis runs from the largest value to the smallest, by rank: a sweep of shares reads from plenty to want.
    The small print names `run`, the base of the sweep, and adds `note`. Raises KeyError for a column that is missing.
    """
    ax = style.axes(ax, 3.6)
    values = sorted(table[x].unique(), reverse=True)
    place = {value: rank for rank, value in enumerate(values)}
    handles = []
    for number, (name, family) in enumerate(table.groupby(by, sort=False)):
        family = family.sort_values(x, ascending=False)
        colour, marker = style.PALETTE[number % len(style.PALETTE)], MARKERS[number % len(MARKERS)]
        across = family[x].map(place)
        ax.fill_between(across, family["low"], family["high"], color=colour, alpha=0.2, linewidth=0.0)
        ax.plot(across, family["shift"], color=colour, marker=marker, markersize=4.5, linewidth=1.6)
        handles.append(Line2D([], [], color=colour, marker=marker, markersize=4.5, linewidth=1.6, label=str(name)))
    ax.axhline(0.0, color=style.MUTED, linewidth=0.8)
    style.dress(ax, grid="y")
    ax.set_xticks(range(len(values)), [f"{value:g}" for value in values])
    style.axis_labels(ax, x=x_label, y=y_label)
    style.heading(ax, title, handles, columns=3)
    style.small_print(ax, run, note=note)
    return ax


def caption(
    run: RunLike,
    table: pd.DataFrame,
    *,
    x: str,
    by: str,
    x_label: str,
    y_label: str,
    title: str,
    note: str = "",
) -> str:
    """The figure in words: the largest shift of each line, with its interval.

    Options as `shift_lines`; `y_label` says what is shifted. Raises KeyError for a column that is missing.
    """
    parts = []
    for name, family in table.groupby(by, sort=False):
        row = family.iloc[int(family["shift"].abs().to_numpy().argmax())]
        sure = wording.interval(row["low"], row["high"], wording.signed_days)
        parts.append(f"{name}, {wording.signed_days(row['shift'])} at {row[x]:g} ({sure})")
    text = f"{title}; {y_label}, against {x_label}, {wording.replications(run)}. Largest shift: {'; '.join(parts)}."
    return f"{text} {note}." if note else text
