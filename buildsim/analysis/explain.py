"""One replication told as a story: the account of a block, segment by segment, from the start to its go-live.

The replication is run again, which gives the same history bit for bit; what the walk of the account finds is then put
into words. Its days sum to the elapsed time, and so do the totals by cause.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
import pandas as pd

from buildsim.analysis import answers, quantiles
from buildsim.engine.account import Segment
from buildsim.engine.causes import CAUSES, EQUIPMENT, LOGISTICS
from buildsim.engine.foreman import GROWTH
from buildsim.errors import InputError, Problem, RunError
from buildsim.model.root import Model
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from buildsim.run.run import Run
from buildsim.spec.base import nearest

AGREEMENT = 1e-6
"""By how much a go-live may differ when it is computed again on another machine [days]."""
ZERO = 1e-9
"""Days that count as none [days]."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the story; the legs of a story follow one another without a gap."""

    begin: float
    """[days since start]"""
    end: float
    """[days since start]"""
    cause: str
    """What the time went to, or most of it."""
    activity: str
    """The activity that was worked on or that waited, by its id in the block."""
    title: str
    """What the activity is; empty when the model does not say."""
    waited_for: str
    """The scarce thing that it waited for; empty for everything else."""
    holder: str
    """The activity whose end freed it (`site/hall/activity`), or "new capacity"; empty for everything else."""
    parts: Mapping[str, float]
    """Days by cause, summing to the length; what sped the work up is negative."""

    @property
    def days(self) -> float:
        """How long it lasted [days]."""
        return self.end - self.begin


@dataclass(frozen=True, slots=True)
class Story:
    """Where the time of one block went in one replication."""

    replication: int
    block: str
    chosen: str
    """Why this replication and this block."""
    live: float
    """When the block went live [days since start]; NaN if it did not by the horizon."""
    planned: float
    """When it goes live in the plan [days since start]; NaN if it does not by the horizon."""
    elapsed: float
    """What the legs sum to: the time to the go-live, or to the horizon [days]."""
    legs: tuple[Leg, ...]
    """In order of time."""
    totals: pd.DataFrame
    """A row a cause: cause, days, planned_days, excess [days]; days sum to `elapsed`."""


def explain(run: Run, replication: int | None = None, block: str | None = None) -> Story:
    """Return the story of a block in a replication of a run.

    Args:
        run: A run with at least one replication.
        replication: Which one; by default the one in which the go-live is at its P50.
        block: A block (`site/hall`), or a site for its last block; by default the last of all firm blocks.

    Raises:
        InputError: for a replication or a block that the run does not have.
        RunError: when the replication comes out differently, because the run was made by another version.
    """
    chosen, place, why = choose(run, replication, block)
    replicator = _replicator(run)
    outcome = replicator.replicate(chosen)
    declared = replicator.program.blocks[place]
    segments = replicator.account(outcome).segments(declared.live)
    horizon = replicator.program.days
    live = outcome.world.works.finish[declared.live]
    live = live if live <= horizon else float("nan")
    _agree(run, chosen, declared.name, live)
    planned = replicator.planned.world.works.finish[declared.live]
    days, plan = outcome.accounts[place], replicator.planned.accounts[place]
    return Story(
        replication=chosen,
        block=declared.name,
        chosen=why,
        live=live,
        planned=planned if planned <= horizon else float("nan"),
        elapsed=horizon if isnan(live) else live,
        legs=tuple(_leg(run.model, outcome, segment) for segment in segments),
        totals=_totals(days, plan),
    )


def choose(run: Run, replication: int | None, block: str | None) -> tuple[int, int, str]:
    """Return the replication, the position of the block in the program, and why these.

    Raises:
        InputError: for a replication or a block that the run does not have.
    """
    if replication is not None and not 0 <= replication < run.replications:
        expected = f"a number from 0 to {run.replications - 1}"
        raise InputError(Problem("replication", f"the run has no replication {replication}", expected=expected))
    names = [str(name) for name in run.go_live["block"].cat.categories]
    members, what = _members(run, names, block)
    table = answers.built(run, run.go_live)
    table = table[table["block"].isin(members)]
    table = table.assign(live=quantiles.later(table["live"].to_numpy()))
    last = table.groupby("replication")["live"].max()
    if replication is None:
        if last.empty:
            raise InputError(Problem("block", f"{what} is built in no replication: its option always lapses"))
        middle = quantiles.quantile(last.to_numpy(), 0.5).value
        replication = int(last.index[int(np.argmax(last.to_numpy() == middle))])
        why = f"the replication in which {what} is at its P50"
    else:
        why = f"replication {replication}, as asked for"
    own = table[table["replication"] == replication]
    lapsed = own.empty
    if lapsed:
        own = run.go_live[(run.go_live["replication"] == replication) & run.go_live["block"].isin(members)]
    name = str(own["block"].iloc[int(np.argmax(quantiles.later(own["live"].to_numpy())))])
    if lapsed:
        why += f"; {name} is not built in it, for its option lapses"
    elif len(members) > 1:
        why += f"; {name} is the last block of {what}"
    return replication, names.index(name), why


