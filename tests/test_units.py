"""Quantities as people write them: what is read, what is refused and how it is written again."""

import contextlib
import math
from collections.abc import Callable
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim import units
from buildsim.units import Duration


@pytest.mark.parametrize(
    ("text", "days"),
    [
        (12, 12.0),
        (0.5, 0.5),
        ("12", 12.0),
        ("12 days", 12.0),
        ("1 day", 1.0),
        ("10d", 10.0),
        ("26 weeks", 182.0),
        ("1 wk", 7.0),
        ("3 months", 91.3125),
        ("2 years", 730.5),
        ("72 h", 3.0),
        ("36 hours", 1.5),
        ("1,000 days", 1000.0),
        (" 1.5  weeks ", 10.5),
        ("1e2 days", 100.0),
        (".5 years", 182.625),
        ("-5 days", -5.0),
        ("26 Weeks", 182.0),
    ],
)
def test_days(text: object, days: float) -> None:
    assert units.parse_days(text) == days
    assert units.parse_duration(text) == Duration(days)


@pytest.mark.parametrize("text", ["10 workdays", "10wd", "10 working days", "10 business days", "10 Workdays"])
def test_workdays(text: str) -> None:
    assert units.parse_duration(text) == Duration(10.0, workdays=True)
    with pytest.raises(ValueError, match="elapsed time"):
        units.parse_days(text)


@pytest.mark.parametrize(
    ("text", "mw"), [(120, 120.0), ("120 MW", 120.0), ("1.2 GW", 1200.0), ("500 kW", 0.5), ("120mw", 120.0)]
)
def test_mw(text: object, mw: float) -> None:
    assert units.parse_mw(text) == mw


@pytest.mark.parametrize(
    ("text", "usd"),
    [
        (26000, 26000.0),
        ("$11.9bn", 11.9e9),
        ("USD 350m", 350e6),
        ("$26,000", 26000.0),
        ("2.3 billion USD", 2.3e9),
        ("350 million dollars", 350e6),
        ("US$ 4k", 4000.0),
        ("$1.1tn", 1.1e12),
        ("-$5m", -5e6),
        ("$-5m", -5e6),
        ("$25,079", 25079.0),
    ],
)
def test_usd(text: object, usd: float) -> None:
    assert units.parse_usd(text) == usd


@pytest.mark.parametrize(
    ("text", "share"),
    [
        (0.35, 0.35),
        ("35%", 0.35),
        ("35 percent", 0.35),
        ("20 per 1000", 0.02),
        ("200 per 1,000", 0.2),
        ("1 in 5", 0.2),
        ("400 bp", 0.04),
        ("110%", 1.1),
        ("0.5%", 0.005),
    ],
)
def test_share(text: object, share: float) -> None:
    assert units.parse_share(text) == share


@pytest.mark.parametrize(
    ("text", "count"), [(525, 525.0), ("525 workers", 525.0), ("10,512", 10512.0), ("3 crews", 3.0)]
)
def test_count(text: object, count: float) -> None:
    assert units.parse_count(text) == count


@pytest.mark.parametrize(
    ("text", "per_day"),
    [
        ("130 per month", 130 / 30.4375),
        ("2 per year", 2 / 365.25),
        ("5 a day", 5.0),
        ("10 GW a year", 10_000 / 365.25),
        ("14 racks/week", 2.0),
        ("130 GPUs per month", 130 / 30.4375),
    ],
)
def test_rate(text: str, per_day: float) -> None:
    assert units.parse_rate(text) == pytest.approx(per_day, rel=1e-15)


@pytest.mark.parametrize("raw", ["2025-10-31", " 2025-10-31 ", date(2025, 10, 31), datetime(2025, 10, 31)])
def test_date(raw: object) -> None:
    parsed = units.parse_date(raw)
    assert parsed == date(2025, 10, 31)
    assert type(parsed) is date


PARSERS: dict[str, Callable[[object], object]] = {
    "a duration such as": units.parse_duration,
    "a duration in elapsed time": units.parse_days,
    "a power": units.parse_mw,
    "an amount of money": units.parse_usd,
    "a share": units.parse_share,
    "a count": units.parse_count,
    "a rate with its period": units.parse_rate,
    "a number": units.parse_number,
    "a date such as": units.parse_date,
}


