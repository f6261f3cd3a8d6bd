"""From late tranches to what became of them: why they were late, how it ended, and who has the capacity."""

from collections.abc import Mapping

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.path import Path

from buildsim.analysis.contracts import ContractRun, Ledger, flow, known
from buildsim.analysis.milestones import OUTCOMES
from buildsim.errors import InputError, Problem
from buildsim.plots import customers, style, wording
from buildsim.plots.milestones import LOOKS

FATES: dict[str, tuple[str, str]] = {
    "delivered": ("delivered late", style.GREEN),
    "open": ("not delivered yet", style.PALE),
    "reassigned": ("another late tranche", style.SKY),
    "prospect": ("a prospect", style.PURPLE),
    "market": ("the market", style.YELLOW),
    "backstop": ("the backstop", style.ORANGE),
    "idle": ("nobody", style.VERMILLION),
}
"""Name and colour of what becomes of the MW."""
KEPT = ("delivered", "open")
"""What its customer keeps."""
STAGES: dict[str, str] = {"cause": "Why it was late", "outcome": "How it ended", "fate": "Who has it at the horizon"}
"""The columns of the figure."""
SMALL = 0.03
"""Causes with a smaller share of the MW stand together."""
OTHER, NONE = "other causes", "not late itself"
BAR, GAP, TEXT = 0.028, 0.1, 0.17
"""The width of a node [of a stage]; the gap between two, and the least room for its name [inches]."""
Places = Mapping[str, tuple[float, float]]


def outcome_flow(run: ContractRun, *, customer: str | None = None, ax: Axes | None = None) -> Axes:
    """Missed milestones from their cause over the outcome to whoever has the MW at the horizon.

    Heights of nodes and widths of bands are MW, means over replications; bands have the colour of the outcome. With
    `customer` only its milestones. Nothing is written.

    Errors: InputError when the run has no contracts, none with such a customer, or no milestone is missed.
    """
    ledger, table = _found(run, customer)
    sizes = {stage: _sizes(table, stage) for stage in STAGES}
    height = 0.5 + 0.42 * max(len(one) for one in sizes.values())
    ax = style.axes(ax, height=height + 1.3)
    places = _places(sizes, height)
    for at, pair in enumerate((("cause", "outcome"), ("outcome", "fate"))):
        _bands(ax, table, pair, places, at)
    for at, stage in enumerate(STAGES):
        _nodes(ax, at, sizes[stage], places[stage])
    ax.set_xlim(-0.55, 2.6)
    ax.set_ylim(1.0, -0.04)
    ax.set_xticks(range(len(STAGES)), list(STAGES.values()), fontsize=style.TICK, color=style.INK)
    ax.set_yticks([])
    ax.tick_params(length=0.0)
    for side in ax.spines.values():
        side.set_visible(False)
    whole = float(table["mw"].sum())
    what = f"What becomes of late tranches: {wording.mw(whole)}"
    style.heading(ax, customers.title(ledger, what, customer), [], columns=1)
    style.small_print(ax, run, note="MW of missed milestones, means over replications. Bands: colour of the outcome.")
    return ax


def caption(run: ContractRun, *, customer: str | None = None) -> str:
    """The figure in words: how much is late and why, what customers leave, and who takes that.

    Options and errors as `outcome_flow`.
    """
    ledger, table = _found(run, customer)
    whole = float(table["mw"].sum())
    whose = "" if customer is None else f" of {ledger.names.get(customer, customer)}"
    causes = _sizes(table, "cause")
    named = [f"{name} {wording.share(mw / whole)}" for name, mw in causes.items() if name not in (OTHER, NONE)][:3]
    text = f"Missed milestones{whose}: {wording.mw(whole)}, mean over {wording.replications(run)}."
    if named:
        text += f" Late most of all for {wording.listed(named)}."
    fates = _sizes(table, "fate")
    kept = sum(mw for name, mw in fates.items() if name in KEPT)
    text += f" Customers keep {wording.share(kept / whole)}"
    taken = [f"{FATES[name][0]} {wording.mw(mw)}" for name, mw in fates.items() if name not in KEPT]
    return f"{text} and leave {wording.mw(whole - kept)}, which go to {wording.listed(taken)}." if taken else f"{text}."


def _found(run: ContractRun, customer: str | None) -> tuple[Ledger, pd.DataFrame]:
    """The ledger, and the flow with small causes put together."""
    known(run, customer=customer)
    ledger = Ledger(run)
    table = flow(ledger, customer=customer)
    if table.empty:
        raise InputError(Problem("contracts", "no milestone is missed: there is nothing to show"))
    share = table.groupby("cause")["mw"].sum() / table["mw"].sum()
    named = {cause: cause if part >= SMALL else OTHER for cause, part in share.items()} | {"": NONE}
    return ledger, table.assign(cause=table["cause"].map(named))


