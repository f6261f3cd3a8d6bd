"""But-for analysis: what the build-out would have been without a group of causes, with all other draws kept.

This is the collapsed as-built method of forensic schedule analysis, done by simulation: a group of causes is taken out
and the model is run again with the same draws. Taking a group out first (alone) and last (all the others gone already)
differ where causes overlap; Shapley's value is the mean over all orders, so its parts sum to the whole. Nothing is
clipped: with greedy dispatch taking a cause out may cost days (Graham), and how often it does is reported.
"""

from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from buildsim.analysis import unbuilt
from buildsim.analysis.frames import Floats
from buildsim.analysis.shapley import ButFor, Orders, along, ends, every_subset, random_orders
from buildsim.errors import InputError, Problem
from buildsim.model.root import Model
from buildsim.program.compile import compile_model
from buildsim.program.groups import Asked, Group, chosen
from buildsim.run.run import Run
from buildsim.run.subsets import Subset, simulate_each
from buildsim.spec.base import nearest

Measure = Callable[[Run], Floats]
"""What is measured: one value for each replication, in replication order; larger is worse."""
MOST_GROUPS = 6
"""An exact Shapley split runs every subset of its groups: 64 runs for six."""


def counted(run: Run) -> pd.DataFrame:
    """Return the go-lives that are measured: those of the blocks that are built in any case, if there are any.

    A block that is not built (an option that lapses, a deal that fails, a lease that is ended) is no delay; and the
    blocks that are measured must be the same whatever is taken out.
    """
    kept = ~run.go_live["block"].astype(str).isin(list(unbuilt.hangs(run.model)))
    return run.go_live[kept] if kept.any() else run.go_live


def mw_days(run: Run) -> Floats:
    """Return the MW-days from day 0 to go-live, by replication; what is not live counts as the horizon [MW-days]."""
    frame = counted(run)
    return _by_replication(frame["live"].fillna(run.horizon) * frame["mw"], run, frame["replication"])


def mean_days(run: Run) -> Floats:
    """Return the MW-weighted mean go-live, by replication; what is not live counts as the horizon [days].

    Where there are no MW, in a bare network, it is the project's end.
    """
    frame = counted(run)
    mw = frame["mw"] if frame["mw"].any() else frame["mw"] + 1.0
    total = _by_replication(frame["live"].fillna(run.horizon) * mw, run, frame["replication"])
    return total / _by_replication(mw, run, frame["replication"])


def later(run: Run) -> Floats:
    """Return the share of the MW (of the project, in a bare network) not live by the horizon, by replication."""
    frame = counted(run)
    mw = frame["mw"] if frame["mw"].any() else frame["mw"] + 1.0
    late = _by_replication(mw.where(frame["live"].isna(), 0.0), run, frame["replication"])
    return late / _by_replication(mw, run, frame["replication"])


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
    groups: Sequence[Asked],
    *,
    replications: int = 100,
    seed: int = 1,
    workers: int | None = None,
    measures: Sequence[str] | Mapping[str, tuple[Measure, str]] = ("days",),
    permutations: int | None = None,
    progress: bool = False,
    told: Callable[[tuple[Group, ...]], None] | None = None,
) -> dict[str, ButFor]:
    """Run a model with subsets of groups of causes taken out, all with the same draws, and return each measure's split.

    The groups are those of `buildsim.program.groups.GROUPS`, or one's own as label -> patterns of input names:
    `["gpus", {"substations": ["sites.*.power.*.substation"]}]`. The measures are names of those that are there, or your
    own as name -> (function of a run, unit): `days` (MW-weighted mean go-live) and `mw-days`, both of the blocks that
    are built in any case, and `dollars` (damages and withdrawn value).

    Without `permutations` every subset of up to six groups is run in every replication, and the Shapley values are
    exact. With `permutations` each replication has so many random orders of its own, every second one the reverse of
    the one before, and runs only the subsets that they pass through, and those of taking each group out alone and last:
    the Shapley values are estimates for any number of groups, whose intervals cover the luck of the orders too.

    `told` is called with the groups when all has been checked, before anything runs.

    Method: Shapley (1953), "A value for n-person games"; Castro, Gomez and Tejada (2009) for random orders; collapsed
    as-built: AACE International, Recommended Practice 29R-03.

    Raises:
        InputError: unknown, overlapping or too many groups, an unknown measure, or a model that cannot be run.
    """
    known = measures if isinstance(measures, Mapping) else MEASURES
    problems = [
        Problem("measures", f"there is no measure '{name}'", expected=", ".join(known), nearest=nearest(name, known))
        for name in measures
        if name not in known
    ]
    if replications < 1:
        problems.append(Problem("replications", f"{replications} replications", expected="at least 1"))
    if permutations is not None and permutations < 1:
        problems.append(Problem("permutations", f"{permutations} orders", expected="at least 1"))
    found: tuple[Group, ...] = ()
    try:
        found = chosen(compile_model(model), groups)
        problems += _number(len(found), permutations)
    except InputError as error:
        problems += error.problems
    if problems:
        raise InputError(problems)
    if told is not None:
        told(found)
    names = tuple(group.name for group in found)
    orders = None if permutations is None else random_orders(len(names), replications, permutations, seed)
    values: dict[str, dict[frozenset[str], Floats]] = {name: {} for name in measures}
    not_live: dict[frozenset[str], Floats] = {}
    for subset, run in simulate_each(
        model, _subsets(found, replications, orders), replications, seed, workers=workers, progress=progress
    ):
        key = frozenset(group.name for group in subset.groups)
        for name in measures:
            values[name][key] = _spread(known[name][0](run), subset, replications)
        not_live[key] = _spread(later(run), subset, replications)
    return {name: ButFor(names, known[name][1], measured, orders, not_live) for name, measured in values.items()}


def _spread(values: Floats, subset: Subset, replications: int) -> Floats:
    """Return the values of the replications that were run, in their places among all; NaN in the others."""
    whole = np.full(replications, np.nan)
    whole[list(subset.replications)] = values
    return whole


def _number(groups: int, permutations: int | None) -> list[Problem]:
    most = MOST_GROUPS if permutations is None else groups
    if 1 <= groups <= most:
        return []
    expected = f"1 to {MOST_GROUPS}; more only with random orders (permutations)"
    return [Problem("groups", f"{groups} groups", expected=expected)]


def _subsets(groups: Sequence[Group], replications: int, orders: Orders | None) -> list[Subset]:
    """Return the subsets that have to be run, and in which replications: all, or those whose orders pass through."""
    names = [group.name for group in groups]
    whole = tuple(range(replications))
    wanted: dict[frozenset[str], tuple[int, ...]] = dict.fromkeys(
        every_subset(names) if orders is None else ends(names), whole
    )
    if orders is not None:
        some: dict[frozenset[str], list[int]] = {}
        for replication in whole:
            passed = dict.fromkeys(key for order in orders[replication] for key in along(names, order))
            for key in passed:
                if key not in wanted:
                    some.setdefault(key, []).append(replication)
        wanted |= {key: tuple(mine) for key, mine in some.items()}
    return [Subset(tuple(group for group in groups if group.name in key), mine) for key, mine in wanted.items()]


def _by_replication(values: "pd.Series[float]", run: Run, replication: "pd.Series[int]") -> Floats:
    """Return the sums by replication, 0 for those without a row."""
    weights = values.to_numpy(dtype=np.float64)
    return np.bincount(replication.to_numpy(), weights=weights, minlength=run.replications).astype(np.float64)
