"""Replications of a run computed again: which one, which block of it, and the same history bit for bit."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isnan, nan

import numpy as np

from buildsim.analysis import answers, quantiles, unbuilt
from buildsim.errors import InputError, Problem, RunError
from buildsim.model.root import Model
from buildsim.run.replication import Replicator
from buildsim.run.run import Run
from buildsim.spec.base import nearest

AGREEMENT = 1e-6
"""By how much a go-live may differ when it is computed again on another machine [days]."""
MIDDLE = 0.5
"""The quantile of the go-live at which the replication lies that is told by default."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A replication, and a block in it."""

    replication: int
    block: str
    members: tuple[str, ...]
    """The blocks that were meant and are built in it; the block goes live last of them."""
    why: str
    """Why this replication and this block."""
    dropped: float
    """When it was settled that the block is not built [days since start]; NaN: it is built."""


def choose(run: Run, replication: int | None = None, block: str | None = None, at: float | None = None) -> Choice:
    """Return a replication and the block in it that goes live last of those meant.

    Args:
        run: A run with at least one replication.
        replication: Which one; by default the one in which the go-live is at its P50, or where that is later than the
            horizon the first one in which the go-live is.
        block: A block (`site/hall`), or a site for its last block; by default the last of all firm blocks.
        at: In place of a replication the quantile at which the go-live is in it, between 0 and 1 (0.8: P80).

    Raises:
        InputError: for a replication or a block that the run does not have, and for both `replication` and `at`.
    """
    names = [str(name) for name in run.go_live["block"].cat.categories]
    problems = [*_wrong(run, replication, at), *_unknown(names, block)]
    if problems:
        raise InputError(problems)
    members, what = _members(run, names, block)
    table = answers.built(run, run.go_live)
    table = table[table["block"].isin(members)]
    table = table.assign(live=quantiles.later(table["live"].to_numpy()))
    if replication is None:
        last = table.groupby("replication")["live"].max()
        if last.empty:
            raise InputError(
                Problem("block", f"{what} is built in no replication: {unbuilt.always(run.model, members)}")
            )
        level = MIDDLE if at is None else at
        found = quantiles.quantile(last.to_numpy(), level).value
        replication = int(last.index[int(np.argmax(last.to_numpy() == found))])
        percentile = quantiles.column(level).upper()
        if np.isfinite(found):
            why = f"the replication in which {what} is at its {percentile}"
        else:
            why = (
                f"the {percentile} of {what} is later than the horizon, and this is the first replication later than it"
            )
    else:
        why = f"replication {replication}, as asked for"
    own = table[table["replication"] == replication]
    if own.empty:
        own = run.go_live[(run.go_live["replication"] == replication) & run.go_live["block"].isin(members)]
        first = own.iloc[0]
        return Choice(replication, str(first["block"]), (), why, float(first["dropped"]))
    name = str(own["block"].iloc[int(np.argmax(own["live"].to_numpy()))])
    if len(members) > 1:
        late = np.isinf(own["live"].to_numpy()).sum()
        many = f"the first of {late} blocks of {what} that are not live by the horizon"
        why += f"; {name} is {many if late > 1 else f'the last block of {what}'}"
    return Choice(replication, name, tuple(str(one) for one in own["block"]), why, nan)


def targets(run: Run, block: str | None) -> dict[int, tuple[str, ...]]:
    """Return the blocks that are meant, as in `choose`, and built, by replication; InputError for an unknown block."""
    names = [str(name) for name in run.go_live["block"].cat.categories]
    if problems := _unknown(names, block):
        raise InputError(problems)
    members, _ = _members(run, names, block)
    table = answers.built(run, run.go_live)
    table = table[table["block"].isin(members)]
    return {int(str(key)): tuple(map(str, own)) for key, own in table.groupby("replication")["block"]}


def replicator(run: Run) -> Replicator:
    """The replicator that gives a run's replications again; draws that were given are those that the run has kept."""
    given = run.manifest["draws"] is not None
    return Replicator(
        run.model,
        seed=run.manifest["seed"],
        design=run.manifest["design"],
        replications=run.replications if given else run.manifest["replications"],
        draws=run.inputs if given else None,
        without=run.manifest["without"],
    )


def agree(run: Run, replication: int, block: str, kept: float, live: float) -> None:
    """Refuse to tell a story other than that of the run: RunError where a go-live differs from the one it has kept."""
    if not (abs(kept - live) <= AGREEMENT or (isnan(kept) and isnan(live))):
        versions = run.manifest["versions"]["buildsim"]
        message = f"replication {replication} came out differently when it was run again: {block} was live on day"
        raise RunError(
            f"{message} {kept:g}, now {live:g}; the run was made with buildsim {versions} or other libraries"
        )


def kept_live(run: Run, replication: int, block: str) -> float:
    """When a block went live in a replication, as the run has kept it [days since start]; NaN: not by the horizon."""
    table = run.go_live
    return float(table[(table["replication"] == replication) & (table["block"] == block)]["live"].iloc[0])


def title(model: Model, block: str, activity: str) -> str:
    """What an activity is, in words; empty when the model does not say."""
    site, _, hall = block.partition("/")
    if site not in model.sites:
        return ""
    declared = model.sites[site].halls[hall]
    found = model.templates[declared.template].activities.get(activity)
    changed = declared.activities.get(activity, {}).get("name")
    return str(changed) if changed else found.name if found is not None else ""


def _wrong(run: Run, replication: int | None, at: float | None) -> list[Problem]:
    problems = []
    if replication is not None and not 0 <= replication < run.replications:
        expected = f"a number from 0 to {run.replications - 1}"
        problems.append(Problem("replication", f"the run has no replication {replication}", expected=expected))
    if at is not None and not 0.0 < at < 1.0:
        problems.append(Problem("at", f"{at:g} is no quantile", expected="a level between 0 and 1"))
    if replication is not None and at is not None:
        problems.append(Problem("at", "it does not go with a replication", expected="one of the two"))
    return problems


def _unknown(names: Sequence[str], block: str | None) -> list[Problem]:
    known = [*names, *dict.fromkeys(name.split("/")[0] for name in names)]
    if block is None or block in known:
        return []
    return [Problem("block", f"the run has no block '{block}'", nearest=nearest(block, known))]


def _members(run: Run, names: Sequence[str], block: str | None) -> tuple[list[str], str]:
    """The blocks that are meant, and what they are called together."""
    if block is None:
        firm = answers.firm(run)
        if run.model.network is not None:
            return list(names), "the project"
        return [name for name in names if firm is None or name.split("/")[0] in firm], "the portfolio"
    if block in names:
        return [block], block
    return [name for name in names if name.split("/")[0] == block], f"site {block}"
