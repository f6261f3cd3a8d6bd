"""One figure a file: a run in, matplotlib `Axes` out; nothing is written and no global state is touched."""

from buildsim.plots.capacity_fan import capacity_fan
from buildsim.plots.concentration import concentration
from buildsim.plots.crews import crews
from buildsim.plots.criticality_gantt import criticality_gantt
from buildsim.plots.delay_bands import delay_bands
from buildsim.plots.delay_causes import delay_causes
from buildsim.plots.delay_stack import delay_stack
from buildsim.plots.delay_windows import delay_windows
from buildsim.plots.factor_curve import factor_curve
from buildsim.plots.finish_curve import finish_curve
from buildsim.plots.frontier import frontier
from buildsim.plots.gantt import gantt
from buildsim.plots.heat_map import heat_map
from buildsim.plots.kinds import PLOTS, Plot
from buildsim.plots.milestone_ladder import milestone_ladder
from buildsim.plots.milestones import milestones
from buildsim.plots.outcome_flow import outcome_flow
from buildsim.plots.path_gantt import path_gantt
from buildsim.plots.population import population
from buildsim.plots.productivity import productivity
from buildsim.plots.regime_map import regime_map
from buildsim.plots.response import response
from buildsim.plots.revenue_at_risk import revenue_at_risk
from buildsim.plots.s_curves import s_curves
from buildsim.plots.shapley_bars import shapley_bars
from buildsim.plots.shift_lines import shift_lines
from buildsim.plots.shortage import shortage
from buildsim.plots.shortfall import shortfall
from buildsim.plots.tornado import tornado

__all__ = [
    "PLOTS",
    "Plot",
    "capacity_fan",
    "concentration",
    "crews",
    "criticality_gantt",
    "delay_bands",
    "delay_causes",
    "delay_stack",
    "delay_windows",
    "factor_curve",
    "finish_curve",
    "frontier",
    "gantt",
    "heat_map",
    "milestone_ladder",
    "milestones",
    "outcome_flow",
    "path_gantt",
    "population",
    "productivity",
    "regime_map",
    "response",
    "revenue_at_risk",
    "s_curves",
    "shapley_bars",
    "shift_lines",
    "shortage",
    "shortfall",
    "tornado",
]
