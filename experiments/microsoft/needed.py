"""What it would take for a withdrawal by the end of March 2025: earlier dates, another temper, other terms."""

from collections.abc import Mapping
from datetime import date
from math import exp
from typing import Any

import pandas as pd

import buildsim as bs
from buildsim.plots.heat_map import caption, heat_map
from experiments.labour.study import Batch, Part, Study, batch, per_cent
from experiments.microsoft import case

SHARE = 1.0
HORIZON = "2026-06-30"
"""Long enough for the question, and short, so that it is quick."""
DUE = ("2025-01-01", "2025-02-01", "2025-03-01")
"""Due dates of both ordered tranches; the first is overdue from the start on."""
MONTHLY = (3, 12.5)
"""Hazards of withdrawal with the first missed milestone [% a month]: a tight and a slack market."""
GRIEVANCES = (0, 3)
"""Milestones missed before the start."""
GROWTH = 1.5
LONGSTOPS, CURES = (0, 30, 60), (0, 30)
"""Longstop after the first of the due dates, and cure [days]."""
ODDS = (30, 60, 80)
"""Probability that the option is exercised with whole trust [%]."""
LOSS = 0.2
"""Share of trust that a missed milestone costs, as in the model."""
TRANCHES = 2
MONTH = 30.4375
"""[days]"""


def plan(study: Study) -> list[Batch]:
    """Return the cells: lost confidence by due date, hazard and grievance; by the letter by longstop and cure."""

    def hazard(settings: Mapping[str, Any]) -> bs.Model:
        return bs.load(study.model, lost(settings["due"], settings["monthly"], settings["grievance"]))

    def letter(settings: Mapping[str, Any]) -> bs.Model:
        return bs.load(study.model, contractual(settings["longstop"], settings["cure"]), "microsoft-contractual")

    by_hazard = {"due": DUE, "monthly": MONTHLY, "grievance": GRIEVANCES}
    return [
        batch(study, "needed-hazard", hazard, by_hazard, SHARE),
        batch(study, "needed-letter", letter, {"longstop": LONGSTOPS, "cure": CURES}, SHARE),
    ]


def lost(due: str, monthly: float, grievance: float) -> dict[str, Any]:
    """Return what to set for lost confidence from a due date on, without grace or cure."""
    rule = {"kind": "lost_confidence", "monthly": f"{monthly}%", "growth": GROWTH}
    return {
        "horizon": HORIZON,
        "contracts.k01.tranches.*.due": due,
        "masters.microsoft.terms.grace": "0 days",
        "masters.microsoft.terms.cure": "0 days",
        "customers.microsoft.withdrawal": rule,
        "customers.microsoft.grievance": grievance,
    }


def contractual(longstop: int, cure: int) -> dict[str, Any]:
    """Return what to set for a right to leave soon after a date that is overdue from the start on."""
    return {
        "horizon": HORIZON,
        "contracts.k01.tranches.*.due": DUE[0],
        "masters.microsoft.terms.grace": "0 days",
        "masters.microsoft.terms.longstop": f"{longstop} days",
        "masters.microsoft.terms.cure": f"{cure} days",
    }


def by_hand(due: str, monthly: float, grievance: float) -> float:
    """Return the probability by the end of March in closed form: both tranches late, none delivered by then.

    Each is left at monthly x growth^(grievance + 2 - 1) a month from the end of the due date on.
    """
    factor = GROWTH ** (grievance + TRANCHES - 1)
    late = (case.MARCH - date.fromisoformat(due)).days
    return 1.0 - exp(-TRANCHES * monthly / 100.0 / MONTH * factor * late)


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("What it would take by the end of March 2025")
    table, base = hazards(study, batches[0])
    letter = letters(study, batches[1])
    options = lapses()
    part.tables |= {"needed_hazard": table, "needed_letter": letter, "needed_option": options}
    for sentence in told(table, letter, options):
        part.say(sentence)
    look: dict[str, Any] = {
        "rows": "due", "columns": "setting", "value": "probability", "low": "low", "high": "high",
        "row_label": "Due on",
        "column_label": "Hazard a month with the first missed milestone",
        "title": f"What it would take: something is withdrawn by {case.MARCH}",
        "note": "0 or 3 milestones missed before 2025; no grace and no time to cure. Intervals by Wilson",
    }  # fmt: skip
    part.draw("needed", heat_map(base, table, **look), caption(base, table, **look))
    return part


