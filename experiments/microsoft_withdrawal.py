#!/usr/bin/env python3
"""Why and when Microsoft may have withdrawn in 2025, and what would have prevented it, as seen from the end of 2024.

Whether it did is disputed: a newspaper wrote on 2025-03-06 that it had left some agreements over missed dates, which
CoreWeave denies; an option worth about USD 12bn lapsed in March. Each reading is a scenario of `coreweave/2024`, which
knows nothing of what came after 2024-12-31. All runs have the same draws. In parts, each with tables and a chapter of
`findings.md`:

  readings    by reading: how likely something is withdrawn by a date, whether the option lapses, who takes it and when
  causes      what the late tranches are charged to
  prevention  each group of causes taken out (but for), and what could have been done or agreed otherwise
  needed      what would have to be true for a withdrawal by the end of March 2025

What is done is kept in the folder and taken as it is the next time.

    python experiments/microsoft_withdrawal.py --replications 200 --out out/microsoft_withdrawal
"""

import argparse
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the parts, when this is run as a file

import buildsim as bs
from experiments.labour.study import Study
from experiments.microsoft import case, causes, needed, prevention, readings

PARTS = {"readings": readings, "causes": causes, "prevention": prevention, "needed": needed}
UNKNOWN = (
    "What the model cannot know. No contract is public: dates, grace, longstop and what may be left are assumptions, "
    "and so are the site of each order (110 MW at Denton) and every hazard. Dates that were missed before 2025 are not "
    "in it, for it begins with what was still to be delivered. It cannot tell the readings apart by their outcome: "
    "several of them allow that an option lapsed and OpenAI signed in March 2025. The figures of a reading say what "
    "follows if it is true, not how likely it is. One partial withdrawal among about five large customers is all that "
    "a hazard could be fitted to, which bounds nothing; so nothing here has been fitted."
)


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return the exit code."""
    study, names = arguments(words)
    try:
        batches = {name: PARTS[name].plan(study) for name in names}
    except bs.InputError as error:
        print(error, file=sys.stderr)
        return 2
    for name in names:
        part = PARTS[name].run(study, batches[name])
        part.write(study.out, name)
        print(f"\n{part.title}\n")
        print("\n\n".join(textwrap.fill(paragraph, 100) for paragraph in part.said), flush=True)
    print(f"\n{textwrap.fill(UNKNOWN, 100)}")
    (study.out / "findings.md").write_text(findings(study.out), encoding="utf-8")
    print(f"\nTables, figures and findings.md: {study.out}")
    return 0


def arguments(words: Sequence[str] | None = None) -> tuple[Study, list[str]]:
    """Read the command line, or the words given instead: the study and the parts to run."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=200, help="of each reading (default: 200)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes (default: all cores)")
    parser.add_argument("--out", type=Path, default=Path("out") / "microsoft_withdrawal", help="folder for all of it")
    parser.add_argument("--part", action="append", choices=tuple(PARTS), help="only this part; may be repeated")
    parser.add_argument("--model", default=case.MODEL, help=f"the model (default: {case.MODEL})")
    given = parser.parse_args(words)
    if given.replications < 2:
        parser.error(f"--replications {given.replications}: pairs need 2 or more")
    if given.workers is not None and given.workers < 1:
        parser.error(f"--workers {given.workers}: at least 1")
    names = [name for name in PARTS if name in (given.part or PARTS)]
    return Study(given.replications, given.seed, given.workers, given.out, model=str(given.model)), names


def findings(out: Path) -> str:
    """Return all chapters that have been written, as one page."""
    chapters = [out / "parts" / f"{name}.md" for name in PARTS]
    texts = [chapter.read_text(encoding="utf-8") for chapter in chapters if chapter.exists()]
    return "\n".join(
        ["# Microsoft and CoreWeave, seen from the end of 2024\n", *texts, f"## What it hangs on\n\n{UNKNOWN}\n"]
    )


if __name__ == "__main__":
    raise SystemExit(main())
