"""Axes, ticks and small print."""

from dataclasses import replace
from datetime import date

import pytest
from matplotlib.figure import Figure

from buildsim.plots import style
from tests.analysis import synthetic

RUN = synthetic.portfolio(3)


@pytest.mark.parametrize(
    ("start", "low", "high", "labels"),
    [
        (date(2025, 7, 1), 0.0, 100.0, ["Jul\n2025", "Aug", "Sep", "Oct"]),
        (date(2025, 7, 15), 0.0, 200.0, ["Aug\n2025", "Sep", "Oct", "Nov", "Dec", "Jan\n2026"]),
        (date(2025, 12, 31), 0.5, 700.0, ["Jan\n2026", "Apr", "Jul", "Oct", "Jan\n2027", "Apr", "Jul", "Oct"]),
        (date(2025, 7, 29), 0.0, 16.0, ["29 Jul\n2025", "5 Aug", "12 Aug"]),
        (date(2025, 1, 1), 0.0, 3000.0, [f"Jan\n{year}" for year in range(2025, 2034)]),
    ],
)
def test_ticks_are_first_days_of_months_with_the_year_where_it_begins(
    start: date, low: float, high: float, labels: list[str]
) -> None:
    ax = Figure().subplots()
    style.date_axis(ax, start, low, high)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == labels
    assert ax.get_xlim() == (style.number(start, low), style.number(start, high))


@pytest.mark.parametrize("days", [40.0, 400.0, 4000.0, 40000.0])
def test_no_axis_has_too_many_ticks(days: float) -> None:
    ax = Figure().subplots()
    style.date_axis(ax, date(2025, 7, 1), 0.0, days)
    assert 1 <= len(ax.get_xticks()) <= 12


def test_a_run_in_one_line() -> None:
    assert style.describe(RUN) == (
        "Made-up portfolio, 3 replications, design monte-carlo, seed 1, day 0 = 2025-07-01, buildsim 0.1.0"
    )
    named = replace(RUN, manifest={"scenario": ["labour-20", "binding"]})
    assert style.describe(named) == (
        "Made-up portfolio, scenario labour-20, scenario binding, 3 replications, day 0 = 2025-07-01"
    )


def test_new_axes_are_made_without_pyplot_and_given_ones_kept() -> None:
    ax = style.axes(None, 3.0)
    assert ax.figure.get_size_inches().tolist() == [6.5, 3.0]
    assert style.axes(ax, 9.0) is ax


def test_many_bars_stay_on_a_page() -> None:
    assert style.bar_height(3) == 0.32
    assert style.bar_height(26) * 26 <= 7.01
    assert style.wrapped("Undisclosed customer at cedar-creek, 48 MW").count("\n") == 1
