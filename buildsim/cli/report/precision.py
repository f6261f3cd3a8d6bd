"""How sure figures are, and how many replications would make them surer: `show --precision`."""

from collections.abc import Sequence
from math import isfinite, isinf
from typing import Any

from buildsim.analysis.figure_names import name
from buildsim.analysis.figures import Figure
from buildsim.analysis.randomised import caution
from buildsim.analysis.stopping import Needed, needed
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, Days
from buildsim.cli.report.quantities import change, units, value
from buildsim.run.run import Run

Wanted = Sequence[tuple[Figure, float]]
"""Figures, each with the half-width that its interval is to have [unit of the figure]."""
SMALL = 9.95
"""Half-widths below it are given with two digits."""
FOOT = (
    "95 % intervals. The half-width is the longer arm, from the estimate to the farther end. Needed: replications in "
    "all, if what was seen is the truth; from 100 replications that is known to about a quarter."
)


def print_precision(run: Run, wanted: Wanted) -> None:
    """Print for each figure how sure it is, and how many replications it needs."""
    rows, notes, days = [], [], Days(run.start)
    for figure, width in wanted:
        found, unit = needed(run, figure, width), figure.source.unit
        estimate, ends = spread(found.interval.estimate, found.interval.low, found.interval.high, unit, days)
        widths = [half_width(found.half_width, unit), half_width(width, unit)]
        rows.append([name(figure), estimate, ends, *widths, _needed(found)])
        notes += [f"{name(figure)}: {found.note}."] if found.note else []
    heading("How sure is it, and how many replications does it need?")
    table(["", "Estimate", "Interval", "Half-width", "Wanted", "Needed"], rows, "Lrrrrr", gap=2)
    for note in notes:
        line(note)
    line(FOOT, style="dim")
    if caution(run):
        line(caution(run))


def precision(run: Run, wanted: Wanted) -> list[dict[str, Any]]:
    """The same for scripts."""
    rows = []
    for figure, width in wanted:
        found = needed(run, figure, width)
        facts = {"figure": name(figure), "unit": figure.source.unit, "estimate": found.interval.estimate}
        facts |= {"low": found.interval.low, "high": found.interval.high, "half_width": found.half_width}
        rows.append({**facts, "wanted": width, "needed": found.replications, "have": found.have, "note": found.note})
    return rows


def spread(estimate: float, low: float, high: float, unit: str, days: Days) -> tuple[str, str]:
    """An estimate and its interval in the unit of a figure: dates for days; `?` for an end that is not bounded."""
    told = [value({"unit": unit, "x": number}, "x", days) for number in (estimate, low, high)]
    ends = ["?" if isinf(number) else text for number, text in zip((low, high), told[1:], strict=True)]
    return told[0], " to ".join(ends)


def half_width(width: float, unit: str) -> str:
    """A half-width with its unit: `5.2 days`, `1 points`, `$1m`."""
    if not isfinite(width):
        return NONE
    size = 100.0 * width if unit == "probability" else width
    told = change(width, unit, sign=False) if unit == "USD" or size >= SMALL else f"{size:#.2g}"
    return f"{told} {units(unit)}".rstrip()


def _needed(found: Needed) -> str:
    if found.replications != found.replications:
        return "?"
    if isinf(found.replications):
        return "no number will do"
    return f"{found.replications:,.0f}{' (there)' if found.reached else ''}"
