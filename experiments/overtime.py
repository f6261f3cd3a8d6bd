#!/usr/bin/env python3
"""When does overtime stop paying? Fifty and sixty hours a week, for so many weeks, by two curves of fatigue.

First in closed form, for a single activity that only its crews hold back: what weeks of overtime yield together, when
the lead over forty hours is largest and when it is lost. Then by simulation, with the same draws with and without: one
hall and the reference model while labour is short, and the hall again with power a year late, where labour does not
bind. Tables, figures and `findings.md` are written to a folder; what is done is kept there.

    python experiments/overtime.py --replications 60 --out out/overtime
"""

import argparse
import sys
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # for the study's helpers, when this is run as a file

import buildsim as bs
from buildsim.analysis import labour
from buildsim.domain.labour.overtime import Curve, efficiency
from buildsim.plots import wording
from buildsim.plots.response import caption, response
from experiments.labour.study import HALL, REFERENCE, SHORTAGE, Batch, Part, Study, batch, days, usd

HOURS = (50, 60)
"""Hours a week."""
FATIGUE: tuple[Curve, ...] = ("digest", "roundtable")
"""Curves of fatigue, `docs/labour.md`."""
WEEKS = (4, 8, 13, 26, 52)
EVER = "for ever"
PREMIUM = 0.5
"""What the hours over 40 cost beyond the wage."""
NORMAL = 40.0
MILLION = 1e6
LONGEST = 300
"""Weeks over which the closed form looks."""
PROGRAMMES = (4, 8, 13, 26, 52)
"""Lengths of an activity at 40 hours [weeks]."""


@dataclass(frozen=True)
class Case:
    """A model in which overtime is tried."""

    name: str
    model: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    scenario: str | None = None
    note: str = ""
    """Said below the figure."""
    begins: str | None = None
    """When overtime begins; the start of the model by default."""
    share: float = 1.0
    """Of the replications."""


