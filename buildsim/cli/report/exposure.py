"""Contracts in the terminal: who pays, how much hangs on one customer, what is at risk, and what becomes of it."""

from collections.abc import Sequence
from datetime import date
from math import isfinite
from typing import Any

import pandas as pd

from buildsim.analysis import contracts, quantiles
from buildsim.analysis.contracts import ALL, LARGEST
from buildsim.analysis.dates import day_of
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, Days, money, per_cent, probability, wrapped
from buildsim.cli.report.exposure_answer import answer
from buildsim.cli.report.exposure_told import Told, usd
from buildsim.cli.words import count

NAME = 25
"""Width of the names of customers."""
MOST = 15
"""How many customers are listed."""
FATES = {
    "delivered": "delivered late to its customer",
    "open": "not delivered by the horizon",
    "reassigned": "filled another late tranche",
    "prospect": "taken by prospects",
    "market": "sold on the market",
    "backstop": "paid for by the backstop",
    "idle": "nobody's",
}
"""What becomes of the MW of late tranches, in words."""


def print_exposure(told: Told) -> None:
    """Print the answer, and the tables behind it."""
    for text in answer(told):
        line(text)
    _print_over_time(told)
    _print_customers(told)
    _print_fates(told)
    _print_foot(told)


def print_customer(told: Told) -> None:
    """Print the answer about one customer, its milestones, and its part over time."""
    for text in answer(told):
        line(text)
    _print_ladder(told)
    _print_part(told)
    _print_fates(told)
    _print_foot(told)


def _print_over_time(told: Told) -> None:
    heading("Who pays, and how much hangs on one customer?")
    rows = []
    for own in told.over_time.to_dict("records"):
        share = f"{per_cent(own['largest_mean'])}\n{_range(own['largest_p10'], own['largest_p90'])}"
        rows.append(
            [
                told.day(own["day"]),
                usd(own["usd"]),
                wrapped(told.name(own["largest"]), 14) if own["n"] else NONE,
                share if own["n"] else NONE,
                f"{own['mean']:.2f}\n{own['equal']:.1f}" if own["n"] else NONE,
                usd(own["backlog_mean"]),
                _two(usd(own["risk_mean"]), usd(own["risk_p90"])),
                per_cent(own["idle_mean"]),
            ]
        )
    columns = ["", "Revenue\na year", "Largest,\nmostly", "Share\nP10-P90", "Index\nequal", "Backlog", "At risk\nP90"]
    table([*columns, "In nobody's\nservice"], rows, "lrlrrrrr", gap=2)
    line(
        "Share: of whoever has the largest then. Index: Herfindahl's, the sum of squared shares; equal: so many equal "
        "customers would be as concentrated. "
        "Backlog: firm, less what is earned; none without a term. At risk: value of what is undelivered and overdue.",
        style="dim",
    )


def _print_customers(told: Told) -> None:
    heading("Whose is it?")
    names = [name for name in told.ledger.customers if name in told.losses["damages"].index]
    sizes = told.ledger.book.groupby("customer")["mw"].sum()
    order = sorted(names, key=lambda name: -sizes[name])
    shown = order if len(order) <= MOST + 1 else order[:MOST]
    ends = contracts.shares(told.ledger, [0.0, told.days[-1]]).set_index(["customer", "day"])["mean"]
    backlog = contracts.backlog(told.ledger, [0.0]).set_index("customer")["mean"]
    rows = []
    for name in [*shown, ALL]:
        risk = told.ledger.at_risk.level(told.grid, None if name == ALL else name).mean(axis=0).max()
        paid, left = (told.losses[kind].loc[name] for kind in ("damages", "withdrawn"))
        parts = [per_cent(ends[(name, day)]) if name != ALL else NONE for day in (0.0, told.days[-1])]
        mean = _two(usd(paid["mean"]), usd(paid["shortfall"]))
        size = float(sizes.sum() if name == ALL else sizes[name])
        who = wrapped(told.name(name), NAME)
        rows.append([who, f"{size:,.0f}", *parts, usd(backlog[name]), usd(risk), mean, usd(left["mean"])])
    when = told.dates[-1]
    columns = ["", "MW", "Share at\nthe start", f"on\n{when}", "Backlog at\nthe start", "Most at\nrisk"]
    table([*columns, "Damages\nworst 5 %", "Leaves\n(value)"], rows, bold=[len(rows) - 1], gap=2)
    if len(shown) < len(order):
        line(f"{len(order) - len(shown)} more with fewer MW; --json has them.", style="dim")


