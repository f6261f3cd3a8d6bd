"""Places: the resources, calendars and productivity entries that the halls of a site draw on."""

from dataclasses import dataclass

from buildsim.domain.construction.activities import Template, Work
from buildsim.domain.disruptions.weather import EXPOSURES
from buildsim.model.root import Model
from buildsim.program.builder import Builder
from buildsim.worktime import WorkCalendar


@dataclass(frozen=True, slots=True)
class CalendarPlan:
    """A calendar that the weather of a replication acts on."""

    dry: int
    """The number of the calendar without weather."""
    site: str
    region: str
    market: str
    exposure: float
    """Share of a lost day that is lost here."""


def rolling_name(calendar: str) -> str:
    """Return the id of a calendar with its weekends worked."""
    return f"{calendar}, every day"


class Places:
    """Gives out the numbers of resources, calendars and productivity entries."""

    def __init__(self, model: Model, builder: Builder, dry: dict[str, int]) -> None:
        """Take the numbers of the calendars without weather, by id."""
        self.model, self.builder = model, builder
        self._dry = dry
        self.wet: list[CalendarPlan] = []
        """Calendars with weather, numbered after the dry ones."""
        self._wet: dict[tuple[int, str, float], int] = {}
        self.entries: list[tuple[str, str]] = []
        """(market, trade) of each productivity entry."""
        self._workmanship: dict[tuple[str, str], int] = {}
        commissioning = model.commissioning
        self.agents = builder.resource("commissioning agents", "agents") if commissioning else -1
        self.load_banks = builder.resource("load banks", "load banks") if commissioning else -1

    def dry(self, site: str) -> int:
        """Return the number of a site's calendar without weather."""
        return self._dry[self.model.sites[site].calendar or ""]

    def pace(self, site: str) -> float:
        """Return a site's working days per day, on average."""
        return self.builder.paces[self.dry(site)]

    def calendar(self, site: str, exposure: str, *, rolling: bool = False) -> int:
        """Return the number of a site's calendar for work with an exposure; `rolling`: weekends are worked too."""
        declared, share = self.model.sites[site], EXPOSURES[exposure]
        dry = self._dry[rolling_name(declared.calendar or "")] if rolling else self.dry(site)
        if declared.weather is None:
            return dry
        if share == 0.0 and self.model.weather[declared.weather].storms is None:
            return dry
        key = (dry, site, share)
        if key not in self._wet:
            self._wet[key] = len(self._dry) + len(self.wet)
            self.wet.append(CalendarPlan(dry, site, declared.weather, declared.market or site, share))
        return self._wet[key]

    def pool(self, site: str, trade: str) -> int:
        """Return the resource of a trade's people in a site's market [thousandths of workers]."""
        return self.builder.resource(f"{self.model.sites[site].market} {trade}", "crew")

    def entry(self, site: str, trade: str) -> int:
        """Return the productivity entry of a trade in a site's market."""
        key = (self.model.sites[site].market or "", trade)
        if key not in self.entries:
            self.entries.append(key)
        return self.entries.index(key)

    def workmanship(self, site: str, template: Template) -> int:
        """Return the productivity entry of the trade with most craft-hours in a template: its rework fails tests."""
        key = (site, template.name)
        if key not in self._workmanship:
            hours: dict[str, float] = {}
            for activity in template.activities.values():
                if isinstance(activity, Work):
                    hours[activity.trade] = hours.get(activity.trade, 0.0) + activity.hours_per_mw.planning()
            self._workmanship[key] = self.entry(site, max(hours, key=lambda trade: hours[trade])) if hours else -1
        return self._workmanship[key]

    def megawatts(self, site: str) -> int:
        """Return the resource of a site's megawatts [thousandths of a MW]."""
        return self.builder.resource(f"{site} MW", "MW")

    def calendars(self) -> list[WorkCalendar]:
        """Return the calendar without weather of each number, dry ones first."""
        return [*self.builder.calendars, *(self.builder.calendars[plan.dry] for plan in self.wet)]
