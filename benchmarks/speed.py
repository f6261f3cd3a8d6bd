#!/usr/bin/env python3
"""Speed on a portfolio of 2,002 activities beside hand-written SimPy: fresh processes, one after the other, in turn.

python benchmarks/speed.py FOLDER --rounds 5 --replications 100
"""

import argparse
import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from buildsim.model.importing.files import read_project
from buildsim.model.importing.spread import Spread
from buildsim.model.importing.write import model_text

HERE = Path(__file__).parent
COLUMNS = ("hand [1/s]", "engine [1/s]", "call [1/s]", "engine/hand", "call/hand")


def hand(folder: Path, network: Path, replications: int) -> float:
    """Return the replications per second of hand-written SimPy, by its own clock."""
    command = [sys.executable, str(folder / "hand_simpy.py"), str(network), "--replications", str(replications)]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return float(text.split("replications/s")[1].split()[0])


def ours(model: Path, replications: int) -> dict[str, float]:
    """Return what a call of the public API took [seconds], by part."""
    command = [sys.executable, str(HERE / "_portfolio.py"), str(model), "--replications", str(replications)]
    found: dict[str, float] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


def main() -> None:
    """Print a row a round, and the medians."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="holds hand_simpy.py and portfolio2000.json")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--replications", type=int, default=100)
    given = parser.parse_args()
    network = given.folder / "portfolio2000.json"
    rows = []
    with tempfile.TemporaryDirectory() as temporary:
        model = Path(temporary) / "portfolio.yaml"
        model.write_text(model_text(read_project(network), Spread.parse("triangular:0.75,1,1.5")), encoding="utf-8")
        print("round  " + "  ".join(f"{column:>12}" for column in COLUMNS))
        for number in range(1, given.rounds + 1):
            peer, call = hand(given.folder, network, given.replications), ours(model, given.replications)
            engine, whole = call["replications"] / call["simulating"], call["replications"] / call["call"]
            rows.append((peer, engine, whole, engine / peer, whole / peer))
            print(f"{number:>5}  " + "  ".join(f"{value:12.2f}" for value in rows[-1]))
    medians = [statistics.median(column) for column in zip(*rows, strict=True)]
    print("median " + "  ".join(f"{value:12.2f}" for value in medians))
    parts = {part: call[part] / call["call"] for part in ("sampling", "simulating", "recording", "writing")}
    print("last call: " + ", ".join(f"{part} {100 * share:.0f} %" for part, share in parts.items()), end="")
    print(f", peak memory {call['peak_mb']:.0f} MB; engine: with delay accounting, one core")


if __name__ == "__main__":
    main()
