"""A tornado: how far an outcome moves between the lowest and the highest fifth of each input or group of inputs."""

from collections.abc import Mapping
from datetime import date
from typing import Any, Literal

import numpy as np
import pandas as pd
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.patches import Patch
from numpy.typing import NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.dates import date_text
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.portfolio import customer_names, firm_sites, site_names
from buildsim.analysis.sensitivity.groups import DRIVERS, Groups, by_activity, by_cause, by_site
from buildsim.analysis.sensitivity.outcomes import ALL, Drawn, Outcome, outcome
from buildsim.analysis.sensitivity.own import own_parts
from buildsim.analysis.sensitivity.swings import swings
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording

By = Literal["cause", "input", "site", "activity"]
"""What a bar is."""

CAUSES: Mapping[str, str] = {
    "estimate": "Craft-hours and durations",
    "equipment": "Long-lead equipment",
    "gpus": "GPUs",
    "power": "Power",
    "labour": "Labour",
    "commissioning": "Tests, agents and load banks",
    "weather": "Weather",
    "permits": "Permits and opposition",
    "landlords": "Landlords",
    "contracts": "Customers",
    "other": "Other inputs",
}
"""The names of the groups by cause for people."""

SECTIONS = ("sites", "contracts", "leases", "deals", "disruptions", "weather", "customers", "generations")
"""The sections of a model that are left out of the names of inputs."""
NAMES: Mapping[str, str] = {
    "go_live": "go-live",
    "mean_go_live": "MW-weighted go-live",
    "live_mw": "live MW",
    "missed": "missed milestones",
    "damages": "damages",
    "withdrawn_mw": "withdrawn MW",
    "withdrawn_value": "withdrawn value",
}
"""The names of the outcomes."""

DATED = ("go_live", "mean_go_live")
LOWEST, HIGHEST = (style.SKY, "#c9e6f7"), (style.ORANGE, "#f7dfab")
"""The colours of both ends, full and pale."""
MILLION = 1e6
NOTHING = "With so few replications nothing can be told from chance"
FEWEST = 50
"""The fewest replications that it is drawn of: an end is then ten."""


def tornado(
    run: Drawn,
    *,
    what: str = "go_live",
    of: str | None = None,
    when: date | None = None,
    by: By | Groups = "cause",
    statistic: float | Literal["mean"] = 0.8,
    most: int = 15,
    ax: Axes | None = None,
) -> Axes:
    """Bars from the statistic in the lowest fifth of each input or group to that in its highest fifth, widest on top.

    The outcome is `what`, `of` and `when` as in `sensitivity.outcome`; the statistic a quantile (0.8: P80) or the mean.
    `by` is "cause" (the groups of causes, each risk driver by itself), "site", "activity" or labels with patterns, all
    by the score of the group, or "input": single inputs, of which only significant ones are shown. The x axis is the
    difference from the statistic over all replications [days, MW, million USD or tranches]; beside each bar stand the
    swing and its 95 % interval, and bars whose interval holds zero are pale. Inputs are taken without their drivers
    (`own_parts`). Nothing is written.

    Errors: InputError for an unknown outcome or `by`, fewer than 50 replications, or no significant input.
    """
    y, table = _swings(run, what, of, when, by, statistic, most)
    ax = style.axes(ax, height=2.1 + style.bar_height(len(table)) * len(table))
    _draw(ax, table, MILLION if y.unit == "USD" else 1.0)
    names = _activity_names(run) if by == "activity" else {}
    labels = [names.get(str(one), _name(run, str(one))) for one in table.iloc[:, 0]]
    ax.set_yticks(range(len(table)), [style.wrapped(label, 34) for label in labels])
    ax.set_ylim(len(table) - 0.5, -0.5)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    figure = _figure(statistic)
    unit = "million USD" if y.unit == "USD" else y.unit
    style.axis_labels(ax, x=f"{figure[0].upper()}{figure[1:]} against that of all replications [{unit}]", y="")
    style.heading(ax, f"What moves the {figure} of {_of(run, y, when)}", _legend(table), columns=3)
    style.small_print(ax, run, note=_note(run, table, y, figure, unit))
    return ax


