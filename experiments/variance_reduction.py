#!/usr/bin/env python3
"""What common random numbers gain in the headline of the labour study: 200 against 20 experienced hands per 1,000.

Three runs of the reference model: both settings with the same seed, and the first one with another seed. The factor of
variance reduction is told for several figures, for it depends on what is asked.

    python experiments/variance_reduction.py --replications 100
"""

import argparse
import textwrap
from collections.abc import Sequence

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.analysis.but_for import mean_days
from buildsim.analysis.variance_reduction import reason, reduction

MODEL = "coreweave/2025"
EXPERIENCED = ("200 per 1000", "20 per 1000")


def main(words: Sequence[str] | None = None) -> int:
    """Run the three, and print a row for each figure; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=100, help="of each of the three runs (default: 100)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes (default: all cores)")
    given = parser.parse_args(words)
    base, other, alone = (
        bs.simulate(
            bs.load(MODEL, set={"labour.*.*.experienced": share}),
            given.replications,
            seed,
            workers=given.workers,
            keep_activities=0,
            progress=True,
        )
        for share, seed in zip((*EXPERIENCED, EXPERIENCED[0]), (given.seed, given.seed, given.seed + 1), strict=True)
    )
    headline = reduction(mean_days(base), mean_days(other), mean_days(alone))
    print(textwrap.fill(reason(headline), 100))
    print(f"\n{'':<34} {'pairs':>6} {'measured':>9} {'correlation':>12} {'stretch':>8} {'limit':>7}")
    for name, values in figures(base, other, alone).items():
        found = reduction(*values)
        print(
            f"{name:<34} {found.factor:>6.1f} {found.measured:>9.1f} {found.correlation:>12.2f} {found.stretch:>8.2f} "
            f"{found.limit:>7.1f}"
        )
    late = [float(run.go_live["live"].isna().mean()) for run in (base, other)]
    print(f"\nLater than the horizon, counted as it: {100 * late[0]:.1f} % and {100 * late[1]:.1f} % of go-lives.")
    return 0


def figures(*runs: bs.Run) -> dict[str, list[np.ndarray]]:
    """Return what is looked at in each of the runs, by replication."""
    found = {
        "mean go-live (headline)": [mean_days(run) for run in runs],
        "median hall": [_by_hall(run).median(axis=1).to_numpy() for run in runs],
        "log of the mean go-live": [np.log(mean_days(run)) for run in runs],
    }
    never = np.any([_by_hall(run).eq(run.horizon).any(axis=0).to_numpy() for run in runs], axis=0)
    if not never.all():
        found["halls that always finish"] = [_by_hall(run).loc[:, ~never].mean(axis=1).to_numpy() for run in runs]
    return found | {
        f"damages, {label}": [change(_damages(run)) for run in runs]
        for label, change in (("USD", lambda usd: usd), ("log", np.log1p))
    }


def _by_hall(run: bs.Run) -> pd.DataFrame:
    """Return the go-live of every hall [days], a row a replication; what is not live counts as the horizon."""
    live = run.go_live.assign(live=run.go_live["live"].fillna(run.horizon))
    return live.pivot_table(index="replication", columns="block", values="live", observed=True)


def _damages(run: bs.Run) -> np.ndarray:
    return run.milestones.groupby("replication")["damages"].sum().to_numpy()


if __name__ == "__main__":
    raise SystemExit(main())
