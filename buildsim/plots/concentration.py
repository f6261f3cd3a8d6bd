"""Concentration over time: whose share of revenue is how large, and how concentrated that is."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import capacity
from buildsim.analysis.contracts import AIM, LARGEST, ContractRun, Ledger, below, index, shares, uncommitted
from buildsim.analysis.frames import Floats
from buildsim.analysis.quantiles import column
from buildsim.errors import InputError, Problem
from buildsim.plots import customers, style, wording

LOWER = 0.42
"""The part of the height that the lower panel takes."""


def concentration(run: ContractRun, *, ax: Axes | None = None) -> Axes:
    """Above, mean shares of revenue by customer over time; below, the largest share and the Herfindahl index.

    The largest share is that of whoever has it then, with P10 to P90; the dashed line at 30 % is what to stay below.
    The dotted line is the share of live MW in nobody's service. Nothing is written.

    Errors: InputError when the run has no contracts, or none that pays.
    """
    ledger, at, parts = _found(run)
    ax = style.axes(ax, height=5.4)
    lower = style.below(ax, LOWER)
    who = customers.leading(parts.sum(axis=1))
    handles = customers.stack(ax, ledger, at, parts, who)
    ax.set_ylim(0.0, 1.03)
    days = style.number(run.start, at)
    told = shares(ledger, at)
    largest = told[told["customer"] == LARGEST]
    lower.fill_between(
        days, largest["p10"].to_numpy(), largest["p90"].to_numpy(), step="post", color=style.BLUE, alpha=0.25, lw=0.0
    )
    lines = [(largest["mean"], style.BLUE, 1.6, "-"), (index(ledger, at)["mean"], style.VERMILLION, 1.6, "--")]
    lines.append((uncommitted(ledger, at)["mean"], style.GREEN, 1.1, ":"))
    for values, colour, width, dashes in lines:
        lower.step(days, values.to_numpy(), where="post", color=colour, linewidth=width, linestyle=dashes)
    lower.axhline(AIM, color=style.MUTED, linewidth=0.8, linestyle=(0, (4, 3)))
    lower.set_ylim(0.0, None)
    for panel, text in ((ax, "Share of revenue [%]"), (lower, "Share, index [%]")):
        style.dress(panel, grid="y")
        style.per_cent(panel, "y")
        style.date_axis(panel, run.start, 0.0, run.horizon)
        style.axis_labels(panel, x="", y=text)
    ax.tick_params(axis="x", labelbottom=False)
    lower.set_xlabel("Date", fontsize=style.LABEL, color=style.INK)
    keys: list[Artist] = [
        Line2D([], [], color=style.BLUE, linewidth=1.6, label="below: largest share"),
        Patch(facecolor=style.BLUE, alpha=0.25, label="its P10 to P90"),
        Line2D([], [], color=style.VERMILLION, linewidth=1.6, linestyle="--", label="Herfindahl index"),
        Line2D([], [], color=style.GREEN, linewidth=1.1, linestyle=":", label="live, in nobody's service"),
    ]
    style.heading(ax, "Who pays, and how much hangs on one", [*handles, *keys], columns=3)
    style.small_print(lower, run, note=_left_out(ledger))
    return ax


def caption(run: ContractRun) -> str:
    """The figure in words: the largest share at first and last, from when on nobody has too much, and what that takes.

    Errors: as `concentration`.
    """
    ledger, _, _ = _found(run)
    ends = index(ledger, [0.0, run.horizon])
    parts = [
        f"{ledger.names.get(row['largest'], row['largest'])} {wording.share(row['share'])} of "
        f"{wording.usd(row['usd'])} a year on {wording.day(max(row['day'], 1.0), run.start)} (Herfindahl index "
        f"{row['mean']:.2f})"
        for row in ends[ends["n"] > 0].to_dict("records")
    ]
    text = f"Shares of revenue, means over {wording.replications(run)}. Largest: {wording.listed(parts)}."
    return f"{text} {_from_when(ledger)}"


def _from_when(ledger: Ledger) -> str:
    found = below(ledger)
    row = found[(found["customer"] == LARGEST) & (found["event"] == "for good")].to_dict("records")[0]
    if not row["probability"]:
        sure = wording.interval(1.0 - row["probability_high"], 1.0 - row["probability_low"], wording.share)
        return f"Somebody has {wording.share(AIM)} or more at the horizon in every replication ({sure})."
    sure = wording.interval(row["probability_low"], row["probability_high"], wording.share)
    text = f"By the horizon nobody has {wording.share(AIM)} or more, for good, in {wording.share(row['probability'])}"
    when = wording.day(max(row[column(0.5)], 1.0), ledger.run.start)
    return f"{text} of the replications ({sure}); P50 {when}."


def _left_out(ledger: Ledger) -> str:
    unknown = ledger.book[ledger.book["fee"].isna()]
    whole = f"; {wording.mw(float(unknown['mw'].sum()))} without a known fee are left out" if len(unknown) else ""
    return f"Shares: means over replications; revenue as paid at the time{whole}. Dashed: {wording.share(AIM)}."


def _found(run: ContractRun) -> tuple[Ledger, Floats, Floats]:
    """The ledger, the days, and mean shares (customers, days)."""
    ledger = Ledger(run)
    if ledger.book["fee"].isna().all():
        raise InputError(
            Problem("contracts", "the fee of no tranche is known", expected="'price' or 'value' and 'term'")
        )
    at = capacity.grid(run.horizon)
    told = shares(ledger, at)
    wide = told[told["customer"] != LARGEST].pivot(index="customer", columns="day", values="mean")
    return ledger, at, np.nan_to_num(wide.loc[list(ledger.customers)].to_numpy(np.float64))
