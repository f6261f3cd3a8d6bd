"""What is different in the bad futures: the excess over plan by cause, by how late the finish is.

Replications are sorted by the finish of a site or the portfolio, cut into bands at percentiles, and the account is
averaged within each band. So the causes of a band sum to its mean elapsed time, and their excess to that minus the
plan. The bands are those of the sample: where a band begins is itself an estimate, which the intervals leave out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats, Ints, rows
from buildsim.analysis.proportions import moment_bounds
from buildsim.analysis.scope import Scope
from buildsim.errors import InputError, Problem

LEVELS: tuple[float, ...] = (0.2, 0.5, 0.8, 0.9)
"""Where the bands are cut."""
NEAR: tuple[float, ...] = (0.5, 0.8)
"""The percentiles at which the composition is shown."""
ALL = "all"
"""What the one band of a single replication is called."""
SHARE = 0.1
"""The share of replications that count as near a percentile, unless told otherwise."""


@dataclass(frozen=True, slots=True)
class Band:
    """Some of the replications, in order of the finish."""

    name: str
    low: float
    """The level at which it begins, 0 to 1."""
    high: float
    """The level at which it ends; equal to `low` for the composition at a percentile."""
    members: Ints
    """The replications, as positions in the ledger."""


def bands(scope: Scope, levels: Sequence[float] = LEVELS, *, confidence: float = 0.95) -> pd.DataFrame:
    """The composition by band of the finish, one row a band and cause, from the earliest band to the latest.

    A band from P20 to P50 holds the ranks above that of the P20 up to that of the P50; equal finishes are ranked by
    their number. Those later than the horizon are alike, so no band divides them: where a level is among them, they are
    a band of their own. Bands without a replication are left out. The finish is the last go-live of the scope.

    Columns: band, low, high [level], earliest, latest [days since start: finish], later [share beyond the horizon],
    unbuilt [share in which a unit of the scope is not built, so that another block may be the last], n, cause, days,
    planned_days, excess, excess_low, excess_high [days]; a row for every cause that the scope has at all.

    Raises:
        InputError: levels that do not ascend between 0 and 1.
    """
    _check_levels(levels)
    order, finish = _sorted(scope)
    n, seen = len(order), int(np.isfinite(finish).sum())
    cuts = [(level, quantiles.rank(n, level)) for level in levels]
    divided = any(rank > seen for _, rank in cuts)
    if divided:
        cuts = [(level, rank) for level, rank in cuts if rank <= seen]
        if not cuts or cuts[-1][1] < seen:
            cuts.append((seen / n, seen))
    found = []
    for (low, begin), (high, end) in pairwise([(0.0, 0), *cuts, (1.0, n)]):
        if end > begin:
            found.append(Band(_name(low, high, levels, divided), low, high, order[begin:end]))
    if len(found) == 1 and not divided:
        found = [Band(ALL, 0.0, 1.0, order)]
    return _composition(scope, found, finish, confidence)


def near(
    scope: Scope, levels: Sequence[float] = NEAR, *, nearest: int | None = None, confidence: float = 0.95
) -> pd.DataFrame:
    """The composition at percentiles of the finish: means over the replications nearest to each, by rank.

    `nearest` of them; by default a tenth of all replications, one at least. Where the percentile is later than the
    horizon, all that are so. Columns as those of `bands`.

    Raises:
        InputError: levels that do not ascend between 0 and 1, or fewer than one replication.
    """
    _check_levels(levels)
    order, finish = _sorted(scope)
    if nearest is not None and nearest < 1:
        raise InputError(Problem("nearest", f"{nearest} replications", expected="1 or more"))
    n, seen = len(order), int(np.isfinite(finish).sum())
    wanted = min(n, max(1, round(SHARE * n)) if nearest is None else nearest)
    found = []
    for level in levels:
        rank = quantiles.rank(n, level)
        begin = min(max(rank - 1 - (wanted - 1) // 2, 0), n - wanted)
        members = order[begin : begin + wanted] if rank <= seen else order[seen:]
        found.append(Band(f"near {_p(level)}", level, level, members))
    return _composition(scope, found, finish, confidence)


def _sorted(scope: Scope) -> tuple[Ints, Floats]:
    """The replications from the earliest finish to the latest, as positions; and the finish of each [days]."""
    held = scope.there
    finish = np.full(len(held), -np.inf)
    np.maximum.at(finish, rows(scope.units, held), quantiles.later(scope.units["live"].to_numpy()))
    return np.argsort(finish, kind="stable").astype(np.int64), finish


def _composition(scope: Scope, found: Sequence[Band], finish: Floats, confidence: float) -> pd.DataFrame:
    """The means by cause over the replications of each band."""
    table = []
    entries = list(scope.ledger())
    for band in found:
        own = finish[band.members]
        facts: dict[str, object] = {"band": band.name, "low": band.low, "high": band.high}
        facts |= {"earliest": own.min(), "latest": own.max(), "later": float(np.isinf(own).mean())}
        facts |= {"unbuilt": float(scope.unbuilt(scope.there[band.members]).mean()), "n": len(own)}
        for entry in entries:
            excess = entry.excess[0, band.members]
            low, high = moment_bounds(excess.sum(), (excess**2).sum(), len(own), confidence)
            days, planned = entry.days[0, band.members].mean(), entry.planned[0, band.members].mean()
            means = {"days": days, "planned_days": planned, "excess": days - planned}
            table.append(
                facts | {"cause": entry.cause} | means | {"excess_low": float(low), "excess_high": float(high)}
            )
    return pd.DataFrame(table, columns=_COLUMNS)


def _check_levels(levels: Sequence[float]) -> None:
    ascending = all(low < high for low, high in pairwise(levels))
    if not (levels and ascending and all(0.0 < level < 1.0 for level in levels)):
        text = ", ".join(f"{level:g}" for level in levels) or "none"
        raise InputError(Problem("levels", text, expected="levels that ascend between 0 and 1, such as 0.2, 0.5, 0.8"))


def _name(low: float, high: float, levels: Sequence[float], divided: bool) -> str:
    """What a band is called; `divided`: those later than the horizon are a band of their own, the last."""
    begins, ends = low in levels, high in levels
    if divided and high >= 1.0:
        return quantiles.BEYOND
    if not ends and divided:
        return f"above {_p(low)}, by the horizon" if begins else "by the horizon"
    if not begins:
        return f"up to {_p(high)}"
    return f"{_p(low)} to {_p(high)}" if ends else f"above {_p(low)}"


def _p(level: float) -> str:
    return quantiles.column(level).upper()


_COLUMNS = [
    "band", "low", "high", "earliest", "latest", "later", "unbuilt", "n", "cause", "days", "planned_days", "excess",
    "excess_low", "excess_high",
]  # fmt: skip
