"""What it is worth to know before deciding: the expected value of perfect information, whole and by quantity.

The alternatives are runs of one model under different policies or scenarios with the same draws, so that row r of each
is the same luck. Deciding now means the alternative that is best on average; knowing a quantity means the one that is
best on average given its value.
"""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.paired import BOOTSTRAP_SEED, RESAMPLES
from buildsim.analysis.proportions import mean
from buildsim.analysis.sensitivity.decomposition import decompose
from buildsim.analysis.sensitivity.groups import Groups
from buildsim.analysis.sensitivity.sample import Sample, basis, sample
from buildsim.analysis.sensitivity.scores import group_predictions
from buildsim.errors import InputError, Problem

Better = Literal["lower", "higher"]
"""Whether low outcomes are good (days, damages) or high ones (MW, value)."""

DEGREE = 3
"""The degree of the polynomial by which an outcome may depend on a quantity."""

CHUNK = 500
"""Inputs that are fitted at a time."""


def perfect_information(
    outcomes: pd.DataFrame,
    *,
    better: Better = "lower",
    confidence: float = 0.95,
    resamples: int = RESAMPLES,
    seed: int = BOOTSTRAP_SEED,
) -> pd.DataFrame:
    """The expected value of perfect information for a decision between alternatives: one row.

    `outcomes` has a column for each alternative and a row for each replication, paired. With u = outcome where higher
    is better and minus the outcome where lower is,

        EVPI = E[max over d of u_d] - max over d of E[u_d]      (Raiffa and Schlaifer 1961)

    that is what knowing everything before deciding would gain on average: a ceiling for what studies, site
    investigations or options to wait can be worth. The interval is the percentile one of a bootstrap of replications,
    in which the best alternative is chosen anew.

    Columns: best (the alternative to choose now), n, expected (its mean [unit of the outcomes]), evpi, low, high [same
    unit], regret_share (share of replications in which another alternative would have been better).

    NaN rule: replications in which an alternative has no outcome are left out. Cap days later than the horizon: then
    EVPI is what is gained within it.

    Errors: InputError for fewer than two alternatives or two replications.
    """
    y = _paired(outcomes)
    u = y if better == "higher" else -y
    best = int(np.argmax(u.mean(axis=0)))
    top = u.max(axis=1)
    evpi = float(top.mean() - u[:, best].mean())
    counts = np.random.default_rng(seed).multinomial(len(u), np.full(len(u), 1.0 / len(u)), size=resamples) / len(u)
    many = counts @ top - (counts @ u).max(axis=1)
    tail = (1.0 - confidence) / 2.0
    low, high = np.quantile(many, [tail, 1.0 - tail], method="inverted_cdf")
    row = {"best": str(outcomes.columns[best]), "n": len(u), "expected": float(y[:, best].mean()), "evpi": evpi}
    row |= {"low": float(low), "high": float(high), "regret_share": float((top > u[:, best]).mean())}
    return pd.DataFrame([row])


