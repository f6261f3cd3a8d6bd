"""The tornado: its bars are the swings, in their units, and its words are those of the numbers."""

from datetime import date
from io import BytesIO

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

import buildsim as bs
from buildsim.analysis.sensitivity import WHATS, by_cause, outcome, own_parts, swings
from buildsim.errors import InputError
from buildsim.plots.tornado import CAUSES, HIGHEST, LOWEST, NAMES, caption, tornado
from buildsim.program.groups import GROUPS

WHEN = date(2027, 3, 31)
KINDS = {
    "by cause": {},
    "by input": {"by": "input", "what": "mean_go_live", "statistic": "mean"},
    "by site": {"by": "site", "of": "ridge/h02"},
    "by activity": {"by": "activity", "what": "live_mw", "when": WHEN, "statistic": "mean"},
    "by groups": {"by": {"Grid": ["sites.*.power.**"], "Everything else": ["**"]}, "what": "damages"},
}


@pytest.fixture(scope="module")
def run() -> bs.Run:
    return bs.simulate(bs.load("two-sites"), replications=150, seed=1, workers=1)


@pytest.fixture(scope="module")
def drawn(run: bs.Run) -> dict[str, Axes]:
    return {name: tornado(run, **options) for name, options in KINDS.items()}  # type: ignore[arg-type]


def figure(ax: Axes) -> Figure:
    assert isinstance(ax.figure, Figure)
    return ax.figure


def labels(ax: Axes) -> list[str]:
    return [tick.get_text().replace("\n", " ") for tick in ax.get_yticklabels()]


def bars(ax: Axes) -> list[Rectangle]:
    return [bar for group in ax.containers for bar in group]


def small_print(ax: Axes) -> str:
    found = [one.get_text() for one in ax.texts if one.get_text().startswith("Model:")]
    assert len(found) == 1
    return found[0].replace("\n", " ")


@pytest.mark.parametrize("name", KINDS)
def test_all_text_is_legible_and_inside_and_the_legend_off_the_data(drawn: dict[str, Axes], name: str) -> None:
    ax = drawn[name]
    fig = figure(ax)
    fig.draw_without_rendering()
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_window_extent().y0 >= ax.bbox.y1 - 1.0
    written = [one for one in ax.texts if one.get_text()[0] != "."]
    for text in [*written, *ax.get_yticklabels(), *legend.get_texts(), ax.xaxis.label]:
        box = text.get_window_extent()
        assert fig.bbox.x0 - 1.0 <= box.x0 <= box.x1 <= fig.bbox.x1 + 1.0, text.get_text()
        assert fig.bbox.y0 - 1.0 <= box.y0 <= box.y1 <= fig.bbox.y1 + 1.0, text.get_text()
    assert min(text.get_fontsize() for text in (*ax.get_yticklabels(), *legend.get_texts(), ax.xaxis.label)) >= 8.0
    fig.savefig(BytesIO(), format="png")


def test_it_draws_on_the_axes_that_it_is_given_and_opens_nothing(run: bs.Run) -> None:
    before = dict(matplotlib.rcParams)
    grid = Figure(layout="constrained").subplots(1, 2)
    assert tornado(run, ax=grid[0]) is grid[0]
    figure(grid[0]).savefig(BytesIO(), format="png")
    assert plt.get_fignums() == []
    assert dict(matplotlib.rcParams) == before


def test_bars_reach_from_the_whole_to_both_ends_widest_first(run: bs.Run, drawn: dict[str, Axes]) -> None:
    ax = drawn["by cause"]
    y = outcome(run)
    table = swings(own_parts(run.inputs, run.model), y, groups=by_cause(run.model))
    assert labels(ax) == [CAUSES[group] for group in table["group"]]
    assert table["swing"].is_monotonic_decreasing
    assert ax.get_ylim() == (len(table) - 0.5, -0.5)
    for row, swing in table.iterrows():
        mine = {bar.get_facecolor()[:3]: bar.get_width() for bar in bars(ax) if round(bar.get_y() + 0.31) == row}
        unsure = bool(swing["low"] <= 0.0 <= swing["high"])
        for colours, end in ((LOWEST, "at_low"), (HIGHEST, "at_high")):
            colour = matplotlib.colors.to_rgb(colours[int(unsure)])
            assert mine[colour] == pytest.approx(swing[end] - swing["base"])
    written = [one.get_text() for one in ax.texts if "(" in one.get_text() and not one.get_text().startswith("Model")]
    assert len(written) == len(table)
    top = table.iloc[0]
    assert written[0] == f"{top['swing']:+,.0f} ({top['low']:+,.0f} to {top['high']:+,.0f})"


