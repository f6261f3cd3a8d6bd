"""Correlation between named quantities."""

from typing import Annotated, Self

import numpy as np
from pydantic import Field, model_validator

from buildsim.spec.base import Declared
from buildsim.spec.distributions import Array

_LEAST_EIGENVALUE = 1e-10


class Correlation(Declared):
    """Quantities that tend to be high or low together, by a Gaussian copula.

    The coefficients are those of the normal scores; the rank correlation (Spearman) of two quantities is then
    6/pi asin(rho/2), a little less than rho. Each quantity keeps its own distribution.
    """

    between: Annotated[tuple[str, ...], Field(min_length=2)]
    """The names of the quantities, in full; `drivers.NAME` for a driver. The first one keeps its draws."""
    rho: float | None = None
    """The correlation of each pair [-]. Give this or `matrix`."""
    matrix: tuple[tuple[float, ...], ...] | None = None
    """The correlation of each pair [-], as rows in the order of `between`: symmetric, with ones on the diagonal."""

    @model_validator(mode="after")
    def _check(self) -> Self:
        if len(set(self.between)) < len(self.between):
            twice = next(name for name in self.between if self.between.count(name) > 1)
            raise ValueError(f"'{twice}' stands twice in one correlation")
        if (self.rho is None) == (self.matrix is None):
            raise ValueError("give either rho or matrix")
        size = len(self.between)
        if self.matrix is not None and (len(self.matrix) != size or any(len(row) != size for row in self.matrix)):
            raise ValueError(f"the matrix must have {size} rows of {size} numbers, one for each of 'between'")
        matrix = self.coefficients()
        if not np.isfinite(matrix).all() or (np.abs(matrix) > 1.0).any():
            raise ValueError("a correlation lies between -1 and 1")
        if (matrix != matrix.T).any() or (np.diag(matrix) != 1.0).any():
            raise ValueError("the matrix must be symmetric, with ones on the diagonal")
        if (least := float(np.linalg.eigvalsh(matrix)[0])) <= _LEAST_EIGENVALUE:
            reason = f"the matrix is not positive definite (least eigenvalue {least:.2g})"
            raise ValueError(f"these correlations contradict each other: {reason}")
        return self

    def coefficients(self) -> Array:
        """The correlation of each pair [-], a symmetric matrix in the order of `between`."""
        if self.matrix is not None:
            return np.array(self.matrix, dtype=np.float64)
        size = len(self.between)
        matrix = np.full((size, size), np.nan if self.rho is None else self.rho)
        np.fill_diagonal(matrix, 1.0)
        return matrix
