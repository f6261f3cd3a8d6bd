"""`buildsim contracts`: the numbers of the tables as a planner reads them, and what is refused."""

import re
from pathlib import Path

import pytest

import buildsim
from buildsim.analysis import contracts
from buildsim.units import format_usd
from tests.cli.conftest import Cli, _made

BUSY = Path(__file__).parents[1] / "analysis" / "busy_contracts.yaml"


@pytest.fixture(scope="session")
def busy_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run in which much happens to contracts."""
    return _made(tmp_path_factory, "busy", BUSY, "-n", "30", "--scenario", "labour-20")


def _said(text: str) -> str:
    """The text in one line."""
    return " ".join(text.split())


def _usd(value: float) -> str:
    return format_usd(float(f"{value:.3g}"))


@pytest.mark.parametrize("options", [[], ["--customer", "lab"], ["--customer", "early"], ["--by", "2027-06-30"]])
def test_it_is_told_in_a_hundred_columns_without_gaps(cli: Cli, busy_run: Path, options: list[str]) -> None:
    result = cli("contracts", busy_run, *options)
    assert (result.code, result.err) == (0, "")
    assert max(len(line) for line in result.out.splitlines()) <= 100
    assert "nan" not in result.out
    assert "inf" not in result.out.lower().replace("information", "")
    assert "\n\n\n" not in result.out
    assert result.out.rstrip().endswith("Means over 30 replications unless they say otherwise.")


def test_the_answer_holds_the_numbers_of_the_tables(cli: Cli, busy_run: Path) -> None:
    run = buildsim.open(busy_run)
    ledger = contracts.Ledger(run)
    said = _said(cli("contracts", busy_run).out)
    paid = 12 * 800_000 * 20
    assert f"An early customer brings 100 % of the revenue at the start ({_usd(paid)} a year)" in said
    # 0.3 of the whole is what it pays when the others pay 7 / 3 of that
    assert f"others must pay more than {_usd(paid * 7 / 3)}" in said
    losses = contracts.losses(ledger).set_index("customer").loc["all"]
    assert f"Damages are {_usd(losses['mean'])} on average, {_usd(losses['shortfall'])} in the worst 5 %" in said
    fates = contracts.flow(ledger).groupby("fate")["mw"].sum()
    for fate, words in (("delivered", "delivered late to its customer"), ("market", "sold on the market")):
        assert re.search(rf"{words} +{fates[fate]:.1f} ", said)
    assert "A bound customer 50 0 %" in said
    assert "Of the live MW 17 % at the start" in said


def test_scripts_get_the_same(cli: Cli, busy_run: Path) -> None:
    told = cli("contracts", busy_run, "--json").json
    ledger = contracts.Ledger(buildsim.open(busy_run))
    assert told["replications"] == 30
    assert told["answer"][0].startswith("An early customer brings 100 %")
    assert sum(row["mw"] for row in told["flow"]) == pytest.approx(contracts.flow(ledger)["mw"].sum())
    first = told["over_time"][0]
    assert (first["date"], first["largest"], first["mean"]) == ("2025-07-01", "early", 1.0)
    assert {row["tranche"] for row in told["milestones"]} == {"bound/t1", "bound/t2", "order-1/t1", "order-1/x1"}
    one = next(row for row in told["milestones"] if row["tranche"] == "order-1/x1")
    assert (one["due"], one["exercise"], one["outside"]) == ("2027-12-31", "2025-12-15", None)
    assert set(one["p50"]) == {"day", "date", "low", "high"}
    assert {row["customer"] for row in told["backlog"]} == {*ledger.customers, "all"}
    assert told["without_fee"] == []
    lab = cli("contracts", busy_run, "--customer", "lab", "--json").json
    assert lab["customer"] == "lab"
    assert {row["customer"] for row in lab["shares"]} == {"lab", "largest"}
    assert {row["tranche"] for row in lab["milestones"]} == {"order-1/t1", "order-1/x1"}


def test_how_customers_stand_on_a_date(cli: Cli, busy_run: Path) -> None:
    ledger = contracts.Ledger(buildsim.open(busy_run))
    told = cli("contracts", busy_run, "--by", "2027-06-30", "--json").json
    # the end of 2027-06-30 is two years after 2025-07-01
    want = contracts.position(ledger, 730.0).set_index("customer")
    assert told["by"] == "2027-06-30"
    for row in told["customers"]:
        assert row["revenue"] == pytest.approx(want.loc[row["customer"], "revenue"])
    whole = want.loc["all"]
    said = _said(cli("contracts", busy_run, "--by", "2027-06-30").out)
    assert f"All customers {whole['in_service']:.1f} {whole['pending']:.1f} {whole['withdrawn']:.1f}" in said
    one = _said(cli("contracts", busy_run, "--by", "2027-06-30", "--customer", "early").out)
    assert "An early customer 20.0" in one
    assert "A research lab" not in one


def test_what_nobody_is_known_to_pay_for(cli: Cli, small_run: Path, tmp_path: Path) -> None:
    """The small model has one tranche with a value and no term: it is worth something, and no fee is known."""
    said = _said(cli("contracts", small_run).out)
    assert "What customers pay is not known: no tranche has a price, or a value and a term." in said
    assert "Who pays, and how much hangs on one customer?" in said


def test_what_does_not_fit_is_told_at_once(cli: Cli, busy_run: Path, network_run: Path) -> None:
    result = cli("contracts", busy_run, "--customer", "lap", "--by", "2035-01-01")
    assert (result.code, result.out) == (2, "")
    assert "--customer: no contract of the run is with a 'lap'" in result.err
    assert "did you mean 'lab'?" in result.err
    assert "--by: 2035-01-01 lies outside what was simulated" in result.err
    assert "--by" in cli("contracts", busy_run, "--by", "soon").err
    bare = cli("contracts", network_run)
    assert (bare.code, bare.out) == (2, "")
    assert "the run has no contracts" in bare.err


def test_figures_of_contracts(cli: Cli, busy_run: Path) -> None:
    result = cli("plot", busy_run, "milestone-ladder", "--contract", "order-1")
    assert result.code == 0
    assert result.out.strip().endswith("milestone-ladder-order-1.png")
    assert Path(result.out.strip()).stat().st_size > 10_000
    assert cli("plot", busy_run, "milestone-ladder").code == 2
    refused = cli("plot", busy_run, "concentration", "--contract", "order-1")
    assert "the figure 'concentration' does not take it" in refused.err
    said = cli("plot", busy_run, "outcome-flow", "--customer", "lab", "--caption")
    assert said.out.startswith("Missed milestones of A research lab:")
