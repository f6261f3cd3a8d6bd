"""The figures: what they show, in which units, and that they render without a warning."""

from dataclasses import replace
from datetime import date
from io import BytesIO

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.axis import Axis, Tick
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.text import Annotation, Text

from buildsim.analysis import answers
from buildsim.engine import causes
from buildsim.errors import InputError
from buildsim.plots import PLOTS, capacity_fan, delay_causes, delay_stack, finish_curve, gantt, milestones, s_curves
from buildsim.plots.delay_causes import CAUSES, OTHER
from buildsim.plots.milestones import LOOKS
from tests.analysis import synthetic

RUN = synthetic.portfolio(80)
SHORT = synthetic.portfolio(80, slower=1.7, name="Fewer experienced")
DRAWN = {
    "capacity-fan": lambda ax=None: capacity_fan(RUN, ax=ax),
    "capacity-fan against": lambda ax=None: capacity_fan(
        SHORT, against=RUN, label="short", against_label="base", ax=ax
    ),
    "gantt": lambda ax=None: gantt(RUN, site="denton", ax=ax),
    "gantt beyond the horizon": lambda ax=None: gantt(SHORT, site="helios", ax=ax),
    "milestones": lambda ax=None: milestones(SHORT, ax=ax),
    "delay-causes": lambda ax=None: delay_causes(RUN, ax=ax),
    "delay-causes of a site": lambda ax=None: delay_causes(RUN, site="denton", ax=ax),
    "delay-causes of the portfolio": lambda ax=None: delay_causes(RUN, by="portfolio", ax=ax),
    "delay-stack": lambda ax=None: delay_stack(RUN, ax=ax),
    "delay-stack of a site": lambda ax=None: delay_stack(SHORT, site="denton", ax=ax),
    "s-curves": lambda ax=None: s_curves(RUN, against={"short": SHORT}, label="base", ax=ax),
    "s-curves of four": lambda ax=None: s_curves(
        RUN, against={"short of experienced hands": SHORT, "the same": RUN, "again": SHORT}, ax=ax
    ),
    "finish-curve": lambda ax=None: finish_curve(RUN, ax=ax),
    "finish-curve against": lambda ax=None: finish_curve(SHORT, site="denton", against={"base": RUN}, ax=ax),
}


def legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    assert found is not None
    return [text.get_text() for text in found.get_texts()]


def notes(ax: Axes) -> str:
    return "\n".join(child.get_text() for panel in figure(ax).axes for child in panel.texts)


def in_view(axis: Axis, tick: Tick) -> bool:
    low, high = sorted(axis.get_view_interval())
    return bool(low <= tick.get_loc() <= high)


