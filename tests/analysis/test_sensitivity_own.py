"""Own parts of inputs and designed samples, on real models: what is exchanged, what stays, and what comes out."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.stats import kstest

import buildsim as bs
from buildsim.analysis.sensitivity import (
    by_cause,
    group_shares,
    own_parts,
    pick_freeze,
    rank_correlation,
    sobol_indices,
)
from buildsim.analysis.sensitivity.groups import assigned
from buildsim.errors import InputError
from buildsim.program.compile import compile_model
from buildsim.sampling.sampler import Sampler
from buildsim.spec.distributions import Distribution

NETWORK = """
name: Chain
start: 2025-07-01
horizon: 2026-12-31
source: assumption
network:
  activities:
    a1: {duration: {low: 10 days, mode: 20 days, high: 60 days}}
    a2: {duration: {low: 10 days, mode: 15 days, high: 40 days}, after: [a1]}
    a3: {duration: {low: 1 days, mode: 2 days, high: 3 days}}
drivers:
  pace: {value: {low: 0.7, mode: 1, high: 1.5}, effect: multiply, "on": [network.a1.duration, network.a2.duration]}
  hold: {value: {low: 0 days, mode: 5 days, high: 10 days}, effect: add, "on": [network.a2.duration]}
correlations:
  - {between: [network.a1.duration, network.a3.duration], rho: 0.8}
