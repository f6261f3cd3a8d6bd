"""Labour as people read it: hand-made weeks, closed forms, and a second computation over runs of the engine."""

from collections.abc import Sequence
from datetime import date
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t

import buildsim as bs
from buildsim.analysis import answers, labour
from buildsim.engine.causes import CAUSES
from buildsim.errors import InputError
from buildsim.results.tables import TABLES
from buildsim.run.rows import STRUCTURE

ZERO = {column.name: 0.0 for column in TABLES["labour"] if column.dtype == "float64"}
ONE = dict.fromkeys(("absence", "skill", "overtime", "rework"), 1.0)
COLUMNS = [column.name for column in TABLES["labour"]]


def _row(replication: int, market: str, trade: str, week: int, **values: float) -> dict[str, Any]:
    where = {"replication": replication, "market": market, "trade": trade, "week": 7.0 * week}
    return {**ZERO, **ONE, **where, "pool": values.get("workers", 0.0), **values}


def _made(rows: list[dict[str, Any]], costs: Sequence[tuple[Any, ...]] = (), replications: int = 2) -> Any:
    """A run of two sites in two markets, of 10 and 30 MW, from rows of labour and costs."""
    pools = {"civil": SimpleNamespace(workers=10.0), "electrical": SimpleNamespace(workers=20.0)}
    live = [
        {"replication": number, "site": site, "block": f"{site}/h1", "mw": mw, "live": 100.0, "planned": 90.0}
        | {"dropped": np.nan}
        for number in range(replications)
        for site, mw in (("a", 10.0), ("b", 30.0))
    ]
    model = SimpleNamespace(
        network=None,
        labour={"north": pools, "south": pools},
        trades={
            "civil": SimpleNamespace(name="Civil", shift=8.0, wage=50.0),
            "electrical": SimpleNamespace(name="Electrical", shift=10.0, wage=None),
        },
        productivity=SimpleNamespace(workforce=1.0),
        sites={
            "a": SimpleNamespace(name="A", firm=True, live=0.0, market="north"),
            "b": SimpleNamespace(name="B", firm=True, live=0.0, market="south"),
        },
        contracts={},
    )
    return SimpleNamespace(
        labour=pd.DataFrame(rows, columns=COLUMNS),
        costs=pd.DataFrame(list(costs), columns=["replication", "market", "trade", "item", "usd"]),
        activities=pd.DataFrame({"replication": range(replications)}),
        go_live=pd.DataFrame(live),
        milestones=pd.DataFrame({"replication": [], "tranche": [], "outcome": []}),
        model=model,
        start=date(2025, 1, 1),
        horizon=700.0,
        replications=replications,
        manifest={"seed": 1, "design": "monte-carlo"},
    )


def test_weeks_after_the_last_work_count_as_no_need() -> None:
    """Replication 0 works three weeks, replication 1 one week; a second pool joins in replication 0 alone."""
    run = _made(
        [
            _row(0, "north", "civil", 0, workers=10, on_site=8, waiting=0, experienced=4),
            _row(0, "north", "civil", 1, workers=12, on_site=9, waiting=3, travelling=2, experienced=6, came=2),
            _row(0, "north", "civil", 2, workers=9, on_site=2, experienced=6, went=3),
            _row(1, "north", "civil", 0, workers=10, on_site=10, waiting=5, experienced=4),
            _row(0, "south", "civil", 0, workers=4, on_site=1, experienced=1),
        ]
    )
    found = labour.profile(run).set_index(["quantity", "week"])
    assert found["n"].unique().tolist() == [2]
    # on site and asked for, both markets: (8 + 1, 12, 2) and (15, 0, 0)
    assert found.loc["needed", "mean"].tolist() == [12.0, 6.0, 1.0]
    assert found.loc["needed", "p10"].tolist() == [9.0, 0.0, 0.0]
    assert found.loc["needed", "p90"].tolist() == [15.0, 12.0, 2.0]
    # people stay as many as at the last work; the pool without work in replication 1 counts as in replication 0
    assert found.loc["available", "mean"].tolist() == [14.0, (16 + 14) / 2, (13 + 14) / 2]
    assert found.loc["idle", "mean"].tolist() == [(2 + 3 + 0) / 2, 0.5, 3.5]
    assert found.loc["travelling", "mean"].tolist() == [0.0, 1.0, 0.0]
    by_market = labour.profile(run, by="market").set_index(["market", "quantity", "week"])["mean"]
    assert by_market["south", "on_site", 0.0] == 0.5
    assert by_market["south", "available", 14.0] == 4.0
    one = labour.profile(run, market="north").set_index(["quantity", "week"])["mean"]
    assert one["needed", 0.0] == 11.5


