"""Shares of variance: Ishigami and linear models in closed form, by bins, by groups and by pick and freeze."""

import numpy as np
import pandas as pd
import pytest

from buildsim.analysis.sensitivity import first_order, group_shares, sobol_indices
from buildsim.errors import InputError

A, B = 7.0, 0.1
V = A**2 / 8 + B * np.pi**4 / 5 + B**2 * np.pi**8 / 18 + 0.5
FIRST = np.array([0.5 * (1 + B * np.pi**4 / 5) ** 2, A**2 / 8, 0.0]) / V
TOTAL = FIRST + np.array([1.0, 0.0, 1.0]) * B**2 * np.pi**8 * (1 / 18 - 1 / 50) / V


def ishigami(x: np.ndarray) -> np.ndarray:
    found: np.ndarray = np.sin(x[:, 0]) + A * np.sin(x[:, 1]) ** 2 + B * x[:, 2] ** 4 * np.sin(x[:, 0])
    return found


def frame(x: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(x, columns=[f"x{index}" for index in range(x.shape[1])])


def test_ishigami_by_bins() -> None:
    """With 40 bins the loss within bins is below 1 %, and 20,000 replications have a standard error below 0.006."""
    x = np.random.default_rng(1).uniform(-np.pi, np.pi, (20_000, 3))
    table = first_order(frame(x), ishigami(x), bins=40).set_index("input").loc[["x0", "x1", "x2"]]
    np.testing.assert_allclose(table["index"], FIRST, atol=0.015)
    assert table["significant"].tolist() == [True, True, False]
    assert (table["bins"] == 40).all()


def test_ishigami_by_pick_and_freeze() -> None:
    """20,000 replications: standard errors of about 0.01."""
    rng = np.random.default_rng(2)
    a, b = rng.uniform(-np.pi, np.pi, (2, 20_000, 3))
    table = sobol_indices(ishigami(a), ishigami(b), mixtures(a, b, ishigami), resamples=200)
    np.testing.assert_allclose(table["first"], FIRST, atol=0.03)
    np.testing.assert_allclose(table["total"], TOTAL, atol=0.03)
    np.testing.assert_allclose(table["interaction"], TOTAL - FIRST, atol=0.04)
    assert list(table["quantity"]) == ["x0", "x1", "x2"]


def mixtures(a: np.ndarray, b: np.ndarray, model: object) -> dict[str, np.ndarray]:
    found = {}
    for column in range(a.shape[1]):
        mixed = a.copy()
        mixed[:, column] = b[:, column]
        found[f"x{column}"] = model(mixed)  # type: ignore[operator]
    return found


def test_a_linear_model_by_pick_and_freeze_has_no_interaction() -> None:
    rng = np.random.default_rng(3)
    weights = np.array([3.0, 2.0, 1.0, 0.0])
    a, b = rng.normal(size=(2, 20_000, 4))
    table = sobol_indices(1e6 + a @ weights, 1e6 + b @ weights, mixtures(a, b, lambda x: 1e6 + x @ weights))
    share = weights**2 / (weights**2).sum()
    np.testing.assert_allclose(table["first"], share, atol=0.03)
    np.testing.assert_allclose(table["total"], share, atol=0.02)
    assert table.loc[3, ["first", "first_low", "first_high", "total", "total_low", "total_high"]].tolist() == [0.0] * 6
    assert ((table["interaction_low"] <= 0.0) & (table["interaction_high"] >= 0.0)).all()


def test_intervals_of_sobol_indices_hold_the_truth() -> None:
    """150 samples of 300: standard error 1.8 points; six indices together 0.9."""
    rng = np.random.default_rng(4)
    held = np.zeros((2, 3))
    for _ in range(150):
        a, b = rng.uniform(-np.pi, np.pi, (2, 300, 3))
        table = sobol_indices(ishigami(a), ishigami(b), mixtures(a, b, ishigami), resamples=300)
        held[0] += (table["first_low"] <= FIRST) & (table["first_high"] >= FIRST)
        held[1] += (table["total_low"] <= TOTAL) & (table["total_high"] >= TOTAL)
    assert 0.91 <= held.mean() / 150 <= 0.97
    assert (held / 150 > 0.88).all()


def test_sobol_indices_leave_out_what_is_not_there_and_refuse_what_does_not_fit() -> None:
    rng = np.random.default_rng(5)
    a, b, mixed = rng.normal(size=(3, 50))
    kept = slice(5, None)
    expected = sobol_indices(a[kept], b[kept], {"x": mixed[kept]}, resamples=50)
    a[:3], mixed[3:5] = np.nan, np.nan
    pd.testing.assert_frame_equal(sobol_indices(a, b, {"x": mixed}, resamples=50), expected)
    with pytest.raises(ValueError, match="equally long"):
        sobol_indices(a, b, {"x": mixed[:-1]})
    with pytest.raises(InputError, match="10 replications with an outcome"):
        sobol_indices(a[:15], b[:15], {"x": mixed[:15]})
    with pytest.raises(InputError, match="varies by 0"):
        sobol_indices(np.ones(50), np.ones(50), {"x": mixed})


def test_bins_are_unbiased_where_there_is_nothing() -> None:
    """3,000 inputs that do nothing: the plain ratio would be 7 / 299 = 0.023, standard error of the mean 0.0002."""
    rng = np.random.default_rng(6)
    x = rng.random((300, 3000))
    x[:, 2000:] = x[:, 2000:] < 0.3
    table = first_order(frame(x), rng.gamma(2.0, size=300), most=0)
    assert abs(table["index"].mean()) < 0.001
    assert not table["significant"].any()
    assert table["low"].isna().all()


def test_a_linear_model_by_bins() -> None:
    """A uniform input loses 1 / K^2 within its bins."""
    rng = np.random.default_rng(7)
    x = rng.random((20_000, 2))
    table = first_order(frame(x), 2.0 * x[:, 0] + x[:, 1], bins=10).set_index("input")
    assert table.loc["x0", "index"] == pytest.approx(0.8 * 0.99, abs=0.012)
    assert table.loc["x1", "index"] == pytest.approx(0.2 * 0.99, abs=0.012)


def test_intervals_of_bins_hold_the_truth() -> None:
    """200 samples of 400, truth 0.3 (1 - 1 / 49) within 7 bins: standard error 1.5 points."""
    rng = np.random.default_rng(8)
    truth, held = 0.3 * (1.0 - 1.0 / 49.0), 0
    for _ in range(200):
        x = rng.random(400)
        y = np.sqrt(0.3) * (x - 0.5) * np.sqrt(12.0) + np.sqrt(0.7) * rng.normal(size=400)
        found = first_order(frame(x[:, None]), y, bins=7).iloc[0]
        held += found["low"] <= truth <= found["high"]
    assert 0.91 <= held / 200 <= 0.985


def test_an_event_has_two_bins_and_a_rare_one_is_not_tested() -> None:
    rng = np.random.default_rng(9)
    x = (rng.random((500, 2)) < [0.25, 0.01]).astype(float)
    table = first_order(frame(x), 3.0 * x[:, 0] + rng.normal(size=500)).set_index("input")
    assert table["bins"].tolist() == [2, 2]
    assert table.loc["x0", "index"] == pytest.approx(9 * 0.1875 / (9 * 0.1875 + 1), abs=0.06)
    assert np.isnan(table.loc["x1", "p"])
    with pytest.raises(ValueError, match="1 bins"):
        first_order(frame(x), x[:, 0], bins=1)
    with pytest.raises(ValueError, match="51 bins"):
        first_order(frame(x), x[:, 0], bins=51)


def test_groups_explain_what_a_linear_model_says_even_with_more_inputs_than_replications() -> None:
    """2,000 inputs, 500 replications: 0.3 spread over 1,000 of them, 0.2 in 3, 0.5 in none."""
    rng = np.random.default_rng(10)
    truth = pd.Series({"few": 0.2, "many": 0.3, "none": 0.0, "other": 0.0, "all": 0.5})
    groups = {"few": ["x0", "x1", "x2"], "many": [f"x{index}" for index in range(3, 1003)], "none": ["x1003", "x1004"]}
    held, shares = 0, []
    for _ in range(20):
        x = rng.normal(size=(500, 2000))
        effects = rng.normal(size=1000)
        y = np.sqrt(0.2 / 3) * x[:, :3].sum(axis=1) + np.sqrt(0.3) * x[:, 3:1003] @ effects / np.linalg.norm(effects)
        table = group_shares(frame(x), 10.0 + 5.0 * (y + np.sqrt(0.5) * rng.normal(size=500)), groups)
        table = table.set_index("group")
        held += ((table["low"] <= truth) & (truth <= table["high"])).sum()
        shares.append(table["share"])
    mean = pd.DataFrame(shares).mean()
    np.testing.assert_allclose(mean[["few", "none"]], truth[["few", "none"]], atol=0.02)
    np.testing.assert_allclose(mean[["many", "other", "all"]], truth[["many", "other", "all"]], atol=0.06)
    assert held >= 0.9 * 100
    assert table["method"].tolist() == ["regression", "moments", "regression", "moments", "moments"]
    assert table["degree"].tolist() == [4, 1, 4, 1, 1]


@pytest.mark.parametrize(("inputs", "share"), [(5, 0.3), (60, 0.3), (300, 0.3), (1500, 0.0), (20, 0.9)])
def test_errors_of_group_shares_are_those_of_repetition(inputs: int, share: float) -> None:
    """40 samples: the standard deviation is known to 11 %."""
    rng = np.random.default_rng(11)
    found = []
    for _ in range(40):
        x = rng.normal(size=(300, inputs))
        effects = rng.normal(size=inputs)
        y = np.sqrt(share) * x @ effects / np.linalg.norm(effects) + np.sqrt(1.0 - share) * rng.normal(size=300)
        found.append(group_shares(frame(x), y, {"g": ["*"]}).iloc[0])
    table = pd.DataFrame(found)
    spread = float(table["share"].std())
    assert table["share"].mean() == pytest.approx(share, abs=4.0 * spread / np.sqrt(40))
    assert 0.7 * spread < table["error"].mean() < 1.5 * spread


def test_a_curve_needs_a_degree() -> None:
    rng = np.random.default_rng(12)
    x = rng.normal(size=(400, 150))
    y = (x[:, 0] ** 2 - 1.0) / np.sqrt(2.0) + rng.normal(size=400)
    one, two = (group_shares(frame(x), y, {"g": ["*"]}, degree=degree).iloc[0] for degree in (1, 2))
    assert one["low"] < 0.1 < two["share"]
    assert two["low"] < 0.5 < two["high"]
    with pytest.raises(ValueError, match="degree 5"):
        group_shares(frame(x), y, {"g": ["*"]}, degree=5)


def test_everything_explained_leaves_nothing() -> None:
    x = np.random.default_rng(13).normal(size=(200, 3))
    table = group_shares(frame(x), x @ [1.0, 2.0, 0.0], {"g": ["x0", "x1"]}).set_index("group")
    assert table.loc["g", "share"] == pytest.approx(1.0, abs=0.01)
    assert table.loc["all", "share"] == pytest.approx(1.0, abs=0.01)
