"""`buildsim explain`: where the time of one block went in one replication, day by day, cause by cause."""

import re
from datetime import date, timedelta
from math import floor, isnan
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import heading, line, print_json, table
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    from buildsim.analysis.explain import Parallel, Story
    from buildsim.analysis.legs import Leg, Step
    from buildsim.run.run import Run

SHOWN = 0.05
"""Parts of a leg with fewer days than this are not spelled out [days]."""
MOST = 12
"""So many near-critical chains are listed at most."""


def explain(
    run: RunFolder,
    replication: Annotated[
        int | None, typer.Option("--replication", metavar="K", help="Which replication; that of the P50 by default.")
    ] = None,
    at: Annotated[
        str | None, typer.Option("--at", metavar="P80", help="The replication whose go-live is at that percentile.")
    ] = None,
    block: Annotated[
        str | None,
        typer.Option("--block", metavar="B", help="SITE/HALL, or SITE for its last hall; by default the last."),
    ] = None,
    path: Annotated[
        bool,
        typer.Option("--path", help="Tell the driving path, the plan's own path and near-critical chains instead."),
    ] = False,
    near: Annotated[
        float | None,
        typer.Option("--near", metavar="DAYS", help="List the chains with a float up to this; 5 with --path."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell where the time to a go-live went in one replication, in order, with its causes."""
    from buildsim.analysis.explain import explain as explained
    from buildsim.analysis.near_critical import TOLERANCE

    level = _level(at) if at is not None else None
    opened = finished(run)
    story = explained(opened, replication, block, at=level, near=TOLERANCE if near is None else near)
    dropped, chains = not isnan(story.dropped), path or near is not None
    if as_json:
        print_json(_not_built(opened, story) if dropped else _data(opened, story, path=path, chains=chains))
        return
    for text in about(opened, run):
        line(text)
    line()
    if dropped:
        when = opened.date(story.dropped)
        line(f"In replication {story.replication} {story.block} is not built: {story.reason} on {when}.")
        return
    for text in _said(opened, story):
        line(text)
    if path:
        _print_path(opened, story)
        _print_plan(opened, story)
    else:
        _print_legs(opened, story)
    if chains:
        _print_chains(opened, story)
    heading("The account by cause: waits are charged, not followed" if path else "The same by cause")
    _print_totals(story, "end of the project" if opened.model.network is not None else "go-live")


def _level(text: str) -> float:
    """P80 is 0.8; InputError for what is no percentile."""
    match = re.fullmatch(r"[pP]?(\d{1,2}(?:\.\d+)?)", text.strip())
    if match is None or not float(match[1]):
        raise InputError(Problem("--at", f"'{text}' is no percentile", expected="one such as P80"))
    return float(match[1]) / 100.0


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
    notes = [*_held(story, leg), *_consists(leg.parts)]
    return "\n".join([_named(story, leg), "; ".join(notes)]) if notes else _named(story, leg)


def _named(story: "Story", leg: "Leg") -> str:
    return leg.name if leg.block == story.block else f"{leg.block}/{leg.name}"


def _held(story: "Story", leg: "Leg") -> list[str]:
    """What was waited for, and who held it."""
    notes = []
    if leg.waited_for:
        long = f" {leg.handover:,.1f} days" if leg.handover else ""
        notes.append(f"{'after it had waited' if leg.handover else 'waited'}{long} for {leg.waited_for}")
    if leg.holder:
        notes.append(f"held by {leg.holder.removeprefix(f'{story.block}/')}")
    return notes


def _consists(parts: Any) -> list[str]:
    """The days by cause, where there are several."""
    shown = {cause: days for cause, days in parts.items() if abs(days) >= SHOWN}
    return [", ".join(f"{cause} {days:,.1f}" for cause, days in shown.items())] if len(shown) > 1 else []


def _print_path(run: "Run", story: "Story") -> None:
    from buildsim.analysis.legs import steps

    heading("The driving path, in order: at a wait for something scarce it goes on in the job that held it")
    rows = []
    for step in steps(story.path, apart=True):
        begin, end = _dates(run.start, step)
        notes = [*_held(story, step.legs[0]), *_consists(step.parts)]
        what = "\n".join([_named(story, step.legs[0]), *(["; ".join(notes)] if notes else [])])
        slack = story.slack[f"{step.legs[0].block}/{step.legs[0].activity}"]
        room = "-" if isnan(slack) else f"{slack:,.1f}"
        rows.append([str(begin), str(end), f"{step.days:,.1f}", room, step.cause, what])
    table(["From", "To", "Days", "Float", "Cause", "What"], rows, "llrrlL")
    if not isnan(story.live):
        note = "Above 0 before a wait that nobody ended, and where only a start or a finish is on the path."
        line(f"Float: by how many days the activity could have been later, the go-live as it was. {note}", style="dim")


def _print_plan(run: "Run", story: "Story") -> None:
    from buildsim.cli.report.cells import Days

    heading("The plan's own path, and when its activities were built")
    days, rows = Days(run.start), []
    for planned in story.plan:
        begin, end = _dates(run.start, planned.step)
        late = "-" if isnan(planned.later) else f"{planned.later:+,.1f}"
        built = [days.text(planned.start), days.text(planned.finish)]
        rows.append([str(begin), str(end), *built, late, _named(story, planned.step.legs[0])])
    table(["Plan from", "To", "Built from", "To", "Later", "What"], rows, "llllrL")
    on_both = {(leg.block, leg.activity) for leg in story.path}
    shared = sum((one.step.legs[0].block, one.step.legs[0].activity) in on_both for one in story.plan)
    note = f"{shared} of {len(rows)} steps are on the driving path too."
    line(f"Later: by how many days the activity finished later than planned. {note}", style="dim")


def _print_chains(run: "Run", story: "Story") -> None:
    heading(f"Near-critical chains: a float of at most {story.near:g} days")
    if not story.parallel:
        late = isnan(story.live)
        line("None: a go-live later than the horizon has no float." if late else "None.")
        return
    rows = []
    for chain in story.parallel[:MOST]:
        begin, end = _dates(run.start, chain)
        rows.append([f"{chain.slack:,.1f}", str(begin), str(end), f"{chain.days:,.1f}", _chain(story, chain)])
    table(["Float", "From", "To", "Days", "What"], rows, "rllrL")
    if len(story.parallel) > MOST:
        line(f"... and {len(story.parallel) - MOST:,} more")
    line("The float of a chain is the least in it, that of its last activity.", style="dim")


def _chain(story: "Story", chain: "Parallel") -> str:
    own = f"{story.block}/"
    links = [f"{link.block}/{link.activity}".removeprefix(own) for link in chain.links]
    first = chain.links[0]
    said = " > ".join(links) if len(links) > 1 else f"{links[0]} {first.title}".strip()
    leaves = f"follows {chain.leaves.removeprefix(own)}" if chain.leaves else "follows no activity"
    return f"{said}\n{leaves}; binds {chain.joins.removeprefix(own)}"


def _print_totals(story: "Story", finish: str) -> None:
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


def _dates(start: date, leg: "Leg | Step | Parallel") -> tuple[date, date]:
    """The first and the last day of a leg; midnight begins the day that follows, and ends the one before."""
    from buildsim.run.run import calendar_date

    begin = start + timedelta(days=floor(leg.begin + 1e-9))
    return begin, max(begin, calendar_date(start, leg.end))


def _not_built(run: "Run", story: "Story") -> dict[str, Any]:
    dropped = {"day": story.dropped, "date": run.date(story.dropped), "reason": story.reason}
    return {"replication": story.replication, "block": story.block, "chosen": story.chosen, "dropped": dropped}


def _data(run: "Run", story: "Story", *, path: bool, chains: bool) -> dict[str, Any]:
    from buildsim.cli.report.cells import Days

    days = Days(run.start)
    data = {
        "replication": story.replication,
        "block": story.block,
        "chosen": story.chosen,
        "dropped": None,
        "live": {"day": story.live, "date": days.text(story.live)},
        "planned": {"day": story.planned, "date": days.text(story.planned)},
        "elapsed": story.elapsed,
        "legs": [_leg_data(run.start, leg) for leg in story.legs],
        "causes": story.totals.to_dict("records"),
    }
    if path:
        data["path"] = [
            {**_leg_data(run.start, leg), "float": story.slack[f"{leg.block}/{leg.activity}"]} for leg in story.path
        ]
        data["plan_path"] = [
            {
                **{key: getattr(one.step, key) for key in ("begin", "end", "days", "cause", "parts")},
                **{key: getattr(one.step.legs[0], key) for key in ("block", "activity", "title")},
                "built": {"start": one.start, "finish": one.finish, "later": one.later},
            }
            for one in story.plan
        ]
    if chains:
        data["near_critical"] = {"near": story.near, "chains": [_chain_data(chain) for chain in story.parallel]}
    return data


def _leg_data(start: date, leg: "Leg") -> dict[str, Any]:
    keys = ("begin", "end", "days", "cause", "block", "activity", "title", "stage", "waited_for", "holder", "handover")
    begin, end = _dates(start, leg)
    return {**{key: getattr(leg, key) for key in keys}, "from": begin, "to": end, "parts": leg.parts}


def _chain_data(chain: "Parallel") -> dict[str, Any]:
    links = [
        {**{key: getattr(link, key) for key in ("block", "activity", "title", "begin", "end")}, "float": link.slack}
        for link in chain.links
    ]
    keys = ("begin", "end", "days", "leaves", "joins")
    return {"float": chain.slack, **{key: getattr(chain, key) for key in keys}, "activities": links}
