"""Many scenarios against one base, figure by figure, with control of what being many does to p-values and intervals.

Twenty comparisons at 95 % find something in one of them by luck alone. Two corrections are given, which hold however
the comparisons depend on each other (they all share the base and the draws):

- *Holm*: p-values adjusted step-down, so that the chance of even one false finding in the family stays below 1 -
  confidence ("A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6, 1979);
- *Bonferroni*: each of k intervals at confidence 1 - (1 - confidence) / k, so that all of them hold together with at
  least the confidence (Law, "Simulation Modeling and Analysis", section 10.3).

Holm finds at least as much as Bonferroni, so a difference may be found whose simultaneous interval still holds zero.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
import pandas as pd

from buildsim.analysis import paired
from buildsim.analysis.differences import Contrast, QuantileMethod, enough_resamples
from buildsim.analysis.figures import Figure, apart, only, pairs, usual
from buildsim.analysis.frames import Floats, Ints
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.sensitivity.multiplicity import adjusted
from buildsim.analysis.sources import Source
from buildsim.errors import InputError, Problem

Family = Literal["figure", "all"]
"""What is one family: the scenarios of one figure, or all scenarios and figures together."""

COLUMNS = [
    "scenario", "quantity", "of", "unit", "statistic", "base", "other", "difference", "low", "high", "low_all",
    "high_all", "p", "p_adjusted", "differs", "method", "pairs", "capped", "above", "below", "variance_reduction",
]  # fmt: skip
"""The columns of `compare_many`."""


def simultaneous(confidence: float, comparisons: int) -> float:
    """The confidence of each of several intervals so that all hold together: 1 - (1 - confidence) / comparisons."""
    return 1.0 - (1.0 - confidence) / max(comparisons, 1)


def compare_many(
    base: RunLike,
    others: Mapping[str, RunLike],
    *,
    figures: Sequence[Figure] | None = None,
    confidence: float = 0.95,
    family: Family = "figure",
    method: QuantileMethod = "auto",
    resamples: int | None = None,
) -> pd.DataFrame:
    """Compare many scenarios with a base, pair by pair, over the replications that all runs hold.

    A row is a scenario and a figure (`figures.usual` unless given); all runs have the draws of the base. Columns:

    - scenario, quantity, of, unit, statistic;
    - base, other, difference (other minus base), low, high: the interval of this one difference [unit];
    - low_all, high_all: the simultaneous interval of the family (Bonferroni) [unit];
    - p, p_adjusted (Holm, over the family), differs: whether p_adjusted is at most 1 - confidence;
    - method, pairs, capped (pairs with a value later than the horizon, the earliest of all runs), above, below [share
      of pairs in which other is larger, smaller], variance_reduction [-].

    NaN rule: a shift of a quantile that lies beyond the horizon in both runs is NaN, and so is its p-value; it still
    counts in the family of the intervals. A shift of which the pairs do not bound the simultaneous interval has no
    p-value. Bootstraps take more resamples the larger the family is, up to 10,000.

    Runs to different horizons are compared up to the earliest; what contracts come to counts up to the end of each, so
    it is left out of the usual figures then, and refused where it is asked for (`figures.apart`).

    Errors: InputError when there are no others, or runs do not pair (all of them at once); ValueError for a confidence
    outside 0 to 1.
    """
    if not others:
        raise InputError(Problem("others", "there is nothing to compare with the base", expected="at least one run"))
    held = pairs(others, base)
    horizons = [run.horizon for run in (base, *others.values())]
    horizon = min(horizons)
    power = getattr(base.model, "network", None) is None
    contracts = bool(base.model.contracts) and len(set(horizons)) == 1
    asked = usual(base.start, horizon, contracts=contracts, power=power) if figures is None else tuple(figures)
    if problems := apart(asked, horizons):
        raise InputError(problems)
    resamples = resamples or resamples_for(confidence, len(others), len(asked), family)
    start = values_of(asked, base, horizon, held)
    found = {
        name: contrasts(asked, start, values_of(asked, run, horizon, held), horizon, method=method, resamples=resamples)
        for name, run in others.items()
    }
    return tabulate(asked, found, confidence, family)


def values_of(figures: Sequence[Figure], run: RunLike, horizon: float, held: Ints) -> dict[Source, Floats]:
    """The values of every source that the figures ask for, over the replications `held`; each source is read once."""
    sources = dict.fromkeys(figure.source for figure in figures)
    return {source: only(source.values(run, horizon), run, held) for source in sources}


def contrasts(
    figures: Sequence[Figure],
    base: Mapping[Source, Floats],
    other: Mapping[Source, Floats],
    horizon: float,
    *,
    method: QuantileMethod = "auto",
    resamples: int = paired.RESAMPLES,
) -> list[Contrast]:
    """Each figure of one run minus that of the base."""
    return [
        figure.contrast(base[figure.source], other[figure.source], horizon, method=method, resamples=resamples)
        for figure in figures
    ]


def tabulate(
    figures: Sequence[Figure],
    found: Mapping[str, Sequence[Contrast]],
    confidence: float = 0.95,
    family: Family = "figure",
    *,
    leave_out: str | None = None,
) -> pd.DataFrame:
    """The contrasts of every scenario as a frame with `COLUMNS`, scenario by scenario.

    `leave_out` names a scenario that belongs to no family: the base itself, in a table that has a row for it.
    """
    several = [name for name in found if name != leave_out]
    level = simultaneous(confidence, _size(len(several), len(figures), family))
    rows = []
    for name, scenario in found.items():
        for figure, contrast in zip(figures, scenario, strict=True):
            (low, high), (low_all, high_all) = contrast.ends(confidence), contrast.ends(level)
            ends = {"low": low, "high": high, "low_all": low_all, "high_all": high_all}
            rows.append({"scenario": name} | _named(figure) | ends | _facts(contrast))
    table = pd.DataFrame(rows, columns=COLUMNS)
    tested = (table["scenario"] != leave_out).to_numpy()
    groups = np.tile(np.arange(len(figures)), len(found)) if family == "figure" else np.zeros(len(table), np.int64)
    open_ended = np.isneginf(table["low_all"]) & np.isposinf(table["high_all"])
    table["p"] = p = table["p"].where(~open_ended).to_numpy(np.float64)
    raised = np.full(len(table), np.nan)
    for group in np.unique(groups):
        here = tested & (groups == group)
        raised[here] = adjusted(p[here], "holm")
    table["p_adjusted"] = raised
    table["differs"] = raised <= 1.0 - confidence
    return table


def resamples_for(confidence: float, scenarios: int, figures: int, family: Family) -> int:
    """How many resamples the simultaneous intervals of a family take."""
    return enough_resamples(simultaneous(confidence, _size(scenarios, figures, family)))


def least_p(confidence: float, scenarios: int, figures: int, family: Family) -> float:
    """The least p-value that the bootstraps of a family can give: it stands for anything below it."""
    return 2.0 / (resamples_for(confidence, scenarios, figures, family) + 1)


def _size(scenarios: int, figures: int, family: Family) -> int:
    return scenarios * (figures if family == "all" else 1)


def _named(figure: Figure) -> dict[str, object]:
    source = figure.source
    return {"quantity": source.quantity, "of": source.of, "unit": source.unit, "statistic": figure.label}


def _facts(contrast: Contrast) -> dict[str, object]:
    return {field: getattr(contrast, field) for field in COLUMNS if hasattr(contrast, field)}
