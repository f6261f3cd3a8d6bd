"""`buildsim check`: every problem of a model at once, or what it holds."""

from collections.abc import Sequence
from math import ceil, isfinite, isnan
from typing import TYPE_CHECKING, Any

from buildsim.cli.console import line, print_json, some
from buildsim.cli.options import AsJson, ModelName, Scenarios, Settings, scenario_names
from buildsim.cli.placing import placed
from buildsim.cli.words import count, mw
from buildsim.units import format_usd

if TYPE_CHECKING:
    from buildsim.model import Model
    from buildsim.model.change import Change
    from buildsim.run.replication import Replicator

LEVERS = 12
"""How many lines levers take at most."""


def check(model: ModelName, set: Settings = None, scenario: Scenarios = None, as_json: AsJson = False) -> None:
    """Tell every problem of a model at once, with file, line and path; or say what the model holds.

    The model is compiled and its plan is run, so that what is wrong with drivers, correlations and draws is found too.
    """
    from buildsim.model import load_with_changes
    from buildsim.run.replication import Replicator

    names = scenario_names(scenario)
    declared, changes = load_with_changes(model, set, names)
    with placed(model, set, names):
        facts = summary(declared, Replicator(declared), changes)
    if as_json:
        print_json({"model": model, **facts})
        return
    line(f"{declared.name}: nothing wrong", style="bold")
    for text in (*_about(facts), *_contents(facts)):
        line(text, indent=2)
    if facts["levers"]:
        line("Levers (--set levers.NAME.use=true pulls one):")
        for text in some([_lever(one) for one in facts["levers"]], most=LEVERS - 1):
            line(text, indent=2)
    if changes:
        line("Changed:")
        for text in some([f"{change} ({change.origin})" for change in changes], most=20):
            line(text, indent=2)


def summary(model: "Model", replicator: "Replicator", changes: Sequence["Change"]) -> dict[str, Any]:
    """What a model holds, as JSON has it."""
    program = replicator.program
    network = program.network
    finish = replicator.planned.world.works.finish
    opened = [
        number for number in range(network.count) if not network.done[number] and network.kind[number] != "milestone"
    ]
    tranches = [tranche for contract in model.contracts.values() for tranche in contract.tranches.values()]
    owed = program.signed.tranches
    sites = [key for key, site in model.sites.items() if site.firm] or list(model.sites)
    firm = sites if model.network is None else [block.site for block in program.blocks]
    return {
        "name": model.name,
        "description": " ".join(model.description.split()),
        "start": model.start,
        "information": model.information or model.start,
        "horizon": model.horizon,
        "sites": len(model.sites),
        "sites_to_build": sum(bool(site.halls) for site in model.sites.values()),
        "halls": sum(len(site.halls) for site in model.sites.values()),
        "mw_live": sum(site.live for site in model.sites.values()),
        "mw_to_build": sum(block.mw for block in program.blocks),
        "gpus": sum(block.gpus for block in program.blocks),
        "racks": _racks(model),
        "open_activities": len(opened),
        "crew_pools": len(program.pools) if model.network is None else len(model.network.resources),
        "quantities": len(program.inputs),
        "uncertain": sum(one.quantity.dist.kind != "fixed" for one in program.inputs),
        "drivers": list(model.drivers),
        "correlations": len(model.correlations),
        "customers": len(model.customers),
        "contracts": len(model.contracts),
        "tranches": len(tranches),
        "tranches_open": len(owed),
        "stages": len(program.stages),
        "leases": len(model.leases),
        "deals": len(model.deals),
        "mw_deals": sum(block.mw for block in program.blocks if any(group[0][0] == "deal" for group in block.needs)),
        "mw_open": sum(plan.mw for plan in owed if isnan(plan.exercise)),
        "mw_options": sum(plan.mw for plan in owed if not isnan(plan.exercise)),
        "value_open": sum(plan.value for plan in owed),
        "planned_live": _planned(model, [finish[block.live] for block in program.blocks if block.site in firm]),
        "not_live_in_plan": [block.name for block in program.blocks if not finish[block.live] <= program.days],
        "scenarios": list(model.scenarios),
        "levers": [{"name": name, "kind": one.kind, "use": one.use} for name, one in model.levers.items()],
        "changes": [{"path": one.path, "change": str(one), "origin": one.origin} for one in changes],
    }


