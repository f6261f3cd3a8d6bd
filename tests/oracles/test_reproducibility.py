"""The same replication is the same, bit for bit: whatever else the model holds, however many workers compute it."""

from copy import deepcopy
from typing import Any

import numpy as np
import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.run.replication import Replicator

TWO_SITES = "examples/two-sites"


def two_sites() -> dict[str, Any]:
    return bs.load(TWO_SITES).model_dump(mode="json", exclude_none=True)


def with_a_third() -> Model:
    """A third site, declared before the others, with a market and disturbances of its own."""
    data = two_sites()
    third = deepcopy(data["sites"]["mill"]) | {"market": "elsewhere", "name": "Third"}
    data["sites"] = {"afield": third, **data["sites"]}
    data["labour"] = {"elsewhere": deepcopy(data["labour"]["north-texas"]), **data["labour"]}
    data["disruptions"]["other"] = deepcopy(data["disruptions"]["permit"]) | {"sites": ["afield"]}
    return Model.model_validate(data)


def test_adding_a_site_leaves_every_other_draw_alone() -> None:
    n = 50
    alone = Replicator(bs.load(TWO_SITES), seed=9, replications=n)
    more = Replicator(with_a_third(), seed=9, replications=n)
    assert set(alone.names) < set(more.names)
    mine, theirs = alone.sampler.block(0, n), more.sampler.block(0, n)
    place = {name: number for number, name in enumerate(more.names)}
    for number, name in enumerate(alone.names):
        assert np.array_equal(mine[:, number], theirs[:, place[name]]), name


def test_a_site_apart_leaves_the_dates_of_the_others_alone() -> None:
    """With agents and load banks for all, what is built elsewhere moves nothing here, weather and retests included."""
    data = with_a_third().model_dump(mode="json", exclude_none=True)
    plenty = {"agents": 99, "load_banks": "9999 MW"}
    less = two_sites() | {"commissioning": plenty}
    runs = [
        bs.simulate(Model.model_validate(one), replications=30, seed=9, workers=1)
        for one in (data | {"commissioning": plenty}, less)
    ]
    rows = [run.go_live[run.go_live["site"].isin(["ridge", "mill"])] for run in runs]
    mine, theirs = (one.set_index(["replication", "block"])["live"].sort_index() for one in rows)
    assert np.array_equal(mine.to_numpy(), theirs.to_numpy(), equal_nan=True)


def test_another_seed_is_another_run() -> None:
    model = bs.load(TWO_SITES)
    assert bs.simulate(model, 5, 1, workers=1).digest() != bs.simulate(model, 5, 2, workers=1).digest()


@pytest.mark.parametrize("design", ["monte-carlo", "latin-hypercube"])
def test_one_digest_for_any_number_of_workers(design: Any) -> None:
    model = bs.load(TWO_SITES)
    digests = {bs.simulate(model, 12, 6, workers=workers, design=design).digest() for workers in (1, 2, 4)}
    assert len(digests) == 1


def test_a_replication_does_not_depend_on_those_before_it() -> None:
    model = bs.load(TWO_SITES)
    run = bs.simulate(model, 12, 6, workers=1)
    alone = Replicator(model, seed=6, replications=12).replicate(11)
    live = run.go_live[run.go_live["replication"] == 11]["live"].to_numpy()
    works = alone.world.works
    program = Replicator(model, seed=6, replications=12).program
    assert np.array_equal([works.finish[block.live] for block in program.blocks], live, equal_nan=True)


def test_draws_that_are_handed_back_give_the_run_again() -> None:
    model = bs.load(TWO_SITES)
    run = bs.simulate(model, 10, 6, workers=1)
    again = bs.simulate(model, 10, 6, workers=1, draws=run.inputs)
    assert again.go_live.equals(run.go_live)
    assert again.delays.equals(run.delays)
