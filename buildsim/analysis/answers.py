"""The answers to a planner's questions, straight from a run: thin helpers over the functions on frames.

Each returns a frame with days as days since the start; `dates.date_text` turns them into dates.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import pandas as pd

from buildsim.analysis import capacity, delay, frames, golive, milestones, quantiles, withdrawals
from buildsim.analysis.dates import day_of, quarter_ends
from buildsim.analysis.frames import Floats, numbers
from buildsim.analysis.portfolio import RunLike, base_mw, firm_sites, option_tranches


def built(run: RunLike, frame: pd.DataFrame) -> pd.DataFrame:
    """A table of blocks without those that nobody builds in that replication, such as those of options that lapsed."""
    return frames.built(frame, run.go_live)


def firm(run: RunLike) -> list[str] | None:
    """The sites that make up the portfolio's go-live: the firm ones, or all when none is (None)."""
    return firm_sites(run.model) or None


def sites(run: RunLike, *, levels: Sequence[float] = quantiles.LEVELS, confidence: float = 0.95) -> pd.DataFrame:
    """When each site and the portfolio go live: `golive.site_dates`; what is not built left out."""
    return golive.site_dates(built(run, run.go_live), firm=firm(run), levels=levels, confidence=confidence)


def blocks(run: RunLike, *, levels: Sequence[float] = quantiles.LEVELS, confidence: float = 0.95) -> pd.DataFrame:
    """When each block goes live: `golive.block_dates`; what is not built left out."""
    return golive.block_dates(built(run, run.go_live), levels=levels, confidence=confidence)


def base(run: RunLike) -> float:
    """MW that were live at the start and are not simulated [MW]."""
    return sum(base_mw(run.model).values())


def committed(run: RunLike) -> pd.DataFrame:
    """What is committed over time, options left out: `capacity.commitments`."""
    return capacity.commitments(run.milestones, base=base(run), leave_out=option_tranches(run.model))


def capacity_at(
    run: RunLike,
    when: Sequence[date] | None = None,
    *,
    levels: Sequence[float] = quantiles.LEVELS,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Live MW at dates (quarter-ends by default) against what is committed: `capacity.at_days` with a date column."""
    dates = list(when) if when is not None else quarter_ends(run.start, run.horizon)
    days = [day_of(one, run.start) for one in dates]
    table = capacity.at_days(
        run.go_live, days, base=base(run), commitments=committed(run), levels=levels, confidence=confidence
    )
    table.insert(0, "date", dates)
    return table


def by_date(run: RunLike, when: date, mw: Sequence[float] | None = None, *, confidence: float = 0.95) -> pd.DataFrame:
    """P(live MW >= x) by a date: `capacity.probability_at_least` with a date column.

    Without `mw` [MW], x runs over about ten round values from what is sure to what is seen at most, and the committed.
    """
    day = day_of(when, run.start)
    wanted = list(mw) if mw is not None else _round_values(run, day)
    table = capacity.probability_at_least(run.go_live, day, wanted, base=base(run), confidence=confidence)
    table.insert(0, "date", when)
    return table


def fan(run: RunLike, *, levels: Sequence[float] = capacity.FAN) -> pd.DataFrame:
    """Quantiles of live MW from the start to the horizon: `capacity.fan`."""
    return capacity.fan(run.go_live, capacity.grid(run.horizon), base=base(run), levels=levels)


def tranches(run: RunLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """What becomes of each tranche: `milestones.by_tranche`, and withdrawn_mw [MW], withdrawn_value [USD] with ends."""
    found = milestones.by_tranche(run.milestones, horizon=run.horizon, confidence=confidence)
    return _with_withdrawals(run, found, "tranche", confidence)


def customers(run: RunLike, *, confidence: float = 0.95) -> pd.DataFrame:
    """What becomes of each customer: `milestones.by_customer`, with withdrawn_mw [MW] and withdrawn_value [USD]."""
    held = numbers(run.go_live)
    found = milestones.by_customer(run.milestones, held, horizon=run.horizon, confidence=confidence)
    return _with_withdrawals(run, found, "customer", confidence)


def expected_withdrawals(
    run: RunLike, by: str = "customer", *, lapses: bool = False, confidence: float = 0.95
) -> pd.DataFrame:
    """What withdrawals are to be expected, by customer, contract, tranche, trigger or cause: `withdrawals.expected`."""
    held = numbers(run.go_live)
    return withdrawals.expected(run.withdrawals, held, by, lapses=lapses, confidence=confidence)


def delays(run: RunLike, by: str = "portfolio", *, confidence: float = 0.95) -> pd.DataFrame:
    """Days by cause, by "block", "site" or for the "portfolio" of firm sites, of what is built: module `delay`.

    Errors: KeyError when `by` is none of the three.
    """
    kinds = {"block": delay.by_block, "site": delay.by_site, "portfolio": delay.portfolio}
    account, live = built(run, run.delays), built(run, run.go_live)
    only = firm(run)
    if by == "portfolio" and only is not None:
        account, live = (frame[frame["site"].isin(only)] for frame in (account, live))
    return kinds[by](account, live, confidence=confidence)


def _with_withdrawals(run: RunLike, table: pd.DataFrame, by: str, confidence: float) -> pd.DataFrame:
    """The table with what withdrawals are to be expected of each row: means with both ends."""
    held = numbers(run.go_live)
    names = [name for name in table[by] if name != "all"]
    lost = withdrawals.expected(run.withdrawals, held, by, names=names, confidence=confidence).set_index(by)
    ends = [f"{name}{end}" for name in ("mw", "value") for end in ("", "_low", "_high")]
    return table.join(lost[ends].add_prefix("withdrawn_"), on=by)


def _round_values(run: RunLike, day: float) -> list[float]:
    live: Floats = capacity.live_mw(run.go_live, [day], base=base(run))[:, 0]
    low, high = float(live.min()), float(live.max())
    step = next(size for size in _STEPS if (high - low) / size <= 10.0)
    values = np.arange(np.floor(low / step) * step, high + step, step)
    return sorted({*values[values <= high].tolist(), capacity.committed_at(committed(run), day)})


_STEPS = tuple(size * 10.0**power for power in range(7) for size in (1.0, 2.0, 5.0))
