"""The study of Microsoft's capacity: its closed forms by hand, its tables by what must hold, its sentences by them."""

from math import exp

import numpy as np
import pandas as pd
import pytest
from matplotlib.image import imread

import buildsim as bs
from buildsim.analysis.proportions import wilson_bounds
from experiments import microsoft_withdrawal as study
from experiments.microsoft import case, needed, prevention

REPLICATIONS = 4
BOUND = ["B: option let lapse", "C: nothing that binds", "C: new dates"]


@pytest.fixture(scope="module")
def out(tmp_path_factory):
    """All parts with few replications, on fewer cells."""
    patch = pytest.MonkeyPatch()
    ways = (prevention.NOTHING, "dates that the plan can keep")
    patch.setattr(prevention, "WAYS", {way: prevention.WAYS[way] for way in ways})
    patch.setattr(prevention, "GROUPS", ("equipment", {prevention.SLIPS: ["generations.GB200.slips.**"]}))
    patch.setattr(prevention, "BUT_FOR_SHARE", 0.5)
    patch.setattr(needed, "DUE", ("2025-01-01",))
    patch.setattr(needed, "MONTHLY", (12.5,))
    patch.setattr(needed, "GRIEVANCES", (3,))
    patch.setattr(needed, "LONGSTOPS", (0, 60))
    patch.setattr(needed, "CURES", (30,))
    folder = tmp_path_factory.mktemp("microsoft")
    words = ["--replications", str(REPLICATIONS), "--workers", "1", "--out", str(folder)]
    try:
        assert study.main(words) == 0
        yield folder
    finally:
        patch.undo()


def table(out, name):
    return pd.read_csv(out / f"{name}.csv")


def chapter(out, name):
    return (out / "parts" / f"{name}.md").read_text(encoding="utf-8")


def test_nothing_is_withdrawn_before_anything_is_due(out):
    """The first date is 2025-06-30, with 30 days of grace; by the letter 180 days of longstop and 30 to cure."""
    found = table(out, "readings").set_index(["reading", "by"])
    assert set(found.index.get_level_values("reading")) == set(case.READINGS)
    for when in ("2025-03-06", "2025-03-31", "2025-06-30"):
        assert (found.xs(when, level="by")[["withdrawn", "noticed"]] == 0.0).all(axis=None)
    assert found.loc[("A: by the letter", "2025-12-31"), "withdrawn"] == 0.0
    assert "has withdrawn nothing, nor given notice" in chapter(out, "readings")
    assert "first due on 2025-06-30" in chapter(out, "readings")


def test_an_event_that_never_happened_has_the_interval_of_wilson(out):
    """For no success in n trials: from 0 to z^2 / (n + z^2)."""
    row = table(out, "readings").set_index(["reading", "by"]).loc[("C: nothing that binds", "2025-03-31")]
    z = 1.959964
    assert (row["withdrawn_low"], row["withdrawn_high"]) == pytest.approx((0.0, z * z / (REPLICATIONS + z * z)))


def test_who_is_bound_withdraws_nothing(out):
    found = table(out, "readings")
    bound = found[found["reading"].isin(BOUND)]
    assert (bound[["withdrawn", "mw"]] == 0.0).all(axis=None)


def test_probabilities_only_grow_with_time_and_somebody_leaves_in_reading_a(out):
    found = table(out, "readings")
    for _, rows in found.groupby("reading"):
        for name in ("withdrawn", "noticed", "lapsed", "openai"):
            assert rows[name].is_monotonic_increasing
    last = found[found["by"] == found["by"].max()].set_index("reading")
    assert last.loc["A: lost confidence", "withdrawn"] > 0.0


def test_with_the_same_draws_less_trust_lets_the_option_lapse_more_often(out):
    march = table(out, "readings").query("by == '2025-03-31'").set_index("reading")["lapsed"]
    assert march["A: lost confidence"] == march["A: by the letter"] == march["C: nothing that binds"]
    assert march["B: option let lapse"] >= march["A: lost confidence"]
    assert march["own reasons"] >= march["A: lost confidence"]


def test_nobody_takes_what_has_not_been_let_go_of(out):
    found = table(out, "readings")
    assert (found["openai"] <= found["lapsed"] + found["withdrawn"] + 1e-9).all()
    assert found["openai"].max() > 0.0


def test_the_causes_of_a_tranche_sum_to_its_lateness(out):
    causes, late = table(out, "causes"), table(out, "lateness").set_index(["where", "tranche"])["late"]
    sums = causes.groupby(["where", "tranche"])["days"].sum()
    assert len(sums) == 4
    assert sums.to_numpy() == pytest.approx(late.reindex(sums.index).to_numpy(), abs=1e-6)


