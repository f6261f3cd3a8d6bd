#!/usr/bin/env python3
"""What holds the build-out back in 2025 and 2026: causes of lateness, what it hangs on, and what would help.

Five views of the halls that are to be live by the end of 2026 in the reference model: the delay account (days over
plan, by cause, and how it differs between early and late futures), the driving path (which activities the sites' last
go-lives hang on), but-for runs (each group of causes taken out, alone, last, and by Shapley's split, in days, MW-days
and dollars), a tornado of the P80, and what it would be worth to know each group of causes before deciding whom to
serve first. All runs have the same draws. Tables, figures with captions and `findings.md` are written to a folder.

    python experiments/what_holds_us_back.py --replications 40 --base 300 --out out/what_holds_us_back
"""

import argparse
import textwrap
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

import buildsim as bs
from buildsim.analysis import delay, delay_bands, sensitivity
from buildsim.analysis.but_for import but_for, dollars
from buildsim.analysis.criticality import criticality
from buildsim.analysis.scope import scope
from buildsim.analysis.sensitivity.groups import DRIVERS, Groups
from buildsim.plots import delay_causes, shapley_bars
from buildsim.plots.delay_causes import caption as causes_caption
from buildsim.plots.shapley_bars import caption as bars_caption
from buildsim.plots.tornado import caption as tornado_caption
from buildsim.plots.tornado import tornado
from buildsim.program.groups import GROUPS as ALL_GROUPS
from buildsim.units import format_usd

MODEL = "coreweave/2025"
BY = date(2026, 12, 31)
"""Halls with a target up to here count."""
GROUPS = tuple(ALL_GROUPS)
ORDERS = 2
"""Random orders of the groups in each replication: one and its reverse."""
FEWEST = 50
"""Replications that the base run needs at least, for a tornado and the value of information."""
POLICY = {"policy.rank": "largest_mw"}
"""The other alternative of the decision whom to serve first; the model's own is the least slack."""


def main(words: Sequence[str] | None = None) -> int:
    """Run the study; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--replications", type=int, default=40, help="of the but-for runs (default: 40)")
    parser.add_argument("--base", type=int, default=300, help=f"of the base run, {FEWEST} or more (default: 300)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=None, help="processes (default: all cores)")
    parser.add_argument("--out", type=Path, default=Path("out") / "what_holds_us_back")
    given = parser.parse_args(words)
    if given.base < FEWEST or given.replications < 2:
        parser.error(f"--base must be {FEWEST} or more, --replications 2 or more")
    model = bs.load(MODEL)
    base, other = (
        bs.simulate(one, given.base, given.seed, workers=given.workers, keep_activities=0, progress=True)
        for one in (model, bs.load(MODEL, set=POLICY))
    )
    split = but_for(
        model,
        GROUPS,
        replications=given.replications,
        seed=given.seed,
        workers=given.workers,
        measures={"days": (mean_days, "days"), "mw_days": (mw_days, "MW-days"), "dollars": (dollars, "USD")},
        permutations=ORDERS,
        progress=True,
    )
    tables = {
        "causes": causes(base),
        "bands": delay_bands.bands(scope(base)),
        "critical": critical(base),
        **{f"but_for_{name}": found.table() for name, found in split.items()},
        **information(base, other),
    }
    given.out.mkdir(parents=True, exist_ok=True)
    for name, table in tables.items():
        table.to_csv(given.out / f"{name}.csv", index=False)
    captions = draw(base, tables, given.out, given.replications)
    said = finding(tables, given.replications, given.base)
    write(said, captions, given.out)
    print("\n\n".join(textwrap.fill(line, 100) for line in said))
    print(f"\nTables, figures and findings.md: {given.out}")
    return 0


def due(run: bs.Run) -> pd.DataFrame:
    """Return the go-lives of the halls with a target up to the date; what is not live counts at the horizon [days]."""
    rows = run.go_live[run.go_live["target"] <= (BY - run.start).days + 1.0]
    return rows.assign(live=rows["live"].fillna(run.horizon))


def mw_days(run: bs.Run) -> np.ndarray:
    """Return the MW-days from day 0 to the go-live of the halls that count, by replication [MW-days]."""
    frame = due(run)
    return (frame["live"] * frame["mw"]).groupby(frame["replication"]).sum().to_numpy()


def mean_days(run: bs.Run) -> np.ndarray:
    """Return the MW-weighted mean go-live of the halls that count, by replication [days]."""
    return mw_days(run) / due(run).groupby("replication")["mw"].sum().to_numpy()


def causes(run: bs.Run) -> pd.DataFrame:
    """Return the days over plan by cause, over the halls that count, weighted by MW."""
    blocks = set(due(run)["block"].astype(str))
    delays = run.delays[run.delays["block"].astype(str).isin(blocks)]
    live = run.go_live[run.go_live["block"].astype(str).isin(blocks)]
    return delay.portfolio(delays, live)


def critical(run: bs.Run) -> pd.DataFrame:
    """Return how often each activity of the templates is on a site's driving path, mean over sites."""
    sites = list(dict.fromkeys(due(run)["site"].astype(str)))
    parts = [criticality(run.driving, run.replications, target=site, by="activity") for site in sites]
    whole = pd.concat(parts).groupby("activity", observed=True)[["criticality", "days"]].sum() / len(sites)
    return whole.sort_values("days", ascending=False).reset_index()


