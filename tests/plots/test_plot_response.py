"""What an answer to a setting draws is what its table holds."""

import matplotlib.dates as mdates
import numpy as np
import pandas as pd
import pytest
from matplotlib.collections import LineCollection

from buildsim.plots.response import caption, response
from tests.analysis import synthetic

RUN = synthetic.portfolio(20)
TABLE = pd.DataFrame(
    {
        "weeks": ["4 weeks", "8 weeks", "for ever"] * 2,
        "day": [0.0, 100.0, 200.0] * 2,
        "days": [1.0, 3.0, -2.0, 0.5, np.nan, 4.0],
        "low": [0.5, 2.0, -3.0, -np.inf, np.nan, 3.0],
        "high": [1.5, 4.0, -1.0, np.inf, np.nan, 5.0],
        "regime": ["50 h"] * 3 + ["60 h"] * 3,
    }
)
HOW = {"y": "days", "by": "regime", "x_label": "Weeks", "y_label": "Days saved [days]", "title": "Overtime"}


def test_text_stands_by_rank_in_the_order_of_the_table() -> None:
    ax = response(RUN, TABLE, x="weeks", **HOW)
    assert [tick.get_text() for tick in ax.get_xticklabels()] == ["4 weeks", "8 weeks", "for ever"]
    lines = [line for line in ax.lines if len(line.get_xdata()) == 3]
    assert [list(line.get_xdata()) for line in lines] == [[0.0, 1.0, 2.0]] * 2
    np.testing.assert_allclose(lines[1].get_ydata(), [0.5, np.nan, 4.0])


def test_days_stand_at_their_dates() -> None:
    ax = response(RUN, TABLE, x="day", dates=True, **HOW)
    first = next(line for line in ax.lines if len(line.get_xdata()) == 3)
    np.testing.assert_allclose(np.asarray(first.get_xdata()) - mdates.date2num(synthetic.START), [0.0, 100.0, 200.0])


def test_bars_stand_beside_each_other_and_leave_out_what_is_not_bounded() -> None:
    ax = response(RUN, TABLE, x="day", low="low", high="high", bars=True, **HOW)
    one, two = (bars.get_segments() for bars in ax.collections if isinstance(bars, LineCollection))
    assert [tuple(bar[:, 1]) for bar in one] == [(0.5, 1.5), (2.0, 4.0), (-3.0, -1.0)]
    assert [tuple(bar[:, 1]) for bar in two] == [(3.0, 5.0)]
    assert one[2][0, 0] < 200.0 < two[0][0, 0]


def test_the_caption_names_the_highest_point_of_each_line() -> None:
    said = caption(RUN, TABLE, x="weeks", low="low", high="high", unit="days", note="A note", **HOW)
    assert "50 h, 3 days at 8 weeks (95 % interval 2 to 4 days)" in said
    assert "60 h, 4 days at for ever (95 % interval 3 to 5 days)" in said
    assert said.endswith("A note.")
    shares = TABLE.assign(days=TABLE["days"] / 10.0)
    assert "50 h, 30 % at 8 weeks;" in caption(RUN, shares, x="weeks", unit="share", **HOW)


def test_the_caption_says_where_an_interval_is_not_bounded_or_a_line_has_no_value() -> None:
    assert "60 h, 0.5 days at 4 weeks (interval not bounded)" in caption(
        RUN, TABLE[TABLE["weeks"] == "4 weeks"], x="weeks", low="low", high="high", unit="days", **HOW
    )
    assert "60 h, no value" in caption(RUN, TABLE[TABLE["weeks"] == "8 weeks"], x="weeks", unit="days", **HOW)


def test_a_column_that_is_missing_is_a_key_error() -> None:
    with pytest.raises(KeyError, match="hours"):
        response(RUN, TABLE, x="hours", **HOW)