def figure(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


@pytest.mark.parametrize("name", DRAWN)
@pytest.mark.parametrize("kind", ["png", "svg", "pdf"])
def test_each_renders_without_a_warning(name: str, kind: str) -> None:
    out = BytesIO()
    figure(DRAWN[name]()).savefig(out, format=kind)
    assert len(out.getvalue()) > 5000


@pytest.mark.parametrize("name", DRAWN)
def test_each_fits_a_page_and_says_where_it_comes_from(name: str) -> None:
    ax = DRAWN[name]()
    width, height = figure(ax).get_size_inches()
    assert width == 6.5
    assert height <= 9.5
    text = notes(ax)
    assert RUN.model.name in text or SHORT.model.name in text
    assert "80 replications, design monte-carlo, seed 1" in text
    assert "buildsim 0.1.0" in text
    assert ax.get_title(loc="left")


@pytest.mark.parametrize("name", DRAWN)
def test_the_legend_lies_outside_the_data_and_all_text_inside_the_figure(name: str) -> None:
    ax = DRAWN[name]()
    fig = figure(ax)
    fig.draw_without_rendering()
    frame = fig.bbox
    found = ax.get_legend()
    assert found is not None
    box = found.get_window_extent()
    assert box.y0 >= ax.bbox.y1 - 1.0
    title = next(text for text in ax.findobj(Text) if text.get_text() == ax.get_title(loc="left"))
    assert title.get_window_extent().y0 >= box.y1
    ticks = [tick.label1 for axis in (ax.xaxis, ax.yaxis) for tick in axis.get_major_ticks() if in_view(axis, tick)]
    for text in [title, ax.xaxis.label, ax.yaxis.label, *found.get_texts(), *ticks]:
        if text.get_text():
            one = text.get_window_extent()
            assert frame.x0 <= one.x0 <= one.x1 <= frame.x1 + 1.0, text.get_text()
            assert frame.y0 - 1.0 <= one.y0 <= one.y1 <= frame.y1 + 1.0, text.get_text()
    printed = [text for panel in fig.axes for text in panel.texts if text.get_text().startswith("Model:")]
    assert len(printed) == 1
    for child in printed:
        if isinstance(child, Annotation) and child.axes is not None:
            one = child.get_window_extent()
            assert one.y1 <= child.axes.xaxis.label.get_window_extent().y0
            assert frame.x0 <= one.x0 <= one.x1 <= frame.x1
            assert frame.y0 - 1.0 <= one.y0


@pytest.mark.parametrize("name", DRAWN)
def test_text_is_legible_at_that_width(name: str) -> None:
    ax = DRAWN[name]()
    sizes = [text.get_fontsize() for text in (ax.xaxis.label, *ax.get_xticklabels(), *ax.get_yticklabels())]
    assert min(sizes) >= 8.0
    assert all(text.get_fontsize() >= 8.0 for text in ax.get_legend().get_texts())  # type: ignore[union-attr]


@pytest.mark.parametrize("name", DRAWN)
def test_each_draws_on_the_axes_that_it_is_given_and_opens_nothing(name: str) -> None:
    before = dict(matplotlib.rcParams)
    grid = Figure(layout="constrained").subplots(1, 2)
    assert DRAWN[name](ax=grid[0]) is grid[0]
    figure(grid[0]).savefig(BytesIO(), format="png")
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_every_kind_for_the_command_line_is_drawn_here() -> None:
    elsewhere = {"criticality", "tornado", "path", "delay-bands", "delay-windows"}  # they need a run of the engine
    elsewhere |= {"crews", "shortage", "productivity", "population"}  # tests/plots/test_plot_labour.py
    elsewhere |= {"milestone-ladder", "revenue-at-risk", "outcome-flow", "concentration"}  # test_plot_contracts.py
    assert set(PLOTS) == {name.split(" ")[0] for name in DRAWN} | elsewhere
    assert PLOTS["capacity-fan"].draw is capacity_fan
    assert all(plot.shows for plot in PLOTS.values())


def test_the_fan_has_band_median_path_and_commitments() -> None:
    ax = capacity_fan(RUN)
    assert legend(ax) == ["P10–P90", "median", "one path (replication 0)", "committed by contract"]
    assert ax.get_ylabel() == "Critical IT capacity live [MW]"
    assert ax.get_xlabel() == "Date"
    assert len([one for one in ax.collections if isinstance(one, PolyCollection)]) == 1
    median, path, owed = ax.lines
    fan = answers.fan(RUN)
    np.testing.assert_array_equal(median.get_ydata(), fan["p50"])
    assert np.max(np.asarray(path.get_ydata())) <= 338.0
    assert np.asarray(owed.get_ydata())[[0, -1]].tolist() == [20.0, 288.0]
    assert {line.get_drawstyle() for line in ax.lines} == {"steps-post"}
    assert [tick.get_text() for tick in ax.get_xticklabels()][:3] == ["Jul\n2025", "Oct", "Jan\n2026"]


def test_the_fan_overlays_another_run() -> None:
    ax = capacity_fan(SHORT, against=RUN, label="short", against_label="base", commitments=False)
    expected = ["P10–P90, short", "median, short", "P10–P90, base", "median, base", "one path (replication 0)"]
    assert legend(ax) == expected
    assert len(ax.lines) == 3
    assert "base: Made-up portfolio" in notes(ax)


def test_the_fan_refuses_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="no replication 80"):
        capacity_fan(RUN, replication=80)
    with pytest.raises(InputError, match="starts on"):
        capacity_fan(RUN, against=replace(RUN, start=date(2024, 1, 1)))
    with pytest.raises(InputError, match="other run: has seed 2"):
        capacity_fan(RUN, against=replace(RUN, manifest=synthetic.manifest(2)))


def test_a_fan_without_contracts_has_no_commitments() -> None:
    bare = replace(RUN, milestones=synthetic.table("milestones", []))
    assert "committed by contract" not in legend(capacity_fan(bare))


def test_the_gantt_shows_each_hall_with_plan_phases_and_go_live() -> None:
    ax = gantt(RUN, site="denton")
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == ["h01\n20 MW", "h02\n20 MW", "h03\n25 MW", "h04\n25 MW", "h05\n20 MW"]
    assert ax.get_title(loc="left") == "Denton, TX: halls, phases and go-live"
    assert {"plan", "live, P10–P50–P90", "target", "due by contract", "P10–P90 of finish"} <= set(legend(ax))
    diamonds = [line for line in ax.lines if line.get_marker() == "D"]
    assert len(diamonds) == 5
    blocks = answers.blocks(RUN, levels=(0.1, 0.5, 0.9)).set_index("block")
    day = float(np.asarray(diamonds[0].get_xdata())[0]) - matplotlib.dates.date2num(RUN.start)
    assert day == pytest.approx(blocks.loc["denton/h01", "p50"])
    assert len([line for line in ax.lines if line.get_marker() == "^"]) == 2
    assert "Phases from" not in notes(ax), "the activities of all replications are kept"


