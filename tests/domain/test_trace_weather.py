"""Weather: days lost by exposure, seasons, and storms that shut a site; and the calendars that it acts on."""

from datetime import date, timedelta
from math import log
from typing import Any

import numpy as np
import pytest

from buildsim.domain.calendars import UniformCalendar, WeeklyCalendar
from buildsim.domain.disruptions.weather import EXPOSURES, WORKDAYS_A_MONTH, WeatherPlan, gap, storm_days
from buildsim.run.conditions import storms_of, weathered
from buildsim.sampling.streams import series, uniform
from buildsim.worktime import WorkCalendar
from tests.domain.tiny import hall, once, replicator, site, times, tiny


@pytest.mark.parametrize(
    ("storms", "shut"),
    [
        ([], {}),
        ([(2.0, 3.0)], {2: 1.0, 3: 1.0, 4: 1.0}),
        ([(2.25, 0.5)], {2: 0.5}),
        ([(2.5, 2.0)], {2: 0.5, 3: 1.0, 4: 0.5}),
        ([(2.0, 0.0)], {}),
        ([(1.0, 2.0), (5.5, 1.0)], {1: 1.0, 2: 1.0, 5: 0.5, 6: 0.5}),
        ([(2.0, 0.6), (2.2, 0.6)], {2: 0.8}),  # together from 2.0 to 2.8: what both shut counts once
        ([(1.0, 4.0), (2.5, 1.0)], {1: 1.0, 2: 1.0, 3: 1.0, 4: 1.0}),
        ([(8.5, 100.0)], {8: 0.5, 9: 1.0}),
    ],
)
def test_storms_shut_whole_days_and_parts_of_days(storms: list[tuple[float, float]], shut: dict[int, float]) -> None:
    expected = [1.0 - shut.get(day, 0.0) for day in range(10)]
    assert storm_days(storms, 10).tolist() == pytest.approx(expected, abs=1e-12)


def test_a_gap_is_an_exponential_by_inverse_transform() -> None:
    assert gap(0.5, 0.1) == pytest.approx(log(2.0) / 0.1)
    assert gap(0.0, 0.1) == 0.0


def test_a_day_is_lost_when_its_uniform_is_below_the_chance_of_its_season() -> None:
    plan = WeatherPlan("north", (0, 2), np.array([0, 0, 1, 1, 0]))
    row = np.array([0.1 * WORKDAYS_A_MONTH, -1.0, 0.4 * WORKDAYS_A_MONTH])
    uniforms = np.array([0.0999, 0.1001, 0.3999, 0.4001, 0.3])
    assert plan.lost(row, uniforms).tolist() == [1.0, 0.0, 1.0, 0.0, 0.0]
    assert plan.lost(np.array([999.0, 0.0, 0.0]), uniforms).tolist() == [1.0, 1.0, 0.0, 0.0, 1.0]


def weather_model(exposure: str = "outdoor", storms: dict[str, Any] | None = None, **weather: Any) -> Any:
    work = {
        "kind": "work",
        "trade": "fitting",
        "hours_per_mw": 8 * 10 * 20 / 10,  # 20 days for one crew
        "teams": {"min": 1, "planned": 1, "max": 1},
        "exposure": exposure,
    }
    declared = {"lost_days": 5, **weather} | ({"storms": storms} if storms else {})
    return tiny(
        weather={"north": declared},
        templates={"shell": {"name": "Shell", "per": "10 MW", "cooling": "liquid", "activities": {"A1": work}}},
        sites={"a": site({"h1": hall()}, weather="north")},
    )


@pytest.mark.parametrize("exposure", ["outdoor", "yard", "indoor"])
def test_work_stands_still_on_lost_days_by_its_exposure(exposure: str) -> None:
    lost = series(1, 0, "weather.north.town", 200) < 5 / WORKDAYS_A_MONTH
    left, day = 20.0, 0
    while left > 1.0 - EXPOSURES[exposure] * lost[day]:
        left -= 1.0 - EXPOSURES[exposure] * lost[day]
        day += 1
    expected = day + left / (1.0 - EXPOSURES[exposure] * lost[day])
    finish = times(once(weather_model(exposure)))["a/h1/A1"][1]
    assert finish == pytest.approx(expected, abs=1e-9)
    assert finish > 20.0 or exposure == "indoor"