def _print_fates(told: Told) -> None:
    found = contracts.flow(told.ledger, customer=told.customer)
    if found.empty:
        return
    heading("What becomes of the MW of missed milestones?")
    sums = found.groupby("fate")["mw"].sum()
    rows = [[FATES[name], f"{sums[name]:,.1f}", per_cent(sums[name] / sums.sum())] for name in FATES if name in sums]
    rows.append(["all", f"{sums.sum():,.1f}", ""])
    table(["", "MW", "Share"], rows, bold=[len(rows) - 1])


def _print_ladder(told: Told) -> None:
    found = contracts.ladder(told.run, customer=told.customer)
    if found.empty:
        return
    heading("When is it due, and when does it come?")
    days = Days(told.run.start)
    rows = []
    for own in found.to_dict("records"):
        what = f"{own['tranche']}{' (option)' if own['option'] else ''}\n{own['mw']:,.0f} MW, {usd(own['value'])}"
        right = f"{days.known(own['longstop'])}\n{days.known(own['outside'])}"
        dates = [f"{days.text(own['due'])}\n{days.text(own['grace'])}", right]
        dates += [f"{days.text(own['p50'])}\n{days.text(own['p90'])}"]
        left = own["p_withdrawn"] + own["p_withdrawn_in_part"]
        often = [per_cent(own["p_on_time"]), probability(own, "p_missed"), per_cent(left + own["p_lapsed"])]
        rows.append([what, *dates, *often, money(own, "damages")])
    columns = ["", "Due\ngrace ends", "Longstop\noutside", "Comes P50\nP90", "On time", "Missed", "Left or\nlapsed"]
    table([*columns, "Damages"], rows, gap=2)


def _print_part(told: Told) -> None:
    heading("What is its part?")
    share = contracts.shares(told.ledger, told.days)
    own = share[share["customer"] == told.customer].set_index("day")
    for name, frame in (
        ("backlog", contracts.backlog(told.ledger, told.days)),
        ("risk", contracts.at_risk(told.ledger, told.days)),
    ):
        mine = frame[frame["customer"] == told.customer].set_index("day").drop(columns="customer")
        own = own.join(mine.add_prefix(f"{name}_"))
    rows = [
        [
            told.day(float(str(day))),
            usd(row["usd"]),
            f"{per_cent(row['mean'])} ({_range(row['p10'], row['p90'])})" if row["n"] else NONE,
            usd(row["backlog_mean"]),
            usd(row["risk_mean"]),
            usd(row["risk_p90"]),
            per_cent(row["risk_probability"]),
        ]
        for day, row in own.iterrows()
    ]
    columns = ["", "Revenue a year", "Share (P10-P90)", "Backlog", "At risk", "P90", "P(any at risk)"]
    table(columns, rows, "lrrrrrr", gap=2)


