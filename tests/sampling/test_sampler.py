"""The draws of a whole model: edits, splits, the plan and what is refused."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.errors import InputError
from buildsim.sampling.inputs import Input
from buildsim.sampling.sampler import Sampler
from buildsim.sampling.streams import uniforms
from buildsim.spec.correlation import Correlation
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
    Pert,
    Triangular,
    Uniform,
    Weibull,
)
from buildsim.spec.drivers import Driver
from buildsim.spec.quantity import Uncertain

DISTRIBUTIONS: dict[str, Distribution] = {
    "fixed": Fixed(7.0),
    "uniform": Uniform(1.0, 3.0),
    "triangular": Triangular(1.0, 2.0, 5.0),
    "pert": Pert(60.0, 128.0, 208.0),
    "lognormal": Lognormal(median=5.0, p90=9.0),
    "normal": Normal(5.0, 2.0, low=0.0),
    "exponential": Exponential(4.0),
    "weibull": Weibull(1.7, 3.0),
    "event": Event(0.4, Pert(1.0, 2.0, 6.0)),
    "choice": Choice((1.0, 5.0, 3.0), (1.0, 2.0, 3.0)),
    "empirical": Empirical((1.0, 4.0, 2.0)),
}
DESIGNS = ("monte-carlo", "latin-hypercube", "sobol")


def inputs(*more: str) -> list[Input]:
    """Three of each kind, and more triangular ones by name."""
    made = [Input(f"{kind}.{copy}", Uncertain(dist=dist)) for copy in range(3) for kind, dist in DISTRIBUTIONS.items()]
    return made + [Input(name, Uncertain(dist=Triangular(1.0, 2.0, 5.0))) for name in more]


def driver(on: str, **raw: object) -> Driver:
    return Driver.model_validate({"on": [on], **raw})


DRIVERS = {
    "hours": driver("pert.*", value={"low": 0.9, "mode": 1.0, "high": 1.3}),
    "strike": driver("triangular.*", value={"probability": 0.3, "value": 4}, effect="add"),
}
TIES = (Correlation(between=("uniform.0", "weibull.0", "drivers.hours"), rho=0.6),)


def full(design: str, replications: int = 64) -> Sampler:
    known = Input("known", Uncertain(dist=Lognormal(median=5.0, p90=9.0)), above=6.0)
    return Sampler(
        [*inputs(), known],
        drivers=DRIVERS,
        correlations=TIES,
        seed=5,
        design=design,
        replications=replications,
        sobol=("pert.0", "drivers.strike") if design == "sobol" else (),
    )


def test_every_kind_is_drawn_here() -> None:
    assert DISTRIBUTIONS.keys() == KINDS.keys()


def test_columns_are_the_inverse_transform_of_their_own_stream() -> None:
    sampler = Sampler(inputs(), seed=9, replications=100)
    block = sampler.block(10, 50)
    assert block.shape == (50, len(sampler.names))
    assert block.flags.c_contiguous
    for column, declared in enumerate(inputs()):
        expected = declared.quantity.dist.ppf(uniforms(9, declared.name, 10, 50))
        assert np.array_equal(block[:, column], expected)


def test_names_are_inputs_then_drivers() -> None:
    assert full("monte-carlo").names[-3:] == ("known", "drivers.hours", "drivers.strike")


@pytest.mark.parametrize("design", DESIGNS)
@given(parts=st.lists(st.integers(0, 20), max_size=6))
def test_any_split_gives_the_same_bits(design: str, parts: list[int]) -> None:
    sampler = full(design)
    whole = full(design).block(0, 64)
    first = 0
    for count in parts:
        count = min(count, 64 - first)
        assert np.array_equal(sampler.block(first, count), whole[first : first + count])
        first += count
    assert np.array_equal(sampler.block(first, 64 - first), whole[first:])


def test_single_rows_and_blocks_of_thousands_have_the_same_bits() -> None:
    """Above 1,024 points numpy interpolates and takes logarithms by other loops."""
    whole = full("monte-carlo", 3000).block(0, 3000)
    sampler = full("monte-carlo", 3000)
    for row in (0, 1, 2, 3, 4, 999, 2999):
        assert np.array_equal(sampler.block(row, 1)[0], whole[row])


@pytest.mark.parametrize("design", ["monte-carlo", "latin-hypercube"])
def test_more_inputs_leave_the_others_alone(design: str) -> None:
    before = Sampler(inputs(), drivers=DRIVERS, correlations=TIES, seed=5, design=design, replications=64)
    more = [*inputs("a.new", "z.new")]
    more.insert(3, Input("in.between", Uncertain(dist=Pert(1.0, 2.0, 3.0))))
    extra = {"other": driver("z.new", value=1.5), **DRIVERS}
    ties = (Correlation(between=("a.new", "z.new"), rho=0.3), *TIES)
    after = Sampler(more, drivers=extra, correlations=ties, seed=5, design=design, replications=64)
    columns = [after.names.index(name) for name in before.names]
    assert np.array_equal(after.block(0, 64)[:, columns], before.block(0, 64))
    assert np.array_equal(after.plan()[columns], before.plan())


def test_the_number_of_replications_does_not_matter_to_monte_carlo() -> None:
    assert np.array_equal(full("monte-carlo", 200).block(0, 64), full("monte-carlo", 64).block(0, 64))


def test_order_does_not_matter() -> None:
    turned = Sampler(inputs()[::-1], seed=5, replications=8)
    straight = Sampler(inputs(), seed=5, replications=8)
    assert np.array_equal(turned.block(0, 8)[:, ::-1], straight.block(0, 8))


def test_seeds_differ() -> None:
    one, two = (Sampler(inputs(), seed=seed, replications=8).block(0, 8) for seed in (1, 2))
    fixed = [index for index, declared in enumerate(inputs()) if declared.quantity.dist.kind == "fixed"]
    assert not np.any(np.all(np.delete(one, fixed, axis=1) == np.delete(two, fixed, axis=1), axis=0))


def test_the_plan() -> None:
    plan = dict(zip(full("monte-carlo").names, full("monte-carlo").plan(), strict=True))
    for declared in inputs():
        assert plan[declared.name] == declared.quantity.planning()
    assert plan["drivers.hours"] == 1.0
    assert plan["drivers.strike"] == 0.0


def test_a_driver_with_a_plan_acts_on_the_plan() -> None:
    declared = [Input("a", Uncertain(dist=Fixed(10.0), plan=8.0)), Input("b", Uncertain(dist=Fixed(10.0)))]
    drivers = {
        "slow": driver("*", value={"low": 1.0, "mode": 1.1, "high": 1.5, "plan": 1.25}),
        "late": driver("b", value={"value": 3, "plan": 2}, effect="add"),
    }
    sampler = Sampler(declared, drivers=drivers, seed=1, replications=1)
    assert sampler.plan().tolist() == [10.0, 14.5, 1.25, 2.0]


def test_nothing_to_draw() -> None:
    sampler = Sampler([], seed=1, replications=3)
    assert sampler.block(0, 3).shape == (3, 0)
    assert sampler.plan().shape == (0,)
    assert Sampler([], seed=1, replications=3, design="sobol").block(1, 2).shape == (2, 0)


@pytest.mark.parametrize(("first", "count"), [(-1, 2), (0, 65), (64, 1), (3, -1)])
def test_a_block_outside_the_run_is_refused(first: int, count: int) -> None:
    with pytest.raises(ValueError, match="not within 0 to 63"):
        full("monte-carlo").block(first, count)


def test_everything_wrong_is_told_at_once() -> None:
    declared = [Input(name, Uncertain(dist=Uniform(1.0, 2.0))) for name in ("sites.a", "sites.b", "sites.a")]
    declared.append(Input("sites.c", Uncertain(dist=Uniform(1.0, 2.0)), above=2.5))
    with pytest.raises(InputError) as caught:
        Sampler(
            declared,
            drivers={"late": driver("sites.bb", value=2)},
            correlations=[Correlation(between=("sites.a", "sites.bb"), rho=0.5)],
            seed=-1,
            design="latin-hypercub",
            replications=0,
            sobol=("sites.bb", "sites.b", "sites.b"),
        )
    told = {problem.path: problem for problem in caught.value.problems}
    assert "two quantities have this name" in told["sites.a"].message
    assert "known to exceed 2.5, but it is 2 at most" in told["sites.c"].message
    assert told["drivers.late.on"].nearest == "sites.b"
    assert told["correlations.0.between"].nearest == "sites.b"
    assert told["design"].nearest == "latin-hypercube"
    assert "negative" in told["seed"].message
    assert "at least one replication" in told["replications"].message
    assert {problem.message for problem in caught.value.problems if problem.path == "sobol"} == {
        "no quantity is named 'sites.bb'",
        "'sites.b' is listed twice",
    }
