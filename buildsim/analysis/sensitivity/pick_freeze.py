"""Pick and freeze: the draws of a designed sample for first-order and total Sobol indices of a short list."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.frames import Ints
from buildsim.analysis.sensitivity.groups import OTHER, Groups, assigned
from buildsim.errors import InputError, Problem
from buildsim.model.root import Model
from buildsim.program.compile import compile_model
from buildsim.sampling.designs import Layout
from buildsim.sampling.sampler import Sampler

MOST = 50
"""Each quantity or group costs as many replications again, so the list is short."""


@dataclass(frozen=True)
class PickFreeze:
    """A designed sample: two independent samples A and B of n replications each, and the mixtures of the two.

    A is replications 0 to n - 1 of `simulate(model, 2 * n, seed)`, and B is replications n to 2 n - 1 of it. Mixture g
    is `simulate(model, n, seed, draws=mixtures[g])`: A with the quantities of g from B.
    """

    replications: int
    """n."""
    seed: int
    mixtures: Mapping[str, pd.DataFrame]
    """By label, the columns that differ from A [unit of each quantity], a row a replication."""

    @property
    def cost(self) -> int:
        """Replications in all: n (2 + number of mixtures)."""
        return self.replications * (2 + len(self.mixtures))


def pick_freeze(model: Model, groups: Groups | Sequence[str], replications: int, seed: int = 1) -> PickFreeze:
    """The draws for first-order and total indices of a short list of quantities, or groups of quantities.

    `groups` are labels with patterns of names, or a list of names that each stand alone. What is exchanged is the luck
    of the quantities, before drivers and correlations act: a driver that is exchanged moves everything that it acts on,
    and a quantity keeps the drivers of A. Of correlated quantities it is the part that those declared before them do
    not explain. What is not on the list, draws of days and second tries included, stays as in A, and is B's own in B:
    so the indices count interactions with it where they should, and first-order indices have no part of it.

    The design is plain Monte Carlo; a mixture costs n replications, whatever the size of its group (Saltelli et al.,
    Computer Physics Communications 181, 2010).

    Errors: InputError for a pattern that matches nothing, an empty list, more than 50 entries, or fewer than two
    replications.
    """
    labels: Groups = groups if isinstance(groups, Mapping) else {name: [name] for name in groups}
    program = compile_model(model)
    sampler = _Mixing(
        program.inputs, drivers=model.drivers, correlations=model.correlations, seed=seed, replications=2 * replications
    )
    members = {key: rows for key, rows in assigned(sampler.names, labels).items() if key != OTHER or key in labels}
    if not 0 < len(members) <= MOST or replications < 2:
        message = f"{len(members)} quantities or groups in {replications} replications"
        raise InputError(Problem("groups", message, expected=f"1 to {MOST} of them, and at least 2 replications"))
    base = sampler.block(0, replications)
    mixtures = {}
    for label, rows in members.items():
        mixed = sampler.mixed(np.array(rows), replications)
        changed = np.flatnonzero((mixed != base).any(axis=0))
        names = [sampler.names[column] for column in changed]
        mixtures[label] = pd.DataFrame(mixed[:, changed], columns=names)
    return PickFreeze(replications, seed, mixtures)


class _Mixing(Sampler):
    """A sampler that can take the luck of some names from later replications."""

    def mixed(self, rows: Ints, shift: int) -> NDArray[np.float64]:
        """The values of the first `shift` replications with the uniforms of `rows` from `shift` replications on."""
        whole = self._layout
        self._layout = _Exchanged(whole, rows, shift)
        try:
            return self.block(0, shift)
        finally:
            self._layout = whole


class _Exchanged:
    """A layout with some rows from later replications."""

    def __init__(self, whole: Layout, rows: Ints, shift: int) -> None:
        self._whole, self._rows, self._shift = whole, rows, shift

    def rows(self, first: int, count: int) -> NDArray[np.float64]:
        """See `Layout`."""
        found = self._whole.rows(first, count)
        found[self._rows] = self._whole.rows(first + self._shift, count)[self._rows]
        return found
