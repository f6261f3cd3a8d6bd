"""The experienced share and the size of the workforce: dates, MW at risk, withdrawals; and the licensed cap.

Also the gain of common random numbers in the headline, with its reason.
"""

from collections.abc import Mapping
from dataclasses import asdict

import pandas as pd
from matplotlib.figure import Figure

import buildsim as bs
from buildsim.analysis import labour
from buildsim.analysis.variance_reduction import reason, reduction
from buildsim.plots import heat_map, shift_lines, shortfall
from buildsim.plots.heat_map import caption as map_caption
from buildsim.plots.shift_lines import caption as lines_caption
from buildsim.plots.shortfall import caption as shortfall_caption
from experiments.labour.study import (
    YEAR_ENDS,
    Batch,
    Part,
    Study,
    batch,
    consequences,
    days,
    per_cent,
    shift,
    usd,
)

SHARES = (200, 150, 100, 50, 20)
"""Experienced hands per 1,000; the first and the last are the ends that are compared."""
WORKFORCES = (100, 90, 80)
"""Per cent of the declared workers."""
SHOWN = (200, 50, 20)
"""The shares whose MW at risk are drawn, with the largest and the smallest workforce."""
EXPERIENCED, WORKFORCE = "labour.*.*.experienced", "productivity.workforce"

Runs = dict[tuple[int, int], bs.Run]


def plan(study: Study) -> list[Batch]:
    """Return the cells: a grid on both models, the licensed cap on the reference model, a base with another seed."""
    vary = {
        WORKFORCE: [f"{workforce}%" for workforce in WORKFORCES],
        EXPERIENCED: [f"{share} per 1000" for share in SHARES],
    }
    cap = {"productivity.regime": ["cap"], "productivity.licensed": [f"{share} per 1000" for share in _cap(study)]}
    alone = {WORKFORCE: [f"{WORKFORCES[0]}%"], EXPERIENCED: [f"{SHARES[0]} per 1000"]}
    return [
        batch(study, "shares", study.model, vary, 1.0),
        batch(study, "shares-hall", study.hall, vary, 1.0),
        *([batch(study, "cap", study.model, cap, 1.0)] if _cap(study) else []),
        batch(study, "another-seed", study.model, alone, 1.0, seed=study.seed + 1),
    ]


def _cap(study: Study) -> list[int]:
    """Return the shares of licensed journeymen under which every activity can find the crews that it starts with."""
    return [share for share in (SHARES[0], SHARES[-1]) if refusal(study, share) is None]


def refusal(study: Study, share: int) -> bs.InputError | None:
    """Return why the model cannot be built with so many licensed in 1,000 under the cap, None if it can."""
    try:
        bs.load(study.model, {"productivity.regime": "cap", "productivity.licensed": f"{share} per 1000"})
    except bs.InputError as error:
        return error
    return None


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    found = {one.name: [run for _, run in one.run(study)] for one in batches}
    keys = [(share, workforce) for workforce in WORKFORCES for share in SHARES]
    runs = {
        study.model: dict(zip(keys, found["shares"], strict=True)),
        study.hall: dict(zip(keys, found["shares-hall"], strict=True)),
    }
    part = Part("Fewer experienced hands, fewer workers")
    table = pd.concat([tabulate(name, own) for name, own in runs.items()], ignore_index=True)
    cap = capped(study, runs[study.model], found.get("cap", []))
    part.tables |= {"labour_shortage": table, "journeymen_cap": cap}
    for name in runs:
        part.say(*headline(name, table[table["model"] == name]))
    part.say(*withdrawals(table[table["model"] == study.model]))
    part.say(*cap_said(cap))
    part.say(*anomalies(table))
    base = runs[study.model][keys[0]]
    part.tables["pairing"], said = luck(base, runs[study.model][SHARES[-1], WORKFORCES[0]], found["another-seed"][0])
    part.say(said)
    draw(part, study, runs, table)
    return part


