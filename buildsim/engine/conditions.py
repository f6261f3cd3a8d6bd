"""What one replication has drawn for its works: amounts, calendars with their weather, and the pace of the crews."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from math import prod

import numpy as np

from buildsim.worktime import Tempo, Weekly, WorkCalendar

STEADY = 1e-12
"""Factors that differ by less over the weeks do not change."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How the output of a trade in a market changes from week to week."""

    first: tuple[float, ...]
    """The factors of `causes.OUTPUT_FACTORS` in their order, in the first week."""
    moving: tuple[int, ...]
    """Those that change, by their place in that order."""
    products: np.ndarray
    """The product of those that change up to each of them, week by week (those that change, weeks)."""
    spoiled: Weekly
    """Week by week, the share of craft-hours that has to be done again."""

    @property
    def steady(self) -> float:
        """The product of the factors that do not change."""
        return prod(factor for stage, factor in enumerate(self.first) if stage not in self.moving)


def paces(factors: np.ndarray, spoiled: np.ndarray) -> dict[int, Pace]:
    """Return the pace of each productivity entry that has one, by its number.

    `factors` are those of `causes.OUTPUT_FACTORS` in their order (factors, weeks, entries), `spoiled` the shares of
    craft-hours that have to be done again (weeks, entries).
    """
    changes = np.ptp(factors, axis=1) > STEADY
    entries = np.flatnonzero(changes.any(axis=0) | (np.ptp(spoiled, axis=0) > STEADY))
    products = np.where(changes[:, np.newaxis], factors, 1.0)
    for stage in range(1, len(products)):
        products[stage] *= products[stage - 1]
    wasted, firsts, found = Weekly.several(spoiled.T), factors[:, 0].T.tolist(), {}
    stages = [tuple(stage for stage, moves in enumerate(column) if moves) for column in changes.T.tolist()]
    chosen = {moving: np.ascontiguousarray(products[list(moving)].transpose(2, 0, 1)) for moving in set(stages)}
    for entry in entries.tolist():
        moving = stages[entry]
        found[entry] = Pace(tuple(firsts[entry]), moving, chosen[moving][entry], wasted[entry])
    return found


@dataclass(slots=True)
class Conditions:
    """What one replication has drawn for its works."""

    amounts: list[float]
    """Durations [days or working days] or, for crewed activities, work [team-days]."""
    calendars: Sequence[WorkCalendar]
    """The calendars, with the weather of this replication."""
    dry: Sequence[WorkCalendar]
    """The same without weather."""
    output: Sequence[tuple[float, ...]]
    """The factors on the rate of work, by productivity entry, in the order of `causes.OUTPUT_FACTORS`."""
    failing: Sequence[float]
    """The factor on the probability that a test fails, by productivity entry, where no work has shown another."""
    draw: Callable[[int], float]
    """Looks up an input column of the replication."""
    further: Callable[[str, int], float]
    """Draws the n-th occurrence (from 1) of a named extra time [days]."""
    risks: bool = True
    """False in the planning replication: nothing fails and nothing goes wrong."""
    one_shift: bool = False
    """Whether nobody works a second shift, as in the plan."""
    spoiled: Sequence[float] = ()
    """The share of craft-hours that has to be done again, by productivity entry."""
    usual: float = 0.0
    """The same for a normal crew."""
    storms: Mapping[str, Sequence[tuple[float, float]]] = field(default_factory=dict)
    """(begin, length) of each site's storms, in order [days]; they are worked into the calendars already."""
    paces: Mapping[int, Pace] = field(default_factory=dict)
    """The entries whose output changes from week to week: their `output` and `spoiled` are not used."""
    crews_by: Sequence[tuple[int, int]] = ()
    """The calendars and productivity entries that work goes by, in pairs."""
    _tempos: dict[tuple[int, int], list[Tempo]] = field(default_factory=dict)

    def rates(self) -> list[float]:
        """Return the factor on the rate of work by entry, without what the calendar of the work holds."""
        return [
            self.paces[entry].steady if entry in self.paces else prod(factors)
            for entry, factors in enumerate(self.output)
        ]

    def calendar(self, number: int, entry: int) -> WorkCalendar | Tempo | None:
        """Return what work goes by: a calendar, at the pace of its crews where that changes; None: elapsed time."""
        if entry in self.paces and self.paces[entry].moving:
            return self.tempos(number, entry)[-1]
        return None if number < 0 else self.calendars[number]

    def tempos(self, number: int, entry: int) -> list[Tempo]:
        """Return a calendar at the paces that the first 1, 2, ... of an entry's factors that change give."""
        found = self._tempos.get((number, entry))
        if found is None:
            pairs = self.crews_by if (number, entry) in self.crews_by else [(number, entry)]
            self._set_tempos([pair for pair in pairs if pair[1] in self.paces])
            found = self._tempos[number, entry]
        return found

    def _set_tempos(self, pairs: Sequence[tuple[int, int]]) -> None:
        """Set the paces of pairs of a calendar and an entry: all of them cost little more than a few."""
        products = [self.paces[entry].products for _, entry in pairs]
        calendars = [self.calendars[number] for (number, _), own in zip(pairs, products, strict=True) for _ in own]
        tempos = iter(Tempo.several(calendars, np.concatenate(products)))
        for pair, own in zip(pairs, products, strict=True):
            self._tempos[pair] = list(islice(tempos, len(own)))

    def output_over(self, number: int, entry: int, begin: float, end: float) -> Sequence[float]:
        """Return the factors on the rate of work over a stretch of time; their product is exact."""
        if entry not in self.paces:
            return self.output[entry]
        pace, calendar = self.paces[entry], self.calendars[number]
        found = list(pace.first)
        before = calendar.worked(end) - calendar.worked(begin)
        for stage, tempo in zip(pace.moving, self.tempos(number, entry), strict=True):
            left = tempo.worked(end) - tempo.worked(begin)
            found[stage] = left / before if before > 0.0 else 1.0
            before = left
        return found

    def spoiled_over(self, entry: int, begin: float, end: float) -> float:
        """Return the share of craft-hours spoiled over a stretch of time."""
        pace = self.paces.get(entry)
        return self.spoiled[entry] if pace is None else pace.spoiled.mean(begin, end)