def _sizes(table: pd.DataFrame, stage: str) -> dict[str, float]:
    """The MW of each node of a stage, in the order from top to bottom."""
    sums = {str(name): float(mw) for name, mw in table.groupby(stage)["mw"].sum().items()}
    last = {OTHER: 1, NONE: 2}
    order = {"outcome": OUTCOMES, "fate": tuple(FATES)}.get(stage)
    names = order or sorted(sums, key=lambda name: (last.get(name, 0), -sums[name]))
    return {name: sums[name] for name in names if name in sums}


def _places(sizes: Mapping[str, Mapping[str, float]], inches: float) -> dict[str, Places]:
    """The upper end and the height of each node, from 0 at the top to 1: the same scale in all stages.

    A node lies in the middle of its room, which is no less than its name takes.
    """
    gap, text = GAP / inches, TEXT / inches

    def room(one: Mapping[str, float], scale: float) -> float:
        return sum(max(mw * scale, text) for mw in one.values()) + gap * (len(one) - 1)

    low, high = 0.0, 1.0 / min(sum(one.values()) for one in sizes.values())
    for _ in range(50):
        middle = (low + high) / 2.0
        fits = all(room(one, middle) <= 1.0 for one in sizes.values())
        low, high = (middle, high) if fits else (low, middle)
    found: dict[str, Places] = {}
    for stage, one in sizes.items():
        top, places = (1.0 - room(one, low)) / 2.0, {}
        for name, mw in one.items():
            own = max(mw * low, text)
            places[name] = (top + (own - mw * low) / 2.0, mw * low)
            top += own + gap
        found[stage] = places
    return found


def _bands(ax: Axes, table: pd.DataFrame, pair: tuple[str, str], places: Mapping[str, Places], at: int) -> None:
    """Draw what flows from one stage to the next."""
    left, right = (places[stage] for stage in pair)
    sums = table.groupby(list(pair))["mw"].sum().to_dict()
    scale = sum(height for _, height in left.values()) / float(table["mw"].sum())
    starts, ends = ({name: top for name, (top, _) in one.items()} for one in (left, right))
    for one in left:
        for two in right:
            width = scale * sums.get((one, two), 0.0)
            if width > 0.0:
                outcome = one if pair[0] == "outcome" else two
                path = _band(at + BAR / 2.0, starts[one], at + 1.0 - BAR / 2.0, ends[two], width)
                ax.add_patch(PathPatch(path, facecolor=LOOKS[outcome][1], alpha=0.45, linewidth=0.0))
                starts[one] += width
                ends[two] += width


def _band(x: float, y: float, to_x: float, to_y: float, width: float) -> Path:
    """A band of one width from a point to another, level at both ends."""
    middle = (x + to_x) / 2.0
    upper = [(x, y), (middle, y), (middle, to_y), (to_x, to_y)]
    lower = [(to_x, to_y + width), (middle, to_y + width), (middle, y + width), (x, y + width)]
    codes = [Path.MOVETO, *[Path.CURVE4] * 3, Path.LINETO, *[Path.CURVE4] * 3, Path.CLOSEPOLY]
    return Path([*upper, *lower, (x, y)], codes)


def _nodes(ax: Axes, at: int, sizes: Mapping[str, float], places: Places) -> None:
    """Draw the nodes of a stage with their names."""
    for name, (top, height) in places.items():
        label, colour = name, style.MUTED
        if at == 1:
            label, colour = LOOKS[name][:2]
        elif at == 2:
            label, colour = FATES[name]
        ax.add_patch(Rectangle((at - BAR / 2.0, top), BAR, height, facecolor=colour, edgecolor=style.MUTED, lw=0.4))
        text = f"{label}, {wording.mw(sizes[name])}"
        box = {"boxstyle": "square,pad=0.15", "facecolor": "#ffffff", "alpha": 0.75, "linewidth": 0.0}
        ax.annotate(
            text, (at + (-BAR / 2.0 if at == 0 else BAR / 2.0), top + height / 2.0), (-3.0 if at == 0 else 3.0, 0.0),
            textcoords="offset points", ha="right" if at == 0 else "left", va="center", fontsize=7.0, color=style.INK,
            bbox=box if at == 1 else None,
        )  # fmt: skip
