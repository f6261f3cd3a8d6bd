"""What an hour yields, and where the hours go: factors by week, and the balance of craft-hours."""

from typing import Any

import numpy as np
import pandas as pd

from buildsim.analysis.frames import Floats
from buildsim.analysis.labour.weeks import ALL, By, LabourRun, Weeks, spread, weeks_of
from buildsim.analysis.proportions import mean

FACTORS = ("absence", "skill", "overtime", "rework", "crowding")
"""The factors on what a crew does in a week, in the order in which they are applied."""
PRODUCT = "product"
"""All factors together."""
WELL = ("earned", "mended")
"""Craft-hours that were spent well: on the work, and on repairs."""
LOST = ("weather", "absence", "skill", "fatigue", "rework", "crowding")
"""What craft-hours are lost to, in the order in which they are lost."""


def productivity(
    run: LabourRun, *, by: By = "trade", market: str | None = None, trade: str | None = None
) -> pd.DataFrame:
    """Factors on output by week, 1 for a normal crew: the mean over those at work, in all replications that are kept.

    Pools are weighted by their people on site. `crowding` is made from craft-hours: 1 less what is lost to it of those
    that are left after the other losses. `product` multiplies the factors of each pool. A week in which nobody works
    has none (NaN). Learning and weather are in none of them: see `hours`.

    Columns: `by` (trade, market or all), week [days since start], factor (`FACTORS`, then product), mean; p10, p90:
    over the replications in which somebody works; n: how many they are. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    names, member = weeks.groups(by)
    people = weeks.flow("on_site")
    weight = people @ member
    parts = []
    for factor, values in _factors(weeks).items():
        total = (people * values) @ member
        own = np.divide(total, weight, out=np.full(weight.shape, np.nan), where=weight > 0.0)
        n = (weight > 0.0).sum(axis=0)
        whole = weight.sum(axis=0)
        middle = np.divide(total.sum(axis=0), whole, out=np.full(whole.shape, np.nan), where=whole > 0.0)
        for number, name in enumerate(names):
            low, high = (_over_some(own[..., number], level) for level in (0.1, 0.9))
            facts: dict[str, Any] = {by: name, "week": weeks.begins, "factor": factor, "mean": middle[:, number]}
            parts.append(pd.DataFrame(facts | {"p10": low, "p90": high, "n": n[:, number]}))
    return pd.concat(parts, ignore_index=True)


def factors(run: LabourRun, *, by: By = "trade", market: str | None = None, trade: str | None = None) -> pd.DataFrame:
    """Factors on output over the whole time: as `productivity`, the mean over those at work in all weeks.

    A row a group, the last one "all" where there are several; columns: `by`, those of `FACTORS`, product. NaN where
    nobody works. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    names, member = _with_all(*weeks.groups(by))
    people = weeks.flow("on_site")
    whole = people.sum(axis=(0, 1)) @ member
    safe = np.where(whole > 0.0, whole, np.nan)
    means = {factor: ((people * values).sum(axis=(0, 1)) @ member) / safe for factor, values in _factors(weeks).items()}
    return pd.DataFrame({by: names, **means})


def _with_all(names: list[str], member: Floats) -> tuple[list[str], Floats]:
    """The groups, and all of them together where there are several."""
    return (names, member) if len(names) == 1 else ([*names, ALL], np.column_stack([member, np.ones(len(member))]))


def _factors(weeks: Weeks) -> dict[str, Floats]:
    found = {factor: weeks.flow(factor) for factor in FACTORS[:-1]}
    crowded = weeks.flow("lost_crowding")
    left = sum((weeks.flow(column) for column in WELL), start=crowded)
    found["crowding"] = 1.0 - np.divide(crowded, left, out=np.zeros(weeks.shape), where=left > 0.0)
    return {**found, PRODUCT: np.prod(np.stack(list(found.values())), axis=0)}


def _over_some(values: Floats, level: float) -> Floats:
    """A quantile down the columns of (replications, weeks), over the values that there are."""
    found = np.full(values.shape[1], np.nan)
    for week in np.flatnonzero(~np.isnan(values).all(axis=0)):
        column = values[:, week]
        found[week] = spread(column[~np.isnan(column)], [level])[f"p{100 * level:g}"].item()
    return found


def hours(
    run: LabourRun,
    *,
    by: By = "trade",
    market: str | None = None,
    trade: str | None = None,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """The balance of craft-hours: what was spent, and what became of it; the parts sum to what was spent.

    What is lost to a factor is below 0 where more is done than by a normal crew. Hours over 40 a week are counted
    beside the balance: they are among those spent.

    Columns: `by`, the last one "all" where there are several; part (spent, overtime_hours, earned, mended, and what was
    lost to `LOST`); hours, low, high [craft-hours]: mean over the replications that are kept, with its t interval;
    share: of the hours spent; n. Errors: InputError as `weeks_of`.
    """
    weeks = weeks_of(run, market, trade)
    names, member = _with_all(*weeks.groups(by))
    columns = {"spent": "spent", "overtime_hours": "overtime_hours", **{name: name for name in WELL}}
    columns |= {name: f"lost_{name}" for name in LOST}
    sums = {part: weeks.flow(column).sum(axis=1) @ member for part, column in columns.items()}
    rows = []
    for number, name in enumerate(names):
        whole = sums["spent"][:, number].mean()
        for part, values in sums.items():
            told = mean(values[:, number], confidence)
            share = told.estimate / whole if whole > 0.0 else np.nan
            facts: dict[str, Any] = {by: name, "part": part, "hours": told.estimate, "low": told.low, "high": told.high}
            rows.append({**facts, "share": share, "n": told.n})
    return pd.DataFrame(rows)
