"""Figures that compare runs: what is drawn is what the curves are."""

from dataclasses import replace
from datetime import date

import matplotlib
import numpy as np
import pytest
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from buildsim.analysis import answers, curves
from buildsim.errors import InputError
from buildsim.plots import delay_stack, finish_curve, s_curves, style
from tests.analysis import synthetic

RUN = synthetic.portfolio(60)
SHORT = synthetic.portfolio(60, slower=1.7, name="Fewer experienced")


def day(number: float) -> float:
    return float(number - style.number(synthetic.START, 0.0))


def test_s_curves_draw_medians_above_and_paired_differences_below() -> None:
    ax = s_curves(RUN, against={"short": SHORT}, label="base")
    assert isinstance(ax.figure, Figure)
    above, lower = ax.figure.axes
    assert above is ax
    for line, run in zip(ax.lines, (RUN, SHORT), strict=True):
        np.testing.assert_array_equal(line.get_ydata(), answers.fan(run)["p50"])
    table = curves.mw_difference(RUN, SHORT)
    mean = next(line for line in lower.lines if line.get_drawstyle() == "steps-post")
    np.testing.assert_array_equal(mean.get_ydata(), table["mean"])
    wide, narrow = (one for one in lower.collections if isinstance(one, PolyCollection))
    for band, low, high in ((wide, "p10", "p90"), (narrow, "low", "high")):
        heights = np.asarray(band.get_paths()[0].vertices)[:, 1]
        assert heights.min() == pytest.approx(table[low].min())
        assert heights.max() == pytest.approx(max(table[high].max(), 0.0))
    assert lower.get_xlim() == ax.get_xlim()
    assert lower.get_ylabel() == "Difference [MW]"
    assert lower.get_title(loc="left") == "Live MW minus that of base, pair by pair"


def test_s_curves_refuse_what_does_not_pair() -> None:
    with pytest.raises(InputError, match="one to 3 others"):
        s_curves(RUN, against={})
    with pytest.raises(InputError, match="one to 3 others"):
        s_curves(RUN, against=dict.fromkeys("abcd", SHORT))
    with pytest.raises(InputError, match="called 'base'"):
        s_curves(RUN, against={"base": SHORT}, label="base")
    with pytest.raises(InputError, match="starts on"):
        s_curves(RUN, against={"b": replace(SHORT, start=date(2024, 1, 1))})
    with pytest.raises(ValueError, match="grid"):
        s_curves(RUN, against={"b": SHORT}, ax=Figure().add_axes((0.1, 0.1, 0.8, 0.8)))


@pytest.mark.parametrize("fewer_in_base", [True, False])
def test_runs_of_unequal_size_are_cut_to_what_they_share(*, fewer_in_base: bool) -> None:
    """Every curve is then the same as that of two runs of 40."""
    cut = [replace(one, go_live=one.go_live.query("replication < 40")) for one in (RUN, SHORT)]
    base, other = (cut[0], SHORT) if fewer_in_base else (RUN, cut[1])
    found, want = (s_curves(one, against={"b": two}) for one, two in ((base, other), (cut[0], cut[1])))
    for line, same in zip(found.lines, want.lines, strict=True):
        np.testing.assert_array_equal(line.get_ydata(), same.get_ydata())
    assert isinstance(found.figure, Figure)
    printed = " ".join(text.get_text() for text in found.figure.axes[1].texts)
    assert "of the 40 replications that the runs have in common" in " ".join(printed.split())


def test_the_finish_curve_is_the_share_that_is_live() -> None:
    ax = finish_curve(RUN, site="denton")
    curve = ax.lines[0]
    x, y = np.asarray(curve.get_xdata()), np.asarray(curve.get_ydata())
    last = RUN.go_live[RUN.go_live["site"] == "denton"].groupby("replication")["live"].max().to_numpy()
    for at, share in zip(x[:-1], y[:-1], strict=True):
        assert share == pytest.approx(np.mean(last <= day(at) + 1e-9))
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [float(np.asarray(dot.get_ydata())[0]) for dot in dots] == [0.5, 0.8]
    assert day(float(np.asarray(dots[1].get_xdata())[0])) == pytest.approx(np.sort(last)[47])  # rank ceil(60 * 0.8)
    legend = ax.get_legend()
    assert legend is not None
    shown = [text.get_text() for text in legend.get_texts()]
    assert "last due date by contract, 2026-05-30" in shown
    assert ax.get_title(loc="left") == "How likely is Denton, TX live by a date?"


def test_the_bar_through_a_dot_is_the_interval_of_the_shift() -> None:
    ax = finish_curve(RUN, site="denton", against={"short": SHORT}, label="base")
    bars = [line for line in ax.lines if line.get_marker() == "|"]
    assert len(bars) == 2
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    for bar, dot in zip(bars, dots[2:], strict=True):
        low, high = np.asarray(bar.get_xdata(), float)
        assert low <= float(np.asarray(dot.get_xdata())[0]) <= high
    printed = "\n".join(text.get_text() for text in ax.texts).replace("\n", " ")
    assert "short against base: P50" in printed


def test_a_curve_that_ends_below_one_runs_to_the_horizon() -> None:
    ax = finish_curve(replace(SHORT, model=RUN.model), site="ellendale")
    y = np.asarray(ax.lines[0].get_ydata())
    last = SHORT.go_live[SHORT.go_live["site"] == "ellendale"].groupby("replication")["live"].max(min_count=4)
    assert y[-1] <= 1.0
    assert day(float(np.asarray(ax.lines[0].get_xdata())[-1])) == SHORT.horizon
    assert last.notna().any()
    with pytest.raises(InputError, match="no site 'dentn'"):
        finish_curve(RUN, site="dentn")


def test_the_stack_sums_to_the_elapsed_time_and_stands_beside_the_plan() -> None:
    ax = delay_stack(RUN, site="denton", most=30)
    elapsed = RUN.go_live[RUN.go_live["site"] == "denton"].groupby("block", observed=True)["live"].mean()
    marks = {line.get_marker(): np.asarray(line.get_xdata(), float) for line in ax.lines}
    np.testing.assert_allclose(marks["D"], elapsed.to_numpy())
    planned = [days for _, days in synthetic.HALLS["denton"]]
    np.testing.assert_allclose(marks["^"], planned)
    pale = [bar for group in ax.containers for bar in group if bar.get_height() == pytest.approx(0.18)]
    np.testing.assert_allclose([bar.get_width() for bar in pale], planned)
    stacked = [bar for group in ax.containers for bar in group if bar.get_height() == pytest.approx(0.5)]
    assert sum(bar.get_width() for bar in stacked) == pytest.approx(elapsed.sum())
    first = stacked[: len(planned)]
    assert {matplotlib.colors.to_hex(bar.get_facecolor()) for bar in first} == {style.PALE}, "planned work stands first"
