"""What must hold of crew pools and levers beyond their own fields."""

from collections.abc import Collection, Iterator, Mapping
from itertools import combinations

from buildsim.domain.labour import (
    Dispatch,
    Lever,
    OvertimeWeeks,
    Prefabrication,
    RollingShifts,
    SecondShift,
    Stagger,
    Transfer,
    Travellers,
    WagePremium,
)
from buildsim.domain.labour.levers.rolling_shifts import GANGS
from buildsim.errors import Problem
from buildsim.model.root import Model
from buildsim.model.unknown import unknown


def check_labour(model: Model) -> Iterator[Problem]:
    """Return the problems of labour, each at its dotted path."""
    for market, pools in model.labour.items():
        for trade in pools:
            if trade not in model.trades:
                yield unknown(f"labour.{market}.{trade}", "trade", trade, model.trades)
    for name, lever in model.levers.items():
        yield from _names(model, f"levers.{name}", lever)
        yield from _pay(model, f"levers.{name}", lever)
        if isinstance(lever, Transfer):
            yield from _transfer(model, f"levers.{name}", lever)
    yield from _twice(model.levers)


def gangs(model: Model, site: str, trade: str) -> int:
    """Return how many gangs a team of a trade has at a site: two on rolling shifts."""
    market = model.sites[site].market or ""
    rolling = (one for one in model.levers.values() if isinstance(one, RollingShifts) and one.use)
    return GANGS if any(one.acts_on(market, trade) and one.at(site) for one in rolling) else 1


def _names(model: Model, path: str, lever: Lever) -> Iterator[Problem]:
    """Markets, trades, sites and activities that a lever names and the model does not have."""
    activities = dict.fromkeys(key for template in model.templates.values() for key in template.activities)
    known: dict[str, Collection[str]] = {
        "markets": model.labour,
        "trades": model.trades,
        "sites": model.sites,
        "activities": activities,
    }
    what = {"markets": "labour market", "trades": "trade", "sites": "site", "activities": "activity"}
    for field, names in known.items():
        for place, name in enumerate(getattr(lever, field, ())):
            if name not in names:
                yield unknown(f"{path}.{field}.{place}", what[field], name, names)


def _pay(model: Model, path: str, lever: Lever) -> Iterator[Problem]:
    """What a premium costs is a share of a wage."""
    if not isinstance(lever, OvertimeWeeks | SecondShift | RollingShifts | Travellers | WagePremium):
        return
    field = "differential" if isinstance(lever, SecondShift | RollingShifts) else "premium"
    paid = {trade for market, pools in model.labour.items() for trade in pools if lever.acts_on(market, trade)}
    for trade in sorted(paid & set(model.trades)):
        if model.trades[trade].wage is None:
            message = f"what it costs is a share of the wage of '{trade}', which is not declared"
            yield Problem(f"{path}.{field}", message, expected=f"trades.{trade}.wage")


def _transfer(model: Model, path: str, lever: Transfer) -> Iterator[Problem]:
    for field, market in (("market", lever.market), ("to", lever.to)):
        if market not in model.labour:
            yield unknown(f"{path}.{field}", "labour market", market, model.labour)
            return
    there, away = model.labour[lever.to], model.labour[lever.market]
    if not set(there) & set(away):
        message = f"'{lever.market}' and '{lever.to}' have no trade in common, so nobody goes"
        yield Problem(f"{path}.to", message, expected="a market with the same trades")
    for place, trade in enumerate(lever.trades):
        if trade in model.trades and not (trade in there and trade in away):
            missing = lever.market if trade not in away else lever.to
            message = f"nobody of the trade '{trade}' is in '{missing}'"
            yield Problem(f"{path}.trades.{place}", message, expected=f"a pool labour.{missing}.{trade}")


def _twice(levers: Mapping[str, Lever]) -> Iterator[Problem]:
    """Levers in use that exclude each other."""
    used = [(name, lever) for name, lever in levers.items() if lever.use]
    for (first, one), (second, other) in combinations(used, 2):
        clash = (
            (isinstance(one, Dispatch) and isinstance(other, Dispatch))
            or (isinstance(one, Stagger) and isinstance(other, Stagger) and one.shares_site(other))
            or (
                isinstance(one, SecondShift | RollingShifts)
                and isinstance(other, SecondShift | RollingShifts)
                and one.shares_pool(other)
                and one.shares_site(other)
            )
            or (isinstance(one, OvertimeWeeks) and isinstance(other, RollingShifts) and one.shares_pool(other))
            or (isinstance(one, RollingShifts) and isinstance(other, OvertimeWeeks) and one.shares_pool(other))
            or (isinstance(one, Prefabrication) and isinstance(other, Prefabrication) and _same_work(one, other))
        )
        if clash:
            message = f"it does not go together with levers.{first}: both are in use for the same thing"
            yield Problem(f"levers.{second}.use", message, expected="one of them")


def _same_work(one: Prefabrication, other: Prefabrication) -> bool:
    def meet(some: tuple[str, ...], others: tuple[str, ...]) -> bool:
        return not some or not others or bool(set(some) & set(others))

    return one.shares_site(other) and meet(one.trades, other.trades) and meet(one.activities, other.activities)
