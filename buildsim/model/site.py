"""Sites and halls: where the trades of the business come together."""

from datetime import date
from typing import Annotated, Any

from pydantic import Field

from buildsim.domain.gpus import GpuOrder
from buildsim.domain.power import Source
from buildsim.spec.base import Declared
from buildsim.spec.quantity import Count, Days, Mw, Share


class Hall(Declared):
    """A hall: one block of capacity, live when every activity of its template is finished."""

    mw: Annotated[Mw, Field(gt=0)]
    """Critical IT load [MW]."""
    template: str
    """Which programme of activities it follows."""
    start: date
    """First day of its work; nothing of it starts earlier."""
    programme_day: Annotated[float, Field(ge=0)] | None = None
    """For a hall under way at the model's start: how far into the template's own programme it is [working days]."""
    done: dict[str, Share] = {}
    """Share done of single activities at the start, where it differs from what `programme_day` says."""
    target: date | None = None
    """The date on which it is planned to be live."""
    gpus: GpuOrder | None = None
    """Its GPUs; without an order its racks are taken as on hand."""
    activities: dict[str, dict[str, Any]] = {}
    """Changes to the template's activities for this hall: `{A1: {hours_per_mw: ...}}`."""


class Site(Declared):
    """A site."""

    name: str = ""
    """Where it is."""
    market: str | None = None
    """The labour market that its crews come from."""
    calendar: str | None = None
    """When it works."""
    weather: str | None = None
    """The weather region that it lies in; none by default."""
    access: Annotated[Count, Field(gt=0)] | None = None
    """The most workers that find room on the site at once; no limit by default."""
    live: Annotated[Mw, Field(ge=0)] = 0.0
    """Live at the start and not simulated [MW of critical IT load]."""
    firm: bool = True
    """False for a site that depends on an option or a condition."""
    temporary_power: Annotated[Days, Field(ge=0)] = 0.0
    """Days after the model's start from which temporary power is there for works that need it."""
    power: dict[str, Source] = {}
    """The sources of its megawatts."""
    halls: dict[str, Hall] = {}
    """Its halls."""
