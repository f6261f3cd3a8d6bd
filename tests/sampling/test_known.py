"""Draws of what is known to exceed a value."""

import numpy as np
import pytest
from scipy import stats

from buildsim.errors import InputError
from buildsim.sampling.inputs import Input
from buildsim.sampling.sampler import Sampler
from buildsim.spec.distributions import (
    Choice,
    Distribution,
    Event,
    Exponential,
    Lognormal,
    Normal,
    Pert,
    Triangular,
    Uniform,
)
from buildsim.spec.drivers import Driver
from buildsim.spec.quantity import Uncertain

COUNT = 5000


def draws(dist: Distribution, above: float | None, **drivers: Driver) -> tuple[np.ndarray, float]:
    sampler = Sampler([Input("a", Uncertain(dist=dist), above)], drivers=drivers, seed=4, replications=COUNT)
    return sampler.block(0, COUNT)[:, 0], float(sampler.plan()[0])


@pytest.mark.parametrize(
    ("dist", "above"),
    [
        (Uniform(10.0, 20.0), 16.0),
        (Triangular(10.0, 12.0, 20.0), 15.0),
        (Pert(10.0, 12.0, 20.0), 15.0),
        (Lognormal(median=10.0, p90=16.0), 25.0),
        (Normal(10.0, 3.0, low=0.0), 14.0),
        (Exponential(5.0), 20.0),
    ],
)
def test_conditional_draws_have_the_conditional_distribution(dist: Distribution, above: float) -> None:
    """Given X > a, (F(X) - F(a)) / (1 - F(a)) is uniform: Kolmogorov-Smirnov at 1 in 1,000."""
    values, plan = draws(dist, above)
    passed = float(dist.cdf(above))
    assert values.min() > above
    assert stats.kstest((dist.cdf(values) - passed) / (1.0 - passed), "uniform").pvalue > 1e-3
    assert plan > above
    assert (float(dist.cdf(plan)) - passed) / (1.0 - passed) == pytest.approx(0.5, abs=1e-4)


def test_exponential_time_left_is_memoryless() -> None:
    """The same uniforms, so the time left is the time of one that starts anew, to rounding."""
    fresh, _ = draws(Exponential(5.0), None)
    older, _ = draws(Exponential(5.0), 30.0)
    np.testing.assert_allclose(older - 30.0, fresh, rtol=1e-6, atol=1e-9)


def test_what_is_below_the_support_changes_nothing() -> None:
    free, plan = draws(Triangular(10.0, 12.0, 20.0), None)
    known, known_plan = draws(Triangular(10.0, 12.0, 20.0), 3.0)
    assert np.array_equal(known, free)
    assert known_plan == plan == 12.0


def test_a_higher_value_known_never_gives_a_lower_draw() -> None:
    earlier, _ = draws(Pert(10.0, 12.0, 20.0), 11.0)
    later, _ = draws(Pert(10.0, 12.0, 20.0), 14.0)
    assert np.all(later >= earlier)


def test_steps() -> None:
    assert set(draws(Choice((1.0, 2.0, 3.0), (1.0, 1.0, 2.0)), 1.0)[0]) == {2.0, 3.0}
    happened, plan = draws(Event(0.2, Uniform(5.0, 9.0)), 0.0)
    assert happened.min() >= 5.0
    assert 5.0 < plan < 9.0


def test_drivers_are_taken_into_account() -> None:
    """X d > a means X > a / d: with d = 2 and a = 30, a uniform on (10, 20) is one on (15, 20)."""
    double = Driver.model_validate({"on": ["a"], "value": {"value": 2, "plan": 2}})
    values, plan = draws(Uniform(10.0, 20.0), 30.0, double=double)
    assert values.min() > 30.0
    assert stats.kstest((values - 30.0) / 10.0, "uniform").pvalue > 1e-3
    assert plan == pytest.approx(35.0)
    late = Driver.model_validate({"on": ["a"], "value": 4, "effect": "add"})
    values, _ = draws(Uniform(10.0, 20.0), 22.0, late=late)
    assert stats.kstest((values - 22.0) / 2.0, "uniform").pvalue > 1e-3


def test_where_nothing_is_left_it_ends_at_once() -> None:
    half = Driver.model_validate({"on": ["a"], "value": 0.5})
    values, plan = draws(Uniform(10.0, 20.0), 15.0, half=half)
    assert set(values) == {np.nextafter(15.0, np.inf)}
    assert plan == np.nextafter(15.0, np.inf) or plan > 15.0
    stopped = Driver.model_validate({"on": ["a"], "value": 0})
    assert set(draws(Uniform(10.0, 20.0), 15.0, stopped=stopped)[0]) == {np.nextafter(15.0, np.inf)}


def test_far_in_the_tail_it_still_exceeds() -> None:
    values, _ = draws(Lognormal(median=10.0, p90=16.0), 1e6)
    assert values.min() > 1e6


def test_what_can_never_be_exceeded_is_refused() -> None:
    with pytest.raises(InputError, match="a: it is known to exceed 20, but it is 20 at most; expected a higher"):
        draws(Uniform(10.0, 20.0), 20.0)
