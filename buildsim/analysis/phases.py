"""From activities to phases of a hall, with dates at levels: what a Gantt chart shows.

The phase of an activity is told by the first letters of its id, as in the shipped templates (P1, A1, E1, M1, V1, L4,
PW, G1, R1). A phase starts when the first of its activities starts and is finished when the last one is.
"""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from buildsim.analysis import quantiles
from buildsim.analysis.frames import Floats

PHASES: Mapping[str, str] = {
    "PW": "commissioning and power",
    "P": "procurement",
    "A": "building",
    "E": "electrical and mechanical",
    "M": "electrical and mechanical",
    "V": "electrical and mechanical",
    "L": "commissioning and power",
    "G": "GPUs and racks",
    "R": "GPUs and racks",
}
"""Which phase the activities belong to whose id starts with these letters; the longest match counts."""

ORDER: tuple[str, ...] = tuple(dict.fromkeys([*list(PHASES.values())[1:], "other work"]))
"""The phases from first to last; `other work` is what no letter tells."""

LIVE = "live"
"""The activity that only marks the go-live of a hall; it belongs to no phase."""

LEVELS: tuple[float, ...] = (0.1, 0.5, 0.9)
"""The levels at which phases are reported."""


def phase_of(activity: str, phases: Mapping[str, str] = PHASES) -> str:
    """The phase of an activity id; `other work` when no entry matches."""
    matches = [letters for letters in phases if activity.startswith(letters)]
    return phases[max(matches, key=len)] if matches else ORDER[-1]


def by_block(activities: pd.DataFrame, phases: Mapping[str, str] = PHASES) -> pd.DataFrame:
    """When the phases of each block start and finish, one row a block and phase.

    An activity that has not finished by the horizon makes its phase finish later than it (`inf`).

    Columns: site, block, phase, start_p10, start_p50, start_p90, finish_p10, finish_p50, finish_p90 [days since
    start], n [replications].
    """
    activities = activities[activities["activity"] != LIVE]
    columns = [f"{end}_{quantiles.column(level)}" for end in ("start", "finish") for level in LEVELS]
    if activities.empty:
        return pd.DataFrame(columns=["site", "block", "phase", *columns, "n"])
    names = {str(name): phase_of(str(name), phases) for name in activities["activity"].unique()}
    frame = pd.DataFrame(
        {
            "replication": activities["replication"].to_numpy(),
            "site": activities["site"].astype(str).to_numpy(),
            "block": activities["block"].astype(str).to_numpy(),
            "phase": activities["activity"].astype(str).map(names).to_numpy(),
            "start": quantiles.later(activities["start"].to_numpy()),
            "finish": quantiles.later(activities["finish"].to_numpy()),
        }
    )
    keys = ["site", "block", "phase"]
    ends = frame.groupby([*keys, "replication"], sort=False).agg(start=("start", "min"), finish=("finish", "max"))
    rows = []
    for (site, block, phase), group in ends.groupby(level=keys, sort=False):
        row: dict[str, object] = {"site": site, "block": block, "phase": phase, "n": len(group)}
        for end in ("start", "finish"):
            values: Floats = quantiles.bands(group[end].to_numpy(np.float64)[:, None], LEVELS)[:, 0]
            found = zip(LEVELS, values, strict=True)
            row |= {f"{end}_{quantiles.column(level)}": float(value) for level, value in found}
        rows.append(row)
    return pd.DataFrame(rows, columns=["site", "block", "phase", *columns, "n"])
