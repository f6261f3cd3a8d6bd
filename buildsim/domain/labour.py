"""Labour: trades, crew pools by market and trade, the skill mix and what it does to output, rework and failures."""

from collections.abc import Generator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from simpy.events import Event

from buildsim.engine.world import World
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Count, Mw, Rate, Share
from buildsim.units import parse_share

MILLI = 1000
"""People are dealt out in thousandths, so that crews scaled to a hall's size stay whole numbers."""
MONTH = 30.4375
"""Mean length of a month [days]."""
_FACTOR_SCHEMA = {"anyOf": [{"type": "number", "exclusiveMinimum": 0}, {"type": "string", "examples": ["120 %"]}]}
Factor = Annotated[float, BeforeValidator(parse_share), WithJsonSchema(_FACTOR_SCHEMA)]
"""A share that may be above 1, such as 120 %."""


class Trade(Declared):
    """A craft."""

    name: str
    """What it is called."""
    crew: Annotated[Count, Field(gt=0)]
    """Workers in a crew."""
    shift: Annotated[float, Field(gt=0, le=24)] = 8.0
    """Craft-hours per worker and working day."""


class CrewPool(Declared):
    """The people of one trade in one market that this portfolio can draw on."""

    workers: Annotated[Count, Field(ge=0)]
    """Workers at the peak."""
    present: Annotated[Count, Field(ge=0)] | None = None
    """Workers there at the start; all of them by default."""
    ramp: Annotated[Rate, Field(gt=0)] | None = None
    """How fast the others arrive, in monthly steps [workers per day]; needed where `present` is below `workers`."""
    ramp_from: date | None = None
    """When the first monthly step arrives, or arrived before the start; the model's start by default."""
    experienced: Annotated[Share, Field(ge=0, le=1)] = 0.2
    """The share with experience of data-centre work."""

    @model_validator(mode="after")
    def _ramps(self) -> "CrewPool":
        if self.present is not None and self.present > self.workers:
            raise ValueError("'present' is more than 'workers'")
        if self.present is not None and self.present < self.workers and self.ramp is None:
            raise ValueError("'ramp' is needed where 'present' is below 'workers'")
        return self


