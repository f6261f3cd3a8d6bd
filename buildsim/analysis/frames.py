"""From long tables to matrices: replications down, things across."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def numbers(frame: pd.DataFrame) -> Ints:
    """The numbers of the replications that a table holds, ascending."""
    return np.unique(frame["replication"].to_numpy(np.int64))


def codes(frame: pd.DataFrame, column: str) -> tuple[Ints, list[str]]:
    """A text column as codes and the names they stand for, in order of first appearance."""
    found, names = pd.factorize(frame[column])
    return found.astype(np.int64), [str(name) for name in names]


def rows(frame: pd.DataFrame, replications: Ints) -> Ints:
    """For each row of a table the position of its replication in `replications`.

    Errors: ValueError when the table holds a replication that is not among them.
    """
    held = frame["replication"].to_numpy(np.int64)
    found = np.searchsorted(replications, held)
    if len(held) and (found.max() >= len(replications) or not np.array_equal(replications[found], held)):
        raise ValueError("the table holds replications that the run does not have")
    return found.astype(np.int64)


def matrix(
    frame: pd.DataFrame, column: str, value: str, replications: Ints, fill: float = np.nan
) -> tuple[Floats, list[str]]:
    """The values of a table as (replications, names): one row a replication, one column a name, `fill` elsewhere."""
    across, names = codes(frame, column)
    out = np.full((len(replications), len(names)), fill)
    out[rows(frame, replications), across] = frame[value].to_numpy(np.float64)
    return out, names


def sums(frame: pd.DataFrame, value: str, replications: Ints, where: NDArray[np.bool_] | None = None) -> Floats:
    """The sum of a column by replication, zero where the table has no row; shape (replications,)."""
    kept = frame if where is None else frame[where]
    weights = kept[value].to_numpy(np.float64)
    return np.bincount(rows(kept, replications), weights=weights, minlength=len(replications)).astype(np.float64)


def counts(frame: pd.DataFrame, replications: Ints, where: NDArray[np.bool_] | None = None) -> Floats:
    """The number of rows by replication; shape (replications,)."""
    kept = frame if where is None else frame[where]
    return np.bincount(rows(kept, replications), minlength=len(replications)).astype(np.float64)


def built(frame: pd.DataFrame, go_live: pd.DataFrame) -> pd.DataFrame:
    """The rows of a table of blocks without those that nobody builds in that replication: `go_live` says which."""
    unbuilt = go_live[go_live["dropped"].notna()]
    if unbuilt.empty:
        return frame
    across, names = codes(frame, "block")
    place = pd.Index(names, dtype=object).get_indexer(pd.Index(unbuilt["block"].astype(str), dtype=object))
    gone = (unbuilt["replication"].to_numpy(np.int64) * len(names) + place)[place >= 0]
    return frame[~np.isin(frame["replication"].to_numpy(np.int64) * len(names) + across, gone)]
