"""Swings against closed forms, and what they must not show."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from buildsim.analysis.sensitivity import swings
from buildsim.analysis.sensitivity.decomposition import decompose
from buildsim.analysis.sensitivity.outcomes import Outcome
from buildsim.analysis.sensitivity.sample import sample
from buildsim.analysis.sensitivity.scores import group_scores, ridge
from buildsim.errors import InputError

FIFTH = 2.0 * norm.pdf(norm.ppf(0.8)) / 0.2
"""The mean of a standard normal in its highest fifth less that in its lowest: 2.80."""


def frame(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(x, columns=[f"x{index}" for index in range(x.shape[1])])


def test_the_mean_swings_as_the_tails_of_a_normal_do() -> None:
    rng = np.random.default_rng(1)
    x = rng.normal(size=(20_000, 3))
    y = 100.0 + x @ [10.0, -4.0, 0.0] + 5.0 * rng.normal(size=20_000)
    table = swings(frame(x), y, names=["x1", "x0", "x2"], statistic="mean", resamples=200)
    assert table["input"].tolist() == ["x0", "x1", "x2"], "the widest first, whatever its sign"
    np.testing.assert_allclose(table["swing"], [10.0 * FIFTH, -4.0 * FIFTH, 0.0], atol=0.9)
    np.testing.assert_allclose(table["x_high"], FIFTH / 2.0, atol=0.03)
    assert (table[["n_low", "n_high"]] == 4000).all(axis=None)
    assert table["base"].iloc[0] == pytest.approx(100.0, abs=0.3)
    np.testing.assert_allclose(table["at_high"] - table["at_low"], table["swing"])


def test_the_p80_swings_as_much_as_the_mean_where_the_rest_is_added() -> None:
    """With x of two values, y given x is the same normal moved by 6: so is its P80."""
    rng = np.random.default_rng(2)
    x = (rng.random(10_000) < 0.4).astype(float)
    y = 6.0 * x + 2.0 * rng.normal(size=10_000)
    found = swings(frame(x[:, None]), y, names=["x0"]).iloc[0]
    assert found["swing"] == pytest.approx(6.0, abs=0.25)
    assert found["at_low"] == pytest.approx(2.0 * norm.ppf(0.8), abs=0.15)
    assert (found["n_low"] + found["n_high"], found["x_low"], found["x_high"]) == (10_000, 0.0, 1.0)


def test_an_event_has_when_it_happens_against_when_it_does_not() -> None:
    rng = np.random.default_rng(3)
    x = np.column_stack((rng.random(1000) < 0.05, rng.random(1000) < 0.95, rng.random(1000) < 0.003)).astype(float)
    table = swings(frame(x), rng.normal(size=1000), names=["x0", "x1", "x2"]).set_index("input")
    for name, share in (("x0", 0.05), ("x1", 0.95)):
        assert table.loc[name, ["x_low", "x_high"]].tolist() == [0.0, 1.0]
        assert table.loc[name, "n_high"] == pytest.approx(1000 * share, abs=25)
    assert np.isnan(table.loc["x2", "swing"]), "fewer than ten replications have no P80"


def test_intervals_hold_the_truth() -> None:
    """200 samples of 300, truth 2 FIFTH: standard error 1.5 points."""
    rng = np.random.default_rng(4)
    held = 0
    for _ in range(200):
        x = rng.normal(size=(300, 1))
        found = swings(frame(x), 2.0 * x[:, 0] + rng.normal(size=300), names=["x0"], statistic="mean", resamples=300)
        held += found["low"].iloc[0] <= 2.0 * FIFTH <= found["high"].iloc[0]
    assert 0.90 <= held / 200 <= 0.98


def test_only_what_is_significant_is_shown() -> None:
    rng = np.random.default_rng(5)
    x = rng.normal(size=(400, 1000))
    y = x[:, 3] - 2.0 * x[:, 7] + rng.normal(size=400)
    assert swings(frame(x), y)["input"].tolist()[:2] == ["x7", "x3"]
    assert len(swings(frame(x), y)) <= 4
    assert swings(frame(x), y, most=1)["input"].tolist() == ["x7"]
    assert swings(frame(x), rng.normal(size=400)).empty


def test_a_quantile_at_the_horizon_is_at_least_that() -> None:
    rng = np.random.default_rng(6)
    x = rng.normal(size=(500, 1))
    days = 100.0 + 20.0 * x[:, 0] + rng.normal(size=500)
    y = Outcome("go_live", "portfolio", "days", np.minimum(days, 115.0), np.arange(500), cap=115.0)
    late = swings(frame(x), y, names=["x0"]).iloc[0]
    assert (late["at_high"], bool(late["at_least"])) == (115.0, True)
    assert not swings(frame(x), y, names=["x0"], statistic=0.5, cap=200.0)["at_least"].iloc[0]
    assert not swings(frame(x), y, names=["x0"], statistic="mean")["at_least"].iloc[0], "a mean is up to the horizon"


def test_a_score_predicts_each_replication_from_the_others() -> None:
    """The closed form against 40 refits."""
    rng = np.random.default_rng(7)
    for width in (5, 60):
        phi, y = rng.normal(size=(40, width)), rng.normal(size=40)
        _, alone = ridge(phi, y, 3.0)
        for row in range(40):
            kept = np.arange(40) != row
            fit = np.linalg.solve(phi[kept].T @ phi[kept] + 3.0 * np.eye(width), phi[kept].T @ y[kept])
            assert alone[row] == pytest.approx(phi[row] @ fit)


def test_scores_see_what_is_there_and_nothing_else() -> None:
    """Half of the variance in 400 inputs, 400 that do nothing, 500 replications, 12 samples."""
    rng = np.random.default_rng(8)
    groups = {"real": [f"x{index}" for index in range(400)], "idle": [f"x{index}" for index in range(400, 800)]}
    seen: dict[str, list[float]] = {"real": [], "idle": []}
    for _ in range(12):
        x = rng.normal(size=(500, 800))
        y = x[:, :400] @ rng.normal(size=400) / 20.0 + rng.normal(size=500)
        found = group_scores(decompose(sample(frame(x), y), groups))
        for label, score in found.items():
            seen[label].append(float(np.corrcoef(score, y)[0, 1]))
    assert 0.3 < np.mean(seen["real"]) < np.sqrt(0.5)
    assert abs(np.mean(seen["idle"])) < 3.0 / np.sqrt(500 * 12)


def test_groups_swing_by_their_scores() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=(600, 203))
    y = x[:, :2] @ [-3.0, 3.0] + 2.0 * x[:, 2] + rng.normal(size=600)
    table = swings(frame(x), y, groups={"two": ["x0", "x1"], "one": ["x2"], "idle": ["*"]}, statistic="mean")
    table = table.set_index("group")
    assert list(table.index) == ["two", "one", "idle"]
    assert table.loc["two", "swing"] == pytest.approx(np.sqrt(18.0) * FIFTH, rel=0.1)
    assert table.loc["one", "swing"] == pytest.approx(2.0 * FIFTH, rel=0.15)
    assert table.loc["one", "x_high"] == pytest.approx(FIFTH / 2.0, rel=0.1), "a group of one is that input"
    assert table.loc["idle", "low"] < 0.0 < table.loc["idle", "high"]


def test_swings_refuse_what_they_cannot_show() -> None:
    x = frame(np.random.default_rng(10).normal(size=(50, 2)))
    with pytest.raises(ValueError, match="between 0 and 1"):
        swings(x, x["x0"], names=["x0"], statistic=1.0)
    with pytest.raises(ValueError, match="at most half"):
        swings(x, x["x0"], names=["x0"], fifth=0.6)
    with pytest.raises(InputError, match="no input of this name"):
        swings(x, x["x0"], names=["y"])
