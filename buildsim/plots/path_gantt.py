"""The driving path of one replication as a Gantt chart, with the plan and what was almost as late."""

from collections.abc import Sequence
from math import isfinite, isnan
from typing import Any

from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from buildsim.analysis.explain import Parallel, Story, explain
from buildsim.analysis.legs import Leg, Step, steps
from buildsim.analysis.near_critical import TOLERANCE
from buildsim.errors import InputError, Problem
from buildsim.plots import style, wording
from buildsim.plots.delay_causes import CAUSES
from buildsim.run.run import Run

LONGEST = 38
"""Letters of a label at most."""
MOST = 8
"""So many near-critical chains are drawn at most, those with the least float."""
WAIT = "\\\\\\\\"
"""The hatching of waits; that of causes leans the other way."""
NEAR = "#c9dcec"
"""The colour of near-critical chains."""


def path_gantt(
    run: Run,
    *,
    replication: int | None = None,
    block: str | None = None,
    at: float | None = None,
    near: float = TOLERANCE,
    ax: Axes | None = None,
) -> Axes:
    """The driving path of one replication: an activity a row, from the start to the go-live (diamond).

    Bars lie at their dates and are split by cause, in proportion; waits are hatched. The thin grey bar below is the
    activity in the plan. A line leads from each row to the next where the path goes on: dashed where a job handed over
    a crew, an agent, a load bank or MW that the next one had waited for. Below the path stand the chains with a float
    of at most `near` days, each with its float. Replication, `block` and `at` as in `analysis.explain`. Nothing is
    written.

    Errors: InputError as `analysis.explain`, and for a block that is not built.
    """
    story = _story(run, replication, block, at, near)
    rows, chains = steps(story.path), story.parallel[:MOST]
    count = len(rows) + (len(chains) + 1 if chains else 0)
    ax = style.axes(ax, height=2.0 + max(0.155, min(0.24, 7.2 / max(count, 1))) * count)
    span = _Span(run, story)
    labels = [_cut(_in(step.legs[0].block, story, step.legs[0].name)) for step in rows]
    for y, step in enumerate(rows):
        _draw_step(ax, span, step, float(y))
        _draw_plan(ax, span, run, step, float(y))
        if y:
            _connect(ax, span, step, float(y))
    _draw_ends(ax, span, story, len(rows) - 1.0)
    ticks = [float(y) for y in range(len(rows))]
    if chains:
        ax.axhline(len(rows), color=style.RULE, linewidth=0.8, zorder=1)
        ax.annotate(
            f"near-critical: float of at most {near:g} days", (0.0, len(rows) + 0.08), (3.0, 0.0), va="center",
            xycoords=("axes fraction", "data"), textcoords="offset points", fontsize=7.0, color=style.MUTED,
            bbox={"facecolor": "#ffffff", "edgecolor": "none", "pad": 0.8},
        )  # fmt: skip
        for y, chain in enumerate(chains, start=len(rows) + 1):
            _draw_chain(ax, span, chain, float(y))
            ticks.append(float(y))
            labels.append(_chain_label(chain, story))
    ax.set_ylim(count - 0.4, -0.6)
    ax.set_yticks(ticks, labels)
    style.dress(ax, grid="x")
    ax.tick_params(axis="y", length=0.0)
    style.date_axis(ax, run.start, 0.0, span.high)
    style.axis_labels(ax, x="Date", y="")
    style.heading(
        ax, f"Driving path to the {wording.goal(run)} of {_what(run, story)}", _legend(run, story, rows), columns=4
    )
    style.small_print(ax, run, note=_note(run, story))
    return ax


