"""What `show`, `check` and `explain` say of leases and deals."""

from pathlib import Path

import pytest

import buildsim
from tests.cli.conftest import Cli

RUNS = 30
SHELL = "examples/powered-shell"


@pytest.fixture(scope="module")
def leased_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The leased shell with its default choices."""
    folder = tmp_path_factory.mktemp("leased") / "run"
    buildsim.simulate(buildsim.load(SHELL), replications=RUNS, seed=1, workers=1, out=folder)
    return folder


def test_show_tells_of_leases_and_deals(cli: Cli, leased_run: Path) -> None:
    run = buildsim.open(leased_run)
    text = " ".join(cli("show", leased_run).out.split())
    late = run.leases["outcome"].isin(["late", "stepped_in"]).mean()
    closed = int((run.deals["outcome"] == "closed").sum())
    assert 0 < closed < RUNS
    assert f"bluff 100 2 {late:.0%}".replace("%", " %") in text
    assert "Shell Partners" in text
    assert f"shell-partners 125 {closed / RUNS:.0%}".replace("%", " %") in text
    data = cli("show", leased_run, "--json").json
    [lease], [deal] = data["leases"], data["deals"]
    assert lease["rent"]["value"] == pytest.approx(run.leases["rent"].sum() / RUNS)
    assert deal["closed"]["value"] == pytest.approx(closed / RUNS)
    assert deal["rent_saved"]["value"] == pytest.approx(run.deals["rent_saved"].mean())
    assert f"(those of deal shell-partners in {closed / RUNS:.0%}".replace("%", " %") in text
    assert "All firm sites (100 MW) are all live" in text, "the optional hall is not among them"


def test_show_says_nothing_of_them_where_there_are_none(cli: Cli, two_sites_run: Path) -> None:
    text = cli("show", two_sites_run).out
    assert "landlords" not in text
    assert "deals" not in text
    data = cli("show", two_sites_run, "--json").json
    assert (data["leases"], data["deals"]) == ([], [])


def test_check_counts_them(cli: Cli) -> None:
    text = cli("check", SHELL).out
    assert "1 lease with 2 stages, 1 deal that brings 25 MW" in text
    assert "in the plan all is live, deals closed, on" in text
    facts = cli("check", SHELL, "--json").json
    assert (facts["leases"], facts["stages"], facts["deals"], facts["mw_deals"]) == (1, 2, 1, 25.0)


def test_explain_says_why_a_hall_is_not_built(cli: Cli, leased_run: Path) -> None:
    run = buildsim.open(leased_run)
    number = int(run.deals.loc[run.deals["outcome"] == "voted_down", "replication"].iloc[0])
    told = cli("explain", leased_run, "--block", "quarry/h01", "--replication", number).out.strip().splitlines()[-1]
    said = f"In replication {number} quarry/h01 is not built: the deal shell-partners was voted down on 2026-02-28."
    assert told == said
    data = cli("explain", leased_run, "--block", "quarry/h01", "--replication", number, "--json").json
    assert data["dropped"]["reason"] == "the deal shell-partners was voted down"


def test_what_is_never_built_has_no_story(cli: Cli, tmp_path: Path) -> None:
    done = cli("run", SHELL, "-n", 2, "--workers", 1, "--out", tmp_path / "run", "--quiet", "--scenario", "no-bid")
    assert done.code == 0
    told = cli("explain", tmp_path / "run", "--block", "quarry")
    assert (told.code, told.out) == (2, "")
    assert "is built in no replication: its deal never closes" in told.err


def test_other_answers_count_where_it_is_built(cli: Cli, leased_run: Path) -> None:
    run = buildsim.open(leased_run)
    built = int((run.deals["outcome"] == "closed").sum())
    said = " ".join(cli("causes", leased_run, "--site", "quarry").out.split())
    assert f"What is optional counts where it is built: quarry/h01 in {built} of {RUNS} replications." in said
    caption = cli("plot", leased_run, "gantt", "--site", "quarry", "--caption")
    assert f"built in {built} of {RUNS}" in " ".join((caption.out + caption.err).split())
