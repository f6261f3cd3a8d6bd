"""Figures of labour: what is drawn is what the analysis says, and captions say numbers of the tables."""

import re
from functools import cache
from io import BytesIO

import numpy as np
import pandas as pd
import pytest
from matplotlib.axes import Axes
from matplotlib.collections import QuadMesh
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle, StepPatch

import buildsim as bs
from buildsim.analysis import labour
from buildsim.errors import InputError
from buildsim.plots import PLOTS, crews, people, population, productivity, regime_map, shortage
from buildsim.plots.regime_map import caption as regime_caption
from buildsim.plots.shortage import BOUNDS, SHADES

SET = {
    "trades.*.wage": "$60",
    "labour.*.*.turnover": 0.4,
    "labour.*.*.seasoning": "26 weeks",
    "labour.*.*.ramp": "60 per month",
    "labour.*.*.experienced": "120 per 1000",
    "levers": {"ot": {"kind": "overtime", "use": True, "hours": 50, "premium": 0.5, "weeks": 26, "date": "2026-01-05"}},
}
KINDS = ("crews", "shortage", "productivity", "population")
OPTIONS: list[dict[str, str]] = [{}, {"trade": "electrical"}, {"market": "north-texas"}]


@cache
def run() -> bs.Run:
    return bs.simulate(bs.load("two-sites", set=SET), 12, 1, workers=1, keep_activities=10)


def _steps(ax: Axes) -> list[StepPatch]:
    return [one for one in ax.patches if isinstance(one, StepPatch)]


def _values(step: StepPatch) -> np.ndarray:
    return np.asarray(step.get_data().values)


def _legend(ax: Axes) -> list[str]:
    found = ax.get_legend()
    assert found is not None
    return [text.get_text() for text in found.get_texts()]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("options", OPTIONS, ids=["all", "trade", "market"])
def test_each_is_legible_and_says_of_how_many_replications_it_is(kind: str, options: dict[str, str]) -> None:
    ax = PLOTS[kind].draw(run(), **options)
    figure = ax.figure
    assert isinstance(figure, Figure)
    figure.savefig(BytesIO(), format="png")
    assert figure.get_size_inches()[0] == 6.5
    sizes = [text.get_fontsize() for one in figure.axes for text in (*one.get_xticklabels(), *one.get_yticklabels())]
    assert min(sizes) >= 8.0
    printed = " ".join(text.get_text() for one in figure.axes for text in one.texts)
    assert "10 of 12 replications, whose labour is kept" in printed
    said = PLOTS[kind].caption(run(), **options)
    assert "10 replications" in said
    assert said.endswith(".")
    assert "nan" not in said
    assert "inf" not in said
    grid = Figure(layout="constrained").subplots(1, 2)
    assert PLOTS[kind].draw(run(), ax=grid[0], **options) is grid[0]


def test_crews_stack_to_those_needed() -> None:
    told = labour.profile(run())
    whole = labour.profile(run(), by="all").pivot(index="week", columns="quantity", values="mean")
    ax = crews(run())
    filled = [step for step in _steps(ax) if step.get_fill()]
    assert len(filled) == told["trade"].nunique() + 1
    weeks = len(_values(filled[0]))
    assert _values(filled[-2]) == pytest.approx(whole["on_site"].to_numpy()[:weeks])
    assert _values(filled[-1]) == pytest.approx(whole["needed"].to_numpy()[:weeks])
    first = told[(told["trade"] == "civil_structural") & (told["quantity"] == "on_site")]["mean"].to_numpy()
    assert _values(filled[0]) == pytest.approx(first[:weeks])
    assert filled[-1].get_hatch()
    assert _values(_steps(ax)[-1]) == pytest.approx(whole["available"].to_numpy()[:weeks])
    assert _legend(ax)[-3:] == ["waited for", "needed, P10 and P90", "available"]


def test_crews_of_one_trade_against_those_available() -> None:
    ax = crews(run(), trade="electrical")
    told = labour.profile(run(), trade="electrical").pivot(index="week", columns="quantity", values="mean")
    on_site, needed, low, high, available, experienced = (_values(step) for step in _steps(ax))
    weeks = len(on_site)
    for drawn, quantity in ((on_site, "on_site"), (needed, "needed"), (available, "available")):
        assert drawn == pytest.approx(told[quantity].to_numpy()[:weeks])
    assert experienced == pytest.approx(told["experienced"].to_numpy()[:weeks])
    assert (low <= high).all()
    said = PLOTS["crews"].caption(run(), trade="electrical")
    short = labour.shortage(run(), trade="electrical").iloc[0]
    assert f"in a week: {short['peak_needed']:,.0f} (P90 {short['peak_p90']:,.0f})" in said
    assert f"in the week of {run().date(short['worst_week'] + 1)}: {short['worst']:,.0f} on average" in said


