"""What levers and people are worth: days of go-live, what they cost, and the cost of a day.

Everything is paired: a lever draws nothing, so replication r with it and without it saw the same luck. The price of a
day is a ratio of two means, of the extra cost and of the days saved. Its interval is Fieller's ("Some problems in
interval estimation", *Journal of the Royal Statistical Society* B 16, 1954), from the pairs. It is bounded exactly when
the interval of the days saved does not hold zero; where it does, no price of a day is refuted, and it is unbounded.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.stats import t

from buildsim.analysis import answers, frontier, paired
from buildsim.analysis.figures import go_live, only, pairs
from buildsim.analysis.frames import Floats, Ints, matrix, numbers
from buildsim.analysis.labour.costs import common, cost_by_replication
from buildsim.analysis.labour.weeks import LabourRun
from buildsim.analysis.portfolio import RunLike
from buildsim.errors import InputError, Problem

AS_IT_IS = "As it is"
"""The name of doing nothing, in the table of levers."""
PER = 100.0
"""Workers that a marginal value is stated for."""
P80 = 0.8


@dataclass(frozen=True, slots=True)
class Ratio:
    """A ratio of means with Fieller's interval."""

    estimate: float
    """NaN when the denominator's mean is not above zero."""
    low: float
    high: float
    bounded: bool
    """Whether the interval of the denominator lies above zero; the ends are infinite where it does not."""


def fieller(above: ArrayLike, below: ArrayLike, confidence: float = 0.95) -> Ratio:
    """The ratio of the means of two paired samples, such as cost over days saved, with Fieller's interval.

    The interval holds every ratio q for which the mean of `above` - q x `below` does not differ from zero by the paired
    t test. Errors: ValueError when the samples differ in length.
    """
    upper, lower = np.asarray(above, np.float64), np.asarray(below, np.float64)
    if upper.shape != lower.shape or upper.ndim != 1:
        raise ValueError(f"paired samples must be equally long, not {upper.shape} and {lower.shape}")
    n = len(upper)
    x, y = (float(values.mean()) if n else np.nan for values in (lower, upper))
    estimate = y / x if x > 0.0 else np.nan
    if n < 2:
        return Ratio(estimate, -np.inf, np.inf, False)
    (variance_y, covariance), (_, variance_x) = np.cov(upper, lower) / n
    square = float(t.ppf(0.5 + confidence / 2.0, n - 1)) ** 2
    a, b, c = x * x - square * variance_x, x * y - square * covariance, y * y - square * variance_y
    if x <= 0.0 or a <= 0.0:
        return Ratio(estimate, -np.inf, np.inf, False)
    half = float(np.sqrt(max(b * b - a * c, 0.0)))
    return Ratio(estimate, (b - half) / a, (b + half) / a, True)


def mean_go_live(*runs: RunLike, replications: Ints | None = None) -> list[Floats]:
    """The mean go-live of the blocks of firm sites, weighted by MW, in each replication of runs [days since start].

    Only blocks that are built in all of the runs in a replication count: an option that lapses in one of them is in
    none. What is not live by the earliest horizon counts as that. NaN where there is no such block. Replications are
    those that all runs hold, or those of them that are named.
    """
    horizon = min(run.horizon for run in runs)
    held = numbers(runs[0].go_live) if replications is None else replications
    for run in runs:
        held = np.intersect1d(held, numbers(run.go_live)).astype(np.int64)
    wide = [_blocks(run, held, horizon) for run in runs]
    blocks = [block for block in wide[0].columns if all(block in one for one in wide)]
    live = np.stack([one[blocks].to_numpy(np.float64) for one in wide])
    mw = runs[0].go_live.drop_duplicates("block").astype({"block": str}).set_index("block")["mw"]
    weight = np.where(np.isnan(live).any(axis=0), 0.0, mw.loc[blocks].to_numpy(np.float64))
    total = weight.sum(axis=1)
    sums = (np.nan_to_num(live) * weight).sum(axis=2)
    return list(np.divide(sums, total, out=np.full(sums.shape, np.nan), where=total > 0.0))