def partial_information(
    inputs: pd.DataFrame,
    outcomes: pd.DataFrame,
    *,
    names: Sequence[str] | None = None,
    groups: Groups | None = None,
    better: Better = "lower",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The expected value of partial perfect information (EVPPI) of each input or group, the largest first.

    With g_d the gain of alternative d over the best one now,

        EVPPI of x = E[max over d of E[g_d | x]]

    where E[g_d | x] is a regression of the gains on x (Strong, Oakley and Brennan, Medical Decision Making 34, 2014):
    a cubic of the normal scores for an input, the ridge regression of `group_scores` for a group. Two estimates stand
    side by side, for over thousands of inputs the difference matters:

    - `evppi`: the mean of the largest fitted gain. Noise in the fit looks like knowledge, so it lies above the truth.
    - `validated`: the gain that was really made in each replication by the alternative which the regression on all the
      other replications picks. It cannot profit from noise, so on average it lies below the truth, and it may come out
      negative. The interval `low` to `high` is its t interval.

    Columns: input or group, n, evppi, validated, low, high [unit of the outcomes], share (validated / EVPI), switches
    (share of replications in which another alternative than the best one now is picked).

    Inputs: those of the base run; with the same draws they stand for the same luck in every alternative. Take
    `own_parts` for what knowing a quantity adds to knowing the drivers. Without `names` and `groups` every input that
    varies is looked at; the largest of thousands are then large by luck as well, and so is their interval.

    NaN rule: as `perfect_information`. Errors: as that and `sample`; ValueError when both `names` and `groups` are
    given.
    """
    if names is not None and groups is not None:
        raise ValueError("give names or groups, not both")
    _paired(outcomes)
    held = sample(inputs, outcomes.to_numpy(np.float64))
    u = held.values if better == "higher" else -held.values
    gains = u - u[:, [int(np.argmax(u.mean(axis=0)))]]
    evpi = float(gains.max(axis=1).mean())
    label = "input" if groups is None else "group"
    if groups is not None:
        rows = [
            {label: name} | _value(*both, gains, confidence) for name, both in _by_group(held, groups, gains).items()
        ]
    else:
        chosen = held.columns(names) if names is not None else np.arange(len(held.names))
        rows = []
        for first in range(0, len(chosen), CHUNK):
            rows += _by_input(held, chosen[first : first + CHUNK], gains, confidence)
    table = pd.DataFrame(rows, columns=[label, "evppi", "validated", "low", "high", "switches"])
    table.insert(1, "n", held.n)
    table.insert(6, "share", table["validated"] / evpi if evpi > 0.0 else np.nan)
    return table.sort_values(["validated", "evppi"], ascending=False, kind="stable", ignore_index=True)


def _paired(outcomes: pd.DataFrame) -> Floats:
    y = outcomes.to_numpy(np.float64)
    y = y[~np.isnan(y).any(axis=1)]
    if y.shape[1] < 2 or len(y) < 2:
        message = f"{y.shape[1]} alternatives in {len(y)} replications"
        raise InputError(Problem("outcomes", message, expected="at least two alternatives, and two replications"))
    found: Floats = y
    return found


def _by_input(held: Sample, columns: Ints, gains: Floats, confidence: float) -> list[dict[str, object]]:
    """EVPPI of a chunk of inputs: least squares on polynomials, each replication also predicted without itself."""
    phi = basis(held.inputs[:, columns], DEGREE)
    weights = np.einsum("kni,nd->kid", phi, gains) / held.n
    leverage = (phi * phi).sum(axis=0) / held.n + 1.0 / held.n
    fits = [gains[:, d].mean() + np.einsum("kni,ki->ni", phi, weights[:, :, d]) for d in range(gains.shape[1])]
    rows: list[dict[str, object]] = []
    for place, column in enumerate(columns):
        fit = np.column_stack([one[:, place] for one in fits])
        alone = gains - (gains - fit) / np.maximum(1.0 - leverage[:, [place]], 1e-9)
        rows.append({"input": held.names[column]} | _value(fit, alone, gains, confidence))
    return rows


def _by_group(held: Sample, groups: Groups, gains: Floats) -> dict[str, tuple[Floats, Floats]]:
    """The gains that each group predicts: fitted, and for each replication from the others."""
    found: dict[str, tuple[Floats, Floats]] = {}
    for d in range(gains.shape[1]):
        y = gains[:, d]
        if np.ptp(y) == 0.0:
            continue
        parts = decompose(Sample(held.names, held.inputs, y, held.constant), groups)
        for label, (fit, alone) in group_predictions(parts).items():
            both = found.setdefault(label, (np.zeros_like(gains), np.zeros_like(gains)))
            both[0][:, d] = y.mean() + y.std() * fit
            both[1][:, d] = y.mean() + y.std() * alone
    return found


def _value(fit: Floats, alone: Floats, gains: Floats, confidence: float) -> dict[str, object]:
    picked = _picked(alone, gains)
    made = mean(gains[np.arange(len(gains)), picked], confidence)
    switches = float((picked != _picked(np.zeros_like(gains), gains)).mean())
    row: dict[str, object] = {"evppi": float(fit.max(axis=1).mean() - fit.mean(axis=0).max())}
    return row | {"validated": made.estimate, "low": made.low, "high": made.high, "switches": switches}


def _picked(predicted: Floats, gains: Floats) -> NDArray[np.int64]:
    """The alternative with the largest predicted gain; the best one now where it is not beaten."""
    best = int(np.argmax(gains.mean(axis=0)))
    found = predicted.argmax(axis=1)
    beaten = predicted[np.arange(len(found)), found] > predicted[:, best]
    return np.where(beaten, found, best).astype(np.int64)
