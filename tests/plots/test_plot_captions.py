"""Captions: every number in them, computed a second way from the tables."""

import re
from dataclasses import replace
from datetime import date, timedelta
from math import ceil, inf, nan, sqrt

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

from buildsim.errors import InputError
from buildsim.plots import PLOTS, wording
from buildsim.plots.heat_map import caption as heat_map_caption
from buildsim.plots.shapley_bars import caption as shapley_caption
from buildsim.plots.shift_lines import caption as shift_caption
from buildsim.plots.shortfall import caption as shortfall_caption
from tests.analysis import synthetic

RUN = synthetic.portfolio(80)
SHORT = synthetic.portfolio(80, slower=1.7, name="Fewer experienced")
TABLES: dict[str, tuple[np.ndarray, np.ndarray]] = {}
FIRM = [site for site, (_, _, firm) in synthetic.SITES.items() if firm]


def wide(run: synthetic.Run, value: str = "live") -> pd.DataFrame:
    """Replications down, blocks across."""
    frame = run.go_live.astype({"block": str})
    return frame.pivot(index="replication", columns="block", values=value)


def live_by(run: synthetic.Run, day: float) -> np.ndarray:
    """MW live at a day, by replication: summed block by block."""
    if run.model.name not in TABLES:
        mw = run.go_live.astype({"block": str}).groupby("block")["mw"].first()
        TABLES[run.model.name] = wide(run).to_numpy(), mw.to_numpy()
    live, mw = TABLES[run.model.name]
    return ((live <= day) * mw).sum(axis=1) + 20.0  # 8 MW at Denton and 12 at Marble from the start


def order(values: np.ndarray, level: float) -> float:
    """The order statistic of rank ceil(n p), what is not by the horizon last."""
    return float(np.sort(np.nan_to_num(values, nan=inf))[ceil(len(values) * level) - 1])


def iso(day: float) -> str:
    return (synthetic.START + timedelta(days=ceil(day) - 1)).isoformat()


def half(values: np.ndarray) -> float:
    return float(t.ppf(0.975, len(values) - 1) * values.std(ddof=1) / sqrt(len(values)))


def test_capacity_fan_says_what_is_live_and_where_it_is_behind() -> None:
    said = PLOTS["capacity-fan"].caption(RUN)
    end = live_by(RUN, synthetic.HORIZON)
    low, middle, high = (f"{order(end, level):,.0f} MW" for level in (0.1, 0.5, 0.9))
    assert f"80 replications; on {iso(synthetic.HORIZON)}" in said
    assert f"median {middle}, P10 {low}, P90 {high}." in said
    owed, gaps = 20.0, {}
    firm = {key: (blocks, due) for key, (_, blocks, _, due, option) in synthetic.TRANCHES.items() if not option}
    for key, (_, due) in sorted(firm.items(), key=lambda one: one[1][1]):
        owed += float(RUN.milestones.loc[RUN.milestones["tranche"] == key, "mw"].iloc[0])
        gaps[due] = (owed - order(live_by(RUN, due), 0.5), owed)
    worst = max(gaps, key=lambda due: gaps[due][0])
    met = 100.0 * (live_by(RUN, worst) >= gaps[worst][1]).mean()
    assert f"furthest behind what is committed on {iso(worst)}: {gaps[worst][1] - gaps[worst][0]:,.0f} MW" in said
    assert f"against {gaps[worst][1]:,.0f} MW" in said
    shown = re.search(r"probability of ([\d.]+) %", said)
    assert shown is not None
    assert float(shown[1]) == pytest.approx(met, abs=0.5)


