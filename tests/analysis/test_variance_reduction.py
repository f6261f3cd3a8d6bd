"""What pairing gains: linear models whose factors are known in closed form."""

import numpy as np
import pytest

from buildsim.analysis.variance_reduction import reason, reduction

N = 4000


def samples(shared, own, stretch=1.0):
    """Base, other and an independent base: shared luck, own luck, and other's spread over base's."""
    draws = np.random.default_rng(3).normal(size=(4, N))
    base = shared * draws[0] + own * draws[1]
    other = 10.0 + stretch * (shared * draws[0] + own * draws[2])
    alone = np.hypot(shared, own) * draws[3]
    return base, other, alone


def test_the_factor_of_a_plain_shift_is_one_over_the_luck_that_is_not_shared():
    """With correlation r and equal spreads: 2 / (2 - 2 r)."""
    found = reduction(*samples(3.0, 1.0))
    assert found.correlation == pytest.approx(0.9, abs=0.02)
    assert found.factor == pytest.approx(10.0, rel=0.1)
    assert found.measured == pytest.approx(10.0, rel=0.15)
    assert found.low < 10.0 < found.high
    assert found.unstretched == pytest.approx(10.0, rel=0.1)
    assert "10" in reason(found)
    assert "stretches" not in reason(found)


def test_a_change_that_stretches_luck_leaves_less_even_with_all_luck_shared():
    """q = 3, r = 1: (1 + 9) / (3 - 1)^2 = 2.5."""
    found = reduction(*samples(1.0, 0.0, stretch=3.0))
    assert found.factor == pytest.approx(2.5)
    assert found.limit == pytest.approx(2.5)
    assert "stretches luck: results vary 3.0 times as much" in reason(found)


def test_luck_that_is_not_shared_is_named_as_the_reason():
    found = reduction(*samples(1.0, 1.0))
    assert found.factor == pytest.approx(2.0, rel=0.1)
    assert "do not share all luck" in reason(found)


def test_a_pure_shift_leaves_nothing():
    base, _, alone = samples(1.0, 0.0)
    assert reduction(base, base + 5.0, alone).factor == np.inf
    with pytest.raises(ValueError, match="equally long"):
        reduction(base, base[:-1], alone)
