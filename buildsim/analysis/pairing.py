"""What two models have in common: draws pair by the names of what both have, so without a name in common none pair."""

from collections.abc import Sequence
from typing import Any

from buildsim.analysis.portfolio import RunLike
from buildsim.errors import Problem

SAID = 5
"""So many sites or activities are named in a message."""


def parts(model: Any) -> tuple[str, list[str]]:
    """What a model is made of: "site" with the sites, or "activity" with the activities of a bare network."""
    network = getattr(model, "network", None)
    return ("site", list(getattr(model, "sites", ()))) if network is None else ("activity", list(network.activities))


def strangers(name: str, other: RunLike, base: RunLike) -> list[Problem]:
    """What keeps all draws of a run from pairing with those of the base; problems are told under `name`."""
    (kind, mine), (other_kind, theirs) = parts(base.model), parts(other.model)
    if kind != other_kind:
        return [Problem(name, "a bare network and a model with sites have nothing to compare")]
    if set(mine) & set(theirs):
        return []
    message = f"has no {kind} in common with the base, so no draws pair: {listed(theirs)} against {listed(mine)}"
    return [Problem(name, message, expected="runs of the same model, changed")]


def listed(names: Sequence[str]) -> str:
    """The first few of some names."""
    return ", ".join(names[:SAID]) + (", ..." if len(names) > SAID else "")