def tabulate(model: str, runs: Runs) -> pd.DataFrame:
    """Return a row for each cell: the shift against the first cell, pair by pair, and what it means."""
    base = runs[SHARES[0], WORKFORCES[0]]
    rows = [
        {"model": model, "experienced_per_1000": share, "workforce_percent": workforce} | row(base, run)
        for (share, workforce), run in runs.items()
    ]
    return pd.DataFrame(rows)


def row(base: bs.Run, run: bs.Run) -> dict[str, float]:
    """Return by how much a run is later than the base, and what that leads to."""
    found = shift(base, run)
    return {
        "mean_go_live_day": found.other,
        "shift": found.difference,
        "low": found.low,
        "high": found.high,
        "earlier_pairs": found.below,
        "variance_reduction": found.variance_reduction,
        **consequences(run),
        "replications": run.replications,
    }


def capped(study: Study, runs: Runs, found: list[bs.Run]) -> pd.DataFrame:
    """Return the shares read as licensed journeymen under the cap, beside the same shares read as experience."""
    base = runs[SHARES[0], WORKFORCES[0]]
    rows = []
    possible = dict(zip(_cap(study), found, strict=True))
    for share in (SHARES[0], SHARES[-1]):
        rows.append({"regime": "dilute", "per_1000": share, "possible": True, **row(base, runs[share, WORKFORCES[0]])})
        here = possible.get(share)
        rows.append(
            {"regime": "cap", "per_1000": share, "possible": here is not None, **(row(base, here) if here else {})}
        )
    return pd.DataFrame(rows)


def headline(model: str, table: pd.DataFrame) -> list[str]:
    """Say what the ends of the sweep differ by."""
    rows = table.set_index(["experienced_per_1000", "workforce_percent"])
    most, least, whole, part = SHARES[0], SHARES[-1], WORKFORCES[0], WORKFORCES[-1]
    scarce, fewer, both = (rows.loc[key] for key in ((least, whole), (most, part), (least, part)))
    text = [
        f"{model}: with {least} instead of {most} experienced hands per 1,000 a MW goes live "
        f"{days(*scarce[['shift', 'low', 'high']])} later on average; with {part} % of the workforce "
        f"{days(*fewer[['shift', 'low', 'high']])}; with both {days(*both[['shift', 'low', 'high']])}."
    ]
    if scarce["shift"] > 0.0:
        apart = scarce["shift"] + fewer["shift"]
        word = "more" if both["shift"] > apart else "less"
        text.append(f"Together they cost {word} than one after the other ({both['shift']:.0f} against {apart:.0f}).")
    worst = both["later_than_horizon"]
    if worst > 0.0:
        text.append(
            f"Beyond the horizon, and counted as it, lie {per_cent(scarce['later_than_horizon'])} of go-lives at "
            f"{least} per 1,000 and {per_cent(worst)} with both: true shifts are larger."
        )
    return text


def withdrawals(table: pd.DataFrame) -> list[str]:
    """Say what the shortage does to MW by the ends of years and to contracts."""
    rows = table.set_index(["experienced_per_1000", "workforce_percent"])
    base, scarce = rows.loc[(SHARES[0], WORKFORCES[0])], rows.loc[(SHARES[-1], WORKFORCES[0])]
    added = "; ".join(
        f"by {when} {base[f'mw_added_by_{when}']:,.0f} and {scarce[f'mw_added_by_{when}']:,.0f} MW"
        for when in YEAR_ENDS
    )
    return [
        f"MW added at {SHARES[0]} and at {SHARES[-1]} per 1,000: {added}.",
        f"The probability that a contracted MW is withdrawn goes from {per_cent(base['withdrawn_share'])} to "
        f"{per_cent(scarce['withdrawn_share'])}: {usd(base['withdrawn_value_usd'])} and "
        f"{usd(scarce['withdrawn_value_usd'])} of contract value on average, beside damages of "
        f"{usd(base['damages_usd'])} and {usd(scarce['damages_usd'])}.",
    ]


