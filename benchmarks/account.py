#!/usr/bin/env python3
"""What the delay accounting costs: the same replications with it and without, in turn, in one process.

Accounting is the account of every block, the driving paths of the sites and the rows of both. Without it the very
same world is run and all other tables are recorded. Sampling and writing are in neither figure. Replications are run
with and without it in turn, so that what else the machine does falls on both; the ratio is the median over rounds. The
time per activity is that of the
walks themselves, by a clock around them: of two runs of a large network the difference would be mostly noise.

    python benchmarks/account.py --rounds 7 --replications 10
    python benchmarks/account.py --sizes 500 2000 5000 20000
"""

import argparse
import gc
import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import log
from typing import Any
from unittest.mock import patch

import buildsim as bs
from buildsim.engine.account import Account
from buildsim.model import Model
from buildsim.run.replication import Replicator
from buildsim.sampling.streams import series

SIZES = (500, 2000, 5000, 20000)
"""Activities of the networks over which linearity is looked at."""
RESOURCES = 10
"""Crews of a generated network."""
NEAR = 60
"""An activity of a generated network comes after up to three of so many before it."""


class Nothing:
    """Stands in for the account of a replication: every account is empty."""

    def __init__(self, *_given: object) -> None:
        """Take what an account takes."""

    def days(self, *_given: object) -> dict[str, float]:
        """No days by cause."""
        return {}

    def __getattr__(self, _name: str) -> Callable[..., list[Any]]:
        """No path of any kind."""
        return lambda *_given: []


class Timed:
    """Stands around the account of a replication, with a clock."""

    seconds = 0.0
    """What all accounts have taken so far."""

    def __init__(self, *given: Any) -> None:
        """Take what an account takes."""
        self._account = Account(*given)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        """Call a method of the account, with a clock."""
        method = getattr(self._account, name)

        def timed(*given: Any) -> Any:
            began = time.perf_counter()
            found = method(*given)
            Timed.seconds += time.perf_counter() - began
            return found

        return timed


@dataclass(frozen=True)
class Cost:
    """What accounting costs in a model."""

    activities: int
    """Those that are open at the start."""
    walks: float
    """What the walks of a replication take [seconds]."""
    share: float
    """Accounting and its rows, over the time without them."""


def measure(model: Model, replications: int, rounds: int) -> Cost:
    """Return what accounting costs in a model: medians over rounds."""
    accounted = Replicator(model, replications=rounds * replications, keep_activities=0)
    with patch("buildsim.run.outcome.Account", Nothing):
        bare = Replicator(model, replications=rounds * replications, keep_activities=0)
    network = accounted.program.network
    activities = network.count - sum(network.done)
    ratios, walks = [], []
    for number in range(rounds):
        first = number * replications
        spent = {"with": 0.0, "without": 0.0, "timed": 0.0}
        Timed.seconds = 0.0
        for replication in range(first, first + replications):
            draws = accounted.sampler.block(replication, 1)
            for how in ("with", "without", "timed") if replication % 2 else ("without", "with", "timed"):
                spent[how] += _spent(accounted if how != "without" else bare, replication, draws.copy(), INSTEAD[how])
        ratios.append(spent["with"] / spent["without"] - 1.0)
        walks.append(Timed.seconds / replications)
    return Cost(activities, statistics.median(walks), statistics.median(ratios))


def _spent(replicator: Replicator, replication: int, draws: Any, account: type) -> float:
    """Return what simulating and recording one replication takes [seconds]; the last one is cleared away first."""
    gc.collect()
    before = sum(replicator.timings[stage] for stage in STAGES)
    with patch("buildsim.run.outcome.Account", account):
        replicator.chosen([replication], draws, replication)
    return sum(replicator.timings[stage] for stage in STAGES) - before


STAGES = ("simulating", "recording")
INSTEAD = {"with": Account, "without": Nothing, "timed": Timed}
"""What stands for the account, by what is measured."""


