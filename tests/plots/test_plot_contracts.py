"""Figures of contracts: what is drawn is what the analysis says, and captions say numbers of the tables."""

from dataclasses import replace
from io import BytesIO
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.dates import date2num
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch, Rectangle
from matplotlib.text import Text

from buildsim.analysis import contracts, quantiles
from buildsim.errors import InputError
from buildsim.plots import PLOTS, concentration, milestone_ladder, outcome_flow, revenue_at_risk, wording
from tests.analysis import synthetic
from tests.analysis.contract_frames import priced, run
from tests.analysis.contract_runs import busy

DRAWN: dict[str, dict[str, str]] = {
    "milestone-ladder": {"contract": "order-1"},
    "revenue-at-risk": {},
    "revenue-at-risk of one": {"customer": "lab"},
    "outcome-flow": {},
    "outcome-flow of one": {"customer": "lab"},
    "concentration": {},
}


def _figure(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


def _draw(name: str, **more: Any) -> Axes:
    return PLOTS[name.split(" ")[0]].draw(busy(), **DRAWN[name], **more)


def _labels(ax: Axes) -> list[str]:
    found = ax.get_legend()
    assert found is not None
    return [text.get_text() for text in found.get_texts()]


@pytest.mark.parametrize("name", DRAWN)
def test_each_is_legible_and_says_where_it_comes_from(name: str) -> None:
    ax = _draw(name)
    figure = _figure(ax)
    figure.savefig(BytesIO(), format="svg")
    assert figure.get_size_inches()[0] == 6.5
    assert figure.get_size_inches()[1] <= 9.5
    ticks = [one for panel in figure.axes for one in (*panel.get_xticklabels(), *panel.get_yticklabels())]
    assert min(one.get_fontsize() for one in ticks) >= 8.0
    texts = [text for panel in figure.axes for text in panel.texts]
    (printed,) = [text.get_text() for text in texts if text.get_text().startswith("Model: ")]
    assert "Busy contracts, 40 replications" in printed
    figure.draw_without_rendering()
    named = [text for text in figure.findobj(Text) if text.get_text() and text.get_alpha() != 0.0]
    for text in named:
        box = text.get_window_extent()
        assert box.x1 <= figure.bbox.x1 + 1.0, text.get_text()
        assert box.x0 >= figure.bbox.x0 - 1.0, text.get_text()
    grid = Figure(layout="constrained").subplots(1, 2)
    assert _draw(name, ax=grid[0]) is grid[0]


@pytest.mark.parametrize("name", DRAWN)
def test_captions_are_sentences_with_numbers(name: str) -> None:
    said = PLOTS[name.split(" ")[0]].caption(busy(), **DRAWN[name])
    assert "40 replications" in said
    assert said.endswith(".")
    assert "nan" not in said
    assert "inf" not in said


def test_shares_stack_to_one_and_the_largest_stands_below() -> None:
    ax = concentration(busy())
    ledger = contracts.Ledger(busy())
    tops = [one.get_datalim(ax.transData).y1 for one in ax.collections if isinstance(one, PolyCollection)]
    assert max(tops) == pytest.approx(1.0)
    everybody = {"An early customer", "A bound customer", "A research lab", "the market", "cloud", "Backer"}
    assert set(_labels(ax)[:-4]) == everybody
    lower = _figure(ax).axes[1]
    largest, index, idle = (np.asarray(line.get_ydata(), float) for line in lower.lines[:3])
    days = np.asarray(lower.lines[0].get_xdata(), float) - date2num(busy().start)
    told = contracts.shares(ledger, days)
    assert largest == pytest.approx(told[told["customer"] == "largest"]["mean"].to_numpy())
    assert index == pytest.approx(contracts.index(ledger, days)["mean"].to_numpy())
    assert idle == pytest.approx(contracts.uncommitted(ledger, days)["mean"].to_numpy())
    assert (lower.lines[3].get_ydata() == np.array([0.3, 0.3])).all()
    first = contracts.index(ledger, [0.0]).iloc[0]
    said = PLOTS["concentration"].caption(busy())
    assert f"Largest: An early customer 100 % of {wording.usd(first['usd'])} a year on 2025-07-01" in said


def test_risk_is_stacked_to_its_mean_below_its_p90() -> None:
    ax = revenue_at_risk(busy())
    ledger = contracts.Ledger(busy())
    (line,) = ax.lines
    days = np.asarray(line.get_xdata(), float) - date2num(busy().start)
    assert np.diff(days).max() <= 1.0  # every day is looked at
    level = ledger.at_risk.level(days)
    assert np.asarray(line.get_ydata(), float) * 1e9 == pytest.approx(quantiles.bands(level, (0.9,))[0], abs=1.0)
    tops = [one.get_datalim(ax.transData).y1 for one in ax.collections if isinstance(one, PolyCollection)]
    assert max(tops) * 1e9 == pytest.approx(level.mean(axis=0).max(), rel=1e-6)
    assert _labels(ax) == ["A bound customer", "A research lab", "P90 of all together"]
    said = PLOTS["revenue-at-risk"].caption(busy())
    place = int(level.mean(axis=0).argmax())
    assert f"Most on {busy().date(days[place])}: {wording.usd(level.mean(axis=0)[place])} on average" in said
    assert _labels(revenue_at_risk(busy(), customer="lab")) == ["A research lab", "P90 of all together"]


def test_the_ladder_shows_dates_as_they_are() -> None:
    ax = milestone_ladder(busy(), contract="order-1")
    table = contracts.ladder(busy(), contract="order-1")
    zero = date2num(busy().start)
    marks = [(float(np.asarray(line.get_xdata())[0]) - zero, line.get_color(), line.get_marker()) for line in ax.lines]
    for own in table.to_dict("records"):
        assert (own["due"], "#000000", "None") in marks
        assert (own["longstop"], "#D55E00", "None") in marks
        if np.isfinite(own["p50"]):
            assert any(day == pytest.approx(own["p50"]) and kind == "o" for day, _, kind in marks)
    assert sum(kind == ">" for *_, kind in marks) == int(np.isinf(table["p90"]).sum()) > 0
    (exercise,) = [day for day, _, kind in marks if kind == "D"]
    assert busy().date(exercise).isoformat() == "2025-12-15"
    grace = [one for one in ax.patches if isinstance(one, Rectangle) and one.get_facecolor()[2] < 0.5]
    assert [round(one.get_width(), 6) for one in grace] == [30.0, 30.0]
    beside = [text.get_text() for text in ax.texts]
    for own in table.to_dict("records"):
        left = own["p_withdrawn"] + own["p_withdrawn_in_part"]
        assert any(f"on time {wording.share(own['p_on_time'])}\nleft {wording.share(left)}" in text for text in beside)
    assert _labels(ax)[:4] == ["due", "grace", "longstop", "exercise by"]
    said = PLOTS["milestone-ladder"].caption(busy(), contract="order-1")
    worst = table.sort_values("p_missed").iloc[-1]
    assert f"Missed most often: {worst['tranche']}, {wording.share(worst['p_missed'])}" in said


def test_the_flow_has_the_same_scale_everywhere() -> None:
    ax = outcome_flow(busy())
    table = contracts.flow(contracts.Ledger(busy()))
    whole = table["mw"].sum()
    nodes = [one for one in ax.patches if isinstance(one, Rectangle)]
    by_stage = {at: [one for one in nodes if round(one.get_x() + one.get_width() / 2) == at] for at in range(3)}
    sums = {at: sum(one.get_height() for one in found) for at, found in by_stage.items()}
    assert sums[0] == pytest.approx(sums[1]) == pytest.approx(sums[2])
    heights = [one.get_height() * whole / sums[2] for one in by_stage[2]]
    fates = table.groupby("fate")["mw"].sum()
    assert heights == pytest.approx([fates[name] for name in contracts.FATES if name in fates])
    texts = [text.get_text() for text in ax.texts]
    assert f"the market, {wording.mw(fates['market'])}" in texts
    bands = [one for one in ax.patches if isinstance(one, PathPatch)]
    assert len(bands) == len(table.groupby(["outcome", "fate"])) + len(_pairs(table))
    widths = [one.get_path().vertices[-2][1] - one.get_path().vertices[0][1] for one in bands]
    assert sum(widths) == pytest.approx(2 * sums[0])
    for places in by_stage.values():
        ordered = sorted(places, key=lambda one: one.get_y())
        assert all(a.get_y() + a.get_height() < b.get_y() for a, b in pairwise(ordered))
    left = fates.drop(["delivered", "open"], errors="ignore").sum()
    assert f"leave {wording.mw(left)}, which go to" in PLOTS["outcome-flow"].caption(busy())


def _pairs(table: Any) -> set[tuple[str, str]]:
    """The causes, small ones together, and outcomes that are joined by a band."""
    share = table.groupby("cause")["mw"].sum() / table["mw"].sum()
    small = set(share[share < 0.03].index)
    causes = table["cause"].where(~table["cause"].isin(small), "")
    return set(zip(causes, table["outcome"], strict=True))


def test_what_there_is_nothing_to_draw_of_is_refused() -> None:
    serving = {"mw": 10.0, "delivered": True, "price": priced(100.0)}
    quiet = run({"k": {"customer": "a", "tranches": {"s": serving}}})
    for kind, options, said in (
        ("revenue-at-risk", {}, "has a value"),
        ("outcome-flow", {}, "no milestone is missed"),
        ("milestone-ladder", {"contract": "k"}, "was in service at the start"),
        ("milestone-ladder", {"contract": "j"}, "there is no 'j'"),
        ("revenue-at-risk", {"customer": "b"}, "no contract of the run is with a 'b'"),
    ):
        for function in (PLOTS[kind].draw, PLOTS[kind].caption):
            with pytest.raises(InputError, match=said):
                function(quiet, **options)
    free = run({"k": {"customer": "a", "tranches": {"s": {"mw": 10.0, "delivered": True}}}})
    none = replace(synthetic.portfolio(2), model=run({}).model)
    for other, said in ((free, "the fee of no tranche is known"), (none, "the run has no contracts")):
        with pytest.raises(InputError, match=said):
            concentration(other)
    assert "100 % of" in PLOTS["concentration"].caption(quiet)


def test_colours_are_those_of_the_customer_in_every_figure() -> None:
    def colour(ax: Axes) -> Any:
        found = ax.get_legend()
        assert found is not None
        place = _labels(ax).index("A research lab")
        return found.legend_handles[place].get_facecolor()  # type: ignore[union-attr]

    assert (
        colour(concentration(busy()))
        == colour(revenue_at_risk(busy()))
        == colour(revenue_at_risk(busy(), customer="lab"))
    )
