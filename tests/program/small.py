"""Small models of a site with a hall or two, in round figures; every day is a working day unless a test says otherwise.

A hall of 10 MW; a crew of each trade works 80 craft-hours a day, so 80 craft-hours per MW are 10 team-days.
"""

from copy import deepcopy
from typing import Any

import pandas as pd

import buildsim as bs
from buildsim.model import Model
from buildsim.model.check import check
from buildsim.run.run import Run

START = "2025-01-06"  # a Monday

TEMPLATE: dict[str, Any] = {
    "name": "Small hall",
    "per": "10 MW",
    "cooling": "air",
    "activities": {
        "P1": {"kind": "procurement", "duration": "40 days", "ordered_ahead": "20 days", "item": "switchgear"},
        "A1": {"kind": "work", "trade": "civil", "hours_per_mw": 160, "teams": {"min": 1, "planned": 2, "max": 2}},
        "E1": {
            "kind": "work",
            "trade": "electrical",
            "hours_per_mw": 240,
            "teams": {"min": 1, "planned": 3, "max": 3},
            "after": ["A1", "P1"],
        },
        "L1": {"kind": "test", "duration": "4 workdays", "after": ["E1"], "needs": ["agents"]},
        "PW": {"kind": "energise", "duration": "1 workdays", "after": ["L1"]},
        "L4": {"kind": "test", "duration": "5 workdays", "after": ["PW"], "needs": ["agents", "load_banks"]},
        "G1": {"kind": "delivery"},
        "R1": {
            "kind": "work",
            "trade": "electrical",
            "hours_per_mw": 160,
            "teams": {"min": 1, "planned": 2, "max": 2},
            "after": ["G1", "L4"],
        },
        "R5": {"kind": "acceptance", "duration": "7 days", "after": ["R1"]},
    },
}
# Alone and without shortages, from the hall's start: A1 0-10, P1 -20-20, E1 20-30, L1 30-34, PW 34-35, L4 35-40,
# R1 40-50, R5 50-57.
GENERATION = {"available": START, "lead": "30 days", "kw_per_gpu": 1.0, "gpus_per_rack": 32, "cooling": "air"}

MODEL: dict[str, Any] = {
    "name": "Small",
    "start": START,
    "horizon": "2026-12-31",
    "calendars": {"all": {"kind": "weekly", "workdays": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]}},
    "trades": {"civil": {"name": "Civil", "crew": 10}, "electrical": {"name": "Electrical", "crew": 10}},
    "templates": {"small": TEMPLATE},
    "labour": {"here": {"civil": {"workers": 100}, "electrical": {"workers": 100}}},
    "commissioning": {"agents": 5, "load_banks": "100 MW"},
    "generations": {"g": GENERATION},
    "sites": {
        "s": {
            "market": "here",
            "calendar": "all",
            "power": {"grid": {"kind": "grid", "energised": "100 MW"}},
            "halls": {"h": {"mw": "10 MW", "template": "small", "start": "2025-02-05"}},  # day 30
        }
    },
}


def put(data: dict[str, Any], path: str, value: Any) -> None:
    *way, last = path.split("/")
    for key in way:
        data = data.setdefault(key, {})
    data[last] = value


def small(**changes: Any) -> Model:
    """The small model with changes by path; a dict {path: value} may be given as `at`."""
    data = deepcopy(MODEL)
    for path, value in changes.pop("at", {}).items():
        put(data, path, value)
    model = Model.model_validate({**data, **changes})
    problems = check(model)
    assert not problems, problems
    return model


def simulated(model: Model, n: int = 1, draws: dict[str, Any] | None = None, seed: int = 1) -> Run:
    frame = None if draws is None else pd.DataFrame({key: [value] * n for key, value in draws.items()})
    return bs.simulate(model, replications=n, seed=seed, workers=1, draws=frame, keep_activities=n)


def times(run: Run, hall: str = "s/h", replication: int = 0) -> dict[str, tuple[float, float]]:
    """(start, finish) of each activity of a hall."""
    rows = run.activities
    rows = rows[(rows["block"] == hall) & (rows["replication"] == replication)]
    return {name: (start, finish) for name, start, finish in zip(rows.activity, rows.start, rows.finish, strict=True)}


def account(run: Run, hall: str = "s/h", replication: int = 0) -> dict[str, float]:
    """Days by cause of a hall; what comes to nothing is left out."""
    rows = run.delays
    rows = rows[(rows["block"] == hall) & (rows["replication"] == replication)]
    return {str(cause): days for cause, days in zip(rows.cause, rows.days, strict=True) if abs(days) > 1e-9}
