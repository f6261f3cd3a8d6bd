"""Activities and hall templates: the work that turns a plot or a shell into live capacity."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from buildsim.engine.network import Tie
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Days, Mw, UncertainDuration, UncertainNumber, UncertainShare
from buildsim.units import parse_duration

Need = Literal["agents", "load_banks", "temporary_power"]
LINK = re.compile(r"^\s*(?P<id>[A-Za-z0-9_-]+)(?:\s+(?P<tie>FS|SS|FF|SF))?(?:\s*\+\s*(?P<lag>.+?))?\s*$")
START = "start"
"""In a dependence: the hall's own start."""


@dataclass(frozen=True, slots=True)
class Dependence:
    """A dependence as it is declared: `A1 SS + 15 workdays`."""

    predecessor: str
    tie: Tie
    lag: float
    """[days] or [working days]."""
    workdays: bool


@lru_cache(maxsize=4096)
def parse_dependence(text: str) -> Dependence:
    """Read `ID [FS|SS|FF|SF] [+ LAG]`. Raises `ValueError` for anything else."""
    match = LINK.match(text)
    if match is None:
        raise ValueError(f"'{text}' is not a dependence such as 'A1', 'A1 SS + 15 workdays' or 'A1 FF + 3 days'")
    lag = parse_duration(match["lag"]) if match["lag"] else None
    if lag is not None and lag.value < 0:
        raise ValueError(f"'{text}' has a negative lag; leads are not supported, use SS with a lag")
    return Dependence(match["id"], Tie[match["tie"] or "FS"], lag.value if lag else 0.0, lag.workdays if lag else False)


class Teams(Declared):
    """How many teams (crews of one trade) work at once on a hall of the template's size."""

    min: Annotated[int, Field(ge=1)]
    """Work does not start with fewer."""
    planned: Annotated[int, Field(ge=1)]
    """The number that the programme reckons with."""
    max: Annotated[int, Field(ge=1)]
    """No more than this find room."""

    @model_validator(mode="after")
    def _ordered(self) -> "Teams":
        if not self.min <= self.planned <= self.max:
            raise ValueError("teams must have min <= planned <= max")
        return self


class Fails(Declared):
    """A test that may fail, and the retest that follows."""

    probability: UncertainShare
    """Of a failure at each try, with a normally skilled crew."""
    retest: UncertainDuration
    """From a failure to the next try."""


class _Activity(Declared):
    """What all activities have."""

    name: str = ""
    """What it is."""
    after: tuple[str, ...] = ()
    """Dependences, `ID [FS|SS|FF|SF] [+ LAG]`; `start` is the hall's start."""
    needs: tuple[Need, ...] = ()
    """What is held while it goes on: a team of commissioning agents, load banks for the hall's MW, temporary power."""
    fails: Fails | None = None
    """For tests: how they fail."""

    @field_validator("after")
    @classmethod
    def _readable(cls, after: tuple[str, ...]) -> tuple[str, ...]:
        for text in after:
            parse_dependence(text)
        return after

    @property
    def dependences(self) -> tuple[Dependence, ...]:
        """The dependences, read."""
        return tuple(parse_dependence(text) for text in self.after)


class Work(_Activity):
    """Work by crews of one trade: craft-hours are worked off by teams."""

    kind: Literal["work"]
    """The kind of activity."""
    trade: str
    """Whose work it is."""
    hours_per_mw: UncertainNumber
    """Craft-hours per MW of critical IT load at normal productivity."""
    teams: Teams
    """How many teams work at once."""
    exposure: Literal["outdoor", "yard", "indoor"] = "indoor"
    """How much of a day of bad weather is lost: all of it, part of it, none."""


class Test(_Activity):
    """A step with a duration that does not shrink with labour."""

    kind: Literal["test", "acceptance"]
    """The kind of activity."""
    duration: UncertainDuration
    """How long it takes."""
    trade: str | None = None
    """Whose people attend it; for reporting only."""
    hours_per_mw: UncertainNumber | None = None
    """Craft-hours per MW of those who attend; for reporting only."""


class Energise(_Activity):
    """Takes the hall's MW at the site, keeps them, and switches the hall on."""

    kind: Literal["energise"]
    """The kind of activity."""
    duration: UncertainDuration
    """Switching and protection checks."""


class Procurement(_Activity):
    """Long-lead equipment, ordered ahead of the hall's start."""

    kind: Literal["procurement"]
    """The kind of activity."""
    duration: UncertainDuration
    """From order to delivery."""
    ordered_ahead: Days = 0.0
    """How long before the hall's start it is ordered [days]."""
    item: str = ""
    """The class of equipment that a supplier's accident strikes."""

    @field_validator("after")
    @classmethod
    def _unbound(cls, after: tuple[str, ...]) -> tuple[str, ...]:
        if after:
            raise ValueError("a procurement is dated by 'ordered_ahead'; it takes no 'after'")
        return after


class Delivery(_Activity):
    """The delivery of the GPU racks; its time comes from the hall's GPU order."""

    kind: Literal["delivery"]
    """The kind of activity."""


Activity = Annotated[Work | Test | Energise | Procurement | Delivery, Field(discriminator="kind")]


class Template(Declared):
    """A programme of activities for a hall."""

    name: str
    """What it is."""
    per: Annotated[Mw, Field(gt=0)] = 25.0
    """The MW of a hall for which teams are stated; other halls have crews in proportion."""
    cooling: Literal["liquid", "air"]
    """What the hall can cool: liquid also takes air-cooled racks."""
    activities: dict[str, Activity]
    """The activities, in declared order."""
