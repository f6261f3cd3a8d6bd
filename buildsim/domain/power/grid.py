"""A grid connection: stages one after another, then energisation in steps of megawatts."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, model_validator
from simpy.events import Event

from buildsim.domain.power.supply import Socket, energise, stepped_up
from buildsim.engine import causes
from buildsim.engine.inputs import Inputs
from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Mw, UncertainDate, UncertainDays


class Step(Declared):
    """An energisation step: so many MW on a date, or so long after a stage."""

    mw: Annotated[Mw, Field(gt=0)]
    """What it adds [MW of critical IT load]."""
    date: UncertainDate | None = None
    """When it comes."""
    after: str | None = None
    """The stage that it follows, instead of a date."""
    delay: UncertainDays | None = None
    """How long after that stage [days]; at once by default."""

    @model_validator(mode="after")
    def _timed(self) -> "Step":
        if (self.date is None) == (self.after is None):
            raise ValueError("a step has either a 'date' or the stage that it comes 'after'")
        if self.delay is not None and self.after is None:
            raise ValueError("'delay' goes with 'after'")
        return self


class Grid(Declared):
    """Power from the utility."""

    kind: Literal["grid"]
    """The kind of source."""
    energised: Annotated[Mw, Field(ge=0)] = 0.0
    """What is energised at the start [MW of critical IT load]."""
    stages: dict[str, UncertainDays] = {}
    """What has to be passed through, in order: studies, agreement, upgrades, substation ... [days each]."""
    begun: date | None = None
    """When the first stage began; the model's start by default."""
    steps: dict[str, Step] = {}
    """The energisation steps."""

    @model_validator(mode="after")
    def _known_stages(self) -> "Grid":
        for name, step in self.steps.items():
            if step.after is not None and step.after not in self.stages:
                raise ValueError(f"step '{name}' comes after '{step.after}', which is no stage of this connection")
        return self

    @property
    def total(self) -> float:
        """All that it will ever bring [MW]."""
        return self.energised + sum(step.mw for step in self.steps.values())

    def compile(self, socket: Socket, sources: "dict[str, object]", inputs: Inputs) -> "GridPlan":
        """Compile the connection; `sources` are the site's other sources by id."""
        name = f"sites.{socket.site}.power.{socket.source}"
        begun = inputs.day(self.begun) if self.begun else 0.0
        known = inputs.spent(begun)
        stages = tuple(
            (stage, inputs.column(f"{name}.{stage}", days, known if not place else None))
            for place, (stage, days) in enumerate(self.stages.items())
        )
        steps = tuple(
            StepPlan(
                step.mw,
                inputs.date_column(f"{name}.{key}.date", step.date) if step.date else -1,
                step.after or "",
                inputs.column(f"{name}.{key}.delay", step.delay) if step.delay else -1,
            )
            for key, step in self.steps.items()
        )
        return GridPlan(socket, begun, inputs.origin, stages, steps)


@dataclass(frozen=True, slots=True)
class StepPlan:
    """An energisation step, compiled: columns, -1 where there is none."""

    mw: float
    date: int
    after: str
    delay: int


@dataclass(frozen=True, slots=True)
class GridPlan:
    """A grid connection, compiled."""

    socket: Socket
    begun: float
    origin: int
    stages: tuple[tuple[str, int], ...]
    steps: tuple[StepPlan, ...]

    def start(self, world: World) -> None:
        """Start the stages and the steps."""
        if self.stages:
            world.clock.process(connect(world, self))
        for step in self.steps:
            world.clock.process(step_up(world, self, step))


def connect(world: World, plan: GridPlan) -> Generator[Event, object, None]:
    """Pass through the stages of a connection, one after another."""
    moment = plan.begun
    for stage, column in plan.stages:
        moment += world.conditions.draw(column)
        yield world.clock.until(moment)
        world.note(("stage", f"{plan.socket.site}/{plan.socket.source}/{stage}"))


def step_up(world: World, plan: GridPlan, step: StepPlan) -> Generator[Event, object, None]:
    """Energise one step."""
    if step.after:
        yield world.reached(("stage", f"{plan.socket.site}/{plan.socket.source}/{step.after}"))
        delay = world.conditions.draw(step.delay) if step.delay >= 0 else 0.0
        yield world.clock.until(world.clock.now + delay)
    else:
        yield world.clock.until(world.conditions.draw(step.date) - plan.origin)
    energise(world, plan.socket, step.mw)
    world.span(("energised", plan.socket.site), 0.0, causes.UTILITY)
    brought = stepped_up(plan.socket.site, plan.socket.source)
    world.levels.set(brought, world.levels.get(brought) + step.mw)
