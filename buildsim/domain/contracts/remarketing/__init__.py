"""Released capacity: who takes what a customer lets go of, and at what price."""

from buildsim.domain.contracts.remarketing.backstop import Backstop
from buildsim.domain.contracts.remarketing.declared import Remarketing
from buildsim.domain.contracts.remarketing.lots import Lot
from buildsim.domain.contracts.remarketing.outlet import Outlet
from buildsim.domain.contracts.remarketing.plan import OutletPlan, compile_outlet
from buildsim.domain.contracts.remarketing.prospects import Prospect

__all__ = ["Backstop", "Lot", "Outlet", "OutletPlan", "Prospect", "Remarketing", "compile_outlet"]