def _members(run: Run, names: Sequence[str], block: str | None) -> tuple[list[str], str]:
    """The blocks that are meant, and what they are called together."""
    sites = list(dict.fromkeys(name.split("/")[0] for name in names))
    if block is None:
        firm = answers.firm(run)
        if run.model.network is not None:
            return list(names), "the project"
        return [name for name in names if firm is None or name.split("/")[0] in firm], "the portfolio"
    if block in names:
        return [block], block
    if block in sites:
        return [name for name in names if name.split("/")[0] == block], f"site {block}"
    known = [*names, *sites]
    raise InputError(Problem("block", f"the run has no block '{block}'", nearest=nearest(block, known)))


def _replicator(run: Run) -> Replicator:
    """The replicator of a run; where draws were given, they are those that the run has kept."""
    given = run.manifest["draws"] is not None
    return Replicator(
        run.model,
        seed=run.manifest["seed"],
        design=run.manifest["design"],
        replications=run.replications if given else run.manifest["replications"],
        draws=run.inputs if given else None,
        without=run.manifest["without"],
    )


def _agree(run: Run, replication: int, block: str, live: float) -> None:
    """Refuse to tell a story other than that of the run."""
    table = run.go_live
    own = table[(table["replication"] == replication) & (table["block"] == block)]["live"]
    kept = float(own.iloc[0])
    if not (abs(kept - live) <= AGREEMENT or (isnan(kept) and isnan(live))):
        versions = run.manifest["versions"]["buildsim"]
        message = f"replication {replication} came out differently when it was run again: {block} was live on day"
        raise RunError(
            f"{message} {kept:g}, now {live:g}; the run was made with buildsim {versions} or other libraries"
        )


def _leg(model: Model, outcome: Outcome, segment: Segment) -> Leg:
    network, foreman = outcome.world.network, outcome.world.foreman
    block, _, activity = network.names[segment.activity].rpartition("/")
    resource = foreman.waits_for[segment.activity]
    supplier = _supplier(outcome, segment)
    waited = segment.begin >= outcome.world.works.ready[segment.activity] and len(segment.parts) == 1
    waited = waited and not segment.begin >= outcome.world.works.start[segment.activity] and resource >= 0
    holder = (
        network.names[segment.holder] if segment.holder >= 0 else "new capacity" if segment.holder == GROWTH else ""
    )
    return Leg(
        begin=segment.begin,
        end=segment.end,
        cause=segment.cause,
        activity=activity,
        title=_title(model, block, activity),
        waited_for=network.resources[resource]
        if waited
        else _named(model, network.names[supplier])
        if supplier >= 0
        else "",
        holder=holder,
        parts=dict(segment.parts),
    )


def _supplier(outcome: Outcome, segment: Segment) -> int:
    """The delivery that a wait for equipment was for: the one that came last; -1 for every other segment."""
    works, suppliers = outcome.world.works, outcome.world.network.suppliers[segment.activity]
    if segment.cause not in (EQUIPMENT, LOGISTICS) or not suppliers:
        return -1
    return max(suppliers, key=lambda number: (quantiles.later(works.finish[number]).item(), -number))


def _named(model: Model, name: str) -> str:
    """An activity by its id and title: `P2 Generators`."""
    block, _, activity = name.rpartition("/")
    return f"{activity} {_title(model, block, activity)}".strip()


def _title(model: Model, block: str, activity: str) -> str:
    site, _, hall = block.partition("/")
    if site not in model.sites:
        return ""
    declared = model.sites[site].halls[hall]
    found = model.templates[declared.template].activities.get(activity)
    changed = declared.activities.get(activity, {}).get("name")
    return str(changed) if changed else found.name if found is not None else ""


def _totals(days: Mapping[str, float], planned: Mapping[str, float]) -> pd.DataFrame:
    rows = []
    for cause in CAUSES:
        here, there = days.get(cause, 0.0), planned.get(cause, 0.0)
        if abs(here) > ZERO or abs(there) > ZERO:
            rows.append({"cause": cause, "days": here, "planned_days": there, "excess": here - there})
    return pd.DataFrame(rows, columns=["cause", "days", "planned_days", "excess"])