def groups_of(run: bs.Run) -> Groups:
    """Return the groups of causes of a run's inputs; each risk driver is one of its own."""
    found = sensitivity.by_cause(run.model)
    return {**{name: [name] for name in found.pop(DRIVERS, [])}, **found}


def information(run: bs.Run, other: bs.Run) -> dict[str, pd.DataFrame]:
    """Return what moves the mean go-live of the halls that count, and what knowing it beforehand is worth [days]."""
    inputs, groups = sensitivity.own_parts(run.inputs, run.model), groups_of(run)
    days = pd.DataFrame({"least slack first": mean_days(run), "largest hall first": mean_days(other)})
    return {
        "shares": sensitivity.group_shares(inputs, days["least slack first"].to_numpy(), groups),
        "swings": sensitivity.swings(
            inputs, days["least slack first"].to_numpy(), groups=groups, statistic=0.8, cap=run.horizon
        ),
        "information": sensitivity.perfect_information(days),
        "information_by_group": sensitivity.partial_information(inputs, days, groups=groups),
    }


def draw(run: bs.Run, tables: Mapping[str, pd.DataFrame], out: Path, replications: int) -> dict[str, str]:
    """Write the figures; return the caption of each."""
    figures: dict[str, tuple[Callable[..., Any], Callable[..., str], tuple[Any, ...], dict[str, Any]]] = {
        "delay_causes": (delay_causes, causes_caption, (), {}),
        "tornado": (tornado, tornado_caption, (), {"what": "mean_go_live"}),
    }
    note = f"But-for runs: {replications} paired replications, {ORDERS} random orders of the groups in each"
    for name, what in (
        ("days", "days, halls due by the end of 2026"),
        ("mw_days", "MW-days, halls due by the end of 2026"),
        ("dollars", "damages and lost value, all contracts"),
    ):
        told = {"title": f"What each group of causes costs: {what}", "note": note}
        figures[f"but_for_{name}"] = (shapley_bars, bars_caption, (tables[f"but_for_{name}"],), told)
    captions = {}
    for name, (make, caption, given, options) in figures.items():
        make(run, *given, **options).figure.savefig(out / f"{name}.png")
        captions[name] = caption(run, *given, **options)
    return captions


def finding(tables: Mapping[str, pd.DataFrame], replications: int, base: int) -> list[str]:
    """Say what was found, in paragraphs made from the numbers."""
    return [
        _causes(tables["causes"], base),
        _bands(tables["bands"]),
        _critical(tables["critical"]),
        *_split(tables, replications),
        _moved(tables["swings"], tables["shares"]),
        _worth(tables["information"].iloc[0], tables["information_by_group"]),
    ]


def _causes(table: pd.DataFrame, base: int) -> str:
    rows = table.sort_values("excess", ascending=False).head(5)
    named = ", ".join(
        f"{row['cause']} {row['excess']:+.0f} ({row['excess_low']:+.0f} to {row['excess_high']:+.0f})"
        for _, row in rows.iterrows()
    )
    return (
        f"The halls due by {BY} go live {table['excess'].sum():+.0f} days against plan on average ({base} "
        f"replications, weighted by MW). Days over plan by cause, with 95 % intervals: {named}."
    )


def _bands(table: pd.DataFrame) -> str:
    bands = list(dict.fromkeys(table["band"]))
    if len(bands) < 2:
        return "Early and late futures cannot be told apart: too few differ before the horizon."
    first, last = (table[table["band"] == band].set_index("cause")["excess"] for band in (bands[0], bands[-1]))
    gaps = (last - first).sort_values(ascending=False).head(3)
    named = ", ".join(f"{cause} ({days:+.0f} days)" for cause, days in gaps.items())
    return (
        f"Between the earliest futures of the whole portfolio ({bands[0]}) and the latest ({bands[-1]}) the mean "
        f"go-live differs by {last.sum() - first.sum():+.0f} days, most of it by: {named}."
    )