def test_the_gantt_says_of_how_many_replications_the_phases_are() -> None:
    some = replace(RUN, activities=RUN.activities[RUN.activities["replication"] < 50])
    assert "Phases from the first 50 replications" in notes(gantt(some, site="denton"))


def test_the_gantt_points_beyond_the_horizon() -> None:
    ax = gantt(SHORT, site="helios")
    arrows = [line for line in ax.lines if line.get_marker() == ">"]
    assert arrows
    edge = matplotlib.dates.date2num(SHORT.start) + SHORT.horizon
    assert {float(np.asarray(arrow.get_xdata())[0]) for arrow in arrows} == {edge}
    assert ax.get_xlim()[1] == edge


def test_the_gantt_needs_a_site_of_the_run() -> None:
    with pytest.raises(InputError, match="denton, ellendale"):
        gantt(RUN, site="dentn")


def test_milestones_stack_up_to_the_whole() -> None:
    ax = milestones(SHORT)
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels == [
        "Second hyperscaler, 150\u00a0MW",
        "OpenAI, 110\u00a0MW",
        "Others, 34\u00a0MW",
        "Cohere, 24\u00a0MW",
    ]
    ends = [max(one.get_x() + one.get_width() for one in group) for group in ax.containers][-1]
    assert ends == pytest.approx(1.0)
    assert sum(one.get_width() for group in ax.containers for one in group) == pytest.approx(4.0)
    assert set(legend(ax)) <= {name for name, _, _ in LOOKS.values()}
    assert ax.get_xlabel().endswith("[%]")
    assert ax.get_ylabel().endswith("[MW]")


def test_milestones_need_contracts() -> None:
    with pytest.raises(InputError, match="no milestones"):
        milestones(replace(RUN, milestones=synthetic.table("milestones", [])))


def test_delay_shows_gains_left_and_losses_right_of_zero_and_their_sum() -> None:
    ax = delay_causes(RUN)
    bars = [one for group in ax.containers for one in group]
    assert min(one.get_x() for one in bars if one.get_width() < 0) <= 0.0
    assert min(one.get_x() for one in bars if one.get_width() > 0) >= 0.0
    diamonds = next(line for line in ax.lines if line.get_marker() == "D")
    sums = np.asarray(diamonds.get_xdata())
    table = answers.delays(RUN, "site").groupby("site")["excess"].sum()
    np.testing.assert_allclose(sums[:-1], np.sort(table)[::-1])
    assert sums[-1] == pytest.approx(answers.delays(RUN, "portfolio")["excess"].sum())
    labels = [tick.get_text() for tick in ax.get_yticklabels()]
    assert labels[-1] == "All firm sites"
    assert labels[0] == synthetic.SITES[table.idxmax()][0]
    assert ax.get_xlabel().endswith("[days]")
    assert legend(ax)[-1] == "sum"


def test_delay_puts_small_causes_together() -> None:
    names = legend(delay_causes(RUN, most=3))
    assert len(names) == 5
    assert names[3] == OTHER[0]
    assert OTHER[0] not in legend(delay_causes(RUN, most=30))


def test_delay_of_a_site_has_a_bar_a_hall() -> None:
    labels = [tick.get_text() for tick in delay_causes(RUN, site="denton").get_yticklabels()]
    assert labels == ["h01", "h02", "h03", "h04", "h05"]


def test_one_site_needs_no_bar_for_all_sites() -> None:
    one = replace(
        RUN, go_live=RUN.go_live[RUN.go_live["site"] == "denton"], delays=RUN.delays[RUN.delays["site"] == "denton"]
    )
    assert [tick.get_text() for tick in delay_causes(one).get_yticklabels()] == ["Denton, TX"]


def test_delay_says_what_counts_up_to_the_horizon() -> None:
    assert "later than the horizon" in notes(delay_causes(SHORT))
    assert "later than the horizon" not in notes(delay_causes(SHORT, site="denton"))


def test_delay_refuses_other_groupings() -> None:
    with pytest.raises(InputError, match="site or portfolio"):
        delay_causes(RUN, by="trade")
    with pytest.raises(InputError, match="'dentn'"):
        delay_causes(RUN, site="dentn")


def test_every_cause_has_a_look_of_its_own() -> None:
    assert tuple(CAUSES) == causes.CAUSES
    assert len({*CAUSES.values(), (OTHER[1], "")}) == len(CAUSES) + 1
