"""Sampling designs: how the uniforms of many names are laid out over the replications of a run."""

from collections.abc import Sequence
from typing import Literal, Protocol, get_args

import numpy as np

from buildsim.sampling.streams import stream_key, uniform_rows
from buildsim.spec.distributions import Array

Design = Literal["monte-carlo", "latin-hypercube", "sobol"]
"""The names of the designs."""

DESIGNS: tuple[str, ...] = get_args(Design)
"""The names of the designs, in a tuple."""

LEAST = 2.0**-53
"""No uniform is below this or above one minus this [-]."""


class Layout(Protocol):
    """What a design does."""

    def rows(self, first: int, count: int) -> Array:
        """The uniforms [-], each in (0, 1): a row for each name, a column for each replication from `first` on."""
        ...


class MonteCarlo:
    """Independent draws: edit-proof bit for bit, and a run can be extended."""

    def __init__(self, names: Sequence[str], seed: int) -> None:
        self._keys = [stream_key(seed, name) for name in names]

    def rows(self, first: int, count: int) -> Array:
        """See `Layout`."""
        return uniform_rows(self._keys, first, count)


class LatinHypercube:
    """One draw in each of n equally likely strata, in an order of its own for each name (McKay et al. 1979).

    Edit-proof for a fixed number of replications; a run can be resumed but not extended.
    """

    def __init__(self, names: Sequence[str], seed: int, replications: int) -> None:
        self._within = MonteCarlo(names, seed)
        self._keys = [stream_key(seed, f"{name}\0strata") for name in names]
        self._replications = replications
        self._strata: np.ndarray[tuple[int, int], np.dtype[np.int32]] | None = None

    def rows(self, first: int, count: int) -> Array:
        """See `Layout`."""
        if self._strata is None:
            self._strata = self._permutations()
        strata = self._strata[:, first : first + count]
        draws: Array = (strata + self._within.rows(first, count)) / self._replications
        return np.clip(draws, LEAST, 1.0 - LEAST)

    def _permutations(self) -> np.ndarray[tuple[int, int], np.dtype[np.int32]]:
        """The stratum of each replication, a row for each name, by the order of keyed draws."""
        strata = np.empty((len(self._keys), self._replications), dtype=np.int32)
        for row, key in enumerate(self._keys):
            strata[row] = np.argsort(uniform_rows([key], 0, self._replications)[0], kind="stable")
        return strata


class Sobol:
    """A scrambled Sobol sequence over a list of names, in its order (Owen 1998; scipy's direction numbers).

    Not edit-proof: another name in the list changes the draws of all. A run can be resumed but not extended. The
    sequence is most even when the number of replications is a power of two.
    """

    _HALF_STEP = 2.0**-31

    def __init__(self, names: Sequence[str], seed: int) -> None:
        generator = np.random.Generator(np.random.Philox(np.random.SeedSequence(stream_key(seed, "\0sobol"))))
        from scipy.stats import qmc  # takes most of a second to import, and few runs need it

        self._sequence = qmc.Sobol(len(names), scramble=True, bits=30, seed=generator)

    def rows(self, first: int, count: int) -> Array:
        """See `Layout`."""
        self._sequence.reset()
        if first:
            self._sequence.fast_forward(first)
            points = self._sequence.random(count)
        else:
            points = self._sequence.random(1 << max(count - 1, 0).bit_length())[:count]
        return np.ascontiguousarray(points.T) + self._HALF_STEP


class Mixed:
    """A Sobol sequence for some names and a Latin hypercube for the rest."""

    def __init__(self, names: Sequence[str], seed: int, replications: int, sobol: Sequence[str]) -> None:
        row = {name: index for index, name in enumerate(names)}
        chosen = set(sobol)
        self._even = [row[name] for name in sobol]
        self._others = [index for index, name in enumerate(names) if name not in chosen]
        self._sobol = Sobol(sobol, seed) if sobol else None
        self._rest = LatinHypercube([names[index] for index in self._others], seed, replications)

    def rows(self, first: int, count: int) -> Array:
        """See `Layout`."""
        draws = np.empty((len(self._even) + len(self._others), count))
        if self._sobol is not None:
            draws[self._even] = self._sobol.rows(first, count)
        draws[self._others] = self._rest.rows(first, count)
        return draws


def layout(design: str, names: Sequence[str], seed: int, replications: int, sobol: Sequence[str]) -> Layout:
    """The layout of a design over the names; `sobol` are those that a Sobol design serves by its sequence."""
    if design == "monte-carlo":
        return MonteCarlo(names, seed)
    if design == "latin-hypercube":
        return LatinHypercube(names, seed, replications)
    return Mixed(names, seed, replications, sobol)
