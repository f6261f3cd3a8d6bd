"""Bare project networks against a naive scheduler and a naive longest path, bit for bit."""

import numpy as np
import pandas as pd
import pytest

import buildsim as bs
from buildsim.model import Model
from buildsim.run.run import Run
from tests.oracles.naive import (
    Project,
    Schedule,
    Task,
    by_latest_finish,
    longest_paths,
    random_durations,
    random_project,
    scheduled,
)

ALL_KINDS = ("FS", "SS", "FF", "SF")


def simulated(project: Project, rows: list[list[float]], rank: str = "latest_finish") -> Run:
    """The engine's run of given durations, through the public door."""
    draws = pd.DataFrame(rows, columns=[f"network.a{number}.duration" for number in range(len(project.tasks))])
    model = Model.model_validate(project.model(rank))
    return bs.simulate(model, replications=len(rows), seed=1, workers=1, draws=draws, keep_activities=len(rows))


def schedules(run: Run) -> list[Schedule]:
    found = []
    for _, rows in run.activities.groupby("replication"):
        rows = rows[rows["activity"] != "end"]
        found.append(Schedule(rows["start"].tolist(), rows["finish"].tolist()))
    return found


@pytest.mark.parametrize("seed", range(24))
def test_finish_to_start_networks_agree_bit_for_bit_with_the_naive_scheduler(seed: int) -> None:
    project = random_project(seed)
    rows = random_durations(project, seed, 6)
    rank = by_latest_finish(project)
    run = simulated(project, rows)
    want = [scheduled(project, row, rank) for row in rows]
    assert schedules(run) == want
    assert run.go_live["live"].tolist() == [one.makespan for one in want]


@pytest.mark.parametrize("seed", range(100, 124))
def test_networks_with_all_kinds_of_links_and_lags_agree_bit_for_bit(seed: int) -> None:
    project = random_project(seed, ALL_KINDS, (0.0, 0.0, 1.0, 2.5))
    rows = random_durations(project, seed, 6)
    rank = by_latest_finish(project)
    assert schedules(simulated(project, rows)) == [scheduled(project, row, rank) for row in rows]


@pytest.mark.parametrize("seed", range(200, 206))
def test_in_declared_order(seed: int) -> None:
    project = random_project(seed, ALL_KINDS, (0.0, 1.5))
    rows = random_durations(project, seed, 4)
    declared = list(range(len(project.tasks)))
    assert schedules(simulated(project, rows, "declared")) == [scheduled(project, row, declared) for row in rows]


@pytest.mark.parametrize("seed", range(300, 312))
def test_without_limits_on_crews_the_dates_are_longest_paths(seed: int) -> None:
    project = random_project(seed, ALL_KINDS, (0.0, 0.5, 3.0))
    project = Project(project.tasks, dict.fromkeys(project.crews, 10_000))
    rows = random_durations(project, seed, 5)
    run = simulated(project, rows)
    want = [longest_paths(project, row) for row in rows]
    assert schedules(run) == want
    assert run.go_live["live"].tolist() == [one.makespan for one in want]


@pytest.mark.parametrize("seed", range(400, 408))
def test_the_account_of_a_network_adds_up_in_every_replication(seed: int) -> None:
    project = random_project(seed, ALL_KINDS, (0.0, 1.5))
    run = simulated(project, random_durations(project, seed, 10))
    total = run.delays.groupby("replication")["days"].sum().to_numpy()
    assert np.abs(total - run.go_live["live"].to_numpy()).max() < 1e-6
    assert set(run.delays["cause"]) <= {"planned work", "estimate", "crew wait", "lag"}


def test_a_project_ends_with_the_last_finish_whatever_the_kinds_of_links() -> None:
    """What is followed by a start-to-start link alone is not over when its follower is."""
    tasks = [Task(100.0), Task(1.0, links=[(0, "SS", 0.0)]), Task(2.0, links=[(1, "SF", 0.0)])]
    run = simulated(Project(tasks, {}), [[100.0, 1.0, 2.0]])
    assert run.go_live["live"].tolist() == [100.0]


# -- an instance of our own in the form of PSPLIB ---------------------------------------------------

INSTANCE = """\
jobs (incl. supersource/sink ):  8
PRECEDENCE RELATIONS:
jobnr.    #modes  #successors   successors
   1        1          3           2   3   4
   2        1          1           5
   3        1          2           5   6
   4        1          1           7
   5        1          1           8
   6        1          1           8
   7        1          1           8
   8        1          0
************************************************************************
REQUESTS/DURATIONS:
jobnr. mode duration  R 1  R 2
------------------------------------------------------------------------
  1      1     0       0    0
  2      1     4       2    0
  3      1     3       1    1
  4      1     5       2    0
  5      1     6       1    2
  6      1     2       3    0
  7      1     2       0    2
  8      1     0       0    0
************************************************************************
RESOURCEAVAILABILITIES:
  R 1  R 2
    3    2
"""
# By hand: critical path 4 + 6 = 10; latest finishes: job 2: 4, 3: 4, 4: 8, 5: 10, 6: 10, 7: 10.
# Day 0: jobs 2 (R1 2 of 3) and 3 (R1 3, R2 1); 4 needs two of R1. Day 3: job 3 ends, R1 2 taken; 4 and 6 do not fit.
# Day 4: job 2 ends: all free. 4 is first (latest finish 8): R1 2; then 5: R1 1, R2 2. Day 9: 4 ends; 6 needs R1 3,
# 7 needs R2 2. Day 10: 5 ends: 6 and 7 start; day 12: the end.
STARTS = [0, 0, 0, 4, 4, 10, 10, 12]


def read(text: str) -> Project:
    """A reader of its own for the little that is needed here."""
    lines = text.splitlines()
    at = lines.index("PRECEDENCE RELATIONS:") + 2
    followers = [[int(word) - 1 for word in line.split()[3:]] for line in lines[at : at + 8]]
    at = lines.index("REQUESTS/DURATIONS:") + 3
    rows = [[int(word) for word in line.split()] for line in lines[at : at + 8]]
    tasks = [Task(float(row[2]), {f"r{kind}": n for kind, n in enumerate(row[3:]) if n}) for row in rows]
    for number, after in enumerate(followers):
        for one in after:
            tasks[one].links.append((number, "FS", 0.0))
    at = lines.index("RESOURCEAVAILABILITIES:") + 2
    return Project(tasks, {f"r{kind}": int(word) for kind, word in enumerate(lines[at].split())})


def test_an_instance_by_hand() -> None:
    project = read(INSTANCE)
    durations = [task.duration for task in project.tasks]
    [found] = schedules(simulated(project, [durations]))
    assert found.start == STARTS
    assert found.makespan == 12.0
    assert scheduled(project, durations, by_latest_finish(project)) == found
