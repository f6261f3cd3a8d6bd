"""Contract milestones: what becomes of each tranche, of each customer, and what that is worth.

A milestone is *missed* when its tranche is delivered late, re-dated, withdrawn in whole or in part, or still pending
although its due date has passed by the horizon. An option that lapsed is no miss: nobody was committed to it.
"""

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints, codes, rows, sums
from buildsim.analysis.proportions import mean, wilson

OUTCOMES: tuple[str, ...] = (
    "on_time", "late", "damages", "redated", "withdrawn_in_part", "withdrawn", "pending", "lapsed",
)  # fmt: skip
"""What may become of a tranche, from best to worst, then what is open and what nobody wanted."""

LEVELS: tuple[float, ...] = (0.5, 0.8)
"""The levels at which delivery is reported."""


def missed(milestones: pd.DataFrame, horizon: float) -> NDArray[np.bool_]:
    """Which rows are missed milestones; `horizon` in days since start."""
    outcome = milestones["outcome"].astype(str).to_numpy()
    overdue = milestones["due"].to_numpy(np.float64) <= horizon
    due: NDArray[np.bool_] = ~np.isin(outcome, ["on_time", "lapsed"]) & ((outcome != "pending") | overdue)
    return due


def by_tranche(
    milestones: pd.DataFrame, *, horizon: float, levels: Sequence[float] = LEVELS, confidence: float = 0.95
) -> pd.DataFrame:
    """What becomes of each tranche, one row a tranche, in order of appearance.

    Columns: contract, customer, tranche, mw [MW], value [USD], due [days since start, the first one], n; p_OUTCOME for
    each outcome, p_missed, p_missed_low, p_missed_high [probability]; by level `p50`, `p50_low`, `p50_high` of the day
    of delivery [days since start], later [share not delivered by the horizon]; damages, damages_low, damages_high [USD,
    mean]; value_at_risk [USD, value times the probability that the milestone is missed]; cause (the most frequent one
    of the misses).
    """
    frame = milestones.assign(missed=missed(milestones, horizon))
    found = []
    for tranche, group in frame.groupby("tranche", observed=True, sort=False):
        first = group.iloc[0]
        row: dict[str, object] = {"contract": str(first["contract"]), "customer": str(first["customer"])}
        row |= {"tranche": str(tranche), "mw": float(group["mw"].max()), "value": float(group["value"].max())}
        row |= {"due": float(group["due"].min()), "n": len(group)} | _shares(group, confidence)
        row |= quantiles.wide(group["delivered"].to_numpy(), levels, confidence)
        row |= _mean("damages", group["damages"].to_numpy(np.float64), confidence)
        row["value_at_risk"] = float((group["value"] * group["missed"]).mean())
        row["cause"] = _commonest(group.loc[group["missed"], "cause"])
        found.append(row)
    return pd.DataFrame(found, columns=_tranche_columns(levels))


def by_customer(
    milestones: pd.DataFrame, replications: Ints, *, horizon: float, confidence: float = 0.95
) -> pd.DataFrame:
    """What becomes of each customer's tranches, and of all of them (customer "all"), one row a customer.

    Columns: customer, tranches, mw [MW], value [USD]; missed, missed_low, missed_high [tranches, mean]; p_missed,
    p_missed_low, p_missed_high [probability of at least one miss]; p_withdrawn, p_withdrawn_low, p_withdrawn_high
    [probability of at least one withdrawal, whole or in part]; on_time_mw [MW, mean]; damages, damages_low,
    damages_high [USD, mean]; value_at_risk, value_at_risk_low, value_at_risk_high [USD, mean value of missed tranches].
    """
    outcome = milestones["outcome"].astype(str)
    frame = milestones.assign(
        missed=missed(milestones, horizon).astype(float),
        left=outcome.isin(["withdrawn", "withdrawn_in_part"]).astype(float),
        prompt=milestones["mw"].to_numpy(np.float64) * (outcome == "on_time").to_numpy(),
    )
    frame["risk"] = frame["value"] * frame["missed"]
    groups = [(str(name), group) for name, group in frame.groupby("customer", observed=True, sort=False)]
    return pd.DataFrame([_customer(name, group, replications, confidence) for name, group in [*groups, ("all", frame)]])


