"""Criticality: how often, and for how long, an activity is on the driving path to a site's last go-live.

The path is resource-aware: at every wait for crews or other scarce things it goes on in the job that held them, so of
two tasks that share one crew both are critical. The measures are those of schedule risk analysis, with its caveats: a
high criticality index says that an activity is often on the path, not that its duration is uncertain (cruciality asks
that, and sees rank correlation only), nor what shortening it would gain, which only a run with it changed can tell.

Sources: Van Slyke (1963) for the criticality index; Williams (1992) for cruciality; PMI (2004) for the schedule
sensitivity index.
"""

import numpy as np
import pandas as pd
from scipy.stats import rankdata

from buildsim.analysis.proportions import wilson_bounds
from buildsim.analysis.quantiles import later

WHOLE = "portfolio"
"""In place of a site: the path to the portfolio's last go-live, which is that of the site that finishes last."""


def path_to_portfolio(driving: pd.DataFrame) -> pd.DataFrame:
    """Return the path to the portfolio's last go-live in every replication; ties go to the first site."""
    ends = driving.groupby(["replication", "target"], observed=True, sort=False)["end"].max().reset_index()
    last = ends.loc[ends.groupby("replication")["end"].idxmax(), ["replication", "target"]]
    return driving.merge(last, on=["replication", "target"])


def criticality(
    driving: pd.DataFrame, replications: int, *, target: str | None = None, by: str = "hall", confidence: float = 0.95
) -> pd.DataFrame:
    """Return the criticality index of activities: the share of replications in which they are on the driving path.

    `driving` is the table of a run; `target` a site, or None for the portfolio's last go-live. `by`: "hall" has a row
    for each block and activity, "activity" one for each activity of the templates. Columns: `criticality` with its
    Wilson interval `low`, `high`, and `days`, the mean time on the path over all replications [days]; most critical
    first. Raises ValueError for another `by`.
    """
    if by not in ("hall", "activity"):
        raise ValueError(f"by is '{by}'; expected 'hall' or 'activity'")
    rows = path_to_portfolio(driving) if target is None else driving[driving["target"] == target]
    keys = ["block", "activity"] if by == "hall" else ["activity"]
    rows = rows.assign(days=rows["end"] - rows["begin"])
    groups = rows.groupby(keys, observed=True, sort=False)
    table = groups.agg(times=("replication", "nunique"), days=("days", "sum")).reset_index()
    low, high = wilson_bounds(table["times"].to_numpy(), replications, confidence)
    table = table.assign(
        criticality=table["times"] / replications, low=low, high=high, days=table["days"] / replications
    )
    return table.sort_values(["criticality", "days"], ascending=False, ignore_index=True).drop(columns="times")


def cruciality(activities: pd.DataFrame, go_live: pd.DataFrame, driving: pd.DataFrame, *, target: str) -> pd.DataFrame:
    """Return criticality, cruciality and schedule sensitivity index of a site's activities.

    They are measured over the replications whose activities are kept. `cruciality` is Spearman's rank correlation
    between an activity's duration (start to finish) and the site's last go-live; `sensitivity` is the criticality
    index times the standard deviation of the duration over that of the go-live. What is not live by the horizon ranks
    last in the correlation and makes the index NaN. Activities whose duration does not vary have a cruciality of 0.
    """
    kept = np.sort(activities["replication"].unique())
    chosen = go_live[go_live["replication"].isin(kept) & (go_live["site"] == target)]
    end = later(chosen["live"].to_numpy())
    completion = pd.Series(end).groupby(chosen["replication"].to_numpy()).max().reindex(kept).to_numpy()
    mine = activities[activities["site"] == target].assign(days=lambda one: one["finish"] - one["start"])
    durations = mine.pivot_table(index="replication", columns=["block", "activity"], values="days", observed=True)
    durations = durations.reindex(kept)
    index = criticality(driving[driving["replication"].isin(kept)], len(kept), target=target)
    found = index.set_index(["block", "activity"])["criticality"]
    ranks, spread = rankdata(completion), float(np.std(completion)) if np.isfinite(completion).all() else np.nan
    rows = []
    for key in durations.columns:
        days = durations[key].to_numpy()
        share = float(found.get(key, 0.0))
        rows.append(
            {
                "block": key[0],
                "activity": key[1],
                "criticality": share,
                "cruciality": _rank_correlation(days, ranks),
                "sensitivity": share * float(np.nanstd(days)) / spread if spread > 0.0 else np.nan,
            }
        )
    table = pd.DataFrame(rows, columns=["block", "activity", "criticality", "cruciality", "sensitivity"])
    return table.sort_values("cruciality", key=np.abs, ascending=False, ignore_index=True)


def _rank_correlation(days: np.ndarray, ranks: np.ndarray) -> float:
    """Spearman's rho over the replications in which the activity finished; 0 where either does not vary."""
    there = ~np.isnan(days)
    one, two = rankdata(days[there]), rankdata(ranks[there])
    if len(one) < 3 or one.std() == 0.0 or two.std() == 0.0:
        return 0.0
    return float(np.corrcoef(one, two)[0, 1])
