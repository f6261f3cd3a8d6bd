"""The leases and the bid in the shipped models: what they add up to, and that they move no date by default."""

from itertools import pairwise
from math import floor, isnan

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.run.replication import Replicator

CORE = ("denton", "dalton1", "dalton2", "muskogee", "marble")


@pytest.fixture(scope="module")
def model() -> Model:
    return bs.load("coreweave/2025")


def test_every_hall_of_core_scientific_is_leased_once(model: Model) -> None:
    named = [
        (lease.site, hall) for lease in model.leases.values() for one in lease.stages.values() for hall in one.halls
    ]
    assert sorted(named) == sorted((site, hall) for site in CORE for hall in model.sites[site].halls)
    mw = sum(model.sites[site].halls[hall].mw for site, hall in named)
    assert mw + model.sites["denton"].live + 16.0 == pytest.approx(586.0)  # 590 in all, 16 of them at Austin


def test_what_590_mw_bring_over_twelve_years_is_what_was_announced(model: Model) -> None:
    """More than 10bn USD of rent was to fall away."""
    lease = model.leases["denton"]
    assert lease.rent * 590.0 * 12.0 * 12.0 == pytest.approx(10.28e9, rel=1e-3)
    assert lease.term == pytest.approx(12 * 365.25)


def test_what_has_begun_was_handed_over_and_the_rest_is_promised_for_its_start(model: Model) -> None:
    for lease in model.leases.values():
        for one in lease.stages.values():
            [hall] = (model.sites[lease.site].halls[name] for name in one.halls)
            assert (hall.start - one.promised).days == 1
            assert (one.handed_over is not None) == (one.promised <= (model.information or model.start))
            assert one.late is None


def test_leases_and_the_bid_move_nothing_by_default(model: Model) -> None:
    """Bit for bit: the same model without them has the same go-lives, milestones, delays and disturbances."""
    bare = model.model_copy(update={"leases": {}, "deals": {}})
    with_them, without = (
        Replicator(one, seed=3, keep_activities=0, replications=2).block(0, 2) for one in (model, bare)
    )
    for table in (
        "go_live",
        "milestones",
        "contract_events",
        "delays",
        "disruptions",
        "deliveries",
        "power",
        "unfinished",
    ):
        assert (table in with_them) == (table in without)
        for name, values in with_them.get(table, {}).items():
            np.testing.assert_array_equal(np.array(values), np.array(without[table][name]), err_msg=f"{table}.{name}")


def test_late_landlords_hold_up_the_halls_that_have_not_begun(model: Model) -> None:
    late = bs.load("coreweave/2025", scenario="landlords-late")
    base, other = (Replicator(one, seed=3, keep_activities=0, replications=2) for one in (model, late))
    waiting = {f"{lease.site}/{hall}" for lease in model.leases.values() for one in lease.stages.values()
               if one.handed_over is None for hall in one.halls}  # fmt: skip
    assert len(waiting) == 8
    charged = dict.fromkeys(CORE, 0.0)
    outcome = other.replicate(0)
    for block, account in zip(other.program.blocks, outcome.accounts, strict=True):
        days = account.get("landlord", 0.0)
        assert days == 0.0 or block.name in waiting
        charged[block.site] = charged.get(block.site, 0.0) + days
    assert {site for site, days in charged.items() if days > 0.0} == {"denton", "dalton2", "muskogee"}
    before = base.replicate(0)
    live = [world.works.finish[block.live] for world in (before.world, outcome.world) for block in base.program.blocks
            if block.name == "dalton2/h04"]  # fmt: skip
    assert not isnan(live[0])
    assert not live[1] < live[0]
    assert len(outcome.world.records["disruptions"]) > len(before.world.records["disruptions"])
    plans = [engine.planned.world.works.finish for engine in (base, other)]  # as planned nothing is late
    np.testing.assert_array_equal(*plans)


def test_the_vote_decides_what_is_saved(model: Model) -> None:
    draws = pd.DataFrame({"deals.core-scientific.happens": [0.01, 0.99]})
    tables = Replicator(model, seed=1, keep_activities=0, replications=2, draws=draws).block(0, 2)
    assert tables["deals"]["outcome"] == ["closed", "voted_down"]
    saved = tables["deals"]["rent_saved"]
    stages = sum(len(lease.stages) for lease in model.leases.values())
    rents = [sum(tables["leases"]["rent"][first : first + stages]) for first in (0, stages)]
    assert saved[0] > 1e9
    assert saved[1] == 0.0
    assert rents[0] + saved[0] == pytest.approx(rents[1])


def test_the_leased_shell_sums_up() -> None:
    """The account of each hall sums to its go-live, the landlord's days among it; and rent is owed, abated or saved."""
    model = bs.load("examples/powered-shell")
    run = bs.simulate(model, replications=20, seed=2, workers=1, keep_activities=0)
    total = run.delays.groupby(["replication", "block"], observed=True)["days"].sum()
    live = run.go_live.set_index(["replication", "block"])["live"].fillna(run.horizon)
    assert (total - live).abs().max() < 1e-6
    assert run.delays.query("cause == 'landlord'")["days"].sum() > 0.0
    owed = run.leases.groupby("replication")["rent"].sum() + run.deals.set_index("replication")["rent_saved"]
    lease, horizon = model.leases["bluff"], run.horizon
    for row in run.leases.itertuples():
        late = max(0.0, row.late)
        free = min(late, 60.0) + 2.0 * max(0.0, late - 60.0)
        whole = lease.rent * 50.0 * 12.0 / 365.25 * years_of(horizon - row.handed_over, free)
        owed[row.replication] -= whole
    assert owed.abs().max() < 1.0


def years_of(days: float, free: float) -> float:
    """Days of first-year rent from `free` to `days` after hand-over, at 3 % more each year: year by year."""
    parts = [free, *(edge for edge in (365.25 * year for year in range(1, 5)) if free < edge < days), days]
    return sum((end - begin) * 1.03 ** floor((begin + end) / 730.5) for begin, end in pairwise(parts))
