"""What must hold across a model beyond the form of its parts: references, dates, capacities, circles."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from buildsim.domain.construction.activities import START, Activity, Delivery, Energise, Procurement, Template, Work
from buildsim.domain.construction.programme import programme
from buildsim.domain.disruptions import PermitHold, SupplierAccident
from buildsim.domain.power import Grid
from buildsim.errors import Problem
from buildsim.model.check_contracts import check_contracts
from buildsim.model.check_demand import check_demand
from buildsim.model.check_labour import check_labour, gangs
from buildsim.model.check_leases import check_leases
from buildsim.model.check_remarketing import check_remarketing
from buildsim.model.ids import check_ids
from buildsim.model.network import Task
from buildsim.model.root import Model
from buildsim.model.site import Hall, Site
from buildsim.model.unknown import unknown

USUAL_PACE = 251 / 365
"""Working days per day that elapsed lead times are counted with here."""
YEARS = range(1900, 2500)
"""The years that a model may lie in; calendars and dates are sure to reach that far."""
LONGEST = 54787
"""How long a model may run [days]: 150 years."""
ROUNDING = 0.01
"""MW by which sums may differ."""
POWER_TOLERANCE = 1.05
"""GPUs may draw this share of their hall before it is an error."""


def check(model: Model) -> list[Problem]:
    """Return every problem, each at its dotted path."""
    if model.horizon <= model.start:
        return [Problem("horizon", "the horizon is not after the start", expected=f"a date after {model.start}")]
    outside = [name for name in ("start", "horizon") if getattr(model, name).year not in YEARS]
    if outside:
        expected = f"a date from {YEARS.start} to {YEARS.stop - 1}"
        return [Problem(name, f"{getattr(model, name)} is out of range", expected=expected) for name in outside]
    if (model.horizon - model.start).days > LONGEST:
        message = f"the horizon lies {(model.horizon - model.start).days / 365.25:.0f} years after the start"
        return [Problem("horizon", message, expected="at most 150 years")]
    checks = (
        _whole(model),
        _templates(model),
        check_labour(model),
        _sites(model),
        _disruptions(model),
        check_demand(model),
        check_contracts(model),
        check_leases(model),
        check_remarketing(model),
        _network(model),
    )
    return [problem for found in checks for problem in found]


def _whole(model: Model) -> Iterator[Problem]:
    if bool(model.sites) == (model.network is not None):
        yield Problem("", "a model has either sites or a network", expected="'sites' or 'network'")
    if model.information is not None and model.information > model.horizon:
        yield Problem(
            "information", "the information date lies after the horizon", expected=f"a date by {model.horizon}"
        )
    named: tuple[tuple[str, Mapping[str, object]], ...] = (
        ("sites", model.sites),
        ("masters", model.masters),
        ("contracts", model.contracts),
        ("leases", model.leases),
        ("deals", model.deals),
        ("labour", model.labour),
        ("trades", model.trades),
        ("templates", model.templates),
        ("generations", model.generations),
        ("disruptions", model.disruptions),
        ("logistics", model.logistics),
        ("levers", model.levers),
    )
    for path, things in named:
        yield from check_ids(path, things)


# -- templates -----------------------------------------------------------------------------------


def _templates(model: Model) -> Iterator[Problem]:
    needs = {
        need for template in model.templates.values() for one in template.activities.values() for need in one.needs
    }
    if "agents" in needs and model.commissioning is not None and model.commissioning.agents.dist.low < 1.0:
        yield Problem("commissioning.agents", "tests need agents, but there may be none", expected="at least 1")
    for key, template in model.templates.items():
        path = f"templates.{key}.activities"
        if not template.activities:
            yield Problem(path, "a template needs activities", expected="at least one activity")
        if sum(isinstance(activity, Delivery) for activity in template.activities.values()) > 1:
            yield Problem(path, "a template has more than one delivery of racks", expected="at most one")
        yield from check_ids(path, template.activities)
        for name, activity in template.activities.items():
            yield from _activity(model, f"{path}.{name}", activity, template.activities)
        yield from _circle(path, template.activities)


def _activity(model: Model, path: str, activity: Activity, known: Mapping[str, Activity]) -> Iterator[Problem]:
    if isinstance(activity, Work) and activity.trade not in model.trades:
        yield unknown(f"{path}.trade", "trade", activity.trade, model.trades)
    for place, dependence in enumerate(activity.dependences):
        if dependence.predecessor not in known and dependence.predecessor != START:
            yield unknown(f"{path}.after.{place}", "activity", dependence.predecessor, [*known, START])
    for need in activity.needs:
        if need in ("agents", "load_banks") and model.commissioning is None:
            yield Problem(f"{path}.needs", f"it needs {need}, but the model declares none", expected="'commissioning'")


def _circle(path: str, activities: Mapping[str, Activity] | Mapping[str, Task]) -> Iterator[Problem]:
    graph = {
        key: [dependence.predecessor for dependence in activity.dependences if dependence.predecessor in activities]
        for key, activity in activities.items()
    }
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        circle = error.args[1]
        message = f"the dependences run in a circle: {' -> '.join(reversed(circle))}"
        yield Problem(f"{path}.{circle[0]}.after", message, expected="a network without circles")


# -- sites ---------------------------------------------------------------------------------------


def _sites(model: Model) -> Iterator[Problem]:
    for key, site in model.sites.items():
        path = f"sites.{key}"
        yield from check_ids(f"{path}.halls", site.halls)
        yield from _site_references(model, path, site)
        for hall_key, hall in site.halls.items():
            yield from _hall(model, f"{path}.halls.{hall_key}", hall, site)
        if site.halls:
            yield from _power(model, path, site)


def _site_references(model: Model, path: str, site: Site) -> Iterator[Problem]:
    references: tuple[tuple[str, str | None, Mapping[str, object], bool], ...] = (
        ("market", site.market, model.labour, True),
        ("calendar", site.calendar, model.calendars, True),
        ("weather", site.weather, model.weather, False),
    )
    for field, name, known, needed in references:
        if name is None and needed and site.halls:
            yield Problem(
                f"{path}.{field}", f"a site with halls needs a {field}", expected=f"one of {', '.join(known)}"
            )
        elif name is not None and name not in known:
            what = "labour market" if field == "market" else "weather region" if field == "weather" else field
            yield unknown(f"{path}.{field}", what, name, known)


def _hall(model: Model, path: str, hall: Hall, site: Site) -> Iterator[Problem]:
    template = model.templates.get(hall.template)
    if template is None:
        yield unknown(f"{path}.template", "template", hall.template, model.templates)
        return
    for field, keys in (("done", hall.done), ("activities", hall.activities)):
        for key in keys:
            if key not in template.activities:
                yield unknown(f"{path}.{field}.{key}", "activity", key, template.activities)
    yield from _hall_dates(model, path, hall)
    yield from _hall_crews(model, path, hall, site, template)
    yield from _hall_gpus(model, path, hall, template)
    banks = any("load_banks" in activity.needs for activity in template.activities.values())
    if banks and model.commissioning is not None:
        least = model.commissioning.load_banks.dist.low
        if least < hall.mw:
            message = f"its tests hold {hall.mw:g} MW of load banks, but there may be only {least:g} MW"
            yield Problem(f"{path}.mw", message, expected=f"at most {least:g} MW, or more load banks")


def _hall_dates(model: Model, path: str, hall: Hall) -> Iterator[Problem]:
    if hall.target is not None and hall.target < model.start:
        yield Problem(
            f"{path}.target", f"the target {hall.target} lies before the start", expected=f"a date from {model.start}"
        )
    if hall.start > model.horizon:
        yield Problem(f"{path}.start", "the hall starts after the horizon", expected=f"a date by {model.horizon}")
    if hall.start < model.start and hall.programme_day is None and not hall.done:
        message = "the hall began before the model's start, but nothing says how far it has got"
        yield Problem(f"{path}.start", message, expected=f"a date from {model.start}, or 'programme_day' or 'done'")


def _hall_crews(model: Model, path: str, hall: Hall, site: Site, template: Template) -> Iterator[Problem]:
    pools = model.labour.get(site.market or "")
    if pools is None:
        return
    finished = _finished(model, hall, template)
    for key, activity in template.activities.items():
        if not isinstance(activity, Work) or activity.trade not in model.trades or key in finished:
            continue
        pool = pools.get(activity.trade)
        if pool is None:
            message = f"{key} is work for the trade '{activity.trade}', which nobody supplies in '{site.market}'"
            yield Problem(f"{path}.template", message, expected=f"a pool labour.{site.market}.{activity.trade}")
            continue
        least = activity.teams.min * model.trades[activity.trade].crew * hall.mw / template.per
        licensed = model.productivity.licensed if pool.licensed is None else pool.licensed
        there = pool.workers * model.productivity.workforce * model.productivity.supervised(licensed)
        both = least * gangs(model, path.split(".")[1], activity.trade)
        if both > there:
            message = f"{key} starts with at least {both:g} {activity.trade} workers, but the pool has {there:g}"
            yield Problem(f"{path}.template", message, expected=f"a larger pool labour.{site.market}.{activity.trade}")
        if site.access is not None and least > site.access:
            message = f"{key} starts with at least {least:g} workers, but the site has room for {site.access:g}"
            yield Problem(f"{path}.template", message, expected="more 'access' at the site")


def _finished(model: Model, hall: Hall, template: Template) -> set[str]:
    """Return the activities that are done at the start; none where the template cannot be scheduled."""
    done = {key for key, share in hall.done.items() if share >= 1.0}
    if not hall.programme_day:
        return done
    try:
        crew_hours = {key: trade.crew * trade.shift for key, trade in model.trades.items()}
        plan = programme(template, crew_hours, USUAL_PACE)
    except (ValueError, KeyError):
        return done
    day = hall.programme_day
    return done | {key for key in template.activities if key not in hall.done and plan.share_done(key, day) >= 1.0}


def _energised(model: Model, hall: Hall) -> bool:
    """Return whether a hall had its MW before the start."""
    template = model.templates[hall.template]
    switching = {key for key, activity in template.activities.items() if isinstance(activity, Energise)}
    return bool(switching) and switching <= _finished(model, hall, template)


def _hall_gpus(model: Model, path: str, hall: Hall, template: Template) -> Iterator[Problem]:
    order = hall.gpus
    if order is None:
        return
    generation = model.generations.get(order.generation)
    if generation is None:
        yield unknown(f"{path}.gpus.generation", "generation", order.generation, model.generations)
        return
    if generation.cooling == "liquid" and template.cooling == "air":
        message = f"{order.generation} needs liquid cooling, but '{hall.template}' cools with air"
        yield Problem(f"{path}.gpus.generation", message, expected="a generation with air cooling, or another template")
    load = order.count * generation.kw_per_gpu / 1000.0
    if load > hall.mw * POWER_TOLERANCE:
        message = f"{order.count:g} {order.generation} draw {load:.1f} MW, but the hall has {hall.mw:g} MW"
        yield Problem(
            f"{path}.gpus.count", message, expected=f"at most {hall.mw * 1000.0 / generation.kw_per_gpu:.0f} GPUs"
        )


def _power(model: Model, path: str, site: Site) -> Iterator[Problem]:
    for key, source in site.power.items():
        if isinstance(source, Grid):
            for name, step in source.steps.items():
                if step.date is not None and step.date.dist.high < model.start.toordinal():
                    message = f"step '{name}' lies before the start"
                    yield Problem(
                        f"{path}.power.{key}.steps.{name}.date", message, expected="'energised' for what is there"
                    )
        elif source.retire_with is not None and source.retire_with not in site.power:
            yield unknown(f"{path}.power.{key}.retire_with", "source", source.retire_with, site.power)
    powered = [
        hall
        for hall in site.halls.values()
        if hall.template in model.templates
        and any(isinstance(activity, Energise) for activity in model.templates[hall.template].activities.values())
    ]
    need = site.live + sum(hall.mw for hall in powered)
    total = sum(source.total for source in site.power.values())
    if powered and not site.power:
        yield Problem(f"{path}.power", "the site has halls but no power", expected="at least one source")
    elif powered and total + ROUNDING < need:
        message = f"the sources bring {total:g} MW in all, but live load and halls need {need:g} MW"
        yield Problem(f"{path}.power", message, expected=f"at least {need:g} MW of critical IT load")
    here = sum(source.energised for source in site.power.values() if isinstance(source, Grid))
    if site.power and here + ROUNDING < site.live:
        message = f"{site.live:g} MW are live, but only {here:g} MW are energised at the start"
        yield Problem(f"{path}.live", message, expected=f"at most {here:g} MW")
    held = site.live + sum(hall.mw for hall in powered if _energised(model, hall))
    if site.power and site.live <= here + ROUNDING < held:
        message = f"live load and halls past their energisation hold {held:g} MW, but {here:g} MW are energised"
        yield Problem(f"{path}.power", message, expected=f"at least {held:g} MW energised at the start")


# -- disturbances, network -----------------------------------------------------------------------


def _disruptions(model: Model) -> Iterator[Problem]:
    items = {
        activity.item
        for template in model.templates.values()
        for activity in template.activities.values()
        if isinstance(activity, Procurement) and activity.item
    }
    for key, disruption in model.disruptions.items():
        if isinstance(disruption, PermitHold):
            for place, site in enumerate(disruption.sites):
                if site not in model.sites:
                    yield unknown(f"disruptions.{key}.sites.{place}", "site", site, model.sites)
        elif isinstance(disruption, SupplierAccident) and disruption.item not in items:
            yield unknown(f"disruptions.{key}.item", "class of equipment", disruption.item, sorted(items))


def _network(model: Model) -> Iterator[Problem]:
    if model.network is None:
        return
    tasks, resources = model.network.activities, model.network.resources
    if not tasks:
        yield Problem("network.activities", "a network needs activities", expected="at least one")
    yield from check_ids("network.activities", tasks)
    for key, task in tasks.items():
        path = f"network.activities.{key}"
        for place, dependence in enumerate(task.dependences):
            if dependence.predecessor not in tasks:
                yield unknown(f"{path}.after.{place}", "activity", dependence.predecessor, tasks)
        for kind, amount in task.uses.items():
            if kind not in resources:
                yield unknown(f"{path}.uses.{kind}", "resource", kind, resources)
            elif amount > resources[kind]:
                message = f"it holds {amount} crews of '{kind}', but there are {resources[kind]}"
                yield Problem(f"{path}.uses.{kind}", message, expected=f"at most {resources[kind]}")
    yield from _circle("network.activities", tasks)
