"""How sure the figures of Latin hypercube and quasi-Monte Carlo samples are: from independent randomisations.

Within one such sample the replications depend on each other: that is what makes it even. So what holds for independent
replications does not hold here. The t interval of a mean is usually too wide (McKay, Beckman and Conover, Technometrics
21, 1979; Stein, Technometrics 29, 1987), so it errs on the safe side; by how much is not known. The interval of a
quantile by order statistics has no justification at all, for the count of replications below the quantile is not
binomial.

R samples with seeds of their own are independent, and Student's t on their R estimates is the interval to trust
(L'Ecuyer, Nakayama, Owen and Tuffin, "Confidence intervals for randomized quasi-Monte Carlo estimators", Winter
Simulation Conference 2023).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import t

from buildsim.analysis.figures import Figure, pairs, usual
from buildsim.analysis.frames import Floats
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem

COLUMNS = [
    "quantity", "of", "unit", "statistic", "value", "low", "high", "randomisations", "replications", "gain",
]  # fmt: skip
"""The columns of `combine`."""


def caution(run: RunLike) -> str:
    """What to bear in mind with the intervals of a run, a sentence or two; empty when they hold as they are."""
    manifest: Mapping[str, Any] = run.manifest
    design = manifest.get("design", "monte-carlo")
    if design == "latin-hypercube":
        return (
            "One Latin hypercube sample: its replications are not independent. Intervals of means are usually too "
            "wide; those of quantiles and probabilities are not valid. Use several randomisations."
        )
    if design == "sobol":
        return (
            "One scrambled Sobol sample: its replications are not independent, so no interval made from it alone is "
            "valid. Use several randomisations."
        )
    if manifest.get("draws") is not None:
        return "The draws were given: intervals hold only as far as they are an independent random sample."
    return ""


def combine(
    runs: Sequence[RunLike],
    figures: Sequence[Figure] | None = None,
    confidence: float = 0.95,
    *,
    against: Sequence[RunLike] | None = None,
) -> pd.DataFrame:
    """The figures of R independent randomisations with their t intervals; a row a figure (`figures.usual` by default).

    `value` is the mean of the R estimates for means and probabilities, and for quantiles the quantile of all
    replications together; the interval is value -+ t(R - 1) s / sqrt(R), with s from the R estimates about it. With
    `against`, randomisations of another scenario with the same seeds, all figures are `runs` minus `against`.

    Columns: quantity, of, unit, statistic, value, low, high [unit], randomisations, replications (of each), gain: how
    many times the variance of independent replications is larger, s^2 (replications) / (n s^2 (estimates)), for means
    and probabilities, a rough figure at small R.

    NaN rule: `inf` for a quantile later than the horizon; the interval of a quantile is unbounded when that of a single
    randomisation is later, and so is the difference of two.

    Errors: InputError with all that keeps the runs from being combined: fewer than two, different models, designs,
    sizes or starts, a seed that occurs twice; runs that do not pair with those of `against`.
    """
    _check("runs", runs)
    if against is not None:
        _check("against", against)
        if len(against) != len(runs):
            raise InputError(Problem("against", f"{len(against)} runs against {len(runs)}", expected="as many"))
        for one, other in zip(runs, against, strict=True):
            pairs({"runs": one}, other)
    first = runs[0]
    horizon = min(run.horizon for run in (*runs, *(against or ())))
    asked = usual(first.start, horizon, contracts=bool(first.model.contracts)) if figures is None else tuple(figures)
    rows = []
    for figure in asked:
        found = _Sides(figure, [figure.values(run, horizon) for run in runs], horizon)
        base = None
        if against is not None:
            base = _Sides(figure, [figure.values(run, horizon) for run in against], horizon)
        named = {"quantity": figure.source.quantity, "of": figure.source.of, "unit": figure.source.unit}
        facts = {"statistic": figure.label, "randomisations": len(runs), "replications": first.replications}
        rows.append(named | facts | _interval(found, base, confidence))
    return pd.DataFrame(rows, columns=COLUMNS)


class _Sides:
    """A figure of each randomisation, and of all together."""

    def __init__(self, figure: Figure, samples: Sequence[Floats], horizon: float) -> None:
        self.estimates = np.array([figure.estimate(sample, horizon).estimate for sample in samples])
        self.mean = isinstance(figure.statistic, str)
        together = np.concatenate(samples)
        self.whole = float(self.estimates.mean()) if self.mean else figure.estimate(together, horizon).estimate
        self.samples = [np.minimum(sample, horizon) if figure.source.unit == "days" else sample for sample in samples]


def _interval(found: _Sides, base: _Sides | None, confidence: float) -> dict[str, object]:
    estimates, value, samples = found.estimates, found.whole, found.samples
    if base is not None:
        with np.errstate(invalid="ignore"):  # where both are later than the horizon nothing is known: NaN
            estimates, value = estimates - base.estimates, float(np.subtract(value, base.whole))
        samples = [one - two for one, two in zip(samples, base.samples, strict=True)]
    count = len(estimates)
    if not (np.isfinite(estimates).all() and np.isfinite(value)):
        return {"value": value, "low": -np.inf, "high": np.inf, "gain": np.nan}
    spread = float(((estimates - value) ** 2).sum() / (count - 1))
    half = float(t.ppf(0.5 + confidence / 2.0, count - 1)) * float(np.sqrt(spread / count))
    return {"value": value, "low": value - half, "high": value + half, "gain": _gain(found.mean, samples, spread)}


def _gain(mean: bool, samples: Sequence[Floats], spread: float) -> float:
    """Variance of a mean of independent replications over that of a randomisation's mean; NaN where there is none."""
    together = np.concatenate(samples)
    if not mean or not np.isfinite(together).all() or spread <= 0.0:
        return np.nan
    return float(together.var(ddof=1) / len(samples[0]) / spread)


def _check(name: str, runs: Sequence[RunLike]) -> None:
    if len(runs) < 2:
        raise InputError(Problem(name, f"{len(runs)} randomisations", expected="at least 2, better 10 or more"))
    problems = []
    for key in ("model_hash", "design", "replications"):
        values = list(dict.fromkeys(run.manifest.get(key) for run in runs))
        if len(values) > 1:
            problems.append(Problem(name, f"have different {key}: {', '.join(map(str, values))}"))
    seeds = [run.manifest.get("seed") for run in runs]
    twice = sorted({str(seed) for seed in seeds if seeds.count(seed) > 1})
    if twice:
        problems.append(Problem(name, f"share the seed {', '.join(twice)}, so they are not independent"))
    if len({run.start for run in runs}) > 1:
        problems.append(Problem(name, "start on different dates"))
    if problems:
        raise InputError(problems)
