"""The confidence curve: how likely a site, or all, is live by a date."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import answers, curves, figures, golive, paired, quantiles
from buildsim.analysis.frames import Floats, Ints, numbers
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.portfolio import RunLike, tranche_blocks
from buildsim.analysis.proportions import wilson
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.plots.s_curves import LOOKS, MOST, in_common

LEVELS = (0.5, 0.8)
"""The levels that are marked."""
DUE = "last due date by contract"
"""What the date is called by which all that is owed is due."""


def finish_curve(
    run: RunLike,
    *,
    site: str | None = None,
    against: Mapping[str, RunLike] | None = None,
    label: str = "this run",
    ax: Axes | None = None,
) -> Axes:
    """The share of replications in which the last block of a site (all firm sites by default) is live by a date.

    The band is Wilson's 95 % interval, pointwise: it holds at each date by itself. Dots mark P50 and P80, whose dates
    stand in the legend; vertical lines the declared target and the last due date by contract. That date binds the halls
    of firm tranches alone: where the curve holds others too, such as options, a cross marks the probability of those
    that it binds. With `against`, up to
    three other runs by label, the bar through their dots is the 95 % interval of the shift of that quantile against
    `run`, from a bootstrap of pairs. What is later than the horizon never counts, so a curve may end below 100 %.
    Nothing is written.

    Errors: InputError for an unknown site, more than three others, or runs that do not pair.
    """
    found = _curves(run, site, against or {}, label)
    marks = _marks(run, site)
    ax = style.axes(ax, height=4.1 if len(found) == 1 else 4.0 + 0.17 * (len(found) + len(marks)))
    handles: list[Artist] = []
    end = min([run.horizon, *(other.horizon for other in (against or {}).values())])
    for one, (colour, line) in zip(found, LOOKS, strict=False):
        table = one.table
        days = style.number(run.start, np.append(table["day"].to_numpy(np.float64), end))
        held = {key: np.append(table[key], table[key].iloc[-1:]) for key in ("probability", "low", "high")}
        if len(table):
            ax.fill_between(days, held["low"], held["high"], step="post", color=colour, alpha=0.18, linewidth=0.0)
            ax.step(days, held["probability"], where="post", color=colour, linestyle=line, linewidth=1.8)
        dates = []
        for level in LEVELS:
            at = quantiles.quantile(one.finish, level)
            dates.append(f"{quantiles.column(level).upper()} {_short(at.value, run)}")
            if isfinite(at.value):
                ax.plot(style.number(run.start, at.value), level, marker="o", markersize=5.0, color=colour, zorder=4)
        name = f"{one.name}: {', '.join(dates)}" if len(found) > 1 else ", ".join(dates)
        handles.append(
            Line2D([], [], color=colour, linestyle=line, linewidth=1.8, marker="o", markersize=4.5, label=name)
        )
        for shift in one.shifts:
            ends = [shift.base + gap for gap in (shift.low, shift.high)]
            if all(isfinite(day) for day in ends):
                ax.plot(
                    style.number(run.start, np.array(ends)), [shift.level] * 2, color=colour, linewidth=1.4,
                    marker="|", markersize=7.0, zorder=3,
                )  # fmt: skip
    handles.append(Patch(facecolor=style.MUTED, alpha=0.18, label="95 % interval at each date"))
    if len(found) > 1:
        handles.append(
            Line2D([], [], color=style.MUTED, marker="|", markersize=7.0, label="95 % interval of the shift")
        )
    handles += _draw_marks(ax, run, marks, _owed(run, site, found[0].held))
    for level in LEVELS:
        ax.axhline(level, color=style.RULE, linewidth=0.8, zorder=1)
    _frame(ax, run, found, [day for day, _, _ in marks.values()], end)
    what = "finished" if wording.bare(run) else "live"
    title = f"How likely is {wording.place(run, site)} {what} by a date?".replace("is all", "are all")
    style.heading(ax, title, handles, columns=1 if len(found) > 1 else 2)
    style.small_print(ax, run, note=_note(run, found, against or {}))
    return ax


def caption(
    run: RunLike,
    *,
    site: str | None = None,
    against: Mapping[str, RunLike] | None = None,
    label: str = "this run",
) -> str:
    """The figure in words: P50 and P80 with their intervals, the probability of the dates owed, the shifts of others.

    Options and errors as `finish_curve`.
    """
    found = _curves(run, site, against or {}, label)
    first = found[0]
    dates = []
    for level in LEVELS:
        at = quantiles.quantile(first.finish, level)
        dates.append(
            f"{quantiles.column(level).upper()} {wording.day(at.value, run.start)} "
            f"({wording.quantile_interval(at, run.start)})"
        )
    what = "End" if wording.bare(run) else "Last go-live"
    count = curves.probability_by(first.finish, 0.0)[1]
    counted = wording.replications(run) if count == run.replications else wording.counted(count)
    if len(found) > 1:
        counted = f"{wording.counted(count)} of {label}"
    text = f"{what} of {wording.place(run, site)}, {counted}: {wording.listed(dates)}."
    told = []
    owed = _owed(run, site, first.held)
    for name, (day, _, _) in _marks(run, site).items():
        binds = name == DUE and owed.others
        sure = wilson(*curves.probability_by(owed.finish if binds else first.finish, day))
        likely = f"{wording.share(sure.estimate)} ({wording.interval(sure.low, sure.high, wording.share)})"
        met = f"is met by {_bound(owed)}" if binds else "is met"
        told.append(f"the {name} of {wording.day(day, run.start)} {met} with a probability of {likely}")
    if told:
        text += f" T{'; '.join(told)[1:]}."
    for one in found[1:]:
        shift = one.shifts[-1]
        text += f" In {one.name} the {quantiles.column(shift.level).upper()} is {_shifted(shift)}."
    return text if counted == wording.replications(run) else text + wording.unfinished(run)


@dataclass(frozen=True, slots=True)
class _Curve:
    name: str
    finish: Floats
    table: pd.DataFrame
    shifts: tuple[paired.Shift, ...]
    held: Ints
    """The replications that it is of."""


@dataclass(frozen=True, slots=True)
class _Owed:
    """The halls that due dates by contract bind: those of firm tranches."""

    halls: int
    others: int
    """How many halls the curve holds besides them."""
    finish: Floats
    """When the last of them is live, by replication [days since start]; `inf` is later than the horizon."""


def _curves(run: RunLike, site: str | None, against: Mapping[str, RunLike], label: str) -> list[_Curve]:
    if len(against) > MOST or label in against:
        told = f"{len(against)} other runs are given" if label not in against else f"two runs are called '{label}'"
        raise InputError(Problem("against", told, expected=f"at most {MOST} others, each with its own label"))
    figure = figures.go_live(site or PORTFOLIO)
    if problems := figure.problems(run.model):
        raise InputError([Problem("site", one.message, expected=one.expected, nearest=one.nearest) for one in problems])
    held = figures.pairs(against, run) if against else numbers(run.go_live)
    horizon = min([run.horizon, *(other.horizon for other in against.values())])
    found: list[_Curve] = []
    for name, one in {label: run, **against}.items():
        finish = figures.only(figure.values(one, horizon), one, held)
        shifts: tuple[paired.Shift, ...] = ()
        if found:
            both = ~np.isneginf(found[0].finish) & ~np.isneginf(finish)
            shifts = paired.shifts(found[0].finish[both], finish[both], LEVELS)
        found.append(_Curve(name, finish, curves.confidence_curve(finish), shifts, held))
    return found


def _marks(run: RunLike, site: str | None) -> dict[str, tuple[float, str, Literal["-", "--"]]]:
    """The target and the last due date by contract, where they are declared and by the horizon."""
    sites = answers.sites(run)
    row = sites[(sites["site"] == (site or PORTFOLIO)) & (sites["event"] == golive.COMPLETE)].iloc[0]
    found: dict[str, tuple[float, str, Literal["-", "--"]]] = {"target": (float(row["target"]), style.MUTED, "--")}
    mine = _blocks(run, site)
    tranches = [name for name, blocks in tranche_blocks(run.model, mine, options=False).items() if blocks]
    due = run.milestones.loc[run.milestones["tranche"].astype(str).isin(tranches)]
    last = due.groupby(due["tranche"].astype(str))["due"].min().max() if len(due) else float("nan")
    found[DUE] = (float(last), style.VERMILLION, "-")
    return {name: mark for name, mark in found.items() if isfinite(mark[0]) and mark[0] <= run.horizon}


def _draw_marks(
    ax: Axes, run: RunLike, marks: Mapping[str, tuple[float, str, Literal["-", "--"]]], owed: _Owed
) -> list[Artist]:
    """Draw the dates that are declared, and return their entries in the legend."""
    handles: list[Artist] = []
    for name, (day, colour, dashes) in marks.items():
        ax.axvline(
            style.number(run.start, day),
            color=colour,
            linestyle=dashes,
            linewidth=1.2,
            zorder=2.0 if dashes == "-" else 2.1,
        )
        text = f"{name}, {wording.day(day, run.start)}"
        handles.append(Line2D([], [], color=colour, linestyle=dashes, linewidth=1.2, label=text))
        if name == DUE and owed.others:
            sure = wilson(*curves.probability_by(owed.finish, day))
            where = style.number(run.start, day), sure.estimate
            ax.plot(*where, marker="X", markersize=6.0, color=colour, linestyle="none", zorder=5)
            name = f"{wording.share(sure.estimate)}: {_bound(owed)}, by then"
            handles.append(Line2D([], [], marker="X", color=colour, linestyle="none", markersize=5.0, label=name))
    return handles


def _blocks(run: RunLike, site: str | None) -> list[str]:
    """The halls whose last go-live the curve is of, where they are built."""
    firm = answers.firm(run)
    wanted = {site} if site else set(firm) if firm is not None else None
    blocks = [str(block) for block in run.go_live["block"].unique()]
    return [block for block in blocks if wanted is None or block.split("/")[0] in wanted]


def _owed(run: RunLike, site: str | None, held: Ints) -> _Owed:
    mine = _blocks(run, site)
    bound = {block for blocks in tranche_blocks(run.model, mine, options=False).values() for block in blocks}
    rows = run.go_live[run.go_live["block"].isin(bound) & run.go_live["replication"].isin(held)]
    days = rows.assign(live=quantiles.later(rows["live"].to_numpy())).groupby("replication")["live"].max()
    return _Owed(len(bound), len(mine) - len(bound), days.to_numpy(np.float64))


def _bound(owed: _Owed) -> str:
    halls = f"the {owed.halls} halls" if owed.halls > 1 else "the one hall"
    return f"{halls} of firm tranches"


def _frame(ax: Axes, run: RunLike, found: list[_Curve], marks: list[float], end: float) -> None:
    days = [day for one in found for day in one.finish if isfinite(day)] + marks
    later = any(np.isposinf(one.finish).any() for one in found)
    low, high = min(days, default=0.0), end if later or not days else max(days)
    margin = max(0.04 * (high - low), 7.0)
    style.dress(ax, grid="x")
    style.date_axis(ax, run.start, max(low - margin, 0.0), high if high == end else high + margin)
    ax.set_ylim(0.0, 1.02)
    ax.set_yticks([0.0, 0.2, 0.5, 0.8, 1.0])
    style.per_cent(ax, "y")
    style.axis_labels(ax, x="Date", y=f"Probability of {'finished' if wording.bare(run) else 'live'} by then")


def _short(day: float, run: RunLike) -> str:
    return wording.day(day, run.start) if isfinite(day) else "> horizon"


def _note(run: RunLike, found: list[_Curve], against: Mapping[str, RunLike]) -> str:
    lines = [f"{name}: {style.describe(one)}" for name, one in against.items()]
    if against and (common := in_common(found[0].held, run, against)):
        lines.append(common)
    for one in found[1:]:
        parts = [f"{quantiles.column(shift.level).upper()} {_shifted(shift)}" for shift in one.shifts]
        lines.append(f"{one.name} against {found[0].name}: {'; '.join(parts)}")
    return "\n".join(lines)


def _shifted(shift: paired.Shift) -> str:
    if np.isnan(shift.shift):
        return "later than the horizon in both"
    if not isfinite(shift.shift):
        return "later than the horizon" if shift.shift > 0 else "by the horizon, not later than it"
    ends = [
        f"{gap:+,.0f}" if isfinite(gap) else ("beyond the horizon" if gap > 0 else "open")
        for gap in (shift.low, shift.high)
    ]
    return f"{wording.later(shift.shift)} (95 % interval {ends[0]} to {ends[1]} days)"
