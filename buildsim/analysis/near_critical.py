"""Near-critical paths: what is almost as late as the driving path, by as-built float.

An activity is near-critical in a replication when its float (`engine.floats`: of the activity as a whole) is at most a
tolerance. Beside the criticality index that says what would drive next: an activity that is on the path in 20 % of the
replications and within five days of it in 90 % is as much a concern as one that is on it in all.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from math import inf, isfinite

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.proportions import wilson_bounds
from buildsim.analysis.rerun import agree, kept_live, replicator, targets
from buildsim.engine.floats import MOMENTS, Floats, Moment, end_of_work, floats, start_bindings
from buildsim.engine.world import World
from buildsim.errors import InputError, Problem
from buildsim.run.run import Run

TOLERANCE = 5.0
"""Float up to which an activity is near-critical by default [days]: a working week."""
MOST = 100
"""Of so many replications, at most, the floats are computed by default."""
ROUNDING = 1e-6
"""Days that count as none: two moments this near to each other are one [days]."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Activities in a row, each near-critical, beside the driving path."""

    activities: tuple[int, ...]
    """In order; each is bound by the one before it, directly or over finishes and milestones."""
    begin: float
    """Start of the first [days since start]."""
    end: float
    """End of work of the last [days since start]."""
    slack: float
    """As-built float: by how much later its last activity could have been, the least in it [days]."""
    leaves: int
    """What its first activity followed at once; -1: nothing, it began on a date or when something came."""
    joins: int
    """What its last activity binds most closely: on the path, in another chain, or a go-live."""

    @property
    def days(self) -> float:
        """How long it lasted [days]."""
        return self.end - self.begin


def checked(tolerance: float) -> float:
    """The tolerance [days]; InputError when it is negative or not a number of days."""
    if not (isfinite(tolerance) and tolerance >= 0.0):
        raise InputError(Problem("near", f"{tolerance:g} days is no tolerance", expected="a number of days from 0 on"))
    return tolerance


def chains(world: World, found: Floats, path: Collection[int], tolerance: float) -> list[Chain]:
    """Return the near-critical chains of a replication beside a path (its activities), least float first.

    Each activity with a float of at most the tolerance is in one chain, unless it is on the path or takes no time
    (deliveries are told, milestones are not). Where several chains come together, the one with the least float goes on
    and the others join it.
    """
    own = {
        activity
        for activity, days in enumerate(found.start)
        if days <= tolerance + ROUNDING and activity not in path and _told(world, activity)
    }
    follower = {activity: _follower(found, activity, own, path) for activity in own}
    works = world.works
    feeder: dict[int, int] = {}
    for activity in sorted(own, key=lambda one: (found.start[one], works.start[one], one)):
        feeder.setdefault(follower[activity], activity)
    begun = {activity for activity in own if activity not in feeder}
    left, made = set(own), []
    for head in sorted(own, key=lambda one: (one not in begun, works.start[one], one)):
        row: list[int] = []
        activity = head
        while activity in left:
            left.discard(activity)
            row.append(activity)
            if feeder.get(follower[activity]) != activity:
                break
            activity = follower[activity]
        if row:
            made.append(_chain(world, found, row, follower[row[-1]], path))
    return sorted(made, key=lambda chain: (chain.slack, chain.begin, chain.activities))


