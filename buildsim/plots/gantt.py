"""A Gantt chart with uncertainty for the halls of one site."""

from dataclasses import dataclass
from math import isfinite

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import answers, phases
from buildsim.analysis.portfolio import RunLike, site_names, tranche_blocks
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.spec.base import nearest

COLOURS = {
    "procurement": style.PURPLE,
    "building": style.ORANGE,
    "electrical and mechanical": style.SKY,
    "commissioning and power": style.GREEN,
    "GPUs and racks": style.BLUE,
    "other work": style.MUTED,
}
"""The colour of each phase."""

LANE = 0.115
"""Height of a lane [inches]."""


def gantt(run: RunLike, *, site: str, ax: Axes | None = None) -> Axes:
    """The halls of a site, each with the plan, its phases and its go-live, all with P10, P50 and P90.

    For each hall from top to bottom: the plan from its first activity to its go-live (grey), one bar a phase from the
    P50 of its start to the P50 of its finish, with a line from the P10 to the P90 of its finish, and go-live (diamond)
    with a line from P10 to P90, the declared target and the due date of its tranche. An arrow at the right edge means
    later than the horizon. Phases come from the replications whose activities are kept, go-live from all of them.
    Phases that are over by the start are left out. Nothing is written.

    Errors: InputError when the run has no such site.
    """
    halls = _halls(run, site)
    lanes = sum(len(hall.phases) + 2 for hall in halls) + len(halls)
    ax = style.axes(ax, height=min(9.0, max(2.6, 1.5 + LANE * lanes)))
    span = _Span(run, halls)
    top, ticks = 0.0, []
    for index, hall in enumerate(halls):
        depth = len(hall.phases) + 3.0
        if index % 2 == 0:
            ax.axhspan(top - 0.5, top + depth - 0.5, color="#f4f4f4", linewidth=0.0, zorder=0)
        _draw(ax, span, hall, top)
        ticks.append(top + depth / 2.0 - 0.5)
        top += depth
    ax.set_ylim(top - 0.5, -0.5)
    ax.set_yticks(ticks, [f"{hall.name}\n{hall.mw:g} MW" for hall in halls])
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    style.date_axis(ax, run.start, span.low, span.high)
    style.axis_labels(ax, x="Date", y="Hall [MW]")
    style.heading(ax, f"{site_names(run.model).get(site, site)}: halls, phases and go-live", _legend(halls), columns=3)
    style.small_print(ax, run, note=_note(run, halls))
    return ax


def caption(run: RunLike, *, site: str) -> str:
    """The figure in words: the hall that is live last, the one furthest over its plan, and the due dates that are met.

    Errors: as `gantt`.
    """
    halls = _halls(run, site)
    named = site_names(run.model).get(site, site)
    many = f"{len(halls)} halls" if len(halls) > 1 else "one hall"
    last = max(halls, key=lambda hall: hall.live[1])
    low, middle, high, planned = (wording.day(one, run.start) for one in (*last.live, last.planned[1]))
    text = (
        f"{named}, {many}: plan, phases and go-live, {wording.replications(run)}. "
        f"{'The last' if len(halls) > 1 else 'It'}, {last.name}, is {_where(run, last)}live by {middle} in half of "
        f"them (P10 {low}, P90 {high}); the plan says {planned}."
    )
    known = [hall for hall in halls if isfinite(hall.live[1]) and isfinite(hall.planned[1])]
    if len(known) > 1:
        worst = max(known, key=lambda hall: hall.live[1] - hall.planned[1])
        over = worst.live[1] - worst.planned[1]
        text += f" Furthest from its plan is {worst.name}, whose P50 is {wording.later(over)}."
    due = [hall for hall in halls if isfinite(hall.due)]
    if due:
        met = sum(hall.live[1] <= hall.due for hall in due)
        text += f" At P50 {met} of {len(due)} halls with a due date by contract meet it."
    return text


def _where(run: RunLike, hall: "_Hall") -> str:
    """In how many replications a hall is built, where that is open; empty otherwise."""
    return f"built in {hall.n:,} of {run.replications:,}, and " if hall.n < run.replications else ""


def _note(run: RunLike, halls: list["_Hall"]) -> str:
    kept = run.activities["replication"].nunique()
    lines = []
    if not kept:
        lines.append("The run has kept no activities, so there are no phases: `--keep-activities N` keeps them.")
    elif kept < run.replications:
        lines.append(f"Phases from the first {wording.counted(kept)}, go-live from all of them.")
    options = [f"{hall.name} in {hall.n:,}" for hall in halls if hall.n < run.replications]
    if options:
        lines.append(f"What is optional is shown where it is built: {', '.join(options)} of {run.replications:,}.")
    return "\n".join(lines)


@dataclass(frozen=True, slots=True)
class _Hall:
    name: str
    n: int
    """In how many replications it is built."""
    mw: float
    planned: tuple[float, float]
    phases: list[pd.Series]
    live: tuple[float, float, float]
    target: float
    due: float


class _Span:
    """What the time axis shows, and how days beyond it are drawn."""

    def __init__(self, run: RunLike, halls: list[_Hall]) -> None:
        days = [day for hall in halls for day in (*hall.planned, *hall.live, hall.target, hall.due) if isfinite(day)]
        last = max(days, default=run.horizon) if _all_live(halls) else run.horizon
        first = min([hall.planned[0] for hall in halls] + [row["start_p50"] for hall in halls for row in hall.phases])
        self.start, self.low = run.start, max(0.0, min(first, last) - 14.0)
        self.high = min(max(last * 1.03 + 7.0, self.low + 21.0), max(run.horizon, last))

    def at(self, day: float) -> float:
        """A day as a date number, kept within the axis."""
        return float(style.number(self.start, min(max(day, self.low), self.high)))


