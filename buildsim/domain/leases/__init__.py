"""Leases: landlords hand halls over by stages, late or on time, and rent runs from hand-over."""

from buildsim.domain.leases.handover import StagePlan
from buildsim.domain.leases.terms import Lease, Stage

__all__ = ["Lease", "Stage", "StagePlan"]
