"""Contrasts of one figure in two scenarios: closed forms, second implementations, coverage."""

import numpy as np
import pytest
from scipy.stats import binomtest, multivariate_normal, norm, ttest_rel

from buildsim.analysis import paired
from buildsim.analysis.differences import LONG, Contrast, QuantileMethod, of_means, of_probabilities, of_quantiles
from buildsim.analysis.figures import go_live
from buildsim.analysis.multiple import tabulate

INF = np.inf


def normals(n: int, seed: int, *, shift: float = 0.0, correlation: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Pairs of standard normals with a correlation, the second one shifted."""
    both = multivariate_normal.rvs([0.0, shift], [[1.0, correlation], [correlation, 1.0]], n, random_state=seed)
    return both[:, 0], both[:, 1]


def test_a_mean_is_the_paired_t_test() -> None:
    base, other = normals(40, seed=1, shift=0.3)
    found, known = of_means(base, other), ttest_rel(other, base)
    assert found.p == pytest.approx(known.pvalue)
    low, high = known.confidence_interval(0.9)
    assert found.ends(0.9) == pytest.approx((low, high))
    assert (found.pairs, found.method) == (40, "paired t")


def test_the_variance_reduction_is_what_correlation_gives() -> None:
    # Var(X) + Var(Y) = 2 and Var(Y - X) = 2 - 2 rho, so pairing divides the variance by 1 / (1 - rho) = 5. The
    # relative error of a ratio of variances of n pairs is about sqrt(2 * 2 / n) = 2 %; 8 % are four of those.
    base, other = normals(10_000, seed=2)
    assert of_means(base, other).variance_reduction == pytest.approx(5.0, rel=0.08)


def test_days_later_than_the_horizon_count_as_it_in_a_mean() -> None:
    found = of_means([1.0, 2.0, np.nan], [3.0, INF, 4.0], cap=10.0)
    assert found.difference == pytest.approx(((3 - 1) + (10 - 2) + (4 - 10)) / 3)
    assert found.capped == 2


def test_differences_that_do_not_vary_leave_no_width() -> None:
    same = of_means([1.0, 2.0, 5.0], [1.0, 2.0, 5.0])
    assert (same.difference, same.p, same.ends(0.95)) == (0.0, 1.0, (0.0, 0.0))
    moved = of_means([1.0, 2.0, 5.0], [4.0, 5.0, 8.0])
    assert (moved.difference, moved.p, moved.ends(0.95)) == (3.0, 0.0, (3.0, 3.0))
    assert moved.variance_reduction == INF


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_pairs_say_nothing(count: int) -> None:
    for found in (of_means(np.ones(count), np.ones(count)), of_quantiles(np.ones(count), np.ones(count), 0.5)):
        assert np.isnan(found.p)
        assert not np.isfinite(found.ends(0.95)).any()


def test_a_probability_by_hand() -> None:
    # 4 pairs only in other, 1 only in base, 3 in both, 12 in neither: n = 20.
    base = np.repeat([0.0, 1.0, 1.0, 0.0], [4, 1, 3, 12])
    other = np.repeat([1.0, 0.0, 1.0, 0.0], [4, 1, 3, 12])
    found = of_probabilities(base, other)
    assert (found.base, found.other, found.difference) == pytest.approx((0.2, 0.35, 0.15))
    # Bonett and Price: centre (5 - 2) / 22, variance ((5 + 2) / 22 - (3 / 22)^2) / 22.
    half = 1.959964 * np.sqrt((7 / 22 - (3 / 22) ** 2) / 22)
    assert found.ends(0.95) == pytest.approx((3 / 22 - half, 3 / 22 + half), rel=1e-6)
    assert found.p == pytest.approx(binomtest(4, 5, 0.5).pvalue)


def test_no_discordant_pair_still_has_a_width() -> None:
    found = of_probabilities(np.zeros(98), np.zeros(98))
    half = norm.ppf(0.975) * np.sqrt(2 / 100 / 100)
    assert found.p == 1.0
    assert found.ends(0.95) == pytest.approx((-half, half))


def test_the_interval_of_a_probability_has_its_coverage() -> None:
    # 0.05 against 0.12, of which 0.03 in common: 1,000 samples of 80 pairs. Three standard errors of 0.007 below 0.95;
    # the interval errs on the wide side where few pairs are discordant.
    luck = np.random.default_rng(3).random((1000, 80))
    base = ((luck < 0.03) | ((luck > 0.5) & (luck < 0.52))).astype(float)
    other = (luck < 0.12).astype(float)
    ends = [of_probabilities(one, two).ends(0.95) for one, two in zip(base, other, strict=True)]
    assert 0.93 <= np.mean([low <= 0.07 <= high for low, high in ends]) <= 0.98


def test_a_shift_is_that_of_the_paired_bootstrap() -> None:
    base, other = normals(200, seed=4, shift=1.0)
    other[:20] = np.nan
    found, known = of_quantiles(base, other, 0.8), paired.shifts(base, other, [0.8])[0]
    assert (found.base, found.other, found.difference) == (known.base, known.other, known.shift)
    assert found.ends(0.95) == (known.low, known.high)
    assert found.capped == 20
    assert found.p == pytest.approx(2.0 / (paired.RESAMPLES + 1))


def test_the_bootstrap_is_the_same_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    base, other = normals(101, seed=5)
    whole = paired.bootstrap(base, other, [0.5, 0.8])
    monkeypatch.setattr(paired, "_ELEMENTS", 777)
    for one, two in zip(whole, paired.bootstrap(base, other, [0.5, 0.8]), strict=True):
        assert np.array_equal(one, two)


def covered(method: str, n: int, samples: int) -> float:
    """How often the 95 % interval of the shift of the P80 holds the shift, 0.5."""
    hits = 0
    for seed in range(samples):
        generator = np.random.default_rng([6, seed])
        base = generator.normal(size=n)
        other = 0.5 + 0.8 * base + 0.6 * generator.normal(size=n)
        low, high = of_quantiles(base, other, 0.8, method=method, resamples=300).ends(0.95)  # type: ignore[arg-type]
        hits += low <= 0.5 <= high
    return hits / samples


@pytest.mark.parametrize(("method", "n"), [("bootstrap", 150), ("sections", 2000)])
def test_the_interval_of_a_shift_has_its_coverage(method: str, n: int) -> None:
    # 500 samples: the standard error of a coverage of 0.95 is 0.01. Three of them, and the percentile bootstrap of a
    # quantile, being discrete, may lie a few points above.
    assert 0.92 <= covered(method, n, samples=500) <= 0.985


def test_large_samples_are_cut_into_sections() -> None:
    base, other = normals(60_000, seed=7, shift=0.5)
    assert len(base) * paired.RESAMPLES > LONG
    found = of_quantiles(base, other, 0.5)
    assert found.method == "sections"
    low, high = found.ends(0.999)
    assert low < 0.5 < high
    # The sample median of each has variance pi / 2 / n, so the shift lies within a few hundredths.
    assert high - low < 0.1


def test_pairing_reduces_the_variance_of_a_shift() -> None:
    base, other = normals(1000, seed=8, correlation=0.95)
    for method in ("bootstrap", "sections"):
        assert of_quantiles(base, other, 0.5, method=method).variance_reduction > 2.0


def test_shifts_beyond_the_horizon() -> None:
    within, beyond = np.linspace(0.0, 1.0, 50), np.full(50, np.nan)
    later = of_quantiles(within, beyond, 0.5)
    assert later.difference == INF
    assert later.ends(0.95) == (INF, INF)
    both = of_quantiles(beyond, beyond, 0.5)
    assert np.isnan(both.difference)
    assert np.isnan(both.p)
    assert both.ends(0.95) == (-INF, INF)
    assert of_quantiles(within, beyond, 0.5, method="sections").ends(0.95) == (-INF, INF)


def test_pairs_must_be_pairs() -> None:
    for wrong in (of_means, of_probabilities, lambda a, b: of_quantiles(a, b, 0.5)):
        with pytest.raises(ValueError, match="equally long"):
            wrong([1.0, 2.0], [1.0])


def test_a_contrast_gives_an_interval() -> None:
    found: Contrast = of_means([0.0, 1.0, 2.0], [1.0, 2.5, 3.0])
    interval = found.interval(0.9)
    assert interval.estimate == pytest.approx(3.5 / 3)
    assert interval.n == 3


@pytest.mark.parametrize("method", ["bootstrap", "sections"])
def test_too_few_pairs_say_nothing_of_a_quantile(method: QuantileMethod) -> None:
    rng = np.random.default_rng(8)
    base = rng.normal(size=40)
    found = of_quantiles(base[:16], base[:16] + 255.0, 0.8, method=method)
    assert found.difference == pytest.approx(255.0)
    assert np.isnan(found.p)
    assert found.ends(0.95) == (-np.inf, np.inf)
    # At 90 % the order statistics of 16 bound a P80: 0.8^16 is 2.8 %, less than half of 10 %.
    assert np.isfinite(found.ends(0.9)).all()
    enough = of_quantiles(base, base + 255.0, 0.8, method=method)
    assert enough.p < 0.01
    assert enough.ends(0.95) == pytest.approx((255.0, 255.0))


def test_a_p_goes_with_the_simultaneous_interval() -> None:
    rng = np.random.default_rng(8)
    base = rng.normal(size=20)
    several = {str(one): [of_quantiles(base, base + 9.0, 0.8)] for one in range(10)}
    # 0.8^20 is 1.2 %: enough for one interval at 95 %, not for ten that hold together, each at 99.5 %.
    one, ten = (tabulate([go_live()], dict(list(several.items())[:count])).iloc[0] for count in (1, 10))
    assert np.isfinite([one["low_all"], one["p_adjusted"]]).all()
    assert one["differs"]
    assert (ten["low"], ten["low_all"], ten["high_all"]) == (9.0, -np.inf, np.inf)
    assert np.isnan([ten["p"], ten["p_adjusted"]]).all()
    assert not ten["differs"]
