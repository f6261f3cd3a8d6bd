"""Figures as people type them: `go-live:denton@p80`, to a `Figure` and back.

    FIGURE    = NAME [":" OF] ["@" STATISTIC]
    NAME      = go-live | live-mw | withdrawal | missed | on-time-mw | damages | value-at-risk | withdrawals |
                withdrawn-mw | withdrawn-value
    OF        = the site of a go-live, the date of live-mw, the customer of a withdrawal
    STATISTIC = mean | pNN, such as p80 or p2.5 | probability, of a withdrawal only

Without OF a go-live is that of the portfolio and a withdrawal that of any customer; live-mw needs its date. Without
STATISTIC a go-live is its P80, a withdrawal a probability, and all else a mean. Capitals do not matter, and `_` in a
name is `-`. A target is a figure with the half-width that its interval is to have: `go-live@p80=5 days`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, TypeVar

from buildsim.analysis import golive
from buildsim.analysis.compare import UNITS
from buildsim.analysis.figures import Figure, Statistic
from buildsim.analysis.sources import GoLive, LiveMw, Source, Total, Withdrawn
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest
from buildsim.units import parse_count, parse_date, parse_days, parse_mw, parse_share, parse_usd

Read = TypeVar("Read")

GO_LIVE, LIVE_MW, WITHDRAWAL = "go-live", "live-mw", "withdrawal"
ANY = "all"
"""The customer that stands for any."""
TOTALS = MappingProxyType({name.replace("_", "-"): name for name in UNITS if name != "any_withdrawal"})
"""The sums over all tranches, as they are typed."""
NAMES = (GO_LIVE, LIVE_MW, WITHDRAWAL, *TOTALS)
"""All names of figures."""

_HALF_WIDTHS: Mapping[str, tuple[Callable[[object], float], str]] = MappingProxyType(
    {
        "days": (parse_days, "5 days"),
        "MW": (parse_mw, "20 MW"),
        "USD": (parse_usd, "$1m"),
        "probability": (parse_share, "1%"),
        "tranches": (parse_count, "0.1 tranches"),
        "withdrawals": (parse_count, "0.1 withdrawals"),
    }
)
"""By the unit of a figure: how a half-width of it is read, and an example."""


def parse(texts: Sequence[str], models: Sequence[Any] = (), *, path: str = "figure") -> tuple[Figure, ...]:
    """The figures that texts name, each once.

    With `models` they must be there to be asked of: the sites and customers in every model, dates within each. `path`
    is what problems are told under.

    Errors: InputError with every problem of every text.
    """
    found: list[Figure] = []
    problems: list[Problem] = []
    for text in texts:
        try:
            figure = _read(text)
        except InputError as error:
            problems += error.problems
            continue
        found.append(figure)
        told = dict.fromkeys(problem for model in models for problem in _misfits(text, figure, model))
        problems += told
        if not told and models and not any(_has(figure, model) for model in models):
            problems.append(Problem("", f"'{text}': the model has no contracts"))
    if problems:
        raise InputError([replace(problem, path=path) for problem in problems])
    return tuple(dict.fromkeys(found))


def parse_target(text: str, models: Sequence[Any] = (), *, path: str = "figure") -> tuple[Figure, float]:
    """The figure and the half-width [unit of the figure] of a target `FIGURE=HALF_WIDTH`.

    Errors: InputError, as `parse`; for a half-width that is missing, not above 0, or not in the unit of the figure.
    """
    named, equals, width = text.partition("=")
    (figure,) = parse([named], models, path=path)
    read, example = _HALF_WIDTHS[figure.source.unit]
    if not equals or not width.strip():
        raise InputError(Problem(path, f"'{text}' has no half-width", expected=f"{named.strip()}={example}"))
    try:
        half_width = read(width.strip())
    except ValueError as error:
        raise InputError(Problem(path, f"'{text}': {error}")) from error
    if half_width <= 0.0 or (figure.source.unit == "probability" and half_width >= 1.0):
        expected = "above 0 and below 100%" if figure.source.unit == "probability" else "above 0"
        raise InputError(Problem(path, f"'{text}': the half-width is {width.strip()}", expected=expected))
    return figure, half_width


def name(figure: Figure) -> str:
    """What `parse` makes the figure of: `go-live:denton@p80`, `live-mw:2026-12-31@mean`, `damages@mean`.

    Errors: ValueError for a source that has no name.
    """
    match figure.source:
        case GoLive(site):
            told = GO_LIVE if site == golive.PORTFOLIO else f"{GO_LIVE}:{site}"
        case LiveMw(when):
            told = f"{LIVE_MW}:{when.isoformat()}"
        case Withdrawn(customer):
            told = WITHDRAWAL if customer == ANY else f"{WITHDRAWAL}:{customer}"
        case Total(quantity):
            told = quantity.replace("_", "-")
        case other:
            raise ValueError(f"{other} has no name")
    return f"{told}@{figure.label.lower()}"


def _read(text: str) -> Figure:
    """The figure that a text names; InputError with what is wrong with it."""
    whole, at, statistic = text.strip().rpartition("@")
    whole, statistic = (whole, statistic) if at else (statistic, "")
    head, colon, of = (part.strip() for part in whole.partition(":"))
    kind = head.lower().replace("_", "-")
    kind = WITHDRAWAL if kind == "any-withdrawal" else kind
    if kind not in NAMES:
        near = nearest(kind, NAMES)
        hint = None if near is None else f"{near}{text.strip()[len(head) :]}"
        raise InputError(Problem("", f"'{text}': there is no figure '{head}'", expected=", ".join(NAMES), nearest=hint))
    problems: list[Problem] = []
    source = _tried(lambda: _source(text, kind, of, bool(colon)), problems)
    level = _tried(lambda: _statistic(text, kind, statistic, bool(at)), problems)
    if source is None or level is None:
        raise InputError(problems)
    return Figure(source, level)


def _tried(read: Callable[[], Read], problems: list[Problem]) -> Read | None:
    try:
        return read()
    except InputError as error:
        problems += error.problems
        return None


def _source(text: str, kind: str, of: str, given: bool) -> Source:
    if kind == LIVE_MW:
        try:
            return LiveMw(parse_date(of))
        except ValueError as error:
            message = f"'{text}': {error}" if of else f"'{text}' needs a date"
            raise InputError(Problem("", message, expected="live-mw:DATE, such as live-mw:2026-12-31")) from error
    if given and not of:
        raise InputError(Problem("", f"'{text}': nothing stands after the ':'", expected=f"{kind}, or {kind}:NAME"))
    if kind == GO_LIVE:
        return GoLive(of or golive.PORTFOLIO)
    if kind == WITHDRAWAL:
        return Withdrawn(of or ANY)
    if of:
        raise InputError(Problem("", f"'{text}': '{kind}' is a sum over all tranches", expected=kind))
    return Total(TOTALS[kind])


def _statistic(text: str, kind: str, told: str, given: bool) -> Statistic:
    """The statistic that is asked for, or the one that is meant when none is."""
    expected = "probability" if kind == WITHDRAWAL else "mean, or a percentile such as p80"
    said = told.strip().lower()
    if not given:
        return "probability" if kind == WITHDRAWAL else 0.8 if kind == GO_LIVE else "mean"
    if kind == WITHDRAWAL:
        if said == "probability":
            return "probability"
    elif said == "mean":
        return "mean"
    elif said.startswith("p"):
        try:
            level = float(said[1:]) / 100.0
        except ValueError:
            level = 0.0
        if 0.0 < level < 1.0:
            return level
    raise InputError(Problem("", f"'{text}': there is no statistic '{told.strip()}' of '{kind}'", expected=expected))


def _misfits(text: str, figure: Figure, model: Any) -> list[Problem]:
    """What keeps a figure from being asked of a model."""
    source = figure.source
    if getattr(model, "network", None) is not None:
        if isinstance(source, GoLive) and source.site == golive.PORTFOLIO:
            return []
        return [Problem("", f"'{text}': a bare network has neither sites nor MW nor contracts", expected=GO_LIVE)]
    if isinstance(source, LiveMw) and not model.start <= source.when <= model.horizon:
        expected = f"a date from {model.start} to {model.horizon}"
        return [Problem("", f"'{text}': {source.when} lies outside what is simulated", expected=expected)]
    return [
        replace(
            problem,
            path="",
            message=f"'{text}': {problem.message}",
            nearest=None if problem.nearest is None else name(figure).replace(f":{source.of}@", f":{problem.nearest}@"),
        )
        for problem in figure.problems(model)
    ]


def _has(figure: Figure, model: Any) -> bool:
    """Whether a model has what the figure counts: contracts, where it is about them."""
    return isinstance(figure.source, GoLive | LiveMw) or bool(model.contracts)