def test_shortage_has_a_row_a_trade_and_the_classes_of_the_shares() -> None:
    ax = shortage(run())
    (mesh,) = [one for one in ax.collections if isinstance(one, QuadMesh)]
    drawn = np.ma.filled(np.ma.asarray(mesh.get_array(), dtype=float), np.nan)
    short = labour.shortage(run())
    names = labour.trade_names(run())
    shown = [label.get_text().replace("\n", " ") for label in ax.get_yticklabels()]
    assert shown == [names[trade] for trade in short["trade"]]
    told = labour.profile(run())
    for row, trade in enumerate(short["trade"]):
        own = told[told["trade"] == trade].pivot(index="week", columns="quantity", values="mean")
        share = (own["waiting"] / own["available"]).to_numpy()[: drawn.shape[1]]
        want = [0 if part == 0.0 else sum(part > bound for bound in BOUNDS) for part in share]
        assert drawn[row].tolist() == want
    assert len(SHADES) == len(BOUNDS)
    beside = [text.get_text() for text in ax.texts]
    worst = short.iloc[0]
    assert f"{worst['worst']:,.0f} on {run().date(worst['worst_week'] + 1)}" in beside
    by_market = shortage(run(), trade="electrical")
    assert [label.get_text() for label in by_market.get_yticklabels()] == ["north-texas"]


def test_productivity_by_trade_and_by_factor() -> None:
    found = labour.productivity(run())
    ax = productivity(run())
    names, colours = labour.trade_names(run()), people.colours(run())
    assert _legend(ax) == [names[trade] for trade in colours]
    for line, trade in zip(ax.lines, colours, strict=False):
        own = found[(found["trade"] == trade) & (found["factor"] == "product")]
        kept = own["n"] >= 5
        assert np.asarray(line.get_ydata())[kept] == pytest.approx(own["mean"][kept].to_numpy())
        assert np.isnan(np.asarray(line.get_ydata())[~kept]).all()
    ax = productivity(run(), trade="electrical")
    assert _legend(ax) == ["absence (1)", "skill", "overtime", "rework", "crowding (1)", "all together",
                           "its P10 to P90"]  # fmt: skip
    assert len(ax.lines) == 5  # all together, three factors, and 1
    said = PLOTS["productivity"].caption(run(), trade="electrical")
    own = found[(found["trade"] == "electrical") & (found["factor"] == "product") & (found["n"] >= 5)]
    assert f"Lowest {own['mean'].min():.2f} in the week of" in said
    share = labour.hours(run(), by="all", trade="electrical").set_index("part")["share"]
    assert f"fatigue {100 * share['fatigue']:.0f} %" in said
    assert f"skill {-100 * share['skill']:.0f} %" in said


def test_population_shows_stocks_and_flows() -> None:
    ax = population(run())
    weekly = labour.population(run(), every="week")
    experienced, workers, licensed = (_values(step) for step in _steps(ax))
    weeks = len(workers)
    assert workers == pytest.approx(weekly["pool"].to_numpy()[:weeks])
    assert experienced == pytest.approx(weekly["experienced"].to_numpy()[:weeks])
    assert licensed == pytest.approx(weekly["licensed"].to_numpy()[:weeks])
    assert isinstance(ax.figure, Figure)
    came, went = (_values(step) for step in _steps(ax.figure.axes[1]))
    assert came == pytest.approx(weekly["came"].to_numpy()[:weeks])
    assert went == pytest.approx(-weekly["went"].to_numpy()[:weeks])
    shown = re.search(r"([\d,]+) come and ([\d,]+) go, (\d+) %", PLOTS["population"].caption(run()))
    assert shown is not None
    assert int(shown[1].replace(",", "")) == round(weekly["came"].sum())
    assert int(shown[3]) == pytest.approx(40, abs=3)  # the declared turnover


