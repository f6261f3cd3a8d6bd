"""One replication as a pure function of the program, the seed and its number."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from math import inf, isnan

import numpy as np

from buildsim.domain.contracts.fulfilment import Book
from buildsim.engine.account import Account, Segment
from buildsim.engine.world import World
from buildsim.program.hanging import dropped
from buildsim.program.people import People
from buildsim.program.program import Block, Program
from buildsim.run.conditions import conditions


@dataclass(slots=True)
class Outcome:
    """A replication that has run."""

    replication: int
    world: World
    people: People
    book: Book
    accounts: list[dict[str, float]]
    """Days by cause from the start to the go-live of each block, or to the horizon."""
    driving: dict[str, list[Segment]]
    """The driving path to the last go-live of each site."""
    unbuilt: dict[str, float]
    """The blocks that are not built, and since when that is settled [days]."""


def replicate(
    program: Program,
    seed: int,
    replication: int,
    row: np.ndarray,
    amounts: list[float],
    planned: Sequence[float],
    people: People,
    *,
    risks: bool = True,
    calm: bool = False,
) -> Outcome:
    """Run one replication; without `risks`, the plan: nothing fails and there is no weather.

    `row` are its inputs, `amounts` its durations and work, `planned` those of the plan; `calm` leaves the weather out.
    """
    world = World(
        program.network,
        program.priorities,
        _capacity(program, people, row),
        conditions(program, seed, replication, row, amounts, people, risks=risks, calm=calm or not risks),
        program.waiters,
        program.days,
    )
    people.arrivals.start(world)
    for plan in program.plans:
        plan.start(world)
    book = Book(world, program.signed, program.megawatts)
    book.start()
    world.run()
    book.close()
    account = Account(world, planned)
    accounts = [account.days(block.live) for block in program.blocks]
    unbuilt = {block.name: dropped(world, block.needs) for block in program.blocks if block.needs}
    unbuilt = {block: day for block, day in unbuilt.items() if not isnan(day)}
    driving = {site: account.driving(block.live) for site, block in _last(program, world, unbuilt).items()}
    return Outcome(replication, world, people, book, accounts, driving, unbuilt)


def _last(program: Program, world: World, idle: Collection[str]) -> dict[str, Block]:
    """Return the block of each site that goes live last, ties to the first declared; not by the horizon is later.

    A block that is not built is last only at a site that has no other.
    """
    last: dict[str, tuple[float, Block]] = {}
    for block in sorted(program.blocks, key=lambda block: block.name in idle):
        if block.name in idle and block.site in last:
            continue
        live = world.works.finish[block.live]
        live = live if live <= program.days else inf
        if block.site not in last or live > last[block.site][0]:
            last[block.site] = (live, block)
    return {site: block for site, (_, block) in last.items()}


def _capacity(program: Program, people: People, row: np.ndarray) -> list[int]:
    """Return what there is of each resource at day 0; agents and load banks are drawn."""
    capacity = list(people.capacity)
    for (resource, column), unit in ((program.agents, 1), (program.load_banks, 1000)):
        if resource >= 0:
            capacity[resource] = int(row[column] * unit)
    return capacity
