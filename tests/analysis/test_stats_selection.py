"""Ranking and selection: the probability of correct selection on normal policies, and a choice between real runs."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

import buildsim as bs
from buildsim.analysis import figures
from buildsim.analysis.portfolio import RunLike
from buildsim.analysis.selection import Choice, kim_nelson, select_best
from buildsim.analysis.sources import GoLive
from buildsim.errors import InputError

NAMES = [f"policy-{i}" for i in range(5)]


def normals(means: np.ndarray, seed: int, correlation: float, deviations: np.ndarray | float = 20.0) -> Callable:
    """Normal policies that share part of their luck; made in parts, the same each time."""
    generator, made = np.random.default_rng([1, seed]), []

    def observe(name: str, count: int) -> np.ndarray:
        while 64 * len(made) < count:
            common, own = generator.normal(size=(1, 64)), generator.normal(size=(len(means), 64))
            luck = np.sqrt(correlation) * common + np.sqrt(1.0 - correlation) * own
            made.append(means[:, None] + luck * np.broadcast_to(deviations, len(means))[:, None])
        return np.concatenate([part[NAMES.index(name)] for part in made])[:count]

    return observe


def chosen(means, correlation: float, samples: int, deviations=20.0, **options) -> list[Choice]:
    return [
        kim_nelson(
            normals(np.asarray(means), seed, correlation, deviations), NAMES[: len(means)], 5.0, first=15, **options
        )
        for seed in range(samples)
    ]


@pytest.mark.parametrize("correlation", [0.0, 0.6])
def test_the_best_is_selected_as_often_as_stated(correlation: float) -> None:
    # The hardest case, all others exactly the indifference zone worse. 300 experiments: three standard errors of
    # 0.0173 below 0.9. The procedure's bounds are on the safe side, so it does better.
    found = chosen([100.0, 105.0, 105.0, 105.0, 105.0], correlation, samples=300, confidence=0.9)
    assert np.mean([choice.best == NAMES[0] for choice in found]) >= 0.9 - 0.052
    assert all(choice.decided for choice in found)


def test_unequal_variances_do_no_harm() -> None:
    found = chosen([100.0, 105.0, 105.0], 0.3, samples=200, deviations=np.array([24.0, 8.0, 16.0]))
    assert np.mean([choice.best == NAMES[0] for choice in found]) >= 0.95 - 3 * 0.0154


def test_common_random_numbers_save_observations() -> None:
    apart, together = (
        np.mean([sum(choice.observations.values()) for choice in chosen([100, 105, 110], correlation, samples=40)])
        for correlation in (0.0, 0.8)
    )
    assert together < apart / 2


def test_what_is_clearly_worse_is_dropped_early() -> None:
    (choice,) = chosen([100.0, 102.0, 180.0], 0.5, samples=1)
    assert choice.dropped["policy-2"][0] == 15
    assert choice.observations["policy-2"] == 15 < choice.observations["policy-0"]


def test_a_larger_mean_may_be_the_better() -> None:
    (choice,) = chosen([100.0, 130.0, 90.0], 0.5, samples=1, largest=True)
    assert choice.best == "policy-1"


def test_within_the_zone_any_will_do_but_it_ends() -> None:
    found = chosen([100.0, 100.0, 100.0], 0.0, samples=20)
    assert all(choice.decided for choice in found)
    same = kim_nelson(lambda name, count: np.arange(count) * 1.0, NAMES[:2], 5.0, first=15)
    assert (same.best, same.decided, same.observations["policy-0"]) == ("policy-0", True, 15)


def test_it_stops_where_it_must_and_says_so() -> None:
    (choice,) = chosen([100.0, 101.0, 102.0], 0.0, samples=1, deviations=100.0, at_most=30)
    assert not choice.decided
    assert max(choice.observations.values()) == 30


def test_the_constants_by_hand() -> None:
    # k = 2, n0 = 15, a = 0.05: eta = (0.1^(-1/7) - 1) / 2 = 0.194748, h^2 = 28 eta = 5.45294. With a variance of the
    # difference of 2 * 100 and d = 5, h^2 S^2 / d^2 is about 43.6: with no difference in the means the last look is
    # at 44.
    eta = 0.5 * (0.1 ** (-1.0 / 7.0) - 1.0)
    assert 28 * eta == pytest.approx(5.45294, abs=1e-4)
    wiggle = np.tile([10.0, -10.0], 8)[:15]
    scale = np.sqrt(200.0 / np.var(wiggle, ddof=1))
    values = {"policy-0": np.zeros(60), "policy-1": np.resize(wiggle * scale, 60)}
    seen = []

    def observe(name: str, count: int) -> np.ndarray:
        seen.append(count)
        return values[name][:count]

    choice = kim_nelson(observe, NAMES[:2], 5.0, first=15, growth=1.0)
    assert choice.decided
    assert max(seen) <= 44


def test_wrong_arguments_are_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        kim_nelson(lambda name, count: np.zeros(count), ["one"], 0.0, confidence=0.3, first=1, growth=0.5, at_most=0)
    assert [problem.path for problem in refused.value.problems] == [
        "policies", "indifference", "confidence", "first", "growth", "at_most",
    ]  # fmt: skip


@pytest.fixture(scope="module")
def policies() -> dict[str, bs.Model]:
    ways = {"as is": {}, "fewer": {"productivity.workforce": "70%"}, "raw": {"labour.*.*.experienced": "40 per 1000"}}
    return {name: bs.load("examples/one-hall", set=values) for name, values in ways.items()}


def test_policies_of_a_model_are_told_apart(policies: dict[str, bs.Model], tmp_path: Path) -> None:
    figure = figures.go_live(statistic="mean")
    found = select_best(policies, figure, 3.0, first=10, batch=3, workers=1, out=tmp_path)
    assert (found.best, found.decided) == ("as is", True)
    table = found.policies.set_index("policy")
    assert table["status"].to_dict() == {"as is": "selected", "fewer": "dropped", "raw": "dropped"}
    assert table.loc["as is", "difference"] == 0.0
    assert (table["difference"].drop("as is") > 3.0).all()
    assert (table["replications"] >= 30).all()
    assert {folder.name for folder in tmp_path.iterdir()} == set(policies)
    again = select_best(policies, figure, 3.0, first=10, batch=3, workers=1)
    assert again.policies.equals(found.policies)
    assert all(run.path is None and len(run.go_live) for run in again.runs.values())


def test_what_cannot_be_selected_by_is_refused(policies: dict[str, bs.Model]) -> None:
    with pytest.raises(InputError, match="is a quantile") as refused:
        select_best({**policies, "a/b": policies["raw"]}, figures.go_live("nowhere", 0.8), 3.0)
    assert [problem.path for problem in refused.value.problems] == ["site", "figure", "policies"]


class Lapsing(GoLive):
    """A site that consists of an option, which lapses in the first replication."""

    def values(self, run: RunLike, horizon: float) -> np.ndarray:
        return np.append(-np.inf, super().values(run, horizon)[1:])


def test_what_is_not_in_every_replication_is_refused(policies: dict[str, bs.Model]) -> None:
    with pytest.raises(InputError, match="has nothing in some replications"):
        select_best(policies, figures.Figure(Lapsing(), "mean"), 3.0, first=10, batch=3, workers=1)
