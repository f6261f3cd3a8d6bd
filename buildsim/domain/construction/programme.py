"""The programme of a template at planning values: early dates, and how long each activity's tail to go-live is.

This is the textbook forward and backward pass, in working days, without any limit on crews. It says how far a hall
under way has got, when its racks are needed, and what the rank policies order by. The engine does not use it for dates.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter

from buildsim.domain.construction.activities import START, Activity, Delivery, Dependence, Procurement, Template, Work
from buildsim.engine.network import Tie


@dataclass(frozen=True, slots=True)
class Programme:
    """A template's programme [working days from the hall's start]."""

    early_start: dict[str, float]
    early_finish: dict[str, float]
    duration: dict[str, float]
    tail: dict[str, float]
    """From each activity's start to the end of the programme, along the longest chain."""

    @property
    def length(self) -> float:
        """The whole programme."""
        return max(self.early_finish.values(), default=0.0)

    def share_done(self, activity: str, day: float) -> float:
        """Return the share of an activity that is done `day` working days into the programme."""
        start, finish = self.early_start[activity], self.early_finish[activity]
        if finish <= start:
            return 1.0 if day >= finish else 0.0
        return min(1.0, max(0.0, (day - start) / (finish - start)))


def programme(template: Template, crew_hours: Mapping[str, float], workdays_per_day: float) -> Programme:
    """Return a template's programme; elapsed days count `workdays_per_day` working days each.

    `crew_hours` are the craft-hours that a crew of each trade works in a working day.

    Raises `ValueError` where the dependences run in a circle.
    """
    order = topological(template.activities)
    length = {key: planned_duration(template, template.activities[key], crew_hours, workdays_per_day) for key in order}
    start: dict[str, float] = {}
    finish: dict[str, float] = {}
    for key in order:
        early, floor = 0.0, 0.0
        for dependence in template.activities[key].dependences:
            lag = dependence.lag if dependence.workdays else dependence.lag * workdays_per_day
            if dependence.predecessor == START:
                early = max(early, lag)
                continue
            since = (finish if dependence.tie in (Tie.FS, Tie.FF) else start)[dependence.predecessor]
            if dependence.tie in (Tie.FS, Tie.SS):
                early = max(early, since + lag)
            else:
                floor = max(floor, since + lag)
        start[key], finish[key] = early, max(early + length[key], floor)
    return Programme(start, finish, length, _tails(template, order, length, workdays_per_day))


def busiest(template: Template, plan: Programme) -> int:
    """Return the most activities with crews that a programme has going on at once."""
    works = [key for key, activity in template.activities.items() if isinstance(activity, Work)]
    starts = [plan.early_start[key] for key in works]
    ends = [plan.early_start[key] + plan.duration[key] for key in works]
    return max((sum(s <= at < e for s, e in zip(starts, ends, strict=True)) for at in starts), default=0)


def planned_duration(
    template: Template, activity: Activity, crew_hours: Mapping[str, float], workdays_per_day: float
) -> float:
    """Return an activity's duration at planning values with the planned teams [working days]."""
    if isinstance(activity, Delivery):
        return 0.0
    if isinstance(activity, Work):
        return activity.hours_per_mw.planning() * template.per / (activity.teams.planned * crew_hours[activity.trade])
    days = activity.duration.planning()
    if isinstance(activity, Procurement):
        return max(0.0, days - activity.ordered_ahead) * workdays_per_day
    return days if activity.duration.workdays else days * workdays_per_day


def topological(activities: Mapping[str, Activity]) -> list[str]:
    """Return the activities with each one after its predecessors. Raises `ValueError` where they run in a circle."""
    graph = {
        key: [dependence.predecessor for dependence in activity.dependences if dependence.predecessor != START]
        for key, activity in activities.items()
    }
    try:
        return list(TopologicalSorter(graph).static_order())
    except CycleError as error:
        raise ValueError(f"the dependences run in a circle: {' -> '.join(error.args[1])}") from error


def _tails(template: Template, order: list[str], length: dict[str, float], workdays_per_day: float) -> dict[str, float]:
    followers: dict[str, list[tuple[str, Dependence]]] = {key: [] for key in order}
    for key, activity in template.activities.items():
        for dependence in activity.dependences:
            if dependence.predecessor != START:
                followers[dependence.predecessor].append((key, dependence))
    tail: dict[str, float] = {}
    for key in reversed(order):
        longest = length[key]
        for follower, dependence in followers[key]:
            lag = dependence.lag if dependence.workdays else dependence.lag * workdays_per_day
            after = tail[follower] if dependence.tie in (Tie.FS, Tie.SS) else tail[follower] - length[follower]
            own = length[key] if dependence.tie in (Tie.FS, Tie.FF) else 0.0
            longest = max(longest, own + lag + after)
        tail[key] = longest
    return tail
