"""What groups of causes cost, as sentences, tables and JSON: alone, last and by Shapley's value."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis.shapley import ButFor
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import per_cent
from buildsim.cli.words import count
from buildsim.program.groups import GROUPS
from buildsim.results.store import write_text
from buildsim.units import format_usd

MILLION = 1e6

TITLES = {
    "days": "What does each group of causes cost? Go-live, mean over MW [days]",
    "mw-days": "What does each group of causes cost? Capacity that is not yet live [MW-days]",
    "dollars": "What does each group of causes cost? Damages and withdrawn contract value [million USD]",
}
NETWORK = {"days": "What does each group of causes cost? End of the project, mean [days]"}
ENDS = {"days": "the project would end {} days earlier on average"}
"""The same of a bare network."""
GAINS = {
    "days": "go-live would be {} days earlier on average",
    "mw-days": "{} MW-days more would be live",
    "dollars": "damages and withdrawn value would be {} less",
}
"""What is gained without the causes, by measure."""
FOOT = (
    "Part: Shapley's value, the gain averaged over orders of taking groups out; the parts sum to all. Alone: what is "
    "gained by taking out this group and no other; last: after all others. Interaction is last less alone: above 0 a "
    "group hides behind others. Worse: in so many replications taking it out alone, or last, made things worse; "
    "nothing is clipped."
)
INTERVALS = " Below each mean its 95 % interval."
ORDERED = (
    "Parts are estimated from {} in each replication, so their intervals cover the luck of the orders too; alone, last "
    "and the sum are exact."
)


@dataclass(frozen=True)
class Facts:
    """What was run."""

    model: str
    replications: int
    seed: int
    orders: int | None
    changes: tuple[str, ...]
    horizon: date
    network: bool = False
    """Whether the model is a bare network."""
    absent: frozenset[str] = frozenset()
    """The groups of which no input is in the model."""


def sentences(found: Mapping[str, ButFor], facts: Facts) -> list[str]:
    """The answer in a sentence for each measure."""
    said = []
    for name, split in found.items():
        if name != "dollars" and _never(split):
            what = "The project does not end" if facts.network else "Nothing is live"
            said.append(
                f"{what} by the horizon, {facts.horizon}, in any replication, with or without "
                f"{_listed(split.groups)}: what they cost cannot be seen. A later horizon can tell."
            )
            continue
        rows = split.table()
        whole = rows[rows["group"] == "all"].to_dict("records")[0]
        parts = rows[rows["group"] != "all"].sort_values("shapley", ascending=False, kind="stable").to_dict("records")
        sure = [row for row in parts if row["low"] > 0.0]
        gain = (ENDS if facts.network else GAINS).get(name, GAINS[name]).format(_amount(whole, split.unit))
        text = f"But for {_listed(split.groups)}, {gain}."
        if len(split.groups) > 1 and sure:
            largest = ", ".join(f"{row['group']} {_amount(row, split.unit)}" for row in sure[:3])
            text += f" The largest {'part is' if len(sure) == 1 else 'parts are'}: {largest}."
        elif len(split.groups) > 1:
            text += " No part can be told from zero."
        if name != "dollars":
            text += _capped(split, facts)
        said.append(text)
    return said


def _never(split: ButFor) -> bool:
    """Whether nothing is live by the horizon, whatever is taken out."""
    return bool(split.later) and all(bool((late[~np.isnan(late)] >= 1.0).all()) for late in split.later.values())


def _capped(split: ButFor, facts: Facts) -> str:
    """How much counts as the horizon, with and without all the groups."""
    late = _later(split)
    if late is None or not any(late):
        return ""
    what = "replications do not end" if facts.network else "MW are not live"
    return (
        f" Of the {what.partition(' ')[0]}, {per_cent(late[0])} {what.partition(' ')[2]} by the horizon, and "
        f"{per_cent(late[1])} without these causes: they count as the horizon, so the real gain may be larger."
    )


def _later(split: ButFor) -> tuple[float, float] | None:
    """The shares that are not live by the horizon, with all causes and without any of the groups."""
    if not split.later:
        return None
    return float(split.later[frozenset()].mean()), float(split.later[frozenset(split.groups)].mean())


def idle(found: Mapping[str, ButFor], facts: Facts) -> list[str]:
    """A line for each group that changes nothing: what it stands for, and whether anything of it varies."""
    if all(name != "dollars" and _never(split) for name, split in found.items()):
        return []
    several = list(found.values())
    told = []
    for group in several[0].groups:
        if not all(split.idle(group) for split in several):
            continue
        stands = f" ({GROUPS[group]})" if group in GROUPS else ""
        why = "; nothing of it varies in this model" if group in facts.absent else ""
        told.append(f"{group}{stands}: taking it out changes nothing in any replication{why}.")
    return told


def print_tables(found: Mapping[str, ButFor], facts: Facts) -> None:
    """Print a table for each measure, the largest part first."""
    spread = False
    for name, split in found.items():
        heading(NETWORK.get(name, TITLES[name]) if facts.network else TITLES[name])
        rows = [_row(record, split.unit) for record in _sorted(split).to_dict("records")]
        spread = spread or any("\n" in cell for row in rows for cell in row[1:5])
        table(["", "Part", "Alone", "Last", "Interaction", "Worse"], rows, bold=[len(rows) - 1])
    for text in idle(found, facts):
        line(text)
    line(f"{FOOT}{INTERVALS if spread else ''}", style="dim")
    if facts.orders is not None:
        line(ORDERED.format(count(facts.orders, "random order")), style="dim")
    line(f"{count(facts.replications, 'replication')}, seed {facts.seed}; days count up to the horizon.", style="dim")


def _sorted(split: ButFor) -> pd.DataFrame:
    rows = split.table()
    parts = rows[rows["group"] != "all"].sort_values("shapley", ascending=False, kind="stable")
    return pd.concat([parts, rows[rows["group"] == "all"]], ignore_index=True)


def _row(record: Mapping[Any, Any], unit: str) -> list[str]:
    part = _cell(record, "shapley", "", unit)
    if record["group"] == "all":
        return ["all", part, "", "", "", ""]
    gains = [_cell(record, name, f"{name}_", unit) for name in ("first", "last", "interaction")]
    shares = (float(record["worse_first"]), float(record["worse_last"]))
    worse = "\n".join(per_cent(share) for share in shares) if any(shares) else ""
    return [str(record["group"]), part, *gains, worse]


def _cell(record: Mapping[Any, Any], name: str, prefix: str, unit: str) -> str:
    value, low, high = float(record[name]), float(record[f"{prefix}low"]), float(record[f"{prefix}high"])
    shown = _number(value, unit)
    return shown if not low < high else f"{shown}\n{_number(low, unit)} to {_number(high, unit)}"


def _number(value: float, unit: str) -> str:
    """A number of a table: whole from ten on, money in millions."""
    scaled = value / MILLION if unit == "USD" else value
    if abs(scaled) >= 9.95:
        return f"{scaled:,.0f}"
    return "0" if abs(scaled) < 0.005 else f"{scaled:.1f}" if abs(scaled) >= 0.95 or unit != "USD" else f"{scaled:.2f}"


def _amount(row: Mapping[Any, Any], unit: str) -> str:
    """A mean with its interval in brackets: `45 (38 to 52)`, `$2.1m ($1.9m to $2.3m)`."""
    value, low, high = (float(row[key]) for key in ("shapley", "low", "high"))

    def text(amount: float) -> str:
        if unit != "USD":
            return _number(amount, unit)
        return f"{'-' if amount < 0.0 else ''}{format_usd(float(f'{abs(amount):.2e}'))}"

    return f"{text(value)} ({text(low)} to {text(high)})" if low < high else text(value)


def _listed(names: tuple[str, ...]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def data(found: Mapping[str, ButFor], facts: Facts) -> dict[str, Any]:
    """The same for scripts."""
    about = {"model": facts.model, "replications": facts.replications, "seed": facts.seed}
    about |= {"changes": facts.changes, "permutations": facts.orders, "confidence": 0.95}
    measures = {}
    for name, split in found.items():
        groups = []
        *rows, whole = _sorted(split).to_dict("records")
        for row in rows:
            parts = {"part": _triple(row, "shapley", "")}
            parts |= {key: _triple(row, key, f"{key}_") for key in ("first", "last", "interaction")}
            worse = {"worse_first": row["worse_first"], "worse_last": row["worse_last"]}
            groups.append({"group": row["group"], **parts, **worse})
        late = _later(split)
        not_live = None if late is None else {"with": late[0], "without": late[1]}
        measures[name] = {
            "unit": split.unit,
            "not_live": not_live,
            "all": _triple(whole, "shapley", ""),
            "groups": groups,
        }
    return {**about, "answer": sentences(found, facts), "idle": idle(found, facts), "measures": measures}


def _triple(row: Mapping[Any, Any], name: str, prefix: str) -> dict[str, Any]:
    return {"value": row[name], "low": row[f"{prefix}low"], "high": row[f"{prefix}high"]}


def write(found: Mapping[str, ButFor], file: Path) -> None:
    """Write the tables of all measures as one CSV file: a row a measure and group."""
    whole = pd.concat([_sorted(split).assign(measure=name) for name, split in found.items()], ignore_index=True)
    whole.insert(0, "measure", whole.pop("measure"))
    write_text(file, whole.to_csv(index=False).rstrip("\n"))
