"""Amounts that change at moments: a step function of time for each replication and name, told at any days at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from buildsim.analysis.frames import Floats, Ints, codes, rows


@dataclass(frozen=True)
class Steps:
    """Changes of an amount, each of a replication and a name; a change at a day is in the amount from that day on."""

    replications: Ints
    """The numbers of the replications, ascending."""
    names: tuple[str, ...]
    """Whose amounts they are."""
    row: Ints
    """For each change the position of its replication."""
    name: Ints
    """For each change the position of its name."""
    day: Floats
    """When it happens [days since start]; never, where infinite or NaN."""
    change: Floats
    """By how much the amount grows."""

    def level(self, days: ArrayLike, name: str | None = None) -> Floats:
        """The amount at each day, of one name or of all together; `days` ascending [days since start].

        Shape (replications, days). A name that there is none of has nothing.
        """
        grid = np.asarray(days, np.float64)
        row, cell, chosen = self._cells(grid, name)
        return self._cumulated(row, cell, self.change[chosen], len(grid))

    def total(self, days: ArrayLike, name: str | None = None) -> Floats:
        """The integral of the amount over time up to each day [amount x days]: exact, for it is a step function.

        With changes c at moments u up to t it is t sum(c) - sum(c u). Shape and days as `level`.
        """
        grid = np.asarray(days, np.float64)
        row, cell, chosen = self._cells(grid, name)
        change, moment = self.change[chosen], self.day[chosen]
        known = np.where(cell < len(grid), change * moment, 0.0)
        heights = self._cumulated(row, cell, change, len(grid))
        return heights * grid - self._cumulated(row, cell, known, len(grid))

    def levels(self, days: ArrayLike) -> Floats:
        """The amount of every name at each day: shape (replications, names, days)."""
        grid = np.asarray(days, np.float64)
        found = [self.level(grid, name) for name in self.names]
        return np.stack(found, axis=1) if found else np.zeros((len(self.replications), 0, len(grid)))

    @cached_property
    def _order(self) -> tuple[Ints, Ints]:
        """The changes ordered by name, and where each name begins."""
        order = np.argsort(self.name, kind="stable")
        begins = np.searchsorted(self.name[order], np.arange(len(self.names) + 1))
        return order.astype(np.int64), begins.astype(np.int64)

    def _cells(self, grid: Floats, name: str | None) -> tuple[Ints, Ints, Ints]:
        """The row and the first day that shows it of each change that is meant, and which ones these are."""
        chosen: Ints
        if name is None:
            chosen = np.arange(len(self.day), dtype=np.int64)
        else:
            order, begins = self._order
            at = self.names.index(name) if name in self.names else -1
            chosen = order[begins[at] : begins[at + 1]] if at >= 0 else order[:0]
        moment = np.where(np.isnan(self.day[chosen]), np.inf, self.day[chosen])
        return self.row[chosen], np.searchsorted(grid, moment, side="left").astype(np.int64), chosen

    def _cumulated(self, row: Ints, cell: Ints, weight: Floats, width: int) -> Floats:
        """Sums of weights up to each day, by replication."""
        count = len(self.replications)
        found = np.bincount(row * (width + 1) + cell, weights=weight, minlength=count * (width + 1))
        return np.cumsum(found.reshape(count, width + 1)[:, :width], axis=1, dtype=np.float64)


def steps(
    frame: pd.DataFrame,
    replications: Ints,
    names: Sequence[str],
    day: ArrayLike,
    change: ArrayLike,
    *,
    at: Ints | None = None,
) -> Steps:
    """The changes that the rows of a table bring, each to the amount of its customer.

    With `at`, a change for each entry: that of the row at that place. Errors: KeyError for a name that is not among
    `names`, ValueError for a replication that is not among those given.
    """
    across, found = codes(frame, "customer")
    place = {name: at for at, name in enumerate(names)}
    name, row = np.array([place[name] for name in found], np.int64)[across], rows(frame, replications)
    if at is not None:
        name, row = name[at], row[at]
    moments, changes = (np.broadcast_to(np.asarray(one, np.float64), len(row)) for one in (day, change))
    return Steps(replications, tuple(names), row, name, moments, changes)


def joined(*parts: Steps) -> Steps:
    """The sum of several amounts over the same replications and names.

    Errors: ValueError when there is none, or when they differ in either.
    """
    if not parts or any(
        one.names != parts[0].names or not np.array_equal(one.replications, parts[0].replications) for one in parts
    ):
        raise ValueError("amounts are added over the same replications and names")
    lists = [[getattr(one, field) for one in parts] for field in ("row", "name", "day", "change")]
    return Steps(parts[0].replications, parts[0].names, *(np.concatenate(one) for one in lists))
