"""The criticality chart: rows, dates and indices as a hand count of the driving paths gives them."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib import colormaps
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import buildsim as bs
from buildsim.errors import InputError
from buildsim.plots import criticality_gantt, style
from buildsim.plots.criticality_gantt import caption


@pytest.fixture(scope="module")
def run() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=40, seed=1, workers=1, keep_activities=15)


@pytest.fixture(scope="module")
def drawn(run: bs.Run) -> Axes:
    return criticality_gantt(run, site="ridge", most=8)


def counted(run: bs.Run, block: str, activity: str) -> tuple[float, float]:
    """The share of replications with the activity on the path to the ridge, and its mean days, row by row."""
    seen, days = set(), 0.0
    for row in run.driving.itertuples():
        if (row.target, row.block, row.activity) == ("ridge", block, activity):
            seen.add(row.replication)
            days += float(row.end) - float(row.begin)
    return len(seen) / run.replications, days / run.replications


def rows(ax: Axes) -> list[tuple[str, str]]:
    return [tuple(tick.get_text().split()[:2]) for tick in ax.get_yticklabels()]  # type: ignore[misc]


def test_the_most_critical_are_shown_by_hall_in_planned_order(run: bs.Run, drawn: Axes) -> None:
    shown = rows(drawn)
    assert len(shown) == 8
    halls = [hall for hall, _ in shown]
    assert halls == sorted(halls)
    plan = run.plan.activities.astype({"block": str, "activity": str}).set_index(["block", "activity"])["start"]
    for hall in set(halls):
        starts = [plan[f"ridge/{hall}", activity] for one, activity in shown if one == hall]
        assert starts == sorted(starts)
    own = run.driving[(run.driving["target"] == "ridge") & run.driving["block"].astype(str).str.startswith("ridge/")]
    keys = {(str(b), str(a)) for b, a in zip(own["block"], own["activity"], strict=True)} - {("ridge/h02", "live")}
    left = [counted(run, *key)[0] for key in keys if (key[0].split("/")[1], key[1]) not in shown and key[1] != "live"]
    assert max(left) <= min(counted(run, f"ridge/{hall}", activity)[0] for hall, activity in shown)
    printed = "\n".join(text.get_text() for text in drawn.texts).replace("\n", " ")
    assert f"Not shown: {len(left)} activities" in printed
    assert "resource-aware" in printed
    assert "P50 dates from the first 15 replications" in printed


def test_bars_numbers_and_shades_are_the_counts(run: bs.Run, drawn: Axes) -> None:
    written = [text.get_text() for text in drawn.texts if text.get_text().count(" %, ") == 1][:8]
    thick = [bar for group in drawn.containers for bar in group if bar.get_height() == pytest.approx(0.5)]
    thin = [bar for group in drawn.containers for bar in group if bar.get_height() == pytest.approx(0.2)]
    zero = style.number(run.start, 0.0)
    for (hall, activity), text, bar, plan in zip(rows(drawn), written, thick, thin, strict=True):
        share, days = counted(run, f"ridge/{hall}", activity)
        assert float(text.split(" %")[0]) == pytest.approx(100.0 * share, abs=0.5)
        assert float(text.split(", ")[1].split()[0]) == pytest.approx(days, abs=0.5)
        assert bar.get_facecolor() == colormaps["cividis"](share)
        mine = run.activities[(run.activities["block"] == f"ridge/{hall}") & (run.activities["activity"] == activity)]
        assert bar.get_x() - zero == pytest.approx(np.sort(mine["start"])[7])  # rank ceil(15 / 2)
        planned = run.plan.activities
        planned = planned[(planned["block"] == f"ridge/{hall}") & (planned["activity"] == activity)].iloc[0]
        assert plan.get_x() - zero == pytest.approx(planned["start"])
        assert plan.get_width() == pytest.approx(planned["finish"] - planned["start"])


def test_everything_is_inside_and_legible(drawn: Axes) -> None:
    fig = drawn.figure
    assert isinstance(fig, Figure)
    fig.draw_without_rendering()
    legend = drawn.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y0 >= drawn.bbox.y1 - 1.0
    for text in [*drawn.texts, *drawn.get_yticklabels(), *legend.get_texts()]:
        if text.get_text().strip(".\n"):
            box = text.get_window_extent()
            assert fig.bbox.x0 - 1.0 <= box.x0 <= box.x1 <= fig.bbox.x1 + 1.0, text.get_text()
            assert fig.bbox.y0 - 1.0 <= box.y0 <= box.y1 <= fig.bbox.y1 + 1.0, text.get_text()
    assert min(text.get_fontsize() for text in (*drawn.get_yticklabels(), *legend.get_texts())) >= 8.0
    fig.savefig(BytesIO(), format="png")


def test_the_caption_counts_the_same(run: bs.Run) -> None:
    said = caption(run, site="ridge")
    share, days = counted(run, "ridge/h02", "R2")
    assert "Ridge, Texas, 40 replications" in said
    assert f"h02 R2 Fabric cabling and optics, {100 * share:.0f} %" in said
    assert f"mean {days:.0f} days of the path" in said


def test_it_refuses_what_it_cannot_show(run: bs.Run) -> None:
    with pytest.raises(InputError, match="one of ridge, mill"):
        criticality_gantt(run, site="rigde")
    bare = bs.simulate(run.model, replications=2, seed=1, workers=1, keep_activities=0)
    with pytest.raises(InputError, match="kept no activities"):
        criticality_gantt(bare, site="ridge")
