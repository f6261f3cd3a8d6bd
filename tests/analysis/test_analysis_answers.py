"""The thin helpers that answer from a run."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from buildsim.analysis import answers
from tests.analysis import synthetic

RUN = synthetic.portfolio(100)


def test_lapsed_options_are_not_waited_for() -> None:
    found = answers.sites(RUN).set_index(["site", "event"])
    helios = found.loc[("helios", "complete")]
    lapsed = (RUN.milestones["outcome"] == "lapsed").sum()
    assert helios["n"] == 100 - lapsed
    assert helios["later"] < 0.2
    assert found.loc[("portfolio", "complete"), "blocks"] == 13, "the option's two halls are not firm"


def test_without_a_firm_site_the_portfolio_is_all_of_them() -> None:
    model = synthetic.model({key: (*site[:2], False) for key, site in synthetic.SITES.items()}, {}, {})
    assert answers.firm(replace(RUN, model=model)) is None


def test_capacity_at_quarter_ends_against_commitments() -> None:
    found = answers.capacity_at(RUN)
    assert found["date"].tolist()[:2] == [date(2025, 9, 30), date(2025, 12, 31)]
    assert found["date"].tolist()[-1] == date(2027, 12, 31)
    assert found["committed"].iloc[0] == 20.0
    assert found["committed"].iloc[-1] == 20.0 + 268.0, "all firm tranches, without the option"


def test_by_date_chooses_round_values_and_the_committed() -> None:
    found = answers.by_date(RUN, date(2026, 3, 31))
    assert (found["probability"].diff().dropna() <= 0).all()
    assert found["probability"].iloc[0] == 1.0
    assert 159.0 in found["mw"].tolist()
    assert 5 <= len(found) <= 13


def test_by_date_before_anything_happens_has_one_value() -> None:
    found = answers.by_date(RUN, date(2025, 7, 1))
    assert found["mw"].tolist() == [20.0]
    assert found["probability"].tolist() == [1.0]


def test_by_date_for_given_values() -> None:
    assert answers.by_date(RUN, date(2026, 3, 31), [100.0, 900.0])["mw"].tolist() == [100.0, 900.0]


def test_tranches_and_customers_hold_what_is_withdrawn() -> None:
    one, two = answers.tranches(RUN), answers.customers(RUN)
    assert one["withdrawn_mw"].sum() == pytest.approx(two.set_index("customer").loc["all", "withdrawn_mw"])
    assert (one["withdrawn_value"] <= one["value"]).all()
    assert (two["withdrawn_value_low"] <= two["withdrawn_value"]).all()


def test_expected_withdrawals_agree_with_the_milestones() -> None:
    walked = RUN.milestones["outcome"].isin(["withdrawn", "withdrawn_in_part"])
    share = RUN.milestones[walked]["replication"].nunique() / 100
    assert answers.expected_withdrawals(RUN).set_index("customer").loc["all", "probability"] == share


@pytest.mark.parametrize("by", ["block", "site", "portfolio"])
def test_delays_by(by: str) -> None:
    found = answers.delays(RUN, by)
    assert np.isfinite(found["excess"]).all()


def test_the_delay_of_the_portfolio_is_that_of_the_firm_sites() -> None:
    found = answers.delays(RUN, "portfolio")["days"].sum()
    firm = RUN.go_live[RUN.go_live["site"] != "helios"]
    assert found == pytest.approx((firm["live"] * firm["mw"]).sum() / firm["mw"].sum())


def test_the_fan_runs_from_start_to_horizon() -> None:
    found = answers.fan(RUN)
    assert (found["day"].iloc[0], found["day"].iloc[-1]) == (0.0, RUN.horizon)


def test_blocks() -> None:
    assert len(answers.blocks(RUN)) == 15
