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


@pytest.fixture(scope="module")
def late_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The two sites, looked at for a year: no finish is seen, a few halls are live, in the plan more of them."""
    folder = tmp_path_factory.mktemp("runs") / "late"
    model = buildsim.load("two-sites", set={"horizon": "2026-06-30"})
    buildsim.simulate(model, replications=12, seed=1, workers=1, out=folder)
    return folder


@pytest.mark.parametrize(
    ("options", "nothing"),
    [
        ((), False),
        (("--windows", "quarter"), False),
        (("--last",), True),
        (("--bands",), True),
        (("--tranche", "bound/t2"), True),
        (("--site", "ridge/h02"), True),
    ],
)
def test_what_is_later_than_the_horizon_is_no_punctual_finish(
    cli: Cli, late_run: Path, options: tuple[str, ...], nothing: bool
) -> None:
    result = cli("causes", late_run, *options)
    assert result.code == 0
    assert _narrow(result.out)
    said = " ".join(result.out.split("\n\n")[1].split())
    data = cli("causes", late_run, *options, "--json").json
    assert data["answer"] == said
    if nothing:
        assert "Nothing is live by the horizon, in the plan neither: days count up to it" in said
        assert "than planned" not in said
        assert (data["later"], data["planned_later"]) == (1.0, 1.0)
        assert "near P50" not in result.out
    else:
        blocks = buildsim.open(late_run)
        live = answers.built(blocks, blocks.go_live)
        assert data["later"] == pytest.approx(live["live"].isna().mean())
        assert 0.0 < data["later"] < 1.0
        percent = 100.0 * live["live"].notna().mean()
        assert f"in the replications {percent:.0f} %" in said or f"in the replications {percent:.1f} %" in said


def test_percentiles_later_than_the_horizon_have_no_column(cli: Cli, tmp_path: Path) -> None:
    """The horizon lies about the 20th of 30 finishes: the P50 is seen, the P80 is not."""
    model = buildsim.load("two-sites", set={"horizon": "2027-08-10"})
    out = tmp_path / "mid"
    cut = buildsim.simulate(model, replications=30, seed=1, workers=1, out=out)
    seen = int(
        answers.built(cut, cut.go_live).groupby("replication")["live"].apply(lambda one: one.notna().all()).sum()
    )
    assert 15 <= seen < 24, "the test wants P50 by the horizon and P80 later"
    told = cli("causes", out, "--bands")
    assert "near P50" in told.out
    assert "near P80" not in told.out
    assert f"{100 * (30 - seen) / 30:.0f} % of the replications are later than the horizon" in " ".join(
        told.out.split()
    )
    assert [near["band"] for near in cli("causes", out, "--bands", "--json").json["near"]] == ["near P50"]


def test_options_say_in_how_many_replications_they_are_built(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    outcome = run.milestones.astype({"tranche": str, "outcome": str}).query("tranche == 'order-1/x1'")["outcome"]
    built = (outcome != "lapsed").to_numpy()
    n = int(built.sum())
    assert 0 < n < 30
    for options in (("--site", "mill/h02"), ("--tranche", "order-1/x1")):
        said = " ".join(cli("causes", two_sites_run, *options).out.split())
        assert f"The figures are of the {n} replications of 30 in which it is built." in said
    for options in (("--site", "mill"), (), ("--site", "mill", "--bands")):
        assert f"mill/h02 in {n} of 30 replications." in " ".join(cli("causes", two_sites_run, *options).out.split())
    assert "Options" not in cli("causes", two_sites_run, "--site", "ridge").out
    data = cli("causes", two_sites_run, "--site", "mill", "--bands", "--json").json
    assert data["options"] == {"mill/h02": n}
    assert sum(band["unbuilt"] * band["n"] for band in data["bands"]) == pytest.approx(30 - n)
    text = cli("causes", two_sites_run, "--site", "mill", "--bands").out
    assert "option lapsed" in text
    assert "Where an option lapsed, the last hall is another" in " ".join(text.split())


def test_windows_part_days_lost_from_what_is_over_plan(cli: Cli, two_sites_run: Path) -> None:
    """30 replications are fewer than 100: windows are of all, and their sum is the excess that `causes` tells."""
    data = cli("causes", two_sites_run, "--windows", "quarter", "--site", "ridge", "--json").json
    whole = cli("causes", two_sites_run, "--site", "ridge", "--json").json["sum"]["excess"]["value"]
    assert data["sum"]["excess"] == pytest.approx(whole)
    lost = sum(window["lost"] for window in data["windows"])
    assert f" of {lost:,.1f} days lost (" in data["answer"]
    assert f"that is {whole:,.1f} days more than planned." in data["answer"]


def test_one_replication_is_no_band(cli: Cli, tmp_path: Path) -> None:
    buildsim.simulate(buildsim.load("two-sites"), replications=1, seed=1, workers=1, out=tmp_path / "one")
    told = cli("causes", tmp_path / "one", "--bands").out
    assert "1 replication makes one band only" in told
    assert "P20" not in told
    assert "near P" not in told


def test_a_project(cli: Cli, network_run: Path) -> None:
    result = cli("causes", network_run)
    assert "The project: on average " in result.out
    assert "MW" not in result.out
    assert cli("causes", network_run, "--bands").code == 0
    data = cli("causes", network_run, "--windows", "month", "--json").json
    lost = data["sum"]["lost"]
    assert 0.5 < lost < 9.5, "whole days would hide what is lost"
    assert f"{lost:.1f} days lost" in data["answer"]
    assert cli("causes", network_run, "--mw-days").code == 2


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--site", "ridg"), "the run has no site or block 'ridg'"),
        (("--tranche", "bound/t9"), "the run has no tranche 'bound/t9'"),
        (("--tranche", "x1"), "did you mean 'order-1/x1'?"),
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
