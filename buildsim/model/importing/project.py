"""A project network as other tools know it: successors, durations, crews held and crews there are, all by number."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True)
class Project:
    """A network of activities 0..n-1 that hold crews of numbered kinds."""

    name: str
    """What it is called: the file's name without its suffix."""
    origin: str
    """The file that it comes from."""
    successors: tuple[tuple[int, ...], ...]
    """What may start once each activity is finished."""
    durations: tuple[float, ...]
    """How long each activity takes [days]."""
    uses: tuple[tuple[int, ...], ...]
    """Crews of each kind that each activity holds."""
    capacities: tuple[int, ...]
    """Crews of each kind that there are."""

    @property
    def predecessors(self) -> list[list[int]]:
        """What each activity waits for, in ascending order, each once."""
        before: list[list[int]] = [[] for _ in self.successors]
        for activity, after in enumerate(self.successors):
            for successor in dict.fromkeys(after):
                before[successor].append(activity)
        return before

    @property
    def links(self) -> int:
        """How many dependences there are."""
        return sum(len(set(after)) for after in self.successors)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong with a network, where a reader can find the line for it."""

    steps: tuple[str | int, ...]
    """`succ`, `dur`, `req` or `cap`, then the activity (or the kind of crew), then the position in its row."""
    message: str
    """What is wrong."""
    expected: str | None = None
    """What would have been right."""


def faults(
    succ: Sequence[Any], dur: Sequence[Any], req: Sequence[Any], cap: Sequence[Any], first: int = 0
) -> list[Fault]:
    """Return everything that is wrong with a network; `first` is the number that the file gives to activity 0."""
    if not succ:
        return [Fault(("succ",), "there are no activities", "at least one")]
    lengths = [
        Fault((field,), f"there are {len(rows)} entries for {len(succ)} activities", "one for each activity")
        for field, rows in (("dur", dur), ("req", req))
        if len(rows) != len(succ)
    ]
    if lengths:
        return lengths
    found = [*_links(succ, first), *_durations(dur), *_capacities(cap)]
    return found or [*_uses(req, cap), *_circle(succ, first)]


def _links(succ: Sequence[Any], first: int) -> Iterator[Fault]:
    last = first + len(succ) - 1
    for activity, after in enumerate(succ):
        if not isinstance(after, Sequence) or isinstance(after, str):
            yield Fault(("succ", activity), "the successors are not a list", "a list of activities")
            continue
        for place, number in enumerate(after):
            if not _whole(number) or not 0 <= number < len(succ):
                shown = number + first if _whole(number) else number
                yield Fault(
                    ("succ", activity, place), f"there is no activity {shown!r}", f"a number from {first} to {last}"
                )
            elif number == activity:
                yield Fault(("succ", activity, place), "the activity follows itself", "another activity")


def _durations(dur: Sequence[Any]) -> Iterator[Fault]:
    for activity, days in enumerate(dur):
        number = isinstance(days, int | float) and not isinstance(days, bool)
        if not number or not isfinite(days) or days < 0:
            yield Fault(("dur", activity), f"{days!r} is not a duration", "a number of days, 0 or more")


def _capacities(cap: Sequence[Any]) -> Iterator[Fault]:
    for kind, amount in enumerate(cap):
        if not _whole(amount) or amount < 0:
            yield Fault(("cap", kind), f"{amount!r} is not a number of crews", "a whole number, 0 or more")


def _uses(req: Sequence[Any], cap: Sequence[int]) -> Iterator[Fault]:
    for activity, row in enumerate(req):
        if not isinstance(row, Sequence) or isinstance(row, str) or len(row) != len(cap):
            yield Fault(("req", activity), "the crews held do not fit the kinds of crew", f"{len(cap)} numbers")
            continue
        for kind, amount in enumerate(row):
            if not _whole(amount) or amount < 0:
                yield Fault(
                    ("req", activity, kind), f"{amount!r} is not a number of crews", "a whole number, 0 or more"
                )
            elif amount > cap[kind]:
                message = f"the activity holds {amount} crews of kind {kind + 1}, but there are {cap[kind]}"
                yield Fault(("req", activity, kind), message, f"at most {cap[kind]}")


def _circle(succ: Sequence[Sequence[int]], first: int) -> Iterator[Fault]:
    graph: dict[int, list[int]] = {activity: [] for activity in range(len(succ))}
    for activity, after in enumerate(succ):
        for successor in after:
            graph[successor].append(activity)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        shown = " -> ".join(str(number + first) for number in circle)
        yield Fault(("succ", circle[0]), f"the dependences run in a circle: {shown}", "a network without circles")


def _whole(number: Any) -> bool:
    return isinstance(number, int) and not isinstance(number, bool)