def outcome_shares(milestones: pd.DataFrame, by: str = "customer") -> pd.DataFrame:
    """The share of MW that meets each outcome, by customer (or contract, or tranche): mean over replications.

    One row a group, in order of appearance; columns: the group, mw [MW], then one an outcome [share of MW, sums to 1].

    Errors: ValueError when the table holds an outcome that is not one of `OUTCOMES`.
    """
    group, names = codes(milestones, by)
    found, kinds = codes(milestones, "outcome")
    if unknown := sorted(set(kinds) - set(OUTCOMES)):
        raise ValueError(f"unknown outcomes: {', '.join(unknown)}")
    outcome = np.array([OUTCOMES.index(kind) for kind in kinds], dtype=np.int64)[found]
    mw = milestones["mw"].to_numpy(np.float64)
    width = len(OUTCOMES)
    total = np.bincount(group * width + outcome, weights=mw, minlength=len(names) * width).reshape(len(names), width)
    table = pd.DataFrame(total / np.maximum(total.sum(axis=1, keepdims=True), 1e-12), columns=list(OUTCOMES))
    table.insert(0, by, names)
    per_tranche = milestones.groupby("tranche", observed=True, sort=False).agg(mw=("mw", "max"), owner=(by, "first"))
    size = per_tranche.groupby(per_tranche["owner"].astype(str))["mw"].sum()
    table.insert(1, "mw", [float(size[name]) for name in names])
    return table


def totals(milestones: pd.DataFrame, replications: Ints, *, horizon: float) -> dict[str, Floats]:
    """Sums over all tranches by replication: missed [tranches], on_time_mw [MW], damages [USD], value_at_risk [USD]."""
    late = missed(milestones, horizon)
    prompt = (milestones["outcome"].astype(str) == "on_time").to_numpy()
    count = np.bincount(rows(milestones[late], replications), minlength=len(replications)).astype(np.float64)
    return {
        "missed": count,
        "on_time_mw": sums(milestones, "mw", replications, prompt),
        "damages": sums(milestones, "damages", replications),
        "value_at_risk": sums(milestones, "value", replications, late),
    }


def _customer(name: str, group: pd.DataFrame, replications: Ints, confidence: float) -> dict[str, object]:
    per_tranche = group.drop_duplicates("tranche")
    misses, left = sums(group, "missed", replications), sums(group, "left", replications)
    row: dict[str, object] = {"customer": name, "tranches": len(per_tranche)}
    row |= {"mw": float(per_tranche["mw"].sum()), "value": float(per_tranche["value"].sum())}
    row |= _mean("missed", misses, confidence)
    row |= _probability("p_missed", misses > 0, confidence) | _probability("p_withdrawn", left > 0, confidence)
    row["on_time_mw"] = float(sums(group, "prompt", replications).mean())
    row |= _mean("damages", sums(group, "damages", replications), confidence)
    return row | _mean("value_at_risk", sums(group, "risk", replications), confidence)


def _shares(group: pd.DataFrame, confidence: float) -> dict[str, object]:
    outcome = group["outcome"].astype(str).to_numpy()
    row: dict[str, object] = {f"p_{name}": float((outcome == name).mean()) for name in OUTCOMES}
    return row | _probability("p_missed", group["missed"].to_numpy(bool), confidence)


def _probability(name: str, happened: NDArray[np.bool_], confidence: float) -> dict[str, object]:
    found = wilson(int(happened.sum()), len(happened), confidence)
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}


def _mean(name: str, values: Floats, confidence: float) -> dict[str, object]:
    found = mean(values, confidence, floor=0.0)
    return {name: found.estimate, f"{name}_low": found.low, f"{name}_high": found.high}


def _commonest(causes: "pd.Series[str]") -> str:
    named = causes[causes.notna() & (causes.astype(str) != "")].astype(str)
    return str(named.value_counts(sort=True).index[0]) if len(named) else ""


def _tranche_columns(levels: Sequence[float]) -> list[str]:
    dates = [f"{quantiles.column(level)}{end}" for level in levels for end in ("", "_low", "_high")]
    shares = [f"p_{name}" for name in OUTCOMES]
    ends = ["p_missed", "p_missed_low", "p_missed_high"]
    money = ["damages", "damages_low", "damages_high", "value_at_risk", "cause"]
    facts = ["contract", "customer", "tranche", "mw", "value", "due", "n"]
    return [*facts, *shares, *ends, *dates, "later", *money]
