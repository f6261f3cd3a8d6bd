"""A bare project network: fixed crews, given durations, no sites."""

from typing import Annotated

from pydantic import Field, field_validator

from buildsim.domain.construction.activities import Dependence, parse_dependence
from buildsim.spec.base import Declared
from buildsim.spec.quantity import UncertainDays


class Task(Declared):
    """An activity of a project network."""

    duration: UncertainDays
    """How long it takes [days]."""
    uses: dict[str, Annotated[int, Field(ge=0)]] = {}
    """How many crews of each kind it holds."""
    after: tuple[str, ...] = ()
    """Dependences, `ID [FS|SS|FF|SF] [+ LAG]`, lags in elapsed days."""

    @field_validator("after")
    @classmethod
    def _readable(cls, after: tuple[str, ...]) -> tuple[str, ...]:
        for text in after:
            if parse_dependence(text).workdays:
                raise ValueError(f"'{text}' has a lag in working days; a project network knows elapsed days only")
        return after

    @property
    def dependences(self) -> tuple[Dependence, ...]:
        """The dependences, read."""
        return tuple(parse_dependence(text) for text in self.after)


class ProjectNetwork(Declared):
    """A project network."""

    resources: dict[str, Annotated[int, Field(ge=0)]] = {}
    """How many crews of each kind there are."""
    activities: dict[str, Task]
    """The activities, in declared order."""
