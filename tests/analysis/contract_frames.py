"""Runs with contracts made by hand: declared contracts, and the rows of what happened to them."""

from collections.abc import Mapping, Sequence
from datetime import date
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd

from buildsim.domain.contracts import Contract, Customer, Master, Remarketing

START = date(2025, 1, 1)
YEAR = 365.25
EVENTS = ["replication", "contract", "customer", "tranche", "block", "day", "event", "mw", "usd"]
PLACEMENTS = [
    "replication", "contract", "customer", "tranche", "taker", "kind", "agreed", "service", "until", "mw", "value",
]  # fmt: skip
MILESTONES = {
    "replication": 0, "contract": "", "customer": "", "tranche": "", "mw": 0.0, "value": 0.0, "due": np.nan,
    "delivered": np.nan, "late": np.nan, "outcome": "pending", "damages": 0.0, "deferred": 0.0, "cause": "",
    "last_block": "", "extended": 0.0, "noticed": np.nan, "prepaid": 0.0, "credited": 0.0, "refunded": 0.0, "kept": 0.0,
}  # fmt: skip
TEXT = {"contract", "customer", "tranche", "block", "event", "taker", "kind", "outcome", "cause", "last_block"}
S = {"source": "made up"}


def priced(usd_per_mw_day: float) -> dict[str, Any]:
    """A price by the MW and month that makes so many USD for a MW and day."""
    return {"per": "mw_month", "usd": usd_per_mw_day * YEAR / 12.0}


def frame(columns: Sequence[str], rows: Sequence[Any]) -> pd.DataFrame:
    """A table as it is read: texts are categories, numbers floats, replications integers."""
    found = pd.DataFrame(list(rows), columns=list(columns))
    for name in found:
        if name in TEXT:
            found[name] = pd.Categorical(found[name].astype(str))
        else:
            found[name] = found[name].astype(np.int32 if name == "replication" else np.float64)
    return found


def run(
    contracts: Mapping[str, Any],
    events: Sequence[tuple[int, str, float, str, float, float]] = (),
    *,
    placements: Sequence[tuple[Any, ...]] = (),
    milestones: Sequence[Mapping[str, Any]] = (),
    live: Sequence[tuple[int, str, float, float]] = (),
    base: float = 0.0,
    customers: Mapping[str, Any] | None = None,
    masters: Mapping[str, Any] | None = None,
    remarketing: Mapping[str, Any] | None = None,
    replications: int = 2,
    horizon: float = 1000.0,
) -> Any:
    """A run of declared contracts.

    Events are (replication, tranche, day, event, mw, usd), with a block made up for each delivery; go-lives
    (replication, block, mw, day), all at site "x", with `base` MW live there at the start.
    """
    declared = {name: Contract.model_validate({**S, **body}) for name, body in contracts.items()}
    owner = {f"{name}/{key}": one.customer for name, one in declared.items() for key in one.tranches}
    named = {one.customer: {"name": one.customer.upper()} for one in declared.values()} | dict(customers or {})
    model = SimpleNamespace(
        name="Made up",
        network=None,
        start=START,
        contracts=declared,
        masters={name: Master.model_validate({**S, **body}) for name, body in (masters or {}).items()},
        customers={name: Customer.model_validate({**S, **body}) for name, body in named.items()},
        remarketing=Remarketing.model_validate({**S, **(remarketing or {})}),
        sites={"x": SimpleNamespace(name="X", live=base, firm=True, halls={})},
        day=lambda moment: float((moment - START).days),
        megawatts=lambda tranche: float(tranche.mw or 0.0),
    )
    rows = [
        (number, tranche.split("/")[0], owner.get(tranche, tranche), tranche if tranche in owner else "",
         f"x/{at}" if event == "delivered" else "", day, event, mw, usd)
        for at, (number, tranche, day, event, mw, usd) in enumerate(events)
    ]  # fmt: skip
    blocks = [*live] or [(number, "x/h0", 0.0, np.nan) for number in range(replications)]
    go_live = pd.DataFrame(blocks, columns=["replication", "block", "mw", "live"])
    go_live = go_live.assign(site="x", planned=np.nan, target=np.nan, gpus=0, generation="")
    filled = [{**MILESTONES, **row} for row in milestones]
    for row in filled:
        row |= {"contract": row["tranche"].split("/")[0], "customer": owner[row["tranche"]]}
    return SimpleNamespace(
        model=model,
        contract_events=frame(EVENTS, rows),
        placements=frame(PLACEMENTS, placements),
        milestones=frame(list(MILESTONES), [tuple(row.values()) for row in filled]),
        withdrawals=pd.DataFrame(),
        go_live=go_live,
        start=START,
        horizon=horizon,
        replications=replications,
        manifest={"seed": 1, "design": "monte-carlo", "replications": replications},
    )
