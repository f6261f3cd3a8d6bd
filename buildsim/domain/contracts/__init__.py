"""Contracts: customers, tranches with their dates, what lateness does, and where released capacity goes."""

from buildsim.domain.contracts.remarketing import Remarketing
from buildsim.domain.contracts.terms import Contract, Master, Option, Tranche
from buildsim.domain.contracts.withdrawal import Customer, Withdrawal

__all__ = ["Contract", "Customer", "Master", "Option", "Remarketing", "Tranche", "Withdrawal"]
