"""Figures that are drawn from a table: the frontier of options and the heat map of differences."""

from io import BytesIO
from itertools import combinations
from math import inf, nan

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Annotation

from buildsim.errors import InputError
from buildsim.plots import frontier, heat_map, style
from buildsim.plots.frontier import COLUMNS, caption
from tests.analysis import synthetic

RUN = synthetic.portfolio(20)
OPTIONS = pd.DataFrame(
    [
        ("Base", 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        ("Overtime 50 h", 4.1e6, 3.8e6, 4.4e6, 9.0, 6.0, 12.0),
        ("Second shift", 9e6, 8e6, 10.5e6, 21.0, 17.0, 25.0),
        ("Travellers 10 %", 6e6, 5e6, 7.2e6, 8.0, 4.0, 11.0),
        ("Pay rise 5 %", 9.5e6, 9e6, 10e6, 20.5, 17.0, 24.0),
        ("Bridging power", 30e6, nan, nan, 41.0, 35.0, 48.0),
        ("Not known", nan, nan, nan, 5.0, 3.0, 6.0),
        ("Beyond", 5e6, 5e6, 5e6, inf, 3.0, inf),
    ],
    columns=list(COLUMNS),
)


def names(ax: Axes) -> list[Annotation]:
    return [one for one in ax.texts if isinstance(one, Annotation) and one.get_text() in set(OPTIONS["name"])]


def drawn(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    ax.figure.draw_without_rendering()
    return ax.figure


def test_the_frontier_is_a_stair_over_the_options_that_nothing_beats() -> None:
    ax = frontier(RUN, OPTIONS)
    stair = next(line for line in ax.lines if line.get_drawstyle() == "steps-post")
    x, y = np.asarray(stair.get_xdata(), float), np.asarray(stair.get_ydata(), float)
    np.testing.assert_allclose(x[:-1], [0.0, 4.1, 9.0, 30.0])
    np.testing.assert_allclose(y, [0.0, 9.0, 21.0, 41.0, 41.0])
    colours = {text.get_text(): text.get_color() for text in names(ax)}
    assert {name for name, colour in colours.items() if colour == style.MUTED} == {"Travellers 10 %", "Pay rise 5 %"}
    assert set(colours) == set(OPTIONS["name"]) - {"Not known", "Beyond"}
    printed = "\n".join(text.get_text() for text in ax.texts)
    assert "Not known and Beyond" in printed


CROWD = pd.DataFrame(
    [(f"Option number {one}", 1e6 + 1e4 * one, nan, nan, 10.0 + 0.1 * (one % 3), nan, nan) for one in range(7)]
    + [("Far away", 3e6, nan, nan, 30.0, nan, nan)],
    columns=list(COLUMNS),
)


@pytest.mark.parametrize("options", [OPTIONS, CROWD])
def test_names_cover_no_point_and_no_other_name(options: pd.DataFrame) -> None:
    ax = frontier(RUN, options)
    fig = drawn(ax)
    texts = [one for one in ax.texts if one.get_text() in set(options["name"])]
    boxes = {text.get_text(): text.get_window_extent() for text in texts}
    assert not [pair for pair in combinations(boxes, 2) if boxes[pair[0]].overlaps(boxes[pair[1]])]
    known = options[np.isfinite(options[["cost", "days"]]).all(axis=1)]
    assert len(boxes) == len(known)
    for x, y in ax.transData.transform(np.column_stack([known["cost"] / 1e6, known["days"]])):
        assert not [name for name, box in boxes.items() if box.contains(x, y)]
    for box in boxes.values():
        assert ax.bbox.x0 <= box.x0 <= box.x1 <= ax.bbox.x1
        assert ax.bbox.y0 <= box.y0 <= box.y1 <= ax.bbox.y1
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y0 >= ax.bbox.y1 - 1.0
    fig.savefig(BytesIO(), format="png")


def test_the_caption_names_the_efficient_ones_and_how_sure_that_is() -> None:
    said = caption(RUN, OPTIONS)
    assert "of 6 options 4 are efficient: Base ($0 for 0 days" in said
    assert "Overtime 50 h ($4.1m for 9 days, by its interval too)" not in said, "Travellers may be cheaper and as good"
    assert "Second shift ($9m for 21 days, the intervals leave it open)" in said
    assert "2 are dominated" in said
    assert "Not compared: Not known and Beyond." in said
    sure = caption(RUN, OPTIONS.assign(probability=[1.0, 0.9, 0.55, 0.1, 0.4, 1.0, nan, nan]))
    assert "Second shift ($9m for 21 days, efficient with a probability of 55 %)" in sure


def test_a_frontier_needs_its_columns_and_an_option() -> None:
    with pytest.raises(InputError, match="cost_low, low are missing"):
        frontier(RUN, OPTIONS.drop(columns=["cost_low", "low"]))
    with pytest.raises(InputError, match="no option with a known cost"):
        frontier(RUN, OPTIONS.tail(2))


CELLS = pd.DataFrame(
    {"r": [1, 1, 2, 2], "c": [5, 6, 5, 6], "v": [-30.0, 60.0, nan, inf], "lo": [-40.0, 50.0, nan, 70.0],
     "hi": [-20.0, 70.0, nan, inf]}
)  # fmt: skip
NAMES = {"rows": "r", "columns": "c", "value": "v", "row_label": "rows", "column_label": "columns", "title": "It"}


def test_differences_are_centred_at_zero_and_signed() -> None:
    ax = heat_map(RUN, CELLS, **NAMES, percent=False, diverging=True, low="lo", high="hi")  # type: ignore[arg-type]
    image = ax.images[0]
    assert image.norm.vmin == -60.0
    assert image.norm.vmax == 60.0
    written = [text.get_text() for text in ax.texts if not isinstance(text, Annotation)]
    assert written == ["-", "> horizon\n+70 to > horizon", "-30\n-40 to -20", "+60\n+50 to +70"]
    red, green, blue, _ = image.cmap(image.norm(0.0))
    assert min(red, green, blue) > 0.95, "no difference is white"
    drawn(ax).savefig(BytesIO(), format="png")


def test_shares_start_at_zero_as_before() -> None:
    shares = CELLS.assign(v=[0.1, 0.25, 0.5, 0.002])
    ax = heat_map(RUN, shares, **NAMES)  # type: ignore[arg-type]
    assert (ax.images[0].norm.vmin, ax.images[0].norm.vmax) == (0.0, 0.5)
    assert [text.get_text() for text in ax.texts if not isinstance(text, Annotation)] == ["50 %", "0 %", "10 %", "25 %"]
