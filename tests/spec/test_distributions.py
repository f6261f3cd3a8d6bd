"""Every distribution against its closed forms, against scipy and against its own draws."""

import copy
import dataclasses
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from buildsim.sampling.streams import uniforms
from buildsim.spec.distributions import (
    KINDS,
    Choice,
    Distribution,
    Empirical,
    Event,
    Exponential,
    Fixed,
    Lognormal,
    Normal,
    ParameterError,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)


@dataclasses.dataclass(frozen=True)
class Case:
    """A distribution and what is known of it otherwise."""

    dist: Distribution
    mean: float
    variance: float
    planning: float
    other: object = None  # the same distribution in scipy, where it has it


def truncated(mean: float, sd: float, low: float, high: float) -> object:
    return stats.truncnorm((low - mean) / sd, (high - mean) / sd, loc=mean, scale=sd)


Z90 = stats.norm.ppf(0.9)
SIGMA = math.log(1.6) / Z90

CASES = [
    Case(Fixed(7.0), 7.0, 0.0, 7.0),
    Case(Uniform(3.0, 9.0), 6.0, 3.0, 6.0, stats.uniform(3.0, 6.0)),
    # (2 + 3 + 7) / 3; (4 + 9 + 49 - 6 - 14 - 21) / 18
    Case(Triangular(2.0, 3.0, 7.0), 4.0, 21 / 18, 3.0, stats.triang(0.2, 2.0, 5.0)),
    Case(Triangular(2.0, 2.0, 7.0), 11 / 3, 25 / 18, 2.0, stats.triang(0.0, 2.0, 5.0)),
    Case(Triangular(2.0, 7.0, 7.0), 16 / 3, 25 / 18, 7.0, stats.triang(1.0, 2.0, 5.0)),
    # (60 + 4 128 + 208) / 6 = 130; 70 78 / 7 = 780
    Case(Pert(60.0, 128.0, 208.0), 130.0, 780.0, 128.0, stats.beta(1 + 4 * 68 / 148, 1 + 4 * 80 / 148, 60.0, 148.0)),
    # a mode at the limit: beta(1, 5), with mean 1/6 and variance 5 / (36 7)
    Case(Pert(0.0, 0.0, 1.0), 1 / 6, 5 / 252, 0.0, stats.beta(1, 5)),
    Case(Pert(0.0, 1.0, 1.0), 5 / 6, 5 / 252, 1.0, stats.beta(5, 1)),
    # lambda 2: mean (0 + 2 3 + 10) / 4 = 4, variance 4 6 / 5
    Case(Pert(0.0, 3.0, 10.0, 2.0), 4.0, 4.8, 3.0, stats.beta(1.6, 2.4, 0.0, 10.0)),
    # median m and P90 = 1.6 m: mean m exp(s^2 / 2), variance m^2 exp(s^2) (exp(s^2) - 1)
    Case(
        Lognormal(median=10.0, p90=16.0),
        10.0 * math.exp(SIGMA**2 / 2),
        100.0 * math.exp(SIGMA**2) * math.expm1(SIGMA**2),
        10.0,
        stats.lognorm(SIGMA, scale=10.0),
    ),
    # mean 10, sd 5: s^2 = ln 1.25, median 10 / sqrt(1.25)
    Case(
        Lognormal(mean_=10.0, sd=5.0),
        10.0,
        25.0,
        10.0 / math.sqrt(1.25),
        stats.lognorm(math.sqrt(math.log(1.25)), scale=10.0 / math.sqrt(1.25)),
    ),
    Case(Normal(20.0, 4.0), 20.0, 16.0, 20.0, stats.norm(20.0, 4.0)),
    # the half-normal: mean sqrt(2 / pi), variance 1 - 2 / pi, median Phi^-1(3/4)
    Case(
        Normal(0.0, 1.0, low=0.0),
        math.sqrt(2 / math.pi),
        1 - 2 / math.pi,
        float(stats.norm.ppf(0.75)),
        truncated(0.0, 1.0, 0.0, math.inf),
    ),
    Case(
        Normal(10.0, 4.0, low=8.0, high=13.0),
        float(stats.truncnorm(-0.5, 0.75, 10.0, 4.0).mean()),
        float(stats.truncnorm(-0.5, 0.75, 10.0, 4.0).var()),
        float(stats.truncnorm(-0.5, 0.75, 10.0, 4.0).median()),
        truncated(10.0, 4.0, 8.0, 13.0),
    ),
    Case(Exponential(5.0), 5.0, 25.0, 5.0 * math.log(2), stats.expon(scale=5.0)),
    # shape 2 (Rayleigh): mean s sqrt(pi) / 2, variance s^2 (1 - pi / 4)
    Case(
        Weibull(2.0, 6.0),
        3.0 * math.sqrt(math.pi),
        36.0 * (1 - math.pi / 4),
        6.0 * math.sqrt(math.log(2)),
        stats.weibull_min(2.0, scale=6.0),
    ),
    # 3/10 of uniform(2, 6): mean 1.2, second moment 0.3 (16 + 16/12)
    Case(Event(0.3, Uniform(2.0, 6.0)), 1.2, 0.3 * (16 + 4 / 3) - 1.44, 0.0),
    # values on both sides of what holds otherwise
    Case(Event(0.5, Uniform(0.0, 2.0), otherwise=1.0), 1.0, 0.5 / 3, 1.0),
    Case(Event(0.25, Fixed(8.0), otherwise=4.0), 5.0, 3.0, 4.0),
    Case(Event(0.0, Fixed(8.0)), 0.0, 0.0, 0.0),
    Case(Event(1.0, Uniform(3.0, 9.0)), 6.0, 3.0, 0.0),
    # 1/6 of 1, 2/6 of 4, 3/6 of 2: mean 2.5, second moment (1 + 32 + 12) / 6
    Case(Choice((4.0, 1.0, 2.0), (2.0, 1.0, 3.0)), 2.5, 7.5 - 6.25, 2.0),
    Case(Choice((4.0, 1.0)), 2.5, 2.25, 4.0),
    Case(Empirical((3.0, 1.0, 2.0, 6.0)), 3.0, 3.5, 2.0),
]
IDS = [f"{index}-{case.dist.kind}" for index, case in enumerate(CASES)]
every_case = pytest.mark.parametrize("case", CASES, ids=IDS)


