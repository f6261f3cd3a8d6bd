"""`buildsim plot`: the figures of a run as files."""

from pathlib import Path
from typing import Annotated, Any

import typer

from buildsim.cli.console import raw
from buildsim.cli.options import RunFolder
from buildsim.errors import InputError, Problem
from buildsim.spec.base import nearest

NEEDS_MW = ("capacity-fan", "milestones")
"""Figures that say nothing of a bare network."""
SUFFIXES = (".png", ".svg", ".pdf")
UNDATED: dict[str, dict[str, Any]] = {".svg": {"Date": None}, ".pdf": {"CreationDate": None}}
"""What keeps the time of drawing out of a file, so that the same run gives the same file."""


def plot(
    run: RunFolder,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="capacity-fan, gantt, milestones or delay-causes.")],
    out: Annotated[
        Path | None, typer.Option("-o", "--out", metavar="FILE", help="A .png, .svg or .pdf file; by default in RUN.")
    ] = None,
    site: Annotated[str | None, typer.Option("--site", metavar="S", help="The site that is shown.")] = None,
    against: Annotated[
        Path | None, typer.Option("--against", metavar="RUN", help="Another run to overlay (capacity-fan).")
    ] = None,
) -> None:
    """Draw a figure of a run, and print the file that it was written to."""
    from buildsim.plots.kinds import PLOTS
    from buildsim.run.run import open_run

    if kind not in PLOTS:
        near = nearest(kind, PLOTS)
        raise InputError(Problem("KIND", f"there is no figure '{kind}'", expected=" or ".join(PLOTS), nearest=near))
    figure = PLOTS[kind]
    options: dict[str, Any] = {}
    if figure.site == "required" and site is None:
        raise InputError(Problem("--site", f"the figure '{kind}' shows one site", expected="--site and its id"))
    if site is not None:
        if figure.site == "none":
            raise InputError(Problem("--site", f"the figure '{kind}' shows all sites together"))
        options["site"] = site
    if against is not None:
        if not figure.against:
            raise InputError(Problem("--against", f"the figure '{kind}' shows one run"))
        options["against"] = open_run(against)
    file = out if out is not None else run / f"{kind}{f'-{site}' if site else ''}.png"
    if file.suffix.lower() not in SUFFIXES:
        raise InputError(Problem("--out", f"'{file}' is no figure file", expected=f"a name in {', '.join(SUFFIXES)}"))
    opened = open_run(run)
    if kind in NEEDS_MW and opened.model.network is not None:
        raise InputError(Problem("KIND", f"the figure '{kind}' shows MW, and a bare network has none"))
    axes = figure.draw(opened, **options)
    file.parent.mkdir(parents=True, exist_ok=True)
    axes.figure.savefig(file, metadata=UNDATED.get(file.suffix.lower()))  # type: ignore[union-attr]  # no subfigures
    raw(str(file))
