"""One figure a file: a run in, matplotlib `Axes` out; nothing is written and no global state is touched."""

from buildsim.plots.capacity_fan import capacity_fan
from buildsim.plots.delay_causes import delay_causes
from buildsim.plots.gantt import gantt
from buildsim.plots.kinds import PLOTS, Plot
from buildsim.plots.milestones import milestones

__all__ = ["PLOTS", "Plot", "capacity_fan", "delay_causes", "gantt", "milestones"]
