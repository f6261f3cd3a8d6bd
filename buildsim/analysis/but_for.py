"""But-for analysis: what the build-out would have been without a group of causes, with all other draws kept.

This is the collapsed as-built method of forensic schedule analysis, done by simulation: a group of causes is taken out
and the model is run again with the same draws. Taking a group out first (alone) and last (all the others gone already)
differ where causes overlap; Shapley's value is the mean over all orders, so its parts sum to the whole. Nothing is
clipped: with greedy dispatch taking a cause out may cost days (Graham), and how often it does is reported.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.proportions import mean
from buildsim.errors import InputError, Problem
from buildsim.model.root import Model
from buildsim.program.groups import checked
from buildsim.run.run import Run
from buildsim.run.simulate import simulate

Floats = NDArray[np.float64]
Measure = Callable[[Run], Floats]
"""What is measured: one value for each replication, in replication order; larger is worse."""
MOST_GROUPS = 6
"""A Shapley split runs every subset of its groups: 64 runs for six."""
TIE = 1e-9
"""Differences smaller than this are none."""


@dataclass(frozen=True)
class ButFor:
    """What was measured with every subset of the groups taken out: an array of replications each."""

    groups: tuple[str, ...]
    unit: str
    values: Mapping[frozenset[str], Floats]

    @property
    def total(self) -> Floats:
        """What all groups together cost, by replication."""
        return self.values[frozenset()] - self.values[frozenset(self.groups)]

    def first(self, group: str) -> Floats:
        """What is gained by taking a group out alone, by replication."""
        return self.values[frozenset()] - self.values[frozenset({group})]

    def last(self, group: str) -> Floats:
        """What is gained by taking a group out after all the others, by replication."""
        everything = frozenset(self.groups)
        return self.values[everything - {group}] - self.values[everything]

    def shapley(self, group: str) -> Floats:
        """Return a group's Shapley value, by replication: its gain averaged over all orders of taking groups out."""
        others = [name for name in self.groups if name != group]
        n = len(self.groups)
        value = np.zeros_like(self.values[frozenset()])
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                value += weight * (self.values[before] - self.values[before | {group}])
        return value

    def interaction(self, group: str) -> Floats:
        """Return last minus first, by replication: above 0 the group matters more once the others are gone."""
        return self.last(group) - self.first(group)

    def table(self, confidence: float = 0.95) -> pd.DataFrame:
        """Return a row for each group and one for all: means with t intervals, in `unit`.

        `worse_first` is the share of replications in which taking the group out alone makes the measure worse.
        """
        rows = [self._row(group, confidence) for group in self.groups]
        total = mean(self.total, confidence)
        rows.append(
            {"group": "all", "unit": self.unit, "shapley": total.estimate, "low": total.low, "high": total.high}
        )
        return pd.DataFrame(rows)

    def _row(self, group: str, confidence: float) -> dict[str, object]:
        parts = {name: mean(values, confidence) for name, values in self._parts(group).items()}
        row: dict[str, object] = {"group": group, "unit": self.unit}
        for name, part in parts.items():
            prefix = "" if name == "shapley" else f"{name}_"
            row |= {name: part.estimate, f"{prefix}low": part.low, f"{prefix}high": part.high}
        row["worse_first"] = float((self.first(group) < -TIE).mean())
        row["worse_last"] = float((self.last(group) < -TIE).mean())
        return row

    def _parts(self, group: str) -> dict[str, Floats]:
        return {
            "shapley": self.shapley(group),
            "first": self.first(group),
            "last": self.last(group),
            "interaction": self.interaction(group),
        }


def mw_days(run: Run) -> Floats:
    """Return the MW-days from day 0 to go-live, by replication; what is not live counts as the horizon [MW-days]."""
    live = run.go_live["live"].fillna(run.horizon)
    return _by_replication(live * run.go_live["mw"], run)


def mean_days(run: Run) -> Floats:
    """Return the MW-weighted mean go-live, by replication; what is not live counts as the horizon [days]."""
    weight = _by_replication(run.go_live["mw"], run)
    return mw_days(run) / weight


def dollars(run: Run) -> Floats:
    """Return damages plus the value of what was withdrawn, by replication [USD]."""
    damages = _by_replication(run.milestones["damages"], run, run.milestones["replication"])
    gone = run.withdrawals[run.withdrawals["trigger"] != "option_lapsed"]
    return damages + _by_replication(gone["value"], run, gone["replication"])


MEASURES: Mapping[str, tuple[Measure, str]] = {
    "days": (mean_days, "days"),
    "mw-days": (mw_days, "MW-days"),
    "dollars": (dollars, "USD"),
}
"""What can be measured, and its unit."""


def but_for(
    model: Model,
    groups: Sequence[str],
    *,
    replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    measures: Sequence[str] | Mapping[str, tuple[Measure, str]] = ("days",),
    progress: bool = False,
) -> dict[str, ButFor]:
    """Run a model with every subset of up to six groups of causes taken out, all with the same draws.

    Returns the result for each measure asked for: your own, as name -> (function of a run, unit), or names of the ones
    that are there (`days`: MW-weighted mean go-live, `mw-days`, `dollars`: damages and
    withdrawn value). The groups are those of `buildsim.program.groups.GROUPS`. Method: Shapley (1953), "A value for
    n-person games"; collapsed as-built: AACE International, Recommended Practice 29R-03.

    Raises:
        InputError: unknown or too many groups, an unknown measure, or a model that cannot be run.
    """
    known = measures if isinstance(measures, Mapping) else MEASURES
    problems = [
        Problem("measures", f"there is no measure '{name}'", expected=", ".join(MEASURES))
        for name in measures
        if name not in known
    ]
    if not 1 <= len(set(groups)) <= MOST_GROUPS:
        problems.append(Problem("groups", f"{len(set(groups))} groups", expected=f"1 to {MOST_GROUPS}"))
    if problems:
        raise InputError(problems)
    chosen = checked(groups)
    values: dict[str, dict[frozenset[str], Floats]] = {name: {} for name in measures}
    for size in range(len(chosen) + 1):
        for without in combinations(chosen, size):
            run = simulate(
                model, replications, seed, workers=workers, without=without, keep_activities=0, progress=progress
            )
            for name in measures:
                values[name][frozenset(without)] = known[name][0](run)
    return {name: ButFor(chosen, known[name][1], found) for name, found in values.items()}


def _by_replication(values: "pd.Series[float]", run: Run, replication: "pd.Series[int] | None" = None) -> Floats:
    """Return the sums by replication, 0 for those without a row."""
    index = run.go_live["replication"] if replication is None else replication
    weights = values.to_numpy(dtype=np.float64)
    return np.bincount(index.to_numpy(), weights=weights, minlength=run.replications).astype(np.float64)
