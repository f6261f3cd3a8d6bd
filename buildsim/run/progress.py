"""Progress on stderr: replications done, rate and time left on a terminal, silence anywhere else."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, ProgressColumn, Task, TextColumn, TimeRemainingColumn
from rich.text import Text

Advance = Callable[[int], None]
"""Called with the number of replications that a finished block held."""


class RateColumn(ProgressColumn):
    """Replications per second."""

    def render(self, task: Task) -> Text:
        """The rate as text; nothing as long as none is known."""
        return Text(f"{task.speed:,.1f} per s" if task.speed else "")


@contextmanager
def progress_bar(replications: int, done: int, show: bool, console: Console | None = None) -> Iterator[Advance]:
    """A bar on stderr from `done` of `replications`, if `show` and stderr is a terminal; yields what moves it.

    The bar is drawn when it is moved and has no thread of its own, so that processes can be forked while it stands.
    """
    if not show or (console is None and not sys.stderr.isatty()):
        yield lambda _: None
        return
    columns = (
        TextColumn("simulating"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("replications"),
        RateColumn(),
        TimeRemainingColumn(),
        TextColumn("left"),
    )
    with Progress(*columns, console=console or Console(stderr=True), auto_refresh=False) as bar:
        task = bar.add_task("simulating", total=replications, completed=done)
        bar.refresh()
        yield lambda count: bar.update(task, advance=count, refresh=True)
