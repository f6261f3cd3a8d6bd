"""The people of a replication: who is there from week to week, and what the crews of a trade and market get done."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from buildsim.domain.labour import Arrivals, Path, Workforce
from buildsim.engine.causes import OUTPUT_FACTORS
from buildsim.engine.conditions import Pace, paces


@dataclass(frozen=True, slots=True)
class People:
    """The people of one replication."""

    workforce: Workforce
    path: Path
    """How the pools fare."""
    normal: bool
    """Whether crews are those of the plan, which no lever touches."""
    capacity: tuple[int, ...]
    """What there is of each resource at day 0; of crews, those who may work [thousandths of workers]."""
    arrivals: Arrivals
    """Who comes and goes."""
    factors: np.ndarray
    """The factors on the rate of work, in the order of `causes.OUTPUT_FACTORS` (factors, weeks, entries)."""
    output: tuple[tuple[float, ...], ...]
    """The factors on the rate of work at the start, by productivity entry, in the order of `causes.OUTPUT_FACTORS`."""
    failing: tuple[float, ...]
    """The factor on the probability that a test fails at the start, by productivity entry."""
    spoiled: tuple[float, ...]
    """The share of craft-hours spoiled at the start, by productivity entry."""
    usual: float
    """The same for a normal crew."""
    paces: Mapping[int, Pace]
    """The entries whose factors change from week to week."""


@dataclass(frozen=True)
class Setting:
    """What the people of a run are like: as declared, or as the plan takes them."""

    capacity: tuple[int, ...]
    """What there is of each resource at day 0, people aside."""
    workforce: Workforce
    entries: tuple[int, ...]
    """The pool of each productivity entry (market and trade)."""
    normal: bool
    """Whether crews are normal: the plan's."""
    _known: list[People] = field(default_factory=list)

    @cached_property
    def _hours(self) -> tuple[np.ndarray, np.ndarray]:
        """The hours a week of each entry, and what is left of an hour then: the same in all replications."""
        hours = self.workforce.hours[:, list(self.entries)]
        return hours, self.workforce.productivity.eased(hours)

    def people(self, rows: Sequence[np.ndarray]) -> list[People]:
        """Return the people of each of several replications from their rows of inputs."""
        if self.workforce.uncertain:
            return [self._people(path) for path in self.workforce.paths(rows)]
        if not self._known:
            self._known.append(self._people(self.workforce.path()))
        return self._known * len(rows)

    def _people(self, path: Path) -> People:
        workforce = self.workforce
        chosen = list(self.entries)
        weeks = workforce.productivity.weekly(path.experienced[:, chosen], *self._hours)
        count, ones = len(chosen), (1.0,) * len(OUTPUT_FACTORS)
        factors = np.stack((weeks.absence, weeks.skill, weeks.overtime, weeks.rework))
        first = [tuple(one) for one in factors[:, 0].T.tolist()]
        crews, changes = workforce.people(path)
        capacity = tuple(crews.get(resource, amount) for resource, amount in enumerate(self.capacity))
        return People(
            workforce=workforce,
            path=path,
            normal=self.normal,
            capacity=capacity,
            arrivals=Arrivals(changes),
            factors=np.ones_like(factors) if self.normal else factors,
            output=(ones,) * count if self.normal else tuple(first),
            failing=(1.0,) * count if self.normal else tuple(weeks.failing[0].tolist()),
            spoiled=(weeks.normal,) * count if self.normal else tuple(weeks.spoiled[0].tolist()),
            usual=weeks.normal,
            paces={} if self.normal else paces(factors, weeks.spoiled),
        )