def test_how_short_a_trade_is() -> None:
    run = _made(
        [
            _row(0, "north", "civil", 0, workers=10, on_site=8, waiting=0.9, experienced=4),
            _row(0, "north", "civil", 1, workers=12, on_site=12, waiting=4, experienced=6, came=6),
            _row(1, "north", "civil", 0, workers=10, on_site=10, waiting=5, experienced=2),
            _row(1, "north", "civil", 1, workers=8, on_site=8, waiting=2, experienced=3, went=2),
            _row(0, "north", "electrical", 0, workers=20, on_site=20),
        ]
    )
    short = labour.shortage(run)
    assert short["trade"].tolist() == ["civil", "electrical"]
    civil, electrical = short.iloc[0], short.iloc[1]
    assert (civil["peak_needed"], civil["peak_week"], civil["available_then"]) == (15.5, 0.0, 11.0)
    assert civil["peak_p90"] == 16.0
    assert civil["weeks_short"] == 1.5  # 0.9 workers are fewer than one
    assert civil["waiting_hours"] == pytest.approx(((0.9 + 4) + (5 + 2)) / 2 * 8 * 5)
    half = t.ppf(0.975, 1) * np.std([4.9 * 40, 7 * 40], ddof=1) / np.sqrt(2)
    assert civil["waiting_hours_high"] == pytest.approx(5.95 * 40 + half)
    assert civil["waiting_share"] == pytest.approx(11.9 / (11.9 + 38))
    assert (civil["worst_week"], civil["worst"], civil["worst_p90"]) == (7.0, 3.0, 4.0)
    assert (civil["experienced_first"], civil["experienced_last"]) == (0.3, 0.45)
    assert (civil["came"], civil["went"]) == (3.0, 1.0)
    assert civil["turnover"] == pytest.approx(2 / (40 * 7 / 365.25))
    assert (electrical["waiting_hours"], electrical["weeks_short"], electrical["went"]) == (0.0, 0.0, 0.0)
    assert electrical["peak_needed"] == 10.0  # nobody is needed in replication 1


def test_population_by_quarter() -> None:
    """Weeks 0 to 12 begin in the first quarter of 2025 (90 days), week 13 in the second."""
    run = _made([_row(0, "north", "civil", w, workers=10 + w, experienced=5, came=1, went=0.5) for w in range(15)],
                replications=1)  # fmt: skip
    found = labour.population(run)
    assert found["begin"].tolist() == [0.0, 91.0]
    assert found["workers"].tolist() == [10.0, 23.0]
    assert found["experienced_share"].tolist() == [0.5, 5 / 23]
    assert found["came"].tolist() == [13.0, 2.0]
    assert found["went"].tolist() == [6.5, 1.0]
    weekly = labour.population(run, every="week", by="trade")
    assert weekly["workers"].tolist() == [10.0 + week for week in range(15)]
    assert weekly["came"].sum() == 15.0


