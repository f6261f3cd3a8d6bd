"""`buildsim labour`: sentences first, tables that add up, and all bad input at once."""

from pathlib import Path

import pytest

import buildsim
from buildsim.analysis import labour
from tests.cli.conftest import Cli

SETTINGS = (
    "trades.*.wage=$60", "labour.*.*.turnover=0.4", "labour.*.*.ramp=60 per month", "productivity.absence=3%",
    "labour.*.*.experienced=120 per 1000",
)  # fmt: skip


@pytest.fixture(scope="module")
def paid_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run with wages and turnover, which keeps the labour of some of its replications."""
    folder = tmp_path_factory.mktemp("labour") / "paid"
    values = dict(setting.split("=") for setting in SETTINGS)
    model = buildsim.load("two-sites", set=values)
    buildsim.simulate(model, 12, 1, workers=1, out=folder, keep_activities=10)
    return folder


def _narrow(text: str) -> bool:
    return all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())


def test_it_answers_in_sentences_first(cli: Cli, paid_run: Path) -> None:
    result = cli("labour", paid_run)
    assert (result.code, result.err) == (0, "")
    assert _narrow(result.out)
    said = " ".join(result.out.split())
    run = buildsim.open(paid_run)
    short = labour.shortage(run).iloc[0]
    name = run.model.trades[short["trade"]].name
    assert f"{name} is waited for most: {short['waiting_hours']:,.0f} craft-hours of work" in said
    assert f"In the week of {run.date(short['worst_week'] + 1)} {short['worst']:,.0f} workers are missing" in said
    assert "absence 6" in said or "absence 5" in said
    assert "$60.00 for a craft-hour." in said
    for heading in ("Who is short?", "Who is there?", "What does a crew do in a week?", "Where do the craft-hours go?"):
        assert heading in result.out
    assert "What does labour cost?" not in result.out
    assert "means over 10 replications (of 12; the run keeps the labour of no more)" in said


def test_it_says_the_same_to_scripts(cli: Cli, paid_run: Path) -> None:
    told = cli("labour", paid_run, "--json", "--costs").json
    run = buildsim.open(paid_run)
    assert told["replications"] == 10
    short = labour.shortage(run).set_index("trade")
    assert [row["trade"] for row in told["shortage"]] == list(short.index)
    for row in told["shortage"]:
        assert row["waiting_hours"]["value"] == pytest.approx(short.loc[row["trade"], "waiting_hours"])
        assert row["peak_week"]["date"] == str(run.date(row["peak_week"]["day"] + 1.0))
    for row in told["hours"]:
        parts = sum(row[part] for part in (*labour.WELL, *labour.LOST))
        assert parts == pytest.approx(1.0)
    trades = {row["trade"]: row["usd"] for row in told["costs"]["by_trade"]}
    assert sum(usd for trade, usd in trades.items() if trade != "all") == pytest.approx(trades["all"])
    assert trades["all"] == pytest.approx(run.costs["usd"].sum() / 10)
    assert told["without_wage"] == []
    said = " ".join(cli("labour", paid_run).out.split())
    assert all(text in said for text in told["answer"])


def test_costs_and_one_trade(cli: Cli, paid_run: Path) -> None:
    result = cli("labour", paid_run, "--costs", "--trade", "electrical")
    assert _narrow(result.out)
    assert "Electrical: north-texas is waited for most" in " ".join(result.out.split())
    assert "What does labour cost?" in result.out
    assert "wages" in result.out
    whole = cli("labour", paid_run, "--market", "north-texas", "--json").json
    assert whole["market"] == "north-texas"
    assert whole["shortage"] == cli("labour", paid_run, "--json").json["shortage"]


@pytest.mark.parametrize("trades", ["*", "electrical"])
def test_what_has_no_wage_is_named(cli: Cli, tmp_path: Path, trades: str) -> None:
    folder = tmp_path / "unpaid"
    model = buildsim.load("one-hall", set={f"trades.{trades}.wage": None})
    buildsim.simulate(model, 3, 1, workers=1, out=folder)
    result = cli("labour", folder, "--costs")
    assert result.code == 0
    assert _narrow(result.out)
    assert "nan" not in result.out
    said = " ".join(result.out.split())
    if trades == "*":
        assert "What labour costs is not known: no wage is declared for Civil and structural, Electrical," in said
        assert "What does labour cost?" not in said
    else:
        assert "; without Electrical, for which no wage is declared." in said
        assert "What does labour cost?" in said


def test_a_market_in_which_nobody_works(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "elsewhere"
    pool = {"workers": 100, "experienced": "200 per 1000", "source": "assumption"}
    pools = {str(trade): pool for trade in buildsim.load("one-hall").labour["north-texas"]}
    markets = {"north-texas": pools, "elsewhere": {"electrical": pool}}
    model = buildsim.load("one-hall", set={"labour": markets})
    buildsim.simulate(model, 2, 1, workers=1, out=folder)
    result = cli("labour", folder, "--market", "elsewhere", "--costs")
    assert (result.code, result.err) == (0, "")
    assert result.out.endswith("No crew of the market 'elsewhere' has any work: there is nothing to tell.\n")
    told = cli("labour", folder, "--market", "elsewhere", "--trade", "electrical", "--json").json
    assert told["answer"] == ["No electrical of the market 'elsewhere' has any work: there is nothing to tell."]
    for kind in ("shortage", "productivity", "population", "crews"):
        refused = cli("plot", folder, kind, "--market", "elsewhere")
        assert (refused.code, refused.out) == (2, "")
        assert "no crew of the market 'elsewhere' has any work" in refused.err


def test_all_problems_come_at_once(cli: Cli, two_sites_run: Path) -> None:
    result = cli("labour", two_sites_run, "--market", "north", "--trade", "electricl")
    assert (result.code, result.out) == (2, "")
    assert "--market: the run has no market 'north'" in result.err
    assert "--trade: the run has no trade 'electricl'" in result.err
    assert "did you mean 'electrical'?" in result.err
    assert "2 problems" in result.err


def test_a_run_without_labour(cli: Cli, tmp_path: Path) -> None:
    folder = tmp_path / "bare"
    buildsim.simulate(buildsim.load("one-hall"), 3, 1, workers=1, out=folder, keep_activities=0)
    result = cli("labour", folder, "--trade", "none")
    assert result.code == 2
    assert "the run keeps no labour; expected a run with --keep-activities" in result.err
    assert "the run has no trade 'none'" in result.err


def test_a_bare_network_has_no_crews(cli: Cli, network_run: Path) -> None:
    result = cli("labour", network_run, "--costs")
    assert (result.code, result.out) == (2, "")
    assert "a bare network has no crews of trades" in result.err
    refused = cli("plot", network_run, "crews", "--caption")
    assert refused.code == 2
    assert "is of a model with sites, and a bare network has none" in refused.err


def test_figures_take_market_and_trade(cli: Cli, paid_run: Path) -> None:
    result = cli("plot", paid_run, "crews", "--trade", "electrical")
    assert result.code == 0
    assert Path(result.out.strip()).name == "crews-electrical.png"
    assert result.err.startswith("Electrical: workers needed and available by week, 10 replications.")
    assert cli("plot", paid_run, "gantt", "--site", "ridge", "--trade", "electrical").code == 2
