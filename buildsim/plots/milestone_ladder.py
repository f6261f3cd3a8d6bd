"""The ladder of a contract: due dates, grace, longstop, and when its tranches are delivered."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis.contracts import ContractRun, ladder
from buildsim.analysis.portfolio import customer_names
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording

LANE = 0.52
"""Height of a tranche [inches]; less where a page would not hold them all."""
ABREAST = 5
"""How many entries of the legend stand side by side."""
THIN = 1.0
"""A shorter span is drawn as long [days]."""
Own = Mapping[Any, Any]
LEFT = ("p_withdrawn", "p_withdrawn_in_part")


def milestone_ladder(run: ContractRun, *, contract: str, ax: Axes | None = None) -> Axes:
    """A row a tranche: due, end of grace, longstop and outside day; below, delivery from P10 to P90 with the P50.

    A tranche that its customer leaves counts as delivered later than the horizon; an arrow at the right edge stands for
    that. Beside each row how often it is on time, and how often the customer leaves. Nothing is written.

    Errors: InputError for a contract that the model does not have, or all of which was in service at the start.
    """
    table = _found(run, contract)
    ax = style.axes(ax, height=1.75 + min(LANE, 7.0 / len(table)) * len(table))
    last = _last(run, table)
    for row, own in enumerate(table.to_dict("records")):
        _terms(ax, run, row, own, last)
        _delivery(ax, run, row, own, last)
        text = f"on time {wording.share(own['p_on_time'])}\nleft {wording.share(sum(own[name] for name in LEFT))}"
        if own["option"]:
            text += f", lapsed {wording.share(own['p_lapsed'])}"
        ax.annotate(
            text, (1.0, row), (5.0, 0.0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
            fontsize=7.0, color=style.INK,
        )  # fmt: skip
    ax.set_yticks(range(len(table)), [_label(own) for own in table.to_dict("records")])
    ax.set_ylim(len(table) - 0.5, -0.5)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    style.date_axis(ax, run.start, 0.0, last)
    style.axis_labels(ax, x="Date", y="")
    customer = str(table["customer"].iloc[0])
    name = customer_names(run.model).get(customer, customer)
    handles = _handles(table)
    columns = len(handles) if len(handles) <= ABREAST else -(-len(handles) // 2)
    style.heading(ax, f"Milestones of {contract}, {name}", handles, columns=columns)
    note = "Delivery: P10 to P90 with the P50; what the customer leaves counts as later than the horizon."
    style.small_print(ax, run, note=note)
    return ax


def caption(run: ContractRun, *, contract: str) -> str:
    """The figure in words: how many milestones are met, which is met least, and where the customer most often leaves.

    Options and errors as `milestone_ladder`.
    """
    table = _found(run, contract)
    customer = str(table["customer"].iloc[0])
    name = customer_names(run.model).get(customer, customer)
    prompt = float((table["p_on_time"] * table["mw"]).sum() / table["mw"].sum())
    text = (
        f"{contract}, {name}: {len(table)} milestone{'s' if len(table) > 1 else ''}, "
        f"{wording.mw(float(table['mw'].sum()))}, {wording.replications(run)}. On average {wording.share(prompt)} "
        f"of the MW are on time."
    )
    worst = table.iloc[int(table["p_missed"].to_numpy().argmax())]
    if worst["p_missed"] > 0.0:
        sure = wording.interval(worst["p_missed_low"], worst["p_missed_high"], wording.share)
        text += (
            f" Missed most often: {worst['tranche']}, {wording.share(worst['p_missed'])} ({sure}), due on "
            f"{wording.day(worst['due'], run.start)}, P50 {wording.day(worst['p50'], run.start)}."
        )
    left = table[list(LEFT)].sum(axis=1)
    if float(left.max()) > 0.0:
        most = table.iloc[int(left.to_numpy().argmax())]
        text += f" The customer leaves {most['tranche']}, whole or in part, in {wording.share(float(left.max()))}."
    return text


def _found(run: ContractRun, contract: str) -> pd.DataFrame:
    table = ladder(run, contract=contract)
    if table.empty:
        message = f"all of '{contract}' was in service at the start"
        raise InputError(Problem("contract", message, expected="a contract with milestones"))
    return table


def _label(own: Own) -> str:
    what = "option, " if own["option"] else ""
    return f"{own['tranche']}\n{what}{wording.mw(own['mw'])}"


def _last(run: ContractRun, table: pd.DataFrame) -> float:
    """The end of the axis: a little after the last thing that is shown [days since start]."""
    shown = table[["due", "grace", "longstop", "outside", "p90"]].to_numpy(float)
    seen = [float(day) for day in shown.ravel() if isfinite(day)]
    return min(run.horizon, 1.06 * max(seen) + 30.0)


def _terms(ax: Axes, run: ContractRun, row: int, own: Own, last: float) -> None:
    """What is promised, on the upper lane of a row."""
    y, height = row - 0.17, 0.26
    at = {
        name: float(style.number(run.start, own[name])) for name in ("due", "grace", "longstop", "outside", "exercise")
    }
    right = max((at[name] for name in ("grace", "longstop", "outside") if isfinite(at[name])), default=at["due"])
    ax.plot([at["due"], right], [y, y], color=style.PALE, linewidth=1.0, zorder=2)
    if own["grace"] > own["due"]:
        ax.barh(y, at["grace"] - at["due"], height, at["due"], color=style.YELLOW, zorder=3, linewidth=0.0)
    for name, colour in (("due", style.BLACK), ("longstop", style.VERMILLION), ("outside", style.PURPLE)):
        if isfinite(own[name]) and own[name] <= last:
            ax.plot([at[name]] * 2, [y - height / 2, y + height / 2], color=colour, linewidth=1.8, zorder=4)
    if isfinite(own["exercise"]):
        ax.plot(at["exercise"], y, marker="D", markersize=4.0, color="#ffffff", markeredgecolor=style.BLACK, zorder=4)


def _delivery(ax: Axes, run: ContractRun, row: int, own: Own, last: float) -> None:
    """When it is delivered, on the lower lane of a row."""
    y, edge = row + 0.2, float(style.number(run.start, last))
    low, middle, high = (own[name] for name in ("p10", "p50", "p90"))
    if isfinite(low):
        begin = float(style.number(run.start, low))
        end = float(style.number(run.start, high)) if isfinite(high) else edge
        ax.barh(y, max(end - begin, THIN), 0.2, begin, color=style.BLUE, alpha=0.35, linewidth=0.0)
    if isfinite(middle):
        ax.plot(float(style.number(run.start, middle)), y, marker="o", markersize=4.5, color=style.BLUE, zorder=4)
    if not isfinite(high):
        ax.plot(edge, y, marker=">", markersize=5.0, color=style.BLUE, clip_on=False, zorder=4)


def _handles(table: pd.DataFrame) -> list[Artist]:
    found: list[Artist] = [Line2D([], [], color=style.BLACK, linewidth=1.8, label="due")]
    if (table["grace"] > table["due"]).any():
        found.append(Patch(facecolor=style.YELLOW, label="grace"))
    for name, colour, label in (("longstop", style.VERMILLION, "longstop"), ("outside", style.PURPLE, "outside date")):
        if table[name].notna().any():
            found.append(Line2D([], [], color=colour, linewidth=1.8, label=label))
    if table["option"].any():
        look: dict[str, Any] = {"marker": "D", "markersize": 4.0, "markeredgecolor": style.BLACK, "linestyle": ""}
        found.append(Line2D([], [], color="#ffffff", label="exercise by", **look))
    dot = Line2D([], [], color=style.BLUE, marker="o", markersize=4.5, linestyle="", label="delivered, P50")
    return [*found, Patch(facecolor=style.BLUE, alpha=0.35, label="delivered, P10 to P90"), dot]
