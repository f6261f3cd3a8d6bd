"""Two runs held side by side, replication by replication: what a change of the model moves.

Both runs must have been made with the same seed and design, so that replication r of the one has the draws of
replication r of the other. Everything is other minus base: positive days are later.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from buildsim.analysis import answers, capacity, golive, milestones, paired, quantiles, withdrawals
from buildsim.analysis.dates import day_of, quarter_ends
from buildsim.analysis.frames import Floats, Ints, numbers
from buildsim.analysis.pairing import strangers
from buildsim.analysis.portfolio import RunLike, base_mw
from buildsim.errors import InputError, Problem

LEVELS: tuple[float, ...] = (0.5, 0.8)
"""The quantiles whose shift is reported."""

UNITS = {
    "missed": "tranches",
    "on_time_mw": "MW",
    "damages": "USD",
    "value_at_risk": "USD",
    "withdrawals": "withdrawals",
    "withdrawn_mw": "MW",
    "withdrawn_value": "USD",
    "any_withdrawal": "probability",
}
"""The totals that are compared, and their units."""

COLUMNS = [
    "quantity", "of", "unit", "statistic", "base", "other", "difference", "low", "high", "method", "pairs", "capped",
    "above", "below", "correlation", "variance_reduction",
]  # fmt: skip
"""The columns of a comparison."""


@dataclass(frozen=True)
class Comparison:
    """Paired differences of two runs; every frame has the columns `COLUMNS`, one row a quantity and statistic.

    `base`, `other`, `difference`, `low` and `high` are in `unit`; `capped` counts the pairs in which a date was later
    than the horizon and counted as the horizon in a mean; `above` and `below` are the shares of pairs in which other
    is larger or smaller; `variance_reduction` is how many times the pairing shrinks the variance of the difference.
    """

    start: date
    horizon: float
    """The earlier of both horizons, to which dates are capped [days since start]."""
    pairs: int
    dates: pd.DataFrame
    """Go-live of each site and of the portfolio: difference of the mean, shift of the P50 and the P80 [days]."""
    capacity: pd.DataFrame
    """Live MW at dates: difference of the mean [MW]."""
    totals: pd.DataFrame
    """Missed milestones, MW on time, withdrawals, damages and values: difference of the mean. Empty for runs to
    different horizons, for contracts count up to the end of each."""

    def summary(self) -> pd.DataFrame:
        """All differences in one frame: portfolio and totals first, then the dates of the sites."""
        whole = self.dates["of"] == golive.PORTFOLIO
        parts = [self.dates[whole], self.capacity, self.totals, self.dates[~whole]]
        return pd.concat([part for part in parts if len(part)], ignore_index=True)


def compare(
    base: RunLike,
    other: RunLike,
    *,
    dates: Sequence[date] | None = None,
    confidence: float = 0.95,
    resamples: int = paired.RESAMPLES,
) -> Comparison:
    """Compare two runs pair by pair, over the replications that both hold.

    `dates` are those at which live MW are compared (the quarter-ends by default). A site that only one run has is
    left out; the portfolio is then what each run has.

    Errors: InputError when the runs differ in start, seed or design, are of models without a site in common, or share
    fewer than two replications.
    """
    held = _pairs(base, other)
    horizon = min(base.horizon, other.horizon)
    when = list(dates) if dates is not None else quarter_ends(base.start, horizon)
    return Comparison(
        start=base.start,
        horizon=horizon,
        pairs=len(held),
        dates=_dates(base, other, held, horizon, confidence, resamples),
        capacity=_capacity(base, other, held, when, confidence),
        totals=_totals(base, other, held, confidence),
    )


def _pairs(base: RunLike, other: RunLike) -> Ints:
    problems = []
    if base.start != other.start:
        problems.append(Problem("start", f"the runs start on {base.start} and on {other.start}"))
    for key in ("seed", "design"):
        one, two = base.manifest.get(key), other.manifest.get(key)
        if one != two:
            problems.append(Problem(key, f"the runs have {key} {one} and {two}, so their draws do not pair"))
    problems += strangers("model", other, base)
    held = np.intersect1d(numbers(base.go_live), numbers(other.go_live))
    if len(held) < 2:
        problems.append(Problem("replications", f"the runs share {len(held)} replications", expected="at least two"))
    if problems:
        raise InputError(problems)
    return held.astype(np.int64)


def _dates(
    base: RunLike, other: RunLike, held: Ints, horizon: float, confidence: float, resamples: int
) -> pd.DataFrame:
    one, two = _site_days(base, held, horizon), _site_days(other, held, horizon)
    found: list[dict[str, object]] = []
    for name in [name for name in one if name in two]:
        there = ~np.isneginf(one[name]) & ~np.isneginf(two[name])
        before, after = one[name][there], two[name][there]
        gap = paired.difference(before, after, cap=horizon, confidence=confidence)
        found.append(_mean_row("go-live", name, "days", gap))
        moved = paired.shifts(before, after, LEVELS, confidence=confidence, resamples=resamples)
        found.extend(_shift_row("go-live", name, "days", shift) for shift in moved)
    return pd.DataFrame(found, columns=COLUMNS)


def _site_days(run: RunLike, held: Ints, horizon: float) -> dict[str, Floats]:
    """Return the last go-live of each site; what is later than the common horizon is beyond it in both runs."""
    live = answers.built(run, run.go_live)
    days, names, have = golive.site_days(live, firm=answers.firm(run))
    out = {}
    for index, name in enumerate(names):
        full = np.full(len(held), -np.inf)
        here = np.isin(held, have)
        mine = days[np.searchsorted(have, held[here]), index]
        full[here] = np.where(mine > horizon, np.inf, mine)
        out[name] = full
    return out


def _capacity(base: RunLike, other: RunLike, held: Ints, when: Sequence[date], confidence: float) -> pd.DataFrame:
    days = [day_of(one, base.start) for one in when]
    one, two = (
        capacity.live_mw(_only(run.go_live, held), days, base=sum(base_mw(run.model).values()), replications=held)
        for run in (base, other)
    )
    gaps = (paired.difference(one[:, i], two[:, i], confidence=confidence) for i in range(len(days)))
    found = [_mean_row("live MW", day.isoformat(), "MW", gap) for day, gap in zip(when, gaps, strict=True)]
    return pd.DataFrame(found, columns=COLUMNS)


def _totals(base: RunLike, other: RunLike, held: Ints, confidence: float) -> pd.DataFrame:
    if base.horizon != other.horizon:
        return pd.DataFrame(columns=COLUMNS)
    one, two = _sums(base, held), _sums(other, held)
    gaps = ((name, paired.difference(one[name], two[name], confidence=confidence)) for name in UNITS)
    return pd.DataFrame([_mean_row(name, "all", UNITS[name], gap) for name, gap in gaps], columns=COLUMNS)


def _sums(run: RunLike, held: Ints) -> dict[str, Floats]:
    sums = milestones.totals(_only(run.milestones, held), held, horizon=run.horizon)
    sums |= withdrawals.totals(_only(run.withdrawals, held), held)
    return sums | {"any_withdrawal": (sums["withdrawals"] > 0).astype(np.float64)}


def _only(frame: pd.DataFrame, held: Ints) -> pd.DataFrame:
    return frame[np.isin(frame["replication"].to_numpy(), held)]


def _mean_row(quantity: str, of: str, unit: str, gap: paired.Difference) -> dict[str, object]:
    names = {"quantity": quantity, "of": of, "unit": unit, "statistic": "mean", "method": "paired t"}
    return names | {field: getattr(gap, field) for field in COLUMNS if hasattr(gap, field)}


def _shift_row(quantity: str, of: str, unit: str, shift: paired.Shift) -> dict[str, object]:
    level = quantiles.column(shift.level).upper()
    names: dict[str, object] = {"quantity": quantity, "of": of, "unit": unit, "statistic": level}
    names |= {"method": "paired bootstrap", "base": shift.base, "other": shift.other, "difference": shift.shift}
    return names | {"low": shift.low, "high": shift.high, "pairs": shift.pairs}
