"""Loading a model file: what `buildsim.load` does."""

import os
from collections.abc import Mapping, Sequence
from typing import Any

from buildsim.errors import Problem
from buildsim.model.change import Change
from buildsim.model.check import check
from buildsim.model.check_reads import INDEPENDENCE
from buildsim.model.hall_changes import check_hall_changes
from buildsim.model.reading import read_model
from buildsim.model.root import Model


def load(
    path: str | os.PathLike[str],
    set: Mapping[str, Any] | Sequence[str] | None = None,
    scenario: str | Sequence[str] | None = None,
) -> Model:
    """Load a model.

    Args:
        path: A model file, or the name of a shipped model such as `one-hall` or `coreweave/2025`.
        set: Values to set, by dotted path (`*` matches one level):
            `{"labour.dfw.electrical.experienced": "20 per 1000"}`, or a list of `PATH=VALUE` as on the command line.
        scenario: The name of a scenario that the model declares, or several.

    Raises:
        InputError: with every problem that was found, each with file, line and dotted path.
    """
    return load_with_changes(path, set, scenario)[0]


def load_with_changes(
    path: str | os.PathLike[str],
    set: Mapping[str, Any] | Sequence[str] | None = None,
    scenario: str | Sequence[str] | None = None,
) -> tuple[Model, list[Change]]:
    """Load a model as `load` does, with the log of what scenarios, settings and including files replaced."""
    return read_model(path, Model, _check, set, scenario, INDEPENDENCE)


def _check(model: Model) -> list[Problem]:
    return [*check(model), *check_hall_changes(model)]
