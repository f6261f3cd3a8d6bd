"""GPUs: generations with their availability and slips, a hall's order, its lots and what befalls them on the way."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field
from simpy.events import Event

from buildsim.engine import causes
from buildsim.engine.failures import occurrences
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import Fact, World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Count, Days, UncertainDate, UncertainDays, UncertainShare


class Slip(Declared):
    """A slip of a generation: the mask fix, the rack faults."""

    name: str
    """What happened, or may happen."""
    probability: UncertainShare
    """That it happens."""
    days: UncertainDays
    """By how long the availability is put off if it does [days]."""


class Generation(Declared):
    """A generation of GPUs."""

    name: str = ""
    """What it is called."""
    available: UncertainDate
    """When the maker ships in volume, before any slip."""
    slips: tuple[Slip, ...] = ()
    """What may put that off."""
    lead: UncertainDays
    """From order to shipment once the generation is available [days]."""
    kw_per_gpu: Annotated[float, Field(gt=0)]
    """Critical IT load per GPU, network and storage included [kW]."""
    gpus_per_rack: Annotated[int, Field(ge=1)]
    """GPUs in a rack."""
    cooling: Literal["liquid", "air"]
    """What the racks need."""
    dead_on_arrival: UncertainShare | None = None
    """Share of the GPUs that are dead on arrival or fail in burn-in; counted as lost when the hall goes live."""


class GpuOrder(Declared):
    """A hall's order of GPUs."""

    generation: str
    """Which generation."""
    count: Annotated[Count, Field(gt=0)]
    """How many."""
    ordered: date | None = None
    """When; by default so that the planned lead time ends 30 days before the need date of the plan."""
    lots: Annotated[int, Field(ge=1, le=20)] = 1
    """In how many lots they come."""
    lot_interval: Days = 14.0
    """Between two lots [days]."""
    on_hand: bool = False
    """Delivered before the start."""


class Mishap(Declared):
    """Logistics trouble that may befall a shipment: a truck strikes a bridge, customs hold the goods."""

    per_shipment: UncertainShare
    """Probability for each shipment."""
    days: UncertainDays
    """How much later the goods come [days]."""
    on: tuple[Literal["gpus", "equipment"], ...] = ("gpus", "equipment")
    """Which shipments it may befall."""


@dataclass(frozen=True, slots=True)
class GenerationPlan:
    """A generation's availability, compiled: columns."""

    available: int
    origin: int
    slips: tuple[tuple[int, int, int], ...]
    """(luck, probability, days) of each slip."""

    def day(self, world: World) -> float:
        """Return when the generation is available in this replication [days]."""
        draw, day = world.conditions.draw, world.conditions.draw(self.available) - self.origin
        for luck, probability, days in self.slips:
            if world.conditions.risks and occurrences(draw(luck), draw(probability), repeats=False):
                day += draw(days)
        return day


def compile_generation(name: str, generation: Generation, inputs: Inputs) -> GenerationPlan:
    """Compile a generation."""
    slips = []
    for slip in generation.slips:
        base = f"generations.{name}.slips.{slip.name.replace(' ', '-')}"
        slips.append(
            (
                inputs.luck(f"{base}.happens"),
                inputs.column(f"{base}.probability", slip.probability),
                inputs.column(f"{base}.days", slip.days),
            )
        )
    return GenerationPlan(
        inputs.date_column(f"generations.{name}.available", generation.available), inputs.origin, tuple(slips)
    )


@dataclass(frozen=True, slots=True)
class OrderPlan:
    """A hall's GPU order, compiled."""

    site: str
    block: str
    generation: str
    supply: GenerationPlan | None
    """None: on hand at the start."""
    gpus: int
    ordered: float
    lead: int
    """The column of the lead time; -1: on hand at the start."""
    dead: int
    """The column of the share that is dead on arrival; -1: none."""
    interval: float
    lots: tuple[tuple[tuple[int, int, int], ...], ...]
    """For each lot the (luck, probability, days) columns of the mishaps that may befall it."""
    needs: tuple[Fact, ...] = ()
    """What must have happened before anything is ordered: an option that is taken, a deal that has closed."""

    def lot(self, number: int) -> tuple[str, str]:
        """Return the fact that lot `number` (from 0) is delivered."""
        return ("lot", f"{self.block}/{number + 1}")

    def start(self, world: World) -> None:
        """Start the order and its lots."""
        if self.supply is None or self.lead < 0:
            for number in range(len(self.lots)):
                world.note(self.lot(number))
            world.note(("racks", self.block))
            world.note(("all racks", self.block))
            return
        world.clock.process(gather(world, self))
        for number, mishaps in enumerate(self.lots):
            world.clock.process(ship(world, self, self.supply, number, mishaps))


def ship(
    world: World, plan: OrderPlan, supply: GenerationPlan, number: int, mishaps: tuple[tuple[int, int, int], ...]
) -> Generator[Event, object, None]:
    """Ship one lot: when it is made and the generation is out, and later if something befalls it on the way."""
    draw, ordered = world.conditions.draw, plan.ordered
    for fact in plan.needs:
        yield world.reached(fact)
        ordered = max(ordered, world.clock.now)
    made = max(ordered + draw(plan.lead), supply.day(world)) + number * plan.interval
    yield world.clock.until(made)
    gpus = lot_size(plan.gpus, len(plan.lots), number)
    row = (plan.site, plan.block, plan.generation, number + 1)
    world.record("deliveries", *row, world.clock.now, "shipped", gpus)
    shipped = world.clock.now
    if world.conditions.risks:
        for luck, probability, days in mishaps:
            if occurrences(draw(luck), draw(probability), repeats=False):
                yield world.clock.until(world.clock.now + draw(days))
    lot, first = plan.lot(number), ("racks", plan.block)
    for fact in (lot,) if first in world.facts else (lot, first):
        world.span(fact, shipped, causes.LOGISTICS)
    world.record("deliveries", *row, world.clock.now, "delivered", gpus)
    world.note(lot)
    world.note(first)


def gather(world: World, plan: OrderPlan) -> Generator[Event, object, None]:
    """Write down the order, note the last lot, and write down what was lost when the hall goes live."""
    for fact in plan.needs:
        yield world.reached(fact)
    yield world.clock.until(plan.ordered)
    world.record("deliveries", plan.site, plan.block, plan.generation, 0, world.clock.now, "ordered", plan.gpus)
    lots = [plan.lot(number) for number in range(len(plan.lots))]
    for lot in lots:
        yield world.reached(lot)
    for span in world.history.get(max(lots, key=world.facts.__getitem__), ()):
        world.span(("all racks", plan.block), span.begin, span.cause)
    world.note(("all racks", plan.block))
    yield world.reached(("live", plan.block))
    lost = round(plan.gpus * world.conditions.draw(plan.dead)) if plan.dead >= 0 and world.conditions.risks else 0
    row = (plan.site, plan.block, plan.generation, 0, world.clock.now)
    world.record("deliveries", *row, "lost", lost)
    world.record("deliveries", *row, "live", plan.gpus - lost)


def lot_size(gpus: int, lots: int, number: int) -> int:
    """Return the size of lot `number` (from 0): as even as whole GPUs allow, the larger ones first."""
    return gpus // lots + (1 if number < gpus % lots else 0)
