"""The ladder of a contract: what is due when, what follows from being late, and when it is delivered."""

from collections.abc import Sequence

import pandas as pd

from buildsim.analysis import milestones, quantiles
from buildsim.analysis.contracts.book import ContractRun, book, known
from buildsim.analysis.contracts.exposure import LEVELS

TERMS: tuple[str, ...] = ("signed", "grace", "longstop", "outside", "exercise", "option", "probability", "fee", "term")
"""What the ladder takes over from the book."""


def ladder(
    run: ContractRun,
    *,
    contract: str | None = None,
    customer: str | None = None,
    levels: Sequence[float] = LEVELS,
) -> pd.DataFrame:
    """The tranches of a contract, of a customer or of all that were not in service at the start, one row each.

    Columns: those of `milestones.by_tranche` (due, outcomes, misses, days of delivery by level, damages); of the book
    (`TERMS`: signed, ends of grace, longstop and outside day, exercise [days since start], option, probability, fee,
    term); extended [days, mean by which force majeure moves the date], p_noticed [probability of a notice by the
    horizon], withdrawn [MW, mean]. A tranche that its customer leaves counts as delivered later than the horizon.

    Errors: InputError for a contract or customer that the model does not have.
    """
    known(run, customer=customer, contract=contract)
    static = book(run.model)
    for column, name in (("contract", contract), ("customer", customer)):
        static = static if name is None else static[static[column] == name]
    wanted = static[~static["delivered"].astype(bool)].set_index("tranche")
    frame = run.milestones[run.milestones["tranche"].isin(list(wanted.index)).to_numpy(bool)]
    found = milestones.by_tranche(frame, horizon=run.horizon, levels=levels)
    found = found.join(wanted[list(TERMS)], on="tranche")
    by = frame.assign(noticed=frame["noticed"].notna()).groupby("tranche", observed=True, sort=False)
    found = found.join(by["extended"].mean().rename("extended"), on="tranche")
    found = found.join(by["noticed"].mean().rename("p_noticed"), on="tranche")
    events = run.contract_events
    left = events[(events["event"] == "withdrawn").to_numpy(bool)].groupby("tranche", observed=True)["mw"].sum()
    return found.assign(withdrawn=found["tranche"].map(left.to_dict()).fillna(0.0) / run.replications)


def columns(levels: Sequence[float] = LEVELS) -> list[str]:
    """The names of the columns that tell the day of delivery by level."""
    return [quantiles.column(level) for level in levels]
