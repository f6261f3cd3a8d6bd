"""A factor of productivity as a model has it: what a crew gets done, against a normal one, along what moves it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.domain.labour import Productivity, experience
from buildsim.domain.labour.overtime import NORMAL_HOURS, efficiency
from buildsim.errors import InputError, Problem
from buildsim.plots import style
from buildsim.spec.base import nearest

Factor = Literal["skill", "overtime", "learning", "crowding", "absence"]
Lines = dict[str, tuple[np.ndarray, np.ndarray]]
"""What is drawn: (x, y) by the name of the line."""

SHARES = np.linspace(0.0, 0.5, 101)
WEEKS = np.arange(1, 27)
HALLS = np.arange(1, 17)
LOAD = np.linspace(0.0, 1.0, 51)


@dataclass(frozen=True, slots=True)
class _Kind:
    title: str
    x: str
    lines: Callable[[Productivity], Lines]


def factor_curve(productivity: Productivity, factor: Factor, *, ax: Axes | None = None) -> Axes:
    """Draw a factor of a model's productivity [-]: 1 is a normal crew, which is where craft-hours are stated.

    `skill`: skill, rework found at once, and both, by experienced hands in 1,000. `overtime`: the output of a week
    against one of 40 hours, by the week of overtime, at 50 and 60 hours. `learning`: by the number of the hall, for
    halls two months apart. `crowding`: by how far teams lie between the planned and the largest number. `absence`: by
    the share of hours missed beyond the normal. The formulas are in `docs/labour.md`. Nothing is written.

    Errors: InputError for another factor.
    """
    kind, lines = _lines(productivity, factor)
    ax = style.axes(ax, 3.2)
    handles = []
    for number, (name, (x, y)) in enumerate(lines.items()):
        colour = style.PALETTE[number]
        ax.plot(x, y, color=colour, linewidth=1.8)
        handles.append(Line2D([], [], color=colour, linewidth=1.8, label=name))
    ax.axhline(1.0, color=style.MUTED, linewidth=0.8)
    ax.set_ylim(bottom=0.0)
    style.dress(ax, grid="y")
    style.axis_labels(ax, x=kind.x, y="Output against a normal crew [-]")
    style.heading(ax, kind.title, handles, columns=3)
    return ax


def caption(productivity: Productivity, factor: Factor) -> str:
    """Say what `factor_curve` shows: where each line begins, ends, and crosses 1."""
    kind, lines = _lines(productivity, factor)
    parts = []
    for name, (x, y) in lines.items():
        crossed = np.flatnonzero(np.diff(np.sign(y - 1.0)))
        cross = f", and is 1 near {x[crossed[-1]]:g}" if len(crossed) and abs(y[0] - 1.0) > 1e-9 else ""
        parts.append(f"{name} goes from {y[0]:.2f} at {x[0]:g} to {y[-1]:.2f} at {x[-1]:g}{cross}")
    return f"{kind.title}, by {kind.x[0].lower()}{kind.x[1:]}: {'; '.join(parts)}. A normal crew is 1."


def _lines(productivity: Productivity, factor: str) -> tuple[_Kind, Lines]:
    if factor not in _KINDS:
        message = f"there is no curve of '{factor}'"
        raise InputError(Problem("factor", message, expected=", ".join(_KINDS), nearest=nearest(factor, _KINDS)))
    kind = _KINDS[factor]
    return kind, kind.lines(productivity)


def _skill(productivity: Productivity) -> Lines:
    weeks = productivity.weekly(SHARES, np.full_like(SHARES, NORMAL_HOURS))
    found = {"skill": weeks.skill, "rework": weeks.rework, "both": weeks.skill * weeks.rework}
    return {name: (1000.0 * SHARES, values) for name, values in found.items()}


def _overtime(productivity: Productivity) -> Lines:
    found: Lines = {}
    for hours in (50.0, 60.0):
        left = efficiency(np.full(len(WEEKS), hours), WEEKS.astype(np.float64), productivity.fatigue)
        found[f"{hours:.0f} hours"] = (WEEKS, hours / NORMAL_HOURS * left)
    return found


def _learning(productivity: Productivity) -> Lines:
    found: Lines = {}
    for turnover in (0.0, 0.5, 1.0):
        known = experience([60.0 * (hall - 1) for hall in HALLS], turnover)
        rates = np.array([productivity.learning_rate(halls) for halls in known])
        found[f"turnover {100 * turnover:.0f} % a year"] = (HALLS, rates)
    return found


def _crowding(productivity: Productivity) -> Lines:
    return {
        "teams in one place": (100.0 * LOAD, 1.0 - productivity.crowding * LOAD),
        "trades in one hall": (100.0 * LOAD, 1.0 - productivity.stacking * LOAD),
    }


def _absence(_productivity: Productivity) -> Lines:
    missed = np.linspace(0.0, 0.25, 26)
    found = [
        float(Productivity(absence=share).weekly(np.array([0.2]), np.array([40.0])).absence[0]) for share in missed
    ]
    return {"output": (100.0 * missed, np.array(found))}


_KINDS: Mapping[str, _Kind] = {
    "skill": _Kind("Skill and rework", "Experienced hands in 1,000", _skill),
    "overtime": _Kind("Output of a week of overtime", "Week of overtime", _overtime),
    "learning": _Kind("Learning over repeated halls", "Number of the hall", _learning),
    "crowding": _Kind(
        "Crowding and stacking", "Way from planned to largest number, or to twice the trades [%]", _crowding
    ),
    "absence": _Kind("Absence", "Hours missed beyond the normal [%]", _absence),
}