def near_critical(
    run: Run,
    *,
    target: str | None = None,
    tolerance: float = TOLERANCE,
    replications: int | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Return how often each activity is near-critical to a last go-live, from replications that are run again.

    `target` is a site or a block; None: the portfolio's firm sites. `replications`: of the first so many; by default
    those whose activities are kept, at most 100. Replications in which the go-live is later than the horizon have no
    floats, and options that lapse are not built: neither counts, and `n` says how many do.

    A row is an activity that leads to the go-live in a replication at least; milestones have none. Columns: block,
    activity, `near` (the share with a float of at most the tolerance) with its Wilson interval `low`,
    `high`, `criticality` (the share in which it is on the driving path), `mean` and `p10` of the float [days], n. The
    mean is over the replications in which the activity leads to the go-live at all; in the quantile the others count as
    later than all. Nearest first.

    Raises:
        InputError: for an unknown target, a negative tolerance, or more replications than the run has.
        RunError: when a replication comes out differently, because the run was made by another version.
    """
    checked(tolerance)
    built = targets(run, target)
    count = _count(run, replications)
    again = replicator(run)
    place = {block.name: block.live for block in again.program.blocks}
    rows, on_path = [], np.zeros(again.program.network.count)
    for replication in range(count):
        blocks = built.get(replication, ())
        if not blocks:
            continue
        outcome = again.replicate(replication)
        finish = outcome.world.works.finish
        last = max(blocks, key=lambda block: quantiles.later(finish[place[block]]).item())
        agree(run, replication, last, kept_live(run, replication, last), finish[place[last]])
        if not isfinite(finish[place[last]]):
            continue
        rows.append(floats(outcome.world, [place[block] for block in blocks]).start)
        path = {segment.activity for segment in again.account(outcome).driving(place[last])}
        on_path[list(path)] += 1.0
    network = again.program.network
    names = {number: name for number, name in enumerate(network.names) if network.kind[number] != "milestone"}
    return _table(names, np.array(rows).reshape(len(rows), network.count), on_path, tolerance, confidence)


def _count(run: Run, replications: int | None) -> int:
    """Of how many replications the floats are computed."""
    if replications is None:
        return min(run.replications, MOST, run.manifest["keep_activities"] or MOST)
    if not 1 <= replications <= run.replications:
        expected = f"a number from 1 to {run.replications:,}"
        raise InputError(Problem("replications", f"the run does not have {replications:,}", expected=expected))
    return replications


def _table(
    names: Mapping[int, str], days: np.ndarray, on_path: np.ndarray, tolerance: float, confidence: float
) -> pd.DataFrame:
    n = len(days)
    leading = [number for number in names if n and np.isfinite(days[:, number]).any()]
    own = days[:, leading]
    times = (own <= tolerance + ROUNDING).sum(axis=0)
    low, high = wilson_bounds(times, n, confidence)
    table = pd.DataFrame(
        {
            "block": [names[number].rpartition("/")[0] for number in leading],
            "activity": [names[number].rpartition("/")[2] for number in leading],
            "near": times / max(n, 1),
            "low": low,
            "high": high,
            "criticality": on_path[leading] / max(n, 1),
            "mean": np.ma.masked_invalid(own).mean(axis=0).astype(np.float64),
            "p10": quantiles.bands(own, [0.1])[0],
            "n": n,
        }
    )
    order = ["near", "criticality", "mean"]
    return table.sort_values(order, ascending=[False, False, True], kind="stable", ignore_index=True)


def _told(world: World, activity: int) -> bool:
    """Whether a chain names an activity: it has come to its end of work, and took time or brought something."""
    end = end_of_work(world, activity)
    return end > world.works.start[activity] or (end == end and world.network.kind[activity] == "delivery")


def _follower(found: Floats, activity: int, own: Collection[int], path: Collection[int]) -> int:
    """Return the activity that gives an activity its float: on the path, in a chain, or the go-live at the end.

    What it only keeps from finishing is gone over, unless it is on the path: the work of that has a float of its own.
    """
    moment = here = MOMENTS * activity
    while (moment := found.binding[moment]) >= 0:
        here = moment
        other = moment // MOMENTS
        if other != activity and (other in path or (other in own and moment % MOMENTS == Moment.START)):
            break
    return here // MOMENTS


def _chain(world: World, found: Floats, row: Sequence[int], joins: int, path: Collection[int]) -> Chain:
    first, last = row[0], row[-1]
    bindings = [(moment // MOMENTS, gap) for moment, gap in start_bindings(world, first)]
    nearest = min((gap for _, gap in bindings), default=inf)
    close = [activity for activity, gap in bindings if gap <= nearest + ROUNDING]
    leaves = next((activity for activity in close if activity in path), close[0] if close else -1)
    return Chain(
        activities=tuple(row),
        begin=world.works.start[first],
        end=end_of_work(world, last),
        slack=found.start[last],
        leaves=leaves if nearest <= ROUNDING else -1,
        joins=joins,
    )
