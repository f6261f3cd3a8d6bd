"""What blocks hang on that may never be built: options, deals, and hand-overs that a tenant may end.

A block is not built in a replication when something that it hangs on is settled not to come. This is the one notion of
it: the gates of its work, the table of go-lives and all answers follow it.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass, replace
from math import nan
from typing import Any

from simpy.events import Event

from buildsim.domain.deals.closing import closed
from buildsim.domain.leases.handover import handed_over
from buildsim.engine.world import Fact, World
from buildsim.model.root import Model
from buildsim.model.site import Hall
from buildsim.program.contracts import Papers


@dataclass(frozen=True, slots=True)
class Hanging:
    """What a block hangs on that has not begun."""

    options: tuple[str, ...] = ()
    """The tranches that are options on it: it is built as soon as one of them is exercised."""
    deals: tuple[str, ...] = ()
    """The deals that bring it: all of them must close."""
    handover: Fact | None = None
    """The hand-over by its landlord."""
    before: tuple[str, ...] = ()
    """The activities that wait for the hand-over; none: its first work."""
    ends: bool = False
    """Whether the tenant may end it before it is handed over."""

    def first(self, block: str) -> tuple[Fact, ...]:
        """Return what must have come before anything is ordered for the block or begun."""
        deals = tuple(closed(name) for name in self.deals)
        if not self.options:
            return deals
        return (option(self.options[0]) if len(self.options) == 1 else either(block), *deals)

    @property
    def needs(self) -> tuple[tuple[Fact, ...], ...]:
        """Of each of these one fact must come; else it is not built."""
        options = tuple(option(name) for name in self.options)
        return (*([options] if options else []), *((fact,) for fact in self.given))

    @property
    def given(self) -> tuple[Fact, ...]:
        """What must come and no customer can bring about: deals, and a hand-over that the tenant may end."""
        deals = tuple(closed(name) for name in self.deals)
        return (*deals, self.handover) if self.ends and self.handover is not None else deals


def option(tranche: str) -> Fact:
    """Return the fact that an option has been exercised."""
    return ("option", tranche)


def either(block: str) -> Fact:
    """Return the fact that one of several options on a block has been exercised."""
    return ("option on", block)


def hanging(model: Model) -> dict[str, Hanging]:
    """Return what each block hangs on that has not begun, by block; those that hang on nothing are left out."""
    found: dict[str, Hanging] = {}

    def note(block: str, **changes: Any) -> None:
        site, _, hall = block.partition("/")
        if not begun(model.sites[site].halls[hall]):
            found[block] = replace(found.get(block, Hanging()), **changes)

    for block, tranches in Papers(model).dates()[1].items():
        note(block, options=tranches)
    for key, lease in model.leases.items():
        for name, stage in lease.stages.items():
            for hall in stage.halls:
                ends = lease.then == "end" and stage.handed_over is None
                fact = handed_over(key, name)
                note(f"{lease.site}/{hall}", handover=fact, before=stage.before, ends=ends)
    for name, deal in model.deals.items():
        for block in brought(model, deal.sites, deal.held):
            note(block, deals=(*found.get(block, Hanging()).deals, name))
    return found


def brought(model: Model, sites: tuple[str, ...], leases: tuple[str, ...]) -> list[str]:
    """Return the blocks of some sites and leases, each once."""
    blocks = [f"{site}/{hall}" for site in sites for hall in model.sites[site].halls]
    for lease in (model.leases[name] for name in leases):
        blocks += [f"{lease.site}/{hall}" for stage in lease.stages.values() for hall in stage.halls]
    return list(dict.fromkeys(blocks))


def begun(hall: Hall) -> bool:
    """Return whether a hall was under way at the start: it hangs on nothing any more."""
    return bool(hall.programme_day) or any(share > 0.0 for share in hall.done.values())


def dropped(world: World, needs: tuple[tuple[Fact, ...], ...]) -> float:
    """Return since when it is settled that a block is not built [days]; NaN: it is built, or may still be."""
    settled = [
        max(world.forgone[fact] for fact in group) for group in needs if all(fact in world.forgone for fact in group)
    ]
    return min(settled, default=nan)


@dataclass(frozen=True, slots=True)
class EitherPlan:
    """Several options on a block, of which one is enough."""

    fact: Fact
    others: tuple[Fact, ...]

    def start(self, world: World) -> None:
        """Start to wait for the first of them."""
        world.clock.process(await_first(world, self))


def await_first(world: World, plan: EitherPlan) -> Generator[Event, object, None]:
    """Note a fact with the first of several others."""
    yield world.clock.any_of([world.reached(fact) for fact in plan.others])
    world.note(plan.fact)


def alternatives(found: Mapping[str, Hanging]) -> list[EitherPlan]:
    """Return the processes of the blocks that hang on several options."""
    return [
        EitherPlan(either(block), tuple(option(name) for name in hangs.options))
        for block, hangs in found.items()
        if len(hangs.options) > 1
    ]
