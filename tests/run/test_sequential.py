"""Runs that are extended in stages: the same replications as in one go, and a record of every look."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

import buildsim as bs
from buildsim.analysis import figures
from buildsim.analysis.proportions import Interval
from buildsim.errors import InputError
from buildsim.run.run import open_run
from buildsim.run.sequential import arm, simulate_until, sizes, until

HALL = figures.go_live(statistic="mean")


@pytest.fixture(scope="module")
def hall() -> bs.Model:
    return bs.load("examples/one-hall")


def test_stages_are_geometric_and_end_where_told() -> None:
    assert list(sizes(100, 1000)) == [100, 150, 225, 338, 507, 761, 1000]
    assert list(sizes(20, 23, 1.01)) == [20, 21, 22, 23]
    assert list(sizes(50, 50)) == [50]


def test_the_half_width_is_the_longer_arm() -> None:
    assert arm(Interval(5.0, 4.0, 8.0, 10)) == 3.0
    assert arm(Interval(5.0, -np.inf, 8.0, 10)) == np.inf


def looking(*widths: float, confirm: bool = False) -> tuple[list[int], bool]:
    """The sizes at which was looked, with given half-widths, and whether 1 was reached."""
    given = iter(widths)
    _, looks, reached = until(
        lambda n: n, lambda _: Interval(0.0, -(width := next(given)), width, 9), 1.0, sizes(20, 100), confirm
    )
    return [stage.replications for stage in looks], reached


def test_it_ends_at_the_first_look_that_will_do() -> None:
    assert looking(2.0, 1.5, 1.0, 0.5) == ([20, 30, 45], True)
    assert looking(2.0, 2.0, 2.0, 2.0, 2.0) == ([20, 30, 45, 68, 100], False)


def test_a_confirmed_end_takes_two_looks_in_a_row() -> None:
    assert looking(0.9, 1.1, 0.9, 0.8, 0.7, confirm=True) == ([20, 30, 45, 68], True)
    assert looking(2.0, 2.0, 2.0, 2.0, 0.9, confirm=True)[1] is False


def test_what_has_not_varied_does_not_end_it() -> None:
    assert looking(0.0, np.nan, np.inf, 0.0, 0.0) == ([20, 30, 45, 68, 100], False)


def test_in_memory_it_is_the_run_of_that_size(hall: bs.Model, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = simulate_until(hall, HALL, 8.0, first=20, workers=1, at_most=500)
    count = int(found.stages["replications"].iloc[-1])
    assert found.reached
    assert found.run.path is None
    assert found.run.digest() == bs.simulate(hall, count, workers=1).digest()
    assert found.run.plan.go_live.equals(bs.simulate(hall, 1, workers=1).plan.go_live)
    last = found.stages.iloc[-1]
    assert last["half_width"] <= 8.0 < found.stages["half_width"].iloc[-2]
    assert HALL.interval(found.run).low == last["low"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_is_gone_on_with(hall: bs.Model, tmp_path: Path) -> None:
    first = simulate_until(hall, HALL, 15.0, first=20, workers=1, out=tmp_path / "run")
    assert open_run(tmp_path / "run").digest() == first.run.digest()
    with pytest.raises(InputError, match="the folder holds a run already"):
        simulate_until(hall, HALL, 15.0, first=20, workers=1, out=tmp_path / "run")
    again = simulate_until(hall, HALL, 10.0, first=20, workers=1, out=tmp_path / "run", resume=True)
    assert again.stages["replications"].iloc[0] == first.run.replications
    assert again.run.replications > first.run.replications
    with pytest.raises(InputError, match="replications are done already, more than the 25 allowed"):
        simulate_until(hall, HALL, 15.0, first=20, at_most=25, workers=1, out=tmp_path / "run", resume=True)


def test_a_difference_of_two_scenarios(hall: bs.Model, tmp_path: Path) -> None:
    short = bs.load("examples/one-hall", set={"productivity.workforce": "97%"})
    found = simulate_until(short, HALL, 1.0, against=hall, first=20, workers=1, out=tmp_path)
    assert found.reached
    assert found.against is not None
    assert {folder.name for folder in tmp_path.iterdir()} == {"run", "against"}
    assert HALL.interval(found.run, against=found.against).estimate == found.stages["estimate"].iloc[-1] > 0.0
    assert arm(HALL.interval(found.run)) > 3.0  # alone it is far from being that sure


def test_it_ends_at_the_most_allowed(hall: bs.Model) -> None:
    found = simulate_until(hall, HALL, 1e-3, first=20, at_most=30, workers=1)
    assert not found.reached
    assert found.stages["replications"].tolist() == [20, 30]


def test_all_wrong_arguments_are_told_at_once(hall: bs.Model, tmp_path: Path) -> None:
    wrong: dict[str, Any] = {"confidence": 1.0, "first": 5, "growth": 1.0, "at_most": 2, "design": "sobol"}
    with pytest.raises(InputError) as refused:
        simulate_until(hall, figures.go_live("nowhere"), -1.0, out=tmp_path / "run", against=hall, **wrong)
    assert [problem.path for problem in refused.value.problems] == [
        "half_width", "confidence", "first", "growth", "at_most", "design", "site",
    ]  # fmt: skip
    assert "cannot be extended" in str(refused.value)
    assert not (tmp_path / "run").exists()


def test_a_figure_may_be_anything_with_an_interval(hall: bs.Model) -> None:
    blocks = SimpleNamespace(
        problems=lambda model: [], interval=lambda run, confidence, against: Interval(1.0, 0.9, 1.1, run.replications)
    )
    assert simulate_until(hall, blocks, 0.2, first=20, workers=1).run.replications == 20