def _lever(lever: dict[str, Any]) -> str:
    """A lever by its name, with its kind where the name does not say it, and whether it is pulled."""
    kind = "" if lever["kind"] == lever["name"] else f"{lever['kind']}, "
    return f"{lever['name']}: {kind}{'in use' if lever['use'] else 'not in use'}"


def _racks(model: "Model") -> int:
    """How many racks the halls' GPUs fill."""
    orders = [hall.gpus for site in model.sites.values() for hall in site.halls.values() if hall.gpus is not None]
    return sum(ceil(order.count / model.generations[order.generation].gpus_per_rack) for order in orders)


def _planned(model: "Model", days: list[float]) -> Any:
    """The date of the last go-live in the plan; None when one is not by the horizon."""
    from buildsim.run.run import calendar_date

    return calendar_date(model.start, max(days)) if days and all(isfinite(day) for day in days) else None


def _about(facts: dict[str, Any]) -> list[str]:
    known = f", as known on {facts['information']}" if facts["information"] != facts["start"] else ""
    lines = [facts["description"]] if facts["description"] else []
    return [*lines, f"day 0 is {facts['start']}{known}; simulated to {facts['horizon']}"]


def _contents(facts: dict[str, Any]) -> list[str]:
    lines = []
    if facts["sites"]:
        live = f", beside {mw(facts['mw_live'])} live at the start" if facts["mw_live"] else ""
        built = count(facts["sites_to_build"], "site")
        other = facts["sites"] - facts["sites_to_build"]
        more = f" (and {count(other, 'site')} in service)" if other else ""
        lines.append(f"{built}{more}, {count(facts['halls'], 'hall')}, {mw(facts['mw_to_build'])} to go live{live}")
    if facts["gpus"]:
        lines.append(f"{facts['gpus']:,} GPUs in {count(facts['racks'], 'rack')}")
    crews = ("crew pool", "crew pools") if facts["sites"] else ("kind of crew", "kinds of crew")
    pools = count(facts["crew_pools"], *crews)
    lines.append(f"{count(facts['open_activities'], 'open activity', plural='open activities')}, {pools}")
    lines.append(
        f"{count(facts['quantities'], 'quantity', plural='quantities')}, {facts['uncertain']:,} of them uncertain, "
        f"{count(len(facts['drivers']), 'risk driver')}, {count(facts['correlations'], 'correlation')}"
    )
    if facts["contracts"]:
        options = f" and {mw(facts['mw_options'])} of options" if facts["mw_options"] else ""
        lines.append(
            f"{count(facts['contracts'], 'contract')} with {count(facts['customers'], 'customer')}: "
            f"{count(facts['tranches_open'], 'tranche')} to deliver, {mw(facts['mw_open'])} firm{options}, "
            f"{format_usd(facts['value_open'])}"
        )
    stages = f"{count(facts['leases'], 'lease')} with {count(facts['stages'], 'stage')}" if facts["leases"] else ""
    brought = (
        f" that {'bring' if facts['deals'] > 1 else 'brings'} {mw(facts['mw_deals'])}" if facts["mw_deals"] else ""
    )
    deals = f"{count(facts['deals'], 'deal')}{brought}" if facts["deals"] else ""
    lines += [", ".join(filter(None, (stages, deals)))] if stages or deals else []
    late = facts["not_live_in_plan"]
    options = ", options exercised" if facts["mw_options"] else ""
    options += ", deals closed" if facts["mw_deals"] else ""
    what = f"all is live{options}," if facts["sites"] else "the project ends"
    if facts["planned_live"]:
        lines.append(f"in the plan {what} on {facts['planned_live']}")
    if late:
        lines.append(f"in the plan, not by the horizon: {', '.join(late)}")
    if facts["scenarios"]:
        lines.append(f"scenarios: {', '.join(facts['scenarios'])}")
    return lines
