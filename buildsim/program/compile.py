"""Compiling a model: sites, halls, contracts and disturbances become one program."""

from dataclasses import dataclass
from math import inf, nan

import numpy as np

from buildsim.domain.contracts.fulfilment import Signed
from buildsim.domain.contracts.remarketing import compile_outlet
from buildsim.domain.deals import DealPlan
from buildsim.domain.labour import compile_workforce, planned_workforce
from buildsim.domain.leases import StagePlan
from buildsim.domain.power.supply import Socket
from buildsim.domain.power.temporary import TemporaryPlan
from buildsim.engine.inputs import Plan
from buildsim.engine.priorities import Priorities
from buildsim.model.root import Model
from buildsim.program.bare import BLOCK, compile_network
from buildsim.program.builder import Builder
from buildsim.program.climate import compile_weather
from buildsim.program.contracts import Papers, tempers
from buildsim.program.groups import group_of
from buildsim.program.halls import MILLI, Compiled, HallCompiler
from buildsim.program.hanging import alternatives, hanging
from buildsim.program.leases import compile_deals, compile_leases
from buildsim.program.levers import applied, in_use, worked_calendars
from buildsim.program.orders import compile_orders
from buildsim.program.people import Setting
from buildsim.program.places import Places
from buildsim.program.program import Block, Pool, Program, merged
from buildsim.worktime import WorkCalendar

PACE_DAYS = 4 * 365 + 1
"""Over so many days from the start the mean pace of a calendar is taken, whatever the horizon [days]."""
DATED = ("least_slack", "latest_finish")
"""The rank policies that follow due dates."""
SPARE_DAYS = 200
"""Calendars reach this far beyond the horizon; later, working time goes on at their mean pace [days]."""


def compile_model(model: Model) -> Program:
    """Compile a model that has passed its checks."""
    model = applied(model)
    days = int(model.days) + SPARE_DAYS
    declared = worked_calendars(model)
    calendars = {key: calendar.calendar(model.start, days) for key, calendar in declared.items()}
    paces = [_pace(calendar.calendar(model.start, PACE_DAYS)) for calendar in declared.values()]
    builder = Builder(model.start, model.information or model.start, list(calendars.values()), paces)
    places = Places(model, builder, {key: number for number, key in enumerate(calendars)})
    if model.network is not None:
        end = compile_network(model.network, model.policy.rank, builder)
        blocks = (Block("network", BLOCK, 0.0, 0, "", end, nan),)
        return _finish(Parts(model, builder, places, blocks, (), Signed(), (), (), {}, {}))
    return _compile_sites(model, builder, places)


def _pace(calendar: WorkCalendar) -> float:
    return calendar.cumulative[-1] / len(calendar.shares)


@dataclass(frozen=True, slots=True)
class Parts:
    """What has been compiled so far."""

    model: Model
    builder: Builder
    places: Places
    blocks: tuple[Block, ...]
    plans: tuple[Plan, ...]
    signed: Signed
    stages: tuple[StagePlan, ...]
    deals: tuple[DealPlan, ...]
    energised: dict[str, float]
    allocated: dict[str, float]


def _compile_sites(model: Model, builder: Builder, places: Places) -> Program:
    papers, hangs = Papers(model), hanging(model)
    due, _ = papers.dates()
    compiler = HallCompiler(model, builder, places, due, hangs)
    blocks: list[Block] = []
    halls: dict[str, Compiled] = {}
    for site_id, site in model.sites.items():
        for hall_id, hall in site.halls.items():
            compiled = compiler.compile(site_id, hall_id, hall, len(blocks))
            halls[compiled.block] = compiled
            order = hall.gpus
            blocks.append(
                Block(
                    site=site_id,
                    name=compiled.block,
                    mw=hall.mw,
                    gpus=int(order.count) if order else 0,
                    generation=order.generation if order else "",
                    live=compiled.live,
                    target=model.day(hall.target) + 1.0 if hall.target else nan,
                    needs=hangs[compiled.block].needs if compiled.block in hangs else (),
                )
            )
    energised, allocated = _megawatts(model, builder, places, halls)
    stages, deals = compile_leases(model, builder), compile_deals(model, builder)
    plans: list[Plan] = [
        *stages,
        *deals,
        *alternatives(hangs),
        *_power(model, builder, places),
        *compile_orders(model, builder, halls, hangs),
        *_disruptions(model, builder, compiler, halls),
        *([model.demand.compile(builder)] if model.demand else []),
    ]
    signed = Signed(
        papers.compile(builder),
        tempers(model),
        compile_outlet(model.remarketing, papers.claimed, builder),
        {block: one.given for block, one in hangs.items()},
    )
    parts = Parts(model, builder, places, tuple(blocks), tuple(plans), signed, stages, deals, energised, allocated)
    return _finish(parts)