"""


@pytest.fixture(scope="module")
def chain(tmp_path_factory: pytest.TempPathFactory) -> bs.Model:
    file = tmp_path_factory.mktemp("chain") / "chain.yaml"
    Path(file).write_text(NETWORK, encoding="utf-8")
    return bs.load(file)


def drawn(model: bs.Model, replications: int, seed: int = 1) -> pd.DataFrame:
    """The inputs of a run without the run."""
    sampler = Sampler(
        compile_model(model).inputs,
        drivers=model.drivers,
        correlations=model.correlations,
        seed=seed,
        replications=replications,
    )
    return pd.DataFrame(sampler.block(0, replications), columns=list(sampler.names))


def mean(dist: Distribution) -> float:
    return dist.mean()


def variance(dist: Distribution) -> float:
    return dist.variance()


def test_own_parts_undo_drivers_and_correlations(chain: bs.Model) -> None:
    inputs = drawn(chain, 2000)
    own = own_parts(inputs.assign(replication=range(2000)), chain)
    pace, hold = inputs["drivers.pace"], inputs["drivers.hold"]
    np.testing.assert_allclose(own["network.a2.duration"], (inputs["network.a2.duration"] - hold) / pace)
    assert own["network.a2.duration"].between(10.0, 40.0).all()
    pd.testing.assert_series_equal(own["drivers.pace"], pace)
    assert own["replication"].tolist() == list(range(2000))
    names = list(inputs)
    moved, left = (frame[names].corr("spearman").to_numpy() - np.eye(len(names)) for frame in (inputs, own))
    assert np.abs(moved).max() > 0.5
    assert np.abs(left).max() < 0.08, "independent: 3.5 standard errors"
    with pytest.raises(InputError, match="no column for this driver"):
        own_parts(inputs.drop(columns="drivers.pace"), chain)


def test_own_parts_of_the_reference_model_do_not_depend_on_its_drivers() -> None:
    """Orders under way at the start depend on their driver through what is known of them: that goes as well."""
    model = bs.load("coreweave/2025")
    inputs = drawn(model, 400)
    own = own_parts(inputs, model)
    for driver in model.drivers:
        name = f"drivers.{driver}"
        before, after = (
            rank_correlation(
                frame.drop(columns=[other for other in frame if other.startswith("drivers.")]), inputs[name]
            )
            for frame in (inputs, own)
        )
        assert before["significant"].sum() > 50
        assert after["significant"].sum() <= 1, "4,000 tests at a family-wise level of 5 %"
    known = [one.name for one in compile_model(model).inputs if one.above is not None]
    assert known
    under_way = own[known].loc[:, own[known].nunique() > 300]
    p = [kstest(under_way[name], "uniform").pvalue for name in under_way]
    assert min(p) > 1e-3 / len(p)


def test_shares_of_groups_do_not_count_a_driver_once_for_each_input() -> None:
    model = bs.load("coreweave/2025")
    inputs = drawn(model, 300)
    y = inputs["drivers.craft-hours"] + 0.02 * np.random.default_rng(1).normal(size=300)
    groups = by_cause(model)
    own = group_shares(own_parts(inputs, model), y, groups).set_index("group")["share"]
    naive = group_shares(inputs.drop(columns=groups.pop("drivers")), y, groups).set_index("group")["share"]
    assert naive["all"] > 2.0
    assert own["drivers"] > 0.9
    assert own.drop(["drivers", "all"]).abs().max() < 0.1


def test_every_input_of_a_model_has_a_cause() -> None:
    model = bs.load("two-sites")
    names = list(drawn(model, 2))
    groups = by_cause(model)
    assert sum(len(group) for group in groups.values()) == len(names)
    assert {"estimate", "equipment", "gpus", "power", "commissioning", "weather", "permits", "contracts"} <= set(groups)
    assert "other" not in assigned(names, groups)


def test_a_mixture_has_the_luck_of_its_group_from_b_and_all_else_from_a(chain: bs.Model) -> None:
    both = drawn(chain, 20)
    a, b = both[:10].reset_index(drop=True), both[10:].reset_index(drop=True)
    design = pick_freeze(chain, ["network.a2.duration", "drivers.pace", "network.a1.duration"], 10)
    assert (design.replications, design.seed, design.cost) == (10, 1, 50)
    pace, hold = "drivers.pace", "drivers.hold"
    alone = design.mixtures["network.a2.duration"]
    assert list(alone) == ["network.a2.duration"]
    own = (b["network.a2.duration"] - b[hold]) / b[pace]
    np.testing.assert_allclose(alone["network.a2.duration"], own * a[pace] + a[hold])
    driver = design.mixtures[pace]
    assert set(driver) == {pace, "network.a1.duration", "network.a2.duration"}
    np.testing.assert_array_equal(driver[pace], b[pace])
    np.testing.assert_allclose(driver["network.a1.duration"], a["network.a1.duration"] / a[pace] * b[pace])
    first = design.mixtures["network.a1.duration"]
    assert set(first) == {"network.a1.duration", "network.a3.duration"}, "what is correlated with it moves along"


def test_groups_exchange_everything(chain: bs.Model) -> None:
    both = drawn(chain, 20)
    mixed = pick_freeze(chain, {"everything": ["**"]}, 10).mixtures["everything"]
    np.testing.assert_array_equal(mixed[list(both)], both[10:])


def test_a_designed_sample_of_a_chain_gives_its_closed_form(chain: bs.Model) -> None:
    """Finish = (x1 + x2) p + h: with x, p and h independent the variances are products of moments."""
    n = 1500
    design = pick_freeze(
        chain, {"a1": ["network.a1.duration"], "a2": ["network.a2.duration"], "pace": ["drivers.pace"]}, n
    )
    base = bs.simulate(chain, 2 * n, seed=1, workers=1, keep_activities=0).go_live["live"].to_numpy()
    runs = {
        key: bs.simulate(chain, n, seed=1, workers=1, draws=draws, keep_activities=0).go_live["live"].to_numpy()
        for key, draws in design.mixtures.items()
    }
    table = sobol_indices(base[:n], base[n:], runs).set_index("quantity")
    dist = {one.name.split(".")[1]: one.quantity.dist for one in compile_model(chain).inputs}
    pace, hold = (chain.drivers[key].distribution() for key in ("pace", "hold"))
    level, spread = (sum(f(dist[name]) for name in ("a1", "a2")) for f in (mean, variance))
    power = variance(pace) + mean(pace) ** 2
    total = power * spread + variance(pace) * level**2 + variance(hold)
    for name in ("a1", "a2"):
        assert table.loc[name, "first"] == pytest.approx(mean(pace) ** 2 * variance(dist[name]) / total, abs=0.08)
        assert table.loc[name, "total"] == pytest.approx(power * variance(dist[name]) / total, abs=0.04)
    assert table.loc["pace", "first"] == pytest.approx(variance(pace) * level**2 / total, abs=0.08)
    assert table.loc["pace", "total"] == pytest.approx(variance(pace) * (level**2 + spread) / total, abs=0.04)


def test_what_is_not_exchanged_stays_bit_for_bit() -> None:
    """Exchanging the luck of a customer that never gets to act leaves every go-live as it was."""
    model = bs.load("one-hall")
    design = pick_freeze(model, ["contracts.order-1.tranches.t1.patience"], 6)
    base = bs.simulate(model, 12, seed=1, workers=1)
    mixed = bs.simulate(model, 6, seed=1, workers=1, draws=next(iter(design.mixtures.values())))
    assert mixed.go_live["live"].tolist() == base.go_live["live"].tolist()[:6]
    assert not mixed.inputs.equals(base.inputs[:6])


def test_a_design_needs_a_short_list_of_known_names(chain: bs.Model) -> None:
    with pytest.raises(InputError, match="no input matches"):
        pick_freeze(chain, ["drivers.pase"], 10)
    with pytest.raises(InputError, match="0 quantities"):
        pick_freeze(chain, [], 10)
    with pytest.raises(InputError, match="at least 2 replications"):
        pick_freeze(chain, ["drivers.pace"], 1)
