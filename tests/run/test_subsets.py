"""Runs with groups taken out, from one compilation and one pool, are those that `simulate` gives one by one."""

import pytest

import buildsim as bs
from buildsim.program.compile import compile_model
from buildsim.program.groups import chosen, named
from buildsim.run.subsets import Subset, simulate_each

ALL = tuple(range(7))
ASKED = (("power",), ("equipment", "weather"), (), ("labour", "gpus", "contracts"))


@pytest.fixture(scope="module")
def model():
    """Two sites with few experienced hands, so that each group matters."""
    return bs.load("examples/two-sites", set={"labour.*.*.experienced": "50 per 1000"})


@pytest.mark.parametrize("workers", [1, 2])
def test_the_runs_are_bit_for_bit_those_of_simulate(model, workers):
    program = compile_model(model)
    subsets = [Subset(named(program, names), ALL) for names in ASKED]
    runs = [run for _, run in simulate_each(model, subsets, 7, 5, workers=workers)]
    found = {tuple(run.manifest["without"]): run for run in runs}
    assert len(found) == len(ASKED)
    digests = set()
    for names in ASKED:
        alone = bs.simulate(model, 7, 5, workers=1, without=names, keep_activities=0)
        run = found[tuple(alone.manifest["without"])]
        assert run.digest() == alone.digest()
        assert run.plan.go_live.equals(alone.plan.go_live)
        assert (run.complete, run.horizon, run.start) == (True, alone.horizon, alone.start)
        digests.add(run.digest())
    assert len(digests) == len(ASKED)


def test_some_of_the_replications_are_renumbered_in_order(model):
    program = compile_model(model)
    mine = (1, 2, 5)
    subset = Subset(named(program, ["power"]), mine)
    [(_, run)] = simulate_each(model, [subset], 7, 5, workers=1)
    whole = bs.simulate(model, 7, 5, workers=1, without=["power"], keep_activities=0)
    assert run.replications == 3
    for place, replication in enumerate(mine):
        here, there = (
            one.go_live[one.go_live["replication"] == at] for one, at in ((run, place), (whole, replication))
        )
        assert here["live"].equals(there["live"].set_axis(here.index))
        assert run.inputs.loc[place].tolist()[1:] == whole.inputs.loc[replication].tolist()[1:]
    assert sorted(run.delays["replication"].unique()) == [0, 1, 2]


def test_a_group_of_patterns_holds_its_inputs_at_their_planning_values(model):
    program = compile_model(model)
    own = chosen(program, [{"substation": ["sites.*.power.*.substation"]}])
    runs = {len(subset.groups): run for subset, run in simulate_each(model, [Subset((), ALL), Subset(own, ALL)], 7, 5)}
    base, held = runs[0].inputs, runs[1].inputs
    changed = [name for name in base if not base[name].equals(held[name])]
    assert changed == ["sites.ridge.power.grid.substation"]
    planned = runs[0].plan.inputs["sites.ridge.power.grid.substation"].iloc[0]
    assert (held[changed[0]] == planned).all()
