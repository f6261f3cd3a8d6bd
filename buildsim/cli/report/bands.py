"""What is different in the bad futures: the account by band of the finish."""

from math import isfinite
from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis import delay_bands, unbuilt
from buildsim.analysis.scope import Scope
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.causes import NAMED, SHOWN, facts, late, options, who
from buildsim.cli.report.cells import Days, per_cent, signed, triple
from buildsim.run.rows import STRUCTURE
from buildsim.run.run import Run

_FACTS = ["band", "low", "high", "earliest", "latest", "later", "unbuilt", "n"]


def print_bands(run: Run, scope: Scope) -> None:
    """Print the excess over plan by cause in each band, and near P50 and P80."""
    found, close = delay_bands.bands(scope), _near(scope)
    line(answer(run, scope, found))
    heading(f"Excess over plan by cause [days], in bands of the finish of {scope.title}")
    each = found.drop_duplicates("band")[_FACTS].to_dict("records")
    days = Days(run.start)
    head = [
        ["replications", *(f"{fact['n']:,}" for fact in each)],
        ["finish from", *(days.text(fact["earliest"]) for fact in each)],
        ["finish to", *(days.text(fact["latest"]) for fact in each)],
    ]
    if any(fact["unbuilt"] for fact in each):
        what = unbuilt.once(run.model).partition(" ")[2]
        head.append([what, *(per_cent(fact["unbuilt"]) for fact in each)])
    wide = _wide(found, "excess")
    rows = [[str(cause), *(signed(value) for value in values)] for cause, values in _shown(wide)]
    total = ["sum", *(signed(value) for value in wide.sum())]
    table(["", *(str(fact["band"]) for fact in each)], [*head, *rows, total], bold=[len(head) + len(rows)], gap=2)
    if len(close):
        _print_near(close)
    last = "The account is that of the last hall to go live, which differs between replications; its plan is its own. "
    if scope.options and scope.unit == "last":
        last += f"Where {unbuilt.once(run.model)}, the last hall is another, with another plan. "
    mean = "The account is the mean over halls or tranches, weighted by MW; the finish is that of the last. "
    whose = last if scope.unit == "last" else "" if scope.kind in ("block", "tranche") else mean
    line(
        f"{whose}Means within a band; its limits are those of this sample. What is later than the horizon counts up to "
        "it.",
        style="dim",
    )


def answer(run: Run, scope: Scope, found: pd.DataFrame) -> str:
    """What sets the latest band apart from the earliest, in a sentence; and what is later than the horizon."""
    return " ".join(part for part in (_apart(run, scope, found), late(scope), options(scope)) if part)


def _near(scope: Scope) -> pd.DataFrame:
    """The composition near the percentiles that are by the horizon, where there is more than one replication."""
    found = delay_bands.near(scope)
    return found.loc[np.isfinite(found["earliest"])] if len(scope.there) > 1 else found.iloc[:0]


def _apart(run: Run, scope: Scope, found: pd.DataFrame) -> str:
    names = list(dict.fromkeys(found["band"]))
    first, last = (found[found["band"] == name].set_index("cause") for name in (names[0], names[-1]))
    if len(names) < 2:
        many = len(scope.there) > 1
        told = "all replications are later than the horizon" if many else "1 replication makes one band only"
        return f"{who(scope)}: {told}; there is nothing to compare."
    excess = [float(band["excess"].sum()) for band in (first, last)]
    more = (last["excess"] - first["excess"]).drop(labels=list(STRUCTURE), errors="ignore")
    more = more[more >= 0.5].sort_values(ascending=False, kind="stable").head(NAMED)
    top = ", ".join(f"{cause} {signed(days)}" for cause, days in more.items())
    limits = [Days(run.start).text(float(band["latest"].iloc[0])) for band in (first,)]
    begin = float(last["earliest"].iloc[0])
    late = f"from {Days(run.start).text(begin)} on" if isfinite(begin) else "later than the horizon"
    told = f"{who(scope)}: {signed(excess[0])} days over plan where the finish is early ({names[0]}, to {limits[0]})"
    told += f", {signed(excess[1])} where it is late ({names[-1]}, {late})"
    return f"{told}; what differs above all: {top}." if top else f"{told}."


def data(run: Run, scope: Scope) -> dict[str, Any]:
    """The bands and the compositions at percentiles for scripts."""
    found = delay_bands.bands(scope)
    return {
        "answer": answer(run, scope, found),
        **facts(scope),
        "bands": _records(run, found),
        "near": _records(run, _near(scope)),
    }


def _print_near(close: pd.DataFrame) -> None:
    each = close.drop_duplicates("band")[_FACTS].to_dict("records")
    wide = _wide(close, "excess")
    cell = {(str(row["band"]), row["cause"]): _interval(row) for row in close.to_dict("records")}
    rows = [
        [str(cause), *(text for fact in each for text in cell[str(fact["band"]), cause])] for cause, _ in _shown(wide)
    ]
    total = ["sum", *(text for value in wide.sum() for text in (signed(value), ""))]
    heading("The same near single percentiles, means over the replications nearest by rank")
    columns = [name for fact in each for name in (f"{fact['band']}\nof {fact['n']:,}", "95 % interval")]
    table(["", *columns], [*rows, total], bold=[len(rows)])


def _interval(record: dict[Any, Any]) -> tuple[str, str]:
    ends = f"{signed(record['excess_low'])} to {signed(record['excess_high'])}" if record["n"] > 1 else ""
    return signed(record["excess"]), ends


def _wide(found: pd.DataFrame, value: str) -> pd.DataFrame:
    """Rows are causes, the largest spread over plan first and the plan's own steps last; columns are bands."""
    wide = found.pivot_table(index="cause", columns="band", values=value, sort=False)
    own = pd.Series(wide.index.isin(STRUCTURE), index=wide.index)
    order = pd.DataFrame({"own": own, "weight": -wide.iloc[:, -1]}).sort_values(["own", "weight"], kind="stable").index
    return wide.loc[order]


def _shown(wide: pd.DataFrame) -> list[tuple[Any, Any]]:
    return [(cause, values) for cause, values in wide.iterrows() if (values.abs() >= SHOWN).any()]


def _records(run: Run, found: pd.DataFrame) -> list[dict[str, Any]]:
    rows = []
    days = Days(run.start)
    for _, own in found.groupby("band", sort=False):
        fact: dict[str, Any] = {key: own[key].iloc[0] for key in _FACTS}
        ends = {key: {"day": fact[key], "date": days.text(fact[key])} for key in ("earliest", "latest")}
        parts = [
            {**{key: record[key] for key in ("cause", "days", "planned_days")}, "excess": triple(record, "excess")}
            for record in own.to_dict("records")
        ]
        rows.append({**fact, **ends, "excess": float(own["excess"].sum()), "causes": parts})
    return rows
