"""Levers that change the programme itself: another dispatch and staggered halls."""

from collections.abc import Sequence

from buildsim.domain.calendars import Calendar
from buildsim.domain.labour import Dispatch, Lever, RollingShifts, Stagger
from buildsim.model.root import Model
from buildsim.model.site import Hall, Site
from buildsim.program.places import rolling_name


def in_use(model: Model) -> list[Lever]:
    """Return the levers that are pulled, in declared order."""
    return [lever for lever in model.levers.values() if lever.use]


def applied(model: Model) -> Model:
    """Return the model with another dispatch and staggered halls, where such levers are in use."""
    levers = in_use(model)
    ranks = [lever.rank for lever in levers if isinstance(lever, Dispatch)]
    staggers = [lever for lever in levers if isinstance(lever, Stagger)]
    changes: dict[str, object] = {}
    if ranks:
        changes["policy"] = model.policy.model_copy(update={"rank": ranks[-1]})
    if staggers:
        changes["sites"] = {key: _staggered(model, key, site, staggers) for key, site in model.sites.items()}
    return model.model_copy(update=changes) if changes else model


def worked_calendars(model: Model) -> dict[str, Calendar]:
    """Return the calendars by id, with weekends worked as well where rolling shifts are in use."""
    if not any(isinstance(lever, RollingShifts) for lever in in_use(model)):
        return dict(model.calendars)
    every_day: dict[str, Calendar] = {rolling_name(key): one.every_day() for key, one in model.calendars.items()}
    return {**model.calendars, **every_day}


def begun(model: Model, hall: Hall) -> bool:
    """Return whether work on a hall is under way at the start."""
    return bool(hall.programme_day) or any(share > 0.0 for share in hall.done.values()) or hall.start < model.start


def _staggered(model: Model, key: str, site: Site, levers: Sequence[Stagger]) -> Site:
    """Return a site with the halls that have not begun staggered."""
    open_halls = [name for name, hall in site.halls.items() if not begun(model, hall)]
    for lever in levers:
        if lever.at(key) and open_halls:
            dates = lever.starts([site.halls[name].start for name in open_halls])
            moved = {
                name: site.halls[name].model_copy(update={"start": start})
                for name, start in zip(open_halls, dates, strict=True)
            }
            site = site.model_copy(update={"halls": {**site.halls, **moved}})
    return site
