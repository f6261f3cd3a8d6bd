"""Quantities as people write them, to and from numbers in base units.

Base units are elapsed days, MW of critical IT load, USD, plain shares (0.35 for 35 %) and rates per day. Every
`parse_*` takes a number (already in the base unit) or text. It refuses all else, `nan`, infinity and booleans too, with
a `ValueError` that says what was expected. Text is turned in decimal arithmetic, so "35%" is the float nearest to 0.35.
Every `format_*` writes for a terminal or a figure.
"""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal, DecimalException
from types import MappingProxyType

DAYS_PER_WEEK = 7.0
DAYS_PER_MONTH = 30.4375
"""Mean length of a Gregorian month [days]: a twelfth of 365.25."""
DAYS_PER_YEAR = 365.25
"""Mean length of a Julian year [days]."""

_NUMBER = r"[+-]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)\.\d*|\.\d+)?(?:(?<=[\d.])[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*(?P<number>{_NUMBER})\s*(?P<unit>[^\d\s].*?)?\s*", re.DOTALL | re.ASCII)
_PER = re.compile(r"(?P<many>.*?)\s*(?:/|\bper\b|\ban?\b)\s*(?P<one>[A-Za-z]+)\s*", re.DOTALL | re.ASCII)
_SHARE_PER = re.compile(rf"(?P<part>{_NUMBER})\s*(?:per|in|out of|/)\s*(?P<whole>{_NUMBER})", re.ASCII)
_LONGEST_SHOWN = 60
_DOLLARS = r"US\s?\$|USD|\$"
_MONEY = re.compile(
    rf"(?P<sign>[+-]?)\s*(?:{_DOLLARS})?\s*(?P<amount>.*?)\s*(?:{_DOLLARS}|dollars?)?", re.IGNORECASE | re.ASCII
)


def _units(*rows: tuple[float | str, str]) -> Mapping[str, Decimal]:
    """A read-only table from each spelling (lower case) to its factor."""
    return MappingProxyType({word: Decimal(factor) for factor, words in rows for word in words.split()})


_TIME = _units(
    (1 / 1440, "min minute minutes"),
    (1 / 24, "h hr hrs hour hours"),
    (1.0, "d day days"),
    (DAYS_PER_WEEK, "w wk wks week weeks"),
    (DAYS_PER_MONTH, "mo mth month months"),
    (DAYS_PER_YEAR, "y yr yrs year years"),
)
_POWER = _units(("1e-6", "w"), ("1e-3", "kw"), ("1", "mw"), ("1e3", "gw"))
_AMOUNT = _units(("1e3", "k thousand"), ("1e6", "m mn mm million"), ("1e9", "b bn billion"), ("1e12", "t tn trillion"))
_SHARE = _units(("0.01", "% percent"), ("0.001", "‰ permille"), ("0.0001", "bp bps"))
_WORKDAYS = frozenset({"wd", "workday", "workdays", "working day", "working days", "business day", "business days"})


@dataclass(frozen=True, slots=True)
class Duration:
    """A length of time."""

    value: float
    """How long [days]: elapsed days, or workdays if `workdays`."""
    workdays: bool = False
    """Whether the days are working days of the calendar that applies rather than elapsed days."""


def _refusal(raw: object, expected: str) -> ValueError:
    shown = f"'{raw}'" if isinstance(raw, str) else "nothing" if raw is None else f"{raw!r}"
    if len(shown) > _LONGEST_SHOWN:
        shown = f"{shown[:_LONGEST_SHOWN]} ..."
    return ValueError(f"expected {expected}, not {shown}")


def _plain(raw: object, expected: str) -> float | None:
    """The number that `raw` is, or None for text; a refusal for everything else."""
    if isinstance(raw, str):
        return None
    if isinstance(raw, bool) or not isinstance(raw, int | float):
        raise _refusal(raw, expected)
    if not math.isfinite(raw):
        raise _refusal(raw, expected)
    return float(raw)


def _to_decimal(text: str) -> Decimal | None:
    try:
        value = Decimal(text.replace(",", ""))
    except DecimalException:
        return None
    return value if value.adjusted() <= 308 else None


def _split(text: str, expected: str) -> tuple[Decimal, str]:
    """The number and the unit (white space squeezed, "" if none) of `text`."""
    match = _QUANTITY.fullmatch(text)
    number = _to_decimal(match["number"]) if match else None
    if match is None or number is None:
        raise _refusal(text, expected)
    return number, " ".join((match["unit"] or "").split())


