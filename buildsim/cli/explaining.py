"""`buildsim explain`: where the time of one block went in one replication, day by day, cause by cause."""

from datetime import date, timedelta
from math import floor, isnan
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import heading, line, print_json, table
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished

if TYPE_CHECKING:
    from buildsim.analysis.explain import Leg, Story
    from buildsim.run.run import Run

SHOWN = 0.05
"""Parts of a leg with fewer days than this are not spelled out [days]."""


def explain(
    run: RunFolder,
    replication: Annotated[
        int | None, typer.Option("--replication", metavar="K", help="Which replication; that of the P50 by default.")
    ] = None,
    block: Annotated[
        str | None,
        typer.Option("--block", metavar="B", help="SITE/HALL, or SITE for its last hall; by default the last."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell where the time to a go-live went in one replication, in order, with its causes."""
    from buildsim.analysis.explain import explain as explained

    opened = finished(run)
    story = explained(opened, replication, block)
    if as_json:
        print_json(_data(opened, story))
        return
    for text in about(opened, run):
        line(text)
    line()
    for text in _said(opened, story):
        line(text)
    _print_legs(opened, story)
    _print_totals(story, "end of the project" if opened.model.network is not None else "go-live")


def _said(run: "Run", story: "Story") -> list[str]:
    from buildsim.cli.report.cells import Days

    days = Days(run.start)
    what = "the project" if run.model.network is not None else story.block
    ends = "ends" if run.model.network is not None else "goes live"
    plan = f"the plan says {days.text(story.planned)}"
    if isnan(story.live):
        said = f"In replication {story.replication} {what} is not finished by the horizon; {plan}."
    else:
        late = "" if isnan(story.planned) else f", {story.live - story.planned:+,.1f} days"
        said = f"In replication {story.replication} {what} {ends} on {days.text(story.live)}; {plan}{late}."
    return [said, f"Chosen: {story.chosen}."]


def _print_legs(run: "Run", story: "Story") -> None:
    heading("What the time went to, in order")
    rows = []
    for leg in story.legs:
        begin, end = _dates(run.start, leg)
        rows.append([str(begin), str(end), f"{leg.days:,.1f}", leg.cause, _what(story, leg)])
    table(["From", "To", "Days", "Cause", "What"], rows, "llrlL")


def _what(story: "Story", leg: "Leg") -> str:
    """What was worked on or waited, and below it what the days consist of."""
    named = leg.title if leg.title.startswith(leg.activity) else f"{leg.activity} {leg.title}".strip()
    notes = []
    if leg.waited_for:
        notes.append(f"waited for {leg.waited_for}")
    if leg.holder:
        notes.append(f"held by {leg.holder.removeprefix(f'{story.block}/')}")
    parts = {cause: days for cause, days in leg.parts.items() if abs(days) >= SHOWN}
    if len(parts) > 1:
        notes.append(", ".join(f"{cause} {days:,.1f}" for cause, days in parts.items()))
    return "\n".join([named, "; ".join(notes)]) if notes else named


def _print_totals(story: "Story", finish: str) -> None:
    heading("The same by cause")
    rows = [
        [record["cause"], f"{record['days']:,.1f}", f"{record['planned_days']:,.1f}", f"{record['excess']:+,.1f}"]
        for record in story.totals.to_dict("records")
    ]
    total = story.totals[["days", "planned_days", "excess"]].sum()
    rows.append(["sum", f"{total['days']:,.1f}", f"{total['planned_days']:,.1f}", f"{total['excess']:+,.1f}"])
    table(["", "Days", "Plan", "Excess"], rows, bold=[len(rows) - 1])
    end = "horizon" if isnan(story.live) else finish
    note = "Excess: over the plan, whose own path may be another one."
    line(f"The days sum to the time from the start to the {end}, {story.elapsed:,.1f} days. {note}", style="dim")


def _dates(start: date, leg: "Leg") -> tuple[date, date]:
    """The first and the last day of a leg; midnight begins the day that follows, and ends the one before."""
    from buildsim.run.run import calendar_date

    begin = start + timedelta(days=floor(leg.begin + 1e-9))
    return begin, max(begin, calendar_date(start, leg.end))


def _data(run: "Run", story: "Story") -> dict[str, Any]:
    from buildsim.cli.report.cells import Days

    days = Days(run.start)
    legs = [
        {
            **{
                key: getattr(leg, key)
                for key in ("begin", "end", "days", "cause", "activity", "title", "waited_for", "holder")
            },
            "from": _dates(run.start, leg)[0],
            "to": _dates(run.start, leg)[1],
            "parts": leg.parts,
        }
        for leg in story.legs
    ]
    return {
        "replication": story.replication,
        "block": story.block,
        "chosen": story.chosen,
        "live": {"day": story.live, "date": days.text(story.live)},
        "planned": {"day": story.planned, "date": days.text(story.planned)},
        "elapsed": story.elapsed,
        "legs": legs,
        "causes": story.totals.to_dict("records"),
    }
