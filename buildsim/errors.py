"""What can go wrong, and what the command line makes of it: wrong input is exit code 2, a failed run is exit code 1."""

from collections.abc import Sequence
from dataclasses import dataclass


class BuildsimError(Exception):
    """The base of every error that buildsim raises on purpose."""


class RunError(BuildsimError):
    """A run that could not be carried through although its input is right."""


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with the input, told so that it can be mended."""

    path: str
    """Where in the model: the dotted path of the key, for example `sites.denton.halls.h02.mw`."""
    message: str
    """What is wrong, one sentence."""
    file: str | None = None
    """The file that holds it."""
    line: int | None = None
    """The line in that file, from 1."""
    expected: str | None = None
    """What would have been right."""
    nearest: str | None = None
    """The valid name nearest to the one that was given."""

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line) if part is not None)
        parts = [part for part in (place, self.path) if part]
        text = f"{': '.join(parts)}: {self.message}" if parts else self.message
        if self.expected:
            text += f"; expected {self.expected}"
        if self.nearest:
            text += f"; did you mean '{self.nearest}'?"
        return text


class InputError(BuildsimError):
    """Input that cannot be used; holds every problem that was found, not only the first."""

    def __init__(self, problems: Sequence[Problem] | Problem) -> None:
        self.problems: tuple[Problem, ...] = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
