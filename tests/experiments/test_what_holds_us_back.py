"""The study of what the lateness comes from runs through on two sites with two groups of causes."""

import pandas as pd
import pytest

from experiments import what_holds_us_back as study


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """The study's folder, made with small runs."""
    patch = pytest.MonkeyPatch()
    patch.setattr(study, "MODEL", "examples/two-sites")
    patch.setattr(study, "GROUPS", ("equipment", "power"))
    out = tmp_path_factory.mktemp("study")
    try:
        assert study.main(["--replications", "4", "--base", "50", "--workers", "1", "--out", str(out)]) == 0
    finally:
        patch.undo()
    return out


@pytest.mark.parametrize("measure", ["days", "mw_days", "dollars"])
def test_the_parts_sum_to_the_whole(folder, measure):
    table = pd.read_csv(folder / f"but_for_{measure}.csv").set_index("group")["shapley"]
    assert table["equipment"] + table["power"] == pytest.approx(table["all"], abs=1e-6)


def test_mw_days_are_days_times_the_mw_that_count(folder):
    days, power = (pd.read_csv(folder / f"but_for_{name}.csv")["shapley"] for name in ("days", "mw_days"))
    ratio = (power / days)[days.abs() > 1e-6]
    assert len(ratio) > 0
    assert ratio.to_numpy() == pytest.approx(ratio.iloc[0])


def test_every_table_and_figure_is_written(folder):
    names = {path.name for path in folder.iterdir()}
    assert names >= {f"{name}.csv" for name in ("causes", "bands", "critical", "shares", "swings", "information")}
    assert names >= {
        "delay_causes.png",
        "tornado.png",
        "but_for_days.png",
        "but_for_mw_days.png",
        "but_for_dollars.png",
    }


def test_the_findings_name_the_numbers_of_the_tables_and_caption_every_figure(folder):
    text = (folder / "findings.md").read_text()
    total = pd.read_csv(folder / "but_for_days.csv").set_index("group").loc["all", "shapley"]
    assert f"they would go live {total:.0f} days earlier" in text
    assert f"{pd.read_csv(folder / 'causes.csv')['excess'].sum():+.0f} days against plan" in text
    for figure in ("delay_causes", "tornado", "but_for_days", "but_for_mw_days", "but_for_dollars"):
        assert text.split(f"({figure}.png)")[1].strip().split("\n")[0]


def test_criticality_is_a_share(folder):
    critical = pd.read_csv(folder / "critical.csv")["criticality"]
    assert critical.between(0.0, 1.0).all()
    assert critical.max() > 0.0


def test_too_few_replications_are_refused(capsys):
    with pytest.raises(SystemExit) as ended:
        study.main(["--base", "10"])
    assert ended.value.code == 2
    assert "50 or more" in capsys.readouterr().err
