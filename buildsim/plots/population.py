"""The people of the crew pools: how many, how many of them experienced, and who comes and goes."""

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import labour
from buildsim.analysis.labour import LabourRun
from buildsim.plots import people, style, wording


def population(run: LabourRun, *, market: str | None = None, trade: str | None = None, ax: Axes | None = None) -> Axes:
    """Stocks by skill over time, and below them those who come and go in each week; the upper axes are returned.

    Means over the replications whose labour is kept. The stock is the whole pool: experienced in data-centre work
    below, new to it above; the dashed line is the licensed journeymen. A thick line shows those who
    may work where some may not for want of licensed ones. Nothing is written.

    Errors: InputError when no labour is kept, or for an unknown market or trade; ValueError for axes outside a grid.
    """
    weekly = labour.population(run, every="week", market=market, trade=trade)
    weekly = weekly[weekly["begin"] <= people.last_week(labour.profile(run, by="all", market=market, trade=trade))]
    ax = style.axes(ax, height=4.6)
    weeks = people.edges(run, weekly["begin"].to_numpy(float))
    workers, pool, experienced, licensed, came, went = (
        weekly[column].to_numpy(float) for column in ("workers", "pool", "experienced", "licensed", "came", "went")
    )
    ax.stairs(experienced, weeks, baseline=0.0, fill=True, color=style.BLUE, linewidth=0.0)
    ax.stairs(pool, weeks, baseline=experienced, fill=True, color=style.SKY, linewidth=0.0)
    ax.stairs(licensed, weeks, baseline=None, color=style.BLACK, linewidth=1.3, linestyle="--")
    capped = _capped(run, weekly)
    if capped:
        ax.stairs(workers, weeks, baseline=None, color=style.BLACK, linewidth=1.8)
    flows = style.below(ax, 0.32)
    flows.stairs(came, weeks, baseline=0.0, fill=True, color=style.GREEN, linewidth=0.0)
    flows.stairs(-went, weeks, baseline=0.0, fill=True, color=style.VERMILLION, linewidth=0.0)
    flows.axhline(0.0, color=style.INK, linewidth=0.8)
    for axes in (ax, flows):
        style.dress(axes, grid="y")
        style.date_axis(axes, run.start, 0.0, float(weekly["begin"].iloc[-1]) + 7.0)
        style.thousands(axes)
    ax.tick_params(axis="x", labelbottom=False)
    ax.set_ylim(bottom=0.0)
    style.axis_labels(ax, x="", y="Workers [workers]")
    style.axis_labels(flows, x="Week", y="A week")
    handles: list[Artist] = [
        Patch(facecolor=style.BLUE, label="experienced"),
        Patch(facecolor=style.SKY, label="new to data-centre work"),
        Line2D([], [], color=style.BLACK, linewidth=1.3, linestyle="--", label="licensed"),
        *([Line2D([], [], color=style.BLACK, linewidth=1.8, label="may work")] if capped else []),
        Patch(facecolor=style.GREEN, label="come"),
        Patch(facecolor=style.VERMILLION, label="go"),
    ]
    style.heading(
        ax, f"{people.who(run, market, trade)}: who is there, who comes and goes", handles, columns=len(handles)
    )
    note = "Who comes and goes is counted as long as a pool has work to come, so both end with the work."
    style.small_print(flows, run, note=people.noted(run, note))
    return ax


def caption(run: LabourRun, *, market: str | None = None, trade: str | None = None) -> str:
    """The figure in words: how many at first and at last, how many of them experienced, and how many came and went.

    Options and errors as `population`.
    """
    weekly = labour.population(run, every="week", market=market, trade=trade)
    first, last = weekly.iloc[0], weekly.iloc[-1]
    turnover = float(labour.shortage(run, by="all", market=market, trade=trade)["turnover"].iloc[0])
    text = (
        f"{people.who(run, market, trade)}: {first['pool']:,.0f} workers at first, "
        f"{wording.share(first['experienced_share'])} of them experienced, and {last['pool']:,.0f} with "
        f"{wording.share(last['experienced_share'])} at the last work; means over {people.told(run)}."
    )
    if _capped(run, weekly):
        text += f" Of them {first['workers']:,.0f} may work at first and {last['workers']:,.0f} at the last work."
    came, went = float(weekly["came"].sum()), float(weekly["went"].sum())
    if came + went < people.SEEN:
        return f"{text} Nobody comes or goes."
    if went < people.SEEN:
        return f"{text} {came:,.0f} come, nobody goes."
    return f"{text} {came:,.0f} come and {went:,.0f} go, {wording.share(turnover)} of those there a year."


def _capped(run: LabourRun, weekly: pd.DataFrame) -> bool:
    """Whether some may not work for want of licensed ones in any week: elsewhere parts of workers alone are missing."""
    return run.model.productivity.regime == "cap" and bool((weekly["pool"] - weekly["workers"]).max() >= people.SEEN)