def test_every_kind_has_a_case() -> None:
    assert {case.dist.kind for case in CASES} == set(KINDS)


@pytest.mark.parametrize("kind", KINDS)
def test_a_kind_is_whole(kind: str) -> None:
    family = KINDS[kind]
    assert family.kind == kind
    assert family.required <= family.roles.keys()
    assert {"ppf", "cdf", "mean", "variance", "planning", "low", "high"} <= set(dir(family)) | set(family.__slots__)


@every_case
def test_moments_have_their_closed_form(case: Case) -> None:
    assert case.dist.mean() == pytest.approx(case.mean, rel=1e-12, abs=1e-12)
    assert case.dist.variance() == pytest.approx(case.variance, rel=1e-9, abs=1e-12)
    assert case.dist.planning() == pytest.approx(case.planning, rel=1e-9)


@every_case
def test_draws_have_the_moments(case: Case) -> None:
    """Five standard errors: sd / sqrt(n) for the mean and sqrt((m4 - var^2) / n) for the variance, m4 by the draws.

    A right sampler misses that once in 1.7 million cases; the draws are keyed, so a case that passes goes on passing.
    """
    count = 200_000
    draws = case.dist.ppf(uniforms(1, f"moments.{CASES.index(case)}", 0, count))
    assert draws.shape == (count,)
    centred = draws - case.mean
    tolerance = 5.0 * math.sqrt(case.variance / count) + 1e-9
    assert np.mean(draws) == pytest.approx(case.mean, abs=tolerance)
    spread = math.sqrt(max(float(np.mean(centred**4)) - case.variance**2, 0.0) / count)
    assert np.mean(centred**2) == pytest.approx(case.variance, abs=5.0 * spread + 1e-9)


@pytest.mark.parametrize("case", [case for case in CASES if case.other], ids=lambda case: case.dist.kind)
def test_as_scipy_has_it(case: Case) -> None:
    """To 1e-9 of the spread; PERT to 5e-6 of its range, which is what its table promises."""
    u = np.concatenate((np.geomspace(1e-9, 0.5, 400), 1.0 - np.geomspace(1e-9, 0.5, 400)))
    dist, other = case.dist, case.other
    tolerance = 5e-6 * (dist.high - dist.low) if dist.kind == "pert" else 1e-9 * math.sqrt(case.variance)
    np.testing.assert_allclose(dist.ppf(u), other.ppf(u), rtol=1e-9, atol=tolerance)
    x = np.linspace(case.mean - 4 * math.sqrt(case.variance), case.mean + 4 * math.sqrt(case.variance), 1001)
    np.testing.assert_allclose(dist.cdf(x), other.cdf(x), rtol=1e-9, atol=1e-13)
    assert dist.mean() == pytest.approx(other.mean(), rel=1e-9)
    assert dist.variance() == pytest.approx(other.var(), rel=1e-8)
    assert (dist.low, dist.high) == pytest.approx(other.support())


