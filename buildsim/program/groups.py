"""Groups of causes: which inputs of a program are behind equipment, GPUs, power and so on.

A run may take a group out: all inputs of it then have their planning values, in every replication, and what the group's
processes would do does not happen. Everything else keeps its draws. That is the collapsed as-built, or but-for,
analysis of forensic scheduling: the build-out as it would have gone but for these causes.
"""

from collections.abc import Collection, Mapping
from fnmatch import fnmatchcase
from types import MappingProxyType

import numpy as np

from buildsim.errors import InputError, Problem
from buildsim.program.program import Program
from buildsim.spec.base import nearest

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "estimate": "craft-hours and durations as planned",
        "equipment": "long-lead equipment with its planned lead times, no accidents on the way or at suppliers",
        "gpus": "GPUs on the promised date: no slips, planned lead times, no mishaps",
        "power": "power on the planned dates",
        "labour": "all of the declared workers, at normal skill",
        "commissioning": "tests pass at the first try, agents and load banks as planned",
        "weather": "no weather and no storms",
        "permits": "no permit or opposition holds",
        "contracts": "customers' own luck as planned: nobody withdraws, options are taken",
    }
)
"""The groups that can be taken out, and what is so without them."""
LABOUR, WEATHER = "labour", "weather"
"""The groups that act on the setting and on the calendars of a run, not only on its inputs."""


def group_of(name: str, program_kinds: Mapping[str, str]) -> str:
    """Return the group of an input by its name; "" for what belongs to none.

    `program_kinds` gives the kind of each disturbance by its id.
    """
    head, _, rest = name.partition(".")
    if head == "disruptions":
        return "permits" if program_kinds.get(rest.split(".")[0]) == "permit_hold" else "equipment"
    if head in ("generations", "commissioning", "weather"):
        return "gpus" if head == "generations" else head
    if head in ("contracts", "customers"):
        return "contracts"
    if head in ("labour", "market"):
        return LABOUR
    if head == "network":
        return "estimate"
    return _of_site(name) if head == "sites" else ""


def _of_site(name: str) -> str:
    patterns = (
        ("sites.*.power.*", "power"),
        ("sites.*.halls.*.gpus.*", "gpus"),
        ("*.fails.*", "commissioning"),
        ("*.hours_per_mw", "estimate"),
    )
    for pattern, group in patterns:
        if fnmatchcase(name, pattern):
            return group
    return "estimate"


def columns(program: Program, without: Collection[str]) -> np.ndarray:
    """Return the input columns that the groups taken out hold at their planning values."""
    taken = [place for place, group in enumerate(program.groups) if group in without]
    return np.array(taken, dtype=np.intp)


def checked(without: Collection[str]) -> tuple[str, ...]:
    """Return the groups in declared order. Raises `InputError` for what is no group."""
    problems = [
        Problem("without", f"there is no group '{name}'", expected=", ".join(GROUPS), nearest=nearest(name, GROUPS))
        for name in without
        if name not in GROUPS
    ]
    if problems:
        raise InputError(problems)
    return tuple(group for group in GROUPS if group in without)
