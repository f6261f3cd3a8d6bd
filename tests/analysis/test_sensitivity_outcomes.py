"""Outcomes: one number for each replication, from tables that are worked out by hand."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from buildsim.analysis import sources
from buildsim.analysis.sensitivity import WHATS, outcome, paired_outcomes
from buildsim.errors import InputError
from tests.analysis import synthetic

NAN = np.nan
DAYS = {
    ("plain/h1", 10.0): [100.0, 120.0, 140.0],
    ("plain/h2", 30.0): [90.0, 130.0, NAN],
    ("maybe/h1", 20.0): [300.0, 310.0, NAN],
}


def hand_made() -> synthetic.Run:
    """Two sites in three replications; the option on the second lapses in the last one."""
    go_live = [
        {"replication": r, "site": block.split("/")[0], "block": block, "mw": mw, "live": days[r], "planned": 80.0}
        | {"dropped": 99.0 if r == 2 and block.startswith("maybe") else NAN}
        for r in range(3)
        for (block, mw), days in DAYS.items()
    ]
    tranches = [
        {
            "replication": r,
            "contract": key,
            "customer": who,
            "tranche": f"{key}/t1",
            "mw": 30.0,
            "value": 1e9,
            "due": 95.0,
        }
        | {"outcome": outcomes[r], "damages": damages[r], "delivered": NAN}
        for r in range(3)
        for key, who, outcomes, damages in (
            ("k1", "ann", ["on_time", "damages", "withdrawn"], [0.0, 5.0, 7.0]),
            ("k2", "bob", ["on_time", "late", "lapsed"], [0.0, 1.0, 0.0]),
        )
    ]
    walks = [
        {
            "replication": 2,
            "contract": "k1",
            "customer": "ann",
            "tranche": "k1/t1",
            "day": 200.0,
            "mw": 30.0,
            "value": 9e8,
        }
        | {"trigger": "lost_confidence"},
        {
            "replication": 2,
            "contract": "k2",
            "customer": "bob",
            "tranche": "k2/t1",
            "day": 99.0,
            "mw": 20.0,
            "value": 1e8,
        }
        | {"trigger": "option_lapsed"},
    ]
    return synthetic.Run(
        go_live=synthetic.table("go_live", go_live),
        milestones=synthetic.table("milestones", tranches),
        withdrawals=synthetic.table("withdrawals", walks),
        model=synthetic.model(
            {"plain": ("Plain", 4.0, True), "maybe": ("Maybe", 0.0, False)},
            {"k1": {"t1": (["plain"], None)}, "k2": {"t1": (["maybe"], object())}},
            {"ann": "Ann", "bob": "Bob"},
        ),
        horizon=400.0,
    )


RUN = hand_made()


@pytest.mark.parametrize(
    ("what", "of", "expected"),
    [
        ("go_live", None, [100.0, 130.0, 400.0]),
        ("go_live", "plain", [100.0, 130.0, 400.0]),
        ("go_live", "plain/h1", [100.0, 120.0, 140.0]),
        ("go_live", "maybe", [300.0, 310.0, NAN]),
        ("mean_go_live", None, [92.5, 127.5, 335.0]),
        ("mean_go_live", "maybe", [300.0, 310.0, NAN]),
        ("missed", None, [0.0, 2.0, 1.0]),
        ("missed", "bob", [0.0, 1.0, 0.0]),
        ("damages", None, [0.0, 6.0, 7.0]),
        ("damages", "k1", [0.0, 5.0, 7.0]),
        ("damages", "k2/t1", [0.0, 1.0, 0.0]),
        ("withdrawn_mw", None, [0.0, 0.0, 30.0]),
        ("withdrawn_value", "ann", [0.0, 0.0, 9e8]),
        ("withdrawn_value", "bob", [0.0, 0.0, 0.0]),
    ],
)
def test_outcomes_by_hand(what: str, of: str | None, expected: list[float]) -> None:
    found = outcome(RUN, what, of)
    np.testing.assert_array_equal(found.values, expected)
    np.testing.assert_array_equal(np.asarray(found), expected)
    assert found.replications.tolist() == [0, 1, 2]
    assert found.unit == WHATS[what][0]
    days = what.endswith("go_live")
    assert found.cap == (400.0 if days else np.inf)
    assert found.absent == (1 if of == "maybe" else 0)
    assert found.capped == (1 if days and of in (None, "plain") else 0)


@pytest.mark.parametrize(
    ("of", "expected"),
    [(None, [44.0, 44.0, 14.0]), ("plain", [44.0, 44.0, 14.0]), ("plain/h2", [30.0, 30.0, 0.0]), ("maybe", [0.0] * 3)],
)
def test_live_mw_at_the_end_of_a_date(of: str | None, expected: list[float]) -> None:
    """Day 190 is the end of 2026-01-06; the base of 4 MW counts for its site and for the portfolio."""
    found = outcome(RUN, "live_mw", of, when=date(2026, 1, 6))
    np.testing.assert_array_equal(found.values, expected)
    assert (found.unit, found.day) == ("MW", 190.0)
    last = date(2026, 8, 4)
    np.testing.assert_array_equal(outcome(RUN, "live_mw", when=last).values, [64.0, 64.0, 14.0])


@pytest.mark.parametrize("when", [date(2025, 6, 30), date(2026, 8, 5)])
@pytest.mark.parametrize("named", [True, False])
def test_a_date_that_was_not_simulated_is_refused(when: date, *, named: bool) -> None:
    """The horizon of 400 days ends with 2026-08-04."""
    with pytest.raises(InputError, match=rf"when: {when} lies outside .* 2025-07-01 to 2026-08-04"):
        outcome(RUN, "live_mw", when=when) if named else outcome(RUN, sources.LiveMw(when))


def test_a_source_is_an_outcome_too() -> None:
    found = outcome(RUN, sources.GoLive("maybe"))
    np.testing.assert_array_equal(found.values, [300.0, 310.0, NAN])
    assert (found.what, found.of, found.unit, found.cap) == ("go-live", "maybe", "days", 400.0)
    later = outcome(RUN, sources.GoLive())
    np.testing.assert_array_equal(later.values, [100.0, 130.0, 400.0])
    assert later.capped == 1


def test_outcomes_refuse_what_there_is_not() -> None:
    with pytest.raises(InputError, match="did you mean 'damages'"):
        outcome(RUN, "damage")
    with pytest.raises(InputError, match="did you mean 'plain'"):
        outcome(RUN, "go_live", "plane")
    with pytest.raises(InputError, match="no customer, contract or tranche is 'cid'"):
        outcome(RUN, "damages", "cid")
    for arguments in ({"what": "live_mw"}, {"what": "missed", "when": date(2026, 1, 1)}):
        with pytest.raises(InputError, match="counted at a date"):
            outcome(RUN, **arguments)  # type: ignore[arg-type]


def test_alternatives_pair_by_replication() -> None:
    sooner = replace(RUN, go_live=RUN.go_live.assign(live=RUN.go_live["live"] - 10.0), horizon=380.0)
    table = paired_outcomes({"base": RUN, "sooner": sooner})
    np.testing.assert_array_equal(table["base"], [100.0, 130.0, 380.0])
    np.testing.assert_array_equal(table["sooner"], [90.0, 120.0, 380.0])
    other = replace(RUN, manifest=synthetic.manifest(2), start=date(2024, 1, 1))
    with pytest.raises(InputError, match="do not pair") as error:
        paired_outcomes({"base": RUN, "other": other})
    assert [problem.path for problem in error.value.problems] == ["start", "seed"]
    with pytest.raises(InputError, match="there are none"):
        paired_outcomes({})
