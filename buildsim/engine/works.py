"""The works: every activity of one replication, from ready to finished.

An activity is a handful of callbacks on one event at a time, not a process: this is the innermost loop. It becomes
ready when its dependences and gates are met, starts when the foreman serves it, works off its one progress variable
at a rate of teams times factors, gives back what it held, and is finished when no finish-to-finish dependence holds
it up.
"""

from collections import defaultdict
from collections.abc import Callable, Sequence
from math import ceil, nan

from simpy.events import Event

from buildsim.engine.clock import Appointment, Callbacks, Clock, cancel
from buildsim.engine.conditions import Conditions
from buildsim.engine.failures import failures, retested
from buildsim.engine.foreman import Foreman
from buildsim.engine.mending import Mending
from buildsim.engine.network import Crews, Failure, Link, Network, Tie
from buildsim.worktime import Tempo, WorkCalendar

DONE = 1e-9
"""Work left that counts as none [team-days]."""


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
        self.rates = conditions.rates()
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
        """By what of its working time `remaining` of an activity was left [working days]."""
        self.rate = [0.0] * count
        """The work that its teams do in a working day, as long as they stay the same [team-days per working day]."""
        self.spans: dict[int, list[tuple[float, int]]] = {}
        """(from, teams) at each change of an activity's teams."""
        self.setbacks: dict[int, list[tuple[float, float, str]]] = {}
        """(from, to, cause) of the extra times of an activity, in order."""
        self.arrived: dict[int, float] = {}
        """When the crew of an activity arrived that had to travel [days]."""
        self.densities: dict[int, list[float]] = {}
        """The stacking factor of each span, where it is not always 1."""
        self.mending = Mending(self)
        self.ends: dict[int, Appointment] = {}
        """The end of work of each running activity that can still be re-timed."""
        self._end_moment: dict[int, float] = {}
        self._changed: dict[int, None] = {}
        self._on_plain_finish: Callbacks = [self._finish_plain]
        self._on_worked: Callbacks = [self._worked]
        self._on_ready: Callbacks = [self._come_ready]
        self._on_closed: Callbacks = [self._closed]
        self._calendars: dict[int, WorkCalendar | Tempo | None] = {}
        """What each activity goes by that has been worked on."""
        self._busy: defaultdict[int, int] = defaultdict(int)
        """How many activities with crews go on in each block, where there is stacking."""
        foreman.begin, foreman.join, foreman.settle = self._begin, self._join, self._settle
        foreman.recall = self._recall

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
                self.since[activity] = self._worked_by(activity, self._arrival(activity, now))
                self.spans[activity] = [(now, crews.least)]
                self._changed[activity] = None
                if network.stacking:
                    self._busy[network.blocks[activity]] += 1
                if self._most(crews) > crews.least:
                    self.foreman.starve(activity)
                if activity in self.mending.going:
                    self.mending.begun(activity)
        links = network.after_start[activity]
        if links:
            self._follow(links, now)

    def _join(self, activity: int, fits: int) -> None:
        crews = self.network.crews[activity]
        if crews is None:
            return
        most = self._most(crews)
        joining = min(fits, most - self.teams[activity])
        if joining <= 0:
            return
        self.foreman.take(crews.team, joining)
        self._man(activity, self.teams[activity] + joining)
        if self.teams[activity] == most:
            self.foreman.sate(activity)

    def _most(self, crews: Crews) -> int:
        """Return how many teams find room, on the first shift alone where there is no second."""
        return crews.first_shift if crews.first_shift and self.conditions.one_shift else crews.most

    def _man(self, activity: int, teams: int) -> None:
        """Go on with another number of teams from now."""
        now = self.clock.now
        self._advance(activity, now)
        self.teams[activity] = teams
        span = self.spans[activity]
        if span[-1][0] == now:
            span[-1] = (now, teams)
        else:
            span.append((now, teams))
        self._changed[activity] = None

    def _recall(self, resource: int) -> None:
        """Let teams leave running work where more people left than were free: lowest rank first, to the minimum."""
        foreman, network = self.foreman, self.network
        mixes = network.mixes_of[resource]
        taking = [(foreman.rank[one], one) for one in self.ends if network.mix[one] in mixes]
        for _, activity in sorted(taking, reverse=True):
            manned, amount = network.crews[activity], dict(network.teams[activity])[resource]
            if manned is None or self.teams[activity] <= manned.least:
                continue
            leaving = min(self.teams[activity] - manned.least, ceil(-foreman.free[resource] / amount))
            self._man(activity, self.teams[activity] - leaving)
            foreman.release(activity, tuple((taken, each * leaving) for taken, each in manned.team))
            foreman.hunger(activity)
            if foreman.free[resource] >= 0:
                return

    def _settle(self) -> None:
        """Set the rate and the end of all work that has begun, or has another number of teams, from now on."""
        if not self._changed:
            return
        arrived, now = self.arrived, self.clock._now
        for activity in self._changed:
            rate = self.rate[activity] = self._rate(activity)
            left, begin = self.remaining[activity] / rate, now
            if activity in arrived:
                begin = max(now, arrived[activity])
            calendar = self._calendars[activity]
            if left <= 0.0:
                end = begin
            elif calendar is None:
                end = begin + left
            else:
                end = calendar.reached(self.since[activity] + left, begin)
            self._schedule(activity, end)
        self._changed.clear()

    def after(self, activity: int, moment: float, days: float) -> float:
        """Return the moment at which so many days of an activity's work have passed since `moment` [days]."""
        known = self._calendars
        calendar = known[activity] if activity in known else self._calendar(activity)
        return moment + days if calendar is None else calendar.after(moment, days)

    def _density(self, activity: int) -> float:
        """Return, and keep for the span, the factor for how many trades are in the activity's block besides it."""
        network = self.network
        block = network.blocks[activity]
        planned = network.planned_busy[block]
        over = self._busy[block] - planned if planned else 0
        density = 1.0 - network.stacking * min(1.0, over / planned) if over > 0 else 1.0
        if over > 0 or activity in self.densities:
            kept, spans = self.densities.setdefault(activity, []), len(self.spans[activity])
            kept[spans - 1 :] = [1.0] * (spans - 1 - len(kept)) + [density]
        return density

    def _arrival(self, activity: int, now: float) -> float:
        """Return when the crew is there: one that was waited for and comes from another site travels first."""
        network, holder, crews = self.network, self.foreman.released_by[activity], self.network.crews[activity]
        if not network.travel or holder < 0 or crews is None:
            return now
        if self.foreman.waits_for[activity] != crews.team[0][0]:
            return now  # the crew was there, and waited for something else
        if network.places[network.blocks[holder]] == network.places[network.blocks[activity]]:
            return now
        self.arrived[activity] = now + network.travel
        return now + network.travel

    def _rate(self, activity: int) -> float:
        """Return the work that the teams of an activity do in a working day [team-days per working day]."""
        crews, teams = self.network.crews[activity], self.teams[activity]
        if crews is None:
            return 1.0
        output = self.rates[crews.pool] if crews.pool >= 0 else 1.0
        if self.network.stacking:
            output *= self._density(activity)
        return teams * crews.crowding[teams] * output * crews.learning

    def _calendar(self, activity: int) -> WorkCalendar | Tempo | None:
        crews = self.network.crews[activity]
        calendar = self.conditions.calendar(self.network.calendar[activity], crews.pool if crews is not None else -1)
        self._calendars[activity] = calendar
        return calendar

    def _worked_by(self, activity: int, moment: float) -> float:
        known = self._calendars
        calendar = known[activity] if activity in known else self._calendar(activity)
        return moment if calendar is None else calendar.worked(moment)

    def _advance(self, activity: int, now: float) -> None:
        worked = self._worked_by(activity, now)
        if worked < self.since[activity]:
            return  # the crew is still on its way
        self.remaining[activity] -= (worked - self.since[activity]) * self.rate[activity]
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
            end, failures = now, self.network.failures[activity]
            if failures and self.network.latent:
                self.mending.test(activity, failures)
                return
            for failure in failures:
                end = self._fail(activity, failure, end)
            if end > now:
                self.foreman.sate(activity)  # nobody joins for a retest
                self.clock.appoint(end, self._on_closed, activity)
                return
        self.end_of_work(activity)

    def _closed(self, event: Event) -> None:
        self.end_of_work(_subject(event))

    def _fail(self, activity: int, failure: Failure, end: float) -> float:
        defects = self.mending.defects(self.network.blocks[activity], failure.pool)
        for occurrence in range(failures(self.conditions, failure, defects)):
            begin, end = end, retested(self.conditions, failure, occurrence, end)
            self.setbacks.setdefault(activity, []).append((begin, end, failure.cause))
        return end

    def end_of_work(self, activity: int) -> None:
        """Give back what the activity held; it is finished when no finish link holds it up any more."""
        network = self.network
        self.work_end[activity] = self.clock.now
        crews, held = network.crews[activity], network.need[activity]
        if crews is not None:
            self.foreman.sate(activity)
            self.mending.leave(activity, crews)
            if network.stacking:
                self._busy[network.blocks[activity]] -= 1
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
        if activity in self.mending.going:
            self.mending.mended(activity)


def _after(moment: float, amount: float, calendar: int, calendars: Sequence[WorkCalendar]) -> float:
    return moment + amount if calendar < 0 else calendars[calendar].after(moment, amount)


def _subject(event: Event) -> int:
    assert isinstance(event, Appointment)
    return event.subject
