"""What a crew does in a week, over time: by trade, or by factor for one trade."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import labour
from buildsim.analysis.labour import PRODUCT, LabourRun
from buildsim.plots import people, style, wording

COLOURS = {
    "absence": style.GREEN,
    "skill": style.SKY,
    "overtime": style.ORANGE,
    "rework": style.PURPLE,
    "crowding": style.VERMILLION,
}
"""The colour of each factor."""
FLAT = 5e-4
"""A factor that is nowhere farther from 1 than this is not drawn."""


def productivity(
    run: LabourRun, *, market: str | None = None, trade: str | None = None, ax: Axes | None = None
) -> Axes:
    """Factors on output by week, 1 for a normal crew: their product by trade, or for one trade each and the product.

    Means over those at work. For one trade the band is P10 to P90 of the product over replications, and factors that
    are 1 throughout are named in the legend only. A week in which a trade works in fewer than half of the replications
    is left out. Nothing is written.

    Errors: InputError when no labour is kept, or for an unknown market or trade.
    """
    found = _found(run, market, trade)
    ax = style.axes(ax, height=3.9)
    handles = _of_trade(ax, run, found, trade) if trade is not None else _by_trade(ax, run, found)
    ax.axhline(1.0, color=style.INK, linewidth=0.8)
    style.dress(ax, grid="y")
    last = float(found.loc[found["mean"].notna(), "week"].max()) if found["mean"].notna().any() else 0.0
    style.date_axis(ax, run.start, 0.0, last + 7.0)
    style.axis_labels(ax, x="Week", y="Output, normal crew = 1 [-]")
    what = "what a crew does in a week" if trade is None else "what its crews do in a week"
    style.heading(ax, f"{people.who(run, market, trade)}: {what}", handles, columns=3)
    note = "Without weather and learning; weeks in which there is work in half of the replications or more."
    style.small_print(ax, run, note=people.noted(run, note))
    return ax


def caption(run: LabourRun, *, market: str | None = None, trade: str | None = None) -> str:
    """The figure in words: the lowest and the highest week, and what the hours were lost to.

    Options and errors as `productivity`.
    """
    found = _found(run, market, trade)
    product = found[(found["factor"] == PRODUCT) & found["mean"].notna()]
    text = f"{people.who(run, market, trade)}: output in a week, 1 for a normal crew, {people.told(run)}."
    if product.empty:
        return f"{text} In no week is there work in half of the replications."
    names = labour.trade_names(run)
    low, high = (product.iloc[int(at)] for at in (product["mean"].argmin(), product["mean"].argmax()))
    ends = [
        f"{row['mean']:.2f} in the week of {people.week(run, row['week'])}"
        + ("" if trade is not None else f" ({names[row['trade']]})")
        for row in (low, high)
    ]
    flat = f"{low['mean']:.2f}" == f"{high['mean']:.2f}"
    text += f" It is {low['mean']:.2f} throughout." if flat else f" Lowest {ends[0]}, highest {ends[1]}."
    balance = labour.hours(run, by="all", market=market, trade=trade).set_index("part")["share"]
    parts = balance[list(labour.LOST)].sort_values(ascending=False, kind="stable")
    taken = [f"{name} {wording.share(float(share))}" for name, share in parts.items() if share >= FLAT]
    gained = [f"{name} {wording.share(-float(share))}" for name, share in parts.items() if share <= -FLAT]
    text += f" Lost of the craft-hours spent: {wording.listed(taken)}." if taken else " No craft-hours are lost."
    return f"{text} Gained over a normal crew: {wording.listed(gained)}." if gained else text


def _found(run: LabourRun, market: str | None, trade: str | None) -> pd.DataFrame:
    found = labour.productivity(run, market=market, trade=trade)
    few = found["n"] < 0.5 * len(labour.kept(run))
    return found.assign(**{column: found[column].mask(few) for column in ("mean", "p10", "p90")})


def _by_trade(ax: Axes, run: LabourRun, found: pd.DataFrame) -> list[Artist]:
    names, colours = labour.trade_names(run), people.colours(run)
    product = found[found["factor"] == PRODUCT]
    handles: list[Artist] = []
    for trade in [trade for trade in colours if (product["trade"] == trade).any()]:
        own = product[product["trade"] == trade]
        ax.plot(style.number(run.start, own["week"].to_numpy(float)), own["mean"], color=colours[trade], linewidth=1.6)
        handles.append(Line2D([], [], color=colours[trade], linewidth=1.6, label=names[trade]))
    return handles


def _of_trade(ax: Axes, run: LabourRun, found: pd.DataFrame, trade: str) -> list[Artist]:
    wide = people.table(found[found["trade"] == trade], "factor", "mean", np.inf)
    days = style.number(run.start, wide.index.to_numpy(float))
    product = found[found["factor"] == PRODUCT]
    ax.fill_between(days, product["p10"], product["p90"], color=style.BLACK, alpha=0.15, linewidth=0.0)
    ax.plot(days, wide[PRODUCT], color=style.BLACK, linewidth=3.0)
    handles: list[Artist] = []
    for factor, colour in COLOURS.items():
        flat = float((wide[factor] - 1.0).abs().max()) <= FLAT
        if not flat:
            ax.plot(days, wide[factor], color=colour, linewidth=1.3)
        handles.append(Line2D([], [], color=colour, linewidth=1.3, label=f"{factor} (1)" if flat else factor))
    handles.append(Line2D([], [], color=style.BLACK, linewidth=3.0, label="all together"))
    return [*handles, Patch(facecolor=style.BLACK, alpha=0.15, label="its P10 to P90")]
