"""Draws of quantities that are known to exceed a value, such as a duration of which part has passed."""

import math
from collections.abc import Sequence

import numpy as np

from buildsim.errors import Problem
from buildsim.sampling.designs import LEAST
from buildsim.sampling.effects import Effects
from buildsim.sampling.inputs import Input
from buildsim.spec.distributions import Array, Distribution


class Known:
    """The inputs with `above`: their draws are conditional, u' = F(a) + u (1 - F(a)).

    `above` is about the quantity after its drivers, so `a` is taken back through them for each replication. Where they
    leave nothing above it, the value is the next number above it: what has lasted so long ends at once.
    """

    def __init__(self, inputs: Sequence[Input], effects: Effects) -> None:
        self.problems: list[Problem] = []
        """What is wrong: values that a quantity can never exceed."""
        self._effects = effects
        self._entries: list[tuple[int, float, Distribution]] = []
        for row, declared in enumerate(inputs):
            if declared.above is None:
                continue
            dist = declared.quantity.dist
            self._entries.append((row, declared.above, dist))
            if declared.above >= dist.high and row not in effects.touched:
                message = f"it is known to exceed {declared.above:g}, but it is {dist.high:g} at most"
                self.problems.append(Problem(declared.name, message, expected="a higher upper limit"))

    def condition(self, uniforms: Array, drivers: Array) -> None:
        """Turn `uniforms` [-] (a row for each input) into conditional ones in place; `drivers` are their values."""
        for row, above, dist in self._entries:
            factor, addend = self._effects.on(row, drivers)
            uniforms[row] = _conditional(uniforms[row], dist, above, factor, addend)

    def lift(self, values: Array) -> None:
        """Raise `values` [unit of each quantity] that are not above what is known to just above it, in place."""
        for row, above, _ in self._entries:
            values[row] = np.maximum(values[row], np.nextafter(above, math.inf))

    def plan(self, planned: Array, drivers: Array) -> None:
        """Give their conditional median to planning values that what is known has overtaken, in place."""
        for row, above, dist in self._entries:
            if planned[row, 0] <= above:
                factor, addend = self._effects.on(row, drivers)
                planned[row] = dist.ppf(_conditional(np.array([0.5]), dist, above, factor, addend)) * factor + addend
        self.lift(planned)


def _conditional(uniforms: Array, dist: Distribution, above: float, factor: Array, addend: Array) -> Array:
    """Uniforms [-] of draws x with x factor + addend > above."""
    acting = factor > 0.0
    threshold = np.where(acting, (above - addend) / np.where(acting, factor, 1.0), -math.inf)
    passed = dist.cdf(threshold)
    return np.clip(passed + uniforms * (1.0 - passed), LEAST, 1.0 - LEAST)
