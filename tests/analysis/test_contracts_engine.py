"""Contracts of runs of the engine: conservation, and sums row by row that know nothing of steps over time."""

from collections import defaultdict

import numpy as np
import pytest

from buildsim.analysis import contracts
from buildsim.analysis.frames import numbers
from tests.analysis.contract_runs import busy

YEAR = 365.25


def test_the_run_has_something_of_everything() -> None:
    kinds = set(busy().contract_events["event"])
    assert {"signed", "option", "exercised", "lapsed", "missed", "delivered", "withdrawn"} <= kinds
    assert {"prospect", "market", "backstop"} <= set(busy().placements["kind"])


def test_what_is_promised_is_conserved_and_ends_as_the_milestones_say() -> None:
    run = busy()
    found = contracts.after_events(run.contract_events)
    parts = found[[f"{name}_mw" for name in contracts.PARTS]]
    assert parts.sum(axis=1).to_numpy() == pytest.approx(found["promised_mw"].to_numpy())
    assert parts.to_numpy().min() >= -0.011  # what is missing up to a hundredth of a MW counts as delivered
    last = found.groupby(["replication", "tranche"], observed=True).last()
    assert len(last) == len(run.milestones)
    for own in run.milestones.itertuples():
        end = last.loc[(own.replication, own.tranche)]
        assert end["promised_mw"] == own.mw
        if own.outcome in ("on_time", "late", "damages"):
            assert end["delivered_mw"] == pytest.approx(own.mw, abs=0.011)
        elif own.outcome in ("withdrawn", "lapsed"):
            assert end[f"{own.outcome}_mw"] == pytest.approx(own.mw)
        elif own.outcome == "withdrawn_in_part":
            assert 0.0 < end["withdrawn_mw"] < own.mw
        assert end["overdue"] == (end["pending_mw"] > 0.011 and own.due <= run.horizon)


def test_nobody_is_served_by_what_is_not_live() -> None:
    ledger = contracts.Ledger(busy())
    days = np.unique([*busy().contract_events["day"], *np.linspace(0.0, busy().horizon, 200)])
    live, serving = ledger.live(days), ledger.megawatts.level(days)
    assert (serving <= live + 0.011).all()
    told = contracts.uncommitted(ledger, [0.0, busy().horizon])
    assert told["mean"].iloc[0] == pytest.approx(1.0 - 20.0 / 24.0)
    assert (told["tranches"] + told["placed"] + told["idle"]).tolist() == pytest.approx(told["live"].tolist(), abs=0.02)


def _paid(mw: float, fee: float, step: float, begin: float, end: float, until: float) -> float:
    """What a lot pays up to a day, year by year [USD]."""
    total, year = 0.0, 0
    while begin + year * YEAR < min(end, until):
        first = begin + year * YEAR
        total += mw * fee * (1.0 + step) ** year * (min(first + YEAR, end, until) - first)
        year += 1
    return total


def test_revenue_and_backlog_row_by_row() -> None:
    """Each delivery earns its value over its term, the fee rising by 5 % a year in one contract."""
    run, ledger = busy(), contracts.Ledger(busy())
    term = 5 * YEAR
    steps = {"bound": 0.05, "order-1": 0.0}
    for until in (500.0, 1100.0, run.horizon):
        earned, owed = defaultdict(float), defaultdict(float)
        events = run.contract_events
        for row in events[events["day"] <= until].itertuples():
            key, step = (row.replication, row.customer), steps[row.contract]
            if row.event == "delivered":
                years = sum((1.0 + step) ** year for year in range(5))
                earned[key] += _paid(row.mw, row.usd / (row.mw * years * YEAR), step, row.day, row.day + term, until)
            owed[key] += {"signed": row.usd, "exercised": row.usd, "withdrawn": -row.usd}.get(row.event, 0.0)
        for customer in ("utility-cloud", "lab"):
            told = ledger.revenue.total([until], customer)[:, 0], ledger.firm([until], customer)[:, 0]
            for place, number in enumerate(ledger.replications):
                key = (number, customer)
                assert told[0][place] == pytest.approx(earned[key], abs=1.0)
                assert told[1][place] == pytest.approx(owed[key] - earned[key], abs=2.0)


