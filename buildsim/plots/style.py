"""How figures look: colours, sizes, date axes, legends above the data, and the small print.

Nothing here touches matplotlib's global state: sizes are set on each artist, and a new figure is made without pyplot.
"""

import re
import textwrap
from collections.abc import Sequence
from datetime import date, timedelta
from math import ceil, floor
from typing import Any

import matplotlib.dates as mdates
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation, Transform, blended_transform_factory

from buildsim.analysis.portfolio import RunLike
from buildsim.plots import wording

BLACK, ORANGE, SKY, GREEN = "#000000", "#E69F00", "#56B4E9", "#009E73"
YELLOW, BLUE, VERMILLION, PURPLE = "#F0E442", "#0072B2", "#D55E00", "#CC79A7"
PALETTE: tuple[str, ...] = (BLUE, ORANGE, GREEN, VERMILLION, SKY, PURPLE, YELLOW, BLACK)
"""The colours that the colour-blind tell apart (Okabe and Ito, "Color Universal Design", 2008)."""

INK, MUTED, RULE, PALE, HATCH = "#1a1a1a", "#5f5f5f", "#d9d9d9", "#bdbdbd", "#8f8f8f"
"""Text, secondary text, grid lines, what is only there for comparison, and hatching."""

WIDTH = 6.5
"""Width of a figure [inches]: the text width of a letter or A4 page."""

TITLE, LABEL, TICK, PRINT = 10.0, 9.0, 8.0, 6.5
"""Sizes of the type [points] at that width."""


def axes(ax: Axes | None, height: float, width: float = WIDTH) -> Axes:
    """The axes to draw on: those given, or new ones in a figure of their own [inches]."""
    if ax is not None:
        return ax
    figure = Figure(figsize=(width, height), dpi=200, layout="constrained")
    return figure.subplots()


def below(ax: Axes, share: float) -> Axes:
    """New axes below, with the same x axis, that take a share of the height of the given ones.

    Errors: ValueError for axes that are not part of a grid.
    """
    spec, figure = ax.get_subplotspec(), ax.get_figure()
    if spec is None or figure is None:
        raise ValueError("only axes that are part of a grid (`Figure.subplots`) can be divided")
    grid = spec.subgridspec(2, 1, height_ratios=(1.0 - share, share))
    ax.set_subplotspec(grid[0])
    return figure.add_subplot(grid[1], sharex=ax)


def dress(ax: Axes, *, grid: str) -> None:
    """Quiet frame, legible ticks, grid lines behind the data along one axis ("x", "y" or "both")."""
    for side in ("top", "right"):
        ax.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        ax.spines[side].set_color(MUTED)
    ax.tick_params(labelsize=TICK, colors=MUTED, labelcolor=INK)
    ax.set_axisbelow(True)
    ax.grid(visible=True, axis=_WHICH[grid], color=RULE, linewidth=0.6)


def axis_labels(ax: Axes, *, x: str, y: str) -> None:
    """What the axes show, with the unit in brackets where there is one."""
    ax.set_xlabel(x, fontsize=LABEL, color=INK)
    ax.set_ylabel(y, fontsize=LABEL, color=INK)


def number(start: date, day: Any) -> Any:
    """Days since the start as matplotlib's date numbers (a float or an array of them)."""
    return mdates.date2num(start) + day  # type: ignore[no-untyped-call]


def date_axis(ax: Axes, start: date, low: float, high: float) -> None:
    """A time axis from one day to another [days since start].

    Ticks are first days of months (a week apart on an axis of less than two months), with the year where it begins.
    """
    first, last = start + timedelta(days=ceil(low)), start + timedelta(days=floor(high))
    ticks = _ticks(first, last)
    days = len({(one.year, one.month) for one in ticks}) < len(ticks)
    labels: list[str] = []
    for index, one in enumerate(ticks):
        new = index == 0 or one.year != ticks[index - 1].year
        name = f"{one.day} {one:%b}" if days else f"{one:%b}"
        labels.append(f"{name}\n{one.year}" if new else name)
    ax.set_xticks([float(number(one, 0.0)) for one in ticks], labels)
    ax.set_xlim(number(start, low), number(start, high))


def thousands(ax: Axes, which: str = "y") -> None:
    """Thousands separated by commas on one axis."""
    axis = ax.yaxis if which == "y" else ax.xaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))


def per_cent(ax: Axes, which: str = "x") -> None:
    """Shares from 0 to 1 shown in per cent on one axis."""
    axis = ax.xaxis if which == "x" else ax.yaxis
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{100 * value:.0f} %"))


def bar_height(bars: int) -> float:
    """Height for each of so many horizontal bars [inches]: a page holds them all."""
    return min(0.32, max(0.17, 7.0 / max(bars, 1)))


def wrapped(text: str, width: int = 28) -> str:
    """A label on as many lines as it takes."""
    return textwrap.fill(text, width, break_long_words=False)


