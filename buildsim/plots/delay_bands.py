"""What is different in the bad futures: the excess over plan by cause, stacked, in bands of the finish."""

from collections.abc import Sequence
from math import isfinite
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.analysis import delay_bands as analysis
from buildsim.analysis import quantiles, unbuilt
from buildsim.analysis.dates import date_text
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.scope import Scope, scope
from buildsim.plots import stacks, style, wording
from buildsim.plots.delay_causes import gathered
from buildsim.run.rows import STRUCTURE


def delay_bands(
    run: RunLike,
    *,
    site: str | None = None,
    levels: Sequence[float] = analysis.LEVELS,
    last: bool = True,
    most: int = 9,
    ax: Axes | None = None,
) -> Axes:
    """Stacked bars of the excess over plan by cause [days], one bar a band of the finish, the earliest band first.

    The finish is that of the portfolio, or of a `site` (or block). The account is that of the last block to go live,
    or with `last=False` the mean over blocks weighted by MW. The diamond is the sum, the mean elapsed time minus the
    plan's. The `most` weightiest causes are shown by name. Nothing is written.

    Errors: InputError for an unknown site or levels that do not ascend between 0 and 1.
    """
    meant = scope(run, site=site, last=last)
    found = analysis.bands(meant, levels)
    wide = found.pivot_table(index="band", columns="cause", values="excess", sort=False)
    table = gathered(wide, most)
    ax = style.axes(ax, height=4.2)
    places = np.arange(len(table), dtype=np.float64)
    up, down = stacks.stack(ax, places, table, 0.62)
    total = up + down
    looks: dict[str, Any] = {"marker": "D", "color": style.BLACK, "markeredgecolor": "#ffffff", "linestyle": "none"}
    ax.plot(places, total, markersize=5.0, markeredgewidth=0.7, zorder=4, **looks)
    for place, top, days in zip(places, up, total, strict=True):
        ax.annotate(
            wording.signed_days(float(days)),
            (place, top),
            (0.0, 3.0),
            textcoords="offset points",
            ha="center",
            fontsize=7.0,
            color=style.INK,
        )
    ax.axhline(0.0, color=style.INK, linewidth=0.8, zorder=3)
    ax.margins(y=0.09)
    ax.set_xticks(places, [_label(run, own) for _, own in found.groupby("band", sort=False)])
    style.dress(ax, grid="y")
    ax.tick_params(axis="x", length=0.0)
    style.axis_labels(ax, x="Replications by when they finish", y="Excess over plan [days]")
    signs = [*stacks.handles(table), Line2D([], [], markersize=4.5, label="sum", **looks)]
    style.heading(ax, f"{_title(run, meant)}: excess over plan by how late the finish is", signs, columns=4)
    style.small_print(ax, run, note=_note(run, meant))
    return ax


def caption(
    run: RunLike,
    *,
    site: str | None = None,
    levels: Sequence[float] = analysis.LEVELS,
    last: bool = True,
    most: int = 9,
) -> str:
    """The figure in words: the excess in the earliest and in the latest band, and the causes that set them apart.

    Options and errors as `delay_bands`.
    """
    meant = scope(run, site=site, last=last)
    found = analysis.bands(meant, levels)
    names = list(dict.fromkeys(found["band"]))
    if names == [quantiles.BEYOND]:
        text = f"Bands of the finish at {wording.place(run, site)}: all {wording.replications(run)} are in one."
        return f"{text} {_note(run, meant)}"
    ends = [found[found["band"] == name].set_index("cause") for name in (names[0], names[-1])]
    told = [
        f"{wording.signed_days(float(own['excess'].sum()))} {name} ({wording.counted(int(own['n'].iloc[0]))})"
        for name, own in zip((names[0], names[-1]), ends, strict=True)
    ]
    text = f"Excess over plan at {wording.place(run, site)} by band of the finish: {told[0]}"
    if len(names) == 1:
        return f"{text}. {_note(run, meant)}{wording.unfinished(run)}"
    more = (ends[1]["excess"] - ends[0]["excess"]).drop(labels=list(STRUCTURE), errors="ignore")
    more = more[more >= 0.5].sort_values(ascending=False, kind="stable").head(min(most, 3))
    parts = [f"{cause} {wording.signed_days(float(days))}" for cause, days in more.items()]
    apart = f" What sets them apart: {wording.listed(parts)}." if parts else ""
    return f"{text}, {told[1]}.{apart} {_note(run, meant)}{wording.unfinished(run)}"


def _title(run: RunLike, meant: Scope) -> str:
    place = wording.place(run, meant.name)
    return place.capitalize() if meant.kind == "portfolio" else place


def _label(run: RunLike, own: pd.DataFrame) -> str:
    """A band, the finishes in it and how many replications it holds."""
    first = own.iloc[0]
    begin = date_text(float(first["earliest"]), run.start) if isfinite(first["earliest"]) else ""
    return "\n".join(part for part in (str(first["band"]), begin and f"from {begin}", f"n = {first['n']:,}") if part)


def _note(run: RunLike, meant: Scope) -> str:
    late = wording.late(run, meant.beyond()[0])
    if wording.bare(run):
        return f"The account of the project against its plan.{late}"
    if meant.unit == "last":
        share = float(meant.unbuilt(meant.there).mean())
        what = f"{unbuilt.once(run.model)}, and the last block is another"
        other = f" In {wording.share(share)} {what}." if share else ""
        return f"The account of the last block to go live in each replication, against that block's plan.{other}{late}"
    if meant.kind == "block":
        return f"The account of the block against its plan.{late}"
    return f"The mean over blocks, weighted by MW, against their plan.{late}"
