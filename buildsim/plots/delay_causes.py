"""Delay by cause: the excess over plan as stacked bars."""

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis import answers, delay
from buildsim.analysis.frames import Floats
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.portfolio import RunLike, firm_sites, site_names
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.spec.base import nearest

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
SHOWN = 0.05
"""Causes with fewer days than this in every bar are not shown [days]."""


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
    table = gathered(bars(run, by, site, "excess"), most)
    ax = style.axes(ax, height=1.9 + style.bar_height(len(table)) * len(table))
    right, left, handles = stacked(ax, table, height=0.66)
    total = right + left
    handles.append(marked(ax, total, "D", style.BLACK, "sum"))
    named(ax, run, table)
    reach = max(float(right.max(initial=0.0)), 1.0)
    for y, (end, days) in enumerate(zip(right, total, strict=True)):
        written(ax, f"{days:+,.0f}" if reach >= 10.0 else f"{days:+.1f}", end, y)
    depth = float(left.min(initial=0.0))
    ax.set_xlim(depth - 0.03 * (reach - depth) if depth < 0 else 0.0, reach + 0.1 * (reach - depth))
    style.axis_labels(ax, x=f"Excess over plan, {wording.over_blocks(run)} [days]", y="")
    of = f"{site_names(run.model).get(site, site)}: delay" if site else "Delay"
    style.heading(ax, f"{of} by cause, excess over plan", handles, columns=4)
    style.small_print(ax, run, note=beyond(run, site))
    return ax


def caption(run: RunLike, *, by: str = "site", site: str | None = None, most: int = 9) -> str:
    """The figure in words: the excess over plan of all that is shown, its weightiest causes, and how sure both are.

    Options as `delay_causes`; with `by="site"` the most delayed site is named as well.

    Errors: as `delay_causes`.
    """
    table = bars(run, by, site, "excess")
    causes = by_cause(run, site)
    whole = summed(run, site)
    first = whole.iloc[0]
    weighty = causes.reindex(causes["excess"].abs().sort_values(ascending=False, kind="stable").index)
    weighty = weighty[weighty["excess"].abs() >= 0.05].head(min(most, 3))
    sure = wording.interval(first["excess_low"], first["excess_high"], wording.signed_days)
    text = (
        f"{wording.goal(run).capitalize()} of {wording.place(run, site)} against the plan, {_mean(run)} "
        f"{wording.replications(run)}: {wording.signed_days(first['excess'])} ({sure})."
    )
    if len(weighty):
        named = [
            f"{row['cause']} {wording.signed_days(row['excess'])} "
            f"({wording.interval(row['excess_low'], row['excess_high'], wording.signed_days)})"
            for row in weighty.to_dict("records")
        ]
        text += f" Largest parts: {wording.listed(named)}."
    if site is None and by == "site":
        sites = table.drop(index=PORTFOLIO, errors="ignore").sum(axis=1)
        if len(sites) > 1:
            worst = str(sites.idxmax())
            text += f" Most delayed: {wording.place(run, worst)}, {wording.signed_days(float(sites[worst]))}."
    return f"{text} {note}" if (note := beyond(run, site)) else text


def _mean(run: RunLike) -> str:
    return "mean over" if wording.bare(run) else f"{wording.over_blocks(run)} and"


def by_cause(run: RunLike, site: str | None) -> pd.DataFrame:
    """Days, planned_days and excess by cause with intervals, of a site or of all together (`answers.delays`)."""
    if site is None:
        return answers.delays(run, "portfolio")
    table = answers.delays(run, "site")
    return table[table["site"] == site]


def summed(run: RunLike, site: str | None) -> pd.DataFrame:
    """The excess of all causes together with its interval: one row."""
    account, live = answers.built(run, run.delays), answers.built(run, run.go_live)
    only = answers.firm(run) if site is None else [site]
    if only is not None:
        account, live = (frame[frame["site"].isin(only)] for frame in (account, live))
    return delay.portfolio(account.assign(cause="sum"), live)


