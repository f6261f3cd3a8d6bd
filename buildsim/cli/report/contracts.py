"""Which milestones are at risk, who walks away, and what that is worth: question 2."""

from typing import Any

import pandas as pd

from buildsim.analysis import answers
from buildsim.analysis.milestones import LEVELS, OUTCOMES
from buildsim.analysis.portfolio import customer_names
from buildsim.analysis.quantiles import column
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, Days, megawatts, money, per_cent, probability, triple, wrapped
from buildsim.run.run import Run
from buildsim.units import format_usd

RISK = 0.01
"""A milestone is listed when it is missed with at least this probability."""
_NAME, _CAUSE = 17, 13
"""The widths of the columns that hold text."""
MOST = 15
"""How many milestones are listed unless all are asked for."""


def print_milestones(run: Run, *, every: bool = False) -> None:
    """Print the milestones at risk, the most valuable risk first."""
    if run.milestones.empty:
        return
    found = answers.tranches(run)
    risky = found[found["p_missed"] >= RISK].sort_values("value_at_risk", ascending=False, kind="stable")
    shown = found if every else risky.head(MOST)
    heading("Which milestones are at risk?")
    if not len(shown):
        line(f"None of {len(found)}: each is missed in less than {per_cent(RISK)} of replications.")
        return
    names, days = customer_names(run.model), Days(run.start)
    rows = []
    for record in shown.to_dict("records"):
        left = record["p_withdrawn"] + record["p_withdrawn_in_part"]
        customer = names.get(record["customer"], record["customer"])
        who = f"{wrapped(record['tranche'], _NAME)}\n{wrapped(customer, _NAME)}"
        size = f"{record['mw']:,.0f}\n{format_usd(record['value'])}"
        dates = [days.text(record["due"]), *(days.quantile(record, level) for level in LEVELS)]
        damages = format_usd(float(f"{record['damages']:.2e}"))
        risk = [probability(record, "p_missed"), per_cent(left), damages, wrapped(record["cause"] or NONE, _CAUSE)]
        rows.append([who, size, *dates, *risk])
    dates = [f"Met {column(level).upper()}" for level in LEVELS]
    table(["", "MW", "Due", *dates, "Missed", "Walks\naway", "Damages", "Main cause"], rows, "lrrrrrrrl", gap=1)
    more = len(found) - len(shown)
    if more:
        line(f"{more} more with less at risk; --all lists them.", style="dim")
    line("Missed: late, re-dated, withdrawn, or still open although due. Damages: mean over replications.", style="dim")


def print_withdrawals(run: Run) -> None:
    """Print who walks away, and which options lapse."""
    if run.milestones.empty:
        return
    names, days = customer_names(run.model) | {"all": "All customers"}, Days(run.start)
    for lapses, title, none in (
        (False, "Who walks away?", "Nobody, in any replication."),
        (True, "Which options lapse?", ""),
    ):
        found = _likely(answers.expected_withdrawals(run, lapses=lapses))
        if found.empty and not none:
            continue
        heading(title)
        if found.empty:
            line(none)
            continue
        rows = []
        for record in found.to_dict("records")[: None if len(found) > 2 else 1]:
            first = days.quantile({**record, "n": run.replications}, 0.5)
            figures = [probability(record, "probability"), megawatts(record, "mw"), money(record, "value"), first]
            again = [] if lapses else [per_cent(record["remarketed"])]
            rows.append([names.get(record["customer"], record["customer"]), *figures, *again])
        columns = ["", "Probability", "MW (mean)", "Value (mean)", "First, P50", *([] if lapses else ["Sold again"])]
        table(columns, rows, bold=[len(rows) - 1])


def milestones(run: Run) -> list[dict[str, Any]]:
    """The milestones for scripts."""
    if run.milestones.empty:
        return []
    days = Days(run.start)
    rows = []
    for record in answers.tranches(run).to_dict("records"):
        facts = {key: record[key] for key in ("contract", "customer", "tranche", "mw", "value")}
        shares = {f"p_{outcome}": record[f"p_{outcome}"] for outcome in OUTCOMES}
        dates = {column(level): days.data(record, level) for level in LEVELS}
        means = {name: triple(record, name) for name in ("p_missed", "damages", "withdrawn_mw", "withdrawn_value")}
        risk = {"value_at_risk": record["value_at_risk"], "cause": record["cause"]}
        rows.append({**facts, "due": days.text(record["due"]), **shares, **dates, **means, **risk})
    return rows


def withdrawals(run: Run, *, lapses: bool = False) -> list[dict[str, Any]]:
    """The withdrawals, or the options that lapse, for scripts."""
    if run.milestones.empty:
        return []
    days = Days(run.start)
    rows = []
    for record in answers.expected_withdrawals(run, lapses=lapses).to_dict("records"):
        means = {name: triple(record, name) for name in ("probability", "mw", "value")}
        first = days.data({**record, "n": run.replications}, 0.5)
        rows.append({"customer": record["customer"], **means, "first_p50": first, "remarketed": record["remarketed"]})
    return rows


def _likely(found: pd.DataFrame) -> pd.DataFrame:
    """The customers of whom it happened, the most valuable first and all of them last; empty when it never did."""
    own = found[(found["probability"] > 0.0) & (found["customer"] != "all")]
    own = own.sort_values("value", ascending=False, kind="stable")
    return pd.concat([own, found[found["customer"] == "all"]]) if len(own) else own
