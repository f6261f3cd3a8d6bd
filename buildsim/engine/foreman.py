"""The foreman: deals out crews and every other scarce thing, once per instant, by rank.

Waiting activities are served in order of rank, each with its least need or not at all; who does not fit is skipped, and
nothing is reserved for it. What is then left tops up running work that has fewer teams than its most, again by rank.
An activity that was skipped is looked at again only when the resource that it lacked grows: until then it cannot fit.
"""

from bisect import bisect_left, insort
from collections.abc import Callable

from buildsim.engine.clock import DEALING, Callbacks, Clock
from buildsim.engine.network import Network

GROWTH = -1
"""In `released_by`: the capacity itself grew (new hands, another energisation step)."""
NOBODY = -2
"""In `released_by`: the activity did not wait for anything scarce."""
EVERYTHING = 1 << 62
"""More than there is of anything."""


class Foreman:
    """Deals out the resources of one replication."""

    def __init__(self, clock: Clock, network: Network, rank: list[float], capacity: list[int]) -> None:
        self.clock = clock
        self.free = list(capacity)
        """Amounts free, by resource."""
        self.capacity = list(capacity)
        """Amounts there are (free or held), by resource."""
        self.rank = rank
        self._subject = {place: activity for activity, place in enumerate(rank)}
        self._need = network.need
        self.arrivals: list[float] = []
        """The ranks of activities that have become ready since the last dealing."""
        self.raised: list[int] = []
        """The resources that have grown since the last dealing."""
        self.armed = False
        self.waits_for: list[int] = [-1] * network.count
        """The resource that each activity lacked when it was last looked at; -1: it never lacked one."""
        self.lacked: dict[int, list[tuple[float, int, int]]] = {}
        """(till, resource, released by) of what an activity lacked before what it waits for now, in order."""
        self.released_by: list[int] = [NOBODY] * network.count
        """The activity whose release let each one start that had waited."""
        self.last_release: list[int] = [GROWTH] * len(capacity)
        self.waiting: list[list[float]] = [[] for _ in capacity]
        """The ranks of those who wait for each resource, which is what they lack (`waits_for`), in no order."""
        self._wanted = [EVERYTHING] * len(capacity)
        """At most what any of those who wait for a resource need of it: with less free nobody is looked at."""
        self.hungry: list[list[float]] = [[] for _ in network.mixes]
        """Running work below its most teams, by rank, for each mix of resources that teams take."""
        self._starving: set[int] = set()
        """The resources that a newly begun activity could use more of."""
        self._teams, self._smallest = network.teams, network.smallest_team
        self._mix, self._mixes, self._mixes_of = network.mix, network.mixes, network.mixes_of
        self._deal_callbacks: Callbacks = [self._deal]
        self.begin: Callable[[int], None]
        """What to do with an activity that has been served; set by the works."""
        self.join: Callable[[int, int], None]
        """What to do when a number of teams join a running activity; set by the works."""
        self.settle: Callable[[], None]
        """Called at the end of each dealing; set by the works."""
        self.recall: Callable[[int], None]
        """What to do when there is less of a resource than is in use; set by the works."""

    def arm(self) -> None:
        """Deal once more in this instant, after all that completes in it."""
        if not self.armed:
            self.armed = True
            self.clock.appoint(self.clock.now, self._deal_callbacks, priority=DEALING)

    def _asked(self, resource: int) -> bool:
        """Say whether anybody would use more of a resource; if not, there is nothing to deal when it grows."""
        return bool(self.waiting[resource]) or any(map(self.hungry.__getitem__, self._mixes_of[resource]))

    def arrive(self, activity: int) -> None:
        """Queue an activity that is ready."""
        self.arrivals.append(self.rank[activity])
        self.arm()

    def grow(self, resource: int, amount: int) -> None:
        """Add to what there is of a resource (new hands, an energisation step)."""
        self.capacity[resource] += amount
        self.free[resource] += amount
        self.last_release[resource] = GROWTH
        if self._asked(resource):
            self.raised.append(resource)
            self.arm()

    def shrink(self, resource: int, amount: int) -> None:
        """Take away from what there is of a resource: those who are free go first, then teams from running work.

        What is still missing stays till the work is done; nothing is dealt out until it is made up.
        """
        self.capacity[resource] -= amount
        self.free[resource] -= amount
        if self.free[resource] < 0:
            self.recall(resource)
            self.arm()

    def release(self, activity: int, amounts: tuple[tuple[int, int], ...]) -> None:
        """Take back what an activity held."""
        for resource, amount in amounts:
            self.free[resource] += amount
            self.last_release[resource] = activity
            if self._asked(resource):
                self.raised.append(resource)
                self.arm()

    def take(self, team: tuple[tuple[int, int], ...], teams: int) -> None:
        """Hand out a number of teams."""
        for resource, amount in team:
            self.free[resource] -= amount * teams

    def starve(self, activity: int) -> None:
        """Note a running activity that could use more teams."""
        mix = self._mix[activity]
        if self._mixes[mix]:
            insort(self.hungry[mix], self.rank[activity])
            self._starving.update(self._mixes[mix])

    def hunger(self, activity: int) -> None:
        """Note a running activity that has lost teams; it may have been short of them before."""
        self.sate(activity)
        self.starve(activity)

    def sate(self, activity: int) -> None:
        """Forget that a running activity could use more teams."""
        _take_out(self.hungry[self._mix[activity]], self.rank[activity])

    def move(self, activity: int, place: float) -> None:
        """Give an activity another rank, in the queues too."""
        old = self.rank[activity]
        if place == old:
            return
        self.rank[activity] = place
        del self._subject[old]
        self._subject[place] = activity
        lacks = self.waits_for[activity]
        for queue in (self.arrivals, self.waiting[lacks]) if lacks >= 0 else (self.arrivals,):
            if old in queue:
                queue[queue.index(old)] = place
        hungry = self.hungry[self._mix[activity]]
        if _take_out(hungry, old):
            insort(hungry, place)

    def _deal(self, _event: object) -> None:
        self.armed = False
        queue, raised, waiting = self.arrivals, set(self.raised), self.waiting
        self.arrivals, self.raised = [], []
        free, need, subject, waits_for = self.free, self._need, self._subject, self.waits_for
        wanted = self._wanted
        self._recall_waiting(raised, queue)
        queue.sort()
        begin = self.begin
        for place in queue:
            activity = subject[place]
            for resource, amount in need[activity]:
                if free[resource] < amount:
                    waiting[resource].append(place)
                    if amount < wanted[resource]:
                        wanted[resource] = amount
                    if waits_for[activity] != resource:
                        self._lack(activity, resource)
                    break
            else:
                for resource, amount in need[activity]:
                    free[resource] -= amount
                lacked = waits_for[activity]
                if lacked >= 0:
                    self.released_by[activity] = self.last_release[lacked]
                begin(activity)
        if raised or self._starving:
            self._top_up(raised | self._starving)
            self._starving.clear()
        self.settle()

    def _recall_waiting(self, raised: set[int], queue: list[float]) -> None:
        """Queue those who wait for a resource that has grown, if there is enough of it for any of them."""
        for resource in raised:
            if self.waiting[resource] and self.free[resource] >= self._wanted[resource]:
                queue += self.waiting[resource]
                self.waiting[resource] = []
                self._wanted[resource] = EVERYTHING

    def _lack(self, activity: int, resource: int) -> None:
        """Note what an activity waits for, and what it has waited for till now, which has come."""
        before = self.waits_for[activity]
        if before >= 0:
            self.lacked.setdefault(activity, []).append((self.clock.now, before, self.last_release[before]))
        self.waits_for[activity] = resource

    def _top_up(self, resources: set[int]) -> None:
        """Let teams join running work, by rank, where a resource has grown or somebody has begun below its most teams.

        Elsewhere nothing can have changed: what is free has only become less since it was last looked at.
        """
        free, subject, teams, smallest = self.free, self._subject, self._teams, self._smallest
        hungry = self.hungry.__getitem__
        for resource in sorted(resources):
            if free[resource] < smallest[resource] or not any(map(hungry, self._mixes_of[resource])):
                continue
            for place in self._below(resource):
                activity, fits = subject[place], EVERYTHING
                for needed, amount in teams[activity]:
                    fits = min(fits, free[needed] // amount)
                    if fits <= 0:
                        break
                else:
                    self.join(activity, fits)
                    if free[resource] < smallest[resource]:
                        break

    def _below(self, resource: int) -> list[float]:
        """Return the running work that takes a resource and could use more teams, by rank.

        A mix that is short of one of its resources is left out as a whole: none of its work can get a team.
        """
        free, smallest, found, queues = self.free, self._smallest, [], 0
        for mix in self._mixes_of[resource]:
            if self.hungry[mix]:
                for needed in self._mixes[mix]:
                    if free[needed] < smallest[needed]:
                        break
                else:
                    found += self.hungry[mix]
                    queues += 1
        if queues > 1:
            found.sort()
        return found


def _take_out(queue: list[float], place: float) -> bool:
    """Take a rank out of a sorted queue; say whether it was there."""
    index = bisect_left(queue, place)
    if index == len(queue) or queue[index] != place:
        return False
    del queue[index]
    return True
