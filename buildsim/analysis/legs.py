"""Segments of an account or a driving path put into words: what was done or waited for, by whom it was held."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from buildsim.analysis import quantiles
from buildsim.analysis.rerun import title
from buildsim.engine.account import Segment
from buildsim.engine.causes import EQUIPMENT, LAG, LOGISTICS
from buildsim.engine.floats import end_of_work
from buildsim.engine.foreman import GROWTH
from buildsim.engine.world import World
from buildsim.model.root import Model

Stage = Literal["waiting", "working", "finishing"]
"""Before an activity's start, from its start to its end of work, and what its finish waited for after that."""
ZERO = 1e-9
"""Days that count as none [days]."""


@dataclass(frozen=True, slots=True)
class Leg:
    """A stretch of the story; the legs of a story follow one another without a gap."""

    begin: float
    """[days since start]"""
    end: float
    """[days since start]"""
    cause: str
    """What the time went to, or most of it."""
    block: str
    """The block of the activity."""
    activity: str
    """The activity that was worked on or that waited, by its id in the block."""
    title: str
    """What the activity is; empty when the model does not say."""
    stage: Stage
    """Whether the activity waited for its start, was worked on, or waited for its finish."""
    waited_for: str
    """The scarce thing that it waited for, or had waited for; empty for everything else."""
    holder: str
    """The activity whose end freed it (`site/hall/activity`), or "new capacity"; empty for everything else."""
    handover: float
    """On a driving path, where it goes on from the job that held it: how long the activity had waited for that by the
    leg's begin [days]; 0 elsewhere."""
    parts: Mapping[str, float]
    """Days by cause, summing to the length; what sped the work up is negative."""

    @property
    def days(self) -> float:
        """How long it lasted [days]."""
        return self.end - self.begin

    @property
    def name(self) -> str:
        """The activity by its id and title: `P2 Generators`."""
        return self.title if self.title.startswith(self.activity) else f"{self.activity} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class Step:
    """The legs of one activity that follow one another on a path, waiting or not."""

    legs: tuple[Leg, ...]

    @property
    def begin(self) -> float:
        """Where it begins [days since start]."""
        return self.legs[0].begin

    @property
    def end(self) -> float:
        """Where it ends [days since start]."""
        return self.legs[-1].end

    @property
    def days(self) -> float:
        """How long it lasted [days]."""
        return self.end - self.begin

    @property
    def parts(self) -> dict[str, float]:
        """Days by cause."""
        total: dict[str, float] = {}
        for leg in self.legs:
            for cause, days in leg.parts.items():
                total[cause] = total.get(cause, 0.0) + days
        return total

    @property
    def cause(self) -> str:
        """What most of the time went to."""
        parts = self.parts
        return max(parts, key=lambda cause: parts[cause])


def steps(legs: Sequence[Leg], *, apart: bool = False) -> list[Step]:
    """Return the steps of a path: an activity a step, or, if waits are to stand `apart`, its waits before its work."""

    def of(leg: Leg) -> tuple[str, str, bool]:
        return leg.block, leg.activity, apart and leg.stage == "waiting"

    return [Step(tuple(own)) for _, own in groupby(legs, of)]


def worded(model: Model, world: World, segments: Sequence[Segment]) -> tuple[Leg, ...]:
    """Return the segments of an account or a driving path as legs."""
    return tuple(
        _leg(model, world, segment, segments[place - 1] if place else None) for place, segment in enumerate(segments)
    )


def named(model: Model, name: str) -> str:
    """An activity by its id and title: `P2 Generators`."""
    block, _, activity = name.rpartition("/")
    said = title(model, block, activity)
    return said if said.startswith(activity) else f"{activity} {said}".strip()


def _leg(model: Model, world: World, segment: Segment, before: Segment | None) -> Leg:
    network = world.network
    block, _, activity = network.names[segment.activity].rpartition("/")
    handover = _handover(world, segment, before)
    resource, holder = world.foreman.waits_for[segment.activity], segment.holder
    stage = _stage(world, segment)
    waited_for = ""
    if handover > 0.0:
        waited_for, holder = network.resources[resource], world.foreman.released_by[segment.activity]
    elif stage == "waiting" and resource >= 0 and segment.begin >= world.works.ready[segment.activity]:
        waited_for = network.resources[resource]
    elif (supplier := _supplier(world, segment)) >= 0:
        waited_for = named(model, network.names[supplier])
    return Leg(
        begin=segment.begin,
        end=segment.end,
        cause=segment.cause,
        block=block,
        activity=activity,
        title=title(model, block, activity),
        stage=stage,
        waited_for=waited_for,
        holder=network.names[holder] if holder >= 0 else "new capacity" if holder == GROWTH else "",
        handover=handover,
        parts=dict(segment.parts),
    )


def _stage(world: World, segment: Segment) -> Stage:
    """Where in its activity a segment lies; what is not known to have begun or ended waits or is worked on."""
    start, end = world.works.start[segment.activity], end_of_work(world, segment.activity)
    if segment.cause == LAG:
        return "finishing" if segment.end > end + ZERO else "waiting"
    if not segment.begin >= start - ZERO:
        return "waiting"
    return "finishing" if segment.begin >= end - ZERO and segment.end > segment.begin else "working"


def _handover(world: World, segment: Segment, before: Segment | None) -> float:
    """How long who goes on from a holder's job had waited for it [days]; 0: it is no handover.

    Where a walk charges the wait instead, the segment before is the activity's own.
    """
    works, activity = world.works, segment.activity
    if before is None or before.activity == activity or segment.begin != works.start[activity]:
        return 0.0
    return max(0.0, works.start[activity] - works.ready[activity])


def _supplier(world: World, segment: Segment) -> int:
    """The delivery that a wait for equipment was for: the one that came last; -1 for every other segment."""
    works, suppliers = world.works, world.network.suppliers[segment.activity]
    if segment.cause not in (EQUIPMENT, LOGISTICS) or not suppliers:
        return -1
    return max(suppliers, key=lambda number: (quantiles.later(works.finish[number]).item(), -number))
