"""What each group of causes costs: alone, last, and by Shapley's value, in every replication.

Shapley's value is the mean gain from taking a group out over all orders of taking groups out, so the parts sum to the
whole. With every subset of the groups measured it is exact. With a few random orders in each replication it is
estimated, without bias, in each replication by itself; so the replications stay independent and alike, and the t
interval over them covers the luck of the orders as well as that of the replications. In either case the parts sum to
the whole in every replication, for the gains along an order do.

Sources: Shapley (1953), "A value for n-person games"; Castro, Gomez and Tejada (2009), "Polynomial calculation of the
Shapley value based on sampling", Computers & Operations Research 36; Mitchell, Cooper, Frank and Holmes (2022),
"Sampling permutations for Shapley value estimation", Journal of Machine Learning Research 23, for orders in pairs.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from math import factorial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import mean
from buildsim.sampling.streams import series

TIE = 1e-9
"""Differences smaller than this are none."""
Orders = NDArray[np.intp]
"""The places of the groups in the order in which they are taken out: (replications, orders, groups)."""


def random_orders(groups: int, replications: int, permutations: int, seed: int) -> Orders:
    """Return random orders for each replication, a function of seed and replication; every second is one reversed.

    What comes early in an order comes late in its reverse, which takes off much of the luck of the orders.
    """
    orders = np.empty((replications, permutations, groups), dtype=np.intp)
    for replication in range(replications):
        for place in range(0, permutations, 2):
            order = np.argsort(series(seed, replication, f"but-for.order.{place // 2}", groups), kind="stable")
            orders[replication, place] = order
            if place + 1 < permutations:
                orders[replication, place + 1] = order[::-1]
    return orders


def every_subset(groups: Sequence[str]) -> Iterator[frozenset[str]]:
    """Every subset of the groups, the small ones first."""
    for size in range(len(groups) + 1):
        yield from (frozenset(one) for one in combinations(groups, size))


def ends(groups: Sequence[str]) -> list[frozenset[str]]:
    """The subsets that first and last need: none, each alone, all but each, all."""
    everything = frozenset(groups)
    alone = [frozenset({name}) for name in groups]
    return list(dict.fromkeys([frozenset(), *alone, *(everything - one for one in alone), everything]))


def along(groups: Sequence[str], order: Sequence[int]) -> list[frozenset[str]]:
    """The subsets that an order goes through, from none to all."""
    return [frozenset(groups[place] for place in order[:size]) for size in range(len(order) + 1)]


@dataclass(frozen=True)
class ButFor:
    """What was measured with subsets of the groups taken out: an array of replications each, NaN where not run."""

    groups: tuple[str, ...]
    unit: str
    values: Mapping[frozenset[str], Floats]
    orders: Orders | None = None
    """The orders by which the Shapley values are estimated; None when every subset was run."""
    later: Mapping[frozenset[str], Floats] = field(default_factory=dict)
    """The share of what is measured that is not live by the horizon, with the same subsets taken out [-]."""

    @property
    def total(self) -> Floats:
        """What all groups together cost, by replication."""
        return self.values[frozenset()] - self.values[frozenset(self.groups)]

    def first(self, group: str) -> Floats:
        """What is gained by taking a group out alone, by replication."""
        return self.values[frozenset()] - self.values[frozenset({group})]

    def last(self, group: str) -> Floats:
        """What is gained by taking a group out after all the others, by replication."""
        everything = frozenset(self.groups)
        return self.values[everything - {group}] - self.values[everything]

    def shapley(self, group: str) -> Floats:
        """Return a group's Shapley value, by replication: its gain averaged over orders of taking groups out."""
        return self._exact(group) if self.orders is None else self._sampled(group, self.orders)

    def _exact(self, group: str) -> Floats:
        others = [name for name in self.groups if name != group]
        n = len(self.groups)
        value = np.zeros_like(self.values[frozenset()])
        for size in range(n):
            weight = factorial(size) * factorial(n - size - 1) / factorial(n)
            for chosen in combinations(others, size):
                before = frozenset(chosen)
                value += weight * (self.values[before] - self.values[before | {group}])
        return value

    def _sampled(self, group: str, orders: Orders) -> Floats:
        place = self.groups.index(group)
        value = np.zeros(len(orders))
        for replication, mine in enumerate(orders):
            for order in mine:
                before = frozenset(self.groups[one] for one in order[: list(order).index(place)])
                gain = self.values[before][replication] - self.values[before | {group}][replication]
                value[replication] += gain / len(mine)
        return value

    def idle(self, group: str) -> bool:
        """Whether taking a group out changes the measure in no replication, whatever else was taken out with it."""
        parts = (self.first(group), self.last(group), self.shapley(group))
        return all(bool((np.abs(part) <= TIE).all()) for part in parts)

    def interaction(self, group: str) -> Floats:
        """Return last minus first, by replication: above 0 the group matters more once the others are gone."""
        return self.last(group) - self.first(group)

    def table(self, confidence: float = 0.95) -> pd.DataFrame:
        """Return a row for each group and one for all: means with t intervals, in `unit`.

        `worse_first` and `worse_last` are the shares of replications in which taking the group out alone, or after all
        the others, makes the measure worse.
        """
        rows = [self._row(group, confidence) for group in self.groups]
        total = mean(self.total, confidence)
        rows.append(
            {"group": "all", "unit": self.unit, "shapley": total.estimate, "low": total.low, "high": total.high}
        )
        return pd.DataFrame(rows)

    def _row(self, group: str, confidence: float) -> dict[str, object]:
        parts = {name: mean(values, confidence) for name, values in self._parts(group).items()}
        row: dict[str, object] = {"group": group, "unit": self.unit}
        for name, part in parts.items():
            prefix = "" if name == "shapley" else f"{name}_"
            row |= {name: part.estimate, f"{prefix}low": part.low, f"{prefix}high": part.high}
        row["worse_first"] = float((self.first(group) < -TIE).mean())
        row["worse_last"] = float((self.last(group) < -TIE).mean())
        return row

    def _parts(self, group: str) -> dict[str, Floats]:
        return {
            "shapley": self.shapley(group),
            "first": self.first(group),
            "last": self.last(group),
            "interaction": self.interaction(group),
        }
