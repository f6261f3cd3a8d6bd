"""Intervals for Latin hypercube and Sobol samples: from independent randomisations, with nominal coverage."""

from dataclasses import replace

import numpy as np
import pytest
from scipy.stats import norm, t

from buildsim.analysis import figures, quantiles
from buildsim.analysis.randomised import COLUMNS, caution, combine
from buildsim.errors import InputError
from buildsim.sampling.designs import layout
from tests.analysis.synthetic import Run, model, table

SIZE, COUNT = 32, 10
MEAN, MEDIAN, P80 = (figures.go_live("denton", statistic) for statistic in ("mean", 0.5, 0.8))
NAMES = ["a", "b", "c"]


def days(design: str, seed: int, shift: float = 0.0) -> np.ndarray:
    """A day for each replication: the sum of three normals, drawn with a design of the library."""
    uniforms = layout(design, NAMES, seed, SIZE, NAMES if design == "sobol" else []).rows(0, SIZE)
    drawn: np.ndarray = 500.0 + shift + norm.ppf(uniforms).sum(axis=0)
    return drawn


def run_of(values: np.ndarray, design: str, seed: int, horizon: float = 1e9) -> Run:
    rows = [
        {"replication": r, "site": "denton", "block": "denton/h01", "mw": 25.0, "live": day if day <= horizon else None}
        for r, day in enumerate(values)
    ]
    facts = {"seed": seed, "design": design, "replications": len(values), "model_hash": "abc"}
    declared = model({"denton": ("Denton", 0.0, True)}, {}, {})
    return Run(table("go_live", rows), model=declared, manifest=facts, horizon=horizon)


@pytest.fixture(scope="module", params=["latin-hypercube", "sobol"])
def runs(request) -> list[Run]:
    return [run_of(days(request.param, seed), request.param, seed) for seed in range(COUNT)]


def test_the_interval_is_students_on_the_estimates(runs) -> None:
    table = combine(runs, [MEAN, P80], 0.9).set_index("statistic")
    assert list(table.reset_index()[COLUMNS]) == COLUMNS
    means = np.array([run.go_live["live"].mean() for run in runs])
    half = t.ppf(0.95, COUNT - 1) * means.std(ddof=1) / np.sqrt(COUNT)
    assert table.loc["mean", ["value", "low", "high"]].tolist() == pytest.approx(
        [means.mean(), means.mean() - half, means.mean() + half]
    )
    together = np.sort(np.concatenate([run.go_live["live"].to_numpy() for run in runs]))
    assert table.loc["P80", "value"] == together[int(0.8 * SIZE * COUNT) - 1]
    assert (table["randomisations"] == COUNT).all()
    assert (table["replications"] == SIZE).all()


def test_a_sum_is_what_these_designs_are_good_at(runs) -> None:
    # A sum of independent inputs is additive, so stratifying each takes nearly all of its variance away.
    assert combine(runs, [MEAN])["gain"].iloc[0] > 5.0


@pytest.mark.parametrize("design", ["latin-hypercube", "sobol"])
def test_the_intervals_have_their_coverage(design: str) -> None:
    # 200 studies of 10 randomisations: three standard errors of 0.0154. The median of a symmetric distribution is
    # known exactly; that of 32 points has a small bias, of which the pooled estimate keeps a tenth.
    hits = {"mean": 0, "P50": 0}
    for study in range(200):
        means, medians, pooled = [], [], []
        for one in range(COUNT):
            drawn = days(design, 1000 * study + one)
            means.append(drawn.mean())
            medians.append(quantiles.quantile(drawn, 0.5).value)
            pooled.append(drawn)
        for name, estimates, centre in (
            ("mean", np.array(means), np.mean(means)),
            ("P50", np.array(medians), quantiles.quantile(np.concatenate(pooled), 0.5).value),
        ):
            spread = np.sqrt(((estimates - centre) ** 2).sum() / (COUNT - 1) / COUNT)
            hits[name] += abs(centre - 500.0) <= t.ppf(0.975, COUNT - 1) * spread
        if study == 0:  # the same by the function itself
            found = combine([run_of(x, design, i) for i, x in enumerate(pooled)], [MEAN, MEDIAN])
            assert found["value"].tolist() == pytest.approx([np.mean(means), centre])
            assert found["high"].iloc[1] == pytest.approx(centre + t.ppf(0.975, COUNT - 1) * spread)
    assert hits["mean"] / 200 >= 0.95 - 3 * 0.0154
    assert hits["P50"] / 200 >= 0.95 - 3 * 0.0154


def test_order_statistics_say_nothing_about_one_sample() -> None:
    # Why the caution: nominally 95 %, the interval of the median from one Latin hypercube is far too wide here.
    hits = 0
    for seed in range(200):
        found = quantiles.quantile(days("latin-hypercube", seed), 0.5)
        hits += found.low <= 500.0 <= found.high
    assert hits / 200 > 0.985


def test_differences_of_randomisations_pair(runs) -> None:
    design = runs[0].manifest["design"]
    others = [run_of(days(design, seed, shift=10.0), design, seed) for seed in range(COUNT)]
    found = combine(others, [MEAN, P80], against=runs)
    assert found["value"].tolist() == pytest.approx([10.0, 10.0])
    assert (found["high"] - found["low"] < 1e-6).all()


def test_what_lies_beyond_the_horizon_has_no_interval() -> None:
    values = [days("latin-hypercube", seed) for seed in range(3)]
    horizon = float(np.sort(np.concatenate(values))[int(0.8 * 3 * SIZE)])
    late = [run_of(one, "latin-hypercube", seed, horizon) for seed, one in enumerate(values)]
    found = combine(late, [P80, figures.go_live("denton", 0.99)])
    assert found["high"].tolist() == [np.inf, np.inf]
    assert found["value"].iloc[1] == np.inf
    both = combine(late, [figures.go_live("denton", 0.99)], against=late)
    assert both["value"].isna().all()


def test_what_cannot_be_combined_is_told_at_once(runs) -> None:
    odd = replace(runs[1], manifest=dict(runs[1].manifest) | {"model_hash": "xyz", "seed": 0, "replications": 64})
    with pytest.raises(InputError) as refused:
        combine([runs[0], odd])
    assert [problem.message.split(":")[0] for problem in refused.value.problems] == [
        "have different model_hash",
        "have different replications",
        "share the seed 0, so they are not independent",
    ]
    with pytest.raises(InputError, match="1 randomisations"):
        combine(runs[:1])
    with pytest.raises(InputError, match="3 runs against 4"):
        combine(runs[:4], against=runs[:3])
    with pytest.raises(InputError, match="draws do not pair"):
        combine(runs[:3], against=runs[1:4])


@pytest.mark.parametrize(
    ("design", "words"),
    [("monte-carlo", ""), ("latin-hypercube", "One Latin hypercube sample"), ("sobol", "no interval made from it")],
)
def test_the_caution(design: str, words: str) -> None:
    text = caution(run_of(np.arange(3.0), design, 1))
    assert words in text
    assert bool(words) == bool(text)


def test_given_draws_carry_a_caution() -> None:
    run = run_of(np.arange(3.0), "monte-carlo", 1)
    assert "draws were given" in caution(replace(run, manifest=dict(run.manifest) | {"draws": "abc"}))