def test_who_may_not_work_is_in_the_pool_and_not_among_those_available() -> None:
    """Under a cap 4 of 10 and all of 20 may work; 5 and 2 of the pools are experienced."""
    rows = [
        _row(0, "north", "civil", 0, workers=4, pool=10, experienced=5, licensed=2, on_site=3, went=1),
        _row(0, "north", "electrical", 0, workers=20, pool=20, experienced=2, licensed=10, on_site=20),
    ]
    run = _made(rows, replications=1)
    told = labour.profile(run, by="all").set_index("quantity")["mean"]
    assert (told["available"], told["pool"], told["licensed"]) == (24.0, 30.0, 12.0)
    assert told["experienced"] == pytest.approx(4 * 0.5 + 20 * 0.1)
    assert told["idle"] == 1.0
    short = labour.shortage(run).set_index("trade")
    assert short["experienced_first"].to_dict() == {"civil": 0.5, "electrical": 0.1}
    assert short["experienced_last"].to_dict() == {"civil": 0.5, "electrical": 0.1}
    assert short.loc["civil", "turnover"] == pytest.approx(1 / (10 * 7 / 365.25))
    assert short.loc["civil", "available_then"] == 4.0
    weekly = labour.population(run, every="week").iloc[0]
    assert (weekly["workers"], weekly["pool"], weekly["experienced"]) == (24.0, 30.0, 7.0)
    assert weekly["experienced_share"] == pytest.approx(7 / 30)


def test_a_market_without_work_is_a_problem_of_its_own() -> None:
    run = _made([_row(0, "north", "civil", 0), _row(1, "north", "civil", 0)])
    for function in (labour.profile, labour.shortage, labour.population, labour.productivity, labour.costs):
        with pytest.raises(InputError, match="no crew of the market 'south' has any work"):
            function(run, market="south")
        with pytest.raises(InputError, match="no electrical of any market has any work"):
            function(run, trade="electrical")
    assert labour.idle(run, market="south")
    assert not labour.idle(run, market="north")
    assert not labour.unknown(run, market="south")


def test_factors_are_weighted_by_people_at_work() -> None:
    run = _made(
        [
            _row(0, "north", "civil", 0, on_site=30, absence=0.9, skill=1.2, earned=60, lost_crowding=20),
            _row(0, "south", "civil", 0, on_site=10, absence=0.7, skill=0.8, overtime=1.1, earned=8, mended=2),
            _row(1, "north", "civil", 0, on_site=0, absence=0.1, skill=0.1),
            _row(1, "north", "civil", 1, on_site=5, skill=0.5),
        ]
    )
    found = labour.productivity(run).set_index(["factor", "week"])
    assert found.loc[("absence", 0.0), "mean"] == pytest.approx((30 * 0.9 + 10 * 0.7) / 40)
    assert found.loc[("crowding", 0.0), "mean"] == pytest.approx((30 * 0.75 + 10) / 40)
    assert found.loc[("product", 0.0), "mean"] == pytest.approx((30 * 0.9 * 1.2 * 0.75 + 10 * 0.7 * 0.8 * 1.1) / 40)
    assert found["n"].tolist() == [1, 1] * 6
    assert found.loc[("skill", 7.0), ["mean", "p10", "p90"]].tolist() == [0.5, 0.5, 0.5]
    whole = labour.factors(run, by="market").set_index("market")
    assert whole["skill"].to_dict() == pytest.approx(
        {"north": (30 * 1.2 + 5 * 0.5) / 35, "south": 0.8, "all": (30 * 1.2 + 10 * 0.8 + 5 * 0.5) / 45}
    )


