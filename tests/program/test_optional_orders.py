"""A hall that hangs on an option orders nothing, equipment or GPUs, before the option is taken."""

import buildsim as bs


def optional():
    """The two-sites model, the contract of its option and the block that hangs on it."""
    model = bs.load("examples/two-sites")
    for contract, body in model.contracts.items():
        for key, tranche in body.tranches.items():
            if tranche.option is not None:
                return model, f"contracts.{contract}.tranches.{key}.option", tranche
    raise AssertionError("the two sites have no option")


def orders(run, block):
    """The deliveries' rows of a block."""
    return run.deliveries[run.deliveries["block"].astype(str) == block]


def test_no_gpus_are_ordered_for_an_option_that_lapses():
    _, path, tranche = optional()
    run = bs.simulate(bs.load("examples/two-sites", set={f"{path}.probability": 0.0}), 5, 1, workers=1)
    assert (run.milestones.loc[run.milestones["tranche"].astype(str).str.endswith(path.split(".")[3]), "outcome"]).size
    assert orders(run, tranche.blocks[0]).empty


def test_gpus_are_ordered_when_the_option_is_taken_or_later():
    model, path, tranche = optional()
    run = bs.simulate(bs.load("examples/two-sites", set={f"{path}.probability": 1.0}), 5, 1, workers=1)
    taken = model.day(tranche.option.exercise_by) + 1.0
    found = orders(run, tranche.blocks[0])
    ordered = found[found["event"].astype(str) == "ordered"]
    assert len(ordered) > 0
    assert (ordered["day"] >= taken).all()
