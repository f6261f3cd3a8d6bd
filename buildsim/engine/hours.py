"""Slow hours: where the days of a stretch of work went, by the factors that slowed it or sped it up.

A factor f takes 1 - f of what those before it have left; what is left in the end is planned work, and of that the part
above the planning value is the overrun of the estimate. The parts sum to the stretch.
"""

from collections.abc import Mapping, Sequence

from buildsim.engine import causes
from buildsim.engine.world import World

SLOW_HOURS = (causes.WEATHER, causes.THIN_TEAM, *causes.OUTPUT_FACTORS)
"""The causes of slow hours before learning and crowding, in the order in which they are charged."""


class Hours:
    """The hours of one replication's works; a stretch that is asked for again is looked up."""

    def __init__(self, world: World, planned_amounts: Sequence[float]) -> None:
        """Take a world that has run, and the amounts of the plan [days or team-days]: more is an overrun."""
        self.world = world
        self.planned = planned_amounts
        self._known: dict[tuple[int, float, float], dict[str, float]] = {}

    def parts(self, activity: int, begin: float, end: float) -> Mapping[str, float]:
        """Return the days by cause of a stretch of work of an activity; they sum to its length."""
        key = (activity, begin, end)
        if key not in self._known:
            self._known[key] = self._parts(activity, begin, end)
        return self._known[key]

    def _parts(self, activity: int, begin: float, end: float) -> dict[str, float]:
        world, crews = self.world, self.world.network.crews[activity]
        parts: dict[str, float] = {causes.PLANNED: 0.0}
        if crews is None:
            weather = self._weather(activity, begin, end)
            storm = (end - begin) * (1.0 - weather) if weather != 1.0 else 0.0
            parts[causes.PLANNED] = end - begin - storm
            if storm:
                parts[causes.WEATHER] = storm
        else:
            spans = world.works.spans[activity]
            bounds = [since for since, _ in spans[1:]] + [end]
            densities = world.works.densities.get(activity) or [1.0] * len(spans)
            for (since, teams), till, density in zip(spans, bounds, densities, strict=True):
                since, till = max(since, begin), min(till, end)
                if till > since:
                    self._slow_hours(activity, (teams, density), since, till, parts)
        amount, planned = world.conditions.amounts[activity], self.planned[activity]
        if amount > planned >= 0.0:
            over = parts[causes.PLANNED] * (1.0 - planned / amount)
            parts[causes.PLANNED] -= over
            parts[causes.ESTIMATE] = over
        return parts

    def _slow_hours(
        self, activity: int, manned: tuple[int, float], begin: float, end: float, parts: dict[str, float]
    ) -> None:
        """Split [begin, end] at a number of teams and a density: a factor f takes (1 - f) of what those before left."""
        world, crews, (teams, density) = self.world, self.world.network.crews[activity], manned
        if crews is None:
            return
        left = end - begin
        weather, thin = self._weather(activity, begin, end), teams / crews.planned
        output: Sequence[float] = ()
        if crews.pool >= 0:
            output = world.conditions.output_over(world.network.calendar[activity], crews.pool, begin, end)
        for cause, factor in zip(SLOW_HOURS, (weather, thin, *output), strict=False):
            if factor != 1.0:
                parts[cause] = parts.get(cause, 0.0) + left * (1.0 - factor)
                left *= factor
        for cause, factor in ((causes.SKILL, crews.learning), (causes.CROWDING, crews.crowding[teams] * density)):
            if factor != 1.0:
                parts[cause] = parts.get(cause, 0.0) + left * (1.0 - factor)
                left *= factor
        parts[causes.PLANNED] = parts.get(causes.PLANNED, 0.0) + left

    def _weather(self, activity: int, begin: float, end: float) -> float:
        """Return the share of the working time in [begin, end] that the weather left."""
        number = self.world.network.calendar[activity]
        if number < 0:
            return 1.0
        actual, dry = self.world.conditions.calendars[number], self.world.conditions.dry[number]
        if actual is dry:
            return 1.0
        usual = dry.worked(end) - dry.worked(begin)
        return (actual.worked(end) - actual.worked(begin)) / usual if usual > 0.0 else 1.0
