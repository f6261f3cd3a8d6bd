"""What is not built, in words: options lapse, deals fail, tenants end leases."""

from collections.abc import Iterable
from typing import Any

from buildsim.analysis.portfolio import RunLike
from buildsim.model.root import Model
from buildsim.program.hanging import Hanging, hanging

ONCE = {"options": "an option lapsed", "deals": "a deal failed", "ends": "a lease was ended"}
ALWAYS = {"options": "its option always lapses", "deals": "its deal never closes", "ends": "its lease always ends"}


def hangs(model: Model) -> dict[str, Hanging]:
    """What each block hangs on that may not be built, by block."""
    return {block: one for block, one in hanging(model).items() if one.needs}


def once(model: Model) -> str:
    """What has happened where something is not built, such as `an option lapsed` where options are all there is."""
    found = _kinds(hangs(model).values())
    return ONCE[found[0]] if len(found) == 1 else "a hall is not built"


def always(model: Model, blocks: Iterable[str]) -> str:
    """Why some blocks are built in no replication."""
    found = hangs(model)
    return " or ".join(ALWAYS[kind] for kind in _kinds(found[block] for block in blocks if block in found))


def why(run: RunLike, replication: int, block: str) -> str:
    """Why a block is not built in a replication: `its option lapsed`, `the deal core failed` and the like."""
    on, reasons = hangs(run.model)[block], []
    tranches, deals, stages = (_of(table, replication) for table in (run.milestones, run.deals, run.leases))
    outcomes = [str(one) for one in tranches[tranches["tranche"].isin(on.options)]["outcome"]]
    if outcomes and set(outcomes) == {"lapsed"}:
        reasons.append("its option lapsed" if len(outcomes) == 1 else "its options lapsed")
    failed = deals[deals["deal"].isin(on.deals) & deals["outcome"].isin(["failed", "voted_down"])]
    for name, outcome in zip(failed["deal"], failed["outcome"], strict=True):
        reasons.append(f"the deal {name} {'failed' if outcome == 'failed' else 'was voted down'}")
    names = stages["lease"].astype(str) + "/" + stages["stage"].astype(str)
    ended = stages[
        stages["outcome"].eq("ended").to_numpy() & names.eq(on.handover[1] if on.handover else "").to_numpy()
    ]
    if on.ends and len(ended):
        reasons.append("its lease was ended")
    return " and ".join(reasons)


def built_share(run: RunLike) -> dict[str, float]:
    """The share of replications in which halls are built, or may still be, by what they hang on (`option k/x`)."""
    built = run.go_live["dropped"].isna()
    blocks: dict[str, list[str]] = {}
    for block, one in hangs(run.model).items():
        ended = [f"lease {one.handover[1]}"] if one.ends and one.handover else []
        for name in (*(f"option {key}" for key in one.options), *(f"deal {key}" for key in one.deals), *ended):
            blocks.setdefault(name, []).append(block)
    return {name: float(built[run.go_live["block"].isin(own)].mean()) for name, own in blocks.items()}


def _of(table: Any, replication: int) -> Any:
    return table[table["replication"] == replication]


def _kinds(found: Iterable[Hanging]) -> list[str]:
    """What they hang on, of `ONCE`."""
    held = list(found)
    return [kind for kind in ONCE if any(getattr(one, kind) for one in held)]
