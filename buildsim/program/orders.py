"""Compiling GPU orders: when they are placed, what is known of them, and what may befall their lots."""

from collections.abc import Mapping

from buildsim.domain.gpus import GpuOrder, OrderPlan, compile_generation
from buildsim.engine.inputs import Plan
from buildsim.model.root import Model
from buildsim.program.builder import Builder
from buildsim.program.halls import NEED_MARGIN, Compiled
from buildsim.program.hanging import Hanging
from buildsim.spec.uncertain import Uncertain


def compile_orders(
    model: Model, builder: Builder, halls: dict[str, Compiled], hanging: Mapping[str, Hanging]
) -> list[Plan]:
    """Compile the GPU orders of all halls; a hall without one has its racks on hand.

    `hanging` gives what optional blocks hang on: they order once that has come.
    """
    generations = {key: compile_generation(key, generation, builder) for key, generation in model.generations.items()}
    plans: list[Plan] = []
    for site_id, site in model.sites.items():
        for hall_id, hall in site.halls.items():
            compiled = halls[f"{site_id}/{hall_id}"]
            order = hall.gpus
            if order is None:
                plans.append(OrderPlan(site_id, compiled.block, "", None, 0, 0.0, -1, -1, 0.0, ((),)))
                continue
            generation = model.generations[order.generation]
            base = f"sites.{site_id}.halls.{hall_id}.gpus"
            ordered = _ordered(model, order, generation.lead.planning(), compiled)
            waiting = not (order.on_hand or compiled.racked or _come(generation.lead, builder.spent(ordered)))
            lots = tuple(
                tuple(
                    (
                        builder.luck(f"{base}.{number + 1}.{name}.luck"),
                        builder.column(f"{base}.{number + 1}.{name}.probability", mishap.per_shipment),
                        builder.column(f"{base}.{number + 1}.{name}.days", mishap.days),
                    )
                    for name, mishap in model.logistics.items()
                    if "gpus" in mishap.on and waiting
                )
                for number in range(order.lots)
            )
            needs = hanging.get(compiled.block, Hanging()).first(compiled.block)
            spent = None if needs else builder.spent(ordered)
            lead = builder.column(f"{base}.lead", generation.lead, spent) if waiting else -1
            dead = generation.dead_on_arrival
            column = builder.column(f"{base}.dead_on_arrival", dead) if dead is not None and waiting else -1
            supply = generations[order.generation]
            plans.append(
                OrderPlan(
                    site_id,
                    compiled.block,
                    order.generation,
                    supply,
                    int(order.count),
                    ordered,
                    lead,
                    column,
                    order.lot_interval,
                    lots,
                    needs,
                )
            )
    return plans


def _come(lead: Uncertain, spent: float | None) -> bool:
    """Return whether the longest lead time has passed."""
    return spent is not None and lead.dist.high <= spent


def _ordered(model: Model, order: GpuOrder, lead: float, compiled: Compiled) -> float:
    """Return when a hall's GPUs are ordered [days]: as declared, or in time for the need date of the plan."""
    if order.ordered is not None:
        return model.day(order.ordered)
    return compiled.racks_needed - lead - NEED_MARGIN
