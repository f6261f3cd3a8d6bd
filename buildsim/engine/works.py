"""The works: every activity of one replication, from ready to finished.

An activity is a handful of callbacks on one event at a time, not a process: this is the innermost loop. It becomes
ready when its dependences and gates are met, starts when the foreman serves it, works off its one progress variable
at a rate of teams times factors, gives back what it held, and is finished when no finish-to-finish dependence holds
it up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log, nan, prod

from simpy.events import Event

from buildsim.engine.clock import Appointment, Callbacks, Clock, cancel
from buildsim.engine.foreman import Foreman
from buildsim.engine.network import Failure, Link, Network, Tie
from buildsim.worktime import WorkCalendar

MOST_REPEATS = 20
"""A test is passed at the latest after this many failures; at 45 % failures the chance of more is below 1e-6."""
HIGHEST_FAILURE = 0.95
"""No test fails with a higher probability than this, however much rework there is."""
DONE = 1e-9
"""Work left that counts as none [team-days]."""


@dataclass(slots=True)
class Conditions:
    """What one replication has drawn for its works."""

    amounts: Sequence[float]
    """Durations [days or working days] or, for crewed activities, work [team-days]."""
    calendars: Sequence[WorkCalendar]
    """The calendars, with the weather of this replication."""
    dry: Sequence[WorkCalendar]
    """The same without weather."""
    output: Sequence[tuple[float, ...]]
    """The factors on the rate of work, by productivity entry, in declared order."""
    failing: Sequence[float]
    """The factor on the probability that a test fails, by productivity entry."""
    draw: Callable[[int], float]
    """Looks up an input column of the replication."""
    further: Callable[[str, int], float]
    """Draws the n-th occurrence (from 1) of a named extra time [days]."""
    risks: bool = True
    """False in the planning replication: nothing fails and nothing goes wrong."""


class Works:
    """The activities of one replication."""

    def __init__(
        self,
        clock: Clock,
        network: Network,
        foreman: Foreman,
        conditions: Conditions,
        note: Callable[[tuple[str, str]], None],
    ) -> None:
        count = network.count
        self.clock, self.network, self.foreman, self.conditions, self.note = clock, network, foreman, conditions, note
        self.rates = [prod(factors) for factors in conditions.output]
        self.left = list(network.start_conditions)
        self.earliest = list(network.earliest)
        self.finish_left = list(network.finish_conditions)
        self.finish_floor = list(network.finish_floor)
        self.ready = [nan] * count
        """When nothing but scarce things stood before the start [days]."""
        self.start = [nan] * count
        self.work_end = [nan] * count
        """When the work itself was done, retests included, and everything given back [days]."""
        self.finish = [nan] * count
        self.teams = [0] * count
        self.remaining = [0.0] * count
        self.since = [0.0] * count
        self.spans: dict[int, list[tuple[float, int]]] = {}
        """(from, teams) at each change of an activity's teams."""
        self.setbacks: dict[int, list[tuple[float, float, str]]] = {}
        """(from, to, cause) of the extra times of an activity, in order."""
        self.ends: dict[int, Appointment] = {}
        """The end of work of each running activity that can still be re-timed."""
        self._end_moment: dict[int, float] = {}
        self._changed: dict[int, None] = {}
        self._on_plain_finish: Callbacks = [self._finish_plain]
        self._on_worked: Callbacks = [self._worked]
        self._on_ready: Callbacks = [self._come_ready]
        self._on_closed: Callbacks = [self._closed]
        foreman.begin, foreman.join, foreman.settle = self._begin, self._join, self._settle

    # -- becoming ready ---------------------------------------------------------------------------

    def open(self) -> None:
        """Make ready what nothing stands before; to be called once, at day 0.

        What had conditions that were all met before the opening (racks on hand) is ready already.
        """
        network = self.network
        for activity in range(network.count):
            if network.done[activity]:
                self.start[activity] = self.work_end[activity] = self.finish[activity] = 0.0
            elif not network.start_conditions[activity]:
                self._release(activity)

    def meet(self, activity: int) -> None:
        """Count one condition of an activity's start as met."""
        self.left[activity] -= 1
        if not self.left[activity]:
            self._release(activity)

    def _release(self, activity: int) -> None:
        now = self.clock.now
        if self.earliest[activity] > now:
            self.clock.appoint(self.earliest[activity], self._on_ready, activity)
        else:
            self.ready[activity] = now
            self.foreman.arrive(activity)

    def _come_ready(self, event: Event) -> None:
        activity = _subject(event)
        self.ready[activity] = self.clock.now
        self.foreman.arrive(activity)

    def _follow(self, links: Sequence[Link], moment: float) -> None:
        for successor, tie, lag, calendar in links:
            release = moment if not lag else _after(moment, lag, calendar, self.conditions.calendars)
            if tie in (Tie.FS, Tie.SS):
                if release > self.earliest[successor]:
                    self.earliest[successor] = release
                self.meet(successor)
            else:
                if release > self.finish_floor[successor]:
                    self.finish_floor[successor] = release
                self.finish_left[successor] -= 1
                if not self.finish_left[successor] and self.work_end[successor] == self.work_end[successor]:
                    self._close(successor)

    # -- starting and being manned ----------------------------------------------------------------

    def _begin(self, activity: int) -> None:
        clock, network = self.clock, self.network
        now = clock._now
        self.start[activity] = now
        if network.plain[activity]:
            clock.appoint(now + self.conditions.amounts[activity], self._on_plain_finish, activity)
        else:
            crews = network.crews[activity]
            if crews is None:
                amount = self.conditions.amounts[activity]
                self._schedule(activity, _after(now, amount, network.calendar[activity], self.conditions.calendars))
            else:
                self.teams[activity] = crews.least
                self.remaining[activity] = self.conditions.amounts[activity]
                self.since[activity] = self._worked_by(activity, now)
                self.spans[activity] = [(now, crews.least)]
                self._changed[activity] = None
                if crews.most > crews.least:
                    self.foreman.starve(activity)
        links = network.after_start[activity]
        if links:
            self._follow(links, now)

    def _join(self, activity: int, fits: int) -> None:
        crews = self.network.crews[activity]
        if crews is None:
            return
        joining = min(fits, crews.most - self.teams[activity])
        if joining <= 0:
            return
        now = self.clock.now
        self._advance(activity, now)
        self.teams[activity] += joining
        self.foreman.take(crews.team, joining)
        span = self.spans[activity]
        if span[-1][0] == now:
            span[-1] = (now, self.teams[activity])
        else:
            span.append((now, self.teams[activity]))
        self._changed[activity] = None
        if self.teams[activity] == crews.most:
            self.foreman.sate(activity)

    def _settle(self) -> None:
        for activity in self._changed:
            left = max(0.0, self.remaining[activity]) / self.rate(activity, self.teams[activity])
            calendar = self.network.calendar[activity]
            self._schedule(activity, _after(self.clock.now, left, calendar, self.conditions.calendars))
        self._changed.clear()

    def rate(self, activity: int, teams: int) -> float:
        """Return the work done per working day by a number of teams [team-days per working day]."""
        crews = self.network.crews[activity]
        if crews is None:
            return 1.0
        output = self.rates[crews.pool] if crews.pool >= 0 else 1.0
        return teams * crews.crowding[teams] * output

    def _worked_by(self, activity: int, moment: float) -> float:
        calendar = self.network.calendar[activity]
        return moment if calendar < 0 else self.conditions.calendars[calendar].worked(moment)

    def _advance(self, activity: int, now: float) -> None:
        worked = self._worked_by(activity, now)
        self.remaining[activity] -= (worked - self.since[activity]) * self.rate(activity, self.teams[activity])
        self.since[activity] = worked

    # -- ending -----------------------------------------------------------------------------------

    def extend(self, activity: int, days: float, cause: str) -> bool:
        """Put off the end of a running delivery or fixed duration by elapsed days; say whether it was running."""
        if activity not in self.ends:
            return False
        end = self._end_moment[activity]
        self.setbacks.setdefault(activity, []).append((end, end + days, cause))
        self._schedule(activity, end + days)
        return True

    def _schedule(self, activity: int, moment: float) -> None:
        event = self.ends.get(activity)
        if event is not None:
            cancel(event)
        self.ends[activity] = self.clock.appoint(moment, self._on_worked, activity)
        self._end_moment[activity] = moment

    def _finish_plain(self, event: Event) -> None:
        activity = event.subject  # type: ignore[attr-defined]  # an Appointment: a call would cost in the hot path
        now, network, foreman = self.clock._now, self.network, self.foreman
        self.finish[activity] = now
        need = network.need[activity]
        if need:
            free, raised, last = foreman.free, foreman.raised, foreman.last_release
            for resource, amount in need:
                free[resource] += amount
                raised.append(resource)
                last[resource] = activity
        left, earliest, ready, arrivals, rank = self.left, self.earliest, self.ready, foreman.arrivals, foreman.rank
        for successor in network.successors[activity]:
            left[successor] -= 1
            if not left[successor]:
                if earliest[successor] > now:
                    self._release(successor)
                else:
                    ready[successor] = now
                    arrivals.append(rank[successor])
        if not foreman.armed:
            foreman.arm()
        if network.after_finish[activity]:
            self._follow(network.after_finish[activity], now)
        if activity in network.announces:
            self.note(network.announces[activity])

    def _worked(self, event: Event) -> None:
        activity = _subject(event)
        del self.ends[activity], self._end_moment[activity]
        now = self.clock.now
        if self.conditions.risks:
            end = now
            for failure in self.network.failures[activity]:
                end = self._fail(activity, failure, end)
            if end > now:
                self.foreman.sate(activity)  # nobody joins for a retest
                self.clock.appoint(end, self._on_closed, activity)
                return
        self._end_of_work(activity)

    def _closed(self, event: Event) -> None:
        self._end_of_work(_subject(event))

    def _fail(self, activity: int, failure: Failure, end: float) -> float:
        conditions = self.conditions
        chance = conditions.draw(failure.probability)
        if failure.pool >= 0:
            chance = min(HIGHEST_FAILURE, chance * conditions.failing[failure.pool])
        times = occurrences(conditions.draw(failure.luck), chance, failure.repeats)
        for occurrence in range(times):
            extra = conditions.draw(failure.days) if not occurrence else conditions.further(failure.name, occurrence)
            begin, end = end, _after(end, extra, failure.calendar, conditions.calendars)
            self.setbacks.setdefault(activity, []).append((begin, end, failure.cause))
        return end

    def _end_of_work(self, activity: int) -> None:
        network = self.network
        self.work_end[activity] = self.clock.now
        crews, held = network.crews[activity], network.need[activity]
        if crews is not None:
            self.foreman.sate(activity)
            teams, held = self.teams[activity], network.hold[activity]
            self.foreman.release(activity, tuple((resource, amount * teams) for resource, amount in crews.team))
        if held and not network.keeps[activity]:
            self.foreman.release(activity, held)
        if not self.finish_left[activity]:
            self._close(activity)

    def _close(self, activity: int) -> None:
        floor = self.finish_floor[activity]
        if floor > self.clock.now:
            self.clock.appoint(floor, [self._finish], activity)
        else:
            self._complete(activity)

    def _finish(self, event: Event) -> None:
        self._complete(_subject(event))

    def _complete(self, activity: int) -> None:
        network, now = self.network, self.clock.now
        self.finish[activity] = now
        for successor in network.successors[activity]:
            self.meet(successor)
        if network.after_finish[activity]:
            self._follow(network.after_finish[activity], now)
        if activity in network.announces:
            self.note(network.announces[activity])


def occurrences(luck: float, chance: float, repeats: bool) -> int:
    """Return how often something with a probability happens before it first does not, by inverse transform.

    With `repeats` the number of failures before the first success: P(n or more) = chance ** n; without, at most one.
    """
    if chance <= 0.0 or luck >= chance:
        return 0
    if not repeats:
        return 1
    return min(MOST_REPEATS, int(log(luck) / log(chance))) if chance < 1.0 else MOST_REPEATS


def _after(moment: float, amount: float, calendar: int, calendars: Sequence[WorkCalendar]) -> float:
    return moment + amount if calendar < 0 else calendars[calendar].after(moment, amount)


def _subject(event: Event) -> int:
    assert isinstance(event, Appointment)
    return event.subject
