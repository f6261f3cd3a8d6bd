"""The activity network as flat arrays: all that the engine knows of the work to be done.

Activities, resources and calendars are numbers here; their names serve messages and tables only. The arrays are built
once per worker and shared by all replications, which never change them.
"""

from dataclasses import dataclass, field
from enum import IntEnum
from typing import NamedTuple

REPAIR = "repair"
"""The kind of an activity that mends what a failed test has found; it comes up any number of times, or never."""


class Tie(IntEnum):
    """How an activity depends on another one (precedence diagramming method)."""

    FS = 0
    """Finish to start."""
    SS = 1
    """Start to start."""
    FF = 2
    """Finish to finish."""
    SF = 3
    """Start to finish."""


class Link(NamedTuple):
    """A dependence as its predecessor sees it."""

    successor: int
    tie: Tie
    lag: float
    """[days], or [working days] of `calendar`."""
    calendar: int
    """The calendar of the lag; -1: elapsed days."""


class Bond(NamedTuple):
    """A dependence as its successor sees it, for the account; `predecessor` is -1 if it was done before the start."""

    predecessor: int
    tie: Tie
    lag: float
    calendar: int
    release: float
    """Where the predecessor was done before the start: when the dependence is met [days]."""


class Gate(NamedTuple):
    """Something other than work that an activity needs before it can start: a fact of the world."""

    fact: tuple[str, str]
    """Kind and key, for example ("racks", "denton/h02")."""
    cause: str
    """The cause that a wait for it is charged to, where the history of the fact says nothing else."""


@dataclass(slots=True, frozen=True)
class Crews:
    """How an activity is manned: teams of one declared mix, granted whole."""

    team: tuple[tuple[int, int], ...]
    """What one team takes of each resource (resource, amount)."""
    least: int
    planned: int
    most: int
    crowding: tuple[float, ...]
    """The crowding factor by number of teams, from 0 to `most`."""
    pool: int
    """The productivity entry (market and trade) that the activity's rate follows; -1: none."""
    hours: float = 0.0
    """Craft-hours of a team-day at 40 hours a week."""
    learning: float = 1.0
    """The factor on the rate for what earlier halls have taught."""
    gangs: int = 1
    """How many gangs a team has, of which one is at work at a time."""
    first_shift: int = 0
    """How many teams find room on the first shift, where there is a second; else 0."""
    differential: float = 0.0
    """What the hours of the second shift, or all where there is none, cost beyond the wage, as a share of it."""
    shop: float = 0.0
    """What is paid for the work done off site that belongs to a team-day on site [USD]."""


@dataclass(slots=True, frozen=True)
class Failure:
    """A test that may fail, or a shipment that may meet with a mishap: extra time at the end of an activity."""

    cause: str
    probability: int
    """The input column of the probability."""
    luck: int
    """The input column of the uniform that decides how often it happens."""
    days: int
    """The input column of the first extra time."""
    name: str
    """The name of the extra time, for its further occurrences."""
    calendar: int
    """The calendar of the extra time; -1: elapsed days."""
    repeats: bool
    """Whether the extra time may be followed by another (a retest) or not (a mishap)."""
    pool: int = -1
    """The productivity entry whose rework raises the probability; -1: none."""


@dataclass(slots=True)
class Network:
    """The work to be done, as flat arrays over activities 0..count-1."""

    count: int = 0
    names: list[str] = field(default_factory=list)
    blocks: list[int] = field(default_factory=list)
    """The block that each activity belongs to; -1: none."""
    successors: list[tuple[int, ...]] = field(default_factory=list)
    """Plain finish-to-start successors, without lag."""
    after_finish: list[tuple[Link, ...]] = field(default_factory=list)
    """The other dependences on an activity's finish."""
    after_start: list[tuple[Link, ...]] = field(default_factory=list)
    """The dependences on an activity's start."""
    bonds: list[tuple[Bond, ...]] = field(default_factory=list)
    """All dependences of an activity in declared order."""
    gates: list[tuple[Gate, ...]] = field(default_factory=list)
    suppliers: list[tuple[int, ...]] = field(default_factory=list)
    """The deliveries (activities of their own) that an activity waits for."""
    start_conditions: list[int] = field(default_factory=list)
    """How many dependences and gates stand before an activity's start."""
    finish_conditions: list[int] = field(default_factory=list)
    earliest: list[float] = field(default_factory=list)
    """Not before this moment [days]."""
    begins: list[float] = field(default_factory=list)
    """When the work of its block begins [days]: an earliest moment is a declared date up to here, a lag after it."""
    finish_floor: list[float] = field(default_factory=list)
    """No finish before this moment [days], for dependences on what was done before the start."""
    need: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    """What must be free for an activity to start: its least number of teams and what it holds besides."""
    hold: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    """What it holds besides its teams, from start to end of work."""
    keeps: list[bool] = field(default_factory=list)
    """True where what it holds is never given back (megawatts allocated to a hall)."""
    crews: list[Crews | None] = field(default_factory=list)
    teams: list[tuple[tuple[int, int], ...]] = field(default_factory=list)
    """What one team of an activity takes of each resource; nothing where there are no crews."""
    mix: list[int] = field(default_factory=list)
    """The number of each activity's mix, the resources that its teams take; of `mixes`."""
    mixes: list[tuple[int, ...]] = field(default_factory=list)
    mixes_of: list[tuple[int, ...]] = field(default_factory=list)
    """The mixes that take each resource."""
    smallest_team: list[int] = field(default_factory=list)
    """The least that a team takes of each resource."""
    plain: list[bool] = field(default_factory=list)
    """True where start plus duration is the finish and nothing else is to be done."""
    calendar: list[int] = field(default_factory=list)
    """The calendar of the work; -1: elapsed days."""
    failures: list[tuple[Failure, ...]] = field(default_factory=list)
    done: list[bool] = field(default_factory=list)
    """Finished before the start."""
    kind: list[str] = field(default_factory=list)
    """The declared kind of each activity."""
    announces: dict[int, tuple[str, str]] = field(default_factory=dict)
    """The fact that an activity's finish is."""
    places: list[int] = field(default_factory=list)
    """The site of each block, as a number."""
    travel: float = 0.0
    """How long a crew travels from one site to another [days]."""
    stacking: float = 0.0
    """Loss of output where twice as many activities go on in a block as planned."""
    planned_busy: list[int] = field(default_factory=list)
    """The most activities with crews that the programme of each block has going on at once."""
    repairs: dict[tuple[int, int], int] = field(default_factory=dict)
    """The activity that mends what a trade (productivity entry) has left in a block, by block and entry."""
    latent: float = 0.0
    """The share of what is spoiled that only tests find."""
    found: float = 0.0
    """The share of what is latent that a failed test finds."""
    crews_by: tuple[tuple[int, int], ...] = ()
    """The calendars and productivity entries that work goes by, in pairs."""
    rank_key: list[float] = field(default_factory=list)
    """What the rank policy orders by; lowest first."""
    resources: list[str] = field(default_factory=list)
    resource_kind: list[str] = field(default_factory=list)
    """crew, access, agents, load banks or MW."""
    capacity: list[int] = field(default_factory=list)
    """What is free of each resource at the start."""
