"""What moves an outcome, how much, and what it is worth to know: inputs of a run against an outcome by replication.

    from buildsim.analysis import sensitivity

    y = sensitivity.outcome(run, "go_live", "denton")
    x = sensitivity.own_parts(run.inputs, run.model)
    sensitivity.rank_correlation(x, y)
    sensitivity.group_shares(x, y, sensitivity.by_cause(run.model))

Frames and arrays in, frames out. Formulas, sources and caveats are in docs/sensitivity.md.
"""

from buildsim.analysis.sensitivity.correlation import detectable, rank_correlation
from buildsim.analysis.sensitivity.first_order import first_order
from buildsim.analysis.sensitivity.group_shares import group_shares
from buildsim.analysis.sensitivity.groups import Groups, by_activity, by_cause, by_site
from buildsim.analysis.sensitivity.information import partial_information, perfect_information
from buildsim.analysis.sensitivity.multiplicity import adjusted
from buildsim.analysis.sensitivity.outcomes import WHATS, Outcome, outcome, paired_outcomes
from buildsim.analysis.sensitivity.own import own_parts
from buildsim.analysis.sensitivity.partial import partial_rank_correlation
from buildsim.analysis.sensitivity.pick_freeze import PickFreeze, pick_freeze
from buildsim.analysis.sensitivity.sobol import sobol_indices
from buildsim.analysis.sensitivity.swings import swings

__all__ = [
    "WHATS",
    "Groups",
    "Outcome",
    "PickFreeze",
    "adjusted",
    "by_activity",
    "by_cause",
    "by_site",
    "detectable",
    "first_order",
    "group_shares",
    "outcome",
    "own_parts",
    "paired_outcomes",
    "partial_information",
    "partial_rank_correlation",
    "perfect_information",
    "pick_freeze",
    "rank_correlation",
    "sobol_indices",
    "swings",
]
