"""Project networks scheduled the slow and obvious way: plain loops over everything, no events, no queues.

It shares nothing with the engine. Within an instant all that completes is taken first; then whoever is ready is served
by rank, each with all it needs or not at all; that is repeated until nothing more happens at that instant.
"""

from dataclasses import dataclass, field
from math import inf, nan
from typing import Any

import numpy as np


@dataclass
class Task:
    """An activity: planning duration [days], crews by kind, links (predecessor, kind, lag [days])."""

    duration: float
    uses: dict[str, int] = field(default_factory=dict)
    links: list[tuple[int, str, float]] = field(default_factory=list)


@dataclass
class Project:
    tasks: list[Task]
    crews: dict[str, int]

    def model(self, rank: str = "latest_finish", horizon: str = "2040-12-31") -> dict[str, Any]:
        """As a model file says it."""
        activities = {
            f"a{number}": {
                "duration": f"{task.duration} days",
                "uses": task.uses,
                "after": [f"a{before} {kind} + {lag} days" for before, kind, lag in task.links],
            }
            for number, task in enumerate(self.tasks)
        }
        network = {"resources": self.crews, "activities": activities}
        return {"name": "p", "start": "2020-01-01", "horizon": horizon, "policy": {"rank": rank}, "network": network}


@dataclass
class Schedule:
    start: list[float]
    finish: list[float]

    @property
    def makespan(self) -> float:
        return max(self.finish)


class Greedy:
    """The greedy schedule under way."""

    def __init__(self, project: Project, durations: list[float], rank: list[int]) -> None:
        self.tasks, self.durations, self.rank = project.tasks, durations, rank
        count = len(project.tasks)
        self.start, self.end, self.finish = [nan] * count, [nan] * count, [nan] * count
        self.working = [False] * count
        self.free, self.now = dict(project.crews), 0.0

    def release(self, link: tuple[int, str, float]) -> float:
        """When a link was met, infinite if it has not been."""
        before, kind, lag = link
        since = self.finish[before] if kind[0] == "F" else self.start[before]
        return since + lag if since == since else inf

    def met(self, number: int, at: str) -> float:
        return max((self.release(link) for link in self.tasks[number].links if link[1][1] == at), default=0.0)

    def complete(self) -> bool:
        """Take what completes now; say whether anything did."""
        happened = False
        for number, task in enumerate(self.tasks):
            if self.working[number] and self.end[number] <= self.now:
                self.working[number], happened = False, True
                for kind, amount in task.uses.items():
                    self.free[kind] += amount
            done = self.end[number] <= self.now and self.finish[number] != self.finish[number]
            if done and self.met(number, "F") <= self.now:
                self.finish[number], happened = max(self.end[number], self.met(number, "F")), True
        return happened

    def deal(self) -> bool:
        """Start what is ready and fits, by rank; say whether anything was."""
        waiting = [number for number in self.rank if self.start[number] != self.start[number]]
        ready = [number for number in waiting if self.met(number, "S") <= self.now]
        happened = False
        for number in ready:
            uses = self.tasks[number].uses
            if all(self.free[kind] >= amount for kind, amount in uses.items()):
                for kind, amount in uses.items():
                    self.free[kind] -= amount
                self.start[number], self.end[number] = self.now, self.now + self.durations[number]
                self.working[number] = happened = True
        return happened

    def next(self) -> float:
        """The next moment at which anything ends or is met; infinite if there is none."""
        later = [end for number, end in enumerate(self.end) if self.working[number]]
        for number, task in enumerate(self.tasks):
            if self.finish[number] != self.finish[number]:
                later += [self.release(link) for link in task.links]
        return min((moment for moment in later if moment > self.now), default=inf)


def scheduled(project: Project, durations: list[float], rank: list[int]) -> Schedule:
    """The greedy schedule; `rank` lists the activities, best first."""
    greedy = Greedy(project, durations, rank)
    while greedy.now < inf:
        while greedy.complete() or greedy.deal():
            pass
        greedy.now = greedy.next()
    return Schedule(greedy.start, greedy.finish)


def longest_paths(project: Project, durations: list[float]) -> Schedule:
    """Start and finish of every activity without any limit on crews: the equations, repeated until nothing changes."""
    tasks, count = project.tasks, len(project.tasks)
    start, finish = [0.0] * count, [0.0] * count
    for _ in range(count + 1):
        for number, task in enumerate(tasks):
            since = [((finish if kind[0] == "F" else start)[one] + lag, kind[1]) for one, kind, lag in task.links]
            start[number] = max([0.0, *(when for when, at in since if at == "S")])
            finish[number] = max([start[number] + durations[number], *(when for when, at in since if at == "F")])
    return Schedule(start, finish)


def by_latest_finish(project: Project) -> list[int]:
    """The activities by their latest finish at planning values: the textbook backward pass; ties by number."""
    tasks, count = project.tasks, len(project.tasks)
    end = max(longest_paths(project, [task.duration for task in tasks]).finish)
    late = [end] * count
    for _ in range(count + 1):
        for number, task in enumerate(tasks):
            for before, kind, lag in task.links:
                must = late[number] - (task.duration if kind[1] == "S" else 0.0) - lag
                late[before] = min(late[before], must + (tasks[before].duration if kind[0] == "S" else 0.0))
    return sorted(range(count), key=lambda number: (late[number], number))


def random_project(seed: int, kinds: tuple[str, ...] = ("FS",), lags: tuple[float, ...] = (0.0,)) -> Project:
    """Thirty to sixty activities, one to four kinds of crews, some without duration, some without crews."""
    rng = np.random.default_rng(seed)
    count, crews = (
        int(rng.integers(30, 61)),
        {f"r{kind}": int(rng.integers(3, 9)) for kind in range(rng.integers(1, 5))},
    )
    tasks = []
    for number in range(count):
        uses = {kind: int(rng.integers(1, most + 1)) for kind, most in crews.items() if rng.random() < 0.5}
        before = rng.choice(number, size=min(number, int(rng.integers(0, 4))), replace=False) if number else []
        links = [(int(one), str(rng.choice(kinds)), float(rng.choice(lags))) for one in before]
        tasks.append(Task(float(rng.choice([0, *range(1, 11)])), uses, links))
    return Project(tasks, crews)


def random_durations(project: Project, seed: int, replications: int) -> list[list[float]]:
    """Durations around the planned ones; a third of them whole days, so that much ends at the same instant."""
    rng = np.random.default_rng(seed)
    planned = np.array([task.duration for task in project.tasks])
    rows = rng.triangular(0.75, 1.0, 1.5, (replications, len(planned))) * planned
    rows[::3] = np.round(rows[::3])
    return rows.tolist()
