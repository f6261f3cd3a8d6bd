"""Withdrawals: how likely, how many MW, how much value, when, and what somebody else takes over."""

from collections.abc import Collection

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints, counts, rows, sums
from buildsim.analysis.proportions import mean, wilson

LAPSE = "option_lapsed"
"""The trigger of rows that are no withdrawal: an option that was not taken."""


def expected(
    withdrawals: pd.DataFrame,
    replications: Ints,
    by: str = "customer",
    *,
    lapses: bool = False,
    names: Collection[str] = (),
    confidence: float = 0.95,
) -> pd.DataFrame:
    """What withdrawals are to be expected, one row a group of `by` (customer, contract, tranche, trigger, cause).

    The last row is "all". Options that lapse are left out unless `lapses`, which then takes them alone. `names` gives
    groups that are listed even when nothing happens to them.

    Columns: the group, probability, probability_low, probability_high (of at least one, Wilson); mw, mw_low, mw_high
    [MW, mean]; value, value_low, value_high [USD, mean]; p50, p50_low, p50_high [days since start: median day of the
    first one, in replications without one later than the horizon], remarketed [share of the MW that another customer
    takes by the horizon, NaN when none is withdrawn].
    """
    frame = withdrawals[(withdrawals["trigger"].astype(str) == LAPSE) == lapses]
    labels = frame[by].astype(str)
    groups = list(dict.fromkeys([*names, *labels]))
    found = [_row(by, name, frame[labels == name], replications, confidence) for name in groups]
    return pd.DataFrame([*found, _row(by, "all", frame, replications, confidence)])


def totals(withdrawals: pd.DataFrame, replications: Ints) -> dict[str, Floats]:
    """Sums by replication over all withdrawals, lapsed options left out: withdrawals, withdrawn_mw, withdrawn_value."""
    real = withdrawals[withdrawals["trigger"].astype(str) != LAPSE]
    return {
        "withdrawals": counts(real, replications),
        "withdrawn_mw": sums(real, "mw", replications),
        "withdrawn_value": sums(real, "value", replications),
    }


def _row(by: str, name: str, frame: pd.DataFrame, replications: Ints, confidence: float) -> dict[str, object]:
    often = wilson(int((counts(frame, replications) > 0).sum()), len(replications), confidence)
    row: dict[str, object] = {by: name, "probability": often.estimate}
    row |= {"probability_low": often.low, "probability_high": often.high}
    for column in ("mw", "value"):
        found = mean(sums(frame, column, replications), confidence, floor=0.0)
        row |= {column: found.estimate, f"{column}_low": found.low, f"{column}_high": found.high}
    first = np.full(len(replications), np.inf)
    np.minimum.at(first, rows(frame, replications), frame["day"].to_numpy(np.float64))
    row |= quantiles.wide(first, (0.5,), confidence)
    del row["later"]
    withdrawn = float(frame["mw"].sum())
    taken = float(frame.loc[frame["remarketed"].notna(), "mw"].sum())
    return row | {"remarketed": taken / withdrawn if withdrawn else np.nan}
