"""Labour: trades, crew pools and the market that they come from, what a crew gets done, and what can be done about it.

`docs/labour.md` says how it works. Nothing here knows of halls: the program says who works where.
"""

from buildsim.domain.labour.levers import (
    Dispatch,
    Lever,
    OvertimeWeeks,
    Prefabrication,
    Rank,
    RollingShifts,
    SecondShift,
    Stagger,
    Training,
    Transfer,
    Travellers,
    WagePremium,
)
from buildsim.domain.labour.market import Market
from buildsim.domain.labour.pools import CrewPool
from buildsim.domain.labour.productivity import Productivity, WeeklyFactors, experience
from buildsim.domain.labour.stocks import Path
from buildsim.domain.labour.trades import Trade
from buildsim.domain.labour.workforce import MILLI, Arrivals, Workforce, arrive, compile_workforce, planned_workforce

__all__ = [
    "MILLI",
    "Arrivals",
    "CrewPool",
    "Dispatch",
    "Lever",
    "Market",
    "OvertimeWeeks",
    "Path",
    "Prefabrication",
    "Productivity",
    "Rank",
    "RollingShifts",
    "SecondShift",
    "Stagger",
    "Trade",
    "Training",
    "Transfer",
    "Travellers",
    "WagePremium",
    "WeeklyFactors",
    "Workforce",
    "arrive",
    "compile_workforce",
    "experience",
    "planned_workforce",
]
