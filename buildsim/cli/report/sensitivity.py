"""What moves an outcome: shares of the variance by group, single inputs, and the value of information."""

from dataclasses import dataclass
from functools import cached_property
from math import isnan
from typing import Any, Literal

import numpy as np
import pandas as pd

from buildsim.analysis import sensitivity
from buildsim.analysis.sensitivity.groups import DRIVERS, Groups
from buildsim.analysis.sensitivity.outcomes import Outcome
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, per_cent
from buildsim.cli.report.quantities import change
from buildsim.cli.words import count
from buildsim.plots.tornado import CAUSES, NAMES
from buildsim.run.run import Run

MOST = 12
"""How many single inputs are listed."""
HELD = 8
"""How many inputs are held at once for partial correlations."""
TINY = 1e-6
"""Amounts below this are rounding."""
ENDS = ("go_live", "mean_go_live")
"""Outcomes that in a bare network are the end of the project."""
HIGHER = ("live_mw",)
"""Outcomes of which more is better."""
SHARE_FOOT = (
    "Share of the variance that the inputs explain additively, with its 95 % interval; risk drivers apart from what "
    "they act on. A share below two of its errors is not seen. What all lacks to 100 % is interaction, thresholds, and "
    "luck that is no input: weather of single days, second tries."
)
INPUT_FOOT = (
    "rho: Spearman's rank correlation, strongest first; * significant at 5 % over all {tests:,} inputs (Holm). With "
    "less than |rho| {least:.2f} ({share:.0f} % of the variance) an input would mostly not have been found with {n:,} "
    "replications: what is not listed is not absent. Partial: with the other inputs of a list of {held} held, which "
    "even replications chose and odd ones test."
)
VALUE_FOOT = (
    "Knowing a group before deciding would gain so much on average, at most. Validated: what a rule found on the other "
    "replications really gains; the estimate itself is too high. Both alternatives have the same luck, pair by pair."
)


@dataclass(frozen=True)
class Asked:
    """An outcome of a run, how its inputs are put together, and the alternatives of a decision, if there is one."""

    run: Run
    outcome: Outcome
    by: str
    alternatives: pd.DataFrame | None = None

    @cached_property
    def inputs(self) -> pd.DataFrame:
        """The own parts of the inputs."""
        return sensitivity.own_parts(self.run.inputs, self.run.model)

    @cached_property
    def groups(self) -> Groups:
        """How the inputs are put together; every risk driver is a group of its own."""
        names = [str(name) for name in self.inputs.columns]
        causes = sensitivity.by_cause(self.run.model)
        drivers: dict[str, list[str]] = {name: [name] for name in causes.pop(DRIVERS, [])}
        if self.by == "site":
            return drivers | sensitivity.by_site(names)
        return drivers | (sensitivity.by_activity(names) if self.by == "activity" else causes)

    @cached_property
    def shares(self) -> pd.DataFrame:
        """The share of the variance of each group, the largest first, `all` last."""
        found = sensitivity.group_shares(self.inputs, self.outcome, self.groups)
        parts = found[found["group"] != "all"].sort_values("share", ascending=False, kind="stable")
        return pd.concat([parts, found[found["group"] == "all"]], ignore_index=True)

    @cached_property
    def single(self) -> pd.DataFrame:
        """The single inputs with the largest rank correlation, and their partial one where it was tested."""
        found = sensitivity.rank_correlation(self.inputs, self.outcome)
        found = found.assign(tests=int(found["p"].notna().sum())).head(MOST)
        partial = sensitivity.partial_rank_correlation(self.inputs, self.outcome, most=HELD)
        return found.merge(partial.set_index("input")["prcc"], left_on="input", right_index=True, how="left")

    @property
    def tests(self) -> int:
        """How many inputs were tested."""
        return max(1, int(self.single["tests"].iloc[0])) if len(self.single) else 1

    @property
    def detectable(self) -> float:
        """The smallest |rho| that is found four times in five."""
        return sensitivity.detectable(len(self.outcome.values) - self.outcome.absent, self.tests)

    @property
    def better(self) -> Literal["lower", "higher"]:
        """Whether low outcomes are good."""
        return "higher" if self.outcome.what in HIGHER else "lower"

    @cached_property
    def whole_value(self) -> dict[Any, Any]:
        """The expected value of perfect information of the decision."""
        assert self.alternatives is not None
        return dict(sensitivity.perfect_information(self.alternatives, better=self.better).to_dict("records")[0])

    @cached_property
    def values(self) -> pd.DataFrame:
        """The expected value of partial perfect information, by group."""
        assert self.alternatives is not None
        return sensitivity.partial_information(self.inputs, self.alternatives, groups=self.groups, better=self.better)


def varies(asked: Asked) -> bool:
    """Whether there is anything to explain."""
    values = asked.outcome.values[~np.isnan(asked.outcome.values)]
    return len(values) > 2 and float(np.ptp(values)) > 0.0


def sentences(asked: Asked) -> list[str]:
    """The answer in a few sentences."""
    y = asked.outcome
    what = _what(asked)
    if not varies(asked):
        return [f"The {what} is the same in every replication: nothing moves it."]
    rows = asked.shares
    sure = rows[(rows["group"] != "all") & (rows["low"] > 0.0)]
    whole = rows[rows["group"] == "all"].iloc[0]
    if sure.empty:
        said = [f"No group of inputs can be seen to move the {what}."]
    else:
        top = ", ".join(
            f"{label(str(row['group']))} {per_cent(min(row['share'], 1.0))}" for _, row in sure.head(3).iterrows()
        )
        said = [f"The variance of the {what} comes from: {top}; all inputs explain {per_cent(whole['share'])} of it."]
    if y.capped:
        said.append(f"{count(y.capped, 'replication')} count as the horizon: what is said holds up to it.")
    if y.absent:
        said.append(f"{count(y.absent, 'replication')} without it are left out.")
    if asked.alternatives is not None:
        said.append(_decision(asked))
    return said


