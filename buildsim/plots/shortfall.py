"""Megawatts at risk: committed by a date and, on average, not yet live then."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.analysis import answers, capacity
from buildsim.analysis.portfolio import RunLike
from buildsim.plots import style

DASHES = ("-", "--", "-.", ":", (0, (5, 1, 1, 1)), (0, (1, 1)))


def shortfall(runs: Mapping[str, RunLike], *, points: int = 200, note: str = "", ax: Axes | None = None) -> Axes:
    """Draw the mean of max(0, MW committed by a date - MW live on it) over time, a line for each run [MW].

    Commitments are the firm tranches by their due date, as at the start: who withdraws later was still promised.
    The small print names the first run. Raises `ValueError` without runs.
    """
    if not runs:
        raise ValueError("there is no run to draw")
    ax = style.axes(ax, 3.6)
    first = next(iter(runs.values()))
    handles = []
    for number, (label, run) in enumerate(runs.items()):
        days = capacity.grid(run.horizon, points=points)
        steps = answers.committed(run)
        committed = np.array([capacity.committed_at(steps, float(day)) for day in days])
        live = capacity.live_mw(answers.built(run, run.go_live), days, base=answers.base(run))
        missing = np.maximum(0.0, committed - live).mean(axis=0)
        look: dict[str, Any] = {
            "color": style.PALETTE[number % len(style.PALETTE)],
            "linestyle": DASHES[number % len(DASHES)],
            "linewidth": 1.6,
        }
        ax.plot(style.number(run.start, days), missing, **look)
        handles.append(Line2D([], [], label=label, **look))
    style.dress(ax, grid="y")
    style.date_axis(ax, first.start, 0.0, first.horizon)
    style.axis_labels(ax, x="Date", y="Committed and not live, mean [MW]")
    ax.set_ylim(bottom=0.0)
    style.thousands(ax)
    style.heading(ax, "Capacity at risk by date", handles, columns=3)
    style.small_print(ax, first, note=note)
    return ax
