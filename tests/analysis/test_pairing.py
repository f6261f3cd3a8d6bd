"""What two models have in common."""

from types import SimpleNamespace
from typing import Any

import pytest

from buildsim.analysis.pairing import listed, parts, strangers


def sites(*names: str) -> Any:
    return SimpleNamespace(model=SimpleNamespace(sites=dict.fromkeys(names)))


def network(*names: str) -> Any:
    return SimpleNamespace(model=SimpleNamespace(network=SimpleNamespace(activities=dict.fromkeys(names))))


@pytest.mark.parametrize(
    ("other", "base", "told"),
    [
        (sites("a", "b"), sites("b"), None),
        (network("x"), network("x", "y"), None),
        (sites("a"), sites("b"), "has no site in common with the base, so no draws pair: a against b"),
        (network("x"), network("y"), "has no activity in common with the base, so no draws pair: x against y"),
        (network("a"), sites("a"), "a bare network and a model with sites have nothing to compare"),
    ],
)
def test_runs_pair_by_the_names_that_both_have(other: Any, base: Any, told: str | None) -> None:
    assert [(one.path, one.message) for one in strangers("other", other, base)] == ([("other", told)] if told else [])


def test_a_few_names_are_told() -> None:
    assert listed(parts(sites(*"abcde").model)[1]) == "a, b, c, d, e"
    assert listed(parts(sites(*"abcdef").model)[1]) == "a, b, c, d, e, ..."