def _blocks(run: RunLike, held: Ints, horizon: float) -> pd.DataFrame:
    """Go-live by replication and block; NaN for what is not built there."""
    frame = _firm(run)
    frame = frame[frame["replication"].isin(held)]
    capped = frame.assign(live=frame["live"].fillna(horizon).clip(upper=horizon))
    values, names = matrix(capped, "block", "live", held)
    return pd.DataFrame(values, columns=names)


def _firm(run: RunLike) -> pd.DataFrame:
    """The go-lives of blocks of firm sites that are built."""
    frame, firm = answers.built(run, run.go_live), answers.firm(run)
    return frame if firm is None else frame[frame["site"].isin(firm)]


def heads(base: RunLike, other: RunLike, *, market: str | None = None, trade: str | None = None) -> float:
    """How many workers the other run's model declares more than the base's, in the pools that are meant [workers]."""
    one, two = (
        sum(
            float(pool.workers)
            for name, pools in run.model.labour.items()
            for craft, pool in pools.items()
            if market in (None, name) and trade in (None, craft)
        )
        * float(run.model.productivity.workforce)
        for run in (base, other)
    )
    return two - one


def marginal(
    base: RunLike, other: RunLike, change: float, *, per: float = PER, confidence: float = 0.95
) -> pd.DataFrame:
    """What people are worth: days that go-live is earlier for `per` workers more.

    `change` is how many workers the other run has more than the base (below 0: fewer, see `heads`). The step is taken
    as it was run and stated for `per` workers; what they are worth may differ from step to step, so run both ways.

    Columns: statistic ("mean go-live", weighted by MW over blocks, and "P80" of the portfolio's last go-live), days,
    low, high [days earlier for `per` workers more], raw [days: other minus base, as it was run], change [workers],
    pairs, capped [pairs in which something was later than the horizon, which counts as it]. The mean has a paired t
    interval, the P80 that of `differences.of_quantiles`.

    Errors: InputError when the change is zero or the runs do not pair.
    """
    if not change:
        raise InputError(Problem("change", "the runs have as many workers", expected="more or fewer"))
    held = pairs({"the other run": other}, base)
    horizon = min(base.horizon, other.horizon)
    one, two = mean_go_live(base, other, replications=held)
    late = np.isin(held, _late(base, horizon)) | np.isin(held, _late(other, horizon))
    known = ~np.isnan(one)
    gap = paired.difference(one[known], two[known], confidence=confidence)
    figure = go_live(statistic=P80)
    before, after = (only(figure.values(run, horizon), run, held) for run in (base, other))
    found = figure.contrast(before, after, horizon)
    shift = found.interval(confidence)
    scale = -per / change
    rows = []
    for name, raw, ends, n, capped in (
        ("mean go-live", gap.difference, (gap.low, gap.high), gap.pairs, int(late[known].sum())),
        ("P80", found.difference, (shift.low, shift.high), found.pairs, found.capped),
    ):
        low, high = sorted(scale * end for end in ends)
        rows.append(
            {"statistic": name, "days": scale * raw, "low": low, "high": high, "raw": raw, "change": change}
            | {"pairs": n, "capped": capped}
        )
    return pd.DataFrame(rows)


def _late(run: RunLike, horizon: float) -> Ints:
    """The replications in which a block is later than the horizon."""
    frame = _firm(run)
    return numbers(frame[frame["live"].isna() | (frame["live"] > horizon)])


