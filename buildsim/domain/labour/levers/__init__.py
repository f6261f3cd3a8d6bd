"""Levers: what can be done about labour. A new kind is one new file and one line in the union here."""

from typing import Annotated

from pydantic import Field

from buildsim.domain.labour.levers.dispatch import Dispatch, Rank
from buildsim.domain.labour.levers.overtime import OvertimeWeeks
from buildsim.domain.labour.levers.prefabrication import Prefabrication
from buildsim.domain.labour.levers.premium import WagePremium
from buildsim.domain.labour.levers.rolling_shifts import RollingShifts
from buildsim.domain.labour.levers.second_shift import SecondShift
from buildsim.domain.labour.levers.stagger import Stagger
from buildsim.domain.labour.levers.training import Training
from buildsim.domain.labour.levers.transfer import Transfer
from buildsim.domain.labour.levers.travellers import Travellers

Lever = Annotated[
    OvertimeWeeks
    | SecondShift
    | RollingShifts
    | Travellers
    | WagePremium
    | Training
    | Prefabrication
    | Dispatch
    | Stagger
    | Transfer,
    Field(discriminator="kind"),
]

__all__ = [
    "Dispatch",
    "Lever",
    "OvertimeWeeks",
    "Prefabrication",
    "Rank",
    "RollingShifts",
    "SecondShift",
    "Stagger",
    "Training",
    "Transfer",
    "Travellers",
    "WagePremium",
]
