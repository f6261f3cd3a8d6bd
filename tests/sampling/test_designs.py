"""Latin hypercube and Sobol designs."""

import numpy as np
import pytest
from scipy import stats

from buildsim.sampling.designs import LatinHypercube, Mixed, MonteCarlo, Sobol, layout
from buildsim.sampling.inputs import Input
from buildsim.sampling.sampler import Sampler
from buildsim.spec.distributions import Pert
from buildsim.spec.drivers import Driver
from buildsim.spec.quantity import Uncertain

NAMES = tuple(f"n{index}" for index in range(7))


@pytest.mark.parametrize("replications", [1, 2, 3, 100, 1000])
def test_one_point_in_each_stratum(replications: int) -> None:
    rows = LatinHypercube(NAMES, 1, replications).rows(0, replications)
    strata = np.sort(np.floor(rows * replications), axis=1)
    assert np.array_equal(strata, np.tile(np.arange(replications), (len(NAMES), 1)))
    assert rows.min() > 0.0
    assert rows.max() < 1.0


def test_each_name_has_its_own_order() -> None:
    """Correlations within 5 / sqrt(n), as for independent orders."""
    rows = LatinHypercube(NAMES, 1, 1000).rows(0, 1000)
    assert np.abs(np.corrcoef(rows) - np.eye(len(NAMES))).max() < 5.0 / np.sqrt(1000)


def test_within_its_stratum_a_draw_is_uniform() -> None:
    rows = LatinHypercube(NAMES, 1, 1000).rows(0, 1000)
    assert stats.kstest((rows * 1000.0 % 1.0).ravel(), "uniform").pvalue > 1e-3


def test_a_name_keeps_its_draws_for_a_fixed_number() -> None:
    alone, among = LatinHypercube(["n3"], 1, 50), LatinHypercube(NAMES, 1, 50)
    assert np.array_equal(alone.rows(0, 50)[0], among.rows(0, 50)[3])
    assert not np.array_equal(LatinHypercube(["n3"], 1, 51).rows(0, 50), alone.rows(0, 50))


@pytest.mark.parametrize("replications", [64, 256])
def test_sobol_has_one_point_in_each_dyadic_stratum(replications: int) -> None:
    rows = Sobol(NAMES, 1).rows(0, replications)
    strata = np.sort(np.floor(rows * replications), axis=1)
    assert np.array_equal(strata, np.tile(np.arange(replications), (len(NAMES), 1)))
    # two names together: 16 x 16 boxes of the square, one point of 256 in each
    if replications == 256:
        boxes = np.floor(rows[0] * 16) * 16 + np.floor(rows[1] * 16)
        assert len(set(boxes)) == 256


def test_sobol_is_uniform_and_open() -> None:
    rows = Sobol(NAMES, 3).rows(0, 1000)
    for row in rows:
        assert stats.kstest(row, "uniform").statistic < 0.01
    assert rows.min() > 0.0
    assert rows.max() < 1.0


@pytest.mark.parametrize(("first", "count"), [(0, 1), (0, 3), (1, 5), (99, 1), (37, 63), (0, 0)])
def test_sobol_by_blocks(first: int, count: int) -> None:
    whole = Sobol(NAMES, 1).rows(0, 100)
    assert np.array_equal(Sobol(NAMES, 1).rows(first, count), whole[:, first : first + count])


def test_sobol_serves_its_list_and_the_rest_is_keyed() -> None:
    mixed = Mixed(NAMES, 1, 40, ["n5", "n2"]).rows(0, 40)
    assert np.array_equal(mixed[[5, 2]], Sobol(["n5", "n2"], 1).rows(0, 40))
    rest = [0, 1, 3, 4, 6]
    assert np.array_equal(mixed[rest], LatinHypercube(NAMES, 1, 40).rows(0, 40)[rest])


def test_sobol_takes_drivers_first_and_a_thousand_names_at_most() -> None:
    inputs = [Input(f"a.{index}", Uncertain(dist=Pert(1.0, 2.0, 5.0))) for index in range(1005)]
    drivers = {"late": Driver.model_validate({"on": ["a.*"], "value": {"low": 1, "high": 2}})}
    sampler = Sampler(inputs, drivers=drivers, seed=1, design="sobol", replications=8)
    explicit = Sampler(
        inputs,
        drivers=drivers,
        seed=1,
        design="sobol",
        replications=8,
        sobol=["drivers.late", *(f"a.{index}" for index in range(999))],
    )
    assert np.array_equal(sampler.block(0, 8), explicit.block(0, 8))


def test_even_designs_estimate_a_mean_better() -> None:
    """The error of the mean of a PERT: 28 / sqrt(256) = 1.7 by Monte Carlo, far less by even designs."""
    inputs = [Input(f"a.{index}", Uncertain(dist=Pert(60.0, 128.0, 208.0))) for index in range(20)]
    errors = {}
    for design in ("monte-carlo", "latin-hypercube", "sobol"):
        block = Sampler(inputs, seed=1, design=design, replications=256).block(0, 256)
        errors[design] = float(np.sqrt(np.mean((block.mean(axis=0) - 130.0) ** 2)))
    assert errors["monte-carlo"] > 0.5
    assert errors["latin-hypercube"] < 0.1
    assert errors["sobol"] < 0.1


def test_layout_by_name() -> None:
    assert isinstance(layout("monte-carlo", NAMES, 1, 4, ()), MonteCarlo)
    assert isinstance(layout("latin-hypercube", NAMES, 1, 4, ()), LatinHypercube)
    assert isinstance(layout("sobol", NAMES, 1, 4, NAMES), Mixed)
