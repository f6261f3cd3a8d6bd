"""The log of what replaced what in a model."""

import logging
from dataclasses import dataclass
from typing import Any

from buildsim.model.node import short

_log = logging.getLogger("buildsim.model")


@dataclass(frozen=True, slots=True)
class Change:
    """A value of a model that something replaced."""

    path: str
    """Its dotted path."""
    old: Any
    """What it was; None when nothing stood there."""
    new: Any
    """What it is."""
    origin: str
    """What set it: `--set PATH`, `scenario NAME`, or the `FILE:LINE` that overrides an included file."""

    def __str__(self) -> str:
        return f"{self.path}: {short(self.old)} -> {short(self.new)}"

    def log(self) -> None:
        """Tell the logger `buildsim.model`."""
        _log.info("%s (%s)", self, self.origin)
