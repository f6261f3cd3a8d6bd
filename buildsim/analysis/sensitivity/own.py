"""The own part of each input: what is left of it when the drivers and its correlated companions are taken out.

A driver that multiplies a thousand craft-hours makes all of them move together, so each is correlated with whatever the
driver moves, and their shares add up to far more than the whole. The own parts are independent of one another and of
the drivers: that is what sums over inputs need.
"""

import numpy as np
import pandas as pd

from buildsim.analysis.frames import Floats
from buildsim.analysis.sensitivity.sample import scores
from buildsim.errors import InputError, Problem
from buildsim.model.root import Model
from buildsim.program.compile import compile_model
from buildsim.sampling.effects import Effects
from buildsim.sampling.inputs import Input

PREFIX = "drivers."
"""How the names of drivers begin."""


def own_parts(inputs: pd.DataFrame, model: Model) -> pd.DataFrame:
    """The inputs with the effect of the model's drivers and correlations undone; rows and columns stay as they are.

    - own = (value - sum of the drivers that add) / product of the drivers that multiply [unit of each quantity];
    - a quantity that is known to exceed a value (an order under way at the start) is drawn from what its drivers leave
      above it: own is its place in that distribution, (F(own) - F(a)) / (1 - F(a)) with `a` taken back through the
      drivers [0 to 1], and a half where they leave nothing;
    - the members of a correlation become the innovations of their normal scores in declared order, L^-1 z, with L the
      Cholesky factor of the declared coefficients [standard deviations]: each the part that those before it do not
      explain (the inverse of `sampling.copula`; the uncorrelated effects of Mara and Tarantola, Reliability Engineering
      and System Safety 107, 2012).

    Drivers keep their values, and so do columns that are no input of the model. What cannot be undone stays: a share
    that its drivers hold at 1, a quantity that they hold at 0. Columns that were given to a run (`draws=`) are final,
    no driver has acted on them: leave them out.

    Errors: InputError when the column of a driver is missing.
    """
    place = {str(name): index for index, name in enumerate(inputs.columns)}
    missing = [key for key in model.drivers if f"{PREFIX}{key}" not in place]
    if missing:
        raise InputError([Problem(f"{PREFIX}{key}", "the inputs have no column for this driver") for key in missing])
    declared = compile_model(model).inputs
    effects = Effects(declared, model.drivers)
    values = inputs.to_numpy(np.float64, copy=True)
    drivers = values[:, [place[f"{PREFIX}{key}"] for key in model.drivers]].T
    for row, one in enumerate(declared):
        if one.name in place and (row in effects.touched or one.above is not None):
            factor, addend = effects.on(row, drivers)
            column = place[one.name]
            own = (values[:, column] - addend) / np.where(factor == 0.0, 1.0, factor)
            values[:, column] = own if one.above is None else _placed(own, one, factor, addend)
    for correlation in model.correlations:
        held = [index for index, name in enumerate(correlation.between) if name in place]
        rows = [place[correlation.between[index]] for index in held]
        lower = np.linalg.cholesky(correlation.coefficients()[np.ix_(held, held)])
        values[:, rows] = np.linalg.solve(lower, scores(values[:, rows]).T).T
    return pd.DataFrame(values, index=inputs.index, columns=inputs.columns)


def _placed(own: Floats, one: Input, factor: Floats, addend: Floats) -> Floats:
    """Where a value lies in what its drivers leave above what is known [0 to 1]."""
    above = -np.inf if one.above is None else one.above
    acts = factor > 0.0
    start = np.where(acts, (above - addend) / np.where(acts, factor, 1.0), -np.inf)
    passed, reached = one.quantity.dist.cdf(start), one.quantity.dist.cdf(own)
    left = 1.0 - passed
    some = left > 1e-9
    return np.where(some, np.clip((reached - passed) / np.where(some, left, 1.0), 0.0, 1.0), 0.5)
