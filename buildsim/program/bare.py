"""Compiling a bare project network: one team an activity, given durations, finish = start + duration exactly."""

from collections.abc import Sequence
from graphlib import TopologicalSorter

from buildsim.engine.network import Bond, Tie
from buildsim.model.network import ProjectNetwork
from buildsim.program.builder import ELAPSED, Builder, Node

BLOCK = "network/project"
"""The block whose go-live is the end of the project."""


def compile_network(network: ProjectNetwork, rank: str, builder: Builder) -> int:
    """Add a project network's activities, and its end, to the builder; return the number of the end."""
    for key, amount in network.resources.items():
        builder.resource(key, "crew", amount)
    numbers = {key: place for place, key in enumerate(network.activities)}
    keys = rank_keys(network, rank)
    for key, task in network.activities.items():
        node = Node(f"{BLOCK}/{key}", block=0, rank_key=keys[key], factor=1.0)
        node.need = tuple((builder.resource(kind, "crew"), amount) for kind, amount in task.uses.items() if amount)
        node.column = builder.column(f"network.{key}.duration", task.duration)
        node.bonds = [Bond(numbers[link.predecessor], link.tie, link.lag, ELAPSED, 0.0) for link in task.dependences]
        builder.add(node)
    followed = {
        link.predecessor
        for task in network.activities.values()
        for link in task.dependences
        if link.tie in (Tie.FS, Tie.FF)
    }
    end = Node(f"{BLOCK}/end", block=0, kind="milestone", rank_key=float("inf"))
    end.bonds = [Bond(number, Tie.FS, 0.0, ELAPSED, 0.0) for key, number in numbers.items() if key not in followed]
    number = builder.add(end)
    builder.announces[number] = ("live", BLOCK)
    return number


def rank_keys(network: ProjectNetwork, rank: str) -> dict[str, float]:
    """Return what a rank policy orders a network's activities by, at planning values [days].

    `latest_finish` is the textbook latest finish with the network's own early finish as its due date; least slack,
    first come and declared order are what their names say; there are no MW, so the largest comes to declared order.
    """
    order, duration = _ordered(network), {key: task.duration.planning() for key, task in network.activities.items()}
    start, finish = _forward(network, order, duration)
    late = _backward(network, order, duration, max(finish.values(), default=0.0))
    if rank == "latest_finish":
        return late
    if rank == "least_slack":
        return {key: late[key] - finish[key] for key in order}
    return start if rank == "first_come" else dict.fromkeys(order, 0.0)


def _ordered(network: ProjectNetwork) -> list[str]:
    graph = {key: [link.predecessor for link in task.dependences] for key, task in network.activities.items()}
    return list(TopologicalSorter(graph).static_order())


def _forward(
    network: ProjectNetwork, order: Sequence[str], duration: dict[str, float]
) -> tuple[dict[str, float], dict[str, float]]:
    start: dict[str, float] = {}
    finish: dict[str, float] = {}
    for key in order:
        early, floor = 0.0, 0.0
        for link in network.activities[key].dependences:
            since = (finish if link.tie in (Tie.FS, Tie.FF) else start)[link.predecessor] + link.lag
            if link.tie in (Tie.FS, Tie.SS):
                early = max(early, since)
            else:
                floor = max(floor, since)
        start[key], finish[key] = early, max(early + duration[key], floor)
    return start, finish


def _backward(
    network: ProjectNetwork, order: Sequence[str], duration: dict[str, float], end: float
) -> dict[str, float]:
    late = dict.fromkeys(order, end)
    for key in reversed(order):
        for link in network.activities[key].dependences:
            by = late[key] - duration[key] if link.tie in (Tie.FS, Tie.SS) else late[key]
            own = 0.0 if link.tie in (Tie.FS, Tie.FF) else duration[link.predecessor]
            late[link.predecessor] = min(late[link.predecessor], by - link.lag + own)
    return late
