"""What one replication has drawn for its works: amounts, calendars with their weather, and the pace of the crews."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import NamedTuple

from buildsim.worktime import Tempo, WorkCalendar, mean_of_weeks


class Pace(NamedTuple):
    """How the output of a trade in a market changes from week to week."""

    factors: tuple[Sequence[float], ...]
    """Week by week, the factors of `causes.OUTPUT_FACTORS` in their order."""
    spoiled: Sequence[float]
    """Week by week, the share of craft-hours that has to be done again."""


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
    paces: Mapping[int, Pace] = field(default_factory=dict)
    """The entries whose output changes from week to week: their `output` and `spoiled` are not used."""
    _tempos: dict[tuple[int, int, int], Tempo] = field(default_factory=dict)

    def rates(self) -> list[float]:
        """Return the factor on the rate of work by entry: 1 where the calendar of the work holds it."""
        return [1.0 if entry in self.paces else prod(factors) for entry, factors in enumerate(self.output)]

    def calendar(self, number: int, entry: int) -> WorkCalendar | Tempo | None:
        """Return what work goes by: a calendar, at the pace of its crews where that changes; None: elapsed time."""
        if entry in self.paces:
            return self.tempo(number, entry, len(self.paces[entry].factors))
        return None if number < 0 else self.calendars[number]

    def tempo(self, number: int, entry: int, stages: int) -> Tempo:
        """Return a calendar at the pace that the first factors of an entry give."""
        key = (number, entry, stages)
        if key not in self._tempos:
            factors = [prod(week) for week in zip(*self.paces[entry].factors[:stages], strict=True)]
            self._tempos[key] = Tempo(self.calendars[number], factors)
        return self._tempos[key]

    def output_over(self, number: int, entry: int, begin: float, end: float) -> Sequence[float]:
        """Return the factors on the rate of work over a stretch of time; their product is exact."""
        if entry not in self.paces:
            return self.output[entry]
        calendar = self.calendars[number]
        before, found = calendar.worked(end) - calendar.worked(begin), []
        for stages in range(1, len(self.paces[entry].factors) + 1):
            tempo = self.tempo(number, entry, stages)
            left = tempo.worked(end) - tempo.worked(begin)
            found.append(left / before if before > 0.0 else 1.0)
            before = left
        return found

    def spoiled_over(self, entry: int, begin: float, end: float) -> float:
        """Return the share of craft-hours spoiled over a stretch of time."""
        if entry not in self.paces:
            return self.spoiled[entry]
        return mean_of_weeks(self.paces[entry].spoiled, begin, end)
