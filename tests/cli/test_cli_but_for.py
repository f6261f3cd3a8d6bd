"""`buildsim but-for`: what groups of causes cost, against the library, in text, JSON and CSV."""

from pathlib import Path

import pandas as pd
import pytest

import buildsim as bs
from buildsim.analysis.but_for import but_for
from tests.cli.conftest import NETWORK, Cli

FEW = ("-n", 4, "--workers", 1)


def test_json_is_what_the_library_says(cli: Cli) -> None:
    told = cli("but-for", "two-sites", *FEW, "--group", "power", "--group", "permits", "--json", "--seed", 2).json
    split = but_for(bs.load("two-sites"), ["power", "permits"], replications=4, seed=2, workers=1)["days"]
    table = split.table().set_index("group")
    found = {row["group"]: row for row in told["measures"]["days"]["groups"]}
    assert set(found) == {"power", "permits"}
    for name, row in found.items():
        assert row["part"]["value"] == pytest.approx(table.loc[name, "shapley"])
        assert row["first"]["value"] == pytest.approx(table.loc[name, "first"])
        assert row["last"]["high"] == pytest.approx(table.loc[name, "last_high"])
        assert row["worse_last"] == table.loc[name, "worse_last"]
    total = told["measures"]["days"]["all"]["value"]
    assert total == pytest.approx(sum(row["part"]["value"] for row in found.values()))
    assert (told["permutations"], told["replications"]) == (None, 4)


def test_every_group_that_has_inputs_by_random_orders(cli: Cli) -> None:
    told = cli("but-for", "two-sites", *FEW, "--json").json
    assert told["permutations"] == 2
    rows = told["measures"]["days"]["groups"]
    assert len(rows) == 9
    assert next(row for row in rows if row["group"] == "labour")["part"] == {"value": 0.0, "low": 0.0, "high": 0.0}


def test_it_prints_a_sentence_and_a_table_for_each_measure(cli: Cli) -> None:
    result = cli("but-for", "two-sites", *FEW, "--group", "permits", "--measure", "days", "--measure", "dollars")
    assert result.code == 0
    said = " ".join(result.out.split())
    assert said.startswith("But for permits, go-live would be ")
    assert "damages and withdrawn value would be" in said
    assert result.out.count("Interaction") == 3
    assert all(len(line) <= 100 for line in result.out.splitlines())
    assert "4 replications with and without 1 group of causes\n" in result.err


def test_own_groups_settings_and_csv(cli: Cli) -> None:
    own = ("--group", "substation=sites.*.power.*.substation", "--set", "horizon=2027-12-31")
    result = cli("but-for", "two-sites", *FEW, *own, "--measure", "mw-days", "--csv", "found.csv")
    assert result.code == 0
    table = pd.read_csv("found.csv")
    assert table["group"].tolist() == ["substation", "all"]
    assert table["measure"].unique().tolist() == ["mw-days"]
    assert table["shapley"].iloc[0] == pytest.approx(table["shapley"].iloc[1])
    assert "horizon" in result.err


def test_a_bare_network(cli: Cli) -> None:
    Path("network.yaml").write_text(NETWORK)
    told = cli("but-for", "network.yaml", "-n", 5, "--workers", 1, "--group", "estimate", "--json").json
    run = bs.simulate(bs.load("network.yaml"), 5, 1, workers=1)
    expected = run.go_live["live"].mean() - run.plan.go_live["live"].iloc[0]
    assert told["measures"]["days"]["all"]["value"] == pytest.approx(expected)


def test_all_that_is_wrong_is_told_at_once(cli: Cli) -> None:
    wrong = ("--group", "powr", "--group", "a=sites.*.pwr", "--measure", "hours", "--permutations", 0)
    result = cli("but-for", "two-sites", *FEW, *wrong)
    assert (result.code, result.out) == (2, "")
    assert result.err.count("--group: ") == 2
    assert "replications with and without" not in result.err
    assert result.err.count("--measure: ") == result.err.count("--permutations: ") == 1
    for told in ("did you mean 'power'", "no input matches 'sites.*.pwr'", "'hours'", "0 orders", "4 problems"):
        assert told in result.err


def test_wrong_groups_and_a_wrong_model_together(cli: Cli) -> None:
    result = cli("but-for", "two-sites", "--group", "=x", "--group", "a=x", "--group", "a=y", "--scenario", "nope")
    assert (result.code, result.out) == (2, "")
    for told in ("'=x' names no group", "two groups 'a'", "no scenario 'nope'", "3 problems"):
        assert told in result.err


def test_nothing_is_live_by_the_horizon(cli: Cli) -> None:
    asked = ("but-for", "one-hall", *FEW, "--set", "horizon=2025-12-01", "--group", "weather", "--group", "power")
    result = cli(*asked)
    said = " ".join(result.out.split())
    assert said.startswith("Nothing is live by the horizon, 2025-12-01, in any replication, with or without power and")
    assert "earlier" not in said
    assert "Below each mean" not in said
    assert cli(*asked, "--json").json["measures"]["days"]["not_live"] == {"with": 1.0, "without": 1.0}


def test_how_much_counts_as_the_horizon(cli: Cli) -> None:
    cut = {"horizon": "2027-02-28"}
    asked = ("but-for", "two-sites", *FEW, "--set", "horizon=2027-02-28", "--group", "equipment")
    runs = [
        bs.simulate(bs.load("two-sites", set=cut), 4, 1, workers=1, without=out, keep_activities=0)
        for out in ((), ("equipment",))
    ]
    shares = []
    for run in runs:
        firm = run.go_live[run.go_live["block"].astype(str) != "mill/h02"]
        shares.append(firm.loc[firm["live"].isna(), "mw"].sum() / firm["mw"].sum())
    assert shares[0] > 0.0
    found = cli(*asked, "--json").json["measures"]["days"]["not_live"]
    assert (found["with"], found["without"]) == pytest.approx(tuple(shares))
    assert "count as the horizon, so the real gain may be larger" in " ".join(cli(*asked).out.split())


def test_groups_without_any_effect_say_what_they_stand_for(cli: Cli) -> None:
    result = cli("but-for", "one-hall", *FEW, "--group", "labour", "--group", "equipment")
    said = " ".join(result.out.split())
    assert "labour (all of the declared workers, at normal skill): taking it out changes nothing in any" in said
    assert "equipment (" not in said


def test_one_replication_has_no_interval(cli: Cli) -> None:
    assert "95 % interval" not in cli("but-for", "one-hall", "-n", 1, "--workers", 1, "--group", "equipment").out
    assert "95 % interval" in cli("but-for", "one-hall", *FEW, "--group", "equipment").out


def test_the_words_of_a_network(cli: Cli) -> None:
    Path("network.yaml").write_text(NETWORK)
    out = cli("but-for", "network.yaml", "-n", 5, "--workers", 1, "--group", "estimate").out
    assert "the project would end" in out
    assert "End of the project, mean [days]" in out
    assert "MW" not in out
    assert "o-live" not in out


def test_a_group_twice_and_a_table_nowhere(cli: Cli) -> None:
    twice = ("--group", "weather", "--group", "weather")
    result = cli("but-for", "one-hall", *FEW, *twice, "--csv", ".")
    assert (result.code, result.out) == (2, "")
    assert "--group: 'weather' is given twice" in result.err
    assert "--csv: a table cannot be written" in result.err