def caption(
    run: Run,
    *,
    replication: int | None = None,
    block: str | None = None,
    at: float | None = None,
    near: float = TOLERANCE,
) -> str:
    """The figure in words: when the block goes live, what the path is made of, and how near the nearest chain comes.

    Options and errors as `path_gantt`.
    """
    story = _story(run, replication, block, at, near)
    rows = steps(story.path)
    over = "" if isnan(story.planned) or isnan(story.live) else f" ({wording.later(story.live - story.planned)})"
    total: dict[str, float] = {}
    for step in rows:
        for cause, days in step.parts.items():
            total[cause] = total.get(cause, 0.0) + days
    weighty = sorted(total, key=lambda cause: -total[cause])[:3]
    gain = min(total, key=lambda cause: total[cause])
    gained = f"; {gain} gained {wording.days(-total[gain])}" if total[gain] < -1.0 else ""
    handed = sum(leg.handover > 0.0 for leg in story.path)
    blocks = len({leg.block for leg in story.path})
    where = "" if blocks < 2 else f" in {blocks} halls"
    made = wording.listed([f"{cause} ({wording.days(total[cause])})" for cause in weighty])
    many, scarce = "s" if len(rows) != 1 else "", "s" if handed > 1 else ""
    text = (
        f"Driving path to the {wording.goal(run)} of {_what(run, story)}, replication {story.replication} of "
        f"{run.replications:,}: {_live(run)} {wording.day(story.live, run.start)}, "
        f"plan {wording.day(story.planned, run.start)}{over}. "
        f"Most of its {wording.days(story.elapsed)} went to {made}{gained}. It has {len(rows)} step{many}{where} and "
        f"{handed or 'no'} handover{scarce} of something scarce."
    )
    text += wording.unfinished(run)
    if isnan(story.live):
        return text
    if not story.parallel:
        return f"{text} No other chain has a float of at most {wording.days(near)}."
    first = story.parallel[0]
    beside = f"{len(story.parallel)} chains have" if len(story.parallel) > 1 else "One chain has"
    named = f"{first.links[0].block}/{first.links[0].activity}"
    return f"{text} {beside} a float of at most {wording.days(near)}, the least {named} with {first.slack:.1f}."


class _Span:
    """What the time axis shows."""

    def __init__(self, run: Run, story: Story) -> None:
        days = [leg.end for leg in story.path] + [link.end for chain in story.parallel[:MOST] for link in chain.links]
        self.start = run.start
        self.high = max([day for day in [*days, story.planned] if isfinite(day)], default=run.horizon) * 1.03 + 7.0
        plan = run.plan.activities
        names = plan["block"].astype(str) + "/" + plan["activity"].astype(str)
        self.plan = {
            name: (float(begin), float(end))
            for name, begin, end in zip(names, plan["start"], plan["finish"], strict=True)
        }

    def at(self, day: float) -> float:
        """A day as a date number, kept within the axis."""
        return float(style.number(self.start, min(max(day, 0.0), self.high)))


def _story(run: Run, replication: int | None, block: str | None, at: float | None, near: float) -> Story:
    story = explain(run, replication, block, at=at, near=near)
    if not isnan(story.dropped):
        message = f"{story.block} is not built in replication {story.replication}: {story.reason}"
        raise InputError(Problem("block", message, expected="another replication or block"))
    return story


def _what(run: Run, story: Story) -> str:
    return "the project" if run.model.network is not None else story.block


def _live(run: Run) -> str:
    return "ended" if wording.bare(run) else "live"


def _in(block: str, story: Story, name: str) -> str:
    """A name with its block unless that is the story's: `h02 A1` in the same site, else `mill/h02 A1`."""
    if block == story.block:
        return name
    site, _, hall = block.partition("/")
    return f"{hall if site == story.block.partition('/')[0] else block} {name}"


def _chain_label(chain: Parallel, story: Story) -> str:
    if len(chain.links) > 1:
        return _cut(" > ".join(_in(link.block, story, link.activity) for link in chain.links))
    link = chain.links[0]
    name = link.title if link.title.startswith(link.activity) else f"{link.activity} {link.title}".strip()
    return _cut(_in(link.block, story, name))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[: LONGEST - 1].rstrip(' ,:;(')}…"


def _looks(cause: str, *, wait: bool) -> dict[str, Any]:
    colour, hatch = CAUSES[cause]
    pale = colour in ("#ffffff", style.PALE, style.YELLOW)
    return {
        "facecolor": colour,
        "hatch": hatch or (WAIT if wait else ""),
        "edgecolor": style.MUTED if pale else "#ffffff",
    }


def _draw_step(ax: Axes, span: _Span, step: Step, y: float) -> None:
    """The legs of a step, each split by its causes in proportion to the days that they took."""
    for leg in step.legs:
        begin = leg.begin
        for cause, days in _shares(leg):
            left, right = span.at(begin), span.at(begin + days)
            looks = _looks(cause, wait=leg.stage != "working")
            ax.barh(y, right - left, left=left, height=0.62, linewidth=0.4, zorder=3, **looks)
            begin += days


