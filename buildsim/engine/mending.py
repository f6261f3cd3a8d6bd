"""The rework cycle: work leaves defects in its block, tests fail for them, and what they find is put right.

Every finished activity with crews leaves a share of its craft-hours spoiled. Relative to what a normal crew would have
left, that is how much likelier the block's tests fail. Part of it is latent: a failed test finds some, the trade with
most of it comes back for it, waiting for crews as anybody does, and the retest follows. (Cooper, "The rework cycle",
Project Management Journal 24, 1993.)
"""

from collections import defaultdict, deque
from collections.abc import Sequence
from math import inf, nan
from typing import TYPE_CHECKING, NamedTuple

from simpy.events import Event

from buildsim.engine import causes
from buildsim.engine.clock import Appointment
from buildsim.engine.failures import failures, retested
from buildsim.engine.foreman import NOBODY
from buildsim.engine.network import REPAIR, Crews, Failure

if TYPE_CHECKING:
    from buildsim.engine.works import Works

NOTHING = 1e-9
"""Craft-hours that count as none."""


class Repair(NamedTuple):
    """A repair that is done, or at which a test's own crews are."""

    activity: int
    test: int
    """The test that sent for it."""
    asked: float
    """When a failed test sent for it [days]."""
    begun: float
    done: float
    hours: float
    """Craft-hours of rework."""
    spans: list[tuple[float, int]]
    """(from, teams) at each change of its teams."""
    densities: list[float]
    """The stacking factor of each span."""
    arrived: float
    """When its crew was there, which may have had to travel [days]."""


