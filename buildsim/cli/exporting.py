"""`buildsim export`: the tables of a run for a spreadsheet."""

from pathlib import Path
from typing import Annotated

import typer

from buildsim.cli.console import raw
from buildsim.cli.options import RunFolder
from buildsim.errors import InputError, Problem


def export(
    run: RunFolder,
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go.")],
    csv: Annotated[bool, typer.Option("--csv", help="Write a CSV file for each table.")] = False,
    xlsx: Annotated[
        bool, typer.Option("--xlsx", help="Write one workbook, run.xlsx, with a sheet for each table.")
    ] = False,
    tables: Annotated[
        list[str] | None, typer.Option("--table", metavar="NAME", help="Only this table; may be repeated.")
    ] = None,
    first: Annotated[
        int | None, typer.Option("--first", metavar="N", min=1, help="Only the first so many replications.")
    ] = None,
) -> None:
    """Write the tables of a run for a spreadsheet: CSV files, or a workbook. Prints the files."""
    from buildsim.run.export import export_csv, export_xlsx
    from buildsim.run.run import open_run

    if not (csv or xlsx):
        raise InputError(Problem("", "export needs a format", expected="--csv or --xlsx"))
    opened = open_run(run)
    if csv:
        for file in export_csv(opened, folder, tables=tables, replications=first):
            raw(str(file))
    if xlsx:
        raw(str(export_xlsx(opened, folder, tables=tables, replications=first)))