def test_what_was_in_service_before_the_start_pays_to_the_end_of_its_term() -> None:
    ledger = contracts.Ledger(busy())
    fee = 800_000 * 12 / YEAR
    # from 2024-07-01, a year before the start, for three years; 8 MW have no end
    since, until = -365.0, busy().horizon
    whole = _paid(12.0, fee, 0.03, since, since + 3 * YEAR, until) + _paid(8.0, fee, 0.0, 0.0, np.inf, until)
    assert ledger.revenue.total([until], "early")[0, 0] == pytest.approx(whole)
    assert ledger.revenue.level([until], "early")[0, 0] == pytest.approx(8.0 * fee)
    assert ledger.firm([0.0], "early")[0, 0] == pytest.approx(
        _paid(12.0, fee, 0.03, since, since + 3 * YEAR, np.inf) - _paid(12.0, fee, 0.03, since, since + 3 * YEAR, 0.0)
    )


def test_revenue_at_risk_from_due_dates_and_deliveries() -> None:
    """No date is moved here, so overdue is what is due and neither delivered nor left."""
    run, ledger = busy(), contracts.Ledger(busy())
    days = [488.0, 600.0, 699.0, 700.0, 800.0, 900.0]
    want = np.zeros((len(ledger.replications), len(days)))
    gone = run.contract_events[run.contract_events["event"].isin(["delivered", "withdrawn"])]
    for own in run.milestones[run.milestones["outcome"] != "lapsed"].itertuples():
        mine = gone[(gone["replication"] == own.replication) & (gone["tranche"] == own.tranche)]
        for at, day in enumerate(days):
            missing = own.mw - float(mine.loc[mine["day"] <= day, "mw"].sum())
            want[own.replication, at] += own.value * missing / own.mw if own.due <= day and missing > 0.01 else 0.0
    assert want.any(axis=0).all()
    assert ledger.at_risk.level(days) == pytest.approx(want, abs=1.0)


def test_what_is_left_goes_to_somebody_or_nobody() -> None:
    run, ledger = busy(), contracts.Ledger(busy())
    table = contracts.flow(ledger)
    fates = table.groupby("fate")["mw"].sum()
    late = run.milestones[~run.milestones["outcome"].isin(["on_time", "lapsed"])]
    late = late[(late["outcome"] != "pending") | (late["due"] <= run.horizon)]
    assert table["mw"].sum() == pytest.approx(late["mw"].sum() / run.replications, abs=0.02)
    left = run.contract_events[run.contract_events["event"] == "withdrawn"]["mw"].sum() / run.replications
    assert fates.drop(["delivered", "open"], errors="ignore").sum() == pytest.approx(left, abs=0.02)
    held = run.placements
    for kind in ("prospect", "market"):
        assert fates.get(kind, 0.0) == pytest.approx(
            held[held["kind"] == kind]["mw"].sum() / run.replications, abs=0.02
        )
    assert set(fates.index) <= set(contracts.FATES)
    by_outcome = table.groupby("outcome")["mw"].sum()
    for outcome, mw in late.groupby("outcome", observed=True)["mw"].sum().items():
        assert by_outcome.get(outcome, 0.0) == pytest.approx(mw / run.replications, abs=0.02)


def test_losses_are_those_of_the_tables() -> None:
    run, ledger = busy(), contracts.Ledger(busy())
    found = contracts.losses(ledger, "damages").set_index("customer")
    assert found.loc["all", "mean"] == pytest.approx(run.milestones["damages"].sum() / run.replications)
    by_replication = run.milestones.groupby("replication")["damages"].sum().sort_values()
    assert len(by_replication) == 40
    # the worst 5 % of forty are two
    assert found.loc["all", "shortfall"] == pytest.approx(by_replication.iloc[-2:].mean())
    assert found.loc["all", "at_risk"] == pytest.approx(by_replication.iloc[37])
    assert numbers(run.milestones).tolist() == ledger.replications.tolist()
