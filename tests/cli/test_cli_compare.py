"""`buildsim compare`: the numbers by hand from the tables, several runs, and what does not pair."""

import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import t, ttest_rel

import buildsim
from buildsim.analysis.cause_differences import cause_differences
from buildsim.analysis.compare import compare
from buildsim.analysis.figures import pairs
from buildsim.cli.report import changed as changes
from buildsim.cli.report.comparison import moved, pairing
from buildsim.cli.report.price import priced
from buildsim.cli.report.quantities import change, ends, interval
from buildsim.errors import InputError
from tests.cli.conftest import NETWORK, SMALL, Cli, _made

RUNS = 30


@pytest.fixture(scope="module")
def scarce_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with hardly any experienced hands."""
    return _made(tmp_path_factory, "scarce", Path("two-sites"), "-n", str(RUNS), "--scenario", "labour-20")


@pytest.fixture(scope="module")
def fewer_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with fewer hands."""
    return _made(tmp_path_factory, "fewer", Path("two-sites"), "-n", "24", "--set", "productivity.workforce=80%")


def last_go_live(folder: Path) -> np.ndarray:
    """The last go-live of each replication, the option's hall only where it is taken."""
    run = buildsim.open(folder)
    live = run.go_live.astype({"block": str})
    lapsed = run.milestones.loc[run.milestones["outcome"] == "lapsed", "replication"]
    kept = live[~((live["block"] == "mill/h02") & live["replication"].isin(lapsed))]
    return kept.groupby("replication")["live"].max().to_numpy()


def t_interval(values: np.ndarray, confidence: float = 0.95) -> tuple[float, float, float]:
    half = t.ppf(0.5 + confidence / 2, len(values) - 1) * values.std(ddof=1) / np.sqrt(len(values))
    return values.mean(), values.mean() - half, values.mean() + half


def rows(result: Any, run: int = 0) -> dict[str, dict[str, Any]]:
    return {row["figure"]: row for row in result.json["runs"][run]["differences"]}