def _scaled(raw: object, table: Mapping[str, Decimal], expected: str) -> float:
    """`raw` in the base unit of `table`."""
    plain = _plain(raw, expected)
    if plain is not None:
        return plain
    number, unit = _split(str(raw), expected)
    if unit and unit.lower() not in table:
        raise _refusal(raw, expected)
    value = float(number * table[unit.lower()] if unit else number)
    if not math.isfinite(value):
        raise _refusal(raw, expected)
    return value


def parse_number(raw: object) -> float:
    """A plain number: `3`, `0.5`, `"10,512"`.

    Raises:
        ValueError: for text that is not a finite number, and for other types.
    """
    return _scaled(raw, {}, "a number such as 0.5 or '10,512'")


def parse_duration(raw: object) -> Duration:
    """A length of time: `"26 weeks"`, `"10 workdays"`, `"15wd"`, `"3 months"`, or a number of elapsed days.

    A month is 30.4375 days and a year 365.25 days. The sign is not checked here: a lag may be negative.

    Raises:
        ValueError: for an unknown unit, text without a number, and other types.
    """
    expected = "a duration such as '26 weeks' or '10 workdays'"
    if isinstance(raw, str):
        number, unit = _split(raw, expected)
        if unit.lower() in _WORKDAYS:
            return Duration(float(number), workdays=True)
    return Duration(_scaled(raw, _TIME, expected))


def parse_days(raw: object) -> float:
    """A length of time in elapsed days [days]: `"26 weeks"`, `"3 months"`, or a number of days.

    Raises:
        ValueError: as `parse_duration`, and for workdays.
    """
    expected = "a duration in elapsed time such as '26 weeks' or '10 days'"
    try:
        duration = parse_duration(raw)
    except ValueError:
        raise _refusal(raw, expected) from None
    if duration.workdays:
        raise _refusal(raw, expected)
    return duration.value


def parse_mw(raw: object) -> float:
    """Power [MW]: `"120 MW"`, `"1.2 GW"`, `"500 kW"`, or a number of MW.

    Raises:
        ValueError: for an unknown unit, text without a number, and other types.
    """
    return _scaled(raw, _POWER, "a power such as '120 MW' or '1.2 GW'")


def parse_usd(raw: object) -> float:
    """Money [USD]: `"$11.9bn"`, `"USD 350m"`, `"$26,000"`, `"2.3 billion USD"`, or a number of dollars.

    Raises:
        ValueError: for another currency, an unknown suffix, text without a number, and other types.
    """
    expected = "an amount of money such as '$11.9bn' or 'USD 350m'"
    plain = _plain(raw, expected)
    if plain is not None:
        return plain
    match = _MONEY.fullmatch(str(raw).strip())
    if match is None or (match["sign"] and match["amount"][:1] in ("+", "-")):
        raise _refusal(raw, expected)
    try:
        amount = _scaled(match["amount"], _AMOUNT, expected)
    except ValueError:
        raise _refusal(raw, expected) from None
    return -amount if match["sign"] == "-" else amount


def parse_share(raw: object) -> float:
    """A share [-]: `"35%"`, `"20 per 1000"`, `"400 bp"`, or a plain number (0.35 is 35 %).

    The range is not checked: factors such as `"110%"` are shares too.

    Raises:
        ValueError: for an unknown unit, a share of nothing ("3 per 0"), text without a number, and other types.
    """
    expected = "a share such as 0.35, '35%' or '20 per 1000'"
    if isinstance(raw, str) and (match := _SHARE_PER.fullmatch(raw.strip())):
        part, whole = _to_decimal(match["part"]), _to_decimal(match["whole"])
        if part is None or whole is None or whole <= 0:
            raise _refusal(raw, expected)
        return float(part / whole)
    return _scaled(raw, _SHARE, expected)


def parse_date(raw: object) -> date:
    """A date: `"2025-10-31"`, or a `date` as YAML makes of it.

    Raises:
        ValueError: for other forms, dates that do not exist, and a time of day other than 00:00.
    """
    expected = "a date such as 2025-10-31"
    if isinstance(raw, datetime):
        if raw.time() != time(0) or raw.tzinfo is not None:
            raise _refusal(str(raw), expected)
        return raw.date()
    if isinstance(raw, date):
        return raw
    if not isinstance(raw, str) or not re.fullmatch(r"\s*\d{4}-\d{2}-\d{2}\s*", raw):
        raise _refusal(raw, expected)
    try:
        return date.fromisoformat(raw.strip())
    except ValueError:
        raise _refusal(raw, f"{expected} that exists") from None


