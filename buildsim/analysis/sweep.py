"""A sweep as one tidy table: what every cell says, and what it differs by from the first, pair by pair."""

import os
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis.differences import QuantileMethod
from buildsim.analysis.figures import Figure, apart, usual
from buildsim.analysis.frames import Floats
from buildsim.analysis.multiple import Family, contrasts, resamples_for, tabulate, values_of
from buildsim.analysis.sources import Source
from buildsim.errors import InputError
from buildsim.results.manifest import Design
from buildsim.run import sweep as cells
from buildsim.run.run import Run

COLUMNS = [
    "quantity", "of", "unit", "statistic", "value", "value_low", "value_high", "difference", "low", "high", "low_all",
    "high_all", "p", "p_adjusted", "differs", "method", "pairs", "capped", "above", "below", "variance_reduction",
    "replications", "folder",
]  # fmt: skip
"""The columns of a sweep after `cell` and the paths that are varied."""


def sweep(
    source: cells.Source,
    vary: Mapping[str, Sequence[Any]],
    *,
    replications: int = 1000,
    seed: int = 1,
    workers: int | None = None,
    design: Design = "monte-carlo",
    listwise: bool = False,
    set: Mapping[str, Any] | None = None,
    scenario: str | Sequence[str] | None = None,
    out: str | os.PathLike[str] | None = None,
    figures: Sequence[Figure] | None = None,
    confidence: float = 0.95,
    family: Family = "figure",
    method: QuantileMethod = "auto",
    progress: bool = False,
    keep_activities: int = 0,
    told: Callable[[cells.Cell], None] | None = None,
) -> pd.DataFrame:
    """Run a model with other values at some of its paths, and return a row for each cell and figure.

    `source`, `vary`, `listwise`, `set`, `scenario`, `out` and what may be wrong with them: see `run.sweep.plan`. With
    `out` finished cells are kept and a sweep that was broken off goes on. `figures` are `figures.usual` unless given;
    `told` is called with each cell before it is simulated.

    Columns: cell (from 0), the varied paths, quantity, of, unit, statistic; value, value_low, value_high: the figure of
    the cell with its interval [unit]; difference, low, high: the cell minus cell 0, pair by pair [unit]; low_all,
    high_all, p, p_adjusted, differs: the same with control of multiplicity over the other cells, as in
    `multiple.compare_many`, where the remaining columns are explained; replications; folder (of the run, empty in
    memory). In the rows of cell 0 the differences are 0 and nothing is tested.

    NaN rule: a date later than the horizon (the earliest of all cells) is `inf`, see `figures`. Where cells differ in
    horizon, what contracts come to is left out of the usual figures, and refused where it is asked for (see
    `figures.apart`).

    Errors: InputError with every problem of every cell before anything runs; what `simulate` raises beside it.
    """
    plan = cells.plan(
        source, vary, replications=replications, seed=seed, design=design, listwise=listwise, set=set,
        scenario=scenario, out=out, keep_activities=keep_activities,
    )  # fmt: skip
    models = [cell.model for cell in plan.cells]
    horizons = [float(model.days) for model in models]
    horizon = min(horizons)
    bound = any(model.contracts for model in models) and len({*horizons}) == 1
    power = any(model.network is None for model in models)
    usually = usual(models[0].start, horizon, contracts=bound, power=power)
    asked = usually if figures is None else tuple(figures)
    problems = [problem for figure in asked for model in models for problem in figure.problems(model)]
    if problems := [*problems, *apart(asked, horizons)]:
        raise InputError(list(dict.fromkeys(problems)))
    resamples = resamples_for(confidence, len(models) - 1, len(asked), family)
    base: dict[Source, Floats] = {}
    found, facts = {}, []
    for cell, run in cells.run(plan, workers=workers, progress=progress, told=told):
        values = values_of(asked, run, horizon, np.arange(replications))
        base = base or values
        found[str(cell.number)] = contrasts(asked, base, values, horizon, method=method, resamples=resamples)
        facts += [_facts(cell, run, figure, values[figure.source], horizon, confidence) for figure in asked]
    table = tabulate(asked, found, confidence, family, leave_out="0").drop(columns=["scenario", "base", "other"])
    joined = pd.concat([pd.DataFrame(facts), table], axis=1)
    itself = joined["cell"] == 0
    for end in ("low", "high", "low_all", "high_all"):
        joined.loc[itself, end] = joined.loc[itself, "difference"]
    joined.loc[itself, ["p", "variance_reduction"]] = np.nan
    return joined[["cell", *plan.paths, *COLUMNS]]


def _facts(
    cell: cells.Cell, run: Run, figure: Figure, values: Floats, horizon: float, confidence: float
) -> dict[str, object]:
    own = figure.estimate(values, horizon, confidence)
    settings = {path: cells.shown(value) for path, value in cell.settings.items()}
    ends = {"value": own.estimate, "value_low": own.low, "value_high": own.high}
    folder = "" if run.path is None else str(run.path)
    return {"cell": cell.number} | settings | ends | {"replications": run.replications, "folder": folder}
