"""The labour study runs through on a small model, goes on from what is done, and says what its tables say."""

import re

import pandas as pd
import pytest
from matplotlib.image import imread

import buildsim as bs
from experiments import labour_shortage as study
from experiments.labour import levers, market, people, regimes, shares

FIGURES = [
    "go_live_shift", "mw_at_risk", "withdrawal", "experienced_share", "market_growth", "worth_of_people", "levers",
    "regimes",
]  # fmt: skip
SMALL = """
name: Small
start: 2025-07-01
horizon: 2028-06-30
include: [examples/one-hall.yaml]
levers:
  overtime: {kind: overtime, hours: 60, premium: 50%, weeks: 8, source: assumption}
  prefabrication: {kind: prefabrication, trades: [electrical], share: 20%, per_hour: $110, source: assumption}
scenarios:
  boom:
    description: The market grows, and people come and go.
    set:
      market.path: {"2023-07-01": 1 GW, "2026-07-01": 10 GW}
      "labour.*.*.turnover": 10%
      "labour.*.*.seasoning": 8 years
    source: assumption
"""
"""One hall with levers and a boom, in place of the reference model."""
LEVERS = ("overtime", "prefabrication")


@pytest.fixture(scope="module")
def words(tmp_path_factory):
    """The options that put the small model in place of the reference model."""
    file = tmp_path_factory.mktemp("model") / "small.yaml"
    file.write_text(SMALL, encoding="utf-8")
    return ["--model", str(file), "--baseline", "boom", "--workers", "1", "--replications", "3"]


@pytest.fixture(scope="module")
def out(tmp_path_factory, words):
    """All parts with three replications in a cell, on fewer cells."""
    patch = pytest.MonkeyPatch()
    patch.setattr(shares, "SHARES", (200, 20))
    patch.setattr(shares, "WORKFORCES", (100, 80))
    patch.setattr(market, "GIGAWATTS", (1, 10, 24))
    patch.setattr(regimes, "WORKFORCES", (80, 120))
    patch.setattr(regimes, "SHARES", (20, 400))
    patch.setattr(people, "trades_of", lambda _: ["electrical"])
    folder = tmp_path_factory.mktemp("study")
    try:
        assert study.main([*words, "--out", str(folder)]) == 0
        yield folder
    finally:
        patch.undo()


def table(out, name):
    return pd.read_csv(out / f"{name}.csv")


def chapter(out, name):
    return (out / "parts" / f"{name}.md").read_text(encoding="utf-8")


def test_the_sweep_has_a_row_for_each_cell_and_scarce_labour_comes_later(out):
    found = table(out, "labour_shortage").set_index(["model", "experienced_per_1000", "workforce_percent"])
    assert len(found) == 2 * 4
    assert found["any_withdrawal"].between(0.0, 1.0).all()
    for model in found.index.unique("model"):
        rows = found.loc[model]
        assert rows.loc[(200, 100), "shift"] == 0.0
        assert 0.0 < rows.loc[(20, 100), "shift"] < rows.loc[(20, 80), "shift"]


def test_the_headline_says_what_the_table_says(out):
    found = table(out, "labour_shortage").set_index(["model", "experienced_per_1000", "workforce_percent"])
    scarce = found.loc[("examples/one-hall", 20, 100)]
    said = re.search(r"examples/one-hall: .* a MW goes live (\d+) days \((-?\d+) to (\d+)\)", chapter(out, "shares"))
    assert [int(one) for one in said.groups()] == [round(scarce[name]) for name in ("shift", "low", "high")]


def test_too_few_journeymen_under_the_cap_are_said_to_be_no_build(out):
    found = table(out, "journeymen_cap").set_index(["regime", "per_1000"])
    assert not found.loc[("cap", 20), "possible"]
    assert "at 20 per 1,000 the build cannot be done at all" in chapter(out, "shares")
    assert found.loc[("cap", 200), "shift"] > 0.0