def cap_said(table: pd.DataFrame) -> list[str]:
    """Say what the other reading of the share would mean."""
    text = ["If the share is read as licensed journeymen, who may each supervise one apprentice (regime `cap`):"]
    for _, found in table[table["regime"] == "cap"].iterrows():
        if found["possible"]:
            text.append(
                f"at {found['per_1000']} per 1,000 a MW goes live {days(*found[['shift', 'low', 'high']])} later, with "
                f"{per_cent(found['later_than_horizon'])} of go-lives beyond the horizon."
            )
        else:
            text.append(
                f"at {found['per_1000']} per 1,000 the build cannot be done at all: pools have fewer people who may "
                f"work than single activities need to begin."
            )
    return text


def anomalies(table: pd.DataFrame) -> list[str]:
    """Say how often less labour made a replication earlier."""
    worst = table.loc[table["earlier_pairs"].idxmax()]
    if not worst["earlier_pairs"]:
        return ["In no pair of replications did scarcer labour make the mean go-live earlier."]
    return [
        f"Scarcer labour made the mean go-live of a replication earlier in at most {per_cent(worst['earlier_pairs'])} "
        f"of the pairs of a cell ({worst['model']}, {worst['experienced_per_1000']} per 1,000, workforce "
        f"{worst['workforce_percent']} %): greedy dispatch has scheduling anomalies, and nothing is clipped."
    ]


def luck(base: bs.Run, scarce: bs.Run, alone: bs.Run) -> tuple[pd.DataFrame, str]:
    """Return what pairing gains in the headline, as a table and in words; `alone` is the base with another seed."""
    one, two, three = labour.mean_go_live(base, scarce, alone)
    found = reduction(one, two, three) if len(one) > 2 else None
    if found is None:
        return pd.DataFrame(), "Too few replications to tell what common random numbers gain."
    table = pd.DataFrame([{**asdict(found), "limit": found.limit, "unstretched": found.unstretched}])
    return table, reason(found)


def draw(part: Part, study: Study, runs: Mapping[str, Runs], table: pd.DataFrame) -> None:
    """Draw the three figures."""
    named = table.assign(workforce=table["workforce_percent"].map(lambda share: f"workforce {share} %"))
    base = runs[study.model][SHARES[0], WORKFORCES[0]]
    figure = Figure(figsize=(6.5, 6.6), dpi=200, layout="constrained")
    captions = []
    for ax, model in zip(figure.subplots(2, 1), runs, strict=True):
        first, told = runs[model][SHARES[0], WORKFORCES[0]], named[named["model"] == model]
        text = {
            "x": "experienced_per_1000",
            "by": "workforce",
            "x_label": "Experienced hands per 1,000 workers",
            "y_label": "Go-live, mean shift [days]",
            "title": f"Go-live shift: {first.model.name}",
            "note": "Mean over MW; bands: 95 % confidence, paired draws",
        }
        shift_lines(first, told, **text, ax=ax)
        captions.append(lines_caption(first, told, **text))
    part.figures["go_live_shift"] = (figure, " ".join(captions))
    chosen = {
        f"{share} per 1,000, workforce {workforce} %": run
        for (share, workforce), run in runs[study.model].items()
        if workforce in (WORKFORCES[0], WORKFORCES[-1]) and share in SHOWN
    }
    part.draw("mw_at_risk", shortfall(chosen), shortfall_caption(chosen))
    look = {
        "rows": "workforce_percent",
        "columns": "experienced_per_1000",
        "value": "withdrawn_share",
        "row_label": "Workforce [% of declared]",
        "column_label": "Experienced hands per 1,000 workers",
        "title": "Probability that a contracted MW is withdrawn",
        "note": "Undelivered firm tranches, weighted by MW; withdrawal hazards are assumptions",
    }
    own = table[table["model"] == study.model]
    part.draw("withdrawal", heat_map(base, own, **look), map_caption(base, own, **look))
