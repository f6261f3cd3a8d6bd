"""Two runs side by side."""

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from buildsim.analysis import compare
from buildsim.analysis.compare import COLUMNS, UNITS
from buildsim.errors import InputError
from tests.analysis import synthetic

BASE = synthetic.portfolio(120)
SHORT = synthetic.portfolio(120, slower=1.6, name="Fewer experienced")


def shifted(days: float) -> synthetic.Run:
    live = BASE.go_live["live"] + days
    return replace(BASE, go_live=BASE.go_live.assign(live=live.where(live <= BASE.horizon)))


def test_a_run_does_not_differ_from_itself() -> None:
    found = compare(BASE, BASE).summary()
    assert list(found.columns) == COLUMNS
    assert (found["difference"].fillna(0.0) == 0.0).all()
    assert (found.loc[found["statistic"] == "mean", "low"] == 0.0).all()


def test_a_shift_of_ten_days_is_found_for_every_site() -> None:
    found = compare(BASE, shifted(10.0)).dates
    firm = found[found["of"] != "helios"]  # some of it goes beyond the horizon
    assert firm["difference"].tolist() == pytest.approx([10.0] * len(firm))
    assert set(firm["statistic"]) == {"mean", "P50", "P80"}
    assert found.loc[found["of"] == "portfolio", "pairs"].tolist() == [120] * 3


def test_dates_beyond_the_horizon_are_capped_and_counted() -> None:
    found = compare(BASE, shifted(10.0)).dates
    row = found[(found["of"] == "helios") & (found["statistic"] == "mean")].iloc[0]
    assert row["pairs"] < 120, "replications without the option do not count"
    assert row["capped"] > 0
    assert 9.0 < row["difference"] <= 10.0
    assert row["other"] <= BASE.horizon


def test_a_shortage_comes_later_and_pairing_pays() -> None:
    found = compare(BASE, SHORT)
    whole = found.dates[(found.dates["of"] == "portfolio")].set_index("statistic")
    assert (whole["low"] > 0).all()
    assert whole.loc["mean", "variance_reduction"] > 2.0
    assert whole.loc["mean", "correlation"] > 0.8
    totals = found.totals.set_index("quantity")
    assert totals.loc["any_withdrawal", "difference"] >= 0.0
    assert totals.loc["withdrawn_mw", "difference"] > 0.0
    assert totals["unit"].to_dict() == UNITS


def test_other_minus_base_changes_sign_when_they_change_places() -> None:
    one, two = compare(BASE, SHORT).totals, compare(SHORT, BASE).totals
    assert one["difference"].tolist() == pytest.approx((-two["difference"]).tolist())


def test_live_mw_at_given_dates() -> None:
    found = compare(BASE, SHORT, dates=[date(2026, 3, 31)]).capacity
    assert found["of"].tolist() == ["2026-03-31"]
    assert found["unit"].tolist() == ["MW"]
    assert found.loc[0, "difference"] < 0.0
    assert found.loc[0, "base"] > 20.0, "what was live at the start is part of it"


def test_only_shared_replications_are_compared() -> None:
    some = replace(SHORT, go_live=SHORT.go_live[SHORT.go_live["replication"] >= 100])
    found = compare(BASE, some)
    assert found.pairs == 20
    assert set(found.totals["pairs"]) == {20}


def test_sites_that_only_one_run_has_are_left_out() -> None:
    fewer = replace(SHORT, go_live=SHORT.go_live[SHORT.go_live["site"] != "marble"])
    assert "marble" not in set(compare(BASE, fewer).dates["of"])


def test_runs_that_do_not_pair_are_refused_with_every_reason() -> None:
    alien = replace(
        SHORT,
        start=date(2025, 1, 1),
        manifest=synthetic.manifest(2) | {"design": "sobol"},
        go_live=SHORT.go_live[SHORT.go_live["replication"] == 0],
    )
    with pytest.raises(InputError) as caught:
        compare(BASE, alien)
    assert [problem.path for problem in caught.value.problems] == ["start", "seed", "design", "replications"]


def test_the_summary_starts_with_the_portfolio() -> None:
    found = compare(BASE, SHORT)
    whole = found.summary()
    assert whole["of"].tolist()[:3] == ["portfolio"] * 3
    assert len(whole) == len(found.dates) + len(found.capacity) + len(found.totals)
    assert isinstance(whole, pd.DataFrame)
    assert np.isfinite(whole.loc[whole["quantity"] == "live MW", "difference"]).all()
