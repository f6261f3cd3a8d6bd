"""The draws of all inputs of a model, in blocks of replications."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from buildsim.errors import InputError, Problem
from buildsim.sampling import copula, given
from buildsim.sampling.columns import Columns
from buildsim.sampling.copula import Copula
from buildsim.sampling.designs import DESIGNS, Design, layout
from buildsim.sampling.effects import Effects
from buildsim.sampling.inputs import Input
from buildsim.sampling.known import Known
from buildsim.spec.base import nearest
from buildsim.spec.correlation import Correlation
from buildsim.spec.distributions import Array
from buildsim.spec.drivers import Driver

if TYPE_CHECKING:
    import pandas as pd

_MOST_SOBOL = 1000
"""How many names a Sobol design serves by its sequence unless told otherwise."""


class Sampler:
    """Draws every input of a model by its name.

    With the Monte Carlo design a draw depends on (seed, replication, name) only, bit for bit. Correlated quantities
    depend on those before them in their group as well, and every quantity on the drivers that act on it.
    """

    def __init__(
        self,
        inputs: Sequence[Input],
        *,
        drivers: Mapping[str, Driver] | None = None,
        correlations: Sequence[Correlation] = (),
        seed: int,
        design: Design = "monte-carlo",
        replications: int,
        sobol: Sequence[str] = (),
    ) -> None:
        """Prepare to draw `inputs`, in their order.

        `drivers` act on them and `correlations` tie them; `sobol` lists the names that a Sobol design serves by its
        sequence (by default all drivers, then inputs, up to 1,000).

        Raises:
            InputError: every problem: repeated or unknown names, patterns without a match, drivers that do not fit what
                they act on, values that can never be exceeded, an unknown design, a negative seed, no replications.
        """
        self._drivers = dict(drivers or {})
        self._inputs = tuple(inputs)
        self.names: tuple[str, ...] = (*(one.name for one in inputs), *(f"drivers.{key}" for key in self._drivers))
        """The name of each column: the inputs in their order, then the drivers as `drivers.NAME`."""
        self._replications = replications
        self._effects = Effects(self._inputs, self._drivers)
        self._known = Known(self._inputs, self._effects)
        problems = [
            *_repeated(self.names),
            *self._effects.problems,
            *self._known.problems,
            *copula.problems(self.names, correlations),
            *_design_problems(self.names, design, seed, replications, sobol),
        ]
        if problems:
            raise InputError(problems)
        by_default = [*self.names[len(inputs) :], *self.names[: len(inputs)]][:_MOST_SOBOL]
        self._layout = layout(design, self.names, seed, replications, sobol or by_default)
        self._copula = Copula(self.names, correlations)
        self._columns = Columns([declared.quantity.dist for declared in inputs])
        self._driver_columns = Columns([driver.distribution() for driver in self._drivers.values()])
        self._given: dict[int, Array] = {}

    def given(self, frame: "pd.DataFrame") -> None:
        """Replace the draws of the columns of `frame` by its values [unit of each quantity].

        Row r is replication r, unless a column `replication` says otherwise. Given values are final: no driver acts on
        them, and a given driver acts on the others with its given values.

        Raises:
            InputError: every problem: unknown or repeated columns, too few rows, what is not a finite number, or a
                number outside the range of its quantity.
        """
        self._given |= given.read(frame, self.names, self._inputs, self._replications)

    def block(self, first: int, count: int) -> Array:
        """The values [unit of each quantity] of replications `first` to `first + count - 1`, bit for bit for any split.

        Returns:
            Shape (count, number of names), after copula and drivers.

        Raises:
            ValueError: if the block reaches outside the run.
        """
        if first < 0 or count < 0 or first + count > self._replications:
            last = self._replications - 1
            raise ValueError(f"replications {first} to {first + count - 1} are not within 0 to {last}")
        size = len(self._inputs)
        uniforms = self._layout.rows(first, count)
        self._copula.apply(uniforms)
        drivers = self._driver_columns.values(uniforms[size:])
        self._replace(drivers, size, first)
        self._known.condition(uniforms[:size], drivers)
        values = self._columns.values(uniforms[:size])
        self._effects.apply(values, drivers)
        self._known.lift(values)
        self._replace(values, 0, first)
        return np.ascontiguousarray(np.concatenate((values, drivers)).T)

    def _replace(self, values: Array, offset: int, first: int) -> None:
        """Put given values in place of those drawn; `values` has a row for each name from `offset` on."""
        for index, column in self._given.items():
            if 0 <= index - offset < len(values):
                values[index - offset] = column[first : first + values.shape[1]]

    def plan(self) -> Array:
        """The planning value [unit of each quantity] of every name.

        Drivers stay without effect unless they declare `plan`; a quantity that what is known has overtaken takes its
        conditional median.

        Returns:
            Shape (number of names,).
        """
        drivers = np.array([[driver.planning()] for driver in self._drivers.values()]).reshape(-1, 1)
        values = np.array([[declared.quantity.planning()] for declared in self._inputs]).reshape(-1, 1)
        self._effects.apply(values, drivers)
        self._known.plan(values, drivers)
        return np.concatenate((values, drivers))[:, 0]


def _repeated(names: Sequence[str]) -> list[Problem]:
    seen: set[str] = set()
    problems = []
    for name in names:
        if name in seen:
            problems.append(Problem(name, "two quantities have this name"))
        seen.add(name)
    return problems


def _design_problems(
    names: Sequence[str], design: str, seed: int, replications: int, sobol: Sequence[str]
) -> list[Problem]:
    problems = []
    if design not in DESIGNS:
        expected = ", ".join(DESIGNS)
        problems.append(
            Problem("design", f"no design is named '{design}'", None, None, expected, nearest(design, DESIGNS))
        )
    if seed < 0:
        problems.append(Problem("seed", f"the seed must not be negative, but it is {seed}"))
    if replications < 1:
        problems.append(Problem("replications", f"there must be at least one replication, not {replications}"))
    known = set(names)
    problems += [
        Problem("sobol", f"no quantity is named '{name}'", nearest=nearest(name, names))
        for name in sobol
        if name not in known
    ]
    problems += [
        Problem("sobol", f"'{name}' is listed twice") for name in sorted({n for n in sobol if sobol.count(n) > 1})
    ]
    return problems