@pytest.mark.parametrize("expected", PARSERS)
@pytest.mark.parametrize(
    "raw",
    ["", " ", "soon", "5 §", "1,23", "1.2.3", "0x10", "--5", "5 5", "٣", "1e999", "nan", "inf", None, True, [], {}, 5j],
)
def test_refused_with_what_was_expected(expected: str, raw: object) -> None:
    with pytest.raises(ValueError, match=f"expected {expected}"):
        PARSERS[expected](raw)


@pytest.mark.parametrize(
    ("parse", "raw"),
    [
        (units.parse_days, math.nan),
        (units.parse_mw, math.inf),
        (units.parse_mw, "5 days"),
        (units.parse_days, "5 parsecs"),
        (units.parse_usd, "€5m"),
        (units.parse_usd, "-$-5"),
        (units.parse_share, "3 per 0"),
        (units.parse_share, "3 per -10"),
        (units.parse_count, "5 weeks"),
        (units.parse_count, "3 per day"),
        (units.parse_count, "35%"),
        (units.parse_rate, 5),
        (units.parse_rate, "5"),
        (units.parse_rate, "5 per fortnight"),
        (units.parse_rate, "fast per day"),
        (units.parse_number, "5 days"),
        (units.parse_date, 20251031),
        (units.parse_date, "2025-02-30"),
        (units.parse_date, "31.10.2025"),
        (units.parse_date, datetime(2025, 10, 31, 12)),
        (units.parse_date, datetime(2025, 10, 31, tzinfo=UTC)),
    ],
)
def test_refused(parse: Callable[[object], object], raw: object) -> None:
    with pytest.raises(ValueError, match=r"expected .*, not"):
        parse(raw)


def test_a_long_value_is_cut_in_the_message() -> None:
    with pytest.raises(ValueError, match=r"\.\.\.$") as caught:
        units.parse_days("x" * 1000)
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("usd", "text"),
    [
        (1.19e10, "$11.9bn"),
        (350e6, "$350m"),
        (26000, "$26,000"),
        (999_499, "$999,499"),
        (999_500, "$1m"),
        (999.6e6, "$1bn"),
        (-1.5e6, "-$1.5m"),
        (-26000, "-$26,000"),
        (2.25e9, "$2.25bn"),
        (1.2e12, "$1.2tn"),
        (0, "$0"),
        (math.nan, "n/a"),
    ],
)
def test_format_usd(usd: float, text: str) -> None:
    assert units.format_usd(usd) == text


@pytest.mark.parametrize(
    ("mw", "text"),
    [
        (120, "120 MW"),
        (1200, "1.2 GW"),
        (0.5, "500 kW"),
        (999.6, "1 GW"),
        (0, "0 MW"),
        (-5, "-5 MW"),
        (math.nan, "n/a"),
    ],
)
def test_format_mw(mw: float, text: str) -> None:
    assert units.format_mw(mw) == text


@pytest.mark.parametrize(
    ("days", "text"),
    [(0, "0 days"), (1, "1 day"), (2.5, "2.5 days"), (9.96, "10 days"), (45.2, "45 days"), (1e4, "10,000 days"),
     (-0.01, "0 days"), (math.nan, "n/a")],
)  # fmt: skip
def test_format_days(days: float, text: str) -> None:
    assert units.format_days(days) == text


def test_format_the_rest() -> None:
    assert units.format_share(0.35) == "35%"
    assert units.format_share(0.0251) == "2.51%"
    assert units.format_share_per_1000(0.02) == "20 per 1,000"
    assert units.format_count(10512) == "10,512"
    assert units.format_date(date(2025, 10, 31)) == "2025-10-31"
    assert {units.format_share(math.nan), units.format_share_per_1000(math.nan), units.format_count(math.nan)} == {
        "n/a"
    }


@given(st.floats(min_value=1e-2, max_value=1e14))
def test_what_is_written_is_read_again(value: float) -> None:
    """Three significant digits are kept, so reading gives the value to half of one in a hundred."""
    assert units.parse_usd(units.format_usd(1e6 * value)) == pytest.approx(1e6 * value, rel=0.0051)
    assert units.parse_mw(units.format_mw(value)) == pytest.approx(value, rel=0.0051)
    assert units.parse_share(units.format_share(value)) == pytest.approx(value, rel=0.0051)
    assert units.parse_share(units.format_share_per_1000(value)) == pytest.approx(value, rel=0.0051)


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_number_in_base_units_is_kept_bit_for_bit(value: float) -> None:
    for parse in (units.parse_days, units.parse_mw, units.parse_usd, units.parse_share, units.parse_number):
        assert parse(value) == value


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    for parse in PARSERS.values():
        with contextlib.suppress(ValueError):
            parse(text)
