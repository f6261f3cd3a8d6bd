"""The digest knows what was produced and nothing else."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from buildsim.results.columns import Categories, Values, to_arrow
from buildsim.results.digest import frame_digest, tables_digest
from buildsim.results.tables import TABLES

DELAYS, INPUTS = TABLES["delays"], TABLES["inputs"]
NAMES = ["a", "b"]


def delays(causes: Values, days: Values, categories: Categories | None = None) -> Any:
    rows = len(days)
    columns: dict[str, Values] = {
        "replication": list(range(rows)), "site": ["denton"] * rows, "block": ["denton/h01"] * rows,
        "cause": causes, "days": days, "planned_days": [0.0] * rows,
    }  # fmt: skip
    return to_arrow(DELAYS, columns, categories or {}, [])


def digest(*chunks: Any) -> str:
    return tables_digest([DELAYS], {"delays": chunks}, [])


CAUSES = ["weather", "lag", "weather", "agents"]
DAYS = [1.5, 2.0, float("nan"), 0.0]


@given(st.lists(st.integers(0, 4), max_size=4))
def test_chunks_do_not_show(cuts: list[int]) -> None:
    whole = delays(CAUSES, DAYS)
    edges = [0, *sorted(cuts), 4]
    parts = [whole.slice(low, high - low) for low, high in pairwise(edges)]
    assert digest(*parts) == digest(whole)


def test_text_is_hashed_by_what_it_says() -> None:
    spelt = digest(delays(CAUSES, DAYS))
    one = delays(np.array([0, 1, 0, 2]), DAYS, {("delays", "cause"): ["weather", "lag", "agents"]})
    two = delays(np.array([3, 0, 3, 1]), DAYS, {("delays", "cause"): ["lag", "agents", "spare", "weather"]})
    assert digest(one) == digest(two) == spelt


def test_there_is_one_zero_and_one_nan() -> None:
    odd = np.array([1.5, 2.0, np.nan, -0.0])
    odd.view(np.uint64)[2] = 0xFFF8_0000_0000_0123
    assert np.isnan(odd[2])
    assert digest(delays(CAUSES, odd)) == digest(delays(CAUSES, DAYS))


@pytest.mark.parametrize(
    ("causes", "days"),
    [
        (CAUSES, [1.5, 2.0, float("nan"), 5e-324]),
        (CAUSES, [np.nextafter(1.5, 2.0), 2.0, float("nan"), 0.0]),
        (["weather", "lag", "weather", "agent"], DAYS),
        (["lag", "weather", "weather", "agents"], DAYS),
        (CAUSES[:3], DAYS[:3]),
    ],
)
def test_any_difference_shows(causes: Sequence[str], days: Sequence[float]) -> None:
    assert digest(delays(causes, days)) != digest(delays(CAUSES, DAYS))


def test_values_and_names_of_inputs_show() -> None:
    def of(values: list[list[float]], names: list[str]) -> str:
        chunks = [
            to_arrow(
                INPUTS, {"replication": [row], **{name: [x] for name, x in zip(names, one, strict=True)}}, {}, names
            )
            for row, one in enumerate(values)
        ]
        return tables_digest([INPUTS], {"inputs": chunks}, names)

    base = of([[1.0, 2.0], [3.0, 4.0]], NAMES)
    assert of([[1.0, 2.0], [3.0, 4.0]], NAMES) == base
    assert of([[1.0, 2.0], [3.0, 4.5]], NAMES) != base
    assert of([[1.0, 2.0], [3.0, 4.0]], ["a", "c"]) != base


def test_the_order_of_the_columns_of_draws_does_not_show() -> None:
    frame = pd.DataFrame({"a": [1.0, 2.0], "b": [3, 4]})
    assert frame_digest(frame) == frame_digest(frame[["b", "a"]])
    assert frame_digest(frame) != frame_digest(frame.rename(columns={"a": "c"}))
    assert frame_digest(frame) != frame_digest(frame + 1)


def test_draws_that_are_no_numbers_are_refused() -> None:
    with pytest.raises(ValueError, match="could not convert"):
        frame_digest(pd.DataFrame({"a": ["x"]}))
