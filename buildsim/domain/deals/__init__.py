"""Deals: capacity that is bought instead of built. A new kind is one new file and one line in the union here."""

from typing import Annotated

from pydantic import Field

from buildsim.domain.deals.acquisition import Acquisition
from buildsim.domain.deals.closing import DealPlan
from buildsim.domain.deals.lease import LeaseDeal
from buildsim.domain.deals.option import OptionDeal

Deal = Annotated[OptionDeal | LeaseDeal | Acquisition, Field(discriminator="kind")]

__all__ = ["Acquisition", "Deal", "DealPlan", "LeaseDeal", "OptionDeal"]
