"""Compiling weather: the seasons of each region, and the storms of each site."""

from datetime import timedelta

import numpy as np

from buildsim.domain.disruptions.weather import StormPlan, WeatherPlan
from buildsim.model.root import Model
from buildsim.program.builder import Builder
from buildsim.program.places import Places


def compile_weather(
    model: Model, builder: Builder, places: Places
) -> tuple[dict[str, WeatherPlan], dict[str, StormPlan]]:
    """Compile the weather regions, and the storms of the sites whose calendars they act on."""
    days = len(builder.calendars[0].shares) if builder.calendars else 0
    months = np.array([(model.start + timedelta(days=day)).month for day in range(days)])
    regions, storms = {}, {}
    for region, weather in model.weather.items():
        season = np.zeros(days, dtype=np.intp)
        columns = [builder.column(f"weather.{region}.lost_days", weather.lost_days)]
        for place, declared in enumerate(weather.seasons, start=1):
            columns.append(builder.column(f"weather.{region}.seasons.{place}.lost_days", declared.lost_days))
            season[np.isin(months, declared.months)] = place
        regions[region] = WeatherPlan(region, tuple(columns), season)
    for plan in places.wet:
        declared_storms = model.weather[plan.region].storms
        if declared_storms is not None and plan.site not in storms:
            column = builder.column(f"weather.{plan.region}.storms.per_year", declared_storms.per_year)
            storms[plan.site] = StormPlan(plan.site, column, declared_storms.days.dist)
    return regions, storms
