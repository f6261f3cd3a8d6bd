"""The market: paths, the spread of experienced hands, and rivals' wages."""

from math import exp
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from buildsim.domain.labour import Market
from tests.domain.labour.people import lever, workforce
from tests.domain.lone import START

PATH = {"2025-07-11": "1 GW", "2025-07-31": "3 GW", "2025-08-10": "2 GW"}  # days 10, 30 and 40
DT = 7 / 365.25


def market(**declared: Any) -> Market:
    return Market.model_validate(declared)


def test_a_path_is_straight_between_its_dates_and_level_outside() -> None:
    days = np.array([0.0, 10.0, 15.0, 20.0, 30.0, 35.0, 40.0, 900.0])
    rates = [1000, 1000, 1500, 2000, 3000, 2500, 2000, 2000]
    assert market(path=PATH).rate(days, START) == pytest.approx(rates)
    assert market(path=PATH).spread(days, START) == pytest.approx([1000 / rate for rate in rates])


def test_a_factor_multiplies_what_lies_above_the_normal_rate() -> None:
    days = np.array([0.0, 20.0, 30.0])
    declared = market(path=PATH, normal_rate="2 GW")
    assert declared.rate(days, START, 3.0) == pytest.approx([1000, 2000, 5000])
    assert declared.spread(days, START, 3.0) == pytest.approx([1, 1, 0.4])
    assert declared.spread(days, START, 0.0) == pytest.approx([1, 1, 1])


def test_without_a_path_the_rate_is_level() -> None:
    days = np.array([0.0, 500.0])
    assert market().rate(days, START).tolist() == [1000.0, 1000.0]
    assert market(build_rate="4 GW").spread(days, START).tolist() == [0.25, 0.25]
    assert market(build_rate="500 MW").spread(days, START).tolist() == [1.0, 1.0]


def test_a_boom_reaches_a_pool_through_its_hires_only() -> None:
    boom = {"path": {"2025-07-01": 2000, "2025-07-02": 10000}}
    pools = {"town": {}, "port": {"turnover": 1.0, "ramp": "9 per day"}}
    path = workforce(pools, market=boom, days=7.0).path()
    stay = exp(-DT)
    assert path.experienced[0] == pytest.approx([0.1, 0.1])
    assert path.experienced[1] == pytest.approx([0.1, 0.1 * stay + 0.02 * (1.0 - stay)])


@pytest.mark.parametrize(
    ("rivals", "own", "gap"), [(0.2, 0.0, 0.2), (0.2, 0.1, 0.1), (0.0, 0.1, -0.1), (0.0, 0.9, -0.9)]
)
def test_the_gap_in_wages_pulls_people_away_and_keeps_them_from_coming(rivals: float, own: float, gap: float) -> None:
    levers = (lever("premium", premium=own),)
    pools = {"town": {"present": 50, "workers": 90, "ramp": "1 per day", "turnover": 0.8}}
    declared = {"rival_premium": rivals, "poaching": 3, "attraction": 2}
    path = workforce(pools, levers, market=declared, days=7.0).path()
    assert path.flows.left[1, 0] == pytest.approx(50.0 * (1.0 - exp(-0.8 * max(0.0, 1.0 + 3.0 * gap) * DT)))
    assert path.flows.hired[1, 0] == pytest.approx(7.0 * (1.0 - 2.0 * gap))


def test_a_rival_far_ahead_stops_hiring_and_no_more() -> None:
    pools = {"town": {"present": 50, "ramp": "1 per day"}}
    path = workforce(pools, market={"rival_premium": 2.0, "attraction": 1.0}, days=70.0).path()
    assert not path.flows.hired.any()


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({"path": {"2026-01-01": 1000, "2025-01-01": 2000}}, "must ascend"),
        ({"path": {"2026-01-01": 0}}, "greater than 0"),
        ({"path": {"soon": 1000}}, "expected a date"),
        ({"path": {"2026-01-01": 1000}, "build_rate": 2000}, "both say"),
        ({"factor": -1}, "negative"),
        ({"poaching": -1}, "greater than or equal to 0"),
        ({"attraction": -1}, "greater than or equal to 0"),
        ({"normal_rate": 0}, "greater than 0"),
    ],
)
def test_markets_that_cannot_be(declared: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        market(**declared)


def test_a_market_reads_back_what_it_writes() -> None:
    declared = market(path=PATH, factor={"low": 0.5, "mode": 1, "high": 2}, rival_premium="10%")
    assert Market.model_validate_json(declared.model_dump_json()) == declared