def _all_live(halls: list[_Hall]) -> bool:
    ends = [row["finish_p90"] for hall in halls for row in hall.phases] + [hall.live[2] for hall in halls]
    return all(isfinite(day) for day in ends)


def _halls(run: RunLike, site: str) -> list[_Hall]:
    blocks = answers.blocks(run, levels=phases.LEVELS)
    mine = blocks[blocks["site"] == site]
    if mine.empty:
        known = list(dict.fromkeys(str(name) for name in blocks["site"]))
        message, expected = f"the run has no site '{site}'", f"one of {', '.join(known)}"
        raise InputError(Problem("site", message, expected=expected, nearest=nearest(site, known)))
    found = phases.by_block(answers.built(run, run.activities[run.activities["site"].astype(str) == site]))
    plan = run.plan.activities[run.plan.activities["site"].astype(str) == site]
    begun = plan.groupby(plan["block"].astype(str))["start"].min()
    due = _due(run, list(mine["block"]))
    halls = []
    for row in mine.to_dict("records"):
        own = found[(found["block"] == row["block"]) & (found["finish_p90"] > 0.0)]
        ordered = sorted((one for _, one in own.iterrows()), key=lambda one: phases.ORDER.index(one["phase"]))
        first = max(float(begun.get(row["block"], 0.0)), 0.0)
        live = (float(row["p10"]), float(row["p50"]), float(row["p90"]))
        name = str(row["block"]).rsplit("/", 1)[-1]
        target, when = float(row["target"]), due.get(str(row["block"]), float("nan"))
        halls.append(
            _Hall(name, int(row["n"]), float(row["mw"]), (first, float(row["planned"])), ordered, live, target, when)
        )
    return halls


def _due(run: RunLike, blocks: list[str]) -> dict[str, float]:
    """The first due date of the tranche that holds each block [days since start]."""
    dates = run.milestones.groupby(run.milestones["tranche"].astype(str))["due"].min()
    due: dict[str, float] = {}
    for tranche, members in tranche_blocks(run.model, blocks).items():
        for block in members:
            day = float(dates.get(tranche, float("nan")))
            due[block] = min(day, due.get(block, float("inf")))
    return due


def _draw(ax: Axes, span: _Span, hall: _Hall, top: float) -> None:
    first, last = hall.planned
    end = last if isfinite(last) else span.high
    ax.barh(top, span.at(end) - span.at(first), left=span.at(first), height=0.5, color=style.PALE, zorder=2)
    for lane, row in enumerate(hall.phases, start=1):
        colour, y = COLOURS[row["phase"]], top + lane
        left, right = span.at(row["start_p50"]), span.at(row["finish_p50"])
        ax.barh(y, right - left, left=left, height=0.74, color=colour, zorder=2)
        _spread(ax, span, y, row["finish_p10"], row["finish_p90"], style.INK, 0.8)
    y = top + len(hall.phases) + 1
    _spread(ax, span, y, hall.live[0], hall.live[2], style.BLACK, 1.4)
    if isfinite(hall.live[1]):
        ax.plot(span.at(hall.live[1]), y, marker="D", markersize=4.5, color=style.BLACK, zorder=4)
    if isfinite(hall.target):
        ax.plot(span.at(hall.target), y, marker="^", markersize=5.0, color=style.MUTED, zorder=3, linestyle="none")
    if isfinite(hall.due):
        ends = [top - 0.35, y + 0.45]
        ax.plot([span.at(hall.due)] * 2, ends, color=style.VERMILLION, linewidth=1.3, zorder=3)


def _spread(ax: Axes, span: _Span, y: float, low: float, high: float, colour: str, width: float) -> None:
    """A line from P10 to P90 with end ticks, or an arrow at the edge when P90 is later than the horizon."""
    ends = [span.at(low), span.at(high)]
    ax.plot(ends, [y, y], color=colour, linewidth=width, zorder=3, solid_capstyle="butt")
    ax.plot(ends[:1], [y], marker="|", markersize=4.0, color=colour, zorder=3)
    marker, size = ("|", 4.0) if isfinite(high) else (">", 4.0)
    ax.plot(ends[1:], [y], marker=marker, markersize=size, color=colour, zorder=3, clip_on=False)


def _legend(halls: list[_Hall]) -> list[Artist]:
    shown = {row["phase"] for hall in halls for row in hall.phases}
    handles: list[Artist] = [Patch(color=style.PALE, label="plan")]
    handles += [Patch(color=COLOURS[name], label=f"{name} (P50)") for name in phases.ORDER if name in shown]
    if shown:
        handles.append(
            Line2D([], [], color=style.INK, marker="|", markersize=5.0, linewidth=0.8, label="P10–P90 of finish")
        )
    live = Line2D([], [], color=style.BLACK, marker="D", markersize=4.5, linewidth=1.4, label="live, P10–P50–P90")
    handles.append(live)
    if any(isfinite(hall.target) for hall in halls):
        handles.append(Line2D([], [], color=style.MUTED, marker="^", markersize=5.0, linestyle="none", label="target"))
    if any(isfinite(hall.due) for hall in halls):
        handles.append(Line2D([], [], color=style.VERMILLION, linewidth=1.3, label="due by contract"))
    return handles
