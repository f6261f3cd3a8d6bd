"""Deals: capacity that is bought is there when the deal has closed, or never; an acquisition ends the rent."""

from collections.abc import Mapping
from math import isnan
from typing import Any

import pytest

from buildsim.engine import causes
from buildsim.model.root import Model
from buildsim.program.groups import named
from buildsim.run.outcome import Outcome
from buildsim.run.replication import Replicator
from tests.domain.test_trace_leases import LATE, lease, live, spent, stage
from tests.domain.tiny import SHELL, column, given, hall, once, replicator, site, times, tiny

TAKEN, LEFT = 0.2, 0.7
"""Lucks under and above the probability of one half."""
LUCK = "deals.d.happens"
MANY = 1000


def option(**declared: Any) -> dict[str, Any]:
    """Decided at the end of day 40."""
    return {"kind": "option", "partner": "P", "exercise_by": "2025-08-09", "probability": "50%", **declared}


def to_lease(**declared: Any) -> dict[str, Any]:
    """Signed at the end of day 40."""
    return {"kind": "lease", "partner": "P", "closes": "2025-08-09", "probability": "50%", **declared}


def acquisition(vote: Mapping[str, Any] | None = None, **declared: Any) -> dict[str, Any]:
    """Closes at the end of day 40."""
    voted = {"probability": "50%", **(vote or {})}
    return {"kind": "acquisition", "partner": "P", "closes": "2025-08-09", "vote": voted, **declared}


def bought(deal: Mapping[str, Any], **further: Any) -> Model:
    """Two sites with a hall of ten days each, of which the second hangs on a deal."""
    sites = {"a": site({"h1": hall()}), "b": site({"h1": hall()})}
    return tiny(**{"sites": sites, "deals": {"d": deal}, **further})


def one(model: Model, draws: Mapping[str, Any]) -> dict[str, Any]:
    """The row of the only deal."""
    tables = given(model, draws).block(0, 1)
    return {name: values[0] for name, values in tables["deals"].items()}


def settled(deal: Mapping[str, Any], luck: float, **draws: float) -> tuple[Outcome, dict[str, Any]]:
    model, drawn = bought(deal), {LUCK: luck, **draws}
    return once(model, drawn), one(model, drawn)


# -- each kind -------------------------------------------------------------------------------------


def test_an_option_is_taken_or_left_at_the_end_of_its_day() -> None:
    done, found = settled(option(sites=["b"], price="$5m", fee="$1m"), TAKEN)
    assert times(done)["b/h1/T1"] == (40.0, 50.0)
    assert spent(done, 1) == {causes.NOT_BEFORE: 40.0, causes.PLANNED: 10.0}
    assert (found["closed"], found["outcome"], found["mw"], found["price"]) == (40.0, "closed", 10.0, 6e6)
    done, found = settled(option(sites=["b"], price="$5m", fee="$1m"), LEFT)
    assert isnan(times(done)["b/h1/T1"][0])
    assert (isnan(found["closed"]), found["outcome"], found["price"]) == (True, "failed", 1e6)
    assert done.unbuilt == {"b/h1": 40.0}
    assert live(done) == 10.0  # what does not hang on it goes on


def test_a_lease_is_signed_on_its_date_or_not_at_all() -> None:
    done, found = settled(to_lease(sites=["b"], price="$5m"), TAKEN)
    assert times(done)["b/h1/T1"] == (40.0, 50.0)
    assert (found["closed"], found["outcome"], found["price"]) == (40.0, "closed", 5e6)
    done, found = settled(to_lease(sites=["b"], price="$5m"), LEFT)
    assert (found["outcome"], found["price"], done.unbuilt) == ("failed", 0.0, {"b/h1": 40.0})