def test_cost_for_a_mw_and_for_a_craft_hour() -> None:
    rows = [
        _row(0, "north", "civil", 0, spent=100),
        _row(0, "south", "civil", 0, spent=300),
        _row(1, "north", "civil", 0, spent=200),
        _row(1, "south", "electrical", 0, spent=1000),
    ]
    run = _made(
        rows,
        [
            (0, "north", "civil", "wages", 6000.0),
            (0, "south", "civil", "wages", 12000.0),
            (1, "north", "civil", "wages", 10000.0),
            (1, "north", "civil", "per diem", 2000.0),
            (0, "", "", "dispatch", 500.0),
            (1, "", "", "dispatch", 500.0),
        ],
    )
    items = labour.costs(run).set_index("item")
    assert items["usd"].to_dict() == {"wages": 14000.0, "per diem": 1000.0, "dispatch": 500.0, "all": 15500.0}
    assert items.loc["all", "per_mw"] == 15500.0 / 40.0
    assert items.loc["wages", "per_hour"] == 14000.0 / 800.0
    markets = labour.costs(run, by="market").set_index("market")
    assert markets["usd"].to_dict() == {"north": 9000.0, "south": 6000.0, "portfolio": 500.0, "all": 15500.0}
    assert markets["per_mw"].to_dict() == pytest.approx(
        {"north": 900.0, "south": 200.0, "portfolio": 12.5, "all": 387.5}
    )
    assert markets.loc["north", "per_hour"] == 9000.0 / 150.0
    assert np.isnan(markets.loc["portfolio", "per_hour"])
    assert labour.costs(run, market="south").set_index("item").loc["all", "per_mw"] == 200.0
    assert labour.without_wage(run) == ["electrical"]
    assert labour.cost_by_replication(run).tolist() == [18500.0, 12500.0]
    other = _made(rows, [(0, "north", "civil", "wages", 7000.0), (1, "north", "civil", "overtime", 100.0)])
    gap = labour.cost_difference(run, other).set_index("item")
    assert gap["difference"].to_dict() == pytest.approx(
        {"wages": -10500.0, "per diem": -1000.0, "dispatch": -500.0, "overtime": 50.0, "all": -11950.0}
    )
    apart = np.array([7000.0 - 18500.0, 100.0 - 12500.0])
    half = t.ppf(0.975, 1) * apart.std(ddof=1) / np.sqrt(2)
    assert gap.loc["all", ["low", "high"]].tolist() == pytest.approx([apart.mean() - half, apart.mean() + half])


def test_the_price_of_a_day_is_bounded_exactly_when_the_days_are_surely_above_zero() -> None:
    random = np.random.default_rng(3)
    cost = 100.0 + 10.0 * random.standard_normal(30)
    for mean in np.linspace(-1.0, 2.0, 31):
        days = mean + random.standard_normal(30)
        half = t.ppf(0.975, 29) * days.std(ddof=1) / np.sqrt(30)
        price = labour.fieller(cost, days)
        assert price.bounded == (days.mean() - half > 0.0)
        if price.bounded:
            assert price.low < price.estimate == cost.mean() / days.mean() < price.high
            for end in (price.low, price.high):  # at the ends the paired t test of cost - q days is just significant
                rest = cost - end * days
                assert abs(rest.mean()) == pytest.approx(t.ppf(0.975, 29) * rest.std(ddof=1) / np.sqrt(30))
        else:
            assert (price.low, price.high) == (-np.inf, np.inf)
    steady = labour.fieller([20.0, 20.0, 20.0], [4.0, 4.0, 4.0])
    assert (steady.estimate, steady.low, steady.high, steady.bounded) == (5.0, 5.0, 5.0, True)
    with pytest.raises(ValueError, match="equally long"):
        labour.fieller([1.0], [1.0, 2.0])


def test_fieller_covers_the_ratio() -> None:
    random = np.random.default_rng(11)
    hits = 0
    for _ in range(400):
        days = 5.0 + 3.0 * random.standard_normal(20)
        cost = 50.0 + 4.0 * days + 8.0 * random.standard_normal(20)
        price = labour.fieller(cost, days)
        hits += price.low <= 70.0 / 5.0 <= price.high
    assert 0.92 <= hits / 400 <= 0.98


def _lived(run: Any, live: list[list[float]]) -> Any:
    """The run with other go-lives: a row a replication, site a and b."""
    run.go_live["live"] = np.array(live).ravel()
    return run


