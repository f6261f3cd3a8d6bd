"""What an analysis works on: the inputs that vary, as a matrix, beside the outcome of each replication."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import ndtri
from scipy.stats import rankdata

from buildsim.analysis.frames import Floats, Ints
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest

LEAST = 20
"""Fewer replications than this say nothing about thousands of inputs."""


@dataclass(frozen=True, slots=True)
class Sample:
    """Inputs and outcomes of the same replications."""

    names: tuple[str, ...]
    """The inputs that vary, in the order of their columns."""
    inputs: Floats
    """Their values [unit of each quantity], shape (replications, inputs)."""
    values: Floats
    """The outcomes, shape (replications,) or (replications, alternatives)."""
    constant: tuple[str, ...]
    """The inputs that do not vary, which are left out."""

    @property
    def n(self) -> int:
        """How many replications there are."""
        return len(self.values)

    def columns(self, names: Sequence[str]) -> Ints:
        """The columns of inputs by name, in the order asked for.

        Errors: InputError for names that are unknown or do not vary.
        """
        place = {name: index for index, name in enumerate(self.names)}
        problems = [self._problem(name) for name in names if name not in place]
        if problems:
            raise InputError(problems)
        return np.array([place[name] for name in names], dtype=np.int64)

    def _problem(self, name: str) -> Problem:
        if name in self.constant:
            return Problem(name, "this input has one value in all replications, so it explains nothing")
        return Problem(name, "there is no input of this name", nearest=nearest(name, self.names))


def sample(inputs: pd.DataFrame, values: ArrayLike, least: int = LEAST) -> Sample:
    """Inputs and outcomes as matrices; row r of the one belongs to row r of the other.

    A column `replication` is no input. Rows with a NaN outcome (what is looked at is not in that replication) are left
    out, and so are inputs that have one value in all rows that are left.

    Errors: ValueError when the rows do not match or an input is not finite; InputError when fewer than `least`
    replications are left, or the outcome is the same in all of them.
    """
    frame = inputs.drop(columns="replication", errors="ignore")
    outcomes = np.asarray(values, np.float64)
    if len(frame) != len(outcomes):
        raise ValueError(f"there are {len(frame)} rows of inputs for {len(outcomes)} outcomes")
    matrix = frame.to_numpy(np.float64)
    if not np.isfinite(matrix).all():
        raise ValueError("the inputs must be finite numbers")
    kept = ~np.isnan(outcomes if outcomes.ndim == 1 else outcomes.sum(axis=1))
    if kept.sum() < least:
        message = f"{int(kept.sum())} replications have an outcome"
        raise InputError(Problem("replications", message, expected=f"at least {least}"))
    outcomes, matrix = outcomes[kept], matrix[kept]
    if not np.isfinite(outcomes).all():
        raise ValueError("an outcome must be a number, or NaN where there is none; cap what is later than the horizon")
    if np.ptp(outcomes, axis=0).max() == 0.0:
        raise InputError(Problem("outcome", "it is the same in all replications, so nothing explains it"))
    varies = np.ptp(matrix, axis=0) > 0.0
    names = np.array([str(name) for name in frame.columns], dtype=object)
    return Sample(tuple(names[varies]), matrix[:, varies], outcomes, tuple(names[~varies]))


def ranks(matrix: ArrayLike) -> Floats:
    """Ranks down each column from 1 to n, ties at their mean."""
    found: Floats = rankdata(np.asarray(matrix, np.float64), axis=0)
    return found


def standard(matrix: ArrayLike) -> Floats:
    """Each column with mean 0 and mean square 1; a constant column becomes zero."""
    array = np.asarray(matrix, np.float64)
    centred = array - array.mean(axis=0)
    size = np.sqrt((centred**2).mean(axis=0))
    flat = size <= 1e-12 * np.maximum(np.abs(array).max(axis=0), 1.0)
    found: Floats = np.where(flat, 0.0, centred) / np.where(flat, 1.0, size)
    return found


def scores(matrix: ArrayLike) -> Floats:
    """Normal scores down each column, standardised: Phi^-1((rank - 3/8) / (n + 1/4)) (Blom 1958), ties at one score."""
    array = np.asarray(matrix, np.float64)
    return standard(ndtri((ranks(array) - 0.375) / (len(array) + 0.25)))


def basis(matrix: ArrayLike, degree: int) -> Floats:
    """Polynomials of the normal scores of each column, orthonormal over the sample and to the constant.

    Shape (degree, replications, inputs). What a column has too few distinct values for is zero.
    """
    first = scores(matrix)
    found: list[Floats] = []
    power = np.ones_like(first)
    for _ in range(degree):
        power = power * first
        rest = power - power.mean(axis=0)
        for _ in range(2):  # once more, for the rounding of the first time
            for earlier in found:
                rest = rest - earlier * (earlier * rest).mean(axis=0)
        size = np.sqrt((rest**2).mean(axis=0))
        flat = size < 1e-6 * np.sqrt((power**2).mean(axis=0))
        found.append(np.where(flat, 0.0, rest) / np.where(flat, 1.0, size))
    return np.stack(found)


def apart(values: Floats) -> Ints:
    """How many values of each column differ from its commonest one."""
    ordered = np.sort(values, axis=0)
    n = len(ordered)
    first = np.ones(ordered.shape, bool)
    first[1:] = ordered[1:] != ordered[:-1]
    start = np.maximum.accumulate(np.where(first, np.arange(n).reshape(-1, *[1] * (ordered.ndim - 1)), 0), axis=0)
    longest = (np.arange(1, n + 1).reshape(-1, *[1] * (ordered.ndim - 1)) - start).max(axis=0)
    return np.asarray(n - longest, dtype=np.int64)