def _shares(leg: Leg) -> list[tuple[str, float]]:
    """What a leg is split into, summing to its length: what gained days makes the other parts smaller."""
    lost = {cause: days for cause, days in leg.parts.items() if days > 0.0}
    scale = leg.days / sum(lost.values())
    return [(cause, days * scale) for cause, days in lost.items()]


def _draw_plan(ax: Axes, span: _Span, run: Run, step: Step, y: float) -> None:
    begin, end = span.plan.get(f"{step.legs[0].block}/{step.legs[0].activity}", (float("nan"), float("nan")))
    if isnan(begin):
        return
    left, right = span.at(begin), span.at(run.horizon if isnan(end) else end)
    ax.barh(y + 0.4, right - left, left=left, height=0.13, color=style.HATCH, zorder=2)


def _connect(ax: Axes, span: _Span, step: Step, y: float) -> None:
    """From where the step above ends down to where this one goes on."""
    x = span.at(step.begin)
    handed = step.legs[0].handover > 0.0
    colour, width, dashes = (style.INK, 1.1, (0, (2, 1))) if handed else (style.MUTED, 0.6, "-")
    ax.plot([x, x], [y - 1.0 + 0.31, y - 0.31], color=colour, linewidth=width, linestyle=dashes, zorder=4)


def _draw_ends(ax: Axes, span: _Span, story: Story, y: float) -> None:
    if isfinite(story.planned):
        ax.axvline(span.at(story.planned), color=style.VERMILLION, linewidth=1.1, linestyle=(0, (4, 2)), zorder=1)
    if isfinite(story.live):
        ax.plot(span.at(story.live), y, marker="D", markersize=5.0, color=style.BLACK, zorder=5, linestyle="none")
    else:
        ax.plot(span.at(story.path[-1].end), y, marker=">", markersize=5.0, color=style.BLACK, zorder=5, clip_on=False)


def _draw_chain(ax: Axes, span: _Span, chain: Parallel, y: float) -> None:
    for link in chain.links:
        left, right = span.at(link.begin), span.at(link.end)
        ax.barh(y, right - left, left=left, height=0.62, color=NEAR, edgecolor=style.MUTED, linewidth=0.4, zorder=3)
    if chain.end < 0.82 * span.high:
        end, offset, side = chain.end, 4.0, "left"
    elif chain.begin > 0.18 * span.high:
        end, offset, side = chain.begin, -4.0, "right"
    else:  # no room beside it
        end, offset, side = chain.end, -4.0, "right"
    ax.annotate(
        f"{chain.slack:.1f} days", (span.at(end), y), (offset, 0.0), textcoords="offset points", fontsize=7.0,
        color=style.INK, va="center", ha=side, zorder=5,
    )  # fmt: skip


def _legend(run: Run, story: Story, rows: Sequence[Step]) -> list[Artist]:
    seen = {cause for step in rows for leg in step.legs for cause, _ in _shares(leg)}
    handles: list[Artist] = [
        Patch(linewidth=0.4, label=name, **_looks(name, wait=False)) for name in CAUSES if name in seen
    ]
    if any(leg.stage != "working" for leg in story.path):
        handles.append(Patch(facecolor="#ffffff", hatch=WAIT, edgecolor=style.MUTED, linewidth=0.4, label="waiting"))
    handles.append(Patch(color=style.HATCH, label="activity in the plan"))
    if story.parallel:
        handles.append(Patch(facecolor=NEAR, edgecolor=style.MUTED, linewidth=0.4, label="near-critical, its float"))
    if any(leg.handover > 0.0 for leg in story.path):
        handles.append(Line2D([], [], color=style.INK, linewidth=1.1, linestyle=(0, (2, 1)), label="handover"))
    if isfinite(story.live):
        handles.append(
            Line2D([], [], color=style.BLACK, marker="D", markersize=4.5, linestyle="none", label=wording.goal(run))
        )
    if isfinite(story.planned):
        handles.append(
            Line2D(
                [],
                [],
                color=style.VERMILLION,
                linewidth=1.1,
                linestyle=(0, (4, 2)),
                label=f"planned {wording.goal(run)}",
            )
        )
    return handles


def _note(run: Run, story: Story) -> str:
    live = wording.day(story.live, run.start)
    note = f"Replication {story.replication}, {_live(run)} {live}. Chosen: {story.chosen}."
    if len(story.parallel) > MOST:
        note += f"\nThe {MOST} near-critical chains with the least float, of {len(story.parallel)}."
    return note
