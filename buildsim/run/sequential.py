"""Simulating until a figure is sure enough: a Monte Carlo run that is extended in stages.

After each stage the figure's interval is made; the run ends when its half-width, the longer arm, is at most the target.
Stages grow by a fixed factor, so there are few looks, and their sizes do not depend on what was seen.

Looking at the data to decide when to stop costs coverage: the rule tends to stop where the spread happens to look small
(Law, "Simulation Modeling and Analysis", section 9.4.1; Singham and Schruben, "Finite-sample performance of absolute
precision stopping rules", INFORMS Journal on Computing 24, 2012). It is asymptotically valid as the target shrinks
(Chow and Robbins, Annals of Mathematical Statistics 36, 1965). A large first stage and few looks keep the loss small;
`docs/statistics.md` says how small, measured. An interval without any width does not stop the run: what has not varied
yet says nothing about its spread.
"""

import math
import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

import pandas as pd

from buildsim.errors import InputError, Problem
from buildsim.results.manifest import Design, read_manifest
from buildsim.results.store import FolderStore, MemoryStore
from buildsim.results.tables import TABLES
from buildsim.run.run import Run
from buildsim.run.simulate import simulate

if TYPE_CHECKING:
    from buildsim.model import Model
    from buildsim.model.change import Change

LEAST = 20
"""The fewest replications that a first stage may have."""
FIRST = 100
"""Replications of the first stage unless told otherwise."""
GROWTH = 1.5
"""How many times larger each stage is than the one before, unless told otherwise."""

Looked = TypeVar("Looked")


class Ends(Protocol):
    """An estimate with its interval."""

    @property
    def estimate(self) -> float:
        """The estimate."""
        ...

    @property
    def low(self) -> float:
        """The lower end."""
        ...

    @property
    def high(self) -> float:
        """The upper end."""
        ...


class Figure(Protocol):
    """What is to be sure: `buildsim.analysis.figures.Figure`, seen from here."""

    def problems(self, model: Any) -> list[Problem]:
        """What keeps it from being asked of a model."""
        ...

    def interval(self, run: Run, confidence: float = 0.95, *, against: Run | None = None) -> Ends:
        """The figure of a run, or the run's minus that of `against`, with its interval."""
        ...


def arm(interval: Ends) -> float:
    """The half-width of an interval: its longer arm; `inf` or NaN when an end or the estimate is."""
    return max(interval.high - interval.estimate, interval.estimate - interval.low)


@dataclass(frozen=True, slots=True)
class Stage:
    """What was seen at one look, in the unit of the figure."""

    replications: int
    estimate: float
    low: float
    high: float
    half_width: float


@dataclass(frozen=True)
class Sequential:
    """A run that was extended until a figure was sure enough."""

    run: Run
    against: Run | None
    """The other scenario, when the figure is a difference."""
    reached: bool
    """Whether the half-width is at most the target; False when `at_most` came first."""
    looks: tuple[Stage, ...]

    @property
    def stages(self) -> pd.DataFrame:
        """A row a look: replications, estimate, low, high, half_width [unit of the figure]."""
        return pd.DataFrame(self.looks, columns=["replications", "estimate", "low", "high", "half_width"])


def sizes(first: int, at_most: int, growth: float = GROWTH) -> Iterator[int]:
    """The sizes of the stages: geometric, from `first` to `at_most` [replications in all]."""
    size = first
    while size < at_most:
        yield size
        size = max(size + 1, math.ceil(size * growth))
    yield at_most


def until(
    extend: Callable[[int], Looked],
    look: Callable[[Looked], Ends],
    half_width: float,
    stages: Iterator[int],
    confirm: bool = False,
) -> tuple[Looked, tuple[Stage, ...], bool]:
    """Extend to each size in turn until the interval of a look is narrow enough, with `confirm` two looks in a row.

    Returns what there is then, the looks, and whether it is narrow enough.
    """
    looks: list[Stage] = []
    for size in stages:
        found = extend(size)
        interval = look(found)
        looks.append(Stage(size, interval.estimate, interval.low, interval.high, arm(interval)))
        last = looks[-1 - confirm :]
        if len(last) == 1 + confirm and all(0.0 < stage.half_width <= half_width for stage in last):
            return found, tuple(looks), True
    return found, tuple(looks), False


