"""Tiny models, declared in Python: one market, one trade, halls of a few activities, every day a working day."""

from collections.abc import Mapping
from typing import Any

import pandas as pd

from buildsim.model.check import check
from buildsim.model.root import Model
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator

SHELL: dict[str, Any] = {
    "name": "Shell",
    "per": "10 MW",
    "cooling": "liquid",
    "activities": {"T1": {"kind": "test", "duration": "10 days"}},
}
"""A hall that takes ten days whatever happens."""


def hall(**declared: Any) -> dict[str, Any]:
    """A hall of 10 MW that begins at the start."""
    return {"mw": "10 MW", "template": "shell", "start": "2025-07-01", **declared}


def site(halls: Mapping[str, Any], **declared: Any) -> dict[str, Any]:
    """A site in the one market, with power for ten halls."""
    power = {"grid": {"kind": "grid", "energised": "100 MW"}}
    return {"market": "town", "calendar": "always", "power": power, "halls": dict(halls), **declared}


def tiny(**declared: Any) -> Model:
    """A model that has passed its checks; what is declared replaces whole top-level entries."""
    data = {
        "name": "tiny",
        "start": "2025-07-01",
        "horizon": "2028-03-26",  # 1,000 days
        "calendars": {"always": {"kind": "uniform", "workdays_per_year": 365}},
        "trades": {"fitting": {"name": "Fitting", "crew": 10, "shift": 8}},
        "templates": {"shell": SHELL},
        "labour": {"town": {"fitting": {"workers": 100}}},
        "sites": {"a": site({"h1": hall()})},
        **declared,
    }
    model = Model.model_validate(data)
    assert check(model) == []
    return model


def replicator(model: Model, replications: int = 1, seed: int = 1, **draws: Any) -> Replicator:
    """A replicator with given draws: a value for all replications, or one for each."""
    return given(model, draws, replications, seed)


def given(model: Model, draws: Mapping[str, Any], replications: int = 1, seed: int = 1) -> Replicator:
    """A replicator with given draws by the names of the quantities."""
    frame = pd.DataFrame(dict(draws), index=range(replications)) if draws else None
    return Replicator(model, seed=seed, replications=replications, draws=frame)


def once(model: Model, draws: Mapping[str, Any] | None = None) -> Outcome:
    """The first replication of a model, with given draws."""
    return given(model, draws or {}).replicate(0)


def times(outcome: Outcome) -> dict[str, tuple[float, float]]:
    """(start, finish) of each activity."""
    world = outcome.world
    works = world.works
    return {name: (works.start[n], works.finish[n]) for n, name in enumerate(world.network.names)}


def column(tables: Mapping[str, Mapping[str, Any]], table: str, name: str) -> list[Any]:
    """A column of a block's tables; empty where the table has no rows."""
    return list(tables[table][name]) if table in tables else []
