"""All that is wrong with leases and deals is told at once, and nothing that only follows from it."""

from datetime import date
from pathlib import Path

from buildsim.model.check import check
from tests.domain.tiny import hall, site, tiny
from tests.model.test_load_all_at_once import changed, problems
from tests.model.test_load_bad_input import MODEL

DEALS = """\
  none: {kind: lease, partner: B, sites: [dallas], leases: [blf], closes: 2025-01-31, probability: 1}
  twice: {kind: acquisition, partner: B, leases: [bluff], closes: 2026-01-31, vote: {probability: 1, date: 2026-02-28}}
  past: {kind: option, partner: B, exercise_by: 2025-06-01, probability: 1}
"""
STAGES = """\
      t1: {halls: [h02, h03], promised: 2025-06-30, before: [A9, G1]}
      t2: {halls: [h01], promised: 2025-07-31, handed_over: 2025-09-30}
      t3: {halls: [h02], promised: 2025-12-31, overdue: true}
  other: {landlord: B, site: dallas, stages: {s: {halls: [x], promised: 2025-07-31}}}
"""


def test_all_that_is_wrong_is_told_at_once(tmp_path: Path) -> None:
    text = changed(MODEL, {"deals:\n": f"{STAGES}deals:\n{DEALS}"})
    found = [(problem.path, problem.message) for problem in problems(tmp_path / "model.yaml", text)]
    base = "leases.bluff.stages"
    assert found == [
        (f"{base}.t1.halls[1]", "there is no hall 'h03'"),
        (f"{base}.t1.before[0]", "there is no activity 'A9'"),
        (f"{base}.t1.before[1]", "'G1' is not done in the hall, so it does not wait for a hand-over"),
        (
            f"{base}.t1.promised",
            "it was promised for 2025-06-30, before the start, but nothing says whether it was handed over",
        ),
        (f"{base}.t2.halls[0]", "denton/h01 is handed over by stage 'bluff/s1' too"),
        (f"{base}.t2.handed_over", "it was handed over on 2025-09-30, after the information date"),
        (f"{base}.t3.halls[0]", "denton/h02 is handed over by stage 'bluff/t1' too"),
        (f"{base}.t3.overdue", "it is promised for 2025-12-31, so it is not overdue on 2025-07-01"),
        ("leases.other.site", "there is no site 'dallas'"),
        ("deals.none.sites[0]", "there is no site 'dallas'"),
        ("deals.none.leases[0]", "there is no lease 'blf'"),
        ("deals.none.closes", "it was to close before the start"),
        ("deals.twice.vote.date", "the vote on 2026-02-28 comes after the closing"),
        ("deals.past.exercise_by", "it was to be decided by 2025-06-01, before the start"),
        ("deals.core.leases[0]", "the deal 'twice' names the lease 'bluff' too"),
        ("deals.room.leases[0]", "stage 't2' of 'bluff' has been handed over, so the lease is in force already"),
    ]


def test_what_was_promised_before_the_start_may_be_said_in_three_ways() -> None:
    for status in ({"handed_over": "2025-06-15"}, {"overdue": True, "late": "300 days"}, {"handover": "2025-10-31"}):
        stage = {"halls": ["h1"], "promised": "2025-05-31", **status}
        lease = {"landlord": "L", "site": "a", "stages": {"s": stage}}
        model = tiny(leases={"l": lease}, sites={"a": site({"h1": hall()})}, information=date(2025, 8, 1))
        assert check(model) == []
