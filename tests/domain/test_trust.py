"""Grievance and trust: reckoned by hand from docs/contracts.md, and what they do to options and hazards."""

from math import inf, log
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.domain.contracts import Customer, confidence
from buildsim.domain.contracts.confidence import Temper
from buildsim.engine.world import World
from tests.domain.crowd import MONTH, crowd, delivered, missed, one_fewer, one_more
from tests.domain.lone import lone_world


def after(acts: list[tuple[float, Any]], day: float, **temper: float) -> tuple[float, float, float]:
    """(grievance, its slope a day, trust) of a customer on a day after what has happened to it."""
    world = lone_world()
    found: list[tuple[float, float, float]] = []
    confidence.start(world, "k", Temper(**temper))
    for moment, act in acts:
        world.clock.appoint(moment, [lambda event, act=act: act(world)])
    world.clock.appoint(
        day, [lambda event: found.append((*confidence.grievance(world, "k"), confidence.trust(world, "k")))]
    )
    world.run()
    return found[0]


def test_trust_by_hand() -> None:
    # Half a milestone resented from the start. Missed on day 10; late from day 10 to day 70, a second tranche from day
    # 40 on: 0.02 a day for each. Delivered on day 70, which takes away 40 %.
    acts = [
        (10.0, missed),
        (10.0, one_more),
        (40.0, missed),
        (40.0, one_more),
        (70.0, one_fewer),
        (70.0, delivered),
    ]
    temper = {"start": 0.5, "loss": 0.25, "wear": 0.02, "recovery": 0.4}
    expected = {
        5.0: (0.5, 0.0),
        10.0: (1.5, 0.02),
        25.0: (1.8, 0.02),
        40.0: (3.1, 0.04),  # 1.5 + 30 x 0.02 + 1
        69.999999: (4.3, 0.04),
        70.0: (2.58, 0.02),  # 0.6 x 4.3
        170.0: (4.58, 0.02),
    }
    for day, (grievance, slope) in expected.items():
        found = after(acts, day, **temper)
        assert found == (pytest.approx(grievance), pytest.approx(slope), pytest.approx(0.75**grievance))


@pytest.mark.parametrize(("count", "loss", "trust"), [(0, 1.0, 1.0), (1, 1.0, 0.0), (3, 0.0, 1.0), (2, 0.2, 0.64)])
def test_trust_is_lost_with_each_missed_milestone(count: int, loss: float, trust: float) -> None:
    assert after([(1.0, missed)] * count, 2.0, loss=loss)[2] == pytest.approx(trust)


def test_a_full_recovery_forgets_everything_and_none_forgets_nothing() -> None:
    acts = [(1.0, missed), (2.0, missed), (3.0, delivered)]
    assert after(acts, 4.0, recovery=1.0)[0] == 0.0
    assert after(acts, 4.0, recovery=0.0)[0] == 2.0


def test_customers_do_not_share_their_grievance() -> None:
    world = lone_world()
    confidence.start(world, "j", Temper(start=2.0, loss=0.5))
    confidence.start(world, "k", Temper(loss=0.1))
    missed(world)
    assert [confidence.grievance(world, name)[0] for name in "jk"] == [2.0, 1.0]
    assert confidence.trust(world, "j") == 0.25


def waking(acts: list[Any], **temper: float) -> int:
    """How often those who wait for a change of the grievance are woken."""
    world, woken = lone_world(), 0

    def wait() -> Any:
        nonlocal woken
        while True:
            yield world.levels.changed(world.clock, confidence.level("k"))
            woken += 1

    confidence.start(world, "k", Temper(**temper))
    world.clock.process(wait())
    for number, act in enumerate(acts, start=1):
        world.clock.appoint(float(number), [lambda event, act=act: act(world)])
    world.run()
    return woken


def test_who_waits_is_woken_by_each_change_of_course_and_by_nothing_else() -> None:
    acts = [missed, one_more, delivered, one_fewer]
    assert waking(acts, wear=0.1, recovery=0.5) == 4
    assert waking(acts, wear=0.1) == 3
    assert waking(acts, recovery=0.5) == 2
    assert waking(acts) == 1  # so nothing is re-computed, to the last bit, where neither is declared


def test_wear_and_recovery_as_declared() -> None:
    customer = Customer.model_validate(
        {"name": "K", "confidence_loss": "30%", "grievance": 1.5, "wear": 0.5, "recovery": "40%"}
    )
    assert customer.temper == Temper(start=1.5, loss=0.3, wear=pytest.approx(0.5 / MONTH), recovery=0.4)
    assert Customer.model_validate({"name": "K"}).temper == Temper(loss=0.2)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("grievance", -1),
        ("wear", -0.1),
        ("recovery", 1.1),
        ("confidence_loss", -0.1),
        ("grievance", inf),
        ("wear", "often"),
    ],
)
def test_a_temper_that_makes_no_sense_is_refused(field: str, value: object) -> None:
    with pytest.raises(ValueError, match=field):
        Customer.model_validate({"name": "K", field: value})


@given(
    start=st.floats(0.0, 3.0),
    wear=st.floats(0.0, 2.0),
    recovery=st.floats(0.0, 1.0),
    acts=st.lists(st.tuples(st.integers(1, 300), st.sampled_from([missed, one_more, delivered])), max_size=8),
)
def test_more_wear_and_less_recovery_never_bring_more_trust(
    start: float, wear: float, recovery: float, acts: list[tuple[int, Any]]
) -> None:
    moments = [(float(day), act) for day, act in acts]

    def trust(**changes: float) -> float:
        temper = {"start": start, "loss": 0.3, "wear": wear / MONTH, "recovery": recovery} | changes
        return after(moments, 301.0, **temper)[2]

    here = trust()
    assert 0.0 < here <= 1.0
    for worse in (
        {"start": start + 1.0},
        {"wear": 2.0 * wear / MONTH},
        {"recovery": 0.5 * recovery},
        {"loss": 0.5},
    ):
        assert trust(**worse) <= here * (1.0 + 1e-12)


def test_a_delivery_of_another_tranche_makes_a_customer_stay_longer() -> None:
    rule = {"kind": "lost_confidence", "monthly": "10%", "growth": 4.0}

    def leaving(recovery: float) -> float:
        events = {0.0: [missed, missed], 30.0: [delivered]}
        return crowd(rule, [0.6], events=events, temper=Temper(recovery=recovery))[1][0].day

    # Hazard 0.4 a month for 30 days, then 0.1 x 4^((1 - r) 2 - 1).
    worn, patience = 0.4 * 30.0 / MONTH, -log(0.4)
    for recovery in (0.0, 0.5, 1.0):
        rate = 0.1 * 4.0 ** (2.0 * (1.0 - recovery) - 1.0) / MONTH
        assert leaving(recovery) == pytest.approx(30.0 + (patience - worn) / rate)


def test_a_world_without_customers_has_whole_trust() -> None:
    world: World = lone_world()
    assert (confidence.trust(world, "nobody"), confidence.grievance(world, "nobody")) == (1.0, (0.0, 0.0))
