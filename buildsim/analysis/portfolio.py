"""What the answers need to know about a model, and what they expect of a run."""

from collections.abc import Iterable, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Protocol

import pandas as pd


class TablesLike(Protocol):
    """The tables of a run, or of its planning replication."""

    @property
    def go_live(self) -> pd.DataFrame:
        """A row a block."""
        ...

    @property
    def milestones(self) -> pd.DataFrame:
        """A row a tranche."""
        ...

    @property
    def withdrawals(self) -> pd.DataFrame:
        """A row a withdrawal or a lapsed option."""
        ...

    @property
    def leases(self) -> pd.DataFrame:
        """A row a stage of a lease."""
        ...

    @property
    def deals(self) -> pd.DataFrame:
        """A row a deal."""
        ...

    @property
    def delays(self) -> pd.DataFrame:
        """A row a block and a cause."""
        ...

    @property
    def activities(self) -> pd.DataFrame:
        """A row an activity."""
        ...


class RunLike(TablesLike, Protocol):
    """A run as the answers and the figures see it."""

    @property
    def plan(self) -> TablesLike:
        """The planning replication."""
        ...

    @property
    def model(self) -> Any:
        """The model as resolved."""
        ...

    @property
    def manifest(self) -> Mapping[str, Any]:
        """Seed, design, versions and what else describes the run."""
        ...

    @property
    def start(self) -> date:
        """Day 0."""
        ...

    @property
    def horizon(self) -> float:
        """The end of what is simulated [days since start]."""
        ...

    @property
    def replications(self) -> int:
        """How many replications there are."""
        ...


def base_mw(model: Any) -> dict[str, float]:
    """Critical IT MW by site that were live at the start and are not simulated [MW]."""
    return {name: float(site.live) for name, site in model.sites.items()}


def firm_sites(model: Any) -> list[str]:
    """The sites that are firm, in declared order."""
    return [name for name, site in model.sites.items() if site.firm]


def site_names(model: Any) -> dict[str, str]:
    """The name of each site for people."""
    return {name: site.name or name for name, site in model.sites.items()}


def customer_names(model: Any) -> dict[str, str]:
    """The name of each customer for people."""
    return {name: customer.name or name for name, customer in model.customers.items()}


def tranche_blocks(model: Any, blocks: Iterable[str], *, options: bool | None = None) -> dict[str, list[str]]:
    """The blocks of each tranche ("k03/t1"), of all (None), of the options only (True) or without them (False).

    `blocks` are the blocks of the run ("denton/h02"); a tranche may name a block, a whole site or a pattern.
    """
    known = list(blocks)
    found: dict[str, list[str]] = {}
    for contract, declared in model.contracts.items():
        for name, tranche in declared.tranches.items():
            if options is None or options == (tranche.option is not None):
                found[f"{contract}/{name}"] = [b for b in known if any(_meant(b, entry) for entry in tranche.blocks)]
    return found


def option_tranches(model: Any) -> list[str]:
    """The tranches that are options: nobody is committed to them before they are exercised."""
    return list(tranche_blocks(model, (), options=True))


def _meant(block: str, entry: str) -> bool:
    return block == entry or block.startswith(f"{entry}/") or fnmatchcase(block, entry)
