"""Shares over those replications that have any: a replication in which there is nothing to share says nothing."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats


def divided(part: Floats, whole: Floats, least: float = 0.0) -> Floats:
    """Shares of a whole; NaN where it is not above `least`."""
    whole = np.broadcast_to(whole, part.shape)
    found: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > least)
    return found


def mean(part: Floats) -> Floats:
    """The mean of each column over the replications that have a share; NaN where none has."""
    count = held(part)
    found: Floats = np.divide(np.nansum(part, axis=0), count, out=np.full(count.shape, np.nan), where=count > 0)
    return found


def held(part: Floats) -> NDArray[np.int64]:
    """How many replications have a share, by column."""
    found: NDArray[np.int64] = np.isfinite(part).sum(axis=0)
    return found


def with_levels(found: pd.DataFrame, part: Floats, levels: Sequence[float]) -> pd.DataFrame:
    """A table with a column for each level: its quantile, as of `quantiles.bands`, over replications with a share."""
    count, ordered = held(part), np.sort(np.where(np.isnan(part), np.inf, part), axis=0)
    for level in levels:
        rank = np.maximum(np.ceil(count * level - 1e-9), 1.0).astype(np.int64) - 1
        value = np.take_along_axis(ordered, rank[None, :], axis=0)[0]
        found = found.assign(**{quantiles.column(level): np.where(count > 0, value, np.nan)})
    return found
