"""The table that inverts a PERT, against the exact inverse."""

import numpy as np
import pytest
from scipy.special import betaincinv

from buildsim.spec.distributions import Pert
from buildsim.spec.distributions.pert import beta_table


@pytest.mark.parametrize("place", [0.0, 1e-6, 0.01, 0.1, 0.25, 0.5, 0.7, 0.99, 1.0])
@pytest.mark.parametrize("weight", [0.5, 4.0, 20.0, 100.0])
def test_the_table_is_right_to_5e_6_of_the_range(place: float, weight: float) -> None:
    u = np.concatenate((np.geomspace(1e-12, 0.5, 20_000), 1.0 - np.geomspace(1e-12, 0.5, 20_000)))
    exact = betaincinv(1.0 + weight * place, 1.0 + weight * (1.0 - place), u)
    error = np.max(np.abs(Pert(0.0, place, 1.0, weight).ppf(u) - exact))
    assert error < 5e-6


def test_scaled_copies_share_one_table() -> None:
    beta_table.cache_clear()
    for scale in (1.0, 7.0, 1 / 3, 12.7):
        Pert(60.0 * scale, 128.0 * scale, 208.0 * scale).ppf([0.5])
    assert beta_table.cache_info().misses == 1


def test_the_table_cannot_be_changed() -> None:
    for column in beta_table(2.0, 4.0):
        with pytest.raises(ValueError, match="read-only"):
            column[0] = 1.0


def test_a_range_of_nothing_is_one_value() -> None:
    dist = Pert(5.0, 5.0, 5.0)
    assert dist.ppf([0.1, 0.9]).tolist() == [5.0, 5.0]
    assert dist.cdf([4.9, 5.0]).tolist() == [0.0, 1.0]
    assert dist.variance() == 0.0
