"""Capacity over time as a fan against what is committed."""

from typing import Literal

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import answers, capacity, curves, figures
from buildsim.analysis.frames import Ints, numbers
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.plots.s_curves import furthest, in_common, median_fan


def capacity_fan(
    run: RunLike,
    *,
    against: RunLike | None = None,
    label: str = "this run",
    against_label: str = "other run",
    replication: int | None = None,
    commitments: bool = True,
    ax: Axes | None = None,
) -> Axes:
    """Live MW over time: band from P10 to P90, median, the path of one replication, and the commitments as steps.

    `against` overlays the band and the median of another run, both over the replications that the two have in common;
    `label` and `against_label` name the two. `replication`
    chooses the sample path (the first one by default). Options count as committed to nobody. Nothing is written.

    Errors: InputError when `against` does not pair (`figures.pairs`) or `replication` is not in the run.
    """
    held = _held(run, against, against_label)
    ax = style.axes(ax, height=3.9)
    named = against is not None
    handles: list[Artist] = []
    if against is not None:
        handles += _band(ax, against, held, style.ORANGE, f", {against_label}", dashed=True)
    handles = [*_band(ax, run, held, style.BLUE, f", {label}" if named else ""), *handles]
    handles.append(_path(ax, run, replication))
    if commitments and len(run.milestones):
        handles.append(_commitments(ax, run))
    style.dress(ax, grid="y")
    style.date_axis(ax, run.start, 0.0, run.horizon)
    style.axis_labels(ax, x="Date", y="Critical IT capacity live [MW]")
    ax.set_ylim(bottom=0.0)
    style.thousands(ax)
    style.heading(ax, "Capacity live and committed", handles, columns=2 if named else 4)
    lines = []
    if against is not None:
        lines = [f"{against_label}: {style.describe(against)}", in_common(held, run, {against_label: against})]
    style.small_print(ax, run, note="\n".join(line for line in lines if line))
    return ax


def caption(
    run: RunLike,
    *,
    against: RunLike | None = None,
    label: str = "this run",
    against_label: str = "other run",
    replication: int | None = None,
    commitments: bool = True,
) -> str:
    """The figure in words: what is live at the end, where the median is furthest behind what is committed, how sure.

    With `against`, where the two are furthest apart on average, pair by pair.

    Options as `capacity_fan`; `replication`, which only chooses the sample path, says nothing here.

    Errors: as `capacity_fan`.
    """
    held = _held(run, against, against_label)
    _sample(run, replication)
    fan = median_fan(run, held)
    low, middle, high = (wording.mw(float(fan[level].iloc[-1])) for level in ("p10", "p50", "p90"))
    spread = f"from P10 to P90 {middle}" if low == middle == high else f"median {middle}, P10 {low}, P90 {high}"
    text = (
        f"Critical IT capacity live over time, {_counted(run, held)}; on {wording.day(run.horizon, run.start)}, "
        f"the end of what is simulated: {spread}."
    )
    owed = answers.committed(run)
    owed = owed[owed["day"] <= run.horizon]
    if commitments and len(run.milestones) and len(owed):
        text += f" {_behind(run, held, owed)}"
    if against is not None:
        table = curves.mw_difference(run, against)
        text += f" {furthest(run, table, label, against_label)}"
    return text


def _behind(run: RunLike, held: Ints, owed: pd.DataFrame) -> str:
    """Where the median is furthest behind what is committed, and how likely the committed is reached there."""
    table = capacity.at_days(
        run.go_live[run.go_live["replication"].isin(held)],
        owed["day"].to_numpy(),
        base=answers.base(run),
        commitments=owed,
        levels=(0.5,),
    )
    worst = table.iloc[int((table["committed"] - table["p50"]).to_numpy().argmax())]
    sure = wording.interval(worst["p_met_low"], worst["p_met_high"], wording.share)
    when = wording.day(float(worst["day"]), run.start)
    if worst["p50"] < worst["committed"] - 1e-9:
        return (
            f"The median is furthest behind what is committed on {when}: {wording.mw(worst['p50'])} against "
            f"{wording.mw(worst['committed'])}, which is reached with a probability of "
            f"{wording.share(worst['p_met'])} ({sure})."
        )
    least = table.iloc[int(table["p_met"].to_numpy().argmin())]
    sure = wording.interval(least["p_met_low"], least["p_met_high"], wording.share)
    return (
        f"The median keeps up with what is committed; the probability of that is lowest on "
        f"{wording.day(float(least['day']), run.start)}: {wording.share(least['p_met'])} ({sure})."
    )


def _held(run: RunLike, against: RunLike | None, name: str) -> Ints:
    """The replications that are drawn: those of the run that the other one has too."""
    return numbers(run.go_live) if against is None else figures.pairs({name: against}, run)


def _counted(run: RunLike, held: Ints) -> str:
    if len(held) == run.replications:
        return wording.replications(run)
    return f"{wording.counted(len(held))} that both runs have"


def _band(ax: Axes, run: RunLike, held: Ints, colour: str, name: str, *, dashed: bool = False) -> list[Artist]:
    fan = median_fan(run, held)
    days = style.number(run.start, fan["day"].to_numpy())
    shade = 0.18 if dashed else 0.25
    ax.fill_between(
        days, fan["p10"].to_numpy(), fan["p90"].to_numpy(), step="post", color=colour, alpha=shade, linewidth=0.0
    )
    line: Literal["--", "-"] = "--" if dashed else "-"
    ax.step(days, fan["p50"].to_numpy(), where="post", color=colour, linewidth=1.8, linestyle=line)
    return [
        Patch(facecolor=colour, alpha=shade, label=f"P10–P90{name}"),
        Line2D([], [], color=colour, linewidth=1.8, linestyle=line, label=f"median{name}"),
    ]


def _path(ax: Axes, run: RunLike, replication: int | None) -> Artist:
    chosen = _sample(run, replication)
    one = run.go_live[run.go_live["replication"] == chosen]
    grid = capacity.grid(run.horizon, points=2000)
    path = capacity.live_mw(one, grid, base=answers.base(run))[0]
    ax.step(style.number(run.start, grid), path, where="post", color=style.MUTED, linewidth=0.9)
    return Line2D([], [], color=style.MUTED, linewidth=0.9, label=f"one path (replication {chosen})")


def _sample(run: RunLike, replication: int | None) -> int:
    """The replication whose path is drawn."""
    held = numbers(run.go_live)
    chosen = int(held[0]) if replication is None else replication
    if chosen not in held:
        raise InputError(Problem("replication", f"the run has no replication {chosen}"))
    return chosen


def _commitments(ax: Axes, run: RunLike) -> Artist:
    owed = answers.committed(run)
    days = [*owed["day"], max(run.horizon, float(owed["day"].iloc[-1]))]
    steps = [*owed["mw"], float(owed["mw"].iloc[-1])]
    ax.step(style.number(run.start, 0.0) + days, steps, where="post", color=style.BLACK, linewidth=1.4)
    return Line2D([], [], color=style.BLACK, linewidth=1.4, label="committed by contract")
