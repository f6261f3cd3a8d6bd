"""The own part of each input: what is left of it when the drivers and its correlated companions are taken out.

A driver that multiplies a thousand craft-hours makes all of them move together, so each is correlated with whatever the
driver moves, and their shares add up to far more than the whole. The own parts are independent of one another and of
the drivers: that is what sums over inputs need.
"""

from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis.sensitivity.sample import scores
from buildsim.spec.drivers import matcher

PREFIX = "drivers."
"""How the names of drivers begin."""


def own_parts(inputs: pd.DataFrame, model: Any) -> pd.DataFrame:
    """The inputs with the effect of the model's drivers and correlations undone; rows and columns stay as they are.

    own = (value - sum of the drivers that add) / product of the drivers that multiply [unit of each quantity]. The
    members of a correlation become the innovations of their normal scores in declared order, L^-1 z with L the Cholesky
    factor of the declared coefficients [standard deviations]: each the part that those before it do not explain (the
    inverse of `sampling.copula`; "uncorrelated" indices in the terms of Mara and Tarantola, Reliability Engineering and
    System Safety 107, 2012). Drivers keep their values.

    What cannot be undone stays: a share held at 1, a quantity held at 0, and what is known to have lasted until the
    start, whose draw depends on its drivers a little.
    """
    own = inputs.copy()
    names = [str(name) for name in inputs.columns if not str(name).startswith(PREFIX)]
    place = {str(name): index for index, name in enumerate(inputs.columns)}
    values = own.to_numpy(np.float64, copy=True)
    for wanted in ("add", "multiply"):
        for key, driver in model.drivers.items():
            if driver.effect == wanted and f"{PREFIX}{key}" in place:
                factor = inputs[f"{PREFIX}{key}"].to_numpy(np.float64)[:, None]
                rows = [place[name] for name in names if any(matcher(one).fullmatch(name) for one in driver.on)]
                if wanted == "add":
                    values[:, rows] -= factor
                else:
                    values[:, rows] /= np.where(factor == 0.0, 1.0, factor)
    for correlation in model.correlations:
        held = [index for index, name in enumerate(correlation.between) if name in place]
        rows = [place[correlation.between[index]] for index in held]
        lower = np.linalg.cholesky(correlation.coefficients()[np.ix_(held, held)])
        values[:, rows] = np.linalg.solve(lower, scores(values[:, rows]).T).T
    kept = own.columns != "replication"
    return pd.DataFrame(values, index=own.index, columns=own.columns).assign(
        **({} if kept.all() else {"replication": inputs["replication"]})
    )
