"""What sets one run apart from another: what was changed, taken out or drawn, and what keeps them from pairing well."""

from collections.abc import Sequence

from buildsim.analysis.pairing import listed, parts
from buildsim.cli.words import count
from buildsim.run.run import Run

LONGEST = 40
"""Values longer than this are not spelt out in a sentence."""
FEW = 3
"""So many changes of one origin, such as a scenario, or more are told together."""


def changed(base: Run, other: Run, base_name: str, name: str) -> list[str]:
    """What differs between two runs, a line each."""
    told = []
    for run, against, of in ((other, base, name), (base, other, base_name)):
        told += [
            f"only in {of}: {text}" for text in _grouped([one for one in run.manifest["changes"] if _new(one, against)])
        ]
        out = _out(run, against)
        told += [f"taken out in {of}: {', '.join(out)}"] if out else []
    if base.model.name != other.model.name:
        told.append(f"{base_name} is a run of '{base.model.name}', {name} of '{other.model.name}'")
    elif not told:
        same = base.manifest["model_hash"] == other.manifest["model_hash"]
        alike = "nothing: both are runs of the same model" if same else "the model file, or what it includes"
        told.append(f"changed in {name}: {alike}")
    if base.horizon != other.horizon:
        ends = f"{base_name} ends on {base.date(base.horizon)}, {name} on {other.date(other.horizon)}"
        told.append(f"{ends}: what is later than the earlier of both counts as later in both")
    return told


def doubts(base: Run, other: Run, base_name: str, name: str) -> list[str]:
    """What to bear in mind with the pairs of two runs, a sentence each."""
    told = _unlike(base, other, base_name, name)
    if base.replications != other.replications:
        told.append(
            f"{base_name} holds {count(base.replications, 'replication')}, {name} {other.replications:,}: only the "
            f"first {min(base.replications, other.replications):,} are compared."
        )
    if base.manifest["draws"] != other.manifest["draws"]:
        told.append(f"Other draws were given to {name} than to {base_name}: what was given does not pair.")
    was, now = (run.manifest["versions"]["buildsim"] for run in (base, other))
    if was != now:
        told.append(f"{base_name} was made with buildsim {was}, {name} with {now}: versions may differ in behaviour.")
    return told


def _unlike(base: Run, other: Run, base_name: str, name: str) -> list[str]:
    """Which sites only one of both models has."""
    (kind, mine), (_, theirs) = parts(base.model), parts(other.model)
    alone = {base_name: [one for one in mine if one not in theirs], name: [one for one in theirs if one not in mine]}
    many = {"site": "sites", "activity": "activities"}[kind]
    told = [f"{count(len(names), kind, many)} only in {run}: {listed(names)}." for run, names in alone.items() if names]
    if not told:
        return []
    return [*told, "What both models have pairs by its name; the whole is what each of them has."]


def setting(base: Run, other: Run, name: str) -> str:
    """How a sentence about a run begins: `With scenario labour-20`, `Without weather`, `In NAME`."""
    scenarios = [one for one in other.manifest["scenario"] if one not in base.manifest["scenario"]]
    if scenarios:
        return f"With scenario {' + '.join(scenarios)}"
    out = _out(other, base)
    changes = [change for change in other.manifest["changes"] if _new(change, base)]
    if out and not changes:
        return f"Without {' and '.join(out)}"
    if len(changes) == 1 and not out:
        path, _, rest = changes[0].partition(": ")
        new = rest.rpartition(" -> ")[2].rpartition(" (")[0]
        return f"With {path} at {new}" if new and len(new) <= LONGEST else f"With another {path}"
    return f"In {name}"


def _grouped(changes: Sequence[str]) -> list[str]:
    """Changes a line each; those of one origin together where they are many."""
    by: dict[str, list[str]] = {}
    for one in changes:
        by.setdefault(one.rpartition(" (")[2].rstrip(")"), []).append(one)
    told = []
    for origin, several in by.items():
        first = several[0].rpartition(" (")[0]
        told += several if len(several) < FEW else [f"{len(several)} changes by {origin}, such as {first}"]
    return told


def _new(change: str, against: Run) -> bool:
    """Whether a change is one: it is not made in the other run too, and gives another value than there was."""
    was, arrow, now = change.rpartition(" (")[0].partition(": ")[2].partition(" -> ")
    return change not in against.manifest["changes"] and not (arrow and was == now)


def _out(run: Run, against: Run) -> list[str]:
    return [group for group in run.manifest["without"] if group not in against.manifest["without"]]
