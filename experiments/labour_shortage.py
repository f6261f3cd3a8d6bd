#!/usr/bin/env python3
"""What does a shortage of skilled labour do to a build-out, and what is worth doing about it?

All cells have the same draws. In parts, each with tables, figures and a chapter of `findings.md`:

  shares   200 to 20 experienced hands per 1,000 (200 is where craft-hours are stated, 20 is what is said of the market
           of 2025) and a workforce of 100 to 80 %, on the reference model and on one hall; the licensed cap; what
           common random numbers gain
  market   the market grows to 1 ... 10 and 24 GW a year and shares out the same hands; how fast people learn
  people   days of go-live for a hundred workers of each trade more or fewer
  levers   each lever alone, and the best two together: days saved, cost, the cost of a day
  regimes  what holds the build-out back most, over workforce and experienced share

What is done is kept in the folder and taken as it is the next time.

    python experiments/labour_shortage.py --replications 30 --out out/labour_shortage
"""

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the parts, when this is run as a file

import buildsim as bs
from experiments.labour import levers, market, people, regimes, shares
from experiments.labour.study import HALL, REFERENCE, SHORTAGE, SURE, Study

PARTS = {"shares": shares, "market": market, "people": people, "levers": levers, "regimes": regimes}
ASSUMED = (
    "All of this hangs on assumptions of the model: the experienced share and what it does to output and rework, "
    "craft-hours per MW, turnover and seasoning of the boom, the fatigue curve, the effect and price of each lever, "
    "and the withdrawal hazards. Nothing here has been fitted to a finished build-out."
)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return the exit code."""
    study, names = arguments(words)
    try:
        batches = {name: PARTS[name].plan(study) for name in names}
    except bs.InputError as error:
        print(error, file=sys.stderr)
        return 2
    announce(batches, study)
    for name in names:
        part = PARTS[name].run(study, batches[name])
        part.write(study.out, name)
        print(f"\n{part.title}\n")
        print("\n\n".join(textwrap.fill(paragraph, 100) for paragraph in part.said), flush=True)
    print(f"\n{textwrap.fill(ASSUMED, 100)}")
    (study.out / "findings.md").write_text(findings(study.out), encoding="utf-8")
    print(f"\nTables, figures and findings.md: {study.out}")
    return 0


def arguments(words: Sequence[str] | None = None) -> tuple[Study, list[str]]:
    """Read the command line, or the words given instead: the study and the parts to run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=30, help="in a cell of the sweep (default: 30, quick)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes (default: all cores)")
    parser.add_argument("--out", type=Path, default=Path("out") / "labour_shortage", help="folder for all that is made")
    parser.add_argument("--part", action="append", choices=tuple(PARTS), help="only this part; may be repeated")
    parser.add_argument("--baseline", default=SHORTAGE, help=f"scenario for people and levers (default: {SHORTAGE})")
    parser.add_argument("--model", default=REFERENCE, help=f"the model (default: {REFERENCE})")
    parser.add_argument("--hall", default=HALL, help=f"the model beside it in the sweep (default: {HALL})")
    given = parser.parse_args(words)
    if given.replications < 2:
        parser.error(f"--replications {given.replications}: pairs need 2 or more")
    if given.workers is not None and given.workers < 1:
        parser.error(f"--workers {given.workers}: at least 1")
    names = [name for name in PARTS if name in (given.part or PARTS)]
    study = Study(
        given.replications, given.seed, given.workers, given.out, given.baseline, str(given.model), str(given.hall)
    )
    return study, names


def announce(batches: dict[str, list[shares.Batch]], study: Study) -> None:
    """Print what is going to be run."""
    print(f"Plan (seed {study.seed}, {SURE} % intervals):")
    for name, own in batches.items():
        for one in own:
            cells = len(one.plan.cells)
            print(f"  {name:<8} {one.name:<13} {cells:>3} cells x {one.plan.replications:>3} replications")
    whole = sum(one.replications for own in batches.values() for one in own if one.name != "shares-hall")
    print(f"  {whole:,} replications of {study.model}, less what is done already\n", flush=True)


def findings(out: Path) -> str:
    """Return all chapters that have been written, as one page."""
    chapters = [out / "parts" / f"{name}.md" for name in PARTS]
    texts = [chapter.read_text(encoding="utf-8") for chapter in chapters if chapter.exists()]
    return "\n".join(["# What a shortage of skilled labour does\n", *texts, f"## What it hangs on\n\n{ASSUMED}\n"])


if __name__ == "__main__":
    raise SystemExit(main())
