"""What is drawn, against its closed form, through the whole of the program: model, draws, replications, tables.

Seeds are fixed, so no test here is flaky. Each rejects the closed form at the level 1e-3: with a right program one seed
in a thousand would be refused, with a wrong one (a hazard off by a tenth, say: four standard errors of the withdrawals
counted here) nearly all are.
"""

from collections import Counter
from typing import Any

import numpy as np
import pytest
from scipy import stats

from buildsim.domain.contracts.withdrawal.lost_confidence import MONTH
from buildsim.run.conditions import storms_of, weathered
from tests.domain.tiny import column, hall, replicator, site, tiny

LEVEL = 1e-3
MANY = 3000
HORIZON = 1000.0


def lasting(days: float) -> dict[str, Any]:
    """A template whose hall takes so many days."""
    activities = {"T1": {"kind": "test", "duration": f"{days} days"}}
    return {"name": f"{days} days", "per": "10 MW", "cooling": "liquid", "activities": activities}


def contract_model(withdrawal: dict[str, Any], due: str, **terms: Any) -> Any:
    """Hall h1 goes live on day 700; its tranche is due on day 100. Hall h2 goes live on day 800."""
    tranches = {
        "t1": {"mw": "10 MW", "blocks": ["a/h1"], "due": "2025-10-08", "grace": "30 days", "damages": 1, **terms},
        "t2": {"mw": "10 MW", "blocks": ["a/h2"], "due": due, "grace": "900 days"},
    }
    return tiny(
        templates={"700": lasting(700), "800": lasting(800)},
        sites={"a": site({"h1": hall(template="700"), "h2": hall(template="800")})},
        customers={"k": {"name": "K", "withdrawal": withdrawal}},
        contracts={"c": {"customer": "k", "tranches": tranches}},
    )


def withdrawn(model: Any) -> np.ndarray:
    """The days of the withdrawals of tranche t1 in `MANY` replications."""
    tables = replicator(model, MANY).block(0, MANY)
    days, tranches = column(tables, "withdrawals", "day"), column(tables, "withdrawals", "tranche")
    return np.array([day for day, tranche in zip(days, tranches, strict=True) if tranche == "c/t1"])


def likely(hits: int, trials: int, chance: float) -> bool:
    """Whether a number of hits is within the two-sided binomial bounds."""
    return stats.binomtest(hits, trials, chance).pvalue > LEVEL


def as_they_should(sample: np.ndarray, cdf: Any) -> bool:
    """Whether a sample follows a continuous distribution, by Kolmogorov and Smirnov."""
    return stats.kstest(sample, cdf).pvalue > LEVEL


def test_withdrawals_follow_the_survival_function_of_the_hazard() -> None:
    # Hazard h from day 130 (due 100, grace 30), 2 h from day 300 on, when the other tranche is missed, till day 700.
    daily = 0.05 / MONTH
    model = contract_model({"kind": "lost_confidence", "monthly": "5%", "growth": 2}, due="2026-04-26")

    def survival(day: np.ndarray) -> np.ndarray:
        integral = daily * (np.clip(day, 130, 300) - 130) + 2 * daily * (np.clip(day, 300, None) - 300)
        return np.exp(-integral)

    days = withdrawn(model)
    gone = 1.0 - survival(np.array(700.0))
    assert days.min() >= 130.0
    assert days.max() < 700.0
    assert likely(len(days), MANY, float(gone))
    assert likely(int((days < 300).sum()), MANY, float(1.0 - survival(np.array(300.0))))
    assert as_they_should(days, lambda day: (1.0 - survival(day)) / gone)


def test_an_uncertain_hazard_mixes_the_survival_functions() -> None:
    uncertain = {"kind": "uniform", "low": "2%", "high": "12%"}
    model = contract_model({"kind": "lost_confidence", "monthly": uncertain, "growth": 1}, due="2027-09-08")
    rate, late = np.linspace(0.02, 0.12, 10001), 570.0 / MONTH
    assert likely(len(withdrawn(model)), MANY, float(np.mean(1.0 - np.exp(-rate * late))))


@pytest.mark.parametrize(
    ("probability", "chance"),
    [("35%", 0.35), ({"kind": "triangular", "low": "10%", "mode": "30%", "high": "80%"}, 0.4)],
)
def test_a_longstop_right_is_exercised_as_often_as_it_says(probability: Any, chance: float) -> None:
    model = contract_model({"kind": "contractual", "probability": probability}, due="2026-04-26", longstop="200 days")
    days = withdrawn(model)
    assert set(days) == {300.0}
    assert likely(len(days), MANY, chance)


