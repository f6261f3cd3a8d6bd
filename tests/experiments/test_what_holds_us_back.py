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
        assert study.main(["--replications", "4", "--base", "6", "--workers", "1", "--out", str(out)]) == 0
    finally:
        patch.undo()
    return out


def test_the_parts_sum_to_the_whole(folder):
    table = pd.read_csv(folder / "but_for_days.csv").set_index("group")["shapley"]
    assert table["equipment"] + table["power"] == pytest.approx(table["all"])


def test_every_table_and_figure_is_written(folder):
    names = {path.name for path in folder.iterdir()}
    assert names >= {"causes.csv", "critical.csv", "but_for_days.csv", "but_for_dollars.csv"}
    assert names >= {"delay_causes.png", "but_for.png"}


def test_criticality_is_a_share(folder):
    critical = pd.read_csv(folder / "critical.csv")["criticality"]
    assert critical.between(0.0, 1.0).all()
    assert critical.max() > 0.0
