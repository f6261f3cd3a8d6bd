"""How many MW are live by when, against what is committed: question 1."""

from datetime import date
from typing import Any

from buildsim.analysis import answers
from buildsim.analysis.capacity import FAN
from buildsim.analysis.dates import day_of
from buildsim.analysis.quantiles import column
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, number_data, number_quantile, per_cent, per_cent_range, triple
from buildsim.errors import InputError, Problem
from buildsim.run.run import Run

FOOT = (
    "P10: in 90 % of replications at least so many; in brackets 95 % confidence intervals. Committed: by contract, "
    "without options, beside what was live at the start. P(met): that at least so many are live."
)


def print_quarters(run: Run) -> None:
    """Print live MW at quarter-ends against what is committed, from the first change to the last."""
    records = _telling(answers.capacity_at(run, levels=FAN).to_dict("records"), answers.base(run))
    rows = []
    for record in records:
        met = f"{per_cent(record['p_met'])} ({per_cent_range(record['p_met_low'], record['p_met_high'])})"
        mw = [number_quantile(record, level) for level in FAN]
        owed = record["committed"] > answers.base(run)
        rows.append([str(record["date"]), *mw, f"{record['committed']:,.0f}", met if owed else NONE])
    if not rows:
        return
    heading("How many MW are live at quarter-ends?")
    table(["", *(f"{column(level).upper()} [MW]" for level in FAN), "Committed", "P(met)"], rows, "lrrrrr", gap=1)
    line(FOOT, style="dim")


def _telling(records: list[dict[Any, Any]], base: float) -> list[dict[Any, Any]]:
    """The rows without those before anything is live or due, and without those at the end that repeat one another."""
    high = column(FAN[-1])
    first = next((at for at, row in enumerate(records) if max(row[high], row["committed"]) > base), len(records))
    last = len(records)
    while last > 1 and all(records[last - 1][key] == records[last - 2][key] for key in ("mean", "committed")):
        last -= 1
    return records[max(0, first - 1) : last]


def quarters(run: Run) -> list[dict[str, Any]]:
    """The same for scripts."""
    rows = []
    for record in answers.capacity_at(run, levels=FAN).to_dict("records"):
        mw = {column(level): number_data(record, level) for level in FAN}
        facts = {"date": record["date"], "mean": triple(record, "mean"), **mw, "committed": record["committed"]}
        rows.append({**facts, "shortfall": record["shortfall"], "p_met": triple(record, "p_met")})
    return rows


def print_by(run: Run, when: date) -> None:
    """Print P(live MW >= x) by a date."""
    found = answers.by_date(run, when)
    committed = _committed(run, when)
    rows, bold = [], []
    for place, record in enumerate(found.to_dict("records")):
        own = abs(record["mw"] - committed) < 1e-9
        bold += [place] if own else []
        ends = per_cent_range(record["low"], record["high"])
        rows.append([f"{record['mw']:,.0f}", per_cent(record["probability"]), ends, "committed" if own else ""])
    heading(f"How many MW are live by the end of {when}?")
    table(["x [MW]", "P(live MW >= x)", "95 % interval", ""], rows, "rrrl", bold=bold)


def by(run: Run, when: date) -> dict[str, Any]:
    """The same for scripts."""
    found = answers.by_date(run, when)
    keys = ("mw", "probability", "low", "high")
    rows = [{key: record[key] for key in keys} for record in found.to_dict("records")]
    return {"date": when, "committed": _committed(run, when), "at_least": rows}


def _committed(run: Run, when: date) -> float:
    from buildsim.analysis.capacity import committed_at

    return committed_at(answers.committed(run), day_of(when, run.start))


def within(run: Run, when: date) -> None:
    """Refuse a date that was not simulated."""
    last = run.date(run.horizon)
    if not run.start <= when <= last:
        expected = f"a date from {run.start} to {last}"
        raise InputError(Problem("--by", f"{when} lies outside what was simulated", expected=expected))
