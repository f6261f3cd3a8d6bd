"""Labour as people read it: who is short, what an hour yields, where hours go, what it costs, what more would bring.

Frames in, frames out; everything is told over the replications whose labour a run keeps (`keep_activities`).
"""

from buildsim.analysis.labour.costs import cost_by_replication, cost_difference, costs, without_wage
from buildsim.analysis.labour.levers import AS_IT_IS, Ratio, fieller, heads, lever_table, marginal, mean_go_live, price
from buildsim.analysis.labour.productivity import FACTORS, LOST, PRODUCT, WELL, factors, hours, productivity
from buildsim.analysis.labour.profile import QUANTITIES, SHORT, population, profile, shortage
from buildsim.analysis.labour.regime import BINDING_GROUPS, binding, regime, regime_map
from buildsim.analysis.labour.weeks import ALL, By, LabourRun, idle, kept, nobody, problems, trade_names, unknown

__all__ = [
    "ALL",
    "AS_IT_IS",
    "BINDING_GROUPS",
    "FACTORS",
    "LOST",
    "PRODUCT",
    "QUANTITIES",
    "SHORT",
    "WELL",
    "By",
    "LabourRun",
    "Ratio",
    "binding",
    "cost_by_replication",
    "cost_difference",
    "costs",
    "factors",
    "fieller",
    "heads",
    "hours",
    "idle",
    "kept",
    "lever_table",
    "marginal",
    "mean_go_live",
    "nobody",
    "population",
    "price",
    "problems",
    "productivity",
    "profile",
    "regime",
    "regime_map",
    "shortage",
    "trade_names",
    "unknown",
    "without_wage",
]
