"""Values of inputs that are handed in rather than drawn."""

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from buildsim.errors import InputError, Problem
from buildsim.sampling.inputs import Input
from buildsim.spec.base import nearest
from buildsim.spec.dimension import limits
from buildsim.spec.distributions import Array

REPLICATION = "replication"
"""The column that, where a frame has it, says which replication a row is; else row r is replication r."""


def read(frame: pd.DataFrame, names: Sequence[str], inputs: Sequence[Input], replications: int) -> Mapping[int, Array]:
    """The values of the columns of a frame, by the index of their name, for the replications 0 to n - 1.

    Raises:
        InputError: every problem: unknown or repeated columns, too few rows, what is not a finite number, or a number
            outside the range of its quantity.
    """
    problems = _shape_problems(frame, names, replications)
    if problems:
        raise InputError(problems)
    if REPLICATION in frame.columns:
        frame = frame.set_index(REPLICATION)
        missing = sorted(set(range(replications)) - set(frame.index))
        if missing or not frame.index.is_unique:
            what = f"there is no row for replication {missing[0]}" if missing else "a replication has two rows"
            raise InputError(Problem("draws", what, expected=f"a row for each of {replications} replications"))
        frame = frame.loc[list(range(replications))]
    row = {name: index for index, name in enumerate(names)}
    values: dict[int, Array] = {}
    for name in frame.columns:
        index = row[str(name)]
        unit = inputs[index].quantity.unit if index < len(inputs) else ""
        column = frame[name].iloc[:replications]
        if problem := _column_problem(str(name), column, unit):
            problems.append(problem)
        else:
            values[index] = column.to_numpy(dtype=np.float64)
    if problems:
        raise InputError(problems)
    return values


def _shape_problems(frame: pd.DataFrame, names: Sequence[str], replications: int) -> list[Problem]:
    known = set(names) | {REPLICATION}
    problems = [
        Problem(f"draws.{name}", f"no quantity is named '{name}'", nearest=nearest(str(name), names))
        for name in frame.columns
        if name not in known
    ]
    problems += [
        Problem(f"draws.{name}", "two columns have this name") for name in frame.columns[frame.columns.duplicated()]
    ]
    if len(frame) < replications:
        message = f"there are {len(frame)} rows for {replications} replications"
        problems.append(Problem("draws", message, expected="a row for each replication"))
    return problems


def _column_problem(name: str, column: "pd.Series[float]", unit: str) -> Problem | None:
    """What is wrong with the values of one column, or None."""
    path = f"draws.{name}"
    if not pd.api.types.is_numeric_dtype(column.dtype) or pd.api.types.is_bool_dtype(column.dtype):
        expected = f"numbers in {unit or 'base units'}" + (" (proleptic ordinals)" if unit == "date" else "")
        return Problem(path, f"the column holds {column.dtype}, not numbers", expected=expected)
    values = column.to_numpy(dtype=np.float64, na_value=np.nan)
    low, high = limits(unit)
    with np.errstate(invalid="ignore"):
        wrong = ~np.isfinite(values) | (values < low) | (values > high)
    if not wrong.any():
        return None
    row = int(np.argmax(wrong))
    return Problem(path, f"replication {row} has {values[row]:g}", expected=f"a finite number from {low:g} to {high:g}")