def test_what_workers_are_worth() -> None:
    """Go-lives 40 and 20 days later with 40 workers fewer: weighted by MW 25 and 15 days, so 50 days for 100."""
    rows = [_row(0, "north", "civil", 0)]
    base = _lived(_made(rows), [[100.0, 200.0], [120.0, np.nan]])
    other = _lived(_made(rows), [[140.0, 220.0], [180.0, np.nan]])
    found = labour.marginal(base, other, -40.0).set_index("statistic")
    assert found.loc["mean go-live", "raw"] == pytest.approx(((40 * 10 + 20 * 30) / 40 + 60 * 10 / 40) / 2)
    assert found.loc["mean go-live", "days"] == pytest.approx(50.0)
    assert found.loc["mean go-live", "capped"] == 1
    more = labour.marginal(other, base, 40.0).set_index("statistic")
    assert more.loc["mean go-live", ["days", "low", "high"]].tolist() == pytest.approx(
        found.loc["mean go-live", ["days", "low", "high"]].tolist()
    )
    with pytest.raises(InputError, match="as many workers"):
        labour.marginal(base, other, 0.0)
    other.model.labour["north"]["civil"] = SimpleNamespace(workers=4.0)
    other.model.productivity.workforce = 0.5
    assert labour.heads(base, other) == 0.5 * (4 + 20 + 4 + 20) - 60  # both markets share the pools
    assert labour.heads(base, other, market="north", trade="electrical") == -10.0


def test_levers_side_by_side() -> None:
    rows = [_row(number, "north", "civil", 0) for number in range(4)]

    def made(paid: list[float], late: list[float]) -> Any:
        costs = [(number, "north", "civil", "wages", usd) for number, usd in enumerate(paid)]
        return _lived(_made(rows, costs, 4), [[100.0, 200.0 + days] for days in late])

    base = made([100.0] * 4, [0.0, 4.0, 8.0, 12.0])
    table = labour.lever_table(
        base,
        {
            "dear": made([300.0, 310.0, 290.0, 300.0], [-8.0, -4.0, 0.0, 4.0]),
            "cheap": made([150.0, 140.0, 160.0, 150.0], [-9.0, -3.0, 1.0, 3.0]),
            "free": made([90.0, 95.0, 85.0, 90.0], [-4.0, 0.0, 4.0, 8.0]),
            "worse": made([200.0] * 4, [9.0, 1.0, 8.0, 13.0]),
        },
    ).set_index("name")
    assert list(table.index) == ["As it is", "dear", "cheap", "free", "worse"]
    assert table.loc["dear", ["days", "cost", "per_day"]].tolist() == pytest.approx([6.0, 200.0, 200.0 / 6.0])
    assert table.loc["cheap", "days"] == pytest.approx(0.75 * 8.0)  # 30 of 40 MW
    assert table.loc["free", "per_day"] == pytest.approx(-10.0 / 3.0)
    alone = labour.price(base, made([300.0, 310.0, 290.0, 300.0], [-8.0, -4.0, 0.0, 4.0]))
    assert alone == {key: table.loc["dear", key] for key in alone}
    assert (alone["per_day_low"], alone["pairs"]) == (
        pytest.approx(labour.fieller([200, 210, 190, 200], [6] * 4).low),
        4,
    )
    assert table["dominates"].to_dict() == {"As it is": 0.0, "dear": 0.0, "cheap": 0.0, "free": 1.0, "worse": 0.0}
    assert table["rank"].to_dict() == {"As it is": 0, "free": 1, "cheap": 2, "dear": 3, "worse": 4}
    assert table["bounded"].to_dict() == {"As it is": False, "dear": True, "cheap": True, "free": True, "worse": False}
    assert np.isnan(table.loc["worse", "per_day"])
    assert table.loc["free", "probability"] == 1.0
    assert table.loc["As it is", "probability"] == 0.0
    with pytest.raises(InputError, match="no run with a lever"):
        labour.lever_table(base, {})
    other = made([1.0] * 4, [0.0] * 4)
    other.manifest = {"seed": 2, "design": "monte-carlo"}
    with pytest.raises(InputError, match="do not pair"):
        labour.lever_table(base, {"x": other})