def test_an_acquisition_closes_when_the_owners_agree() -> None:
    done, found = settled(acquisition(sites=["b"], price="$9bn"), TAKEN)
    assert times(done)["b/h1/T1"] == (40.0, 50.0)
    assert (found["closed"], found["outcome"], found["price"]) == (40.0, "closed", 9e9)
    done, found = settled(acquisition(sites=["b"], price="$9bn"), LEFT)
    assert (found["outcome"], found["price"], done.unbuilt) == ("voted_down", 0.0, {"b/h1": 40.0})


def test_owners_may_vote_before_the_closing() -> None:
    done, found = settled(acquisition({"date": "2025-07-20"}, sites=["b"]), LEFT)
    assert (found["outcome"], done.unbuilt) == ("voted_down", {"b/h1": 20.0})
    done, found = settled(acquisition({"date": "2025-07-20"}, sites=["b"]), TAKEN)
    assert (found["closed"], times(done)["b/h1/T1"][0]) == (40.0, 40.0)


@pytest.mark.parametrize("deal", [option(sites=["b"]), to_lease(sites=["b"]), acquisition(sites=["b"])])
def test_a_deal_closes_as_often_as_it_should(deal: dict[str, Any]) -> None:
    key = "vote" if deal["kind"] == "acquisition" else "probability"
    model = bought({**deal, key: {"probability": "30%"} if key == "vote" else "30%"})
    tables = replicator(model, MANY).block(0, MANY)
    closed = column(tables, "deals", "outcome").count("closed")
    assert closed == pytest.approx(300, abs=4.0 * (MANY * 0.3 * 0.7) ** 0.5)
    dropped = column(tables, "go_live", "dropped")[1::2]  # of every second block, which is at the second site
    assert sum(isnan(day) for day in dropped) == closed


# -- dates and luck --------------------------------------------------------------------------------


def test_an_uncertain_closing_date_is_drawn_after_the_information_date() -> None:
    deal = acquisition(sites=["b"]) | {"closes": {"low": "2025-07-11", "high": "2025-09-30"}}
    model = bought(deal, information="2025-08-31")
    tables = replicator(model, 200).block(0, 200)
    days = [day for day in column(tables, "deals", "closed") if not isnan(day)]
    assert len(days) > 50
    assert 61.0 < min(days) <= max(days) <= 92.0  # the end of a day after 2025-08-31, which is day 61


def test_what_is_to_close_after_the_horizon_is_pending() -> None:
    model = bought(acquisition(sites=["b"]) | {"closes": "2029-01-01"})
    found = one(model, {LUCK: TAKEN})
    assert (found["outcome"], isnan(found["closed"]), found["price"]) == ("pending", True, 0.0)
    tables = given(model, {LUCK: LEFT}).block(0, 1)
    assert column(tables, "deals", "outcome") == ["pending"]
    assert all(isnan(day) for day in column(tables, "go_live", "dropped"))


def test_in_the_plan_and_without_the_group_deals_close() -> None:
    model = bought(acquisition(sites=["b"]))
    engine = given(model, {LUCK: LEFT})
    assert live(engine.planned, "b/h1") == 50.0
    assert isnan(live(engine.replicate(0), "b/h1"))
    [group] = named(engine.program, ["contracts"])
    assert {engine.names[place] for place in group.columns} == {LUCK, "deals.d.closes", "deals.d.probability"}
    without = engine.taking_out([group])
    assert live(without.replicate(0), "b/h1") == 50.0


def test_a_certain_deal_always_closes_and_an_impossible_one_never() -> None:
    for share, outcome in (("100%", "closed"), ("0%", "failed")):
        tables = replicator(bought(to_lease(sites=["b"], probability=share)), 50).block(0, 50)
        assert set(column(tables, "deals", "outcome")) == {outcome}
        planned = replicator(bought(to_lease(sites=["b"], probability=share))).plan
        assert column(planned, "deals", "outcome") == ["closed"]  # as options are taken in it


# -- what hangs on it ------------------------------------------------------------------------------


