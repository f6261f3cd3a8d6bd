"""What options cost against the days they save, and which of them no other beats."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.text import Annotation
from matplotlib.transforms import Bbox

from buildsim.analysis.frontier import standing, undominated
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.units import format_usd

COLUMNS = ("name", "cost", "cost_low", "cost_high", "days", "low", "high")
"""What the table holds: an option, its cost and the days it saves, both with the ends of their intervals."""

MILLION = 1e6
FAR = 12.0
"""A name farther from its point than this is joined to it by a line [points]."""

Place = tuple[float, float, Literal["left", "center", "right"], Literal["bottom", "top"]]
"""Where a name stands from its point [points], and which of its edges stands there."""

_ROUND: tuple[Place, ...] = (
    (1.0, 0.35, "left", "bottom"),
    (1.0, -0.35, "left", "top"),
    (-1.0, 0.35, "right", "bottom"),
    (-1.0, -0.35, "right", "top"),
    (0.0, 1.0, "center", "bottom"),
    (0.0, -1.0, "center", "top"),
)


def frontier(
    run: RunLike,
    table: pd.DataFrame,
    *,
    title: str = "What a day costs",
    cost_label: str = "Cost, mean [million USD]",
    days_label: str = "Days saved, mean [days]",
    note: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Draw days saved against cost, a point an option with its intervals, and the efficient frontier as steps.

    `table` has the columns of `COLUMNS`: name, cost with cost_low and cost_high [USD], days saved with low and high
    [days]; a NaN end draws no interval. Grey points are dominated: another option costs no more, saves no fewer days
    and is better in one of both. An option that costs or saves nothing known (NaN or infinite) is left out and named
    in the small print. `run` is the base that the days are saved against. Nothing is written.

    Errors: InputError for missing columns or when no option can be drawn.
    """
    shown, out = _split(table)
    ax = style.axes(ax, 4.4)
    free = undominated(shown["cost"], shown["days"])
    cost, days = shown["cost"].to_numpy(np.float64) / MILLION, shown["days"].to_numpy(np.float64)
    for on, colour, order in ((False, style.HATCH, 2), (True, style.BLUE, 3)):
        here = free == on
        if here.any():
            looks: dict[str, Any] = {
                "xerr": _spread(cost, shown["cost_low"] / MILLION, shown["cost_high"] / MILLION)[:, here],
                "yerr": _spread(days, shown["low"], shown["high"])[:, here],
            } | {"ecolor": colour, "elinewidth": 0.9, "capsize": 2.0, "zorder": order}
            ax.errorbar(cost[here], days[here], fmt="o", markersize=5.0, color=colour, **looks)
    front = [index for index in np.lexsort((days, cost)) if free[index]]
    _limits(ax, shown)
    right = ax.get_xlim()[1]
    ax.step([*cost[front], right], [*days[front], days[front[-1]]], where="post", color=style.BLUE, linewidth=1.4)
    ax.axhline(0.0, color=style.INK, linewidth=0.8)
    style.dress(ax, grid="both")
    style.axis_labels(ax, x=cost_label, y=days_label)
    handles: list[Artist] = [
        Line2D([], [], color=style.BLUE, marker="o", linewidth=1.4, label="efficient"),
        Line2D([], [], color=style.HATCH, marker="o", linestyle="none", label="dominated"),
        Line2D([], [], color=style.MUTED, marker="|", markersize=6.0, linewidth=0.9, label="95 % intervals"),
    ]
    style.heading(ax, title, handles, columns=3)
    lines = [note] if note else []
    if out:
        lines.append(f"Not shown, for cost or days are unknown or beyond the horizon: {wording.listed(out)}.")
    style.small_print(ax, run, note="\n".join(lines))
    _name(ax, [str(name) for name in shown["name"]], cost, days, free)
    return ax


def caption(
    run: RunLike,
    table: pd.DataFrame,
    *,
    title: str = "What a day costs",
    cost_label: str = "Cost, mean [million USD]",
    days_label: str = "Days saved, mean [days]",
    note: str = "",
) -> str:
    """The figure in words: the efficient options from the cheapest to the dearest, and which of them is sure to be so.

    Options and errors as `frontier`; a column `probability`, of being efficient, is told when the table has it.
    """
    del cost_label, days_label
    shown, out = _split(table)
    free = undominated(shown["cost"], shown["days"])
    front = shown.assign(standing=standing(shown))[free].sort_values(["cost", "days"])
    parts = [
        f"{row['name']} ({format_usd(float(row['cost']))} for {wording.days(float(row['days']))}, {_sure(row)})"
        for row in front.to_dict("records")
    ]
    many = int((~free).sum())
    text = f"{title}, {wording.replications(run)}: of {len(shown)} options {int(free.sum())} are efficient: "
    text += f"{'; '.join(parts)}. " + (
        f"{many} {'is' if many == 1 else 'are'} dominated: another costs no more and saves as many days or more."
        if many
        else "None is dominated."
    )
    if out:
        text += f" Not compared: {wording.listed(out)}."
    return f"{text} {note}." if note else text


def _sure(row: dict[Any, Any]) -> str:
    if "probability" in row and not np.isnan(row["probability"]):
        return f"efficient with a probability of {wording.share(float(row['probability']))}"
    return {"efficient": "by its interval too", "open": "the intervals leave it open", "dominated": "open"}[
        row["standing"]
    ]