def test_capacity_fan_says_how_far_two_runs_are_apart_pair_by_pair() -> None:
    """Of the first 50 replications, which both hold; the interval is that of the pairs on the day that is named."""
    fewer = replace(
        SHORT, **{name: getattr(SHORT, name).query("replication < 50") for name in ("go_live", "milestones")}
    )
    said = PLOTS["capacity-fan"].caption(RUN, against=fewer, label="base", against_label="short")
    assert "live over time, 50 replications that both runs have;" in said
    shown = re.search(
        r"furthest from base on (\S+): -([\d,]+) MW on average \(pointwise 95 % interval (\S+) to (\S+) MW", said
    )
    assert shown is not None
    day = float((date.fromisoformat(shown[1]) - synthetic.START).days + 1)
    days = np.arange(0.0, synthetic.HORIZON, 2.0)
    means = [float((live_by(SHORT, one) - live_by(RUN, one))[:50].mean()) for one in days]
    gaps = (live_by(SHORT, day) - live_by(RUN, day))[:50]
    assert gaps.mean() == pytest.approx(min(means))
    assert int(shown[2]) == round(-gaps.mean())
    assert [int(end) for end in shown.group(3, 4)] == [round(gaps.mean() + sign * half(gaps)) for sign in (-1, 1)]
    assert "do not differ" in PLOTS["capacity-fan"].caption(RUN, against=RUN)


def test_gantt_names_the_last_hall_and_the_latest() -> None:
    said = PLOTS["gantt"].caption(RUN, site="denton")
    halls = wide(RUN)[[f"denton/h0{hall}" for hall in range(1, 6)]]
    middle = {str(name): order(halls[name].to_numpy(), 0.5) for name in halls}
    last = max(middle, key=lambda name: middle[name])
    assert f"The last, {last.split('/')[1]}, is live by {iso(middle[last])} in half of them" in said
    assert f"(P10 {iso(order(halls[last].to_numpy(), 0.1))}, P90 {iso(order(halls[last].to_numpy(), 0.9))})" in said
    planned = wide(RUN, "planned").iloc[0]
    over = {name: day - planned[name] for name, day in middle.items()}
    worst = max(over, key=lambda name: over[name])
    assert f"Furthest from its plan is {worst.split('/')[1]}, whose P50 is {over[worst]:.0f} days later." in said
    due = {f"denton/h0{hall}": 200.0 if hall < 4 else 334.0 for hall in range(1, 6)}
    met = sum(middle[name] <= day for name, day in due.items())
    assert f"At P50 {met} of 5 halls" in said


def test_milestones_shares_are_those_of_the_mw() -> None:
    said = PLOTS["milestones"].caption(SHORT)
    frame = SHORT.milestones.astype({"outcome": str, "customer": str})
    whole = frame["mw"].sum()
    prompt = frame["mw"].where(frame["outcome"] == "on_time", 0.0).groupby(frame["replication"]).sum()
    share = 80.0 * prompt.to_numpy() / whole
    shown = re.search(r"Of ([\d,]+) MW contracted, ([\d.]+) % are .* interval ([\d.]+) % to ([\d.]+) %;", said)
    assert shown is not None
    expected = [
        whole / 80.0,
        *(100.0 * end for end in (share.mean(), share.mean() - half(share), share.mean() + half(share))),
    ]
    for place, number in zip((1, 2, 3, 4), expected, strict=True):
        assert float(shown[place].replace(",", "")) == pytest.approx(number, abs=0.051 if "." in shown[place] else 0.5)
    gone = 100.0 * frame.loc[frame["outcome"] == "withdrawn", "mw"].sum() / whole
    named = re.search(r"([\d.]+) % withdrawn;", said)
    assert named is not None
    assert float(named[1]) == pytest.approx(gone, abs=0.5)
    with pytest.raises(InputError, match="no milestones"):
        PLOTS["milestones"].caption(replace(RUN, milestones=synthetic.table("milestones", [])))


def weighted(run: synthetic.Run, sites: list[str], value: str) -> np.ndarray:
    """A column of the account summed over causes, MW-weighted over blocks, by replication."""
    blocks = run.go_live[["replication", "block", "mw"]].astype({"block": str})
    account = run.delays[run.delays["site"].isin(sites)].astype({"block": str})
    total = (
        account.groupby(["replication", "block"])[value].sum().reset_index().merge(blocks, on=["replication", "block"])
    )
    total["part"] = total[value] * total["mw"]
    sums = total.groupby("replication")[["part", "mw"]].sum()
    return (sums["part"] / sums["mw"]).to_numpy()


