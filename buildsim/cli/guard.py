"""What becomes of errors: every problem is told in a line on stderr, and the exit code says which kind it was."""

import os
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import typer
from typer.core import TyperCommand, TyperGroup

from buildsim.cli.console import plain
from buildsim.errors import BuildsimError, InputError, Problem

FAILED, WRONG_INPUT, INTERRUPTED = 1, 2, 130
"""Exit codes beside 0; a command that was interrupted ends as the shell expects it to."""


class Guarded(TyperCommand):
    """A command that ends with an exit code and a message, never with a traceback."""

    def invoke(self, ctx: Any) -> Any:
        """Run the command."""
        with guarded(verbose=bool(ctx.find_root().params.get("verbose"))):
            return super().invoke(ctx)


class Reading(TyperGroup):
    """The commands together; when nobody reads the help to its end, that is no failure."""

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        """Read the options that stand before the command."""
        with read_or_not():
            return super().make_context(*args, **kwargs)

    def invoke(self, ctx: Any) -> Any:
        """Run a command, or print its help."""
        with read_or_not():
            return super().invoke(ctx)


@contextmanager
def read_or_not() -> Iterator[None]:
    """End well when nobody reads stdout any more."""
    try:
        yield
    except BrokenPipeError as error:
        if not _unread():
            raise
        raise typer.Exit from error


@contextmanager
def guarded(*, verbose: bool = False) -> Iterator[None]:
    """Turn errors into messages on stderr and `typer.Exit`; `verbose` adds where an unexpected one came from."""
    try:
        yield
        sys.stdout.flush()
    except (typer.Exit, typer.Abort):
        raise
    except BrokenPipeError as error:
        if not _unread():
            say(_told(error, verbose))
            raise typer.Exit(FAILED) from error
        raise typer.Exit from error
    except InputError as error:
        tell(error)
        raise typer.Exit(WRONG_INPUT) from error
    except KeyboardInterrupt as error:
        say("interrupted")
        raise typer.Exit(INTERRUPTED) from error
    except Exception as error:
        if verbose:
            traceback.print_exc()
        say(_told(error, verbose))
        raise typer.Exit(FAILED) from error


def _unread() -> bool:
    """Whether nobody reads stdout any more, as when `head` has seen enough; the rest then goes nowhere."""
    try:
        print(flush=True)
    except BrokenPipeError:
        _silence(sys.stdout)
        return True
    return False


def _silence(stream: TextIO) -> None:
    """Send what a stream holds, and what is still to come, nowhere."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


def gathered(*asked: Callable[[], Any]) -> list[Any]:
    """What each of several gives; InputError with the problems of all that refuse."""
    found: list[Any] = []
    problems: list[Problem] = []
    for one in asked:
        try:
            found.append(one())
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return found


def tell(error: InputError) -> None:
    """Print every problem of wrong input, one a line, and how many they are."""
    for problem in error.problems:
        say(str(problem))
    if len(error.problems) > 1:
        say(f"{len(error.problems)} problems")


def say(message: str) -> None:
    """Print a message in one line on stderr; if nobody reads that any more, the work goes on in silence."""
    try:
        print(plain(message), file=sys.stderr, flush=True)
    except BrokenPipeError:
        _silence(sys.stderr)


def _told(error: Exception, verbose: bool) -> str:
    if isinstance(error, BuildsimError):
        return f"error: {error}"
    if isinstance(error, OSError) and error.strerror:
        place = f" '{error.filename}'" if error.filename is not None else ""
        return f"error: {error.strerror[0].lower()}{error.strerror[1:]}{place}"
    if isinstance(error, MemoryError):
        return "error: there is not enough memory"
    hint = "" if verbose else " ('buildsim --verbose COMMAND ...' shows where it came from)"
    return f"unexpected error: {type(error).__name__}: {error}{hint}"
