"""Swings: how far the outcome moves between the lowest and the highest fifth of an input, or of a group of inputs."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats
from buildsim.analysis.paired import BOOTSTRAP_SEED, RESAMPLES
from buildsim.analysis.sensitivity.correlation import rank_correlation
from buildsim.analysis.sensitivity.decomposition import decompose
from buildsim.analysis.sensitivity.groups import Groups
from buildsim.analysis.sensitivity.outcomes import Outcome
from buildsim.analysis.sensitivity.sample import Sample, sample
from buildsim.analysis.sensitivity.scores import group_scores

SMALLEST = 10
"""An end with fewer replications has no statistic."""

COLUMNS = [
    "n", "n_low", "n_high", "x_low", "x_high", "at_low", "at_high", "swing", "low", "high", "at_least", "base",
]  # fmt: skip


def swings(
    inputs: pd.DataFrame,
    values: ArrayLike | Outcome,
    *,
    names: Sequence[str] | None = None,
    groups: Groups | None = None,
    statistic: float | Literal["mean"] = 0.8,
    fifth: float = 0.2,
    most: int = 15,
    cap: float | None = None,
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> pd.DataFrame:
    """The swing of a statistic of the outcome between both ends of each input, the widest first: a tornado, from data.

    The statistic, a quantile (0.8: P80) or the mean, is taken over the replications in which the input is in its lowest
    fifth and over those in which it is in its highest; everything else varies as it does. So a swing holds what comes
    with the input by the model's logic and correlations: take the `own_parts` of the inputs for what is its own. An
    input with few values, such as whether an event happens, has its lowest against its highest values: `n_low` and
    `n_high` say how many replications that is.

    What is shown:

    - `groups`: each group, by the score that its inputs predict for each replication from all the others (see
      `group_scores`), or by its one input where it has no more. The swing of a score is what the sample can see of the
      group: with many weak inputs, less than there is; about zero, or below, when it sees nothing.
    - `names`: these inputs.
    - neither: the `most` inputs with the largest |rho| among those that are significant (`rank_correlation`, Benjamini
      and Hochberg, 5 %). To be among the largest of thousands takes luck too, so these swings are somewhat too wide.

    The interval is the percentile one of a bootstrap of the replications, which are sorted anew each time; within each
    end for an input with few values. A quantile that is the cap (of an `Outcome`, or `cap`) lies at the horizon or
    beyond, so its swing is `at_least` what it says.

    Columns: input or group, n, n_low, n_high, x_low, x_high (mean of the input in each end [its unit], or of the score
    [standard deviations of the outcome]), at_low, at_high (the statistic [unit of the outcome]), swing (at_high -
    at_low), low, high (its interval), at_least, base (the statistic over all replications).

    NaN rule: as `rank_correlation`; an end with fewer than 10 replications makes the row NaN.

    Errors: as `sample`; InputError for unknown names; ValueError for a statistic or fifth outside their range.
    """
    if not (statistic == "mean" or 0.0 < float(statistic) < 1.0) or not 0.0 < fifth <= 0.5:
        raise ValueError("the statistic is 'mean' or a level between 0 and 1, and an end holds at most half")
    top = values.cap if cap is None and isinstance(values, Outcome) else cap
    held = sample(inputs, np.asarray(values, np.float64))
    label = "input" if groups is None else "group"
    alone: dict[str, Floats] = {}
    if groups is not None:
        found = decompose(held, groups)
        alone = {name: held.inputs[:, group[0]] for name, group in found.members.items() if len(group) == 1}
        ends = group_scores(found) | alone
        picked, x = list(ends), np.column_stack(list(ends.values()))
    else:
        picked = list(names) if names is not None else _significant(held, most)
        x = held.inputs[:, held.columns(picked)]
    generator = np.random.default_rng(seed)
    level = None if statistic == "mean" else float(statistic)
    rows = [
        {label: name} | _row(x[:, index], held.values, level, fifth, (generator, resamples, confidence))
        for index, name in enumerate(picked)
    ]
    table = pd.DataFrame(rows, columns=[label, *COLUMNS])
    table["base"] = float(_statistic(held.values[None, :], level)[0])
    limit = np.inf if top is None else top
    table["at_least"] = (level is not None) & (table[["at_low", "at_high"]].max(axis=1) >= limit)
    signed = [name in alone for name in table[label]] if groups is not None else [True] * len(table)
    order = np.argsort(-np.where(signed, table["swing"].abs(), table["swing"]), kind="stable")
    return table.iloc[order].reset_index(drop=True)


def _significant(held: Sample, most: int) -> list[str]:
    frame = pd.DataFrame(held.inputs, columns=list(held.names))
    table = rank_correlation(frame, held.values, method="bh")
    return list(table.loc[table["significant"], "input"].head(most))


def _row(
    x: Floats, y: Floats, level: float | None, fifth: float, draw: tuple[np.random.Generator, int, float]
) -> dict[str, object]:
    generator, resamples, confidence = draw
    below, above = _ends(x, fifth)
    row: dict[str, object] = {"n": len(y), "n_low": int(below.sum()), "n_high": int(above.sum())}
    if min(below.sum(), above.sum()) < SMALLEST:
        return row
    low, high = (float(_statistic(y[None, end], level)[0]) for end in (below, above))
    if below.sum() == above.sum() == quantiles.rank(len(x), fifth):
        order, count = np.argsort(x, kind="stable"), int(below.sum())
        picks = order[np.sort(_picks(generator, resamples, len(x)), axis=1)]
        many = [_statistic(y[part], level) for part in (picks[:, :count], picks[:, -count:])]
    else:
        many = [_statistic(y[end][_picks(generator, resamples, int(end.sum()))], level) for end in (below, above)]
    tail = (1.0 - confidence) / 2.0
    ends = np.quantile(many[1] - many[0], [tail, 1.0 - tail], method="inverted_cdf")
    row |= {"x_low": float(x[below].mean()), "x_high": float(x[above].mean()), "at_low": low, "at_high": high}
    return row | {"swing": high - low, "low": float(ends[0]), "high": float(ends[1])}


def _ends(x: Floats, fifth: float) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """The replications in the lowest and in the highest part of x; what is tied goes with its end."""
    ordered = np.sort(x)
    count = quantiles.rank(len(x), fifth)
    first, last = ordered[count - 1], ordered[len(x) - count]
    if first < last:
        return x <= first, x >= last
    return (x <= first, x > first) if (x > first).any() else (x < first, x >= first)


def _picks(generator: np.random.Generator, resamples: int, size: int) -> NDArray[np.int64]:
    return generator.integers(0, size, size=(resamples, size))


def _statistic(samples: Floats, level: float | None) -> Floats:
    """The mean, or the quantile as the order statistic that `quantiles` takes, of each row."""
    if level is None:
        means: Floats = samples.mean(axis=1)
        return means
    rank = quantiles.rank(samples.shape[1], level) - 1
    found: Floats = np.partition(samples, rank, axis=1)[:, rank]
    return found