class Mending:
    """The defects of one replication's blocks, and the repairs under way."""

    def __init__(self, works: "Works") -> None:
        self._works = works
        self._spoiled: defaultdict[int, float] = defaultdict(float)
        self._usual: defaultdict[int, float] = defaultdict(float)
        self.latent: defaultdict[int, dict[int, float]] = defaultdict(dict)
        """Craft-hours of undiscovered rework, by block and in it by productivity entry, in the order of appearance."""
        self.going: dict[int, int] = {}
        """The test that waits for each repair under way."""
        self.log: list[Repair] = []
        """The repairs that are done, and those of tests' own crews from their beginning."""
        self._to_do: dict[int, deque[tuple[Failure, int]]] = {}
        self._queues: dict[int, deque[int]] = {}
        self._hours: dict[int, float] = {}

    def leave(self, activity: int, crews: Crews) -> None:
        """Count what an activity that has been worked off leaves behind."""
        works = self._works
        network, conditions = works.network, works.conditions
        entry = crews.pool
        if entry < 0 or not conditions.usual or network.kind[activity] == REPAIR:
            return
        block, hours = network.blocks[activity], crews.hours * conditions.amounts[activity]
        setbacks = works.setbacks.get(activity)
        end = setbacks[0][0] if setbacks else works.clock._now  # retests and repairs spoil nothing
        spoiled = conditions.spoiled_over(entry, works.start[activity], end) * hours
        self._spoiled[block] += spoiled
        self._usual[block] += conditions.usual * hours
        if network.latent and (block, entry) in network.repairs:
            here = self.latent[block]
            here[entry] = here.get(entry, 0.0) + network.latent * spoiled

    def defects(self, block: int, entry: int) -> float:
        """Return the defects of a block relative to those that normal crews would have left; 1: as many.

        Where no work has been done in the run, those of a trade (productivity entry) at the start.
        """
        usual = self._usual[block]
        if entry < 0:
            return 1.0
        return self._spoiled[block] / usual if usual > 0.0 else self._works.conditions.failing[entry]

    def at(self, activity: int, moment: float) -> Repair:
        """Return the repair by an activity that was under way just before a moment."""
        for repair in self.log:
            if repair.activity == activity and repair.begun < moment <= repair.done:
                return repair
        works, test = self._works, self.going[activity]
        begun, spans = works.start[activity], works.spans[activity]
        arrived, densities = works.arrived.get(activity, begun), works.densities.get(activity) or [1.0] * len(spans)
        return Repair(activity, test, works.ready[activity], begun, inf, self._hours[test], spans, densities, arrived)

    # -- tests ------------------------------------------------------------------------------------

    def test(self, activity: int, what_may_fail: Sequence[Failure]) -> None:
        """Go through the failures of a test, each with its repair and its retest, and end the work after them."""
        conditions, block = self._works.conditions, self._works.network.blocks[activity]
        to_do: deque[tuple[Failure, int]] = deque()
        for failure in what_may_fail:
            for number in range(failures(conditions, failure, self.defects(block, failure.pool))):
                to_do.append((failure, number))
        if to_do:
            self._works.foreman.sate(activity)  # nobody joins for a retest
        self._to_do[activity] = to_do
        self._go_on(activity)

    def _go_on(self, activity: int) -> None:
        to_do = self._to_do[activity]
        if not to_do:
            del self._to_do[activity]
            self._works.end_of_work(activity)
        elif to_do[0][0].pool < 0 or not self._repair(activity):
            self._retest(activity)

    def _retest(self, activity: int) -> None:
        works = self._works
        failure, occurrence = self._to_do[activity].popleft()
        now = works.clock.now
        end = retested(works.conditions, failure, occurrence, now)
        works.setbacks.setdefault(activity, []).append((now, end, failure.cause))
        works.clock.appoint(end, [self._retested], activity)

    def _retested(self, event: Event) -> None:
        assert isinstance(event, Appointment)
        self._go_on(event.subject)

    # -- repairs ----------------------------------------------------------------------------------

    def _repair(self, test: int) -> bool:
        """Send for the trade that has left most in the test's block; say whether there is anything to mend.

        Where that is the trade of the test itself, whose crews stand by, they do it.
        """
        works = self._works
        network, block = works.network, works.network.blocks[test]
        here = self.latent[block]
        worst = max(here, key=here.__getitem__, default=-1)
        if (block, worst) not in network.repairs or here[worst] * network.found <= NOTHING:
            return False
        repair, hours = network.repairs[block, worst], here[worst] * network.found
        here[worst] -= hours
        own = network.crews[test]
        if own is not None and own.pool == worst:
            self._mend_oneself(test, repair, hours)
            return True
        self._hours[test] = hours
        works.setbacks.setdefault(test, []).append((works.clock.now, inf, causes.CREW_WAIT))
        if repair in self.going:
            self._queues.setdefault(repair, deque()).append(test)
        else:
            self._send(repair, test)
        return True

    def _mend_oneself(self, test: int, repair: int, hours: float) -> None:
        """Let the crews of a test put right what it has found."""
        works, now = self._works, self._works.clock.now
        crews = works.network.crews[repair]
        assert crews is not None
        teams = min(works.teams[test], crews.most)
        end = works.after(repair, now, hours / crews.hours / (teams * works.rates[crews.pool]))
        works.setbacks.setdefault(test, []).append((now, end, causes.REWORK))
        self.log.append(Repair(repair, test, now, now, end, hours, [(now, teams)], [1.0], now))
        works.clock.appoint(end, [self._mended_oneself], test)

    def _mended_oneself(self, event: Event) -> None:
        assert isinstance(event, Appointment)
        self._retest(event.subject)

    def _send(self, repair: int, test: int) -> None:
        works = self._works
        crews = works.network.crews[repair]
        assert crews is not None
        works.conditions.amounts[repair] = self._hours[test] / crews.hours
        works.start[repair] = works.work_end[repair] = works.finish[repair] = nan
        works.foreman.waits_for[repair], works.foreman.released_by[repair] = -1, NOBODY
        works.foreman.lacked.pop(repair, None)
        works.ready[repair] = works.clock.now
        self.going[repair] = test
        works.foreman.arrive(repair)

    def begun(self, repair: int) -> None:
        """Note that the crews for a repair have come."""
        setbacks, now = self._works.setbacks[self.going[repair]], self._works.clock.now
        since, _, cause = setbacks.pop()
        if now > since:
            setbacks.append((since, now, cause))
        setbacks.append((now, inf, causes.REWORK))

    def mended(self, repair: int) -> None:
        """Note that a repair is done: the retest follows, and the next test that waits for the same trade is served."""
        works, test = self._works, self.going.pop(repair)
        setbacks, now = works.setbacks[test], works.clock.now
        since, _, cause = setbacks.pop()
        setbacks.append((since, now, cause))
        spans = works.spans.pop(repair)
        densities = works.densities.pop(repair, None) or [1.0] * len(spans)
        arrived = works.arrived.pop(repair, since)
        hours = self._hours.pop(test)
        self.log.append(Repair(repair, test, works.ready[repair], since, now, hours, spans, densities, arrived))
        queue = self._queues.get(repair)
        if queue:
            self._send(repair, queue.popleft())
        self._retest(test)
