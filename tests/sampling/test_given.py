"""Draws that are handed in."""

import numpy as np
import pandas as pd
import pytest

from buildsim.errors import InputError
from buildsim.sampling.inputs import Input
from buildsim.sampling.sampler import Sampler
from buildsim.spec.correlation import Correlation
from buildsim.spec.distributions import Uniform
from buildsim.spec.drivers import Driver
from buildsim.spec.quantity import Uncertain

DRIVERS = {"slow": Driver.model_validate({"on": ["sites.*"], "value": {"low": 1, "mode": 1.5, "high": 2}})}
TIES = (Correlation(between=("sites.a", "sites.b"), rho=0.5),)


def sampler(replications: int = 6, design: str = "monte-carlo") -> Sampler:
    inputs = [
        Input("sites.a", Uncertain(dist=Uniform(10.0, 20.0), unit="days"), above=12.0),
        Input("sites.b", Uncertain(dist=Uniform(10.0, 20.0), unit="days")),
        Input("share", Uncertain(dist=Uniform(0.0, 1.0), unit="share")),
    ]
    return Sampler(inputs, drivers=DRIVERS, correlations=TIES, seed=1, replications=replications, design=design)


def frame(**columns: object) -> pd.DataFrame:
    return pd.DataFrame({name.replace("_", "."): values for name, values in columns.items()})


def test_given_values_are_final() -> None:
    drawn, filled = sampler().block(0, 6), sampler()
    values = [1.0, 2.0, 3.0, 4.0, 5.0, 1 / 3]
    filled.given(frame(sites_a=values))
    block = filled.block(0, 6)
    assert block[:, 0].tolist() == values
    assert np.array_equal(block[:, 1:], drawn[:, 1:])
    assert np.array_equal(filled.block(4, 2), block[4:])


@pytest.mark.parametrize("design", ["monte-carlo", "latin-hypercube", "sobol"])
def test_the_inputs_table_given_back_is_the_same_run(design: str) -> None:
    once = sampler(6, design)
    table = pd.DataFrame(once.block(0, 6), columns=list(once.names))
    again = sampler(6)
    again.given(table)
    assert np.array_equal(again.block(0, 6), once.block(0, 6))


def test_a_given_driver_acts_with_its_given_values() -> None:
    filled = sampler()
    filled.given(frame(drivers_slow=[1.0, 2.0, 1.0, 2.0, 1.0, 2.0]))
    block = filled.block(0, 6)
    assert block[:, 3].tolist() == [1.0, 2.0] * 3
    free = sampler()
    free.given(frame(drivers_slow=[1.0] * 6))
    assert np.array_equal(block[:, 1], block[:, 3] * free.block(0, 6)[:, 1])


def test_more_rows_and_later_frames() -> None:
    filled = sampler()
    filled.given(frame(sites_a=np.arange(10.0), share=[0.5] * 10))
    filled.given(frame(sites_a=np.arange(10)))
    assert filled.block(0, 6)[:, 0].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert filled.block(0, 6)[:, 2].tolist() == [0.5] * 6


def test_a_replication_column_says_which_row_is_which() -> None:
    filled = sampler()
    filled.given(frame(replication=[5, 4, 3, 2, 1, 0, 6], sites_a=[5.0, 4.0, 3.0, 2.0, 1.0, 0.0, 6.0]))
    assert filled.block(0, 6)[:, 0].tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.mark.parametrize(
    ("columns", "path", "message", "hint"),
    [
        ({"sites_aa": [1.0] * 6}, "draws.sites.aa", "no quantity is named 'sites.aa'", "sites.a"),
        ({"sites_a": [1.0] * 5}, "draws", "there are 5 rows for 6 replications", "a row for each"),
        ({"sites_a": ["x"] * 6}, "draws.sites.a", "not numbers", "numbers in days"),
        ({"sites_a": [True] * 6}, "draws.sites.a", "not numbers", "numbers in days"),
        ({"sites_a": [1.0, 2.0, np.nan, 1.0, 1.0, 1.0]}, "draws.sites.a", "replication 2 has nan", "finite number"),
        ({"sites_a": [1.0, np.inf, 1.0, 1.0, 1.0, 1.0]}, "draws.sites.a", "replication 1 has inf", "finite number"),
        ({"sites_a": [1.0, -1.0, 1.0, 1.0, 1.0, 1.0]}, "draws.sites.a", "replication 1 has -1", "from 0 to inf"),
        ({"share": [1.5] * 6}, "draws.share", "replication 0 has 1.5", "from 0 to 1"),
        ({"replication": [0, 1, 2, 3, 4, 6]}, "draws", "there is no row for replication 5", "6 replications"),
        ({"replication": [0, 1, 2, 3, 4, 5, 5]}, "draws", "a replication has two rows", "6 replications"),
    ],
)
def test_refused(columns: dict[str, object], path: str, message: str, hint: str) -> None:
    with pytest.raises(InputError) as caught:
        sampler().given(frame(**columns))
    (problem,) = caught.value.problems
    assert problem.path == path
    assert message in problem.message
    assert hint in f"{problem.expected} {problem.nearest}"


def test_two_columns_of_one_name_are_refused() -> None:
    twice = pd.DataFrame(np.ones((6, 2)), columns=["sites.a", "sites.a"])
    with pytest.raises(InputError, match="two columns have this name"):
        sampler().given(twice)


def test_all_problems_at_once() -> None:
    with pytest.raises(InputError) as caught:
        sampler().given(frame(sites_a=["x"] * 6, sites_b=[-1.0] * 6))
    assert {problem.path for problem in caught.value.problems} == {"draws.sites.a", "draws.sites.b"}
