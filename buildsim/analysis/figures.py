"""Figures: what is asked of a run and carried through comparison, stopping, selection and sweeps.

A figure is a source, which gives one value for each replication, and a statistic of it: the mean, the probability, or a
quantile. `go_live("denton", 0.8)` is the P80 of the day on which Denton is complete.

What is not by the horizon is later than it. So a quantile may be `inf`, and in a mean such days count as the horizon;
`capped` says how many they are.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from buildsim.analysis import differences, golive, paired, quantiles
from buildsim.analysis.compare import UNITS
from buildsim.analysis.dates import quarter_ends
from buildsim.analysis.differences import Contrast, QuantileMethod
from buildsim.analysis.frames import Floats, Ints, numbers
from buildsim.analysis.pairing import strangers
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.proportions import Interval, mean, wilson
from buildsim.analysis.sources import GoLive, LiveMw, Source, Total, Withdrawn
from buildsim.errors import InputError, Problem

Statistic = float | Literal["mean", "probability"]
"""What is made of the values: their mean, the share that is 1, or a quantile by its level between 0 and 1."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A statistic of a source."""

    source: Source
    statistic: Statistic = "mean"

    def __post_init__(self) -> None:
        if isinstance(self.statistic, str):
            wrong, expected = self.statistic not in ("mean", "probability"), "mean, probability or a level"
        else:
            wrong, expected = not 0.0 < self.statistic < 1.0, "a level between 0 and 1"
        if wrong:
            raise InputError(Problem("statistic", f"'{self.statistic}' is no statistic", expected=expected))

    @property
    def label(self) -> str:
        """The statistic in a table: `mean`, `probability`, `P80`."""
        return self.statistic if isinstance(self.statistic, str) else quantiles.column(self.statistic).upper()

    def __str__(self) -> str:
        return f"{self.label} of {self.source.quantity} ({self.source.of}) [{self.source.unit}]"

    def problems(self, model: Any) -> list[Problem]:
        """What keeps it from being asked of a model: a site or customer that the model does not have."""
        return self.source.problems(model)

    def values(self, run: RunLike, horizon: float | None = None) -> Floats:
        """One value for each replication, see `Source.values`; the horizon is the run's unless given."""
        return self.source.values(run, run.horizon if horizon is None else horizon)

    def estimate(self, values: Floats, horizon: float, confidence: float = 0.95) -> Interval:
        """The figure of one sample with its interval; replications in which there is nothing (`-inf`) are left out.

        A mean gets the t interval, a probability Wilson's, a quantile that of order statistics. They hold for plain
        Monte Carlo; for another design see `randomised`.
        """
        there = values[~np.isneginf(values)]
        if self.statistic == "mean":
            return mean(there, confidence, cap=self._cap(horizon), floor=0.0)
        if self.statistic == "probability":
            return wilson(int((there > 0.5).sum()), len(there), confidence)
        found = quantiles.quantile(there, self.statistic, confidence)
        return Interval(found.value, found.low, found.high, found.n, found.later)

    def contrast(
        self,
        before: Floats,
        after: Floats,
        horizon: float,
        *,
        method: QuantileMethod = "auto",
        resamples: int = paired.RESAMPLES,
    ) -> Contrast:
        """The figure of the sample `after` minus that of `before`, over the pairs in which both have something.

        Errors: ValueError when the samples differ in length.
        """
        there = ~np.isneginf(before) & ~np.isneginf(after)
        one, two = before[there], after[there]
        if self.statistic == "mean":
            return differences.of_means(one, two, cap=self._cap(horizon))
        if self.statistic == "probability":
            return differences.of_probabilities(one, two)
        return differences.of_quantiles(one, two, self.statistic, method=method, resamples=resamples)

    def interval(self, run: RunLike, confidence: float = 0.95, *, against: RunLike | None = None) -> Interval:
        """The figure of a run with its interval, or with `against` that of the run minus that of `against`.

        Errors: InputError when the two runs do not pair.
        """
        if against is None:
            return self.estimate(self.values(run), run.horizon, confidence)
        held, horizon = pairs({"the other run": run}, against), min(run.horizon, against.horizon)
        if problems := apart([self], [run.horizon, against.horizon]):
            raise InputError(problems)
        before, after = (only(self.values(one, horizon), one, held) for one in (against, run))
        return self.contrast(before, after, horizon).interval(confidence)

    def _cap(self, horizon: float) -> float | None:
        return horizon if self.source.unit == "days" else None


