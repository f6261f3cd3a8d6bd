"""Ranks, scores, polynomials, adjusted p-values and groups: the parts that the analyses are made of."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import rankdata

from buildsim.analysis.sensitivity.groups import OTHER, assigned, by_activity, by_site
from buildsim.analysis.sensitivity.multiplicity import adjusted
from buildsim.analysis.sensitivity.sample import apart, basis, ranks, sample, scores
from buildsim.errors import InputError

RNG = np.random.default_rng(4)


def test_a_sample_keeps_what_varies_where_there_is_an_outcome() -> None:
    inputs = pd.DataFrame({"replication": range(30), "a": np.arange(30.0), "b": 1.0, "c": [7.0] * 29 + [8.0]})
    held = sample(inputs, np.r_[np.arange(29.0), np.nan])
    assert held.names == ("a",), "the replication is no input, and c varies only where there is no outcome"
    assert held.constant == ("b", "c")
    assert (held.n, held.inputs.shape) == (29, (29, 1))
    assert held.columns(["a"]).tolist() == [0]


def test_a_sample_says_what_is_wrong() -> None:
    inputs = pd.DataFrame({"alpha": RNG.random(30), "still": 1.0})
    y = RNG.random(30)
    with pytest.raises(ValueError, match="30 rows of inputs for 29 outcomes"):
        sample(inputs, y[1:])
    with pytest.raises(ValueError, match="finite"):
        sample(inputs.assign(alpha=np.nan), y)
    with pytest.raises(ValueError, match="cap what is later"):
        sample(inputs, np.r_[y[1:], np.inf])
    with pytest.raises(InputError, match="10 replications have an outcome"):
        sample(inputs, np.r_[y[:10], np.full(20, np.nan)])
    with pytest.raises(InputError, match="the same in all replications"):
        sample(inputs, np.ones(30))
    with pytest.raises(InputError, match="did you mean 'alpha'") as error:
        sample(inputs, y).columns(["alpa", "still"])
    assert "one value in all replications" in str(error.value), "both problems at once"


def test_scores_are_standard_monotone_and_tied_where_values_are() -> None:
    x = np.column_stack((RNG.exponential(size=200), RNG.integers(0, 3, 200), np.ones(200)))
    found = scores(x)
    np.testing.assert_allclose(found.mean(axis=0), 0.0, atol=1e-12)
    np.testing.assert_allclose((found**2).mean(axis=0), [1.0, 1.0, 0.0], atol=1e-12)
    np.testing.assert_array_equal(rankdata(found, axis=0), ranks(x))


def test_polynomials_are_orthonormal_and_stop_where_there_are_too_few_values() -> None:
    x = np.column_stack((RNG.normal(size=300), RNG.integers(0, 2, 300), RNG.integers(0, 3, 300)))
    found = basis(x, 4)
    for column, rank in enumerate((4, 1, 2)):
        gram = found[:, :, column] @ found[:, :, column].T / 300
        np.testing.assert_allclose(gram, np.diag([1.0] * rank + [0.0] * (4 - rank)), atol=1e-9)
        np.testing.assert_allclose(found[:, :, column].mean(axis=1), 0.0, atol=1e-9)


def test_how_many_values_differ_from_the_commonest() -> None:
    x = np.column_stack(([1, 2, 3, 4, 5], [0, 0, 0, 1, 2], [7, 7, 7, 7, 7]))
    assert apart(x.astype(float)).tolist() == [4, 2, 0]
    assert int(apart(np.array([0.0, 1.0, 1.0]))) == 1


def test_adjusted_p_values_by_hand() -> None:
    p = [0.01, 0.04, np.nan, 0.03, 0.005]
    np.testing.assert_allclose(adjusted(p, "holm"), [0.03, 0.06, np.nan, 0.06, 0.02])
    np.testing.assert_allclose(adjusted(p, "bh"), [0.02, 0.04, np.nan, 0.04, 0.02])
    np.testing.assert_allclose(
        adjusted(p, "by"), np.array([0.02, 0.04, np.nan, 0.04, 0.02]) * (1 + 1 / 2 + 1 / 3 + 1 / 4)
    )
    np.testing.assert_array_equal(adjusted(p, "none"), p)
    assert adjusted([0.9, 0.8], "holm").tolist() == [1.0, 1.0]
    assert adjusted([], "holm").tolist() == []
    with pytest.raises(ValueError, match="not a method"):
        adjusted(p, "fdr")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjusted([1.2])


def test_false_findings_among_many_stay_at_their_level() -> None:
    """500 families of 200 tests, 20 of them real: standard error of the rates 1 point."""
    p = RNG.random((500, 200))
    p[:, :20] = 1e-4 * p[:, :20]
    family = np.mean([(adjusted(row, "holm")[20:] <= 0.05).any() for row in p])
    found = [adjusted(row, "bh") <= 0.05 for row in p]
    share = np.mean([row[20:].sum() / max(row.sum(), 1) for row in found])
    assert 0.02 < family < 0.08
    assert 0.035 < share < 0.055, "Benjamini and Hochberg: 0.05 times the share of tests with nothing, 0.9"


NAMES = [
    "sites.denton.halls.h01.P1.duration", "sites.denton.halls.h01.gpus.lead", "sites.plano.halls.h01.P1.duration",
    "sites.plano.power.grid.s1.date", "weather.texas.lost_days", "drivers.leads",
]  # fmt: skip


def test_an_input_belongs_to_the_first_group_that_matches() -> None:
    groups = {"leads": ["sites.*.halls.*.P1.duration", "drivers.leads"], "denton": ["sites.denton.**"], "none": []}
    assert assigned(NAMES, groups) == {"leads": [0, 2, 5], "denton": [1], OTHER: [3, 4]}
    assert assigned(NAMES, {"all": ["**"]}) == {"all": [0, 1, 2, 3, 4, 5]}


def test_groups_by_site_and_by_activity() -> None:
    assert assigned(NAMES, by_site(NAMES)) == {"denton": [0, 1], "plano": [2, 3], OTHER: [4, 5]}
    assert assigned(NAMES, by_activity(NAMES)) == {"P1": [0, 2], "gpus": [1], OTHER: [3, 4, 5]}


def test_a_pattern_that_matches_nothing_is_an_error_unless_it_meets_what_does_not_vary() -> None:
    with pytest.raises(InputError, match="no input matches") as error:
        assigned(NAMES, {"a": ["sites.dallas.**"], "b": ["weather.texas.lost_day"]})
    assert "did you mean 'weather.texas.lost_days'" in str(error.value)
    assert assigned(NAMES, {"a": ["sites.dallas.**", "x"]}, ["sites.dallas.y", "x"]) == {OTHER: list(range(6))}