def stacked(ax: Axes, table: pd.DataFrame, *, height: float) -> tuple[Floats, Floats, list[Artist]]:
    """Draw the bars of a table (rows: bars, columns: causes [days]) and return their right and left ends and a legend.

    What is above 0 goes to the right of it, what is below to the left.
    """
    right, left = np.zeros(len(table)), np.zeros(len(table))
    handles: list[Artist] = []
    for cause in table.columns:
        colour, hatch = CAUSES.get(cause, (OTHER[1], ""))
        edge = style.MUTED if colour == "#ffffff" else "#ffffff"
        days = table[cause].to_numpy(np.float64)
        start = np.where(days >= 0, right, left)
        ax.barh(range(len(table)), days, left=start, height=height, color=colour, hatch=hatch, edgecolor=edge, lw=0.5)
        right, left = right + np.maximum(days, 0.0), left + np.minimum(days, 0.0)
        handles.append(Patch(facecolor=colour, hatch=hatch, edgecolor=edge, label=cause))
    return right, left, handles


def marked(ax: Axes, days: Floats, marker: str, colour: str, label: str) -> Artist:
    """Draw a marker on every bar [days], and return its entry in the legend."""
    ax.plot(
        days, range(len(days)), marker=marker, markersize=5.0, color=colour, markeredgecolor="#ffffff",
        markeredgewidth=0.7, linestyle="none", zorder=4,
    )  # fmt: skip
    return Line2D([], [], marker=marker, markersize=4.5, color=colour, linestyle="none", label=label)


def written(ax: Axes, text: str, day: float, y: float) -> None:
    """Write beside the end of a bar."""
    ax.annotate(text, (day, y), (5.0, 0.0), textcoords="offset points", va="center", fontsize=7.0, color=style.INK)


def named(ax: Axes, run: RunLike, table: pd.DataFrame) -> None:
    """Name the bars by site or block, and draw the frame."""
    names = site_names(run.model)
    firm = firm_sites(run.model)
    names[PORTFOLIO] = "All firm sites" if 0 < len(firm) < len(names) else "All sites"
    ax.set_yticks(range(len(table)), [style.wrapped(names.get(name, name.rsplit("/", 1)[-1])) for name in table.index])
    ax.set_ylim(len(table) - 0.5, -0.5)
    ax.axvline(0.0, color=style.INK, linewidth=0.8, zorder=3)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)


def bars(run: RunLike, by: str, site: str | None, value: str) -> pd.DataFrame:
    """`value` (days, planned_days or excess) [days]: rows are bars from top to bottom, columns are causes.

    Errors: InputError for a `by` other than "site" or "portfolio", or an unknown site.
    """
    if site is not None:
        table = answers.delays(run, "block")
        table = table[table["site"] == site].assign(bar=lambda frame: frame["block"])
        if table.empty:
            known = [str(name) for name in run.go_live["site"].unique()]
            raise InputError(Problem("site", f"the run has no site '{site}'", nearest=nearest(site, known)))
    elif by in ("site", "portfolio"):
        parts = [answers.delays(run, "site")] if by == "site" else []
        if not parts or parts[0]["site"].nunique() > 1:
            parts.append(answers.delays(run, "portfolio"))
        table = pd.concat(parts, ignore_index=True).assign(bar=lambda frame: frame["site"])
    else:
        raise InputError(Problem("by", f"delay is not shown by '{by}'", expected="site or portfolio"))
    order = list(dict.fromkeys(table["bar"]))
    if site is None:
        total = table.groupby("bar")["excess"].sum()
        order.sort(key=lambda bar: (bar == PORTFOLIO, -float(total[bar])))
    return table.pivot_table(index="bar", columns="cause", values=value, aggfunc="sum", fill_value=0.0).loc[order]


def gathered(table: pd.DataFrame, most: int) -> pd.DataFrame:
    """The `most` weightiest causes (columns) by name, the largest first, and the others together; rows are bars."""
    weight = table.abs().sum().sort_values(ascending=False, kind="stable")
    kept = [str(cause) for cause in weight.index[:most] if weight[cause] > SHOWN]
    rest = [cause for cause in table.columns if cause not in kept]
    found = table[kept].copy()
    if rest and float(table[rest].abs().to_numpy().max()) > SHOWN:
        found[OTHER[0]] = table[rest].sum(axis=1)
    return found


def beyond(run: RunLike, site: str | None) -> str:
    """What is later than the horizon and counts up to it; empty when nothing is."""
    table = answers.built(run, run.go_live)
    late = table["live"].isna() if site is None else table.loc[table["site"] == site, "live"].isna()
    share = 100.0 * float(late.mean()) if len(late) else 0.0
    text = f"{share:.1f} %" if share >= 0.1 else "Less than 0.1 %"
    what = "replications end" if wording.bare(run) else "go-lives of blocks are"
    return f"{text} of the {what} later than the horizon and count up to it." if share else ""
