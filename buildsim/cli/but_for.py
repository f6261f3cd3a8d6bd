"""`buildsim but-for`: what the build-out would be without groups of causes, and what each group costs."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import line, print_json
from buildsim.cli.guard import gathered, say
from buildsim.cli.options import AsJson, ModelName, Scenarios, Settings, scenario_names
from buildsim.cli.placing import placed
from buildsim.cli.words import count
from buildsim.cli.writing import table_problems
from buildsim.errors import InputError, Problem

if TYPE_CHECKING:
    from buildsim.program.groups import Asked, Group

REPLICATIONS = 100
"""How many replications are run unless told otherwise."""
OPTIONS = {"groups": "--group", "measures": "--measure", "permutations": "--permutations"}
"""The options by the arguments of the analysis."""
ORDERS = 2
"""Random orders in each replication where there are too many groups for every subset: one and its reverse."""


def but_for(
    model: ModelName,
    group: Annotated[
        list[str] | None,
        typer.Option(
            "--group",
            metavar="G",
            help="A group of causes, or LABEL=PATTERN,... of input names; by default every group that has inputs.",
        ),
    ] = None,
    replications: Annotated[
        int, typer.Option("-n", "--replications", min=1, help="Replications of each run.")
    ] = REPLICATIONS,
    seed: Annotated[int, typer.Option("--seed", min=0, help="The seed of the draws.")] = 1,
    measure: Annotated[
        list[str] | None,
        typer.Option("--measure", metavar="M", help="days (by default), mw-days or dollars; may be repeated."),
    ] = None,
    permutations: Annotated[
        int | None,
        typer.Option(
            "--permutations", metavar="K", help="Random orders in each replication; by default only beyond six groups."
        ),
    ] = None,
    set: Settings = None,
    scenario: Scenarios = None,
    workers: Annotated[
        int | None, typer.Option("--workers", min=1, help="Processes; all cores by default. They change no result.")
    ] = None,
    as_json: AsJson = False,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write the tables to a file.")] = None,
) -> None:
    """Say what each group of causes costs: the model is run again without it, with all other draws kept."""
    from buildsim.analysis.but_for import MOST_GROUPS
    from buildsim.analysis.but_for import but_for as split
    from buildsim.cli.report import but_for as report
    from buildsim.model import load_with_changes

    names = scenario_names(scenario)
    loaded, asked, _ = gathered(
        lambda: load_with_changes(model, set, names), lambda: _groups(group), lambda: _writable(csv)
    )
    declared, changes = loaded
    for change in changes:
        say(f"{change} ({change.origin})")
    groups: Sequence[Asked] = asked or _usual(declared)
    many = sum(1 if isinstance(one, str) else len(one) for one in groups) > MOST_GROUPS
    orders = ORDERS if permutations is None and many else permutations
    measures = tuple(dict.fromkeys(measure or ["days"]))
    taken: list[Group] = []

    def told(found: "tuple[Group, ...]") -> None:
        taken.extend(found)
        size, many = count(replications, "replication"), count(len(found), "group of causes", "groups of causes")
        say(f"{declared.name}: {size} with and without {many}")

    with placed(model, set, names), _as_options():
        found = split(
            declared,
            groups,
            replications=replications,
            seed=seed,
            workers=workers,
            measures=measures,
            permutations=orders,
            progress=True,
            told=told,
        )
    facts = report.Facts(
        declared.name,
        replications,
        seed,
        orders,
        tuple(str(change) for change in changes),
        declared.horizon,
        declared.network is not None,
        frozenset(one.name for one in taken if not one.columns),
    )
    if csv is not None:
        report.write(found, csv)
    if as_json:
        print_json(report.data(found, facts))
    else:
        for text in report.sentences(found, facts):
            line(text)
        report.print_tables(found, facts)
    if csv is not None:
        say(f"tables: {csv}")


def _writable(csv: Path | None) -> None:
    """InputError when the tables cannot be written there."""
    if problems := table_problems(csv):
        raise InputError(problems)


@contextmanager
def _as_options() -> Iterator[None]:
    """Tell problems with arguments of the analysis under the options that they come from."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [
                replace(problem, path=OPTIONS.get(problem.path.partition(".")[0], problem.path))
                for problem in error.problems
            ]
        ) from error


def _groups(words: Sequence[str] | None) -> "list[Asked]":
    """The groups asked for: names, and labels with patterns; InputError for what is neither."""
    found: list[Asked] = []
    own: dict[str, list[str]] = {}
    problems = []
    for word in words or ():
        label, sign, rest = word.partition("=")
        patterns = [pattern.strip() for pattern in rest.split(",") if pattern.strip()]
        if not sign and word.strip() in found:
            problems.append(Problem("--group", f"'{word.strip()}' is given twice", expected="each group once"))
        elif not sign:
            found.append(word.strip())
        elif not label.strip() or not patterns:
            expected = "a group, or LABEL=PATTERN,... of input names"
            problems.append(Problem("--group", f"'{word}' names no group", expected=expected))
        elif label.strip() in own:
            problems.append(Problem("--group", f"there are two groups '{label.strip()}'", expected="one of each label"))
        else:
            own[label.strip()] = patterns
    if problems:
        raise InputError(problems)
    return [*found, own] if own else found


def _usual(model: Any) -> "list[Asked]":
    """Every group of causes that has inputs in the model; labour, where there are crew pools."""
    from buildsim.program.compile import compile_model
    from buildsim.program.groups import GROUPS, LABOUR

    program = compile_model(model)
    there = {*program.groups, *([LABOUR] if model.labour else [])}
    return [name for name in GROUPS if name in there]
