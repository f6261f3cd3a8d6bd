"""Who is needed, who is there and who is missing, week by week and in sum; who came and who went."""

from typing import Any, Literal

import numpy as np
import pandas as pd

from buildsim.analysis.dates import day_of, quarter_ends
from buildsim.analysis.frames import Floats
from buildsim.analysis.labour.weeks import WORKDAYS, By, LabourRun, Weeks, shifts, spread, weeks_of
from buildsim.analysis.proportions import mean
from buildsim.units import DAYS_PER_WEEK, DAYS_PER_YEAR

QUANTITIES = ("needed", "on_site", "waiting", "available", "experienced", "pool", "licensed", "idle", "travelling")
"""What a profile tells of a week [workers, on average over the week]."""
SHORT = 1.0
"""A week is short when work waits for at least so many workers on average."""
STOCKS = ("workers", "pool", "experienced", "licensed")
"""The columns that count people who are there, at work or not."""


def profile(run: LabourRun, *, by: By = "trade", market: str | None = None, trade: str | None = None) -> pd.DataFrame:
    """Workers by week: mean, P10, P50 and P90 over the replications that are kept.

    `needed` are those on site and those whom waiting work asks for, `available` those who may work, `experienced` those
    of them who have experience (the same share as of the pool), `idle` those of them who neither work nor travel while
    their pool has work to come. `pool` and its `licensed` count those too who may not work for want of licensed ones.
    After the last work of a pool nobody is needed, and as many are available as in that week.

    Columns: `by` (trade, market or all), week [days since start], quantity (one of `QUANTITIES`), mean, p10, p50, p90
    [workers], n [replications]. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    names, member = weeks.groups(by)
    parts = []
    for quantity, values in _quantities(weeks).items():
        told = spread(values @ member)
        for number, name in enumerate(names):
            facts = {by: name, "week": weeks.begins, "quantity": quantity}
            parts.append(pd.DataFrame(facts | {key: one[:, number] for key, one in told.items()}))
    return pd.concat(parts, ignore_index=True).assign(n=len(weeks.replications))


def _quantities(weeks: Weeks) -> dict[str, Floats]:
    on_site, waiting, moving = (weeks.flow(column) for column in ("on_site", "waiting", "travelling"))
    available = weeks.stock("workers")
    idle = np.where(weeks.there, np.maximum(available - on_site - moving, 0.0), 0.0)
    pool, experienced, licensed = (weeks.stock(column) for column in ("pool", "experienced", "licensed"))
    share = np.divide(experienced, pool, out=np.zeros(weeks.shape), where=pool > 0.0)
    first = {"needed": on_site + waiting, "on_site": on_site, "waiting": waiting, "available": available}
    stocks = {"experienced": available * share, "pool": pool, "licensed": licensed}
    return {**first, **stocks, "idle": idle, "travelling": moving}


def shortage(run: LabourRun, *, by: By = "trade", market: str | None = None, trade: str | None = None) -> pd.DataFrame:
    """How short each trade (or market, or all) is: means over the replications that are kept.

    Columns: `by`; peak_needed, peak_p90 [workers]: the most needed in a week; peak_week [days since start]: in which
    (median); available_then [workers]; weeks_short with _low, _high: weeks in which work waits for `SHORT` workers or
    more; waiting_hours with _low, _high [craft-hours]: what those whom work waited for would have worked, waiting_share
    of what was needed; worst_week [days since start]: when most are missing on average, worst, worst_p90 [workers]: how
    many then; experienced_first, experienced_last [share of the pool]: in the first week and at the last work; came,
    went [workers]: over the time to the last work; turnover [share a year]: went over the mean of the pool until then;
    n [replications]. The rows begin with the most craft-hours waited for. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    names, member = weeks.groups(by)
    found = _quantities(weeks)
    needed, waiting, available, pool = (found[key] @ member for key in ("needed", "waiting", "available", "pool"))
    experienced = weeks.stock("experienced") @ member
    hour = shifts(run)
    hours = np.array([hour[trade] for _, trade in weeks.pools]) * WORKDAYS * weeks.span[:, None]
    waited, asked = ((found[key] * hours) @ member for key in ("waiting", "needed"))
    came, went = (weeks.flow(key) @ member for key in ("came", "went"))
    present = (found["pool"] * weeks.there * weeks.span[:, None]) @ member
    rows: list[dict[str, Any]] = []
    for number, name in enumerate(names):
        need, lack, there = needed[..., number], waiting[..., number], available[..., number]
        peak = need.argmax(axis=1)
        at = np.arange(len(need)), peak
        tops = np.sort(need[at])
        missing = spread(lack)
        worst = int(missing["mean"].argmax())
        row: dict[str, Any] = {by: name, "peak_needed": float(tops.mean()), "peak_p90": spread(tops)["p90"].item()}
        row |= {"peak_week": float(spread(weeks.begins[peak])["p50"]), "available_then": float(there[at].mean())}
        for key, values in (
            ("weeks_short", (lack >= SHORT).sum(axis=1)),
            ("waiting_hours", waited[..., number].sum(axis=1)),
        ):
            told = mean(values, floor=0.0)
            row |= {key: told.estimate, f"{key}_low": told.low, f"{key}_high": told.high}
        row |= {"waiting_share": _ratio(waited[..., number].sum(), asked[..., number].sum())}
        row |= {"worst_week": weeks.begins[worst], "worst": missing["mean"][worst], "worst_p90": missing["p90"][worst]}
        for key, week in (("experienced_first", 0), ("experienced_last", -1)):
            row[key] = _ratio(experienced[:, week, number].sum(), pool[:, week, number].sum())
        row |= {"came": came[..., number].sum(axis=1).mean(), "went": went[..., number].sum(axis=1).mean()}
        years = present[..., number].sum() * DAYS_PER_WEEK / DAYS_PER_YEAR
        rows.append({**row, "turnover": _ratio(went[..., number].sum(), years), "n": len(need)})
    return pd.DataFrame(rows).sort_values("waiting_hours", ascending=False, kind="stable", ignore_index=True)


