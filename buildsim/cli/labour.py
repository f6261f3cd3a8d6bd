"""`buildsim labour`: who is short and when, what an hour yields, where the hours go, and what labour costs."""

from typing import Annotated

import typer

from buildsim.cli.console import line, print_json
from buildsim.cli.options import AsJson, RunFolder
from buildsim.cli.showing import about, finished
from buildsim.errors import InputError, Problem


def labour(
    run: RunFolder,
    market: Annotated[
        str | None, typer.Option("--market", metavar="M", help="One labour market, by its id in the model.")
    ] = None,
    trade: Annotated[
        str | None, typer.Option("--trade", metavar="T", help="One trade, by its id: a row for each of its markets.")
    ] = None,
    costs: Annotated[bool, typer.Option("--costs", help="What labour costs, by item and by trade.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say which trade is short and when, what craft-hours are lost to, and what labour costs."""
    from buildsim.analysis.labour import idle, nobody, unknown
    from buildsim.cli.report import labour as report

    opened = finished(run)
    if found := unknown(opened, market, trade):
        options = {"market", "trade"}
        raise InputError(
            [Problem(f"--{one.path}" if one.path in options else one.path, one.message, expected=one.expected,
                     nearest=one.nearest) for one in found]
        )  # fmt: skip
    told = report.Told(opened, market, trade)
    if idle(opened, market, trade):
        text = nobody(market, trade)
        text = f"{text[0].upper()}{text[1:]}: there is nothing to tell."
        if as_json:
            print_json(report.about(told, [text]))
        else:
            line(text)
        return
    if as_json:
        print_json(report.data(told, costs=costs))
        return
    for text in about(opened, run):
        line(text)
    line()
    report.print_labour(told, costs=costs)
