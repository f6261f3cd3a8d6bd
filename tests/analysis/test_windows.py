"""The account cut into windows: by hand, and adding up to the account."""

from datetime import date
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis import windows
from buildsim.analysis.scope import scope
from buildsim.engine.account import Segment
from buildsim.engine.causes import CAUSES
from buildsim.errors import InputError, RunError

NETWORK = """\
name: A small network
start: 2025-01-01
horizon: 2025-12-31
source: assumption
policy: {rank: latest_finish}
network:
  resources: {r1: 2, r2: 1}
  activities:
    a1: {duration: {kind: triangular, low: 3 days, mode: 4 days, high: 6 days}, uses: {r1: 2}}
    a2: {duration: {kind: triangular, low: 2 days, mode: 3 days, high: 9 days}, uses: {r1: 1, r2: 1}}
    a3: {duration: 5 days, uses: {r2: 1}, after: [a1]}
"""


@cache
def two_sites() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=12, seed=1, workers=1)


@pytest.fixture
def bare(tmp_path: Path) -> bs.Run:
    """In replication 0 as planned; in replication 1 the first job takes 6 days and the other 2."""
    (tmp_path / "network.yaml").write_text(NETWORK)
    names = ["network.a1.duration", "network.a2.duration"]
    draws = pd.DataFrame([[4.0, 3.0], [6.0, 2.0]], columns=names)
    return bs.simulate(bs.load(tmp_path / "network.yaml"), replications=2, draws=draws, workers=1)


def test_segments_are_cut_where_windows_end() -> None:
    parts = {"planned work": 6.0, "skill": 3.0, "thin team": -1.0}
    segments = [
        Segment(0.0, 5.0, "not-before", 0, -1, {"not-before": 5.0}),
        Segment(5.0, 13.0, "planned work", 0, -1, parts),
        Segment(13.0, 20.0, "utility", 0, -1, {"utility": 7.0}),
    ]
    found = pd.DataFrame(windows.cut(segments, [0.0, 5.0, 11.0, 30.0]), columns=list(CAUSES))
    assert found.loc[0, "not-before"] == 5.0
    assert found.loc[1, list(parts)].tolist() == [4.5, 2.25, -0.75]  # six of eight days
    assert found.loc[2, [*parts, "utility"]].tolist() == [1.5, 0.75, -0.25, 7.0]
    assert found.sum(axis=1).tolist() == [5.0, 6.0, 9.0]
    assert windows.cut([], [0.0, 1.0]).sum() == 0.0


def test_one_replication_beside_the_plan(bare: bs.Run) -> None:
    """As built: a1 to day 6 (two days longer than planned), a wait for r2 to day 8, a3 to day 13.
    As planned: a1 to day 4, a wait to day 7, a3 to day 12."""
    found = windows.windows(bare, scope(bare), [date(2025, 1, 4), date(2025, 1, 7)], replication=1)
    rows = {(row["window"], row["cause"]): (row["days"], row["planned_days"]) for row in found.to_dict("records")}
    want = {
        (1, "planned work"): (4.0 * 4 / 6, 4.0), (1, "estimate"): (4.0 * 2 / 6, 0.0),
        (2, "planned work"): (2.0 * 4 / 6, 0.0), (2, "estimate"): (2.0 * 2 / 6, 0.0), (2, "crew wait"): (1.0, 3.0),
        (3, "planned work"): (5.0, 5.0), (3, "crew wait"): (1.0, 0.0),
    }  # fmt: skip
    assert set(rows) == set(want)
    for key, days in want.items():
        assert rows[key] == pytest.approx(days), key
    facts = found.drop_duplicates("window")
    assert facts[["begin", "end", "open", "planned_open"]].to_numpy() == pytest.approx(
        np.array([[0.0, 4.0, 4.0, 4.0], [4.0, 7.0, 3.0, 3.0], [7.0, 365.0, 6.0, 5.0]])
    )
    assert (found["n"] == 1).all()
    assert found["excess_low"].isna().all()


