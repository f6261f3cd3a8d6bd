"""Groups of causes: which inputs of a program are behind equipment, GPUs, power and so on.

A run may take a group out: all inputs of it then have their planning values, in every replication, and what the group's
processes would do does not happen. Everything else keeps its draws. That is the collapsed as-built, or but-for,
analysis of forensic scheduling: the build-out as it would have gone but for these causes.

Finer groups may be made of patterns of input names: they hold those inputs at their planning values, no more.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from types import MappingProxyType

from buildsim.errors import InputError, Problem
from buildsim.program.program import Program
from buildsim.spec.base import nearest
from buildsim.spec.drivers import matcher

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
        "landlords": "hand-over on the promised dates",
        "contracts": "customers' own luck and demand as planned: nobody withdraws, options are taken, deals close",
    }
)
"""The groups that can be taken out, and what is so without them."""
OF_DISTURBANCE: Mapping[str, str] = MappingProxyType({"permit_hold": "permits", "demand_shock": "contracts"})
"""The group of a kind of disturbance that is none of equipment."""
LABOUR, WEATHER = "labour", "weather"
"""The groups that act on the setting and on the calendars of a run, not only on its inputs."""


def group_of(name: str, program_kinds: Mapping[str, str]) -> str:
    """Return the group of an input by its name; "" for what belongs to none.

    `program_kinds` gives the kind of each disturbance by its id.
    """
    head, _, rest = name.partition(".")
    if head == "disruptions":
        return OF_DISTURBANCE.get(program_kinds.get(rest.split(".")[0], ""), "equipment")
    if head in ("generations", "commissioning", "weather"):
        return "gpus" if head == "generations" else head
    if head in ("contracts", "customers", "demand", "deals", "remarketing"):
        return "contracts"
    if head == "leases":
        return "landlords"
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


@dataclass(frozen=True, slots=True)
class Group:
    """A group of causes that can be taken out of the replications of a program."""

    name: str
    columns: tuple[int, ...]
    """The inputs that have their planning values without it."""
    normal: bool = False
    """Whether the people are then as in the plan."""
    calm: bool = False
    """Whether there is then no weather."""


Asked = str | Mapping[str, Sequence[str]]
"""A group of `GROUPS` by its name, or groups of one's own: label -> patterns of input names."""


def named(program: Program, without: Collection[str]) -> tuple[Group, ...]:
    """Return groups by their names, in declared order. Raises `InputError` for what is no group."""
    return tuple(_named(program, name) for name in checked(without))


def _named(program: Program, name: str) -> Group:
    places = tuple(place for place, group in enumerate(program.groups) if group == name)
    return Group(name, places, normal=name == LABOUR, calm=name == WEATHER)


def chosen(program: Program, asked: Sequence[Asked]) -> tuple[Group, ...]:
    """Return the groups asked for: those of `GROUPS` in declared order, then one's own in the order given.

    A pattern is as in the `on` of a driver: `*` within a level of a name, `**` over levels. Raises `InputError` with
    every problem: an unknown group, a label that is taken, a pattern without an input, groups that share inputs.
    """
    names = [one for one in asked if isinstance(one, str)]
    problems = _unknown(names, "groups")
    groups = [_named(program, name) for name in GROUPS if name in names]
    for own in asked:
        if isinstance(own, str):
            continue
        for label, patterns in own.items():
            if label in GROUPS or any(group.name == label for group in groups):
                problems.append(Problem(f"groups.{label}", "there is a group of that name", expected="another label"))
            else:
                places = _matched(program, label, patterns, problems)
                groups.append(Group(label, places))
    problems += _overlaps(program, groups)
    if problems:
        raise InputError(problems)
    return tuple(groups)


def _matched(program: Program, label: str, patterns: Sequence[str], problems: list[Problem]) -> tuple[int, ...]:
    """Return the inputs that patterns match; note those that match none."""
    places: set[int] = set()
    names = [one.name for one in program.inputs]
    if isinstance(patterns, str) or not patterns:
        problems.append(Problem(f"groups.{label}", "there are no patterns", expected="a list of patterns of inputs"))
        return ()
    for pattern in patterns:
        fits = matcher(pattern).fullmatch
        found = [place for place, name in enumerate(names) if fits(name)]
        if not found:
            near = nearest(pattern, names)
            expected = "an input; a driver acts through its inputs" if pattern.startswith("drivers.") else None
            problems.append(
                Problem(f"groups.{label}", f"no input matches '{pattern}'", expected=expected, nearest=near)
            )
        places.update(found)
    return tuple(sorted(places))


def _overlaps(program: Program, groups: Sequence[Group]) -> list[Problem]:
    problems = []
    for at, group in enumerate(groups):
        for other in groups[:at]:
            shared = sorted(set(group.columns) & set(other.columns))
            if shared:
                message = f"it shares inputs with '{other.name}', such as {program.inputs[shared[0]].name}"
                problems.append(Problem(f"groups.{group.name}", message, expected="groups that do not overlap"))
    return problems


def checked(without: Collection[str]) -> tuple[str, ...]:
    """Return the groups in declared order. Raises `InputError` for what is no group."""
    problems = _unknown(without, "without")
    if problems:
        raise InputError(problems)
    return tuple(group for group in GROUPS if group in without)


def _unknown(names: Collection[str], path: str) -> list[Problem]:
    return [
        Problem(path, f"there is no group '{name}'", expected=", ".join(GROUPS), nearest=nearest(name, GROUPS))
        for name in names
        if name not in GROUPS
    ]
