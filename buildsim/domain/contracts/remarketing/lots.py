"""Lots: what customers have let go of, and who has agreed to take it."""

from abc import ABC, abstractmethod
from dataclasses import dataclass, field
from math import nan
from typing import ClassVar

from buildsim.domain.contracts.standing import FULL, Claim, Standing
from buildsim.engine.world import World


@dataclass(slots=True, eq=False)
class Lot:
    """MW that a customer let go of at one moment. At every moment mw = what is placed + idle."""

    standing: Standing
    """The tranche that they were part of."""
    mw: float
    day: float
    """When they were released [days]."""
    trigger: str
    """What made the customer let go."""
    lapsed: bool = False
    """Whether it is an option that was not taken."""
    idle: float = field(init=False)
    """MW that nobody has agreed to take."""
    placements: "list[Placement]" = field(default_factory=list)
    """Who has agreed to take some of it, in that order."""

    def __post_init__(self) -> None:
        self.idle = self.mw

    @property
    def blocks(self) -> tuple[str, ...]:
        """The blocks that the MW come from."""
        return self.standing.plan.blocks

    @property
    def left(self) -> float:
        """MW that may be taken: what is idle, but no crumbs of what has been split."""
        return self.idle if self.idle > FULL or self.idle == self.mw else 0.0

    @property
    def taken(self) -> float:
        """When the last of it was taken over [days]; NaN if some of it was not."""
        return nan if self.left > 0.0 else max((one.due for one in self.held), default=nan)

    @property
    def held(self) -> "list[Placement]":
        """Its placements, without those that have been given back."""
        return [one for one in self.placements if one.mw > FULL or one.mw == self.mw]


@dataclass(slots=True)
class Placement(Claim, ABC):
    """MW of a lot that somebody has agreed to take: a claim on its blocks from the day of the agreement (`due`) on."""

    kind: ClassVar[str]
    lot: Lot = field(kw_only=True)
    mw: float = field(init=False)
    """MW agreed."""
    live: float = nan
    """When the last of what has come so far came [days]."""

    def __post_init__(self) -> None:
        self.mw = self.missing
        self.lot.idle -= self.mw
        self.lot.placements.append(self)

    def fill(self, world: World, block: str, given: float) -> None:
        """Take MW of a block that is live."""
        Claim.fill(self, world, block, given)
        self.live = world.clock.now

    @property
    def service(self) -> float:
        """When all of it is in service [days]; NaN: not yet."""
        return self.live + self.fit_out if self.missing == 0.0 else nan

    @property
    def until(self) -> float:
        """When its term ends [days]; NaN: not in service yet, or without an end."""
        return self.service + self.term

    @property
    def fit_out(self) -> float:
        """From live capacity to service [days]."""
        return 0.0

    @property
    def term(self) -> float:
        """How long the taker pays [days]; NaN where none is declared."""
        return self.lot.standing.plan.term

    @property
    @abstractmethod
    def value(self) -> float:
        """What the taker pays over its term [USD]."""
