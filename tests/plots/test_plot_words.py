"""What figures say of options, of runs that are not complete, of a bare network and of what nobody kept."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import buildsim as bs
from buildsim.errors import InputError
from buildsim.plots import PLOTS, finish_curve, gantt
from tests.cli.conftest import NETWORK

NEEDED: dict[str, Any] = {"site": "mill", "contract": "order-1"}
"""What the kinds need that cannot do without something; s-curves need another run."""


@cache
def run() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=60, seed=1, workers=1)


@cache
def single() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=1, seed=1, workers=1)


@cache
def broken_off() -> bs.Run:
    """The 60 replications as the first of 4,000."""
    opened = bs.simulate(bs.load("two-sites"), replications=60, seed=1, workers=1)
    vars(opened)["manifest"] = {**opened.manifest, "replications": 4000}
    return opened


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> bs.Run:
    model = tmp_path_factory.mktemp("model") / "network.yaml"
    model.write_text(NETWORK)
    return bs.simulate(bs.load(model), replications=60, seed=1, workers=1)


def _printed(ax: Axes) -> str:
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.canvas.draw()
    found: list[str] = []
    for one in figure.axes:
        legend = one.get_legend()
        found += [text.get_text() for text in (*one.texts, *(legend.get_texts() if legend else []))]
        found += [one.get_title(loc="left"), one.get_xlabel(), one.get_ylabel()]
        found += [label.get_text() for label in (*one.get_xticklabels(), *one.get_yticklabels())]
    return " ".join(" ".join(found).split())


def _legend(ax: Axes) -> list[str]:
    legend = ax.get_legend()
    assert legend is not None
    return [text.get_text() for text in legend.get_texts()]


def _last(*blocks: str) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The last go-live of some halls, by replication."""
    table = run().go_live.astype({"block": str})
    days = table[table["block"].isin(blocks)].pivot(index="replication", columns="block", values="live")
    return days.fillna(np.inf).max(axis=1).to_numpy()


@pytest.mark.parametrize(
    ("site", "halls", "due"),
    [("mill", ["mill/h01"], "2026-07-31"), (None, ["mill/h01", "ridge/h01", "ridge/h02"], "2027-05-31")],
)
def test_the_due_date_is_that_of_the_halls_it_binds(site: str | None, halls: list[str], due: str) -> None:
    """The option at the mill is in the curve, and owed to nobody before it is exercised."""
    day = next(day for day in range(2000) if str(run().date(float(day))) == due)
    share = float((_last(*halls) <= day).mean())
    ax = finish_curve(run(), site=site)
    (cross,) = (line for line in ax.lines if line.get_marker() == "X")
    assert float(np.asarray(cross.get_ydata())[0]) == pytest.approx(share)
    curve = ax.lines[0]
    at = np.asarray(curve.get_xdata(), float) <= float(np.asarray(cross.get_xdata())[0])
    assert np.asarray(curve.get_ydata(), float)[at].max() < share - 0.05
    said = PLOTS["finish-curve"].caption(run(), site=site)
    bound = "the one hall" if len(halls) == 1 else "the 3 halls"
    assert f"contract of {due} is met by {bound} of firm tranches with a probability of {100 * share:.0f} %" in said


def test_without_options_the_curve_itself_tells_of_the_due_date() -> None:
    ax = finish_curve(run(), site="ridge")
    assert not [line for line in ax.lines if line.get_marker() == "X"]
    assert "2027-05-31 is met with a probability" in PLOTS["finish-curve"].caption(run(), site="ridge")


def test_a_gantt_says_how_often_an_option_is_built() -> None:
    outcome = run().milestones.astype({"tranche": str, "outcome": str}).query("tranche == 'order-1/x1'")["outcome"]
    built = int((outcome != "lapsed").sum())
    assert 0 < built < 60
    said = PLOTS["gantt"].caption(run(), site="mill")
    assert f"The last, h02, is built in {built} of 60, and live by" in said
    assert f"built: h02 in {built} of 60." in _printed(gantt(run(), site="mill"))
    assert "built in" not in PLOTS["gantt"].caption(run(), site="ridge")


def test_without_activities_there_are_no_phases_and_the_remedy_is_named() -> None:
    kept = bs.simulate(bs.load("two-sites"), replications=2, seed=1, workers=1, keep_activities=0)
    ax = gantt(kept, site="mill")
    assert _legend(ax) == ["plan", "live, P10–P50–P90", "target", "due by contract"]
    assert "no activities" in _printed(ax)
    assert "--keep-activities" in _printed(ax)
    assert "the first 0" not in _printed(ax)
    with pytest.raises(InputError, match="--keep-activities"):
        PLOTS["criticality"].draw(kept, site="mill")


@pytest.mark.parametrize("kind", ["gantt", "criticality", "delay-causes"])
def test_a_site_that_is_not_there_has_a_near_one(kind: str) -> None:
    with pytest.raises(InputError, match="did you mean 'ridge'"):
        PLOTS[kind].caption(run(), site="rigde")


def _drawn(opened: bs.Run, kind: str) -> Iterator[str]:
    """What a figure says: its caption, and what is printed in it."""
    plot = PLOTS[kind]
    options = {name: NEEDED[name] for name in plot.needs if name in NEEDED}
    if "against" in plot.needs:
        options["against"] = {"other": run()}
    yield plot.caption(opened, **options)
    yield _printed(plot.draw(opened, **options))


@pytest.mark.parametrize("kind", list(PLOTS))
def test_a_run_that_is_not_complete_is_told(kind: str) -> None:
    for said in _drawn(broken_off(), kind):
        assert "60 of 4,000 replications (the run is not complete)" in said


@pytest.mark.parametrize("kind", [kind for kind, plot in PLOTS.items() if not plot.mw and not plot.needs])
def test_a_bare_network_has_an_end_and_neither_mw_nor_blocks(kind: str, bare: bs.Run) -> None:
    for said in _drawn(bare, kind):
        for word in ("MW", "block", "hall", "go-live", "live "):
            assert word not in said, said


@pytest.mark.parametrize("kind", ["finish-curve", "delay-causes", "delay-bands", "delay-windows", "delay-stack"])
def test_one_replication_is_one(kind: str) -> None:
    for said in _drawn(single(), kind):
        assert "1 replications" not in said
        assert "not bounded to not bounded" not in said
        assert "1 replication" in said
