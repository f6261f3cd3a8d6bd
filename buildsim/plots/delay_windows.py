"""What the time went to when: the account cut into windows, the plan's beside it."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildsim.analysis import windows as analysis
from buildsim.analysis.scope import scope
from buildsim.plots import stacks, style, wording
from buildsim.plots.delay_causes import gathered
from buildsim.run.rows import STRUCTURE
from buildsim.run.run import Run

SHOWN = 0.5
"""What is shorter than this, a window or what a cause cost in it, is left out [days]."""
_PLAN, _HERE = 0.3, 0.5
"""Widths of the two bars of a window."""


def delay_windows(
    run: Run,
    *,
    site: str | None = None,
    windows: str | Sequence[date] = "quarter",
    replication: int | None = None,
    replications: int = analysis.MOST,
    most: int = 9,
    ax: Axes | None = None,
) -> Axes:
    """Stacked bars of days by cause in each window: the plan's, narrow and pale, and beside it what happened.

    A bar, less what lies below zero, is as high as the part of the window before the go-live. The mean over blocks is
    weighted by MW; `site` takes a block too. It is the mean over the first `replications` (100 at most), which are run
    again, or one `replication`. Windows are quarters, months or end on given days. Nothing is written.

    Errors: InputError for an unknown site or replication, or windows that cannot be; RunError when a replication comes
    out differently, because the run was made by another version.
    """
    found = _found(run, site, windows, replication, replications)
    here, plan = (_wide(found, column) for column in ("days", "planned_days"))
    both = gathered(pd.concat([here, plan]), most)
    ax = style.axes(ax, height=4.2)
    places = np.arange(len(here), dtype=np.float64)
    stacks.stack(ax, places - 0.5 + 0.06 + _PLAN / 2.0, both.iloc[len(here) :], _PLAN, alpha=0.45)
    stacks.stack(ax, places + 0.5 - 0.08 - _HERE / 2.0, both.iloc[: len(here)], _HERE)
    ax.axhline(0.0, color=style.INK, linewidth=0.8, zorder=3)
    step = -(-len(here) // (12 if windows in analysis.EVERY else 8))
    shown = [(at, _label(run, end, windows)) for at, end in enumerate(here.index) if at % step == 0]
    ax.set_xticks([at for at, _ in shown], [label for _, label in shown])
    style.dress(ax, grid="y")
    ax.tick_params(axis="x", length=0.0)
    style.axis_labels(ax, x="Window", y=f"Days before the {wording.goal(run)}, by cause [days]")
    signs: list[Artist] = [
        *stacks.handles(both),
        Patch(facecolor=style.MUTED, alpha=0.45, label="pale, left: the plan"),
    ]
    place = wording.place(run, site)
    place = place if site is not None else place.capitalize()
    style.heading(ax, f"{place}: what the time went to, window by window", signs, columns=4)
    style.small_print(ax, run, note=_note(run, site, found, replication))
    return ax


def caption(
    run: Run,
    *,
    site: str | None = None,
    windows: str | Sequence[date] = "quarter",
    replication: int | None = None,
    replications: int = analysis.MOST,
    most: int = 9,
) -> str:
    """The figure in words: the window in which causes cost most over plan, and which they were.

    Options and errors as `delay_windows`.
    """
    found = _found(run, site, windows, replication, replications)
    causes = found[~found["cause"].isin(STRUCTURE)]
    lost = causes.groupby("end")["excess"].sum()
    end = float(lost.index[int(lost.to_numpy().argmax())])
    own = causes[causes["end"] == end].sort_values("excess", ascending=False, kind="stable").head(min(most, 3))
    parts = [
        f"{cause} {wording.signed_days(float(days))}"
        for cause, days in zip(own["cause"], own["excess"], strict=True)
        if days >= SHOWN
    ]
    text = f"Days by cause in each window at {wording.place(run, site)}, with the plan's beside them."
    if not parts:
        text += " In no window do causes cost half a day more than planned."
        return f"{text} {_note(run, site, found, replication)}{wording.unfinished(run)}"
    text += f" Most is lost in {analysis.name(end, run.start, windows)}: {wording.days(float(lost.max()))} of"
    text += f" {wording.days(float(lost.sum()))} lost in all, above all {wording.listed(parts)}."
    steps, excess = (float(part["excess"].sum()) for part in (found[found["cause"].isin(STRUCTURE)], found))
    text += (
        f" With the plan's own steps ({wording.signed_days(steps)}) that is {wording.signed_days(excess)} over plan."
    )
    return f"{text} {_note(run, site, found, replication)}{wording.unfinished(run)}"


def _found(
    run: Run, site: str | None, windows: str | Sequence[date], replication: int | None, replications: int
) -> pd.DataFrame:
    return analysis.windows(run, scope(run, site=site), windows, replication=replication, most=replications)


def _wide(found: pd.DataFrame, column: str) -> pd.DataFrame:
    """Rows are windows by their end, columns causes; windows before which everything is nearly over are left out."""
    table = found.pivot_table(index="end", columns="cause", values=column, fill_value=0.0, sort=False)
    open_days = found.drop_duplicates("end").set_index("end")[["open", "planned_open"]].max(axis=1)
    return table.loc[open_days[open_days >= SHOWN].index]


def _label(run: Run, end: float, windows: str | Sequence[date]) -> str:
    name = analysis.name(end, run.start, windows)
    return name.replace("-", "\n") if windows == "month" else name.replace(" ", "\n")


def _note(run: Run, site: str | None, found: pd.DataFrame, replication: int | None) -> str:
    n, meant = int(found["n"].iloc[0]), scope(run, site=site)
    which = f"Replication {replication}" if replication is not None else f"Mean of {wording.counted(n)}"
    text = f"{which}, run again; accounts cut at the windows' ends, nothing forecast anew."
    own = meant.there[:n] if replication is None else np.array([replication])
    return f"{text}{wording.late(run, meant.beyond(own)[0])}"
