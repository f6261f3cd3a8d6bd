"""What is explained: one number for each replication, taken from the tables of a run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Protocol

import numpy as np
import pandas as pd

from buildsim.analysis import answers, capacity, golive, milestones, quantiles, withdrawals
from buildsim.analysis.dates import day_of
from buildsim.analysis.frames import Floats, Ints, matrix, numbers, sums
from buildsim.analysis.portfolio import RunLike, base_mw
from buildsim.analysis.sources import LiveMw, Source
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest

ALL = "all"
"""All customers together."""


class Drawn(RunLike, Protocol):
    """A run with its inputs."""

    @property
    def inputs(self) -> pd.DataFrame:
        """A row a replication, a column an uncertain quantity."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """One number for each replication; wherever an array of outcomes is asked for, this can be given."""

    what: str
    of: str
    unit: str
    values: Floats
    """Shape (replications,); NaN where `of` is not in that replication (an option that lapsed)."""
    replications: Ints
    """The number of each replication."""
    capped: int = 0
    """How many are later than the horizon and count as the horizon."""
    cap: float = np.inf
    """The horizon, for days; else infinite."""
    day: float = np.nan
    """The day at which live MW are counted [days since start]; NaN for other outcomes."""

    @property
    def absent(self) -> int:
        """In how many replications there is none."""
        return int(np.isnan(self.values).sum())

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        """The values as an array."""
        return np.array(self.values, dtype=dtype)


def outcome(
    run: RunLike, what: str | Source = "go_live", of: str | None = None, *, when: date | None = None
) -> Outcome:
    """The outcome of each replication of a run, in replication order as in `run.inputs`.

    `what` is a source of `buildsim.analysis.sources`, or with `of`:

    - `go_live`: the last block of the portfolio (default), a site or a block is live [days since start];
    - `mean_go_live`: the same blocks' mean go-live, weighted by MW [days since start];
    - `live_mw`: MW live at the end of the date `when`, of the portfolio (default), a site or a block [MW];
    - `missed`: milestones missed [tranches], `damages` [USD], `withdrawn_mw` [MW], `withdrawn_value` [USD]: of all
      customers (default), a customer, a contract or a tranche.

    NaN rule: days later than the horizon count as the horizon, and `capped` says how many; a replication in which there
    is nothing to build, such as an option that lapsed, is NaN, and `absent` says how many.

    Errors: InputError for an unknown `what` or `of`, `live_mw` without `when`, or a date that was not simulated.
    """
    if not isinstance(what, str):
        if isinstance(what, LiveMw):
            _simulated(run, what.when)
        return _from_source(run, what)
    if what not in WHATS:
        raise InputError(
            Problem("what", f"no outcome is named '{what}'", None, None, ", ".join(WHATS), nearest(what, WHATS))
        )
    if (what == "live_mw") != (when is not None):
        raise InputError(Problem("when", "live MW are counted at a date, and only they"))
    if when is not None:
        _simulated(run, when)
    unit, find = WHATS[what]
    if what == "live_mw" and when is not None:
        return _live(run, of or golive.PORTFOLIO, day_of(when, run.start))
    return find(run, what, unit, of)


def paired_outcomes(
    runs: Mapping[str, RunLike], what: str | Source = "go_live", of: str | None = None, *, when: date | None = None
) -> pd.DataFrame:
    """The outcome of each replication under several alternatives: a row a replication, a column a run.

    The runs must have the same start, seed and design, so that replication r of each has the same luck. `what`, `of`
    and `when` as in `outcome`; days later than the earliest horizon of all count as that.

    Errors: InputError without runs, or for runs that do not pair.
    """
    found = {label: outcome(run, what, of, when=when) for label, run in runs.items()}
    problems = [] if runs else [Problem("runs", "there are none")]
    for key, facts in (
        ("start", {label: str(run.start) for label, run in runs.items()}),
        *((key, {label: str(run.manifest.get(key)) for label, run in runs.items()}) for key in ("seed", "design")),
        ("replications", {label: str(len(one.replications)) for label, one in found.items()}),
    ):
        if len(set(facts.values())) > 1:
            each = ", ".join(f"{label}: {value}" for label, value in facts.items())
            problems.append(Problem(key, f"the runs do not pair ({each})", expected="the same in all"))
    if problems:
        raise InputError(problems)
    cap = min(one.cap for one in found.values())
    return pd.DataFrame({label: np.minimum(one.values, cap) for label, one in found.items()})


def _simulated(run: RunLike, when: date) -> None:
    """Refuse a date that was not simulated."""
    if run.start <= when and day_of(when, run.start) <= run.horizon:
        return
    expected = f"a date from {run.start} to {run.start + timedelta(days=int(run.horizon) - 1)}"
    raise InputError(Problem("when", f"{when} lies outside what was simulated", expected=expected))


def _from_source(run: RunLike, source: Source) -> Outcome:
    values = source.values(run, run.horizon)
    days = source.unit == "days"
    capped = int(np.isposinf(values).sum())
    found = np.where(np.isneginf(values), np.nan, np.minimum(values, run.horizon) if days else values)
    cap = run.horizon if days else np.inf
    return Outcome(source.quantity, source.of, source.unit, found, numbers(run.go_live), capped, cap)


def _dates(run: RunLike, what: str, unit: str, of: str | None) -> Outcome:
    name = of or golive.PORTFOLIO
    frame = _blocks(run, answers.built(run, run.go_live), name)
    held = numbers(run.go_live)
    days, blocks = matrix(frame, "block", "live", held, fill=-np.inf)
    there = ~np.isneginf(days)
    days = np.minimum(quantiles.later(days), run.horizon)
    if what == "go_live":
        found = days.max(axis=1)
    else:
        weight = frame.drop_duplicates("block").set_index("block")["mw"].loc[blocks].to_numpy(np.float64)
        weight = np.where(there, weight if weight.any() else 1.0, 0.0)
        found = (np.where(there, days, 0.0) * weight).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-12)
    beyond = (np.isnan(frame["live"].to_numpy(np.float64))).nonzero()[0]
    capped = len(np.unique(frame["replication"].to_numpy()[beyond]))
    found = np.where(there.any(axis=1), found, np.nan)
    return Outcome(what, name, unit, found, held, capped, run.horizon)


def _live(run: RunLike, name: str, day: float) -> Outcome:
    held = numbers(run.go_live)
    base = base_mw(run.model)
    start = sum(base.values()) if name == golive.PORTFOLIO else base.get(name, 0.0)
    frame = run.go_live if name == golive.PORTFOLIO else _blocks(run, run.go_live, name)
    mw = capacity.live_mw(frame, [day], base=start, replications=held)[:, 0]
    return Outcome("live_mw", name, "MW", mw, held, day=day)


def _blocks(run: RunLike, frame: pd.DataFrame, name: str) -> pd.DataFrame:
    """The rows of the portfolio's firm sites, of a site or of a block."""
    if name == golive.PORTFOLIO:
        firm = answers.firm(run)
        return frame if firm is None else frame[frame["site"].isin(firm)]
    for column in ("site", "block"):
        if (run.go_live[column] == name).any():
            return frame[frame[column] == name]
    known = [golive.PORTFOLIO, *run.go_live["site"].unique(), *run.go_live["block"].unique()]
    raise InputError(Problem("of", f"the run has no site or block '{name}'", nearest=nearest(name, known)))