def test_what_is_late_in_the_plan_is_the_planned_go_live_less_the_due_date(out):
    run = bs.simulate(bs.load(case.MODEL), 1, workers=1, keep_activities=0)
    planned = run.go_live.set_index("block")["planned"]
    causes = table(out, "causes")
    row = causes[
        (causes["where"] == "Denton") & (causes["tranche"] == "k01/m2") & (causes["cause"] == "the date itself")
    ]
    assert row["days"].iloc[0] == pytest.approx(planned["denton/h03"] - 181.0)  # 2025-06-30 ends on day 181


def test_the_parts_of_but_for_sum_to_the_whole(out):
    found = table(out, "but_for")
    for _, rows in found.groupby(["reading", "measure"]):
        parts = rows.set_index("group")["shapley"]
        assert parts.drop("all").sum() == pytest.approx(parts["all"], abs=1e-9)
    assert (found["base"] - found["without_all"]).to_numpy() == pytest.approx(
        found.groupby(["reading", "measure"])["shapley"].transform("last").to_numpy()
    )


def test_ways_are_held_against_the_reading_as_it_is(out):
    found = table(out, "ways").set_index(["reading", "way"])
    for reading in prevention.BASES:
        rows = found.loc[reading]
        assert (rows.loc[prevention.NOTHING, ["change", "days"]] == 0.0).all()
        assert (rows["change_low"] <= rows["change"]).all()
        assert rows.loc["dates that the plan can keep", "days"] < -60.0  # by 92 and 123 days for 70 and 40 MW


def test_the_closed_form_by_hand():
    """Due on 1 March, 30 days late: two tranches, 3 % a month each, times 1.5 for the second missed milestone."""
    assert needed.by_hand("2025-03-01", 3, 0) == pytest.approx(1 - exp(-2 * 0.03 * 1.5 * 30 / 30.4375))
    assert needed.by_hand("2025-01-01", 12.5, 3) == pytest.approx(1 - exp(-2 * 0.125 * 1.5**4 * 89 / 30.4375))


def test_the_simulation_gives_the_closed_form():
    """Sixty replications, within the interval that one in a thousand leaves."""
    model = bs.load(case.MODEL, needed.lost("2025-02-01", 12.5, 0))
    run = bs.simulate(model, 60, seed=3, workers=1, keep_activities=0)
    left = int((case.withdrawn(run) <= case.day(run, case.MARCH)).sum())
    low, high = wilson_bounds(left, run.replications, 0.999)
    assert low <= needed.by_hand("2025-02-01", 12.5, 0) <= high


def test_by_the_letter_it_takes_less_than_three_months_of_longstop_and_cure(out):
    """Due on 1 January: 60 + 30 days end on 1 April, one day late; the cure alone leaves time."""
    found = table(out, "needed_letter").set_index(["longstop", "cure"])["probability"]
    assert found[(60, 30)] == 0.0
    assert found[(0, 30)] > 0.0


def test_an_option_lapses_with_the_odds_and_trust():
    found = needed.lapses().set_index(["exercised_percent", "grievance"])["lapses"]
    assert found[(60, 0)] == pytest.approx(0.4)
    assert found[(60, 3)] == pytest.approx(1 - 0.6 * 0.8**3)


@pytest.mark.parametrize("name", ["readings", "causes", "needed"])
def test_each_figure_is_written_and_explained(out, name):
    picture = imread(out / f"{name}.png")
    assert picture.shape[1] == 1300
    assert np.std(picture[..., :3]) > 0.01
    assert f"({name}.png)\n\n" in (out / "findings.md").read_text(encoding="utf-8")


def test_the_findings_say_what_cannot_be_known(out):
    text = (out / "findings.md").read_text(encoding="utf-8")
    assert "What the model cannot know" in text
    assert text.index("What each reading says") < text.index("What it would take")


def test_a_part_goes_on_from_what_is_done(out, capsys):
    before = {path: path.stat().st_mtime_ns for path in (out / "runs" / "causes").rglob("*.parquet")}
    assert before
    words = ["--replications", str(REPLICATIONS), "--workers", "1", "--out", str(out), "--part", "causes"]
    assert study.main(words) == 0
    assert before == {path: path.stat().st_mtime_ns for path in (out / "runs" / "causes").rglob("*.parquet")}
    assert "What each reading says" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "told"),
    [(["--replications", "1"], "replications"), (["--workers", "0"], "workers"), (["--part", "weather"], "weather")],
)
def test_a_wrong_option_is_exit_code_2(tmp_path, capsys, words, told):
    with pytest.raises(SystemExit) as caught:
        study.main([*words, "--out", str(tmp_path / "none")])
    assert caught.value.code == 2
    assert told in capsys.readouterr().err
    assert not (tmp_path / "none").exists()


def test_a_wrong_model_is_exit_code_2_before_anything_runs(tmp_path, capsys):
    assert study.main(["--model", "coreweave/2023", "--out", str(tmp_path / "none")]) == 2
    assert "coreweave/202" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
