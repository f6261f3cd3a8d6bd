"""Contracts as planners read them: who pays how much, what is at risk, what it takes to hang on no single customer.

Frames in, frames out. A `Ledger` of a run reckons what is in service, paid, owed and at risk over time; the other
functions tell of it.
"""

from buildsim.analysis.contracts.book import ContractRun, book, known
from buildsim.analysis.contracts.concentration import AIM, LARGEST, below, index, required, shares
from buildsim.analysis.contracts.exposure import (
    ALL,
    LEVELS,
    at_risk,
    backlog,
    losses,
    position,
    uncommitted,
    without_fee,
)
from buildsim.analysis.contracts.flow import FATES, flow
from buildsim.analysis.contracts.ladder import ladder
from buildsim.analysis.contracts.ledger import SEEN, Ledger
from buildsim.analysis.contracts.standing import PARTS, after_events
from buildsim.analysis.contracts.tail import Tail, tail

__all__ = [
    "AIM",
    "ALL",
    "FATES",
    "LARGEST",
    "LEVELS",
    "PARTS",
    "SEEN",
    "ContractRun",
    "Ledger",
    "Tail",
    "after_events",
    "at_risk",
    "backlog",
    "below",
    "book",
    "flow",
    "index",
    "known",
    "ladder",
    "losses",
    "position",
    "required",
    "shares",
    "tail",
    "uncommitted",
    "without_fee",
]