def simulate_until(
    model: "Model",
    figure: Figure,
    half_width: float,
    *,
    confidence: float = 0.95,
    against: "Model | None" = None,
    first: int = FIRST,
    growth: float = GROWTH,
    at_most: int = 20_000,
    confirm: bool = False,
    seed: int = 1,
    workers: int | None = None,
    design: Design = "monte-carlo",
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = False,
    keep_activities: int = 100,
    without: Collection[str] = (),
    changes: Sequence["Change"] = (),
) -> Sequential:
    """Simulate a model until the interval of a figure is narrow enough, or `at_most` replications are done.

    Args:
        model: What `load` gave.
        figure: What is to be sure, such as `analysis.figures.go_live("denton", 0.8)`.
        half_width: How sure: the longer arm of the interval [unit of the figure].
        confidence: Of each interval; see the caution on coverage at the top of this module.
        against: Another scenario; the figure is then the model's minus that of the other, with common random numbers.
        first: Replications of the first stage, at least 20; the more, the less coverage is lost.
        growth: How many times larger each stage is than the one before, above 1.
        at_most: Replications at which the run ends in any case.
        confirm: Go on until two looks in a row are narrow enough: about `growth` times the replications, and the
            coverage that looking costs is back. Worth it for quantiles, whose intervals vary most in width.
        seed: Of the draws.
        workers: Processes; all cores unless told otherwise.
        design: Only `monte-carlo` can be extended.
        out: The folder to keep the run in; with `against` it holds two runs, `run` and `against`. Without it the tables
            are in memory in the end; until then they stand in a temporary folder.
        resume: Go on with what is in `out`; its replications count as the first stage if they are more.
        progress: As for `simulate`, stage by stage.
        keep_activities: As for `simulate`.
        without: As for `simulate`; of `against` too.
        changes: As for `simulate`, of `model`.

    Raises:
        InputError: with all that is wrong with the arguments; what `simulate` raises beside it.
    """
    _check(figure, half_width, confidence, first, growth, at_most, design, [model, *([against] if against else [])])
    with folder_for(out) as (folder, kept):

        def extending(scenario: "Model", name: str, changes: Sequence["Change"] = ()) -> Extending:
            place = folder / name if against is not None else folder
            more = resume or not kept
            return Extending(scenario, place, seed, workers, more, progress, keep_activities, without, changes)

        run, other = extending(model, "run", changes), None if against is None else extending(against, "against")
        done = max(run.done, 0 if other is None else other.done)
        if done > at_most:
            message = f"{done} replications are done already, more than the {at_most} allowed"
            raise InputError(Problem("at_most", message, file=str(folder), expected=f"at least {done}"))
        (last, base), looks, reached = until(
            lambda size: (run.to(size), None if other is None else other.to(size)),
            lambda runs: figure.interval(runs[0], confidence, against=runs[1]),
            half_width,
            sizes(max(first, done), at_most, growth),
            confirm,
        )
        if not kept:
            last, base = in_memory(last), None if base is None else in_memory(base)
    return Sequential(last, base, reached, looks)


@dataclass
class Extending:
    """A run in a folder that can be made longer; the first call refuses a folder that holds a run, unless resumed."""

    model: "Model"
    folder: Path
    seed: int
    workers: int | None
    resume: bool
    progress: bool = False
    keep_activities: int = 0
    without: Collection[str] = ()
    changes: Sequence["Change"] = ()

    @property
    def done(self) -> int:
        """How many replications the folder holds."""
        return max((span.end for span in FolderStore(self.folder).spans()), default=0)

    def to(self, replications: int) -> Run:
        """The run with that many replications, or with those that it holds if they are more."""
        count = max(replications, self.done if self.resume else 0)
        run = simulate(
            self.model, count, self.seed, workers=self.workers, out=self.folder, resume=self.resume,
            progress=self.progress, keep_activities=self.keep_activities, without=self.without, changes=self.changes,
        )  # fmt: skip
        self.resume = True
        return run


@contextmanager
def folder_for(out: str | os.PathLike[str] | None) -> Iterator[tuple[Path, bool]]:
    """The folder of `out` and True, or a temporary one and False."""
    if out is not None:
        yield Path(out), True
        return
    with tempfile.TemporaryDirectory(prefix="buildsim-") as folder:
        yield Path(folder), False


def in_memory(run: Run) -> Run:
    """The same run with its tables in memory, so that its folder may go; a run in memory as it is."""
    if run.path is None:
        return run
    store, memory = FolderStore(run.path), MemoryStore()
    memory.put_plan({name: store.plan(name) for name in TABLES}, store.names())
    for span in store.spans():
        memory.put(span, {name: store.block(name, span) for name in TABLES})
    return Run(memory, read_manifest(run.path), None, run.model)


def _check(
    figure: Figure,
    half_width: float,
    confidence: float,
    first: int,
    growth: float,
    at_most: int,
    design: str,
    models: Sequence["Model"],
) -> None:
    wrong = [
        (not 0.0 < half_width < math.inf, "half_width", f"the half-width is {half_width}", "a number above 0"),
        (not 0.0 < confidence < 1.0, "confidence", f"the confidence is {confidence}", "between 0 and 1"),
        (first < LEAST, "first", f"the first stage has {first} replications", f"at least {LEAST}"),
        (growth <= 1.0, "growth", f"the stages grow by a factor {growth}", "above 1"),
        (at_most < first, "at_most", f"at most {at_most} replications, fewer than the first stage", f"{first} or more"),
        (design != "monte-carlo", "design", f"a run of design '{design}' cannot be extended", "monte-carlo"),
    ]
    problems = [Problem(path, message, expected=expected) for bad, path, message, expected in wrong if bad]
    for model in models:
        problems += figure.problems(model)
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