def _megawatts(
    model: Model, builder: Builder, places: Places, halls: dict[str, Compiled]
) -> tuple[dict[str, float], dict[str, float]]:
    """Return what is energised and allocated at the start [MW by site]; what is left is free to be dealt out."""
    energised, allocated = {}, {}
    for site_id, site in model.sites.items():
        if site.halls:
            energised[site_id] = sum(source.energised for source in site.power.values() if source.kind == "grid")
            held = sum(hall.mw for key, hall in site.halls.items() if halls[f"{site_id}/{key}"].energised)
            allocated[site_id] = site.live + held
            builder.capacity[places.megawatts(site_id)] = round((energised[site_id] - allocated[site_id]) * MILLI)
    return energised, allocated


def _power(model: Model, builder: Builder, places: Places) -> list[Plan]:
    plans: list[Plan] = []
    for site_id, site in model.sites.items():
        sources: dict[str, object] = dict(site.power)
        if site.temporary_power > 0.0:
            plans.append(TemporaryPlan(site_id, site.temporary_power))
        for key, source in site.power.items():
            if site.halls:
                plans.append(source.compile(Socket(site_id, key, places.megawatts(site_id)), sources, builder))
    return plans


def _disruptions(model: Model, builder: Builder, compiler: HallCompiler, halls: dict[str, Compiled]) -> list[Plan]:
    begins: dict[str, float] = {}
    for name, compiled in halls.items():
        if not any(share > 0.0 for share in compiled.status.done.values()):
            site = name.split("/")[0]
            begins[site] = min(begins.get(site, inf), compiled.status.begin)
    suppliers = {item: tuple(activities) for item, activities in compiler.suppliers.items()}
    return [disruption.compile(name, begins, suppliers, builder) for name, disruption in model.disruptions.items()]


def _finish(parts: Parts) -> Program:
    model, builder, places = parts.model, parts.builder, parts.places
    weather, storms = compile_weather(model, builder, places)
    agents = load_banks = (-1, -1)
    if model.commissioning is not None:
        agents = (places.agents, builder.column("commissioning.agents", model.commissioning.agents))
        load_banks = (places.load_banks, builder.column("commissioning.load_banks", model.commissioning.load_banks))
    actual, planned = _setting(parts, actual=True), _setting(parts, actual=False)
    network = builder.network()
    network.travel, network.stacking = model.productivity.travel, model.productivity.stacking
    network.latent, network.found = model.productivity.latent, model.productivity.found
    by_block = {
        block.name: tuple(a for a in range(network.count) if network.blocks[a] == number)
        for number, block in enumerate(parts.blocks)
    }
    nodes = builder.nodes
    repeated = builder.repeats | {failure.name for node in nodes for failure in node.failures if failure.repeats}
    return Program(
        days=model.days,
        inputs=tuple(builder.inputs),
        groups=_groups(model, builder),
        network=network,
        priorities=Priorities(network.rank_key, by_block, dated=model.policy.rank in DATED),
        waiters=merged([(gate.fact, number) for number, node in enumerate(nodes) for gate in node.gates]),
        blocks=parts.blocks,
        columns=np.array([max(0, node.column) for node in nodes], dtype=np.intp),
        factors=np.array([node.factor for node in nodes]),
        shifts=np.array([node.shift for node in nodes]),
        actual=actual,
        planned=planned,
        plans=parts.plans,
        signed=parts.signed,
        stages=parts.stages,
        deals=parts.deals,
        dry=tuple(places.calendars()),
        shares=tuple(np.array(calendar.shares) for calendar in builder.calendars),
        wet=tuple(places.wet),
        weather=weather,
        storms=storms,
        agents=agents,
        load_banks=load_banks,
        energised=parts.energised,
        allocated=parts.allocated,
        retests={one.name: one.quantity.dist for one in builder.inputs if one.name in repeated},
        pools=tuple(
            Pool(
                market,
                trade,
                builder.resource(f"{market} {trade}", "crew"),
                model.trades[trade].shift,
                _wage(model, trade),
            )
            for market, pools in model.labour.items()
            for trade in pools
        ),
        levers=tuple(in_use(model)),
    )


def _wage(model: Model, trade: str) -> float:
    wage = model.trades[trade].wage
    return nan if wage is None else wage


def _groups(model: Model, builder: Builder) -> tuple[str, ...]:
    """Return the group of causes of each input."""
    kinds = {name: disruption.kind for name, disruption in model.disruptions.items()}
    pairs = zip(builder.inputs, builder.groups, strict=True)
    return tuple(group or group_of(one.name, kinds) for one, group in pairs)


def _setting(parts: Parts, *, actual: bool) -> Setting:
    """Return the people as declared, or as the plan takes them: all of the declared workers, at normal skill."""
    model, builder, places = parts.model, parts.builder, parts.places
    resources = {
        (market, trade): builder.resource(f"{market} {trade}", "crew")
        for market, trades in model.labour.items()
        for trade in trades
    }
    if actual:
        workforce = compile_workforce(
            model.labour, resources, builder, model.days, model.market, model.productivity, in_use(model)
        )
    else:
        workforce = planned_workforce(model.labour, resources, builder, model.days, model.productivity)
    entries = tuple(workforce.place(*entry) for entry in places.entries)
    return Setting(tuple(builder.capacity), workforce, entries, normal=not actual)
