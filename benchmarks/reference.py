#!/usr/bin/env python3
"""What the reference model costs: time per activity and replication, shares, peak memory.

python benchmarks/reference.py --replications 1000
"""

import argparse
import tempfile
import time
from pathlib import Path

import buildsim as bs
from buildsim.program.compile import compile_model


def main() -> None:
    """Simulate the reference model and print what it took."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="coreweave/2025")
    parser.add_argument("--replications", type=int, default=1000)
    parser.add_argument("--workers", type=int, default=2)
    given = parser.parse_args()
    model = bs.load(given.model)
    program = compile_model(model)
    activities = program.network.count - len(program.blocks)
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        run = bs.simulate(model, given.replications, 1, workers=given.workers, out=Path(folder) / "run")
        took = time.perf_counter() - began
        manifest = run.manifest
        size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    timings = manifest["timings"]
    parts = {part: timings[part] for part in ("sampling", "simulating", "recording", "writing")}
    work = sum(parts.values())
    print(f"{model.name}: {len(program.blocks)} blocks, {activities} open activities, {len(program.inputs)} inputs")
    each, simulating = 1e3 * took / given.replications, 1e6 * timings["simulating"] / given.replications / activities
    print(f"{given.replications} replications with {given.workers} workers: {took:.1f} s, {each:.1f} ms each")
    print(f"simulating, accounts included: {simulating:.1f} us per activity and replication and worker")
    print("of the work: " + ", ".join(f"{part} {100 * seconds / work:.0f} %" for part, seconds in parts.items()))
    print(f"peak memory of the largest process {manifest['peak_memory']:.0f} MB; tables {size / 1e6:.0f} MB on disk")


if __name__ == "__main__":
    main()
