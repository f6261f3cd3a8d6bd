"""From missed milestones to what became of their MW: why they were late, how that ended, who has the capacity."""

import numpy as np
import pandas as pd

from buildsim.analysis.contracts.ledger import Ledger
from buildsim.analysis.contracts.lots import REASSIGNED, TAKERS, positions
from buildsim.analysis.contracts.standing import FULL
from buildsim.analysis.frames import Floats, Ints, rows
from buildsim.analysis.milestones import missed

DELIVERED, OPEN, IDLE = "delivered", "open", "idle"
"""What the customer kept and has, or waits for at the horizon; what nobody took."""
FATES: tuple[str, ...] = (DELIVERED, OPEN, REASSIGNED, *TAKERS, IDLE)
"""What becomes of the MW of a tranche that is late: kept by its customer, or released and taken by others."""


def flow(ledger: Ledger, *, customer: str | None = None) -> pd.DataFrame:
    """The MW of missed milestones by cause, outcome and fate: one row each that occurs; means over replications.

    Columns: cause (of the lateness; "" where the tranche was not late itself), outcome, fate (`FATES`), mw [MW],
    tranches [number, of which some MW took that way]. The MW of a tranche = the sum over its fates, as they are at the
    horizon: what the backstop paid for and no longer does is idle, or with whoever agreed to take it.
    """
    run, static = ledger.run, ledger.book
    frame = run.milestones[missed(run.milestones, run.horizon)]
    if customer is not None:
        frame = frame[(frame["customer"] == customer).to_numpy(bool)]
    key = _keys(ledger, frame)
    size = len(ledger.replications) * len(static)
    events, placements = run.contract_events, run.placements
    held = placements[(placements["kind"] != "backstop").to_numpy(bool) | placements["until"].isna().to_numpy()]

    def total(table: pd.DataFrame, column: str, name: str) -> Floats:
        some = table[(table[column] == name).to_numpy(bool)]
        mw = some["mw"].to_numpy(np.float64)
        return np.bincount(_keys(ledger, some), weights=mw, minlength=size)[key].astype(np.float64)

    left = total(events, "event", "withdrawn")
    fates = {DELIVERED: total(events, "event", "delivered")}
    fates |= {kind: total(held, "kind", kind) for kind in (REASSIGNED, *TAKERS)}
    fates[OPEN] = frame["mw"].to_numpy(np.float64) - fates[DELIVERED] - left
    fates[IDLE] = left - sum(fates[kind] for kind in (REASSIGNED, *TAKERS))
    names = frame[["cause", "outcome"]].astype(str)
    parts = [names.assign(fate=fate, mw=fates[fate])[fates[fate] > FULL] for fate in FATES]
    found = pd.concat(parts).groupby(["cause", "outcome", "fate"], sort=False)["mw"].agg(["sum", "size"]).reset_index()
    count = len(ledger.replications)
    return found.assign(mw=found["sum"] / count, tranches=found["size"] / count).drop(columns=["sum", "size"])


def _keys(ledger: Ledger, frame: pd.DataFrame) -> Ints:
    """A number for each replication and tranche."""
    return rows(frame, ledger.replications) * len(ledger.book) + positions(frame, ledger.book)