@pytest.mark.parametrize("kind", ["delay-causes", "delay-stack"])
@pytest.mark.parametrize("site", [None, "denton"])
def test_delay_sums_and_their_intervals(kind: str, site: str | None) -> None:
    said = PLOTS[kind].caption(RUN, site=site)
    sites = FIRM if site is None else [site]
    days, plan = (weighted(RUN, sites, value) for value in ("days", "planned_days"))
    excess = days - plan
    ends = [excess.mean(), excess.mean() - half(excess), excess.mean() + half(excess)]
    shown = re.search(r"([+-][\d.]+) days \(95 % interval ([+-][\d.]+) to ([+-][\d.]+) days\)", said)
    assert shown is not None
    np.testing.assert_allclose([float(shown[place]) for place in (1, 2, 3)], ends, atol=0.5)
    if kind == "delay-stack":
        assert f"{days.mean():,.0f} days where the plan has {plan.mean():,.0f} days" in said
    else:
        assert "Largest parts: crew wait" in said
    assert ("Denton, TX" in said) == (site is not None)


def test_finish_curve_says_quantiles_and_the_chance_of_what_is_owed() -> None:
    said = PLOTS["finish-curve"].caption(SHORT, site="denton", against={"base": RUN}, label="short")
    finish = {
        name: wide(run).filter(like="denton").max(axis=1, skipna=False).to_numpy()
        for name, run in (("short", SHORT), ("base", RUN))
    }
    for level in (0.5, 0.8):
        assert f"P{100 * level:.0f} {iso(order(finish['short'], level))} (95 % interval" in said
    later = PLOTS["finish-curve"].caption(RUN, site="denton")
    met = int((finish["base"] <= 334.0).sum())
    assert met == 0
    assert f"last due date by contract of {iso(334.0)} is met with a probability of 0 % (95 % interval 0 % to " in later
    helped = replace(RUN, milestones=RUN.milestones.assign(due=RUN.milestones["due"] + 40.0))
    met = int((finish["base"] <= 374.0).sum())
    assert 0 < met < 80
    shown = re.search(r"met with a probability of ([\d.]+) %", PLOTS["finish-curve"].caption(helped, site="denton"))
    assert shown is not None
    assert float(shown[1]) == pytest.approx(100.0 * met / 80.0, abs=0.5)
    shift = order(finish["base"], 0.8) - order(finish["short"], 0.8)
    assert f"In base the P80 is {abs(shift):.0f} days earlier (95 % interval" in said


def test_s_curves_say_where_pairs_differ_most() -> None:
    said = PLOTS["s-curves"].caption(RUN, against={"short": SHORT}, label="base")
    shown = re.search(
        r"furthest from base on (\S+): (-[\d,]+) MW on average \(pointwise 95 % interval (-\d+) to (-\d+) MW", said
    )
    assert shown is not None
    day = float((date.fromisoformat(shown[1]) - synthetic.START).days + 1)
    gaps = live_by(SHORT, day) - live_by(RUN, day)
    expected = [gaps.mean(), gaps.mean() - half(gaps), gaps.mean() + half(gaps)]
    np.testing.assert_allclose([float(shown[place]) for place in (2, 3, 4)], expected, atol=0.5)
    means = [abs((live_by(SHORT, one) - live_by(RUN, one)).mean()) for one in np.arange(0.0, 914.0, 2.0)]
    assert abs(gaps.mean()) == pytest.approx(max(means))


def test_shortfall_says_the_most_at_once() -> None:
    said = shortfall_caption({"base": RUN}, points=100)
    shown = re.search(r"base, ([\d.]+) MW on (\S+) \(95 % interval ([\d.]+) to ([\d.]+) MW\)", said)
    assert shown is not None
    day = float((date.fromisoformat(shown[2]) - synthetic.START).days + 1)
    firm = [(due, key) for key, (_, _, _, due, option) in synthetic.TRANCHES.items() if not option and due <= day]
    owed = 20.0 + sum(float(RUN.milestones.loc[RUN.milestones["tranche"] == key, "mw"].iloc[0]) for _, key in firm)
    missing = np.maximum(owed - live_by(RUN, day), 0.0)
    expected = [missing.mean(), missing.mean() - half(missing), missing.mean() + half(missing)]
    np.testing.assert_allclose([float(shown[place]) for place in (1, 3, 4)], expected, atol=0.5)
    others = [due + 0.0 for due in (100.0, 400.0, 600.0, 800.0) if due != day]
    steps = sorted((due, key) for key, (_, _, _, due, option) in synthetic.TRANCHES.items() if not option)
    sizes = RUN.milestones.groupby("tranche", observed=True)["mw"].first()
    for other in others:
        committed = 20.0 + sum(float(sizes[key]) for due, key in steps if due <= other)
        assert np.maximum(committed - live_by(RUN, other), 0.0).mean() <= missing.mean()
    with pytest.raises(ValueError, match="no run"):
        shortfall_caption({})


