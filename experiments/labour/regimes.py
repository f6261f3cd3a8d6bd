"""Where labour stops binding and power, equipment or GPUs take over: a map over workforce and experienced share."""

from typing import Any

import pandas as pd

import buildsim as bs
from buildsim.analysis import labour
from buildsim.plots import wording
from buildsim.plots.regime_map import caption, regime_map
from experiments.labour.study import Batch, Part, Study, batch, near

WORKFORCES = (60, 80, 100, 140)
"""Per cent of the declared workers."""
SHARES = (20, 50, 100, 200, 400)
"""Experienced hands per 1,000."""
DECLARED = (100, 200)
"""Workforce and share as the model declares them."""
SHARE = 0.3


def plan(study: Study) -> list[Batch]:
    """Return the cells of the map."""
    vary = {
        "productivity.workforce": [f"{workforce}%" for workforce in WORKFORCES],
        "labour.*.*.experienced": [f"{share} per 1000" for share in SHARES],
    }
    return [batch(study, "regimes", study.model, vary, SHARE)]


def run(study: Study, batches: list[Batch]) -> Part:
    """Run the part."""
    part = Part("Where labour stops binding")
    keys = [(workforce, share) for workforce in WORKFORCES for share in SHARES]
    rows = []
    first: bs.Run | None = None
    for (workforce, share), (_, run) in zip(keys, batches[0].run(study), strict=True):
        if first is None or (workforce, share) == DECLARED:
            first = run
        groups = labour.regime(run).set_index("group")["excess"]
        rows.append(
            {"workforce_percent": workforce, "experienced_per_1000": share, **labour.binding(run)}
            | {f"{group.replace(' ', '_')}_days": float(groups[group]) for group in labour.BINDING_GROUPS}
        )
    assert first is not None
    table = pd.DataFrame(rows)
    part.tables["regimes"] = table
    part.say(*found(table))
    look: dict[str, Any] = {
        "rows": "workforce_percent",
        "columns": "experienced_per_1000",
        "row_label": "Workforce [% of declared]",
        "column_label": "Experienced hands per 1,000 workers",
    }
    part.draw("regimes", regime_map(first, table, **look), caption(first, table, **look))
    return part


def found(table: pd.DataFrame) -> list[str]:
    """Say where labour is the largest, and what takes over."""
    text = []
    grid = table.set_index(["workforce_percent", "experienced_per_1000"])
    edges = []
    for workforce in WORKFORCES:
        held = [share for share in SHARES if grid.loc[(workforce, share), "group"] == "labour"]
        if not held:
            edges.append(f"{workforce} %, nowhere")
        elif len(held) == len(SHARES):
            edges.append(f"{workforce} %, everywhere")
        else:
            after = [share for share in SHARES if share > max(held)]
            then = f", then {grid.loc[(workforce, after[0]), 'group']}" if after else ""
            edges.append(f"{workforce} %, up to {max(held)} per 1,000{then}")
    text.append(f"Labour costs most days over plan, by workforce: {'; '.join(edges)}.")
    whole = grid.loc[100] if 100 in WORKFORCES else grid.loc[WORKFORCES[0]]
    named = "; ".join(
        f"{share} per 1,000 {near(row['labour_days'])} of labour, {near(row['power_days'])} of power, "
        f"{near(row['GPUs_days'])} of GPUs, {near(row['equipment_days'])} of equipment, "
        f"{near(row['commissioning_days'])} of commissioning"
        for share, row in whole.iterrows()
    )
    text.append(f"Days over plan with the declared workforce: {named}.")
    open_cells = int((~table["sure"]).sum())
    text.append(
        f"In {open_cells} of {len(table)} cells the largest group cannot be told from the second with "
        f"{int(table['replications'].min())} replications."
    )
    if (table["group"] == "power").sum() == 0:
        text.append(
            f"Power is the largest in no cell (at most {wording.days(float(table['power_days'].max()))} over plan): "
            f"plan dates already wait for it, and the account counts only what comes on top."
        )
    return text
