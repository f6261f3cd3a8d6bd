"""Delay by band and by window: what is drawn is what the analysis says."""

from functools import cache
from io import BytesIO

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import buildsim as bs
from buildsim.analysis import delay_bands as banded
from buildsim.analysis import windows as cut
from buildsim.analysis.scope import scope
from buildsim.errors import InputError
from buildsim.plots import delay_bands, delay_windows
from buildsim.plots.delay_bands import caption as bands_caption
from buildsim.plots.delay_causes import gathered
from buildsim.plots.delay_windows import caption as windows_caption


@cache
def run() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=20, seed=1, workers=1)


def _bars(ax: Axes) -> list[Rectangle]:
    """The bars of causes, without the white that lies below pale ones."""
    white = (1.0, 1.0, 1.0, 1.0)
    bars = [bar for bar in ax.patches if isinstance(bar, Rectangle)]
    return [bar for bar in bars if bar.get_facecolor() != white or bar.get_edgecolor()[3]]


def _png(ax: Axes) -> Figure:
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.savefig(BytesIO(), format="png")
    return figure


@pytest.mark.parametrize("options", [{}, {"site": "ridge"}, {"site": "mill/h01"}, {"last": False}])
def test_the_bars_of_a_band_sum_to_its_excess(options: dict[str, object]) -> None:
    ax = delay_bands(run(), **options)  # type: ignore[arg-type]
    meant = scope(run(), site=options.get("site"), last=options.get("last", True))  # type: ignore[arg-type]
    want = banded.bands(meant).groupby("band", sort=False)["excess"].sum()
    heights = np.zeros(len(want))
    for bar in _bars(ax):
        heights[round(bar.get_x() + bar.get_width() / 2)] += bar.get_height()
    assert heights == pytest.approx(want.to_numpy(), abs=1e-6)
    (diamonds,) = ax.lines[:1]
    assert np.asarray(diamonds.get_ydata()) == pytest.approx(want.to_numpy(), abs=1e-6)
    labels = [label.get_text() for label in ax.get_xticklabels()]
    assert [label.split("\n")[0] for label in labels] == list(want.index)
    assert [label.split("n = ")[1] for label in labels] == ["4", "6", "6", "2", "2"]
    width, height = _png(ax).get_size_inches()
    assert (width, height <= 9.5) == (6.5, True)


def test_the_bars_of_a_window_sum_to_what_is_before_the_go_live() -> None:
    ax = delay_windows(run(), site="ridge", replications=5)
    found = cut.windows(run(), scope(run(), site="ridge"), most=5).drop_duplicates("end")
    shown = found[found[["open", "planned_open"]].max(axis=1) >= 0.5]
    here, plan = np.zeros(len(shown)), np.zeros(len(shown))
    for bar in _bars(ax):
        middle = bar.get_x() + bar.get_width() / 2
        (here if middle > round(middle) else plan)[round(middle)] += bar.get_height()
    assert here == pytest.approx(shown["open"].to_numpy(), abs=1e-6)
    assert plan == pytest.approx(shown["planned_open"].to_numpy(), abs=1e-6)
    assert ax.get_xticklabels()[0].get_text() == "2025\nQ3"
    _png(ax)


def test_months_of_one_replication() -> None:
    ax = delay_windows(run(), site="mill/h01", windows="month", replication=2)
    assert ax.get_xticklabels()[0].get_text() == "2025\n07"
    assert ax.get_title(loc="left").startswith("mill/h01: ")
    assert "Replication 2, run again" in windows_caption(run(), site="mill/h01", windows="month", replication=2)


def test_small_causes_are_put_together() -> None:
    found = scope(run())
    wide = banded.bands(found).pivot_table(index="band", columns="cause", values="excess", sort=False)
    few = gathered(wide, 2)
    assert list(few.columns[2:]) == ["other causes"]
    assert few.sum(axis=1).to_numpy() == pytest.approx(wide.sum(axis=1).to_numpy())
    assert abs(few.iloc[:, 0]).sum() >= abs(few.iloc[:, 1]).sum()


def test_captions_tell_the_numbers() -> None:
    found = banded.bands(scope(run(), last=True))
    sums = found.groupby("band", sort=False)["excess"].sum()
    told = bands_caption(run())
    assert told.startswith("Excess over plan at all sites by band of the finish: ")
    assert f"{sums.iloc[0]:+,.0f} days up to P20 (4 replications)" in told
    assert f"{sums.iloc[-1]:+,.0f} days above P90 (2 replications)" in told
    assert "up to P50" in bands_caption(run(), levels=(0.5,))
    said = windows_caption(run(), replications=3)
    assert "Most is lost in 202" in said
    assert "Mean of 3 replications, run again" in said


def test_what_cannot_be_drawn() -> None:
    for draw in (delay_bands, delay_windows, bands_caption, windows_caption):
        with pytest.raises(InputError, match="the run has no site or block 'rigde'"):
            draw(run(), site="rigde")
    with pytest.raises(InputError, match="levels"):
        delay_bands(run(), levels=(0.9, 0.1))
    with pytest.raises(InputError, match="there are no windows"):
        delay_windows(run(), windows="week")
