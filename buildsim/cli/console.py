"""Printing: text and tables in at most 100 columns, JSON for scripts. Text from models is never read as markup."""

import json
import math
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

WIDTH = 100
"""The most columns that a report takes, and those that it takes where nobody says how many there are."""


def plain(text: str) -> str:
    """Text in one line without what could steer a terminal: other than printable characters are shown as codes."""
    if text.isprintable():
        return text
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in text)


def output() -> Console:
    """What data is printed with: stdout, no markup, no more than 100 columns."""
    width = WIDTH
    if sys.stdout.isatty():
        width = min(Console().width, WIDTH)
    return Console(file=sys.stdout, width=width, markup=False, highlight=False, emoji=False)


def line(text: str = "", style: str = "") -> None:
    """Print a paragraph, broken at the width of the report."""
    output().print(Text(plain(text), style=style))


def raw(text: str) -> None:
    """Print a line as it is, however long: for scripts."""
    print(text, file=sys.stdout, flush=True)


def heading(text: str) -> None:
    """Print the heading of a section."""
    line()
    line(text, style="bold")


def table(columns: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1, bold: Iterable[int] = ()) -> None:
    """Print a table: the first `left` columns flush left, the others right; rows of numbers in `bold` stand out.

    A cell may hold two lines; the second one is printed more quietly.
    """
    found = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False, padding=(0, 1), header_style="bold")
    for place, name in enumerate(columns):
        found.add_column(Text(name), justify="left" if place < left else "right", overflow="fold")
    strong = set(bold)
    for number, row in enumerate(rows):
        found.add_row(*(_cell(cell) for cell in row), style="bold" if number in strong else "")
    output().print(found)


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
