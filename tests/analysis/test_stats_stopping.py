"""How many replications are needed, and what stopping at a half-width does to coverage."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.stats import gamma, norm, t

import buildsim as bs
from buildsim.analysis import figures, quantiles
from buildsim.analysis.proportions import Interval, mean, wilson, wilson_bounds
from buildsim.analysis.stopping import needed
from buildsim.errors import InputError
from buildsim.run.sequential import sizes, until
from tests.analysis.synthetic import Run, model, table


def run_of(days: np.ndarray, horizon: float = 1e9) -> Run:
    """A run of one block with these days."""
    live = np.where(days <= horizon, days, np.nan)
    rows = [
        {"replication": r, "site": "denton", "block": "denton/h01", "mw": 25.0, "live": day}
        for r, day in enumerate(live)
    ]
    declared = model({"denton": ("Denton", 0.0, True)}, {}, {})
    return Run(table("go_live", rows), model=declared, horizon=horizon)


MEAN, P80 = figures.go_live("denton", "mean"), figures.go_live("denton", 0.8)


def test_a_mean_needs_what_the_t_interval_asks() -> None:
    days = np.random.default_rng(1).normal(500.0, 30.0, 100)
    found = needed(run_of(days), MEAN, 2.0)
    s, wanted = days.std(ddof=1), int(found.replications)
    assert t.ppf(0.975, wanted - 1) * s / np.sqrt(wanted) <= 2.0 < t.ppf(0.975, wanted - 2) * s / np.sqrt(wanted - 1)
    assert wanted == pytest.approx((1.96 * s / 2.0) ** 2, rel=0.02)
    assert (found.have, found.reached) == (100, False)
    assert found.half_width == pytest.approx(t.ppf(0.975, 99) * s / 10)
    assert needed(run_of(days), MEAN, 10.0).reached


def test_a_probability_needs_what_wilson_asks() -> None:
    withdrawals = [{"replication": r, "customer": "lab", "trigger": "lost", "day": 1.0} for r in range(10)]
    run = replace(run_of(np.full(100, 5.0)), withdrawals=table("withdrawals", withdrawals))
    wanted = int(needed(run, figures.withdrawal(), 0.02).replications)
    arms = []
    for count in (wanted - 1, wanted):
        low, high = wilson_bounds(0.1 * count, count)
        arms.append(max(high - 0.1, 0.1 - low))
    assert arms[1] <= 0.02 < arms[0]
    # Wald's interval, which is symmetric, needs somewhat less than Wilson's longer arm.
    assert 1.0 < wanted / (1.96**2 * 0.09 / 0.02**2) < 1.25


def test_a_quantile_needs_four_times_as_many_for_half_the_width() -> None:
    found = [needed(run_of(np.random.default_rng(2).normal(500.0, 30.0, 400)), P80, width) for width in (2.0, 1.0)]
    assert found[1].replications == pytest.approx(4 * found[0].replications, abs=4)
    # The asymptotic width is z sqrt(p q / n) / f; the width of one sample of 400 is within a third of it.
    density = norm.pdf(norm.ppf(0.8)) / 30.0
    assert found[0].replications == pytest.approx((1.96 * 0.4 / density / 2.0) ** 2, rel=0.7)


def test_a_quantile_needs_both_ends() -> None:
    # The P99 of 30 replications has no upper end; 1 - 0.99^n >= 0.975 needs 368.
    found = needed(run_of(np.linspace(100.0, 130.0, 30)), figures.go_live("denton", 0.99), 50.0)
    assert found.replications >= 368
    assert "judged by the other arm" in found.note
    assert found.half_width == np.inf


def test_what_is_not_known_is_said() -> None:
    constant = needed(run_of(np.full(50, 100.0)), MEAN, 1.0)
    assert np.isnan(constant.replications)
    assert "not varied" in constant.note
    assert not constant.reached
    beyond = needed(run_of(np.linspace(1.0, 400.0, 50), horizon=100.0), P80, 1.0)
    assert (beyond.replications, beyond.note) == (np.inf, "the figure lies beyond the horizon")
    capped = needed(run_of(np.linspace(1.0, 400.0, 50), horizon=350.0), MEAN, 1.0)
    assert "later than the horizon" in capped.note
    assert needed(run_of(np.array([1.0, 1e6])), MEAN, 1e-6).replications == np.inf


def test_a_difference_needs_less_when_it_is_paired() -> None:
    generator = np.random.default_rng(3)
    days = generator.normal(500.0, 30.0, 300)
    base, other = run_of(days), run_of(days + generator.normal(10.0, 3.0, 300))
    found = needed(other, MEAN, 1.0, against=base)
    assert found.interval.estimate == pytest.approx(10.0, abs=1.0)
    assert found.replications < needed(other, MEAN, 1.0).replications / 20
    assert needed(other, P80, 1.0, against=base).replications > found.replications


def test_wrong_targets_are_told_at_once() -> None:
    with pytest.raises(InputError) as refused:
        needed(run_of(np.arange(10.0)), MEAN, 0.0, 1.5)
    assert [problem.path for problem in refused.value.problems] == ["half_width", "confidence"]


def coverage(draw, look, truth: float, half_width: float, samples: int, most: int, confirm: bool = False) -> float:
    """How often the interval at the end of the rule holds the truth."""
    hits = 0
    for seed in range(samples):
        sample = draw(np.random.default_rng([4, seed]), most)
        _, looks, reached = until(lambda n, x=sample: x[:n], look, half_width, sizes(100, most), confirm)
        hits += reached and looks[-1].low <= truth <= looks[-1].high
    return hits / samples


def p80(sample: np.ndarray) -> Interval:
    found = quantiles.quantile(sample, 0.8)
    return Interval(found.value, found.low, found.high, found.n)


# 1,000 samples: the standard error of a coverage of 0.95 is 0.007. Three of them below 0.95, less what the page on
# statistics allows the rule to lose: half a point for what is normal, one and a half for what is as skewed as an
# exponential. The targets ask for about 1.2 to 4 times the first stage, where the loss is largest.
@pytest.mark.parametrize(
    ("draw", "look", "truth", "half_width", "least"),
    [
        (lambda rng, n: rng.normal(size=n), mean, 0.0, 0.15, 0.925),
        (lambda rng, n: rng.exponential(size=n), mean, 1.0, 0.15, 0.915),
        (lambda rng, n: rng.exponential(size=n), p80, -np.log(0.2), 0.25, 0.925),
        (lambda rng, n: (rng.random(n) < 0.1) * 1.0, lambda x: wilson(int(x.sum()), len(x)), 0.1, 0.045, 0.925),
    ],
    ids=["mean of normal", "mean of exponential", "P80 of exponential", "probability"],
)
def test_the_rule_keeps_its_coverage(draw, look, truth: float, half_width: float, least: float) -> None:
    assert least <= coverage(draw, look, truth, half_width, samples=1000, most=1500)


ARRIVALS, SERVICES, CUSTOMERS = 1.0, 1.0 / 0.9, 25


def expected_delay() -> float:
    """Mean delay in queue of the first 25 customers of an M/M/1 queue that starts empty, by Spitzer's identity.

    E W_k = sum over j <= k of E max(0, S_j - A_j) / j, with S_j and A_j sums of j services and arrivals: gamma.
    """

    def overhang(j: int) -> float:
        waits = gamma(j, scale=1 / ARRIVALS)
        # E max(0, S - A) = integral of P(S > x) P(A <= x) dx
        return float(quad(lambda x: gamma.sf(x, j, scale=1 / SERVICES) * waits.cdf(x), 0.0, np.inf)[0])

    parts = np.array([overhang(j) / j for j in range(1, CUSTOMERS)])
    return float(np.concatenate(([0.0], np.cumsum(parts))).mean())


def delays(rng: np.random.Generator, replications: int) -> np.ndarray:
    """Mean delay of the first 25 customers, by Lindley's recursion; one value a replication."""
    steps = rng.exponential(1 / SERVICES, (replications, CUSTOMERS)) - rng.exponential(
        1 / ARRIVALS, (replications, CUSTOMERS)
    )
    wait, total = np.zeros(replications), np.zeros(replications)
    for customer in range(1, CUSTOMERS):
        wait = np.maximum(0.0, wait + steps[:, customer])
        total += wait
    return total / CUSTOMERS


