#!/usr/bin/env python3
"""What the labour model costs: the reference model with every labour factor on, against the same with all of them off.

Off: pools of a fixed size at a fixed skill, no levers (`productivity.regime: none`). On: the scenario `labour-full`.
Replications are run in turn in one process, so that what else the machine does falls on both; the ratio is the median
over rounds. It counts sampling, simulating with the full account, and recording without the tables of labour, which
only the first replications of a run keep; what those cost is the second ratio.

    python benchmarks/labour.py --rounds 7 --replications 10
"""

import argparse
import gc
import statistics
import time
from collections.abc import Sequence

import buildsim as bs
from buildsim.run.replication import Replicator

MODEL = "coreweave/2025"
OFF = {"productivity.regime": "none"}
ON = "labour-full"


def spent(replicator: Replicator, first: int, count: int) -> float:
    """Return the processor time of some replications [seconds]."""
    gc.collect()
    began = time.process_time()
    replicator.block(first, count)
    return time.process_time() - began


def main(words: Sequence[str] | None = None) -> int:
    """Print the ratios; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=7, help="rounds, of which the median is taken (default: 7)")
    parser.add_argument("--replications", type=int, default=10, help="in each round (default: 10)")
    given = parser.parse_args(words)
    total = given.rounds * given.replications
    off, on = bs.load(MODEL, set=OFF), bs.load(MODEL, scenario=ON)
    ways = {
        "off": Replicator(off, replications=total, keep_activities=0),
        "on": Replicator(on, replications=total, keep_activities=0),
        "on, tables kept": Replicator(on, replications=total, keep_activities=total),
    }
    times: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(given.rounds):
        order = list(ways.items())
        for name, replicator in order if number % 2 else order[::-1]:
            times[name].append(spent(replicator, number * given.replications, given.replications))
    print(f"{'labour':<18} {'ms/replication':>15} {'ratio':>7} {'rounds':>15}")
    for name, taken in times.items():
        ratios = [one / base for one, base in zip(taken, times["off"], strict=True)]
        span = f"{min(ratios):.2f} to {max(ratios):.2f}"
        each = 1e3 * statistics.median(taken) / given.replications
        print(f"{name:<18} {each:>15.1f} {statistics.median(ratios):>7.2f} {span:>15}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