def test_dates_are_moved_as_often_as_it_says_and_by_as_much() -> None:
    days = {"kind": "uniform", "low": "60 days", "high": "180 days"}
    model = contract_model({"kind": "redate", "probability": "70%", "days": days}, due="2027-09-08")
    made = replicator(model, MANY)
    moved = np.array([made.replicate(number).book.standing["c/t1"].due - 100.0 for number in range(400)])
    assert likely(int((moved > 0).sum()), 400, 0.7)
    assert as_they_should(moved[moved > 0], stats.uniform(60, 120).cdf)


def test_options_are_taken_as_often_as_confidence_lets_them() -> None:
    model = contract_model({"kind": "binding"}, due="2026-04-26")  # one milestone is missed before the decision
    data = model.model_dump(mode="json")
    option = {"exercise_by": "2026-01-01", "probability": 0.6}
    data["contracts"]["c"]["tranches"]["t2"]["option"] = option
    days = column(replicator(type(model).model_validate(data), MANY).block(0, MANY), "withdrawals", "trigger")
    assert likely(days.count("option_lapsed"), MANY, 1.0 - 0.6 * 0.8)


def test_patience_of_two_tranches_is_independent() -> None:
    model = contract_model({"kind": "contractual", "probability": "50%"}, due="2026-04-26", longstop="200 days")
    data = model.model_dump(mode="json")
    data["contracts"]["c"]["tranches"]["t2"] |= {"grace": 0, "longstop": 200}
    tables = replicator(type(model).model_validate(data), MANY).block(0, MANY)
    by_replication = Counter(column(tables, "withdrawals", "replication"))
    both = sum(1 for count in by_replication.values() if count == 2)
    assert likely(both, MANY, 0.25)


def test_retests_are_geometric() -> None:
    failing = {"kind": "test", "duration": "10 days", "fails": {"probability": "40%", "retest": "3 days"}}
    template = {"name": "Test", "per": "10 MW", "cooling": "liquid", "activities": {"T1": failing}}
    made = replicator(tiny(templates={"shell": template}, sites={"a": site({"h1": hall()})}), MANY)
    live = np.array(made.block(0, MANY)["go_live"]["live"])
    retests = np.rint((live - 10.0) / 3.0).astype(int)
    np.testing.assert_allclose(live, 10.0 + 3.0 * retests)
    most = 6
    seen = np.bincount(np.minimum(retests, most), minlength=most + 1)
    expected = MANY * np.array([*(0.6 * 0.4 ** np.arange(most)), 0.4**most])
    assert stats.chisquare(seen, expected).pvalue > LEVEL


def test_the_lengths_of_retests_are_drawn_each_on_its_own() -> None:
    fails = {"probability": "60%", "retest": {"kind": "uniform", "low": "2 days", "high": "10 days"}}
    failing = {"kind": "test", "duration": "10 days", "fails": fails}
    template = {"name": "Test", "per": "10 MW", "cooling": "liquid", "activities": {"T1": failing}}
    made = replicator(tiny(templates={"shell": template}, sites={"a": site({"h1": hall()})}), 600)
    first, second = [], []
    for number in range(600):
        setbacks = made.replicate(number).world.works.setbacks.get(0, [])
        lengths = [end - begin for begin, end, _ in setbacks]
        first += lengths[:1]
        second += lengths[1:2]
    for lengths in (first, second):
        assert as_they_should(np.array(lengths), stats.uniform(2, 8).cdf)
    assert stats.spearmanr(first[: len(second)], second).pvalue > LEVEL


def accident_model() -> Any:
    order = {"kind": "procurement", "duration": "600 days", "item": "generators"}
    template = {"name": "Order", "per": "10 MW", "cooling": "liquid", "activities": {"P1": order}}
    maker = {"kind": "supplier_accident", "item": "generators", "per_year": 0.8, "days": "50 days"}
    return tiny(templates={"shell": template}, sites={"a": site({"h1": hall()})}, disruptions={"maker": maker})


def test_the_first_accident_comes_after_an_exponential_time() -> None:
    tables = replicator(accident_model(), MANY).block(0, MANY)
    days = np.array(column(tables, "disruptions", "day"))
    law = stats.expon(scale=365.25 / 0.8)
    assert likely(len(days), MANY, law.cdf(HORIZON))
    assert as_they_should(days, lambda day: law.cdf(day) / law.cdf(HORIZON))
    live = np.array(tables["go_live"]["live"])
    assert set(np.round(live, 9)) == {600.0, 650.0}  # once at most, and only while the order is under way
    assert likely(int((live > 600.0).sum()), MANY, law.cdf(600.0))


