"""Stacked bars of days by cause: colours, hatches and legend as in every figure of delay."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildsim.analysis.frames import Floats
from buildsim.plots import style
from buildsim.plots.delay_causes import CAUSES, OTHER


def stack(ax: Axes, places: Floats, table: pd.DataFrame, width: float, *, alpha: float = 1.0) -> tuple[Floats, Floats]:
    """Draw a bar for each row, what is above 0 upwards, what is below downwards; return the upper and lower ends."""
    if alpha < 1.0:
        for ends in (table.clip(lower=0.0).sum(axis=1), table.clip(upper=0.0).sum(axis=1)):
            ax.bar(places, ends, width, color="#ffffff")
    up, down = np.zeros(len(table)), np.zeros(len(table))
    for cause in table.columns:
        colour, hatch, edge = _look(str(cause))
        days = table[cause].to_numpy(np.float64)
        start = np.where(days >= 0.0, up, down)
        ax.bar(places, days, width, start, color=colour, hatch=hatch, edgecolor=edge, linewidth=0.5, alpha=alpha)
        up, down = up + np.maximum(days, 0.0), down + np.minimum(days, 0.0)
    return up, down


def handles(table: pd.DataFrame) -> list[Artist]:
    """What the colours stand for."""
    found: list[Artist] = []
    for cause in table.columns:
        colour, hatch, edge = _look(str(cause))
        found.append(Patch(facecolor=colour, hatch=hatch, edgecolor=edge, label=str(cause)))
    return found


def _look(cause: str) -> tuple[str, str, str]:
    colour, hatch = CAUSES.get(cause, (OTHER[1], ""))
    return colour, hatch, style.MUTED if colour == "#ffffff" else "#ffffff"
