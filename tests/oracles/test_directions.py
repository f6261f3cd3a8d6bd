"""Paired runs: which way things must move, and what must not move at all."""

from functools import cache
from typing import Any

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.run.run import Run

EXAMPLES = ("examples/one-hall", "examples/two-sites")
SHARES = (200, 150, 100, 60, 20)
LATE = "2033-12-31"
"""So far off that every hall is live by then, options that lapse apart."""


@cache
def short(name: str, experienced: int, regime: str = "dilute") -> Run:
    set_ = {"labour.*.*.experienced": f"{experienced} per 1000", "horizon": LATE, "productivity.regime": regime}
    return bs.simulate(bs.load(name, set=set_), replications=40, seed=11, workers=1)


def mean(run: Run) -> float:
    """When the portfolio's megawatts are live, on average; what is never built counts as the horizon [days]."""
    rows = run.go_live
    return float(np.average(rows["live"].fillna(run.horizon), weights=rows["mw"]))


@pytest.mark.parametrize("name", EXAMPLES)
def test_fewer_experienced_hands_never_bring_the_mean_forward(name: str) -> None:
    means = [mean(short(name, experienced)) for experienced in SHARES]
    assert means == sorted(means)
    assert means[-1] > means[0] + 10.0  # and they cost something


@pytest.mark.parametrize("name", EXAMPLES)
def test_fewer_hands_never_bring_the_mean_forward(name: str) -> None:
    runs = [
        bs.simulate(
            bs.load(name, set={"productivity.workforce": workforce, "horizon": LATE}),
            replications=40,
            seed=11,
            workers=1,
        )
        for workforce in ("100%", "80%", "60%")
    ]
    means = [mean(run) for run in runs]
    assert means == sorted(means)


def same_dates(one: bs.Run, other: bs.Run) -> bool:
    """Whether all of two runs is the same bit for bit, but for what they say of who the people are."""
    tables = ("go_live", "delays", "driving", "activities", "milestones", "withdrawals", "inputs")
    return all(getattr(one, name).equals(getattr(other, name)) for name in tables)


@pytest.mark.parametrize("name", EXAMPLES)
def test_without_a_regime_experience_has_no_effect_bit_for_bit(name: str) -> None:
    assert same_dates(short(name, 200, "none"), short(name, 20, "none"))
    assert not same_dates(short(name, 200), short(name, 20))


@pytest.mark.parametrize("name", EXAMPLES)
def test_the_draws_do_not_depend_on_the_people(name: str) -> None:
    assert short(name, 200).inputs.equals(short(name, 20).inputs)


def test_a_larger_market_thins_the_experienced_like_a_smaller_share() -> None:
    wide = bs.load("examples/one-hall", set={"market.build_rate": "10 GW", "horizon": LATE})
    run = bs.simulate(wide, replications=40, seed=11, workers=1)
    assert same_dates(run, short("examples/one-hall", 20))  # 200 per 1,000 spread over ten times as much


# -- power -----------------------------------------------------------------------------------------


def alone(later: float) -> Model:
    """Two sites that share nothing: people, agents and load banks for everybody; the ridge's power `later` by days."""
    data: dict[str, Any] = bs.load("examples/two-sites", set={"horizon": LATE}).model_dump(
        mode="json", exclude_none=True
    )
    for pool in data["labour"]["north-texas"].values():
        pool |= {"workers": 90_000, "present": 90_000}
    data["commissioning"] = {"agents": 99, "load_banks": "9999 MW"}
    ridge = data["sites"]["ridge"]["power"]
    ridge["turbines"]["ordered"] = str((pd.Timestamp("2025-12-01") + pd.Timedelta(days=later)).date())
    ridge["grid"]["begun"] = str((pd.Timestamp("2025-07-01") + pd.Timedelta(days=later)).date())
    return Model.model_validate(data)


def test_later_power_moves_only_what_waits_for_power() -> None:
    runs = [bs.simulate(alone(later), replications=30, seed=5, workers=1) for later in (0.0, 120.0)]
    assert runs[0].inputs.equals(runs[1].inputs)
    before, after = (
        run.activities.set_index(["replication", "block", "activity"])[["start", "finish"]] for run in runs
    )
    assert (after.index == before.index).all()
    same = (before == after) | (before.isna() & after.isna())
    moved = before.index[~same.all(axis=1)]
    needs_power = {"PW", "L4", "L5", "R1", "R2", "R3", "R4", "R5", "live"}
    assert {block for _, block, _ in moved} == {"ridge/h01", "ridge/h02"}
    assert {activity for _, _, activity in moved} == needs_power
    assert not (after["finish"] < before["finish"]).any()  # and nothing of it comes earlier
    assert not (after["start"] < before["start"]).any()
    delay = after["start"].xs("PW", level="activity") - before["start"].xs("PW", level="activity")
    assert delay.min() >= 0.0
    assert delay.max() <= 120.0 + 1e-9


def test_earlier_gpus_never_make_a_hall_later_when_nothing_is_shared() -> None:
    order = {"sites.ridge.halls.h01.gpus.ordered": "2026-01-01", "horizon": LATE}
    days = []
    for lead in ("20 weeks", "40 weeks", "60 weeks"):
        model = bs.load("examples/one-hall", set=order | {"generations.GB300.lead": lead})
        days.append(bs.simulate(model, replications=40, seed=11, workers=1).go_live["live"])
    assert (days[0] <= days[1]).all()
    assert (days[1] <= days[2]).all()
    assert days[2].mean() > days[0].mean()
