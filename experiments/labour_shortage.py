#!/usr/bin/env python3
"""What does a shortage of skilled labour do to a build-out?

Two things are swept, with the same draws in every cell: the experienced share of every crew pool (200 per 1,000 is
where craft-hours are stated, 20 per 1,000 is what is said of the market of 2025) and the size of the workforce. The
study is done on the reference model and on one hall; it writes one table and three figures, and prints what it found.

    python experiments/labour_shortage.py --replications 40 --out out/labour_shortage
"""

import argparse
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
from matplotlib.figure import Figure

import buildsim as bs
from buildsim.analysis import paired
from buildsim.plots import heat_map, shift_lines, shortfall
from buildsim.run import sweep as cells
from buildsim.units import format_usd

SHARES = (200, 150, 100, 50, 20)
"""Experienced hands per 1,000."""
WORKFORCES = (100, 90, 80)
"""Per cent of the declared workers."""
REFERENCE, HALL = "coreweave/2025", "examples/one-hall"
DATES = ("2025-12-31", "2026-12-31")


@dataclass(frozen=True)
class Study:
    """What was asked for."""

    replications: int
    seed: int
    workers: int | None
    out: Path


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return the exit code."""
    study = arguments(words)
    try:
        runs = {model: sweep(model, study) for model in (REFERENCE, HALL)}
    except bs.InputError as error:
        print(error, file=sys.stderr)
        return 2
    table = pd.concat([tabulate(model, found) for model, found in runs.items()], ignore_index=True)
    study.out.mkdir(parents=True, exist_ok=True)
    table.to_csv(study.out / "labour_shortage.csv", index=False)
    draw(runs, table, study)
    print(finding(table))
    print(f"\nTable and figures: {study.out}")
    for name in ("labour_shortage.csv", "go_live_shift.png", "mw_at_risk.png", "withdrawal.png"):
        print(f"  {study.out / name}")
    return 0


def arguments(words: Sequence[str] | None = None) -> Study:
    """Read the command line, or the words given instead."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=40, help="in each cell of the sweep (default: 40, quick)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes (default: all cores)")
    parser.add_argument(
        "--out", type=Path, default=Path("out") / "labour_shortage", help="folder for table and figures"
    )
    given = parser.parse_args(words)
    return Study(given.replications, given.seed, given.workers, given.out)


def sweep(name: str, study: Study) -> dict[tuple[int, int], bs.Run]:
    """Simulate every cell (experienced per 1,000, workforce in per cent) with one seed; keep what is done."""
    vary = {
        "productivity.workforce": [f"{workforce}%" for workforce in WORKFORCES],
        "labour.*.*.experienced": [f"{share} per 1000" for share in SHARES],
    }
    plan = cells.plan(
        name, vary, replications=study.replications, seed=study.seed, out=study.out / "runs" / Path(name).name
    )
    runs = cells.run(
        plan, workers=study.workers, progress=True, told=lambda cell: print(f"{name}: {cell}", file=sys.stderr)
    )
    keys = [(share, workforce) for workforce in WORKFORCES for share in SHARES]
    return dict(zip(keys, (run for _, run in runs), strict=True))


def go_live_day(run: bs.Run) -> np.ndarray:
    """Return the MW-weighted mean go-live of each replication, what is not live counted at the horizon [days]."""
    frame = run.go_live.assign(live=run.go_live["live"].fillna(run.horizon))
    weight = frame["mw"]
    total = (frame["live"] * weight).groupby(frame["replication"]).sum()
    return (total / weight.groupby(frame["replication"]).sum()).to_numpy()


def late_share(run: bs.Run) -> float:
    """Return the share of block go-lives that are later than the horizon."""
    return float(run.go_live["live"].isna().mean())


def withdrawn_share(run: bs.Run) -> float:
    """Return the probability that a contracted, undelivered MW is withdrawn: the mean over MW and replications."""
    total = run.milestones["mw"].sum()
    gone = run.withdrawals.loc[run.withdrawals["trigger"] != "option_lapsed", "mw"].sum()
    return float(gone / total) if total else 0.0


def tabulate(model: str, runs: dict[tuple[int, int], bs.Run]) -> pd.DataFrame:
    """Return a row for each cell: the shift against the first cell, pair by pair, and what it means."""
    base = runs[SHARES[0], WORKFORCES[0]]
    start = go_live_day(base)
    rows = []
    for (share, workforce), run in runs.items():
        shift = paired.difference(start, go_live_day(run))
        walked = run.withdrawals[run.withdrawals["trigger"] != "option_lapsed"]
        row = {
            "model": model,
            "experienced_per_1000": share,
            "workforce_percent": workforce,
            "mean_go_live_day": shift.other,
            "shift": shift.difference,
            "low": shift.low,
            "high": shift.high,
            "earlier_pairs": shift.below,
            "variance_reduction": shift.variance_reduction,
            "later_than_horizon": late_share(run),
            "missed_milestones": float((~run.milestones["outcome"].isin(["on_time"])).sum() / run.replications),
            "any_withdrawal": float(walked["replication"].nunique() / run.replications),
            "withdrawn_share": withdrawn_share(run),
            "withdrawn_value_usd": float(walked["value"].sum() / run.replications),
            "damages_usd": float(run.milestones["damages"].sum() / run.replications),
            "replications": run.replications,
        }
        for when in DATES:
            day = (pd.Timestamp(when).date() - run.start).days + 1.0
            live = run.go_live.loc[run.go_live["live"] <= day, "mw"].sum() / run.replications
            row[f"mw_added_by_{when}"] = float(live)
        rows.append(row)
    return pd.DataFrame(rows)