@every_case
def test_ppf_inverts_cdf(case: Case) -> None:
    """The least x whose cdf reaches u: exact for steps, to rounding for smooth ones, to the table for PERT."""
    u = (np.arange(4000) + 0.5) / 4000
    dist = case.dist
    x = dist.ppf(u)
    # the table is right to 5e-6 of the range, and a beta density over that range is at most max(a, b) where a + b = 6
    slack = 5e-6 * max(dist.shape()) if isinstance(dist, Pert) else 1e-12
    assert np.all(dist.cdf(x) >= u - slack - 1e-12)
    below = np.nextafter(x, -math.inf) - 1e-9 * np.abs(x)
    assert np.all(dist.cdf(below) <= u + slack + 1e-12)


@every_case
def test_ppf_rises_within_the_limits(case: Case) -> None:
    u = np.concatenate(([2.0**-53], np.linspace(0.0, 1.0, 10_001)[1:-1], [1.0 - 2.0**-53]))
    x = case.dist.ppf(u)
    assert np.all(np.diff(x) >= 0.0)
    assert x[0] >= case.dist.low
    assert x[-1] <= case.dist.high
    assert np.all(np.isfinite(x))


@every_case
def test_ppf_takes_any_shape(case: Case) -> None:
    u = uniforms(1, "shape", 0, 12)
    flat = case.dist.ppf(u)
    assert np.array_equal(case.dist.ppf(u.reshape(3, 4)).ravel(), flat)
    assert np.array_equal(case.dist.ppf(np.repeat(u, 2)[::2]), flat)
    assert [float(case.dist.ppf(one)) for one in u] == flat.tolist()
    assert case.dist.cdf(flat.reshape(3, 4)).shape == (3, 4)


@every_case
def test_equal_and_hashable(case: Case) -> None:
    again = copy.deepcopy(case.dist)
    assert again == case.dist
    assert hash(again) == hash(case.dist)
    assert np.array_equal(again.ppf([0.1, 0.6]), case.dist.ppf([0.1, 0.6]))


@pytest.mark.parametrize(
    ("make", "key", "message"),
    [
        (lambda: Fixed(math.inf), "value", "finite"),
        (lambda: Uniform(2.0, 1.0), "high", r"high \(1\) is below low \(2\)"),
        (lambda: Triangular(2.0, 1.0, 3.0), "mode", r"mode \(1\) is below low \(2\)"),
        (lambda: Triangular(0.0, 5.0, 3.0), "high", r"high \(3\) is below mode \(5\)"),
        (lambda: Pert(0.0, math.nan, 3.0), "mode", "finite"),
        (lambda: Pert(0.0, 5.0, 3.0), "high", "below mode"),
        (lambda: Pert(0.0, 1.0, 3.0, 0.0), "lambda", "above 0"),
        (lambda: Pert(0.0, 1.0, 3.0, 1000.0), "lambda", "at most 100"),
        (lambda: Lognormal(median=5.0), "", "either median and p90, or mean and sd"),
        (lambda: Lognormal(median=5.0, p90=9.0, sd=1.0), "", "either"),
        (lambda: Lognormal(median=5.0, p90=5.0), "p90", "above the median"),
        (lambda: Lognormal(median=0.0, p90=5.0), "median", "above 0"),
        (lambda: Lognormal(mean_=5.0, sd=-1.0), "sd", "above 0"),
        (lambda: Lognormal(mean_=5.0, sd=1e-300), "sd", "spread"),
        (lambda: Lognormal(median=1.0, p90=1e9), "p90", "at most 10"),
        (lambda: Normal(5.0, 0.0), "sd", "above 0"),
        (lambda: Normal(5.0, 1.0, low=6.0, high=4.0), "high", "below low"),
        (lambda: Normal(5.0, 1.0, low=50.0), "low", "less than 1e-06"),
        (lambda: Normal(5.0, 1.0, high=-50.0), "high", "less than 1e-06"),
        (lambda: Normal(5.0, 1.0, low=math.nan), "low", "must be a number"),
        (lambda: Exponential(0.0), "mean", "above 0"),
        (lambda: Weibull(0.0, 1.0), "shape", "above 0"),
        (lambda: Weibull(0.01, 1.0), "shape", "at least 0.1"),
        (lambda: Weibull(1.0, -1.0), "scale", "above 0"),
        (lambda: Event(1.5, Fixed(1.0)), "probability", "between 0 and 1"),
        (lambda: Event(0.5, Event(0.5, Fixed(1.0))), "value", "another event"),
        (lambda: Event(0.5, Fixed(1.0), math.nan), "otherwise", "finite"),
        (lambda: Choice(()), "values", "at least one"),
        (lambda: Choice((1.0, 2.0), (1.0,)), "weights", "as many weights"),
        (lambda: Choice((1.0, 2.0), (1.0, 0.0)), "weights", "above 0"),
        (lambda: Choice((1.0, math.inf)), "values", "finite"),
        (lambda: Empirical(()), "values", "at least one"),
        (lambda: Empirical((1.0, math.nan)), "values", "finite"),
    ],
)
def test_impossible_parameters_are_refused(make: object, key: str, message: str) -> None:
    with pytest.raises(ParameterError, match=message) as caught:
        make()
    assert caught.value.key == key