def population(
    run: LabourRun,
    *,
    every: Literal["week", "quarter"] = "quarter",
    by: By = "all",
    market: str | None = None,
    trade: str | None = None,
) -> pd.DataFrame:
    """How many are there, how many of them are experienced, who came and who went, by week or quarter.

    Means over the replications that are kept. Columns: `by`; begin [days since start]: the first week of the period;
    workers, pool, experienced, licensed [workers]: in that week, those who may work, and the whole pool with its
    experienced and licensed ones; experienced_share: of the pool; came, went [workers]: over the period, by pools that
    have work to come; n [replications]. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    names, member = weeks.groups(by)
    ends = weeks.begins if every == "week" else [day_of(one, run.start) for one in quarter_ends(run.start, run.horizon)]
    edges = np.unique(np.searchsorted(weeks.begins, [0.0, *ends]))
    edges = edges[edges < len(weeks.begins)]
    stocks = {key: (weeks.stock(key) @ member).mean(axis=0) for key in STOCKS}
    flows = {key: (weeks.flow(key) @ member).mean(axis=0) for key in ("came", "went")}
    parts = []
    for number, name in enumerate(names):
        told = {key: values[edges, number] for key, values in stocks.items()}
        there = np.where(told["pool"] > 0.0, told["pool"], np.nan)
        told["experienced_share"] = told["experienced"] / there
        sums = {key: np.add.reduceat(values[:, number], edges) for key, values in flows.items()}
        facts: dict[str, Any] = {by: name, "begin": weeks.begins[edges], **told, **sums}
        parts.append(pd.DataFrame(facts))
    return pd.concat(parts, ignore_index=True).assign(n=len(weeks.replications))


def _ratio(part: float, whole: float) -> float:
    return float(part / whole) if whole > 0.0 else np.nan