def test_the_words_say_what_is_shown(run: bs.Run, drawn: dict[str, Axes]) -> None:
    ax = drawn["by cause"]
    assert ax.get_title(loc="left") == "What moves the P80 of go-live, all sites"
    assert ax.get_xlabel() == "P80 against that of all replications [days]"
    y = np.sort(outcome(run).values)
    assert f"P80 over all 150 replications: {run.date(float(y[119])).isoformat()}." in small_print(ax)
    assert "Groups are sorted by what their inputs predict." in small_print(ax)
    damages = drawn["by groups"]
    assert damages.get_title(loc="left") == "What moves the P80 of damages, all customers"
    assert damages.get_xlabel().endswith("[million USD]")
    assert set(labels(damages)) == {"Grid", "Everything else"}
    live = drawn["by activity"]
    assert live.get_title(loc="left") == "What moves the mean of live MW on 2027-03-31, all sites"
    assert live.get_xlabel() == "Mean against that of all replications [MW]"
    assert "MW. Widest:" in small_print(live)
    names = {key: one.name for key, one in run.model.templates["liquid_hall"].activities.items()}
    assert any(label in {f"{key} {name}" for key, name in names.items()} for label in labels(live)), "by id and name"
    assert "Ridge, Texas" in labels(drawn["by site"])
    assert drawn["by site"].get_title(loc="left").endswith("ridge/h02")


def test_single_inputs_are_significant_ones_by_the_words_of_their_paths(drawn: dict[str, Axes]) -> None:
    ax = drawn["by input"]
    assert {"order-1 x1 option", "permit ridge days"} <= set(labels(ax))
    assert "Only significant inputs are shown." in small_print(ax)
    legend = ax.get_legend()
    assert legend is not None
    assert legend.get_texts()[0].get_text() == "lowest fifth of the input"


def test_the_horizon_is_mentioned_where_it_cuts(run: bs.Run, drawn: dict[str, Axes]) -> None:
    assert outcome(run).capped == 0
    assert "later than the horizon" not in small_print(drawn["by cause"])


def test_it_refuses_what_it_cannot_show(run: bs.Run) -> None:
    with pytest.raises(InputError, match="a bar cannot be a 'trade'"):
        tornado(run, by="trade")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="did you mean 'damages'"):
        tornado(run, what="damage")
    few = bs.simulate(run.model, replications=20, seed=1, workers=1)
    with pytest.raises(InputError, match="20 replications would show chance; expected 50 or more"):
        tornado(few)


def test_every_cause_and_outcome_has_a_name() -> None:
    assert set(GROUPS) <= set(CAUSES)
    assert set(WHATS) == set(NAMES)


@pytest.mark.parametrize("name", ["by cause", "by input"])
def test_the_caption_says_the_swings(run: bs.Run, name: str) -> None:
    options = KINDS[name]
    said = caption(run, **options)  # type: ignore[arg-type]
    y = outcome(run, str(options.get("what", "go_live")))
    groups = None if name == "by input" else by_cause(run.model)
    statistic = "mean" if name == "by input" else 0.8
    table = swings(own_parts(run.inputs, run.model), y, groups=groups, statistic=statistic)  # type: ignore[arg-type]
    sure = table[(table["low"] > 0.0) | (table["high"] < 0.0)]
    assert "over all 150 replications" in said
    over = float(np.sort(y.values)[119]) if name == "by cause" else float(y.values.mean())
    assert f" is {run.date(over).isoformat()} over" in said
    for swing in sure.head(3).to_dict("records"):
        assert f" {swing['swing']:+,.0f} days (95 % interval" in said
    unsure = len(table) - len(sure)
    assert (f"For {unsure} of {len(table)} bars the 95 % interval holds zero." in said) == (unsure > 0)