def heading(ax: Axes, title: str, handles: Sequence[Artist], columns: int) -> None:
    """Title and, between it and the data, the legend: it never covers what it explains.

    Both start at the left edge of the figure when the axes are alone in it, at that of the axes otherwise.
    """
    rows = -(-len(handles) // columns)
    pad = 4.0 + rows * (TICK * 1.5) + (4.0 if rows else 0.0)
    across = _across(ax)
    written = ax.set_title(title, fontsize=TITLE, color=INK, loc="left", pad=pad, fontweight="bold")
    if across is not ax.transAxes:
        written.set_x(_EDGE)
        written.set_transform(across + ScaledTranslation(0.0, pad / 72.0, ax.figure.dpi_scale_trans))
    if handles:
        legend = ax.legend(
            handles=list(handles), loc="lower left", bbox_to_anchor=(_EDGE if across is not ax.transAxes else 0.0, 1.0),
            bbox_transform=across, borderaxespad=0.3, borderpad=0.0, ncols=columns, fontsize=TICK, labelcolor=INK,
            frameon=False, handlelength=1.6, columnspacing=1.4, handletextpad=0.5, labelspacing=0.35,
        )  # fmt: skip
        legend.set_in_layout(False)


def small_print(ax: Axes, run: RunLike, *, note: str = "") -> None:
    """Below the axes: the model, the seed, the replications, the version, and a note of the figure's own."""
    whole = f"Model: {describe(run)}\n{note}" if note else f"Model: {describe(run)}"
    text = "\n".join(wrapped(line, _PRINTED) for line in whole.splitlines())
    alone = _across(ax) is not ax.transAxes
    where = ("figure fraction" if alone else "axes fraction", ax.xaxis.label)
    looks: dict[str, Any] = {"textcoords": "offset points", "fontsize": PRINT, "va": "top", "linespacing": 1.35}
    ax.annotate(
        text, (_EDGE if alone else 0.0, 0.0), (0.0, -5.0), xycoords=where, color=MUTED, annotation_clip=False, **looks
    ).set_in_layout(False)
    # The text may be wider than the axes; this reserves its height alone.
    space = "\n".join("." for _ in text.splitlines())
    where = ("axes fraction", ax.xaxis.label)
    ax.annotate(space, (0.5, 0.0), (0.0, -5.0), xycoords=where, alpha=0.0, annotation_clip=False, **looks)


def describe(run: RunLike) -> str:
    """A run in one line: model, scenario, settings, replications and how many are missing, design, seed, version."""
    manifest = run.manifest
    scenario = manifest.get("scenario")
    names = [scenario] if isinstance(scenario, str) else list(scenario or [])
    parts = [str(run.model.name), *(f"scenario {name}" for name in names), *_settings(manifest.get("changes") or [])]
    parts.append(wording.replications(run))
    parts += [f"{key} {manifest[key]}" for key in ("design", "seed") if manifest.get(key) is not None]
    parts.append(f"day 0 = {run.start.isoformat()}")
    version = manifest.get("versions", {}).get("buildsim")
    return ", ".join([*parts, f"buildsim {version}"] if version else parts)


_SET = re.compile(r".* -> (?P<value>.*) \(--set (?P<path>\S+)\)")
_WHICH: dict[str, Any] = {"x": "x", "y": "y", "both": "both"}
_EDGE = 0.012
_PRINTED = 130
_MOST_TICKS = 11
_STEPS = (1, 2, 3, 6, 12, 24, 60, 120, 1200)


def _settings(changes: Sequence[str]) -> list[str]:
    """What was set on the command line, each path once; of more than two that there are more."""
    found = {match["path"]: match["value"] for one in changes if (match := _SET.fullmatch(one))}
    parts = [f"{path} = {value}" for path, value in found.items()]
    return parts if len(parts) <= 2 else [*parts[:2], f"{len(parts) - 2} more settings"]


def _across(ax: Axes) -> Transform:
    """Coordinates that are fractions of the figure across, and of the axes upwards, when the axes are alone."""
    figure = ax.get_figure()
    if figure is None or len({_outermost(one) for one in figure.axes}) > 1:
        return ax.transAxes
    return blended_transform_factory(figure.transFigure, ax.transAxes)


def _outermost(ax: Axes) -> object:
    """The place of the figure that axes stand in; panels of one place count as one."""
    spec = ax.get_subplotspec()
    return ax if spec is None else spec.get_topmost_subplotspec()


def _ticks(first: date, last: date) -> list[date]:
    """First days of months from one date to another, so many months apart that the labels do not touch."""
    count = first.year * 12 + first.month - 1
    span = range(count, last.year * 12 + last.month)
    months = [one for one in (date(at // 12, at % 12 + 1, 1) for at in span) if first <= one <= last]
    if len(months) < 2:
        return [first + timedelta(days=7 * week) for week in range((last - first).days // 7 + 1)]
    step = next(step for step in _STEPS if len(months) <= _MOST_TICKS * step)
    years = max(step // 12, 1)
    return [one for one in months if (one.month - 1) % min(step, 12) == 0 and one.year % years == 0] or months[:1]
