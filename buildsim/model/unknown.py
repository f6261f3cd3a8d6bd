"""The problem of a name that nothing has."""

from collections.abc import Iterable

from buildsim.errors import Problem
from buildsim.spec.base import nearest


def unknown(path: str, what: str, name: str, known: Iterable[str]) -> Problem:
    """Return the problem that there is no such thing, with what there is and the nearest name."""
    names = list(known)
    expected = f"one of {', '.join(names[:8])}{' ...' if len(names) > 8 else ''}" if names else f"a declared {what}"
    return Problem(path, f"there is no {what} '{name}'", expected=expected, nearest=nearest(name, names))