def test_tables_are_read_at_their_ends() -> None:
    table = pd.DataFrame({"r": [1, 1, 2, 2], "c": [5.0, 6.0, 5.0, 6.0], "v": [0.1, 0.25, 0.002, nan]})
    names = {"rows": "r", "columns": "c", "value": "v", "row_label": "rows", "column_label": "columns", "title": "It"}
    assert (
        heat_map_caption(RUN, table, **names)
        == "It: from 0 % at columns 5, rows 2, to 25 % at columns 6, rows 1; 80 replications a cell."
    )  # type: ignore[arg-type]
    shifted = table.assign(v=[-3.4, 12.0, 0.2, inf], lo=[-5.0, 8.0, -1.0, 20.0], hi=[-1.0, 16.0, 1.4, inf])
    said = heat_map_caption(RUN, shifted, **names, percent=False, diverging=True, low="lo", high="hi")  # type: ignore[arg-type]
    assert (
        "from -3 (95 % interval -5 to -1) at columns 5, rows 1, to > horizon (95 % interval +20 to > horizon)" in said
    )
    lines = pd.DataFrame(
        {
            "x": [200, 20, 200, 20],
            "by": ["a", "a", "b", "b"],
            "shift": [0.0, 40.0, 1.0, -2.0],
            "low": [0.0, 33.0, 0.0, -3.0],
            "high": [0.0, 47.0, 2.0, -1.0],
        }
    )
    said = shift_caption(RUN, lines, x="x", by="by", x_label="hands", y_label="go-live", title="Shift")
    assert "a, +40 days at 20 (95 % interval +33 to +47 days); b, -2 days at 20 (95 % interval -3 to -1 day)." in said
    parts = pd.DataFrame(
        {
            "group": ["g", "h", "all"],
            "unit": "USD",
            "shapley": [2e6, 5.25e8, 5.27e8],
            "low": [1e6, 5e8, 5e8],
            "high": [3e6, 5.5e8, 5.5e8],
        }
    )
    said = shapley_caption(RUN, parts, title="Cost")
    assert "all groups together cost $527m (95 % interval $500m to $550m) on average" in said
    assert said.index("h $525m") < said.index("g $2m (95 % interval $1m to $3m)")


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (wording.days(0.97), "1 day"),
        (wording.days(9.96), "10 days"),
        (wording.days(1234.4), "1,234 days"),
        (wording.signed_days(-0.04), "0 days"),
        (wording.signed_days(3.25), "+3.2 days"),
        (wording.later(-12.4), "12 days earlier"),
        (wording.later(0.02), "no later"),
        (wording.mw(4.5), "4.5 MW"),
        (wording.signed_mw(-1730.2), "-1,730 MW"),
        (wording.share(0.0), "0 %"),
        (wording.share(0.0004), "less than 0.1 %"),
        (wording.share(0.9996), "more than 99.9 %"),
        (wording.share(0.025), "2.5 %"),
        (wording.share(1.0), "100 %"),
        (wording.usd(3_456_789_000.0), "$3.46bn"),
        (wording.amount(2.5e6, "USD", signed=True), "+$2.5m"),
        (wording.amount(3.0, "tranches"), "3 tranches"),
        (wording.day(inf, synthetic.START), "later than the horizon"),
        (wording.day(1.0, synthetic.START), "2025-07-01"),
        (wording.interval(nan, 1.0, wording.days), "no interval: too few replications"),
        (wording.interval(12.0, 15.0, wording.days), "95 % interval 12 to 15 days"),
        (wording.listed(["a", "b", "c"]), "a, b and c"),
        (wording.listed([]), ""),
    ],
)
def test_numbers_in_words(made: str, text: str) -> None:
    assert made == text
