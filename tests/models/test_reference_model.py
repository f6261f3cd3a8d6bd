"""The reference model: it adds up to what the company said on its information date."""

from collections import defaultdict
from functools import cache

import pytest

import buildsim as bs
from buildsim.domain.gpus import OrderPlan
from buildsim.model.root import Model
from buildsim.program.compile import compile_model
from buildsim.program.contracts import blocks_of
from buildsim.program.program import Program

NAMES = ("coreweave/2025", "coreweave/2025-with-options")


@cache
def loaded(name: str) -> Model:
    return bs.load(name)


@cache
def compiled(name: str) -> Program:
    return compile_model(loaded(name))


@pytest.fixture
def model() -> Model:
    return loaded(NAMES[0])


def test_its_frame(model: Model) -> None:
    assert (str(model.start), str(model.information)) == ("2025-07-01", "2025-08-12")
    assert len(model.sites) >= 25
    assert {"A100", "H100", "H200", "B200", "GB200", "GB300"} <= set(model.generations)


def test_its_megawatts(model: Model) -> None:
    halls = [hall for site in model.sites.values() for hall in site.halls.values()]
    firm = [hall for site in model.sites.values() if site.firm for hall in site.halls.values()]
    assert len(halls) == len(firm) == 81
    assert sum(hall.mw for hall in firm) == pytest.approx(1730.0)
    assert max(hall.mw for hall in halls) <= 25.0
    assert sum(site.live for site in model.sites.values()) == pytest.approx(470.0)


def test_its_options() -> None:
    with_options, reference = loaded(NAMES[1]), loaded(NAMES[0])
    halls = {f"{key}/{hall}": body.mw for key, site in with_options.sites.items() for hall, body in site.halls.items()}
    firm = {f"{key}/{hall}" for key, site in reference.sites.items() for hall in site.halls}
    assert firm <= set(halls)
    assert len(halls) - len(firm) == 28
    assert sum(mw for block, mw in halls.items() if block not in firm) == pytest.approx(663.0)
    assert max(halls.values()) <= 25.0


def test_its_work() -> None:
    program = compiled(NAMES[0])
    assert len(program.blocks) == 81  # none of them is live: at least 70 are asked for
    milestones = sum(kind == "milestone" for kind in program.network.kind)
    assert program.network.count - milestones >= 1500
    firm = loaded(NAMES[0]).sites
    assert sum(firm[block.site].firm and not block.needs for block in program.blocks) == 81


@pytest.mark.parametrize("name", NAMES)
def test_tranches_are_within_their_blocks(name: str) -> None:
    model = loaded(name)
    mw = {f"{key}/{hall}": body.mw for key, site in model.sites.items() for hall, body in site.halls.items()}
    promised: dict[str, float] = defaultdict(float)
    for contract in model.contracts.values():
        for tranche in contract.tranches.values():
            if tranche.delivered:
                continue
            blocks = blocks_of(model, tranche.blocks)
            assert tranche.mw <= sum(mw[block] for block in blocks) + 0.01
            for block in blocks:
                promised[block] += tranche.mw * mw[block] / sum(mw[other] for other in blocks)
    assert all(promised[block] <= mw[block] + 0.01 for block in promised), "a block is promised twice"


def test_firm_tranches_add_up_to_what_is_contracted(model: Model) -> None:
    tranches = [one for contract in model.contracts.values() for one in contract.tranches.values()]
    open_ones = [one for one in tranches if not one.delivered]
    assert sum(one.mw for one in open_ones) == pytest.approx(1730.0)
    assert sum(one.mw for one in tranches if one.delivered) == pytest.approx(470.0)
    named = [
        one
        for contract in model.contracts.values()
        if not contract.customer.startswith("undisclosed")
        for one in contract.tranches.values()
        if not one.delivered
    ]
    assert sum(one.mw for one in named) == pytest.approx(591.0)


@pytest.mark.parametrize("name", NAMES)
def test_power_is_never_allocated_twice_at_the_start(name: str) -> None:
    program = compiled(name)
    for site, energised in program.energised.items():
        assert program.allocated[site] <= energised + 1e-6, site


@pytest.mark.parametrize("name", NAMES)
def test_gpus_fit_their_halls_and_are_ordered_while_they_can_be(name: str) -> None:
    model = loaded(name)
    for key, site in model.sites.items():
        for hall_key, hall in site.halls.items():
            assert hall.gpus is not None, (key, hall_key)
            generation = model.generations[hall.gpus.generation]
            assert hall.gpus.count * generation.kw_per_gpu / 1000 <= hall.mw * 1.05
    orders = [plan for plan in compiled(name).plans if isinstance(plan, OrderPlan)]
    assert len(orders) == len(compiled(name).blocks)


def test_racks_taken_as_delivered_are_those_that_the_model_says_are_there(model: Model) -> None:
    here = {plan.block for plan in compiled(NAMES[0]).plans if isinstance(plan, OrderPlan) and plan.lead < 0}
    declared = {
        f"{key}/{hall}"
        for key, site in model.sites.items()
        for hall, body in site.halls.items()
        if body.gpus is not None and body.gpus.on_hand
    }
    assert here == declared
