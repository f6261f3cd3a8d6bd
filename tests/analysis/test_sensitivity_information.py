"""The value of information against the closed form for a normal gain, and what luck must not earn."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from buildsim.analysis.sensitivity import partial_information, perfect_information
from buildsim.errors import InputError


def loss(mean: float, spread: float) -> float:
    """E[max(0, g)] - max(0, E[g]) for a normal gain g: the unit normal loss (Raiffa and Schlaifer 1961)."""
    z = abs(mean) / spread
    return float(spread * (norm.pdf(z) - z * norm.sf(z)))


def case(n: int, seed: int, mean: float = 5.0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Alternative b costs more than a by mean + 8 x0 + 4 x1 + weak x2..x11 (3 in all) + noise of 6."""
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(n, 40))
    more = (
        mean + 8.0 * x[:, 0] + 4.0 * x[:, 1] + 3.0 * x[:, 2:12].sum(axis=1) / np.sqrt(10.0) + 6.0 * rng.normal(size=n)
    )
    a = 100.0 + 20.0 * rng.normal(size=n)
    return pd.DataFrame(x, columns=[f"x{index}" for index in range(40)]), pd.DataFrame({"a": a, "b": a + more})


SPREAD = np.sqrt(64.0 + 16.0 + 9.0 + 36.0)


def test_perfect_information_is_the_unit_normal_loss() -> None:
    _, outcomes = case(40_000, 1)
    found = perfect_information(outcomes, resamples=200).iloc[0]
    assert found["best"] == "a"
    assert found["evpi"] == pytest.approx(loss(5.0, SPREAD), abs=0.08)
    assert found["expected"] == pytest.approx(100.0, abs=0.4)
    assert found["regret_share"] == pytest.approx(norm.cdf(-5.0 / SPREAD), abs=0.01)
    assert found["low"] < found["evpi"] < found["high"]


def test_higher_may_be_better() -> None:
    _, outcomes = case(2000, 2)
    low, high = perfect_information(outcomes).iloc[0], perfect_information(-outcomes, better="higher").iloc[0]
    assert low["evpi"] == high["evpi"]
    assert low["expected"] == -high["expected"]
    assert perfect_information(outcomes, better="higher").iloc[0]["best"] == "b"


def test_intervals_of_perfect_information_hold_the_truth() -> None:
    """200 samples of 400: standard error 1.5 points."""
    held = 0
    for seed in range(200):
        found = perfect_information(case(400, seed)[1], resamples=300).iloc[0]
        held += found["low"] <= loss(5.0, SPREAD) <= found["high"]
    assert 0.90 <= held / 200 <= 0.98


def test_partial_information_is_the_loss_of_what_is_explained() -> None:
    inputs, outcomes = case(40_000, 3)
    table = partial_information(inputs, outcomes, names=["x0", "x1", "x20"]).set_index("input")
    assert list(table.index) == ["x0", "x1", "x20"]
    for column in ("evppi", "validated"):
        np.testing.assert_allclose(table[column], [loss(5.0, 8.0), loss(5.0, 4.0), 0.0], atol=0.06)
    assert table.loc["x0", "share"] == pytest.approx(loss(5.0, 8.0) / loss(5.0, SPREAD), abs=0.03)
    assert table.loc["x0", "switches"] == pytest.approx(norm.cdf(-5.0 / 8.0), abs=0.02)
    groups = {"strong": ["x0", "x1"], "weak": [f"x{index}" for index in range(2, 12)]}
    by_group = partial_information(inputs, outcomes, groups=groups).set_index("group")
    truth = [loss(5.0, np.sqrt(80.0)), loss(5.0, 3.0), 0.0]
    np.testing.assert_allclose(by_group.loc[["strong", "weak", "other"], "validated"], truth, atol=0.06)


def test_over_many_idle_inputs_the_fit_earns_and_the_validated_does_not() -> None:
    """Without a difference on average every switch is tempting: 20 samples of 200 with 40 idle inputs."""
    rng = np.random.default_rng(4)
    fitted, validated = [], []
    for _ in range(20):
        inputs = pd.DataFrame(rng.normal(size=(200, 40)), columns=[f"x{index}" for index in range(40)])
        outcomes = pd.DataFrame(rng.normal(size=(200, 3)), columns=list("abc"))
        table = partial_information(inputs, outcomes)
        fitted.append(table["evppi"].mean())
        validated.append(table["validated"].mean())
    assert np.mean(fitted) > 0.03
    assert np.mean(validated) < 0.01


def test_information_about_a_part_is_worth_no_more_than_about_all() -> None:
    inputs, outcomes = case(1000, 5, mean=0.0)
    evpi = perfect_information(outcomes)["evpi"].iloc[0]
    table = partial_information(inputs, outcomes)
    assert len(table) == 40
    assert (table["evppi"] <= evpi).all()
    assert (table["evppi"] >= -1e-9).all()
    assert table["input"].iloc[0] == "x0"
    assert table["validated"].is_monotonic_decreasing


def test_when_one_alternative_is_always_best_nothing_is_worth_knowing() -> None:
    inputs, outcomes = case(300, 6)
    outcomes["b"] = outcomes["a"] + 1.0
    found = perfect_information(outcomes).iloc[0]
    np.testing.assert_allclose(found[["evpi", "low", "high", "regret_share"]].astype(float), 0.0, atol=1e-9)
    table = partial_information(inputs, outcomes)
    np.testing.assert_allclose(table[["evppi", "validated", "switches"]], 0.0, atol=1e-9)
    assert table["share"].isna().all()
    assert (partial_information(inputs, outcomes, groups={"g": ["x0"]})["validated"] == 0.0).all()


def test_replications_without_an_outcome_are_left_out() -> None:
    inputs, outcomes = case(300, 7)
    holed = outcomes.copy()
    holed.loc[:9, "b"] = np.nan
    pd.testing.assert_frame_equal(perfect_information(holed), perfect_information(outcomes[10:]))
    pd.testing.assert_frame_equal(partial_information(inputs, holed), partial_information(inputs[10:], outcomes[10:]))
    with pytest.raises(InputError, match="1 alternatives"):
        perfect_information(outcomes[["a"]])
    with pytest.raises(ValueError, match="not both"):
        partial_information(inputs, outcomes, names=["x0"], groups={"g": ["x1"]})