@cache
def capped() -> bs.Run:
    """A fifth is licensed, and each of them watches over one more: two fifths may work, and half are experienced."""
    values = {"productivity.regime": "cap", "labour.*.*.licensed": 0.2, "labour.*.*.experienced": "500 per 1000"}
    model = bs.load("two-sites", set={**values, "productivity.apprentices_per_journeyman": 1.0})
    return bs.simulate(model, 3, 1, workers=1)


def test_under_a_cap_the_whole_pool_is_shown_and_those_who_may_work() -> None:
    weekly = labour.population(capped(), every="week")
    ax = population(capped())
    experienced, pool, _, may_work = (_values(step) for step in _steps(ax))
    assert may_work == pytest.approx(0.4 * pool, abs=3.0)  # whole workers in each of six pools
    assert experienced == pytest.approx(0.5 * pool)
    assert _legend(ax)[:4] == ["experienced", "new to data-centre work", "licensed", "may work"]
    said = PLOTS["population"].caption(capped())
    first = weekly.iloc[0]
    assert f"{first['pool']:,.0f} workers at first, 50 % of them experienced" in said
    assert f"Of them {first['workers']:,.0f} may work at first" in said
    assert "may work" not in PLOTS["population"].caption(run())
    ax = crews(capped(), trade="electrical")
    *_, available, skilled = (_values(step) for step in _steps(ax))
    assert skilled == pytest.approx(0.5 * available)


@cache
def elsewhere() -> bs.Run:
    """A second market with a pool and no site."""
    pool = {"workers": 100, "experienced": "200 per 1000", "source": "assumption"}
    pools = {str(trade): pool for trade in bs.load("one-hall").labour["north-texas"]}
    markets = {"north-texas": pools, "elsewhere": {"electrical": pool}}
    return bs.simulate(bs.load("one-hall", set={"labour": markets}), 2, 1, workers=1)


@pytest.mark.parametrize("kind", KINDS)
def test_a_market_in_which_nobody_works_is_refused(kind: str) -> None:
    for function in (PLOTS[kind].draw, PLOTS[kind].caption):
        with pytest.raises(InputError, match="no crew of the market 'elsewhere' has any work"):
            function(elsewhere(), market="elsewhere")


def _cells() -> pd.DataFrame:
    rows = [
        ("100%", "200", "equipment", 28.0, "labour", 3.0, -6.0, 12.0, False),
        ("100%", "20", "labour", 290.0, "equipment", 250.0, 220.0, 280.0, True),
        ("80%", "200", "labour", 95.0, "equipment", 60.0, 40.0, 80.0, True),
        ("80%", "20", "none", 0.2, "power", 0.1, -1.0, 1.0, False),
    ]
    names = ["workforce", "share_of", "group", "days", "second", "margin", "margin_low", "margin_high", "sure"]
    return pd.DataFrame(rows, columns=names)


def test_the_map_of_regimes() -> None:
    how = {"rows": "workforce", "columns": "share_of", "row_label": "Workforce", "column_label": "Experienced"}
    ax = regime_map(run(), _cells(), **how)
    cells = [one for one in ax.patches if isinstance(one, Rectangle)]
    assert [(round(one.get_x() + 0.5), round(one.get_y() + 0.5)) for one in cells] == [(0, 0), (1, 0), (0, 1), (1, 1)]
    assert [bool(one.get_hatch()) for one in cells] == [True, False, False, False]
    texts = [text.get_text() for text in ax.texts][:4]
    assert texts == ["equipment\n28 days\nor labour", "labour\n290 days", "labour\n95 days", "none"]
    assert _legend(ax) == ["labour", "equipment", "none", "not surely the largest"]
    said = regime_caption(run(), _cells(), **how)
    assert "of 4 cells labour in 2, equipment in 1 and none in 1. Largest: labour with 290 days over plan" in said
    assert "at Experienced 20, Workforce 100% (equipment 250 days less, 95 % interval 220 to 280 days)" in said
    assert "In 1 the interval of the margin over the second group holds zero." in said
    with pytest.raises(KeyError):
        regime_map(run(), _cells().drop(columns="group"), **how)


@pytest.mark.parametrize("kind", KINDS)
def test_unknown_names_come_at_once(kind: str) -> None:
    for function in (PLOTS[kind].draw, PLOTS[kind].caption):
        with pytest.raises(InputError) as caught:
            function(run(), market="north", trade="plumbers")
        assert [problem.path for problem in caught.value.problems] == ["market", "trade"]