def test_what_cannot_be_told_is_told_at_once() -> None:
    run = _made([_row(0, "north", "civil", 0)])
    with pytest.raises(InputError) as caught:
        labour.profile(run, market="nrth", trade="plumbing")
    assert [problem.nearest for problem in caught.value.problems] == ["north", None]
    del run.model.labour["south"]
    run.model.labour["north"] = {"civil": SimpleNamespace(workers=1.0)}
    run.model.labour["south"] = {"electrical": SimpleNamespace(workers=1.0)}
    with pytest.raises(InputError, match="the market 'north' has no electrical"):
        labour.hours(run, market="north", trade="electrical")
    run.activities = run.activities.iloc[:0]
    with pytest.raises(InputError, match="keeps no labour"):
        labour.shortage(run)
    run.model.network = object()
    with pytest.raises(InputError, match="bare network"):
        labour.costs(run)


# -- over runs of the engine ----------------------------------------------------------------------

SET = {
    "trades.*.wage": "$60",
    "labour.*.*.turnover": 0.4,
    "labour.*.*.seasoning": "26 weeks",
    "labour.*.*.ramp": "60 per month",
    "labour.*.*.experienced": "120 per 1000",
    "productivity.absence": 0.03,
    "levers": {"ot": {"kind": "overtime", "use": True, "hours": 50, "premium": 0.5, "weeks": 26, "date": "2026-01-05"}},
}


@cache
def _run(overtime: bool = True) -> bs.Run:
    values = SET if overtime else {key: value for key, value in SET.items() if key != "levers"}
    return bs.simulate(bs.load("two-sites", set=values), 12, 1, workers=1, keep_activities=10)


