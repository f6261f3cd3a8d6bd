"""From leases and deals that have run to rows of their tables, and what they add up to in USD."""

from dataclasses import dataclass
from math import inf, isnan, nan
from typing import Any

from buildsim.domain.deals.closing import RECORDS as DEALS
from buildsim.domain.leases.handover import RECORDS as LEASES
from buildsim.domain.leases.handover import StagePlan
from buildsim.domain.leases.rent import Rent
from buildsim.engine.world import World
from buildsim.program.program import Program
from buildsim.run.outcome import Outcome

Rows = list[tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Tenancy:
    """How a stage stands at the horizon."""

    plan: StagePlan
    promised: float
    handed: float
    """When it was handed over [days]; NaN: it was not."""
    outcome: str
    step_in: float
    """What stepping in cost [USD]."""
    rent: Rent


def tenancies(program: Program, world: World) -> list[Tenancy]:
    """Return how the stages of all leases stand at the horizon, in declared order."""
    events: dict[str, dict[str, tuple[float, float]]] = {plan.name: {} for plan in program.stages}
    for stage, event, day, promised in world.records[LEASES]:
        events[stage][event] = (day, promised)
    return [_tenancy(plan, events[plan.name], world) for plan in program.stages]


def _tenancy(plan: StagePlan, events: dict[str, tuple[float, float]], world: World) -> Tenancy:
    handed = events["handed_over"][0] if "handed_over" in events else nan
    promised = next((day for _, day in events.values()), plan.promised)
    if "end" in events or plan.signed in world.forgone:
        outcome = "ended"
    elif "step_in" in events:
        outcome = "stepped_in"
    elif isnan(handed):
        outcome = "pending"
    else:
        outcome = "late" if handed > promised else "on_time"
    bought = world.facts.get(plan.bought, inf) if plan.bought is not None else inf
    rent = Rent(0.0, 0.0, 0.0)
    if not isnan(handed):
        rent = plan.rents.rent(handed, handed - promised, bought, world.horizon)
    return Tenancy(plan, promised, handed, outcome, plan.cost if "step_in" in events else 0.0, rent)


def lease_rows(program: Program, outcome: Outcome) -> Rows:
    """Return the rows of the stages of a replication."""
    return [
        (
            outcome.replication,
            one.plan.lease,
            one.plan.landlord,
            one.plan.site,
            one.plan.stage,
            one.plan.mw,
            one.promised,
            one.handed,
            one.handed - one.promised,
            one.outcome,
            one.rent.owed,
            one.rent.abated,
            one.step_in,
        )
        for one in tenancies(program, outcome.world)
    ]


def deal_rows(program: Program, outcome: Outcome) -> Rows:
    """Return the rows of the deals of a replication."""
    world, draw = outcome.world, outcome.world.conditions.draw
    failures = dict(world.records[DEALS])
    rents = tenancies(program, world) if program.deals else []
    rows: Rows = []
    for plan in program.deals:
        closed = world.facts.get(plan.fact, nan)
        price = draw(plan.price) if plan.price >= 0 and not isnan(closed) else 0.0
        saved = sum(one.rent.saved for one in rents if one.plan.lease in plan.leases)
        what = "pending" if isnan(closed) else "closed"
        rows.append(
            (
                outcome.replication,
                plan.name,
                plan.kind,
                plan.partner,
                closed,
                failures.get(plan.name, what),
                plan.mw,
                plan.fee + price,
                saved,
            )
        )
    return rows
