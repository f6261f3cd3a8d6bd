"""The study of overtime: its closed form by hand, and that its sentences follow its tables."""

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

from experiments import overtime as study

SHORT, FREE = study.CASES[0], study.CASES[2]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """Two cases of one hall with three replications, fifty hours only, for eight weeks or for ever."""
    patch = pytest.MonkeyPatch()
    patch.setattr(study, "CASES", (SHORT, FREE))
    patch.setattr(study, "HOURS", (50,))
    patch.setattr(study, "WEEKS", (8,))
    folder = tmp_path_factory.mktemp("overtime")
    words = ["--replications", "6", "--workers", "1", "--out", str(folder)]
    try:
        assert study.main(words) == 0
        yield folder
    finally:
        patch.undo()


def test_a_week_yields_its_hours_times_what_is_left_of_an_hour():
    """Fifty hours by the digest: 0.95 of an hour at first and 0.72 in the tenth week, in a straight line."""
    done = study.weekly(50, "digest", 12)
    by_hand = [1.25 * (0.95 - 0.23 * min(week, 9) / 9) for week in range(12)]
    assert done == pytest.approx(by_hand)


def test_the_closed_form_by_hand():
    """60 h, roundtable: 1.5 x 0.88 falls by 1.5 x 0.03 a week, so week 9 is the first below one: 1.32 - 8 x 0.045."""
    row = study.closed_form().set_index(["hours", "curve"]).loc[(60, "roundtable")]
    weeks = [1.32 - 0.045 * min(week, 9) for week in range(300)]
    assert row["last_good_week"] == 8
    assert row["largest_lead_days"] == pytest.approx(7.0 * sum(one - 1.0 for one in weeks[:8]))
    lead = np.cumsum(weeks) - np.arange(1, 301)
    assert lead[int(row["lead_lost_after_weeks"]) - 1] >= 0.0 > lead[int(row["lead_lost_after_weeks"])]
    assert row["saved_days_4_weeks"] == pytest.approx(7.0 * (4 - (3 + (4 - sum(weeks[:3])) / weeks[3])))


def test_work_that_is_never_done_has_no_end():
    assert study.finish(np.array([1.0, 0.5]), 1.25) == 1.5
    assert study.finish(np.array([1.0, 0.5]), 2.0) == np.inf


def test_overtime_does_nothing_where_power_is_late_but_costs(out):
    found = pd.read_csv(out / "overtime.csv")
    rows = found[(found["case"] == FREE.name) & (found["weeks"] == "8 weeks")]
    assert len(rows) == 2
    assert rows["days"].to_numpy() == pytest.approx(0.0, abs=1e-6)
    assert (rows["cost"] > 0.0).all()


def test_overtime_for_ever_is_worse_than_eight_weeks(out):
    found = pd.read_csv(out / "overtime.csv").set_index(["case", "regime", "weeks"])
    rows = found.loc[(SHORT.name, "50 h, digest")]
    assert rows.loc[study.EVER, "days"] < rows.loc["8 weeks", "days"]
    assert f"{study.EVER} {rows.loc[study.EVER, 'days']:+.1f}." in (out / "findings.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", ["lead", "overtime_1", "overtime_2"])
def test_each_figure_is_written_and_explained(out, name):
    picture = imread(out / f"{name}.png")
    assert picture.shape[1] == 1300
    assert picture[..., :3].std() > 0.01
    assert f"({name}.png)\n\n" in (out / "findings.md").read_text(encoding="utf-8")


def test_a_wrong_option_is_exit_code_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        study.main(["--replications", "1", "--out", str(tmp_path / "none")])
    assert caught.value.code == 2
    assert "replications" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_wrong_number_of_workers_is_exit_code_2(tmp_path, capsys):
    with pytest.raises(SystemExit) as caught:
        study.main(["--workers", "0", "--out", str(tmp_path / "none")])
    assert caught.value.code == 2
    assert "workers" in capsys.readouterr().err