def test_craft_hours_are_conserved() -> None:
    found = labour.hours(_run()).pivot(index="trade", columns="part", values="hours")
    parts = found[[*labour.WELL, *labour.LOST]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(found["spent"].to_numpy(), rel=1e-9)
    assert found.drop(index="all").sum().to_numpy() == pytest.approx(found.loc["all"].to_numpy())
    assert found.loc["all", "spent"] == pytest.approx(_run().labour["spent"].sum() / 10)
    share = labour.hours(_run(), by="all").set_index("part")["share"]
    assert share["spent"] == 1.0
    assert share["fatigue"] > 0.0 > share["skill"]


def test_people_are_conserved_week_by_week() -> None:
    """Where all pools have work to come in all replications: there now = there before + came - went, to a worker."""
    frame = _run().labour
    per_pool = frame.groupby(["trade", "replication"], observed=True)["week"].max()
    for trade, last in per_pool.groupby("trade", observed=True).min().items():
        weekly = labour.population(_run(), every="week", trade=str(trade))
        weekly = weekly[weekly["begin"] <= last]
        moved = (weekly["came"] - weekly["went"]).to_numpy()[1:]
        assert np.diff(weekly["workers"]) == pytest.approx(moved, abs=1.0)
        assert weekly["workers"].iloc[-1] == pytest.approx(weekly["workers"].iloc[0] + moved.sum(), abs=1.0)


def test_profile_and_shortage_over_a_run_a_second_way() -> None:
    """By plain pandas, replication by replication."""
    run = _run()
    frame = run.labour.assign(trade=run.labour["trade"].astype(str))
    own = frame[frame["trade"] == "electrical"].assign(needed=lambda one: one["on_site"] + one["waiting"])
    needed = own.groupby("week")["needed"].sum() / 10
    told = labour.profile(run, trade="electrical")
    told = told[told["quantity"] == "needed"].set_index("week")["mean"]
    pd.testing.assert_series_equal(told, needed.astype(float), check_names=False)
    short = labour.shortage(run).set_index("trade")
    peaks = own.loc[own.groupby("replication")["needed"].idxmax()]
    assert short.loc["electrical", "peak_needed"] == pytest.approx(peaks["needed"].mean())
    assert short.loc["electrical", "available_then"] == pytest.approx(peaks["workers"].mean())
    assert short.loc["electrical", "weeks_short"] == pytest.approx((own["waiting"] >= 1.0).sum() / 10)
    shift = run.model.trades["electrical"].shift
    assert short.loc["electrical", "waiting_hours"] == pytest.approx(own["waiting"].sum() * shift * 5.0 / 10)
    whole = labour.factors(run).set_index("trade").loc["electrical"]
    assert whole["skill"] == pytest.approx((own["skill"] * own["on_site"]).sum() / own["on_site"].sum())


def test_costs_over_a_run_a_second_way() -> None:
    """Nobody is paid but those at work: wages are hours times the wage, the premium half of the hours over 40."""
    run, plain = _run(), _run(overtime=False)
    items = labour.costs(run).set_index("item")
    hours = labour.hours(run, by="all").set_index("part")["hours"]
    assert items.loc["wages", "usd"] == pytest.approx(60.0 * hours["spent"])
    assert items.loc["overtime premium", "usd"] == pytest.approx(30.0 * hours["overtime_hours"])
    assert items.loc["all", "usd"] == pytest.approx(run.labour["cost"].sum() / 10)
    gap = labour.cost_difference(plain, run, by="trade").set_index("trade")["difference"]
    assert gap.drop("all").sum() == pytest.approx(gap["all"])
    assert gap["all"] == pytest.approx((run.costs["usd"].sum() - plain.costs["usd"].sum()) / 10)
    row = labour.lever_table(plain, {"overtime": run}).iloc[1]
    assert row["cost"] == pytest.approx(gap["all"])
    live = [one.go_live[one.go_live["replication"] < 10].copy() for one in (plain, run)]
    built = [frame["live"].notna() for frame in live]
    assert row["pairs"] == 10
    both = built[0].to_numpy() & built[1].to_numpy()
    days = []
    for number in range(10):
        here = (live[0]["replication"] == number).to_numpy() & both
        apart = live[0]["live"].to_numpy()[here] - live[1]["live"].to_numpy()[here]
        days.append(np.average(apart, weights=live[0]["mw"].to_numpy()[here]))
    assert row["days"] == pytest.approx(np.mean(days))


def test_what_binds() -> None:
    """Every cause but the plan's own steps is in one group, and the groups sum to the excess of those causes."""
    grouped = [cause for causes in labour.BINDING_GROUPS.values() for cause in causes]
    assert sorted(grouped) == sorted(set(CAUSES) - set(STRUCTURE))
    run = _run()
    table = labour.regime(run)

    excess = answers.delays(run).set_index("cause")["excess"]
    assert table["excess"].sum() == pytest.approx(excess.drop(list(STRUCTURE), errors="ignore").sum())
    first = labour.binding(run)
    assert first["group"] == table["group"].iloc[0]
    assert first["margin"] == pytest.approx(table["excess"].iloc[0] - table["excess"].iloc[1])
    assert first["margin_low"] < first["margin"] < first["margin_high"]
    assert first["sure"] == (first["margin_low"] > 0.0)
    scarce = bs.simulate(bs.load("two-sites", set={"labour.*.*.experienced": "20 per 1000"}), 6, 1, workers=1)
    cells = labour.regime_map([({"experienced": 120}, run), ({"experienced": 20}, scarce)])
    assert cells["group"].tolist() == [first["group"], "labour"]
    assert cells["sure"].tolist()[1]
    assert cells["experienced"].tolist() == [120, 20]
    assert cells["replications"].tolist() == [12, 6]