def draw(runs: dict[str, dict[tuple[int, int], bs.Run]], table: pd.DataFrame, study: Study) -> None:
    """Write the three figures."""
    base = runs[REFERENCE][SHARES[0], WORKFORCES[0]]
    named = table.assign(workforce=table["workforce_percent"].map(lambda share: f"workforce {share} %"))
    figure = Figure(figsize=(6.5, 6.6), dpi=200, layout="constrained")
    for ax, model in zip(figure.subplots(2, 1), (REFERENCE, HALL), strict=True):
        shift_lines(
            runs[model][SHARES[0], WORKFORCES[0]], named[named["model"] == model],
            x="experienced_per_1000", by="workforce", ax=ax,
            x_label="Experienced hands per 1,000 workers", y_label="Go-live, mean shift [days]",
            title=f"Go-live shift: {runs[model][SHARES[0], WORKFORCES[0]].model.name}",
            note="Mean over MW; bands: 95 % confidence, paired draws",
        )  # fmt: skip
    figure.savefig(study.out / "go_live_shift.png")
    shown = ((200, 100), (100, 100), (50, 100), (20, 100), (200, 80), (20, 80))
    chosen = {
        f"{share} per 1,000, workforce {workforce} %": runs[REFERENCE][share, workforce]
        for share, workforce in shown
        if (share, workforce) in runs[REFERENCE]
    }
    shortfall(chosen).figure.savefig(study.out / "mw_at_risk.png")
    heat_map(
        base, table[table["model"] == REFERENCE],
        rows="workforce_percent", columns="experienced_per_1000", value="withdrawn_share",
        row_label="Workforce [% of declared]", column_label="Experienced hands per 1,000 workers",
        title="Probability that a contracted MW is withdrawn",
        note="Undelivered firm tranches, weighted by MW; withdrawal hazards are assumptions",
    ).figure.savefig(study.out / "withdrawal.png")  # fmt: skip


def finding(table: pd.DataFrame) -> str:
    """Say what was found, in sentences made from the numbers."""
    lines = []
    for model in (REFERENCE, HALL):
        rows = table[table["model"] == model].set_index(["experienced_per_1000", "workforce_percent"])
        base, scarce, fewer, both = (rows.loc[key] for key in ((200, 100), (20, 100), (200, 80), (20, 80)))
        lines.append(
            f"{model}: with 20 instead of 200 experienced hands per 1,000 a MW goes live {scarce['shift']:.0f} days "
            f"later on average (95 % interval {scarce['low']:.0f} to {scarce['high']:.0f}); with a workforce a fifth "
            f"smaller {fewer['shift']:.0f} days later ({fewer['low']:.0f} to {fewer['high']:.0f}); with both "
            f"{both['shift']:.0f} days. At 20 per 1,000 {100 * scarce['later_than_horizon']:.0f} % of go-lives lie "
            f"beyond the horizon and count as it."
        )
        if model == REFERENCE:
            first, second = (f"mw_added_by_{when}" for when in DATES)
            lines.append(
                f"By {DATES[0]} {base[first]:.0f} MW are added at 200 per 1,000 and {scarce[first]:.0f} MW at 20; by "
                f"{DATES[1]} {base[second]:.0f} and {scarce[second]:.0f} MW. The probability that a contracted MW is "
                f"withdrawn goes from {100 * base['withdrawn_share']:.0f} % to "
                f"{100 * scarce['withdrawn_share']:.0f} %: {format_usd(base['withdrawn_value_usd'])} and "
                f"{format_usd(scarce['withdrawn_value_usd'])} of contract value, on average."
            )
    worst, pairs = table["earlier_pairs"].max(), int(table["replications"].iloc[0])
    lines.append(
        f"Scarcer labour made the mean go-live of a replication earlier in at most {100 * worst:.0f} % of the pairs of "
        f"a cell (greedy dispatch has scheduling anomalies). {pairs} paired replications a cell; the experienced "
        f"share, what it does to output, and the withdrawal hazards are assumptions of the model."
    )
    return "\n\n".join(textwrap.fill(line, 100) for line in lines)


if __name__ == "__main__":
    raise SystemExit(main())