def _split(table: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The options that can be drawn, and the names of the others."""
    if missing := [name for name in COLUMNS if name not in table.columns]:
        raise InputError(Problem("table", f"the columns {', '.join(missing)} are missing", expected=", ".join(COLUMNS)))
    known = np.isfinite(table[["cost", "days"]].to_numpy(np.float64)).all(axis=1)
    if not known.any():
        raise InputError(Problem("table", "there is no option with a known cost and known days"))
    return table[known].reset_index(drop=True), [str(name) for name in table.loc[~known, "name"]]


def _spread(value: np.ndarray, low: "pd.Series[float]", high: "pd.Series[float]") -> np.ndarray:
    """How far the ends are from the value, 0 where they are not known."""
    ends = np.stack([value - low.to_numpy(np.float64), high.to_numpy(np.float64) - value])
    return np.where(np.isfinite(ends), np.maximum(ends, 0.0), 0.0)


def _limits(ax: Axes, shown: pd.DataFrame) -> None:
    """Axes around the intervals, with room for names at the right and above."""
    for low, high, scale, put in (
        ("cost_low", "cost_high", MILLION, ax.set_xlim),
        ("low", "high", 1.0, ax.set_ylim),
    ):
        middle = "cost" if scale == MILLION else "days"
        values = shown[[low, middle, high]].to_numpy(np.float64) / scale
        values = np.append(values[np.isfinite(values)], 0.0)
        first, last = float(values.min()), float(values.max())
        span = max(last - first, 1e-6)
        put(first - 0.06 * span, last + 0.14 * span)


def _name(ax: Axes, names: Sequence[str], cost: np.ndarray, days: np.ndarray, free: np.ndarray) -> None:
    """Write each name where it covers no point and no other name, as near to its point as it goes."""
    figure = ax.get_figure(root=True)
    assert isinstance(figure, Figure)
    figure.draw_without_rendering()
    places = ax.transData.transform(np.column_stack([cost, days]))
    size = figure.dpi / 72.0
    lines = [Bbox(ax.transData.transform(line)).padded(0.5 * size) for line in _lines(ax)]
    taken = [Bbox.from_bounds(x - 4 * size, y - 4 * size, 8 * size, 8 * size) for x, y in places]
    for index in sorted(range(len(names)), key=lambda one: (not free[one], cost[one])):
        colour = style.INK if free[index] else style.MUTED
        text = ax.annotate(
            names[index], (cost[index], days[index]), (0.0, 0.0), textcoords="offset points", fontsize=7.5, color=colour
        )
        text.set_in_layout(False)
        taken.append(_settled(text, taken, lines, ax.bbox))
        if max(abs(offset) for offset in text.get_position()) > FAR:
            line = {"arrowstyle": "-", "color": style.HATCH, "linewidth": 0.5, "shrinkA": 0.0, "shrinkB": 3.0}
            where: dict[str, Any] = {"xytext": text.get_position(), "textcoords": "offset points"}
            ax.annotate("", (cost[index], days[index]), **where, arrowprops=line).set_in_layout(False)


def _lines(ax: Axes) -> list[np.ndarray]:
    """Zero days, the frontier and the intervals as stretches, all of them level or upright: pairs of points."""
    found = [np.array([(ax.get_xlim()[0], 0.0), (ax.get_xlim()[1], 0.0)])]
    found += [
        np.asarray(stretch)
        for bars in ax.collections
        if isinstance(bars, LineCollection)
        for stretch in bars.get_segments()
    ]
    for line in ax.lines:
        if line.get_drawstyle() == "steps-post":
            x, y = np.asarray(line.get_xdata(), np.float64), np.asarray(line.get_ydata(), np.float64)
            corners = np.column_stack([np.repeat(x, 2)[1:], np.repeat(y, 2)[:-1]])
            found += [np.array(pair) for pair in pairwise(corners)]
    return found


def _settled(text: Annotation, taken: Sequence[Bbox], lines: Sequence[Bbox], frame: Bbox) -> Bbox:
    """Move a name to the best place around its point; the box that it takes then [pixels].

    Best is what covers no point, no other name and no line, and among those the nearest.
    """
    best: tuple[float, Place] | None = None
    for away in (6.0, 11.0, 17.0, 24.0, 32.0, 42.0):
        for dx, dy, ha, va in _ROUND:
            place: Place = (dx * away, dy * away, ha, va)
            box = _put(text, place)
            inside = frame.x0 <= box.x0 and box.x1 <= frame.x1 and frame.y0 <= box.y0 and box.y1 <= frame.y1
            covered = sum(_overlap(box, one) for one in taken)
            crossed = sum(_overlap(box, one) > 0.0 for one in lines)
            cost = away + 25.0 * crossed + (1e3 + covered if covered else 0.0) + (0.0 if inside else 1e6)
            if best is None or cost < best[0]:
                best = (cost, place)
    assert best is not None
    return _put(text, best[1])


def _put(text: Annotation, place: Place) -> Bbox:
    dx, dy, ha, va = place
    text.set_position((dx, dy))
    text.set_horizontalalignment(ha)
    text.set_verticalalignment(va)
    return text.get_window_extent().padded(1.0)


def _overlap(one: Bbox, two: Bbox) -> float:
    shared = Bbox.intersection(one, two)
    return float(shared.width * shared.height) if shared is not None else 0.0
