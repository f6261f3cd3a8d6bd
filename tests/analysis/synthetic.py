"""Runs made without an engine: tables as they are defined, filled from a seeded generator or by hand."""

from dataclasses import dataclass, field
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

START = date(2025, 7, 1)
HORIZON = 914.0  # 2027-12-31

COLUMNS = {
    "go_live": ["replication", "site", "block", "mw", "gpus", "generation", "live", "planned", "target", "dropped"],
    "milestones": [
        "replication", "contract", "customer", "tranche", "mw", "value", "due", "delivered", "late", "outcome",
        "damages", "cause", "last_block",
    ],
    "withdrawals": [
        "replication", "contract", "customer", "tranche", "day", "mw", "value", "trigger", "cause", "remarketed",
    ],
    "delays": ["replication", "site", "block", "cause", "days", "planned_days"],
    "activities": [
        "replication", "site", "block", "activity", "ready", "start", "finish", "released_by", "waited_for",
    ],
}  # fmt: skip
TEXT = {
    "site", "block", "generation", "contract", "customer", "tranche", "outcome", "cause", "trigger", "activity",
    "released_by", "waited_for", "last_block",
}  # fmt: skip


def table(name: str, rows: list[dict[str, Any]]) -> pd.DataFrame:
    """A frame with the columns and dtypes of the table; columns that a row leaves out are empty."""
    frame = pd.DataFrame(rows, columns=COLUMNS[name])
    kinds = {"replication": np.int32, "gpus": np.int32}
    for column in frame:
        if column in TEXT:
            frame[column] = pd.Categorical(frame[column].astype(object).where(frame[column].notna(), ""))
        elif column in kinds:
            frame[column] = frame[column].fillna(0).astype(kinds[column])
        else:
            frame[column] = frame[column].astype(np.float64)
    return frame


@dataclass
class Tables:
    go_live: pd.DataFrame
    milestones: pd.DataFrame = field(default_factory=lambda: table("milestones", []))
    withdrawals: pd.DataFrame = field(default_factory=lambda: table("withdrawals", []))
    delays: pd.DataFrame = field(default_factory=lambda: table("delays", []))
    activities: pd.DataFrame = field(default_factory=lambda: table("activities", []))


@dataclass
class Run(Tables):
    model: Any = None
    plan: Tables | None = None
    start: date = START
    horizon: float = HORIZON
    manifest: dict[str, Any] = field(default_factory=lambda: manifest(1))

    @property
    def replications(self) -> int:
        return int(self.go_live["replication"].nunique())


def manifest(seed: int) -> dict[str, Any]:
    return {"seed": seed, "design": "monte-carlo", "versions": {"buildsim": "0.1.0"}}


def model(sites: dict[str, Any], contracts: dict[str, Any], customers: dict[str, str], name: str = "Made up") -> Any:
    """What is asked of a model: sites {id: (name, live, firm)}, contracts {id: {tranche: (blocks, option)}}."""
    return SimpleNamespace(
        name=name,
        sites={key: SimpleNamespace(name=n, live=mw, firm=firm) for key, (n, mw, firm) in sites.items()},
        contracts={
            key: SimpleNamespace(
                tranches={t: SimpleNamespace(blocks=blocks, option=option) for t, (blocks, option) in tranches.items()}
            )
            for key, tranches in contracts.items()
        },
        customers={key: SimpleNamespace(name=n) for key, n in customers.items()},
    )