def parse_count(raw: object) -> float:
    """How many of something [-]: `525`, `"10,512"`, `"525 workers"` (any noun that is not itself a unit).

    Raises:
        ValueError: for a unit of time, power, money or share in place of the noun, and for what is not a number.
    """
    expected = "a count such as 525 or '525 workers'"
    plain = _plain(raw, expected)
    if plain is not None:
        return plain
    number, noun = _split(str(raw), expected)
    units = (_TIME, _POWER, _AMOUNT, _SHARE, _WORKDAYS)
    if any(noun.lower() in table for table in units) or not re.fullmatch(r"(?!per\b)[A-Za-z -]*", noun):
        raise _refusal(raw, expected)
    return float(number)


def parse_rate(raw: object) -> float:
    """A rate per day [1/day, or MW/day]: `"130 per month"`, `"2 per year"`, `"10 GW a year"`, `"5 racks/week"`.

    Raises:
        ValueError: for a bare number (the period must be said), an unknown period, and other types.
    """
    expected = "a rate with its period such as '130 per month' or '2 per year'"
    match = _PER.fullmatch(raw) if isinstance(raw, str) else None
    if match is None or match["one"].lower() not in _TIME:
        raise _refusal(raw, expected)
    for parse in (parse_mw, parse_count):
        try:
            return parse(match["many"].strip()) / float(_TIME[match["one"].lower()])
        except ValueError:
            continue
    raise _refusal(raw, expected)


def _significant(value: float, digits: int = 3) -> str:
    """`value` to so many significant digits, without an exponent or trailing zeros: 11.9, 350, 1,230."""
    if value == 0.0:
        return "0"
    places = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    text = f"{value:,.{places}f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _stepped(value: float, steps: tuple[tuple[float, str], ...]) -> tuple[str, str]:
    """Three significant digits and the unit of the largest step that the rounded value reaches (else of the last)."""
    for factor, name in steps[:-1]:
        if float(f"{abs(value):.2e}") >= factor:
            return _significant(float(f"{value:.2e}") / factor), name
    factor, name = steps[-1]
    return _significant(value / factor), name


def format_usd(value: float) -> str:
    """Money [USD] to three digits: `$11.9bn`, `$350m`, `$26,000`, `-$1.5m`; `n/a` for NaN."""
    if math.isnan(value):
        return "n/a"
    sign = "-" if value < 0 else ""
    if abs(value) < 999_500.0:
        return f"{sign}${abs(value):,.0f}"
    number, suffix = _stepped(abs(value), ((1e12, "tn"), (1e9, "bn"), (1e6, "m")))
    return f"{sign}${number}{suffix}"


def format_mw(value: float) -> str:
    """Power [MW] to three digits: `120 MW`, `1.2 GW`, `500 kW`; `n/a` for NaN."""
    if math.isnan(value):
        return "n/a"
    if value == 0.0:
        return "0 MW"
    return " ".join(_stepped(value, ((1e3, "GW"), (1.0, "MW"), (1e-3, "kW"))))


def format_days(value: float) -> str:
    """A length of time [days]: `12 days`, `1 day`, `2.5 days`, whole days from ten on; `n/a` for NaN."""
    if math.isnan(value):
        return "n/a"
    text = f"{value:,.0f}" if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")
    text = "0" if text == "-0" else text
    return f"{text} day" if text in ("1", "-1") else f"{text} days"


def format_share(value: float) -> str:
    """A share [-] in percent to three digits: `35%`, `2.5%`; `n/a` for NaN."""
    return "n/a" if math.isnan(value) else f"{_significant(100.0 * value)}%"


def format_share_per_1000(value: float) -> str:
    """A share [-] as so many per thousand: `20 per 1,000`; `n/a` for NaN."""
    return "n/a" if math.isnan(value) else f"{_significant(1000.0 * value)} per 1,000"


def format_count(value: float) -> str:
    """A count [-]: `10,512`; `n/a` for NaN."""
    return "n/a" if math.isnan(value) else f"{value:,.0f}"


def format_date(value: date) -> str:
    """A date in ISO form: `2025-10-31`."""
    return value.isoformat()