def test_nothing_is_ordered_before_a_deal_has_closed() -> None:
    order = {"kind": "procurement", "duration": "30 days", "ordered_ahead": "20 days", "item": "gear"}
    activities = {
        "P1": order,
        "G1": {"kind": "delivery"},
        "T1": {"kind": "test", "duration": "10 days", "after": ["P1", "G1"]},
    }
    generation = {
        "available": "2025-05-01",
        "lead": "15 days",
        "kw_per_gpu": 1,
        "gpus_per_rack": 32,
        "cooling": "liquid",
    }
    halls = {"h1": hall(gpus={"generation": "g", "count": 1000, "ordered": "2025-07-01"})}
    model = tiny(
        templates={"shell": {**SHELL, "activities": activities}},
        generations={"g": generation},
        sites={"a": site(halls)},
        deals={"d": to_lease(sites=["a"])},
    )
    done = once(model, {LUCK: TAKEN})
    assert times(done)["a/h1/P1"] == (40.0, 70.0)
    shipped = [row[4] for row in done.world.records["deliveries"] if row[5] == "shipped"]
    assert shipped == [55.0]
    assert not once(model, {LUCK: LEFT}).world.records["deliveries"]


def test_a_hall_that_has_begun_hangs_on_no_deal() -> None:
    sites = {"a": site({"h1": hall(start="2025-06-20", done={"T1": "40%"}), "h2": hall()})}
    done = once(bought(to_lease(sites=["a"]), sites=sites), {LUCK: LEFT})
    assert live(done) == 6.0
    assert done.unbuilt == {"a/h2": 40.0}


def test_an_option_and_a_deal_must_both_come() -> None:
    contract = {"customer": "c", "tranches": {"x": {
        "mw": "10 MW", "blocks": ["b/h1"], "due": "2026-12-31",
        "option": {"exercise_by": "2025-07-20", "probability": "50%"},
    }}}  # fmt: skip
    customers = {"c": {"name": "C", "withdrawal": {"kind": "binding"}}}
    model = bought(to_lease(sites=["b"]), customers=customers, contracts={"k": contract})
    drawn = "contracts.k.tranches.x.option"
    assert live(once(model, {LUCK: TAKEN, drawn: 0.1}), "b/h1") == 50.0
    assert once(model, {LUCK: TAKEN, drawn: 0.9}).unbuilt == {"b/h1": 20.0}
    assert once(model, {LUCK: LEFT, drawn: 0.1}).unbuilt == {"b/h1": 40.0}
    assert once(model, {LUCK: LEFT, drawn: 0.9}).unbuilt == {"b/h1": 20.0}


def test_the_mw_of_a_deal_are_those_of_its_halls_or_as_declared() -> None:
    sites = {"a": site({"h1": hall(), "h2": hall(mw="25 MW")}), "b": site({"h1": hall()})}
    leases = {"l": lease(stages={"s": stage(halls=["h1"])})}
    for declared, mw in (
        ({"sites": ["a", "b"]}, 45.0),
        ({"leases": ["l"]}, 10.0),
        ({"leases": ["l"], "mw": "1 GW"}, 1000.0),
    ):
        assert one(bought(acquisition(**declared), sites=sites, leases=leases), {LUCK: TAKEN})["mw"] == mw


# -- leases that a deal brings, and rent that it saves -----------------------------------------------


def test_a_lease_that_a_deal_brings_is_handed_over_after_it() -> None:
    """Signed at the end of day 40; promised for day 1, so late counts from the signing."""
    model = bought(to_lease(leases=["l"]), leases={"l": lease()})
    draws = {LUCK: TAKEN, LATE: 12.0}
    done, tables = once(model, draws), given(model, draws).block(0, 1)
    assert times(done)["a/h1/T1"] == (52.0, 62.0)
    assert spent(done) == {causes.NOT_BEFORE: 40.0, causes.LANDLORD: 12.0, causes.PLANNED: 10.0}
    assert (column(tables, "leases", "promised"), column(tables, "leases", "late")) == ([40.0], [12.0])
    assert column(tables, "leases", "rent") == [pytest.approx(948_000.0)]
    assert done.world.records["disruptions"] == [("landlord", "l", "a", 40.0, 12.0)]


