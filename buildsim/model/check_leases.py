"""What must hold of leases and deals: sites, halls, activities and leases that they name, and dates."""

from collections.abc import Iterator
from datetime import date

from buildsim.domain.construction.activities import Delivery, Procurement, Template
from buildsim.domain.deals import Acquisition, Deal, OptionDeal
from buildsim.domain.leases import Lease, Stage
from buildsim.errors import Problem
from buildsim.model.ids import check_ids
from buildsim.model.root import Model
from buildsim.model.unknown import unknown


def check_leases(model: Model) -> Iterator[Problem]:
    """Yield every problem of the leases and of the deals."""
    named: dict[str, str] = {}
    for key, lease in model.leases.items():
        path = f"leases.{key}"
        yield from check_ids(f"{path}.stages", lease.stages)
        if lease.site not in model.sites:
            yield unknown(f"{path}.site", "site", lease.site, model.sites)
        for name, stage in lease.stages.items():
            here = f"{path}.stages.{name}"
            if lease.site in model.sites:
                yield from _halls(model, here, lease, stage, named, f"{key}/{name}")
            yield from _dates(model, here, stage)
    for key, deal in model.deals.items():
        yield from _deal(model, key, deal)
    yield from _twice(model)


# -- leases --------------------------------------------------------------------------------------


def _halls(model: Model, path: str, lease: Lease, stage: Stage, named: dict[str, str], own: str) -> Iterator[Problem]:
    """Yield what is wrong with a stage's halls; `named` gives the stage that named each block before."""
    halls = model.sites[lease.site].halls
    for place, hall in enumerate(stage.halls):
        block = f"{lease.site}/{hall}"
        if hall not in halls:
            yield unknown(f"{path}.halls.{place}", "hall", hall, halls)
            continue
        if named.setdefault(block, own) != own:
            message = f"{block} is handed over by stage '{named[block]}' too"
            yield Problem(f"{path}.halls.{place}", message, expected="one stage for each hall")
    for key in dict.fromkeys(halls[hall].template for hall in stage.halls if hall in halls):
        if key in model.templates:
            yield from _before(path, stage, model.templates[key])


def _before(path: str, stage: Stage, template: Template) -> Iterator[Problem]:
    for number, activity in enumerate(stage.before):
        if activity not in template.activities:
            yield unknown(f"{path}.before.{number}", "activity", activity, template.activities)
        elif isinstance(template.activities[activity], Procurement | Delivery):
            message = f"'{activity}' is not done in the hall, so it does not wait for a hand-over"
            yield Problem(f"{path}.before.{number}", message, expected="an activity that is no order or delivery")


def _dates(model: Model, path: str, stage: Stage) -> Iterator[Problem]:
    known = model.information or model.start
    if stage.handed_over is not None:
        if stage.handed_over > known:
            message = f"it was handed over on {stage.handed_over}, after the information date"
            yield Problem(f"{path}.handed_over", message, expected=f"a date by {known}, or 'handover'")
    elif stage.overdue:
        if stage.promised >= known:
            message = f"it is promised for {stage.promised}, so it is not overdue on {known}"
            yield Problem(f"{path}.overdue", message, expected="a stage promised before the information date")
    elif stage.promised < model.start and stage.handover is None:
        message = f"it was promised for {stage.promised}, before the start, but nothing says whether it was handed over"
        expected = f"a date from {model.start}, or 'handed_over', 'handover' or 'overdue: true'"
        yield Problem(f"{path}.promised", message, expected=expected)


# -- deals ---------------------------------------------------------------------------------------


def _deal(model: Model, key: str, deal: Deal) -> Iterator[Problem]:
    path = f"deals.{key}"
    yield from _brought(model, path, deal)
    expected = f"a date from {model.start}"
    if isinstance(deal, OptionDeal):
        if deal.exercise_by < model.start:
            message = f"it was to be decided by {deal.exercise_by}, before the start"
            yield Problem(f"{path}.exercise_by", message, expected=expected)
    elif deal.closes.dist.high < model.start.toordinal():
        yield Problem(f"{path}.closes", "it was to close before the start", expected=expected)
    if isinstance(deal, Acquisition) and deal.vote.date is not None:
        yield from _vote(model, f"{path}.vote.date", deal.vote.date, deal.closes.dist.high)


def _brought(model: Model, path: str, deal: Deal) -> Iterator[Problem]:
    for place, site in enumerate(deal.sites):
        if site not in model.sites:
            yield unknown(f"{path}.sites.{place}", "site", site, model.sites)
    for place, lease in enumerate((*deal.held, *deal.bought)):
        if lease not in model.leases:
            yield unknown(f"{path}.leases.{place}", "lease", lease, model.leases)
            continue
        done = [name for name, stage in model.leases[lease].stages.items() if stage.handed_over is not None]
        if done and lease in deal.held:
            message = f"stage '{done[0]}' of '{lease}' has been handed over, so the lease is in force already"
            yield Problem(f"{path}.leases.{place}", message, expected="a lease of which nothing was handed over")


def _vote(model: Model, path: str, day: date, closes: float) -> Iterator[Problem]:
    if day < model.start:
        message = f"the vote on {day} lies before the start"
        yield Problem(path, message, expected=f"a date from {model.start}")
    elif day.toordinal() > closes:
        yield Problem(path, f"the vote on {day} comes after the closing", expected="a date before the deal closes")


def _twice(model: Model) -> Iterator[Problem]:
    """Yield the problem of leases that two deals bring about, or whose landlord two deals buy."""
    for kind in ("held", "bought"):
        owner: dict[str, str] = {}
        for key, deal in model.deals.items():
            for place, lease in enumerate(getattr(deal, kind)):
                if owner.setdefault(lease, key) != key:
                    message = f"the deal '{owner[lease]}' names the lease '{lease}' too"
                    yield Problem(f"deals.{key}.leases.{place}", message, expected="one such deal for each lease")
