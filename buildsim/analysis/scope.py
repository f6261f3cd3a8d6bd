"""Whose account is meant: the portfolio, a site, a block, or what a contract, a customer or a tranche was promised."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from buildsim.analysis import answers, delay, unbuilt
from buildsim.analysis.frames import Ints, numbers
from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.ledger import Ledger
from buildsim.analysis.portfolio import RunLike, customer_names, site_names
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest

KINDS = ("site", "customer", "contract", "tranche")
"""What a scope may be narrowed to; `site` takes a block too."""
_GROUP = "of"
"""The column of the one group that a scope is."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The units whose accounts are put together, and their accounts; what is not built is in neither."""

    kind: str
    """`portfolio`, `site`, `block`, `customer`, `contract` or `tranche`."""
    name: str
    """Its id; "portfolio" for all firm sites."""
    title: str
    """What it is called in a sentence."""
    unit: str
    """What has an account: `block`; `tranche`, with that of its last block; or `last`, the last block of the scope."""
    delays: pd.DataFrame
    """replication, the unit, cause, days, planned_days."""
    units: pd.DataFrame
    """replication, the unit, block, mw, live, planned: a row for each unit that is there in a replication."""
    replications: Ints
    """The replications of the run."""
    options: Mapping[str, Ints] = field(default_factory=dict)
    """By the name of a unit (before `last` made one of them) that is not there in every replication, those in which it
    is: it hangs on an option, a deal or a lease that may be ended."""

    def ledger(self, *, total: bool = False) -> Ledger:
        """The account of the scope as one group: mean over units weighted by MW [days], or in `total` [MW-days]."""
        units = self.units.assign(**{_GROUP: self.name})
        given = self.replications if total else None
        return Ledger(self.delays, units, _GROUP, unit=self.unit, total=total, replications=given)

    @property
    def there(self) -> Ints:
        """The replications in which any unit is there."""
        return numbers(self.units)

    def unbuilt(self, replications: Ints) -> NDArray[np.bool_]:
        """Whether a unit of the scope is not there in each of some replications, such as an option that lapsed."""
        missing = np.full(len(replications), False)
        for built in self.options.values():
            missing |= ~np.isin(replications, built)
        return missing

    def beyond(self, replications: Ints | None = None) -> tuple[float, float]:
        """The share of the units' go-lives that are later than the horizon, and of those planned.

        Of all replications, or of some. Their days count up to the horizon.
        """
        own = self.units if replications is None else self.units[self.units["replication"].isin(replications)]
        return float(own["live"].isna().mean()), float(own["planned"].isna().mean())


def scope(
    run: RunLike,
    *,
    site: str | None = None,
    customer: str | None = None,
    contract: str | None = None,
    tranche: str | None = None,
    last: bool = False,
) -> Scope:
    """Return the account that is meant; without any of the four names, that of the portfolio's firm sites.

    Args:
        run: A run.
        site: A site, or a block (`site/hall`).
        customer: A customer: the mean over its tranches, weighted by MW.
        contract: A contract, likewise.
        tranche: A tranche (`contract/tranche`): the account of its last block.
        last: The last block to go live alone, which may be another one in each replication, instead of the mean over
            units: its causes sum to the time to the finish.

    Raises:
        InputError: a name that the run does not have, more than one, or what is built in no replication.
    """
    asked = dict(zip(KINDS, (site, customer, contract, tranche), strict=True))
    given = {kind: name for kind, name in asked.items() if name is not None}
    if len(given) > 1:
        problem = "it does not go with --" + " and --".join(list(given)[:-1])
        raise InputError(Problem(list(given)[-1], problem, expected="one of " + ", ".join(KINDS)))
    kind, name = next(iter(given.items()), (PORTFOLIO, PORTFOLIO))
    found = _of_blocks(run, kind, name) if kind in (PORTFOLIO, "site") else _of_tranches(run, kind, name)
    if found.units.empty:
        raise InputError(Problem(kind, f"{found.title} is built in no replication: {_never(run, found)}"))
    if last and found.kind not in ("block", "tranche"):
        delays, units = delay.of_last(run.delays, found.units, name)
        found = replace(found, unit="last", delays=delays, units=units)
    return found


def _never(run: RunLike, found: Scope) -> str:
    """Why a scope is built in no replication."""
    if found.unit == "tranche":
        return unbuilt.ALWAYS["options"]
    blocks = [str(block) for block in run.go_live["block"].unique()]
    return unbuilt.always(run.model, [one for one in blocks if found.name in (PORTFOLIO, one, one.split("/")[0])])


def _of_blocks(run: RunLike, kind: str, name: str) -> Scope:
    """The portfolio, a site or a block."""
    whole = run.go_live
    sites = [str(one) for one in whole["site"].unique()]
    blocks = [str(one) for one in whole["block"].unique()]
    if kind == PORTFOLIO:
        firm = answers.firm(run)
        meant = [block for block in blocks if firm is None or block.split("/")[0] in firm]
        title = "the portfolio" if run.model.network is None else "the project"
    elif name in sites:
        meant = [block for block in blocks if block.split("/")[0] == name]
        title = site_names(run.model).get(name, name)
    elif name in blocks:
        kind, meant, title = "block", [name], name
    else:
        known = [*sites, *blocks]
        message, expected = f"the run has no site or block '{name}'", ", ".join(sites) if len(sites) <= 8 else ""
        raise InputError(Problem("site", message, expected=expected, nearest=nearest(name, known)))
    delays, units = (answers.built(run, frame[frame["block"].isin(meant)]) for frame in (run.delays, whole))
    return Scope(kind, name, title, "block", delays, units, numbers(whole), _options(units, "block", whole))


def _of_tranches(run: RunLike, kind: str, name: str) -> Scope:
    """A customer, a contract or a tranche."""
    own = run.milestones[run.milestones[kind] == name]
    if own.empty:
        known = [str(one) for one in np.unique(run.milestones[kind].astype(str).to_numpy())]
        expected = ", ".join(known) if 0 < len(known) <= 8 else "" if known else "a model with contracts"
        near = next((one for one in known if one.endswith(f"/{name}")), None) or nearest(name, known)
        raise InputError(Problem(kind, f"the run has no {kind} '{name}'", expected=expected, nearest=near))
    delays, units = delay.of_tranches(run.delays, run.go_live, own)
    title = customer_names(run.model).get(name, name) if kind == "customer" else f"{kind} {name}"
    options = _options(units, "tranche", run.go_live)
    return Scope(kind, name, title, "tranche", delays, units, numbers(run.go_live), options)


def _options(units: pd.DataFrame, unit: str, whole: pd.DataFrame) -> dict[str, Ints]:
    """The units that are not there in every replication, and those in which they are."""
    held = numbers(whole)
    built = {str(name): numbers(own) for name, own in units.groupby(unit, observed=True, sort=False)}
    return {name: there for name, there in built.items() if len(there) < len(held)}