def test_an_event_brings_nothing_below_its_probability() -> None:
    event = Event(0.2, Uniform(10.0, 20.0))
    u = np.array([0.1, 0.799, 0.801, 0.9, 0.999])
    np.testing.assert_allclose(event.ppf(u), [0.0, 0.0, 10.05, 15.0, 19.95])


def test_an_event_may_save_time() -> None:
    """What is below the other value comes first, so that a high draw is a high value here too."""
    event = Event(0.5, Uniform(-4.0, -2.0))
    np.testing.assert_allclose(event.ppf([0.25, 0.75]), [-3.0, 0.0])
    assert (event.low, event.high) == (-4.0, 0.0)


sane = st.floats(min_value=-1e6, max_value=1e6)
estimates = st.tuples(sane, sane, sane).map(sorted).filter(lambda three: three[2] - three[0] > 1e-3)
probabilities = st.floats(min_value=1e-9, max_value=1.0 - 1e-9)


@given(estimates, probabilities)
def test_any_triangle_is_inverted(three: list[float], u: float) -> None:
    dist = Triangular(*three)
    x = float(dist.ppf(u))
    assert dist.low <= x <= dist.high
    # a rounding error of x, some 1e-16 of its size, shows as density times that: at most 2 / (high - low)
    size = max(abs(three[0]), abs(three[2])) / (three[2] - three[0])
    assert float(dist.cdf(x)) == pytest.approx(u, abs=1e-12 + 1e-15 * size)


@given(estimates, st.floats(min_value=0.1, max_value=100.0), probabilities, probabilities)
def test_any_pert_keeps_its_promises(three: list[float], weight: float, first: float, second: float) -> None:
    dist = Pert(*three, weight)
    assert dist.low - 1e-9 <= dist.mean() <= dist.high + 1e-9
    low, high = dist.ppf(sorted((first, second)))
    assert dist.low <= low <= high <= dist.high


@given(
    st.floats(min_value=0.01, max_value=1e4), st.floats(min_value=1.01, max_value=100.0), st.floats(1e-6, 1.0 - 1e-6)
)
def test_any_lognormal_has_its_median_and_p90(median: float, ratio: float, u: float) -> None:
    dist = Lognormal(median=median, p90=median * ratio)
    np.testing.assert_allclose(dist.ppf([0.5, 0.9]), [median, median * ratio], rtol=1e-12)
    assert float(dist.cdf(dist.ppf(u))) == pytest.approx(u, rel=1e-9)
    # the same one by its moments
    by_moments = Lognormal(mean_=dist.mean(), sd=math.sqrt(dist.variance()))
    assert by_moments.planning() == pytest.approx(median, rel=1e-6)


@given(st.lists(sane, min_size=1, max_size=50), probabilities)
def test_an_empirical_draw_is_an_observation(values: list[float], u: float) -> None:
    dist = Empirical(tuple(values))
    x = float(dist.ppf(u))
    assert x in values
    assert float(dist.cdf(x)) >= u - 1e-12


@given(st.lists(st.tuples(sane, st.floats(1e-3, 1e3)), min_size=1, max_size=20), probabilities)
def test_a_choice_is_one_of_its_values(pairs: list[tuple[float, float]], u: float) -> None:
    values, weights = zip(*pairs, strict=True)
    dist = Choice(values, weights)
    x = float(dist.ppf(u))
    assert x in values
    assert float(dist.cdf(x)) >= u
