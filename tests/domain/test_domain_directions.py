"""Directions, in paired runs: the same draws and the same schedule, with one term changed.

The schedule is fixed: no tranche shares a block with another, and nothing competes for a crew. Where they do, one
customer's leaving hands MW and crews to another, and single tranches may move the other way.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.domain.deals import Desk, left
from tests.domain.tiny import column, hall, replicator, site, tiny

MANY = 400
CONFIDENCE = {"kind": "lost_confidence", "monthly": {"low": "2%", "mode": "5%", "high": "9%"}, "growth": 1.5}
CONTRACTUAL = {"kind": "contractual", "probability": "60%"}
DUE = ("2025-09-09", "2025-10-29", "2025-12-18", "2026-02-06")


def spread(days: Sequence[int]) -> dict[str, Any]:
    """A template whose hall takes an uncertain time."""
    low, mode, high = days
    activities = {"T1": {"kind": "test", "duration": {"low": low, "mode": mode, "high": high}}}
    return {"name": "Spread", "per": "10 MW", "cooling": "liquid", "activities": activities}


def run(withdrawal: dict[str, Any], **terms: Any) -> Any:
    """The withdrawals of four tranches with a hall each: the day by replication and tranche, infinite where none."""
    usual = {"mw": "10 MW", "grace": "30 days", "longstop": "180 days", "damages": 1.0, "value": "$1m"} | terms
    tranches = {f"t{n}": usual | {"blocks": [f"a/h{n}"], "due": due} for n, due in enumerate(DUE)}
    model = tiny(
        templates={"shell": spread((50, 200, 900))},
        sites={"a": site({f"h{n}": hall() for n in range(len(DUE))})},
        customers={"k": {"name": "K", "withdrawal": withdrawal}},
        contracts={"c": {"customer": "k", "tranches": tranches}},
    )
    tables = replicator(model, MANY).block(0, MANY)
    days = np.full((MANY, len(DUE)), np.inf)
    rows = zip(*(column(tables, "withdrawals", name) for name in ("replication", "tranche", "day")), strict=True)
    for replication, tranche, day in rows:
        days[replication, int(tranche[-1])] = day
    damages = np.array(tables["milestones"]["damages"]).reshape(MANY, len(DUE))
    live = np.array(tables["go_live"]["live"]).reshape(MANY, len(DUE))
    return days, damages, live


@pytest.mark.parametrize("rule", [CONFIDENCE, CONTRACTUAL], ids=["lost_confidence", "contractual"])
def test_longer_grace_never_brings_a_withdrawal_nor_brings_one_forward(rule: dict[str, Any]) -> None:
    results = [run(rule, grace=grace) for grace in (0, 10, 30, 90, 180)]
    for (days, damages, live), (later, less, same) in pairwise(results):
        np.testing.assert_array_equal(live, same)
        assert (later >= days).all()
        stayed = np.isinf(days)
        assert (less[stayed] <= damages[stayed] + 1e-9).all()
    counts = [int(np.isfinite(days).sum()) for days, _, _ in results]
    assert counts == sorted(counts, reverse=True)
    assert rule is CONTRACTUAL or counts[0] > counts[-1] > 0


def test_a_later_longstop_date_never_brings_a_withdrawal() -> None:
    early, late = run(CONTRACTUAL, longstop=100)[0], run(CONTRACTUAL, longstop=300)[0]
    assert (late >= early).all()
    assert np.isfinite(early).sum() > np.isfinite(late).sum() > 0


@pytest.mark.parametrize(("less", "more"), [({"growth": 1.0}, {"growth": 3.0}), ({"monthly": "2%"}, {"monthly": "6%"})])
def test_less_patience_never_keeps_a_customer_longer(less: dict[str, Any], more: dict[str, Any]) -> None:
    patient, impatient = run(CONFIDENCE | less)[0], run(CONFIDENCE | more)[0]
    assert (impatient <= patient).all()
    assert np.isfinite(impatient).sum() > np.isfinite(patient).sum()


def test_bound_customers_never_withdraw() -> None:
    days, damages, _ = run({"kind": "binding"})
    assert np.isinf(days).all()
    assert damages.sum() > 0.0


@settings(max_examples=200)
@given(
    lives=st.lists(st.one_of(st.none(), st.integers(1, 900).map(float)), min_size=3, max_size=3),
    luck=st.lists(st.floats(0.0, 0.99), min_size=3, max_size=3),
    sooner=st.integers(0, 100).map(float),
    longer=st.integers(0, 100).map(float),
    kind=st.sampled_from(["contractual", "lost_confidence"]),
)
def test_longer_grace_whatever_the_schedule(
    lives: list[float | None], luck: list[float], sooner: float, longer: float, kind: str
) -> None:
    rules = {"contractual": CONTRACTUAL, "lost_confidence": {"kind": kind, "monthly": "40%", "growth": 3.0}}
    gone = []
    for grace in (sooner, sooner + longer):
        desk, live = Desk(), dict[float, list[str]]()
        for number, day in enumerate(lives):
            block, due = f"a/h{number}", 100.0 + 50 * number
            desk.tranche(
                f"k/t{number}", block, due=due, grace=grace, longstop=250.0, rule=rules[kind], luck=luck[number]
            )
            if day is not None:
                live.setdefault(day, []).append(block)
        gone.append({tranche: day for tranche, day, _, _ in left(desk.sign(live).world)})
    before, after = gone
    assert set(after) <= set(before)
    assert all(day >= before[tranche] - 1e-9 for tranche, day in after.items())
