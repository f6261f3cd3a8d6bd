"""What all deals share: a partner, what they bring, and the process that closes them or not."""

from collections.abc import Generator
from dataclasses import dataclass
from math import isnan, nan
from typing import Annotated

from pydantic import Field
from simpy.events import Event

from buildsim.engine.clock import DEADLINE
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import Fact, World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Mw, UncertainShare, UncertainUsd

RECORDS = "deals"
"""Where it is written down that a deal came to nothing: (deal, outcome)."""


class Partnered(Declared):
    """What all deals declare."""

    partner: str
    """With whom."""
    sites: tuple[str, ...] = ()
    """The sites that it brings: their halls are begun only when it has closed, and never if it fails."""
    mw: Annotated[Mw, Field(gt=0)] | None = None
    """What it brings [MW]; by default that of the halls of its sites and leases."""
    price: UncertainUsd | None = None
    """What is paid at closing [USD]; nothing by default."""

    @property
    def held(self) -> tuple[str, ...]:
        """The leases that it brings about: without it none of their halls are begun."""
        return ()

    @property
    def bought(self) -> tuple[str, ...]:
        """The leases on which no rent is owed once it has closed."""
        return ()


@dataclass(frozen=True, slots=True)
class DealPlan:
    """A deal, compiled: columns, -1 where there is none."""

    name: str
    kind: str
    partner: str
    mw: float
    luck: int
    probability: int
    origin: int
    """The model's start [day ordinal]."""
    closes: int = -1
    """The column of the closing date; -1: it closes when it is decided."""
    decided: float = nan
    """When it is decided whether it closes [days]; NaN: on the closing date."""
    price: int = -1
    fee: float = 0.0
    """What is paid whether it closes or not [USD]."""
    failure: str = "failed"
    """What it is called when it comes to nothing."""
    leases: tuple[str, ...] = ()
    """The leases on which no rent is owed once it has closed."""

    @property
    def fact(self) -> Fact:
        """What the halls of its sites wait for."""
        return closed(self.name)

    def start(self, world: World) -> None:
        """Start the closing."""
        world.clock.process(close(world, self))


def closed(name: str) -> Fact:
    """Return the fact that a deal has closed."""
    return ("deal", name)


def close(world: World, plan: DealPlan) -> Generator[Event, object, None]:
    """Close a deal at the end of its day, or let it fail at the end of the day on which it is decided."""
    draw = world.conditions.draw
    closes = draw(plan.closes) - plan.origin + 1.0 if plan.closes >= 0 else plan.decided
    yield world.clock.until(closes if isnan(plan.decided) else min(plan.decided, closes), DEADLINE)
    if world.conditions.risks and draw(plan.luck) >= draw(plan.probability):
        world.record(RECORDS, plan.name, plan.failure)
        world.forgo(plan.fact)
        return
    yield world.clock.until(closes, DEADLINE)
    world.note(plan.fact)


def base(name: str) -> str:
    """Return what the inputs of a deal are named after."""
    return f"deals.{name}"


def paid(name: str, price: UncertainUsd | None, inputs: Inputs) -> int:
    """Return the column of a deal's price; -1: there is none."""
    return inputs.column(f"{base(name)}.price", price) if price is not None else -1


def likely(name: str, probability: UncertainShare, inputs: Inputs) -> tuple[int, int]:
    """Return the columns of the luck and of the probability that decide about a deal; in the plan it closes."""
    luck = inputs.luck(f"{base(name)}.happens", planned=True)
    return luck, inputs.column(f"{base(name)}.probability", probability)
