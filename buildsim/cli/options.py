"""Arguments and options that several commands share."""

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from buildsim.units import parse_share

ModelName = Annotated[
    str, typer.Argument(metavar="MODEL", help="A model file, or the name of a shipped model such as one-hall.")
]
RunFolder = Annotated[Path, typer.Argument(metavar="RUN", help="The folder of a run.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="Set a value by its dotted path; * stands for any one name."),
]
Scenarios = Annotated[
    list[str] | None,
    typer.Option("--scenario", metavar="NAME", help="Lay a scenario of the model over it; A+B lays both."),
]
CONFIDENCE = 0.95
"""Of intervals unless told otherwise."""


def _share(text: object) -> float:
    """A confidence as it is typed: 0.95 or 95%."""
    told = str(text).strip()
    try:
        return parse_share(told) if told.endswith("%") else float(told)
    except ValueError as error:
        raise typer.BadParameter(f"'{told}' is no confidence; expected 0.95 or 95%") from error


Confidence = Annotated[
    float, typer.Option("--confidence", metavar="C", parser=_share, help="Of the intervals, such as 0.95 or 95%.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for scripts.")]


def scenario_names(values: Sequence[str] | None) -> list[str]:
    """The names in `--scenario A+B --scenario C`, in order."""
    return [name.strip() for value in values or () for name in value.split("+")]
