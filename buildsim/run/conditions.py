"""What a replication draws before it starts: amounts, calendars with their weather, and the people."""

import numpy as np

from buildsim.domain.disruptions.weather import StormPlan, gap, storm_days
from buildsim.engine.conditions import Conditions
from buildsim.program.people import People
from buildsim.program.program import Program
from buildsim.sampling.streams import series, uniform
from buildsim.worktime import WorkCalendar

YEAR = 365.25
"""[days]"""
Storms = dict[str, list[tuple[float, float]]]
"""(begin, length) by site [days]."""


def conditions(
    program: Program,
    seed: int,
    replication: int,
    row: np.ndarray,
    amounts: list[float],
    people: People,
    *,
    risks: bool,
    calm: bool,
) -> Conditions:
    """Return the conditions of a replication from its row of inputs; `calm`: there is no weather."""
    values = row.tolist()
    retests = program.retests

    def further(name: str, occurrence: int) -> float:
        return float(retests[name].ppf(np.array([uniform(seed, replication, name, occurrence)]))[0])

    storms = {} if calm else storms_of(program, seed, replication, row)
    return Conditions(
        amounts=amounts,
        calendars=weathered(program, seed, replication, row, storms) if program.wet and not calm else program.dry,
        storms=storms,
        dry=program.dry,
        output=people.output,
        failing=people.failing,
        spoiled=people.spoiled,
        usual=people.usual if risks else 0.0,
        paces=people.paces,
        draw=values.__getitem__,
        further=further,
        risks=risks,
        one_shift=people.normal,
        crews_by=program.network.crews_by,
    )


def storms_of(program: Program, seed: int, replication: int, row: np.ndarray) -> Storms:
    """Return (begin, length) of the storms of a replication by site, in order [days]."""
    return {site: _storms(plan, seed, replication, row, program) for site, plan in program.storms.items()}


def weathered(program: Program, seed: int, replication: int, row: np.ndarray, storms: Storms) -> list[WorkCalendar]:
    """Return the calendars with the weather of a replication: lost days by market, storms by site."""
    calm = len(program.dry) - len(program.wet)
    calendars = list(program.dry[:calm])
    lost: dict[tuple[str, str], np.ndarray] = {}
    closed: dict[str, np.ndarray] = {}
    for plan in program.wet:
        share = program.shares[plan.dry]
        if plan.exposure > 0.0:
            key = (plan.region, plan.market)
            if key not in lost:
                luck = series(seed, replication, f"weather.{plan.region}.{plan.market}", len(share))
                lost[key] = program.weather[plan.region].lost(row, luck)
            share = share * (1.0 - plan.exposure * lost[key])
        if plan.site in storms:
            if plan.site not in closed:
                closed[plan.site] = storm_days(storms[plan.site], len(share))
            share = share * closed[plan.site]
        calendars.append(WorkCalendar(share))
    return calendars


def _storms(
    plan: StormPlan, seed: int, replication: int, row: np.ndarray, program: Program
) -> list[tuple[float, float]]:
    """Return (begin, length) of a site's storms, drawn by occurrence [days]."""
    days = len(program.shares[0])
    rate, moment, occurrence = float(row[plan.per_year]) / YEAR, 0.0, 0
    storms: list[tuple[float, float]] = []
    if rate <= 0.0:
        return []
    while True:
        moment += gap(uniform(seed, replication, f"storms.{plan.site}.gap", occurrence), rate)
        if moment >= days:
            return storms
        luck = uniform(seed, replication, f"storms.{plan.site}.days", occurrence)
        storms.append((moment, float(plan.days.ppf(np.array([luck]))[0])))
        occurrence += 1
