"""Every shipped model loads, compiles and runs, with every scenario; and nobody walks where nobody may."""

from functools import cache
from typing import Any

import numpy as np
import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.program.compile import compile_model
from buildsim.run.replication import Replicator
from tests.domain.deals import left

MODELS = [model.name for model in bs.shipped_models()]
ALL = [(name, scenario) for name in MODELS for scenario in bs.load(name).scenarios]
AS_IT_IS = ("labour-200", "microsoft-lost-confidence")
"""What the models assume anyway; they name it. `market-1gw` does too, but declares what is a default."""


@cache
def plain(name: str) -> Model:
    return bs.load(name)


@cache
def loaded(name: str, scenario: str) -> Model:
    return bs.load(name, scenario=scenario)


def bound(model: Model) -> Model:
    """The model with every customer bound, whatever tranches say of their own."""
    data: dict[str, Any] = model.model_dump(mode="json")
    for customer in data["customers"].values():
        customer["withdrawal"] = {"kind": "binding"}
    for contract in data["contracts"].values():
        for tranche in contract["tranches"].values():
            tranche["withdrawal"] = None
    return Model.model_validate(data)


@pytest.mark.parametrize("name", MODELS)
def test_every_shipped_model_loads_and_compiles(name: str) -> None:
    model = bs.load(name)
    program = compile_model(model)
    assert len(program.blocks) == sum(len(site.halls) for site in model.sites.values())
    assert program.days == model.days


@pytest.mark.parametrize(("name", "scenario"), ALL)
def test_every_scenario_changes_the_model_and_says_what_it_is(name: str, scenario: str) -> None:
    model = loaded(name, scenario)
    assert model.scenarios[scenario].description
    assert (model == plain(name)) == (scenario in AS_IT_IS)


def test_the_market_builds_1_gw_by_default() -> None:
    named, day = loaded("coreweave/2025", "market-1gw"), np.zeros(1)
    assert named.market.rate(day, named.start) == plain("coreweave/2025").market.rate(day, named.start) == 1000.0


@pytest.mark.parametrize(("name", "scenario"), ALL)
def test_with_bound_customers_nobody_withdraws_in_any_scenario(name: str, scenario: str) -> None:
    made = Replicator(bound(loaded(name, scenario)), replications=1)
    outcome = made.replicate(0)
    assert {trigger for _, _, _, trigger in left(outcome.world)} <= {"option_lapsed"}
    assert {one.outcome for one in outcome.book.standing.values()} <= {
        "on_time",
        "late",
        "damages",
        "pending",
        "lapsed",
    }
    assert made.planned.world.facts  # the plan ran
