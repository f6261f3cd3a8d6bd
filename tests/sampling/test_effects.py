"""What risk drivers do to draws."""

import numpy as np
import pytest

from buildsim.errors import InputError
from buildsim.sampling.inputs import Input
from buildsim.sampling.sampler import Sampler
from buildsim.spec.distributions import Distribution, Fixed, Normal, Triangular, Uniform
from buildsim.spec.drivers import Driver
from buildsim.spec.quantity import Uncertain


def driver(*on: str, **raw: object) -> Driver:
    return Driver.model_validate({"on": on, **raw})


def one(name: str, dist: Distribution, unit: str = "", workdays: bool = False) -> Input:
    return Input(name, Uncertain(dist=dist, unit=unit, workdays=workdays))


def block(inputs: list[Input], count: int = 200, **drivers: Driver) -> np.ndarray:
    return Sampler(inputs, drivers=drivers, seed=2, replications=count).block(0, count)


INPUTS = [
    one("sites.a.duration", Triangular(10.0, 20.0, 40.0), "days"),
    one("sites.b.duration", Triangular(5.0, 6.0, 9.0), "days"),
    one("sites.b.cost", Uniform(1.0, 2.0), "USD"),
]


def test_a_factor_multiplies_what_it_matches() -> None:
    plain = block(INPUTS)
    driven = block(INPUTS, slow=driver("sites.*.duration", value={"low": 0.9, "mode": 1, "high": 1.5}))
    factor = driven[:, 3:]
    assert np.array_equal(driven[:, :2], plain[:, :2] * factor)
    assert np.array_equal(driven[:, 2], plain[:, 2])
    assert 0.9 <= factor.min() < factor.max() <= 1.5


def test_multiplication_comes_first_whatever_is_declared_first() -> None:
    plain = block(INPUTS)
    late = driver("sites.b.*ion", value="3 days", effect="add")
    slow = driver("sites.**", value=2)
    for drivers in ({"late": late, "slow": slow}, {"slow": slow, "late": late}):
        driven = block(INPUTS, **drivers)
        assert np.array_equal(driven[:, 0], 2.0 * plain[:, 0])
        assert np.array_equal(driven[:, 1], 2.0 * plain[:, 1] + 3.0)
        assert np.array_equal(driven[:, 2], 2.0 * plain[:, 2])


def test_an_event_acts_on_all_or_none() -> None:
    """30 % of 2,000 replications, within five standard errors of sqrt(0.3 0.7 2,000) = 20."""
    inputs = [one("a", Fixed(10.0)), one("b", Fixed(20.0))]
    event = {"probability": 0.3, "value": 1.5}
    driven = block(inputs, 2000, strike=driver("a", "b", value=event))
    struck = driven[:, 2] == 1.5
    assert abs(struck.sum() - 600) < 5 * 20.5
    assert np.array_equal(driven[struck, :2], np.tile([15.0, 30.0], (struck.sum(), 1)))
    assert np.array_equal(driven[~struck], np.tile([10.0, 20.0, 1.0], ((~struck).sum(), 1)))
    added = block(inputs, 2000, strike=driver("b", value=event, effect="add"))
    assert set(added[:, 1]) == {20.0, 21.5}
    assert np.array_equal(added[:, 0], np.full(2000, 10.0))


def test_two_patterns_on_one_quantity_act_once() -> None:
    driven = block([one("sites.a.duration", Fixed(10.0))], slow=driver("sites.**", "*.a.*", value=2))
    assert set(driven[:, 0]) == {20.0}


def test_nothing_is_taken_below_zero_or_a_share_above_one() -> None:
    inputs = [one("a", Uniform(1.0, 9.0), "days"), one("b", Normal(0.0, 1.0)), one("c", Uniform(0.5, 0.9), "share")]
    sooner = driver("a", "b", value=-5, effect="add")
    driven = block(inputs, sooner=sooner, more=driver("c", value=1.5))
    assert driven[:, 0].min() == 0.0
    assert driven[:, 1].min() < -5.0
    assert driven[:, 2].max() == 1.0


def test_dates_move_by_days() -> None:
    date = one("a.date", Uniform(739_000.0, 739_010.0), "date")
    plain, driven = block([date]), block([date], late=driver("a.date", value="2 weeks", effect="add"))
    assert np.array_equal(driven[:, 0], plain[:, 0] + 14.0)


@pytest.mark.parametrize(
    ("declared", "late", "message"),
    [
        (one("a", Fixed(1.0), "date"), driver("a", value=1.1), "'a' is a date, which cannot be multiplied"),
        (one("a", Fixed(1.0), "MW"), driver("a", value="2 days", effect="add"), "it adds days, but 'a' is in MW"),
        (one("a", Fixed(1.0)), driver("a", value="2 MW", effect="add"), "it adds MW, but 'a' is in plain numbers"),
        (
            one("a", Fixed(1.0), "days", workdays=True),
            driver("a", value="2 days", effect="add"),
            "it adds elapsed days, but 'a' is in workdays",
        ),
        (
            one("a", Fixed(1.0), "days"),
            driver("a", value="2 workdays", effect="add"),
            "it adds workdays, but 'a' is in elapsed days",
        ),
        (one("a.b", Fixed(1.0)), driver("*", value=2), "no quantity matches '*'"),
        (one("a.b", Fixed(1.0)), driver("a.b", "a.c", value=2), "no quantity matches 'a.c'"),
    ],
)
def test_refused(declared: Input, late: Driver, message: str) -> None:
    with pytest.raises(InputError) as caught:
        block([declared], late=late)
    (problem,) = caught.value.problems
    assert problem.message == message
    assert problem.path.startswith("drivers.late")


def test_a_plain_number_may_be_added_to_anything() -> None:
    driven = block([one("a", Fixed(1.0), "days", workdays=True)], late=driver("a", value=2, effect="add"))
    assert set(driven[:, 0]) == {3.0}
