"""What is not built, by one notion: the works, the table of go-lives, the driving path and the answers agree."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis import answers, unbuilt
from buildsim.analysis.but_for import counted
from buildsim.analysis.explain import explain
from buildsim.errors import InputError
from buildsim.model import Model
from buildsim.program.hanging import hanging
from buildsim.run.run import Run
from tests.domain.tiny import hall, site, tiny

OPTION = {"exercise_by": "2025-07-20", "probability": "50%"}  # the end of day 20
LATER = {"exercise_by": "2025-08-09", "probability": "50%"}  # the end of day 40
TAKEN, LAPSED = 0.2, 0.7
X, Y = "contracts.k.tranches.x.option", "contracts.k.tranches.y.option"


def tranche(option: Any = None, blocks: tuple[str, ...] = ("a/h1",), mw: float = 5.0) -> dict[str, Any]:
    return {"mw": mw, "blocks": list(blocks), "due": "2027-06-30", **({"option": option} if option else {})}


def promised(tranches: dict[str, Any], sites: dict[str, Any] | None = None, **further: Any) -> Model:
    return tiny(
        sites=sites or {"a": site({"h1": hall(), "h2": hall(start="2025-07-06")})},
        customers={"c": {"name": "C", "withdrawal": {"kind": "binding"}}},
        contracts={"k": {"customer": "c", "tranches": tranches}},
        **further,
    )


def simulated(model: Model, **draws: list[float]) -> Run:
    n = len(next(iter(draws.values())))
    frame = pd.DataFrame({name.replace("__", "."): values for name, values in draws.items()})
    return bs.simulate(model, replications=n, seed=1, workers=1, draws=frame, keep_activities=n)


def lives(run: Run, block: str = "a/h1") -> list[float]:
    return [float(day) for day in run.go_live[run.go_live["block"] == block]["live"]]


def dropped(run: Run, block: str = "a/h1") -> list[float]:
    return [float(day) for day in run.go_live[run.go_live["block"] == block]["dropped"]]


def agree(run: Run) -> None:
    """Nothing of what is dropped was begun, the answers leave it out, and no driving path ends in it."""
    kept = answers.built(run, run.go_live)
    gone = run.go_live[run.go_live["dropped"].notna()]
    assert len(kept) + len(gone) == len(run.go_live)
    assert kept["dropped"].isna().all()
    assert gone["live"].isna().all()
    for frame in (run.activities, run.delays):
        assert len(answers.built(run, frame)) == len(frame.merge(kept[["replication", "block"]].astype({"block": str})
                                                                 .assign(there=True), how="inner",
                                                                 on=["replication", "block"]))  # fmt: skip
    for row in gone.itertuples():
        own = run.activities[
            (run.activities["replication"] == row.replication) & (run.activities["block"] == row.block)
        ]
        assert own["start"].isna().all()
    last = run.driving.sort_values("end").groupby(["replication", "target"], observed=True)["block"].last()
    built = {(row.replication, str(row.block)) for row in kept.itertuples()}
    for (replication, target), block in last.items():
        if any(key[0] == replication and key[1].startswith(f"{target}/") for key in built):
            assert (replication, str(block)) in built


def test_a_block_of_two_options_is_built_as_soon_as_one_is_taken() -> None:
    model = promised({"x": tranche(OPTION), "y": tranche(LATER)})
    draws = {X: [TAKEN, TAKEN, LAPSED, LAPSED], Y: [TAKEN, LAPSED, TAKEN, LAPSED]}
    run = simulated(model, **draws)
    np.testing.assert_array_equal(lives(run), [30.0, 30.0, 50.0, np.nan])
    np.testing.assert_array_equal(dropped(run), [np.nan, np.nan, np.nan, 40.0])
    agree(run)
    assert answers.blocks(run).set_index("block")["n"].to_dict() == {"a/h1": 3, "a/h2": 4}
    assert unbuilt.built_share(run) == {"option k/x": 0.75, "option k/y": 0.75}
    with pytest.raises(InputError, match="built in no replication: its option always lapses"):
        explain(simulated(model, **{X: [LAPSED], Y: [LAPSED]}), block="a/h1")
    assert explain(run, 3, "a/h1").reason == "its options lapsed"


def test_a_block_that_a_firm_tranche_waits_for_is_built_whatever_becomes_of_an_option() -> None:
    run = simulated(promised({"x": tranche(OPTION), "t": tranche()}), **{X: [LAPSED]})
    assert lives(run) == [10.0]
    assert np.isnan(dropped(run)).all()
    agree(run)
    assert len(answers.built(run, run.go_live)) == 2


def test_an_option_whose_blocks_are_built_in_any_case_drops_nothing() -> None:
    run = simulated(promised({"x": tranche({**OPTION, "builds": True})}), **{X: [LAPSED]})
    assert lives(run) == [10.0]
    assert np.isnan(dropped(run)).all()
    agree(run)


def test_a_hall_that_has_begun_is_built_whatever_becomes_of_its_option() -> None:
    halls = {"h1": hall(start="2025-06-20", done={"T1": "40%"}), "h2": hall()}
    run = simulated(promised({"x": tranche(OPTION, ("a",), 20.0)}, {"a": site(halls)}), **{X: [LAPSED]})
    assert (lives(run), lives(run, "a/h2")) == ([6.0], [pytest.approx(np.nan, nan_ok=True)])
    assert dropped(run, "a/h2") == [20.0]
    assert np.isnan(dropped(run)).all()
    agree(run)


def test_what_somebody_else_takes_over_is_built_although_its_option_lapsed() -> None:
    prospect = {
        "mw": "10 MW",
        "arrives": "2025-08-01",
        "price": 1,
        "term": "5 years",
        "patience": "2 years",
    }
    model = promised({"x": tranche(OPTION)}, remarketing={"lapsed": True, "prospects": {"q": prospect}})
    run = simulated(model, **{X: [TAKEN, LAPSED]})
    assert run.milestones["outcome"].tolist()[1] == "lapsed"
    assert lives(run)[0] == 30.0
    assert lives(run)[1] > 40.0  # begun when it was taken over
    assert np.isnan(dropped(run)).all()
    agree(run)
    alone = simulated(promised({"x": tranche(OPTION)}, remarketing={"lapsed": True}), **{X: [LAPSED]})
    assert dropped(alone) == [20.0]


def test_options_deals_and_leases_are_left_out_alike() -> None:
    sites = {"a": site({f"h{number}": hall(start="2025-07-02") for number in range(1, 5)})}
    leases = {"l": {"landlord": "L", "site": "a", "outside": "30 days", "then": "end", "stages": {
        "s": {"halls": ["h3"], "promised": "2025-07-01", "late": {"low": "0 days", "high": "90 days"}},
    }}}  # fmt: skip
    # a deal for another site's halls, so that one hall hangs on each
    sites["b"] = site({"h1": hall()})
    deals = {"d": {"kind": "lease", "partner": "P", "sites": ["b"], "closes": "2025-08-09", "probability": "50%"}}
    model = promised({"x": tranche(OPTION, ("a/h2",))}, sites, leases=leases, deals=deals)
    late = "leases.l.stages.s.late"
    run = simulated(model, **{X: [TAKEN, LAPSED] * 4, "deals.d.happens": [TAKEN, TAKEN, LAPSED, LAPSED] * 2,
                              late: [20.0] * 4 + [60.0] * 4})  # fmt: skip
    agree(run)
    built = answers.built(run, run.go_live).groupby("block", observed=True).size().to_dict()
    assert built == {"a/h1": 8, "a/h2": 4, "a/h3": 4, "a/h4": 8, "b/h1": 4}
    found = {block: one.needs for block, one in hanging(model).items()}
    assert found == {
        "a/h2": ((("option", "k/x"),),),
        "a/h3": ((("hand-over", "l/s"),),),
        "b/h1": ((("deal", "d"),),),
    }
    assert set(counted(run)["block"]) == {"a/h1", "a/h4"}
    assert unbuilt.built_share(run) == {"option k/x": 0.5, "deal d": 0.5, "lease l/s": 0.5}
    assert unbuilt.once(model) == "a hall is not built"
    reasons = {block: explain(run, 7, block).reason for block in ("a/h2", "a/h3", "b/h1")}
    assert reasons == {"a/h2": "its option lapsed", "a/h3": "its lease was ended", "b/h1": "the deal d failed"}
    assert explain(run, 0, "a/h3").reason == ""
    assert (dropped(run, "a/h2")[1], dropped(run, "a/h3")[7], dropped(run, "b/h1")[7]) == (20.0, 31.0, 40.0)


def test_where_nothing_is_forgone_nothing_is_left_out() -> None:
    run = bs.simulate(bs.load("one-hall"), replications=3, seed=1, workers=1)
    assert run.go_live["dropped"].isna().all()
    assert answers.built(run, run.go_live) is run.go_live
    assert (hanging(run.model), unbuilt.built_share(run)) == ({}, {})