def test_permit_holds_befall_sites_one_by_one() -> None:
    hold = {"kind": "permit_hold", "sites": ["a", "b"], "probability": "30%", "days": "40 days"}
    model = tiny(sites={"a": site({"h1": hall()}), "b": site({"h1": hall()})}, disruptions={"permit": hold})
    tables = replicator(model, MANY).block(0, MANY)
    live = np.array(tables["go_live"]["live"]).reshape(MANY, 2)
    assert set(live.ravel()) == {10.0, 50.0}
    held = live == 50.0
    assert likely(int(held.sum()), 2 * MANY, 0.3)
    assert likely(int(held.all(axis=1).sum()), MANY, 0.09)


def test_storms_are_a_poisson_process() -> None:
    # Storms of a thousandth of a day: the time lost counts them.
    storms = {"per_year": 3, "days": 0.001}
    model = tiny(
        weather={"north": {"lost_days": 0, "storms": storms}}, sites={"a": site({"h1": hall()}, weather="north")}
    )
    work = {"kind": "work", "trade": "fitting", "hours_per_mw": 80, "teams": {"min": 1, "planned": 1, "max": 1}}
    data = model.model_dump(mode="json")
    data["templates"]["shell"]["activities"] = {"A1": work}
    made = replicator(type(model).model_validate(data), 1000)
    rows = made.sampler.block(0, 1000)
    counts = []
    for number, row in enumerate(rows):
        [calendar] = weathered(made.program, 1, number, row, storms_of(made.program, 1, number, row))[-1:]
        counts.append(round((len(calendar.shares) - calendar.cumulative[-1]) / 0.001))
    mean = 3 * len(calendar.shares) / 365.25
    law = stats.poisson(mean)
    edges = [int(law.ppf(share)) for share in (0.1, 0.3, 0.5, 0.7, 0.9)]
    seen = np.bincount(np.searchsorted(edges, counts), minlength=6)
    chances = np.diff([0.0, *(law.cdf(edges)), 1.0])
    assert stats.chisquare(seen, 1000 * chances).pvalue > LEVEL


def test_lost_days_are_as_many_as_declared() -> None:
    work = {"kind": "work", "trade": "fitting", "hours_per_mw": 80, "teams": {"min": 1, "planned": 1, "max": 1}}
    template = {"name": "S", "per": "10 MW", "cooling": "liquid", "activities": {"A1": work | {"exposure": "outdoor"}}}
    model = tiny(
        templates={"shell": template},
        weather={"north": {"lost_days": 4}},
        sites={"a": site({"h1": hall()}, weather="north")},
    )
    made = replicator(model, 20)
    lost = 0
    for number, row in enumerate(made.sampler.block(0, 20)):
        [calendar] = weathered(made.program, 1, number, row, storms_of(made.program, 1, number, row))[-1:]
        lost += calendar.shares.count(0.0)
    assert likely(lost, 20 * len(calendar.shares), 4 * 12 / 251)


@pytest.mark.parametrize("information", [None, "2025-07-21"])
@pytest.mark.parametrize("what", ["gpus", "stage", "plant", "order"])
def test_what_was_begun_before_the_start_is_drawn_as_not_yet_over(what: str, information: str | None) -> None:
    """Uniform on 100 to 200 days and begun 150 days before the start: uniform on 150 to 200, or from what is known."""
    days, begun = {"kind": "uniform", "low": "100 days", "high": "200 days"}, "2025-02-01"
    generation = {"available": "2025-01-01", "lead": days, "kw_per_gpu": 1, "gpus_per_rack": 72, "cooling": "liquid"}
    grid = {"kind": "grid", "begun": begun, "stages": {"works": days}, "steps": {"s1": {"mw": 100, "after": "works"}}}
    plant = {"kind": "bridge", "mw": 100, "ordered": begun, "lead": days}
    activities: dict[str, Any] = {
        "gpus": {"G1": {"kind": "delivery"}},
        "stage": {"PW": {"kind": "energise", "duration": 0}},
        "plant": {"PW": {"kind": "energise", "duration": 0}},
        "order": {"P1": {"kind": "procurement", "duration": days, "ordered_ahead": "150 days"}},
    }
    power = {"stage": {"grid": grid}, "plant": {"plant": plant}}.get(what, {})
    order = {"gpus": {"generation": "GX", "count": 10, "ordered": begun}} if what == "gpus" else {}
    model = tiny(
        templates={"shell": {"name": "S", "per": "10 MW", "cooling": "liquid", "activities": activities[what]}},
        generations={"GX": generation},
        sites={"a": site({"h1": hall(**order)}, power=power)},
        information=information,
    )
    known = 20.0 if information else 0.0
    live = np.array(replicator(model, 1000).block(0, 1000)["go_live"]["live"])
    assert live.min() > known
    assert as_they_should(live, stats.uniform(known, 50 - known).cdf)