def test_the_rule_keeps_its_coverage_on_a_queue() -> None:
    # Law, "Simulation Modeling and Analysis", example 9.14, gives 2.12 for this queue. The delays have a skewness of
    # about 2, so two and a half points below 0.95 and three standard errors of 0.01 (500 samples) are allowed.
    truth = expected_delay()
    assert truth == pytest.approx(2.12, abs=0.01)
    assert coverage(delays, mean, truth, 0.25, samples=500, most=1000) >= 0.895


@pytest.fixture(scope="module")
def two_sites() -> bs.Run:
    return bs.simulate(bs.load("examples/two-sites"), 400, seed=11, workers=2, keep_activities=0)


@pytest.mark.parametrize(("confirm", "least"), [(False, 0.89), (True, 0.915)])
def test_the_rule_keeps_its_coverage_on_a_model(two_sites: bs.Run, confirm: bool, least: float) -> None:
    # 400 replications stand for the population, and samples are drawn from it with replacement: 500 samples, so three
    # standard errors of 0.01. The P80 lies on a slope of the density, and the width of its interval varies much: the
    # page on statistics allows the rule to lose three points, and half a point where the target is met twice in a row.
    figure = figures.go_live()
    population = figure.values(two_sites)
    truth = quantiles.quantile(population, 0.8).value
    days = 12.0
    assert 200 < needed(two_sites, figure, days).replications < 4000

    def draw(rng: np.random.Generator, n: int) -> np.ndarray:
        return rng.choice(population, n)

    assert coverage(draw, p80, truth, days, samples=500, most=8000, confirm=confirm) >= least
