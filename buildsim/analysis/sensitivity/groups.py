"""Inputs put together: by cause, by site, by activity, or by patterns of one's own.

A group is a label with patterns of input names: `*` stands for any text within one level of a name, `**` for any
number of levels, as in the `on` of a driver. An input belongs to the first group that it matches, so that groups never
overlap.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from buildsim.errors import InputError, Problem
from buildsim.program.compile import compile_model
from buildsim.spec.base import nearest
from buildsim.spec.drivers import matcher

Groups = Mapping[str, Sequence[str]]
"""Patterns, or full names, of inputs by label."""

OTHER = "other"
"""The label of inputs that no group takes."""

DRIVERS = "drivers"
"""The label of the risk drivers, which act on many inputs at once."""


def by_cause(model: Any) -> dict[str, list[str]]:
    """The inputs by the cause that is behind them: the groups of `buildsim.program.groups`, and the drivers.

    estimate (craft-hours and durations), equipment, gpus, power, commissioning, weather, permits, contracts, drivers;
    those that have no input are left out.
    """
    program = compile_model(model)
    found: dict[str, list[str]] = {}
    for declared, group in zip(program.inputs, program.groups, strict=True):
        found.setdefault(group or OTHER, []).append(declared.name)
    if model.drivers:
        found[DRIVERS] = [f"{DRIVERS}.{key}" for key in model.drivers]
    return found


def by_site(names: Iterable[str]) -> dict[str, list[str]]:
    """The inputs of each site (`sites.SITE...`), in order of first appearance; the rest is left to `OTHER`."""
    sites = dict.fromkeys(name.split(".")[1] for name in names if name.startswith("sites."))
    return {site: [f"sites.{site}.**"] for site in sites}


def by_activity(names: Iterable[str]) -> dict[str, list[str]]:
    """The inputs of each activity over all halls (`sites.SITE.halls.HALL.ACTIVITY...`), by its id in the template.

    The GPUs of the halls are one more group, `gpus`; the rest is left to `OTHER`.
    """
    parts = (name.split(".") for name in names)
    found = dict.fromkeys(part[4] for part in parts if len(part) > 5 and (part[0], part[2]) == ("sites", "halls"))
    return {activity: [f"sites.*.halls.*.{activity}.**"] for activity in found}


def assigned(names: Sequence[str], groups: Groups, constant: Sequence[str] = ()) -> dict[str, list[int]]:
    """The positions in `names` of each group, in declared order, then of those that no group takes (`OTHER`).

    Groups without an input are left out. `constant` are names that do not vary: a pattern may match nothing else.

    Errors: InputError for a pattern that matches no name at all.
    """
    still = set(constant)
    place = {name: index for index, name in enumerate(names)}
    taken: dict[int, str] = {}
    problems = []
    for label, patterns in groups.items():
        for pattern in patterns:
            if "*" not in pattern and "?" not in pattern:
                matched, idle = [place[pattern]] if pattern in place else [], pattern in still
            else:
                matches = matcher(pattern).fullmatch
                matched = [index for index, name in enumerate(names) if matches(name)]
                idle = not matched and any(matches(name) for name in constant)
            if not matched and not idle:
                found = nearest(pattern, names)
                problems.append(Problem(f"groups.{label}", f"no input matches '{pattern}'", nearest=found))
            for index in matched:
                taken.setdefault(index, label)
    if problems:
        raise InputError(problems)
    found_in: dict[str, list[int]] = {label: [] for label in [*groups, OTHER]}
    for index in range(len(names)):
        found_in[taken.get(index, OTHER)].append(index)
    return {label: members for label, members in found_in.items() if members}
