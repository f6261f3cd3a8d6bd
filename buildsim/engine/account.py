"""The delay account: where the time to a block's go-live went, by cause.

The account walks back from the go-live over whatever bound each step: the last predecessor, a gate, something scarce.
A wait is charged to its cause and names the activity that held what was waited for; the walk resumes at the readiness
of the one who waited. Its segments are contiguous from the go-live
back to day 0, so the causes sum to the elapsed time.
"""

from collections.abc import Mapping, Sequence
from math import inf
from typing import NamedTuple

from buildsim.engine import causes
from buildsim.engine.foreman import NOBODY
from buildsim.engine.hours import Hours
from buildsim.engine.network import REPAIR, Bond, Gate, Tie
from buildsim.engine.world import World

TIE_TOLERANCE = 1e-9
"""Two releases this near to each other are a tie, which goes to the first declared [days]."""
FROM_FINISH, TO_START, TO_FINISH = (Tie.FS, Tie.FF), (Tie.FS, Tie.SS), (Tie.FF, Tie.SF)
"""The ties by the end of the predecessor that counts, and by that of the successor."""


class Segment(NamedTuple):
    """A stretch of the account. `cause` is the main one of `parts`, which sum to `end - begin`."""

    begin: float
    end: float
    cause: str
    activity: int
    holder: int
    """The activity that held what was waited for; below 0: none."""
    parts: Mapping[str, float]
    """Days by cause; a factor above 1 has negative days."""


class Step(NamedTuple):
    """Where the walk stands: at an activity's finish, at its start, or where it gave back what it held."""

    activity: int
    moment: float
    at_start: bool = False
    at_end: bool = False


