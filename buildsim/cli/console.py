"""Printing: text and tables in at most 100 columns, JSON for scripts. Text from models is never read as markup."""

import json
import math
import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any, Literal

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 100
"""The most columns that a report takes, and those that it takes where nobody says how many there are."""

NARROWEST = 20
"""How far text that may be broken is broken at most [columns]."""


def plain(text: str) -> str:
    """Text in one line without what could steer a terminal: other than printable characters are shown as codes."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


class _Output(Console):
    """A console that leaves it to the command what becomes of a reader who has gone."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


def output(least: int = 0) -> Console:
    """What data is printed with: stdout, no markup, no more than 100 columns, but at least so many."""
    width = min(Console().width, WIDTH) if sys.stdout.isatty() else WIDTH
    return _Output(file=sys.stdout, width=max(width, least), markup=False, highlight=False, emoji=False)


def line(text: str = "", style: str = "", indent: int = 0) -> None:
    """Print a paragraph, broken at the width of the report, each of its lines so many columns in."""
    console = output()
    inner = max(20, console.width - indent)
    for part in textwrap.wrap(plain(text), inner, break_on_hyphens=False) or [""]:
        console.print(Text(" " * indent + part, style=style), soft_wrap=True)


def some(texts: Sequence[str], most: int = 8) -> list[str]:
    """At most so many of some lines, and how many more there are."""
    return list(texts) if len(texts) <= most + 1 else [*texts[:most], f"... and {len(texts) - most:,} more"]


def raw(text: str) -> None:
    """Print a line as it is, however long: for scripts."""
    print(text, file=sys.stdout, flush=True)


def heading(text: str) -> None:
    """Print the heading of a section."""
    line()
    line(text, style="bold")


def table(
    columns: Sequence[str], rows: Sequence[Sequence[str]], form: str = "", *, bold: Iterable[int] = (), gap: int = 3
) -> None:
    """Print a table, the rows with numbers in `bold` emphasised, the columns `gap` apart.

    `form` has a letter for each column: `l` flush left, `r` flush right, in capitals where long text may be broken; by
    default the first is `L` and the others are `r`. A cell may hold several lines; those below the first are quieter.
    What may not be broken is never cut: the table is then wider than the report.
    """
    form = form or "L" + "r" * (len(columns) - 1)
    found = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, gap - 1, 0, 0), header_style="bold")
    least = gap * len(columns)
    for name, letter, cells in zip(columns, form, zip(columns, *rows, strict=True), strict=True):
        widest = max(cell_len(part) for cell in cells for part in cell.split("\n"))
        least += widest if letter.islower() else min(widest, NARROWEST)
        side: Literal["left", "right"] = "left" if letter in "lL" else "right"
        found.add_column(Text(name), no_wrap=letter.islower(), justify=side, overflow="fold")
    strong = set(bold)
    for number, row in enumerate(rows):
        found.add_row(*(_cell(cell) for cell in row), style="bold" if number in strong else "")
    console = output(least)
    with console.capture() as captured:
        console.print(found)
    for text in captured.get().splitlines():
        raw(text.rstrip())


def _cell(cell: str) -> Text:
    first, *others = cell.split("\n")
    text = Text(plain(first))
    for other in others:
        text.append("\n" + plain(other), style="dim not bold")
    return text


def print_json(content: Any) -> None:
    """Print JSON: dates in ISO form; what is not a number, or infinite, as null."""
    print(json.dumps(_jsonable(content), indent=1, allow_nan=False), file=sys.stdout, flush=True)


def _jsonable(content: Any) -> Any:
    if isinstance(content, Mapping):
        return {str(key): _jsonable(value) for key, value in content.items()}
    if isinstance(content, str | bool) or content is None:
        return content
    if isinstance(content, date):
        return content.isoformat()
    if hasattr(content, "item"):
        content = content.item()
    if isinstance(content, float):
        return content if math.isfinite(content) else None
    if isinstance(content, Iterable):
        return [_jsonable(value) for value in content]
    return content
