"""Revenue at risk over time: the value of what is overdue, by customer."""

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.lines import Line2D

from buildsim.analysis import capacity, quantiles
from buildsim.analysis.contracts import ContractRun, Ledger, known
from buildsim.analysis.frames import Floats
from buildsim.analysis.proportions import mean, wilson
from buildsim.errors import InputError, Problem
from buildsim.plots import customers, style, wording

BILLION = 1e9
TAIL = 0.9
DAYS = 4000
"""Up to so many, every day is looked at: dates on which much falls due are met."""


def revenue_at_risk(run: ContractRun, *, customer: str | None = None, ax: Axes | None = None) -> Axes:
    """Value of what is undelivered of overdue tranches over time, stacked by customer, and the P90 of the sum.

    Areas are means over replications; the line is the P90 of all together, which areas of customers do not add up to.
    With `customer` only that one is drawn. Nothing is written.

    Errors: InputError when the run has no contracts, none with such a customer, or none with a value.
    """
    ledger, at, values, whole = _found(run, customer)
    ax = style.axes(ax, height=3.9)
    who = customers.leading(values.sum(axis=1))
    handles = customers.stack(ax, ledger, at, values / BILLION, who)
    (high,) = quantiles.bands(whole, (TAIL,))
    ax.step(style.number(run.start, at), high / BILLION, where="post", color=style.BLACK, linewidth=1.1)
    lines: list[Artist] = [Line2D([], [], color=style.BLACK, linewidth=1.1, label="P90 of all together")]
    style.dress(ax, grid="y")
    style.date_axis(ax, run.start, 0.0, run.horizon)
    style.axis_labels(ax, x="Date", y="Value of what is overdue [USD bn]")
    ax.set_ylim(bottom=0.0)
    style.heading(ax, customers.title(ledger, "Revenue at risk", customer), [*handles, *lines], columns=3)
    style.small_print(ax, run, note="Areas: means over replications. Overdue: past the date as last moved.")
    return ax


def caption(run: ContractRun, *, customer: str | None = None) -> str:
    """The figure in words: when most is at risk, how much and how sure, and whose it is.

    Options and errors as `revenue_at_risk`.
    """
    ledger, at, values, whole = _found(run, customer)
    place = int(whole.mean(axis=0).argmax())
    found = mean(whole[:, place], floor=0.0)
    whose = "" if customer is None else f" of {ledger.names.get(customer, customer)}"
    text = f"Value of what is undelivered of overdue tranches{whose}, {wording.replications(run)}."
    if found.estimate <= 0.0:
        return f"{text} Nothing is overdue at any time."
    sure = wording.interval(found.low, found.high, wording.usd)
    (high,) = quantiles.bands(whole[:, place : place + 1], (TAIL,))
    often = wilson(int((whole[:, place] > 0.0).sum()), len(whole))
    text += (
        f" Most on {wording.day(float(at[place]), run.start)}: {wording.usd(found.estimate)} on average ({sure}), P90 "
        f"{wording.usd(float(high[0]))}; anything is overdue then with a probability of "
        f"{wording.share(often.estimate)} ({wording.interval(often.low, often.high, wording.share)})."
    )
    if customer is None:
        order = customers.leading(values[:, place], 3)[:3]
        names = [ledger.names.get(ledger.customers[one], ledger.customers[one]) for one in order]
        parts = [f"{name} {wording.usd(float(values[one, place]))}" for name, one in zip(names, order, strict=True)]
        text += f" Largest then: {wording.listed(parts)}."
    return text


def _found(run: ContractRun, customer: str | None) -> tuple[Ledger, Floats, Floats, Floats]:
    """The ledger, the days, means by customer (customers, days), and what is meant by replication [USD]."""
    known(run, customer=customer)
    ledger = Ledger(run)
    if not (run.contract_events["usd"].to_numpy(np.float64) > 0.0).any():
        raise InputError(Problem("contracts", "no tranche that is to be delivered has a value"))
    at = capacity.grid(run.horizon, points=DAYS)
    names = ledger.customers if customer is None else (customer,)
    values = np.zeros((len(ledger.customers), len(at)))
    for name in names:
        values[ledger.customers.index(name)] = ledger.at_risk.level(at, name).mean(axis=0)
    return ledger, at, np.maximum(values, 0.0), np.maximum(ledger.at_risk.level(at, customer), 0.0)