SITES = {
    "denton": ("Denton, TX", 8.0, True),
    "ellendale": ("Ellendale, ND", 0.0, True),
    "cambridge": ("Cambridge, ON", 0.0, True),
    "marble": ("Marble, NC", 12.0, True),
    "helios": ("Helios, TX (option)", 0.0, False),
}
HALLS = {
    "denton": [(20.0, 80.0), (20.0, 125.0), (25.0, 200.0), (25.0, 260.0), (20.0, 330.0)],
    "ellendale": [(25.0, 150.0), (25.0, 230.0), (25.0, 340.0), (25.0, 430.0)],
    "cambridge": [(12.0, 120.0), (12.0, 240.0)],
    "marble": [(17.0, 183.0), (17.0, 300.0)],
    "helios": [(25.0, 640.0), (25.0, 760.0)],
}
TRANCHES: dict[str, tuple[str, list[str], float, float, bool]] = {
    "k03/t1": ("openai", ["denton/h01", "denton/h02", "denton/h03"], 2.975e9, 200.0, False),
    "k03/t2": ("openai", ["denton/h04", "denton/h05"], 2.06e9, 334.0, False),
    "k06/t1": ("hyperscaler", ["ellendale/h01", "ellendale/h02"], 2.4e9, 231.0, False),
    "k06/t2": ("hyperscaler", ["ellendale/h03", "ellendale/h04"], 2.4e9, 431.0, False),
    "k09/t1": ("cohere", ["cambridge"], 1.15e9, 215.0, False),
    "k02/t1": ("undisclosed", ["marble/*"], 1.6e9, 320.0, False),
    "x01/o1": ("hyperscaler", ["helios"], 2.4e9, 820.0, True),
}
PHASES = [("P1", 0.0, 0.5), ("A1", 0.0, 0.3), ("E1", 0.2, 0.7), ("M1", 0.25, 0.72), ("L4", 0.7, 0.85),
          ("PW", 0.68, 0.7), ("G1", 0.7, 0.8), ("R1", 0.8, 1.0)]  # fmt: skip
SHARES = {
    "crew wait": 0.35, "skill": 0.22, "utility": 0.25, "GPU supply": 0.13, "weather": 0.08, "rework": 0.06,
    "commissioning failure": 0.09, "equipment": 0.05, "logistics": 0.03, "agents": 0.02, "calendar": -0.08,
    "estimate": -0.2,
}  # fmt: skip


def portfolio(replications: int = 400, seed: int = 1, *, slower: float = 1.0, name: str = "Made-up portfolio") -> Run:
    """Five sites, six contracts and an option; `slower` stretches every delay, with the same luck."""
    rng = np.random.default_rng(seed)
    rows: dict[str, list[dict[str, Any]]] = {key: [] for key in COLUMNS}
    plan: dict[str, list[dict[str, Any]]] = {key: [] for key in COLUMNS}
    for site, halls in HALLS.items():
        for index, (mw, planned) in enumerate(halls, start=1):
            facts = {"site": site, "block": f"{site}/h{index:02}", "mw": mw, "generation": "GB200", "planned": planned}
            facts |= {"target": planned - 10.0 if index < 3 else np.nan}
            plan["go_live"].append(facts | {"replication": 0, "live": planned})
            plan["activities"] += _activities(facts | {"replication": 0}, planned, planned)
    exercised = rng.random(replications) < 0.6
    for r in range(replications):
        site_luck = {site: rng.gamma(2.0, 14.0) for site in HALLS}
        live: dict[str, float] = {}
        for facts in plan["go_live"]:
            late = slower * (site_luck[facts["site"]] + rng.gamma(1.6, 18.0) + 0.04 * facts["planned"])
            wiggle = rng.dirichlet(np.full(len(SHARES), 3.0))
            day = facts["planned"] + late - 12.0
            known = facts["site"] != "helios" or bool(exercised[r])
            seen = day if known and day <= HORIZON else np.nan
            live[facts["block"]] = seen
            rows["go_live"].append(facts | {"replication": r, "live": seen, "dropped": np.nan if known else 300.0})
            rows["delays"] += _account(facts | {"replication": r}, seen, wiggle)
            if r < 100:
                rows["activities"] += _activities(facts | {"replication": r}, day, facts["planned"])
        walks = {customer: rng.random() for customer in ("openai", "hyperscaler", "cohere", "undisclosed")}
        _contracts(rows, r, live, walks, bool(exercised[r]))
    declared: dict[str, Any] = {}
    for key, (_, blocks, _, _, option) in TRANCHES.items():
        contract, tranche = key.split("/")
        declared.setdefault(contract, {})[tranche] = (blocks, SimpleNamespace() if option else None)
    customers = {"openai": "OpenAI", "hyperscaler": "Second hyperscaler", "cohere": "Cohere", "undisclosed": "Others"}
    tables = {key: table(key, found) for key, found in rows.items()}
    planned_tables = Tables(**{key: table(key, found) for key, found in plan.items()})
    return Run(**tables, model=model(SITES, declared, customers, name), plan=planned_tables, manifest=manifest(seed))


