#!/usr/bin/env python3
"""Makespans against hand-written SimPy, bit for bit, and the deviations of the single-pass LFT rule over PSPLIB.

python benchmarks/oracles.py FOLDER --replications 20 --instances 20
"""

import argparse
import csv
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.model.importing.files import read_project
from buildsim.model.importing.spread import Spread
from buildsim.model.importing.write import model_text
from buildsim.program.bare import rank_keys
from buildsim.run.replication import Replicator


def load(network: Path, temporary: Path, spread: Spread | None = None) -> bs.Model:
    """Return a network as a model."""
    path = temporary / "network.yaml"
    path.write_text(model_text(read_project(network), spread), encoding="utf-8")
    return bs.load(path)


def exact(folder: Path, network: Path, replications: int, temporary: Path) -> bool:
    """Return whether all makespans equal those of hand-written SimPy, given the same durations."""
    model = load(network, temporary, Spread.parse("triangular:0.75,1,1.5"))
    assert model.network is not None
    tasks = model.network.activities
    base = np.array([task.duration.planning() for task in tasks.values()])
    rows = np.random.default_rng(1).triangular(0.75 * base - 1e-9, base, 1.5 * base + 1e-9, (replications, base.size))
    rows[:, base == 0] = 0.0
    rows = np.clip(rows, 0.75 * base, 1.5 * base)
    durations, spans = temporary / "durations.npy", temporary / "makespans.npy"
    np.save(durations, rows)
    command = [sys.executable, str(folder / "hand_simpy.py"), str(network)]
    command += ["--durations", str(durations), "--makespans", str(spans)]
    subprocess.run(command, check=True, capture_output=True)
    draws = pd.DataFrame(rows, columns=[f"network.{key}.duration" for key in tasks])
    run = bs.simulate(model, replications, 1, workers=1, draws=draws, keep_activities=0)
    return bool((run.go_live["live"].to_numpy() == np.load(spans)).all())


def makespan(network: Path, temporary: Path) -> tuple[float, float]:
    """Return the planned makespan under the LFT rule, and the critical path [days]."""
    model = load(network, temporary)
    assert model.network is not None
    replicator = Replicator(model, replications=1)
    planned = replicator.planned.world.works.finish[replicator.program.blocks[0].live]
    return planned, max(rank_keys(model.network, "latest_finish").values())


def deviations(folder: Path, temporary: Path) -> None:
    """Print the average deviation over all instances: from the optimum for J30, from the critical path for J60."""
    with (folder / "psplib" / "best_known.csv").open() as file:
        best = {row["instance"]: float(row["upper_bound"]) for row in csv.DictReader(file)}
    for name, published in (("j30", 4.39), ("j60", 17.46)):
        gaps = []
        for network in sorted((folder / "psplib" / name).glob("*.sm")):
            span, critical = makespan(network, temporary)
            bound = best[network.stem] if name == "j30" else critical
            gaps.append(100.0 * (span - bound) / bound)
        mean = np.mean(gaps)
        print(f"{name}: single-pass LFT deviates by {mean:.2f} % over {len(gaps)} instances (reference {published} %)")


def main() -> None:
    """Print both comparisons."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--replications", type=int, default=20)
    parser.add_argument("--instances", type=int, default=20, help="of J30 and of J60 each")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        temporary = Path(folder)
        networks = [given.folder / "portfolio2000.json"]
        for name in ("j30", "j60"):
            found = sorted((given.folder / "psplib" / name).glob("*.sm"))
            networks += found[:: max(1, len(found) // given.instances)][: given.instances]
        equal = {network.stem: exact(given.folder, network, given.replications, temporary) for network in networks}
        print(f"makespans equal bit for bit: {sum(equal.values())} of {len(equal)} networks, {given.replications} each")
        for name, same in equal.items():
            if not same:
                print(f"  not equal: {name}")
        deviations(given.folder, temporary)


if __name__ == "__main__":
    main()
