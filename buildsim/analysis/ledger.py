"""The accounts of a run as matrices: days by cause, group and replication, which all figures of delay are made from.

A *unit* is what has an account: a block, or a tranche with the account of its last block. A *group* is what units are
put together to: a site, a customer, the portfolio. Within a replication the days of a group are the mean over its
units, weighted by MW, or their sum in MW-days.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.frames import Floats, Ints, codes, numbers, rows


@dataclass(frozen=True, slots=True)
class Entry:
    """What a ledger says of one cause; the matrices have a row a group and a column a replication."""

    cause: str
    days: Floats
    """[days, or MW-days]; zero where the cause has none, and where the group is not there."""
    planned: Floats
    """The same in the plan."""
    charged: NDArray[np.bool_]
    """Which groups have a row of this cause in any replication."""

    @property
    def excess(self) -> Floats:
        """Days over plan [days, or MW-days]."""
        return self.days - self.planned


class Ledger:
    """Days by cause, group and replication."""

    def __init__(
        self,
        delays: pd.DataFrame,
        units: pd.DataFrame,
        by: str,
        *,
        unit: str = "block",
        total: bool = False,
        replications: Ints | None = None,
    ) -> None:
        """Take the account of units, a row for each unit that is there in a replication, and what they are grouped by.

        Args:
            delays: replication, the unit, cause, days, planned_days.
            units: replication, the unit, mw, and `by` (which may be the unit itself).
            by: The column of groups.
            unit: The column that names the units in both.
            total: Sum days x MW over the units [MW-days] instead of their mean weighted by MW [days].
            replications: The replications that there are; by default those of `units`.

        Raises:
            ValueError: an account of a unit that is not in `units`.
        """
        self.replications: Ints = numbers(units) if replications is None else replications
        which, known = codes(units, unit)
        first = units.iloc[np.unique(which, return_index=True)[1]]
        mw = first["mw"].to_numpy(np.float64)
        self._mw: Floats = mw if mw.any() else np.ones(len(mw))
        owner = [str(name) for name in (known if by == unit else first[by])]
        self.names = list(dict.fromkeys(owner))
        """The groups, in order of appearance."""
        place = np.array([self.names.index(name) for name in owner], dtype=np.int64)
        self._shape = (len(self.names), len(self.replications))
        weight = self._summed(place[which] * self._shape[1] + rows(units, self.replications), self._mw[which])
        self.there: NDArray[np.bool_] = np.full(self._shape, True) if total else weight > 0.0
        """Whether the group is there: an option that lapsed is not built. What is not there has no MW-days."""
        self._weight = np.ones(self._shape) if total else np.where(weight > 0.0, weight, 1.0)
        code_of, named = codes(delays, unit)
        own = pd.Index(known, dtype=object).get_indexer(pd.Index(named, dtype=object))[code_of]
        if (own < 0).any():
            raise ValueError(f"the account holds {unit}s that the table of go-lives does not")
        self._group, self._own = place[own], own
        self._cell = self._group * self._shape[1] + rows(delays, self.replications)
        self._cause, self._causes = codes(delays, "cause")
        self._delays = delays

    @property
    def n(self) -> Ints:
        """In how many replications each group is there."""
        found: Ints = self.there.sum(axis=1, dtype=np.int64)
        return found

    def __iter__(self) -> Iterator[Entry]:
        """The causes, in order of appearance."""
        for code, cause in enumerate(self._causes):
            here = self._cause == code
            days, planned = (
                self._summed(self._cell[here], self._delays[column].to_numpy()[here] * self._mw[self._own[here]])
                / self._weight
                for column in ("days", "planned_days")
            )
            charged = np.bincount(self._group[here], minlength=len(self.names)) > 0
            yield Entry(cause, days, planned, charged)

    def _summed(self, cell: Ints, values: Floats) -> Floats:
        size = self._shape[0] * self._shape[1]
        return np.bincount(cell, values, size).astype(np.float64).reshape(self._shape)
