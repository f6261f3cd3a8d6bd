"""One figure a file: a run in, matplotlib `Axes` out; nothing is written and no global state is touched."""

from buildsim.plots.capacity_fan import capacity_fan
from buildsim.plots.delay_causes import delay_causes
from buildsim.plots.gantt import gantt
from buildsim.plots.heat_map import heat_map
from buildsim.plots.kinds import PLOTS, Plot
from buildsim.plots.milestones import milestones
from buildsim.plots.shapley_bars import shapley_bars
from buildsim.plots.shift_lines import shift_lines
from buildsim.plots.shortfall import shortfall
from buildsim.plots.tornado import tornado

__all__ = [
    "PLOTS",
    "Plot",
    "capacity_fan",
    "delay_causes",
    "gantt",
    "heat_map",
    "milestones",
    "shapley_bars",
    "shift_lines",
    "shortfall",
    "tornado",
]