class Account:
    """The accounts of one replication's blocks."""

    def __init__(self, world: World, planned_amounts: Sequence[float]) -> None:
        """Take a world that has run, and the amounts of the plan [days or team-days]: more is an overrun."""
        self.world = world
        self._hours = Hours(world, planned_amounts)
        self._segments: list[Segment] = []
        self._grown: dict[int, list[tuple[float, int]]] | None = None
        self._driving = False

    def driving(self, last: int) -> list[Segment]:
        """Return the driving path to the finish of activity `last`, or to the horizon.

        This is another walk, which does not charge waits for crews: at every wait for something scarce it goes on in
        the job that held it, so it shows where the portfolio's bottleneck sits. The account says what the bottleneck
        cost whom; the two are never added.
        """
        self._driving = True
        try:
            return self.segments(last)
        finally:
            self._driving = False

    def segments(self, last: int) -> list[Segment]:
        """Return the segments from day 0 to the finish of activity `last`, or to the horizon if it does not finish."""
        self._segments = []
        works, horizon = self.world.works, self.world.horizon
        step: Step | None = Step(last, works.finish[last])
        if not works.finish[last] <= horizon:
            step = self._unfinished(last, horizon)
        while step is not None and step.moment > 0.0:
            if step.at_end:
                step = self._back_from_end(step.activity, step.moment)
            else:
                back = self._back_from_start if step.at_start else self._back_from_finish
                step = back(step.activity, step.moment)
        return self._segments[::-1]

    def days(self, last: int) -> dict[str, float]:
        """Return the days by cause from day 0 to the finish of activity `last`, or to the horizon."""
        total: dict[str, float] = {}
        for segment in self.segments(last):
            for cause, days in segment.parts.items():
                total[cause] = total.get(cause, 0.0) + days
        return total

    # -- the walk ---------------------------------------------------------------------------------

    def _charge(self, begin: float, end: float, cause: str, activity: int, holder: int = NOBODY) -> None:
        if begin < 0.0:
            begin = 0.0
        if end > begin:
            self._segments.append(Segment(begin, end, cause, activity, holder, {cause: end - begin}))

    def _back_from_finish(self, activity: int, moment: float) -> Step | None:
        works, network = self.world.works, self.world.network
        end = works.work_end[activity]
        if end != end:
            end = moment
        if moment > end:
            bond = self._last_bond(activity, TO_FINISH)[0]
            if bond is not None and bond.predecessor in network.suppliers[activity]:
                self._charge_delivery(end, moment, bond.predecessor, activity)
            elif bond is not None:
                return self._over(bond, moment, activity)
            else:
                self._charge(end, moment, causes.LAG, activity)
        return self._back_from_end(activity, end)

    def _back_from_end(self, activity: int, end: float) -> Step | None:
        for begin, stop, cause in reversed(self.world.works.setbacks.get(activity, ())):
            if begin < end:
                self._charge(begin, min(stop, end), cause, activity)
                end = min(begin, end)
        start, kind = self.world.works.start[activity], self.world.network.kind[activity]
        if kind == "procurement":
            self._charge(start, end, causes.EQUIPMENT, activity)
        elif kind == "acceptance":
            self._charge(start, end, causes.ACCEPTANCE, activity)
        else:
            arrived = min(self.world.works.arrived.get(activity, start), end)
            self._produce(activity, arrived, end)
            self._charge(start, arrived, causes.TRAVEL, activity)
        return self._back_from_start(activity, start)

    def _back_from_start(self, activity: int, start: float) -> Step | None:
        """Go from an activity's start to whatever bound it."""
        ready = self.world.works.ready[activity]
        if self._driving and start > ready:
            holder = self.world.foreman.released_by[activity]
            if holder >= 0 and self.world.network.kind[holder] == REPAIR:
                return self._back_from_repair(holder, start)
            if holder >= 0 and self.world.works.start[holder] < start:
                return Step(holder, start, at_end=True)
        self._charge_wait(activity, ready, start)
        return self._back_from_ready(activity, min(ready, start))

    def _back_from_repair(self, activity: int, moment: float) -> Step:
        """Go from a repair that gave back its crews to the failure of the test that sent for it."""
        repair = self.world.works.mending.at(activity, moment)
        arrived = min(repair.arrived, moment)
        self._charge(arrived, moment, causes.REWORK, activity)
        self._charge(repair.begun, arrived, causes.TRAVEL, activity)
        self._charge(repair.asked, repair.begun, causes.CREW_WAIT, activity)
        return Step(repair.test, repair.asked, at_end=True)

    def _back_from_ready(self, activity: int, ready: float) -> Step | None:
        network = self.world.network
        earliest = network.earliest[activity]
        bond, release = self._last_bond(activity, TO_START, network.suppliers[activity])
        logic = min(max(earliest, release, 0.0), ready)
        if ready > logic:
            self._charge_gates(activity, logic, ready)
        if bond is None or release < earliest - TIE_TOLERANCE:
            begins = min(network.begins[activity], logic)
            self._charge(begins, logic, causes.PLANNED, activity)
            self._charge(0.0, begins, causes.NOT_BEFORE, activity)
            return None
        return self._over(bond, logic, activity)

    def _over(self, bond: Bond, moment: float, activity: int) -> Step | None:
        """Cross a dependence: its lag is charged, and the walk goes on at the predecessor.

        A lag from the predecessor's start is the first stretch of its work, which the plan knows; one from its finish
        is a lag.
        """
        if bond.predecessor < 0:
            self._charge(0.0, moment, causes.LAG, activity)
            return None
        works = self.world.works
        if bond.tie in FROM_FINISH:
            since = works.finish[bond.predecessor]
            self._charge(since, moment, causes.LAG, activity)
            return Step(bond.predecessor, since)
        since = works.start[bond.predecessor]
        self._charge(since, moment, causes.PLANNED, bond.predecessor)
        return Step(bond.predecessor, since, at_start=True)

    def _last_bond(
        self, activity: int, ties: tuple[Tie, Tie], without: Sequence[int] = ()
    ) -> tuple[Bond | None, float]:
        """Return the dependence that was met last, of ties the first declared, and when [days]; infinite: not yet."""
        last, latest, world = None, -inf, self.world
        finish, start = world.works.finish, world.works.start
        for bond in world.network.bonds[activity]:
            predecessor, tie, lag, _, _ = bond
            if tie in ties and predecessor not in without:
                if lag or predecessor < 0:
                    release = met(world, bond)
                else:
                    release = finish[predecessor] if tie in FROM_FINISH else start[predecessor]
                if release != release:
                    release = inf
                if release > latest + TIE_TOLERANCE:
                    last, latest = bond, release
        return last, latest

    # -- waits ------------------------------------------------------------------------------------

    def _charge_wait(self, activity: int, ready: float, start: float) -> None:
        """Charge the wait for scarce things, one lack after another."""
        if not start > ready:
            return
        foreman = self.world.foreman
        resource, holder = foreman.waits_for[activity], foreman.released_by[activity]
        if resource < 0:
            return
        earlier, end = foreman.lacked.get(activity, []), start
        for till, before, released_by in reversed(earlier):
            self._charge_lack(activity, resource, till, end, holder)
            resource, holder, end = before, released_by, till
        self._charge_lack(activity, resource, ready, end, holder)

    def _charge_lack(self, activity: int, resource: int, begin: float, end: float, holder: int) -> None:
        cause = causes.WAIT_CAUSE[self.world.network.resource_kind[resource]]
        if cause == causes.UTILITY:
            given = self._given_to_others(activity, resource, begin, end)
            self._charge(given, end, causes.ALLOCATION, activity, holder)
            self._charge(begin, given, cause, activity)
        else:
            self._charge(begin, end, cause, activity, holder)

    def _given_to_others(self, activity: int, resource: int, ready: float, start: float) -> float:
        """Return the moment by which the MW that the activity waited for had come and gone to others [days].

        What was free when it began to wait is not counted: it was too little.
        """
        network = self.world.network
        need = next((amount for taken, amount in network.need[activity] if taken == resource), 0)
        come = 0
        if self._grown is None:
            self._grown = {}
            for day, name, amount in self.world.records.get("capacity", ()):
                if network.resource_kind[name] == "MW":
                    self._grown.setdefault(name, []).append((float(day), amount))
        for day, amount in self._grown.get(resource, ()):
            if ready < day < start:
                come += amount
                if come >= need:
                    return day
        return start

    def _charge_gates(self, activity: int, begin: float, end: float) -> None:
        """Charge the wait for deliveries and facts, [begin, end], to the one that came last."""
        network, world = self.world.network, self.world
        last, supplier, gate = -1.0, -1, None
        for bond in network.bonds[activity]:
            if bond.tie in TO_START and bond.predecessor in network.suppliers[activity]:
                release = met(self.world, bond)
                release = release if release <= world.horizon else world.horizon
                if release > last:
                    last, supplier = release, bond.predecessor
        for needed in network.gates[activity]:
            noted = world.facts.get(needed.fact, world.horizon)
            if noted > last:
                last, gate = noted, needed
        if gate is not None:
            self._charge_chain(gate, begin, end, activity)
        elif supplier >= 0:
            self._charge_delivery(begin, end, supplier, activity)
        else:
            self._charge(begin, end, causes.NOT_BEFORE, activity)

    def _charge_chain(self, gate: Gate, begin: float, end: float, activity: int) -> None:
        """Charge a wait for a fact by what the chain to the fact spent its time on, the gate's own cause elsewhere."""
        for span in reversed(self.world.history.get(gate.fact, ())):
            if span.end > begin and span.begin < end:
                self._charge(max(begin, span.end), end, gate.cause, activity)
                end = min(span.end, end)
                self._charge(max(begin, span.begin), end, span.cause, activity)
                end = max(begin, span.begin)
        self._charge(begin, end, gate.cause, activity)

    def _delivered(self, supplier: int) -> float:
        finish = self.world.works.finish[supplier]
        return finish if finish <= self.world.horizon else self.world.horizon

    def _charge_delivery(self, begin: float, end: float, supplier: int, activity: int) -> None:
        """Charge a wait for a delivery: its mishaps at the end first, then the order itself; racks by their chain."""
        for gate in self.world.network.gates[supplier]:
            if self.world.network.kind[supplier] == "delivery":
                self._charge_chain(gate, begin, end, activity)
                return
        finish = self._delivered(supplier)
        if finish < end:
            self._charge(max(begin, finish), end, causes.LAG, activity)
            end = max(begin, finish)
        for since, till, cause in reversed(self.world.works.setbacks.get(supplier, ())):
            if till > begin and since < end:
                self._charge(max(begin, since), min(till, end), cause, activity)
                end = max(begin, min(since, end))
        self._charge(begin, end, causes.EQUIPMENT, activity)

    # -- production -------------------------------------------------------------------------------

    def _produce(self, activity: int, start: float, end: float) -> None:
        """Charge the time that an activity was worked on: slow hours by factor, overrun of the estimate, work."""
        if end <= start:
            return
        network, world = self.world.network, self.world
        number = network.calendar[activity]
        opening = start if number < 0 else min(end, world.conditions.dry[number].opening(start))
        if end > opening:
            parts = self._hours.parts(activity, opening, end)
            main = max(parts, key=parts.__getitem__)
            self._segments.append(Segment(max(opening, 0.0), end, main, activity, NOBODY, parts))
        self._charge(start, opening, causes.CALENDAR, activity)

    # -- what never finishes ----------------------------------------------------------------------

    def _unfinished(self, activity: int, horizon: float) -> Step | None:
        """Charge the time up to the horizon to what the unfinished chain was waiting for or working on then."""
        works = self.world.works
        while True:
            if works.work_end[activity] == works.work_end[activity]:
                wait = TO_FINISH
            elif works.start[activity] == works.start[activity]:
                return self._back_from_end(activity, horizon)
            elif works.ready[activity] == works.ready[activity]:
                self._charge_wait(activity, works.ready[activity], horizon)
                return self._back_from_ready(activity, works.ready[activity])
            else:
                wait = TO_START
            missing = self._missing(activity, wait)
            if missing is None:
                return self._stuck(activity, wait, horizon)
            activity = missing

    def _missing(self, activity: int, ties: tuple[Tie, Tie]) -> int | None:
        """Return the first predecessor, in declared order, that an unfinished activity still waits for."""
        works, suppliers = self.world.works, self.world.network.suppliers[activity]
        for bond in self.world.network.bonds[activity]:
            times = works.finish if bond.tie in FROM_FINISH else works.start
            concerned = bond.tie in ties and bond.predecessor >= 0 and bond.predecessor not in suppliers
            if concerned and not times[bond.predecessor] <= self.world.horizon:
                return bond.predecessor
        return None

    def _stuck(self, activity: int, ties: tuple[Tie, Tie], horizon: float) -> Step | None:
        """Charge an unfinished activity that waits for a delivery, a fact, a lag or a date."""
        if ties == TO_FINISH:
            return self._back_from_finish(activity, horizon)
        return self._back_from_ready(activity, horizon)


def met(world: World, bond: Bond) -> float:
    """Return the moment at which a dependence was met in a world that has run [days]; NaN if it was not."""
    if bond.predecessor < 0:
        return bond.release
    works = world.works
    times = works.finish if bond.tie in FROM_FINISH else works.start
    since = times[bond.predecessor]
    if not bond.lag or since != since:
        return since
    return since + bond.lag if bond.calendar < 0 else world.conditions.calendars[bond.calendar].after(since, bond.lag)
