"""Causes of two runs, pair by pair: by hand on two halls, conservation, what does not pair."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from buildsim.analysis.cause_differences import COLUMNS, cause_differences
from buildsim.errors import InputError
from tests.analysis import synthetic

BASE = synthetic.portfolio(60)
SLOW = synthetic.portfolio(60, slower=1.5)
TABLES = ("go_live", "milestones", "delays")
FIRM = [site for site, (_, _, firm) in synthetic.SITES.items() if firm]


def by_hand(run: synthetic.Run) -> tuple[pd.DataFrame, pd.Series]:
    """Excess by replication and cause, and elapsed days by replication: MW-weighted over firm sites."""
    live = run.go_live[run.go_live["site"].isin(FIRM)]
    mw = live.drop_duplicates("block").set_index("block")["mw"]
    held = run.delays[run.delays["site"].isin(FIRM)]
    weight = held["block"].map(mw).astype(float)
    excess = ((held["days"] - held["planned_days"]) * weight).groupby(
        [held["replication"], held["cause"]], observed=True
    )
    elapsed = (live["live"].fillna(run.horizon) * live["mw"]).groupby(live["replication"]).sum() / mw.sum()
    return (excess.sum() / mw.sum()).unstack(fill_value=0.0), elapsed


def test_each_cause_is_the_mean_of_its_differences() -> None:
    found = cause_differences(BASE, SLOW).set_index("cause")
    (one, _), (two, _) = by_hand(BASE), by_hand(SLOW)
    assert list(found.reset_index()) == COLUMNS
    for cause in one:
        gaps = (two[cause] - one[cause]).to_numpy()
        half = t.ppf(0.975, 59) * gaps.std(ddof=1) / np.sqrt(60)
        row = found.loc[cause]
        assert row["base"] == pytest.approx(one[cause].mean())
        assert row["other"] == pytest.approx(two[cause].mean())
        assert row["excess"] == pytest.approx(gaps.mean())
        assert row["excess_low"] == pytest.approx(gaps.mean() - half)
        assert row["excess_high"] == pytest.approx(gaps.mean() + half)
    assert (found["pairs"] == 60).all()


def test_the_differences_sum_to_that_of_the_elapsed_time() -> None:
    found = cause_differences(BASE, SLOW)
    (_, one), (_, two) = by_hand(BASE), by_hand(SLOW)
    assert (two - one).mean() > 10.0
    assert found["days"].sum() == pytest.approx((two - one).mean())
    assert found["planned"].abs().max() < 1e-9
    assert found["excess"].abs().is_monotonic_decreasing


def test_what_the_plan_moves_is_told_apart() -> None:
    later = BASE.delays.assign(
        days=BASE.delays["days"] + 7.0 * (BASE.delays["cause"] == "equipment"),
        planned_days=BASE.delays["planned_days"] + 5.0 * (BASE.delays["cause"] == "equipment"),
    )
    found = cause_differences(BASE, replace(BASE, delays=later)).set_index("cause")
    assert found.index[0] == "equipment"
    assert found.loc["equipment", ["excess", "planned", "days"]].tolist() == pytest.approx([2.0, 5.0, 7.0])
    assert (found.drop("equipment")[["excess", "planned", "days"]].abs() < 1e-9).all(axis=None)


def test_a_run_does_not_differ_from_itself() -> None:
    found = cause_differences(BASE, BASE)
    assert (found[["excess", "excess_low", "excess_high", "planned", "days"]] == 0.0).all(axis=None)


def test_a_cause_that_one_run_lacks_counts_as_none_there() -> None:
    calm = replace(BASE, delays=BASE.delays[BASE.delays["cause"] != "weather"])
    there = cause_differences(BASE, calm).set_index("cause")
    back = cause_differences(calm, BASE).set_index("cause")
    assert there.loc["weather", "other"] == back.loc["weather", "base"] == 0.0
    assert there.loc["weather", "excess"] == pytest.approx(-back.loc["weather", "excess"])
    assert there.loc["weather", "excess"] == pytest.approx(-by_hand(BASE)[0]["weather"].mean())


def test_only_replications_that_both_hold_count() -> None:
    one, two = (
        replace(run, **{name: getattr(run, name).query("replication < 25") for name in TABLES}) for run in (BASE, SLOW)
    )
    found = cause_differences(BASE, two)
    pd.testing.assert_frame_equal(found, cause_differences(one, two))
    assert (found["pairs"] == 25).all()


def test_runs_that_do_not_pair() -> None:
    with pytest.raises(InputError, match="their draws do not pair"):
        cause_differences(BASE, synthetic.portfolio(60, seed=2))
    with pytest.raises(InputError, match="expected the same horizon"):
        cause_differences(BASE, replace(SLOW, horizon=800.0))
