"""Correlation of uniforms by a Gaussian copula."""

from collections.abc import Sequence

import numpy as np
from scipy.special import ndtr, ndtri

from buildsim.errors import Problem
from buildsim.sampling.designs import LEAST
from buildsim.spec.base import nearest
from buildsim.spec.correlation import Correlation
from buildsim.spec.distributions import Array


class Copula:
    """Correlates rows of uniforms in place; the rows of no group, and the first row of each, stay as they are.

    Normal scores z are mixed as L z, L being the Cholesky factor in declared order, so that a row depends on the rows
    declared before it only. The sums run in a fixed order, so that the draws do not depend on the size of the block.
    """

    def __init__(self, names: Sequence[str], correlations: Sequence[Correlation]) -> None:
        row = {name: index for index, name in enumerate(names)}
        self._groups = [
            ([row[name] for name in correlation.between], np.linalg.cholesky(correlation.coefficients()))
            for correlation in correlations
        ]

    def apply(self, uniforms: Array) -> None:
        """Correlate `uniforms` [-], a row for each name and a column for each replication."""
        for rows, factor in self._groups:
            scores = ndtri(uniforms[rows])
            for index in range(1, len(rows)):
                mixed = factor[index, 0] * scores[0]
                for other in range(1, index + 1):
                    mixed = mixed + factor[index, other] * scores[other]
                uniforms[rows[index]] = np.clip(ndtr(mixed), LEAST, 1.0 - LEAST)


def problems(names: Sequence[str], correlations: Sequence[Correlation]) -> list[Problem]:
    """What is wrong with the names that are correlated: unknown ones, and those in two groups."""
    found: list[Problem] = []
    known = set(names)
    seen: dict[str, int] = {}
    for index, correlation in enumerate(correlations):
        path = f"correlations.{index}.between"
        for name in correlation.between:
            if name not in known:
                found.append(Problem(path, f"no quantity is named '{name}'", nearest=nearest(name, names)))
            elif name in seen:
                message = f"'{name}' is in two correlations: join them in one matrix"
                found.append(Problem(path, message, expected=f"it in correlations.{seen[name]} alone"))
            seen.setdefault(name, index)
    return found
