"""The labour-shortage study runs through on a small sweep, and its finding is made from its table."""

import pandas as pd
import pytest
from matplotlib.image import imread

from experiments import labour_shortage as study


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    """A sweep of four cells with two replications, on one hall and on two sites in place of the reference model."""
    patch = pytest.MonkeyPatch()
    patch.setattr(study, "SHARES", (200, 20))
    patch.setattr(study, "WORKFORCES", (100, 80))
    patch.setattr(study, "REFERENCE", "examples/two-sites")
    out = tmp_path_factory.mktemp("study")
    words = ["--replications", "3", "--workers", "1", "--out", str(out)]
    try:
        code = study.main(words)
        again = study.main(words)
    finally:
        patch.undo()
    return code, again, out


def test_it_ends_well_and_goes_on_from_what_is_done(outcome):
    assert outcome[:2] == (0, 0)


def test_the_table_has_a_row_for_each_cell(outcome):
    table = pd.read_csv(outcome[2] / "labour_shortage.csv")
    assert len(table) == 2 * 4
    base = table[(table["experienced_per_1000"] == 200) & (table["workforce_percent"] == 100)]
    assert (base["shift"] == 0.0).all()
    assert table["any_withdrawal"].between(0.0, 1.0).all()


def test_scarce_labour_comes_later_on_one_hall(outcome):
    table = pd.read_csv(outcome[2] / "labour_shortage.csv")
    hall = table[table["model"] == "examples/one-hall"].set_index(["experienced_per_1000", "workforce_percent"])
    assert 0.0 < hall.loc[(20, 100), "shift"] < hall.loc[(20, 80), "shift"]


@pytest.mark.parametrize("name", ["go_live_shift.png", "mw_at_risk.png", "withdrawal.png"])
def test_each_figure_is_written(outcome, name):
    picture = imread(outcome[2] / name)
    assert picture.shape[1] == 1300
    assert picture[..., :3].std() > 0.01


def test_wrong_input_is_exit_code_2(tmp_path, capsys):
    assert study.main(["--replications", "0", "--out", str(tmp_path / "none")]) == 2
    assert "replications" in capsys.readouterr().err
