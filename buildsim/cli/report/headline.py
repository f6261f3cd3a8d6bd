"""The answer in a few sentences made from the numbers."""

from math import isinf
from typing import Any

from buildsim.analysis import answers, golive, unbuilt
from buildsim.analysis.randomised import caution
from buildsim.cli.report.causes import weightiest
from buildsim.cli.report.cells import Days, per_cent
from buildsim.cli.report.golive import portfolio_name
from buildsim.cli.words import mw
from buildsim.run.run import Run
from buildsim.units import format_days, format_usd


def headline(run: Run) -> list[str]:
    """The sentences: when all is live, which milestones are missed, who walks away, and what is to blame."""
    if run.model.network is not None:
        return [_project(run), *_caution(run)]
    return [_live(run), *_contracts(run), *_blame(run), *_caution(run)]


def _caution(run: Run) -> list[str]:
    text = caution(run)
    return [text] if text else []


def _project(run: Run) -> str:
    record = portfolio(run)
    p50, p80 = (_days(record[level]) for level in ("p50", "p80"))
    later = f" It is longer than the horizon in {per_cent(record['later'])}." if record["later"] else ""
    return f"The project takes {p50} (P50), {p80} (P80); the plan takes {_days(record['planned'])}.{later}"


def _days(days: float) -> str:
    return format_days(days) if days < float("inf") else "longer than the horizon"


def portfolio(run: Run) -> dict[Any, Any]:
    """The dates on which everything firm is live."""
    found = answers.sites(run)
    chosen = found[(found["event"] == golive.COMPLETE) & (found["site"] == golive.PORTFOLIO)]
    return dict(chosen.to_dict("records")[0])


def _live(run: Run) -> str:
    record, days = portfolio(run), Days(run.start)
    size, all_built = mw(record["mw"]), ""
    firm = answers.firm(run)
    if found := [one for block, one in unbuilt.hangs(run.model).items() if not firm or block.split("/")[0] in firm]:
        options = all(one.options for one in found)
        part = "options only where they are exercised" if options else "what is optional only where it is built"
        size, all_built = f"up to {size}, {part}", f" with all {'options exercised' if options else 'of it built'}"
    what, plan = f"{portfolio_name(run)} ({size})", f"the plan{all_built} says {days.text(record['planned'])}"
    late = per_cent(record["later"])
    if isinf(record["p50"]):
        return f"{what} are not all live by the horizon in {late} of replications; {plan}."
    said = f"{what} are all live by {days.text(record['p50'])} in half of the replications"
    if isinf(record["p80"]):
        return f"{said}; in {late} they are not by the horizon; {plan}."
    later = f" In {late} they are not by the horizon." if record["later"] else ""
    return f"{said}, by {days.text(record['p80'])} in 80 %; {plan}.{later}"


def _contracts(run: Run) -> list[str]:
    if run.milestones.empty:
        return []
    total = answers.customers(run).to_dict("records")[-1]
    missed = f"On average {total['missed']:.1f} of {total['tranches']} milestones are missed"
    if total["tranches"] == 1:
        missed = f"The milestone is missed in {per_cent(total['p_missed'])} of replications"
    deferred = float(run.milestones["deferred"].sum()) / run.replications
    put_off = f", and it puts off {format_usd(deferred)} of revenue" if deferred > 0.0 else ""
    said = [
        f"{missed}; the value of what is missed is {format_usd(total['value_at_risk'])} on average, the damages are "
        f"{format_usd(total['damages'])}{put_off}."
    ]
    if total["p_withdrawn"] > 0.0:
        said.append(
            f"In {per_cent(total['p_withdrawn'])} of replications a customer walks away; on average that takes "
            f"{mw(total['withdrawn_mw'])} worth {format_usd(total['withdrawn_value'])}."
        )
    return said


def _blame(run: Run) -> list[str]:
    found = answers.delays(run)
    top = weightiest(found)
    if not top:
        return []
    named = ", ".join(f"{cause} ({days:+,.0f})" for cause, days in top)
    capped = "; what is later than the horizon counts up to it" if portfolio(run)["later"] else ""
    late = f"Go-live is {found['excess'].sum():+,.0f} days against plan (mean, weighted by MW{capped})"
    said = f"{late}. Most days are lost to: {named}."
    never = run.plan.go_live["live"].isna()
    if never.any():
        said += (
            f" The plan itself has {int(never.sum())} of {len(never)} halls later than the horizon, so these days "
            f"count only up to it: move the horizon to see the whole."
        )
    return [said]