def lever_table(
    base: LabourRun,
    others: Mapping[str, LabourRun],
    *,
    confidence: float = 0.95,
    resamples: int = paired.RESAMPLES,
    seed: int = paired.BOOTSTRAP_SEED,
) -> pd.DataFrame:
    """What levers save and cost against the base, pair by pair, and which of them no other beats.

    `others` are the runs with a lever pulled, by name. The first row is the base itself (`AS_IT_IS`), with zeros. All
    is told over the replications whose labour all runs keep, so that costs and days belong together.

    Columns: name; days, low, high: days saved, the mean go-live weighted by MW earlier than the base's [days], with its
    paired t interval; cost, cost_low, cost_high: extra cost [USD]; per_day, per_day_low, per_day_high: USD for a day
    saved, with Fieller's interval, and bounded, whether it has ends; dominates: the probability that it costs no more
    than the base and saves days; probability: of being efficient, which is that no other beats it; rank: by the cost of
    a day among those that surely save some, then by days saved; pairs. Both probabilities are shares of bootstrap
    resamples of the pairs, which are resampled together.

    Errors: InputError when there are no other runs or they do not pair, or keep no labour.
    """
    if not others:
        raise InputError(Problem("others", "there is no run with a lever", expected="at least one"))
    held = common(base, *others.values())
    zero = np.zeros(len(held))
    paid, saved = {AS_IT_IS: zero}, {AS_IT_IS: zero}
    for name, run in others.items():
        paid[name], saved[name] = _paid_and_saved(base, run, held)
    efficient = frontier.probability_undominated(paid, saved, resamples=resamples, seed=seed)
    rows = []
    for name in paid:
        facts = {"name": name, **_priced(paid[name], saved[name], confidence)}
        likely = {"dominates": _dominates(paid[name], saved[name], resamples, seed), "probability": efficient[name]}
        rows.append(facts | likely | {"pairs": len(held)})
    table = pd.DataFrame(rows)
    order = table.assign(key=np.where(table["bounded"], table["per_day"], np.inf)).iloc[1:]
    order = order.sort_values(["key", "days"], ascending=[True, False], kind="stable")
    table["rank"] = pd.Series(range(1, len(order) + 1), index=order.index).reindex(table.index, fill_value=0)
    return table


def price(base: LabourRun, other: LabourRun, *, confidence: float = 0.95) -> dict[str, Any]:
    """What another run costs more than the base, and what a day costs that it wins.

    The columns of `lever_table` from days to bounded, and pairs, over the replications whose labour both keep.
    Errors: InputError when the runs do not pair, or keep the labour of fewer than two replications in common.
    """
    held = common(base, other)
    return _priced(*_paid_and_saved(base, other, held), confidence) | {"pairs": len(held)}


def _paid_and_saved(base: LabourRun, other: LabourRun, held: Ints) -> tuple[Floats, Floats]:
    """Extra cost [USD] and days saved of each replication; none are saved where no block is built in both."""
    one, two = mean_go_live(base, other, replications=held)
    return cost_by_replication(other, held) - cost_by_replication(base, held), np.nan_to_num(one - two)


def _priced(paid: Floats, saved: Floats, confidence: float) -> dict[str, Any]:
    """Means of days saved and extra cost with their intervals, and their ratio."""
    zero = np.zeros(len(paid))
    days, cost = (paired.difference(zero, values, confidence=confidence) for values in (saved, paid))
    ratio = fieller(paid, saved, confidence)
    facts: dict[str, Any] = {"days": days.difference, "low": days.low, "high": days.high}
    facts |= {"cost": cost.difference, "cost_low": cost.low, "cost_high": cost.high}
    facts |= {"per_day": ratio.estimate, "per_day_low": ratio.low, "per_day_high": ratio.high}
    return facts | {"bounded": ratio.bounded}


def _dominates(paid: Floats, saved: Floats, resamples: int, seed: int) -> float:
    """How likely the means cost nothing more and save days: the share of resamples of the pairs."""
    generator = np.random.default_rng(seed)
    hits = 0
    for _ in range(resamples):
        drawn = generator.integers(0, len(paid), size=len(paid))
        cost, days = paid[drawn].mean(), saved[drawn].mean()
        hits += bool(cost <= 0.0 and days >= 0.0 and (cost < 0.0 or days > 0.0))
    return hits / resamples
