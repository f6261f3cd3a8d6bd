"""Every lever of a shipped model says where its numbers are from, is not in use, and reaches the program when it is."""

from functools import cache

import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.model.check import check
from buildsim.program.compile import compile_model

MODELS = [model.name for model in bs.shipped_models()]
LEVERS = [(name, lever) for name in MODELS for lever in bs.load(name).levers]
KINDS = {
    "overtime",
    "second_shift",
    "rolling_shifts",
    "travellers",
    "premium",
    "training",
    "prefabrication",
    "dispatch",
    "stagger",
    "transfer",
}


@cache
def plain(name: str) -> Model:
    return bs.load(name)


@cache
def unmoved(name: str) -> list[object]:
    return compiled(plain(name))


def compiled(model: Model) -> list[object]:
    """What of a compiled model levers act on: people, hours and pay by week; starts, crews, work and ranks."""
    program = compile_model(model)
    force = program.actual.workforce
    path = force.path()
    by_week = (force.hours, force.premium, path.workers, path.experienced)
    return [
        *(one.tolist() for one in by_week),
        program.network.earliest,
        program.network.crews,
        program.factors.tolist(),
        program.priorities.keys,
    ]


def test_every_kind_is_shipped() -> None:
    assert {plain(name).levers[lever].kind for name, lever in LEVERS} == KINDS


def test_compiling_twice_gives_the_same() -> None:
    """What the tests below rest on."""
    assert compiled(plain("coreweave/2025")) == unmoved("coreweave/2025")


@pytest.mark.parametrize(("name", "lever"), LEVERS)
def test_a_lever_has_a_source_and_is_not_in_use(name: str, lever: str) -> None:
    declared = plain(name).levers[lever]
    assert declared.source
    assert not declared.use


@pytest.mark.parametrize(("name", "lever"), [pair for pair in LEVERS if pair[0] != "coreweave/2025-with-options"])
def test_a_lever_that_is_pulled_reaches_the_program(name: str, lever: str) -> None:
    model = bs.load(name, set={f"levers.{lever}.use": True})
    assert not list(check(model))
    assert compiled(model) != unmoved(name)


@pytest.mark.parametrize("scenario", ["market-boom", "market-boom-18-months", "market-24gw", "labour-full"])
def test_pools_that_people_leave_can_replace_them_in_a_normal_market(scenario: str) -> None:
    """Who goes in a month, workers x (turnover + licensed x retirement) / 12, is less than who can be hired."""
    model = bs.load("coreweave/2025", scenario=scenario)
    for market, pools in model.labour.items():
        for trade, pool in pools.items():
            assert pool.turnover is not None
            licensed = model.productivity.licensed if pool.licensed is None else pool.licensed
            going = pool.workers * (pool.turnover.planning() + licensed * (pool.retirement or 0.0)) / 365.25
            assert going < (pool.ramp or 0.0), (market, trade)
