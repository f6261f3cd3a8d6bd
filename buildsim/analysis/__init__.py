"""Frames in, frames out: what the replications say about dates, MW, milestones, withdrawals, causes and differences."""

from buildsim.analysis.compare import Comparison, compare
from buildsim.analysis.proportions import Interval, mean, wilson
from buildsim.analysis.quantiles import BEYOND, Quantile, quantile

__all__ = ["BEYOND", "Comparison", "Interval", "Quantile", "compare", "mean", "quantile", "wilson"]
