"""What may be an id."""

import re
from collections.abc import Iterable, Iterator

from buildsim.errors import Problem

ID = re.compile(r"^[A-Za-z0-9][A-Za-z0-9_.-]*$")


def check_ids(path: str, names: Iterable[str]) -> Iterator[Problem]:
    """Yield the problem of each name that cannot be an id."""
    for name in names:
        if not ID.match(name):
            expected = "letters, digits, '-', '_' and '.', beginning with a letter or digit"
            yield Problem(f"{path}.{name}", f"'{name}' cannot be an id", expected=expected)
