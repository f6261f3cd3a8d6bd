"""Two runs held side by side, pair by pair: the answer in sentences, dates, MW, totals and causes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import isfinite, isinf
from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.randomised import caution
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import Days, per_cent
from buildsim.cli.report.changed import changed, doubts, setting
from buildsim.cli.report.price import Price, priced
from buildsim.cli.report.quantities import PROJECT, called, change, difference, ends, interval, title, units, value
from buildsim.cli.words import count
from buildsim.run.run import Run

SHOWN = 0.05
"""Causes that differ by less than this are left out of the printed table [days]."""
SAID = 0.5
"""Causes that differ by less than this are left out of the sentences [days]."""
MANY = 1000.0
"""A variance reduction above this is as good as any."""
AS_EARLY = 2.0
"""An interval within so many days of zero is about as early [days]."""
FOOT = (
    "Other minus base, pair by pair: positive days are later; in brackets {confidence} confidence intervals, each for "
    "its row alone. Later, earlier: shares of pairs. A difference of P80s is not the P80 of the differences."
)
APART = (
    "Days by cause and what contracts and labour come to are not compared: the runs end at different horizons, up to "
    "which they count."
)
CAUSES = (
    "Excess over plan, mean over {pairs} pairs{mw}; what is not live by the horizon counts up to it. The sum is the "
    "difference of the mean elapsed time{planned}. Each interval is for one cause alone."
)


@dataclass(frozen=True)
class Compared:
    """What is held against what, and the differences."""

    base: Run
    others: Mapping[str, Run]
    """By the names that they have in the report."""
    base_name: str
    table: pd.DataFrame
    """A row a run and figure: `analysis.multiple.COLUMNS`."""
    causes: Mapping[str, pd.DataFrame]
    """By run, see `cause_differences`; empty where they were not asked for or cannot be held side by side."""
    confidence: float
    prices: Mapping[str, Price] = field(default_factory=dict)
    """What labour costs more, by run; empty where it was not asked for or cannot be told."""

    @property
    def network(self) -> bool:
        """Whether the runs are of a bare network."""
        return self.base.model.network is not None

    @property
    def pairs(self) -> int:
        """How many replications all runs hold."""
        return min(run.replications for run in (self.base, *self.others.values()))

    @property
    def days(self) -> Days:
        """Days as dates."""
        return Days(self.base.start)

    def rows(self, name: str) -> list[dict[Any, Any]]:
        """The rows of one run, without figures of which there are no pairs."""
        found = self.table[(self.table["scenario"] == name) & (self.table["pairs"] >= 2)]
        return called(found, network=self.network).to_dict("records")


def print_two(found: Compared, *, chosen: bool) -> None:
    """Print the report of one run against the base; `chosen` when the figures were asked for by name."""
    (name,) = found.others
    rows = found.rows(name)
    print_about(found)
    line()
    for text in sentences(found, name) if not chosen else [said(row, found) for row in rows]:
        line(text)
    dates = [row for row in rows if row["unit"] == "days"]
    if dates:
        _print_dates(found, dates)
    _print_values(found, [row for row in rows if row["quantity"] == "live MW"], "How many MW are live?")
    rest = [row for row in rows if row["unit"] != "days" and row["quantity"] != "live MW"]
    _print_values(found, rest, "What becomes of the contracts?")
    line(FOOT.format(confidence=per_cent(found.confidence)), style="dim")
    line(pairing(rows, found), style="dim")
    if name in found.causes:
        _print_causes(found, found.causes[name])
    elif not chosen:
        line()
        line(APART)


def print_about(found: Compared) -> None:
    """Print what is compared, what sets the runs apart, and what to bear in mind."""
    told = found.base.manifest
    against = ", ".join(found.others) if len(found.others) < 4 else count(len(found.others), "run")
    how = f"{count(found.pairs, 'pair')}, seed {told['seed']}, {told['design']}"
    line(f"{found.base.model.name}: {against} against {found.base_name}, {how}")
    for name, other in found.others.items():
        lines = changed(found.base, other, found.base_name, name)
        for text in lines if len(lines) < 8 else [*lines[:6], f"... and {len(lines) - 6} more in {name}"]:
            line(text, indent=2)
    for text in cautions(found):
        line(text)


def cautions(found: Compared) -> list[str]:
    """What to bear in mind, a sentence or two each."""
    told = [caution(found.base)] if caution(found.base) else []
    for name, other in found.others.items():
        told += doubts(found.base, other, found.base_name, name)
    return told


def sentences(found: Compared, name: str) -> list[str]:
    """The answer in sentences made from the numbers."""
    rows = found.rows(name)
    by = {(row["quantity"], row["of"], row["statistic"]): row for row in rows}
    whole = ("project", PROJECT) if found.network else ("go-live", PORTFOLIO)
    begin = setting(found.base, found.others[name], name)
    told = []
    average = by.get((*whole, "mean"))
    if average is not None:
        told.append(moved(begin, average, by.get((*whole, "P80")), found))
    power = [row for row in rows if row["quantity"] == "live MW" and not row["low"] <= 0.0 <= row["high"]]
    if power:
        most = max(power, key=lambda row: abs(row["difference"]))
        more = "more" if most["difference"] > 0.0 else "fewer"
        told.append(
            f"The MW live differ most at the end of {most['of']}: {_size(most)} {more} on average "
            f"({_ends(most)}), {value(most, 'other', found.days)} instead of {value(most, 'base', found.days)}."
        )
    told += _contracts(by, found)
    if name in found.prices:
        told.append(priced(found.prices[name], found.pairs))
    if name in found.causes:
        told += _blame(found.causes[name])
    return told


def moved(begin: str, average: dict[Any, Any], p80: dict[Any, Any] | None, found: Compared) -> str:
    """When all is complete, against the base."""
    what = "the project ends" if found.network else "the portfolio is complete"
    never = "the project does not end" if found.network else "the portfolio is not complete"
    if not average["above"] and not average["below"]:
        if average["capped"] == average["pairs"]:
            return f"{begin}, {never} by the horizon in any pair."
        if average["capped"]:
            known = f"in all {average['pairs'] - average['capped']:,} pairs in which that is by the horizon"
            return f"{begin}, {what} on the same day {known}; in {average['capped']:,} it is later."
        return f"{begin}, {what} on the same day in every pair."
    sure = not average["low"] <= 0.0 <= average["high"]
    later = "later" if average["difference"] > 0.0 else "earlier"
    if sure:
        told = f"{begin}, {what} {_size(average)} days {later} on average ({_ends(average)})"
    elif max(abs(average["low"]), abs(average["high"])) <= AS_EARLY:
        gap = change(average["difference"], "days")
        told = f"{begin}, {what} about as early on average ({gap} days, {ends(average)})"
    else:
        gap = change(average["difference"], "days")
        told = f"{begin}, no difference in when {what} can be told from {count(average['pairs'], 'pair')} "
        told += f"({gap} days on average, {ends(average)})"
    if p80 is not None:
        told += f"; the P80 {_quantile(p80, found)}"
    told += f". In {per_cent(average['above'])} of pairs it comes later, in {per_cent(average['below'])} earlier."
    if average["capped"]:
        told += (
            f" In {average['capped']:,} of {average['pairs']:,} pairs it is later than the horizon, which counts in "
            f"the mean in its place: the real difference may be larger."
        )
    return told


def _quantile(row: dict[Any, Any], found: Compared) -> str:
    after, gap = value(row, "other", found.days), row["difference"]
    if isinf(row["base"]) and isinf(row["other"]):
        return "is later than the horizon in both"
    if not isfinite(gap):
        return f"goes from {value(row, 'base', found.days)} to {after}"
    return f"moves by {change(gap, 'days')} days ({ends(row)}), to {after}"


def _contracts(by: Mapping[tuple[str, str, str], dict[Any, Any]], found: Compared) -> list[str]:
    told = []
    walks = by.get(("any_withdrawal", "all", "probability"))
    if walks is not None and (walks["above"] or walks["below"]):
        told.append(
            f"A customer walks away in {value(walks, 'other', found.days)} of replications instead of "
            f"{value(walks, 'base', found.days)} ({change(walks['difference'], 'probability')} points, "
            f"{interval(walks['low'], walks['high'], 'probability')})."
        )
    parts = []
    for quantity, words, fewer in (("missed", "milestones missed", "fewer"), ("damages", "damages", "less")):
        row = by.get((quantity, "all", "mean"))
        if row is not None and not row["low"] <= 0.0 <= row["high"]:
            parts.append(f"{_size(row)} {'more' if row['difference'] > 0.0 else fewer} {words} ({_ends(row)})")
    return [*told, f"On average there are {' and '.join(parts)}."] if parts else told


def _blame(causes: pd.DataFrame) -> list[str]:
    top = causes[causes["excess"].abs() >= SAID].head(3)
    if top.empty:
        return []
    named = ", ".join(f"{cause} ({gap:+,.0f})" for cause, gap in zip(top["cause"], top["excess"], strict=True))
    return [f"The days of these causes change most: {named}."]


def said(row: dict[Any, Any], found: Compared) -> str:
    """What one figure is, against the base."""
    if not isfinite(row["difference"]):
        return f"{title(row)}: {value(row, 'base', found.days)} and {value(row, 'other', found.days)}."
    unit = f" {units(row['unit'])}".rstrip()
    told = (
        f"{change(row['difference'], row['unit'])}{unit} ({ends(row)})" if row["above"] or row["below"] else "no change"
    )
    return f"{title(row)}: {value(row, 'other', found.days)} instead of {value(row, 'base', found.days)}, {told}."


def _size(row: Mapping[Any, Any]) -> str:
    size = change(row["difference"], row["unit"], sign=False)
    return f"{size} MW" if row["unit"] == "MW" else size


def _ends(row: Mapping[Any, Any]) -> str:
    """The interval of a difference whose direction has been said."""
    low, high = sorted((abs(row["low"]), abs(row["high"])))
    return f"{change(low, row['unit'], sign=False)} to {change(high, row['unit'], sign=False)}"


def _print_dates(found: Compared, rows: Sequence[dict[Any, Any]]) -> None:
    cells, bold = [], []
    for place, row in enumerate(rows):
        bold += [place] if row["of"] in (PORTFOLIO, PROJECT) else []
        cells.append(
            [
                "" if place and rows[place - 1]["of"] == row["of"] else str(row["of"]),
                row["statistic"],
                value(row, "base", found.days),
                value(row, "other", found.days),
                difference(row),
                per_cent(row["above"]),
                per_cent(row["below"]),
                f"{row['capped']:,}" if row["capped"] else "",
            ]
        )
    heading("When does it end?" if found.network else "When are the last halls live?")
    columns = ["", "", "Base", "Other", "Difference [days]", "Later", "Earlier", "> horizon"]
    wide = len(columns) if any(row["capped"] for row in rows) else -1
    table(columns[:wide], [row[:wide] for row in cells], "Llrrrrrr"[:wide], bold=bold, gap=2)


def _print_values(found: Compared, rows: Sequence[dict[Any, Any]], told: str) -> None:
    """Print a table of values; rows of which no pair differs are left out, and counted."""
    moved = [row for row in rows if row["above"] or row["below"] or not isfinite(row["difference"])]
    if not rows:
        return
    heading(told)
    if not moved:
        line("The same in every pair.")
        return
    cells = [
        [
            title(row),
            value(row, "base", found.days),
            value(row, "other", found.days),
            difference(row),
            per_cent(row["above"]),
            per_cent(row["below"]),
        ]
        for row in moved
    ]
    table(["", "Base", "Other", "Difference", "More", "Less"], cells, gap=2)
    if len(moved) < len(rows):
        line(f"The same in every pair: {count(len(rows) - len(moved), 'other figure')}.", style="dim")


def pairing(rows: Sequence[dict[Any, Any]], found: Compared) -> str:
    """How many pairs there are, and what the pairing is worth."""
    known = [row["variance_reduction"] for row in rows if isfinite(row["variance_reduction"])]
    told = f"{count(found.pairs, 'pair')} of replications with the same draws."
    if not known:
        return told
    low, high = (_times(end) for end in (float(np.min(known)), float(np.max(known))))
    span = low if low == high else f"{low} to {high}"
    poor = " Below 1 the pairing does harm: the change makes good luck in one run bad luck in the other."
    worth = f" Variance reduction {span}: two independent runs would need so many times as many replications."
    return f"{told}{worth}{poor if float(np.min(known)) < 0.95 else ''}"


def _times(ratio: float) -> str:
    """How many times; beyond `MANY` it is no longer counted."""
    return f"{ratio:,.1f}" if ratio <= MANY else f"> {MANY:,.0f}"


def _print_causes(found: Compared, causes: pd.DataFrame) -> None:
    seen = causes[(causes["excess"].abs() >= SHOWN) | (causes["planned"].abs() >= SHOWN)]
    heading("Which causes take more days, and which fewer?")
    if seen.empty:
        line("The same in every pair.")
        return
    planned = bool(causes["planned"].abs().max() >= SHOWN)
    rows = []
    for row in seen.to_dict("records"):
        ends = f" ({row['excess_low']:+,.1f} to {row['excess_high']:+,.1f})"
        cells = [row["cause"], f"{row['base']:+,.1f}", f"{row['other']:+,.1f}", f"{row['excess']:+,.1f}{ends}"]
        rows.append([*cells, *([f"{row['planned']:+,.1f}"] if planned else [])])
    total = causes[["base", "other", "excess", "planned"]].sum()
    last = ["sum", f"{total['base']:+,.1f}", f"{total['other']:+,.1f}", f"{total['excess']:+,.1f}"]
    rows.append([*last, *([f"{total['planned']:+,.1f}"] if planned else [])])
    columns = ["", "Base", "Other", "Difference [days]", *(["of the plan itself"] if planned else [])]
    table(columns, rows, bold=[len(rows) - 1], gap=2)
    mw = "" if found.network else ", weighted by MW over halls"
    with_plan = ", less that of the plan" if planned else ""
    line(CAUSES.format(pairs=f"{int(causes['pairs'].iloc[0]):,}", mw=mw, planned=with_plan), style="dim")
