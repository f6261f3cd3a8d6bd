"""The model: everything that a model file declares."""

from datetime import date
from typing import Any

from buildsim.domain.calendars import Calendar
from buildsim.domain.commissioning import Commissioning
from buildsim.domain.construction.activities import Template
from buildsim.domain.contracts import Contract, Customer, Master, Remarketing, Tranche
from buildsim.domain.contracts.demand import Demand
from buildsim.domain.deals import Deal
from buildsim.domain.disruptions import Disruption
from buildsim.domain.disruptions.weather import Weather
from buildsim.domain.gpus import Generation, Mishap
from buildsim.domain.labour import CrewPool, Lever, Market, Productivity, Rank, Trade
from buildsim.domain.leases import Lease
from buildsim.model.network import ProjectNetwork
from buildsim.model.site import Site
from buildsim.spec.base import Declared
from buildsim.spec.correlation import Correlation
from buildsim.spec.drivers import Driver


class Policy(Declared):
    """Who is served first."""

    rank: Rank = "least_slack"
    """How waiting work is ordered, at planning values: least slack to the contract date, latest finish, declared order,
    largest hall, or earliest planned start."""


class Scenario(Declared):
    """A named set of changes to the model."""

    description: str = ""
    """What it stands for."""
    set: dict[str, Any] = {}
    """New values by dotted path; `*` stands for any one name."""


class Model(Declared):
    """A build-out as it is declared."""

    name: str
    """What it is called."""
    description: str = ""
    """What it is."""
    start: date
    """Day 0, 00:00."""
    information: date | None = None
    """The date on which everything in the file was known; the start by default."""
    horizon: date
    """The last day that is simulated."""
    calendars: dict[str, Calendar] = {}
    """When sites work."""
    weather: dict[str, Weather] = {}
    """Weather regions."""
    trades: dict[str, Trade] = {}
    """The crafts."""
    templates: dict[str, Template] = {}
    """Programmes of activities for halls."""
    productivity: Productivity = Productivity()
    """How the skill mix acts."""
    market: Market = Market()
    """What the whole market builds."""
    labour: dict[str, dict[str, CrewPool]] = {}
    """Crew pools by market and trade."""
    levers: dict[str, Lever] = {}
    """What can be done about labour, and what it costs; each is in use or not."""
    commissioning: Commissioning | None = None
    """What the tests of all sites share."""
    generations: dict[str, Generation] = {}
    """Generations of GPUs."""
    logistics: dict[str, Mishap] = {}
    """What may befall shipments."""
    disruptions: dict[str, Disruption] = {}
    """Disturbances."""
    sites: dict[str, Site] = {}
    """The sites."""
    demand: Demand | None = None
    """The demand for capacity; without it the market is as tight as that of the sources."""
    customers: dict[str, Customer] = {}
    """The customers."""
    masters: dict[str, Master] = {}
    """Master agreements, whose terms the orders under them share."""
    contracts: dict[str, Contract] = {}
    """The contracts."""
    leases: dict[str, Lease] = {}
    """Leases by which landlords hand halls over."""
    deals: dict[str, Deal] = {}
    """Deals by which capacity is bought instead of built."""
    remarketing: Remarketing | None = None
    """How released capacity is sold again; without it, it stays idle."""
    policy: Policy = Policy()
    """Who is served first."""
    drivers: dict[str, Driver] = {}
    """Risk drivers that act on many quantities at once."""
    correlations: tuple[Correlation, ...] = ()
    """Correlation between named quantities."""
    scenarios: dict[str, Scenario] = {}
    """Named sets of changes."""
    network: ProjectNetwork | None = None
    """A bare project network, instead of sites."""

    @property
    def days(self) -> float:
        """The horizon: the end of its day [days since the start]."""
        return float((self.horizon - self.start).days + 1)

    def day(self, moment: date) -> float:
        """Return a date as days since the start."""
        return float((moment - self.start).days)

    def megawatts(self, tranche: Tranche) -> float:
        """Return the critical IT load of a tranche [MW], also where it is sized in GPUs of a known generation."""
        if tranche.mw is not None:
            return tranche.mw
        return float(tranche.gpus or 0.0) * self.generations[str(tranche.generation)].kw_per_gpu / 1000.0
