"""The figures by name, for the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes

from buildsim.plots.capacity_fan import capacity_fan
from buildsim.plots.delay_causes import delay_causes
from buildsim.plots.gantt import gantt
from buildsim.plots.milestones import milestones


@dataclass(frozen=True, slots=True)
class Plot:
    """A kind of figure."""

    draw: Callable[..., Axes]
    """`draw(run, ax=None, ...)`; draws and writes nothing."""
    shows: str
    """What it shows, one line."""
    site: str = "none"
    """Whether it takes `site=`: "none", "optional" or "required"."""
    against: bool = False
    """Whether it takes `against=`, another run to overlay."""


PLOTS: Mapping[str, Plot] = {
    "capacity-fan": Plot(capacity_fan, "live MW over time against commitments, P10 to P90", against=True),
    "gantt": Plot(gantt, "the halls of a site: plan, phases and go-live with their uncertainty", site="required"),
    "milestones": Plot(milestones, "what becomes of the contracted MW, by customer"),
    "delay-causes": Plot(delay_causes, "excess over plan by cause, by site or by block of a site", site="optional"),
}
"""The kinds of figure, by the name that the command line takes."""
