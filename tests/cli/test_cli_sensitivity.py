"""`buildsim sensitivity`: what moves an outcome, against the library, and the value of information by hand."""

from pathlib import Path

import numpy as np
import pytest

import buildsim as bs
from buildsim.analysis import sensitivity
from tests.cli.conftest import NETWORK, Cli


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two alternatives: turbines on time, and late ones."""
    folder = tmp_path_factory.mktemp("runs")
    late = {"sites.ridge.power.turbines.lead": "500 days"}
    for name, settings in (("now", {}), ("late", late)):
        bs.simulate(bs.load("two-sites", set=settings), 60, 1, workers=1, out=folder / name)
    return folder / "now", folder / "late"


def test_json_is_what_the_library_says(cli: Cli, runs: tuple[Path, Path]) -> None:
    told = cli("sensitivity", runs[0], "--of", "ridge", "--json").json
    run = bs.open(runs[0])
    y = sensitivity.outcome(run, "go_live", "ridge")
    x = sensitivity.own_parts(run.inputs, run.model)
    shares = sensitivity.group_shares(x, y, sensitivity.by_cause(run.model)).set_index("group")
    assert {row["group"] for row in told["shares"]} == set(shares.index)
    for row in told["shares"]:
        assert row["share"] == pytest.approx(shares.loc[row["group"], "share"])
    table = sensitivity.rank_correlation(x, y)
    assert [row["input"] for row in told["inputs"]] == table["input"].head(12).tolist()
    assert told["detectable"] == pytest.approx(sensitivity.detectable(60, int(table["p"].notna().sum())))
    assert (told["what"], told["of"], told["unit"]) == ("go_live", "ridge", "days")


def test_it_prints_an_answer_shares_and_what_could_not_be_seen(cli: Cli, runs: tuple[Path, Path]) -> None:
    result = cli("sensitivity", runs[0], "--what", "mean_go_live", "--of", "ridge")
    assert (result.code, result.err) == (0, "")
    assert all(len(line) <= 100 for line in result.out.splitlines())
    said = " ".join(result.out.split())
    assert "go-live of ridge" in said
    assert "would mostly not have been found with 60 replications" in said
    assert "Where does the variance come from?" in result.out
    assert "Where does the variance come from?" not in cli("sensitivity", runs[0], "--by", "input").out


@pytest.mark.parametrize("by", ["site", "activity"])
def test_inputs_put_together_otherwise(cli: Cli, runs: tuple[Path, Path], by: str) -> None:
    told = cli("sensitivity", runs[0], "--by", by, "--what", "damages", "--json").json
    assert {"site": "ridge", "activity": "L5"}[by] in {row["group"] for row in told["shares"]}


def test_the_value_of_information_is_what_the_better_of_each_pair_gains(cli: Cli, runs: tuple[Path, Path]) -> None:
    told = cli("sensitivity", runs[0], "--what", "damages", "--against", runs[1], "--json").json["decision"]
    one, two = (sensitivity.outcome(bs.open(path), "damages").values for path in runs)
    expected = min(one.mean(), two.mean()) - np.minimum(one, two).mean()
    assert told["evpi"]["evpi"] == pytest.approx(expected)
    assert told["evpi"]["best"] == str(runs[0] if one.mean() <= two.mean() else runs[1])


def test_nothing_moves_what_is_always_the_same(cli: Cli, runs: tuple[Path, Path]) -> None:
    result = cli("sensitivity", runs[0], "--what", "live_mw", "--when", "2025-07-02")
    assert result.code == 0
    assert "the same in every replication" in result.out


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--what", "golive"], ["no outcome is named 'golive'", "did you mean 'go_live'"]),
        (["--of", "rige"], ["no site or block 'rige'", "did you mean 'ridge'"]),
        (["--what", "live_mw"], ["counted at a date"]),
        (["--when", "some day"], ["--when"]),
    ],
)
def test_what_cannot_be_asked(cli: Cli, runs: tuple[Path, Path], options: list[str], told: list[str]) -> None:
    result = cli("sensitivity", runs[0], *options)
    assert (result.code, result.out) == (2, "")
    assert all(text in result.err for text in told)


def test_all_that_is_wrong_is_told_at_once(cli: Cli, two_sites_run: Path, runs: tuple[Path, Path]) -> None:
    result = cli("sensitivity", two_sites_run, "--of", "rige")
    assert (result.code, result.out) == (2, "")
    assert "30 replications are too few" in result.err
    assert "2 problems" in result.err
    nowhere = cli("sensitivity", "nowhere", "--when", "some day")
    assert "no such folder" in nowhere.err
    assert "2 problems" in nowhere.err
    alike = cli("sensitivity", runs[0], "--against", runs[0])
    assert (alike.code, "it is the run itself" in alike.err) == (2, True)
    unpaired = cli("sensitivity", runs[0], "--against", two_sites_run)
    assert (unpaired.code, "do not pair" in unpaired.err) == (2, True)


def test_the_words_of_a_network(cli: Cli) -> None:
    Path("network.yaml").write_text(NETWORK)
    assert cli("run", "network.yaml", "-n", 60, "--workers", 1, "--quiet", "--out", "run").code == 0
    out = " ".join(cli("sensitivity", "run").out.split())
    assert "The variance of the end of the project comes from" in out
    assert "go-live" not in out
    assert "portfolio" not in out