def hazards(study: Study, given: Batch) -> tuple[pd.DataFrame, bs.Run]:
    """Return the probability for each due date, hazard and grievance, beside the closed form; and a run."""
    rows = []
    base: bs.Run | None = None
    for cell, run in given.run(study):
        base = base or run
        found = case.by(run, case.withdrawn(run), case.MARCH)
        due, monthly, grievance = (cell.settings[name] for name in ("due", "monthly", "grievance"))
        rows.append(
            {
                "due": due,
                "monthly": monthly,
                "grievance": grievance,
                "setting": f"{monthly:g} % a month, {grievance} before",
            }
            | {"probability": found.estimate, "low": found.low, "high": found.high}
            | {"closed_form": by_hand(due, monthly, grievance), "replications": run.replications}
        )
    assert base is not None
    table = pd.DataFrame(rows)
    order = list(dict.fromkeys(table["setting"]))
    return table.assign(setting=pd.Categorical(table["setting"], order)), base


def letters(study: Study, given: Batch) -> pd.DataFrame:
    """Return the probability for each longstop and cure."""
    rows = []
    for cell, run in given.run(study):
        found = case.by(run, case.withdrawn(run), case.MARCH)
        rows.append(
            {"due": DUE[0], **cell.settings, "probability": found.estimate, "low": found.low, "high": found.high}
        )
    return pd.DataFrame(rows)


def lapses() -> pd.DataFrame:
    """Return the probability that the option lapses, in closed form: 1 - p (1 - loss)^grievance."""
    return pd.DataFrame(
        [
            {"exercised_percent": odds, "grievance": missed, "lapses": 1.0 - odds / 100.0 * (1.0 - LOSS) ** missed}
            for odds in ODDS
            for missed in (0, 1, 3)
        ]
    )


def told(table: pd.DataFrame, letter: pd.DataFrame, options: pd.DataFrame) -> list[str]:
    """Say what it would take."""
    low, high = table.loc[table["probability"].idxmin()], table.loc[table["probability"].idxmax()]

    def cell(row: "pd.Series[Any]") -> str:
        return (
            f"{per_cent(row['probability'])} ({per_cent(row['low'])} to {per_cent(row['high'])}; "
            f"{per_cent(row['closed_form'])} in closed form) if it was due on {row['due']}, at {row['monthly']:g} % a "
            f"month and with {row['grievance']} milestones missed before 2025"
        )

    some = letter[letter["probability"] > 0.0]
    named = ", ".join(
        f"longstop {row['longstop']} and cure {row['cure']} days {per_cent(row['probability'])}"
        for _, row in some.iterrows()
    )
    rows = options.set_index(["exercised_percent", "grievance"])["lapses"]
    return [
        "For something to be withdrawn by then, dates must have been missed: in the first quarter instead of on "
        f"2025-06-30, and without grace or cure. Lost confidence then gives from {cell(low)}, to {cell(high)}.",
        f"By the letter, due on {DUE[0]}: {named or 'never'}; with any longer longstop and cure together, never.",
        f"The option: with {ODDS[0]}, {ODDS[1]} or {ODDS[2]} % to be exercised at whole trust it lapses in "
        f"{per_cent(rows[ODDS[0], 0])}, {per_cent(rows[ODDS[1], 0])} or {per_cent(rows[ODDS[2], 0])}, and with three "
        f"milestones missed before in {per_cent(rows[ODDS[0], 3])}, {per_cent(rows[ODDS[1], 3])} or "
        f"{per_cent(rows[ODDS[2], 3])}.",
    ]
