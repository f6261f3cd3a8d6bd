"""Manning: who does the work of a hall, how many find room, and what earlier halls have taught them."""

from buildsim.domain.construction.activities import Template, Work
from buildsim.domain.labour import MILLI, Prefabrication, RollingShifts, SecondShift, experience
from buildsim.domain.labour.levers.rolling_shifts import GANGS
from buildsim.engine import causes
from buildsim.engine.network import REPAIR, Crews, Gate
from buildsim.model.root import Model
from buildsim.model.site import Hall
from buildsim.program.builder import Builder, Node
from buildsim.program.levers import in_use
from buildsim.program.places import Places

NEVER = Gate(("sent for", ""), causes.NOT_BEFORE)
"""What a repair waits for: it begins only when a failed test sends for it."""


class Manning:
    """Gives activities their crews."""

    def __init__(self, model: Model, builder: Builder, places: Places) -> None:
        self.model, self.builder, self.places = model, builder, places
        self._levers = in_use(model)
        self._experience: dict[tuple[str, str, str], dict[str, float]] = {}

    def man(self, node: Node, site: str, hall_id: str, hall: Hall, template: Template, key: str, left: float) -> None:
        """Give a node the crews and the amount of an activity of which a share is `left`."""
        activity = template.activities[key]
        assert isinstance(activity, Work)
        teams, productivity = activity.teams, self.model.productivity
        crowding = productivity.crowding_factors(teams.planned, teams.max)
        most = teams.max if productivity.teams_up_to == "maximum" else teams.planned
        trade, market = self.model.trades[activity.trade], self.model.sites[site].market or ""
        hours = trade.crew * trade.shift * hall.mw / template.per
        first, differential, on_site, shop = 0, 0.0, 1.0, 0.0
        rolling = self._rolling(site, activity.trade)
        if rolling is not None:
            differential = rolling.differential
            crowding = tuple((1.0 - rolling.loss) * factor for factor in crowding)
        for lever in self._levers:
            if isinstance(lever, SecondShift) and lever.acts_on(market, activity.trade) and lever.at(site):
                crowding = lever.crowding_factors(crowding[: most + 1])
                first, most, differential = most, lever.most(most), lever.differential
            elif isinstance(lever, Prefabrication):
                moved = lever.moved(activity.trade, key, site)
                shop, on_site = shop + on_site * moved * lever.per_hour, on_site * (1.0 - moved)
        longer = rolling.longer(trade.shift) if rolling else 1.0
        node.crews = Crews(
            team=self._team(site, activity.trade, hall, template, gangs=GANGS if rolling else 1),
            least=teams.min,
            planned=teams.planned,
            most=most,
            crowding=crowding,
            pool=self.places.entry(site, activity.trade),
            hours=hours * longer,
            learning=self._learning(site, hall_id, hall, activity.trade),
            first_shift=first,
            differential=differential,
            shop=shop * hours * longer / on_site,
            gangs=GANGS if rolling else 1,
        )
        node.calendar = self.places.calendar(site, activity.exposure, rolling=rolling is not None)
        node.factor = template.per / (trade.crew * trade.shift * longer) * left * on_site

    def repairs(self, block: str, number: int, hall: Hall, template: Template, key: float) -> None:
        """Add an activity for each trade of a hall that mends what failed tests find; `key` is its rank key.

        It takes no room on the site: the crews of the test stand by, and might hold all that is left.
        """
        if not self.model.productivity.latent:
            return
        planned: dict[str, int] = {}
        for activity in template.activities.values():
            if isinstance(activity, Work):
                planned[activity.trade] = max(planned.get(activity.trade, 0), activity.teams.planned)
        site = block.split("/")[0]
        for name, most in planned.items():
            trade, entry = self.model.trades[name], self.places.entry(site, name)
            node = Node(f"{block}/{name}.repair", number, REPAIR, rank_key=key)
            node.crews = Crews(
                team=self._team(site, name, hall, template, room=False),
                least=1,
                planned=most,
                most=most,
                crowding=(1.0,) * (most + 1),
                pool=entry,
                hours=trade.crew * trade.shift * hall.mw / template.per,
            )
            node.calendar = self.places.calendar(site, "indoor")
            node.gates = (NEVER,)
            self.builder.repairs[number, entry] = self.builder.add(node)

    def _rolling(self, site: str, trade: str) -> RollingShifts | None:
        """Return the rolling shifts that a trade works at a site, if it does."""
        market = self.model.sites[site].market or ""
        for lever in self._levers:
            if isinstance(lever, RollingShifts) and lever.acts_on(market, trade) and lever.at(site):
                return lever
        return None

    def _team(
        self, site: str, trade: str, hall: Hall, template: Template, *, room: bool = True, gangs: int = 1
    ) -> tuple[tuple[int, int], ...]:
        """Return what one team takes: people of its trade and, where room is limited, `room` on the site.

        Of several gangs one is on the site at a time.
        """
        amount = max(1, round(self.model.trades[trade].crew * hall.mw / template.per * MILLI))
        team = ((self.places.pool(site, trade), gangs * amount),)
        access = self.model.sites[site].access
        if access is None or not room:
            return team
        return (*team, (self.builder.resource(f"{site} access", "access", round(access * MILLI)), amount))

    def _learning(self, site: str, hall_id: str, hall: Hall, trade: str) -> float:
        """Return the factor on the rate for what earlier halls of the same template on the site have taught."""
        productivity = self.model.productivity
        if productivity.learning == 1.0:
            return 1.0
        key = (site, hall.template, trade)
        if key not in self._experience:
            alike = {name: one for name, one in self.model.sites[site].halls.items() if one.template == hall.template}
            order = sorted(alike, key=lambda name: alike[name].start)
            turnover = self.model.labour[self.model.sites[site].market or ""][trade].turnover
            known = experience(
                [self.model.day(alike[name].start) for name in order], turnover.planning() if turnover else 0.0
            )
            self._experience[key] = dict(zip(order, known, strict=True))
        return productivity.learning_rate(self._experience[key][hall_id])
