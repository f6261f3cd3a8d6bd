"""As-built float: by how much later each moment of a replication could have been without moving a go-live.

One backward pass over the times as they happened. An activity has three moments (start, end of work, finish), and what
binds them is read off the replication: its own length, its dependences, and every handover of something scarce from
the job that gave it back to the one that had waited for it. Each binding has a gap, the days by which it was met early;
a moment's float is the least, over what it binds, of the gap and the float there. So two jobs that share a crew bind
one another, and a wait is float of whatever came before the one who waited.

Everything else stays as it happened: lengths, who served whom, and what no activity made (facts, dates, capacity that
grew). A handover is known where somebody waited for it; what had lain idle, and teams that joined later, bind nobody.

Sources: Kelley (1961) for total float; Bowers (1995), "Criticality in resource constrained networks", JORS 46, for
bindings through resources.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from math import inf, nan

from buildsim.engine.account import met
from buildsim.engine.network import Bond, Tie
from buildsim.engine.world import World


class Moment(IntEnum):
    """A moment of an activity; three times its number and this is the number of the moment."""

    START = 0
    END = 1
    """The end of work, when what the activity held is given back."""
    FINISH = 2


MOMENTS = len(Moment)


@dataclass(frozen=True, slots=True)
class Floats:
    """The floats to a go-live, by activity [days].

    Infinite: the moment leads to none of the targets, or did not come. NaN throughout: the go-live did not come.
    """

    last: float
    """The go-live that is not to move [days]; NaN: not by the horizon."""
    start: list[float]
    """Of the start: of the activity as a whole. Never more than that of the end of work."""
    end: list[float]
    """Of the end of work: by how much longer the work could have taken."""
    finish: list[float]
    """Of the finish."""
    binding: list[int]
    """By moment: the moment that its float comes from, of equals the first found; -1: a target, or none."""


def floats(world: World, targets: Sequence[int]) -> Floats:
    """Return the as-built floats to the last of the targets' finishes, in a world that has run.

    A target that finishes earlier than the last one has the difference as float. Linear in activities and links.
    """
    count = world.network.count
    last = max((world.works.finish[target] for target in targets), key=lambda day: inf if day != day else day)
    if last != last:
        return Floats(nan, [nan] * count, [nan] * count, [nan] * count, [-1] * (MOMENTS * count))
    before = [bindings for activity in range(count) for bindings in _bindings(world, activity)]
    found, binding = [inf] * len(before), [-1] * len(before)
    for target in targets:
        found[MOMENTS * target + Moment.FINISH] = last - world.works.finish[target]
    for moment in _latest_first(before):
        own = found[moment]
        for earlier, gap in before[moment]:
            if gap + own < found[earlier]:
                found[earlier], binding[earlier] = gap + own, moment
    start, end, finish = (found[moment::MOMENTS] for moment in Moment)
    return Floats(last, start, end, finish, binding)


def start_bindings(world: World, activity: int) -> list[tuple[int, float]]:
    """Return what bound an activity's start: (moment, gap [days]); nothing if it did not start.

    First the dependences in declared order, then those who gave back what it had lacked, the last first.
    """
    start, foreman = world.works.start[activity], world.foreman
    if start != start:
        return []
    found = [
        (_since(bond), max(0.0, start - met(world, bond)))
        for bond in world.network.bonds[activity]
        if bond.predecessor >= 0 and bond.tie in (Tie.FS, Tie.SS) and met(world, bond) <= world.horizon
    ]
    holders = [foreman.released_by[activity]]
    holders += [holder for _, _, holder in reversed(foreman.lacked.get(activity, ()))]
    found += [
        (MOMENTS * holder + Moment.END, max(0.0, start - end_of_work(world, holder)))
        for holder in holders
        if holder >= 0
    ]
    return found


def end_of_work(world: World, activity: int) -> float:
    """Return when the work of an activity was done [days]: a plain one finishes with it; NaN: not yet."""
    end = world.works.work_end[activity]
    return end if end == end else world.works.finish[activity]


def _bindings(world: World, activity: int) -> list[list[tuple[int, float]]]:
    """Return what binds the start, the end of work and the finish of an activity."""
    end, finish, first = end_of_work(world, activity), world.works.finish[activity], MOMENTS * activity
    at_end = [(first + Moment.START, 0.0)] if end == end else []
    at_finish = []
    if finish == finish:
        at_finish = [(first + Moment.END, max(0.0, finish - end))]
        at_finish += [
            (_since(bond), max(0.0, finish - met(world, bond)))
            for bond in world.network.bonds[activity]
            if bond.predecessor >= 0 and bond.tie in (Tie.FF, Tie.SF)
        ]
    return [start_bindings(world, activity), at_end, at_finish]


def _since(bond: Bond) -> int:
    """Return the moment that a dependence runs from."""
    return MOMENTS * bond.predecessor + (Moment.FINISH if bond.tie in (Tie.FS, Tie.FF) else Moment.START)


def _latest_first(before: Sequence[Sequence[tuple[int, float]]]) -> list[int]:
    """Return the moments in an order in which each comes after all that it binds."""
    binds = [0] * len(before)
    for bindings in before:
        for earlier, _ in bindings:
            binds[earlier] += 1
    order = [moment for moment, count in enumerate(binds) if not count]
    for moment in order:  # it grows while it is walked
        for earlier, _ in before[moment]:
            binds[earlier] -= 1
            if not binds[earlier]:
                order.append(earlier)
    return order
