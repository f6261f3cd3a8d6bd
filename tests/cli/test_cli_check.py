"""`buildsim check`: what a good model is said to hold."""

from pathlib import Path

from tests.cli.conftest import NETWORK, SMALL, Cli


def test_a_good_model_is_summed_up(cli: Cli) -> None:
    result = cli("check", SMALL)
    assert (result.code, result.err) == (0, "")
    for told in (
        "Two small halls: nothing wrong",
        "day 0 is 2025-07-01; simulated to 2027-12-31",
        "1 site, 2 halls, 30 MW to go live",
        "12 open activities, 1 crew pool",
        "1 risk driver, 1 correlation",
        "1 contract with 1 customer: 2 tranches to deliver, 10 MW firm and 20 MW of options, $1.2bn",
        "in the plan all is live, options exercised, on 2026-",
        "scenarios: thin, bare",
    ):
        assert told in result.out


def test_the_same_as_json(cli: Cli) -> None:
    facts = cli("check", SMALL, "--json").json
    assert facts["halls"] == 2
    assert facts["mw_to_build"] == 30.0
    assert facts["open_activities"] == 12
    assert facts["uncertain"] < facts["quantities"]
    assert facts["not_live_in_plan"] == []
    assert facts["changes"] == []


def test_changes_are_told_from_old_to_new(cli: Cli) -> None:
    result = cli("check", SMALL, "--scenario", "thin", "--set", "sites.*.halls.h01.target=2026-12-31")
    assert "labour.dfw.electrical.experienced: 200 per 1000 -> 20 per 1000 (scenario thin)" in result.out
    assert "sites.denton.halls.h01.target: nothing -> 2026-12-31 (--set sites.*.halls.h01.target)" in result.out
    changes = cli("check", SMALL, "--scenario", "thin", "--json").json["changes"]
    assert [(change["path"], change["origin"]) for change in changes] == [
        ("labour.dfw.electrical.experienced", "scenario thin")
    ]


def test_what_is_never_live_in_the_plan_is_named(cli: Cli) -> None:
    result = cli("check", SMALL, "--set", "horizon=2026-03-31", "--set", "sites.denton.halls.h02.target=2026-03-01")
    assert "in the plan, not by the horizon: denton/h01, denton/h02" in result.out


def test_levers_are_listed_with_what_they_are_and_whether_they_are_in_use(cli: Cli) -> None:
    out = cli("check", "two-sites", "--set", "levers.overtime.use=true").out
    lines = out[out.index("Levers (") :].splitlines()
    assert lines[1:4] == ["  overtime: in use", "  travellers: not in use", "  prefabrication: not in use"]
    assert "Levers" not in cli("check", SMALL).out
    more = "{kind: dispatch, rank: largest_mw, cost: $1m, source: assumption}"
    many = ", ".join(f"d{number}: {more}" for number in range(14))
    out = cli("check", "two-sites", "--set", f"levers={{{many}}}").out
    lines = out[out.index("Levers (") : out.index("Changed:")].splitlines()[1:]
    assert len(lines) == 12
    assert lines[0] == "  d0: dispatch, not in use"
    assert lines[-1] == "  ... and 3 more"
    told = cli("check", "two-sites", "--json").json["levers"]
    assert told[0] == {"name": "overtime", "kind": "overtime", "use": False}


def test_a_bare_network(cli: Cli) -> None:
    Path("network.yaml").write_text(NETWORK)
    result = cli("check", "network.yaml")
    assert "4 open activities, 2 kinds of crew" in result.out
    assert "in the plan the project ends on 2025-01-12" in result.out


def test_a_shipped_model_by_its_name(cli: Cli) -> None:
    assert "One hall: nothing wrong" in cli("check", "one-hall").out
    assert cli("check", "one-hal").err == "there is no model file 'one-hal'; did you mean 'examples/one-hall'?\n"
