"""Activities gathered into phases."""

import numpy as np
import pytest

from buildsim.analysis import phases
from tests.analysis.synthetic import table

NAN = float("nan")


@pytest.mark.parametrize(
    ("activity", "phase"),
    [("P1", "procurement"), ("PW", "commissioning and power"), ("A4", "building"), ("V2", "electrical and mechanical"),
     ("L23", "commissioning and power"), ("G1", "GPUs and racks"), ("R5", "GPUs and racks"), ("X1", "other work")],
)  # fmt: skip
def test_the_letters_of_an_activity_tell_its_phase(activity: str, phase: str) -> None:
    assert phases.phase_of(activity) == phase
    assert phase in phases.ORDER


def test_a_phase_lasts_from_its_first_start_to_its_last_finish() -> None:
    rows = [
        {"replication": r, "site": "a", "block": "a/h1", "activity": name, "start": start, "finish": finish}
        for r, late in enumerate([0.0, 5.0, 10.0])
        for name, start, finish in (("A1", 1.0, 10.0 + late), ("A2", 4.0, 8.0), ("E1", 6.0, NAN))
    ]
    found = phases.by_block(table("activities", rows)).set_index("phase")
    building = found.loc["building"]
    assert (building["start_p50"], building["finish_p10"], building["finish_p50"]) == (1.0, 10.0, 15.0)
    assert (building["finish_p90"], building["n"]) == (20.0, 3)
    assert found.loc["electrical and mechanical", "finish_p50"] == np.inf


def test_no_activities_no_phases() -> None:
    assert phases.by_block(table("activities", [])).empty
