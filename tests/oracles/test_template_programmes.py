"""The five templates: the engine's dates of a hall without shortages against the dates published with the templates."""

from pathlib import Path

import pytest

import buildsim as bs
from buildsim.run.run import Run
from tests.oracles.published_programmes import EARLY

PACE = 251 / 365
"""Working days a day."""
HALL = 400.0
"""The hall begins this long after day 0, so that all its equipment is ordered after it [days]."""
TOLERANCE = 0.5 + 0.25
"""The published dates are whole days and reckon 52 weeks to a year: 16 weeks are 77.2 working days there, 77.0 here."""
MONTHS = {
    "liquid_hall": 14.0,
    "air_hall": 13.3,
    "conversion_liquid": 11.1,
    "powered_shell_fitout": 9.5,
    "colocation_fitout": 7.0,
}

MODEL = """
name: A hall without shortages
start: 2025-01-06
horizon: 2028-12-31
include: [templates/{template}.yaml]
labour:
  plenty:
    civil_structural: {{workers: 9000}}
    electrical: {{workers: 9000}}
    mechanical_pipe: {{workers: 9000}}
    low_voltage_controls: {{workers: 9000}}
    commissioning: {{workers: 9000}}
    rack_network: {{workers: 9000}}
commissioning: {{agents: 99, load_banks: 999 MW}}
productivity: {{teams_up_to: planned}}
sites:
  here:
    market: plenty
    calendar: even
    power: {{grid: {{kind: grid, energised: 100 MW}}}}
    halls:
      h01: {{mw: {mw} MW, template: {template}, start: 2026-02-10}}
"""


def planned(folder: Path, template: str, mw: float = 25.0) -> Run:
    path = folder / "model.yaml"
    path.write_text(MODEL.format(template=template, mw=mw))
    return bs.simulate(bs.load(path), replications=1, seed=1, workers=1)


@pytest.mark.parametrize("template", EARLY)
def test_dates_agree_with_the_published_programme(template: str, tmp_path: Path) -> None:
    plan = planned(tmp_path, template).plan
    rows = plan.activities.set_index("activity")
    assert set(EARLY[template]) == set(rows.index) - {"live"}
    wrong = {}
    for activity, (start, finish) in EARLY[template].items():
        begun, ended = ((rows.loc[activity, what] - HALL) * PACE for what in ("start", "finish"))
        bought = activity.startswith(("P", "G")) and activity != "PW"  # ordered before the hall begins, or on hand
        late = [0.0 if bought else begun - start, 0.0 if activity == "G1" else ended - finish]
        if max(map(abs, late)) > TOLERANCE:
            wrong[activity] = late
    assert not wrong


@pytest.mark.parametrize(("template", "months"), MONTHS.items())
def test_the_whole_takes_as_many_months_as_published(template: str, months: float, tmp_path: Path) -> None:
    live = planned(tmp_path, template).plan.go_live["live"].iloc[0]
    assert (live - HALL) / (365 / 12) == pytest.approx(months, abs=0.06)


def test_a_smaller_hall_has_smaller_crews_and_the_same_dates(tmp_path: Path) -> None:
    large = planned(tmp_path, "liquid_hall").plan.activities
    small = planned(tmp_path, "liquid_hall", 10.0).plan.activities
    assert small["finish"].to_list() == large["finish"].to_list()
