"""`buildsim compare`: runs held side by side, replication by replication."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from buildsim.cli.console import print_json
from buildsim.cli.guard import gathered, say
from buildsim.cli.options import CONFIDENCE, AsJson, Confidence
from buildsim.cli.showing import finished
from buildsim.cli.writing import table_problems
from buildsim.errors import InputError, Problem
from buildsim.units import parse_date

if TYPE_CHECKING:
    from datetime import date

    from buildsim.analysis.figures import Figure
    from buildsim.cli.report.comparison import Compared
    from buildsim.run.run import Run

FEW = ("any_withdrawal", "missed", "damages", "value_at_risk")
"""The sums over tranches that are compared for several runs, unless others are asked for."""


class FamilyOf(StrEnum):
    """What is adjusted for together."""

    FIGURE = "figure"
    ALL = "all"


def compare(
    base: Annotated[
        Path, typer.Argument(metavar="RUN_BASE", help="The folder of the run that others are held against.")
    ],
    runs: Annotated[list[Path], typer.Argument(metavar="RUN...", help="The folders of one run or several.")],
    figure: Annotated[
        list[str] | None,
        typer.Option(
            "--figure", metavar="F", help="A figure such as go-live:SITE@p80 or live-mw:DATE, instead of all."
        ),
    ] = None,
    by: Annotated[
        list[str] | None,
        typer.Option("--by", metavar="DATE", help="Compare live MW at this date, not at quarter-ends."),
    ] = None,
    confidence: Confidence = CONFIDENCE,
    family: Annotated[
        FamilyOf, typer.Option("--family", help="With several runs: what p-values and intervals hold together for.")
    ] = FamilyOf.FIGURE,
    as_json: AsJson = False,
    csv: Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write all differences to a table.")] = None,
) -> None:
    """Say what a change moves: differences of runs with the same seed, pair by pair, with intervals."""
    from buildsim.analysis.multiple import compare_many
    from buildsim.cli.report.comparison import Compared, print_two
    from buildsim.cli.report.price import prices
    from buildsim.cli.report.scenarios import print_many

    when = _asked(
        base, runs, by, [*check_confidence(confidence), *_family_problems(family, runs), *table_problems(csv)]
    )
    opened = _opened([base, *runs])
    first, *others = opened
    named = dict(zip(_names([base, *runs])[1:], others, strict=True))
    figures = _figures(figure, when, opened)
    table = compare_many(first, named, figures=figures, confidence=confidence, family=family.value)
    causes = {} if figure else _causes(first, named, confidence)
    paid = {} if figure else prices(first, named, confidence)
    found = Compared(first, named, _names([base, *runs])[0], table, causes, confidence, paid)
    if csv is not None:
        _write(found, figures, csv)
    if as_json:
        print_json(_data(found, figures, family.value, [str(path) for path in (base, *runs)]))
    elif len(named) == 1:
        print_two(found, chosen=bool(figure))
    else:
        print_many(found, family.value)
    if csv is not None:
        say(f"all differences: {csv}")


def _asked(base: Path, runs: Sequence[Path], by: Sequence[str] | None, found: Sequence[Problem]) -> "list[date]":
    """The dates that are asked for; InputError with all that is wrong with the options, what was `found` first."""
    problems = list(found)
    twice = {path for path in runs if list(runs).count(path) > 1}
    problems += [Problem("RUN", "the run is given twice", file=str(path)) for path in sorted(twice)]
    when = []
    for text in by or ():
        try:
            when.append(parse_date(text))
        except ValueError as error:
            problems.append(Problem("--by", str(error)))
    for path in dict.fromkeys([base, *runs]):
        try:
            finished(path)
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return list(dict.fromkeys(when))


def _family_problems(family: FamilyOf, runs: Sequence[Path]) -> list[Problem]:
    """With one run each interval is for its row alone, and there is no table of adjusted p-values."""
    if family is FamilyOf.FIGURE or len(runs) > 1:
        return []
    return [Problem("--family", "it is for several runs, and one is given", expected="RUN_BASE and two runs or more")]


def check_confidence(confidence: float) -> list[Problem]:
    """What is wrong with a confidence."""
    if 0.0 < confidence < 1.0:
        return []
    return [Problem("--confidence", f"the confidence is {confidence:g}", expected="between 0 and 1, such as 0.95")]


def _opened(paths: Sequence[Path]) -> "list[Run]":
    """The runs, each once; InputError for a bare network against a model with sites."""
    once = {path: finished(path) for path in paths}
    kinds = {run.model.network is None for run in once.values()}
    if len(kinds) > 1:
        raise InputError(Problem("RUN", "a bare network and a model with sites have nothing to compare"))
    return [once[path] for path in paths]


def _names(paths: Sequence[Path]) -> list[str]:
    """What the runs are called: the last part of their folders where that tells them apart."""
    short = [path.resolve().name for path in paths]
    return short if len(set(short)) == len(set(paths)) else [str(path) for path in paths]


def _figures(texts: Sequence[str] | None, when: "Sequence[date]", runs: "Sequence[Run]") -> "tuple[Figure, ...]":
    """The figures asked for, or the usual ones: those of sites beside them when one run is held against another."""
    from buildsim.analysis import figures
    from buildsim.analysis.dates import quarter_ends
    from buildsim.analysis.figure_names import parse

    models = [run.model for run in runs]
    dated = [f"live-mw:{one}" for one in when]
    named, at = gathered(lambda: parse(texts or (), models, path="--figure"), lambda: parse(dated, models, path="--by"))
    horizons = [run.horizon for run in runs]
    horizon = min(horizons)
    if problems := figures.apart(named, horizons):
        raise InputError([replace(problem, path="--figure") for problem in problems])
    if texts:
        return tuple(dict.fromkeys((*named, *at)))
    bound = any(model.contracts for model in models) and len(set(horizons)) == 1
    usual = figures.usual(runs[0].start, horizon, contracts=bound, power=False)
    if runs[0].model.network is not None:
        return usual
    two = len(runs) == 2
    ends = [end for end in quarter_ends(runs[0].start, horizon) if two or end.month == 12]
    dates = at or tuple(figures.live_mw(end) for end in ends)
    whole, sums = usual[:3], usual[3:]
    if not two:
        return (*whole, *dates, *(figure for figure in sums if figure.source.quantity in FEW))
    have = [set(run.go_live["site"].unique()) for run in runs]
    both = [site for site in models[0].sites if all(site in one for one in have)]
    sites = [figures.go_live(site, figure.statistic) for site in both for figure in whole] if len(both) > 1 else []
    return (*whole, *sites, *dates, *sums)


def _causes(base: "Run", others: "Mapping[str, Run]", confidence: float) -> dict[str, Any]:
    from buildsim.analysis.cause_differences import cause_differences

    return {
        name: cause_differences(base, other, confidence=confidence)
        for name, other in others.items()
        if other.horizon == base.horizon
    }


def _write(found: "Compared", figures: "Sequence[Figure]", file: Path) -> None:
    from buildsim.analysis.figure_names import name
    from buildsim.results.store import write_text

    table = found.table.copy()
    table.insert(1, "figure", [name(figure) for figure in figures] * len(found.others))
    write_text(file, table.to_csv(index=False).rstrip("\n"))


def _data(found: "Compared", figures: "Sequence[Figure]", family: str, paths: Sequence[str]) -> dict[str, Any]:
    from buildsim.analysis.figure_names import name
    from buildsim.cli.report.changed import changed
    from buildsim.cli.report.comparison import cautions, sentences

    told = {text: figure for figure, text in zip(figures, (name(figure) for figure in figures), strict=True)}
    others = []
    for path, (scenario, run) in zip(paths[1:], found.others.items(), strict=True):
        rows = found.table[found.table["scenario"] == scenario].drop(columns="scenario").to_dict("records")
        others.append(
            {
                "run": path,
                "changed": changed(found.base, run, found.base_name, scenario),
                "answer": sentences(found, scenario),
                "differences": [
                    {"figure": text, **row, **_dates(row, found)} for text, row in zip(told, rows, strict=True)
                ],
                "causes": found.causes[scenario].to_dict("records") if scenario in found.causes else None,
                "labour": found.prices.get(scenario),
            }
        )
    facts = {"base": paths[0], "model": found.base.model.name, "start": found.base.start, "pairs": found.pairs}
    facts |= {"confidence": found.confidence, "family": family, "caution": cautions(found)}
    return {**facts, "runs": others}


def _dates(row: Mapping[Any, Any], found: "Compared") -> dict[str, str]:
    """The dates of a row that counts days."""
    if row["unit"] != "days":
        return {}
    return {f"{column}_date": found.days.text(row[column]) for column in ("base", "other")}