def test_a_season_has_its_own_days_and_the_plan_has_none() -> None:
    model = weather_model(lost_days=0, seasons=[{"months": [8], "lost_days": WORKDAYS_A_MONTH}])
    made = replicator(model)
    assert times(made.replicate(0))["a/h1/A1"] == (0.0, 20.0)  # July
    assert times(made.planned)["a/h1/A1"] == (0.0, 20.0)
    late = weather_model(lost_days=0, seasons=[{"months": [7], "lost_days": WORKDAYS_A_MONTH}])
    assert times(once(late))["a/h1/A1"] == (0.0, 51.0)  # every day of July is lost
    assert times(replicator(late).planned)["a/h1/A1"] == (0.0, 20.0)


def test_a_storm_shuts_indoor_work_too() -> None:
    model = weather_model("indoor", storms={"per_year": 0.0, "days": "3 days"}, lost_days=31)
    assert times(once(model))["a/h1/A1"] == (0.0, 20.0)
    stormy = weather_model("indoor", storms={"per_year": 36.525, "days": "3 days"}, lost_days=31)
    finish, begin, occurrence = 20.0, 0.0, 0
    ends = [0.0]
    while True:  # a storm every ten days on average, each shutting the site for three
        begin += gap(uniform(1, 0, "storms.a.gap", occurrence), 0.1)
        if begin >= finish:
            break
        finish += begin + 3.0 - max(begin, ends[-1])
        ends.append(begin + 3.0)
        occurrence += 1
    assert times(once(stormy))["a/h1/A1"] == pytest.approx((0.0, finish))
    assert occurrence > 0


def test_sites_of_one_market_and_region_share_their_lost_days_but_not_their_storms() -> None:
    base = weather_model(storms={"per_year": 4, "days": "3 days"})
    data = base.model_dump(mode="json")
    data["sites"]["b"] = data["sites"]["a"]
    made = replicator(type(base).model_validate(data))
    row = made.sampler.block(0, 1)[0]
    calendars = dict(
        zip(
            (plan.site for plan in made.program.wet),
            weathered(made.program, 1, 0, row, storms_of(made.program, 1, 0, row))[-2:],
            strict=True,
        )
    )
    here, there = (np.array(calendars[name].shares) for name in ("a", "b"))
    lost = series(1, 0, "weather.north.town", len(here)) < 5 / WORKDAYS_A_MONTH
    calm = (here > 0) | (there > 0)
    assert not here[lost].any()
    assert not there[lost].any()
    assert (here != there).any()
    assert calm[~lost].mean() > 0.99


# -- the calendars underneath --------------------------------------------------------------------


def test_a_weekly_calendar_keeps_weekends_holidays_and_closures() -> None:
    declared = WeeklyCalendar.model_validate({"holidays": "US", "closures": ["12-24..01-01"]})
    start = date(2025, 7, 1)  # a Tuesday
    calendar = declared.calendar(start, 400)
    shut = [start + timedelta(days=day) for day in range(400) if calendar.shares[day] == 0.0]
    weekdays = [day for day in shut if day.weekday() < 5]
    assert weekdays[:6] == [
        date(2025, 7, 4),
        date(2025, 9, 1),
        date(2025, 10, 13),
        date(2025, 11, 11),
        date(2025, 11, 27),
        date(2025, 12, 24),
    ]
    assert date(2026, 1, 1) in weekdays
    assert date(2026, 1, 2) not in weekdays
    assert set(calendar.shares) == {0.0, 1.0}


def test_a_uniform_calendar_spreads_its_days() -> None:
    calendar = UniformCalendar.model_validate({"kind": "uniform", "workdays_per_year": 251}).calendar(
        date(2025, 7, 1), 365
    )
    assert isinstance(calendar, WorkCalendar)
    assert calendar.cumulative[-1] == pytest.approx(251.0)
    assert len(set(calendar.shares)) == 1


@pytest.mark.parametrize("text", ["12-24", "13-01..14-01", "24.12.-1.1.", ""])
def test_a_closure_is_two_days_of_the_year(text: str) -> None:
    with pytest.raises(ValueError, match="closure"):
        WeeklyCalendar.model_validate({"closures": [text]})