def _missed(run: RunLike, what: str, unit: str, of: str | None) -> Outcome:
    frame = run.milestones.assign(missed=milestones.missed(run.milestones, run.horizon).astype(float))
    return _total(run, frame, "missed", (what, unit, of))


def _damages(run: RunLike, what: str, unit: str, of: str | None) -> Outcome:
    return _total(run, run.milestones, "damages", (what, unit, of))


def _withdrawn(run: RunLike, what: str, unit: str, of: str | None) -> Outcome:
    real = run.withdrawals[run.withdrawals["trigger"].astype(str) != withdrawals.LAPSE]
    return _total(run, real, what.removeprefix("withdrawn_"), (what, unit, of))


def _total(run: RunLike, frame: pd.DataFrame, column: str, about: tuple[str, str, str | None]) -> Outcome:
    what, unit, of = about
    held, name = numbers(run.go_live), of or ALL
    if name != ALL:
        level = next((one for one in _LEVELS if (run.milestones[one] == name).any()), None)
        if level is None:
            known = [ALL, *(str(key) for one in _LEVELS for key in run.milestones[one].unique())]
            raise InputError(
                Problem("of", f"no customer, contract or tranche is '{name}'", nearest=nearest(name, known))
            )
        frame = frame[frame[level] == name]
    return Outcome(what, name, unit, sums(frame, column, held), held)


_LEVELS = ("customer", "contract", "tranche")

WHATS: Mapping[str, tuple[str, Callable[[RunLike, str, str, str | None], Outcome]]] = {
    "go_live": ("days", _dates),
    "mean_go_live": ("days", _dates),
    "live_mw": ("MW", _dates),
    "missed": ("tranches", _missed),
    "damages": ("USD", _damages),
    "withdrawn_mw": ("MW", _withdrawn),
    "withdrawn_value": ("USD", _withdrawn),
}
"""The outcomes that can be explained, their units, and what finds them."""
