"""From contracts that have run to rows of the table of their events."""

from typing import Any

from buildsim.run.outcome import Outcome


def event_rows(outcome: Outcome) -> list[tuple[Any, ...]]:
    """Return what happened to tranches by the horizon, in declared order of the tranches and then by time.

    That a customer's needs fell names the tranche only where it has needs of its own.
    """
    world, number = outcome.world, outcome.replication
    plans = {name: standing.plan for name, standing in outcome.book.standing.items()}
    place = {name: at for at, name in enumerate(plans)}
    told = [event for event in world.records["contract_events"] if event[2] <= world.horizon]
    rows: list[tuple[Any, ...]] = [
        (number, plans[name].contract, plans[name].customer, name, block, day, event, mw, usd)
        for name, block, day, event, mw, usd in sorted(told, key=lambda one: (place[one[0]], one[2]))
    ]
    for customer, tranche, day, _, _ in world.records["needs"]:
        rows.append((number, tranche.partition("/")[0], customer, tranche, "", day, "need_fell", 0.0, 0.0))
    return rows
