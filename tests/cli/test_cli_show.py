"""`buildsim show`: the answers, in 100 columns and as JSON."""

import shutil
from pathlib import Path

import pytest

import buildsim
from buildsim.analysis import answers
from tests.cli.conftest import Cli


def _narrow(text: str) -> bool:
    return all(len(line) <= 100 and line == line.rstrip() for line in text.splitlines())


def test_it_reads_like_an_answer(cli: Cli, two_sites_run: Path) -> None:
    result = cli("show", two_sites_run)
    assert (result.code, result.err) == (0, "")
    assert _narrow(result.out)
    for told in (
        "Two sites: 30 replications, seed 1, monte-carlo",
        "All sites (up to 90 MW, options only where they are exercised) are all live by ",
        "When is each site live, with its last hall?",
        "Ridge, Texas",
        "How many MW are live at quarter-ends?",
        "Which milestones are at risk?",
        "bound/t1",
        "Which options lapse?",
        "What holds us back? Days by cause, from the start to the go-live",
        "Days over plan",
    ):
        assert told in result.out


def test_the_numbers_are_those_of_the_answers(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    told = cli("show", two_sites_run, "--json").json
    table = answers.sites(run)
    for said, row in zip(told["go_live"], table.to_dict("records"), strict=True):
        assert said["site"] == row["site"]
        assert said["p50"]["day"] == row["p50"]
        assert said["p50"]["date"] == run.date(row["p50"]).isoformat()
        assert said["p90"]["high"] is None, "30 replications do not bound the P90"
    assert [row["p50"]["value"] for row in told["capacity"]] == answers.capacity_at(run)["p50"].tolist()
    milestones = answers.tranches(run)
    assert [row["p_missed"]["value"] for row in told["milestones"]] == milestones["p_missed"].tolist()
    assert told["withdrawals"][-1]["customer"] == "all"
    days = answers.delays(run).set_index("cause")["excess"]
    assert {row["cause"]: row["excess"]["value"] for row in told["causes"]} == days.to_dict()


def test_a_scenario_and_markup_are_printed_as_they_are(cli: Cli, small_run: Path) -> None:
    out = cli("show", small_run).out
    assert "Two small halls, scenario thin: 40 replications" in out
    assert "changed: labour.dfw.electrical.experienced: 200 per 1000 -> 20 per 1000 (scenario thin)" in out
    assert "Denton [bold]not" in out
    assert "bold[/bold] :smile:" in out


def test_the_halls_of_a_site(cli: Cli, small_run: Path) -> None:
    result = cli("show", small_run, "--site", "denton")
    assert _narrow(result.out)
    assert "When is each hall of Denton [bold]not bold[/bold] :smile: live?" in result.out
    assert [row["block"] for row in cli("show", small_run, "--site", "denton", "--json").json["halls"]] == [
        "denton/h01",
        "denton/h02",
    ]
    wrong = cli("show", small_run, "--site", "dentn")
    assert (wrong.code, wrong.err) == (
        2,
        "--site: the run has no site 'dentn'; expected denton; did you mean 'denton'?\n",
    )


def test_the_probability_of_so_many_mw_by_a_date(cli: Cli, two_sites_run: Path) -> None:
    run = buildsim.open(two_sites_run)
    result = cli("show", two_sites_run, "--by", "2026-12-31")
    assert "How many MW are live by the end of 2026-12-31?" in result.out
    told = cli("show", two_sites_run, "--by", "2026-12-31", "--json").json["by"]
    live = (
        run.go_live[run.go_live["live"] <= 549.0].groupby("replication")["mw"].sum().reindex(range(30), fill_value=0.0)
    )
    for row in told["at_least"]:
        assert row["probability"] == pytest.approx((live >= row["mw"] - 1e-9).mean())
    assert told["committed"] == 45.0


@pytest.mark.parametrize(
    ("when", "told"),
    [
        ("2031-01-01", "lies outside what was simulated; expected a date from 2025-07-01 to 2029-06-30"),
        ("2024-01-01", "lies outside what was simulated"),
        ("31.12.2026", "expected a date such as 2025-10-31"),
    ],
)
def test_a_date_that_cannot_be(cli: Cli, two_sites_run: Path, when: str, told: str) -> None:
    result = cli("show", two_sites_run, "--by", when)
    assert (result.code, result.out) == (2, "")
    assert told in result.err


def test_what_is_not_by_the_horizon_is_later_than_it(cli: Cli) -> None:
    late = ("--set", "horizon=2026-08-31", "--set", "sites.ridge.halls.*.target=2026-08-01")
    late += ("--set", "sites.mill.halls.h02.target=2026-08-01")
    assert cli("run", "two-sites", "-n", 20, "--workers", 1, "--out", "late", "--quiet", *late).code == 0
    result = cli("show", "late")
    assert _narrow(result.out)
    said = "All sites (up to 90 MW, options only where they are exercised) are not all live by the horizon"
    assert said in result.out
    assert "> horizon" in result.out
    rows = cli("show", "late", "--json").json["go_live"]
    ridge = next(row for row in rows if row["site"] == "ridge" and row["event"] == "complete")
    assert ridge["p90"] == {"day": None, "date": "> horizon", "low": "> horizon", "high": None}
    assert ridge["later"] == 1.0


def test_a_project(cli: Cli, network_run: Path) -> None:
    result = cli("show", network_run)
    assert _narrow(result.out)
    assert "The project takes " in result.out
    assert "How long does the project take?" in result.out
    assert "MW" not in result.out
    told = cli("show", network_run, "--json").json
    assert told["makespan"]["planned"] == 12.0
    assert told["makespan"]["p50"]["day"] == buildsim.open(network_run).go_live["live"].sort_values().iloc[12]
    assert cli("show", network_run, "--by", "2025-06-30").code == 2


def test_folders_that_hold_no_run(cli: Cli, small_run: Path, tmp_path: Path) -> None:
    assert cli("show", "nowhere").err == "nowhere: there is no such folder; expected the folder of a run\n"
    (tmp_path / "empty").mkdir()
    assert cli("show", "empty").code == 2
    shutil.copytree(small_run, "broken")
    shutil.rmtree("broken/blocks")
    for command in ("show", "explain"):
        result = cli(command, "broken")
        assert (result.code, result.out) == (2, "")
        assert "no replication of the run is finished" in result.err
    shutil.copytree(small_run, "changed")
    Path("changed/model.json").write_text("{}")
    assert "this is not the model that the manifest names" in cli("show", "changed").err


def test_a_run_that_was_broken_off_says_so(cli: Cli, small_run: Path) -> None:
    shutil.copytree(small_run, "part")
    first = min(path.name for path in Path("part/blocks").iterdir())
    for path in Path("part/blocks").iterdir():
        if path.name != first:
            shutil.rmtree(path)
    kept = buildsim.open("part").replications
    assert f"{kept} replications of 40 (the run is not complete)" in cli("show", "part").out
    assert cli("show", "part", "--json").json["complete"] is False


def test_a_site_and_a_date_do_not_go_together(cli: Cli, tmp_path: Path) -> None:
    cli("run", "one-hall", "-n", "5", "--out", str(tmp_path / "run"))
    told = cli("show", str(tmp_path / "run"), "--site", "ridge", "--by", "2026-12-31")
    assert told.code == 2
    assert "--site: it does not go with --by" in told.err
