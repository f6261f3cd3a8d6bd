"""One timed call of the public API on an imported network, in a process of its own: prints figures as JSON."""

import argparse
import json
import resource
import tempfile
import time
from pathlib import Path

import buildsim as bs


def main() -> None:
    """Simulate with one worker, delay accounting on, tables written to a folder; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", type=Path)
    parser.add_argument("--replications", type=int, required=True)
    given = parser.parse_args()
    model = bs.load(given.model)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = bs.simulate(model, given.replications, 1, workers=1, out=Path(folder) / "run", keep_activities=0)
        took = time.perf_counter() - began
        timings = run.manifest["timings"]
    print(
        json.dumps(
            {
                "replications": given.replications,
                "call": took,
                "simulating": timings["simulating"],
                "sampling": timings["sampling"],
                "recording": timings["recording"],
                "writing": timings["writing"],
                "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
            }
        )
    )


if __name__ == "__main__":
    main()