CASES = (
    Case("one hall, 20 per 1,000", HALL, {"labour.*.*.experienced": "20 per 1000"}, note="20 experienced in 1,000. "),
    Case(
        "reference, market-boom",
        REFERENCE,
        {},
        SHORTAGE,
        f"Scenario {SHORTAGE}, overtime from September 2025. ",
        "2025-09-01",
        0.15,
    ),
    Case(
        "one hall, power a year late",
        HALL,
        {"sites.ridge.power.grid.steps.s1.date": "2027-09-30"},
        note="Power on 2027-09-30. ",
        share=0.5,
    ),
)
"""Where labour is short twice, and where it does not bind."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--replications", type=int, default=60, help="of one hall (default: 60); fewer of the reference"
    )
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes (default: all cores)")
    parser.add_argument("--out", type=Path, default=Path("out") / "overtime")
    given = parser.parse_args(words)
    if given.replications < 2:
        parser.error(f"--replications {given.replications}: pairs need 2 or more")
    if given.workers is not None and given.workers < 1:
        parser.error(f"--workers {given.workers}: at least 1")
    study = Study(given.replications, given.seed, given.workers, given.out)
    try:
        batches = [(case, cells_of(study, case)) for case in CASES]
    except bs.InputError as error:
        print(error, file=sys.stderr)
        return 2
    part = Part("When overtime stops paying")
    alone(part)
    simulated(part, [(case, *tabulate(study, case, own)) for case, own in batches])
    part.write(study.out, "overtime")
    (study.out / "findings.md").write_text(part.text().replace("## ", "# ", 1), encoding="utf-8")
    print("\n\n".join(textwrap.fill(paragraph, 100) for paragraph in part.said))
    print(f"\nTables, figures and findings.md: {study.out}")
    return 0


def weekly(hours: int, curve: Curve, weeks: int = LONGEST) -> np.ndarray:
    """Return what each week of overtime yields, in weeks of 40 hours."""
    numbers = np.arange(1.0, weeks + 1.0)
    found: np.ndarray = hours / NORMAL * efficiency(np.full(weeks, float(hours)), numbers, curve)
    return found


def finish(done: np.ndarray, amount: float) -> float:
    """Return when an amount of work is done, by what each week yields [weeks]; inf if it is not."""
    total = np.concatenate([[0.0], np.cumsum(done)])
    return float(np.interp(amount, total, np.arange(len(total)))) if amount <= total[-1] else np.inf


def closed_form() -> pd.DataFrame:
    """Return, for each regime, when a week yields less than 40 hours, when the lead is largest, and when it is lost."""
    rows = []
    for hours in HOURS:
        for curve in FATIGUE:
            done = weekly(hours, curve)
            lead = np.cumsum(done - 1.0)
            below, lost = np.flatnonzero(done < 1.0), np.flatnonzero(lead < 0.0)
            row: dict[str, Any] = {"hours": hours, "curve": curve, "first_week": done[0], "tenth_week": done[9]}
            row["last_good_week"] = int(below[0]) if len(below) else np.inf
            row["largest_lead_days"] = 7.0 * float(lead.max())
            row["lead_lost_after_weeks"] = int(lost[0]) if len(lost) else np.inf
            for length in PROGRAMMES:
                row[f"saved_days_{length}_weeks"] = 7.0 * (length - finish(done, length))
            rows.append(row)
    return pd.DataFrame(rows)


def alone(part: Part) -> None:
    """Add the closed form: table, sentences, figure."""
    table = closed_form()
    part.tables["closed_form"] = table
    told = []
    for row in table.to_dict("records"):
        lost = row["lead_lost_after_weeks"]
        end = f"is lost in week {lost + 1:.0f}" if np.isfinite(lost) else "is never lost"
        told.append(
            f"{row['hours']} h, {row['curve']}: a week yields {row['first_week']:.2f} ordinary weeks at first and "
            f"{row['tenth_week']:.2f} from the tenth on; the last week that beats 40 hours is week "
            f"{row['last_good_week']:.0f}, the lead is {row['largest_lead_days']:.1f} days then and {end}"
        )
    part.say(f"A single activity that only its crews hold back. {'. '.join(told)}.")
    saved = "; ".join(
        f"{row['hours']} h, {row['curve']} "
        + ", ".join(f"{row[f'saved_days_{length}_weeks']:+.1f}" for length in PROGRAMMES)
        for row in table.to_dict("records")
    )
    lengths = ", ".join(str(length) for length in PROGRAMMES)
    part.say(f"Days saved by overtime to the end on an activity of {lengths} weeks at 40 hours: {saved}.")
    rows = [
        {"week": week, "lead": 7.0 * lead, "regime": f"{hours} h, {curve}"}
        for hours in HOURS
        for curve in FATIGUE
        for week, lead in enumerate(np.concatenate([[0.0], np.cumsum(weekly(hours, curve, 40) - 1.0)]))
    ]
    lead = pd.DataFrame(rows)
    part.tables["lead"] = lead


def cells_of(study: Study, case: Case) -> Batch:
    """Return the cells of a case: without overtime, and every regime for every number of weeks."""

    def source(settings: Mapping[str, Any]) -> bs.Model:
        return bs.load(case.model, {**case.settings, **lever(case, settings)}, case.scenario)

    regimes = [(hours, curve, weeks) for hours in HOURS for curve in FATIGUE for weeks in (*WEEKS, EVER)]
    cells = [(NORMAL, FATIGUE[0], EVER), *regimes]
    vary = {name: [cell[index] for cell in cells] for index, name in enumerate(("hours", "curve", "weeks"))}
    return batch(
        study, case.name, source, vary, case.share, listwise=True, keep_activities=study.some(case.share),
        out=study.out / "runs" / case.name.replace(",", "").replace(" ", "-"),
    )  # fmt: skip


def lever(case: Case, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return what to set for a regime: everybody, from a date on."""
    found: dict[str, Any] = {"kind": "overtime", "hours": settings["hours"], "premium": f"{PREMIUM:.0%}"}
    found |= {"use": settings["hours"] > NORMAL, "source": "assumption"}
    if case.begins:
        found["date"] = case.begins
    if settings["weeks"] != EVER:
        found["weeks"] = settings["weeks"]
    return {"levers": {"study": found}, "productivity.fatigue": settings["curve"]}


def tabulate(study: Study, case: Case, own: Batch) -> tuple[bs.Run, pd.DataFrame]:
    """Run a case; return the base, and days saved and their cost by regime and weeks."""
    runs = {
        (cell.settings["hours"], cell.settings["curve"], cell.settings["weeks"]): run for cell, run in own.run(study)
    }
    base = runs.pop((NORMAL, FATIGUE[0], EVER))
    named = {f"{hours} h, {curve}|{weeks}": run for (hours, curve, weeks), run in runs.items()}
    table = labour.lever_table(base, named).iloc[1:]
    parts = table["name"].str.split("|", expand=True)
    weeks = parts[1].map(lambda text: text if text == EVER else f"{text} weeks")
    kept = table[["days", "low", "high", "cost", "cost_low", "cost_high", "per_day", "per_day_low", "per_day_high",
                  "bounded", "pairs"]]  # fmt: skip
    return base, pd.concat([pd.DataFrame({"case": case.name, "regime": parts[0], "weeks": weeks}), kept], axis=1)


