"""Craft workers over time: who is on site, who is missing, and how many there are."""

from typing import Any, Literal

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import labour
from buildsim.analysis.frames import Floats
from buildsim.analysis.labour import LabourRun
from buildsim.plots import people, style, wording

WAITED = "waited for"
"""What the people are called whom waiting work asks for."""


def crews(run: LabourRun, *, market: str | None = None, trade: str | None = None, ax: Axes | None = None) -> Axes:
    """The histogram of craft workers: on site by trade, or for one trade or market needed against available.

    Bars are means over the replications whose labour is kept; hatched on top are the workers that waiting work asks
    for. Thin lines are P10 and P90 of both together, the thick one those who are available. For one trade or market a
    dashed line shows the experienced ones among them. Nothing is written.

    Errors: InputError when no labour is kept, or for an unknown market or trade.
    """
    whole = labour.profile(run, by="all", market=market, trade=trade)
    last = people.last_week(whole)
    total = whole.pivot(index="week", columns="quantity", values="mean").loc[:last]
    ax = style.axes(ax, height=4.0)
    weeks = people.edges(run, total.index.to_numpy(float))
    bottom, handles = _on_site(ax, run, weeks, total, last, market, trade)
    waited = total["waiting"].to_numpy(float)
    look: dict[str, Any] = {"facecolor": "#ffffff", "edgecolor": style.BLACK, "hatch": "//////", "linewidth": 0.0}
    ax.stairs(bottom + waited, weeks, baseline=bottom, fill=True, **look)
    handles.append(Patch(**look, label=WAITED))
    for level in ("p10", "p90"):
        ends = whole[whole["quantity"] == "needed"].set_index("week")[level].loc[:last].to_numpy(float)
        ax.stairs(ends, weeks, baseline=None, color=style.MUTED, linewidth=0.7)
    handles.append(Line2D([], [], color=style.MUTED, linewidth=0.7, label="needed, P10 and P90"))
    lines: list[tuple[str, Literal["-", "--"]]] = [("available", "-")]
    if market is not None or trade is not None:
        lines.append(("experienced", "--"))
    for quantity, dash in lines:
        ax.stairs(
            total[quantity].to_numpy(float), weeks, baseline=None, color=style.BLACK, linewidth=1.5, linestyle=dash
        )
        name = quantity if quantity == "available" else "experienced ones of them"
        handles.append(Line2D([], [], color=style.BLACK, linewidth=1.5, linestyle=dash, label=name))
    style.dress(ax, grid="y")
    style.date_axis(ax, run.start, 0.0, float(last) + 7.0)
    style.axis_labels(ax, x="Week", y="Workers, mean [workers]")
    ax.set_ylim(bottom=0.0)
    style.thousands(ax)
    style.heading(ax, f"{people.who(run, market, trade)}: needed and available", handles, columns=4)
    style.small_print(ax, run, note=people.noted(run, _several(run, market, trade)))
    return ax


def caption(run: LabourRun, *, market: str | None = None, trade: str | None = None) -> str:
    """The figure in words: the week of the highest need, how many are there then, and who is missing most.

    Options and errors as `crews`.
    """
    short = labour.shortage(run, by="all", market=market, trade=trade).iloc[0]
    text = (
        f"{people.who(run, market, trade)}: workers needed and available by week, {people.told(run)}. The most that "
        f"are needed in a week: {short['peak_needed']:,.0f} (P90 {short['peak_p90']:,.0f}), of "
        f"{short['available_then']:,.0f} available then, typically about {people.week(run, short['peak_week'])}."
    )
    if short["worst"] < people.SEEN:
        return f"{text} Hardly any work waits for workers."
    text += (
        f" Most are missing in the week of {people.week(run, short['worst_week'])}: {short['worst']:,.0f} on average "
        f"(P90 {short['worst_p90']:,.0f})"
    )
    if trade is not None:
        return f"{text}."
    names = labour.trade_names(run)
    worst = labour.shortage(run, market=market).iloc[0]
    sure = wording.interval(worst["waiting_hours_low"], worst["waiting_hours_high"], lambda one: f"{one:,.0f}")
    return (
        f"{text}. Waited for most: {names[worst['trade']]}, {worst['waiting_hours']:,.0f} craft-hours in all ({sure})."
    )


def _several(run: LabourRun, market: str | None, trade: str | None) -> str:
    """What is to be kept in mind where several pools are put together."""
    pools = labour.shortage(run, by="market" if trade is not None else "trade", market=market, trade=trade)
    together = len(pools) > 1 or (market is None and trade is None and len(run.model.labour) > 1)
    return "Pools put together: one may be short while another has people to spare." if together else ""


def _on_site(
    ax: Axes,
    run: LabourRun,
    weeks: Floats,
    total: pd.DataFrame,
    last: float,
    market: str | None,
    trade: str | None,
) -> tuple[Floats, list[Artist]]:
    """Draw who is on site, by trade where all are shown; return the upper ends and a legend."""
    top: Floats = total["on_site"].to_numpy(float)
    if market is not None or trade is not None:
        colour = style.BLUE if trade is None else people.colours(run)[trade]
        ax.stairs(top, weeks, baseline=0.0, fill=True, color=colour, alpha=0.75, linewidth=0.0)
        return top, [Patch(facecolor=colour, alpha=0.75, label="on site")]
    profile = labour.profile(run)
    parts = people.table(profile[profile["quantity"] == "on_site"], "trade", "mean", last)
    names, colours = labour.trade_names(run), people.colours(run)
    bottom: Floats = 0.0 * top
    handles: list[Artist] = []
    for name in [name for name in colours if name in parts]:
        ends = bottom + parts[name].to_numpy(float)
        ax.stairs(ends, weeks, baseline=bottom, fill=True, color=colours[name], linewidth=0.0)
        handles.append(Patch(facecolor=colours[name], label=names[name]))
        bottom = ends
    return bottom, handles
