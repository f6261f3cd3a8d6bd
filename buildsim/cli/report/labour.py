"""Labour in the terminal: who is short, what an hour yields, where the hours go, and what they cost."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from math import isfinite, isnan
from typing import Any, Literal

import pandas as pd

from buildsim.analysis import labour
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, Days, per_cent, triple, wrapped
from buildsim.cli.words import count
from buildsim.run.run import Run
from buildsim.units import format_usd

NAME = 24
"""Width of the names of trades and markets."""
SEEN = 5e-4
"""A smaller share is told as none."""
LACK = 0.5
"""Fewer workers than this are not missing."""


@dataclass(frozen=True)
class Told:
    """The labour of a run, of one market or trade where named, as the report tells it."""

    run: Run
    market: str | None = None
    trade: str | None = None

    @property
    def by(self) -> Literal["trade", "market"]:
        """What the rows of its tables are: trades, or the markets of one trade."""
        return "trade" if self.trade is None else "market"

    @property
    def n(self) -> int:
        """Of how many replications labour is kept."""
        return len(labour.kept(self.run))

    @cached_property
    def names(self) -> dict[str, str]:
        """What trades are called."""
        return {**labour.trade_names(self.run), labour.ALL: "all", "portfolio": "portfolio"}

    @cached_property
    def short(self) -> pd.DataFrame:
        """How short each row is."""
        return labour.shortage(self.run, by=self.by, market=self.market, trade=self.trade)

    @cached_property
    def hours(self) -> pd.DataFrame:
        """Craft-hours: a row a trade or market, a column a part; shares of those spent, and `spent` itself."""
        found = labour.hours(self.run, by=self.by, market=self.market, trade=self.trade)
        wide = found.pivot(index=self.by, columns="part", values="share").loc[list(dict.fromkeys(found[self.by]))]
        return wide.assign(spent=found[found["part"] == "spent"].set_index(self.by)["hours"])

    @cached_property
    def factors(self) -> pd.DataFrame:
        """Factors on output over the whole time: means over those at work in all weeks."""
        return labour.factors(self.run, by=self.by, market=self.market, trade=self.trade).set_index(self.by)

    def name(self, key: str) -> str:
        """What a row is called."""
        return self.names.get(key, key)

    @property
    def who(self) -> str:
        """What is asked for, in words."""
        parts = [self.names[self.trade]] if self.trade is not None else []
        return ", ".join([*parts, *([self.market] if self.market is not None else [])])


def print_labour(told: Told, *, costs: bool) -> None:
    """Print the answer, and the tables behind it."""
    for text in answer(told):
        line(text)
    _print_short(told)
    _print_people(told)
    _print_factors(told)
    _print_hours(told)
    if costs:
        _print_costs(told)
    held = told.run.replications
    kept = "" if told.n == held else f" (of {held:,}; the run keeps the labour of no more)"
    line(f"All figures are means over {count(told.n, 'replication')}{kept} unless they say otherwise.", style="dim")


def answer(told: Told) -> list[str]:
    """Who is short most, what the hours are lost to, and what labour costs, in a sentence each."""
    return [_who_is_short(told), _where_hours_go(told), _what_it_costs(told)]


def _who_is_short(told: Told) -> str:
    worst, days = told.short.iloc[0], Days(told.run.start)
    whom = f"{told.who}: " if told.who else ""
    if worst["worst"] < LACK:
        return f"{whom}hardly any work waits for workers."
    when = days.text(worst["worst_week"] + 1.0)
    low, high = (f"{worst[f'weeks_short{end}']:.0f}" for end in ("_low", "_high"))
    interval = f" (95 % interval {low} to {high})" if isfinite(worst["weeks_short_low"]) else ""
    return (
        f"{whom}{told.name(worst[told.by])} is waited for most: {_number(worst['waiting_hours'])} craft-hours of work, "
        f"{per_cent(worst['waiting_share'])} of what was needed. In the week of {when} {worst['worst']:,.0f} workers "
        f"are missing on average (P90 {worst['worst_p90']:,.0f}); it is short in {worst['weeks_short']:.0f} weeks"
        f"{interval}."
    )


def _where_hours_go(told: Told) -> str:
    own = told.hours.iloc[-1]
    parts = own[list(labour.LOST)].sort_values(ascending=False, kind="stable")
    lost = {str(name): float(share) for name, share in parts.items() if share >= SEEN}
    gained = [f"{name} {per_cent(-float(share))}" for name, share in parts.items() if share <= -SEEN]
    text = f"Of {_number(own['spent'])} craft-hours paid "
    if lost:
        named = ", ".join(f"{name} {per_cent(share)}" for name, share in lost.items())
        text += f"{per_cent(sum(lost.values()))} are lost: {named}"
    else:
        text += "none are lost"
    return f"{text}; gained over a normal crew: {', '.join(gained)}." if gained else f"{text}."


def _what_it_costs(told: Told) -> str:
    without = labour.without_wage(told.run, market=told.market, trade=told.trade)
    whole = labour.costs(told.run, market=told.market, trade=told.trade).iloc[-1]
    missing = ", ".join(told.name(trade) for trade in without)
    if not whole["usd"]:
        return f"What labour costs is not known: no wage is declared for {missing}."
    low, high = (_usd(whole[end]) for end in ("low", "high"))
    interval = f" (95 % interval {low} to {high})" if isfinite(whole["low"]) else ""
    text = f"Labour costs {_usd(whole['usd'])}{interval}, {_usd(whole['per_mw'])} for a MW built"
    text += f" and {_hourly(whole['per_hour'])} for a craft-hour" if not isnan(whole["per_hour"]) else ""
    return f"{text}; without {missing}, for which no wage is declared." if missing else f"{text}."


def _print_short(told: Told) -> None:
    heading("Who is short?")
    days = Days(told.run.start)
    rows = []
    for own in told.short.to_dict("records"):
        missing = own["worst"] >= LACK
        rows.append(
            [
                wrapped(told.name(own[told.by]), NAME),
                f"{own['peak_needed']:,.0f}",
                days.text(own["peak_week"] + 1.0),
                f"{own['available_then']:,.0f}",
                f"{own['weeks_short']:.1f}",
                _number(own["waiting_hours"]),
                f"{own['worst']:,.0f}" if missing else NONE,
                days.text(own["worst_week"] + 1.0) if missing else NONE,
            ]
        )
    columns = ["", "Peak\nneed", "in week of\n(median)", "There\nthen", "Weeks\nshort", "Hours\nwaited for"]
    table([*columns, "Missing\nat worst", "in week of"], rows, gap=2)
    line(
        f"Needed: on site, or asked for by work that waits, at its least. Short: {labour.SHORT:g} worker or more is "
        "waited for, on average over the week.",
        style="dim",
    )


def _print_people(told: Told) -> None:
    heading("Who is there?")
    rows = [
        [
            wrapped(told.name(own[told.by]), NAME),
            _share(own["experienced_first"]),
            _share(own["experienced_last"]),
            _number(own["came"]),
            _number(own["went"]),
            _share(own["turnover"]),
        ]
        for own in told.short.to_dict("records")
    ]
    table(["", "Experienced\nat first", "at the\nlast work", "Came", "Went", "Went\na year"], rows)


def _print_factors(told: Told) -> None:
    heading("What does a crew do in a week? A normal crew is 1")
    names = [*labour.FACTORS, labour.PRODUCT]
    rows = [
        [wrapped(told.name(str(key)), NAME), *(NONE if isnan(own[name]) else f"{own[name]:.3f}" for name in names)]
        for key, own in told.factors.iterrows()
    ]
    columns = [name.capitalize() for name in names[:-1]]
    table(["", *columns, "All"], rows)
    line(
        "Means over those at work in all weeks. Overtime counts its longer week. The means of factors do not multiply "
        "to that of All, which is taken week by week.",
        style="dim",
    )


def _print_hours(told: Told) -> None:
    heading("Where do the craft-hours go? In % of those paid")
    shown = [name for name in labour.LOST if float(told.hours[name].abs().max()) >= SEEN]
    well = [name for name in labour.WELL if name == "earned" or float(told.hours[name].max()) >= SEEN]
    rows = [
        [
            wrapped(told.name(str(key)), NAME),
            _number(own["spent"]),
            *(_signless(own[name]) for name in (*well, *shown)),
            _signless(own["overtime_hours"]),
        ]
        for key, own in told.hours.iterrows()
    ]
    columns = ["", "Paid", *(name.capitalize() for name in well), *(name.capitalize() for name in shown), "Over 40 h"]
    last = [len(rows) - 1] if len(rows) > 1 else []
    table(columns, rows, bold=last, gap=2)
    left = [name for name in labour.LOST if name not in shown]
    none = f" Nothing is lost to {', '.join(left)}." if left else ""
    line(
        "What is earned, mended and lost sums to what is paid. Lost below 0: more is done than by a normal crew. Hours "
        f"over 40 a week are among those paid.{none}",
        style="dim",
    )


def _print_costs(told: Told) -> None:
    if not labour.costs(told.run, market=told.market, trade=told.trade)["usd"].any():
        return
    heading("What does labour cost?")
    kinds: tuple[Literal["item", "trade", "market"], ...] = ("item", told.by)
    for by in kinds:
        found = labour.costs(told.run, by=by, market=told.market, trade=told.trade)
        rows = [
            [
                wrapped(told.name(own[by]), NAME),
                _usd(own["usd"]),
                f"{_usd(own['low'])} to {_usd(own['high'])}" if isfinite(own["low"]) else NONE,
                _share(own["share"]),
                _usd(own["per_mw"]),
                _hourly(own["per_hour"]),
            ]
            for own in found.to_dict("records")
        ]
        columns = ["", "Mean", "95 % interval", "Share", "for a MW", "for a craft-hour"]
        table(columns, rows, bold=[len(rows) - 1])
        line()


def _number(value: float) -> str:
    """A number of people or hours; from a million on in millions."""
    return f"{value / 1e6:,.2f}m" if abs(value) >= 1e6 else f"{value:,.0f}"


def _share(value: float) -> str:
    return NONE if isnan(value) else per_cent(value)


def _signless(value: float) -> str:
    """A share of the hours in per cent, with a fraction."""
    text = f"{100.0 * value:.1f}"
    return NONE if isnan(value) else text.removeprefix("-") if text == "-0.0" else text


def _usd(value: float) -> str:
    return NONE if isnan(value) else format_usd(float(f"{value:.3g}"))


def _hourly(value: float) -> str:
    return NONE if isnan(value) else f"${value:,.2f}"


def data(told: Told, *, costs: bool) -> dict[str, Any]:
    """The same for scripts."""
    days = Days(told.run.start)
    rows = []
    for own in told.short.to_dict("records"):
        key = str(own[told.by])
        record: dict[str, Any] = {told.by: key, **{name: own[name] for name in _PLAIN}}
        record |= {name: triple(own, name) for name in ("weeks_short", "waiting_hours")}
        record |= {name: {"day": own[name], "date": days.text(own[name] + 1.0)} for name in ("peak_week", "worst_week")}
        rows.append(record)
    found = about(told, answer(told))
    found |= {"shortage": rows, "productivity": _records(told.factors), "hours": _records(told.hours)}
    if costs:
        frames: Mapping[str, pd.DataFrame] = {
            "item": labour.costs(told.run, market=told.market, trade=told.trade),
            told.by: labour.costs(told.run, by=told.by, market=told.market, trade=told.trade),
        }
        found["costs"] = {f"by_{by}": frame.to_dict("records") for by, frame in frames.items()}
        found["without_wage"] = labour.without_wage(told.run, market=told.market, trade=told.trade)
    return found


def about(told: Told, sentences: list[str]) -> dict[str, Any]:
    """What is asked for and the answer in sentences, for scripts."""
    return {
        "model": told.run.model.name,
        "replications": told.n,
        "market": told.market,
        "trade": told.trade,
        "confidence": 0.95,
        "answer": sentences,
    }


_PLAIN = (
    "peak_needed", "peak_p90", "available_then", "waiting_share", "worst", "worst_p90", "experienced_first",
    "experienced_last", "came", "went", "turnover",
)  # fmt: skip


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(key): value for key, value in own.items()} for own in frame.reset_index().to_dict("records")]
