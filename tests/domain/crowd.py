"""A crowd of late tranches of one customer in one small world: what the laws of leaving are taken from."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import inf
from typing import Any

import numpy as np
from pydantic import TypeAdapter
from scipy.integrate import quad

from buildsim.domain.contracts import Withdrawal, confidence
from buildsim.domain.contracts.confidence import Temper
from buildsim.domain.contracts.withdrawal.lateness import Decision, Lateness, RulePlan
from buildsim.engine.world import World
from buildsim.sampling.streams import uniforms
from tests.domain.lone import Columns, lone_world

RULES: TypeAdapter[Any] = TypeAdapter(Withdrawal)
MONTH = 365.25 / 12
"""Written out again: the tests do not take it from the code."""
Events = Mapping[float, Sequence[Callable[[World], None]]]
"""What happens on a day, in order."""


@dataclass(frozen=True)
class Left:
    """What became of one late tranche."""

    day: float
    """When it was left; infinite: never."""
    decision: Decision | None


def missed(world: World) -> None:
    """The customer sees a milestone missed."""
    confidence.missed(world, "k")


def one_more(world: World) -> None:
    """One more tranche of the customer is late."""
    confidence.late(world, "k", 1)


def one_fewer(world: World) -> None:
    """One tranche of the customer is late no more."""
    confidence.late(world, "k", -1)


def delivered(world: World) -> None:
    """A tranche of the customer is delivered."""
    confidence.delivered(world, "k")


def pressed(value: float) -> Callable[[World], None]:
    """The market's pressure is this from now on."""
    return lambda world: world.levels.set("pressure", value)


def crowd(
    rule: Mapping[str, Any],
    lucks: Sequence[float],
    *,
    events: Events | None = None,
    closed: Sequence[float] | None = None,
    begin: float = 0.0,
    longstop: float = inf,
    temper: Temper | None = None,
    horizon: float = 5000.0,
    risks: bool = True,
    draws: Mapping[str, float] | None = None,
) -> tuple[World, list[Left]]:
    """Let a rule watch late tranches from a day on, one for each luck, each closed on a day of its own if given.

    Events of the day on which the watch begins come before it. The rule is that of customer `k`.
    """
    columns = Columns({f"customers.k.withdrawal.{name}": value for name, value in (draws or {}).items()})
    plan: RulePlan = RULES.validate_python(dict(rule)).compile("customers.k.withdrawal", columns)
    world = lone_world(columns, horizon=horizon, risks=risks)
    confidence.start(world, "k", temper or Temper())
    plan.begin(world, "k")
    ends = [world.clock.event() for _ in lucks]
    found = [Left(inf, None)] * len(lucks)

    def happen(day: float, acts: Sequence[Callable[[World], None]]) -> Any:
        yield world.clock.until(day)
        for act in acts:
            act(world)

    def close(number: int, day: float) -> Any:
        yield world.clock.until(day)
        ends[number].succeed()

    def watch(number: int, luck: float) -> Any:
        yield world.clock.until(begin)
        decision = yield from plan.rule(world, Lateness("k/t", "k", 0.0, longstop, ends[number], luck))
        if decision is not None:
            found[number] = Left(world.clock.now, decision)

    for day in sorted(events or {}):
        world.clock.process(happen(day, (events or {})[day]))
    for number, day in enumerate(closed if closed is not None else ()):
        world.clock.process(close(number, day))
    for number, luck in enumerate(lucks):
        world.clock.process(watch(number, luck))
    world.run()
    return world, found


def lucks(count: int, name: str = "luck") -> list[float]:
    """Keyed uniforms."""
    return uniforms(1, f"crowd {name}", 0, count).tolist()


def days_of(found: Sequence[Left]) -> np.ndarray:
    """When each was left [days]."""
    return np.array([one.day for one in found])


def integral(rate: Callable[[float], float], begin: float, end: float, breaks: Sequence[float]) -> float:
    """The integral of a rate that bends or jumps on some days, by quadrature."""
    edges = [begin, *sorted({day for day in breaks if begin < day < end}), end]
    return sum(quad(rate, low, high, epsabs=1e-13, epsrel=1e-12)[0] for low, high in pairwise(edges))


def kaplan_meier(days: np.ndarray, gone: np.ndarray, at: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """The product-limit estimate of survival at some days, and Greenwood's standard error of it.

    `days` is when each was left (`gone`) or seen last.
    """
    order = np.argsort(days, kind="stable")
    days, gone = days[order], gone[order]
    there = len(days) - np.arange(len(days))
    steps = np.where(gone, 1.0 - 1.0 / there, 1.0)
    with np.errstate(divide="ignore"):
        terms = np.where(gone, 1.0 / (there * np.maximum(there - 1.0, 1e-12)), 0.0)
    survival, spread = np.cumprod(steps), np.cumsum(terms)
    place = np.searchsorted(days, at, side="right") - 1
    estimate = np.where(place >= 0, survival[np.maximum(place, 0)], 1.0)
    return estimate, estimate * np.sqrt(np.where(place >= 0, spread[np.maximum(place, 0)], 0.0))