def test_the_mean_shift_by_hand(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    result = cli("compare", two_sites_run, scarce_run, "--json")
    assert (result.code, result.err) == (0, "")
    before, after = last_go_live(two_sites_run), last_go_live(scarce_run)
    row = rows(result)["go-live@mean"]
    assert (row["difference"], row["low"], row["high"]) == pytest.approx(t_interval(after - before))
    assert row["above"] == (after > before).mean()
    assert row["variance_reduction"] == pytest.approx((before.var() + after.var()) / (after - before).var())
    p80 = rows(result)["go-live@p80"]
    rank = int(np.ceil(0.8 * RUNS)) - 1
    assert p80["difference"] == pytest.approx(np.sort(after)[rank] - np.sort(before)[rank])
    walks = rows(result)["withdrawal@probability"]
    gone = buildsim.open(scarce_run).withdrawals
    real = gone[gone["trigger"] != "option_lapsed"]["replication"].nunique() / RUNS
    assert walks["other"] == real


def test_the_numbers_are_those_of_the_python_function(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    found = compare(buildsim.open(two_sites_run), buildsim.open(scarce_run)).summary()
    names = {"live MW": "live-mw", "go-live": "go-live"}
    told = rows(cli("compare", two_sites_run, scarce_run, "--json"))
    seen = 0
    for row in found.to_dict("records"):
        if row["quantity"] == "any_withdrawal":
            continue
        of = "" if row["of"] in ("all", "portfolio") else f":{row['of']}"
        head = names.get(row["quantity"], row["quantity"].replace("_", "-"))
        mine = told[f"{head}{of}@{row['statistic'].lower()}"]
        for column in ("base", "other", "difference", "low", "high"):
            assert mine[column] == pytest.approx(row[column], nan_ok=True)
        seen += 1
    assert seen == len(told) - 1


def test_the_first_lines_say_the_answer(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    out = cli("compare", two_sites_run, scarce_run).out
    assert all(len(line) <= 100 for line in out.splitlines())
    said = " ".join(out.split())
    gap, low, high = t_interval(last_go_live(scarce_run) - last_go_live(two_sites_run))
    assert (
        f"With scenario labour-20, the portfolio is complete {gap:.0f} days later on average ({low:.0f} to {high:.0f});"
        in said
    )
    assert (
        f"Two sites: scarce against two, {RUNS} pairs, seed 1, monte-carlo only in scarce: 6 changes by scenario"
        in said
    )
    assert "In 100 % of pairs it comes later, in 0 % earlier." in said
    assert said.index("With scenario") < said.index("When are the last halls live?")
    assert f"{RUNS} pairs of replications with the same draws. Variance reduction" in said


def test_what_is_earlier_is_said_to_be(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    said = " ".join(cli("compare", scarce_run, two_sites_run).out.split())
    gap, low, high = t_interval(last_go_live(scarce_run) - last_go_live(two_sites_run))
    assert f"In two, the portfolio is complete {gap:.0f} days earlier on average ({low:.0f} to {high:.0f});" in said
    assert "In 0 % of pairs it comes later, in 100 % earlier." in said


def test_causes_sum_to_the_elapsed_time(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    causes = cli("compare", two_sites_run, scarce_run, "--json").json["runs"][0]["causes"]
    elapsed = []
    for folder in (two_sites_run, scarce_run):
        run = buildsim.open(folder)
        lapsed = run.milestones.loc[run.milestones["outcome"] == "lapsed", "replication"]
        live = run.go_live[~((run.go_live["block"] == "mill/h02") & run.go_live["replication"].isin(lapsed))]
        weighted = (live["live"].fillna(run.horizon) * live["mw"]).groupby(live["replication"]).sum()
        elapsed.append(weighted / live.groupby("replication")["mw"].sum())
    assert sum(row["days"] for row in causes) == pytest.approx((elapsed[1] - elapsed[0]).mean())
    sizes = [abs(row["excess"]) for row in causes]
    assert sizes == sorted(sizes, reverse=True)
    known = cause_differences(buildsim.open(two_sites_run), buildsim.open(scarce_run))
    assert [row["cause"] for row in causes] == known["cause"].tolist()
    out = cli("compare", two_sites_run, scarce_run).out
    assert re.search(rf"^{known['cause'][0]} .* \{known['excess'][0]:+,.1f} \(", out, re.MULTILINE)


def test_a_run_does_not_differ_from_itself(cli: Cli, two_sites_run: Path) -> None:
    told = rows(cli("compare", two_sites_run, two_sites_run, "--json"))
    assert all(
        row["difference"] == row["low"] == row["high"] == 0.0 for row in told.values() if row["unit"] != "probability"
    )
    out = cli("compare", two_sites_run, two_sites_run).out
    assert "changed in two: nothing: both are runs of the same model" in out
    assert "the portfolio is complete on the same day in every pair." in out


def test_taking_out_what_does_nothing_changes_nothing(cli: Cli, network_run: Path) -> None:
    Path("network.yaml").write_text(NETWORK)
    assert (
        cli("run", "network.yaml", "-n", 25, "--workers", 1, "--quiet", "--out", "calm", "--without", "weather").code
        == 0
    )
    result = cli("compare", network_run, "calm", "--json")
    assert {row["difference"] for row in rows(result).values()} == {0.0}
    assert {row["days"] for row in result.json["runs"][0]["causes"]} == {0.0}
    assert result.json["runs"][0]["changed"] == ["taken out in calm: weather"]
    assert "Without weather, the project ends on the same day in every pair." in cli("compare", network_run, "calm").out


def test_taking_out_what_does_something(cli: Cli, network_run: Path) -> None:
    Path("network.yaml").write_text(NETWORK)
    assert (
        cli("run", "network.yaml", "-n", 25, "--workers", 1, "--quiet", "--out", "known", "--without", "estimate").code
        == 0
    )
    row = rows(cli("compare", network_run, "known", "--json"))["go-live@mean"]
    drawn = buildsim.open(network_run).go_live["live"].to_numpy()
    assert row["other"] == 12.0, "the planned length of the project"
    assert row["difference"] == pytest.approx(12.0 - drawn.mean())


def test_figures_by_name_and_dates(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    result = cli(
        "compare", two_sites_run, scarce_run, "--figure", "live-mw:2026-12-31@p10", "--figure", "damages",
        "--by", "2027-06-30", "--confidence", "0.9", "--json",
    )  # fmt: skip
    told = rows(result)
    assert list(told) == ["live-mw:2026-12-31@p10", "damages@mean", "live-mw:2027-06-30@mean"]
    sums = [
        buildsim.open(run).milestones.groupby("replication")["damages"].sum() for run in (two_sites_run, scarce_run)
    ]
    want = t_interval((sums[1] - sums[0]).to_numpy(), 0.9)
    row = told["damages@mean"]
    assert (row["difference"], row["low"], row["high"]) == pytest.approx(want)
    assert result.json["runs"][0]["causes"] is None
    out = cli("compare", two_sites_run, scarce_run, "--by", "2027-06-30").out
    assert set(re.findall(r"Live MW (\S+)", out)) == {"2027-06-30"}
    out = cli("compare", two_sites_run, scarce_run, "--figure", "go-live:mill@p90").out
    assert "Go-live mill, P90: 20" in out
    assert "Which causes" not in out


def test_several_runs_with_holm_by_hand(cli: Cli, two_sites_run: Path, scarce_run: Path, fewer_run: Path) -> None:
    result = cli("compare", two_sites_run, scarce_run, fewer_run, "--json")
    assert result.json["pairs"] == 24
    before, *others = (last_go_live(run)[:24] for run in (two_sites_run, scarce_run, fewer_run))
    p = [ttest_rel(after, before).pvalue for after in others]
    assert max(p) < 0.05
    first, second = np.argsort(p)
    for place, factor in ((first, 2.0), (second, 1.0)):
        row = rows(result, int(place))["go-live@mean"]
        assert row["p_adjusted"] == pytest.approx(max(factor * p[place], 2.0 * p[first]))
        want = t_interval(others[place] - before, 0.975)
        assert (row["difference"], row["low_all"], row["high_all"]) == pytest.approx(want)
    shown = cli("compare", two_sites_run, scarce_run, fewer_run)
    assert all(len(line) <= 100 for line in shown.out.splitlines())
    said = " ".join(shown.out.split())
    assert "fewer: With productivity.workforce at 80%, the portfolio is complete" in said
    assert "scarce: With scenario labour-20, the portfolio is complete" in said
    assert "Go-live portfolio, P80 (two: 20" in said
    assert "fewer 24: only the first 24 are compared." in said


def test_a_larger_family_has_wider_intervals(cli: Cli, two_sites_run: Path, scarce_run: Path, fewer_run: Path) -> None:
    command = (
        "compare",
        two_sites_run,
        scarce_run,
        fewer_run,
        "--figure",
        "go-live@mean",
        "--figure",
        "missed",
        "--json",
    )
    apart, together = (rows(cli(*command, "--family", family))["missed@mean"] for family in ("figure", "all"))
    assert together["low_all"] < apart["low_all"] < apart["low"] == together["low"]


def test_the_table_holds_what_is_told(cli: Cli, two_sites_run: Path, scarce_run: Path, fewer_run: Path) -> None:
    result = cli("compare", two_sites_run, scarce_run, fewer_run, "--csv", "all.csv")
    assert (result.code, result.err) == (0, "all differences: all.csv\n")
    found = pd.read_csv("all.csv")
    told = cli("compare", two_sites_run, scarce_run, fewer_run, "--json")
    for place, name in enumerate(("scarce", "fewer")):
        mine = found[found["scenario"] == name].set_index("figure")
        assert list(mine.index) == list(rows(told, place))
        for figure, row in rows(told, place).items():
            assert mine.loc[figure, "difference"] == pytest.approx(row["difference"])


def test_another_horizon(cli: Cli, two_sites_run: Path) -> None:
    near = ("--set", "horizon=2027-08-31", "--workers", 1, "--quiet", "--out", "near")
    assert cli("run", "two-sites", "-n", RUNS, *near).code == 0
    result = cli("compare", two_sites_run, "near", "--json")
    row = rows(result)["go-live@mean"]
    late = last_go_live(two_sites_run) > 792.0
    assert late.sum() > 0.1 * RUNS
    assert (row["difference"], row["capped"]) == (0.0, late.sum())
    p90 = rows(cli("compare", two_sites_run, "near", "--figure", "go-live@p90", "--json"))["go-live@p90"]
    assert (p90["base_date"], p90["other_date"], p90["difference"]) == ("> horizon", "> horizon", None)
    assert result.json["runs"][0]["causes"] is None
    out = " ".join(cli("compare", two_sites_run, "near").out.split())
    assert "two ends on 2029-06-30, near on 2027-08-31" in out
    assert (
        "Days by cause and what contracts and labour come to are not compared: the runs end at different horizons"
        in out
    )
    assert "What becomes of the contracts?" not in out
    assert not {"damages@mean", "missed@mean", "withdrawal@probability"} & set(rows(result))
    refused = cli("compare", two_sites_run, "near", "--figure", "damages")
    assert (refused.code, refused.out) == (2, "")
    assert refused.err.startswith("--figure: mean of damages")
    assert "different horizons" in refused.err


def test_nothing_is_complete_in_any_pair(cli: Cli) -> None:
    near = ("--set", "horizon=2025-12-01", "--workers", 1, "--quiet")
    assert cli("run", "one-hall", "-n", 3, *near, "--out", "one").code == 0
    assert cli("run", "one-hall", "-n", 3, *near, "--out", "two", "--without", "weather").code == 0
    out = " ".join(cli("compare", "one", "two").out.split())
    assert "Without weather, the portfolio is not complete by the horizon in any pair." in out
    assert "same day" not in out


def told_of(low: float, gap: float, high: float, found: Any) -> str:
    row = {"difference": gap, "low": low, "high": high, "above": 0.4, "below": 0.3, "capped": 0, "pairs": 40}
    row |= {"unit": "days", "base": 100.0, "other": 100.0 + gap, "statistic": "mean"}
    return moved("In b", row, None, found)


def test_an_interval_that_holds_zero_is_early_only_where_it_is_narrow() -> None:
    found = SimpleNamespace(network=False, days=None)
    assert "about as early on average (+0.5 days, -1.0 to +2.0)" in told_of(-1.0, 0.5, 2.0, found)
    wide = told_of(-2683.0, 196.0, 3075.0, found)
    assert wide.startswith("In b, no difference in when the portfolio is complete can be told from 40 pairs")
    assert "(+196 days on average, -2,683 to +3,075)" in wide
    assert "as early" not in wide


@pytest.mark.parametrize(
    ("capped", "pairs", "told"),
    [(0, 100, "too few pairs to say"), (3, 16, "too few pairs to say"), (3, 17, "too near the horizon to say")],
)
def test_why_an_interval_has_no_ends(capped: int, pairs: int, told: str) -> None:
    row = {"low": -np.inf, "high": np.inf, "unit": "days", "statistic": "P80", "capped": capped, "pairs": pairs}
    assert ends(row) == told
    assert ends(row | {"low": 3.0}) == "+3.0 to ?"


def test_two_pairs_say_nothing_of_a_quantile(cli: Cli) -> None:
    for name, more in (("one", ()), ("two", ("--scenario", "labour-20")), ("three", ("--without", "labour"))):
        assert cli("run", "two-sites", "-n", 2, "--workers", 1, "--quiet", "--out", name, *more).code == 0
    out = " ".join(cli("compare", "one", "two").out.split())
    assert "days (too few pairs to say)" in out
    (row,) = rows(cli("compare", "one", "two", "--figure", "go-live@p80", "--json")).values()
    assert (row["low"], row["high"], row["p"], row["differs"]) == (None, None, None, False)
    many = cli("compare", "one", "two", "three", "--figure", "go-live@p80").out
    assert "too few pairs to say" in many
    assert "*" not in many.split("Other minus base")[0]


def test_models_without_a_site_in_common_are_refused(cli: Cli, two_sites_run: Path, network_run: Path) -> None:
    assert cli("run", SMALL, "-n", 3, "--workers", 1, "--quiet", "--out", "small").code == 0
    assert cli("run", "one-hall", "-n", 3, "--workers", 1, "--quiet", "--out", "one").code == 0
    refused = cli("compare", two_sites_run, "small")
    assert (refused.code, refused.out) == (2, "")
    assert "has no site in common with the base, so no draws pair: denton against ridge, mill" in refused.err
    assert "a bare network and a model with sites" in cli("compare", two_sites_run, network_run).err
    with pytest.raises(InputError, match="no site in common"):
        pairs({"b": buildsim.open("small")}, buildsim.open(two_sites_run))
    with pytest.raises(InputError, match="no site in common"):
        compare(buildsim.open(two_sites_run), buildsim.open("small"))
    told = " ".join(cli("compare", "one", two_sites_run).out.split())
    assert "1 site only in two: mill. What both models have pairs by its name" in told


@pytest.mark.parametrize("file", ["", ".", "deep/er/all.csv", "all.txt"])
def test_a_table_that_cannot_be_written_is_refused_before_the_work(
    cli: Cli, two_sites_run: Path, scarce_run: Path, file: str
) -> None:
    result = cli("compare", two_sites_run, scarce_run, "--csv", file)
    assert (result.code, result.out) == (2, "")
    assert result.err.startswith("--csv: ")
    assert not list(Path().iterdir())


def test_a_family_of_one_run_is_refused(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    result = cli("compare", two_sites_run, scarce_run, "--family", "all", "--confidence", "195%")
    assert result.code == 2
    assert "--family: it is for several runs" in result.err
    assert "--confidence: the confidence is 1.95" in result.err


def test_a_confidence_in_per_cent(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    one, two = (cli("compare", two_sites_run, scarce_run, "--json", "--confidence", c) for c in ("90%", "0.9"))
    assert one.json == two.json
    assert one.json["confidence"] == 0.9
    wrong = cli("compare", two_sites_run, scarce_run, "--confidence", "x%")
    assert wrong.code == 2
    assert "'--confidence': 'x%' is no confidence; expected 0.95 or 95%" in wrong.err


def test_changes_that_change_nothing_are_not_told() -> None:
    def run(*changes: str) -> Any:
        return SimpleNamespace(manifest={"changes": list(changes)})

    told = "productivity.workforce: 100% -> {} (--set productivity.workforce)"
    base, other = run(told.format("100%")), run(told.format("80%"))
    assert (changes._new(base.manifest["changes"][0], other), changes._new(other.manifest["changes"][0], base)) == (
        False,
        True,
    )


def test_the_least_p_of_a_bootstrap_is_a_bound(
    cli: Cli, two_sites_run: Path, scarce_run: Path, fewer_run: Path
) -> None:
    # No resample is on the other side of zero, so Holm's p of the first of two is 2 * 2 / 1,001: a bound, no value.
    out = cli("compare", two_sites_run, scarce_run, fewer_run, "--figure", "go-live@p50").out
    assert re.search(r"scarce .* < 0\.004 \*", out)


def test_a_network_has_no_mw(cli: Cli, network_run: Path) -> None:
    Path("network.yaml").write_text(NETWORK)
    arguments = ("--set", "network.resources.r1=3", "--workers", 1, "--quiet", "--out", "more")
    assert cli("run", "network.yaml", "-n", 25, *arguments).code == 0
    result = cli("compare", network_run, "more", "--json")
    assert list(rows(result)) == ["go-live@mean", "go-live@p50", "go-live@p80"]
    before, after = (buildsim.open(run).go_live["live"].to_numpy() for run in (network_run, "more"))
    row = rows(result)["go-live@mean"]
    assert (row["difference"], row["low"], row["high"]) == pytest.approx(t_interval(after - before))
    assert sum(cause["days"] for cause in result.json["runs"][0]["causes"]) == pytest.approx((after - before).mean())
    out = cli("compare", network_run, "more").out
    assert "MW" not in out
    assert "With network.resources.r1 at 3, the project ends" in out


def test_runs_that_do_not_pair(cli: Cli, two_sites_run: Path, network_run: Path) -> None:
    for name, more in (("seed", ("--seed", 2)), ("sobol", ("--design", "sobol"))):
        assert cli("run", "two-sites", "-n", 4, "--workers", 1, "--quiet", "--out", name, *more).code == 0
    result = cli("compare", two_sites_run, "seed", "sobol")
    assert (result.code, result.out) == (2, "")
    assert result.err.splitlines() == [
        "seed: has seed 2, the base has 1: their draws do not pair",
        "sobol: has design sobol, the base has monte-carlo: their draws do not pair",
        "2 problems",
    ]
    assert "One scrambled Sobol sample" in cli("compare", "sobol", "sobol").out
    result = cli("compare", two_sites_run, network_run)
    assert (result.code, result.out) == (2, "")
    assert "a bare network and a model with sites have nothing to compare" in result.err


def test_all_that_is_wrong_at_once(cli: Cli, two_sites_run: Path, scarce_run: Path) -> None:
    result = cli("compare", two_sites_run, "nope", scarce_run, scarce_run, "--by", "31.12.2026", "--confidence", 1)
    assert (result.code, result.out) == (2, "")
    for told in (
        "nope: there is no such folder",
        "the run is given twice",
        "--by: expected a date",
        "--confidence: the",
    ):
        assert told in result.err
    result = cli(
        "compare",
        two_sites_run,
        scarce_run,
        "--figure",
        "go-live:mil",
        "--figure",
        "x",
        "--by",
        "2040-01-01",
        "--csv",
        "no.csv",
    )
    assert (result.code, result.out) == (2, "")
    assert "did you mean 'go-live:mill@p80'?" in result.err
    assert "there is no figure 'x'" in result.err
    assert "--by: 'live-mw:2040-01-01': 2040-01-01 lies outside" in result.err
    assert not Path("no.csv").exists()


# -- what labour costs ------------------------------------------------------------------------------


LEVER = "{kind: prefabrication, use: true, share: 80%, per_hour: $110, source: assumption}"


@pytest.fixture(scope="module")
def shop_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same model with work done in a shop, and the labour of fewer replications."""
    options = ("-n", str(RUNS), "--set", f"levers.prefabrication={LEVER}", "--keep-activities", "20")
    return _made(tmp_path_factory, "shop", Path("two-sites"), *options)


def mean_go_lives(folder: Path, replications: int) -> np.ndarray:
    """The mean go-live of the blocks of each replication, weighted by MW; NaN for those that are not built."""
    run = buildsim.open(folder)
    live = run.go_live.assign(block=run.go_live["block"].astype(str))
    wide = live.pivot(index="replication", columns="block", values="live").iloc[:replications]
    lapsed = run.milestones.loc[run.milestones["outcome"] == "lapsed", "replication"]
    wide.loc[wide.index.isin(lapsed), "mill/h02"] = np.nan
    mw = live.drop_duplicates("block").set_index("block")["mw"].loc[wide.columns].to_numpy()
    here = ~np.isnan(wide.to_numpy())
    return np.nansum(wide.to_numpy() * mw, axis=1) / (here * mw).sum(axis=1)


def test_what_labour_costs_more_and_what_a_day_costs(cli: Cli, two_sites_run: Path, shop_run: Path) -> None:
    told = cli("compare", two_sites_run, shop_run, "--json").json["runs"][0]
    price = told["labour"]
    usd = [buildsim.open(folder).costs.groupby("replication")["usd"].sum() for folder in (two_sites_run, shop_run)]
    paid = (usd[1] - usd[0].iloc[:20]).to_numpy()
    assert price["pairs"] == 20
    assert (price["cost"], price["cost_low"], price["cost_high"]) == pytest.approx(t_interval(paid))
    saved = mean_go_lives(two_sites_run, 20) - mean_go_lives(shop_run, 20)
    assert (price["days"], price["low"], price["high"]) == pytest.approx(t_interval(saved))
    assert price["per_day"] == pytest.approx(paid.mean() / saved.mean())
    for end in ("low", "high"):  # Fieller: at the ends of the interval the paired t test is on the edge
        rest = paid - price[f"per_day_{end}"] * saved
        assert abs(rest.mean() / rest.std(ddof=1) * np.sqrt(20)) == pytest.approx(t.ppf(0.975, 19))
    said = next(text for text in told["answer"] if text.startswith("Labour costs"))
    assert "a day won" in said
    assert said.endswith(", over the 20 pairs whose labour both runs keep.")
    assert said in " ".join(cli("compare", two_sites_run, shop_run).out.split())
    assert "abour" not in cli("compare", two_sites_run, shop_run, "--figure", "go-live@mean").out.partition("\n\n")[2]


def test_several_runs_have_a_line_each_for_labour(
    cli: Cli, two_sites_run: Path, shop_run: Path, scarce_run: Path
) -> None:
    said = " ".join(cli("compare", two_sites_run, shop_run, scarce_run).out.split())
    assert "What does labour cost? Each interval is for its run alone shop: Labour costs" in said
    assert re.search(r"scarce: Labour costs \$[\d.]+m more \([^)]*\): the mean go-live, weighted by MW, is", said)
    assert "days lost" in said


def _price(**facts: Any) -> dict[str, Any]:
    zero = dict.fromkeys(("days", "low", "high", "cost", "cost_low", "cost_high"), 0.0)
    ratio = {"per_day": np.nan, "per_day_low": -np.inf, "per_day_high": np.inf, "bounded": False}
    return {**zero, **ratio, "pairs": 9, "without": [], **facts}


def test_the_sentence_on_labour() -> None:
    more = {"cost": 120e6, "cost_low": 110e6, "cost_high": 130e6}
    won = {"days": 29.0, "low": 27.0, "high": 31.0, "bounded": True}
    ratio = {"per_day": 4.14e6, "per_day_low": 3.6e6, "per_day_high": 4.8e6}
    what = "the mean go-live, weighted by MW,"
    assert priced(_price(**more, **won, **ratio), 9) == (
        f"Labour costs $120m more ($110m to $130m), $4.14m a day won ($3.6m to $4.8m): {what} is 29 days earlier "
        "(27 to 31)."
    )
    assert priced(_price(**more, days=0.5, low=-1.0, high=2.0), 9) == (
        f"Labour costs $120m more ($110m to $130m): whether {what} is earlier or later cannot be told (-0.5 days, "
        "-2.0 to +1.0)."
    )
    assert priced(_price(**more, days=-5.0, low=-6.5, high=-3.5, without=["Steel"]), 12) == (
        f"Labour costs $120m more ($110m to $130m): {what} is 5.0 days later (3.5 to 6.5), days lost, over the 9 pairs "
        "whose labour both runs keep. No wage is declared for Steel."
    )
    less = {"cost": -2e6, "cost_low": -3e6, "cost_high": -1e6}
    assert priced(_price(**less, **won, per_day=-7e4), 9).startswith("Labour costs $2m less ($1m to $3m): the mean")
    either = priced(_price(cost=1e6, cost_low=-2e6, cost_high=4e6, **won, per_day=3e4), 9)
    assert either.endswith(f"(+$1m, -$2m to $4m): {what} is 29 days earlier (27 to 31).")
    unsure = priced(_price(cost=1e6, cost_low=-2e6, cost_high=4e6), 9)
    assert unsure == (
        f"Whether labour costs more or less cannot be told (+$1m, -$2m to $4m): {what} is the same in every pair."
    )


def test_nothing_is_said_of_labour_that_is_not_kept_or_not_paid(cli: Cli, tmp_path: Path) -> None:
    def made(name: str, keep: int, **values: Any) -> Path:
        changes = {key.replace("__", "."): value for key, value in values.items()}
        folder = tmp_path / name
        buildsim.simulate(buildsim.load("one-hall", set=changes), 3, 1, workers=1, out=folder, keep_activities=keep)
        return folder

    plain, none, single = made("plain", 3), made("none", 0), made("single", 1)
    short = made("short", 3, horizon="2027-06-30")
    free = {"trades.*.wage": None}
    unpaid = [tmp_path / "unpaid", tmp_path / "fewer"]
    for folder, values in zip(unpaid, (free, {**free, "productivity.workforce": 0.9}), strict=True):
        buildsim.simulate(buildsim.load("one-hall", set=values), 3, 1, workers=1, out=folder)
    for base, other in ((plain, none), (plain, single), (plain, short), unpaid):
        told = cli("compare", base, other, "--json").json["runs"][0]
        assert told["labour"] is None
        assert not any("abour costs" in text for text in told["answer"])
    assert cli("compare", plain, unpaid[0], "--json").json["runs"][0]["labour"]["without"]


def test_a_very_large_variance_reduction_is_not_counted() -> None:
    found: Any = SimpleNamespace(pairs=5)
    rows = [{"variance_reduction": ratio} for ratio in (7.5, 3_913_769.4)]
    assert "Variance reduction 7.5 to > 1,000: two" in pairing(rows, found)
    assert "Variance reduction > 1,000: two" in pairing(rows[1:], found)
    assert "Variance reduction 7.5 to 999.9: two" in pairing([rows[0], {"variance_reduction": 999.9}], found)


def test_what_floating_point_makes_of_no_days_is_none() -> None:
    assert [change(days, "days") for days in (-2.3e-13, 2.3e-13, 0.0033, -0.0033)] == ["0", "0", "+0.0033", "-0.0033"]
    assert interval(-2.3e-13, 2.3e-13, "days") == "0 to 0"