def pairs(others: Mapping[str, RunLike], base: RunLike) -> Ints:
    """The numbers of the replications that all runs hold.

    Errors: InputError with all that keeps runs from pairing: another start, seed or design than `base` (of designs
    other than Monte Carlo, another size as well), a model that has nothing in common with that of `base`, or fewer than
    two replications in common.
    """
    problems = []
    held = numbers(base.go_live)
    same = ("seed", "design") if base.manifest.get("design") == "monte-carlo" else ("seed", "design", "replications")
    for name, other in others.items():
        if other.start != base.start:
            problems.append(Problem(name, f"starts on {other.start}, the base on {base.start}"))
        problems += strangers(name, other, base)
        for key in same:
            one, two = base.manifest.get(key), other.manifest.get(key)
            if one != two:
                problems.append(Problem(name, f"has {key} {two}, the base has {one}: their draws do not pair"))
        held = np.intersect1d(held, numbers(other.go_live))
    if len(held) < 2:
        problems.append(Problem("replications", f"the runs share {len(held)}", expected="at least two"))
    if problems:
        raise InputError(problems)
    return held.astype(np.int64)


def apart(figures: Sequence[Figure], horizons: Sequence[float]) -> list[Problem]:
    """What keeps figures from being held side by side over runs to different horizons [days since start].

    Dates and MW are cut to the earliest. What contracts come to (milestones, damages, withdrawals) counts up to the end
    of each run, and is no difference that a change makes.
    """
    if len(set(horizons)) < 2:
        return []
    return [
        Problem(
            "figures",
            f"{figure}: the runs end at different horizons, and contracts count up to the end of each",
            expected="the same horizon",
        )
        for figure in figures
        if not isinstance(figure.source, GoLive | LiveMw)
    ]


def only(values: Floats, run: RunLike, held: Ints) -> Floats:
    """Of the values of a run those of the replications in `held`."""
    return values[np.isin(numbers(run.go_live), held)]


def go_live(site: str = golive.PORTFOLIO, statistic: Statistic = 0.8) -> Figure:
    """The day on which a site or the portfolio is complete: its P80 unless told otherwise [days since start]."""
    return Figure(GoLive(site), statistic)


def live_mw(when: date, statistic: Statistic = "mean") -> Figure:
    """MW live at the end of a date [MW]."""
    return Figure(LiveMw(when), statistic)


def withdrawal(customer: str = "all") -> Figure:
    """The probability that a customer, or any, walks away."""
    return Figure(Withdrawn(customer), "probability")


def total(name: str) -> Figure:
    """The mean of a sum over all tranches, `compare.UNITS`, in its unit."""
    return Figure(Total(name), "mean")


def usual(start: date, horizon: float, *, contracts: bool = True, power: bool = True) -> tuple[Figure, ...]:
    """The figures that comparisons and sweeps show unless told otherwise.

    Go-live of the portfolio (mean, P50, P80), with `power` mean live MW at the quarter-ends from `start` to `horizon`
    [days since start], and with `contracts` milestones missed, withdrawals and what they cost. A bare network has
    neither.
    """
    dates: Sequence[Statistic] = ("mean", 0.5, 0.8)
    sums = [name for name in UNITS if name != "any_withdrawal"]
    return (
        *(go_live(statistic=statistic) for statistic in dates),
        *((live_mw(when) for when in quarter_ends(start, horizon)) if power else ()),
        *([withdrawal(), *(total(name) for name in sums)] if contracts else []),
    )
