"""What was asked of the study, the cells that its parts run, and what a part hands in: tables, figures, sentences."""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

import buildsim as bs
from buildsim.analysis import answers, capacity, labour, paired
from buildsim.analysis.dates import date_text
from buildsim.plots import wording
from buildsim.run import sweep as cells
from buildsim.units import format_usd

REFERENCE, HALL = "coreweave/2025", "examples/one-hall"
SHORTAGE = "market-boom"
"""The scenario of the reference model in which labour is short and people come and go."""
YEAR_ENDS = ("2025-12-31", "2026-12-31", "2027-12-31")
SURE = 95
"""Confidence of all intervals [%]."""


@dataclass(frozen=True)
class Study:
    """What was asked for."""

    replications: int
    """In a cell of the sweep of shares; other parts take a share of it."""
    seed: int
    workers: int | None
    out: Path
    baseline: str = SHORTAGE
    """The scenario in which people and levers are valued."""
    model: str = REFERENCE
    hall: str = HALL

    def some(self, share: float) -> int:
        """Return a share of the replications, 2 at least."""
        return max(2, round(share * self.replications))


@dataclass(frozen=True)
class Batch:
    """Cells that belong together, checked and ready to run."""

    name: str
    plan: cells.Plan

    @property
    def replications(self) -> int:
        """Return the replications of all cells."""
        return len(self.plan.cells) * self.plan.replications

    def run(self, study: Study) -> Iterator[tuple[cells.Cell, bs.Run]]:
        """Run the cells one after another; those that are done are taken as they are."""
        yield from cells.run(
            self.plan,
            workers=study.workers,
            progress=True,
            told=lambda cell: print(f"{self.name}: {cell}", file=sys.stderr),
        )


def batch(
    study: Study, name: str, source: cells.Source, vary: Mapping[str, Sequence[Any]], share: float, **how: Any
) -> Batch:
    """Check cells that a part is to run; `how` is handed on to `buildsim.run.sweep.plan`.

    Raises InputError with every problem of every cell.
    """
    asked = {"replications": study.some(share), "seed": study.seed, "out": study.out / "runs" / name, **how}
    return Batch(name, cells.plan(source, vary, **asked))


@dataclass
class Part:
    """What a part of the study hands in."""

    title: str
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    figures: dict[str, tuple[Figure, str]] = field(default_factory=dict)
    """Figures with their captions."""
    said: list[str] = field(default_factory=list)
    """What was found, in sentences made from the numbers."""

    def say(self, *sentences: str) -> None:
        """Add a paragraph."""
        self.said.append(" ".join(sentences))

    def draw(self, name: str, axes: Axes, caption: str) -> None:
        """Add a figure."""
        self.figures[name] = (axes.figure, caption)

    def text(self) -> str:
        """Return the part as a chapter in Markdown."""
        parts = [f"## {self.title}", *self.said]
        for name, (_, caption) in self.figures.items():
            parts += [f"![{name.replace('_', ' ')}]({name}.png)", caption]
        return "\n\n".join(parts) + "\n"

    def write(self, out: Path, name: str) -> None:
        """Write tables and figures to the folder, and the chapter to `parts/` in it."""
        (out / "parts").mkdir(parents=True, exist_ok=True)
        for file, table in self.tables.items():
            table.to_csv(out / f"{file}.csv", index=False)
        for file, (figure, _) in self.figures.items():
            figure.savefig(out / f"{file}.png")
        (out / "parts" / f"{name}.md").write_text(self.text(), encoding="utf-8")


def shift(base: bs.Run, other: bs.Run) -> paired.Difference:
    """Return by how much the MW-weighted mean go-live is later than in the base, pair by pair [days]."""
    one, two = labour.mean_go_live(base, other)
    return paired.difference(one, two)


def later_than_horizon(run: bs.Run) -> float:
    """Return the share of go-lives of built halls that are later than the horizon."""
    return float(answers.built(run, run.go_live)["live"].isna().mean())


def consequences(run: bs.Run) -> dict[str, float]:
    """Return what lateness leads to: MW added by the ends of years, withdrawals, damages (means)."""
    built = answers.built(run, run.go_live)
    days = [day_of(run, when) for when in YEAR_ENDS]
    added = capacity.live_mw(built, days).mean(axis=0)
    walked = run.withdrawals[run.withdrawals["trigger"] != "option_lapsed"]
    contracted = run.milestones["mw"].sum()
    return {
        "later_than_horizon": later_than_horizon(run),
        "missed_milestones": float((run.milestones["outcome"] != "on_time").sum() / run.replications),
        "any_withdrawal": float(walked["replication"].nunique() / run.replications),
        "withdrawn_share": float(walked["mw"].sum() / contracted) if contracted else 0.0,
        "withdrawn_value_usd": float(walked["value"].sum() / run.replications),
        "damages_usd": float(run.milestones["damages"].sum() / run.replications),
        **{f"mw_added_by_{when}": float(mw) for when, mw in zip(YEAR_ENDS, added, strict=True)},
    }


def day_of(run: bs.Run, when: str) -> float:
    """Return the end of a date [days since start]."""
    return (pd.Timestamp(when).date() - run.start).days + 1.0


def on(run: bs.Run, day: float) -> str:
    """Return a day as a date [days since start]."""
    return date_text(day, run.start)


def days(value: float, low: float, high: float) -> str:
    """Return a number of days with its interval."""
    return f"{wording.days(value)} ({near(low)} to {near(high)})"


def near(value: float) -> str:
    """Return a number as it is read: whole from ten on, with one digit below."""
    text = f"{value:,.0f}" if abs(value) >= 9.95 else f"{value:.1f}".removesuffix(".0")
    return "0" if text == "-0" else text


def usd(value: float) -> str:
    """Return money to three digits, with its sign where it is below zero."""
    if not np.isfinite(value):
        return "unknown"
    return f"{'-' if value < 0 else ''}{format_usd(float(f'{abs(value):.2e}'))}"


def per_cent(value: float) -> str:
    """Return a share."""
    return wording.share(value)
