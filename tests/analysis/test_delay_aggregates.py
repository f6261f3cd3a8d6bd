"""Delay put together by tranche, customer, MW-days and band of the finish: by hand, and summing on every model."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis import answers, delay, delay_bands, quantiles
from buildsim.analysis.frames import numbers
from buildsim.analysis.ledger import Ledger
from buildsim.analysis.proportions import mean
from buildsim.analysis.scope import Scope, scope
from buildsim.errors import InputError
from tests.analysis.synthetic import table
from tests.analysis.test_analysis_delay import DAYS, LIVE

NAN = float("nan")
MILESTONES = table(
    "milestones",
    [
        {"replication": r, "contract": tranche[:2], "customer": who, "tranche": tranche, "mw": mw, "outcome": outcome,
         "last_block": block}
        for r, tranche, who, mw, outcome, block in (
            (0, "k1/t1", "c1", 40.0, "late", "a/h1"), (1, "k1/t1", "c1", 40.0, "pending", "a/h2"),
            (0, "k2/t2", "c1", 20.0, "on_time", "b/h1"), (1, "k2/t2", "c1", 20.0, "on_time", "b/h1"),
            (0, "k3/t3", "c2", 10.0, "on_time", "a/h2"), (1, "k3/t3", "c2", 10.0, "lapsed", ""),
        )
    ],
)  # fmt: skip


def test_a_tranche_has_the_account_of_its_last_block() -> None:
    found = delay.by_tranche(DAYS, LIVE, MILESTONES).set_index(["tranche", "cause"])
    assert found.loc[("k1/t1", "planned work"), ["days", "planned_days"]].tolist() == [22.5, 22.5]
    assert found.loc[("k1/t1", "crew wait"), "excess"] == 5.0  # a/h1 in one replication only
    assert found.loc[("k1/t1", "utility"), "excess"] == 37.5
    assert ("k1/t1", "skill") not in found.index, "a/h1 was not the last block where it had any"
    assert found.loc[("k2/t2", "estimate"), "days"] == 0.0
    assert found.loc[("k3/t3", "planned work"), ["days", "n"]].tolist() == [25.0, 1], "it lapsed in the other one"


def test_a_customer_is_the_mean_over_its_tranches_by_mw() -> None:
    found = delay.by_tranche(DAYS, LIVE, MILESTONES, by="customer").set_index(["customer", "cause"])
    assert found.loc[("c1", "utility"), "days"] == pytest.approx((2 / 3) * 75.0 / 2)
    assert found.loc[("c1", "planned work"), "days"] == pytest.approx(((2 * 20 + 10) / 3 + (2 * 25 + 10) / 3) / 2)
    elapsed = [(2 * 30.0 + 8.0) / 3, (2 * 100.0 + 12.0) / 3]
    assert found.loc["c1", "days"].sum() == pytest.approx(sum(elapsed) / 2)
    by_contract = delay.by_tranche(DAYS, LIVE, MILESTONES, by="contract")
    assert list(dict.fromkeys(by_contract["contract"])) == ["k1", "k2", "k3"]


def test_mw_days_add_up_from_blocks_to_the_portfolio() -> None:
    site = delay.mw_days(DAYS, LIVE).set_index(["site", "cause"])
    assert site.loc[("a", "crew wait"), "days"] == 30.0 * 12.0
    assert site.loc["a", "days"].sum() == (30 * 30 + 10 * 25 + 30 * 40 + 10 * 100) / 2
    assert site.loc["b", "days"].sum() == 40 * (8 + 12) / 2
    whole = delay.mw_days(DAYS, LIVE, "portfolio")
    block = delay.mw_days(DAYS, LIVE, "block")
    sums = [frame.groupby("cause")["excess"].sum() for frame in (site.reset_index(), whole, block)]
    for other in sums[1:]:
        assert other.to_dict() == pytest.approx(sums[0].to_dict())


def test_what_is_not_built_has_no_mw_days() -> None:
    live, days = (frame[~((frame["block"] == "b/h1") & (frame["replication"] == 1))] for frame in (LIVE, DAYS))
    found = delay.mw_days(days, live).set_index(["site", "cause"])
    assert found.loc["b", "days"].sum() == 40 * 8 / 2
    assert (found["n"] == 2).all()


def test_the_quantiles_of_a_cause_are_order_statistics() -> None:
    waits = [3.0, 1.0, 5.0, 2.0, 4.0]
    live = table("go_live", [{"replication": r, "block": "h", "mw": 5.0, "live": 9.0} for r in range(5)])
    rows = [{"replication": r, "block": "h", "cause": "skill", "days": day, "planned_days": 1.0}
            for r, day in enumerate(waits)]  # fmt: skip
    found = delay.spread(Ledger(table("delays", rows), live, "block"), "block").iloc[0]
    assert (found["p50"], found["p80"], found["n"]) == (2.0, 3.0, 5)
    assert found["p80_high"] == np.inf, "five replications do not bound it"


def test_all_causes_together() -> None:
    ledger = Ledger(DAYS, LIVE, "block")
    found = delay.total(ledger, "block").set_index("block")
    assert found.loc["a/h2", ["days", "planned_days", "excess"]].tolist() == [62.5, 25.0, 37.5]
    want = mean([0.0, 75.0])
    assert found.loc["a/h2", ["excess_low", "excess_high"]].tolist() == pytest.approx([want.low, want.high])


def test_the_last_block_may_be_another_one_in_each_replication() -> None:
    live = LIVE.assign(live=np.where(LIVE["block"] == "a/h2", 30.0, LIVE["live"]))
    days, units = delay.of_last(DAYS, live, "all")
    assert units["block"].tolist() == ["a/h1", "a/h1"], "equals go to the first"
    days, units = delay.of_last(DAYS, LIVE, "all")
    assert units["block"].tolist() == ["a/h1", "a/h2"], "not by the horizon is later than every day"
    assert days.groupby("replication")["days"].sum().tolist() == [30.0, 100.0]


def _ten(late: float = np.inf) -> Scope:
    """Ten replications of a block: live on day 10, 20 ... 100 in another order, NaN if later than `late`; at first only
    the crews cost time, from day 50 on the utility."""
    lives = [70.0, 10.0, 40.0, 100.0, 20.0, 90.0, 30.0, 60.0, 50.0, 80.0]
    live, days = [], []
    for r, day in enumerate(lives):
        key = {"replication": r, "site": "a", "block": "a/h1"}
        live.append(key | {"mw": 10.0, "live": day if day <= late else NAN, "planned": 5.0})
        end = min(day, late)
        parts = {"planned work": 5.0, "crew wait": min(end, 50.0) - 5.0, "utility": max(end - 50.0, 0.0)}
        planned = {"planned work": 5.0}
        days += [key | {"cause": c, "days": d, "planned_days": planned.get(c, 0.0)} for c, d in parts.items() if d]
    units = table("go_live", live)
    return Scope("block", "a/h1", "a/h1", "block", table("delays", days), units, numbers(units))


def test_bands_hold_the_ranks_between_their_levels() -> None:
    found = delay_bands.bands(_ten(), (0.2, 0.5, 0.8))
    assert list(dict.fromkeys(found["band"])) == ["up to P20", "P20 to P50", "P50 to P80", "above P80"]
    wide = found.pivot_table(index="band", columns="cause", values="excess", sort=False)
    assert wide["crew wait"].tolist() == [10.0, 35.0, 45.0, 45.0]
    assert wide["utility"].tolist() == [0.0, 0.0, 20.0, 45.0]
    facts = found.drop_duplicates("band")
    assert facts["n"].tolist() == [2, 3, 3, 2]
    assert facts[["earliest", "latest"]].to_numpy().tolist() == [[10, 20], [30, 50], [60, 80], [90, 100]]
    utility = found[(found["band"] == "P50 to P80") & (found["cause"] == "utility")].iloc[0]
    want = mean([10.0, 20.0, 30.0])
    assert (utility["excess_low"], utility["excess_high"]) == pytest.approx((want.low, want.high))


def test_what_is_later_than_the_horizon_is_one_band() -> None:
    found = delay_bands.bands(_ten(60.0), (0.5, 0.8)).drop_duplicates("band")
    assert found["band"].tolist() == ["up to P50", "above P50, by the horizon", "> horizon"]
    assert found["n"].tolist() == [5, 1, 4]
    assert found["later"].tolist() == [0.0, 0.0, 1.0]
    assert found["high"].tolist() == [0.5, 0.6, 1.0]
    within = delay_bands.bands(_ten(80.0), (0.5, 0.8)).drop_duplicates("band")
    assert within["band"].tolist() == ["up to P50", "P50 to P80", "above P80"], "no level divides the late ones"
    assert within["later"].tolist() == [0.0, 0.0, 1.0]
    high = delay_bands.bands(_ten(80.0), (0.5, 0.95)).drop_duplicates("band")
    assert high["band"].tolist() == ["up to P50", "above P50, by the horizon", "> horizon"], "the P95 is among them"
    none = delay_bands.bands(_ten(5.0), (0.5, 0.8)).drop_duplicates("band")
    assert (none["band"].tolist(), none["n"].tolist()) == (["> horizon"], [10])
    few = delay_bands.bands(_ten(20.0), (0.5, 0.8)).drop_duplicates("band")
    assert few["band"].tolist() == ["by the horizon", "> horizon"]


def test_near_a_percentile_are_the_nearest_ranks() -> None:
    found = delay_bands.near(_ten(), (0.5, 0.99), nearest=3).drop_duplicates("band")
    assert found[["earliest", "latest", "n"]].to_numpy().tolist() == [[40, 60, 3], [80, 100, 3]]
    assert delay_bands.near(_ten()).drop_duplicates("band")["n"].tolist() == [1, 1], "a tenth of them"
    late = delay_bands.near(_ten(60.0), (0.8,), nearest=1).iloc[0]
    assert (late["n"], late["later"]) == (4, 1.0), "all that are later are alike"
    assert delay_bands.near(_ten(), (0.5,), nearest=99).iloc[0]["n"] == 10


@pytest.mark.parametrize("levels", [(), (0.5, 0.2), (0.5, 0.5), (0.0, 0.5), (0.5, 1.0)])
def test_levels_that_do_not_ascend_are_refused(levels: tuple[float, ...]) -> None:
    for composed in (delay_bands.bands, delay_bands.near):
        with pytest.raises(InputError, match="levels"):
            composed(_ten(), levels)


def test_fewer_than_one_replication_is_refused() -> None:
    with pytest.raises(InputError, match="nearest"):
        delay_bands.near(_ten(), nearest=0)


# -- on runs of the engine -------------------------------------------------------------------------

SHIPPED = {"one-hall": 12, "two-sites": 30, "coreweave/2025": 6, "coreweave/2025-with-options": 6}


@cache
def ran(name: str) -> bs.Run:
    return bs.simulate(bs.load(name), replications=SHIPPED[name], seed=1, workers=1, keep_activities=0)


def _elapsed(run: bs.Run) -> pd.DataFrame:
    """A row a block that is built, from the table of go-lives alone."""
    live = answers.built(run, run.go_live)
    return live.assign(
        elapsed=live["live"].fillna(run.horizon),
        plan=live["planned"].fillna(run.horizon),
        block=live["block"].astype(str),
    )


def _sums(found: Scope) -> tuple[np.ndarray, np.ndarray]:
    """Days and plan of all causes, by replication."""
    entries = list(found.ledger())
    return sum(entry.days[0] for entry in entries), sum(entry.planned[0] for entry in entries)


def _weighted(frame: pd.DataFrame, column: str) -> np.ndarray:
    by = (frame[column] * frame["mw"]).groupby(frame["replication"]).sum()
    return (by / frame["mw"].groupby(frame["replication"]).sum()).to_numpy()


@pytest.mark.parametrize("name", SHIPPED)
def test_causes_sum_to_the_elapsed_time_of_sites_and_the_portfolio(name: str) -> None:
    run = ran(name)
    elapsed = _elapsed(run)
    for site in [None, *dict.fromkeys(elapsed["site"].astype(str))][:8]:
        own = elapsed if site is None else elapsed[elapsed["site"] == site]
        if site is None and answers.firm(run):
            own = elapsed[elapsed["site"].isin(answers.firm(run))]
        days, planned = _sums(scope(run, site=site))
        assert days == pytest.approx(_weighted(own, "elapsed"), abs=1e-6)
        assert planned == pytest.approx(_weighted(own, "plan"), abs=1e-6)
        last = scope(run, site=site, last=True)
        assert _sums(last)[0] == pytest.approx(own.groupby("replication")["elapsed"].max().to_numpy(), abs=1e-6)


@pytest.mark.parametrize("name", SHIPPED)
def test_causes_sum_to_the_elapsed_time_of_tranches_and_customers(name: str) -> None:
    run = ran(name)
    live = _elapsed(run)[["replication", "block", "elapsed"]]
    kept = run.milestones[run.milestones["outcome"] != "lapsed"]
    kept = kept.assign(block=kept["last_block"].astype(str)).merge(live, on=["replication", "block"])
    assert len(kept) == (run.milestones["outcome"] != "lapsed").sum(), "every tranche has a last block that is built"
    for kind in ("customer", "tranche"):
        for one in list(dict.fromkeys(kept[kind].astype(str)))[:6]:
            days, _ = _sums(scope(run, **{kind: one}))
            assert days == pytest.approx(_weighted(kept[kept[kind] == one], "elapsed"), abs=1e-6)
    done = kept[kept["delivered"].notna() & kept["tranche"].isin(_firm_tranches(run))]
    assert done["delivered"].to_numpy() == pytest.approx(done["elapsed"].to_numpy()), "it was filled by its last block"
    assert (run.milestones.loc[run.milestones["outcome"] == "lapsed", "last_block"] == "").all()


def test_the_last_block_is_the_one_that_filled_the_tranche() -> None:
    """Two blocks of 25 MW for a tranche of 25 MW: the first to go live fills it, and the other one a later tranche."""
    both = {"contracts.bound.tranches.t1.blocks": ["ridge/h01", "ridge/h02"], "contracts.bound.tranches.t2.mw": 20.0}
    run = bs.simulate(bs.load("two-sites", set=both), replications=8, seed=1, workers=1, keep_activities=0)
    live = run.go_live.pivot_table(index="replication", columns="block", values="live", observed=False)
    own = run.milestones[run.milestones["tranche"] == "bound/t1"].set_index("replication")
    assert own["last_block"].astype(str).tolist() == live[["ridge/h01", "ridge/h02"]].idxmin(axis=1).tolist()
    assert own["delivered"].to_numpy() == pytest.approx(live[["ridge/h01", "ridge/h02"]].min(axis=1).to_numpy())


def _firm_tranches(run: bs.Run) -> list[str]:
    """An option may be exercised after its block is live, so it is delivered later than that."""
    return [
        f"{contract}/{name}"
        for contract, declared in run.model.contracts.items()
        for name, tranche in declared.tranches.items()
        if tranche.option is None
    ]


@pytest.mark.parametrize("name", SHIPPED)
@pytest.mark.parametrize("last", [True, False])
def test_the_excess_of_a_band_is_its_mean_elapsed_time_less_the_plan(name: str, last: bool) -> None:
    found = scope(ran(name), last=last)
    days, planned = _sums(found)
    finish = quantiles.later(found.units["live"].to_numpy())
    finish = pd.Series(finish).groupby(found.units["replication"].to_numpy()).max().to_numpy()
    table_of = delay_bands.bands(found, (0.3, 0.7))
    assert table_of.drop_duplicates("band")["n"].sum() == len(days)
    for _, own in table_of.groupby("band", sort=False):
        inside = (finish >= own["earliest"].iloc[0]) & (finish <= own["latest"].iloc[0])
        assert inside.sum() == own["n"].iloc[0]
        assert own["excess"].sum() == pytest.approx((days - planned)[inside].mean(), abs=1e-6)
        assert own["days"].sum() == pytest.approx(days[inside].mean(), abs=1e-6)


@pytest.mark.parametrize("name", ["two-sites", "coreweave/2025"])
def test_mw_days_are_those_of_the_go_lives(name: str) -> None:
    run = ran(name)
    live = run.go_live["live"].fillna(run.horizon)
    found = delay.mw_days(run.delays, run.go_live)
    assert found["days"].sum() == pytest.approx((live * run.go_live["mw"]).sum() / run.replications, rel=1e-9)
    built = _elapsed(run)
    whole = scope(run).ledger(total=True)
    assert sum(entry.days.mean() for entry in whole) == pytest.approx(
        (built["elapsed"] * built["mw"]).sum() / run.replications, rel=1e-9
    ), "without the options that lapsed"


def test_the_accounts_of_scopes_are_the_answers() -> None:
    run = ran("two-sites")
    for kind, options in (("portfolio", {}), ("site", {"site": "ridge"})):
        found = delay.means(scope(run, **options).ledger(), "of").set_index("cause")["excess"]
        told = answers.delays(run, kind)
        want = told[told["site"] == options.get("site", "portfolio")].set_index("cause")["excess"]
        assert found.to_dict() == pytest.approx(want.to_dict())
    hall = scope(run, site="mill/h01")
    assert (hall.kind, hall.title) == ("block", "mill/h01")
    assert _sums(hall)[0] == pytest.approx(run.go_live[run.go_live["block"] == "mill/h01"]["live"].to_numpy())


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"site": "rigde"}, "site: the run has no site or block 'rigde'; expected ridge, mill; did you mean 'ridge'?"),
        ({"customer": "labs"}, "customer: the run has no customer 'labs'; expected lab, utility-cloud"),
        ({"contract": "order-2"}, "did you mean 'order-1'?"),
        ({"tranche": "bound/t3"}, "the run has no tranche 'bound/t3'"),
        ({"site": "ridge", "customer": "lab"}, "customer: it does not go with --site"),
    ],
)
def test_what_the_run_does_not_have(options: dict[str, str], told: str) -> None:
    with pytest.raises(InputError) as refused:
        scope(ran("two-sites"), **options)
    assert told in str(refused.value)


def test_an_option_that_always_lapses_has_no_account() -> None:
    never = bs.load("two-sites", set={"contracts.order-1.tranches.x1.option.probability": 0.0})
    run = bs.simulate(never, replications=2, workers=1)
    for options in ({"tranche": "order-1/x1"}, {"site": "mill/h02"}):
        with pytest.raises(InputError, match="is built in no replication"):
            scope(run, **options)