def caption(
    run: Drawn,
    *,
    what: str = "go_live",
    of: str | None = None,
    when: date | None = None,
    by: By | Groups = "cause",
    statistic: float | Literal["mean"] = 0.8,
    most: int = 15,
) -> str:
    """The figure in words: the statistic over all replications, the widest swings with their intervals.

    Options and errors as `tornado`.
    """
    y, table = _swings(run, what, of, when, by, statistic, most)
    figure = _figure(statistic)
    names = _activity_names(run) if by == "activity" else {}
    sure = table[~_unsure(table)]
    base = float(table["base"].iloc[0])
    late = y.what in DATED
    over = wording.day(base if base < y.cap else np.inf, run.start) if late else wording.amount(base, y.unit)
    ends = "single inputs" if table.columns[0] == "input" else "what groups of inputs predict"
    text = (
        f"The {figure} of {_of(run, y, when)} is {over} over all {wording.counted(int(table['n'].iloc[0]))}. "
        f"Bars: how far it moves from the lowest to the highest fifth of {ends}."
    )
    shown = [
        _swing(names.get(str(row.iloc[0]), _name(run, str(row.iloc[0]))), row, y.unit) for _, row in sure.iterrows()
    ]
    if shown:
        text += f" Widest: {'; '.join(shown[:3])}."
    unsure = len(table) - len(sure)
    if not len(sure):
        text += f" {NOTHING}: the 95 % intervals of all {unsure} bars hold zero."
    elif unsure:
        text += f" For {unsure} of {len(table)} bars the 95 % interval holds zero."
    return text + wording.unfinished(run)


def _swing(name: str, row: "pd.Series[Any]", unit: str) -> str:
    def show(value: float) -> str:
        return wording.amount(value, unit, signed=True)

    least = "at least " if row["at_least"] else ""
    return f"{name} {least}{show(row['swing'])} ({wording.interval(row['low'], row['high'], show)})"


def _figure(statistic: float | Literal["mean"]) -> str:
    return "mean" if statistic == "mean" else quantiles.column(float(statistic)).upper()


def _swings(
    run: Drawn,
    what: str,
    of: str | None,
    when: date | None,
    by: By | Groups,
    statistic: float | Literal["mean"],
    most: int,
) -> tuple[Outcome, pd.DataFrame]:
    """What is explained, and the bars with what they show."""
    if run.replications < FEWEST:
        few = f"a tornado of {run.replications} replications would show chance"
        raise InputError(Problem("replications", few, expected=f"{FEWEST} or more"))
    y = outcome(run, what, of, when=when)
    x = own_parts(run.inputs, run.model)
    groups = _groups(run, x, by)
    table = swings(x, y, groups=groups, statistic=statistic, most=most)
    table = table[table["swing"].notna()].head(most)
    if table.empty:
        missing = "no input is significant" if groups is None else "no end of a group has ten replications"
        raise InputError(Problem("tornado", missing, expected="more replications"))
    return y, table


def _groups(run: Drawn, x: pd.DataFrame, by: By | Groups) -> Groups | None:
    if isinstance(by, Mapping):
        return by
    names = [str(name) for name in x.columns]
    if by == "input":
        return None
    causes = by_cause(run.model)
    drivers = {name: [name] for name in causes.pop(DRIVERS, [])}
    kinds: dict[str, Groups] = {"cause": causes, "site": by_site(names), "activity": by_activity(names)}
    if by not in kinds:
        raise InputError(Problem("by", f"a bar cannot be a '{by}'", expected="cause, input, site, activity or groups"))
    return {**drivers, **kinds[by]}


def _draw(ax: Axes, table: pd.DataFrame, scale: float) -> None:
    base, low, high = (table[column].to_numpy(np.float64) / scale for column in ("base", "at_low", "at_high"))
    down, up, pale = low - base, high - base, _unsure(table)
    for y in range(len(table)):
        ends = [(float(down[y]), LOWEST), (float(up[y]), HIGHEST)]
        for width, colours in sorted(ends, key=lambda end: -abs(end[0])):  # the shorter one in front
            ax.barh(y, width, height=0.62, color=colours[int(pale[y])], edgecolor="#ffffff", lw=0.5)
    ax.axvline(0.0, color=style.INK, linewidth=0.8, zorder=4)
    left, right = float(min(down.min(), up.min(), 0.0)), float(max(down.max(), up.max(), 0.0))
    span = max(right - left, 1e-9)
    ax.set_xlim(left - 0.03 * span, right + 0.36 * span)
    if span >= 1000.0:
        style.thousands(ax, "x")
    for y, (swing, first, last, least) in enumerate(
        zip(*(table[column] / scale for column in ("swing", "low", "high")), table["at_least"], strict=True)
    ):
        text = f"{'≥ ' if least else ''}{_number(swing, span)} ({_number(first, span)} to {_number(last, span)})"
        where = (max(float(up[y]), float(down[y]), 0.0), float(y))
        ax.annotate(text, where, (5.0, 0.0), textcoords="offset points", va="center", fontsize=7.0, color=style.INK)


