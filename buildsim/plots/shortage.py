"""When which trade is short: waiting demand for it over those who are available, week by week."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.patches import Patch

from buildsim.analysis import labour
from buildsim.analysis.labour import LabourRun
from buildsim.plots import people, style, wording

BOUNDS = (0.0, 0.01, 0.03, 0.1, 0.3, np.inf)
"""The classes of shortage: workers waited for over those available."""
SHADES = ("#f4f4f4", "#fde0b2", "#f5b04c", "#d55e00", "#8a2d00", "#3d1200")
"""Their colours: nothing is missing, and five classes from a little to much."""


def shortage(run: LabourRun, *, market: str | None = None, trade: str | None = None, ax: Axes | None = None) -> Axes:
    """A row a trade (with `trade` a row a market), a column a week: workers waited for over those available.

    Means over the replications whose labour is kept; the most waited-for rows stand on top, with the week in which most
    are missing and how many. A white gap is a week in which nobody is there. Nothing is written.

    Errors: InputError when no labour is kept, or for an unknown market or trade.
    """
    share, short, by = _found(run, market, trade)
    ax = style.axes(ax, height=1.6 + 0.34 * len(share))
    cells = share.to_numpy(float)
    classes = np.where(cells <= 0.0, 0, np.searchsorted(BOUNDS, cells, side="left")).astype(float)
    classes[np.isnan(cells)] = np.nan
    norm = BoundaryNorm(np.arange(len(SHADES) + 1) - 0.5, len(SHADES))
    weeks = people.edges(run, share.columns.to_numpy(float))
    rows = np.arange(len(share) + 1) - 0.5
    ax.pcolormesh(weeks, rows, classes, cmap=ListedColormap(SHADES), norm=norm, rasterized=True)
    for edge in rows[1:-1]:
        ax.axhline(edge, color="#ffffff", linewidth=2.0)
    names = labour.trade_names(run)
    ax.set_yticks(range(len(share)), [style.wrapped(names.get(name, name), 24) for name in share.index])
    ax.set_ylim(len(share) - 0.5, -0.5)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    style.date_axis(ax, run.start, 0.0, float(share.columns[-1]) + 7.0)
    for row, name in enumerate(share.index):
        own = short.loc[name]
        text = (
            f"{own['worst']:,.0f} on {people.week(run, own['worst_week'])}" if own["worst"] >= people.SEEN else "none"
        )
        ax.annotate(
            text, (1.0, row), (4.0, 0.0), xycoords=("axes fraction", "data"), textcoords="offset points",
            va="center", fontsize=7.0, color=style.INK,
        )  # fmt: skip
    style.axis_labels(ax, x="Week; on the right the most workers missing, mean, and the week", y="")
    labels = ["none", "up to 1 %", "1 to 3 %", "3 to 10 %", "10 to 30 %", "more"]
    handles: list[Artist] = [
        Patch(facecolor=shade, edgecolor=style.RULE, label=label) for shade, label in zip(SHADES, labels, strict=True)
    ]
    what = "workers waited for, of those available"
    style.heading(ax, f"{people.who(run, market, trade)}: {what}", handles, columns=6)
    whole = by == "trade" and market is None and len(run.model.labour) > 1
    note = "All markets together: one may be short while another has people to spare." if whole else ""
    gap = "White: nobody is there." if np.isnan(cells).any() else ""
    style.small_print(ax, run, note=people.noted(run, " ".join(part for part in (note, gap) if part)))
    return ax


def caption(run: LabourRun, *, market: str | None = None, trade: str | None = None) -> str:
    """The figure in words: who is waited for most, when, and how long.

    Options and errors as `shortage`.
    """
    share, short, by = _found(run, market, trade)
    names = labour.trade_names(run)
    text = (
        f"{people.who(run, market, trade)}: workers that work waits for, of those available, by week, "
        f"{people.told(run)}."
    )
    if float(short["worst"].max()) < people.SEEN:
        return f"{text} Hardly any work waits for workers."
    parts = []
    for own in short.reset_index().head(2).to_dict("records"):
        name = str(own[by])
        if own["worst"] >= people.SEEN:
            sure = wording.interval(own["weeks_short_low"], own["weeks_short_high"], lambda one: f"{one:.0f}")
            part = float(share.loc[name].get(own["worst_week"], np.nan))
            of = wording.share(part) if np.isfinite(part) else "nobody is there"
            parts.append(
                f"{names.get(name, name)}, {own['worst']:,.0f} ({of}) in the week of "
                f"{people.week(run, own['worst_week'])} and short in {own['weeks_short']:.0f} weeks ({sure})"
            )
    return f"{text} Waited for most: {'; '.join(parts)}."


def _found(run: LabourRun, market: str | None, trade: str | None) -> tuple[pd.DataFrame, pd.DataFrame, labour.By]:
    """Waiting over available by row and week, and the shortage of each row, the most waited for on top."""
    by: labour.By = "trade" if trade is None else "market"
    profile = labour.profile(run, by=by, market=market, trade=trade)
    last = people.last_week(labour.profile(run, by="all", market=market, trade=trade))
    waiting, there = (
        people.table(profile[profile["quantity"] == quantity], by, "mean", last)
        for quantity in ("waiting", "available")
    )
    short = labour.shortage(run, by=by, market=market, trade=trade).set_index(by)
    share = (waiting / there.where(there > 0.0)).T
    asked = waiting.T.where(waiting.T > 0.0)
    share = share.where(there.T > 0.0, asked * np.inf)
    return share.loc[short.index], short, by
