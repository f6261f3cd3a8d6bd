"""Correlation of draws."""

import math

import numpy as np
import pytest
from scipy import stats

from buildsim.errors import InputError
from buildsim.sampling.inputs import Input
from buildsim.sampling.sampler import Sampler
from buildsim.spec.correlation import Correlation
from buildsim.spec.distributions import Distribution, Exponential, Lognormal, Pert, Triangular
from buildsim.spec.quantity import Uncertain

COUNT = 20_000
DISTS: dict[str, Distribution] = {
    "a": Pert(60.0, 128.0, 208.0),
    "b": Lognormal(median=5.0, p90=9.0),
    "c": Exponential(4.0),
    "d": Triangular(0.0, 1.0, 3.0),
}
INPUTS = [Input(name, Uncertain(dist=dist)) for name, dist in DISTS.items()]


def draws(*correlations: Correlation, design: str = "monte-carlo", count: int = COUNT) -> np.ndarray:
    sampler = Sampler(INPUTS, correlations=correlations, seed=3, design=design, replications=count)
    return sampler.block(0, count)


def scores(block: np.ndarray) -> np.ndarray:
    """Normal scores, a row for each column."""
    levels = [dist.cdf(column) for dist, column in zip(DISTS.values(), block.T, strict=True)]
    return stats.norm.ppf(np.clip(levels, 1e-12, 1 - 1e-12))


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.5, 0.95])
def test_the_correlation_is_reached(rho: float) -> None:
    """The standard error of a correlation is (1 - rho^2) / sqrt(n); five of them, and of 1 / sqrt(n) for ranks."""
    block = draws(Correlation(between=("a", "b"), rho=rho))
    reached = np.corrcoef(scores(block)[:2])[0, 1]
    assert reached == pytest.approx(rho, abs=5.0 * (1.0 - rho**2) / math.sqrt(COUNT) + 1e-4)
    ranks = stats.spearmanr(block[:, 0], block[:, 1]).statistic
    assert ranks == pytest.approx(6.0 / math.pi * math.asin(rho / 2.0), abs=5.0 / math.sqrt(COUNT))


def test_a_matrix_is_reached() -> None:
    matrix = ((1.0, 0.8, -0.2), (0.8, 1.0, 0.3), (-0.2, 0.3, 1.0))
    block = draws(Correlation(between=("c", "a", "d"), matrix=matrix))
    reached = np.corrcoef(scores(block)[[2, 0, 3]])
    assert np.abs(reached - np.array(matrix)).max() < 5.0 / math.sqrt(COUNT)


def test_each_quantity_keeps_its_distribution() -> None:
    block = draws(Correlation(between=("a", "b", "c", "d"), rho=0.7))
    for dist, column in zip(DISTS.values(), block.T, strict=True):
        assert stats.kstest(dist.cdf(column), "uniform").pvalue > 1e-3


def test_the_first_and_those_outside_keep_their_draws() -> None:
    free, tied = draws(), draws(Correlation(between=("b", "c"), rho=0.7))
    assert np.array_equal(tied[:, [0, 1, 3]], free[:, [0, 1, 3]])
    assert not np.array_equal(tied[:, 2], free[:, 2])


def test_even_designs_can_be_correlated() -> None:
    for design in ("latin-hypercube", "sobol"):
        block = draws(Correlation(between=("a", "b"), rho=0.5), design=design, count=1024)
        assert np.corrcoef(scores(block)[:2])[0, 1] == pytest.approx(0.5, abs=5.0 * 0.75 / 32.0)


def test_names_are_checked() -> None:
    ties = [Correlation(between=("a", "b"), rho=0.5), Correlation(between=("b", "e"), rho=0.5)]
    with pytest.raises(InputError) as caught:
        draws(*ties, count=4)
    assert [(problem.path, problem.message) for problem in caught.value.problems] == [
        ("correlations.1.between", "'b' is in two correlations: join them in one matrix"),
        ("correlations.1.between", "no quantity is named 'e'"),
    ]
