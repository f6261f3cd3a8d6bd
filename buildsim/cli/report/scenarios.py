"""Several runs against one base: a sentence for each, a table for each figure, and where the days go."""

from typing import Any

from buildsim.analysis.golive import PORTFOLIO
from buildsim.analysis.multiple import Family, least_p
from buildsim.cli.console import heading, line, table
from buildsim.cli.report.cells import NONE, per_cent, wrapped
from buildsim.cli.report.changed import setting
from buildsim.cli.report.comparison import SAID, Compared, moved, pairing, print_about, said
from buildsim.cli.report.price import priced
from buildsim.cli.report.quantities import PROJECT, difference, title, value

FOOT = (
    "Other minus base, pair by pair; in brackets {confidence} intervals that hold together for {what} (Bonferroni). "
    "p: Holm's, adjusted for the same; * where the difference is found at {confidence}."
)
APART = (
    "Runs end at different horizons: what contracts come to is left out, for it counts up to the end of each. So are "
    "the days by cause of a run that ends at another horizon than the base."
)
NAMED = 4
"""How many causes are named for each run."""


def print_many(found: Compared, family: Family) -> None:
    """Print the report of several runs against the base."""
    print_about(found)
    line()
    for name in found.others:
        line(_answer(found, name))
    rows = {name: found.rows(name) for name in found.others}
    figures = dict.fromkeys(title(row) for several in rows.values() for row in several)
    same: list[str] = []
    size = len(found.table) // len(found.others)
    least = least_p(found.confidence, len(found.others), size, family)
    for figure in figures:
        mine = {name: row for name, several in rows.items() for row in several if title(row) == figure}
        if any(row["above"] or row["below"] for row in mine.values()):
            _print_figure(found, figure, mine, least)
        else:
            same.append(figure)
    line()
    if same:
        line(f"The same in every pair of every run: {', '.join(same)}.", style="dim")
    what = "the runs of a figure" if family == "figure" else "all runs and figures"
    line(FOOT.format(confidence=per_cent(found.confidence), what=what), style="dim")
    line(pairing([row for several in rows.values() for row in several], found), style="dim")
    if found.causes:
        _print_causes(found)
    if found.prices:
        heading("What does labour cost? Each interval is for its run alone")
        for name, price in found.prices.items():
            line(f"{name}: {priced(price, found.pairs)}")
    if len({run.horizon for run in (found.base, *found.others.values())}) > 1:
        line()
        line(APART)


def _answer(found: Compared, name: str) -> str:
    """The sentence of one run: about its last go-live, or about the first figure where others were asked for."""
    rows = [row | {"low": row["low_all"], "high": row["high_all"]} for row in found.rows(name)]
    if not rows:
        return f"{name}: there is nothing to compare in any pair."
    by = {(row["of"], row["statistic"]): row for row in rows if row["unit"] == "days"}
    whole = PROJECT if found.network else PORTFOLIO
    if (whole, "mean") in by:
        begin = setting(found.base, found.others[name], name)
        return f"{name}: {moved(begin, by[whole, 'mean'], by.get((whole, 'P80')), found)}"
    return f"{name}: {said(rows[0], found)}"


def _p(row: dict[Any, Any], least: float) -> str:
    """An adjusted p-value; where the bootstrap cannot say how small it is, `< 0.004`."""
    p = row["p_adjusted"]
    if p < 0.001:
        return "< 0.001"
    floor = row["method"] == "paired bootstrap" and row["p"] <= least * (1.0 + 1e-9)
    return f"{'< ' if floor else ''}{p:.3f}"


def _print_figure(found: Compared, figure: str, rows: dict[str, dict[Any, Any]], least: float) -> None:
    cells = []
    for name, row in rows.items():
        p = row["p_adjusted"]
        sure = NONE if p != p else f"{_p(row, least)}{' *' if row['differs'] else '  '}"
        shares = [per_cent(row["above"]), per_cent(row["below"]), f"{row['capped']:,}" if row["capped"] else ""]
        cells.append(
            [wrapped(name, 24), value(row, "other", found.days), difference(row, "low_all", "high_all"), sure, *shares]
        )
    first = next(iter(rows.values()))
    heading(f"{figure} ({found.base_name}: {value(first, 'base', found.days)})")
    dates = first["unit"] == "days"
    unit = {"days": " [days]", "probability": " [points]", "MW": " [MW]"}.get(first["unit"], "")
    more = ["Later", "Earlier", "> horizon"] if dates else ["More", "Less", ""]
    columns = ["", "Value", f"Difference{unit}", "p", *more]
    keep = len(columns) if dates and any(cell[-1] for cell in cells) else -1
    table(columns[:keep] if keep < 0 else columns, [cell[:keep] if keep < 0 else cell for cell in cells], gap=2)


def _print_causes(found: Compared) -> None:
    rows = []
    for name, causes in found.causes.items():
        top = causes[causes["excess"].abs() >= SAID].head(NAMED)
        most = ", ".join(f"{cause} {gap:+,.0f}" for cause, gap in zip(top["cause"], top["excess"], strict=True))
        rows.append([wrapped(name, 24), f"{causes['excess'].sum():+,.1f}", most or NONE])
    heading("Where do the days go? Excess over plan, other minus base" + ("" if found.network else ", weighted by MW"))
    table(["", "Days", "Most of it"], rows, "lrL")