def test_the_boom_thins_the_experienced_share_by_the_rate_at_the_start(out):
    """In mid-2025 a path from 1 to 10 GW over three years stands at 7 GW: a seventh of 200 in 1,000."""
    found = table(out, "experienced_by_quarter")
    first = found[found["begin"] == 0.0].set_index("name")["experienced_share"]
    assert first["1 GW"] == pytest.approx(0.2, abs=1e-3)
    assert first["10 GW"] == pytest.approx(0.2 / (1.0 + 9.0 * 731 / 1096), rel=0.01)


def test_the_boom_of_the_study_is_the_scenario_of_the_reference_model():
    ours = bs.load("coreweave/2025", market.boom(market.FIRST, market.SLOW))
    theirs = bs.load("coreweave/2025", scenario="market-boom")
    assert ours.market.path == theirs.market.path
    assert ours.market.rival_premium.dist == theirs.market.rival_premium.dist
    fields = ("turnover", "retirement", "apprenticeship", "seasoning")
    for name, pools in theirs.labour.items():
        for trade, pool in pools.items():
            assert [getattr(ours.labour[name][trade], field) for field in fields] == [
                getattr(pool, field) for field in fields
            ]


def test_each_trade_and_step_is_valued_for_the_change_that_was_run(out):
    found = table(out, "worth_of_people")
    mean = found[found["statistic"] == people.MEAN].set_index(["trade", "percent"])
    assert len(mean) == len(people.STEPS)
    pools = bs.load("examples/one-hall").labour
    heads = sum(float(pools[market]["electrical"].workers) for market in pools)
    for step in people.STEPS:
        row = mean.loc[("electrical", step)]
        assert row["change"] == pytest.approx(heads * step / 100.0)
        assert row["days"] * row["change"] / 100.0 == pytest.approx(-row["raw"])


def test_every_lever_stands_in_the_table_with_its_price(out):
    found = table(out, "levers").set_index("name")
    assert set(LEVERS) <= set(found.index)
    rows = found[found["days"] > 0.0].iloc[1:]
    assert (rows["per_day"] * rows["days"]).to_numpy() == pytest.approx(rows["cost"].to_numpy())
    said = chapter(out, "levers")
    assert all(name in said for name in LEVERS)


def test_the_map_holds_every_cell_with_the_largest_group(out):
    found = table(out, "regimes")
    assert len(found) == 4
    columns = [name for name in found if name.endswith("_days")]
    largest = found[columns].idxmax(axis=1).str.removesuffix("_days").str.replace("_", " ")
    assert list(largest) == list(found["group"])


@pytest.mark.parametrize("name", FIGURES)
def test_each_figure_is_written_and_explained(out, name):
    picture = imread(out / f"{name}.png")
    assert picture.shape[1] == 1300
    assert picture[..., :3].std() > 0.01
    assert f"({name}.png)\n\n" in (out / "findings.md").read_text(encoding="utf-8")


def test_a_part_goes_on_from_what_is_done(out, words, capsys):
    before = sorted((out / "runs").rglob("*.parquet"))
    stamps = [path.stat().st_mtime_ns for path in before]
    assert study.main([*words, "--out", str(out), "--part", "levers"]) == 0
    assert [path.stat().st_mtime_ns for path in sorted((out / "runs").rglob("*.parquet"))] == stamps
    told = capsys.readouterr()
    assert levers.plan.__module__.split(".")[-1] in told.out
    assert "The market grows" not in told.out
    assert "## The market grows" in (out / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--replications", "1"], "replications"),
        (["--workers", "0"], "workers"),
        (["--part", "weather"], "weather"),
    ],
)
def test_a_wrong_option_is_exit_code_2(tmp_path, capsys, words, told):
    with pytest.raises(SystemExit) as caught:
        study.main([*words, "--out", str(tmp_path / "none")])
    assert caught.value.code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(
    ("option", "name", "told"), [("--baseline", "bom", "boom"), ("--model", "one-hal", "one-hall")]
)
def test_a_wrong_name_is_exit_code_2_before_anything_runs(tmp_path, words, capsys, option, name, told):
    assert study.main([*words, "--part", "people", option, name, "--out", str(tmp_path / "none")]) == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
