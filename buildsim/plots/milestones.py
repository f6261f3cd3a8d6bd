"""What becomes of the contracted MW, customer by customer."""

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from buildsim.analysis.frames import numbers
from buildsim.analysis.milestones import OUTCOMES, outcome_shares, totals
from buildsim.analysis.portfolio import RunLike, customer_names
from buildsim.analysis.proportions import mean
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording

LOOKS: dict[str, tuple[str, str, str]] = {
    "on_time": ("on time", style.GREEN, ""),
    "late": ("late, within grace", style.SKY, ""),
    "damages": ("late, damages paid", style.BLUE, ""),
    "redated": ("re-dated", style.YELLOW, ""),
    "withdrawn_in_part": ("withdrawn in part", style.ORANGE, ""),
    "withdrawn": ("withdrawn", style.VERMILLION, ""),
    "pending": ("pending at the horizon", style.PALE, ""),
    "lapsed": ("option lapsed", "#ffffff", "////"),
}
"""Name, colour and hatch of each outcome."""

WRITTEN = 0.075
"""The smallest share that is written into its bar."""


def milestones(run: RunLike, *, ax: Axes | None = None) -> Axes:
    """Stacked bars by customer: the share of its contracted MW that meets each outcome, mean over replications.

    Customers with more MW stand higher; the MW stand beside the name, and shares of 7.5 % and more are written into the
    bar. Nothing is written to disk.

    Errors: InputError when the run has no contracts.
    """
    _there(run)
    table = outcome_shares(run.milestones).sort_values("mw", kind="stable", ascending=False)
    names = customer_names(run.model)
    ax = style.axes(ax, height=1.8 + style.bar_height(len(table)) * len(table))
    left = [0.0] * len(table)
    handles: list[Artist] = []
    for outcome in OUTCOMES:
        shares = [float(share) for share in table[outcome]]
        if not any(shares):
            continue
        name, colour, hatch = LOOKS[outcome]
        edge = style.HATCH if hatch else "#ffffff"
        ax.barh(range(len(table)), shares, left=left, height=0.68, color=colour, hatch=hatch, edgecolor=edge, lw=0.6)
        _write(ax, shares, left, dark=outcome in ("damages", "on_time", "withdrawn"))
        left = [start + share for start, share in zip(left, shares, strict=True)]
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor=edge, label=name))
    ax.set_yticks(
        range(len(table)),
        [
            style.wrapped(f"{names.get(name, name)}, {mw:,.0f}\u00a0MW")
            for name, mw in zip(table["customer"], table["mw"], strict=True)
        ],
    )
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.set_xlim(0.0, 1.0)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    style.per_cent(ax)
    style.axis_labels(ax, x="Share of contracted MW, mean over replications [%]", y="Customer [MW]")
    style.heading(ax, "What becomes of the milestones", handles, columns=min(4, len(handles)))
    style.small_print(ax, run)
    return ax


def caption(run: RunLike) -> str:
    """The figure in words: how much of the contracted MW comes on time, what else becomes of it, and who fares worst.

    Errors: as `milestones`.
    """
    _there(run)
    table = outcome_shares(run.milestones).sort_values("mw", kind="stable", ascending=False)
    whole = float(table["mw"].sum())
    held = numbers(run.go_live)
    prompt = mean(totals(run.milestones, held, horizon=run.horizon)["on_time_mw"] / whole, floor=0.0)
    sure = wording.interval(prompt.low, min(prompt.high, 1.0), wording.share)
    text = (
        f"Of {wording.mw(whole)} contracted, {wording.share(prompt.estimate)} are delivered on time ({sure}; mean over "
        f"{wording.replications(run)})."
    )
    weighted = {name: float((table[name] * table["mw"]).sum() / whole) for name in OUTCOMES if name != "on_time"}
    others = sorted((name for name in weighted if weighted[name] >= 0.0005), key=lambda name: -weighted[name])
    if others:
        text += f" The rest: {'; '.join(f'{wording.share(weighted[name])} {LOOKS[name][0]}' for name in others)}."
    if len(table) > 1:
        worst = table.iloc[int(table["on_time"].to_numpy().argmin())]
        name = customer_names(run.model).get(worst["customer"], worst["customer"])
        text += f" Least on time: {name}, {wording.share(float(worst['on_time']))} of {wording.mw(float(worst['mw']))}."
    return text


def _there(run: RunLike) -> None:
    if run.milestones.empty:
        raise InputError(Problem("contracts", "the run has no milestones to show"))


def _write(ax: Axes, shares: list[float], left: list[float], *, dark: bool) -> None:
    for y, (share, start) in enumerate(zip(shares, left, strict=True)):
        if share >= WRITTEN:
            colour = "#ffffff" if dark else style.INK
            ax.text(start + share / 2, y, f"{100 * share:.0f} %", ha="center", va="center", fontsize=7.0, color=colour)
