"""The book: what a model promises to whom, tranche by tranche, with the terms that hold and what is paid."""

from typing import Any, Protocol

import numpy as np
import pandas as pd

from buildsim.analysis.portfolio import RunLike
from buildsim.domain.contracts.terms import Contract, Terms, Tranche, settled
from buildsim.domain.contracts.withdrawal.strategic import Strategic
from buildsim.errors import InputError, Problem
from buildsim.program.contracts import fee_and_value
from buildsim.spec.base import nearest

COLUMNS = (
    "contract", "customer", "tranche", "mw", "value", "fee", "term", "indexation", "signed", "due", "grace",
    "longstop", "outside", "option", "probability", "exercise", "delivered", "since", "unneeded", "own_rule",
)  # fmt: skip


class ContractRun(RunLike, Protocol):
    """A run that tells what happens to contracts."""

    @property
    def contract_events(self) -> pd.DataFrame:
        """A row an event of a tranche."""
        ...

    @property
    def placements(self) -> pd.DataFrame:
        """A row a lot of released capacity that somebody takes."""
        ...


def book(model: Any) -> pd.DataFrame:
    """The tranches of a model, one row each, in declared order.

    Columns: contract, customer, tranche ("k03/t1"), mw [MW], value [USD over the term, 0 where there is none], fee [USD
    per MW and day in the first year of service, NaN where none is known], term [days, infinite: open], indexation
    [share a year], signed, due, grace, longstop, outside, exercise, since [days since start: the ends of the days on
    which these fall, but `since` the beginning; NaN where there is none], option, delivered (before the start)
    [true or false], probability [of an option], unneeded [share of the fee that is owed once the customer's need has
    fallen], own_rule (whether its withdrawal rule is its own) [true or false].

    Without a term there is no fee, but for what was delivered before the start and has a price.
    """
    found = []
    for key, contract in model.contracts.items():
        master = model.masters[contract.master] if contract.master is not None else None
        for name, tranche in contract.tranches.items():
            row = {"contract": key, "customer": contract.customer, "tranche": f"{key}/{name}"}
            terms = settled(tranche, contract, master)
            rule = tranche.withdrawal or model.customers[contract.customer].withdrawal
            share = rule.share if isinstance(rule, Strategic) else 0.0
            pays = 1.0 if terms.take_or_pay is None else float(terms.take_or_pay)
            row |= {"unneeded": 1.0 - share * (1.0 - pays), "own_rule": tranche.withdrawal is not None}
            found.append({**row, **_money(model, tranche, terms), **_dates(model, contract, tranche, terms)})
    return pd.DataFrame(found, columns=list(COLUMNS))


def known(run: ContractRun, *, customer: str | None = None, contract: str | None = None) -> None:
    """See that a run has contracts, and the customer and contract that are named.

    Errors: InputError with all that is missing.
    """
    found = []
    if not run.model.contracts:
        found.append(Problem("contracts", "the run has no contracts", expected="a run of a model with contracts"))
    for path, name, names in (
        ("customer", customer, list(dict.fromkeys(one.customer for one in run.model.contracts.values()))),
        ("contract", contract, list(run.model.contracts)),
    ):
        if name is not None and run.model.contracts and name not in names:
            text = f"no contract of the run is with a '{name}'" if path == "customer" else f"there is no '{name}'"
            found.append(Problem(path, text, expected=" or ".join(names), nearest=nearest(name, names)))
    if found:
        raise InputError(found)


def _money(model: Any, tranche: Tranche, terms: Terms) -> dict[str, float]:
    """What a tranche is worth and what it pays."""
    mw = model.megawatts(tranche)
    fee, value = fee_and_value(tranche, terms, mw)
    if terms.term is None and terms.price is not None and tranche.delivered:
        fee = terms.price.fee(mw, float(tranche.gpus or 0.0))
    return {
        "mw": mw,
        "value": value,
        "fee": fee if fee > 0.0 else np.nan,
        "term": np.inf if terms.term is None else float(terms.term),
        "indexation": float(terms.indexation or 0.0),
    }


def _dates(model: Any, contract: Contract, tranche: Tranche, terms: Terms) -> dict[str, Any]:
    """When it is promised, and what follows from being late."""
    due = np.nan if tranche.due is None else model.day(tranche.due) + 1.0
    after = {"grace": terms.grace or 0.0, "longstop": terms.longstop, "outside": terms.outside}
    option = tranche.option
    return {
        "signed": max(0.0, model.day(contract.signed)) if contract.signed is not None else 0.0,
        "due": due,
        **{name: np.nan if days is None else due + float(days) for name, days in after.items()},
        "option": option is not None,
        "probability": 1.0 if option is None else float(option.probability),
        "exercise": np.nan if option is None else model.day(option.exercise_by) + 1.0,
        "delivered": tranche.delivered,
        "since": (model.day(tranche.since) if tranche.since is not None else 0.0) if tranche.delivered else np.nan,
    }
