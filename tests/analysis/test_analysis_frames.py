"""From long tables to matrices."""

import numpy as np
import pandas as pd
import pytest

from buildsim.analysis import frames
from tests.analysis.synthetic import table

LIVE = table(
    "go_live",
    [
        {"replication": 3, "site": "a", "block": "a/h1", "live": 1.0, "mw": 10.0},
        {"replication": 3, "site": "a", "block": "a/h2", "live": 2.0, "mw": 10.0},
        {"replication": 7, "site": "a", "block": "a/h1", "live": 4.0, "mw": 10.0},
    ],
)


def test_replications_need_not_start_at_zero_nor_be_dense() -> None:
    held = frames.numbers(LIVE)
    assert held.tolist() == [3, 7]
    found, names = frames.matrix(LIVE, "block", "live", held)
    assert names == ["a/h1", "a/h2"]
    np.testing.assert_array_equal(found, [[1.0, 2.0], [4.0, np.nan]])


def test_sums_and_counts_are_zero_where_there_is_no_row() -> None:
    held = np.array([3, 5, 7])
    assert frames.sums(LIVE, "mw", held).tolist() == [20.0, 0.0, 10.0]
    assert frames.counts(LIVE, held).tolist() == [2.0, 0.0, 1.0]
    late = (LIVE["live"] > 1.5).to_numpy()
    assert frames.sums(LIVE, "live", held, late).tolist() == [2.0, 0.0, 4.0]
    assert frames.counts(LIVE, held, late).tolist() == [1.0, 0.0, 1.0]


def test_a_row_of_a_replication_that_the_run_has_not_is_refused() -> None:
    with pytest.raises(ValueError, match="does not have"):
        frames.rows(LIVE, np.array([3]))


def test_blocks_that_are_not_built_are_left_out_in_that_replication_only() -> None:
    dropped = LIVE.assign(dropped=[80.0, np.nan, np.nan])
    kept = frames.built(LIVE, dropped)
    assert list(zip(kept["replication"], kept["block"], strict=True)) == [(3, "a/h2"), (7, "a/h1")]
    assert frames.built(LIVE, LIVE) is LIVE
    other = dropped.assign(block="b/h9")
    pd.testing.assert_frame_equal(frames.built(LIVE, other), LIVE)