def _account(facts: dict[str, Any], seen: float, wiggle: np.ndarray) -> list[dict[str, Any]]:
    """Causes that sum to the elapsed time (to the horizon without go-live) and to the plan."""
    elapsed = HORIZON if np.isnan(seen) else seen
    excess = elapsed - facts["planned"]
    weights = np.array(list(SHARES.values())) * wiggle
    days = dict(zip(SHARES, excess * weights / weights.sum(), strict=True))
    planned = {"planned work": 0.8 * facts["planned"], "equipment": 0.2 * facts["planned"]}
    days["planned work"] = planned["planned work"]
    days["equipment"] += planned["equipment"]
    return [facts | {"cause": cause, "days": days[cause], "planned_days": planned.get(cause, 0.0)} for cause in days]


def _activities(facts: dict[str, Any], day: float, planned: float) -> list[dict[str, Any]]:
    begun, length = planned - 280.0, day - planned + 280.0
    found = []
    for activity, first, last in PHASES:
        start, finish = (begun + share * length for share in (first, last))
        seen = [value if value <= HORIZON else np.nan for value in (start, start, finish)]
        found.append(facts | {"activity": activity} | dict(zip(("ready", "start", "finish"), seen, strict=True)))
    return found


def _contracts(
    rows: dict[str, list[dict[str, Any]]], r: int, live: dict[str, float], walks: dict[str, float], exercised: bool
) -> None:
    for key, (customer, blocks, value, due, option) in TRANCHES.items():
        mine = [b for b in live if any(b == e or b.startswith(e.removesuffix("*").rstrip("/") + "/") for e in blocks)]
        mw = sum(m for site, halls in HALLS.items() for i, (m, _) in enumerate(halls, 1) if f"{site}/h{i:02}" in mine)
        done = float(np.max([live[b] for b in mine]))
        late = done - due if np.isfinite(done) else HORIZON - due
        row = {"replication": r, "contract": key.split("/")[0], "customer": customer, "tranche": key, "mw": mw}
        row |= {"value": value, "due": due, "delivered": done, "late": max(done - due, 0.0), "damages": 0.0}
        cause = "crew wait" if r % 3 else "utility"
        if option and not exercised:
            outcome = "lapsed"
        elif late <= 0:
            outcome, cause = "on_time", ""
        elif late > 90 and walks[customer] < 0.5:
            outcome = "withdrawn" if walks[customer] < 0.4 else "withdrawn_in_part"
        elif np.isnan(done):
            outcome = "pending"
        elif late <= 30:
            outcome = "late"
        else:
            outcome = "redated" if walks[customer] > 0.85 else "damages"
            row["damages"] = (late - 30.0) * mw * 26_000.0 if outcome == "damages" else 0.0
        if outcome.startswith("withdrawn") or outcome == "lapsed":
            row |= {"delivered": np.nan, "late": np.nan}
            share = 0.5 if outcome == "withdrawn_in_part" else 1.0
            trigger = "option_lapsed" if outcome == "lapsed" else "lost_confidence"
            again = due + 200.0 if due + 200.0 < HORIZON else np.nan
            walk = row | {"day": due + 90.0, "mw": share * mw, "value": share * value, "trigger": trigger}
            rows["withdrawals"].append(walk | {"cause": cause, "remarketed": again})
        rows["milestones"].append(row | {"outcome": outcome, "cause": cause})
