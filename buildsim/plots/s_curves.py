"""Cumulative capacity of several scenarios over time, and below it what they differ by, pair by pair."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import answers, capacity, curves, figures
from buildsim.analysis.frames import Ints
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording

LOOKS: tuple[tuple[str, Any], ...] = (
    (style.BLUE, "-"),
    (style.ORANGE, "--"),
    (style.GREEN, "-."),
    (style.VERMILLION, (0, (1, 1))),
)
"""Colour and dashes of the runs, the base first."""

MOST = len(LOOKS) - 1
"""The most runs that are compared with the base."""


def s_curves(run: RunLike, *, against: Mapping[str, RunLike], label: str = "this run", ax: Axes | None = None) -> Axes:
    """Live MW over time of a run and of up to three others, and below, on the same time axis, what they differ by.

    Above: the medians, with light bands from P10 to P90. Below, for each run in `against` by its label: live MW minus
    that of `run`, replication by replication: the mean with its 95 % interval (dark band) and P10 to P90 of the pairs
    (light band). The intervals are pointwise. The given axes are divided; those above
    are returned. All of it is over the replications that all runs hold. Nothing is written.

    Errors: InputError without another run, with more than three, or with runs that do not pair; ValueError for axes
    that are not part of a grid.
    """
    held, tables = _differences(run, against, label)
    ax = style.axes(ax, height=5.6)
    lower = style.below(ax, 0.42)
    last = min([run.horizon, *(other.horizon for other in against.values())])
    handles: list[Artist] = []
    for (name, one), look in zip({label: run, **against}.items(), LOOKS, strict=False):
        handles.append(_curve(ax, one, held, name, *look))
    handles.append(Patch(facecolor=style.MUTED, alpha=0.15, label="P10–P90"))
    for table, (colour, line) in zip(tables.values(), LOOKS[1:], strict=False):
        days = style.number(run.start, table["day"].to_numpy())
        steps: dict[str, Any] = {"step": "post", "color": colour, "linewidth": 0.0}
        lower.fill_between(days, table["p10"].to_numpy(), table["p90"].to_numpy(), alpha=0.15, **steps)
        lower.fill_between(days, table["low"].to_numpy(), table["high"].to_numpy(), alpha=0.4, **steps)
        lower.step(days, table["mean"].to_numpy(), where="post", color=colour, linestyle=line, linewidth=1.6)
    handles.append(Patch(facecolor=style.MUTED, alpha=0.4, label="mean difference, 95 % interval"))
    lower.axhline(0.0, color=style.INK, linewidth=0.8)
    for panel in (ax, lower):
        style.dress(panel, grid="both")
        style.date_axis(panel, run.start, 0.0, last)
        style.thousands(panel)
    ax.tick_params(axis="x", labelbottom=False)
    style.axis_labels(ax, x="", y="Critical IT live [MW]")
    style.axis_labels(lower, x="Date", y="Difference [MW]")
    ax.set_ylim(bottom=0.0)
    minus = f"Live MW minus that of {label}, pair by pair"
    lower.set_title(minus, fontsize=style.LABEL, color=style.INK, loc="left", pad=4.0)
    style.heading(ax, "Capacity live by scenario", handles, columns=3)
    lines = [*(f"{name}: {style.describe(one)}" for name, one in against.items()), in_common(held, run, against)]
    style.small_print(lower, run, note="\n".join(line for line in lines if line))
    return ax


def caption(run: RunLike, *, against: Mapping[str, RunLike], label: str = "this run") -> str:
    """The figure in words: where each run is furthest from the base on average, by how much, and how sure that is.

    Options and errors as `s_curves`.
    """
    held, tables = _differences(run, against, label)
    text = f"Critical IT capacity live in {wording.listed([label, *against])}, {wording.counted(len(held))} each."
    for name, table in tables.items():
        text += f" {furthest(run, table, label, name)}"
    return f"{text}{wording.unfinished(run)}"


def furthest(run: RunLike, table: pd.DataFrame, label: str, name: str) -> str:
    """Where a run called `name` is furthest from `run`, pair by pair: a sentence of `curves.mw_difference`."""
    row = table.iloc[int(table["mean"].abs().to_numpy().argmax())]
    if abs(row["mean"]) < 0.05:
        return f"{name} and {label} do not differ by 0.05 MW on average at any time."
    sure = wording.interval(row["low"], row["high"], wording.signed_mw)
    return (
        f"{name} is furthest from {label} on {wording.day(float(row['day']), run.start)}: "
        f"{wording.signed_mw(float(row['mean']))} on average (pointwise {sure}; P10 to P90 of the pairs "
        f"{wording.signed_mw(float(row['p10']))} to {wording.signed_mw(float(row['p90']))})."
    )


def in_common(held: Ints, run: RunLike, against: Mapping[str, RunLike]) -> str:
    """Over how many replications runs are compared; empty when each has no others."""
    if all(one.replications == len(held) for one in (run, *against.values())):
        return ""
    return f"All curves are of the {wording.counted(len(held))} that the runs have in common."


def median_fan(run: RunLike, held: Ints) -> pd.DataFrame:
    """The fan of live MW over some of the replications: `capacity.fan`."""
    own = run.go_live[run.go_live["replication"].isin(held)]
    return capacity.fan(own, capacity.grid(run.horizon), base=answers.base(run))


def _differences(run: RunLike, against: Mapping[str, RunLike], label: str) -> tuple[Ints, dict[str, pd.DataFrame]]:
    """The replications that all runs hold, and for each other what it differs by over them."""
    if not 1 <= len(against) <= MOST or label in against:
        told = f"{len(against)} other runs are given" if label not in against else f"two runs are called '{label}'"
        raise InputError(Problem("against", told, expected=f"one to {MOST} others, each with its own label"))
    held = figures.pairs(against, run)
    return held, {name: curves.mw_difference(run, other, held=held) for name, other in against.items()}


def _curve(ax: Axes, run: RunLike, held: Ints, name: str, colour: str, line: Any) -> Artist:
    fan = median_fan(run, held)
    days = style.number(run.start, fan["day"].to_numpy())
    low, middle, high = (fan[level].to_numpy(np.float64) for level in ("p10", "p50", "p90"))
    ax.fill_between(days, low, high, step="post", color=colour, alpha=0.15, linewidth=0.0)
    ax.step(days, middle, where="post", color=colour, linestyle=line, linewidth=1.8)
    return Line2D([], [], color=colour, linestyle=line, linewidth=1.8, label=f"{name}, median")