def network(size: int, seed: int = 1) -> Model:
    """Return a seeded random network of so many activities, whose crews grow with it."""
    activities = {}
    for number in range(size):
        luck = series(seed, number, "network", 6)
        days, near = 5.0 + 35.0 * luck[0], min(number, NEAR)
        before = {f"a{number - 1 - int(near * one)}" for one in luck[3 : 4 + int(3 * luck[2])]} if number else set()
        activities[f"a{number}"] = {
            "duration": {"kind": "triangular", "low": 0.75 * days, "mode": days, "high": 1.5 * days},
            "uses": {f"r{int(RESOURCES * luck[1])}": 1 + int(3 * luck[2])},
            "after": sorted(before),
        }
    body = {"resources": dict.fromkeys((f"r{one}" for one in range(RESOURCES)), 8), "activities": activities}
    facts = {"name": f"{size} activities", "start": "2025-01-01", "horizon": "2200-12-31", "source": "assumption"}
    return Model.model_validate({**facts, "policy": {"rank": "latest_finish"}, "network": body})


def portfolio(size: int) -> Model:
    """Return a portfolio of halls like that of `one-hall`, of about so many activities, whose crews grow with it."""
    content = json.loads(json.dumps(bs.load("one-hall").model_dump(mode="json")))
    [(key, site)] = content["sites"].items()
    [hall] = site["halls"].values()
    each = len(content["templates"][hall["template"]]["activities"]) if hall.get("template") else 30
    halls = max(1, round(size / each))
    content["sites"] = {}
    for number in range(halls):
        mine = json.loads(json.dumps(site))
        mine["halls"] = {"h01": hall}
        content["sites"][f"{key}{number}"] = mine
    for trades in content["labour"].values():
        for pool in trades.values():
            for count in ("workers", "present", "ramp"):
                if isinstance(pool.get(count), int | float):
                    pool[count] = pool[count] * halls
    if content.get("commissioning"):
        content["commissioning"] |= {"agents": 3 * halls, "load_banks": f"{200 * halls} MW"}
    content["contracts"], content["customers"], content["scenarios"] = {}, {}, {}
    return Model.model_validate(content)


def line(label: str, found: Cost) -> None:
    """Print a row."""
    each = 1e6 * found.walks / found.activities
    print(f"{label:<20} {found.activities:>10,} {each:>12.2f} {1e3 * found.walks:>12.2f} {100 * found.share:>9.1f} %")


def main(words: Sequence[str] | None = None) -> int:
    """Print a row for each model; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds, of which the median is taken (default: 7)")
    parser.add_argument("--replications", type=int, default=10, help="in each round (default: 10)")
    parser.add_argument("--models", nargs="*", default=["coreweave/2025", "two-sites", "one-hall"])
    parser.add_argument("--sizes", nargs="*", type=int, default=SIZES, help="activities of the generated networks")
    given = parser.parse_args(words)
    print(f"{'':<20} {'activities':>10} {'us/activity':>12} {'ms/replic.':>12} {'of the rest':>11}")
    for name in given.models:
        line(name, measure(bs.load(name), given.replications, given.rounds))
    for label, make in (("random network", network), ("portfolio of halls", portfolio)):
        found = []
        for size in given.sizes:
            many = max(1, min(given.replications, given.replications * 2000 // size))
            found.append(measure(make(size), many, given.rounds))
            line(label, found[-1])
        if len(found) > 1:
            print(f"{label:<20} the walks take activities to the power {exponent(found):.2f}")
    return 0


def exponent(found: Sequence[Cost]) -> float:
    """Return the slope of log time over log activities, by least squares."""
    points = [(log(one.activities), log(max(one.walks, 1e-9))) for one in found]
    across, up = (statistics.mean(values) for values in zip(*points, strict=True))
    spread = sum((one - across) ** 2 for one, _ in points)
    return sum((one - across) * (two - up) for one, two in points) / spread


if __name__ == "__main__":
    raise SystemExit(main())