def _number(value: float, span: float) -> str:
    """A signed number with the decimals that the width of the axis asks for."""
    decimals = 0 if span >= 20.0 else 1 if span >= 2.0 else 2
    text = f"{value:+,.{decimals}f}"
    return text[1:] if not float(text.replace(",", "")) else text


def _unsure(table: pd.DataFrame) -> NDArray[np.bool_]:
    """The bars whose interval holds zero."""
    held: NDArray[np.bool_] = (table["low"].to_numpy() <= 0.0) & (table["high"].to_numpy() >= 0.0)
    return held


def _legend(table: pd.DataFrame) -> list[Artist]:
    of = "the input" if table.columns[0] == "input" else "what it predicts"
    found: list[Artist] = [
        Patch(facecolor=LOWEST[0], label=f"lowest fifth of {of}"),
        Patch(facecolor=HIGHEST[0], label="highest fifth"),
    ]
    if _unsure(table).any():
        found.append(Patch(facecolor=style.RULE, label="pale: the interval holds zero"))
    return found


def _of(run: Drawn, y: Outcome, when: date | None) -> str:
    firm = firm_sites(run.model)
    whole = "all firm sites" if 0 < len(firm) < len(run.model.sites) else "all sites"
    whole = whole if run.model.sites else "the network"
    known = {PORTFOLIO: whole, ALL: "all customers", **customer_names(run.model), **site_names(run.model)}
    on = f" on {when.isoformat()}" if when is not None else ""
    if wording.bare(run) and y.what in DATED:
        return f"the end of {whole}"
    return f"{NAMES[y.what]}{on}, {known.get(y.of, y.of)}"


def _name(run: Drawn, name: str) -> str:
    """An input or group as people call it: a cause by its name, an input by the words of its path."""
    if name in CAUSES or name in run.model.sites:
        return CAUSES.get(name) or site_names(run.model)[name]
    parts = name.split(".")
    if parts[0] == DRIVERS:
        return f"Driver: {' '.join(parts[1:])}"
    if len(parts) > 1 and parts[0] in SECTIONS:
        parts = parts[1:]
    return " ".join(part for part in parts if part not in ("halls", "tranches", "stages")).replace("_", " ")


def _activity_names(run: Drawn) -> dict[str, str]:
    """The activities by id, with the name that the first template gives them."""
    found: dict[str, str] = {}
    for template in run.model.templates.values():
        for key, activity in template.activities.items():
            if activity.name:
                found.setdefault(key, f"{key} {activity.name}")
    return found


def _note(run: Drawn, table: pd.DataFrame, y: Outcome, figure: str, unit: str) -> str:
    """What the figure says in numbers, and how to read it."""
    scale = MILLION if y.unit == "USD" else 1.0
    top, single = table.iloc[0], table.columns[0] == "input"
    base = float(top["base"])
    over = date_text(base if base < y.cap else np.inf, run.start) if y.what in DATED else f"{base / scale:,.1f} {unit}"
    text = f"{figure[0].upper()}{figure[1:]} over all {wording.counted(int(top['n']))}: {over}. "
    text += f"Widest: {_name(run, str(top.iloc[0]))}, {top['swing'] / scale:+,.0f} {unit}"
    text += f" (95 %: {top['low'] / scale:+,.0f} to {top['high'] / scale:+,.0f}). "
    text += "Only significant inputs are shown." if single else "Groups are sorted by what their inputs predict."
    if _unsure(table).all():
        text += f" {NOTHING}."
    if y.capped:
        text += (
            f" {wording.counted(y.capped)} {'is' if y.capped == 1 else 'are'} later than the horizon and count as it."
        )
    return text