class Productivity(Declared):
    """How the skill mix acts. Craft-hours are stated at normal productivity, index 1 at `normal_experienced`.

    Output per head at an experienced share s: experienced hands carry up to `mentored_per_experienced` new hands each,
    which costs them `mentoring_time` per head; mentored new hands produce `mentored_output` of an experienced one,
    the others `unmentored_output`. Rework rises with the share of the unmentored, and with it the failures of tests.
    """

    regime: Literal["dilute", "cap", "none"] = "dilute"
    """`dilute`: few experienced carry many new hands; `cap`: whom the licensed cannot supervise stay away; `none`."""
    normal_experienced: Annotated[Share, Field(gt=0, le=1)] = 0.2
    """The experienced share at which craft-hours are stated."""
    mentored_per_experienced: Annotated[float, Field(ge=0)] = 4.0
    """New hands that one experienced hand can carry."""
    mentored_output: Annotated[Share, Field(gt=0)] = 0.7
    """Output of a mentored new hand relative to an experienced one."""
    unmentored_output: Annotated[Share, Field(gt=0)] = 0.4
    """Output of a new hand left alone relative to an experienced one."""
    mentoring_time: Annotated[Share, Field(ge=0, lt=1)] = 0.1
    """Of an experienced hand's time, per new hand carried."""
    licensed: Annotated[Share, Field(gt=0, le=1)] = 0.5
    """Share of licensed journeymen, for `cap`."""
    apprentices_per_journeyman: Annotated[float, Field(ge=0)] = 1.0
    """How many the law lets a journeyman supervise, for `cap`."""
    rework_normal: Annotated[Share, Field(ge=0, lt=1)] = 0.05
    """Share of craft-hours spent on rework when everybody is mentored."""
    rework_unmentored: Annotated[Share, Field(ge=0, lt=1)] = 0.14
    """Share of craft-hours spent on rework when nobody is."""
    crowding: Annotated[Share, Field(ge=0, lt=1)] = 0.0
    """Loss of output with the maximum number of teams; linear from none at the planned number. None by default."""
    workforce: Annotated[Factor, Field(gt=0)] = 1.0
    """Of every pool: 80 % is a workforce a fifth smaller than declared, 120 % one a fifth larger."""
    teams_up_to: Literal["maximum", "planned"] = "maximum"
    """How many teams join running work."""

    @model_validator(mode="after")
    def _sensible(self) -> "Productivity":
        if self.mentored_per_experienced * self.mentoring_time >= 1:
            raise ValueError("mentoring would take all of an experienced hand's time: lower 'mentoring_time'")
        return self

    def unmentored(self, experienced: float) -> float:
        """Return the share of hands that nobody mentors."""
        return max(0.0, 1.0 - experienced * (1.0 + self.mentored_per_experienced))

    def output(self, experienced: float) -> float:
        """Return the output per head, relative to an experienced hand who works alone."""
        unmentored = self.unmentored(experienced)
        mentored = 1.0 - experienced - unmentored
        return (
            experienced + mentored * (self.mentored_output - self.mentoring_time) + unmentored * self.unmentored_output
        )

    def rework(self, experienced: float) -> float:
        """Return the share of craft-hours that goes into rework."""
        return self.rework_normal + (self.rework_unmentored - self.rework_normal) * self.unmentored(experienced)

    def factors(self, experienced: float) -> tuple[float, float]:
        """Return the skill and the rework factor on a crew's rate, both 1 at the normal experienced share."""
        if self.regime != "dilute":
            return 1.0, 1.0
        normal = self.normal_experienced
        skill = self.output(experienced) / self.output(normal)
        return skill, (1.0 - self.rework(experienced)) / (1.0 - self.rework(normal))

    def failing(self, experienced: float) -> float:
        """Return the factor on the probability that a test fails, 1 at the normal experienced share."""
        normal = self.rework(self.normal_experienced)
        return self.rework(experienced) / normal if self.regime == "dilute" and normal > 0 else 1.0

    def present(self) -> float:
        """Return the share of the declared workers that may work."""
        if self.regime != "cap":
            return self.workforce
        return self.workforce * min(1.0, self.licensed * (1.0 + self.apprentices_per_journeyman))

    def crowding_factors(self, planned: int, most: int) -> tuple[float, ...]:
        """Return the crowding factor by number of teams, from 0 to `most`."""
        steps = max(1, most - planned)
        return tuple(1.0 - self.crowding * max(0, teams - planned) / steps for teams in range(most + 1))


class Market(Declared):
    """What the whole market builds: its experienced hands are spread over it."""

    build_rate: Annotated[Mw, Field(gt=0)] = 1000.0
    """Data-centre capacity that the market builds a year [MW]."""
    normal_rate: Annotated[Mw, Field(gt=0)] = 1000.0
    """The rate at which the declared experienced shares hold [MW a year]."""

    def experienced(self, declared: float) -> float:
        """Return the experienced share with the same hands spread over a larger market; at most the declared."""
        return declared * min(1.0, self.normal_rate / self.build_rate)


@dataclass(frozen=True, slots=True)
class PoolPlan:
    """A pool's arrivals, compiled."""

    resource: int
    arrivals: tuple[tuple[float, int], ...]
    """(day, thousandths of workers) in order."""

    def start(self, world: World) -> None:
        """Start the arrivals."""
        if self.arrivals:
            world.clock.process(arrive(world, self))


def arrive(world: World, plan: PoolPlan) -> Generator[Event, object, None]:
    """Let the workers of a pool arrive, month by month."""
    for day, workers in plan.arrivals:
        yield world.clock.until(day)
        world.grow(plan.resource, workers)


def arrivals(pool: CrewPool, begin: float, share: float) -> tuple[int, tuple[tuple[float, int], ...]]:
    """Return a pool's workers at day 0 and its arrivals from day `begin` on, both in thousandths, times `share`."""
    there = pool.workers if pool.present is None else pool.present
    level = round(there * share * MILLI)
    peak, steps, day = round(pool.workers * share * MILLI), [], begin
    monthly = max(1, round((pool.ramp or 0.0) * MONTH * share * MILLI))
    total = level
    while day < 0.0:  # whoever came before the start is there at the start
        day += MONTH
    while total < peak:
        step = min(monthly, peak - total)
        steps.append((day, step))
        total += step
        day += MONTH
    return level, tuple(steps)
