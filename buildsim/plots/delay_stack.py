"""Where the time went: the elapsed time to go-live by cause, planned work included, beside the plan."""

from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildsim.analysis.portfolio import RunLike, site_names
from buildsim.plots import style, wording
from buildsim.plots.delay_causes import bars, beyond, by_cause, gathered, marked, named, stacked, summed, written

PLAN = "planned work"
"""The cause that is drawn first."""


def delay_stack(
    run: RunLike, *, by: str = "site", site: str | None = None, most: int = 9, ax: Axes | None = None
) -> Axes:
    """Stacked bars of the days from the start to go-live by cause, each with the days of the plan as a pale bar below.

    `by`, `site` and `most` as in `delay_causes`. The causes sum to the elapsed time (diamond); a cause that won time
    stands left of zero. The triangle is the plan's own sum. Days are weighted by MW over blocks and are means over
    replications. What does not go live counts up to the horizon. Nothing is written.

    Errors: InputError for another `by` or an unknown site.
    """
    table = gathered(bars(run, by, site, "days"), most)
    if PLAN in table:
        table = table[[PLAN, *(cause for cause in table.columns if cause != PLAN)]]
    plan = bars(run, by, site, "planned_days").loc[table.index].sum(axis=1).to_numpy(np.float64)
    ax = style.axes(ax, height=1.9 + 1.25 * style.bar_height(len(table)) * len(table))
    right, left, handles = stacked(ax, table, height=0.5)
    look: dict[str, Any] = {"facecolor": "#f4f4f4", "edgecolor": style.MUTED, "linewidth": 0.6}
    ax.barh(np.arange(len(table)) + 0.36, plan, height=0.18, **look)
    total = right + left
    handles.append(marked(ax, total, "D", style.BLACK, "elapsed"))
    ax.plot(
        plan, np.arange(len(table)) + 0.36, marker="^", markersize=4.5, color=style.MUTED, linestyle="none", zorder=4
    )
    handles.append(Patch(**look, label="plan (triangle: its sum)"))
    named(ax, run, table)
    for y, (end, days, planned) in enumerate(zip(right, total, plan, strict=True)):
        written(ax, f"{days:,.0f} (plan {planned:,.0f})", max(end, planned), y)
    reach, depth = max(float(right.max(initial=0.0)), float(plan.max(initial=0.0)), 1.0), float(left.min(initial=0.0))
    ax.set_xlim(depth - 0.03 * (reach - depth) if depth < 0 else 0.0, reach + 0.17 * (reach - depth))
    style.axis_labels(ax, x=f"Start to {wording.goal(run)}, {wording.over_blocks(run)} [days]", y="")
    of = f"{site_names(run.model).get(site, site)}: time" if site else "Time"
    style.heading(ax, f"{of} to {wording.goal(run)} by cause, beside the plan", handles, columns=4)
    style.small_print(ax, run, note=beyond(run, site))
    return ax


def caption(run: RunLike, *, by: str = "site", site: str | None = None, most: int = 9) -> str:
    """The figure in words: elapsed time, plan, the excess with its interval, and what the time went to mostly.

    Options and errors as `delay_stack`.
    """
    bars(run, by, site, "days")
    whole = summed(run, site).iloc[0]
    causes = by_cause(run, site)
    weighty = causes.sort_values("days", ascending=False, kind="stable").head(min(most, 4))
    sure = wording.interval(whole["excess_low"], whole["excess_high"], wording.signed_days)
    parts = [
        f"{row['cause']} {wording.days(row['days'])} (plan {wording.days(row['planned_days'])})"
        for row in weighty.to_dict("records")
        if row["days"] >= 0.05
    ]
    the, over = ("the ", "over") if wording.bare(run) else ("", "and")
    text = (
        f"From the start to {the}{wording.goal(run)} of {wording.place(run, site)}, {wording.over_blocks(run)} {over} "
        f"{wording.replications(run)}: {wording.days(whole['days'])} where the plan has "
        f"{wording.days(whole['planned_days'])}, an excess of {wording.signed_days(whole['excess'])} ({sure}). "
        f"Most time went to {wording.listed(parts)}."
    )
    return f"{text} {note}" if (note := beyond(run, site)) else text