def _what(asked: Asked) -> str:
    """What the outcome is called; the go-live of a bare network is the end of the project."""
    y = asked.outcome
    if asked.run.model.network is not None and y.what in ENDS:
        return "end of the project"
    return f"{NAMES.get(y.what, y.what)} of {y.of}"


def worth_knowing(asked: Asked) -> bool:
    """Whether another choice would ever have been better."""
    return float(asked.whole_value["regret_share"]) > 0.0 and float(asked.whole_value["evpi"]) > TINY


def _decision(asked: Asked) -> str:
    row, unit = asked.whole_value, asked.outcome.unit
    if not worth_knowing(asked):
        return f"Of both runs {row['best']} is as good or better in every replication: to know more would gain nothing."
    value = f"{_with_unit(row['evpi'], unit)} ({_amount(row['low'], unit)} to {_amount(row['high'], unit)})"
    text = f"Of both runs {row['best']} is better on average; the other would be better in "
    text += f"{per_cent(row['regret_share'])} of replications. To know everything first would be worth {value}"
    known = [one for one in asked.values.to_dict("records") if one["low"] > 0.0]
    if not known:
        return f"{text}; no group by itself can be seen to be worth anything."
    top = ", ".join(f"{label(str(one['group']))} {_with_unit(one['validated'], unit)}" for one in known[:3])
    return f"{text}, to know one group: {top}."


def label(group: str) -> str:
    """What a group is called."""
    name = CAUSES.get(group)
    if name is not None:
        return name[0].lower() + name[1:] if not name.startswith("GPU") else name
    return f"driver {group.removeprefix('drivers.')}" if group.startswith("drivers.") else group


def print_sensitivity(asked: Asked) -> None:
    """Print the answer, shares by group, single inputs, and the value of information."""
    for text in sentences(asked):
        line(text)
    if not varies(asked):
        return
    if asked.by != "input":
        heading("Where does the variance come from?")
        rows = [
            [label(str(row["group"])), f"{row['inputs']:,}", *_share(row)] for row in asked.shares.to_dict("records")
        ]
        table(["", "Inputs", "Share", "95 % interval"], rows, bold=[len(rows) - 1])
        line(SHARE_FOOT, style="dim")
    heading("Which single inputs go with it?")
    rows = [
        [
            str(row["input"]),
            f"{row['rho']:+.2f}{'*' if row['significant'] else ' '}",
            f"{row['low']:+.2f} to {row['high']:+.2f}",
            NONE if isnan(row["prcc"]) else f"{row['prcc']:+.2f}",
        ]
        for row in asked.single.to_dict("records")
    ]
    table(["", "rho", "95 % interval", "Partial"], rows)
    least, n = asked.detectable, len(asked.outcome.values) - asked.outcome.absent
    line(INPUT_FOOT.format(tests=asked.tests, least=least, share=100.0 * least**2, n=n, held=HELD), style="dim")
    if asked.alternatives is not None and worth_knowing(asked):
        _print_value(asked)


def _print_value(asked: Asked) -> None:
    unit = asked.outcome.unit
    heading(f"What would it be worth to know before deciding? [{unit}]")
    rows = [
        [
            label(str(row["group"])),
            *(_amount(row[key], unit) for key in ("evppi", "validated")),
            f"{_amount(row['low'], unit)} to {_amount(row['high'], unit)}",
            per_cent(row["switches"]),
        ]
        for row in asked.values.to_dict("records")
    ]
    whole = asked.whole_value
    ends = f"{_amount(whole['low'], unit)} to {_amount(whole['high'], unit)}"
    rows.append(["everything", _amount(whole["evpi"], unit), "", ends, per_cent(whole["regret_share"])])
    table(["", "Estimate", "Validated", "95 % interval", "Other choice"], rows, bold=[len(rows) - 1])
    line(VALUE_FOOT, style="dim")


def _share(row: dict[Any, Any]) -> list[str]:
    share, low, high = (round(100.0 * row[key]) for key in ("share", "low", "high"))
    return [f"{share} %", f"{low} to {high} %"]


def _amount(value: float, unit: str) -> str:
    return change(value if abs(value) > TINY else 0.0, unit).removeprefix("+")


def _with_unit(value: float, unit: str) -> str:
    return _amount(value, unit) if unit == "USD" else f"{_amount(value, unit)} {unit}"


def data(asked: Asked) -> dict[str, Any]:
    """The same for scripts."""
    y = asked.outcome
    facts: dict[str, Any] = {"model": asked.run.model.name, "replications": asked.run.replications}
    facts |= {"what": y.what, "of": y.of, "unit": y.unit, "capped": y.capped, "absent": y.absent, "by": asked.by}
    facts |= {"confidence": 0.95, "answer": sentences(asked)}
    if not varies(asked):
        return {**facts, "shares": [], "inputs": [], "detectable": None}
    keys = ("input", "rho", "low", "high", "p_adjusted", "significant", "prcc")
    facts["shares"] = [
        {key: row[key] for key in ("group", "inputs", "share", "low", "high")}
        for row in asked.shares.to_dict("records")
    ]
    facts["inputs"] = [{key: row[key] for key in keys} for row in asked.single.to_dict("records")]
    facts["detectable"] = asked.detectable
    if asked.alternatives is not None:
        facts["decision"] = {"evpi": asked.whole_value, "groups": asked.values.to_dict("records")}
    return facts