def print_position(told: Told, when: date) -> None:
    """Print how customers stand on a date."""
    heading(f"How do customers stand at the end of {when}?")
    found = contracts.position(told.ledger, day_of(when, told.run.start))
    wanted = found if told.customer is None else found[found["customer"] == told.customer]
    some = (wanted[["in_service", "pending", "open", "withdrawn", "lapsed"]] > 0.0).any(axis=1)
    options = bool((wanted[["open", "lapsed"]] > 0.0).any(axis=None))
    rows = []
    for own in wanted[some | (wanted["customer"] == ALL)].to_dict("records"):
        size = [f"{own[name]:,.1f}" for name in ("in_service", "pending", "withdrawn")]
        size += (
            [f"{own['open']:,.1f}\n{own['lapsed']:,.1f}" if own["open"] + own["lapsed"] else NONE] if options else []
        )
        paid = [usd(own["revenue"]), per_cent(own["share"]), usd(own["backlog"])]
        risk = _two(usd(own["at_risk"]), per_cent(own["p_at_risk"]))
        rows.append([wrapped(told.name(own["customer"]), NAME), *size, *paid, risk])
    options_column = ["Options\nlapsed"] if options else []
    columns = ["", "MW in\nservice", "Pending", "Withdrawn", *options_column, "Revenue\na year", "Share", "Backlog"]
    table([*columns, "At risk\nP(any)"], rows, bold=[len(rows) - 1] if told.customer is None else [], gap=2)
    _print_foot(told)


def _two(first: str, second: str) -> str:
    """A figure and one below it; nothing below none."""
    return first if first == usd(0.0) else f"{first}\n{second}"


def _range(low: float, high: float) -> str:
    """Two shares from one to the other: `37-41 %`, `1.2-3.4 %`."""
    digits = 1 if 0.0 < high < 0.0995 else 0
    return f"{100.0 * low:.{digits}f}-{100.0 * high:.{digits}f} %"


def _print_foot(told: Told) -> None:
    line(f"Means over {count(told.run.replications, 'replication')} unless they say otherwise.", style="dim")


def data(told: Told, when: date | None) -> dict[str, Any]:
    """The same for scripts."""
    days, ledger = Days(told.run.start), told.ledger
    found: dict[str, Any] = {
        "model": told.run.model.name,
        "replications": told.run.replications,
        "customer": told.customer,
        "confidence": 0.95,
    }
    if when is not None:
        position = contracts.position(ledger, day_of(when, told.run.start))
        return found | {"by": when, "customers": _records(told, position)}
    flow = contracts.flow(ledger, customer=told.customer).to_dict("records")
    found |= {"answer": answer(told), "flow": flow}
    frames = {
        "shares": contracts.shares(ledger, told.days),
        "at_risk": contracts.at_risk(ledger, told.days),
        "backlog": contracts.backlog(ledger, told.days),
        "required": contracts.required(ledger, customer=told.customer),
        **{name: frame.reset_index() for name, frame in told.losses.items()},
    }
    found |= {name: _records(told, frame) for name, frame in frames.items()}
    found["below"] = [
        {key: value for key, value in row.items() if key not in _quantiles(quantiles.LEVELS)}
        | {quantiles.column(level): days.data(row, level) for level in quantiles.LEVELS}
        for row in _records(told, contracts.below(ledger))
    ]
    levels, dates = contracts.LEVELS, ("due", "grace", "longstop", "outside", "exercise")
    found["milestones"] = [
        {key: value for key, value in row.items() if key not in _quantiles(levels)}
        | {name: days.text(row[name]) if isfinite(row[name]) else None for name in dates}
        | {quantiles.column(level): days.data(row, level) for level in levels}
        for row in _records(told, contracts.ladder(told.run, customer=told.customer))
    ]
    if told.customer is None:
        found["over_time"] = _records(told, told.over_time)
        found["without_fee"] = contracts.without_fee(ledger)["tranche"].tolist()
    return found


def _quantiles(levels: Sequence[float]) -> set[str]:
    """The columns that hold quantiles and their ends."""
    return {f"{quantiles.column(level)}{end}" for level in levels for end in ("", "_low", "_high")}


def _records(told: Told, frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows for scripts, with dates beside days; those of the customer that is asked for."""
    if told.customer is not None:
        frame = frame[frame["customer"].isin([told.customer, LARGEST])]
    rows = [{str(key): value for key, value in row.items()} for row in frame.to_dict("records")]
    return [{**row, "date": told.day(row["day"])} if "day" in row else row for row in rows]
