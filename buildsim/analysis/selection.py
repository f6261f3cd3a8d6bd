"""Ranking and selection: the best of several policies, with a stated probability that it is the best.

The procedure is KN of Kim and Nelson ("A fully sequential procedure for indifference-zone selection in simulation", ACM
Transactions on Modeling and Computer Simulation 11, 2001), with c = 1. All policies see the same draws; those that are
clearly worse are dropped while the others go on. With probability of at least the confidence the best one is selected,
if its mean is better than every other by at least the indifference zone; otherwise one within the zone of it is.

It rests on observations that are jointly normal and independent from one replication to the next. So an observation is
the mean of a batch of replications, which comes closer to normal than one of them; a probability needs batches in which
the event happens several times.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil, floor

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.differences import of_means
from buildsim.analysis.figures import Figure
from buildsim.analysis.frames import Floats
from buildsim.errors import InputError, Problem
from buildsim.model.root import Model
from buildsim.run.run import Run
from buildsim.run.sequential import Extending, folder_for, in_memory

Observing = Callable[[str, int], Floats]
"""The first so many observations of a policy; the same ones each time, and more of them when more are asked for."""

STATUS = ("selected", "dropped", "left")
"""What becomes of a policy: `left` are those that `at_most` kept from being told apart."""


@dataclass(frozen=True)
class Choice:
    """What the procedure chose."""

    best: str
    decided: bool
    """Whether the stated probability holds; False when `at_most` came before the others were dropped."""
    observations: Mapping[str, int]
    """Observations taken of each policy."""
    dropped: Mapping[str, tuple[int, str]]
    """The policies that were dropped: at how many observations, and which one was clearly better."""


@dataclass(frozen=True)
class Selection:
    """The best of several policies."""

    best: str
    decided: bool
    """Whether the stated probability holds; False when `at_most` came first."""
    figure: Figure
    confidence: float
    indifference: float
    """The smallest difference that matters [unit of the figure]."""
    policies: pd.DataFrame
    """A row a policy: policy, status, replications, mean, dropped_at [replications], dropped_for (the one that was
    clearly better), and its difference to the best over the replications that both have: difference, low, high [unit],
    variance_reduction."""
    runs: Mapping[str, Run]


def kim_nelson(
    observe: Observing,
    policies: Sequence[str],
    indifference: float,
    *,
    confidence: float = 0.95,
    first: int = 20,
    growth: float = 1.2,
    at_most: int = 10_000,
    largest: bool = False,
) -> Choice:
    """Select the policy with the smallest (or `largest`) mean.

    With k policies, n0 = `first` observations each and d = `indifference`:

        eta  = ((2 a / (k - 1))^(-2 / (n0 - 1)) - 1) / 2,  a = 1 - confidence;   h^2 = 2 eta (n0 - 1)
        S_il^2, the variance of the difference of two policies over the first n0;  N_il = floor(h^2 S_il^2 / d^2)
        at r observations, drop i when another is better by more than W_il = max(0, d / 2r (h^2 S_il^2 / d^2 - r))

    Looks are taken when r has grown by `growth` (1: after every observation); fewer looks waste observations, but do
    not weaken the guarantee. `at_most` bounds the observations of a policy.

    Errors: InputError for fewer than two policies, `first` below 2, an indifference that is not above 0, a confidence
    not between 1 / k and 1, or `growth` below 1.
    """
    _check(policies, indifference, confidence, first, growth, at_most)
    sign = 1.0 if largest else -1.0
    begun = np.array([sign * observe(name, first)[:first] for name in policies])
    eta = 0.5 * ((2.0 * (1.0 - confidence) / (len(policies) - 1)) ** (-2.0 / (first - 1)) - 1.0)
    spread = np.array([[np.var(one - two, ddof=1) for two in begun] for one in begun])
    width = 2.0 * eta * (first - 1) * spread / indifference**2
    most = floor(width.max())
    left = list(range(len(policies)))
    means = begun.mean(axis=1)
    dropped: dict[str, tuple[int, str]] = {}
    r, counts = first, dict.fromkeys(policies, first)
    while True:
        margin = np.maximum(0.0, indifference / (2.0 * r) * (width - r))
        for i in list(left):
            better = [j for j in left if j != i and means[i] < means[j] - margin[i, j]]
            if better:
                dropped[policies[i]] = (r, policies[max(better, key=lambda j: means[j])])
        left = [i for i in left if policies[i] not in dropped]
        if len(left) == 1 or r > most or r >= at_most:
            break
        r = min(max(r + 1, ceil(r * growth)), most + 1, at_most)
        for i in left:
            means[i] = sign * float(observe(policies[i], r)[:r].mean())
            counts[policies[i]] = r
    best = max(left, key=lambda i: (means[i], -i))
    return Choice(policies[best], len(left) == 1 or r > most, counts, dropped)


def select_best(
    models: Mapping[str, Model],
    figure: Figure,
    indifference: float,
    *,
    confidence: float = 0.95,
    batch: int = 5,
    first: int = 20,
    growth: float = 1.2,
    at_most: int = 10_000,
    largest: bool = False,
    seed: int = 1,
    workers: int | None = None,
    out: str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool = False,
) -> Selection:
    """Simulate policies with common random numbers until the best is selected with the stated probability.

    Args:
        models: The policies by name, at least two.
        figure: A mean or a probability, such as `figures.go_live(statistic="mean")`; days later than the horizon count
            as the horizon (the earliest of all policies).
        indifference: The smallest difference that matters, such as days [unit of the figure].
        confidence: The probability of selecting the best, or one within the indifference zone of it.
        batch: Replications of which one observation is the mean.
        first: Observations (batches) before anything is dropped: 20 batches of 5 are 100 replications.
        growth: How much more each stage holds than the one before.
        at_most: Replications of a policy at which the procedure ends, decided or not.
        largest: Whether the largest is the best, as with MW; for dates and costs it is the smallest.
        seed: Of the draws, the same for all.
        workers: Processes; all cores unless told otherwise.
        out: A folder in which each policy has one by its name; without it the tables are in memory in the end.
        resume: Go on with what is in `out`.
        progress: As for `simulate`.

    Raises:
        InputError: with what is wrong with the arguments, a figure that is a quantile, or one that has nothing in some
            replications, such as the go-live of an option; what `simulate` raises beside it.
    """
    _check(list(models), indifference, confidence, first, growth, at_most // max(batch, 1))
    problems = [problem for model in models.values() for problem in figure.problems(model)]
    if not isinstance(figure.statistic, str):
        problems.append(Problem("figure", f"{figure} is a quantile", expected="a mean or a probability"))
    problems += [
        Problem("policies", f"'{name}' cannot be the name of a folder")
        for name in models
        if name in ("", ".", "..") or "/" in name or "\\" in name
    ]
    if batch < 1:
        problems.append(Problem("batch", f"{batch} replications make no observation", expected="at least 1"))
    if problems:
        raise InputError(list(dict.fromkeys(problems)))
    horizon = min(model.days for model in models.values())
    runs: dict[str, Run] = {}
    with folder_for(out) as (folder, kept):
        growing = {
            name: Extending(model, folder / name, seed, workers, resume or not kept, progress)
            for name, model in models.items()
        }

        def observe(name: str, count: int) -> Floats:
            runs[name] = growing[name].to(count * batch)
            values = _capped(figure, runs[name], horizon)[: count * batch]
            return np.asarray(values.reshape(count, batch).mean(axis=1), np.float64)

        choice = kim_nelson(
            observe, list(models), indifference,
            confidence=confidence, first=first, growth=growth, at_most=at_most // batch, largest=largest,
        )  # fmt: skip
        if not kept:
            runs = {name: in_memory(run) for name, run in runs.items()}
    runs = {name: runs[name] for name in models}
    values = {name: _capped(figure, run, horizon)[: choice.observations[name] * batch] for name, run in runs.items()}
    table = _table(choice, values, batch, confidence)
    return Selection(choice.best, choice.decided, figure, confidence, indifference, table, runs)


def _capped(figure: Figure, run: Run, horizon: float) -> Floats:
    values = quantiles.later(figure.values(run, horizon))
    if np.isneginf(values).any():
        raise InputError(Problem("figure", f"{figure} has nothing in some replications, so they do not pair"))
    return np.minimum(values, horizon) if figure.source.unit == "days" else values


def _table(choice: Choice, values: Mapping[str, Floats], batch: int, confidence: float) -> pd.DataFrame:
    rows = []
    for name, sample in values.items():
        both = min(len(sample), len(values[choice.best]))
        gap = of_means(values[choice.best][:both], sample[:both])
        low, high = gap.ends(confidence)
        at, better = choice.dropped.get(name, (0, ""))
        status = "selected" if name == choice.best else "dropped" if name in choice.dropped else "left"
        row: dict[str, object] = {"policy": name, "status": status, "replications": len(sample)}
        row |= {"mean": float(sample.mean()), "dropped_at": at * batch if better else np.nan, "dropped_for": better}
        row |= {"difference": gap.difference, "low": low, "high": high, "variance_reduction": gap.variance_reduction}
        rows.append(row)
    return pd.DataFrame(rows)


def _check(
    policies: Sequence[str], indifference: float, confidence: float, first: int, growth: float, at_most: int
) -> None:
    count = len(policies)
    wrong = [
        (count < 2, "policies", f"{count} policies leave nothing to select", "at least 2"),
        (not 0.0 < indifference < np.inf, "indifference", f"the zone is {indifference}", "a number above 0"),
        (
            not 1.0 / max(count, 2) < confidence < 1.0,
            "confidence",
            f"it is {confidence}",
            "above 1 / policies, below 1",
        ),
        (first < 2, "first", f"the first stage has {first} observations", "at least 2, better 20"),
        (growth < 1.0, "growth", f"stages grow by a factor {growth}", "at least 1"),
        (at_most < first, "at_most", f"{at_most} observations are fewer than the first stage", f"at least {first}"),
    ]
    problems = [Problem(path, message, expected=expected) for bad, path, message, expected in wrong if bad]
    if problems:
        raise InputError(problems)