def simulated(part: Part, found: Sequence[tuple[Case, bs.Run, pd.DataFrame]]) -> None:
    """Add what was simulated: table, sentences, figures."""
    part.tables["overtime"] = pd.concat([table for _, _, table in found], ignore_index=True)
    closed, first = part.tables["closed_form"], found[0][1]
    leads = {f"{row['hours']} h, {row['curve']}": row["largest_lead_days"] for row in closed.to_dict("records")}
    lead: dict[str, Any] = {
        "x": "week", "y": "lead", "by": "regime", "unit": "days", "x_label": "Weeks of overtime on end",
        "y_label": "Lead over 40 hours [days]", "title": "A single activity: what overtime has gained",
        "note": "Closed form, no model",
    }  # fmt: skip
    part.draw("lead", response(first, part.tables["lead"], **lead), caption(first, part.tables["lead"], **lead))
    for number, (case, base, table) in enumerate(found, start=1):
        part.say(*(told(case, rows, leads[name]) for name, rows in table.groupby("regime", sort=False)))
        part.say(costs(case, table))
        look: dict[str, Any] = {
            "x": "weeks", "y": "days", "low": "low", "high": "high", "by": "regime", "unit": "days",
            "x_label": "Weeks of overtime", "y_label": "Mean go-live, earlier by [days]",
            "title": f"Days saved by overtime: {case.name}", "note": f"{case.note}Bands: 95 % confidence, paired draws",
        }  # fmt: skip
        part.draw(f"overtime_{number}", response(base, table, **look), caption(base, table, **look))
        prices(part, f"overtime_{number}_price", case, base, table)


def prices(part: Part, name: str, case: Case, base: bs.Run, table: pd.DataFrame) -> None:
    """Draw what a day costs, where one is surely saved; nothing where none is."""
    sure = table[table["bounded"] & (table["low"] > 0.0)]
    if sure.empty:
        return
    million = sure.assign(**{column: sure[column] / MILLION for column in ("per_day", "per_day_low", "per_day_high")})
    look: dict[str, Any] = {
        "x": "weeks", "y": "per_day", "low": "per_day_low", "high": "per_day_high", "by": "regime", "bars": True,
        "unit": "million USD", "x_label": "Weeks of overtime", "y_label": "Cost of a day saved [million USD]",
        "title": f"What a day costs by overtime: {case.name}",
        "note": f"{case.note}Only where a day is surely saved. Bars: 95 % confidence (Fieller)",
    }  # fmt: skip
    part.draw(name, response(base, million, **look), caption(base, million, **look))


def told(case: Case, rows: pd.DataFrame, lead: float) -> str:
    """Say what a regime saves by its weeks, when more of it saves less, and how much of the closed form arrives."""
    name, best, last = rows["regime"].iloc[0], rows.loc[rows["days"].idxmax()], rows.iloc[-1]
    listed = ", ".join(f"{row['weeks']} {row['days']:+.1f}" for _, row in rows.iterrows())
    text = f"{case.name}, {name}, days saved: {listed}."
    if (rows["low"] > 0.0).any():
        share = best["days"] / lead
        text += (
            f" Most with {best['weeks']}: {days(*best[['days', 'low', 'high']])}, {wording.share(share)} of the "
            f"largest lead of a single activity."
        )
    else:
        text += " It never surely saves a day."
    if last["high"] < 0.0:
        text += f" Kept up {last['weeks']} it makes the build {days(*-last[['days', 'high', 'low']])} later."
    return text


def costs(case: Case, table: pd.DataFrame) -> str:
    """Say what a day costs where one is surely saved."""
    sure = table[table["bounded"] & (table["low"] > 0.0)].sort_values("per_day")
    if sure.empty:
        dear = table.loc[table["cost"].idxmax()]
        return f"{case.name}: no day is surely saved, at a cost of up to {usd(dear['cost'])}."
    ends = [sure.iloc[0], sure.iloc[-1]]
    words = " and ".join(
        f"{usd(row['per_day'])} ({usd(row['per_day_low'])} to {usd(row['per_day_high'])}; {row['regime']}, "
        f"{row['weeks']})"
        for row in ends
    )
    return f"{case.name}: a day costs between {words}, where one is surely saved."


if __name__ == "__main__":
    raise SystemExit(main())
