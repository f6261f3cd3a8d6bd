"""The program: a model compiled, ready to be replicated."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from buildsim.domain.contracts.fulfilment import Signed
from buildsim.domain.deals import DealPlan
from buildsim.domain.disruptions.weather import StormPlan, WeatherPlan
from buildsim.domain.labour import Lever
from buildsim.domain.leases import StagePlan
from buildsim.engine.inputs import Plan
from buildsim.engine.network import Network
from buildsim.engine.priorities import Priorities
from buildsim.engine.world import Fact
from buildsim.program.people import Setting
from buildsim.program.places import CalendarPlan
from buildsim.sampling.inputs import Input
from buildsim.spec.distributions import Distribution
from buildsim.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class Block:
    """A block of capacity."""

    site: str
    name: str
    mw: float
    gpus: int
    generation: str
    live: int
    """The activity whose finish is the go-live."""
    target: float
    """The end of its target date [days]; NaN: none."""
    needs: tuple[tuple[Fact, ...], ...] = ()
    """Of each of these one fact must come; else it is not built."""


@dataclass(frozen=True, slots=True)
class Pool:
    """A crew pool, for the tables of labour; in the order of the workforce."""

    market: str
    trade: str
    resource: int
    shift: float
    """Craft-hours per worker and working day."""
    wage: float
    """[USD per hour], before premiums; NaN: not declared."""


@dataclass(frozen=True, slots=True)
class Program:
    """All that a replication sees."""

    days: float
    """The horizon [days]."""
    inputs: tuple[Input, ...]
    groups: tuple[str, ...]
    """The group of causes that each input belongs to; "" for none."""
    network: Network
    priorities: Priorities
    waiters: dict[Fact, tuple[int, ...]]
    blocks: tuple[Block, ...]
    columns: np.ndarray
    """The input column of each activity's amount; 0 where it has none."""
    factors: np.ndarray
    shifts: np.ndarray
    actual: Setting
    planned: Setting
    plans: tuple[Plan, ...]
    """The processes of power, GPUs, disruptions, leases and deals."""
    stages: tuple[StagePlan, ...]
    """The stages of the leases."""
    deals: tuple[DealPlan, ...]
    signed: Signed
    dry: tuple[WorkCalendar, ...]
    """The calendar of each number without weather."""
    shares: tuple[np.ndarray, ...]
    """The share of a working day in each day, of each calendar without weather [working days per day]."""
    wet: tuple[CalendarPlan, ...]
    """The calendars that weather acts on: the last of `dry`."""
    weather: dict[str, WeatherPlan]
    storms: dict[str, StormPlan]
    agents: tuple[int, int]
    """(resource, column) of the commissioning agents; (-1, -1): none are declared."""
    load_banks: tuple[int, int]
    retests: dict[str, Distribution]
    """The extra times of which a replication may draw further occurrences, by name."""
    pools: tuple[Pool, ...]
    """The crew pools, in the order of the workforce."""
    levers: tuple[Lever, ...]
    """The levers that are in use."""
    energised: dict[str, float]
    """MW energised at the start, by site."""
    allocated: dict[str, float]
    """MW allocated at the start, by site: what is live, and halls that had their MW."""

    def amounts(self, draws: np.ndarray) -> np.ndarray:
        """Return the durations [days] or work [team-days] of all activities: (replications, activities)."""
        if not self.inputs:
            return np.zeros((len(draws), self.network.count))
        amounts: np.ndarray = np.maximum(draws[:, self.columns] * self.factors + self.shifts, 0.0)
        return amounts

    @property
    def megawatts(self) -> dict[str, float]:
        """The MW of each block."""
        return {block.name: block.mw for block in self.blocks}


def merged(values: Sequence[tuple[Fact, int]]) -> dict[Fact, tuple[int, ...]]:
    """Return the activities that wait for each fact, in declared order."""
    result: dict[Fact, list[int]] = {}
    for fact, activity in values:
        result.setdefault(fact, []).append(activity)
    return {fact: tuple(activities) for fact, activities in result.items()}
