"""Megawatts at risk: committed by a date and, on average, not yet live then."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.analysis import answers, capacity
from buildsim.analysis.frames import Floats
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.proportions import mean
from buildsim.plots import style, wording

DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))


def shortfall(runs: Mapping[str, RunLike], *, points: int = 200, note: str = "", ax: Axes | None = None) -> Axes:
    """Draw the mean of max(0, MW committed by a date - MW live on it) over time, a line for each run [MW].

    Commitments are the firm tranches by their due date, as at the start: who withdraws later was still promised.
    The small print names the first run. Raises `ValueError` without runs.
    """
    first = _first(runs)
    ax = style.axes(ax, 3.6)
    handles = []
    for number, (label, run) in enumerate(runs.items()):
        days, missing = _missing(run, points)
        look: dict[str, Any] = {
            "color": style.PALETTE[number % len(style.PALETTE)],
            "linestyle": DASHES[number % len(DASHES)],
            "linewidth": 1.6,
        }
        ax.plot(style.number(run.start, days), missing.mean(axis=0), **look)
        handles.append(Line2D([], [], label=label, **look))
    style.dress(ax, grid="y")
    style.date_axis(ax, first.start, 0.0, first.horizon)
    style.axis_labels(ax, x="Date", y="Committed and not live, mean [MW]")
    ax.set_ylim(bottom=0.0)
    style.thousands(ax)
    style.heading(ax, "Capacity at risk by date", handles, columns=3)
    style.small_print(ax, first, note=note)
    return ax


def caption(runs: Mapping[str, RunLike], *, points: int = 200, note: str = "") -> str:
    """The figure in words: when most is committed and not live in each run, how much, and how sure that is.

    Options as `shortfall`. Raises `ValueError` without runs.
    """
    first = _first(runs)
    parts = []
    for label, run in runs.items():
        days, missing = _missing(run, points)
        worst = int(missing.mean(axis=0).argmax())
        found = mean(missing[:, worst], floor=0.0)
        sure = wording.interval(found.low, found.high, wording.mw)
        parts.append(f"{label}, {wording.mw(found.estimate)} on {wording.day(float(days[worst]), run.start)} ({sure})")
    text = f"Committed and not live, mean over {wording.replications(first)}. Most at once: {'; '.join(parts)}."
    return f"{text} {note}." if note else text


def _first(runs: Mapping[str, RunLike]) -> RunLike:
    if not runs:
        raise ValueError("there is no run to draw")
    return next(iter(runs.values()))


def _missing(run: RunLike, points: int) -> tuple[Floats, Floats]:
    """Days [days since start], and what is committed and not live then by replication [MW]: (replications, days)."""
    days = capacity.grid(run.horizon, points=points)
    steps = answers.committed(run)
    committed = np.array([capacity.committed_at(steps, float(day)) for day in days])
    live = capacity.live_mw(answers.built(run, run.go_live), days, base=answers.base(run))
    return days, np.maximum(0.0, committed - live)
