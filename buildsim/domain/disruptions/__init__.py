"""Disturbances. A new kind is one new file and one line in the union here; weather is part of the calendars."""

from typing import Annotated

from pydantic import Field

from buildsim.domain.disruptions.demand_shock import DemandShock
from buildsim.domain.disruptions.permit_hold import PermitHold
from buildsim.domain.disruptions.supplier_accident import SupplierAccident

Disruption = Annotated[DemandShock | PermitHold | SupplierAccident, Field(discriminator="kind")]

__all__ = ["DemandShock", "Disruption", "PermitHold", "SupplierAccident"]
