"""`buildsim criticality`: the driving path in the terminal, against the table of the run."""

from pathlib import Path

import pytest

import buildsim as bs
from tests.cli.conftest import Cli


def test_the_index_is_the_share_of_replications_on_the_path(cli: Cli, two_sites_run: Path) -> None:
    told = cli("criticality", two_sites_run, "--site", "ridge", "--json").json
    driving = bs.open(two_sites_run).driving
    mine = driving[driving["target"] == "ridge"]
    for row in told["activities"][:5]:
        here = mine[(mine["block"] == row["block"]) & (mine["activity"] == row["activity"])]
        assert row["criticality"]["value"] == here["replication"].nunique() / 30
        assert row["days"] == pytest.approx((here["end"] - here["begin"]).sum() / 30)
    assert "cruciality" in told["activities"][0]
    assert len(told["caveats"]) == 2


def test_days_on_the_path_sum_to_the_last_go_live(cli: Cli, two_sites_run: Path) -> None:
    told = cli("criticality", two_sites_run, "--by", "activity", "--json").json
    run = bs.open(two_sites_run)
    ends = run.driving.groupby("replication")["end"].max().mean()
    assert sum(row["days"] for row in told["activities"]) == pytest.approx(ends)
    assert "cruciality" not in told["activities"][0]


def test_it_prints_an_answer_a_table_and_the_caveats(cli: Cli, two_sites_run: Path) -> None:
    result = cli("criticality", two_sites_run, "--site", "mill")
    assert (result.code, result.err) == (0, "")
    assert all(len(line) <= 100 for line in result.out.splitlines())
    said = " ".join(result.out.split())
    assert "most time is spent in mill/h0" in said
    assert "Cruciality" in result.out
    assert "does not say that the duration is uncertain" in said
    assert "less critical ones (--all)" in result.out
    assert "less critical ones" not in cli("criticality", two_sites_run, "--site", "mill", "--all").out


def test_a_bare_network(cli: Cli, network_run: Path) -> None:
    result = cli("criticality", network_run)
    answer = "On the path to the end of the project most time is spent in a3 (100 % of replications, 5 days)"
    assert answer in " ".join(result.out.split())
    wrong = cli("criticality", network_run, "--site", "x")
    assert (wrong.code, wrong.out) == (2, "")
    assert "a bare network has no sites" in wrong.err


def test_a_site_that_is_not_there(cli: Cli, two_sites_run: Path) -> None:
    result = cli("criticality", two_sites_run, "--site", "rige")
    assert (result.code, result.out) == (2, "")
    assert "no site 'rige'; expected ridge, mill; did you mean 'ridge'?" in result.err
