"""Figures as they are typed, there and back."""

from datetime import date

import pytest

import buildsim as bs
from buildsim.analysis import figures
from buildsim.analysis.compare import UNITS
from buildsim.analysis.figure_names import NAMES, name, parse, parse_target
from buildsim.analysis.figures import Figure
from buildsim.analysis.sources import Total, Withdrawn
from buildsim.errors import InputError

MODEL = bs.load("two-sites")
UNBOUND = bs.load("one-hall", set={"contracts": {}})

TYPED = [
    ("go-live", figures.go_live(), "go-live@p80"),
    ("go-live:ridge", figures.go_live("ridge", 0.8), "go-live:ridge@p80"),
    ("GO_LIVE : ridge @ P2.5", figures.go_live("ridge", 0.025), "go-live:ridge@p2.5"),
    ("go-live:portfolio@mean", figures.go_live(statistic="mean"), "go-live@mean"),
    ("live-mw:2026-06-30", figures.live_mw(date(2026, 6, 30)), "live-mw:2026-06-30@mean"),
    ("live-mw:2026-06-30@p10", figures.live_mw(date(2026, 6, 30), 0.1), "live-mw:2026-06-30@p10"),
    ("withdrawal", figures.withdrawal(), "withdrawal@probability"),
    ("any_withdrawal", figures.withdrawal(), "withdrawal@probability"),
    ("withdrawal:lab@probability", figures.withdrawal("lab"), "withdrawal:lab@probability"),
    ("missed", figures.total("missed"), "missed@mean"),
    ("value-at-risk@p97.5", Figure(Total("value_at_risk"), 0.975), "value-at-risk@p97.5"),
]


@pytest.mark.parametrize(("text", "figure", "canonical"), TYPED)
def test_there_and_back(text: str, figure: Figure, canonical: str) -> None:
    assert parse([text], [MODEL]) == (figure,)
    assert name(figure) == canonical
    assert parse([canonical]) == (figure,)


@pytest.mark.parametrize("total", UNITS)
def test_every_total_has_a_name(total: str) -> None:
    (figure,) = parse([total])
    assert figure == (figures.withdrawal() if total == "any_withdrawal" else figures.total(total))
    assert name(figure).partition("@")[0] in NAMES


@pytest.mark.parametrize("percent", [1, 7, 10, 28, 29, 50, 57, 58, 80, 90, 95, 99])
def test_a_percentile_keeps_its_level(percent: int) -> None:
    (figure,) = parse([f"missed@p{percent}"])
    assert figure.statistic == percent / 100
    assert name(figure) == f"missed@p{percent}"


def test_each_figure_once() -> None:
    assert len(parse(["go-live", "go-live@p80", "GO-LIVE:portfolio"])) == 1


WRONG = [
    ("golive@p90", "there is no figure 'golive'", "go-live@p90"),
    ("", "there is no figure ''", None),
    ("go-live:", "nothing stands after the ':'", None),
    ("go-live:rigde", "there is no site 'rigde'", "go-live:ridge@p80"),
    ("go-live@80", "there is no statistic '80' of 'go-live'", None),
    ("go-live@p0", "there is no statistic 'p0'", None),
    ("go-live@p100", "there is no statistic 'p100'", None),
    ("go-live@pnan", "there is no statistic 'pnan'", None),
    ("go-live@", "there is no statistic ''", None),
    ("go-live@probability", "there is no statistic 'probability' of 'go-live'", None),
    ("live-mw", "'live-mw' needs a date", None),
    ("live-mw:2026-02-30", "that exists", None),
    ("live-mw:2035-01-01", "lies outside what is simulated", None),
    ("withdrawal:labb", "there is no customer 'labb'", "withdrawal:lab@probability"),
    ("withdrawal@mean", "there is no statistic 'mean' of 'withdrawal'", None),
    ("damages:lab", "'damages' is a sum over all tranches", None),
]


@pytest.mark.parametrize(("text", "told", "near"), WRONG)
def test_what_is_wrong_is_told_with_the_nearest_name(text: str, told: str, near: str | None) -> None:
    with pytest.raises(InputError) as refused:
        parse([text], [MODEL], path="--figure")
    (problem,) = refused.value.problems
    assert problem.path == "--figure"
    assert told in problem.message
    assert problem.nearest == near


def test_all_problems_at_once() -> None:
    texts = [text for text, *_ in WRONG]
    with pytest.raises(InputError) as refused:
        parse([*texts, "live-mw@q"], [MODEL])
    assert len(refused.value.problems) == len(WRONG) + 2


def test_a_model_without_contracts_has_no_figures_of_them() -> None:
    assert parse(["missed", "withdrawal"], [MODEL, UNBOUND])
    with pytest.raises(InputError, match="the model has no contracts"):
        parse(["missed"], [UNBOUND])


def test_a_target_has_the_unit_of_its_figure() -> None:
    assert parse_target("go-live@p80=2 weeks") == (figures.go_live(), 14.0)
    assert parse_target("withdrawal=1%") == (figures.withdrawal(), 0.01)
    assert parse_target("live-mw:2026-06-30=0.02 GW")[1] == 20.0
    assert parse_target("damages=$1.5m")[1] == 1.5e6
    assert parse_target("missed = 0.1 tranches")[1] == 0.1
    assert parse_target("withdrawals=0.1")[1] == 0.1


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("go-live", "has no half-width"),
        ("go-live=", "has no half-width"),
        ("go-live=5 MW", "expected a duration"),
        ("go-live=5 workdays", "expected a duration"),
        ("go-live=0", "expected above 0"),
        ("damages=-$1m", "expected above 0"),
        ("withdrawal=100%", "expected above 0 and below 100%"),
        ("withdrawal=5 days", "expected a share"),
        ("goliv=5 days", "there is no figure 'goliv'"),
    ],
)
def test_a_target_that_cannot_be(text: str, told: str) -> None:
    with pytest.raises(InputError, match=told):
        parse_target(text, [MODEL], path="--until")


def test_a_source_of_ones_own_has_no_name() -> None:
    class Own:
        quantity = of = "own"
        unit = "days"

    with pytest.raises(ValueError, match="has no name"):
        name(Figure(Own()))  # type: ignore[arg-type]


def test_the_total_any_withdrawal_is_that_of_any_customer() -> None:
    run = bs.simulate(bs.load("two-sites", scenario="labour-20"), 20, workers=1, keep_activities=0)
    values = Total("any_withdrawal").values(run, run.horizon)
    assert values.tolist() == Withdrawn().values(run, run.horizon).tolist()
    assert set(values) <= {0.0, 1.0}
