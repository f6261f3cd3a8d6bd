"""A site's most critical activities on the time axis: plan, P50 dates, and how often each is on the driving path."""

from dataclasses import dataclass
from math import isfinite
from typing import Protocol

import numpy as np
import pandas as pd
from matplotlib import colormaps
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildsim.analysis import answers, quantiles
from buildsim.analysis.criticality import criticality
from buildsim.analysis.phases import LIVE
from buildsim.analysis.portfolio import RunLike, site_names
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.spec.base import nearest

MOST = 25
"""How many activities are shown."""

SHADES = (0.0, 0.25, 0.5, 0.75, 1.0)
"""The criticality indices in the legend."""


class Driven(RunLike, Protocol):
    """A run with its driving paths."""

    @property
    def driving(self) -> pd.DataFrame:
        """A row a stretch of a path."""
        ...


def criticality_gantt(run: Driven, *, site: str, most: int = MOST, ax: Axes | None = None) -> Axes:
    """The `most` critical activities of a site, by hall in planned order: plan, P50 dates and criticality index.

    The thin grey bar is the plan, the thick one runs from the P50 of the start to the P50 of the finish over the
    replications whose activities are kept, shaded by the criticality index: the share of all replications in which the
    activity is on the driving path to the site's last go-live. Beside it stand the index and the mean days that it
    holds of that path. The path is resource-aware, and may lead through other sites. An arrow means later than the
    horizon. Nothing is written.

    Errors: InputError for a site that the run does not have, or a run that kept no activities.
    """
    chart = _chart(run, site, most)
    rows = chart.rows
    ax = style.axes(ax, height=min(9.2, 1.7 + 0.235 * len(rows)))
    shade = colormaps["cividis"]
    end = _end(run, rows)
    for y, row in enumerate(rows.to_dict("records")):
        left, right = (min(day, end) for day in (row["planned_start"], row["planned_finish"]))
        ax.barh(y + 0.3, right - left, left=style.number(run.start, left), height=0.2, color=style.PALE, zorder=2)
        left, right = (min(day, end) for day in (row["start"], row["finish"]))
        ax.barh(
            y - 0.08, max(right - left, 0.004 * end), left=style.number(run.start, left), height=0.5,
            color=shade(float(row["criticality"])), zorder=3,
        )  # fmt: skip
        if not isfinite(row["finish"]):
            ax.plot(style.number(run.start, end), y - 0.08, marker=">", markersize=4.0, color=style.INK, clip_on=False)
        text = f"{wording.share(row['criticality'])}, {wording.days(row['days'])}"
        ax.annotate(
            text, (1.0, y), (4.0, 0.0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            fontsize=7.0, color=style.INK, annotation_clip=False,
        )  # fmt: skip
    for y in range(1, len(rows)):
        if rows["block"].iloc[y] != rows["block"].iloc[y - 1]:
            ax.axhline(y - 0.5, color=style.RULE, linewidth=0.8)
    ax.set_yticks(
        range(len(rows)), [f"{hall}  {label}" for hall, label in zip(rows["hall"], rows["label"], strict=True)]
    )
    ax.set_ylim(len(rows) - 0.45, -0.55)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    first = float(rows[["planned_start", "start"]].to_numpy().min(initial=end))
    style.date_axis(ax, run.start, max(0.0, first - 14.0), end)
    style.axis_labels(ax, x="Date", y="")
    handles: list[Artist] = [Patch(color=style.PALE, label="plan")]
    handles += [Patch(color=shade(share), label=f"{100 * share:.0f} %") for share in SHADES]
    handles[1].set_label("P50 dates; on the driving path in 0 %")
    style.heading(ax, f"{_name(run, site)}: what drives the last go-live", handles, columns=6)
    style.small_print(ax, run, note=_note(run, chart))
    return ax


def caption(run: Driven, *, site: str, most: int = MOST) -> str:
    """The figure in words: the activities that are most often on the driving path, with how sure that is.

    Options and errors as `criticality_gantt`.
    """
    chart = _chart(run, site, most)
    top = chart.rows.sort_values(["criticality", "days"], ascending=False, kind="stable").head(3)
    parts = [
        f"{row['hall']} {row['label']}, {wording.share(row['criticality'])} "
        f"({wording.interval(row['low'], row['high'], wording.share)}; mean {wording.days(row['days'])} of the path)"
        for row in top.to_dict("records")
    ]
    return (
        f"Driving path to the last go-live of {_name(run, site)}, {wording.replications(run)}. Most often on it: "
        f"{'; '.join(parts)}. Often on the path does not mean worth shortening: only a run with it shortened can tell."
    )


@dataclass(frozen=True, slots=True)
class _Chart:
    rows: pd.DataFrame
    """The activities that are shown, from top to bottom."""
    left_out: int
    """Activities of the site that are on the path at times and not shown."""
    left_out_most: float
    """The largest criticality index among them."""
    elsewhere: float
    """The share of the path's days that lies in other sites."""


def _chart(run: Driven, site: str, most: int) -> _Chart:
    if site not in set(run.go_live["site"].astype(str)):
        known = list(dict.fromkeys(run.go_live["site"].astype(str)))
        message, expected = f"the run has no site '{site}'", f"one of {', '.join(known)}"
        raise InputError(Problem("site", message, expected=expected, nearest=nearest(site, known)))
    if run.activities.empty:
        expected = "a run made with --keep-activities N, N above 0"
        raise InputError(
            Problem("activities", "the run has kept no activities, so there are no dates", expected=expected)
        )
    table = criticality(run.driving, run.replications, target=site)
    table = table[(table["activity"].astype(str) != LIVE) & (table["criticality"] > 0.0)]
    table = table.astype({"block": str, "activity": str})
    mine = table["block"].str.split("/").str[0] == site
    share = float(table.loc[~mine, "days"].sum() / max(table["days"].sum(), 1e-12))
    own = table[mine]
    shown = own.head(most)
    dates = _dates(run, site)
    plan = run.plan.activities[run.plan.activities["site"].astype(str) == site]
    plan = plan.astype({"block": str, "activity": str})[["block", "activity", "start", "finish"]]
    plan = plan.rename(columns={"start": "planned_start", "finish": "planned_finish"})
    rows = shown.merge(dates, on=["block", "activity"], how="left").merge(plan, on=["block", "activity"], how="left")
    for column in ("start", "finish", "planned_start", "planned_finish"):
        rows[column] = quantiles.later(rows[column].to_numpy(np.float64))
    halls = {block: rank for rank, block in enumerate(run.go_live["block"].astype(str).unique())}
    rows = rows.assign(
        hall=[block.rsplit("/", 1)[-1] for block in rows["block"]],
        label=[_label(run, block, activity) for block, activity in zip(rows["block"], rows["activity"], strict=True)],
        rank=rows["block"].map(halls),
    ).sort_values(["rank", "planned_start", "start"], kind="stable", ignore_index=True)
    rest = own.iloc[most:]
    return _Chart(rows, len(rest), float(rest["criticality"].max()) if len(rest) else 0.0, share)


def _dates(run: RunLike, site: str) -> pd.DataFrame:
    """The P50 of start and finish of the site's activities over the replications that are kept [days since start]."""
    kept = answers.built(run, run.activities[run.activities["site"].astype(str) == site])
    frame = pd.DataFrame(
        {
            "block": kept["block"].astype(str),
            "activity": kept["activity"].astype(str),
            "start": quantiles.later(kept["start"].to_numpy()),
            "finish": quantiles.later(kept["finish"].to_numpy()),
        }
    )
    rows = [
        {"block": block, "activity": activity}
        | {end: quantiles.quantile(group[end].to_numpy(), 0.5).value for end in ("start", "finish")}
        for (block, activity), group in frame.groupby(["block", "activity"], sort=False)
    ]
    return pd.DataFrame(rows, columns=["block", "activity", "start", "finish"])


def _label(run: RunLike, block: str, activity: str) -> str:
    """The id and the name that the hall's template gives it, cut to a line."""
    site, _, hall = block.partition("/")
    declared = run.model.sites.get(site)
    template = run.model.templates.get(declared.halls[hall].template) if declared and hall in declared.halls else None
    name = template.activities[activity].name if template and activity in template.activities else ""
    text = name if name.startswith(activity) else f"{activity} {name}".strip()
    return text if len(text) <= WIDE else f"{text[: WIDE - 1].rstrip()}…"


WIDE = 34
"""Characters of an activity's name."""


def _name(run: RunLike, site: str) -> str:
    return site_names(run.model).get(site, site)


def _end(run: RunLike, rows: pd.DataFrame) -> float:
    """Where the time axis ends [days since start]."""
    days = rows[["planned_finish", "finish"]].to_numpy(np.float64)
    if not len(days) or not np.isfinite(days).all():
        return run.horizon
    return min(float(days.max()) * 1.02 + 7.0, run.horizon)


def _note(run: RunLike, chart: _Chart) -> str:
    kept = int(run.activities["replication"].nunique())
    text = "At the right: how often on the driving path, and mean days on it. "
    text += (
        "The path is resource-aware: at a wait for crews or other scarce things it goes on in the job that held them."
    )
    if chart.elsewhere >= 0.0005:
        text += f" {wording.share(chart.elsewhere)} of its days lie in other sites."
    if chart.left_out:
        text += f" Not shown: {chart.left_out} activities with at most {wording.share(chart.left_out_most)} each."
    if kept < run.replications:
        text += f" P50 dates from the first {wording.counted(kept)}."
    return text
