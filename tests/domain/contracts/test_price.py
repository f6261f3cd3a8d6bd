"""Fees and values against sums written out year by year, and the terms that hold for a tranche."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.domain.contracts import Contract, Master, Tranche
from buildsim.domain.contracts.price import YEAR, Price, fee_of, value_of
from buildsim.domain.contracts.terms import Terms, settled

MW_MONTH = Price.model_validate({"per": "mw_month", "usd": "$1m"})
GPU_HOUR = Price.model_validate({"per": "gpu_hour", "usd": "$3"})


def test_a_price_by_the_mw_month_is_twelve_of_them_a_year() -> None:
    assert MW_MONTH.fee(10.0) * YEAR == pytest.approx(12e6)


def test_a_price_by_the_gpu_hour_is_24_of_them_a_day_for_the_gpus_of_a_mw() -> None:
    assert GPU_HOUR.fee(20.0, gpus=10_000) == pytest.approx(3.0 * 24.0 * 500.0)


@pytest.mark.parametrize(
    ("term", "indexation", "years"),
    [
        (2 * YEAR, 0.0, 2.0),
        (2 * YEAR, 0.1, 1.0 + 1.1),
        (2.5 * YEAR, 0.1, 1.0 + 1.1 + 0.5 * 1.21),
        (0.5 * YEAR, 0.1, 0.5),
        (3 * YEAR, 0.5, 1.0 + 1.5 + 2.25),
    ],
)
def test_the_fee_steps_up_with_each_full_year(term: float, indexation: float, years: float) -> None:
    assert value_of(100.0, 5.0, term, indexation) == pytest.approx(5.0 * 100.0 * YEAR * years)


@given(fee=st.floats(1.0, 1e5), mw=st.floats(0.1, 500.0), term=st.floats(1.0, 4000.0), indexation=st.floats(0.0, 0.2))
def test_a_fee_and_a_value_say_the_same(fee: float, mw: float, term: float, indexation: float) -> None:
    assert fee_of(value_of(fee, mw, term, indexation), mw, term, indexation) == pytest.approx(fee)


@given(term=st.integers(1, 2000), indexation=st.sampled_from([0.0, 0.02, 0.1]))
def test_a_value_is_the_sum_of_its_days(term: int, indexation: float) -> None:
    days = sum((1.0 + indexation) ** int(day / YEAR) for day in range(term))
    assert value_of(1.0, 1.0, float(term), indexation) == pytest.approx(days, abs=term / YEAR * indexation + 1e-9)


# -- whose terms hold ----------------------------------------------------------------------------


def tranche(**declared: object) -> Tranche:
    return Tranche.model_validate({"mw": "10 MW", "blocks": ["a/h1"], "due": "2026-01-01", **declared})


def order(**terms: object) -> Contract:
    return Contract.model_validate({"customer": "c", "terms": terms, "tranches": {}})


def test_the_most_particular_paper_holds() -> None:
    master = Master.model_validate(
        {"customer": "c", "terms": {"grace": "10 days", "longstop": "90 days", "cure": "5 days", "ends": "all"}}
    )
    found = settled(tranche(grace="30 days"), order(longstop="120 days"), master)
    assert (found.grace, found.longstop, found.cure, found.ends) == (30.0, 120.0, 5.0, "all")


def test_what_nobody_says_has_its_default() -> None:
    found = settled(tranche(), order(), None)
    assert (found.grace, found.damages, found.credits, found.cure, found.ends) == (0.0, 0.0, (), 0.0, "tranche")
    assert (found.longstop, found.outside, found.cap, found.prepayment, found.term, found.price) == (None,) * 6
    assert (found.retroactive, found.indexation, found.take_or_pay, found.force_majeure) == (False, 0.0, 1.0, ())


def test_a_declared_zero_comes_before_a_more_general_term() -> None:
    assert settled(tranche(grace="0 days"), order(grace="30 days"), None).grace == 0.0
    assert settled(tranche(retroactive=False), order(retroactive=True), None).retroactive is False


def test_a_tranches_value_comes_before_a_price_of_its_contract() -> None:
    price = {"per": "mw_month", "usd": "$1m"}
    assert settled(tranche(value="$5m"), order(price=price), None).price is None
    assert settled(tranche(), order(price=price), None).price == MW_MONTH


@pytest.mark.parametrize(
    ("terms", "told"),
    [
        ({"grace": "30 days", "longstop": "10 days"}, "longstop date comes before the end of the grace"),
        ({"longstop": "90 days", "outside": "60 days"}, "outside date comes before the longstop"),
        ({"grace": "90 days", "outside": "60 days"}, "outside date comes before"),
        ({"credits": [{"rate": 1}, {"after": "0 days", "rate": 2}]}, "begin on the same day"),
        ({"credits": [{"rate": -1}]}, "greater than or equal to 0"),
        ({"cap": "0%"}, "greater than 0"),
        ({"take_or_pay": "110%"}, "cannot be above 1"),
        ({"indexation": "100%"}, "less than 1"),
        ({"prepayment": {"share": "120%"}}, "cannot be above 1"),
        ({"ends": "everything"}, "'tranche', 'rest' or 'all'"),
        ({"cure": "-3 days"}, "cannot be negative"),
    ],
)
def test_terms_that_cannot_be_are_refused(terms: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        Terms.model_validate(terms)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"gpus": 1000}, "either 'mw' or 'gpus'"),
        ({"mw": None}, "either 'mw' or 'gpus'"),
        ({"mw": None, "gpus": 1000}, "needs a 'generation'"),
        ({"mw": "0 MW", "value": "$1bn"}, "greater than 0"),
        ({"value": "$1bn", "price": {"per": "mw_month", "usd": "$1m"}}, "either a 'value' or a 'price'"),
        ({"since": "2024-01-01"}, "only a tranche that is delivered"),
        ({"substitutes": ["a/h1"]}, "named twice"),
        ({"option": {"exercise_by": "2026-01-02", "probability": "50%"}}, "exercised after the tranche is due"),
        ({"delivered": True, "option": {"exercise_by": "2025-12-31", "probability": "50%"}}, "option any more"),
    ],
)
def test_tranches_that_cannot_be_are_refused(changes: dict[str, object], told: str) -> None:
    with pytest.raises(ValueError, match=told):
        tranche(**changes)
