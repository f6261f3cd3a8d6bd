"""The path as a Gantt chart: its bars are the segments, its text is legible and inside, its words are the numbers."""

from io import BytesIO
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import buildsim as bs
from buildsim.analysis.explain import Story, explain
from buildsim.analysis.legs import steps
from buildsim.errors import InputError
from buildsim.plots import PLOTS, path_gantt
from buildsim.plots.delay_causes import CAUSES
from buildsim.plots.path_gantt import LONGEST, MOST, WAIT, caption

LONG = """\
name: A long path
start: 2025-07-01
horizon: 2028-12-31
source: assumption
policy: {rank: declared}
network:
  resources: {crew: 1}
  activities:
"""
"""Forty tasks in a row, and fourteen that run beside them."""
KINDS = {
    "portfolio": {},
    "site": {"block": "ridge", "replication": 3},
    "late": {"block": "mill/h01", "at": 0.9, "near": 90.0},
}


@pytest.fixture(scope="module")
def run() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=30, seed=1, workers=1)


@pytest.fixture(scope="module")
def long(tmp_path_factory: pytest.TempPathFactory) -> bs.Run:
    tasks = ["    t01: {duration: 20 days}\n"]
    tasks += [f"    t{n:02}: {{duration: 20 days, after: [t{n - 1:02}]}}\n" for n in range(2, 41)]
    tasks += [f"    s{n:02}: {{duration: {786 + n} days}}\n" for n in range(14)]
    file = tmp_path_factory.mktemp("long") / "long.yaml"
    file.write_text(LONG + "".join(tasks), encoding="utf-8")
    return bs.simulate(bs.load(file), replications=1, seed=1, workers=1)