def test_what_is_not_signed_by_the_information_date_is_not_late_by_then() -> None:
    """Promised for day 1 and not handed over by day 31, but it is signed on day 40 only: any lateness may follow."""
    late = {"low": "0 days", "high": "20 days"}
    leases = {"l": lease(stages={"s": stage(late=late)})}
    model = bought(to_lease(leases=["l"], probability="100%"), leases=leases, information="2025-08-01")
    found = column(replicator(model, 50).block(0, 50), "leases", "late")
    assert 0.0 < min(found) < 5.0 < 15.0 < max(found) < 20.0


def test_a_lease_whose_deal_fails_is_not_handed_over_at_all() -> None:
    model = bought(to_lease(leases=["l"]), leases={"l": lease()})
    draws = {LUCK: LEFT, LATE: 12.0}
    tables = given(model, draws).block(0, 1)
    assert (column(tables, "leases", "outcome"), column(tables, "leases", "rent")) == (["ended"], [0.0])
    assert column(tables, "go_live", "dropped")[0] == 40.0


@pytest.mark.parametrize(
    ("late", "declared", "owed", "abated", "saved"),
    [
        (0.0, {}, 39, 0, 960),
        (20.0, {"abatement": [{"rate": 1}]}, 0, 19, 959),
        (5.0, {"abatement": [{"rate": 1}]}, 29, 5, 960),
        (60.0, {"abatement": [{"rate": 1}]}, 0, 0, 879),
        (0.0, {"term": "100 days"}, 39, 0, 61),
        (0.0, {"term": "30 days"}, 30, 0, 0),
    ],
)
def test_an_acquisition_saves_the_rent_from_its_closing_on(
    late: float, declared: Mapping[str, Any], owed: float, abated: float, saved: float
) -> None:
    """1,000 USD a day from day 1 + late, to day 1,000; closed at the end of day 40."""
    model = bought(acquisition(leases=["l"]), leases={"l": lease(**declared)})
    tables = given(model, {LUCK: TAKEN, LATE: late}).block(0, 1)
    assert column(tables, "leases", "rent") == [pytest.approx(owed * 1000.0)]
    assert column(tables, "leases", "abated") == [pytest.approx(abated * 1000.0)]
    assert column(tables, "deals", "rent_saved") == [pytest.approx(saved * 1000.0)]
    # without the deal the same rent is owed in all, and less is abated at most as long as it runs
    other = given(model, {LUCK: LEFT, LATE: late}).block(0, 1)
    assert column(other, "deals", "rent_saved") == [0.0]
    assert column(other, "leases", "rent")[0] == pytest.approx((owed + saved) * 1000.0)


def test_the_rent_of_a_gigawatt() -> None:
    """590 MW at 121 USD for a kW and month for 12 years are 10.3bn USD: what the bid of July 2025 would have saved."""
    halls = {f"h{number}": hall(mw="59 MW") for number in range(10)}
    power = {"grid": {"kind": "grid", "energised": "590 MW"}}
    leased = lease(
        stages={"s": stage(halls=list(halls), promised="2025-06-30", late=None, handed_over="2025-06-30")},
        rent="$121,000",
        term="12 years",
    )
    model = bought(
        acquisition(leases=["l"]) | {"closes": "2025-07-01"},
        sites={"a": site(halls, power=power)},
        leases={"l": leased},
        horizon="2045-06-30",
    )
    saved = one(model, {LUCK: TAKEN})["rent_saved"]
    assert saved == pytest.approx(590e3 * 121 * 12 * 12, rel=3e-4)  # less one day
    assert Replicator(model).plan["deals"]["rent_saved"] == [pytest.approx(saved)]
