"""Delay by cause: the excess over plan as stacked bars."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import answers
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.portfolio import RunLike, firm_sites, site_names
from buildsim.errors import InputError, Problem
from buildsim.plots import style

_LINES, _DOTS = "////", "...."

CAUSES: dict[str, tuple[str, str]] = {
    "planned work": (style.PALE, ""),
    "calendar": ("#ffffff", _DOTS),
    "estimate": (style.MUTED, ""),
    "crew wait": (style.BLUE, ""),
    "thin team": (style.GREEN, _LINES),
    "skill": (style.SKY, ""),
    "fatigue": (style.BLUE, _LINES),
    "crowding": (style.ORANGE, _LINES),
    "rework": (style.SKY, _LINES),
    "travel": (style.BLUE, _DOTS),
    "weather": (style.YELLOW, ""),
    "permit or opposition": (style.VERMILLION, _LINES),
    "landlord": (style.ORANGE, _DOTS),
    "utility": (style.VERMILLION, ""),
    "allocation": (style.VERMILLION, _DOTS),
    "equipment": (style.ORANGE, ""),
    "GPU supply": (style.GREEN, ""),
    "logistics": (style.GREEN, _DOTS),
    "commissioning failure": (style.PURPLE, _LINES),
    "agents": (style.PURPLE, ""),
    "acceptance": (style.PURPLE, _DOTS),
    "lag": ("#ffffff", _LINES),
    "not-before": (style.BLACK, ""),
    "funding": (style.SKY, _DOTS),
}
"""Colour and hatch of each cause, the same in every figure: plain for those that weigh most, grey for the programme."""

OTHER = ("other causes", "#ffffff")
"""What the smaller causes are put together as, and its colour."""


def delay_causes(
    run: RunLike, *, by: str = "site", site: str | None = None, most: int = 9, ax: Axes | None = None
) -> Axes:
    """Stacked bars of the excess over plan by cause [days]: what lost days right of zero, what gained days left of it.

    `by` is "site" (the most delayed first, the portfolio last) or "portfolio"; with `site` there is a bar for each of
    its blocks instead. Days are weighted by MW over blocks and are means over replications; the diamond is the sum.
    The `most` weightiest causes are shown by name, the rest together. What does not go live counts up to the horizon.
    Nothing is written.

    Errors: InputError for another `by` or an unknown site.
    """
    table = _excess(run, by, site)
    table = _gathered(table, most)
    ax = style.axes(ax, height=1.9 + style.bar_height(len(table)) * len(table))
    right, left = np.zeros(len(table)), np.zeros(len(table))
    handles: list[Artist] = []
    for cause in table.columns:
        colour, hatch = CAUSES.get(cause, (OTHER[1], ""))
        edge = style.MUTED if colour == "#ffffff" else "#ffffff"
        days = table[cause].to_numpy(np.float64)
        start = np.where(days >= 0, right, left)
        ax.barh(range(len(table)), days, left=start, height=0.66, color=colour, hatch=hatch, edgecolor=edge, lw=0.5)
        right, left = right + np.maximum(days, 0.0), left + np.minimum(days, 0.0)
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor=edge, label=cause))
    total = right + left
    ax.plot(
        total,
        range(len(table)),
        marker="D",
        markersize=5.0,
        color=style.BLACK,
        markeredgecolor="#ffffff",
        markeredgewidth=0.7,
        linestyle="none",
        zorder=4,
    )
    handles.append(Line2D([], [], marker="D", markersize=4.5, color=style.BLACK, linestyle="none", label="sum"))
    _frame(ax, run, table, right, left, total)
    of = f"{site_names(run.model).get(site, site)}: delay" if site else "Delay"
    style.heading(ax, f"{of} by cause, excess over plan", handles, columns=4)
    style.small_print(ax, run, note=_note(run, site))
    return ax


def _frame(ax: Axes, run: RunLike, table: pd.DataFrame, right: np.ndarray, left: np.ndarray, total: np.ndarray) -> None:
    reach = max(float(right.max(initial=0.0)), 1.0)
    for y, (end, days) in enumerate(zip(right, total, strict=True)):
        text = f"{days:+,.0f}" if reach >= 10.0 else f"{days:+.1f}"
        ax.annotate(text, (end, y), (5.0, 0.0), textcoords="offset points", va="center", fontsize=7.0, color=style.INK)
    names = site_names(run.model)
    firm = firm_sites(run.model)
    names[PORTFOLIO] = "All firm sites" if 0 < len(firm) < len(names) else "All sites"
    ax.set_yticks(range(len(table)), [style.wrapped(names.get(name, name.rsplit("/", 1)[-1])) for name in table.index])
    ax.set_ylim(len(table) - 0.5, -0.5)
    depth = float(left.min(initial=0.0))
    ax.set_xlim(depth - 0.03 * (reach - depth) if depth < 0 else 0.0, reach + 0.1 * (reach - depth))
    ax.axvline(0.0, color=style.INK, linewidth=0.8, zorder=3)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    style.axis_labels(ax, x="Excess over plan, MW-weighted mean over blocks [days]", y="")


def _excess(run: RunLike, by: str, site: str | None) -> pd.DataFrame:
    """Excess [days]: rows are bars from top to bottom, columns are causes."""
    if site is not None:
        table = answers.delays(run, "block")
        table = table[table["site"] == site].assign(bar=lambda frame: frame["block"])
        if table.empty:
            raise InputError(Problem("site", f"the run has no account of a site '{site}'"))
    elif by in ("site", "portfolio"):
        parts = [answers.delays(run, "site")] if by == "site" else []
        if not parts or parts[0]["site"].nunique() > 1:
            parts.append(answers.delays(run, "portfolio"))
        table = pd.concat(parts, ignore_index=True).assign(bar=lambda frame: frame["site"])
    else:
        raise InputError(Problem("by", f"delay is not shown by '{by}'", expected="site or portfolio"))
    bars = list(dict.fromkeys(table["bar"]))
    if site is None:
        total = table.groupby("bar")["excess"].sum()
        bars.sort(key=lambda bar: (bar == PORTFOLIO, -float(total[bar])))
    return table.pivot_table(index="bar", columns="cause", values="excess", aggfunc="sum", fill_value=0.0).loc[bars]


def _gathered(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """The weightiest causes by name, in declared order of weight, and the others together."""
    weight = table.abs().sum().sort_values(ascending=False, kind="stable")
    kept = [cause for cause in weight.index[:most] if weight[cause] > 0.05]
    rest = [cause for cause in table.columns if cause not in kept]
    found = table[kept].copy()
    if rest and table[rest].abs().to_numpy().max() > 0.05:
        found[OTHER[0]] = table[rest].sum(axis=1)
    return found


def _note(run: RunLike, site: str | None) -> str:
    table = answers.built(run, run.go_live)
    late = table["live"].isna() if site is None else table.loc[table["site"] == site, "live"].isna()
    share = 100.0 * float(late.mean()) if len(late) else 0.0
    text = f"{share:.1f} %" if share >= 0.1 else "Less than 0.1 %"
    return f"{text} of the go-lives of blocks are later than the horizon and count up to it." if share else ""