def test_the_mean_is_over_replications(bare: bs.Run) -> None:
    found = windows.windows(bare, scope(bare), [date(2025, 1, 4), date(2025, 1, 7)]).set_index(["window", "cause"])
    assert found.loc[(2, "crew wait"), ["days", "planned_days", "n"]].tolist() == pytest.approx([2.0, 3.0, 2])
    assert found.loc[(3, "crew wait"), "days"] == pytest.approx(0.5)
    one = windows.windows(bare, scope(bare), most=1)
    assert (one["n"] == 1).all()
    assert one["excess"].abs().max() == pytest.approx(0.0, abs=1e-9), "replication 0 is as planned"


@pytest.mark.parametrize("options", [{}, {"site": "ridge"}, {"site": "mill/h01"}, {"tranche": "bound/t2"},
                                     {"customer": "lab"}, {"last": True}])  # fmt: skip
@pytest.mark.parametrize("every", windows.EVERY)
def test_the_windows_add_up_to_the_account(options: dict[str, object], every: str) -> None:
    run = two_sites()
    meant = scope(run, **options)  # type: ignore[arg-type]
    found = windows.windows(run, meant, every)
    total = windows.by_cause(found).set_index("cause")
    for entry in meant.ledger():
        days, planned = entry.days[0].mean(), entry.planned[0].mean()
        if abs(days) + abs(planned) > 1e-9:
            assert total.loc[entry.cause, ["days", "planned_days"]].tolist() == pytest.approx([days, planned], abs=1e-6)
    facts = found.groupby("window")
    assert (facts["days"].sum() - facts["open"].first()).abs().max() < 1e-9
    assert (facts["planned_days"].sum() - facts["planned_open"].first()).abs().max() < 1e-9


def test_a_window_before_the_go_live_is_full() -> None:
    run = two_sites()
    found = windows.windows(run, scope(run, site="ridge/h02"), replication=4).groupby("window").first()
    live = float(run.go_live[(run.go_live["replication"] == 4) & (run.go_live["block"] == "ridge/h02")]["live"].iloc[0])
    length = (found["end"].clip(upper=live) - found["begin"]).clip(lower=0.0)
    assert found["open"].to_numpy() == pytest.approx(length.to_numpy(), abs=1e-9)


def test_where_windows_end() -> None:
    start = date(2025, 7, 1)
    assert windows.edges(start, 184.0) == [0.0, 92.0, 184.0]  # to 2025-12-31
    assert windows.edges(start, 100.0, "month") == [0.0, 31.0, 62.0, 92.0, 100.0]
    assert windows.edges(start, 100.0, [date(2025, 7, 10)]) == [0.0, 10.0, 100.0]
    assert [windows.name(day, start) for day in (92.0, 184.0)] == ["2025 Q3", "2025 Q4"]
    assert windows.name(31.0, start, "month") == "2025-07"
    assert windows.name(10.0, start, [date(2025, 7, 10)]) == "to 2025-07-10"


@pytest.mark.parametrize(
    ("every", "told"),
    [
        ("week", "there are no windows 'week'; expected quarter or month"),
        ([date(2025, 9, 1), date(2025, 8, 1)], "expected ascending dates from 2025-07-01 to 2025-10-08"),
        ([date(2025, 6, 30)], "ascending dates"),
        ([date(2025, 10, 9)], "ascending dates"),
    ],
)
def test_windows_that_cannot_be(every: str | list[date], told: str) -> None:
    with pytest.raises(InputError) as refused:
        windows.edges(date(2025, 7, 1), 100.0, every)
    assert told in str(refused.value)


def test_replications_that_cannot_be() -> None:
    run = two_sites()
    option = scope(run, site="mill/h02")
    lapsed = next(number for number in range(12) if number not in option.there)
    for options, told in (
        ({"replication": 12}, "the run has no replication 12; expected a number from 0 to 11"),
        ({"replication": lapsed}, f"mill/h02 is not built in replication {lapsed}"),
        ({"most": 101}, "101 replications; expected 1 to 100"),
        ({"most": 0}, "0 replications"),
    ):
        with pytest.raises(InputError) as refused:
            windows.windows(run, option, **options)  # type: ignore[arg-type]
        assert told in str(refused.value)


def test_a_run_that_comes_out_differently_is_refused() -> None:
    run = two_sites()
    meant = scope(run, site="mill/h01")
    meant.units["live"] += 1.0
    with pytest.raises(RunError, match="came out differently when it was run again: mill/h01"):
        windows.windows(run, meant, most=1)
