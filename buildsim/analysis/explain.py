"""One replication told as a story: how the time of a block went from the start to its go-live.

The replication is run again, which gives the same history bit for bit; what the walks of the account find is then put
into words. The story is the account (waits are charged to what was waited for), the driving path (waits go on in the
job that held it), the path of the plan beside it, and the chains that were almost as late. The days of the account sum
to the elapsed time, and so do its totals by cause.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from math import isnan, nan

import pandas as pd

from buildsim.analysis import unbuilt
from buildsim.analysis.legs import ZERO, Leg, Step, steps, worded
from buildsim.analysis.near_critical import TOLERANCE, chains, checked
from buildsim.analysis.rerun import Choice, agree, choose, kept_live, replicator, title
from buildsim.engine.causes import CAUSES
from buildsim.engine.floats import Floats, end_of_work, floats
from buildsim.engine.world import World
from buildsim.model.root import Model
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from buildsim.run.run import Run


@dataclass(frozen=True, slots=True)
class Link:
    """An activity of a chain."""

    block: str
    activity: str
    title: str
    begin: float
    """Its start [days since start]."""
    end: float
    """Its end of work [days since start]."""
    slack: float
    """As-built float: by how much later all of it could have been [days]."""


@dataclass(frozen=True, slots=True)
class Parallel:
    """A near-critical chain beside the driving path."""

    links: tuple[Link, ...]
    slack: float
    """As-built float: the least in it, that of its last activity [days]."""
    leaves: str
    """The activity that its first one followed at once (`site/hall/activity`); empty: it followed none."""
    joins: str
    """The activity, or the go-live (`site/hall/live`), that its last one binds most closely."""

    @property
    def begin(self) -> float:
        """Start of the first [days since start]."""
        return self.links[0].begin

    @property
    def end(self) -> float:
        """End of work of the last [days since start]."""
        return self.links[-1].end

    @property
    def days(self) -> float:
        """How long it lasted [days]."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Planned:
    """A step of the plan's own path, and what became of its activity."""

    step: Step
    """As planned."""
    start: float
    """When the activity started in the replication [days since start]; NaN if it did not."""
    finish: float
    """When it finished in the replication [days since start]; NaN if it did not."""
    later: float
    """By how much it finished later than planned [days]; NaN if it did not."""


@dataclass(frozen=True, slots=True)
class Story:
    """Where the time of one block went in one replication."""

    replication: int
    block: str
    chosen: str
    """Why this replication and this block."""
    dropped: float
    """When it was settled that the block is not built [days since start]; nothing else is told then. NaN: it is
    built."""
    reason: str
    """Why it is not built; empty: it is."""
    live: float
    """When the block went live [days since start]; NaN if it did not by the horizon."""
    planned: float
    """When it goes live in the plan [days since start]; NaN if it does not by the horizon."""
    elapsed: float
    """What the legs sum to: the time to the go-live, or to the horizon [days]."""
    legs: tuple[Leg, ...]
    """The account, in order of time."""
    totals: pd.DataFrame
    """A row a cause of the account: cause, days, planned_days, excess [days]; days sum to `elapsed`."""
    path: tuple[Leg, ...]
    """The driving path, in order of time."""
    slack: Mapping[str, float]
    """As-built float of the activities of the path (`site/hall/activity`); NaN when the go-live is later than the
    horizon [days]."""
    plan: tuple[Planned, ...]
    """The driving path of the plan, in order of time."""
    near: float
    """Up to which float chains are told [days]."""
    parallel: tuple[Parallel, ...]
    """The near-critical chains, least float first; none when the go-live is later than the horizon."""


