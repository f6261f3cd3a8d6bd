"""The figures by name, for the command line."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from matplotlib.axes import Axes

from buildsim.plots.capacity_fan import capacity_fan
from buildsim.plots.capacity_fan import caption as capacity_fan_caption
from buildsim.plots.concentration import caption as concentration_caption
from buildsim.plots.concentration import concentration
from buildsim.plots.crews import caption as crews_caption
from buildsim.plots.crews import crews
from buildsim.plots.criticality_gantt import caption as criticality_caption
from buildsim.plots.criticality_gantt import criticality_gantt
from buildsim.plots.delay_bands import caption as delay_bands_caption
from buildsim.plots.delay_bands import delay_bands
from buildsim.plots.delay_causes import caption as delay_causes_caption
from buildsim.plots.delay_causes import delay_causes
from buildsim.plots.delay_stack import caption as delay_stack_caption
from buildsim.plots.delay_stack import delay_stack
from buildsim.plots.delay_windows import caption as delay_windows_caption
from buildsim.plots.delay_windows import delay_windows
from buildsim.plots.finish_curve import caption as finish_curve_caption
from buildsim.plots.finish_curve import finish_curve
from buildsim.plots.gantt import caption as gantt_caption
from buildsim.plots.gantt import gantt
from buildsim.plots.milestone_ladder import caption as milestone_ladder_caption
from buildsim.plots.milestone_ladder import milestone_ladder
from buildsim.plots.milestones import caption as milestones_caption
from buildsim.plots.milestones import milestones
from buildsim.plots.outcome_flow import caption as outcome_flow_caption
from buildsim.plots.outcome_flow import outcome_flow
from buildsim.plots.path_gantt import caption as path_caption
from buildsim.plots.path_gantt import path_gantt
from buildsim.plots.population import caption as population_caption
from buildsim.plots.population import population
from buildsim.plots.productivity import caption as productivity_caption
from buildsim.plots.productivity import productivity
from buildsim.plots.revenue_at_risk import caption as revenue_at_risk_caption
from buildsim.plots.revenue_at_risk import revenue_at_risk
from buildsim.plots.s_curves import MOST as MOST_OTHERS
from buildsim.plots.s_curves import caption as s_curves_caption
from buildsim.plots.s_curves import s_curves
from buildsim.plots.shortage import caption as shortage_caption
from buildsim.plots.shortage import shortage
from buildsim.plots.tornado import caption as tornado_caption
from buildsim.plots.tornado import tornado


@dataclass(frozen=True, slots=True)
class Plot:
    """A kind of figure."""

    draw: Callable[..., Axes]
    """`draw(run, ax=None, ...)`; draws and writes nothing."""
    caption: Callable[..., str]
    """`caption(run, ...)` with the options of `draw`: one to three sentences made from the numbers of the figure."""
    shows: str
    """What it shows, one line."""
    takes: tuple[str, ...] = ()
    """The options of the command line that it takes, by the names that they have as arguments of `draw`."""
    needs: tuple[str, ...] = ()
    """Those of them that it cannot do without."""
    others: int = 1
    """How many other runs `against` may name: with one, `draw` takes the run; with more, a mapping from labels."""
    mw: bool = False
    """Whether it is about MW or trades: a bare network has neither."""


PLOTS: Mapping[str, Plot] = {
    "capacity-fan": Plot(
        capacity_fan,
        capacity_fan_caption,
        "live MW over time against commitments, P10 to P90",
        takes=("against", "replication"),
        mw=True,
    ),
    "gantt": Plot(
        gantt,
        gantt_caption,
        "the halls of a site: plan, phases and go-live with their uncertainty",
        takes=("site",),
        needs=("site",),
    ),
    "milestones": Plot(milestones, milestones_caption, "what becomes of the contracted MW, by customer", mw=True),
    "milestone-ladder": Plot(
        milestone_ladder,
        milestone_ladder_caption,
        "the tranches of a contract: due date, grace, longstop and simulated delivery",
        takes=("contract",),
        needs=("contract",),
        mw=True,
    ),
    "revenue-at-risk": Plot(
        revenue_at_risk,
        revenue_at_risk_caption,
        "the value of what is overdue over time, by customer",
        takes=("customer",),
        mw=True,
    ),
    "outcome-flow": Plot(
        outcome_flow,
        outcome_flow_caption,
        "late tranches from their cause over the outcome to who has the capacity",
        takes=("customer",),
        mw=True,
    ),
    "concentration": Plot(
        concentration,
        concentration_caption,
        "shares of revenue by customer over time, the largest one and the Herfindahl index",
        mw=True,
    ),
    "delay-causes": Plot(
        delay_causes, delay_causes_caption, "excess over plan by cause, by site or by block of a site", takes=("site",)
    ),
    "delay-stack": Plot(
        delay_stack,
        delay_stack_caption,
        "the time to go-live by cause, planned work included, beside the plan",
        takes=("site",),
    ),
    "delay-bands": Plot(
        delay_bands, delay_bands_caption, "excess over plan by cause, by how late the finish is", takes=("site",)
    ),
    "delay-windows": Plot(
        delay_windows,
        delay_windows_caption,
        "what the time went to in each quarter or month, beside the plan",
        takes=("site", "windows", "replication"),
    ),
    "s-curves": Plot(
        s_curves,
        s_curves_caption,
        "live MW over time of up to four runs, and what they differ by, pair by pair",
        takes=("against",),
        needs=("against",),
        others=MOST_OTHERS,
        mw=True,
    ),
    "finish-curve": Plot(
        finish_curve,
        finish_curve_caption,
        "how likely a site, or all, is live by a date",
        takes=("site", "against"),
        others=MOST_OTHERS,
    ),
    "criticality": Plot(
        criticality_gantt,
        criticality_caption,
        "a site's most critical activities: plan, P50 dates and how often each is on the driving path",
        takes=("site",),
        needs=("site",),
    ),
    "tornado": Plot(
        tornado,
        tornado_caption,
        "what moves an outcome: its swing between the lowest and the highest fifth of inputs",
        takes=("of", "what", "when", "by", "statistic"),
    ),
    "path": Plot(
        path_gantt,
        path_caption,
        "the driving path of one replication, with the plan and near-critical chains",
        takes=("replication", "block", "at"),
    ),
    "crews": Plot(
        crews,
        crews_caption,
        "craft workers needed and available by week, by trade or of one trade or market",
        takes=("market", "trade"),
        mw=True,
    ),
    "shortage": Plot(
        shortage,
        shortage_caption,
        "when which trade is short: workers waited for, of those available",
        takes=("market", "trade"),
        mw=True,
    ),
    "productivity": Plot(
        productivity,
        productivity_caption,
        "what a crew does in a week, by trade, or by factor for one trade",
        takes=("market", "trade"),
        mw=True,
    ),
    "population": Plot(
        population,
        population_caption,
        "the people of the crew pools by skill, and who comes and goes",
        takes=("market", "trade"),
        mw=True,
    ),
}
"""The kinds of figure, by the name that the command line takes."""
