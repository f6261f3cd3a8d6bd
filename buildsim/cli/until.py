"""`buildsim run --until`: a run that goes on until a figure is sure enough, and what its stages said."""

import shlex
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from buildsim.cli.guard import say
from buildsim.cli.words import count
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    from buildsim.analysis.figures import Figure
    from buildsim.model import Model
    from buildsim.run.sequential import Sequential

AT_MOST = 20_000
"""Replications at which a run ends in any case, unless told otherwise."""
OPTIONS = {"at_most": "--at-most", "first": "-n", "half_width": "--until", "design": "--design"}
"""The options by the arguments of `simulate_until`."""


@dataclass(frozen=True)
class Target:
    """What is to be sure, and how sure."""

    text: str
    figure: "Figure"
    half_width: float
    """[unit of the figure]."""
    first: int
    at_most: int


def sole(texts: Sequence[str] | None) -> None:
    """InputError for several targets: a run goes on until one figure is sure."""
    if texts and len(texts) > 1:
        told = f"it is given {len(texts)} times, and a run goes on until one figure is sure"
        raise InputError(Problem("--until", told, expected="one figure"))


def combined(until: str | None, at_most: int | None, design: str, draws: Path | None, first: int | None) -> None:
    """Refuse options that do not go together; InputError with all of them."""
    from buildsim.run.sequential import FIRST, LEAST

    if until is None:
        if at_most is not None:
            raise InputError(Problem("--at-most", "it bounds a run with --until", expected="--until FIGURE=HALF_WIDTH"))
        return
    begun, most = first if first is not None else FIRST, at_most if at_most is not None else AT_MOST
    wrong = [
        (draws is not None, "--draws", "given draws are as many as they are, so --until cannot ask for more", None),
        (design != "monte-carlo", "--design", f"a run of design '{design}' cannot be extended", "monte-carlo"),
        (begun < LEAST, "-n", f"with --until it is the first stage, and {begun} are too few", f"at least {LEAST}"),
        (most < begun, "--at-most", f"{most:,} are fewer than the first stage", f"at least {begun:,}"),
    ]
    problems = [Problem(path, message, expected=expected) for bad, path, message, expected in wrong if bad]
    if problems:
        raise InputError(problems)


def target(text: str | None, models: Sequence["Model"], first: int | None, at_most: int | None) -> Target | None:
    """What a text asks for, None without one. InputError when it names no figure of the models or no half-width."""
    from buildsim.analysis.figure_names import parse_target
    from buildsim.run.sequential import FIRST

    if text is None:
        return None
    figure, half_width = parse_target(text, models, path="--until")
    begun, most = first if first is not None else FIRST, at_most if at_most is not None else AT_MOST
    return Target(text, figure, half_width, begun, most)


@contextmanager
def as_options() -> Iterator[None]:
    """Tell problems with arguments of `simulate_until` under the options that they come from."""
    try:
        yield
    except InputError as error:
        told = [replace(problem, path=OPTIONS.get(problem.path, problem.path)) for problem in error.problems]
        raise InputError(told) from error


def tell_stages(done: "Sequential", asked: Target) -> None:
    """Say on stderr what each look found, and whether the figure is sure enough."""
    from buildsim.cli.report.cells import Days
    from buildsim.cli.report.precision import half_width, spread

    unit, days = asked.figure.source.unit, Days(done.run.start)
    rows = [("replications", "estimate", "95 % interval", "half-width")]
    for look in done.looks:
        estimate, ends = spread(look.estimate, look.low, look.high, unit, days)
        rows.append((f"{look.replications:,}", estimate, ends, half_width(look.half_width, unit)))
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    say(f"{asked.text}:")
    for row in rows:
        say("  " + "   ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)))
    size = count(done.run.replications, "replication")
    if done.reached:
        say(f"sure enough after {size}")
    else:
        command = shlex.join(["buildsim", "show", str(done.run.path), "--precision", asked.text])
        say(f"not sure enough after {size}, the most that --at-most allows; how many it needs: {command}")


def data(done: "Sequential", asked: Target) -> dict[str, Any]:
    """The same for scripts."""
    from buildsim.analysis.figure_names import name

    facts = {"figure": name(asked.figure), "unit": asked.figure.source.unit, "half_width": asked.half_width}
    return {**facts, "reached": done.reached, "stages": done.stages.to_dict("records")}
