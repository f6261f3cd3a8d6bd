"""Rank correlation and partial rank correlation: exact values, levels, and what they must not find."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest, rankdata, spearmanr, t

from buildsim.analysis.sensitivity import detectable, partial_rank_correlation, rank_correlation
from buildsim.errors import InputError


def frame(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(x, columns=[f"x{index}" for index in range(x.shape[1])])


def test_it_is_spearmans_with_ties() -> None:
    rng = np.random.default_rng(1)
    x = np.column_stack((rng.normal(size=80), rng.integers(0, 4, 80), rng.exponential(size=80)))
    y = np.round(x[:, 0] + x[:, 1] + rng.normal(size=80), 1)
    table = rank_correlation(frame(x), y, method="none").set_index("input")
    for column in range(3):
        rho, p = spearmanr(x[:, column], y)
        assert table.loc[f"x{column}", "rho"] == pytest.approx(rho, abs=1e-12)
        assert table.loc[f"x{column}", "p"] == pytest.approx(p, rel=1e-9)
    assert list(table["rho"].abs()) == sorted(table["rho"].abs(), reverse=True)


def test_a_perfect_relation_is_one_and_certain() -> None:
    x = np.linspace(0.0, 1.0, 50)
    found = rank_correlation(frame(x[:, None]), np.exp(5.0 * x)).iloc[0]
    assert (found["rho"], found["p"], bool(found["significant"])) == (1.0, 0.0, True)
    assert found["low"] > 0.99


def test_what_is_given_is_taken_out() -> None:
    rng = np.random.default_rng(2)
    driver = rng.normal(size=400)
    x = np.column_stack((driver, driver + rng.normal(size=400), driver + rng.normal(size=400)))
    y = driver + 0.5 * x[:, 2] + 0.5 * rng.normal(size=400)
    plain = rank_correlation(frame(x), y).set_index("input")
    given = rank_correlation(frame(x), y, given=["x0"]).set_index("input")
    assert plain.loc["x1", "significant"], "moved by the driver alone"
    assert list(given.index) == ["x2", "x1"]
    assert not given.loc["x1", "significant"]
    design = np.column_stack((np.ones(400), rankdata(driver)))
    left = [r - design @ np.linalg.lstsq(design, r, rcond=None)[0] for r in (rankdata(x[:, 2]), rankdata(y))]
    assert given.loc["x2", "rho"] == pytest.approx(np.corrcoef(*left)[0, 1])
    rho = float(given.loc["x2", "rho"])
    assert given.loc["x2", "p"] == pytest.approx(2.0 * t.sf(rho * np.sqrt(397 / (1.0 - rho * rho)), 397))


def test_noise_is_found_no_more_often_than_the_level_says() -> None:
    """200 samples of 500 inputs that do nothing, a fifth of them events: standard error 1.5 points."""
    rng = np.random.default_rng(3)
    hits = 0
    for _ in range(200):
        x = rng.normal(size=(100, 500))
        x[:, 400:] = x[:, 400:] > 1.3
        hits += bool(rank_correlation(frame(x), rng.exponential(size=100))["significant"].any())
    assert hits / 200 < 0.08


def test_a_rare_event_against_a_rare_outcome_is_not_tested() -> None:
    """With both in 2 % of replications, t calls a chance meeting a finding in several per cent of samples."""
    rng = np.random.default_rng(4)
    x = rng.normal(size=(500, 2))
    x[:, 1] = x[:, 1] > 2.0
    rare = (rng.random(500) < 0.02).astype(float)
    table = rank_correlation(frame(x), rare).set_index("input")
    assert np.isnan(table.loc["x1", "p"])
    assert not table.loc["x1", "significant"]
    assert table.loc["x0", "p_adjusted"] == table.loc["x0", "p"], "one test is one test"
    assert not np.isnan(rank_correlation(frame(x), rng.normal(size=500)).set_index("input").loc["x1", "p"])


def test_intervals_hold_the_truth() -> None:
    """Normal pairs with r = 0.5 have rho = 6 / pi asin(r / 2); 1,000 samples of 60: standard error 0.7 points."""
    rng = np.random.default_rng(5)
    truth = 6.0 / np.pi * np.arcsin(0.25)
    held = 0
    for _ in range(1000):
        z = rng.normal(size=(60, 2))
        found = rank_correlation(frame(z[:, :1]), 0.5 * z[:, 0] + np.sqrt(0.75) * z[:, 1]).iloc[0]
        held += found["low"] <= truth <= found["high"]
    assert 0.93 <= held / 1000 <= 0.97


def test_what_can_be_detected_is_detected_as_often_as_said() -> None:
    rng = np.random.default_rng(6)
    rho = detectable(300, 50, power=0.8)
    r = 2.0 * np.sin(rho * np.pi / 6.0)
    found = 0
    for _ in range(300):
        x = rng.normal(size=(300, 50))
        y = r * x[:, 0] + np.sqrt(1.0 - r * r) * rng.normal(size=300)
        found += bool(rank_correlation(frame(x), y).set_index("input").loc["x0", "significant"])
    assert 0.72 <= found / 300 <= 0.88
    assert detectable(300, 4000) ** 2 == pytest.approx(0.09, abs=0.005)
    assert detectable(1000, 4000) ** 2 == pytest.approx(0.03, abs=0.003)
    with pytest.raises(ValueError, match="at least 4"):
        detectable(3, 1)


def test_partial_is_the_correlation_of_what_is_left() -> None:
    rng = np.random.default_rng(7)
    x = rng.normal(size=(200, 4))
    x[:, 1] += x[:, 0]
    y = x[:, 0] - x[:, 2] + rng.normal(size=200)
    table = partial_rank_correlation(frame(x), y, names=["x0", "x1", "x2"]).set_index("input")
    assert (table["n"] == 200).all()
    assert (table["held"] == 2).all()
    assert table["screened"].isna().all()
    r = np.column_stack([rankdata(x[:, column]) for column in (0, 1, 2)])
    for column in range(3):
        design = np.column_stack((np.ones(200), np.delete(r, column, axis=1)))
        left = [v - design @ np.linalg.lstsq(design, v, rcond=None)[0] for v in (r[:, column], rankdata(y))]
        assert table.loc[f"x{column}", "prcc"] == pytest.approx(np.corrcoef(*left)[0, 1])
    assert not table.loc["x1", "significant"]
    assert abs(rank_correlation(frame(x), y).set_index("input").loc["x1", "rho"]) > 0.3


def test_the_screen_does_not_make_findings() -> None:
    """Among 1,000 inputs that do nothing the best ten of one half are uniform in the other half."""
    rng = np.random.default_rng(8)
    p, same = [], []
    for _ in range(40):
        x, y = rng.normal(size=(200, 1000)), rng.normal(size=200)
        table = partial_rank_correlation(frame(x), y, most=10)
        assert (table["n"] == 100).all()
        p.extend(table["p"])
        chosen = rank_correlation(frame(x), y)["input"].head(10)
        same.extend(partial_rank_correlation(frame(x), y, names=list(chosen))["p"])
    assert kstest(p, "uniform").pvalue > 0.01
    assert np.median(same) < 0.05, "the same rows for both would call most of them findings"


def test_the_screen_finds_what_is_there() -> None:
    rng = np.random.default_rng(9)
    x = rng.normal(size=(600, 800))
    y = x[:, 5] - x[:, 17] + rng.normal(size=600)
    table = partial_rank_correlation(frame(x), y)
    assert set(table.loc[table["significant"], "input"]) == {"x5", "x17"}
    assert table["held"].iloc[0] == 19


def test_partial_refuses_what_it_cannot_do() -> None:
    rng = np.random.default_rng(10)
    x, y = rng.normal(size=(60, 30)), rng.normal(size=60)
    with pytest.raises(ValueError, match="60 replications cannot hold 30 inputs"):
        partial_rank_correlation(frame(x), y, names=[f"x{index}" for index in range(30)])
    with pytest.raises(InputError, match="no input of this name"):
        partial_rank_correlation(frame(x), y, names=["y"])
    x[:, 1] = 2.0 * x[:, 0]
    assert partial_rank_correlation(frame(x), y, names=["x0", "x1"])["prcc"].isna().all()