def _critical(table: pd.DataFrame) -> str:
    steps = ", ".join(
        f"{row['activity']} ({row['days']:.0f} days, on the path in {100 * row['criticality']:.0f} %)"
        for _, row in table.head(5).iterrows()
    )
    return f"On the driving paths to the last go-lives of these sites most time is spent in: {steps}."


def _split(tables: Mapping[str, pd.DataFrame], replications: int) -> list[str]:
    days, money, power = (tables[f"but_for_{name}"].set_index("group") for name in ("days", "dollars", "mw_days"))
    whole = days.loc["all"]
    parts = days.drop(index="all").sort_values("shapley", ascending=False)
    named = "; ".join(
        f"{name} {row['shapley']:.0f} days ({row['low']:.0f} to {row['high']:.0f}; alone {row['first']:.0f}, last "
        f"{row['last']:.0f})"
        for name, row in parts[parts["shapley"].abs() >= 0.5].iterrows()
    )
    worse = parts[["worse_first", "worse_last"]].max(axis=1)
    costs = money.drop(index="all").sort_values("shapley", ascending=False).head(3)
    dear = ", ".join(
        f"{name} {_usd(row['shapley'])} ({_usd(row['low'])} to {_usd(row['high'])})" for name, row in costs.iterrows()
    )
    return [
        f"But for {', '.join(parts.index)}, they would go live {whole['shapley']:.0f} days earlier on average "
        f"({whole['low']:.0f} to {whole['high']:.0f}; {replications} paired replications); that is "
        f"{power.loc['all', 'shapley'] / 1000:,.0f} GW-days.",
        f"Shapley's split of these days: {named}; any other less than half a day. The parts sum to the whole.",
        f"In damages and withdrawn value of all contracts it costs {_usd(money.loc['all', 'shapley'])} a replication "
        f"({_usd(money.loc['all', 'low'])} to {_usd(money.loc['all', 'high'])}); the largest parts are {dear}.",
        f"Taking a group out made the mean go-live worse in up to {100 * worse.max():.0f} % of replications "
        f"({worse.idxmax()}): greedy dispatch has scheduling anomalies, and nothing here is clipped.",
    ]


def _usd(value: float) -> str:
    return f"{'-' if value < 0 else ''}{format_usd(float(f'{abs(value):.2e}'))}"


def _moved(swings: pd.DataFrame, shares: pd.DataFrame) -> str:
    sure = swings[swings["low"] > 0.0].head(4)
    named = ", ".join(
        f"{row['group']} {row['swing']:.0f} days ({row['low']:.0f} to {row['high']:.0f})" for _, row in sure.iterrows()
    )
    whole = shares.set_index("group").loc["all"]
    text = (
        f"The P80 of their mean go-live moves most between the lowest and the highest fifth of: {named or 'nothing'}."
    )
    return (
        f"{text} All inputs together explain {100 * whole['share']:.0f} % of its variance "
        f"({100 * whole['low']:.0f} to {100 * whole['high']:.0f} %)."
    )


def _worth(whole: pd.Series, parts: pd.DataFrame) -> str:
    best = parts.iloc[0]
    text = (
        f"Whom to serve first: '{whole['best']}' is the better rule on average; to know everything beforehand would be "
        f"worth {whole['evpi']:.2f} days ({whole['low']:.2f} to {whole['high']:.2f}), for the other rule is better in "
        f"{100 * whole['regret_share']:.0f} % of replications."
    )
    if best["low"] <= 0.0:
        return f"{text} No single group of causes can be seen to be worth knowing for this decision."
    return (
        f"{text} Of the groups, {best['group']} is worth most: {best['validated']:.2f} days "
        f"({best['low']:.2f} to {best['high']:.2f})."
    )


def write(said: Sequence[str], captions: Mapping[str, str], out: Path) -> None:
    """Write `findings.md`: what was found, then the figures with their captions."""
    parts = ["# What holds the build-out back", *said]
    for name, caption in captions.items():
        parts += [f"![{name.replace('_', ' ')}]({name}.png)", caption]
    (out / "findings.md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")


if __name__ == "__main__":
    raise SystemExit(main())