def explain(
    run: Run,
    replication: int | None = None,
    block: str | None = None,
    *,
    at: float | None = None,
    near: float = TOLERANCE,
) -> Story:
    """Return the story of a block in a replication of a run.

    Args:
        run: A run with at least one replication.
        replication: Which one; by default the one in which the go-live is at its P50, or the first one that is later
            than the horizon where the P50 is so.
        block: A block (`site/hall`), or a site for its last block; by default the last of all firm blocks.
        at: In place of a replication the quantile at which the go-live is in it, between 0 and 1 (0.8: P80).
        near: Chains are told up to this float, which is that to the last go-live of the blocks meant [days].

    Raises:
        InputError: for a replication or a block that the run does not have, a wrong quantile or tolerance.
        RunError: when the replication comes out differently, because the run was made by another version.
    """
    checked(near)
    chosen = choose(run, replication, block, at)
    if not isnan(chosen.dropped):
        return _not_built(chosen, unbuilt.why(run, chosen.replication, chosen.block), near)
    again = replicator(run)
    outcome = again.replicate(chosen.replication)
    place = {one.name: number for number, one in enumerate(again.program.blocks)}
    last = again.program.blocks[place[chosen.block]].live
    live, planned = (_by(again, world, last) for world in (outcome.world, again.planned.world))
    agree(run, chosen.replication, chosen.block, kept_live(run, chosen.replication, chosen.block), live)
    account, names = again.account(outcome), again.program.network.names
    driving = account.driving(last)
    found = floats(outcome.world, [again.program.blocks[place[one]].live for one in chosen.members])
    days, plan = outcome.accounts[place[chosen.block]], again.planned.accounts[place[chosen.block]]
    return Story(
        replication=chosen.replication,
        block=chosen.block,
        chosen=chosen.why,
        dropped=nan,
        reason="",
        live=live,
        planned=planned,
        elapsed=again.program.days if live != live else live,
        legs=worded(run.model, outcome.world, account.segments(last)),
        totals=_totals(days, plan),
        path=worded(run.model, outcome.world, driving),
        slack={names[segment.activity]: found.start[segment.activity] for segment in driving},
        plan=_plan(run.model, again, outcome, last),
        near=near,
        parallel=_parallel(run.model, outcome.world, found, {segment.activity for segment in driving}, near),
    )


def _not_built(chosen: Choice, reason: str, near: float) -> Story:
    return Story(
        replication=chosen.replication,
        block=chosen.block,
        chosen=chosen.why,
        dropped=chosen.dropped,
        reason=reason,
        live=nan,
        planned=nan,
        elapsed=nan,
        legs=(),
        totals=_totals({}, {}),
        path=(),
        slack={},
        plan=(),
        near=near,
        parallel=(),
    )


def _by(again: Replicator, world: World, activity: int) -> float:
    """The finish of an activity [days since start]; NaN if it is not by the horizon."""
    finish = world.works.finish[activity]
    return finish if finish <= again.program.days else nan


def _plan(model: Model, again: Replicator, outcome: Outcome, last: int) -> tuple[Planned, ...]:
    """The plan's own path, beside what became of its activities."""
    numbers = {name: number for number, name in enumerate(again.program.network.names)}
    world, built = again.planned.world, outcome.world.works
    found = []
    for step in steps(worded(model, world, again.account(again.planned).driving(last))):
        number = numbers[f"{step.legs[0].block}/{step.legs[0].activity}"]
        finish = built.finish[number]
        found.append(Planned(step, built.start[number], finish, finish - world.works.finish[number]))
    return tuple(found)


def _parallel(
    model: Model, world: World, found: Floats, path: Collection[int], tolerance: float
) -> tuple[Parallel, ...]:
    """The near-critical chains beside the driving path to the last go-live of the blocks meant."""
    names = world.network.names
    told = []
    for chain in chains(world, found, path, tolerance):
        links = []
        for activity in chain.activities:
            block, _, key = names[activity].rpartition("/")
            dates = (world.works.start[activity], end_of_work(world, activity))
            links.append(Link(block, key, title(model, block, key), *dates, found.start[activity]))
        leaves = names[chain.leaves] if chain.leaves >= 0 else ""
        told.append(Parallel(tuple(links), chain.slack, leaves, names[chain.joins]))
    return tuple(told)


def _totals(days: Mapping[str, float], planned: Mapping[str, float]) -> pd.DataFrame:
    rows = []
    for cause in CAUSES:
        here, there = days.get(cause, 0.0), planned.get(cause, 0.0)
        if abs(here) > ZERO or abs(there) > ZERO:
            rows.append({"cause": cause, "days": here, "planned_days": there, "excess": here - there})
    return pd.DataFrame(rows, columns=["cause", "days", "planned_days", "excess"])