def figure(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


def bars(ax: Axes, row: int, height: float = 0.62) -> list[Rectangle]:
    """The bars of a row, in order."""
    own = [bar for group in ax.containers for bar in group if bar.get_height() == pytest.approx(height)]
    middle = row if height > 0.5 else row + 0.4
    return [bar for bar in own if bar.get_y() + height / 2.0 == pytest.approx(middle)]


def labels(ax: Axes) -> list[str]:
    return [tick.get_text() for tick in ax.get_yticklabels()]


def zero(run: bs.Run) -> float:
    return float(matplotlib.dates.date2num(run.start))


def told(run: bs.Run, kind: str) -> tuple[Axes, Story]:
    options = dict(KINDS[kind])
    return path_gantt(run, **options), explain(run, **options)  # type: ignore[arg-type]


@pytest.mark.parametrize("kind", KINDS)
def test_the_bars_are_the_segments_in_the_colours_of_their_causes(run: bs.Run, kind: str) -> None:
    ax, story = told(run, kind)
    for row, step in enumerate(steps(story.path)):
        place, drawn = zero(run) + step.begin, bars(ax, row)
        for leg in step.legs:
            lost = {cause: days for cause, days in leg.parts.items() if days > 0.0}
            scale = leg.days / sum(lost.values())
            for cause, days in lost.items():
                bar = drawn.pop(0)
                assert bar.get_x() == pytest.approx(place)
                assert bar.get_width() == pytest.approx(days * scale)
                assert bar.get_facecolor() == to_rgba(CAUSES[cause][0])
                assert (bar.get_hatch() == WAIT) == (leg.stage != "working" and not CAUSES[cause][1])
                place += days * scale
            assert place == pytest.approx(zero(run) + leg.end)
        assert not drawn
    assert place == pytest.approx(zero(run) + story.live)


def test_the_plan_and_the_go_lives_stand_at_their_dates(run: bs.Run) -> None:
    ax, story = told(run, "portfolio")
    plan = run.plan.activities.set_index(["block", "activity"])
    for row, step in enumerate(steps(story.path)):
        planned = plan.loc[(step.legs[0].block, step.legs[0].activity)]
        [bar] = bars(ax, row, 0.13)
        assert bar.get_x() == pytest.approx(zero(run) + planned["start"])
        assert bar.get_width() == pytest.approx(planned["finish"] - planned["start"])
    [diamond] = [line for line in ax.lines if line.get_marker() == "D"]
    assert np.asarray(diamond.get_xdata()).item() == pytest.approx(zero(run) + story.live)
    dashed = [line for line in ax.lines if np.asarray(line.get_ydata()).tolist() == [0, 1]]
    assert np.asarray(dashed[0].get_xdata()).tolist() == pytest.approx([zero(run) + story.planned] * 2)


def test_a_line_leads_from_row_to_row_and_handovers_are_dashed(run: bs.Run) -> None:
    ax, story = told(run, "site")
    rows = steps(story.path)
    lines = [line for line in ax.lines if line.get_marker() == "None" and line.get_zorder() == 4]
    assert [float(np.asarray(line.get_xdata())[0]) for line in lines] == pytest.approx(
        [zero(run) + step.begin for step in rows[1:]]
    )
    handed = [step.legs[0].handover > 0.0 for step in rows[1:]]
    assert any(handed)
    assert [line.get_linestyle() == "--" for line in lines] == handed


def test_near_critical_chains_stand_below_with_their_float(run: bs.Run) -> None:
    ax, story = told(run, "late")
    assert story.parallel
    first = len(steps(story.path)) + 1
    for row, chain in enumerate(story.parallel[:MOST], start=first):
        for bar, link in zip(bars(ax, row), chain.links, strict=True):
            assert bar.get_x() == pytest.approx(zero(run) + link.begin)
            assert bar.get_width() == pytest.approx(link.end - link.begin)
    written = [text.get_text() for text in ax.texts]
    assert "near-critical: float of at most 90 days" in written
    assert {f"{chain.slack:.1f} days" for chain in story.parallel[:MOST]} <= set(written)


@pytest.mark.parametrize("kind", KINDS)
def test_all_text_is_legible_and_inside_and_the_legend_off_the_data(run: bs.Run, kind: str) -> None:
    _assert_legible(told(run, kind)[0])


def test_forty_steps_are_still_legible_on_a_page(long: bs.Run) -> None:
    ax = path_gantt(long, near=30.0)
    assert len(ax.get_yticks()) == 40 + MOST
    assert figure(ax).get_size_inches()[1] <= 10.0
    _assert_legible(ax)
    boxes = [tick.get_window_extent() for tick in ax.get_yticklabels()]
    for above, below in pairwise(boxes):
        assert above.y0 >= below.y1 - 1.0, "labels do not lie on one another"
    assert f"The {MOST} near-critical chains with the least float, of 14." in _small_print(ax)


def _small_print(ax: Axes) -> str:
    [text] = [one.get_text() for one in ax.texts if one.get_text().startswith("Model:")]
    return text


def _assert_legible(ax: Axes) -> None:
    fig = figure(ax)
    fig.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y0 >= ax.bbox.y1 - 1.0
    written = [one for one in ax.texts if one.get_text()[0] != "."]
    for text in [*written, *ax.get_yticklabels(), *ax.get_xticklabels(), *legend.get_texts(), ax.xaxis.label]:
        box = text.get_window_extent()
        assert fig.bbox.x0 - 1.0 <= box.x0 <= box.x1 <= fig.bbox.x1 + 1.0, text.get_text()
        assert fig.bbox.y0 - 1.0 <= box.y0 <= box.y1 <= fig.bbox.y1 + 1.0, text.get_text()
    for text in ax.texts:
        if text.get_text().endswith(" days"):
            assert text.get_window_extent().x0 >= ax.bbox.x0, "floats do not lie on the names"
    assert min(text.get_fontsize() for text in (*ax.get_yticklabels(), *legend.get_texts(), ax.xaxis.label)) >= 8.0
    assert max(len(label) for label in labels(ax)) <= LONGEST
    assert fig.get_size_inches()[0] == 6.5
    fig.savefig(BytesIO(), format="png")


def test_it_draws_on_the_axes_that_it_is_given_and_opens_nothing(run: bs.Run) -> None:
    before = dict(matplotlib.rcParams)
    grid = Figure(layout="constrained").subplots(1, 2)
    assert path_gantt(run, ax=grid[0]) is grid[0]
    figure(grid[0]).savefig(BytesIO(), format="png")
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_what_is_not_live_by_the_horizon_has_an_arrow_and_no_diamond() -> None:
    short = {"horizon": "2026-06-30", "sites.ridge.halls.h01.target": "2026-05-01"}
    late = bs.simulate(bs.load("one-hall", set=short), replications=1, seed=1, workers=1)
    ax = path_gantt(late)
    assert {line.get_marker() for line in ax.lines} >= {">"}
    assert not [line for line in ax.lines if line.get_marker() == "D"]
    assert "live later than the horizon, plan later than the horizon." in caption(late)


def test_the_caption_says_what_the_numbers_say(run: bs.Run) -> None:
    story = explain(run)
    said = caption(run)
    assert said.startswith(
        f"Driving path to the go-live of {story.block}, replication {story.replication} of 30: live "
    )
    assert f"live {run.date(story.live)}, plan {run.date(story.planned)}" in said
    assert f"It has {len(steps(story.path))} steps in " in said
    first = story.parallel[0]
    assert said.endswith(f"{first.links[0].block}/{first.links[0].activity} with {first.slack:.1f}.")
    assert PLOTS["path"].caption(run, at=0.8) == caption(run, at=0.8) != said


def test_what_is_not_built_and_what_does_not_fit_is_refused(run: bs.Run) -> None:
    lapsed = run.milestones[run.milestones["outcome"] == "lapsed"]["replication"]
    with pytest.raises(InputError, match="mill/h02 is not built in replication"):
        path_gantt(run, block="mill/h02", replication=int(lapsed.iloc[0]))
    for draw in (path_gantt, caption):
        with pytest.raises(InputError, match="no replication 30"):
            draw(run, replication=30)
        with pytest.raises(InputError, match="1 is no quantile"):
            draw(run, at=1.0)
