"""`buildsim causes`: the delay account by whom it concerns, by band of the finish and by window."""

from pathlib import Path

import pytest

import buildsim
from buildsim.analysis import answers
from tests.cli.conftest import Cli


def _narrow(text: str) -> bool:
    return all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())


def test_it_answers_in_a_sentence_first(cli: Cli, two_sites_run: Path) -> None:
    result = cli("causes", two_sites_run)
    assert (result.code, result.err) == (0, "")
    assert _narrow(result.out)
    said = " ".join(result.out.split("\n\n")[1].split())
    assert said.startswith("The portfolio: on average ")
    assert "days more than planned (95 % interval +" in said
    assert "Days by cause, from the start to go-live" in result.out
    assert "The means sum. The quantiles do not" in " ".join(result.out.split())
    told = cli("causes", two_sites_run, "--json").json
    want = answers.delays(buildsim.open(two_sites_run)).set_index("cause")["excess"]
    assert {row["cause"]: row["excess"]["value"] for row in told["causes"]} == pytest.approx(want.to_dict())
    assert told["sum"]["excess"]["value"] == pytest.approx(want.sum())
    assert told["answer"] in said


@pytest.mark.parametrize(
    ("options", "told", "kind"),
    [
        (("--site", "ridge"), "Ridge, Texas: on average ", "site"),
        (("--site", "mill/h01"), "mill/h01: on average ", "block"),
        (("--customer", "lab"), "A research lab: on average ", "customer"),
        (("--contract", "bound"), "Contract bound: on average ", "contract"),
        (("--tranche", "order-1/t1"), "Tranche order-1/t1: on average ", "tranche"),
        (("--last",), "go-live of the last hall", "portfolio"),
    ],
)
def test_whose_account_is_told(cli: Cli, two_sites_run: Path, options: tuple[str, ...], told: str, kind: str) -> None:
    result = cli("causes", two_sites_run, *options)
    assert told in " ".join(result.out.split())
    assert _narrow(result.out)
    data = cli("causes", two_sites_run, *options, "--json").json
    assert data["scope"]["kind"] == kind
    assert sum(row["excess"]["value"] for row in data["causes"]) == pytest.approx(data["sum"]["excess"]["value"])


def test_a_tranche_takes_the_days_to_its_last_go_live(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    data = cli("causes", two_sites_run, "--tranche", "bound/t1", "--json").json
    assert data["sum"]["days"] == pytest.approx(run.go_live[run.go_live["block"] == "ridge/h01"]["live"].mean())


def test_mw_days_add_up_over_sites(cli: Cli, two_sites_run: Path) -> None:
    whole = cli("causes", two_sites_run, "--mw-days", "--json").json
    parts = [cli("causes", two_sites_run, "--mw-days", "--site", site, "--json").json for site in ("ridge", "mill")]
    assert whole["unit"] == "MW-days"
    assert sum(part["sum"]["days"] for part in parts) == pytest.approx(whole["sum"]["days"])
    out = cli("causes", two_sites_run, "--mw-days").out
    assert _narrow(out)
    assert "MW-days over plan" in out
    assert "Ridge, Texas" in out


def test_bands_of_the_finish(cli: Cli, two_sites_run: Path) -> None:
    result = cli("causes", two_sites_run, "--bands")
    assert _narrow(result.out)
    said = " ".join(result.out.split())
    assert "days over plan where the finish is early (up to P20, to " in said
    assert "near P50" in result.out
    data = cli("causes", two_sites_run, "--bands", "--json").json
    assert [band["n"] for band in data["bands"]] == [6, 9, 9, 3, 3]
    assert data["scope"]["last"] is True
    for band in data["bands"]:
        assert sum(row["excess"]["value"] for row in band["causes"]) == pytest.approx(band["excess"])
    run = buildsim.open(two_sites_run)
    finish = answers.built(run, run.go_live).groupby("replication")["live"].max().sort_values()
    assert data["bands"][-1]["earliest"]["day"] == pytest.approx(finish.iloc[27])
    mean = cli("causes", two_sites_run, "--bands", "--mean", "--json").json
    assert mean["scope"]["last"] is False
    assert mean["bands"][0]["excess"] != pytest.approx(data["bands"][0]["excess"])


def test_windows(cli: Cli, two_sites_run: Path) -> None:
    result = cli("causes", two_sites_run, "--windows", "quarter", "--site", "ridge")
    assert _narrow(result.out)
    assert "On average over 30 replications Ridge, Texas loses most in 202" in " ".join(result.out.split())
    assert "2025 Q3" in result.out
    data = cli("causes", two_sites_run, "--windows", "quarter", "--site", "ridge", "--json").json
    account = cli("causes", two_sites_run, "--site", "ridge", "--json").json
    assert sum(window["open"] for window in data["windows"]) == pytest.approx(account["sum"]["days"])
    for window in data["windows"]:
        assert window["lost"] + window["steps"] == pytest.approx(window["open"] - window["planned_open"])
    lost = {window["name"]: window["lost"] for window in data["windows"]}
    assert f"loses most in {max(lost, key=lambda name: lost[name])}:" in data["answer"]
    one = cli("causes", two_sites_run, "--windows", "month", "--replication", 3, "--site", "ridge/h02", "--json").json
    assert (one["n"], one["replication"]) == (1, 3)
    assert one["windows"][0]["name"] == "2025-07"


def test_a_project(cli: Cli, network_run: Path) -> None:
    result = cli("causes", network_run)
    assert "The project: on average " in result.out
    assert "MW" not in result.out
    for options in (("--bands",), ("--windows", "month")):
        assert cli("causes", network_run, *options).code == 0
    assert cli("causes", network_run, "--mw-days").code == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--site", "ridg"), "the run has no site or block 'ridg'"),
        (("--tranche", "bound/t9"), "the run has no tranche 'bound/t9'"),
        (("--site", "ridge", "--customer", "lab"), "customer: it does not go with --site"),
        (("--bands", "--windows", "month"), "--windows: it does not go with --bands"),
        (("--windows", "week"), "there are no windows 'week'; expected quarter or month"),
        (("--replication", "3"), "--replication: only windows are told of one replication"),
        (
            ("--windows", "month", "--replication", "30"),
            "the run has no replication 30; expected a number from 0 to 29",
        ),
        (("--mw-days", "--last"), "--mw-days: it does not go with --last"),
    ],
)
def test_what_cannot_be(cli: Cli, two_sites_run: Path, options: tuple[str, ...], told: str) -> None:
    result = cli("causes", two_sites_run, *options)
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def test_all_problems_come_at_once(cli: Cli, two_sites_run: Path) -> None:
    err = cli("causes", two_sites_run, "--bands", "--mw-days", "--last", "--replication", "1").err
    assert len(err.splitlines()) == 4
    assert "3 problems" in err
