"""From an imported network to a model, its spread and its schedule."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import buildsim
from buildsim.errors import InputError
from buildsim.model.importing import Project, Spread, model_text, read_project
from tests.importing.networks import TINY_JSON, TINY_SM


@pytest.fixture
def tiny(tmp_path: Path) -> Project:
    (tmp_path / "tiny.sm").write_text(TINY_SM)
    return read_project(tmp_path / "tiny.sm")


def load(tmp_path: Path, text: str) -> buildsim.Model:
    (tmp_path / "model.yaml").write_text(text)
    return buildsim.load(tmp_path / "model.yaml")


def test_the_text_of_the_model(tiny: Project) -> None:
    text = model_text(tiny, Spread.parse("triangular:0.75,1,1.5"))
    *head, activities = text.partition("  activities:\n")
    assert head[0].splitlines()[2:] == [
        'name: "tiny"',
        'description: "6 activities, 7 links, 2 kinds of crew, imported from tiny.sm"',
        "start: 2025-01-01",
        "horizon: 2025-01-30",
        'source: "imported from tiny.sm"',
        "policy: {rank: latest_finish}",
        "network:",
        "  resources: {r1: 2, r2: 1}",
    ]
    a1, a2, a4 = "low: 3 days, mode: 4 days, high: 6 days", "low: 2.25 days, mode: 3 days, high: 4.5 days", "5 days"
    lines = activities.splitlines()
    assert lines[0] == "    a0: {duration: 0 days}"
    assert lines[1] == f"    a1: {{duration: {{kind: triangular, {a1}}}, uses: {{r1: 2}}, after: [a0]}}"
    assert lines[2] == f"    a2: {{duration: {{kind: triangular, {a2}}}, uses: {{r1: 1, r2: 1}}, after: [a0]}}"
    assert f"mode: {a4}" in lines[4]
    assert lines[4].endswith("uses: {r1: 1}, after: [a1, a2]}")
    assert lines[5] == "    a5: {duration: 0 days, after: [a3, a4]}"
    assert len(lines) == 6


def test_the_model_is_the_network(tiny: Project, tmp_path: Path) -> None:
    model = load(tmp_path, model_text(tiny))
    assert model.network is not None
    assert model.network.resources == {"r1": 2, "r2": 1}
    assert [task.duration.planning() for task in model.network.activities.values()] == list(tiny.durations)
    assert model.days >= sum(tiny.durations)


def test_both_formats_give_one_schedule(tiny: Project, tmp_path: Path) -> None:
    (tmp_path / "tiny.json").write_text(TINY_JSON)
    other = read_project(tmp_path / "tiny.json")
    digests = set()
    for project in (tiny, other):
        model = load(tmp_path, model_text(project, Spread.parse("triangular:0.75,1,1.5")))
        digests.add(buildsim.simulate(model, 20, workers=1).digest())
    assert len(digests) == 1


def test_the_greedy_schedule_by_latest_finish(tiny: Project, tmp_path: Path) -> None:
    """Latest finishes 0, 4, 4, 9, 9, 9: a1 takes both r1, a3 the one r2 (a2 lacks r1), a2 follows, then a4."""
    frame = pd.DataFrame([tiny.durations], columns=[f"network.a{number}.duration" for number in range(6)])
    run = buildsim.simulate(load(tmp_path, model_text(tiny)), 1, workers=1, draws=frame)
    start = run.activities.set_index("activity")["start"]
    assert [start[f"a{number}"] for number in range(6)] == [0.0, 0.0, 7.0, 0.0, 10.0, 15.0]
    assert run.go_live["live"].tolist() == [15.0]


SPREADS = [
    ("triangular:0.75,1,1.5", 0.75, 1.5),
    ("pert:0.5,1,2", 0.5, 2.0),
    ("uniform:0.8,1.2", 0.8, 1.2),
    ("exponential", 0.0, np.inf),
]


@pytest.mark.parametrize(("spread", "low", "high"), SPREADS)
def test_a_spread_keeps_the_plan_and_bounds_the_draws(
    tiny: Project, tmp_path: Path, spread: str, low: float, high: float
) -> None:
    model = load(tmp_path, model_text(tiny, Spread.parse(spread)))
    assert model.network is not None
    for task, days in zip(model.network.activities.values(), tiny.durations, strict=True):
        assert task.duration.planning() == days
        if days:
            assert (task.duration.dist.low, task.duration.dist.high) == pytest.approx((low * days, high * days))
        else:
            assert task.duration.dist.kind == "fixed"
    exponential = model.network.activities["a1"].duration.dist
    if spread == "exponential":
        assert exponential.mean() == pytest.approx(4.0)


def test_the_mode_of_a_spread_may_lie_elsewhere(tiny: Project) -> None:
    assert "{kind: pert, low: 4 days, mode: 5 days, high: 8 days, plan: 4 days}" in model_text(
        tiny, Spread.parse("pert:1,1.25,2")
    )


@pytest.mark.parametrize(
    "text", ["triangular", "triangular:1,2", "triangular:3,2,1", "uniform:1,1", "uniform:a,b", "beta:1,2"]
)
def test_a_spread_that_cannot_be(text: str) -> None:
    with pytest.raises(InputError, match=r"expected 'triangular:0\.75,1,1\.5'"):
        Spread.parse(text)


def test_the_horizon_lies_at_most_a_century_away(tmp_path: Path) -> None:
    long = Project("long", "long.json", ((1,), ()), (40_000.0, 1.5), ((), ()), ())
    assert load(tmp_path, model_text(long)).days == 36_525.0
    empty = Project("empty", "empty.json", ((),), (0.0,), ((),), ())
    assert load(tmp_path, model_text(empty)).days == 2.0


def test_any_name_is_text(tmp_path: Path) -> None:
    odd = Project('a "b": [c] é 😀', "odd: #1.json", ((),), (0.1 + 0.2,), ((),), ())
    model = load(tmp_path, model_text(odd))
    assert model.name == odd.name
    assert model.network is not None
    assert model.network.activities["a0"].duration.planning() == 0.1 + 0.2
